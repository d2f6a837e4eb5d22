"""A folder of examples/, diagnosed as the desk would, for a picture of the reply."""

from __future__ import annotations

from pathlib import Path

from bot.cases.model import CaseRef, Outcome, Place, Reply
from bot.inputs import collect
from diagnostics.diagnose import Diagnostician
from diagnostics.loss.plot import draw as draw_curve

ROOT = Path(__file__).resolve().parents[2]
README = (("desktop", ROOT / "examples" / "out-of-memory"), ("phone", ROOT / "examples" / "plastic-skin"))


def reply_of(folder: Path, diagnostician: Diagnostician) -> Reply:
    """Diagnose a folder with the message beside it, and return what the desk would say."""
    diagnosis = diagnostician.examine(collect([str(folder)], asked_in(folder)))
    report = diagnosis.report
    plot = None
    if diagnosis.series is not None and report.loss is not None:
        plot = draw_curve(diagnosis.series, report.loss, diagnosis.profile)
    case = CaseRef("7KQ4MD", Place("discord", "1", "2"), "3")
    return Reply(case, 1, Outcome.DIAGNOSED, report.to_dict(), None, {}, plot)


def asked_in(folder: Path) -> str:
    """Return the message that was posted with the files of a folder."""
    said = folder.with_suffix(".txt")
    return said.read_text(encoding="utf-8").strip() if said.exists() else ""
