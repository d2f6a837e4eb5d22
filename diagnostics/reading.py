"""Documents to typed parts: the configs, the logs, the person's own words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from diagnostics.bundle import Document, Evidence, Kind
from diagnostics.config import Trainers, TrainingConfig, read_config
from diagnostics.guard import Guard
from diagnostics.intake import Intake
from diagnostics.log import LogReader, LogReading, Series
from diagnostics.symptoms import Symptom, SymptomReader
from knowledge.facts import MessageFacts

if TYPE_CHECKING:
    from diagnostics.screenshot import ChartReading


@dataclass(frozen=True)
class Parts:
    """Everything that was read, still unjudged."""

    configs: tuple[TrainingConfig, ...]
    readings: tuple[LogReading, ...]
    symptoms: tuple[Symptom, ...]
    message: MessageFacts
    histories: tuple[Series, ...] = ()
    chart: ChartReading | None = None
    """A loss curve read off a picture, where no log or history has one."""

    @property
    def origins(self) -> dict[str, Evidence]:
        """Fact, as ``config.batch_size``, to the line that states it."""
        found: dict[str, Evidence] = {}
        for group, parts in (("config", self.configs), ("log", self.readings)):
            for part in parts:
                for name, evidence in part.origins.items():
                    found.setdefault(f"{group}.{name}", evidence)
        if self.chart is not None:
            found["loss.pattern"] = Evidence(self.chart.name, 0, "read off the picture")
        return found

    @property
    def series(self) -> Series | None:
        """The loss series that is judged: the longest of all logs and histories, or that of a picture in its stead."""
        return self.chart.series if self.chart is not None else self.logged

    @property
    def logged(self) -> Series | None:
        """The longest loss series of all logs and histories."""
        series = (*self.histories, *(series for reading in self.readings for series in reading.series))
        return max(series, key=lambda each: len(each.loss), default=None)

    def with_chart(self, charts: Sequence[ChartReading], fewest: int) -> Parts:
        """Return the parts with the best of `charts`, unless a log or history has at least `fewest` values."""
        if not charts or (self.logged is not None and len(self.logged.loss) >= fewest):
            return self
        best = max(charts, key=lambda each: (each.complete, -each.others, len(each.series.loss)))
        return replace(self, chart=best)


def read_parts(
    intake: Intake, logs: LogReader, trainers: Trainers, words: Callable[[], SymptomReader], guard: Guard
) -> Parts:
    """Read every document; one that cannot be read is named in `guard` and the others go on."""
    configs = [
        config
        for document in _of(intake, Kind.CONFIG)
        if (config := guard.run(document.name, None, read_config, document, trainers)) is not None
    ]
    readings = [
        reading
        for document in _of(intake, Kind.LOG, Kind.PROSE)
        if (reading := guard.run(document.name, None, logs.read, document)) is not None
    ]
    symptoms: list[Symptom] = []
    message = MessageFacts()
    for document in _of(intake, Kind.PROSE):
        said = guard.run(document.name, (), words().read, document)
        symptoms += [symptom for symptom in said if not logs.signatures.is_benign(symptom.evidence.text)]
        if message == MessageFacts():
            message = guard.run(document.name, message, words().facts, document)
    return Parts(tuple(configs), tuple(readings), tuple(symptoms), message, intake.histories)


def _of(intake: Intake, *kinds: Kind) -> Sequence[Document]:
    return [document for document in intake.documents if document.kind in kinds]
