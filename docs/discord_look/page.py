"""A message's components as HTML in Discord's dark theme."""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from docs.discord_look.markup import Node, read

STYLE = Path(__file__).with_name("style.css")
_BUTTONS = {1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "secondary"}
_TAGS = {
    "bold": "strong",
    "under": "u",
    "italic": "em",
    "slanted": "em",
    "struck": "s",
    "spoiler": "s",
    "code": "code",
    "h1": "h1",
    "h2": "h2",
    "h3": "h3",
    "small": "small",
    "quote": "blockquote",
    "item": "li",
    "number": "li",
    "line": "p",
    "link": "a",
    "url": "a",
}
_KIB = 1024
Component = Mapping[str, Any]
Files = Mapping[str, bytes]


def screen(name: str, asked: str, files: Sequence[str], components: Sequence[Component], data: Files) -> str:
    """Return a channel of the width class `name`: a person's message, and the answer below it."""
    chips = "".join(f'<span class="chip">📄 {html.escape(each)}</span>' for each in files)
    question = (
        '<div class="message"><div class="avatar person">M</div><div class="body"><div class="who">'
        f'marta<time>Today at 9:41</time></div><p>{html.escape(asked)}</p><div class="chips">{chips}</div></div></div>'
    )
    drawn = "".join(_component(each, data) for each in components)
    answer = (
        '<div class="message"><div class="avatar bot">🩺</div><div class="body"><div class="who">LoRA Triage'
        f'<span class="app">APP</span><time>Today at 9:41</time></div>{drawn}</div></div>'
    )
    return f'<div class="screen {name}">{question}{answer}</div>'


def _component(component: Component, files: Files) -> str:
    inside = "".join(_component(each, files) for each in component.get("components", ()))
    match component["type"]:
        case 1:
            return f'<div class="row">{inside}</div>'
        case 2:
            return _button(component)
        case 3 | 6 | 8:
            return f'<div class="select">{html.escape(_chosen(component))}<span>⌄</span></div>'
        case 9:
            return f'<div class="section"><div>{inside}</div>{_component(component["accessory"], files)}</div>'
        case 10:
            return f'<div class="text">{_markdown(component["content"])}</div>'
        case 12:
            pictures = (_picture(item["media"]["url"], files) for item in component["items"])
            return f'<div class="gallery">{"".join(pictures)}</div>'
        case 13:
            return _file(component["file"]["url"], files)
        case 14:
            return "<hr>" if component.get("divider", True) else '<div class="gap"></div>'
        case 17:
            colour = component.get("accent_color")
            accent = f' style="border-left:4px solid #{colour:06x}"' if colour is not None else ""
            return f'<div class="container"{accent}>{inside}</div>'
    raise ValueError(f"there is no drawing of component type {component['type']}")


def _button(button: Component) -> str:
    emoji = (button.get("emoji") or {}).get("name", "")
    state = " disabled" if button.get("disabled") else ""
    label = html.escape(button.get("label") or "")
    icon = f'<span class="emoji">{emoji}</span>' if emoji else ""
    return f'<span class="button {_BUTTONS[button["style"]]}{state}">{icon}{label}</span>'


def _chosen(menu: Component) -> str:
    names = [option["label"] for option in menu.get("options", ()) if option.get("default")]
    names += [f"{'@' if value['type'] == 'role' else '#'}{value['id']}" for value in menu.get("default_values", ())]
    return ", ".join(names) or menu.get("placeholder") or "Make a selection"


def _picture(url: str, files: Files) -> str:
    data = base64.b64encode(files[url.removeprefix("attachment://")]).decode()
    return f'<img src="data:image/png;base64,{data}">'


def _file(url: str, files: Files) -> str:
    name = url.removeprefix("attachment://")
    size = len(files[name])
    shown = f"{size / _KIB:.2f} KB" if size >= _KIB else f"{size} bytes"
    return f'<div class="file"><span>📄</span><div><a>{html.escape(name)}</a><small>{shown}</small></div></div>'


def _markdown(text: str) -> str:
    return "".join(_node(node) for node in read(text))


def _node(node: Node) -> str:
    if node.kind == "fence":
        return f"<pre>{_coloured(node.text, node.language)}</pre>"
    inside = html.escape(node.text) + "".join(_node(child) for child in node.children)
    if node.text.startswith("<t:"):
        return '<span class="time">2 minutes ago</span>'
    if node.kind in ("mention", "everyone"):
        return f'<span class="mention">{inside}</span>'
    tag = _TAGS.get(node.kind)
    return f"<{tag}>{inside}</{tag}>" if tag else inside


def _coloured(text: str, language: str) -> str:
    if language != "diff":
        return html.escape(text)
    kinds = {"+": "added", "-": "removed", "@": "place"}
    return "".join(f'<i class="{kinds.get(line[:1], "same")}">{html.escape(line)}</i>' for line in text.split("\n"))
