"""What the short answer says first, whatever else there is."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.chat.actions import Action
from bot.chat.answer import answer, changed_lines
from bot.chat.blocks import Attached, Block, Card, Heading, Mark, Picture, Quote, Row, Text, Tone
from bot.chat.text import words
from bot.inputs import collect
from diagnostics.bundle import Evidence
from diagnostics.diagnose import Diagnostician
from diagnostics.report import Finding, FixRow, Report, Status
from knowledge.model import About, Kind, Knowledge, Severity
from tests.bot.chat.reports import reply
from tests.bot.chat.test_stored import EMPTY
from tests.conftest import ROOT


def row(solution: str, status: Status) -> FixRow:
    return FixRow(None, solution, None, None, About.PARAMETERS, status, "because")


FINDING = Finding(
    "x",
    Kind.CRASH,
    Severity.CRITICAL,
    0.999,
    "It broke",
    "A summary.",
    (Evidence("bundle", 0, "derived"), Evidence("message", 1, "said"), Evidence("log.txt", 45, "proof")),
    (row("Check this", Status.TO_CHECK), row("Not this", Status.RULED_OUT)),
    first="Look at the pictures.",
)


def card(*findings: Finding, knowledge: Knowledge) -> Card:
    return answer(reply(replace(EMPTY, findings=findings)), knowledge)


def of(kind: type[Block], shown: Card) -> list[Block]:
    return [block for block in shown.blocks if isinstance(block, kind)]


def titles(shown: Card) -> list[str]:
    return [block.text for block in shown.blocks if isinstance(block, Heading)]


def paragraphs(shown: Card) -> str:
    return "\n".join(words(block.line) for block in shown.blocks if isinstance(block, Text))


def test_what_is_wrong_how_sure_why_and_what_to_do_first_come_first(knowledge: Knowledge) -> None:
    shown = card(FINDING, knowledge=knowledge)
    title, sure, summary, quote, first, step = shown.blocks[:6]
    assert isinstance(title, Heading)
    assert title.text == "It broke"
    assert isinstance(sure, Text)
    # never more than 99 %: a probability of 1 would be a bluff
    assert words(sure.line).startswith("99 % sure")
    assert isinstance(summary, Text)
    assert isinstance(quote, Quote)
    assert (quote.place, quote.text) == ("log.txt:45", "proof")
    assert isinstance(first, Heading)
    assert first.text == knowledge.chat.first
    assert isinstance(step, Text)
    assert words(step.line) == "Look at the pictures."
    assert all(block.rank == 0 for block in shown.blocks[:6])
    assert shown.tone is Tone.CRITICAL


def test_a_confirmed_row_is_the_first_step(knowledge: Knowledge) -> None:
    rows = (row("Do this", Status.CONFIRMED), *FINDING.fixes)
    shown = card(replace(FINDING, fixes=rows), knowledge=knowledge)
    step = shown.blocks[5]
    assert isinstance(step, Row)
    assert (step.mark, words(step.line), words(step.below), step.number) == (Mark.CONFIRMED, "Do this", "because", 1)
    assert titles(shown)[1:] == [knowledge.chat.first, knowledge.chat.then]
    listed = [words(each.line) for each in shown.blocks if isinstance(each, Row)]
    assert listed == ["Do this", "Check this"]
    assert "Not this" in paragraphs(shown)


def test_other_findings_are_named_with_their_line(knowledge: Knowledge) -> None:
    shown = card(FINDING, replace(FINDING, title="Also this", confidence=0.5), knowledge=knowledge)
    also = [block for block in shown.blocks if isinstance(block, Row)][-1]
    assert words(also.line).startswith("Also this · 50 % sure")


@pytest.mark.parametrize(
    ("report", "title", "tone"),
    [
        (replace(EMPTY, usable=False), "nothing_usable", Tone.NEUTRAL),
        (EMPTY, "cannot_tell", Tone.NEUTRAL),
    ],
)
def test_without_a_finding_it_says_so_and_offers_no_fixed(
    knowledge: Knowledge, report: Report, title: str, tone: Tone
) -> None:
    shown = answer(reply(report), knowledge)
    assert titles(shown)[0] == getattr(knowledge.chat, title)
    assert shown.tone is tone
    assert Action.FIXED not in [button.action for buttons in shown.buttons for button in buttons]


def test_a_healthy_run_is_green_with_its_curve(diagnostician: Diagnostician) -> None:
    report = diagnostician.diagnose(collect([str(ROOT / "tests" / "bundles" / "healthy")], ""))
    shown = answer(reply(report), diagnostician.knowledge)
    assert shown.tone is Tone.GOOD
    assert len(of(Picture, shown)) == 1


def test_redactions_are_counted_and_secrets_to_be_made_anew(knowledge: Knowledge) -> None:
    said = paragraphs(answer(reply(EMPTY, None, {"hf-token": 2, "user": 1, "odd-kind": 1}), knowledge))
    assert "2 Hugging Face tokens, 1 odd kind, 1 user name." in said
    assert knowledge.chat.redacted_advice in said
    assert knowledge.chat.redacted_advice not in paragraphs(answer(reply(EMPTY, None, {"user": 2}), knowledge))


def test_a_notice_beside_a_report_is_said(knowledge: Knowledge) -> None:
    shown = answer(reply(replace(EMPTY, findings=(FINDING,)), "One file is gone."), knowledge)
    assert "One file is gone." in paragraphs(shown)


def test_the_correction_is_shown_short_and_attached_whole(diagnostician: Diagnostician) -> None:
    folder = Path(ROOT / "examples" / "out-of-memory")
    report = diagnostician.diagnose(collect([str(folder)], folder.with_suffix(".txt").read_text(encoding="utf-8")))
    attached = of(Attached, answer(reply(report), diagnostician.knowledge))
    assert [block.data.decode() for block in attached if isinstance(block, Attached)] == [report.config_patch]


def test_the_lines_of_a_diff_without_what_surrounds_them() -> None:
    patch = "--- a/c.yaml\n+++ b/c.yaml\n@@ -1,3 +1,3 @@\n train:\n-    lr: 1\n+    lr: 2\n+      x: 3\n"
    assert changed_lines(patch) == ["- lr: 1", "+ lr: 2", "+   x: 3"]
    assert changed_lines("+\n-\n") == ["+ ", "- "]
    assert changed_lines("") == []
