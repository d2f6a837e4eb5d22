import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.api import Api
from bot.slack.messages import is_direct, number, read, split, ts_of, typed
from bot.slack.submissions import from_message
from bot.wire.links import Links
from tests.bot.slack.fake.people import as_sent


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("<@U0ME> loss is &lt;nan&gt; &amp; more", "loss is <nan> & more"),
        ("see <https://example.org/a?b=1&amp;c=2>", "see https://example.org/a?b=1&c=2"),
        ("see <http://example.org|example.org>", "see example.org"),
        ("<mailto:a@example.org|a@example.org>", "a@example.org"),
        ("<!channel> <!here> <!subteam^S1|@mods> <!date^1^{date}|May 1>", "@channel @here @mods May 1"),
        ("<@U0OTHER> in <#C1|help> and <#C2>", "@someone in #help and #C2"),
        ("&amp;lt;", "&lt;"),
    ],
)
def test_a_text_is_read_as_it_was_typed(raw: str, wanted: str) -> None:
    assert typed(raw, "U0ME") == wanted


@given(st.text(max_size=200).filter(lambda text: "@" not in text and "://" not in text))
def test_what_is_escaped_on_the_way_comes_back(text: str) -> None:
    assert typed(as_sent(text)) == text.strip()


@given(st.integers(0, 10**16))
def test_times_are_numbers_and_back(micros: int) -> None:
    assert number(ts_of(micros)) == micros


EVENT = {"type": "message", "user": "U1", "ts": "17.000100", "text": "it crashed"}


@pytest.mark.parametrize(
    "more",
    [
        {"bot_id": "B1"},
        {"subtype": "channel_join"},
        {"subtype": "bot_message"},
        {"user": "USLACKBOT"},
        {"user": "U0ME"},
        {"user": None},
    ],
)
def test_what_no_person_wrote_is_no_message(more: dict[str, str | None]) -> None:
    assert read({**EVENT, **more}, "C1", "U0ME") is None
    assert read(EVENT, "C1", "U0ME") is not None


def test_what_is_passed_on_belongs_to_the_message_and_deleted_files_do_not() -> None:
    files = [{"id": "F1", "mode": "tombstone"}, {"id": "F2", "name": "log.txt", "size": 3}]
    shared = {"is_share": True, "text": "mine crashed too", "files": [{"id": "F3", "title": "config"}]}
    preview = {"text": "a page", "files": [{"id": "F4"}]}
    message = read({**EVENT, "files": files, "attachments": [shared, preview]}, "C1", "U0ME")
    assert message is not None
    new = from_message(message, "T1", "U0ME", Links())
    assert new.text == "it crashed\nmine crashed too"
    assert [(file.id, file.name, file.size) for file in new.files] == [("F2", "log.txt", 3), ("F3", "config", 0)]
    assert (new.message, new.place.thread, new.reply_to, new.asked) == ("C1:17.000100", "C1:17.000100", "", False)
    assert split(new.message) == ("C1", "17.000100")


def test_direct_messages_belong_to_nobody_else() -> None:
    assert is_direct("D1")
    assert is_direct("G1", "mpim")
    assert is_direct("C1", "mpdm-a--b-1")
    assert not is_direct("C1", "channel")
    message = read({**EVENT, "channel_type": "mpim"}, "G1", "U0ME", "mpim")
    assert message is not None
    assert from_message(message, "T1", "U0ME", Links()).place.server == ""


def test_the_token_goes_to_slack_alone() -> None:
    from slack_sdk.web.async_client import AsyncWebClient

    api = Api(AsyncWebClient(token="xoxb-1", base_url="https://slack.com/api/"), "T1", "U0ME", "B1")
    for link in ("https://files.slack.com/files-pri/T1-F1/log.txt", "https://slack.com/x"):
        assert api.is_slacks(link)
    for link in (
        "http://files.slack.com/log.txt",
        "https://files.slack.com.example.org/log.txt",
        "https://notslack.com/log.txt",
        "https://files.slack.com:8443/log.txt",
        "https://files.slack.com@example.org/log.txt",
        "ftp://slack.com/",
        "",
    ):
        assert not api.is_slacks(link)
