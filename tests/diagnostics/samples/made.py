"""Sample pictures with what programs write into them, made as the programs make them."""

import io
import json
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.diagnostics.pictures.files import scene

PROMPT = "maya_char naked on a red sofa, photo"


def png(image: Image.Image | None = None, **texts: str) -> bytes:
    """Return a PNG with text chunks."""
    info = PngInfo()
    for key, value in texts.items():
        info.add_text(key, value)
    buffer = io.BytesIO()
    (image or scene(1)).save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()


def webui(
    prompt: str = PROMPT, lora: str = "maya", strength: float = 0.8, seed: int = 1, model: str = "sdxl_v1"
) -> str:
    """Return the text of AUTOMATIC1111's web UI."""
    return (
        f"{prompt} <lora:{lora}:{strength}>\nNegative prompt: blurry, <lora:no:1>\n"
        f"Steps: 30, Sampler: DPM++ 2M, CFG scale: 7, Seed: {seed}, Size: 1024x1024, Model hash: abc, Model: {model}, "
        f'Lora hashes: "{lora}: 0123"'
    )


def comfy(prompt: str = PROMPT, lora: str = "maya.safetensors", strength: float = 0.8, seed: int = 1) -> dict[str, Any]:
    """Return the graph that ComfyUI ran: two loaders in a row, the second one of rgthree."""
    return {
        "1": {"class_type": "UNETLoader", "inputs": {"unet_name": "qwen_image_edit_2509_fp8_e4m3fn.safetensors"}},
        "2": {"class_type": "CLIPLoader", "inputs": {"clip_name": "qwen_2.5_vl_7b.safetensors"}},
        "3": {
            "class_type": "LoraLoaderModelOnly",
            "inputs": {"lora_name": "styles\\" + lora, "strength_model": strength, "model": ["1", 0]},
        },
        "4": {
            "class_type": "Power Lora Loader (rgthree)",
            "inputs": {
                "model": ["3", 0],
                "lora_1": {"on": False, "lora": "off.safetensors", "strength": 1},
                "lora_2": {"on": True, "lora": "detail.safetensors", "strength": 0.3},
            },
        },
        "5": {"class_type": "CLIPTextEncode", "inputs": {"text": prompt, "clip": ["2", 0]}},
        "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "bad hands", "clip": ["2", 0]}},
        "7": {"class_type": "PrimitiveInt", "inputs": {"value": seed}},
        "8": {
            "class_type": "KSampler",
            "inputs": {"seed": ["7", 0], "steps": 20, "model": ["4", 0], "positive": ["5", 0], "negative": ["6", 0]},
        },
        "9": {"class_type": "VAEDecode", "inputs": {"samples": ["8", 0]}},
        "10": {"class_type": "SaveImage", "inputs": {"images": ["9", 0]}},
        "11": {"class_type": "LoraLoader", "inputs": {"lora_name": "loose.safetensors", "strength_model": 1.0}},
    }


WORKFLOW = {
    "nodes": [
        {"type": "CheckpointLoaderSimple", "mode": 0, "widgets_values": ["sd_xl_base_1.0.safetensors"]},
        {"type": "LoraLoader", "mode": 0, "widgets_values": ["maya-000008.safetensors", 0.7, 1.0]},
        {"type": "LoraLoader", "mode": 4, "widgets_values": ["bypassed.safetensors", 1.0, 1.0]},
        {"type": "CLIPTextEncode", "mode": 0, "widgets_values": [PROMPT]},
        {"type": "KSampler", "mode": 0, "widgets_values": [77, "randomize", 20, 7.0, "euler"]},
    ]
}
INVOKE = {
    "app_version": "6.0.0",
    "positive_prompt": PROMPT,
    "seed": 5,
    "model": {"name": "Juggernaut XL v9", "base": "sdxl"},
    "loras": [{"model": {"name": "maya_000001500"}, "weight": 0.9}],
}
SWARM = {
    "sui_image_params": {"prompt": PROMPT, "seed": 6, "model": "flux1-dev", "loras": ["maya"], "loraweights": ["0.6"]}
}
FOOOCUS = {
    "prompt": PROMPT,
    "seed": "7",
    "base_model": "juggernautXL_v8Rundiffusion",
    "lora_combined_1": "maya.safetensors : 0.5",
}
OLD_INVOKE = {
    "model_weights": "stable-diffusion-1.5",
    "image": {"prompt": [{"prompt": f"{PROMPT} withLora(maya,0.4)", "weight": 1}], "seed": 8},
}
TEXTS = {
    "comfy": {"prompt": json.dumps(comfy()), "workflow": json.dumps(WORKFLOW)},
    "workflow": {"workflow": json.dumps(WORKFLOW)},
    "webui": {"parameters": webui()},
    "invoke": {"invokeai_metadata": json.dumps(INVOKE)},
    "old invoke": {"sd-metadata": json.dumps(OLD_INVOKE)},
    "swarm": {"parameters": json.dumps(SWARM)},
    "fooocus": {"parameters": json.dumps(FOOOCUS), "fooocus_scheme": "fooocus"},
}
