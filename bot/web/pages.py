"""Templates to answers. Every text is escaped where it is put in; styles of a chat's lines become tags of ours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from bot.amounts import counted, duration, mean, percent
from bot.chat.text import Line, Style, line
from bot.web.visitors import Visitor, Visitors
from diagnostics.report import Outcome
from knowledge.model import Knowledge

HOME = Path(__file__).parent
_TAGS = {Style.BOLD: "strong", Style.ITALIC: "em", Style.CODE: "code"}
_SIGNS = {Outcome.PASSED.value: "✅", Outcome.FAILED.value: "✖️", Outcome.OPEN.value: "☐"}


class Pages:
    """Draws pages."""

    def __init__(self, visitors: Visitors, knowledge: Knowledge) -> None:
        self._visitors = visitors
        self._knowledge = knowledge
        self._environment = Environment(
            loader=FileSystemLoader(HOME / "templates"),
            autoescape=select_autoescape(default=True, default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {
            "line": _line,
            "ticks": lambda text: _line(line(str(text))),
            "when": _when,
            "stamp": lambda at: datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds"),
            "duration": duration,
            "percent": percent,
            "mean": mean,
            "counted": counted,
        }
        self._environment.globals["signs"] = _SIGNS

    def answer(
        self, name: str, visitor: Visitor, status: int = 200, signed_in: bool = False, **values: Any
    ) -> web.Response:
        """Return a page, with the visitor's cookie where they are new."""
        shared: Mapping[str, Any] = {
            "said": self._knowledge.chat,
            "words": self._knowledge.web,
            "mark": self._visitors.mark(visitor),
            "signed_in": signed_in,
        }
        text = self._environment.get_template(name).render({**shared, **values})
        response = web.Response(text=text, status=status, content_type="text/html", charset="utf-8")
        self._visitors.remember(visitor, response)
        return response


def to(address: str) -> web.Response:
    """Send the browser on, with a GET."""
    return web.Response(status=303, headers={"Location": address})


def _line(given: Line) -> Markup:
    made = Markup()
    for span in given:
        text = escape(span.text).replace("\n", Markup("<br>"))
        tag = _TAGS.get(span.style)
        made += Markup(f"<{tag}>{{}}</{tag}>").format(text) if tag else text  # noqa: S704  # tags of ours
    return made


def _when(at: float) -> str:
    moment = datetime.fromtimestamp(at, UTC)
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"
