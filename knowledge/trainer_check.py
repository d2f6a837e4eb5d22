"""Checks of what is known of a trainer: every pattern against its examples, every name against the facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields

import re2

from knowledge.facts import ConfigFacts, LogFacts
from knowledge.patterns import has_unbounded_gap, quiet_options
from knowledge.trainer import SIZE, ConfigShape, FactLine, Line, LogShape, Trainer, Type, Value

Location = tuple[int | str, ...]
_CONFIG_FACTS = frozenset(field.name for field in fields(ConfigFacts))
_LOG_FACTS = frozenset(field.name for field in fields(LogFacts))
_UNITS = {"GiB": 1.0, "MiB": 1 / 2**10, "MB": 1 / 2**10}
_DEFAULTS: dict[Type, tuple[type, ...]] = {
    Type.INT: (int,),
    Type.FLOAT: (float,),
    Type.FIRST: (float,),
    Type.BOOL: (bool,),
    Type.TEXT: (str,),
    Type.INTS: (str,),
}


def trainer_mistakes(trainer: Trainer) -> Iterator[tuple[Location, str]]:
    """Yield every mistake of one file, with the place of each."""
    if trainer.config is not None:
        yield from _config(trainer.config)
    if trainer.log is not None:
        yield from _log(trainer.log)


def _config(config: ConfigShape) -> Iterator[tuple[Location, str]]:
    for name, key in config.settings.items():
        at: Location = ("config", "settings", name)
        if name not in _CONFIG_FACTS:
            yield at, f"there is no setting {name}"
        if key.default is not None and type(key.default) not in _DEFAULTS[key.type]:
            yield (*at, "default"), f"the default is no {key.type.value}"
    known = {key.partition(".")[0] for each in config.settings.values() for key in each.at} | set(config.known)
    for wrong, right in config.confused.items():
        here: Location = ("config", "confused", wrong)
        if config.known and right.partition(".")[0] not in known:
            yield here, f"there is no key {right}"
        if wrong in known:
            yield here, f"{wrong} is a key of this trainer"


def _log(log: LogShape) -> Iterator[tuple[Location, str]]:
    for index, text in enumerate(log.in_refreshes):
        if text not in (*log.marks, *log.shared_marks):
            yield ("log", "in_refreshes", index), f"{text!r} is no mark of this trainer"
    for index, fact in enumerate(log.facts):
        yield from _fact(fact, ("log", "facts", index))
    groups: tuple[tuple[Location, Iterable[Line]], ...] = (
        (("log", "counts"), log.counts),
        (("log", "folders"), log.folders),
        (("log", "starts"), log.starts),
        (("log", "checkpoints"), log.checkpoints),
        (("log", "samples"), log.samples),
        (("log", "finished"), log.finished),
        *((("log", "phases", phase), lines) for phase, lines in log.phases),
    )
    for at, lines in groups:
        wanted = {"counts": "n", "folders": "folder"}.get(str(at[1]))
        for index, line in enumerate(lines):
            yield from _line(line, (*at, index), wanted)


def _fact(fact: FactLine, at: Location) -> Iterator[tuple[Location, str]]:
    if fact.fact not in _LOG_FACTS:
        yield (*at, "fact"), f"logs have no fact {fact.fact}"
    pattern, mistakes = _compiled(fact.expression, at)
    yield from mistakes
    if pattern is None:
        return
    if pattern.groups != 1:
        yield (*at, "pattern"), "needs exactly one group: the value"
        return
    for example, value in fact.examples.items():
        match = pattern.search(example)
        if match is None or not any(trigger in example for trigger in fact.trigger):
            yield (*at, "examples", example), "this example does not hit its own trigger and pattern"
        elif _read(fact.value, match[1]) != value:
            yield (*at, "examples", example), f"this example states {_read(fact.value, match[1])!r}, not {value!r}"


def _line(line: Line, at: Location, group: str | None) -> Iterator[tuple[Location, str]]:
    pattern, mistakes = _compiled(line.expression, at)
    yield from mistakes
    if pattern is None:
        return
    if group is not None and group not in pattern.groupindex:
        yield (*at, "pattern"), f"needs a group called {group}"
    for index, example in enumerate(line.examples):
        if pattern.search(example) is None or not any(trigger in example for trigger in line.trigger):
            yield (*at, "examples", index), "this example does not hit its own trigger and pattern"


def _compiled(expression: str, at: Location) -> tuple[re2._Regexp | None, list[tuple[Location, str]]]:
    try:
        pattern = re2.compile(expression, quiet_options())
    except re2.error as error:
        return None, [((*at, "pattern"), f"not a valid RE2 pattern: {error}")]
    gap = has_unbounded_gap(expression.replace(SIZE, ""))
    return pattern, [((*at, "pattern"), "has a gap without a bound; write for example \\d{1,9}")] if gap else []


def _read(kind: Value, text: str) -> object:
    if kind is Value.SIZE:
        number = text.rstrip("MiGB ")
        return round(float(number) * _UNITS[text[len(number) :].strip()], 2)
    if kind is Value.TEXT:
        return text.strip()
    return int(text) if kind is Value.INT else float(text)
