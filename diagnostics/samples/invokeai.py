"""What InvokeAI writes into a picture, today (``invokeai_metadata``) and before version 3 (``sd-metadata``)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from diagnostics.samples.generation import Generation, UsedLora, file_stem, lora, parsed, text_of, whole

_WITH_LORA = re.compile(r"withLora\(([^,()\n]{1,200}),? ?([^()\n]{0,20})\)")


def read_invokeai(text: str) -> Generation | None:
    """Return how the picture was made, None where `text` is not of this kind."""
    said = parsed(text)
    if not isinstance(said, dict):
        return None
    if isinstance(said.get("image"), dict):
        return _old(said, said["image"])
    if "positive_prompt" not in said and "app_version" not in said:
        return None
    return Generation(
        "InvokeAI",
        text_of(said.get("positive_prompt")),
        whole(said.get("seed")),
        _name(said.get("model")),
        tuple(_loras(said.get("loras"))),
    )


def _loras(listed: Any) -> Iterator[UsedLora]:
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, dict):
            found = lora(_name(each.get("model") or each.get("lora")), each.get("weight", 1.0))
            if found:
                yield found


def _name(model: Any) -> str | None:
    if isinstance(model, dict):
        model = model.get("name") or model.get("model_name")
    return file_stem(model)


def _old(said: dict[str, Any], image: dict[str, Any]) -> Generation:
    prompt = image.get("prompt")
    if isinstance(prompt, list):
        prompt = " ".join(str(each.get("prompt", "")) for each in prompt if isinstance(each, dict))
    prompt = prompt if isinstance(prompt, str) else ""
    loras = [lora(name, strength or 1.0) for name, strength in _WITH_LORA.findall(prompt)]
    return Generation(
        "InvokeAI",
        text_of(_WITH_LORA.sub(" ", prompt)),
        whole(image.get("seed")),
        file_stem(said.get("model_weights")),
        tuple(each for each in loras if each),
    )
