"""The header of a safetensors file: eight bytes of length and one JSON object. Nothing behind it is read.

Source: the format's description in huggingface/safetensors, README.md, "Format".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from diagnostics.bundle import Attachment

MOST = 16 << 20
"""Bytes of a header: 700 layers and 2,100 tags make 283 KB; the library itself takes up to 100 MB."""
_LENGTH = 8
_MOST_TENSORS = 100_000


class WeightsError(ValueError):
    """The file is no safetensors file, or a broken one; the text says why."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor: its type as written (F16, BF16, ...), its shape, and where its data ends, in bytes."""

    kind: str
    shape: tuple[int, ...]
    end: int


@dataclass(frozen=True, slots=True)
class WeightsHeader:
    """What the header says. `missing` is how many bytes of the data the file lacks; 0 where it is whole."""

    tensors: Mapping[str, Tensor]
    metadata: Mapping[str, str] = field(default_factory=dict)
    missing: int = 0


def read_header(attachment: Attachment) -> WeightsHeader:
    """Read the header of a file; raises `WeightsError`, and OSError where it cannot be opened."""
    with attachment.open() as file:
        start = file.read(_LENGTH)
        length = int.from_bytes(start, "little")
        if len(start) < _LENGTH:
            raise WeightsError("is too short for a safetensors file")
        if length > MOST:
            raise WeightsError("is no safetensors file, or its header is damaged")
        data = file.read(length)
    if len(data) < length:
        raise WeightsError("is cut off inside its header: the upload or download did not finish")
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise WeightsError("is no safetensors file, or its header is damaged") from error
    if not isinstance(found, dict) or len(found) > _MOST_TENSORS:
        raise WeightsError("is no safetensors file, or its header is damaged")
    metadata = found.pop("__metadata__", None)
    tensors = {name: tensor for name, value in found.items() if (tensor := _tensor(value)) is not None}
    end = max((tensor.end for tensor in tensors.values()), default=0)
    return WeightsHeader(tensors, _texts(metadata), max(0, _LENGTH + length + end - attachment.size))


def _tensor(value: Any) -> Tensor | None:
    if not isinstance(value, dict):
        return None
    shape, offsets = value.get("shape"), value.get("data_offsets")
    if not _counts(shape) or not _counts(offsets) or len(offsets) != 2:
        return None
    return Tensor(str(value.get("dtype"))[:20], tuple(shape[:8]), offsets[1])


def _counts(value: Any) -> TypeGuard[list[int]]:
    return isinstance(value, list) and all(type(each) is int and each >= 0 for each in value)


def _texts(value: Any) -> dict[str, str]:
    return {name: text for name, text in value.items() if isinstance(text, str)} if isinstance(value, dict) else {}
