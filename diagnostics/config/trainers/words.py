"""Words that several trainers write differently for the same thing."""

from __future__ import annotations

_PRECISIONS = {
    **dict.fromkeys(("bf16", "bfloat16"), "bf16"),
    **dict.fromkeys(("fp16", "float16", "half"), "fp16"),
    **dict.fromkeys(("fp32", "float32", "float", "no", "none"), "fp32"),
}
_TRANSFORMERS = (
    *("qwen", "flux", "flex", "wan2", "z-image", "zimage", "hidream", "chroma", "lumina", "stable-diffusion-3", "sd3"),
    *("hunyuan", "pixart", "cogview"),
)
_UNETS = ("sdxl", "sd_xl", "stable-diffusion-xl", "stable-diffusion-v1", "v1-5", "stable-diffusion-2")


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
