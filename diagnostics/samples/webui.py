"""The text that AUTOMATIC1111's web UI, Forge and SD.Next write: prompt, negative prompt, and a line of settings.

Every pattern is bounded: the web UI's own takes minutes on a text of 100 KB that was made for it.
"""

from __future__ import annotations

import json
import re

from diagnostics.samples.generation import Generation, UsedLora, file_stem, lora, parsed, text_of, whole

_LONGEST = 40_000
_LORA = re.compile(r"<(?:lora|lyco|lokr|loha):([^:<>\n]{1,200})(?::([^:<>\n]{0,40}))?[^<>\n]{0,60}>")
_SETTINGS = re.compile(r"(?:^|\n)\s{0,8}Steps: \d{1,6},")
_SEED = re.compile(r"(?:^|, )Seed: (\d{1,20})")
_MODEL = re.compile(r"(?:^|, )Model: ([^,\n]{1,200})")
_RESOURCES = "Civitai resources: "


def read_webui(text: str) -> Generation | None:
    """Return how the picture was made, None where `text` is not of this kind."""
    text = text[:_LONGEST]
    found = [match.start() for match in _SETTINGS.finditer(text)]
    if not found:
        return None
    prompt, settings = text[: found[-1]], text[found[-1] :].lstrip()
    prompt = prompt.partition("\nNegative prompt:")[0]
    if prompt.startswith("Negative prompt:"):
        prompt = ""
    seed, model = _SEED.search(settings), _MODEL.search(settings)
    loras = [lora(match.group(1), match.group(2) or 1.0) for match in _LORA.finditer(prompt)]
    return Generation(
        "A1111",
        text_of(_LORA.sub(" ", prompt)),
        whole(seed.group(1)) if seed else None,
        file_stem(model.group(1)) if model else None,
        tuple(each for each in loras if each) or _listed(settings),
    )


def _listed(settings: str) -> tuple[UsedLora, ...]:
    """Return the LoRAs that Civitai's generator lists behind the settings."""
    start = settings.find(_RESOURCES)
    if start < 0:
        return ()
    try:
        resources, _ = json.JSONDecoder().raw_decode(settings[start + len(_RESOURCES) :])
    except (ValueError, RecursionError):
        return ()
    found = []
    for each in resources if isinstance(resources, list) else ():
        if isinstance(each, dict) and each.get("type") in ("lora", "lycoris", "dora"):
            found.append(lora(each.get("modelName"), each.get("weight", 1.0)))
    return tuple(each for each in found if each)


def read_fooocus(text: str) -> Generation | None:
    """Return how Fooocus made the picture: JSON with ``lora_combined_1: name : 0.5`` and the like."""
    said = parsed(text)
    if not isinstance(said, dict) or "prompt" not in said or "base_model" not in said:
        return None
    loras = []
    for key, value in said.items():
        if key.startswith("lora_combined_") and isinstance(value, str):
            name, _, strength = value.rpartition(":")
            loras.append(lora(name.strip(), strength.strip()))
    return Generation(
        "Fooocus",
        text_of(said["prompt"]),
        whole(said.get("seed")),
        file_stem(said["base_model"]),
        tuple(each for each in loras if each),
    )


def read_swarm(text: str) -> Generation | None:
    """Return how SwarmUI made the picture: JSON with lists of LoRAs and their weights."""
    said = parsed(text)
    said = said.get("sui_image_params") if isinstance(said, dict) else None
    if not isinstance(said, dict):
        return None
    names, weights = (_several(said.get(key)) for key in ("loras", "loraweights"))
    loras = [lora(name, weights[at] if at < len(weights) else 1.0) for at, name in enumerate(names)]
    return Generation(
        "SwarmUI",
        text_of(said.get("prompt")),
        whole(said.get("seed")),
        file_stem(said.get("model")),
        tuple(each for each in loras if each),
    )


def _several(value: object) -> list[object]:
    if isinstance(value, str):
        return [*value.split(",")] if value else []
    return list(value) if isinstance(value, list) else []
