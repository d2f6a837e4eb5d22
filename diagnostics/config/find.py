"""Configs inside other text: fenced, pasted bare, typed as a command, or printed by the trainer itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from diagnostics.bundle import Document, Kind
from diagnostics.config.read import read_config
from diagnostics.config.trainers.registry import Trainers

_MOST = 12
_LONGEST_BLOCK = 65_536
_LONGEST_LINE = 8_192
_PROSE = 262_144
"""Characters up to which text is searched line by line; fixed marks are searched in any length."""
_FENCE = re.compile(r"^[ \t>]*(?P<mark>```+|~~~+)[^\n`]*$", re.MULTILINE)
_LAUNCHES = (
    *(f"accelerate{end} launch " for end in ("", '"', ".exe", '.exe"')),
    *(f".py{quote} {mark}" for quote in ("", '"', "'") for mark in ("--", "\\\n", "^\n", "`\n")),
)
_STARTER = re.compile(
    r"(?:^|(?<=[\s`'\"!$>%:/\\]))(?:accelerate(?:\.exe)?[\"']?\s+launch|torchrun|deepspeed|python(?:3(?:\.\d+)?)?(?:\.exe)?[\"']?\s)"
)
_SCRIPT = re.compile(r"[^\s`'\"]{0,200}\.py[\"']?[ \t]")
_CONTINUES = re.compile(r"[\\^`][ \t]*\r?$")
_ARGV = ("Command '[",)
_ARGV_PART = re.compile(r"\[(?:\s*(?:'(?:[^'\\\n]|\\.)*+'|\"(?:[^\"\\\n]|\\.)*+\")\s*,?)*+\s*\]")
_PRINTED = (
    *(f'"type": "{kind}"' for kind in ("sd_trainer", "diffusion_trainer", "ui_trainer", "concept_slider", "slider")),
    *('"process": [', '"LoRA_type"', '"pretrained_model_name_or_path"', '"base_model_name"', '"training_method"'),
    *('"model_family"', '"--model_family"', '"dataset_base_path"'),
)
_KEY = re.compile(r"\s*(?:-\s+)?[A-Za-z_][\w.\-]{1,60}\s*(?::(?=\s|$)|=(?!=))\s*[^\n]{0,300}$")
_BRACES = re.compile(r'"(?:[^"\\\n]|\\.)*+"|[{}]')
_BESIDE = re.compile(r"\s*(?:#.*|-\s+\S.*|\[\[?[\w.]+\]\]?\s*|---)?$")
_TRACE = re.compile(r"\s*(?:File \"|Traceback|\w*(?:Error|Exception|Warning)\b|\d{4}-\d\d-\d\d)")
_LEAST_LINES = 3


def find_configs(document: Document, trainers: Trainers | None = None) -> list[Document]:
    """Return every config inside `document`, first to last, each as a document whose lines count as in the whole.

    Never raises; what is found in one way is not found again in another.
    """
    text = document.text
    taken: list[tuple[int, int]] = []
    found: list[tuple[int, Document]] = []
    for start, end in _candidates(text):
        if len(found) >= _MOST:
            break
        if any(start < there and here < end for here, there in taken) or not text[start:end].strip():
            continue
        part = Document(document.name, Kind.CONFIG, text[start:end], document.first_line + text.count("\n", 0, start))
        if read_config(part, trainers) is not None:
            taken.append((start, end))
            found.append((start, part))
    return [part for _, part in sorted(found, key=lambda each: each[0])]


def _candidates(text: str) -> Iterator[tuple[int, int]]:
    if len(text) <= _PROSE:
        yield from _fenced(text)
    yield from _argument_lists(text)
    yield from _commands(text)
    yield from _objects(text)
    if len(text) <= _PROSE:
        yield from _blocks(text)


def _marks(text: str, marks: tuple[str, ...]) -> list[int]:
    """Return where the marks stand, first to last; of each only the first few, as a log can repeat one endlessly."""
    found: set[int] = set()
    for mark in marks:
        at = text.find(mark)
        for _ in range(2 * _MOST):
            if at < 0:
                break
            found.add(at)
            at = text.find(mark, at + len(mark))
    return sorted(found)


def _fenced(text: str) -> Iterator[tuple[int, int]]:
    opened: tuple[int, str] | None = None
    for match in _FENCE.finditer(text):
        mark = match["mark"]
        if opened is None:
            opened = match.end() + 1, mark
        elif mark.startswith(opened[1]):
            yield opened[0], match.start()
            opened = None
    if opened is not None:
        yield opened[0], len(text)


def _argument_lists(text: str) -> Iterator[tuple[int, int]]:
    for mark in _marks(text, _ARGV):
        start = text.index("[", mark)
        if listed := _ARGV_PART.match(text, start, start + _LONGEST_BLOCK):
            yield listed.span()


def _commands(text: str) -> Iterator[tuple[int, int]]:
    done = 0
    for mark in _marks(text, _LAUNCHES):
        if mark < done:
            continue
        line = max(text.rfind("\n", 0, mark) + 1, mark - _LONGEST_LINE)
        stop = text.find("\n", mark, mark + _LONGEST_LINE)
        whole = text[line : stop if stop >= 0 else mark + _LONGEST_LINE]
        starter = _STARTER.search(whole) or _SCRIPT.search(whole)
        start = line + starter.start() if starter else line
        if not text[line:start].strip(" \t$>!%"):
            start = line
        done = _command_end(text, start)
        if start > line and text[start - 1] == "`":
            closing = text.find("`", start, done)
            done = closing if closing >= 0 else done
        yield start, done


def _command_end(text: str, start: int) -> int:
    at, stop = start, start + _LONGEST_BLOCK
    while (newline := text.find("\n", at, stop)) >= 0:
        following = text[newline + 1 : newline + 200].lstrip(" \t>")
        if not _CONTINUES.search(text[max(at, newline - 20) : newline]) and not following.startswith("--"):
            return newline + 1
        at = newline + 1
    return min(len(text), stop)


def _objects(text: str) -> Iterator[tuple[int, int]]:
    done = 0
    for mark in _marks(text, _PRINTED):
        if mark < done:
            continue
        start = _outermost(text, mark)
        end = _balanced(text, start) if start >= 0 else -1
        if end > mark:
            done = end
            yield start, end


def _outermost(text: str, at: int) -> int:
    """Return the ``{`` that begins a line and encloses `at`: the last one at the margin above it."""
    start = text.rfind("\n{", max(0, at - _LONGEST_BLOCK), at)
    if start >= 0:
        return start + 1
    return 0 if text[:1] == "{" and at < _LONGEST_BLOCK else text.rfind("{", max(0, at - 200), at)


def _balanced(text: str, start: int) -> int:
    """Return the offset after the bracket that closes the one at `start`, or -1; strings are stepped over."""
    depth, at = 0, start
    stop = min(len(text), start + _LONGEST_BLOCK)
    for match in _BRACES.finditer(text, start, stop):
        mark = match.group()
        if mark == "{":
            depth += 1
        elif mark == "}":
            depth -= 1
            if depth == 0:
                return match.end()
        at = match.end()
    return stop if depth and stop == len(text) and at > start else -1


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Yield runs of lines that look like settings: a config pasted without a fence."""
    at, start, end, count = 0, -1, 0, 0
    for line in text.split("\n"):
        after = at + len(line) + 1
        key = bool(_KEY.match(line[:400])) and not _TRACE.match(line[:200])
        if key:
            start = at if start < 0 else start
            end, count = min(after, len(text)), count + 1
        elif start >= 0 and not _BESIDE.match(line[:400]):
            if count >= _LEAST_LINES:
                yield start, end
            start, count = -1, 0
        elif start >= 0 and line.strip():
            end = min(after, len(text))
        at = after
    if start >= 0 and count >= _LEAST_LINES:
        yield start, end
