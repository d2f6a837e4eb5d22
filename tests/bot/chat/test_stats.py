import zlib
from datetime import date

import pytest

from bot.cases.recurrence import Count, Counts
from bot.cases.spans import Span
from bot.chart import WIDTH, draw
from bot.chat.blocks import Heading, Picture, Row, Text
from bot.chat.stats import bars, stats_card
from bot.chat.text import words
from bot.discord import render as discord
from bot.slack import render as slack
from bot.stats import Stats, named
from diagnostics.loss.theme import THEMES, ThemeName
from diagnostics.trend import Trend
from knowledge.model import Knowledge
from tests.bot.discord.payload import assert_accepted as discord_accepts
from tests.bot.slack.payload import assert_accepted as slack_accepts

_PNG = b"\x89PNG"


@pytest.fixture
def stats(knowledge: Knowledge) -> Stats:
    span = Span(20_000, 20_007, "discord", "1")
    of = {
        "case": (Count("case", "", 21, 12, 6, 2, 1, 40),),
        "finding": (
            Count("finding", "cuda-oom", 12, 9, 5, 1, 0, 12),
            Count("finding", "", 5, 4, 0, 0, 0, 20),
            Count("finding", "gone-rule", 1, 1, 0, 0, 1, 8),
        ),
        "fingerprint": (
            Count("fingerprint", "a" * 12, 3, 3, 0, 0, 0, 0),
            Count("fingerprint", "b" * 12, 1, 1, 0, 0, 0, 0),
        ),
        "server": (Count("server", "discord/1", 21, 12, 0, 0, 0, 0),),
    }
    counts = Counts(span, of, 6.2, 5400.0, (1, 2, 3, 4, 5, 6, 0))
    return named(counts, {"a" * 12: "KeyError: 'unet.`up`'"}, knowledge)


def test_counts_have_names_trends_and_shares(stats: Stats, knowledge: Knowledge) -> None:
    first, nothing, gone = stats.kinds["finding"]
    assert (first.name, first.before, first.trend, first.solved, first.said) == (
        "CUDA out of memory", 3.0, Trend.RISING, 5 / 6, 6,
    )  # fmt: skip
    assert (nothing.name, nothing.trend) == (knowledge.chat.stats.nothing_found, Trend.STEADY)
    assert gone.name == "gone-rule"
    assert [each.name for each in stats.kinds["fingerprint"]] == ["KeyError: 'unet.`up`'", "b" * 12]
    assert "server" not in stats.kinds, "of one server there is nothing to compare"
    assert (stats.first, stats.last, stats.days) == (date(2024, 10, 4), date(2024, 10, 10), 7)


def test_the_card_says_it_in_words(stats: Stats, knowledge: Knowledge) -> None:
    card = stats_card(stats, knowledge.chat, b"png")
    said = [words(each.line) for each in card.blocks if isinstance(each, Text)]
    assert said[0].startswith("21 cases of 12 people · ▲ up from 10 · 67 % fixed, of 9")
    assert said[1] == "median time to the answer 6.2 s, to “fixed it” 90 min"
    rows = [(words(each.line), words(each.below)) for each in card.blocks if isinstance(each, Row)]
    assert rows[0] == ("CUDA out of memory · 12 cases, 9 people", "▲ up from 3 · 83 % fixed, of 6 with a word on it")
    assert rows[2][0] == "gone-rule · 1 case, 1 person"
    (picture,) = (each for each in card.blocks if isinstance(each, Picture))
    assert picture.says.startswith("Most frequent causes: CUDA out of memory 12; ")
    drawn = discord.draw(card, knowledge)
    discord_accepts(drawn)
    slack_accepts(slack.draw(card, knowledge).with_pictures({"stats.png": "F012345678"}))


def test_without_cases_it_says_so(knowledge: Knowledge) -> None:
    empty = named(Counts(Span(1, 31, "slack", "T"), {}, None, None, (0,) * 30), {}, knowledge)
    card = stats_card(empty, knowledge.chat)
    assert [type(each) for each in card.blocks] == [Heading, Text]
    assert draw(bars(empty), empty.by_day, empty.first, knowledge.chat.stats.chart) is None


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("days", [1, 7, 30, 365])
def test_the_chart_is_a_picture_of_any_time(stats: Stats, knowledge: Knowledge, theme: ThemeName, days: int) -> None:
    image = draw(bars(stats), (3,) * days, stats.first, knowledge.chat.stats.chart, theme)
    assert image is not None
    assert image.startswith(_PNG)
    assert int.from_bytes(image[16:20], "big") == WIDTH
    assert len(zlib.compress(image)) > 5_000
