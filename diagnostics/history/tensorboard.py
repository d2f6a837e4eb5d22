"""TensorBoard event files: records of a length, two checksums and a small protobuf message each.

Only scalars are read. Formats: TFRecord framing and the messages Event, Summary, Summary.Value and TensorProto of
TensorFlow's public protocol files.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from diagnostics.history.metrics import Metrics

_HEADER = struct.Struct("<QI")
_CHECKSUM = 4
_LONGEST = 1 << 20
"""A scalar event has some 60 bytes; pictures and histograms are passed over unread."""
_EVENT_STEP, _EVENT_SUMMARY = 2, 5
_SUMMARY_VALUE = 1
_VALUE_TAG, _VALUE_SIMPLE, _VALUE_TENSOR = 1, 2, 8
_TENSOR_CONTENT, _TENSOR_FLOATS, _TENSOR_DOUBLES = 4, 5, 6
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
MAGIC = b"brain.Event:2"


def is_event_file(head: bytes) -> bool:
    """Tell an event file by the version that its first record names."""
    return MAGIC in head[:64]


def read_events(file: BinaryIO) -> Metrics:
    """Return the scalars of an event file; a file cut in the middle gives all that is whole."""
    metrics = Metrics()
    while metrics.left > 0 and len(header := file.read(_HEADER.size)) == _HEADER.size:
        length, _ = _HEADER.unpack(header)
        if length > _LONGEST:
            if length > 1 << 40 or not _skip(file, length + _CHECKSUM):
                break
            continue
        record = file.read(length + _CHECKSUM)
        if len(record) < length + _CHECKSUM:
            break
        try:
            _event(record[:length], metrics)
        except (IndexError, struct.error, ValueError):
            continue
    return metrics


def _skip(file: BinaryIO, count: int) -> bool:
    while count > 0:
        chunk = file.read(min(count, 1 << 20))
        if not chunk:
            return False
        count -= len(chunk)
    return True


def _event(data: bytes, metrics: Metrics) -> None:
    step, summaries = 0, []
    for number, value in _fields(data):
        if number == _EVENT_STEP and isinstance(value, int):
            step = value
        elif number == _EVENT_SUMMARY and isinstance(value, bytes):
            summaries.append(value)
    for summary in summaries:
        for number, value in _fields(summary):
            if number == _SUMMARY_VALUE and isinstance(value, bytes):
                _scalar(value, step, metrics)


def _scalar(data: bytes, step: int, metrics: Metrics) -> None:
    tag, scalar = "", None
    for number, value in _fields(data):
        if number == _VALUE_TAG and isinstance(value, bytes):
            tag = value.decode("utf-8", "replace")
        elif number == _VALUE_SIMPLE and isinstance(value, bytes):
            scalar = struct.unpack("<f", value)[0]
        elif number == _VALUE_TENSOR and isinstance(value, bytes):
            scalar = _tensor(value)
    if tag and scalar is not None:
        metrics.add(tag, step, scalar)


def _tensor(data: bytes) -> float | None:
    for number, value in _fields(data):
        if isinstance(value, bytes):
            if number in (_TENSOR_CONTENT, _TENSOR_FLOATS) and len(value) == 4:
                return float(struct.unpack("<f", value)[0])
            if number in (_TENSOR_CONTENT, _TENSOR_DOUBLES) and len(value) == 8:
                return float(struct.unpack("<d", value)[0])
    return None


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    at, end = 0, len(data)
    while at < end:
        key, at = _varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == _VARINT:
            value, at = _varint(data, at)
            yield number, value
            continue
        if wire == _BYTES:
            length, at = _varint(data, at)
        elif wire == _FIXED64:
            length = 8
        elif wire == _FIXED32:
            length = 4
        else:
            raise ValueError(f"wire type {wire}")
        if at + length > end:
            raise IndexError(length)
        yield number, data[at : at + length]
        at += length


def _varint(data: bytes, at: int) -> tuple[int, int]:
    result = shift = 0
    while True:
        byte = data[at]
        at += 1
        result |= (byte & 0x7F) << shift
        if byte < 0x80:
            return result, at
        shift += 7
        if shift > 63:
            raise ValueError("a number of more than 64 bits")
