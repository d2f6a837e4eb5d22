import difflib

from hypothesis import given
from hypothesis import strategies as st

from bot.web.diff import applied, side_by_side

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


@given(_LINES, _LINES, st.integers(0, 3))
def test_a_diff_applied_gives_the_other_text(before: list[str], after: list[str], context: int) -> None:
    patch = "\n".join(difflib.unified_diff(before, after, "a", "b", lineterm="", n=context))
    if patch and before and after:
        assert applied("\n".join(before), patch) == "\n".join(after)


def test_a_diff_that_does_not_fit_is_not_applied_and_one_of_a_later_part_is() -> None:
    patch = "--- a\n+++ b\n@@ -3,1 +3,1 @@\n-rank: 4\n+rank: 16\n"
    assert applied("x\ny\nrank: 5", patch) is None
    assert applied("x", patch) is None
    assert applied("y\nrank: 4\nz", patch, first_line=2) == "y\nrank: 16\nz"
