import io
import zipfile

import numpy as np
import pytest

from diagnostics.bundle import Attachment, Bundle
from diagnostics.diagnose import Diagnostician
from diagnostics.loss.judge import judge
from diagnostics.loss.model import Pattern
from diagnostics.screenshot import read_chart
from diagnostics.screenshot.verdict import judge_chart
from knowledge.model import Knowledge
from tests.diagnostics.pictures.files import saved, scene
from tests.diagnostics.screenshot.charts import chart, falling, pixels

NAME = "loss {curve}.png"


def screenshot() -> Attachment:
    return Attachment.from_bytes(NAME, chart().data)


def log(count: int) -> Attachment:
    series = falling()
    lines = [f"{step},{loss:.5f}" for step, loss in zip(series.steps[:count], series.loss[:count], strict=True)]
    return Attachment.from_bytes("loss.csv", "\n".join(["step,train_loss", *lines]).encode())


def test_a_chart_is_judged_where_there_is_no_log_and_the_verdict_says_so(diagnostician: Diagnostician) -> None:
    diagnosis = diagnostician.examine(Bundle("the faces look wrong", (screenshot(),)))
    verdict = diagnosis.report.loss
    assert verdict is not None
    assert verdict.pattern is Pattern.HEALTHY
    assert verdict.picture == NAME
    assert NAME in verdict.reason
    assert any(note.evidence and note.evidence.file == NAME for note in diagnosis.report.notes)
    assert diagnosis.series is not None
    assert "samples" not in " ".join(diagnosis.report.checklist.provided).lower()


def test_a_log_goes_before_a_picture_of_it(diagnostician: Diagnostician) -> None:
    verdict = diagnostician.diagnose(Bundle("", (screenshot(), log(200)))).loss
    assert verdict is not None
    assert verdict.picture is None
    assert verdict.points == 200


def test_a_few_values_of_a_log_do_not(diagnostician: Diagnostician) -> None:
    verdict = diagnostician.diagnose(Bundle("", (screenshot(), log(10)))).loss
    assert verdict is not None
    assert verdict.picture == NAME


def test_a_loss_that_explodes_is_seen_in_its_chart(diagnostician: Diagnostician) -> None:
    series = falling(600)
    series.loss[300:] *= np.geomspace(1, 400, 300)
    from benchmarks.chart_styles import Look, render
    from tests.diagnostics.screenshot.charts import SIZE

    shot = render(series, Look("wandb", "dark", SIZE, "PNG"), 4)
    report = diagnostician.diagnose(Bundle("", (Attachment.from_bytes("w.png", shot.data),)))
    assert report.loss is not None
    assert report.loss.pattern is Pattern.DIVERGED
    assert report.loss.picture == "w.png"


def test_samples_and_dataset_pictures_are_never_charts(diagnostician: Diagnostician) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(4):
            archive.writestr(f"40_maya/{number}.png", saved(scene(number, (512, 512))))
            archive.writestr(f"40_maya/{number}.txt", "maya, standing")
        archive.writestr("40_maya/chart.png", chart().data)
        archive.writestr("40_maya/chart.txt", "maya, a chart on a wall")
    samples = [Attachment.from_bytes(f"s{number}.png", saved(scene(9 + number, (512, 512)))) for number in range(3)]
    report = diagnostician.diagnose(Bundle("", (Attachment.from_bytes("d.zip", buffer.getvalue()), *samples)))
    assert report.loss is None


@pytest.mark.parametrize("missing", ["x", "y", "both"])
def test_what_an_unread_axis_carries_is_not_claimed(missing: str, knowledge: Knowledge) -> None:
    shot = chart("tensorboard", seed=11)
    area = pixels(shot.data).copy()
    if missing != "y":
        area[int(shot.bottom) + 6 :] = 255
    if missing != "x":
        area[:, : int(shot.left)] = 255
    reading = read_chart(NAME, area, knowledge.screenshots)
    assert reading is not None
    assert not reading.complete
    whole = read_chart(NAME, pixels(shot.data), knowledge.screenshots)
    assert whole is not None
    verdict, full = judge_chart(reading, None, knowledge.screenshots), judge_chart(whole, None, knowledge.screenshots)
    assert (verdict.start is None) is (missing != "x")
    assert (verdict.last_step is None) is (missing != "y")
    assert full.start is not None
    assert knowledge.screenshots.words.axes[missing] in verdict.reason
    assert verdict.confidence < judge(reading.series, also=reading.also).confidence * 0.8
    assert not any(character.isdigit() for character in verdict.reason)
