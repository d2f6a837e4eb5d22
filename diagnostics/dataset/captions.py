"""What the captions of a dataset say: trigger word, body tag, length, and features that contradict each other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from diagnostics.dataset.members import Member, subject_of
from knowledge.pictures import Captions, Folders

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")  # noqa: RUF001 - people type both apostrophes
_AHEAD = 3
"""Words after a colour among which its feature may stand: ``blue almond-shaped eyes``."""
_SAME = {"blond": "blonde", "grey": "gray", "brunette": "brown"}
_PLACEHOLDER = "[trigger]"
_GUESS = 0.5
"""Share of the captions that must hold the folder's name before it is taken for the trigger word."""


@dataclass(frozen=True, slots=True)
class CaptionFindings:
    """File names, except where it says otherwise; None where the question could not be put."""

    trigger: str | None
    without_trigger: tuple[str, ...] | None
    late_trigger: tuple[str, ...] | None
    trigger_known: bool | None
    body_without_tag: tuple[str, ...] | None
    misplaced: tuple[str, ...] | None
    long: tuple[str, ...]
    words: int | None
    conflicts: tuple[str, ...]


def read_captions(
    members: Sequence[Member], trigger: str | None, body_tag: str | None, how: Captions, folders: Folders
) -> CaptionFindings:
    """Read the captions of the dataset; `trigger` is what the config says, else the folder's name may tell."""
    said = [(member, member.caption) for member in members if member.caption is not None]
    trigger = trigger or _guessed(said)
    lengths = [len(_WORD.findall(text)) for _, text in said]
    body = {member.folder for member in members if folders.body in member.folder.lower()}
    tagged = bool(body_tag and body)
    return CaptionFindings(
        trigger=trigger,
        without_trigger=_names(m.stem for m, text in said if not _has(text, trigger)) if trigger else None,
        late_trigger=(
            _names(m.stem for m, text in said if _has(text, trigger) and not _begins(text, trigger))
            if trigger
            else None
        ),
        trigger_known=True if trigger and trigger.casefold() in how.known_words else None,
        body_without_tag=(
            _names(m.stem for m, text in said if m.folder in body and str(body_tag) not in text) if tagged else None
        ),
        misplaced=(
            _names(m.base for m, text in said if m.folder not in body and str(body_tag) in text) if tagged else None
        ),
        long=_names(m.stem for (m, _), count in zip(said, lengths, strict=True) if count > how.long_words),
        words=round(median(lengths)) if lengths else None,
        conflicts=tuple(_conflicts([text for _, text in said], how)) if trigger else (),
    )


def _guessed(said: Sequence[tuple[Member, str]]) -> str | None:
    subjects = Counter(subject for member, _ in said if (subject := subject_of(member.folder)))
    for subject, _ in subjects.most_common(1):
        words = subject.split()
        held = sum(_has(text, words[0]) for _, text in said) if words else 0
        if words and held >= _GUESS * len(said):
            return words[0]
    return None


def _has(text: str, trigger: str) -> bool:
    return _PLACEHOLDER in text or any(True for _ in _places(text, trigger))


def _begins(text: str, trigger: str) -> bool:
    start = text.lstrip(" \"'(\n")
    return start.startswith(_PLACEHOLDER) or next(_places(start, trigger), -1) == 0


def _places(text: str, word: str) -> Iterator[int]:
    """Yield where `word` stands, in any case, and not inside a longer Latin word."""
    text, word = text.casefold(), word.casefold()
    at = text.find(word)
    while at >= 0:
        if not (_joined(text[at - 1 : at], word[0]) or _joined(text[at + len(word) : at + len(word) + 1], word[-1])):
            yield at
        at = text.find(word, at + 1)


def _joined(one: str, other: str) -> bool:
    """Tell whether two characters belong to one word; scripts without blanks between words have no such places."""
    return all(each.isascii() and each.isalnum() for each in (one, other))


def _conflicts(texts: Sequence[str], how: Captions) -> list[str]:
    values, features = frozenset(how.values), frozenset(how.features)
    found: dict[str, Counter[str]] = {feature: Counter() for feature in how.features}
    for text in texts:
        words = [word.casefold() for word in _WORD.findall(text)]
        seen = {
            (feature, _SAME.get(word, word))
            for place, word in enumerate(words)
            if word in values
            for feature in words[place + 1 : place + 1 + _AHEAD]
            if feature in features
        }
        for feature, value in seen:
            found[feature][value] += 1
    lines = []
    for feature, counts in found.items():
        often = [(value, count) for value, count in counts.most_common() if count >= how.fewest]
        if len(often) > 1:
            lines.append(f"{feature}: " + ", ".join(f"{value} {count}" for value, count in often))
    return lines


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names))
