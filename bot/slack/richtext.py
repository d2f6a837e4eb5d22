"""Blocks of text as Slack's rich text: spans with a style, so that nothing in them can be read as markup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from bot.chat.blocks import Block, Code, Heading, Mark, Quote, Row, Text
from bot.chat.text import Line, Span, Style, clean, clean_code, words

Json = dict[str, Any]
MARKS = {
    Mark.CONFIRMED: "✅",
    Mark.TO_CHECK: "🔍",
    Mark.RULED_OUT: "✖️",
    Mark.TO_TICK: "☐",
    Mark.BULLET: "•",
    Mark.NONE: "",
}
_PIECE = 2900
"""Characters of one element: Slack takes 3000 in other texts and says nothing of these."""
_TIME = "{date_short_pretty} at {time}"
_INDENT = "\u2003"


def escape(text: str) -> str:
    """Return text for where Slack reads its mrkdwn: no mention, link or special command is left in it."""
    return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def rich(blocks: Iterable[Block]) -> Json | None:
    """Return blocks of text as one rich text block; None where there is nothing to be read."""
    parts: list[Json] = []
    for block in blocks:
        for part in _parts(block):
            if parts and part["type"] == "rich_text_section" == parts[-1]["type"]:
                # two sections stand on one line, two paragraphs of one section do not
                parts[-1]["elements"] += [_text("\n"), *part["elements"]]
            else:
                parts.append(part)
    return {"type": "rich_text", "elements": parts} if parts else None


def cell(line: Line) -> Json:
    """Return a cell of a table; Slack refuses one without text."""
    elements = list(_spans(line)) or [_text(" ")]
    return {"type": "rich_text", "elements": [_section(elements)]}


def plain(line: Line) -> str:
    """Return a line as text without styles; times stay numbers, so none is put there."""
    return clean(words(line)).strip()


def _parts(block: Block) -> Iterator[Json]:
    match block:
        case Heading(text=text):
            yield from _sections(_styled(clean(text).replace("\n", " ").replace("`", "").strip(), bold=True))
        case Text(line=line):
            yield from _sections(_spans(line))
        case Quote(place=place, text=text):
            if place:
                yield from _sections(_spans((Span(place, Style.CODE),)))
            yield from _lines(text)
        case Code(text=text):
            yield from _lines(text)
        case Row():
            yield from _sections(_row(block))


def _row(row: Row) -> Iterator[Json]:
    number = f"{row.number}. " if row.number else ""
    mark = f"{MARKS[row.mark]} " if MARKS[row.mark] else ""
    if mark or number:
        yield _text(mark + number)
    yield from _spans(row.line)
    if row.below and plain(row.below):
        yield _text(f"\n{_INDENT}")
        yield from _spans(row.below, italic=True)


def _lines(text: str) -> Iterator[Json]:
    kept = clean_code(text).strip("\n")
    if kept.strip():
        yield {"type": "rich_text_preformatted", "elements": list(_styled(kept))}


def _sections(elements: Iterable[Json]) -> Iterator[Json]:
    found = list(elements)
    if found:
        yield _section(found)


def _section(elements: list[Json]) -> Json:
    return {"type": "rich_text_section", "elements": elements}


def _spans(line: Line, italic: bool = False) -> Iterator[Json]:
    for span in line:
        match span.style:
            case Style.TIME if span.text.isascii() and span.text.isdecimal():
                yield {"type": "date", "timestamp": int(span.text), "format": _TIME, "fallback": span.text}
            case Style.LINK:
                yield {"type": "link", "url": span.to, "text": span.text}
            case Style.CODE:
                yield from _styled(clean_code(span.text).replace("\n", " ").strip(), code=True)
            case Style.BOLD:
                yield from _styled(clean(span.text), bold=True)
            case Style.ITALIC:
                yield from _styled(clean(span.text), italic=True)
            case _:
                yield from _styled(clean(span.text), italic=italic)


def _styled(text: str, **style: bool) -> Iterator[Json]:
    for start in range(0, len(text), _PIECE):
        yield _text(text[start : start + _PIECE], **style)


def _text(text: str, **style: bool) -> Json:
    on = {name: True for name, is_on in style.items() if is_on}
    return {"type": "text", "text": text, **({"style": on} if on else {})}
