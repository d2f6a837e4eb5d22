"""A message's blocks as HTML in Slack's light theme."""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

STYLE = Path(__file__).with_name("style.css")
_STYLES = {"bold": "b", "italic": "i", "code": "code"}
Block = Mapping[str, Any]


def screen(
    name: str,
    asked: str,
    posted: Sequence[str],
    blocks: Sequence[Block],
    pictures: Mapping[str, bytes],
    files: Mapping[str, int],
) -> str:
    """Return a thread of the width class `name`: a person's message, the answer, and the file that comes with it."""
    chips = "".join(_file(each) for each in posted)
    question = _message("M", "marta", "", f'<p>{html.escape(asked)}</p><div class="files">{chips}</div>')
    answer = _message("🩺", "LoRA Triage", "app", "".join(_block(each, pictures) for each in blocks))
    below = "".join(_file(each, size) for each, size in files.items())
    attached = _message("🩺", "LoRA Triage", "app", f'<div class="files">{below}</div>') if below else ""
    replies = (
        '<div class="replies"><span>1 reply</span></div>'
        if not below
        else ('<div class="replies"><span>2 replies</span></div>')
    )
    return f'<div class="screen {name}">{question}{replies}{answer}{attached}</div>'


def _message(avatar: str, who: str, kind: str, inside: str) -> str:
    badge = '<span class="app">APP</span>' if kind else ""
    return (
        f'<div class="message"><div class="avatar {kind}">{avatar}</div><div class="body">'
        f'<div class="who">{who}{badge}<time>9:41 AM</time></div>{inside}</div></div>'
    )


def _file(name: str, size: int | None = None) -> str:
    kind = name.rpartition(".")[2].upper()
    about = f"{kind} · {size} bytes" if size is not None else kind
    return f'<div class="file"><span>📄</span><div><b>{html.escape(name)}</b><small>{about}</small></div></div>'


def _block(block: Block, pictures: Mapping[str, bytes]) -> str:
    match block["type"]:
        case "header":
            return f"<h1>{html.escape(block['text']['text'])}</h1>"
        case "divider":
            return "<hr>"
        case "context":
            return "".join(f"<small>{html.escape(each['text'])}</small>" for each in block["elements"])
        case "rich_text":
            return f'<div class="rich">{"".join(_part(each) for each in block["elements"])}</div>'
        case "table":
            rows = "".join(f"<tr>{''.join(_cell(each) for each in row)}</tr>" for row in block["rows"])
            return f'<div class="table"><table>{rows}</table></div>'
        case "image":
            data = base64.b64encode(pictures[block["slack_file"]["id"]]).decode()
            return f'<img src="data:image/png;base64,{data}">'
        case "actions":
            return f'<div class="row">{"".join(_element(each) for each in block["elements"])}</div>'
        case "section":
            inside = f"<p>{html.escape(block['text']['text'])}</p>{_element(block['accessory'])}"
            return f'<div class="section">{inside}</div>'
    raise ValueError(f"there is no drawing of block type {block['type']}")


def _part(part: Block) -> str:
    inside = "".join(_span(each) for each in part["elements"])
    return f"<pre>{inside}</pre>" if part["type"] == "rich_text_preformatted" else f"<p>{inside}</p>"


def _span(span: Block) -> str:
    text = html.escape(span.get("text", "")) if span["type"] == "text" else "Today at 9:41 AM"
    for style in span.get("style", {}):
        text = f"<{_STYLES[style]}>{text}</{_STYLES[style]}>"
    return text


def _cell(cell: Block) -> str:
    return f"<td>{''.join(_part(each) for each in cell['elements'])}</td>"


def _element(element: Block) -> str:
    if element["type"] == "button":
        return f'<span class="button {element.get("style", "")}">{html.escape(element["text"]["text"])}</span>'
    chosen = [element["initial_option"]] if "initial_option" in element else element.get("initial_options", ())
    names = ", ".join(each["text"]["text"] for each in chosen) or ", ".join(element.get("initial_conversations", ()))
    hint = element.get("placeholder", {}).get("text", "Select")
    return f'<span class="select">{html.escape(names or hint)} ⌄</span>'
