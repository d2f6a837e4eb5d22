"""Finds the key that a misspelt one was meant to be, and the model that a misspelt name was meant to be."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

_LONGEST = 60
_CLOSE = 0.75
_MODEL_CLOSE = 0.85
_OWNER_CLOSE = 0.6

MODELS = (
    "Qwen/Qwen-Image-Edit-2509",
    "Qwen/Qwen-Image-Edit-2511",
    "Qwen/Qwen-Image-Edit",
    "Qwen/Qwen-Image",
    "Qwen/Qwen-Image-2512",
    "black-forest-labs/FLUX.1-dev",
    "black-forest-labs/FLUX.1-schnell",
    "black-forest-labs/FLUX.1-Kontext-dev",
    "black-forest-labs/FLUX.1-Krea-dev",
    "black-forest-labs/FLUX.2-dev",
    "Tongyi-MAI/Z-Image-Turbo",
    "Tongyi-MAI/Z-Image",
    "stabilityai/stable-diffusion-xl-base-1.0",
    "stabilityai/stable-diffusion-3.5-large",
    "stabilityai/stable-diffusion-3.5-medium",
)
"""Base models as the hub spells them."""


def nearest_key(key: str, known: Iterable[str]) -> str | None:
    """Return the known key that `key` is a slip of: other separators, or one word slightly off. None if unsure."""
    if not 3 <= len(key) <= _LONGEST or any(char.isdigit() for char in key):
        return None
    known = [each for each in known if not any(char.isdigit() for char in each)]
    squashed = _squash(key)
    for each in known:
        if _squash(each) == squashed:
            return each
    words = key.lower().split("_")
    vocabulary = {word for each in known for word in each.split("_")}
    best: tuple[float, str] | None = None
    for each in known:
        others = each.split("_")
        differing = [(a, b) for a, b in zip(words, others, strict=False) if a != b]
        if len(others) != len(words) or len(differing) != 1:
            continue
        mine, theirs = differing[0]
        if (len(words) > 1 and mine in vocabulary) or abs(len(mine) - len(theirs)) > 3 or len(theirs) < 3:
            continue
        ratio = SequenceMatcher(None, mine, theirs).ratio()
        if ratio >= _CLOSE and (best is None or ratio > best[0]):
            best = ratio, each
    return best[1] if best else None


def _squash(key: str) -> str:
    return key.replace("_", "").replace("-", "").replace(" ", "").lower()


def nearest_model(name: str) -> str | None:
    """Return the documented model that `name` nearly spells; None where it is exact, a path, or another model."""
    if name in MODELS or not 4 <= len(name) <= 100 or re.match(r"[./~\\]|[A-Za-z]:|\$", name) or "\\" in name:
        return None
    owner, _, model = name.rpartition("/")
    if "/" in owner or model.endswith((".safetensors", ".ckpt")):
        return None
    for each in MODELS:
        their_owner, _, their_model = each.partition("/")
        if re.findall(r"\d+", model) != re.findall(r"\d+", their_model) or abs(len(model) - len(their_model)) > 3:
            # another number is another model, and so may be a longer name
            continue
        same = SequenceMatcher(None, model.lower(), their_model.lower()).ratio() >= _MODEL_CLOSE
        if same and (not owner or SequenceMatcher(None, owner.lower(), their_owner.lower()).ratio() >= _OWNER_CLOSE):
            return each
    return None
