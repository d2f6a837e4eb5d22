import difflib

from hypothesis import given
from hypothesis import strategies as st

from bot.web.diff import side_by_side

_LINES = st.lists(st.text(alphabet="ab -+@\\", max_size=6), max_size=12)


@given(_LINES, _LINES)
def test_both_sides_are_those_of_the_diff(before: list[str], after: list[str]) -> None:
    patch = "\n".join(difflib.unified_diff(before, after, "a", "b", lineterm="", n=100))
    rows = side_by_side(patch)
    if before == after:
        assert rows == ()
    else:
        assert [each.before.text for each in rows if each.before] == before
        assert [each.after.text for each in rows if each.after] == after
        assert [each.before.number for each in rows if each.before] == list(range(1, len(before) + 1))


def test_a_line_that_was_replaced_stands_in_one_row() -> None:
    rows = side_by_side("--- a\n+++ b\n@@ -3,2 +3,2 @@\n x: 1\n-rank: 4\n+rank: 16\n")
    assert [(each.before and each.before.text, each.after and each.after.text, each.changed) for each in rows] == [
        ("x: 1", "x: 1", False),
        ("rank: 4", "rank: 16", True),
    ]
