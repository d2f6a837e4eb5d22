"""Which format a text is in, judged by its lines, and its tree."""

from __future__ import annotations

import re

from diagnostics.config.formats.command import after_setup, parse_argv, parse_command
from diagnostics.config.formats.json import parse_json
from diagnostics.config.formats.lenient import read_lines
from diagnostics.config.formats.toml import parse_toml
from diagnostics.config.formats.yaml import parse_yaml
from diagnostics.config.tree import Format, Problem, TooLargeError, Tree

_SAMPLE = 65_536
LONGEST_COMMAND = 65_536
"""Characters; shells refuse longer commands."""
_BOM = "\ufeff"
_COMMENT = re.compile(r"\s*(?:#|//|rem\b|::|@echo\b)", re.IGNORECASE)
_TOML_HEADER = re.compile(r"\s*\[\[?[\w\"'. \-]{1,100}\]\]?\s*(?:#.*)?$")
_EQUALS = re.compile(r"\s*[\w\"'.\-]{1,100}\s*=\s*\S")
_COLON = re.compile(r"\s*(?:-\s+)?[\w\"'./\-]{1,100}\s*:(?:\s|$)")
_ARGV = re.compile(r"\s*\[\s*['\"](?:[^'\"\n]{0,300})['\"]\s*,\s*['\"]")
COMMAND_START = re.compile(
    r"\s*(?:[$>%!]\s*)?(?:(?:set|export|env)\s+)?(?:[A-Z_]{2,40}=\S{1,100}\s+){0,6}(?:nohup\s+|sudo\s+)?"
    r"(?:\"?[\w./\\:~\- ]{0,120}?"
    r"(?:accelerate(?:\.exe)?\"?\s+launch|torchrun|deepspeed|python(?:3(?:\.\d+)?|w)?(?:\.exe)?)\"?(?:\s|$)"
    r"|\"?[\w./\\\-]{0,120}?\w*train\w*\.py\"?\s)",
    re.IGNORECASE,
)
"""The first words of a command that starts a training."""


def format_of(text: str) -> Format:
    """Return the format that the first lines of `text` speak for."""
    lines = [
        line for line in text[:_SAMPLE].removeprefix(_BOM).split("\n") if line.strip() and not _COMMENT.match(line)
    ]
    first = lines[0].lstrip() if lines else ""
    if first.startswith("{"):
        return Format.JSON
    if first.startswith("["):
        if _TOML_HEADER.match(first):
            return Format.TOML
        return Format.ARGV if _ARGV.match(first) else Format.JSON
    start = after_setup(text[:_SAMPLE])
    if COMMAND_START.match(text[start : start + 2_000]):
        return Format.COMMAND
    equals = sum(bool(_EQUALS.match(line)) for line in lines)
    colons = sum(bool(_COLON.match(line)) for line in lines)
    return Format.TOML if equals > colons else Format.YAML


def parse(text: str) -> Tree:
    """Parse `text` in the format it seems to be in. Never raises."""
    form = format_of(text)
    if form in (Format.COMMAND, Format.ARGV) and len(text) > LONGEST_COMMAND:
        return Tree(text, form)
    parser = {
        Format.JSON: parse_json,
        Format.TOML: parse_toml,
        Format.COMMAND: parse_command,
        Format.ARGV: parse_argv,
        Format.YAML: parse_yaml,
    }[form]
    try:
        tree = parser(text)
    except TooLargeError:
        return Tree(text, form, read_lines(text), [Problem("too-large", 0)], broken=True)
    if form is Format.YAML and tree.broken:
        tree.root = read_lines(text)
    return tree
