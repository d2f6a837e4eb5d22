"""A card of the chats on the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.text import Text as RichText

from bot.chat.blocks import SIGNS, Attached, Block, Card, Code, Heading, Picture, Quote, Row, Text, Tone
from bot.chat.text import Line, Span, Style

_STYLES = {Style.BOLD: "bold", Style.ITALIC: "italic", Style.CODE: "cyan"}
_TONES = {Tone.CRITICAL: "bold red", Tone.WARNING: "bold yellow", Tone.GOOD: "bold green"}
_BULLET = "•"


def show_card(card: Card, console: Console | None = None) -> None:
    """Print a card without what is pressed; pictures and files go by their name. Text of people is printed as text."""
    console = console or Console(highlight=False)
    for block in card.blocks:
        if (drawn := _drawn(block, card.tone)) is not None:
            console.print(drawn)


def save_files(card: Card, folder: Path) -> Iterator[Path]:
    """Write pictures and files of a card into a folder, which is made; yields where each lies."""
    for block in card.blocks:
        if isinstance(block, Picture | Attached):
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / block.name
            path.write_bytes(block.data)
            yield path


def _drawn(block: Block, tone: Tone) -> RenderableType | None:
    match block:
        case Heading(text=text, level=level):
            return RichText(text, style=_TONES.get(tone, "bold") if level == 1 else "bold")
        case Text(line=line, small=small):
            return RichText.assemble(_line(line), style="dim" if small else "")
        case Row(line=line, mark=mark, below=below):
            told = RichText.assemble(f"{SIGNS.get(mark, _BULLET)} ", _line(line))
            return Padding(told if not below else RichText.assemble(told, "\n  ", _line(below)), (0, 0, 0, 2))
        case Quote(place=place, text=text):
            return Padding(RichText.assemble((place, "dim"), "  ", text), (0, 0, 0, 2))
        case Code(text=text):
            return Padding(RichText(text, style="cyan"), (0, 0, 0, 2))
        case Picture(name=name, says=says):
            return RichText.assemble((f"[{name}] ", "dim"), says)
        case Attached(name=name):
            return RichText(f"[{name}]", style="dim")
    return None


def _line(line: Line) -> RichText:
    return RichText.assemble(*((_words(span), _STYLES.get(span.style, "")) for span in line))


def _words(span: Span) -> str:
    if span.style is not Style.TIME:
        return span.text
    return datetime.fromtimestamp(int(span.text)).astimezone().strftime("%Y-%m-%d %H:%M %Z")
