"""Every row, bullet, command and branch of the guide's own text is presented, in its section, word for word."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostics.fixes import changes
from diagnostics.gather import context_for, select_profile
from diagnostics.guide import ChecklistView, Page, RuleView, walk
from knowledge.facts import ConfigFacts, Facts, LossFacts
from knowledge.load import load_knowledge
from knowledge.model import Knowledge

FEWEST_TEXTS = {
    # heading -> cells, bullets and lines below it: the parser cannot silently find nothing
    "Dataset Verification": 14,
    "Caption Validation": 10,
    "Folder Structure": 10,
    "Configuration File (Qwen-specific)": 16,
    "First 100 Steps": 6,
    "After Epoch 1 (340 steps for Qwen)": 5,
    "Mid-Training (Epoch 5)": 5,
    "Good Training Pattern": 3,
    "Problem Patterns → Quick Fix": 16,
    "Issue: Plastic Skin": 20,
    "Issue: Face Inconsistency": 20,
    "Issue: Background Bleed": 17,
    "Issue: Overfit": 17,
    "Issue: Underfit": 23,
    "Issue: Body Proportions": 16,
    "CUDA Out of Memory": 10,
    "Invalid Configuration": 10,
    "Missing Dependencies": 8,
    "Checkpoint Not Saving": 8,
    "Pre-Release Checklist": 16,
    "Performance Benchmarks": 14,
    "Training Completely Failed": 12,
    "Results Completely Unusable": 10,
    "When Asking for Help, Provide:": 7,
    "Self-Debugging Checklist:": 5,
    "Quick Diagnostic Flowchart": 24,
}
METADATA = re.compile(r"# |>|---$|\*\*(Version|Last Updated):\*\*")
BRANCH = re.compile(r"(?P<indent>[│ ]*)[┌├└]─ (?P<text>[^→]+?)(?: → \[[^\]]+\]\(#(?P<anchor>[\w-]+)\))?$")
REMEMBER = "**Remember:** "
TOO_STRONG = ("overfit", "background-bleed", "color-artifacts", "concept-bleed", "loss-spikes", "loss-too-fast")
TOO_WEAK = ("underfit", "loss-plateau", "loss-no-decrease")


@dataclass(frozen=True)
class Item:
    """Texts of the guide that belong together, in their order: the cells of a row, a bullet, a block of commands."""

    headings: tuple[str, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Branch:
    """A branch of the flowchart: the words that lead there, and the section it points to."""

    trail: tuple[str, ...]
    anchor: str | None


@dataclass(frozen=True)
class Guide:
    items: tuple[Item, ...]
    branches: tuple[Branch, ...]
    headings: tuple[tuple[str, ...], ...]
    """Every heading with those above it."""
    remark: str


def plain(text: str) -> str:
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text.replace("**", "").replace("`", ""))
    return " ".join(text.split())


def slug(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def parse(text: str) -> Guide:
    """Read the guide; a line of a kind that is not known here is an error, never skipped."""
    parser = _Parser()
    for number, line in enumerate(text.splitlines(), 1):
        parser.read(line, number)
    return Guide(tuple(parser.items), tuple(parser.branches), tuple(parser.headings), parser.remark)


class _Parser:
    def __init__(self) -> None:
        self.items: list[Item] = []
        self.branches: list[Branch] = []
        self.headings: list[tuple[str, ...]] = []
        self.remark = ""
        self._above: tuple[str, ...] = ()
        self._header: list[str] | None = None
        self._trail: tuple[str, ...] = ()
        self._code: list[str] | None = None

    def read(self, line: str, number: int) -> None:
        if line.startswith("```"):
            if self._code:
                self._add(*self._code)
            self._code = [] if self._code is None else None
        elif self._code is not None:
            self._read_code(line, self._code)
        elif line.startswith("|"):
            self._read_row(line)
        else:
            self._header = None
            self._read_prose(line, number)

    def _add(self, *texts: str) -> None:
        self.items.append(Item(self._above, tuple(map(plain, texts))))

    def _read_code(self, line: str, code: list[str]) -> None:
        if match := BRANCH.match(line):
            depth = len(match["indent"]) // 3
            self._trail = (*self._trail[:depth], plain(match["text"]))
            self.branches.append(Branch(self._trail, match["anchor"]))
        elif self._above[-1] == "Good Training Pattern":
            self._add(line)
        elif line.strip(" │"):
            code.append(line)

    def _read_row(self, line: str) -> None:
        cells = [plain(cell) for cell in line.strip("|").split("|")]
        if self._header is None:
            self._header = cells
        elif not set(line) <= set("|- "):
            named = zip(self._header, cells, strict=True)
            self._add(*(cell.lower() if name == "Priority" else cell for name, cell in named))

    def _read_prose(self, line: str, number: int) -> None:
        if not line or METADATA.match(line):
            return
        if heading := re.match(r"(##+) (.+)", line):
            self._above = (*self._above[: len(heading[1]) - 2], heading[2])
            self.headings.append(self._above)
        elif bullet := re.match(r"   - (.+)", line):
            above = self.items.pop()
            self.items.append(replace(above, texts=(*above.texts, plain(bullet[1]))))
        elif listed := re.match(r"(?:\d+\. |- )(?:\[ \] )?(.+)", line):
            self._add(listed[1])
        elif line.startswith(REMEMBER):
            self.remark = plain(line.removeprefix(REMEMBER))
        elif self._above and self._above[-1] == "Test":
            self._add(line)
        else:
            raise AssertionError(f"line {number} of the guide is of no known kind: {line}")


def units(view: RuleView | ChecklistView) -> Iterator[tuple[str, ...]]:
    """Yield what stands together in a view: rows, the rows of a titled group, single lines, the block of commands."""
    if isinstance(view, ChecklistView):
        for group in view.groups:
            yield from group.rows
            yield (group.title or "", *(cell for row in group.rows for cell in row))
        return
    yield from ((symptom,) for symptom in view.symptoms)
    yield from ((line,) for table in view.facts for row in table.rows for line in row)
    pattern = view.facts[0].rows[0] if view.facts else ()
    yield from ((*pattern, *row) for row in view.fixes.rows)
    yield (view.test or "",)
    yield tuple((view.commands or "").splitlines())


def views(page: Page) -> tuple[RuleView | ChecklistView, ...]:
    return (*page.rules, *page.checklists)


class Presentation:
    """Everything that the guided tree leads to."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.pages = list(walk(knowledge))
        self._units: dict[str, set[tuple[str, ...]]] = {}
        for page in self.pages:
            for view in views(page):
                if view.section:
                    known = self._units.setdefault(view.section, set())
                    known |= {tuple(map(plain, unit)) for unit in units(view)}

    @property
    def sections(self) -> set[str]:
        return set(self._units)

    def shows(self, item: Item) -> bool:
        """Tell whether one unit of the item's own section holds all its texts in their order."""
        return any(_in_order(item.texts, unit) for heading in item.headings for unit in self._units.get(heading, ()))

    def lacks(self, guide: Guide) -> set[tuple[str, ...]]:
        """Return the texts that are not shown, with the heading nearest above them."""
        return {(item.headings[-1], *item.texts) for item in guide.items if not self.shows(item)}

    def leads(self, branch: Branch, guide: Guide) -> bool:
        """Tell whether the branch is there in the same words and leads to every presented part of its section."""
        below = [page for page in self.pages if page.trail[: len(branch.trail)] == branch.trail]
        if branch.anchor is None:
            return bool(below)
        targets = [path for path in guide.headings if any(slug(heading) == branch.anchor for heading in path)]
        wanted = {heading for path in targets for heading in path} & self.sections
        return bool(wanted) and wanted <= _sections(below)


def _in_order(texts: tuple[str, ...], unit: tuple[str, ...]) -> bool:
    rest = iter(unit)
    return all(text in rest for text in texts)


def _sections(pages: list[Page]) -> set[str]:
    return {view.section for page in pages for view in views(page) if view.section}


@pytest.fixture(scope="module")
def text(shared: Path) -> str:
    return (shared / "troubleshooting-guide.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def guide(text: str) -> Guide:
    return parse(text)


@pytest.fixture(scope="module")
def presentation(knowledge: Knowledge) -> Presentation:
    return Presentation(knowledge)


def test_the_parser_finds_every_section(guide: Guide) -> None:
    found = Counter({"Quick Diagnostic Flowchart": sum(1 + bool(branch.anchor) for branch in guide.branches)})
    for item in guide.items:
        for heading in item.headings:
            found[heading] += len(item.texts)
    assert {heading: found[heading] for heading in FEWEST_TEXTS} == FEWEST_TEXTS
    with_content = {heading for item in guide.items for heading in item.headings}
    assert all(any(heading in FEWEST_TEXTS for heading in item.headings) for item in guide.items), with_content


def test_every_item_is_presented_in_its_section(guide: Guide, presentation: Presentation) -> None:
    assert presentation.lacks(guide) == set()


def test_every_branch_of_the_flowchart_is_in_the_guided_tree(guide: Guide, presentation: Presentation) -> None:
    missing = [branch for branch in guide.branches if not presentation.leads(branch, guide)]
    assert missing == []


def test_the_closing_remark_is_on_every_page(guide: Guide, presentation: Presentation) -> None:
    assert guide.remark
    assert {page.remark for page in presentation.pages} == {guide.remark}


def test_no_text_can_be_altered_unnoticed(guide: Guide, presentation: Presentation) -> None:
    unnoticed = [
        item.texts
        for item in guide.items
        for place, text in enumerate(item.texts)
        for altered in (f"{text} x", text[:-1], text.replace("0", "1") if "0" in text else "x")
        if presentation.shows(replace(item, texts=(*item.texts[:place], altered, *item.texts[place + 1 :])))
    ]
    assert unnoticed == []


def test_nothing_counts_in_another_section(guide: Guide, presentation: Presentation) -> None:
    strayed = [item for item in guide.items if presentation.shows(replace(item, headings=("Caption",)))]
    assert strayed == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("| Real body images <30 | Increase to 40-50 images |", "| Real body images <30 | Increase to 41-50 images |"),
        ("| LR too high | Retrain with LR 0.0001 | **HIGH** |", "| LR too high | Retrain with LR 0.0001 | Low |"),
        ("Loss 0.08 → 0.05", "Loss 0.08 → 0.06"),
        ("- Face changes between generations", "- Face changes within generations"),
        ("pip install --upgrade torch torchvision", "pip install --upgrade torch"),
        ("- [ ] GPU utilization >90%", "- [ ] GPU utilization >95%"),
        ("   - Recaption everything", "   - Recaption everything\n   - Sleep"),
    ],
)
def test_an_altered_guide_is_noticed(text: str, presentation: Presentation, old: str, new: str) -> None:
    assert text.count(old) == 1
    altered = presentation.lacks(parse(text.replace(old, new)))
    assert len(altered - presentation.lacks(parse(text))) == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Loss spikes →", "Loss rises →"),
        ("[Plastic Skin](#issue-plastic-skin)", "[Plastic Skin](#issue-overfit)"),
        ("Training completes but:", "Training ends but:"),
    ],
)
def test_an_altered_flowchart_is_noticed(text: str, presentation: Presentation, old: str, new: str) -> None:
    altered = parse(text.replace(old, new, 1))
    assert not all(presentation.leads(branch, altered) for branch in altered.branches)


def test_a_line_of_an_unknown_kind_is_not_skipped(text: str) -> None:
    with pytest.raises(AssertionError, match="no known kind"):
        parse(f"{text}\nA new paragraph of advice.\n")


@cache
def shipped() -> Knowledge:
    """The knowledge without a fixture: hypothesis would print all of it beside a failing example."""
    return load_knowledge()


@settings(deadline=None)
@given(
    rate=st.floats(1e-7, 1.0),
    steps=st.integers(1, 100_000),
    rank=st.integers(1, 256),
    optimizer=st.sampled_from([None, "adamw8bit", "Prodigy", "DAdaptAdam"]),
    model=st.sampled_from([None, "Qwen/Qwen-Image-Edit-2509", "black-forest-labs/FLUX.1-dev"]),
    pattern=st.sampled_from([None, "healthy", "plateau", "spikes", "no-decrease", "too-fast"]),
    scale=st.sampled_from([None, 1.0, 1 / 128]),
)
def test_no_row_moves_a_setting_the_wrong_way(
    rate: float,
    steps: int,
    rank: int,
    optimizer: str | None,
    model: str | None,
    pattern: str | None,
    scale: float | None,
) -> None:
    knowledge = shipped()
    alpha = None if scale is None else scale * rank
    config = ConfigFacts(
        model=model,
        rank=rank,
        alpha=alpha,
        lora_scale=scale,
        learning_rate=rate,
        optimizer=optimizer,
        steps=steps,
    )
    profile = select_profile([model], knowledge.profiles.values())
    context = context_for(Facts(config=config, loss=LossFacts(pattern=pattern)), profile)
    before = {"learning_rate": rate, "steps": steps, "rank": rank, "alpha": alpha or 0.0}
    for names, direction in ((TOO_STRONG, -1), (TOO_WEAK, 1)):
        for name in names:
            wanted = changes([knowledge.rules[name]], context)
            for setting, value in wanted.items():
                assert isinstance(value, int | float), (name, setting)
                assert (value - before[setting]) * direction > 0, (name, setting)
            if optimizer in ("Prodigy", "DAdaptAdam"):
                assert "learning_rate" not in wanted
            if profile is None:
                assert "steps" not in wanted
