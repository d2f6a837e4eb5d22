"""The pipeline: a bundle in, a report out. Pure: no network, no database, no clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from diagnostics.bundle import Bundle, Document
from diagnostics.claims import claims_of
from diagnostics.compose import compose
from diagnostics.config import Trainers
from diagnostics.excerpts import Excerpt, excerpts
from diagnostics.gather import config_facts, context_for, log_facts, loss_facts, select_profile, tested_facts
from diagnostics.guard import Guard
from diagnostics.intake import Intake, Workspace, read_bundle
from diagnostics.log import KnownLines, LogReader, Series
from diagnostics.loss.judge import judge
from diagnostics.loss.model import CurveVerdict
from diagnostics.material import Material, read_material
from diagnostics.reading import Parts, read_parts
from diagnostics.report import Report
from diagnostics.symptoms import SymptomReader
from diagnostics.weigh import Verdict, weigh
from knowledge.facts import Facts
from knowledge.model import Knowledge, Profile
from knowledge.patterns import SignatureSet

if TYPE_CHECKING:
    from diagnostics.faces.reader import FaceReader


@dataclass(frozen=True)
class Diagnosis:
    """A report, with the series it judged, the profile it judged by, the lines around its evidence, and the configs."""

    report: Report
    series: Series | None
    profile: Profile | None
    excerpts: tuple[Excerpt, ...] = ()
    configs: tuple[Document, ...] = ()


class Diagnostician:
    """Knowledge compiled for use; one instance serves any number of bundles."""

    def __init__(self, knowledge: Knowledge, faces: FaceReader | None = None) -> None:
        """`faces`: compares the faces of samples; only where whoever asks wants that."""
        self.knowledge = knowledge
        self._faces = faces
        trainers = knowledge.trainers.values()
        self._trainers = Trainers(trainers)
        signatures = SignatureSet(knowledge.rules.values(), knowledge.benign.lines)
        self._logs = LogReader(signatures, KnownLines(trainers))

    @cached_property
    def _words(self) -> SymptomReader:
        # 14,000 terms in nine languages: compiled only when somebody wrote a sentence
        return SymptomReader(self.knowledge)

    def diagnose(self, bundle: Bundle) -> Report:
        """Say what is wrong with what was handed in. A part that fails is named in `skipped`; the rest goes on."""
        return self.examine(bundle).report

    def examine(self, bundle: Bundle) -> Diagnosis:
        """Diagnose, and keep what a picture of the loss curve needs."""
        with Workspace() as workspace:
            return self._examine(bundle, workspace)

    def weigh(self, documents: Iterable[Document]) -> tuple[Verdict, ...]:
        """Say which rules apply to logs and words of which nothing else is left."""
        parts = read_parts(Intake(tuple(documents)), self._logs, self._trainers, lambda: self._words, Guard())
        facts = Facts(log=log_facts(parts.readings), message=parts.message)
        return weigh(claims_of(parts, context_for(facts, None), self.knowledge), self.knowledge)

    def _examine(self, bundle: Bundle, workspace: Workspace) -> Diagnosis:
        knowledge, guard = self.knowledge, Guard()
        intake = guard.run("bundle", Intake(), read_bundle, bundle, None, workspace, self._trainers)
        parts = read_parts(intake, self._logs, self._trainers, lambda: self._words, guard)

        log = log_facts(parts.readings)
        config = config_facts(parts.configs, log)
        profile = select_profile((config.model, log.model, config.arch), knowledge.profiles.values())
        tag = str(profile.settings.get("body_tag", "")) if profile else ""
        trainer = config.trainer or log.trainer
        material = guard.run("pictures", Material(), read_material, intake, config, trainer, tag, knowledge, guard)
        if self._faces is not None:
            material = guard.run("faces", material, self._with_faces, material, intake, self._faces)
        parts = parts.with_chart(material.charts, knowledge.weighing.curve_points)
        curve = guard.run("loss curve", None, self._judge, parts, profile)
        tested = tested_facts(material.samples, material.lora, parts.message, config, log, knowledge.pictures)
        facts = Facts(
            config,
            log,
            loss_facts(curve),
            material.dataset,
            parts.message,
            material.samples,
            material.lora,
            material.machine,
            tested,
        )
        context = context_for(facts, profile)

        claims = guard.run("signs", (), claims_of, parts, context, knowledge)
        verdicts = guard.run("weighing", (), weigh, claims, knowledge)
        report = compose(intake, parts, material, verdicts, curve, profile, context, knowledge, guard, self._trainers)
        shown = [each for finding in report.findings for each in finding.evidence]
        around = guard.run("excerpts", (), excerpts, intake.documents, shown)
        # a chart without its axes has no numbers that could be drawn again
        drawable = parts.chart is None or parts.chart.complete
        series = parts.series if drawable else None
        return Diagnosis(report, series, profile, around, tuple(each.document for each in parts.configs))

    def _with_faces(self, material: Material, intake: Intake, reader: FaceReader) -> Material:
        from diagnostics.faces.spread import compared

        names = set(material.sample_names)
        samples = [each for each in intake.pictures if each.name in names]
        return replace(material, samples=compared(material.samples, samples, reader))

    def _judge(self, parts: Parts, profile: Profile | None) -> CurveVerdict | None:
        if parts.chart is not None:
            from diagnostics.screenshot.verdict import judge_chart

            return judge_chart(parts.chart, profile, self.knowledge.screenshots)
        return judge(parts.series, profile) if parts.series else None


def diagnose(bundle: Bundle, knowledge: Knowledge) -> Report:
    """Diagnose one bundle; for many, keep a `Diagnostician`."""
    return Diagnostician(knowledge).diagnose(bundle)
