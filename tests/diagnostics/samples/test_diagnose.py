"""Samples in a whole diagnosis: fix rows marked, contradictions told, no prompts or pixels in the report."""

import json

from bot.cases.model import CaseRef, Place, Reply
from bot.cases.model import Outcome as ReplyOutcome
from bot.chat.answer import answer
from bot.chat.details import details
from diagnostics.bundle import Attachment, Bundle
from diagnostics.diagnose import Diagnostician
from diagnostics.report import Outcome, Report, Status
from tests.diagnostics.pictures.files import heic, saved
from tests.diagnostics.samples.made import PROMPT, comfy, png, webui
from tests.diagnostics.samples.test_facts import busy
from tests.diagnostics.test_material import CONFIG, dataset, packed

BAD = "the skin looks like plastic"


def files(**how: object) -> dict[str, bytes]:
    return {f"{n}.png": png(busy(n), parameters=webui(f"{PROMPT} {n}", seed=n, **how)) for n in range(5)}  # type: ignore[arg-type]


def report(diagnostician: Diagnostician, said: str, pictures: dict[str, bytes], config: str = CONFIG) -> Report:
    attachments = [packed(pictures)]
    if config:
        attachments.append(Attachment.from_bytes("config.yaml", config.encode()))
    return diagnostician.diagnose(Bundle(said, tuple(attachments)))


def rows(found: Report) -> dict[str | None, tuple[Status, str | None]]:
    return {row.diagnosis: (row.status, row.why) for row in found.findings[0].fixes}


def notes(found: Report) -> str:
    return "\n".join(note.text for note in found.notes)


def test_strength_and_checkpoint_of_the_pictures_mark_the_fix_rows(diagnostician: Diagnostician) -> None:
    found = report(diagnostician, BAD, files(lora="maya_000003400", strength=1.0))
    assert found.findings[0].id == "plastic-skin"
    assert rows(found)["LoRA strength too high"] == (Status.CONFIRMED, "You tested at strength 1.")
    assert rows(found)["Using late checkpoint"] == (Status.CONFIRMED, "You tested step 3400.")
    found = report(diagnostician, BAD, files(lora="maya_000001500", strength=0.6))
    assert rows(found)["LoRA strength too high"][0] is Status.RULED_OUT
    assert rows(found)["Using late checkpoint"][0] is Status.RULED_OUT


def test_the_pictures_go_before_the_words(diagnostician: Diagnostician) -> None:
    found = report(diagnostician, f"{BAD}, I used strength 0.6", files(strength=1.0))
    assert rows(found)["LoRA strength too high"][0] is Status.CONFIRMED
    assert "You speak of strength 0.6, and the pictures were made at 1." in notes(found)


def test_samples_of_another_base_model_are_told(diagnostician: Diagnostician) -> None:
    found = report(diagnostician, "", files(lora="maya_000001500", model="sd_xl_base_1.0"))
    assert "trained on qwen-image-edit, and the pictures were made with sd_xl_base_1.0 (sdxl)" in notes(found)
    graphs = {f"{n}.png": png(busy(n), prompt=json.dumps(comfy(seed=n))) for n in range(3)}
    assert "On another model" not in notes(report(diagnostician, "", graphs))


def test_a_checkpoint_that_the_run_never_had_is_told(diagnostician: Diagnostician) -> None:
    found = report(diagnostician, "", files(lora="maya_000009000"))
    assert "training steps 9000, and the config plans 3400" in notes(found)


def test_another_epoch_than_spoken_of_is_told(diagnostician: Diagnostician) -> None:
    found = report(diagnostician, f"{BAD} at epoch 5", files(lora="maya-000010"), config="")
    assert "You speak of epoch 5, and the pictures were made with epoch 10." in notes(found)


def test_pictures_that_say_nothing_are_asked_for_as_originals(diagnostician: Diagnostician) -> None:
    found = report(diagnostician, BAD, {f"{n}.png": saved(busy(n)) for n in range(3)})
    assert "None of the sample pictures (3) says how it was made." in notes(found)


def test_repeats_and_copies_of_different_prompts_show_overfitting(diagnostician: Diagnostician) -> None:
    same = {f"s/{n}.png": png(busy(1), parameters=webui(f"{PROMPT} {n}", seed=n)) for n in range(5)}
    found = report(diagnostician, "", same, config="")
    assert [finding.id for finding in found.findings][:1] == ["overfit"]
    assert "5 samples with different prompts are nearly one picture" in found.findings[0].evidence[0].text


def test_without_a_lora_the_subject_cannot_be_there(diagnostician: Diagnostician) -> None:
    bare = {f"{n}.png": png(busy(n), parameters=webui(str(n)).replace("<lora:maya:0.8>", "")) for n in range(3)}
    found = report(diagnostician, "it looks like the base model", bare, config="")
    assert found.findings[0].id == "underfit"
    assert any("None of the 3 samples" in each.text for each in found.findings[0].evidence)


def test_neither_prompts_nor_pixels_are_in_a_report(diagnostician: Diagnostician) -> None:
    named = {f"out/0000{n}-{n}-{PROMPT}.png": data for n, data in enumerate(files().values())}
    named["out/1 - " + PROMPT + "/2025-training-sample-1-2-3.png"] = saved(busy(70))[:500]
    named["out/00009-" + PROMPT + ".heic"] = heic()
    named["out/plain.png"] = png(busy(80), prompt=json.dumps(comfy()), workflow=json.dumps(comfy()))
    found = report(diagnostician, BAD, dataset() | named)
    text = json.dumps(found.to_dict(), ensure_ascii=False)
    assert found.findings
    for word in ("naked", "sofa", "bad hands", "blurry"):
        assert word not in text
    assert len(text) < 60_000


def lists(found: Report, name: str) -> dict[str, tuple[Outcome, str | None]]:
    return {each.check: (each.outcome, each.why) for each in found.checks if each.checklist == name}


def test_the_pre_release_checklist_is_answered_item_by_item(diagnostician: Diagnostician) -> None:
    few = lists(report(diagnostician, "", files(strength=0.8)), "release")
    assert few["Test images generated"] == (Outcome.FAILED, "You handed in 5.")
    assert few["LoRA strengths tested"] == (Outcome.FAILED, "Your samples were made at strength 0.8.")
    assert few["Face consistency"][0] is Outcome.OPEN
    assert str(few["Face consistency"][1]).startswith("I can't tell from this. Put the faces")
    many = {
        f"{n}.png": png(
            busy(n % 6), parameters=webui(f"{PROMPT} {n}", f"maya_000000{500 + n % 5}", 0.6 + n % 5 / 10, seed=n)
        )
        for n in range(50)
    }
    told = lists(report(diagnostician, "", many), "release")
    passed = {check for check, (outcome, _) in told.items() if outcome is Outcome.PASSED}
    assert passed == {"Checkpoints tested", "Test images generated", "LoRA strengths tested"}
    assert told["Varied prompts"][0] is Outcome.OPEN
    assert "50 different prompts" in str(told["Varied prompts"][1])


def test_the_benchmarks_say_what_they_cannot_tell(diagnostician: Diagnostician) -> None:
    same = {f"{n}.png": png(busy(1), parameters=webui(f"{PROMPT} {n}", seed=n)) for n in range(6)}
    told = lists(report(diagnostician, "", same), "benchmarks")
    assert len(told) == 7
    assert told["Prompt Adherence"] == (
        Outcome.FAILED,
        "6 samples with different prompts are nearly one picture.",
    )
    assert told["Generation Speed"][0] is Outcome.OPEN
    assert not lists(diagnostician.diagnose(Bundle("it crashed", ())), "benchmarks"), (
        "who sends no samples is not asked"
    )


def test_prompts_and_pixels_are_in_no_answer(diagnostician: Diagnostician) -> None:
    secret = "a xylophone on Kerguelen"
    pictures = {
        f"{secret.replace(' ', '_')}_{n}.png": png(busy(n), parameters=webui(f"{secret} {n}", seed=n)) for n in range(5)
    }
    found = report(diagnostician, BAD, pictures)
    reply = Reply(CaseRef("K7Q2M3", Place("test", "s", "c"), "m"), 1, ReplyOutcome.DIAGNOSED, found.to_dict(), None)
    shown = str(details(found, diagnostician.knowledge)) + str(answer(reply, diagnostician.knowledge))
    assert "checkpoint" in shown.lower()
    for word in ("xylophone", "kerguelen"):
        assert word not in shown.lower()
        assert word not in json.dumps(found.to_dict()).lower()
