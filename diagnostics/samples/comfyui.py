"""ComfyUI's two graphs: ``prompt`` (what ran) and ``workflow`` (what was on the screen).

In ``prompt`` a node is ``{class_type, inputs}`` and an input is a value or a link ``[node, slot]``; nodes that were
bypassed or muted are not in it. In ``workflow`` values are a list in the order of the node's widgets, and such nodes
have mode 4 or 2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from diagnostics.samples.generation import Generation, UsedLora, file_stem, lora, parsed, text_of, whole

_MOST_NODES = 2_000
_FARTHEST = 60
"""Links that are followed from a sampler to its prompt, or from a value to where it stands."""
_OFF = frozenset({2, 4})
_NUMBERED = re.compile(r"lora(?:_name)?_?(\d{1,2})(?:_name)?")
_TEXTS = ("text", "prompt", "positive", "text_g", "t5xxl", "clip_l", "text_positive", "string", "value")
_SEEDS = ("seed", "noise_seed")
_MODELS = ("ckpt_name", "unet_name", "model_name", "base_ckpt_name", "unet", "model_path")
_OUTPUTS = re.compile(r"(?i)save|preview|output|combine")
Node = Mapping[str, Any]


def read_prompt(text: str) -> Generation | None:
    """Return how the picture was made by the graph that ran, None where `text` is not of this kind."""
    said = parsed(text)
    if not isinstance(said, dict) or len(said) > _MOST_NODES:
        return None
    nodes = {str(key): node for key, node in said.items() if _is_node(node)}
    if not nodes:
        return None
    ran = _upstream(nodes, [key for key, node in nodes.items() if _OUTPUTS.search(str(node["class_type"]))])
    used = [nodes[key] for key in nodes if key in ran] if ran else list(nodes.values())
    seeds = (_scalar(nodes, node["inputs"].get(name)) for node in used for name in _SEEDS)
    models = (file_stem(_scalar(nodes, node["inputs"].get(name))) for node in used for name in _MODELS)
    return Generation(
        "ComfyUI",
        _asked(nodes, used),
        next((found for seed in seeds if (found := whole(seed)) is not None), None),
        next((model for model in models if model), None),
        tuple(each for node in used for each in _loras(nodes, node["inputs"])),
    )


def read_workflow(text: str) -> Generation | None:
    """Return what the saved screen tells: LoRAs and strengths, seed, model, and all texts together."""
    said = parsed(text)
    listed = said.get("nodes") if isinstance(said, dict) else None
    if not isinstance(listed, list) or not listed or len(listed) > _MOST_NODES:
        return None
    loras: list[UsedLora | None] = []
    texts, seed, model = [], None, None
    for node in listed:
        if not isinstance(node, dict) or node.get("mode") in _OFF:
            continue
        kind, values = str(node.get("type")), node.get("widgets_values")
        values = list(values.values()) if isinstance(values, dict) else values if isinstance(values, list) else []
        if "lora" in kind.lower():
            loras += _screen_loras(values)
        elif "TextEncode" in kind:
            texts += [value for value in values if isinstance(value, str)]
        elif kind.startswith("KSampler") or kind == "RandomNoise":
            seed = next((found for value in values if (found := whole(value)) is not None), seed)
        elif "Checkpoint" in kind or kind.startswith("UNETLoader"):
            model = file_stem(values[0]) if values else model
    return Generation("ComfyUI", text_of(" ".join(texts)), seed, model, tuple(each for each in loras if each))


def _is_node(node: Any) -> bool:
    return isinstance(node, dict) and "class_type" in node and isinstance(node.get("inputs"), dict)


def _linked(value: Any) -> str | None:
    """Return the node that an input comes from."""
    return str(value[0]) if isinstance(value, list) and len(value) == 2 and isinstance(value[1], int) else None


def _upstream(nodes: Mapping[str, Node], start: list[str]) -> set[str]:
    seen, waiting = set(start), list(start)
    while waiting:
        for value in nodes[waiting.pop()]["inputs"].values():
            key = _linked(value)
            if key in nodes and key not in seen and key is not None:
                seen.add(key)
                waiting.append(key)
    return seen


def _scalar(nodes: Mapping[str, Node], value: Any) -> Any:
    """Return a value, through the nodes that only hold one."""
    for _ in range(_FARTHEST):
        key = _linked(value)
        if key is None:
            return value
        inputs = nodes[key]["inputs"] if key in nodes else {}
        held = [each for name, each in inputs.items() if name.lower() in ("value", "float", "int", "seed", "number")]
        if not held:
            return None
        value = held[0]
    return None


def _asked(nodes: Mapping[str, Node], used: list[Node]) -> str | None:
    """Return the texts that reach the samplers as what is wanted; of several samplers the first's."""
    for node in used:
        inputs = node["inputs"]
        way = inputs.get("positive", inputs.get("conditioning", inputs.get("guider")))
        if (key := _linked(way)) in nodes and key is not None and "model" in inputs | {"model": None}:
            texts = list(_texts(nodes, key))
            if texts:
                return text_of(" ".join(texts))
    return None


def _texts(nodes: Mapping[str, Node], start: str) -> Iterator[str]:
    seen, waiting = {start}, [start]
    while waiting and len(seen) <= _FARTHEST:
        inputs = nodes[waiting.pop()]["inputs"]
        yield from (inputs[name] for name in _TEXTS if isinstance(inputs.get(name), str))
        for name, value in inputs.items():
            key = _linked(value)
            if (
                key in nodes
                and key not in seen
                and key is not None
                and name not in ("negative", "clip", "vae", "model")
            ):
                seen.add(key)
                waiting.append(key)


def _loras(nodes: Mapping[str, Node], inputs: Mapping[str, Any]) -> Iterator[UsedLora]:
    if "lora_name" in inputs:
        strength = inputs.get("strength_model", inputs.get("strength", inputs.get("lora_model_strength", 1.0)))
        found = lora(_scalar(nodes, inputs["lora_name"]), _scalar(nodes, strength))
        if found:
            yield found
    for name, value in inputs.items():
        match = _NUMBERED.fullmatch(name)
        if match is None:
            continue
        if isinstance(value, dict):
            # rgthree's stack: each row has its own switch
            if value.get("on", True):
                found = lora(value.get("lora"), value.get("strength", 1.0))
                if found:
                    yield found
        elif isinstance(value, str) and str(inputs.get(f"switch_{match.group(1)}", "On")).lower() not in (
            "off",
            "false",
        ):
            weights = (f"{key}_{match.group(1)}" for key in ("model_weight", "lora_wt", "model_str", "strength"))
            strength = next((inputs[key] for key in weights if key in inputs), 1.0)
            found = lora(value, _scalar(nodes, strength))
            if found:
                yield found


def _screen_loras(values: list[Any]) -> Iterator[UsedLora | None]:
    for at, value in enumerate(values):
        if isinstance(value, dict) and "lora" in value:
            if value.get("on", True):
                yield lora(value["lora"], value.get("strength", 1.0))
        elif isinstance(value, str) and value.lower().endswith((".safetensors", ".ckpt", ".pt")):
            following = values[at + 1] if at + 1 < len(values) else 1.0
            yield lora(value, following if isinstance(following, int | float) else 1.0)
