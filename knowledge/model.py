"""Typed objects of everything under `knowledge/`: what a moderator may write, and what each key means.

Unknown keys are mistakes (`extra="forbid"`), so a misspelt key is reported instead of silently doing nothing.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Probability = Annotated[float, Field(gt=0, le=1)]
Expression = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
"""A CEL expression over the facts, e.g. ``config.batch_size > 1``."""


def _split_terms(value: object) -> object:
    return tuple(term for part in value.split(",") if (term := part.strip())) if isinstance(value, str) else value


Terms = Annotated[tuple[Text, ...], BeforeValidator(_split_terms)]
"""Terms of a phrase or of the vocabulary: a list, or one text with commas between them (read ten times as fast)."""
SettingValue = bool | int | float | str


class Entry(BaseModel):
    """Base of all entries: immutable, and strict about unknown keys."""

    # deferred: a model inside another is built once, as part of it
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


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
    note: Text | None = None
    """One sentence for the reader on what this very line means; replaces the rule's summary."""


class Phrase(Entry):
    """How people describe the problem in their own words.

    `words` and `near` hold terms: a plain word, a prefix (``wax*``), several words in a row, or ``@group`` from
    vocabulary.yaml. The phrase holds where any of `words` and (if given) any of `near` and `also` stand in one sentence
    at most `within` words apart, none of `unless` stands as near, and nothing there is denied ("no plastic skin").
    """

    words: Terms = Field(min_length=1)
    near: Terms = ()
    also: Terms = ()
    """A third group that must be present too."""
    unless: Terms = ()
    anywhere: Terms = ()
    """Terms of which one must stand somewhere in the message."""
    nowhere: Terms = ()
    """Terms of which none may stand anywhere in the message."""
    within: int = Field(default=10, ge=1)
    """How far `near`, `also` and `unless` reach from `words`, in words; two CJK characters count as one."""
    asked: bool = False
    """True: an `ask` opening does not weaken it, because the question itself is the complaint."""
    confidence: Probability = 0.7
    examples: tuple[Text, ...] = Field(min_length=1)
    counterexamples: tuple[Text, ...] = ()


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


class MessageFact(Entry):
    """A number that people state in prose, and how they write it."""

    fact: Text
    """Name of a field of `MessageFacts`."""
    pattern: Text
    """RE2 pattern, case-insensitive, with one group that holds the value."""
    least: float | None = None
    most: float | None = None
    examples: dict[str, float | str] = Field(min_length=1)
    """Sentence -> value."""
    counterexamples: tuple[Text, ...] = ()


class Vocabulary(Entry):
    """Words by meaning, in every language that occurs: ``@skin`` in a phrase stands for all of `groups["skin"]`."""

    groups: dict[str, Terms]
    deny: Terms
    """Words that turn a statement into its opposite within a few words: no, not, without."""
    ask: Terms
    """Openings of requests and general questions, which describe no problem."""
    affirm: Terms = ()
    """Word sequences in which a word of `deny` denies nothing and one of `ask` asks nothing: not only, not sure why."""
    deny_after: Terms = ()
    """The same as `deny` in languages that put it behind what it denies: Japanese, Korean."""
    mend: Terms = ()
    """Words that turn a question into a complaint: fix, get rid of."""
    solved: Terms = ()
    """What says that the problem is over."""
    still: Terms = ()
    """What says that it is not over after all; outweighs `solved`."""
    deny_reach: int = Field(default=4, ge=1)
    """Words over which a denial reaches."""
    asked: Probability = 0.35
    """Factor for a phrase inside a request or general question."""
    over: Probability = 0.25
    """Factor for every phrase of a message that says the problem is over."""
    repeat: Probability = 0.4
    """How much each further phrase of the same rule counts, against the first."""


class BenignLine(Entry):
    """A line that healthy runs print too."""

    pattern: Text
    examples: tuple[Text, ...] = Field(min_length=1)


class Benign(Entry):
    """All lines that are passed over, and where that is known from."""

    source: Text
    lines: tuple[BenignLine, ...]


class Weighing(Entry):
    """How claims are weighed against each other."""

    earlier_run: Probability
    """Factor for errors of a run that was started again later in the same log."""
    not_fatal: Probability
    """Factor for lines that did not end the run, where another line did."""
    later_error: Probability
    """Factor for each further kind of fatal error after the first: the first error wins over its echoes."""
    unexplained: Probability
    """A traceback that no signature explains."""
    unexplained_line: Probability
    """An error line that no signature explains."""
    least: Probability
    """Findings below this are not reported."""
    least_beside: Probability
    """The same for a second finding."""
    share_beside: Probability
    """A second finding must be at least this share as likely as the first."""
    sure: Probability
    """Below this the report asks for what is missing."""
    trainer_by_config: Probability
    trainer_by_log: Probability
    curve_points: int = Field(gt=0)
    """Loss values from which on a log answers the support checklist's loss curve."""


class Wording(Entry):
    """Sentences of the report itself."""

    needs: Text
    """Why a fix row is still to be checked; ``{what}`` names what is missing."""
    groups: dict[str, Text]
    """What to call each group of facts, e.g. ``config: the training config``."""
    nothing_found: Text
    """Where a config or a log was read and nothing speaks against them."""
    cannot_tell: Text
    """Where there is neither config nor log, and the words point nowhere."""
    nothing_usable: Text
    ask: Text
    """Asks for the missing items; ``{items}``."""


Answer.model_rebuild()


class Knowledge(Entry):
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
    remark: str
    """The guide's closing remark."""
