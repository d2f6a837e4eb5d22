import io

import pytest

from diagnostics.bundle import Attachment, Bundle, Kind
from diagnostics.intake import Intake, Limits, read_bundle

CONFIG = (
    "job: extension\nconfig:\n  name: x\n  process:\n    - type: sd_trainer\n"
    "      train:\n        lr: 1e-4\n        steps: 100\n"
)
LOG = "steps:  1%|█         | 1/100 [00:01<00:10,  1.00s/it, avr_loss=0.1]\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def read(files: dict[str, str | bytes], message: str = "", limits: Limits | None = None) -> Intake:
    attachments = tuple(
        Attachment.from_bytes(name, data if isinstance(data, bytes) else data.encode()) for name, data in files.items()
    )
    return read_bundle(Bundle(message, attachments), limits)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (CONFIG, Kind.CONFIG),
        (LOG, Kind.LOG),
        ("the skin looks like plastic\n", Kind.PROSE),
        ("services:\n  web:\n    image: nginx\n", Kind.OTHER),
        ("import os\n\ndef main():\n    x = 1\n", Kind.OTHER),
        ("<html><body>\n</body></html>\n", Kind.OTHER),
        ("# Guide\n\nskin is waxy\n\n## More\n\nno pores\n\n## End\n\nbye\n", Kind.OTHER),
        ("- skin is waxy\n- no pores\n", Kind.PROSE),
    ],
)
def test_kinds_are_told_by_content_whatever_the_name(text: str, kind: Kind) -> None:
    for name in ("a.txt", "b.yaml", "noending"):
        assert [document.kind for document in read({name: text}).documents] == [kind]


def test_a_text_beside_a_picture_of_that_name_is_its_caption() -> None:
    intake = read({"d/1.png": PNG, "d/1.txt": "maya, portrait", "d/notes.txt": "hello there"})
    assert {document.name: document.kind for document in intake.documents} == {
        "d/1.txt": Kind.CAPTION,
        "d/notes.txt": Kind.PROSE,
    }
    assert intake.images == ("d/1.png",)


def test_a_config_in_a_message_keeps_the_lines_of_the_message() -> None:
    intake = read({}, f"my config:\n```yaml\n{CONFIG}```\nwhat is wrong?")
    configs = [document for document in intake.documents if document.kind is Kind.CONFIG]
    assert [(document.name, document.first_line) for document in configs] == [("message", 3)]


@pytest.mark.parametrize("name", ["x.pt", "x.ckpt", "x.pkl"])
def test_files_that_can_hold_code_are_never_opened(name: str) -> None:
    def opened() -> io.BytesIO:
        raise AssertionError("was read")

    data = io.BytesIO(b"\x80\x04.")
    calls = iter([data])
    attachment = Attachment(name, 3, lambda: next(calls, None) or opened())
    intake = read_bundle(Bundle("", (attachment,)))
    assert [skipped.part for skipped in intake.skipped] == [name]
    assert data.closed, "only the first bytes are looked at, to tell archives"


def test_of_a_long_log_head_and_tail_are_read_and_it_is_said() -> None:
    limits = Limits(whole=4_000, log=20_000, head=5_000, tail=15_000, sniff=2_000)
    intake = read({"log.txt": "FIRST\n" + LOG * 5_000 + "LAST\n"}, limits=limits)
    document = intake.documents[0]
    assert document.source is not None
    with document.source.open() as file:
        text = file.read().decode()
    assert text.startswith("FIRST")
    assert text.endswith("LAST\n")
    assert len(text) < 21_000
    assert document.text == text[: len(document.text)]
    assert document.text.endswith("\n")
    assert "only its first 5 KB and its last 15 KB were read" in intake.skipped[0].reason


def test_a_long_message_is_cut_and_it_is_said() -> None:
    intake = read({}, "word " * 1000, Limits(message=100))
    assert len(intake.documents[0].text) == 100
    assert "longer than" in intake.skipped[0].reason


def test_more_files_than_are_read_are_named() -> None:
    intake = read({f"{n}.txt": "hello there" for n in range(9)}, limits=Limits(files=5))
    assert len(intake.documents) == 5
    assert "more than 5 files" in intake.skipped[0].reason
