"""Verdicts to a report: every finding with its evidence, its marked fix rows, and what is still missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from diagnostics.bundle import Evidence
from diagnostics.checks import run_checks, support_checklist
from diagnostics.claims import Origin
from diagnostics.config import Trainers, TrainingConfig, write_patch
from diagnostics.fingerprint import Fingerprints
from diagnostics.fixes import changes, fix_rows
from diagnostics.gather import report_facts
from diagnostics.guard import Guard
from diagnostics.intake import MESSAGE, Intake
from diagnostics.loss.model import CurveVerdict
from diagnostics.material import Material
from diagnostics.reading import Parts
from diagnostics.report import Finding, FixRow, Note, Report, Status, TrainerGuess
from diagnostics.unknown import unknown_errors
from diagnostics.weigh import Verdict
from knowledge.expressions import Context, evaluate, names
from knowledge.model import About, Kind, Knowledge, Profile, Severity
from knowledge.wording import fill

_SHOWN_EVIDENCE = 5


def compose(
    intake: Intake,
    parts: Parts,
    material: Material,
    verdicts: tuple[Verdict, ...],
    curve: CurveVerdict | None,
    profile: Profile | None,
    context: Context,
    knowledge: Knowledge,
    guard: Guard,
    trainers: Trainers | None = None,
) -> Report:
    """Put the report together."""
    verdicts = tuple(v for v in verdicts if not _only_the_curve(v, curve))
    findings = tuple(_finding(verdict, parts.configs, context, knowledge) for verdict in verdicts)
    pictures = len(intake.images) - len(material.charts)
    support = support_checklist(_provided(pictures, parts, context, knowledge), knowledge)
    return Report(
        trainer=_trainer(parts, knowledge),
        profile=profile.id if profile else None,
        facts=report_facts(context),
        findings=findings,
        loss=curve,
        checklist=support,
        checks=guard.run("checklists", (), run_checks, context, profile.id if profile else None, knowledge),
        notes=(
            *_contradictions(parts.origins, context, knowledge),
            *_notes(parts.configs, context, knowledge),
            *_thinned(parts, context, knowledge),
            *_pictured(parts, context, knowledge),
            *material.notes,
        ),
        ask=tuple(_ask(verdicts, support.missing, context, knowledge)),
        config_patch=guard.run("config patch", None, _patch, verdicts, parts.configs, context, knowledge, trainers),
        unknown=guard.run("unknown errors", (), unknown_errors, parts.readings, Fingerprints(knowledge.fingerprints)),
        skipped=(*intake.skipped, *material.skipped, *guard.skipped),
        usable=_usable(intake, parts) or material.usable,
        remark=knowledge.remark if findings and findings[0].kind in (Kind.QUALITY, Kind.DATASET) else None,
    )


def _usable(intake: Intake, parts: Parts) -> bool:
    said = any(document.name == MESSAGE for document in intake.documents)
    logged = any(r.hits or r.tracebacks or r.errors or r.series or r.trainer for r in parts.readings)
    return bool(said or logged or parts.configs or parts.symptoms or intake.images or parts.histories)


def _only_the_curve(verdict: Verdict, curve: CurveVerdict | None) -> bool:
    # A flat loss is normal for a diffusion LoRA: alone it is no finding, only a line in `loss`.
    return (
        curve is not None
        and curve.second_witness_needed
        and verdict.rule.kind is Kind.CURVE
        and all(claim.origin is Origin.FACTS and not claim.supports for claim in verdict.claims)
    )


def _finding(verdict: Verdict, configs: Iterable[TrainingConfig], context: Context, knowledge: Knowledge) -> Finding:
    rule = verdict.rule
    own = [claim.severity for claim in verdict.claims if claim.severity]
    by_claims = len(own) == len(verdict.claims)
    summary = verdict.note or fill(rule.summary, context) or rule.title
    if verdict.survived:
        summary = f"{summary} {knowledge.wording.survived}"
    return Finding(
        id=rule.id,
        kind=rule.kind,
        severity=min(own, key=list(Severity).index) if by_claims else rule.severity,
        confidence=round(verdict.confidence, 3),
        title=rule.title,
        summary=summary,
        evidence=verdict.evidence[:_SHOWN_EVIDENCE],
        fixes=(*_repairs(rule.id, configs, context, knowledge), *fix_rows(rule, context, knowledge.wording)),
        test=rule.test,
        first=rule.first,
        commands=rule.commands,
    )


def _repairs(rule: str, configs: Iterable[TrainingConfig], context: Context, knowledge: Knowledge) -> Iterator[FixRow]:
    for config in configs:
        for seen in config.observations:
            pitfall = knowledge.pitfalls.get(seen.kind)
            if pitfall and pitfall.finding == rule and pitfall.solution:
                solution = fill(pitfall.solution, context, seen.values)
                why = f"{seen.evidence.file}:{seen.evidence.line}"
                if solution:
                    yield FixRow(pitfall.title, solution, None, None, About.PARAMETERS, Status.CONFIRMED, why)


def _trainer(parts: Parts, knowledge: Knowledge) -> TrainerGuess | None:
    for config in parts.configs:
        if config.values.trainer is None:
            continue
        return TrainerGuess(config.trainer, knowledge.weighing.trainer_by_config)
    for reading in parts.readings:
        if reading.trainer:
            return TrainerGuess(reading.trainer, knowledge.weighing.trainer_by_log)
    return None


def _provided(pictures: int, parts: Parts, context: Context, knowledge: Knowledge) -> Iterator[str]:
    series = parts.series
    if parts.configs:
        yield "config"
    if series is not None and len(series.loss) >= knowledge.weighing.curve_points:
        yield "curve"
    if pictures and "images" not in context["dataset"]:
        yield "samples"
    facts = report_facts(context)
    if "gpu" in facts or "vram_gib" in facts:
        yield "system"
    if "images" in facts:
        yield "dataset"
    if any(r.hits or r.tracebacks or r.errors for r in parts.readings):
        yield "error"
    if any(r.tracebacks or r.series or r.trainer for r in parts.readings):
        yield "log"


def _notes(configs: Iterable[TrainingConfig], context: Context, knowledge: Knowledge) -> Iterator[Note]:
    for config in configs:
        for seen in config.observations:
            pitfall = knowledge.pitfalls.get(seen.kind)
            if pitfall and pitfall.finding is None:
                text = fill(pitfall.text, context, seen.values)
                if text:
                    yield Note(text, seen.evidence)


def _contradictions(origins: Mapping[str, Evidence], context: Context, knowledge: Knowledge) -> Iterator[Note]:
    for crosscheck in knowledge.crosschecks:
        if evaluate(crosscheck.check, context) is True:
            text = fill(crosscheck.text, context)
            if text:
                yield Note(text, next((origins[name] for name in names(crosscheck.check) if name in origins), None))


def _thinned(parts: Parts, context: Context, knowledge: Knowledge) -> Iterator[Note]:
    for reading in parts.readings:
        read = sum(series.read for series in reading.series if series.thinned)
        kept = sum(len(series.loss) for series in reading.series if series.thinned)
        if read:
            counts = {"file": reading.name, "read": f"{read:,}", "kept": f"{kept:,}"}
            text = fill(knowledge.wording.thinned, context, counts)
            if text:
                yield Note(text)


def _pictured(parts: Parts, context: Context, knowledge: Knowledge) -> Iterator[Note]:
    if parts.chart is None:
        return
    words = knowledge.screenshots.words
    for text in (words.note, words.several) if parts.chart.others else (words.note,):
        said = fill(text, context, {"file": parts.chart.name})
        if said:
            yield Note(said, Evidence(parts.chart.name, 0, "read off the picture"))


def _ask(
    verdicts: tuple[Verdict, ...], missing: tuple[str, ...], context: Context, knowledge: Knowledge
) -> Iterator[str]:
    sure = bool(verdicts) and verdicts[0].confidence >= knowledge.weighing.sure
    if verdicts and not sure:
        yield from verdicts[0].rule.ask
    if missing and not sure:
        text = fill(knowledge.wording.ask, context, {"items": ", ".join(item.lower() for item in missing)})
        if text:
            yield text


def _patch(
    verdicts: tuple[Verdict, ...],
    configs: tuple[TrainingConfig, ...],
    context: Context,
    knowledge: Knowledge,
    trainers: Trainers | None,
) -> str | None:
    by_rules = changes((verdict.rule for verdict in verdicts), context)
    for config in configs:
        repairs = {
            name: value
            for seen in config.observations
            if (pitfall := knowledge.pitfalls.get(seen.kind)) and pitfall.finding
            for name, value in seen.repair.items()
        }
        # what is plainly mistyped comes before what a rule would tune: tuning starts from what was meant
        if (wanted := by_rules | repairs) and (patch := write_patch(config, wanted, trainers)):
            return patch
    return None
