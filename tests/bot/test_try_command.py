from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cases.model import Verdict
from bot.cli import cli
from knowledge.load import HOME
from tests.bot.asynchronous import run_async
from tests.bot.cases.store import opened
from tests.bot.digest.week import ERROR, Told, report
from tests.diagnostics.test_trial import RULE


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LORA_TRIAGE_DATA", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "160")
    return tmp_path


@run_async
async def fill(folder: Path) -> None:
    async with opened(folder) as store:
        told = Told(store)
        await told.case(60, report("", ERROR.format(line=1, n=1)))
        await told.case(61, report("unknown-crash", ERROR.format(line=2, n=2)), verdict=Verdict.WRONG)
        await told.case(62, report("nan-loss", ERROR.format(line=3, n=3)), verdict=Verdict.FIXED)
        await told.case(63, report("cuda-oom"))


def invoke(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli, ["knowledge", "try", *arguments])
    return done.exit_code, done.output


def written(home: Path, text: str = RULE, name: str = "bucket-empty") -> str:
    (home / f"{name}.yaml").write_text(text)
    return f"{name}.yaml"


def test_a_new_rule_is_tried_on_the_kept_cases(home: Path) -> None:
    fill(home)
    # surer than the 0.9 of what was answered
    code, said = invoke(written(home, RULE.replace("confidence: 0.8", "confidence: 0.97")))
    assert code == 0
    assert (
        "“A bucket has no pictures” hits 3 cases of the 4 newest that hold evidence. False hits among them: 1." in said
    )
    assert "2  would be told what is wrong" in said
    assert "1  would hear of this before the cause that was named" in said
    assert "1 case found no help" in said
    assert "ValueError: bucket 3 of /data/3.png" in said
    assert "signatures and phrases are tried" in said


def test_of_many_cases_only_the_newest_are_tried(home: Path) -> None:
    fill(home)
    assert "of the 1 newest" in invoke(written(home), "--cases", "1")[1]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (RULE.replace("summary: A bucket is empty.", "summary:"), "bucket-empty.yaml:5: summary"),
        (RULE.replace("ValueError: bucket 3", "ValueError: pail 3"), "bucket-empty.yaml:8"),
        (RULE.replace("id: bucket-empty", "id: other"), "the id other and the file name differ"),
        (RULE.replace("my bucket is empty", "all is well"), "bucket-empty.yaml:13"),
        ("- no rule\n", "bucket-empty.yaml:1"),
    ],
)
def test_a_rule_with_mistakes_is_not_tried_and_each_is_named_with_its_line(
    home: Path, text: str, complaint: str
) -> None:
    fill(home)
    code, said = invoke(written(home, text))
    assert code == 2
    assert complaint in said
    assert "lora-triage-" not in said


def test_a_rule_that_ships_can_be_tried_changed(home: Path) -> None:
    fill(home)
    name = written(home, (HOME / "crashes/cuda-oom.yaml").read_text(), "cuda-oom")
    code, said = invoke(name)
    assert code == 0
    assert "hits 0 cases of the 4" in said


def test_without_kept_cases_it_says_so(home: Path) -> None:
    assert "No cases are kept" in invoke(written(home))[1]
