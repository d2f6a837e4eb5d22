import json
import math
from dataclasses import replace

import pytest
from hypothesis import Phase, given, settings

from bot.chat.stored import OldReportError, is_long, report_of, whole
from diagnostics.loss.model import CurveVerdict, Interval, Pattern
from diagnostics.report import Report, SupportChecklist
from tests.bot.chat.reports import REPORTS

EMPTY = Report(None, None, {}, (), None, SupportChecklist((), ()), (), (), (), None, (), ())


@settings(deadline=None, max_examples=50, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(REPORTS)
def test_a_kept_report_comes_back_as_it_was(report: Report) -> None:
    if is_long(report.to_dict()):
        assert len(whole(report_of(report.to_dict()).to_dict())) <= len(whole(report.to_dict()))
        return
    known = replace(report, facts={name: value for name, value in report.facts.items() if value is not None})
    assert report_of(json.loads(json.dumps(report.to_dict()))) == known


def test_numbers_that_json_cannot_hold_are_missing_and_the_rest_is_there() -> None:
    nan, inf = math.nan, math.inf
    loss = CurveVerdict(Pattern.DIVERGED, 0.9, 3, "It diverged.", start=inf, start_interval=Interval(1.0, inf))
    loss = replace(loss, share_of_drop=((1, 0.5), (2, nan)), end_interval=Interval(1.0, 2.0))
    kept = replace(EMPTY, facts={"learning_rate": nan, "resolution": [512, inf], "rank": 16}, loss=loss).to_dict()
    back = report_of(json.loads(json.dumps(kept)))
    assert back.facts == {"resolution": [512], "rank": 16}
    assert back.loss is not None
    assert (back.loss.start, back.loss.start_interval, back.loss.share_of_drop) == (None, None, ((1, 0.5),))
    assert back.loss.end_interval == Interval(1.0, 2.0)


@pytest.mark.parametrize("kept", [{}, {"schema": 2}, {"schema": 1}, {**EMPTY.to_dict(), "findings": [{"id": 1}]}])
def test_another_form_is_said_to_be_old(kept: dict[str, object]) -> None:
    with pytest.raises(OldReportError):
        report_of(kept)


def test_a_hostile_report_is_cut_all_but_the_correction() -> None:
    patch = "+" + "x" * 100_000
    kept = replace(EMPTY, ask=("word " * 20_000, *["more"] * 500), config_patch=patch).to_dict()
    shown = report_of(kept)
    assert len(shown.ask) == 200
    assert len(shown.ask[0]) <= 2000
    assert shown.config_patch == patch
