"""One real-format config and log of each trainer: a folder under `data/` with the facts that reading it must give.

Adding a trainer adds a folder, and no line here.
"""

from __future__ import annotations

import shlex
import sqlite3
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tensorboardX import SummaryWriter

from diagnostics.bundle import Attachment, Bundle, Document, Kind
from diagnostics.config import TrainingConfig, find_configs, read_config, write_patch
from diagnostics.diagnose import Diagnostician
from diagnostics.intake import read_bundle
from diagnostics.log import LogReading, looks_like_log, read_log
from knowledge.entry import SettingValue
from knowledge.model import Knowledge
from knowledge.patterns import SignatureSet
from tests.diagnostics.config.test_patch import apply

DATA = Path(__file__).parent / "data"
EXPECTED: dict[str, dict[str, Any]] = {
    path.parent.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(DATA.glob("*/expected.yaml"))
}
CONFIGS = [(name, file) for name, expected in EXPECTED.items() for file in expected["configs"]]
HISTORIES = [(name, i) for name, expected in EXPECTED.items() for i in range(len(expected.get("histories", ())))]


@pytest.fixture(scope="module")
def signatures(knowledge: Knowledge) -> SignatureSet:
    return SignatureSet(knowledge.rules.values(), knowledge.benign.lines)


def text(name: str, file: str) -> str:
    return (DATA / name / file).read_bytes().decode("utf-8")


def config(name: str, file: str, content: str | None = None) -> TrainingConfig:
    found = read_config(Document(file, Kind.CONFIG, text(name, file) if content is None else content))
    assert found is not None
    return found


def log(name: str, signatures: SignatureSet, content: str | None = None) -> LogReading:
    return read_log(Document("log.txt", Kind.LOG, text(name, "log.txt") if content is None else content), signatures)


def plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def test_every_trainer_that_is_known_has_its_data(knowledge: Knowledge) -> None:
    readable = {each.id for each in knowledge.trainers.values() if each.config and each.log}
    assert readable == EXPECTED.keys()


@pytest.mark.parametrize(("name", "file"), CONFIGS)
def test_a_config_gives_its_facts_each_with_its_line(name: str, file: str) -> None:
    expected = EXPECTED[name]["configs"][file]
    read = config(name, file)
    facts = asdict(read.values)
    assert read.trainer == EXPECTED[name]["trainer"]
    assert {key: plain(facts[key]) for key in expected["facts"]} == expected["facts"]
    assert set(expected.get("defaulted", ())) <= read.values.defaulted
    assert not read.values.defaulted & read.origins.keys()
    lines = text(name, file).split("\n")
    for fact, origin in read.origins.items():
        assert origin.text[:60] in lines[origin.line - 1], fact


@pytest.mark.parametrize(("name", "file"), [pair for pair in CONFIGS if pair[1].endswith(".sh")])
def test_a_command_is_recovered_from_the_launchers_last_words(name: str, file: str) -> None:
    command = shlex.split(text(name, file).replace("\\\n", " "), comments=True)
    words = [word for word in command if not word.startswith("MODEL_NAME") and word not in ("export", "launch")]
    line = f"subprocess.CalledProcessError: Command '{words}' returned non-zero exit status 1."
    (found,) = find_configs(Document("log.txt", Kind.LOG, f"Traceback\n{line}\n"))
    read, whole = read_config(found), config(name, file)
    assert read is not None
    assert read.trainer == whole.trainer
    assert read.values == whole.values
    assert {origin.line for origin in read.origins.values()} == {2}
    assert write_patch(read, {"learning_rate": 1e-6}) is None, "a printed list is nobody's file"


@pytest.mark.parametrize(("name", "file"), CONFIGS)
def test_a_right_config_names_no_mistake_and_no_unknown_key(name: str, file: str, knowledge: Knowledge) -> None:
    kinds = {seen.kind for seen in config(name, file).observations}
    assert {kind for kind in kinds if knowledge.pitfalls[kind].finding} == set()
    assert "keys-not-known" not in kinds


@pytest.mark.parametrize(("name", "file"), CONFIGS)
def test_settings_can_be_changed_in_place(name: str, file: str) -> None:
    changes: dict[str, SettingValue] = EXPECTED[name]["configs"][file].get("change", {})
    for setting, value in changes.items():
        diff = write_patch(config(name, file), {setting: value})
        assert diff is not None, setting
        after = config(name, file, apply(diff, text(name, file))).values
        assert getattr(after, setting) == value
        assert setting not in after.defaulted


@pytest.mark.parametrize("name", EXPECTED)
def test_a_log_gives_its_facts(name: str, signatures: SignatureSet) -> None:
    expected = EXPECTED[name]["log"]
    assert looks_like_log(text(name, "log.txt"))
    reading = log(name, signatures)
    facts = asdict(reading.facts)
    assert reading.trainer == EXPECTED[name]["trainer"]
    assert {key: facts[key] for key in expected["facts"]} == expected["facts"]
    assert sorted({hit.rule for hit in reading.hits if not hit.signature.weak}) == expected.get("rules", [])


@pytest.mark.parametrize("name", [name for name in EXPECTED if "series" in EXPECTED[name]["log"]])
def test_a_log_gives_its_loss(name: str, signatures: SignatureSet) -> None:
    expected = EXPECTED[name]["log"]["series"]
    (series,) = log(name, signatures).series
    assert (len(series.loss), series.unit.value) == (expected["points"], expected["unit"])
    assert (series.steps[1:] > series.steps[:-1]).all()
    assert series.loss[-3:].mean() < series.loss[:3].mean()


@pytest.mark.parametrize(("name", "index"), HISTORIES)
def test_its_own_loss_history_is_read(name: str, index: int, tmp_path: Path) -> None:
    expected = EXPECTED[name]["histories"][index]
    data = (DATA / name / expected["file"]).read_bytes() if "file" in expected else written(expected, tmp_path)
    (series,) = read_bundle(Bundle("", (Attachment.from_bytes(expected.get("file", "history"), data),))).histories
    assert series.unit.value == expected["unit"]
    assert len(series.loss) == expected.get("points", 20)
    assert series.steps[0] == 1


def written(expected: dict[str, Any], folder: Path) -> bytes:
    """Return a history as the trainer's own writer makes it: an event file with `tags`, or ai-toolkit's database."""
    if "tags" in expected:
        with SummaryWriter(str(folder)) as writer:
            for tag in expected["tags"]:
                for step in range(1, 21):
                    writer.add_scalar(tag, 1 / step, step)
        return next(folder.glob("events.*")).read_bytes()
    path = folder / "loss_log.db"
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE metrics(step INTEGER, key TEXT, value_real REAL, value_text TEXT, PRIMARY KEY(step, key))"
        )
        rows = [(step, 1 / step) for step in range(1, 21)]
        connection.executemany("INSERT INTO metrics VALUES (?, 'loss/loss', ?, NULL)", rows)
    connection.close()
    return path.read_bytes()


@pytest.mark.parametrize("name", EXPECTED)
def test_the_whole_bundle_names_the_trainer_and_finds_nothing_else(name: str, diagnostician: Diagnostician) -> None:
    files = [path for path in sorted((DATA / name).iterdir()) if path.name != "expected.yaml"]
    bundle = Bundle("", tuple(Attachment.from_bytes(path.name, path.read_bytes()) for path in files))
    report = diagnostician.diagnose(bundle)
    assert report.trainer is not None
    assert report.trainer.id == EXPECTED[name]["trainer"]
    assert [finding.id for finding in report.findings] == EXPECTED[name].get("findings", [])
    assert report.skipped == ()


WORDS = st.from_regex(r"zz[a-z]{3,12}(_[a-z]{2,8}){0,2}", fullmatch=True)
COMMENT = {".yaml": "{pad}{key}: 7", ".toml": "{key} = 7", ".sh": "  --{key} 7 \\", ".json": '"{key}": 7,'}


def with_unknown_key(file: str, content: str, key: str) -> str:
    """Add a key that nobody knows where the file format allows one more."""
    form = COMMENT[Path(file).suffix]
    lines = content.split("\n")
    if file.endswith(".sh"):
        at = next(i for i, line in enumerate(lines) if line.startswith("  --"))
        return "\n".join([*lines[:at], form.format(key=key), *lines[at:]])
    if file.endswith(".yaml"):
        at = next(i for i, line in enumerate(lines) if line.strip() == "train:") + 1
        pad = " " * (len(lines[at]) - len(lines[at].lstrip()))
        return "\n".join([*lines[:at], form.format(pad=pad, key=key), *lines[at:]])
    if file.endswith(".json"):
        at = content.index("{") + 1
        return f"{content[:at]}{form.format(key=key)}{content[at:]}"
    return f"{form.format(key=key)}\n{content}"


@pytest.mark.parametrize(("name", "file"), CONFIGS)
@settings(deadline=None, max_examples=15)
@given(key=WORDS)
def test_an_unknown_key_changes_no_known_fact(name: str, file: str, key: str) -> None:
    before, after = config(name, file), config(name, file, with_unknown_key(file, text(name, file), key))
    assert after.trainer == before.trainer
    assert after.values == before.values


@pytest.mark.parametrize("name", EXPECTED)
@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(WORDS, min_size=1, max_size=6), data=st.data())
def test_unknown_lines_change_no_known_fact(
    name: str, signatures: SignatureSet, words: list[str], data: st.DataObject
) -> None:
    lines = text(name, "log.txt").split("\n")
    for word in words:
        # between the rows of one message that a terminal broke stands no other line
        places = [i for i, line in enumerate([*lines, ""]) if not line.startswith(" " * 20)]
        lines.insert(data.draw(st.sampled_from(places)), f"[new] {word}: {word}")
    before, after = log(name, signatures), log(name, signatures, "\n".join(lines))
    assert after.facts == before.facts
    assert [series.loss.tolist() for series in after.series] == [series.loss.tolist() for series in before.series]
