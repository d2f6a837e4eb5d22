"""The draft of a rule for an error that no rule knows: signature and examples stand, the rest is a person's to fill in.

Pure. The signature keeps the words that all examples share, and leaves bounded gaps for paths, numbers and names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import dropwhile, groupby
from operator import itemgetter

import re2
import yaml

from diagnostics.fingerprint import Fingerprints
from knowledge.patterns import quiet_options

_TOKEN = re.compile(r"[^\W\d_]+|\d+|\s+|.", re.DOTALL)
_EXCEPTION = re.compile(r"([\w.]{1,80}: )(.*)", re.DOTALL)
_PLACEHOLDER = re.compile(r"<(?:n|path|text|codec)>|\bx\b")
_GAP = r"[^\r\n]{0,200}"
_EXAMPLES = 3
_LEAST_LETTERS = 12
"""A pattern with fewer letters hits much else besides."""
_SPECIAL = re.compile(r"([\\.+*?()|\[\]{}^$])")


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft: what it is called, and the YAML."""

    id: str
    text: str


def draft_rule(fingerprint: str, texts: Sequence[str], remarks: Sequence[str], marks: Fingerprints) -> Drafted:
    """Draft a rule from redacted texts of one unknown error (`UnknownError.text`): frames, and last the message.

    The loader takes the draft once title, summary and the first solution are filled in. `remarks` stand on top.
    """
    name = f"unknown-{fingerprint}"
    head = [*remarks, *(f"  {frame}" for text in texts[:1] for frame in text.split("\n")[:-1])]
    comments = "".join(f"# {_plain(each)}\n" for each in head)
    signatures = [{"pattern": pattern, "examples": examples} for pattern, examples in _signatures(texts, marks)]
    listed = yaml.safe_dump({"signatures": signatures}, sort_keys=False, allow_unicode=True, width=100_000)
    return Drafted(
        name,
        f"{comments}id: {name}\ntitle:\nkind: crash\nseverity: critical\nsummary:\n{listed}"
        "fixes:\n- solution:\nhides: [unknown-crash]\n",
    )


def _signatures(texts: Sequence[str], marks: Fingerprints) -> Iterator[tuple[str, list[str]]]:
    """Yield patterns with the examples that they hit: one of the words that the messages share, else one each."""
    messages = list(dict.fromkeys(text.split("\n")[-1].strip() for text in texts))[:_EXAMPLES]
    shared = _kept(messages[0], marks)
    for message in messages[1:]:
        shared = _shared(shared, _kept(message, marks))
    # of a translated error the examples share little: then each has a signature of its own
    groups = [(shared, messages)] if _tells(shared) else [(_kept(message, marks), [message]) for message in messages]
    for pattern, members in groupby(sorted((_pattern(kept), examples) for kept, examples in groups), itemgetter(0)):
        examples = [example for _, some in members for example in some]
        if not all(re2.search(pattern, example, quiet_options()) for example in examples):
            yield "|".join(_escaped(example) for example in examples), examples
        else:
            yield pattern, examples


def _kept(message: str, marks: Fingerprints) -> list[str]:
    """Return the tokens of a message that are the same for everyone, and empty ones for what lies between."""
    named = _EXCEPTION.match(message)
    name, said = (named[1], named[2]) if named else ("", message)
    constant = _TOKEN.findall(_PLACEHOLDER.sub("\0", marks.template(said)))
    return [*_TOKEN.findall(name), *_shared(_TOKEN.findall(said), constant)]


def _shared(tokens: list[str], others: list[str]) -> list[str]:
    """Return the tokens of the first that are in both, in order, with an empty one for each gap."""
    kept: list[str] = []
    at = other = 0
    for block in SequenceMatcher(None, tokens, others, autojunk=False).get_matching_blocks():
        gap = block.a > at or block.b > other
        kept += [*([""] if gap and kept[-1:] != [""] else []), *tokens[block.a : block.a + block.size]]
        at, other = block.a + block.size, block.b + block.size
    return kept


def _pattern(kept: Sequence[str]) -> str:
    # a gap at an end says nothing: patterns are searched for
    inside = list(dropwhile(lambda token: not token, kept))
    inside = list(dropwhile(lambda token: not token, inside[::-1]))[::-1]
    pattern = "".join(_escaped(token) if token else _GAP for token in inside)
    return pattern.strip()


def _tells(kept: Sequence[str]) -> bool:
    return sum(character.isalpha() for token in kept for character in token) >= _LEAST_LETTERS


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _plain(text: str) -> str:
    return "".join(each if each.isascii() and each.isprintable() else "?" for each in text)
