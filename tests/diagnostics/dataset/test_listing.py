from typing import Any

import pytest

from diagnostics.bundle import Attachment, Document, Kind
from diagnostics.dataset.listing import read_dataset
from diagnostics.dataset.members import divide
from diagnostics.pictures.read import PictureReader
from knowledge.facts import ConfigFacts, DatasetFacts
from knowledge.model import Knowledge
from tests.diagnostics.pictures.files import exif, saved, scene


def facts(
    knowledge: Knowledge,
    images: dict[str, bytes | None] | list[str],
    captions: dict[str, str] | None = None,
    others: tuple[str, ...] = (),
    trainer: str | None = None,
    tag: str | None = "realistic_body",
    **config: Any,
) -> DatasetFacts:
    """Read a dataset of `images` (name -> file, None for the name alone) with `captions` (name -> text)."""
    files = dict.fromkeys(images) if isinstance(images, list) else images
    texts = captions or {}
    reader = PictureReader()
    pictures = {n: reader.read(Attachment.from_bytes(n, data)) for n, data in files.items() if data is not None}
    stems = {name.rsplit(".", 1)[0] for name in files}
    documents = [
        Document(name, Kind.CAPTION if name.removesuffix(".txt") in stems else Kind.OTHER, text)
        for name, text in texts.items()
    ]
    settings = ConfigFacts(**config)
    division = divide(list(files), pictures, documents, (*files, *texts, *others), settings.dataset_paths)
    return read_dataset(division, settings, trainer, tag, knowledge.pictures)


def test_captions_are_matched_by_folder_and_stem(knowledge: Knowledge) -> None:
    found = facts(
        knowledge,
        ["40_maya/1.png", "40_maya/2.png", "20_real/3.jpg", "20_real/bad name.jpg"],
        {
            "40_maya/1.txt": "maya_char, portrait",
            "40_maya/2.txt": "a woman",
            "20_real/3.txt": "maya_char, realistic_body",
            "20_real/left over.txt": "maya_char",
        },
        others=("20_real/notes.md", "20_real/3.npz"),
        trigger_word="maya_char",
    )
    assert (found.images, found.captions, found.body_images, found.face_images) == (4, 3, 1, 3)
    assert found.captions_missing == ("bad name.jpg",)
    assert found.captions_empty == ()
    assert found.captions_without_trigger == ("2",)
    assert found.captions_without_image == ("left over.txt",)
    assert found.bad_names == ("bad name.jpg",)
    assert found.extra_files == ("notes.md",)
    assert (found.folders, found.repeats) == (("20_real", "40_maya"), (20, 40))
    assert found.looked_at is None


def test_pictures_without_captions_are_samples_and_no_dataset(knowledge: Knowledge) -> None:
    assert facts(knowledge, ["samples/1.jpg", "2.png"], trigger_word="maya") == DatasetFacts()


def test_a_folder_that_the_config_names_is_the_dataset_even_without_captions(knowledge: Knowledge) -> None:
    found = facts(knowledge, ["run/maya/1.jpg", "run/maya/2.png"], dataset_paths=("D:\\data\\maya",))
    assert (found.images, found.captions, len(found.captions_missing or ())) == (2, 0, 2)


def test_without_a_trigger_word_nothing_is_said_about_it(knowledge: Knowledge) -> None:
    found = facts(knowledge, ["a.png"], {"a.txt": ""})
    assert (found.captions_without_trigger, found.captions_empty) == (None, ("a.png",))


def test_the_name_in_the_folder_tells_the_trigger_where_captions_use_it(knowledge: Knowledge) -> None:
    images = [f"10_mia woman/{n}.png" for n in range(4)]
    texts = {f"10_mia woman/{n}.txt": text for n, text in enumerate(["mia, a", "mia, b", "photo of mia", "a dog"])}
    found = facts(knowledge, images, texts)
    assert found.trigger_word == "mia"
    assert (found.captions_without_trigger, found.captions_late_trigger) == (("3",), ("2",))
    assert facts(knowledge, images, dict.fromkeys(texts, "a dog")).trigger_word is None


def test_a_trigger_that_every_model_knows_is_named(knowledge: Knowledge) -> None:
    texts = {"a.txt": "woman, smiling"}
    assert facts(knowledge, ["a.png"], texts, trigger_word="Woman").trigger_known is True
    assert facts(knowledge, ["a.png"], texts, trigger_word="maya_char").trigger_known is None


def test_the_body_tag_and_the_body_folder_must_agree(knowledge: Knowledge) -> None:
    found = facts(
        knowledge,
        ["40_m/1.png", "40_m/2.png", "20_m_realbody/3.png", "20_m_realbody/4.png"],
        {
            "40_m/1.txt": "m",
            "40_m/2.txt": "m, realistic_body",
            "20_m_realbody/3.txt": "m, realistic_body",
            "20_m_realbody/4.txt": "m, standing",
        },
    )
    assert found.body_without_tag == ("4",)
    assert found.misplaced == ("2.png",)
    assert (found.body_images, found.body_ratio) == (3, 0.5)


def test_features_described_in_two_ways_are_counted(knowledge: Knowledge) -> None:
    said = ["m, long blonde hair, blue eyes", "m, blond hair", "m, dark brown hair", "m, brunette hair, a red dress"]
    texts = {f"{n}.txt": text for n, text in enumerate(said)}
    images = [f"{n}.png" for n in range(4)]
    found = facts(knowledge, images, texts, trigger_word="m")
    assert found.caption_conflicts == ("hair: blonde 2, brown 2",)
    assert found.captions_long == ()
    long = facts(knowledge, images, {**texts, "3.txt": "m, " + "word " * 70}, trigger_word="m")
    assert (long.captions_long, long.caption_conflicts) == (("3",), ())


@pytest.mark.parametrize(
    ("config", "trainer", "expected"),
    [
        # 2 x 40 + 1 x 20 = 100 pictures with repeats
        ({"batch_size": 2, "epochs": 10.0}, "sd-scripts", (100, 50, 500, None)),
        ({"batch_size": 3, "gradient_accumulation": 2, "epochs": 10.0}, "sd-scripts", (100, 17, 170, None)),
        ({"batch_size": 1, "steps": 3000}, "ai-toolkit", (3, 3, None, 1000.0)),
        ({"batch_size": 1, "steps": 3000, "resolution": (512, 1024)}, "ai-toolkit", (6, 6, None, 500.0)),
        ({"batch_size": 1, "steps": 60, "repeats": (10,), "dataset_paths": ("d",)}, "ai-toolkit", (30, 30, None, 2.0)),
        ({}, None, (100, None, None, None)),
    ],
)
def test_steps_are_pictures_repeats_batch_and_epochs(
    knowledge: Knowledge, config: dict[str, Any], trainer: str | None, expected: tuple[object, ...]
) -> None:
    found = facts(knowledge, ["40_m/1.png", "40_m/2.png", "20_b/1.png"], trainer=trainer, **config)
    assert (found.weighted_images, found.steps_per_epoch, found.total_steps, found.total_epochs) == expected


def test_the_guides_dataset_shows_3400_pictures_a_run(knowledge: Knowledge) -> None:
    images = [f"40_maya_char/{n}.png" for n in range(70)] + [f"20_maya_char_realbody/{n}.png" for n in range(30)]
    found = facts(knowledge, images)
    assert (found.images, found.body_images, found.weighted_images) == (100, 30, 3400)


def test_the_pictures_themselves_are_looked_at(knowledge: Knowledge) -> None:
    big = (1200, 1100)
    files: dict[str, bytes | None] = {f"10_m/{n}.jpg": saved(scene(n, big), "JPEG") for n in range(4)}
    files |= {
        "10_m/small.png": saved(scene(20, (900, 1400))),
        "10_m/equal.jpg": files["10_m/0.jpg"],
        "10_m/again.jpg": saved(scene(1, (1100, 1030)), "JPEG", quality=60),
        "10_m/half.jpg": (files["10_m/2.jpg"] or b"")[:9000],
        "10_m/turned.jpg": saved(scene(21, big), "JPEG", exif=exif(6)),
        "10_m/named.png": saved(scene(22, big), "JPEG"),
        "10_m/photo.heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        "10_m/empty.png": b"",
    }
    found = facts(knowledge, files)
    assert found.small_images == ("small.png",)
    assert found.shortest_side == 900
    assert found.duplicates == ("0.jpg = equal.jpg",)
    assert found.near_duplicates == ("1.jpg = again.jpg",)
    assert found.broken_images == ("empty.png", "half.jpg")
    assert found.rotated_images == ("turned.jpg",)
    assert found.renamed_images == ("named.png",)
    assert found.foreign_images == ("photo.heic",)
    assert found.looked_at == 9
