import pytest
from hypothesis import example, given

from bot.chat.blocks import Code, Heading, Mark, Quote, Row, Text
from bot.chat.text import Span, Style, bold, clean, clean_code, line
from bot.discord.markdown import escape, fenced, inline, text_of
from docs.discord_look.markup import read
from tests.bot.chat.reports import HOSTILE, TEXT

HARMLESS = {"line", "text"}
CODE = {"line", "text", "code", "fence"}


def kinds(markdown: str) -> set[str]:
    return {kind for node in read(markdown) for kind in node.kinds()}


def shown(markdown: str) -> str:
    return squeezed("\n".join(node.shown() for node in read(markdown)))


def squeezed(text: str) -> str:
    return "".join(text.replace("\u200b", "").split())


@given(TEXT)
@example("https://evil.example")
@example("a:b_c:d ::smile:: :+1:")
@example(">>> x")
@example("1. x\n  22. y")
def test_text_of_a_person_is_shown_as_it_is_and_does_nothing(text: str) -> None:
    escaped = escape(text)
    assert kinds(escaped) <= HARMLESS
    assert shown(escaped) == squeezed(clean(text))


@given(TEXT)
@example("@everyone ```")
def test_nothing_ends_a_code_block(text: str) -> None:
    nodes = read(fenced(text, "diff"))
    assert [node.kind for node in nodes] == ["fence"]
    assert squeezed(nodes[0].text) == squeezed(clean_code(text))
    assert "@everyone" not in nodes[0].text


@given(TEXT, TEXT)
def test_styles_hold_what_they_are_given_and_nothing_more(first: str, second: str) -> None:
    markdown = text_of(Row(line(bold(first), f": {second}"), Mark.CONFIRMED, line(second), 3))
    assert kinds(markdown) <= {"line", "small", "text", "code", "bold"}


@given(TEXT, TEXT)
def test_a_quote_is_a_place_and_a_block(place: str, text: str) -> None:
    markdown = text_of(Quote(place, text))
    assert kinds(markdown) <= CODE
    assert [node.kind for node in read(markdown)].count("fence") == 1


@pytest.mark.parametrize("text", HOSTILE)
def test_no_mention_survives_in_any_block(text: str) -> None:
    blocks = (Heading(text), Text(line(text)), Text(line(text), small=True), Code(text), Quote(text, text))
    for block in blocks:
        assert not kinds(text_of(block)) & {"mention", "everyone", "link", "url", "spoiler", "emoji"}


def test_a_time_is_shown_in_the_readers_own_zone() -> None:
    assert inline((Span("1795423218", Style.TIME),)) == "<t:1795423218:R>"
    assert inline((Span("1:R> @everyone", Style.TIME),)) == "1:R\\> @\u200beveryone"


def test_what_reads_well_is_not_escaped() -> None:
    text = "Reduce batch size: 2-4 images (of 12), 3.5 GiB."
    assert escape(text) == text
