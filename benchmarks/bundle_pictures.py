"""Twenty samples of 1024x1024 and a zip of 100 dataset pictures, diagnosed on one core: seconds and memory.

.venv/bin/python -m benchmarks.bundle_pictures
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from benchmarks.photos import enlarged, scenes

_SAMPLES, _PICTURES, _SIDE = 20, 100, 1024


def make(folder: Path) -> None:
    """Write the bundle: photos as PNG samples with metadata, and as JPEG pictures with captions in a zip."""
    from PIL.PngImagePlugin import PngInfo

    images = [enlarged(scene.image, _SIDE) for scene in scenes()]
    for number in range(_SAMPLES):
        image = images[number % len(images)].crop((0, 0, _SIDE, _SIDE))
        said = PngInfo()
        said.add_text("parameters", f"maya {number} <lora:maya_000003400:0.8>\nSteps: 20, Seed: {number}, Model: qwen")
        image.save(folder / f"sample-{number}.png", pnginfo=said)
    with zipfile.ZipFile(folder / "dataset.zip", "w") as archive:
        for number in range(_PICTURES):
            packed = io.BytesIO()
            images[number % len(images)].rotate(number // len(images) * 90).save(packed, "JPEG", quality=92)
            archive.writestr(f"40_maya/{number}.jpg", packed.getvalue())
            archive.writestr(f"40_maya/{number}.txt", f"maya, picture {number}")


def main() -> None:
    """Measure the whole command, cold, and the diagnosis alone, warm."""
    if sys.argv[1:2] == ["--read"]:
        read(Path(sys.argv[2]))
        return
    with tempfile.TemporaryDirectory() as name:
        make(Path(name))
        size = sum(path.stat().st_size for path in Path(name).iterdir()) / 1e6
        print(f"{_SAMPLES} samples, {_PICTURES} pictures in a zip, {size:.0f} MB")
        subprocess.run([sys.executable, "-m", "benchmarks.bundle_pictures", "--read", name], check=True)


def read(folder: Path) -> None:
    """Diagnose the bundle on one core."""
    os.sched_setaffinity(0, {0})
    started = time.perf_counter()
    from bot.inputs import collect
    from diagnostics.diagnose import Diagnostician
    from knowledge.load import load_knowledge

    diagnostician = Diagnostician(load_knowledge())
    report = diagnostician.diagnose(collect((str(folder),), "the skin looks like plastic"))
    seconds = time.perf_counter() - started
    # not getrusage: it counts in what the process that started this one had
    status = Path("/proc/self/status").read_text(encoding="ascii").split("VmHWM:")[1].split()
    images = report.facts.get("images")
    print(f"{seconds:.1f} s on one core, {int(status[0]) >> 10} MB at most, {images} pictures of the dataset")


if __name__ == "__main__":
    main()
