"""Words that several trainers write differently for the same thing."""

from __future__ import annotations

_PRECISIONS = {
    **dict.fromkeys(("bf16", "bfloat16", "bfloat_16"), "bf16"),
    **dict.fromkeys(("fp16", "float16", "half", "float_16"), "fp16"),
    **dict.fromkeys(("fp32", "float32", "float", "no", "none", "float_32", "tfloat_32"), "fp32"),
}
_TRANSFORMERS = (
    *("qwen", "flux", "flex", "wan2", "z-image", "zimage", "hidream", "chroma", "lumina", "stable-diffusion-3", "sd3"),
    *("hunyuan", "pixart", "cogview"),
)
_UNETS = ("sdxl", "sd_xl", "stable-diffusion-xl", "stable-diffusion-v1", "v1-5", "stable-diffusion-2")

_FAMILIES = {
    "flux": "flux",
    "sd3": "sd3",
    "lumina": "lumina2",
    "hunyuan_image": "hunyuan_image",
    "anima": "anima",
    "qwen_image": "qwen_image",
    "wan": "wan",
    "hv_": "hunyuan_video",
    "fpack": "framepack",
    "zimage": "zimage",
    "z_image": "zimage",
    "hidream": "hidream",
    "sana": "sana",
    "sdxl": "sdxl",
}
"""Part of a script's or network module's name -> the family, in our words."""


def family(name: str) -> str | None:
    """Return the model family that the name of a script or module speaks of, or None."""
    return next((arch for part, arch in _FAMILIES.items() if part in name), None)


def words(text: str) -> frozenset[str]:
    """Return the words of `text`: long lists of keys read better as text."""
    return frozenset(text.split())


def precision(word: str) -> str:
    """Return fp32, fp16 or bf16 for a trainer's word; an unknown word stays."""
    return _PRECISIONS.get(word.strip().lower(), word)


def is_transformer(name: str) -> bool | None:
    """Tell from a model's or script's name whether it is a transformer; None where the name does not say."""
    lower = name.lower()
    if any(part in lower for part in _TRANSFORMERS):
        return True
    return False if any(part in lower for part in _UNETS) else None
