"""Expressions of rules (CEL) over the facts: compiled once, evaluated without side effects, never able to run code."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache, cached_property
from typing import Any, Protocol

from knowledge.facts import Facts

GROUPS = tuple(field.name for field in fields(Facts))
_NAME = re.compile(rf"\b({'|'.join(GROUPS)}|profile)\.(\w+)")
_TEXT = re.compile(r"'[^']*'|\"[^\"]*\"")

Scalar = bool | int | float | str
Value = Scalar | list[Scalar]
Known = Mapping[str, Value]


class Context(Mapping[str, Known]):
    """The facts as expressions see them, by group: what is not known is absent."""

    def __init__(self, groups: Mapping[str, Known]) -> None:
        self._groups = groups

    def __getitem__(self, group: str) -> Known:
        return self._groups[group]

    def __iter__(self) -> Iterator[str]:
        return iter(self._groups)

    def __len__(self) -> int:
        return len(self._groups)

    @cached_property
    def native(self) -> Any:
        """The same for the CEL engine: turned over once, where each expression would do it again."""
        return _native().Context(self._groups)


class _Program(Protocol):
    def execute(self, context: Any) -> Any: ...


@dataclass(frozen=True, slots=True)
class Unknown:
    """The expression cannot be decided: a fact that it needs is not in the bundle."""

    missing: str
    """Name of the fact, e.g. ``config.batch_size``; empty where it is not known which."""


class ExpressionError(ValueError):
    """The expression is not valid CEL."""


@cache
def _native() -> Any:
    # `import cel` also imports its command line with typer and prompt_toolkit, 150 of its 190 ms, at every start.
    package = importlib.util.find_spec("cel")
    if package is None or package.submodule_search_locations is None:
        raise ImportError("common-expression-language is not installed")
    spec = importlib.machinery.PathFinder.find_spec("cel.cel", package.submodule_search_locations)
    if spec is None or spec.loader is None:
        raise ImportError("common-expression-language has no native module here")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def compile_expression(source: str) -> _Program:
    """Compile `source`; raises `ExpressionError` with the parser's message."""
    try:
        program: _Program = _native().compile(source)
    except ValueError as error:
        raise ExpressionError(" ".join(str(error).split())) from error
    return program


def evaluate(source: str, context: Context) -> Value | Unknown:
    """Evaluate `source` over `context`, or say which fact is missing."""
    try:
        value: Value = compile_expression(source).execute(context.native)
    except (LookupError, ArithmeticError, RuntimeError, TypeError, ValueError):
        return Unknown(next(_absent(source, context), ""))
    return value


def names(source: str) -> tuple[str, ...]:
    """Return the facts that `source` names, as ``group.field``, in order and once each."""
    return tuple(dict.fromkeys(".".join(match.groups()) for match in _NAME.finditer(_TEXT.sub("''", source))))


def context_of(facts: Facts, profile: Mapping[str, Scalar] | None = None) -> Context:
    """Return the facts, and the settings of the profile, as expressions see them."""
    groups: dict[str, Known] = {"profile": dict(profile or {})}
    for group in GROUPS:
        known: dict[str, Value] = {}
        groups[group] = known
        part = getattr(facts, group)
        for field in fields(part):
            value = getattr(part, field.name)
            if isinstance(value, tuple | frozenset):
                if value or field.default is None:
                    known[field.name] = sorted(value) if isinstance(value, frozenset) else list(value)
            elif value is not None:
                known[field.name] = value
    return Context(groups)


def known_names() -> frozenset[str]:
    """Return every fact name that exists, as ``group.field``; those of profiles excepted."""
    groups = Facts()
    return frozenset(f"{group}.{field.name}" for group in GROUPS for field in fields(getattr(groups, group)))


def _absent(source: str, context: Context) -> Iterator[str]:
    for name in names(source):
        group, field = name.split(".")
        if field not in context[group]:
            yield name
