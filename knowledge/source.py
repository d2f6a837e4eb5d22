"""One YAML file of `knowledge/`: its value, and the line of every part of it."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

import yaml
from pydantic import TypeAdapter, ValidationError

from knowledge.mistakes import KnowledgeError, Mistake

T = TypeVar("T")


class _Loader(yaml.CSafeLoader):
    """The safe loader, with duplicate keys refused: the second would silently win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} stands here twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    # building the validator of a type takes longer than validating a file with it
    return TypeAdapter(kind)  # type: ignore[arg-type]


class YamlFile(Generic[T]):
    """A file that holds one `T` (any type that pydantic can validate)."""

    def __init__(self, path: Path, kind: type[T]) -> None:
        self.path = path
        self._text = path.read_text(encoding="utf-8")
        try:
            self.value: T = _adapter(cast(Hashable, kind)).validate_python(yaml.load(self._text, _Loader))  # noqa: S506
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise KnowledgeError([Mistake(path, mark.line + 1 if mark else 1, error.problem or str(error))]) from error
        except ValidationError as error:
            raise KnowledgeError(
                [Mistake(path, self.line(*item["loc"]), _describe(item["loc"], item["msg"])) for item in error.errors()]
            ) from error

    def line(self, *location: int | str) -> int:
        """Return the line of a part, named by keys and indexes; the nearest line above it that exists."""
        node = yaml.compose(self._text, yaml.CSafeLoader)
        line = 1
        for step in location:
            found = _child(node, step)
            if found is None:
                continue
            line, node = found
        return line


def _child(node: yaml.Node | None, step: int | str) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key.start_mark.line + 1, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        child = node.value[step]
        return child.start_mark.line + 1, child
    return None


def _describe(location: tuple[int | str, ...], message: str) -> str:
    where = ".".join(str(step) for step in location)
    return f"{where}: {message}" if where else message


def read(path: Path, kind: type[T]) -> T:
    """Read one file as `kind`; raises `KnowledgeError` with the line of each mistake."""
    return YamlFile(path, kind).value
