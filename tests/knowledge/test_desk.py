from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

from knowledge.check import check_knowledge
from knowledge.load import HOME


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("than {limit}, so", "than {time}, so", "placeholders"),
        ("crashed: I failed", "crashd: I failed", "crashd"),
        ('"good morning"]', '"CUDA out of memory"]', "counterexample"),
        (r"traceback \(most", r"traceback \((most", "RE2"),
    ],
)
def test_a_mistake_in_the_words_of_the_desk_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    folder = tmp_path / "knowledge"
    copytree(HOME, folder, ignore=ignore_patterns("*.py", "__pycache__"))
    path = folder / "desk.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    assert any(m.file == path and m.line > 1 and says in m.message for m in check_knowledge(folder))
