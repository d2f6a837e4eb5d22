"""Typed objects of `knowledge/`: rules, profiles, checklists, the guided tree, and `Knowledge` that holds them all."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from pydantic import Field

from knowledge.chat import ChatWords
from knowledge.entry import Entry, Expression, Id, Probability, SettingValue, Text
from knowledge.faces import FaceKnowledge
from knowledge.fingerprints import FingerprintRules
from knowledge.judging import Benign, Weighing, Wording
from knowledge.language import MessageFact, Phrase, Vocabulary
from knowledge.pictures import PictureKnowledge
from knowledge.recurrence import RecurrenceRules
from knowledge.screenshots import ScreenshotKnowledge
from knowledge.trainer import Trainer
from knowledge.web import WebWords


class Kind(StrEnum):
    """What a finding is about."""

    CRASH = "crash"
    QUALITY = "quality"
    CURVE = "curve"
    CONFIG = "config"
    DATASET = "dataset"


class Severity(StrEnum):
    """How much a finding matters: critical stops the run or ruins its result."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


class Priority(StrEnum):
    """The guide's own ranking of a fix row."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class About(StrEnum):
    """What a fix changes. Dataset and captions come first among equals: the guide's closing remark."""

    DATASET = "dataset"
    CAPTIONS = "captions"
    INFERENCE = "inference"
    PARAMETERS = "parameters"
    ENVIRONMENT = "environment"


class Signature(Entry):
    """A line of a log that shows the problem. `pattern` is RE2 syntax, matched within one line."""

    pattern: Text
    confidence: Probability = 0.9
    examples: tuple[Text, ...] = Field(min_length=1)
    counterexamples: tuple[Text, ...] = ()
    weak: bool = False
    """True for lines that count only where no stronger signature of any rule is found (a wrapper's last words)."""
    cause: bool = False
    """True for a line, itself no error that ends the run, that later errors only follow from."""
    note: Text | None = None
    """One sentence for the reader on what this very line means; replaces the rule's summary."""


class Circumstance(Entry):
    """Facts that show the problem by themselves, or make it likelier where something else shows it."""

    check: Expression
    confidence: Probability
    reason: Text
    """Sentence with ``{config.batch_size}``-like placeholders."""
    supports: bool = False
    """True: only strengthens the finding; never raises it alone."""


class Why(Entry):
    """The reason printed beside a fix row, for each of its outcomes; placeholders as in `Circumstance.reason`."""

    confirmed: Text | None = None
    ruled_out: Text | None = None
    to_check: Text | None = None


class Fix(Entry):
    """One row of a fix table."""

    diagnosis: Text | None = None
    solution: Text
    setting: Text | None = None
    priority: Priority | None = None
    about: About = About.PARAMETERS
    check: Expression | None = None
    """True: this row applies (confirmed); false: it does not (ruled out). Facts missing, or a text such as ``'the usual
    rate'`` as the value: to check."""
    why: Why = Why()
    patch: dict[str, SettingValue] = Field(default_factory=dict)
    """Normal setting names with the new value, or ``"= expression"`` to compute it. Applied only to confirmed rows."""


class Rule(Entry):
    """One problem: how to recognise it and what to do about it. One file each."""

    id: Id
    title: Text
    kind: Kind
    severity: Severity
    section: Text | None = None
    """Heading of the troubleshooting guide that this comes from."""
    source: Text | None = None
    """Where the facts beyond the guide come from."""
    summary: Text
    """One or two sentences for the person: what is wrong. Placeholders allowed."""
    symptoms: tuple[Text, ...] = ()
    pattern: Text | None = None
    """Curve rules: the guide's name of the pattern; `symptom` and `cause` are its other columns."""
    symptom: Text | None = None
    cause: Text | None = None
    test: Text | None = None
    first: Text | None = None
    """What to do before anything else in the table, when nothing in it is confirmed."""
    commands: Text | None = None
    """A block of shell commands to copy, comments included."""
    signatures: tuple[Signature, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    circumstances: tuple[Circumstance, ...] = ()
    fixes: tuple[Fix, ...] = ()
    lasting: bool = False
    """True where it harms the result even though the training goes on (NaN, nothing saved)."""
    hides: tuple[Id, ...] = ()
    """Findings that this one explains: they are not listed beside it."""
    ask: tuple[Text, ...] = ()
    """What to ask for when this is uncertain."""


class Point(Entry):
    """A point of a reference curve."""

    step: int = Field(ge=0)
    loss: float = Field(gt=0)


class Phase(Entry):
    """A stretch of the good curve, in the guide's words."""

    steps: Text
    loss: Text
    remark: Text


class Profile(Entry):
    """What is known to work for one base model, with its source."""

    id: Id
    title: Text
    source: Text
    models: tuple[Text, ...] = Field(min_length=1)
    """RE2 patterns, matched without case against the config's model name."""
    settings: dict[str, SettingValue] = Field(default_factory=dict)
    """Normal setting names with the documented value: ``profile.learning_rate`` in expressions."""
    good_curve: tuple[Phase, ...] = ()
    reference: tuple[Point, ...] = ()
    """Reference loss curve; linear between points."""
    comparable: tuple[Id, ...] = ()
    """Trainers whose loss levels can be compared with `reference`."""


class ChecklistItem(Entry):
    """One line of a checklist."""

    check: Text
    requirement: Text | None = None
    test: Expression | None = None
    """True: passed; false: failed. Facts missing, or a text as the value: can't tell."""
    why: Why = Why()
    how: Text | None = None
    """How to find out, or how to provide it."""
    profile: Id | None = None
    """Set where the requirement holds for one profile only."""
    evidence: Literal["config", "curve", "samples", "system", "dataset", "error", "log"] | None = None
    """Support checklist only: the part of a bundle that answers this item."""


class ChecklistGroup(Entry):
    """A numbered or headed part of a checklist."""

    title: Text
    items: tuple[ChecklistItem, ...] = Field(min_length=1)


class Checklist(Entry):
    """A checklist of the guide."""

    id: Id
    title: Text
    section: Text | None = None
    columns: tuple[Text, ...] = ()
    source: Text | None = None
    items: tuple[ChecklistItem, ...] = ()
    groups: tuple[ChecklistGroup, ...] = ()
    remark: Text | None = None
    whole_if: Expression | None = None
    """Where this holds the report answers every item, those too that it can't tell; else only those that it can."""


class Answer(Entry):
    """One branch of the guided tree: it leads to a further question, a rule, or checklists."""

    answer: Text
    ask: Question | None = None
    rule: Id | None = None
    rules: tuple[Id, ...] = ()
    checklists: tuple[Id, ...] = ()


class Question(Entry):
    """A question of the guided tree."""

    question: Text
    answers: tuple[Answer, ...] = Field(min_length=1)


class Pitfall(Entry):
    """Something a config reader observed that a person should know: a trap of the trainer or of the file format."""

    id: Id
    """The kind of observation that a reader reports, e.g. ``quoted-number``."""
    title: Text
    severity: Severity
    finding: Id | None = None
    """The finding that this gives; none: it stays a note beside the report."""
    confidence: Probability = 0.7
    text: Text
    """Placeholders: the observation's own values, e.g. ``{path}``, ``{value}``."""
    solution: Text | None = None
    source: Text | None = None


class CrossCheck(Entry):
    """Two parts of a bundle that contradict each other, or something in them that is worth knowing."""

    id: Id
    check: Expression
    """True: `text` is said as a note."""
    text: Text
    """Placeholders as in `Circumstance.reason`."""
    source: Text | None = None


Answer.model_rebuild()


@dataclass(frozen=True)
class Knowledge:
    """Everything that is known, by id."""

    rules: dict[str, Rule]
    profiles: dict[str, Profile]
    checklists: dict[str, Checklist]
    flowchart: Question
    pitfalls: dict[str, Pitfall]
    vocabulary: Vocabulary
    message_facts: tuple[MessageFact, ...]
    benign: Benign
    weighing: Weighing
    wording: Wording
    trainers: dict[str, Trainer]
    remark: str
    """The guide's closing remark."""
    chat: ChatWords
    pictures: PictureKnowledge
    screenshots: ScreenshotKnowledge
    faces: FaceKnowledge
    crosschecks: tuple[CrossCheck, ...]
    recurrence: RecurrenceRules
    fingerprints: FingerprintRules
    web: WebWords
