import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from diagnostics.bundle import Attachment
from diagnostics.dataset.members import Member
from diagnostics.pictures.read import Picture, PictureReader
from diagnostics.samples.facts import read_samples
from diagnostics.samples.listing import generations
from knowledge.facts import ConfigFacts, LoraFacts, SampleFacts
from knowledge.model import Knowledge
from tests.diagnostics.pictures.files import saved, scene
from tests.diagnostics.samples.made import comfy, png, webui

CONFIG = ConfigFacts(output_name="maya", steps=3000)


def busy(seed: int) -> Image.Image:
    """Return a scene with enough in it for two of them to differ."""
    noise = np.random.default_rng(seed).integers(0, 256, (5, 5, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize((256, 256), Image.Resampling.NEAREST)


class Reading:
    """Reads pictures as a bundle would hold them."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._how = knowledge.pictures
        self._reader = PictureReader()

    def pictures(self, files: dict[str, bytes]) -> tuple[list[Picture], list[Attachment]]:
        attachments = [Attachment.from_bytes(name, data) for name, data in files.items()]
        return [self._reader.read(each) for each in attachments], attachments

    def __call__(
        self,
        files: dict[str, bytes],
        dataset: Sequence[bytes] = (),
        lora: LoraFacts | None = None,
        config: ConfigFacts = CONFIG,
    ) -> SampleFacts:
        pictures, attachments = self.pictures(files)
        trained, _ = self.pictures({f"maya/{n}.png": data for n, data in enumerate(dataset)})
        members = [Member(each.name, "maya", each) for each in trained]
        return read_samples(pictures, generations(attachments), members, config, lora or LoraFacts(), self._how)


@pytest.fixture(scope="module")
def read(knowledge: Knowledge) -> Reading:
    return Reading(knowledge)


def made(scenes: Sequence[int], prompts: Sequence[str], **how: float) -> dict[str, bytes]:
    return {
        f"{n}.png": png(busy(seed), parameters=webui(prompt, seed=n, **how))  # type: ignore[arg-type]
        for n, (seed, prompt) in enumerate(zip(scenes, prompts, strict=True))
    }


def test_lora_strength_seed_and_prompts_are_counted(read: Reading) -> None:
    files = made(range(4), "abcd", strength=0.9) | {"x.png": png(busy(9), prompt=json.dumps(comfy(strength=0.7)))}
    facts = read(files)
    assert (facts.count, facts.with_metadata, facts.prompts, facts.seeds) == (5, 5, 5, 4)
    assert facts.strengths == (0.7, 0.9)
    assert (facts.lora, facts.own_lora, facts.most_loras, facts.other_loras) == ("maya", True, 1, 1)
    assert facts.programs == ("A1111", "ComfyUI")
    assert facts.families == ("qwen-image-edit", "sdxl")


def test_the_checkpoint_is_read_from_the_loras_name(read: Reading) -> None:
    facts = read({"a.png": png(parameters=webui(lora="maya-000008"))})
    assert (facts.epochs, facts.steps, facts.last_checkpoint) == ((8,), None, None)
    facts = read({"a.png": png(parameters=webui(lora="maya_000001500"))})
    assert (facts.epochs, facts.steps) == (None, (1500,))


def test_the_output_name_alone_is_the_last_checkpoint(read: Reading) -> None:
    assert read({"a.png": png(parameters=webui())}).last_checkpoint is True
    assert read({"a.png": png(parameters=webui())}, config=ConfigFacts()).last_checkpoint is None
    assert read({"a.png": png(parameters=webui(lora="maya_final_2"))}).last_checkpoint is None


def test_another_lora_than_the_runs_is_said(read: Reading) -> None:
    facts = read({"a.png": png(parameters=webui(lora="anna"))})
    assert (facts.lora, facts.own_lora) == ("anna", False)
    assert read({"a.png": png(parameters=webui(lora="anna"))}, lora=LoraFacts(file="anna.safetensors")).own_lora is True


def test_pictures_without_an_active_lora_are_counted(read: Reading) -> None:
    graph = comfy()
    graph["3"]["inputs"]["lora_name"] = "None"
    graph["4"]["inputs"]["lora_2"]["on"] = False
    facts = read({"a.png": png(prompt=json.dumps(graph)), "b.png": png(busy(2), parameters=webui())})
    assert (facts.without_lora, facts.with_metadata) == (1, 2)


def test_different_prompts_that_give_one_picture_repeat(read: Reading) -> None:
    facts = read(made([1] * 5, "abcde"))
    assert (facts.repeating, facts.prompts_differ, facts.compared, facts.alike) == (True, True, 5, 100)
    assert facts.near_duplicates
    facts = read(made(range(5), "abcde"))
    assert (facts.repeating, facts.near_duplicates) == (False, ())


def test_one_prompt_gives_one_picture_by_right(read: Reading) -> None:
    facts = read(made([1] * 5, "aaaaa"))
    assert (facts.repeating, facts.prompts_differ) == (None, False)


def test_the_same_prompt_from_step_to_step_does_not_repeat(read: Reading) -> None:
    files = {f"17467123456{s}{n}__{s:09d}_{n}.png": saved(busy(n)) for s in (250, 500, 750) for n in range(4)}
    facts = read(files)
    assert (facts.steps, facts.prompts, facts.compared) == ((250, 500, 750), 4, 4)
    assert (facts.repeating, facts.near_duplicates) == (False, ())
    assert facts.settled_from == 250


def test_pictures_that_go_on_changing_do_not_settle(read: Reading) -> None:
    files = {f"1746712345600__{s:09d}_{n}.png": saved(busy(s + n)) for s in (250, 500, 750) for n in range(4)}
    assert read(files).settled_from is None


def test_of_unknown_prompts_nothing_is_said_but_the_number(read: Reading) -> None:
    facts = read({f"{n}.png": saved(busy(1).resize((200 + n, 200))) for n in range(4)})
    assert (facts.repeating, facts.prompts_differ, facts.with_metadata) == (True, None, 0)


def test_versions_of_training_pictures_are_named_and_the_pictures_themselves_are_none(read: Reading) -> None:
    trained = [saved(busy(seed)) for seed in range(3)]
    files = {"copy.png": saved(busy(1).resize((300, 300)), "PNG"), "own.png": trained[2], "new.png": saved(busy(50))}
    facts = read(files, trained)
    assert facts.copies == ("copy.png = 1.png",)
    assert facts.training_pictures == ("own.png",)
    assert facts.count == 2


def _before(wall: tuple[int, int, int], seed: int) -> Image.Image:
    picture = Image.new("RGB", (256, 256), wall)
    picture.paste(busy(seed).resize((140, 200)), (58, 56))
    return picture


def test_a_background_that_stays_is_told_from_ones_that_change(read: Reading) -> None:
    walls = [(200, 40, 40), (40, 160, 60), (30, 60, 200), (230, 220, 40), (20, 20, 20)]
    same = {f"{n}.png": png(_before(walls[0], n), parameters=webui(str(n))) for n in range(5)}
    other = {f"{n}.png": png(_before(wall, n), parameters=webui(str(n))) for n, wall in enumerate(walls)}
    assert (read(same).background_repeats, read(same).same_background) == (True, 100)
    assert read(other).background_repeats is False


def _burned(seed: int, strength: float) -> Image.Image:
    pixels = np.asarray(scene(seed), np.float32)
    return Image.fromarray(((pixels - 128) * strength + 128).clip(0, 255).astype(np.uint8))


def test_burned_colours_are_measured_and_where_they_begin(read: Reading) -> None:
    files = {
        f"1746712345600__{step:09d}_{n}.png": saved(_burned(n, strength))
        for step, strength in ((250, 0.5), (500, 0.6), (750, 4.0), (1000, 5.0))
        for n in range(4)
    }
    facts = read(files)
    assert (facts.burned, facts.burned_from) == (True, 750)
    calm = {name: saved(_burned(int(name[-5]), 0.5)) for name in files}
    facts = read(calm)
    assert (facts.burned, facts.burned_from) == (False, None)


def test_a_bright_style_that_the_dataset_has_is_not_burned(knowledge: Knowledge, read: Reading) -> None:
    pictures, _ = read.pictures({f"{n}.png": saved(_burned(n, 5.0)) for n in range(4)})
    facts = read_samples(pictures, {}, (), CONFIG, LoraFacts(), knowledge.pictures, clipped=100.0)
    assert facts.burned is False


def test_sheets_are_not_compared(read: Reading) -> None:
    facts = read({"xyz_grid-0001-5.png": saved(busy(1)), "a.png": saved(busy(2))})
    assert (facts.count, facts.grids) == (1, 1)


def test_nothing_gives_nothing(read: Reading) -> None:
    assert read({}) == SampleFacts()
    broken = read({"a.png": b"\x89PNG\r\n\x1a\n"})
    assert (
        replace(broken, count=None, looked_at=None, with_metadata=None, broken=None, training_pictures=None, grids=None)
        == SampleFacts()
    )
    assert broken.broken == ("a.png",)
