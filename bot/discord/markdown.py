"""Blocks of text as Discord's Markdown, with everything that a person wrote escaped."""

from __future__ import annotations

import re

from bot.chat.blocks import SIGNS, Block, Code, Heading, Mark, Quote, Row, Text
from bot.chat.text import Line, Span, Style, clean, clean_code

_BULLETS = {Mark.BULLET: "-", Mark.NONE: ""}
_MARKUP = re.compile(r"[\\*_~|`<>\[\]#:@-]")
_EVERYONE = re.compile(r"@(?=everyone|here)", re.IGNORECASE)
_NUMBERED = re.compile(r"^(\s*\d{1,9})\.(?=\s)", re.MULTILINE)
_GRAVE = "\u02cb"
"""Looks like a backtick, and ends no code."""
_BREAK = "\u200b"
"""Shows nothing, and parts what would be read as one."""
_HEADINGS = {1: "## ", 2: "### "}


def escape(text: str) -> str:
    """Return text that Discord shows as it is: no markup, mention, link, custom emoji or time stamp."""
    text = _MARKUP.sub(_escaped, clean(text))
    text = _NUMBERED.sub(r"\1\\.", text)
    return _EVERYONE.sub(f"@{_BREAK}", text)


def _escaped(match: re.Match[str]) -> str:
    """Escape where it can mean something: a colon before ``//`` makes a link, a hyphen at a line's start a list."""
    character, at, text = match.group(), match.start(), match.string
    if character == "@":
        return character
    if character in "-#":
        return f"\\{character}" if not text[:at].rpartition("\n")[2].strip(" \\#-") else character
    if character == ":":
        return "\\:" if text.startswith("//", at + 1) or _may_be_emoji(text, at) else character
    if character == "_":
        return "\\_"
    return f"\\{character}"


def _may_be_emoji(text: str, at: int) -> bool:
    end = text.find(":", at + 1, at + 34)
    return end > at + 1 and text[at + 1 : end].replace("_", "").replace("-", "").replace("+", "").isalnum()


def inline(line: Line) -> str:
    """Return spans as Markdown on one or more lines."""
    return "".join(_span(span) for span in line)


def _span(span: Span) -> str:
    match span.style:
        case Style.CODE:
            return _inline_code(span.text)
        case Style.TIME if span.text.isascii() and span.text.isdecimal():
            return f"<t:{span.text}:R>"
        case Style.LINK:
            return f"[{escape(span.text)}](<{span.to}>)"
        case Style.BOLD if span.text.strip():
            return f"**{escape(span.text.strip())}**"
        case Style.ITALIC if span.text.strip():
            return f"*{escape(span.text.strip())}*"
        case _:
            return escape(span.text)


def _inline_code(text: str) -> str:
    inside = _EVERYONE.sub(f"@{_BREAK}", clean_code(text).replace("`", _GRAVE).replace("\n", " ").strip())
    return f"`{inside}`" if inside else ""


def fenced(text: str, language: str = "") -> str:
    """Return a code block that nothing inside can end."""
    inside = _EVERYONE.sub(f"@{_BREAK}", clean_code(text)).replace("```", f"`{_BREAK}`{_BREAK}`")
    inside = inside + _BREAK if inside.endswith("`") else inside
    return f"```{language}\n{inside or ' '}\n```"


def small(text: str) -> str:
    """Return small grey text; every line needs its own sign."""
    return "\n".join(f"-# {each}" for each in text.split("\n") if each.strip())


def text_of(block: Block) -> str:
    """Return a block of text as Markdown; raises TypeError for blocks that are no text."""
    match block:
        case Heading(text=text, level=level):
            title = escape(text.replace("\n", " ").replace("`", "")).strip()
            return _HEADINGS[min(level, 2)] + title if title else ""
        case Text(line=line, small=True):
            return small(inline(line))
        case Text(line=line):
            return inline(line).strip()
        case Quote(place=place, text=text):
            return f"{_inline_code(place)}\n{fenced(text)}" if place else fenced(text)
        case Row():
            return _row(block)
        case Code(text=text, language=language):
            return fenced(text, language)
    raise TypeError(f"{type(block).__name__} is no text")


def _row(row: Row) -> str:
    number = f"{row.number}\\. " if row.number else ""
    mark = SIGNS[row.mark] if row.mark in SIGNS else _BULLETS[row.mark]
    start = f"{mark} {number}" if mark else number
    first = (start + inline(row.line).replace("\n", " ")).strip()
    return f"{first}\n{small(inline(row.below).replace(chr(10), ' '))}".strip() if row.below else first
