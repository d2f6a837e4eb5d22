"""Reports of any size, from nothing at all to far more than any chat can show, with hostile text in every place."""

from typing import Any

from hypothesis import strategies as st

from bot.cases.model import CaseRef, Outcome, Place, Reply
from diagnostics.bundle import Evidence, Skipped
from diagnostics.loss.model import CurveVerdict, Pattern
from diagnostics.report import (
    CheckResult,
    Finding,
    FixRow,
    Note,
    Report,
    Status,
    SupportChecklist,
    TrainerGuess,
    UnknownError,
)
from diagnostics.report import Outcome as Checked
from knowledge.model import About, Kind, Priority, Severity


class _Shown(str):
    """Text that a failing test prints by its beginning alone."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{len(self)} characters: {self[:20]!r}>"


HOSTILE: tuple[str, ...] = tuple(
    map(
        _Shown,
        (
            "@everyone @here <@1> <@!2> <@&3> <#4> <:e:5> <a:e:6> <t:7:R> <id:home> </cmd:8>",
            "```\nout of the code block\n```",
            "``` `` ` ```",
            "[a bank](https://evil.example) <https://evil.example> https://evil.example discord.gg/x",
            "# big\n## big\n-# small\n- item\n* item\n1. item\n> quote\n>>> quote",
            "**bold** __under__ *it* _it_ ~~gone~~ ||spoiler|| \\",
            "\u202emp3.exe\u202c \u2066hidden\u2069 \u200b\u200d\ufeff",
            "Z̸̡͚̯̀ȁ̷̞̈́lg͕̎o " + "a" + "\u0301" * 300,
            "_" * 600,
            "\\" * 301,
            "👩‍👩‍👧‍👦" * 120,
            "\x00\x1b[31mred\x1b[0m\r\n\t",
            "x" * 4500,
            "word " * 1000,
            "\n" * 500,
            "",
            " ",
        ),
    )
)
TEXT = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=60), st.text("`*_~|\\<>@#:[]()-/ \nab1.", max_size=80))
NAMED = TEXT.map(lambda text: text or "x")


def many(of: st.SearchStrategy[Any], most: int) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(of, max_size=most).map(tuple)


EVIDENCE = st.builds(Evidence, NAMED, st.integers(0, 10**9), TEXT)
ROWS = st.builds(
    FixRow,
    st.none() | TEXT,
    NAMED,
    st.none() | TEXT,
    st.none() | st.sampled_from(Priority),
    st.sampled_from(About),
    st.sampled_from(Status),
    st.none() | TEXT,
)
SHARE = st.floats(0, 1)
FINDINGS = st.builds(
    Finding,
    NAMED,
    st.sampled_from(Kind),
    st.sampled_from(Severity),
    SHARE,
    NAMED,
    TEXT,
    many(EVIDENCE, 3),
    many(ROWS, 8),
    st.none() | TEXT,
    st.none() | TEXT,
    st.none() | TEXT,
)
LOSS = st.builds(CurveVerdict, st.sampled_from(Pattern), SHARE, st.integers(0, 10**6), TEXT)
CHECKS = st.builds(CheckResult, NAMED, NAMED, st.none() | TEXT, st.sampled_from(Checked), st.none() | TEXT)
VALUES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT
REPORTS = st.builds(
    Report,
    st.none() | st.builds(TrainerGuess, NAMED, SHARE),
    st.none() | NAMED,
    st.dictionaries(st.sampled_from(["model", "rank", "learning_rate", "gpu", "steps", "images"]), VALUES, max_size=6),
    many(FINDINGS, 4),
    st.none() | LOSS,
    st.builds(SupportChecklist, many(NAMED, 7), many(NAMED, 7)),
    many(CHECKS, 6),
    many(st.builds(Note, TEXT, st.none() | EVIDENCE), 6),
    many(NAMED, 3),
    st.none() | TEXT.map(lambda text: f"--- a/c\n+++ b/c\n@@ -1 +1 @@\n-{text}\n+{text}\n"),
    many(st.builds(UnknownError, NAMED, TEXT, st.integers(1, 99)), 3),
    many(st.builds(Skipped, NAMED, TEXT), 6),
    st.booleans(),
    st.none() | TEXT,
)
CASE = CaseRef("7KQ4MD", Place("discord", "1", "2"), "3")


def reply(
    report: Report | None,
    notice: str | None = None,
    redactions: dict[str, int] | None = None,
    plot: bytes | None = b"png",
) -> Reply:
    kept = report.to_dict() if report else None
    return Reply(CASE, 1, Outcome.DIAGNOSED, kept, notice, redactions or {}, plot)
