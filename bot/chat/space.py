"""Making blocks fit: by leaving out what matters least, or by spreading them over pages."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.chat.blocks import Attached, Block, Choice, Code, Divider, Heading, Picture, Quote, Row, Text
from bot.chat.text import Line, Span, cut, cut_line

Fits = Callable[[Sequence[Block]], bool]
_PIECE = 6000
"""No page holds as many characters: a longer text is divided without drawing it first."""
_SHORTEST = 40
"""A text of fewer characters is not shortened further: it is left out."""


def fitted(blocks: Sequence[Block], fits: Fits, instead: Block) -> tuple[Block, ...]:
    """Return the blocks that fit; where some do not, those of the highest rank go, and `instead` says so at the end.

    If even the blocks of rank 0 are too long, the longest of them are shortened.
    """
    if fits(blocks):
        return tuple(blocks)
    kept = list(blocks)
    while not fits([*kept, instead]) and kept:
        worst = max(block.rank for block in kept)
        longest = max(range(len(kept)), key=lambda each: length(kept[each]))
        if worst == 0 and length(kept[longest]) > _SHORTEST:
            kept[longest] = _shortened(kept[longest])
        else:
            # the last of them: within a rank, what comes first matters more
            del kept[max(at for at, block in enumerate(kept) if block.rank == worst)]
    return (*_tidy(kept), instead)


def paged(blocks: Sequence[Block], fits: Fits, most: int = 100) -> tuple[tuple[Block, ...], ...]:
    """Spread blocks over at most so many pages, in order and without losing a word; one too long is divided.

    A heading stays with what follows it.
    """
    pages: list[list[Block]] = [[]]
    waiting = deque(_units(blocks))
    while waiting and len(pages) <= most:
        unit = waiting.popleft()
        *heads, last = unit
        if (length(last) <= _PIECE and fits([*pages[-1], *unit])) or (not pages[-1] and not heads and length(last) < 2):
            pages[-1] += unit
        elif pages[-1]:
            pages.append([])
            waiting.appendleft(unit)
        elif heads and length(last) < _SHORTEST:
            waiting.extendleft([each] for each in reversed(unit))
        else:
            first, second = _halves(last)
            waiting.extendleft(([second], [*heads, first]))
    return tuple(
        _without_ends(page) for page in pages[:most] if not all(isinstance(block, Divider) for block in page)
    ) or ((),)


def length(block: Block) -> int:
    """Return the number of characters that a block shows."""
    match block:
        case Heading(text=text) | Code(text=text):
            return len(text)
        case Quote(place=place, text=text):
            return len(place) + len(text)
        case Text(line=line):
            return _wide(line)
        case Row(line=line, below=below):
            return _wide(line) + _wide(below)
        case _:
            return 0


def _wide(line: Line) -> int:
    return sum(len(span.text) for span in line)


def _units(blocks: Sequence[Block]) -> list[list[Block]]:
    units: list[list[Block]] = [[]]
    for block in blocks:
        units[-1].append(block)
        if not isinstance(block, Heading | Divider):
            units.append([])
    return [unit for unit in units if unit]


def _shortened(block: Block) -> Block:
    half = max(length(block) // 2, 1)
    match block:
        case Heading(text=text) | Code(text=text):
            return replace(block, text=cut(text, half))
        case Quote(place=place, text=text):
            return replace(block, place=cut(place, half), text=cut(text, half))
        case Text(line=line):
            return replace(block, line=cut_line(line, half))
        case Row(line=line):
            return replace(block, line=cut_line(line, half), below=())
        case _:
            return block


def _halves(block: Block) -> tuple[Block, Block]:
    match block:
        case Heading(text=text) | Code(text=text):
            first, second = _split(text)
            return replace(block, text=first), replace(block, text=second)
        case Quote(place=place, text=text) if len(place) <= len(text):
            first, second = _split(text)
            return replace(block, text=first), replace(block, text=second)
        case Quote(place=place, text=text):
            return Text((Span(place),), small=True, rank=block.rank), replace(block, place="")
        case Row(line=line, below=below) if below:
            return replace(block, below=()), Text(below, small=True, rank=block.rank)
        case Row(line=line) | Text(line=line):
            at = _middle(line)
            small = isinstance(block, Text) and block.small
            return replace(block, line=line[:at] or _parts(line)[0]), Text(
                line[at:] if at else _parts(line)[1], small=small, rank=block.rank
            )
        case _:
            raise TypeError(f"{type(block).__name__} cannot be divided")


def _middle(line: Line) -> int:
    """Return the number of spans in the first half; 0 where the first span alone is longer than that."""
    half, seen = _wide(line) // 2, 0
    for number, span in enumerate(line):
        seen += len(span.text)
        if seen > half:
            return number
    return 0


def _parts(line: Line) -> tuple[Line, Line]:
    first, second = _split(line[0].text)
    return (replace(line[0], text=first),), (replace(line[0], text=second), *line[1:])


def _split(text: str) -> tuple[str, str]:
    """Divide a text near its middle: between lines, else between words, else between characters."""
    half = min(len(text) // 2, _PIECE // 2)
    for gap in ("\n", " "):
        at = text.rfind(gap, half // 2, half + 1)
        if at > 0:
            return text[:at], text[at + 1 :]
    return text[:half], text[half:]


def _tidy(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Leave out headings and dividers that nothing follows."""
    kept: list[Block] = []
    follows: Block | None = None
    for block in reversed(blocks):
        empty = follows is None or isinstance(follows, Divider)
        if isinstance(block, Divider) and empty:
            continue
        if isinstance(block, Heading) and block.level > 1 and (empty or isinstance(follows, Heading)):
            continue
        kept.append(block)
        follows = block
    return _without_ends(list(reversed(kept)))


def _without_ends(blocks: list[Block]) -> tuple[Block, ...]:
    """Leave out dividers that stand before or after everything."""
    shown = [at for at, block in enumerate(blocks) if not isinstance(block, Divider)]
    return tuple(blocks[shown[0] : shown[-1] + 1]) if shown else ()


def is_text(block: Block) -> bool:
    """Tell whether a block is made of words; pictures, files, menus and dividers are not."""
    return not isinstance(block, Picture | Attached | Choice | Divider)
