from diagnostics.bundle import Document, Kind
from diagnostics.dataset.listing import read_dataset
from knowledge.facts import DatasetFacts


def caption(name: str, text: str) -> Document:
    return Document(name, Kind.CAPTION, text)


def test_captions_are_matched_by_folder_and_stem() -> None:
    facts = read_dataset(
        ["40_maya/1.png", "40_maya/2.png", "20_body/3.jpg", "20_body/bad name.jpg"],
        [
            caption("40_maya/1.txt", "maya_char, portrait"),
            caption("40_maya/2.txt", "a woman"),
            caption("20_body/3.txt", "maya_char, realistic_body"),
            Document("20_body/notes.md", Kind.OTHER, "x"),
        ],
        "maya_char",
        "realistic_body",
    )
    assert facts == DatasetFacts(
        images=4,
        body_images=1,
        face_images=3,
        captions=3,
        captions_missing=("bad name.jpg",),
        captions_empty=(),
        captions_without_trigger=("2",),
        bad_names=("bad name.jpg",),
        extra_files=("notes.md",),
        folders=("20_body", "40_maya"),
        repeats=(20, 40),
    )


def test_pictures_without_captions_are_samples_and_no_dataset() -> None:
    assert read_dataset(["samples/1.jpg", "2.png"], [], "maya", None) == DatasetFacts()


def test_without_a_trigger_word_nothing_is_said_about_it() -> None:
    assert read_dataset(["a.png"], [caption("a.txt", "")], None, None).captions_without_trigger is None
    assert read_dataset(["a.png"], [caption("a.txt", "")], None, None).captions_empty == ("a.png",)
