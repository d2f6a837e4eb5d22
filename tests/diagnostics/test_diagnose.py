import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diagnostics.bundle import Attachment, Bundle
from diagnostics.diagnose import Diagnostician
from knowledge.model import Knowledge
from tests.conftest import ROOT

CONFIG = (ROOT / "examples" / "out-of-memory" / "config.yaml").read_text(encoding="utf-8")
LOG = (ROOT / "examples" / "out-of-memory" / "log.txt").read_text(encoding="utf-8")


def report(diagnostician: Diagnostician, message: str = "", **files: str) -> dict[str, object]:
    attachments = tuple(Attachment.from_bytes(name, text.encode()) for name, text in files.items())
    return diagnostician.diagnose(Bundle(message, attachments)).to_dict()


def diverged(values: str) -> str:
    return "\r".join(
        f"steps:  1%|█| {n}/100 [00:10<01:00,  2.00s/it, avr_loss={value}]" for n, value in enumerate(values.split(), 1)
    )


@pytest.mark.parametrize("values", ["nan " * 60, "0.1 " * 30 + "inf " * 30, "0 " * 60, "1e30 " * 60, "0.1 nan " * 30])
def test_every_report_is_json_whatever_the_loss_does(diagnostician: Diagnostician, values: str) -> None:
    text = json.dumps(report(diagnostician, log=diverged(values)), allow_nan=False)
    assert json.loads(text)["schema"] == 1


def test_a_part_that_fails_is_named_and_the_rest_goes_on(
    diagnostician: Diagnostician, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr("diagnostics.reading.read_config", broken)
    found = diagnostician.diagnose(
        Bundle("", (Attachment.from_bytes("c.yaml", CONFIG.encode()), Attachment.from_bytes("log.txt", LOG.encode())))
    )
    assert found.findings[0].id == "cuda-oom"
    assert any(skipped.part == "c.yaml" and "boom" in skipped.reason for skipped in found.skipped)


def test_the_config_that_the_log_prints_counts(diagnostician: Diagnostician) -> None:
    command = "accelerate launch train_network.py --network_dim=32 --train_batch_size=8 --mixed_precision=fp16\n"
    found = report(diagnostician, log=command + "prepare tokenizer\n" + diverged("nan " * 20))
    facts = found["facts"]
    assert isinstance(facts, dict)
    assert (facts["rank"], facts["batch_size"], facts["precision"]) == (32, 8, "fp16")


def test_a_flat_curve_alone_is_no_finding_and_with_a_complaint_it_supports_one(diagnostician: Diagnostician) -> None:
    import random

    chance = random.Random(1)
    flat = diverged(" ".join(f"{chance.uniform(0.1, 0.2):.3g}" for _ in range(800))).replace("avr_loss", "loss")
    alone = diagnostician.diagnose(Bundle("", (Attachment.from_bytes("log.txt", flat.encode()),)))
    assert alone.loss is not None
    assert alone.loss.pattern.value in ("no-decrease", "insufficient")
    assert alone.findings == ()


def test_the_remark_on_the_dataset_stands_beside_quality_and_not_beside_crashes(
    diagnostician: Diagnostician, knowledge: Knowledge
) -> None:
    assert report(diagnostician, "her skin looks like plastic, no pores")["remark"] == knowledge.remark
    assert report(diagnostician, log=LOG)["remark"] is None


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.text(max_size=300),
    st.lists(st.sampled_from([*CONFIG.split("\n"), *LOG.split("\n")]) | st.text(max_size=80), max_size=40),
    st.sampled_from(["a.yaml", "a.toml", "a.json", "log.txt", "x"]),
)
def test_no_text_breaks_any_part(diagnostician: Diagnostician, message: str, lines: list[str], name: str) -> None:
    found = report(diagnostician, message, **{name: "\n".join(lines)})
    json.dumps(found, allow_nan=False)
    skipped = found["skipped"]
    assert isinstance(skipped, list)
    assert not [item for item in skipped if "error of ours" in item["reason"]]
