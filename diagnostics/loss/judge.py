"""The verdict on a loss curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from diagnostics.log.model import Series, Unit
from diagnostics.loss.features import Measures, measure
from diagnostics.loss.forest import Forest, fitted_forest
from diagnostics.loss.hard import read_off
from diagnostics.loss.model import CurveVerdict, Interval, Pattern
from diagnostics.loss.parameters import Decision, Judging
from diagnostics.loss.parameters import judging as shipped
from diagnostics.loss.partial import partial
from diagnostics.loss.prepare import Curve, prepare
from diagnostics.loss.profile import Match, comparable, match
from diagnostics.loss.reasons import reason
from diagnostics.loss.schedule import read_schedule
from diagnostics.loss.scheduled import scheduled
from diagnostics.loss.slope import slope
from diagnostics.loss.views import views
from knowledge.model import Profile

MARKS = (0.05, 0.1, 0.25, 0.5, 0.75, 1.0)
"""Shares of the run at which the share of the drop is told."""
WITNESS = frozenset({Pattern.NO_DECREASE, Pattern.PLATEAU})
"""Healthy diffusion LoRA runs show these too: of 38 that worked, half did not fall significantly."""

Probabilities = dict[Pattern, float]


def judge(
    series: Series,
    profile: Profile | None = None,
    parameters: Judging | None = None,
    forest: Forest | None = None,
    also: Sequence[Series] = (),
) -> CurveVerdict:
    """Say what a loss curve shows, how sure that is, and which numbers carry it.

    Levels are compared with the reference of `profile` only where its trainers and the series' unit allow that. The
    verdict is `insufficient` where the log is too short, starts late or leaves several readings open. `parameters` and
    `forest` default to the shipped ones. `also` are further readings of the same run, such as other columns of one
    picture: the patterns are weighed over all of them, in place of views that are made up.
    """
    parameters = parameters or shipped()
    curve = prepare(series)
    found = read_off(series, curve, parameters)
    if found is not None:
        return found
    measures = measure(curve)
    reference = comparable(series, profile)
    compared = match(measures.blocks, reference, parameters) if reference else None
    forest = forest or fitted_forest()

    def decided(alike: Sequence[Measures]) -> tuple[Pattern, float]:
        return decide(weigh(alike, compared, forest), parameters.decision)

    alike = _measurable(also, parameters) or views(curve, measures.blocks)
    pattern, confidence = decided([measures, *(measure(view) for view in alike)])
    text = partial(pattern, series, measures, parameters)
    by_schedule = None if text else scheduled((pattern, confidence), series, measures, decided, parameters)
    if by_schedule and by_schedule.judged:
        (pattern, confidence), withheld = by_schedule.judged, None
    else:
        withheld = by_schedule.text if by_schedule else text
    verdict = describe(series, measures, pattern, confidence, compared, parameters)
    if withheld is not None:
        return replace(
            verdict,
            pattern=Pattern.INSUFFICIENT,
            confidence=parameters.decision.certain,
            reason=withheld,
            plateau_step=None,
            second_witness_needed=False,
        )
    return replace(verdict, reason=f"{verdict.reason} {by_schedule.text}") if by_schedule else verdict


def _measurable(readings: Sequence[Series], parameters: Judging) -> list[Curve]:
    """Return the curves of those readings that no verdict can be read off without statistics."""
    curves = [(each, prepare(each)) for each in readings]
    return [curve for each, curve in curves if read_off(each, curve, parameters) is None]


def weigh(alike: Sequence[Measures], compared: Match | None, forest: Forest) -> Probabilities:
    """Return the probability of each pattern: the fitted trees' judgement, and the profile's levels as a prior.

    The judgement is the mean over several views of one run.
    """
    scores = np.stack([forest.scores(one.features) for one in alike])
    if compared is not None and compared.support:
        scores = scores + np.log([max(compared.support[pattern], 1e-12) for pattern in forest.classes])
    if alike[0].curve.unit is Unit.EPOCH:  # one value an epoch cannot time a collapse
        scores = np.where([pattern is Pattern.TOO_FAST for pattern in forest.classes], -np.inf, scores)
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    return dict(zip(forest.classes, shares.mean(axis=0).tolist(), strict=True))


def decide(probabilities: Probabilities, decision: Decision) -> tuple[Pattern, float]:
    """Choose a pattern, or `insufficient` where none is likely enough; the confidence is calibrated (Platt 1999)."""

    def worth(pattern: Pattern) -> float:
        return probabilities[pattern] * (decision.healthy_bonus if pattern is Pattern.HEALTHY else 1.0)

    likeliest = max(probabilities, key=worth)
    probability = float(np.clip(probabilities[likeliest], 1e-6, 1 - 1e-6))
    logit = float(np.log(probability / (1 - probability)))
    confidence = min(float(1 / (1 + np.exp(-(decision.slope * logit + decision.offset)))), decision.certain)
    least = decision.least if likeliest is Pattern.HEALTHY else decision.least_problem
    if likeliest is Pattern.INSUFFICIENT or confidence < least:
        return Pattern.INSUFFICIENT, max(probabilities[Pattern.INSUFFICIENT], 1 - confidence)
    return likeliest, confidence


def describe(
    series: Series,
    measures: Measures,
    pattern: Pattern,
    confidence: float,
    compared: Match | None,
    parameters: Judging,
) -> CurveVerdict:
    """Fill in the numbers that carry a verdict."""
    levels, curve, blocks = measures.change, measures.curve, measures.blocks
    fits = compared is not None and pattern in compared.fits
    witness = pattern in WITNESS and not fits
    slant = slope(blocks)
    schedule = read_schedule(series.steps, series.learning_rate)
    return CurveVerdict(
        pattern=pattern,
        confidence=confidence,
        points=curve.logged,
        reason=reason(pattern, measures, parameters, look_at_samples=witness),
        start=float(np.exp(levels.start)),
        end=float(np.exp(levels.end)),
        start_interval=_interval(levels.start, levels.start_error),
        end_interval=_interval(levels.end, levels.end_error),
        drop=levels.drop,
        slope_per_1k=slant.per_1k if slant else None,
        slope_interval=slant.interval if slant else None,
        spike_rate=measures.instability.rate,
        plateau_step=int(blocks.steps[0] + levels.reached) if pattern is Pattern.PLATEAU else None,
        share_of_drop=_share_of_drop(measures),
        profile_similarity=compared.similarity if compared else None,
        second_witness_needed=witness,
        non_finite=curve.non_finite,
        first_non_finite_step=curve.first_non_finite_step,
        resumes=curve.resumes,
        restarts=curve.restarts,
        first_step=int(curve.steps[0]),
        last_step=int(curve.steps[-1]),
        smoothing=blocks.smoothing,
        warmup_until=schedule.warmup_until,
        schedule_jumps=schedule.jumps,
    )


def _interval(level: float, error: float) -> Interval:
    with np.errstate(over="ignore"):  # of values near the largest there are, the bound is infinite
        return Interval(float(np.exp(level - 1.96 * error)), float(np.exp(level + 1.96 * error)))


def _share_of_drop(measures: Measures) -> tuple[tuple[int, float], ...]:
    levels, blocks = measures.change, measures.blocks
    start, end = float(np.exp(levels.start)), float(np.exp(levels.end))
    if levels.fall < 2 * levels.fall_error:
        return ()
    steps = blocks.steps[0] + blocks.span * np.array(MARKS)
    trend = np.exp(np.interp(steps, blocks.centres, measures.trend))
    shares = np.clip((start - trend) / (start - end), 0.0, 1.0)
    return tuple((int(step), round(float(share), 3)) for step, share in zip(steps, shares, strict=True))
