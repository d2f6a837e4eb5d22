"""Pictures that nobody should open, through the whole diagnosis in a process of its own: a line each, little memory."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.conftest import ROOT
from tests.diagnostics.pictures.files import SVG, exif, heic, png, saved, scene

_ENTITIES = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha"}">' for n in range(9))
HOSTILE = {
    "half.png": (saved(scene(1))[:3000], "is cut off"),
    "half.jpg": (saved(scene(2), "JPEG")[:2000], "is cut off"),
    "half.webp": (saved(scene(3), "WEBP")[:600], "is cut off"),
    "nothing.png": (b"", "is damaged"),
    "zeros.jpg": (bytes(5000), "is damaged"),
    "moving.png": (saved(scene(4), save_all=True, append_images=[scene(5)]), "animated"),
    "moving.webp": (saved(scene(6), "WEBP", save_all=True, append_images=[scene(7)]), "animated"),
    "moving.gif": (saved(scene(8).quantize(), "GIF", save_all=True, append_images=[scene(9).quantize()]), "GIF"),
    "print.jpg": (saved(scene(10).convert("CMYK"), "JPEG"), "CMYK"),
    "deep.png": (saved(Image.new("I;16", (64, 64), 30_000)), "bit"),
    "turned.jpg": (saved(scene(11), "JPEG", exif=exif(6)), "turned"),
    "huge.png": (png(width=20_000, height=10_000, pixels=b"\0" * (20_001 * 10_000)), "200 megapixels"),
    "claims.png": (png(width=60_000, height=60_000, pixels=b""), "3600 megapixels"),
    "named.png": (saved(scene(12), "JPEG"), "JPEG"),
    "drawn.svg": (SVG.replace(b"</svg>", b"<script>fetch('http://localhost')</script></svg>"), "SVG"),
    "laughs.svg": (f"<?xml version='1.0'?><!DOCTYPE svg [{_ENTITIES}]><svg>&a8;</svg>".encode(), "SVG"),
    "phone.heic": (heic(), "HEIC"),
}
_READ = """
import json, sys
from bot.inputs import collect
from diagnostics.diagnose import Diagnostician
from knowledge.load import load_knowledge
report = Diagnostician(load_knowledge()).diagnose(collect((sys.argv[1],), "the skin looks like plastic"))
peak = open("/proc/self/status").read().split("VmHWM:")[1].split()[0]
print(json.dumps([report.to_dict(), int(peak) >> 10]))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is measured the way Linux tells it")
@pytest.mark.parametrize("folder", ["samples", "40_maya"])
def test_every_hostile_picture_gets_an_honest_line(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).mkdir()
    for name, (data, _) in HOSTILE.items():
        (tmp_path / folder / name).write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-c", _READ, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    report, peak = json.loads(done.stdout)
    lines = [note["text"] for note in report["notes"]]
    lines += [f"{each['part']} {each['reason']}" for each in report["skipped"]]
    for name, (_, words) in HOSTILE.items():
        assert any(name in line and words in line for line in lines), (
            f"{name}: {[each for each in lines if name in each]}"
        )
    assert not any("could not be" in line for line in lines), "no part of the reading failed"
    assert peak < 400
