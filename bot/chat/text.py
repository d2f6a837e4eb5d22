"""Text as spans with a style, so that no renderer has to guess what is markup and what a person wrote."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from unicodedata import combining

_BACKTICKS = re.compile(r"`([^`\n]{1,400})`")
_SPACES = re.compile(r" *[^\S\n ][^\S\n]*| {2,}")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")
"""What of ASCII is neither printed nor white space."""
_MARKS = 3
"""Combining marks kept on one letter; more of them cover the lines above and below."""
ELLIPSIS = "…"


class Style(StrEnum):
    """How a span looks."""

    PLAIN = "plain"
    BOLD = "bold"
    ITALIC = "italic"
    CODE = "code"
    TIME = "time"
    """The text is a time in whole UNIX seconds; the chat shows it in the reader's own zone."""
    LINK = "link"
    """Leads to `to`, an address of ours."""


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text in one style; the text is never markup."""

    text: str
    style: Style = Style.PLAIN
    to: str = ""


Line = tuple[Span, ...]
"""Spans one after the other."""


def bold(text: str) -> Span:
    """Return `text` in bold; backticks in it go."""
    return Span(clean(text).replace("`", ""), Style.BOLD)


def line(*parts: str | Span) -> Line:
    """Join parts; what stands between backticks in the plain ones becomes code, as in the guide's own words."""
    spans: list[Span] = []
    for part in parts:
        if isinstance(part, Span):
            spans.append(part)
            continue
        at = 0
        text = clean(part)
        for match in _BACKTICKS.finditer(text):
            spans += [Span(text[at : match.start()]), Span(match.group(1), Style.CODE)]
            at = match.end()
        spans.append(Span(text[at:]))
    return tuple(span for span in spans if span.text)


def words(given: Line) -> str:
    """Return the text without its styles."""
    return "".join(span.text for span in given)


def clean(text: str) -> str:
    """Return `text` without what hides or reorders text: control and format characters, stacked accents.

    Line feeds stay, other white space becomes one space.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _SPACES.sub(" ", _CONTROL.sub("", text) if text.isascii() else _visible(text))


def _visible(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for character in text:
        if not (character.isprintable() or character.isspace()):
            continue
        marks = marks + 1 if combining(character) else 0
        if marks <= _MARKS:
            kept.append(character)
    return "".join(kept)


def clean_code(text: str) -> str:
    """Return the lines of a file without control and format characters; its spaces stay, for a diff needs them."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4)
    return "".join(each for each in text if each == "\n" or each.isprintable())


def cut(text: str, limit: int) -> str:
    """Return at most `limit` characters of `text`, ended at a word with an ellipsis where something is left out."""
    text = text.strip()
    if len(text) <= limit:
        return text
    kept = text[: max(limit - 1, 0)]
    at_word = kept.rfind(" ")
    # a word as long as half of the text is a path or a number: better a part of it than nothing
    return (kept[:at_word] if at_word > limit // 2 else kept).rstrip(" ,;:") + ELLIPSIS if limit > 0 else ""


def cut_line(given: Line, limit: int) -> Line:
    """Return the first `limit` characters of a line, its styles kept."""
    left = limit
    kept: list[Span] = []
    for span in given:
        if len(span.text) > left:
            kept.append(Span(cut(span.text, left) if left > 1 else ELLIPSIS, span.style))
            break
        kept.append(span)
        left -= len(span.text)
    return tuple(kept)


def first_sentence(text: str) -> str:
    """Return the first sentence of `text`."""
    match = re.match(r"[^\n]{1,400}?[.!?](?=\s|$)", text)
    return match.group() if match else text
