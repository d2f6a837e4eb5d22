"""How people describe their problem: phrases, the words they are made of, and the numbers in them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from knowledge.entry import Entry, Probability, Text


def _split_terms(value: object) -> object:
    return tuple(term for part in value.split(",") if (term := part.strip())) if isinstance(value, str) else value


Terms = Annotated[tuple[Text, ...], BeforeValidator(_split_terms)]
"""Terms of a phrase or of the vocabulary: a list, or one text with commas between them (read ten times as fast)."""


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
