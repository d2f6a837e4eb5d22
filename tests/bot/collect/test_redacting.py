"""What leaves the machine names nobody: the script carries the shapes of knowledge/redaction.yaml."""

import re
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from bot.collect.lora_triage_collect import _MASKED, _SHAPES, Redactor, main
from bot.redact.redactor import Redactor as Known
from knowledge.load import HOME
from knowledge.redaction import RedactionRule, load_redaction
from tests.bot.collect.runs import ai_toolkit, packed
from tests.diagnostics.pictures.files import exif, saved, scene

RULES = [rule for rule in load_redaction(HOME).rules if not rule.late]


def in_python(pattern: str) -> str:
    """Return a pattern of RE2 as Python writes it: there are no classes of Unicode."""
    return re.sub(r"(\[[^\]]*?)\\pL", r"\1\\w", pattern).replace(r"\pL", r"[^\W\d_]")


def test_the_shapes_are_those_of_the_knowledge() -> None:
    assert [shape.pattern for shape in _SHAPES] == [in_python(rule.pattern) for rule in RULES]
    kept = [sorted(word for word in shape.keep.split("|") if word) for shape in _SHAPES]
    assert kept == [sorted(str(word).lower() for word in rule.keep) for rule in RULES]
    assert _MASKED.pattern == in_python(load_redaction(HOME).masked)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_example_is_redacted_and_no_counterexample_is(rule: RedactionRule) -> None:
    for text, secret in rule.examples.items():
        assert secret not in Redactor().text(text)
        assert secret not in Redactor().text(f"12:00 | a line\r{text}\r\nnext")
    for text in rule.counterexamples:
        assert Redactor().text(text) == text


def test_what_the_script_leaves_is_clean_to_the_project() -> None:
    text = "\n".join(text for rule in RULES for text in rule.examples)
    left = Known(load_redaction(HOME), b"k").redact(Redactor().text(text))
    assert {kind for kind in left.counts if kind not in ("subject", "explicit")} == set()


def test_the_own_account_and_machine_are_known() -> None:
    redactor = Redactor({"jkowalska"}, {"rig-of-jo", "rig-of-jo.lan"})
    said = redactor.text(r"D:\jkowalska\ai and /srv/jkowalska/x on rig-of-jo: jkowalska@rig-of-jo.lan, Node: RIG-OF-JO")
    assert "jkowalska" not in said
    assert "rig-of-jo" not in said.lower()
    assert Redactor({"maya"}).text("maya, smiling, a photo of maya") == "maya, smiling, a photo of maya"
    assert Redactor({"root"}).text("/root/ai") == "/root/ai"


def test_equal_values_have_equal_placeholders_and_lines_stay() -> None:
    text = "a /home/marta.k/x\r b\n\nc /home/marta.k/y /home/jo.n/z"
    said = Redactor().text(text)
    names = re.findall(r"/home/(<user-[0-9a-f]{6}>)", said)
    assert names[0] == names[1] != names[2]
    assert (said.count("\n"), said.count("\r")) == (2, 1)


def test_long_lines_take_linear_time() -> None:
    for line in (
        "a" * 300_000,
        "/home/" * 40_000,
        "password" * 30_000,
        "http://a?" * 30_000,
        "@" * 200_000,
        "1." * 99_999,
    ):
        assert Redactor().text(line)


def test_nothing_secret_is_in_the_zip(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = ai_toolkit(tmp_path)
    config = run / "config.yaml"
    secrets = ["hf_FAKEfakeFAKEfakeFAKEfakeFAKEfake00", "geheim123", "marta.k", "jo@example.org"]
    extra = f"\n# {secrets[0]}\nwandb_api_key: {secrets[1]}\nlog_dir: /home/{secrets[2]}/logs\nhub: {secrets[3]}\n"
    config.write_text(config.read_text() + extra)
    (run / "log.txt").write_text("100%|#| 5/5 [00:05<00:00,  1.00it/s]\n" + extra)
    (tmp_path / "data" / "mia" / "0.txt").write_text(f"mia_char, by {secrets[3]}")
    (run / "log_marta.k").mkdir()
    (run / "home" / "marta.k").mkdir(parents=True)
    (run / "home" / "marta.k" / "x.log").write_text("Traceback (most recent call last):\n")
    plain = next((run / "samples").iterdir())
    plain.write_bytes(
        saved(scene(1), "JPEG", exif=exif(1, b"UNICODE\0" + "C:\\Users\\marta.k\\loras".encode("utf-16-be")))
    )
    files = packed(run, tmp_path / "bundle.zip")
    everything = b"\n".join((*files.values(), *(name.encode() for name in files))).replace(b"\0", b"")
    for secret in secrets:
        assert secret.encode() not in everything
    assert len([name for name in files if name.startswith("samples/")]) == 2
    assert "1 sample picture" in capsys.readouterr().out


def test_texts_inside_a_png_are_redacted_and_its_pixels_stay(tmp_path: Path) -> None:
    (tmp_path / "run" / "samples").mkdir(parents=True)
    (tmp_path / "run" / "log.txt").write_text("100%|#| 5/5 [00:05<00:00,  1.00it/s]\n")
    said = PngInfo()
    said.add_text("parameters", "mia <lora:mia:0.8>\nModel: /home/marta.k/sdxl.safetensors")
    said.add_itxt("workflow", '{"path": "/home/marta.k/x"}')
    said.add_text("prompt", "seen /home/marta.k/y", zip=True)
    said.add_text("comment", "harmless", zip=True)
    path = tmp_path / "run" / "samples" / "1.png"
    scene(1).save(path, pnginfo=said)
    packed(tmp_path / "run", tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as made, made.open("samples/1.png") as file, Image.open(file) as image:
        image.load()
        assert image.info["parameters"].startswith("mia <lora:mia:0.8>\nModel: /home/<user-")
        assert set(image.info) >= {"parameters", "comment"}
        assert not {"workflow", "prompt"} & set(image.info)
        assert image.tobytes() == scene(1).tobytes()


def test_only_what_is_shown_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = ai_toolkit(tmp_path)
    assert main([str(run), "--dry-run", "-o", str(tmp_path / "b.zip")]) == 0
    assert not (tmp_path / "b.zip").exists()
    said = capsys.readouterr().out
    files = packed(run, tmp_path / "b.zip")
    for name in files:
        assert name in said or name.startswith("samples/")
