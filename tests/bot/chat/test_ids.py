import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.actions import Action
from bot.chat.ids import PATTERN, CustomId, make, path_of, read

PART = st.text("ABCabc019._-", max_size=20)


@given(st.sampled_from(Action), PART, PART)
def test_an_id_says_what_it_was_made_of(action: Action, subject: str, extra: str) -> None:
    made = make(action, subject, extra)
    assert read(made) == CustomId(action, subject, extra)
    assert len(made) <= 100
    assert re.fullmatch(PATTERN, made)


@given(st.text(max_size=120))
def test_any_other_id_is_none_of_ours(text: str) -> None:
    found = read(text)
    assert found is None or make(found.action, found.subject, found.extra) in (text, text.removesuffix(":"))


@pytest.mark.parametrize(
    "text", ["", "lt", "lt:fixed", "lt:unheard-of:A", "x:fixed:A", "lt:fixed:A:b:c", "lt:fixed:A\n"]
)
def test_a_wrong_id_is_refused(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize("subject", ["a b", "é", "x" * 49, "a:b"])
def test_no_id_is_made_of_what_ids_cannot_hold(subject: str) -> None:
    with pytest.raises(ValueError, match="no id"):
        make(Action.DETAILS, subject)


def test_an_id_knows_its_page_and_its_path() -> None:
    assert read("lt:guide:0.2.1:3") == CustomId(Action.GUIDE, "0.2.1", "3")
    assert CustomId(Action.GUIDE, "0.2.1", "3").page == 3
    assert CustomId(Action.GUIDE, "0.2.1").path == (0, 2, 1)
    assert CustomId(Action.GUIDE, "", "back").page == 1
    assert path_of("") == ()
    assert path_of("1.x.2") == (1,)
