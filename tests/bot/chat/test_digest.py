from bot.amounts import duration, mean
from bot.chat.blocks import Attached, Card, Heading, Picture, Row, Text
from bot.chat.digest import digest_card, week_mark
from bot.chat.text import words
from bot.digest.model import Moved
from diagnostics.trend import Trend
from tests.bot.digest.week import KNOWLEDGE, digest


def text_of(card: Card) -> str:
    lines = []
    for block in card.blocks:
        match block:
            case Heading(text=text):
                lines.append(text)
            case Text(line=line):
                lines.append(words(line))
            case Row(line=line, below=below):
                lines += [words(line), words(below)]
    return "\n".join(lines)


def test_a_digest_says_everything_that_was_counted() -> None:
    said = text_of(digest_card(digest(chart=b"png"), KNOWLEDGE))
    for part in (
        "The week from 27 July to 2 August",
        "128 cases, about as before (110 a week) · 71 % fixed, of the 58 about which anyone said",
        "Median time to the answer 6.2 s, to “fixed it” 3 h",
        "CUDA out of memory · 41, ▲ up from 22 a week",
        "Waiting for a human: 3",
        "case K7Q2MX, CUDA out of memory",
        "and 2 more",
        "ValueError: bucket 7 of /data/7.png has no images left to draw from",
        "5, new here",
        "unknown-a.yaml",
        "4 of 23 cases",
        "62 % of the causes lie in the dataset; the guide expects 80 %.",
        "Digest 2026-W31.",
    ):
        assert part in said


def test_the_chart_and_the_drafts_go_along_and_the_chart_says_what_it_shows() -> None:
    card = digest_card(digest(chart=b"png"), KNOWLEDGE)
    (picture,) = [block for block in card.blocks if isinstance(block, Picture)]
    assert "CUDA out of memory 41, before 22" in picture.says
    (draft,) = [block for block in card.blocks if isinstance(block, Attached)]
    assert draft.data == b"id: a\n"


def test_a_quiet_week_says_so_and_who_waits_all_the_same() -> None:
    none = Moved("", 0, 2.0, Trend.FALLING)
    quiet = digest(cases=none, findings=(), unknown=(), disputed=(), waiting=(), waiting_total=0, solved=None)
    said = text_of(digest_card(quiet, KNOWLEDGE))
    assert "No cases this week." in said
    assert "Nobody waits for a human." in said


def test_a_late_one_says_when_it_was_due_and_one_of_now_bears_no_week() -> None:
    late = text_of(digest_card(digest(late_since=1_785_747_600.0), KNOWLEDGE))
    assert "Late: this was due 1785747600" in late
    now = text_of(digest_card(digest(week=""), KNOWLEDGE, "for you alone"))
    assert "for you alone" in now
    assert week_mark("2026-W31", KNOWLEDGE) in late
    assert "Digest 2" not in now


def test_amounts_are_read_at_a_glance() -> None:
    asked = (0.4, 6.2, 119, 121, 5400, 7200, 86400, 300000)
    assert [duration(each) for each in asked] == [
        "0.4 s",
        "6.2 s",
        "119 s",
        "2 min",
        "90 min",
        "2 h",
        "24 h",
        "3.5 days",
    ]
    assert [mean(each) for each in (0, 0.25, 2.0, 22.5, 110.4)] == ["0", "0.2", "2", "22", "110"]
