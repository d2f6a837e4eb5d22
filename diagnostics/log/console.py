"""Which lines of a chat message come from a console, and which are the person's own words."""

from __future__ import annotations

import re

from diagnostics.bundle import Document
from diagnostics.log.lines import clean
from diagnostics.log.progress import parse
from diagnostics.log.tracebacks import is_traceback_line, quoted_exception

_FENCE = re.compile(r"^\s{0,3}(?:```|~~~)")
_QUOTE = re.compile(r"^\s{0,3}>+ ?")
_LOGGED = re.compile(
    r"^\s*(?:INFO|WARNING|ERROR|DEBUG|CRITICAL)(?::| {2,}|\s-\s)|^\s*\[(?:INFO|WARNING|ERROR|DEBUG)\]"
    r"|^Error running job: |^# ?Running job: |^Running \d{1,3} job|^running training / "
    r"|^\s*num (?:train|batches|epochs)|^ {19} [A-Z]{4,8} {1,5}\S"
)
_PLAIN = ("iter", "epoch")
_BEGINS = re.compile(r"^\W{0,4}(?:steps?|iter|iteration|epoch|global_step|(?:train_|avr_|step_)?loss)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2,}")
_FEW_WORDS = 8
"""A console line that states step and loss has no more words; a sentence that mentions both mostly has."""
_INDENTED = ("    ", "\t")


def log_lines(document: Document) -> Document | None:
    """Return the log part of a message that mixes prose and pasted console lines; None where it has none.

    Other lines are left empty, so that line numbers stay those of the message. A sentence that quotes an exception is
    kept. What stands in a code fence is kept whole: people fence what a program printed.
    """
    kept: list[str] = []
    inside = False
    for line in document.lines:
        if _FENCE.match(line):
            inside = not inside
            kept.append("")
        elif inside or (line.strip() and _is_console(line)) or (kept and kept[-1] and line.startswith(_INDENTED)):
            kept.append(line)
        else:
            kept.append("")
    if not any(line.strip() for line in kept):
        return None
    return Document(document.name, document.kind, "\n".join(kept), document.first_line)


def _is_console(line: str) -> bool:
    return any(
        _LOGGED.match(text) is not None
        or is_traceback_line(text)
        or quoted_exception(text) is not None
        or _is_progress(text)
        for text in (clean(_QUOTE.sub("", part)) for part in line.split("\r"))
    )


def _is_progress(text: str) -> bool:
    progress = parse(text)
    if progress is None:
        return False
    # a bar is the console's wherever it stands; "at step 500 my loss 0.08" is a sentence
    return progress.description not in _PLAIN or (
        _BEGINS.match(text) is not None and len(_WORD.findall(text)) <= _FEW_WORDS
    )
