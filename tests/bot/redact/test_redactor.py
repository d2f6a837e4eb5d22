import json
import time
from collections import Counter
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.redact import Redactor
from bot.redact.check import check_redaction
from knowledge.check import check_knowledge
from knowledge.load import HOME
from knowledge.redaction import load_redaction
from tests.conftest import ROOT

REDACTOR = Redactor(load_redaction(), b"a key of the tests")
SECRETS = tuple((text, gone) for rule in load_redaction().rules for text, gone in rule.examples.items())


def test_every_example_and_counterexample_holds() -> None:
    assert check_redaction() == ()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("(?P<gpu_id>", "(?:", "names no group"),
        ("(?P<gpu_id>", "((", "RE2"),
        ("(?:GPU|MIG)-", "(?:TPU)-", "is left in"),
        ("/root/x, ", "/home/marta/x, ", "becomes"),
    ],
)
def test_a_broken_shape_is_named_with_its_line(tmp_path: Path, old: str, new: str, says: str) -> None:
    folder = tmp_path / "knowledge"
    copytree(HOME, folder, ignore=ignore_patterns("*.py", "__pycache__"))
    path = folder / "redaction.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    mistakes = check_knowledge(folder) or check_redaction(folder)
    assert any(says in mistake.message and mistake.line > 1 for mistake in mistakes), mistakes


def test_the_kinds_seen_in_public_threads_are_gone_and_the_false_positives_whole(
    shared: Path, redactor: Redactor
) -> None:
    for line in (shared / "cases" / "redaction.jsonl").read_text(encoding="utf-8").splitlines():
        seen = json.loads(line)
        text = seen["made_up_example"]
        redacted = redactor.redact(text)
        if seen["kind"].startswith("FALSE_POSITIVE"):
            assert redacted.text == text
        elif seen["kind"] != "adult_content_names":  # its example holds no such word
            assert redacted.counts, f"{seen['kind']}: {text} was left as it is"
            assert redacted.text != text


def test_advice_of_ours_and_the_examples_are_left_as_they_are(redactor: Redactor) -> None:
    for path in (*HOME.rglob("*.yaml"), *(ROOT / "examples").rglob("*.*")):
        if path.name in ("redaction.yaml",):
            continue
        for line in path.read_text(encoding="utf-8").splitlines():
            counts = dict(redactor.redact(line).counts)
            counts.pop("explicit", None)
            if counts:
                assert "examples" in line or line.lstrip().startswith(("- ", "source")), f"{path.name}: {line} {counts}"


@given(st.sampled_from(SECRETS), st.text(max_size=60), st.text(max_size=60))
def test_a_planted_secret_goes_whatever_stands_around_it(secret: tuple[str, str], before: str, after: str) -> None:
    text, gone = secret
    assert gone not in REDACTOR.redact(f"{before}\n{text}\n{after}").text.replace(before, "").replace(after, "")


@given(st.lists(st.one_of(st.text(max_size=30), st.sampled_from([text for text, _ in SECRETS])), max_size=8))
def test_a_second_time_changes_nothing_and_the_lines_stay(parts: list[str]) -> None:
    text = " ".join(parts)
    once = REDACTOR.redact(text).text
    assert REDACTOR.redact(once).text == once
    assert once.count("\n") == text.count("\n")


@given(st.from_regex(r"[a-z]{5,12}\.[a-z]{2,6}", fullmatch=True), st.from_regex(r"[a-z]{5,12}7", fullmatch=True))
def test_equal_values_get_equal_placeholders_and_others_do_not(one: str, other: str) -> None:
    first, second, third = (
        REDACTOR.redact(text).text.split("/")[2] for text in (f"/home/{one}/a", f"/home/{one}/b", f"/home/{other}/a")
    )
    assert first == second != third


@given(st.text(alphabet=st.characters(blacklist_characters="@/\\.:=_-<>", codec="utf-8"), max_size=200))
def test_plain_prose_is_left_as_it_is(text: str) -> None:
    redacted = REDACTOR.redact(text)
    assert redacted.text == text or set(redacted.counts) <= {"subject", "explicit", "wandb-key"}


@pytest.mark.parametrize(
    "name", ["home/marta.k/log.txt", "Users/marta.k/x", "marta.k@example.org.log", "a/marta.k@x.io"]
)
def test_a_name_that_is_the_tail_of_a_path_is_redacted_like_a_path(name: str) -> None:
    redacted = REDACTOR.redact_name(name)
    assert "marta" not in redacted.text
    assert sum(redacted.counts.values()) == 1


def test_without_the_key_a_placeholder_says_nothing() -> None:
    mine, theirs = (Redactor(load_redaction(), key).redact("/home/marta/x").text for key in (b"one", b"two"))
    assert mine != theirs


@pytest.mark.parametrize(
    "seed",
    [
        "https://a?",
        "eyJaa",
        "@a.b",
        "/home/",
        "C:\\Users\\",
        "password=",
        "a@b:/",
        "10.1.1.",
        "=x&token",
        "wandb ",
        "1, A",
    ],
)
def test_time_grows_with_length_and_no_faster(seed: str) -> None:
    def seconds(length: int) -> float:
        block = (seed * (length // len(seed))).encode()
        started = time.process_time()
        REDACTOR.redact_block(block, Counter())
        return time.process_time() - started

    short = min(seconds(20_000) for _ in range(3))
    assert min(seconds(320_000) for _ in range(2)) < 16 * 4 * max(short, 0.002)


def test_one_word_gives_away_every_key_after_it() -> None:
    keys = [f"{number}123456789abcdef0123456789abcdef01234567" for number in range(6)]
    said = REDACTOR.redact(f"api keys: {' '.join(keys)}").text
    assert not any(key in said for key in keys)
