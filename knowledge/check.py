"""Checks that go beyond the shape of the files: examples against signatures, expressions, names, references."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import re2

from knowledge.desk import check_desk, load_desk
from knowledge.expressions import ExpressionError, compile_expression, known_names, names
from knowledge.facts import ConfigFacts
from knowledge.judging import Benign
from knowledge.load import HOME, RULE_FOLDERS, load_knowledge
from knowledge.mistakes import KnowledgeError, Mistake
from knowledge.model import Checklist, CrossCheck, Fix, Knowledge, Pitfall, Question, Rule
from knowledge.patterns import SignatureSet, has_unbounded_gap, quiet_options
from knowledge.redaction import check_patterns, load_redaction
from knowledge.source import YamlFile
from knowledge.trainer import Trainer
from knowledge.trainer_check import trainer_mistakes
from knowledge.wording import placeholders

_SETTINGS = frozenset(field.name for field in fields(ConfigFacts))
Location = tuple[int | str, ...]


def check_knowledge(root: Path = HOME) -> tuple[Mistake, ...]:
    """Return every mistake in the folder `root`, with its file and line; empty where all is well."""
    try:
        load_redaction(root)
        load_desk(root)
        knowledge = load_knowledge(root)
        signatures = SignatureSet(knowledge.rules.values())
    except KnowledgeError as error:
        return error.mistakes
    except re2.error:
        knowledge, signatures = load_knowledge(root), None
    checker = _Checker(knowledge, signatures)
    mistakes: list[Mistake] = []
    for folder in RULE_FOLDERS:
        for path in sorted((root / folder).glob("*.yaml")):
            mistakes += _located(path, Rule, checker.rule(knowledge.rules[path.stem]))
    for path in sorted((root / "checklists").glob("*.yaml")):
        mistakes += _located(path, Checklist, checker.checklist(knowledge.checklists[path.stem]))
    for path in sorted((root / "config").glob("*.yaml")):
        mistakes += _located(path, tuple[Pitfall, ...], checker.pitfalls(YamlFile(path, tuple[Pitfall, ...]).value))
    for path in sorted((root / "trainers").glob("*.yaml")):
        mistakes += _located(path, Trainer, trainer_mistakes(knowledge.trainers[path.stem]))
    crosschecks = root / "crosschecks.yaml"
    mistakes += _located(crosschecks, tuple[CrossCheck, ...], checker.crosschecks(knowledge.crosschecks))
    mistakes += _located(root / "benign.yaml", Benign, checker.benign(knowledge.benign))
    mistakes += _located(root / "flowchart.yaml", Question, checker.question(knowledge.flowchart, ()))
    mistakes += (*check_patterns(root), *check_desk(root))
    return tuple(sorted(mistakes))


def _located(path: Path, kind: type, found: Iterator[tuple[Location, str]]) -> Iterator[Mistake]:
    source: YamlFile[object] | None = None
    for location, message in found:
        source = source or YamlFile(path, kind)
        yield Mistake(path, source.line(*location), message)


class _Checker:
    def __init__(self, knowledge: Knowledge, signatures: SignatureSet | None) -> None:
        self._knowledge = knowledge
        self._signatures = signatures
        self._names = known_names() | {
            f"profile.{name}" for profile in knowledge.profiles.values() for name in profile.settings
        }

    def rule(self, rule: Rule) -> Iterator[tuple[Location, str]]:
        for index, signature in enumerate(rule.signatures):
            at: Location = ("signatures", index)
            try:
                pattern = re2.compile(signature.pattern, quiet_options())
            except re2.error as error:
                yield (*at, "pattern"), f"not a valid RE2 pattern: {error}"
                continue
            if has_unbounded_gap(signature.pattern):
                yield (*at, "pattern"), "has a gap without a bound; write for example \\d{1,9} or [^\\r\\n]{0,200}"
            for number, example in enumerate(signature.examples):
                if not pattern.search(example):
                    yield (*at, "examples", number), "this example does not hit its own pattern"
            for number, example in enumerate(signature.counterexamples):
                if self._hits(rule.id, example):
                    yield (*at, "counterexamples", number), "a signature of this rule hits this counterexample"
        for index, circumstance in enumerate(rule.circumstances):
            yield from self._expression(circumstance.check, ("circumstances", index, "check"))
            yield from self._text(circumstance.reason, ("circumstances", index, "reason"))
        for index, fix in enumerate(rule.fixes):
            yield from self._fix(fix, ("fixes", index))
        for index, hidden in enumerate(rule.hides):
            if hidden not in self._knowledge.rules:
                yield ("hides", index), f"there is no rule {hidden}"
        yield from self._text(rule.summary, ("summary",))

    def checklist(self, checklist: Checklist) -> Iterator[tuple[Location, str]]:
        if checklist.whole_if:
            yield from self._expression(checklist.whole_if, ("whole_if",))
        places: list[tuple[Location, tuple[object, ...]]] = [(("items",), checklist.items)]
        places += [(("groups", number, "items"), group.items) for number, group in enumerate(checklist.groups)]
        listed = [((*place, n), item) for place, members in places for n, item in enumerate(members)]
        for at, item in listed:
            test, why = getattr(item, "test", None), getattr(item, "why", None)
            if test:
                yield from self._expression(test, (*at, "test"))
            for text in (why.confirmed, why.ruled_out) if why else ():
                if text:
                    yield from self._text(text, (*at, "why"))

    def pitfalls(self, pitfalls: tuple[Pitfall, ...]) -> Iterator[tuple[Location, str]]:
        for index, pitfall in enumerate(pitfalls):
            if pitfall.finding and pitfall.finding not in self._knowledge.rules:
                yield (index, "finding"), f"there is no rule {pitfall.finding}"

    def crosschecks(self, crosschecks: tuple[CrossCheck, ...]) -> Iterator[tuple[Location, str]]:
        for index, crosscheck in enumerate(crosschecks):
            yield from self._expression(crosscheck.check, (index, "check"))
            yield from self._text(crosscheck.text, (index, "text"))

    def benign(self, benign: Benign) -> Iterator[tuple[Location, str]]:
        for index, line in enumerate(benign.lines):
            for number, example in enumerate(line.examples):
                if not re2.search(line.pattern, example, quiet_options()):
                    yield ("lines", index, "examples", number), "this example does not hit its own pattern"

    def question(self, question: Question, at: Location) -> Iterator[tuple[Location, str]]:
        for index, answer in enumerate(question.answers):
            here: Location = (*at, "answers", index)
            for rule in (*answer.rules, *([answer.rule] if answer.rule else [])):
                if rule not in self._knowledge.rules:
                    yield here, f"there is no rule {rule}"
            for checklist in answer.checklists:
                if checklist not in self._knowledge.checklists:
                    yield here, f"there is no checklist {checklist}"
            if answer.ask is not None:
                yield from self.question(answer.ask, (*here, "ask"))
            elif not (answer.rule or answer.rules or answer.checklists):
                yield here, "this answer leads nowhere"

    def _hits(self, rule: str, line: str) -> bool:
        return self._signatures is not None and any(found == rule for found, _ in self._signatures.match(line))

    def _fix(self, fix: Fix, at: Location) -> Iterator[tuple[Location, str]]:
        if fix.check:
            yield from self._expression(fix.check, (*at, "check"))
        for key, text in (
            ("confirmed", fix.why.confirmed),
            ("ruled_out", fix.why.ruled_out),
            ("to_check", fix.why.to_check),
        ):
            if text:
                yield from self._text(text, (*at, "why", key))
        for name, value in fix.patch.items():
            if name not in _SETTINGS:
                yield (*at, "patch", name), f"there is no setting {name}"
            if isinstance(value, str) and value.startswith("="):
                yield from self._expression(value.removeprefix("=").strip(), (*at, "patch", name))
        if fix.patch and not fix.check:
            yield (*at, "patch"), "a row that changes the config needs a check"

    def _expression(self, source: str, at: Location) -> Iterator[tuple[Location, str]]:
        try:
            compile_expression(source)
        except ExpressionError as error:
            yield at, f"not a valid expression: {error}"
            return
        for name in names(source):
            if name not in self._names:
                yield at, f"there is no fact {name}"

    def _text(self, text: str, at: Location) -> Iterator[tuple[Location, str]]:
        for name in placeholders(text):
            if "." in name and name not in self._names:
                yield at, f"there is no fact {name} to fill the placeholder with"
