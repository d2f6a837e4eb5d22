"""The drawing of a message: that it shows what is sent. The browser is not run here."""

import pytest

from bot.cases.servers import ServerSettings
from bot.discord import render
from diagnostics.diagnose import Diagnostician
from diagnostics.guide import page as place
from docs.discord_look.__main__ import shown
from docs.discord_look.markup import read
from docs.discord_look.page import STYLE, screen
from docs.look import browser
from docs.look.example import README, reply_of
from docs.look.picture import page
from knowledge.model import Knowledge
from tests.bot.discord import drawing


def test_the_picture_of_the_readme_shows_the_examples(diagnostician: Diagnostician) -> None:
    drawn = page([shown(width, folder, diagnostician) for width, folder in README], STYLE)
    for words in ("CUDA out of memory", "log.txt:45", "corrected-config.diff", "Plastic skin", "Call a moderator"):
        assert words in drawn
    assert "data:image/png;base64,iVBOR" in drawn
    assert '<i class="removed">- batch_size: 4' in drawn


def test_menus_show_what_is_chosen(knowledge: Knowledge) -> None:
    settings = drawing.settings(ServerSettings(("12",), digest_hour=18), knowledge)
    guide = drawing.guide(place(knowledge), knowledge)
    drawn = "".join(screen("phone", "", (), each.view.to_components(), {}) for each in (settings, guide))  # type: ignore[no-untyped-call]
    for words in ("#12", "18:00", "In a thread below the message", "What is the trouble?"):
        assert words in drawn


def test_text_of_a_person_is_no_html(diagnostician: Diagnostician) -> None:
    reply = reply_of(README[0][1], diagnostician)
    message = render.drawn(reply, diagnostician.knowledge)
    data = {file.filename: file.fp.read() for file in message.files}
    drawn = screen("phone", "<script>", ["<b>.txt"], message.view.to_components(), data)  # type: ignore[no-untyped-call]
    assert "<script>" not in drawn
    assert "<b>" not in drawn


@pytest.mark.parametrize(
    ("markdown", "kinds"),
    [
        ("**a** `b` *c* ~~d~~ ||e||", ["line", "bold", "text", "code", "italic", "struck", "spoiler"]),
        ("## a", ["h2", "text"]),
        ("-# a", ["small", "text"]),
        ("- a\n1. b\n> c", ["item", "number", "quote"]),
        ("<@1> @everyone <t:1:R>", ["mention", "everyone"]),
        ("[a](https://b.example) https://c.example", ["link", "url"]),
        ("```diff\n+ a\n```", ["fence"]),
        (r"\*\*a\*\* \# b", ["line", "text"]),
    ],
)
def test_markup_is_read_as_discord_reads_it(markdown: str, kinds: list[str]) -> None:
    found = {kind for node in read(markdown) for kind in node.kinds()}
    assert set(kinds) <= found
    assert found - {"line", "text"} == set(kinds) - {"line", "text"}


def test_without_a_browser_it_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(browser.NoBrowserError, match="apt-get install chromium"):
        browser.png("<p>")
