from dataclasses import replace

import pytest

from diagnostics.fixes import fix_rows
from diagnostics.ranking import Tried, by_success, fix_key, success
from diagnostics.report import FixRow, Status
from knowledge.expressions import context_of
from knowledge.facts import Facts
from knowledge.load import load_knowledge
from knowledge.model import About, Priority

KNOWN = load_knowledge()
PRIOR = KNOWN.recurrence.prior
RULE = KNOWN.rules["plastic-skin"]
ROWS = fix_rows(RULE, context_of(Facts()), KNOWN.wording)


def key(solution: str) -> str:
    return fix_key(next(row.solution for row in ROWS if row.solution.startswith(solution)))


def order(tried: dict[str, Tried], rows: tuple[FixRow, ...] = ROWS) -> list[str]:
    return [row.solution for row in by_success(rows, RULE, tried, PRIOR)]


def test_without_feedback_the_order_is_the_guides() -> None:
    assert order({}) == [row.solution for row in ROWS]
    # the prior alone puts each row where its priority does
    assert order({key("Lower to 0.7"): Tried(0, 0)}) == [row.solution for row in ROWS]


def test_a_medium_row_that_keeps_working_goes_first_and_three_lucky_ones_do_not() -> None:
    lucky, proven = Tried(3, 3), Tried(12, 11)
    assert not order({key("Lower to 0.7"): lucky})[0].startswith("Lower to 0.7")
    assert order({key("Lower to 0.7"): proven})[0].startswith("Lower to 0.7")


def test_a_high_row_that_keeps_failing_goes_down() -> None:
    first = ROWS[0]
    assert order({fix_key(first.solution): Tried(40, 4)})[0] != first.solution


def test_what_is_ruled_out_stays_last_and_repairs_of_the_config_stay_first() -> None:
    out = replace(ROWS[0], status=Status.RULED_OUT)
    repair = FixRow("typo", "Write rank", None, None, About.PARAMETERS, Status.CONFIRMED, "a.yaml:1")
    ordered = order({fix_key(out.solution): Tried(50, 50)}, (repair, *ROWS[1:], out))
    assert (ordered[0], ordered[-1]) == (repair.solution, out.solution)


@pytest.mark.parametrize(("tried", "mean"), [(None, 0.6), (Tried(0, 0), 0.6), (Tried(11, 9), (8 * 0.6 + 9) / 19)])
def test_success_is_the_posterior_mean(tried: Tried | None, mean: float) -> None:
    row = replace(ROWS[0], priority=Priority.HIGH)
    assert success(row, tried, PRIOR) == pytest.approx(mean)
