import io
import zipfile

from diagnostics.bundle import Attachment, Bundle
from diagnostics.diagnose import Diagnostician
from diagnostics.report import Outcome, Report
from tests.diagnostics.pictures.files import SVG, exif, heic, png, saved, scene

CONFIG = """job: extension
config:
  name: maya
  process:
    - type: sd_trainer
      trigger_word: maya_char
      network: {type: lora, linear: 16, linear_alpha: 16}
      datasets: [{folder_path: /data/maya, resolution: [1024]}]
      train: {batch_size: 1, steps: 3400, lr: 0.0002}
      model: {name_or_path: Qwen/Qwen-Image-Edit-2509, arch: qwen_image_edit_plus, quantize: true}
"""


def packed(files: dict[str, bytes]) -> Attachment:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return Attachment.from_bytes("data.zip", buffer.getvalue())


def dataset(count: int = 4) -> dict[str, bytes]:
    files = {f"maya/{n}.jpg": saved(scene(n, (1100, 1030)), "JPEG") for n in range(count)}
    return files | {f"maya/{n}.txt": b"maya_char, standing" for n in range(count)}


def outcomes(report: Report) -> dict[str, Outcome]:
    return {check.check: check.outcome for check in report.checks}


def test_a_zipped_dataset_answers_the_guides_tables(diagnostician: Diagnostician) -> None:
    report = diagnostician.diagnose(
        Bundle("", (packed(dataset()), Attachment.from_bytes("config.yaml", CONFIG.encode())))
    )
    passed = {check for check, outcome in outcomes(report).items() if outcome is Outcome.PASSED}
    assert {"Caption files", "Resolution", "Filenames", "Duplicates", "Trigger word", "No extras"} <= passed
    assert outcomes(report)["Image count"] is Outcome.FAILED
    assert report.findings == ()
    assert report.skipped == ()


def test_every_unusual_file_gets_one_honest_line(diagnostician: Diagnostician) -> None:
    files = {
        "maya/half.jpg": saved(scene(50, (1100, 1100)), "JPEG")[:9_000],
        "maya/moving.png": saved(scene(51), "PNG", save_all=True, append_images=[scene(52)]),
        "maya/print.jpg": saved(scene(53).convert("CMYK"), "JPEG"),
        "maya/huge.png": png(width=20_000, height=10_000, pixels=b""),
        "maya/named.png": saved(scene(54), "JPEG"),
        "maya/turned.jpg": saved(scene(55), "JPEG", exif=exif(8)),
        "maya/drawing.svg": SVG,
        "maya/photo.heic": heic(),
        "maya/zeros.png": b"\0" * 4000,
    }
    report = diagnostician.diagnose(Bundle("", (packed(dataset() | files),)))
    said = [note.text for note in report.notes] + [f"{each.part} {each.reason}" for each in report.skipped]
    for name in files:
        assert sum(line.startswith(f"data.zip/{name} ") for line in said) == 1, name
    assert [finding.id for finding in report.findings] == ["dataset-error"]


def test_many_files_with_one_problem_share_a_line(diagnostician: Diagnostician) -> None:
    files = {f"maya/h{n}.heic": heic() for n in range(30)}
    report = diagnostician.diagnose(Bundle("", (packed(dataset() | files),)))
    assert len([each for each in report.skipped if "HEIC" in each.reason]) == 1
