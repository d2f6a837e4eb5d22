"""Inside a worker process: limits first, then one warm `Diagnostician` for all jobs."""

from __future__ import annotations

import gc
import hashlib
import logging
import os
import resource
import signal
from collections import Counter
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.cases.model import FileSeen, Outcome, Result
from bot.diagnosis.job import Job, WorkerLimits

# Everything heavier is imported once the limits hold, and once numpy's threads are forbidden.
if TYPE_CHECKING:
    from bot.redact import Redactor
    from diagnostics.diagnose import Diagnosis, Diagnostician
    from diagnostics.report import Report

_MIB = 1 << 20
_FILE_MIB = 1024
"""Largest file that a worker may write: a member of an archive, redacted."""
_SLACK = 30
"""Seconds of CPU beyond the time limit, after which the kernel ends a worker whose parent is no more."""
_GARBAGE_THRESHOLD = 50_000
_CONFIGS, _CONFIG = 3, 40_000
"""Configs that are kept, redacted, to be corrected on the page, and the most characters of each."""


class _Worker:
    diagnostician: Diagnostician
    redactor: Redactor
    limits: WorkerLimits


def initialize(knowledge: Path | None, key: bytes, limits: WorkerLimits) -> None:
    """Set the limits of this process and load what every job needs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_MIB * _MIB, _FILE_MIB * _MIB))
    for name in [name for name in os.environ if name.startswith("LORA_TRIAGE_")]:
        del os.environ[name]
    os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
    os.environ["MPLBACKEND"] = "agg"
    gc.set_threshold(_GARBAGE_THRESHOLD)
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_mib * _MIB, limits.memory_mib * _MIB))

    from bot.logs import set_up_logs
    from bot.redact import Redactor
    from diagnostics.diagnose import Diagnostician
    from knowledge.load import HOME, load_knowledge
    from knowledge.redaction import load_redaction

    root = knowledge or HOME
    _Worker.redactor = Redactor(load_redaction(root), key)
    # what a library says of a file goes to the same place as the logs of the desk
    set_up_logs(_Worker.redactor, "warning")
    logging.captureWarnings(True)
    _Worker.diagnostician = Diagnostician(load_knowledge(root))
    _Worker.limits = limits


def warm() -> int:
    """Do nothing but be loaded; returns the process id."""
    return os.getpid()


def run(job: Job) -> Result:
    """Diagnose a job; everything in the result is redacted."""
    _limit_cpu()
    try:
        return _diagnose(job)
    except MemoryError:
        return Result(Outcome.TOO_MUCH_MEMORY)


def _limit_cpu() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime + _Worker.limits.seconds + _SLACK)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _diagnose(job: Job) -> Result:
    from bot.diagnosis.kinds import TRAINING, kind_of
    from bot.redact.files import admit
    from bot.redact.tree import TreeRedactor
    from diagnostics.bundle import Attachment, Bundle, Skipped

    seen = tuple(FileSeen(file.id, _digest(file.path), kind_of(file.path)) for file in job.files)
    attachments = tuple(Attachment.from_path(file.path, file.name) for file in job.files)
    door = admit(Bundle(job.text, attachments), _Worker.redactor, job.folder)
    diagnosis = _Worker.diagnostician.examine(door.bundle)
    left_out = (Skipped(name, reason) for name, reason in job.left_out)
    report = replace(diagnosis.report, skipped=(*left_out, *door.skipped, *diagnosis.report.skipped))
    if not job.asked and not any(file.kind in TRAINING for file in seen) and not _says_something(report):
        return Result(Outcome.SILENT)
    tree = TreeRedactor(_Worker.redactor, door.known)
    redacted: dict[str, Any] = tree.redact(report.to_dict())
    short = any("(MemoryError" in each.reason for each in report.skipped)
    return Result(
        outcome=Outcome.TOO_MUCH_MEMORY if short else Outcome.DIAGNOSED,
        report=redacted,
        redactions=dict(Counter(door.counts) + tree.counts),
        plot=_plot(diagnosis),
        files=seen,
        page=tree.redact(_page(diagnosis)),
    )


def _says_something(report: Report) -> bool:
    return bool(report.trainer or report.loss or report.unknown or report.config_patch) or any(
        finding.evidence for finding in report.findings
    )


def _plot(diagnosis: Diagnosis) -> bytes | None:
    if diagnosis.series is None or diagnosis.report.loss is None:
        return None
    from diagnostics.loss.plot import draw

    try:
        return draw(diagnosis.series, diagnosis.report.loss, diagnosis.profile)
    except Exception:  # a picture is worth having, and no reason to lose the report
        return None


def _page(diagnosis: Diagnosis) -> dict[str, Any]:
    from diagnostics.loss.sketch import sketch

    series, loss = diagnosis.series, diagnosis.report.loss
    try:
        curve = sketch(series, loss) if series is not None and loss is not None else None
    except Exception:  # as with the picture
        curve = None
    return {
        "excerpts": [asdict(each) for each in diagnosis.excerpts],
        "curve": None if curve is None else asdict(curve),
        "configs": [
            {"name": each.name, "first_line": each.first_line, "text": each.text}
            for each in diagnosis.configs[:_CONFIGS]
            if len(each.text) <= _CONFIG
        ],
    }


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
