"""The drawing of a message on Slack: that it shows what is sent. The browser is not run here."""

import pytest

from bot.cases.servers import ServerSettings
from bot.chat.answer import answer
from bot.chat.settings_card import settings_card
from bot.slack.layout import Surface
from bot.slack.render import draw
from diagnostics.diagnose import Diagnostician
from docs.look.example import README, reply_of
from docs.look.picture import page
from docs.slack_look.__main__ import shown
from docs.slack_look.page import STYLE, screen
from knowledge.model import Knowledge


def test_the_picture_of_the_readme_shows_the_examples(diagnostician: Diagnostician) -> None:
    drawn = page([shown(width, folder, diagnostician) for width, folder in README], STYLE)
    for words in ("CUDA out of memory", "log.txt:45", "corrected-config.diff", "Plastic skin", "Call a moderator"):
        assert words in drawn
    assert "data:image/png;base64,iVBOR" in drawn
    assert "<td><p><b>Reduce batch size</b>" in drawn


def test_menus_show_what_is_chosen(knowledge: Knowledge) -> None:
    drawn = draw(settings_card(ServerSettings(("C12",), digest_hour=18), knowledge), knowledge, Surface.VIEW)
    page_of_settings = screen("phone", "", (), drawn.blocks, {}, {})
    for words in ("C12", "18:00", "In a thread below the message"):
        assert words in page_of_settings


def test_text_of_a_person_is_no_html(diagnostician: Diagnostician) -> None:
    drawn = draw(answer(reply_of(README[0][1], diagnostician), diagnostician.knowledge), diagnostician.knowledge)
    shown_page = screen("phone", "<script>", ["<i>.txt"], drawn.blocks, {}, {"<u>.diff": 1})
    assert "<script>" not in shown_page
    assert "<i>.txt" not in shown_page
    assert "<u>" not in shown_page


def test_a_block_without_a_drawing_is_said() -> None:
    with pytest.raises(ValueError, match="video"):
        screen("phone", "", (), [{"type": "video"}], {}, {})
