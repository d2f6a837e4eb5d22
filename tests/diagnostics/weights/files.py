"""LoRA files as the trainers write them, their weights all zero and mostly missing."""

import json
import struct
from typing import Any


def lora(
    metadata: dict[str, Any] | None = None, rank: int = 16, modules: int = 4, form: str = "lora_down", cut: int = 0
) -> bytes:
    """Return a safetensors file of `modules` layers; of its data the last `cut` bytes are missing."""
    header: dict[str, Any] = {}
    if metadata is not None:
        header["__metadata__"] = {k: v if isinstance(v, str) else json.dumps(v) for k, v in metadata.items()}
    at = 0
    other = {"lora_down": "lora_up", "lora_A": "lora_B"}[form]
    for number in range(modules):
        for part, shape in ((form, [rank, 32]), (other, [32, rank])):
            size = 2 * rank * 32
            name = f"lora_unet_blocks_{number}_attn.{part}.weight"
            header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [at, at + size]}
            at += size
    data = json.dumps(header).encode()
    return struct.pack("<Q", len(data)) + data + b"\0" * (at - cut)


KOHYA = {
    "ss_output_name": "mia",
    "ss_sd_scripts_commit_hash": "48d368fa",
    "ss_sd_model_name": "sd_xl_base_1.0.safetensors",
    "ss_network_module": "networks.lora",
    "ss_network_dim": "16",
    "ss_network_alpha": "8.0",
    "ss_learning_rate": "0.0001",
    "ss_unet_lr": "None",
    "ss_num_epochs": "10",
    "ss_epoch": "5",
    "ss_steps": "1700",
    "ss_max_train_steps": "3400",
    "ss_num_train_images": "3400",
    "ss_gradient_accumulation_steps": "1",
    "ss_datasets": [{"batch_size_per_device": 10, "subsets": []}],
    "ss_dataset_dirs": {"40_mia": {"n_repeats": 40, "img_count": 70}, "20_body": {"n_repeats": 20, "img_count": 30}},
    "ss_tag_frequency": {"40_mia": {"mia": 70, "smiling": 12}, "20_body": {"mia": 28, "standing": 11}},
}
AI_TOOLKIT = {
    "software": {"name": "ai-toolkit", "repo": "https://github.com/ostris/ai-toolkit", "version": "0.5.10"},
    "training_info": {"step": 2000, "epoch": 12},
    "name": "maya_v1",
    "ss_base_model_version": "qwen_image_edit_plus",
    "ss_output_name": "maya_v1",
    "ss_tag_frequency": {"1_maya_char": {"maya_char": 1}},
    "format": "pt",
}
