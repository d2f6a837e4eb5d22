from collections.abc import Mapping
from pathlib import Path

import pytest

from diagnostics.bundle import Attachment, Bundle
from diagnostics.diagnose import Diagnostician
from diagnostics.trial import Effect, KeptCase, Trial
from knowledge.load import HOME, load_knowledge
from knowledge.overlay import with_rule

RULE = """\
id: bucket-empty
title: A bucket has no pictures
kind: crash
severity: critical
summary: A bucket is empty.
signatures:
- pattern: 'bucket \\d{1,9} of [^\\r\\n]{0,200} has no images left'
  examples: ['ValueError: bucket 3 of /data/x.png has no images left to draw from']
  confidence: 0.8
phrases:
- words: [bucket]
  near: [empty]
  examples: ["my bucket is empty"]
fixes:
- solution: Add pictures of that shape.
hides: [unknown-crash]
"""
ERROR = "library/train_util.py:7 in load\nValueError: bucket 12 of /data/9.png has no images left to draw from"


@pytest.fixture(scope="module")
def today() -> Diagnostician:
    return Diagnostician(load_knowledge())


def trying(tmp_path: Path, today: Diagnostician, text: str = RULE, rule: str = "bucket-empty") -> Trial:
    path = tmp_path / f"{rule}.yaml"
    path.write_text(text)
    with with_rule(HOME, path) as root:
        return Trial(today, Diagnostician(load_knowledge(root)), rule)


def kept(
    findings: Mapping[str, float], *logs: str, words: str = "", unknown: str = "", verdict: str | None = None
) -> KeptCase:
    shown = [{"file": "log.txt", "line": number, "text": each} for number, each in enumerate(logs, 1)]
    report = {
        "findings": [{"id": each, "confidence": sure, "evidence": shown} for each, sure in findings.items()],
        "unknown": [{"fingerprint": "0" * 12, "text": unknown, "count": 1}] if unknown else [],
    }
    return KeptCase.read("K7Q2MX", [words], report, verdict)


@pytest.mark.parametrize(
    ("case", "effect", "false"),
    [
        (kept({}, unknown=ERROR), Effect.NAMED, False),
        (kept({"unknown-crash": 0.5}, unknown=ERROR, verdict="wrong"), Effect.NAMED, False),
        (kept({"cuda-oom": 0.3}, unknown=ERROR), Effect.FIRST, False),
        (kept({"cuda-oom": 0.3}, unknown=ERROR, verdict="fixed"), Effect.FIRST, True),
        (kept({"cuda-oom": 0.99}, unknown=ERROR, verdict="fixed"), Effect.BESIDE, False),
        (kept({"bucket-empty": 0.8}, unknown=ERROR), Effect.SAME, False),
        (kept({"bucket-empty": 0.8}, unknown=ERROR, verdict="wrong"), Effect.SAME, True),
        (kept({"unknown-crash": 0.5}, "ValueError: bucket 3 of x has no images left"), Effect.NAMED, False),
        (kept({}, words="help, my bucket is empty"), Effect.NAMED, False),
    ],
)
def test_a_new_rule_is_told_from_what_was_answered_and_from_what_people_said(
    tmp_path: Path, today: Diagnostician, case: KeptCase, effect: Effect, false: bool
) -> None:
    change = trying(tmp_path, today).of(case)
    assert change is not None
    assert (change.effect, change.false) == (effect, false)
    assert change.evidence is not None
    assert "bucket" in change.evidence.text


@pytest.mark.parametrize(
    "case", [kept({}), kept({"cuda-oom": 0.9}, "torch.cuda.OutOfMemoryError: CUDA out of memory.")]
)
def test_where_it_does_not_hit_nothing_changes(tmp_path: Path, today: Diagnostician, case: KeptCase) -> None:
    assert trying(tmp_path, today).of(case) is None


def test_a_changed_rule_that_no_longer_hits_is_named_lost_and_one_that_rests_on_a_config_is_not(
    tmp_path: Path, today: Diagnostician
) -> None:
    text = (HOME / "crashes" / "cuda-oom.yaml").read_text()
    weaker = text.replace("pattern: 'MPS backend out of", "pattern: 'MPS backend out of all")
    assert weaker != text
    trial = trying(tmp_path, today, weaker, "cuda-oom")
    line = "RuntimeError: MPS backend out of memory (MPS allocated: 17.36 GB, max allowed: 18.13 GB)."
    lost = trial.of(kept({"cuda-oom": 0.9}, line, verdict="fixed"))
    assert lost is not None
    assert (lost.effect, lost.false) == (Effect.LOST, True)
    assert trial.of(kept({"cuda-oom": 0.9})) is None


def test_the_answer_of_a_whole_diagnosis_is_read_back(tmp_path: Path, today: Diagnostician) -> None:
    log = 'Traceback (most recent call last):\n  File "/x/library/train_util.py", line 7, in load\n'
    log += "ValueError: bucket 12 of /data/9.png has no images left to draw from\n"
    report = today.diagnose(Bundle("it crashed", (Attachment.from_bytes("log.txt", log.encode()),))).to_dict()
    change = trying(tmp_path, today).of(KeptCase.read("K7Q2MX", ["it crashed"], report, None))
    assert change is not None
    assert (change.effect, change.instead_of) == (Effect.NAMED, report["findings"][0]["id"])
