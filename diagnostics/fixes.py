"""Fix rows marked by what the bundle shows, in the order that helps, and the settings they change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from diagnostics.report import FixRow, Status
from knowledge.entry import SettingValue
from knowledge.expressions import Context, Unknown, evaluate, names
from knowledge.judging import Wording
from knowledge.model import About, Fix, Priority, Rule
from knowledge.wording import fill, shown

_PRIORITY_ORDER = (Priority.HIGH, Priority.MEDIUM, Priority.LOW, None)
_DATASET_FIRST = (About.DATASET, About.CAPTIONS)
_CONFIRMED_MOVES_UP = 1.5
_COMPUTED = "="


def fix_rows(rule: Rule, context: Context, wording: Wording) -> tuple[FixRow, ...]:
    """Return the rows of `rule`, marked and ordered.

    By the guide's priority, where a confirmed row moves up by one and a half (a confirmed low one stands below an open
    high one) and ruled-out rows go last; among equals the dataset before the parameters, as the guide's closing remark
    has it. Rows without priority keep the order they are written in.
    """
    rows = [_mark(fix, context, wording) for fix in rule.fixes]
    return tuple(sorted(rows, key=rank))


def changes(rules: Iterable[Rule], context: Context) -> dict[str, SettingValue]:
    """Return the settings that the confirmed rows of `rules` change: normal name -> new value. The first rule wins."""
    wanted: dict[str, SettingValue] = {}
    for rule in rules:
        for fix in rule.fixes:
            if fix.patch and fix.check and evaluate(fix.check, context) is True:
                for name, value in _values(fix.patch, context).items():
                    wanted.setdefault(name, value)
    return wanted


def _mark(fix: Fix, context: Context, wording: Wording) -> FixRow:
    outcome = evaluate(fix.check, context) if fix.check else None
    if outcome is True:
        status, why = Status.CONFIRMED, fix.why.confirmed
    elif outcome is False:
        status, why = Status.RULED_OUT, fix.why.ruled_out
    else:
        status, why = Status.TO_CHECK, fix.why.to_check
    # a row that changes settings may name the new values: {learning_rate} beside {config.learning_rate}
    own = {name: shown(value) for name, value in _values(fix.patch, context).items()}
    reason = fill(why, context, own) if why else None
    if reason is None and status is Status.TO_CHECK and fix.check:
        reason = _needs(fix.check, outcome, context, wording)
    return FixRow(fix.diagnosis, fix.solution, fix.setting, fix.priority, fix.about, status, reason)


def _needs(check: str, outcome: object, context: Context, wording: Wording) -> str | None:
    missing = outcome.missing if isinstance(outcome, Unknown) else ""
    absent = [missing] if missing else list(names(check))
    groups = dict.fromkeys(name.split(".")[0] for name in absent)
    what = " and ".join(wording.groups[group] for group in groups if group in wording.groups)
    return fill(wording.needs, context, {"what": what}) if what else None


def rank(row: FixRow, place: float | None = None) -> tuple[bool, float, int]:
    """Return where a row is sorted to; `place` stands for its priority, 0 for high to 3 for none."""
    if place is None:
        place = _PRIORITY_ORDER.index(row.priority)
    data_first = 0 if row.priority is None or row.about in _DATASET_FIRST else 1
    return row.status is Status.RULED_OUT, place - _CONFIRMED_MOVES_UP * (row.status is Status.CONFIRMED), data_first


def _values(patch: Mapping[str, SettingValue], context: Context) -> dict[str, SettingValue]:
    values: dict[str, SettingValue] = {}
    for name, value in patch.items():
        if isinstance(value, str) and value.startswith(_COMPUTED):
            computed = evaluate(value.removeprefix(_COMPUTED).strip(), context)
            if not isinstance(computed, Unknown | list):
                values[name] = computed
        else:
            values[name] = value
    return values
