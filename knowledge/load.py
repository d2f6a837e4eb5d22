"""Reads everything under `knowledge/` into one `Knowledge`, or says everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from knowledge.chat import ChatWords
from knowledge.entry import Entry
from knowledge.faces import FaceKnowledge
from knowledge.fingerprints import FingerprintRules
from knowledge.judging import Benign, Weighing, Wording
from knowledge.language import MessageFact, Phrase, Vocabulary
from knowledge.mistakes import KnowledgeError, Mistake
from knowledge.model import Checklist, CrossCheck, Knowledge, Pitfall, Profile, Question, Rule
from knowledge.pictures import PictureKnowledge
from knowledge.recurrence import RecurrenceRules
from knowledge.screenshots import ScreenshotKnowledge
from knowledge.source import YamlFile
from knowledge.trainer import Trainer
from knowledge.web import WebWords

T = TypeVar("T")
E = TypeVar("E", Rule, Profile, Checklist, Trainer)

HOME = Path(__file__).parent
"""The knowledge that ships with the program."""
RULE_FOLDERS = ("issues", "crashes", "curves")


class _Remark(Entry):
    remark: str


def load_knowledge(root: Path = HOME) -> Knowledge:
    """Read the folder `root`; raises `KnowledgeError` naming every mistake with its file and line."""
    mistakes: list[Mistake] = []

    def reading(path: Path, kind: type[T]) -> T | None:
        try:
            return YamlFile(path, kind).value
        except KnowledgeError as error:
            mistakes.extend(error.mistakes)
        except (OSError, UnicodeDecodeError) as error:
            mistakes.append(Mistake(path, 1, f"cannot be read: {error}"))
        return None

    rules: dict[str, Rule] = {}
    for folder in RULE_FOLDERS:
        rules |= _by_id(root / folder, Rule, reading, mistakes)
    for path in _files(root / "phrases"):
        phrases = reading(path, tuple[Phrase, ...])
        if path.stem not in rules and not any((root / folder / path.name).exists() for folder in RULE_FOLDERS):
            mistakes.append(Mistake(path, 1, f"no rule is called {path.stem}"))
        if phrases and path.stem in rules:
            rule = rules[path.stem]
            rules[path.stem] = rule.model_copy(update={"phrases": (*rule.phrases, *phrases)})
    profiles = _by_id(root / "profiles", Profile, reading, mistakes)
    checklists = _by_id(root / "checklists", Checklist, reading, mistakes)
    trainers = _by_id(root / "trainers", Trainer, reading, mistakes)
    pitfalls: dict[str, Pitfall] = {}
    for path in _files(root / "config"):
        for pitfall in reading(path, tuple[Pitfall, ...]) or ():
            if pitfall.id in pitfalls:
                mistakes.append(Mistake(path, 1, f"the pitfall {pitfall.id} is described twice"))
            pitfalls[pitfall.id] = pitfall
    flowchart = reading(root / "flowchart.yaml", Question)
    vocabulary = reading(root / "vocabulary.yaml", Vocabulary)
    message_facts = reading(root / "message-facts.yaml", tuple[MessageFact, ...])
    benign = reading(root / "benign.yaml", Benign)
    weighing = reading(root / "weighing.yaml", Weighing)
    wording = reading(root / "wording.yaml", Wording)
    remark = reading(root / "remark.yaml", _Remark)
    chat = reading(root / "chat.yaml", ChatWords)
    pictures = reading(root / "pictures.yaml", PictureKnowledge)
    screenshots = reading(root / "screenshots.yaml", ScreenshotKnowledge)
    faces = reading(root / "faces.yaml", FaceKnowledge)
    crosschecks = reading(root / "crosschecks.yaml", tuple[CrossCheck, ...])
    recurrence = reading(root / "recurrence.yaml", RecurrenceRules)
    fingerprints = reading(root / "fingerprints.yaml", FingerprintRules)
    web = reading(root / "web.yaml", WebWords)
    if mistakes or not (
        flowchart
        and vocabulary
        and message_facts is not None
        and benign
        and weighing
        and wording
        and remark
        and chat
        and pictures
        and screenshots
        and faces
        and crosschecks is not None
        and recurrence
        and fingerprints
        and web
    ):
        raise KnowledgeError(sorted(mistakes))
    return Knowledge(
        rules=rules,
        profiles=profiles,
        checklists=checklists,
        flowchart=flowchart,
        pitfalls=pitfalls,
        vocabulary=vocabulary,
        message_facts=message_facts,
        benign=benign,
        weighing=weighing,
        wording=wording,
        trainers=trainers,
        remark=remark.remark,
        chat=chat,
        pictures=pictures,
        screenshots=screenshots,
        faces=faces,
        crosschecks=crosschecks,
        recurrence=recurrence,
        fingerprints=fingerprints,
        web=web,
    )


def load_trainers(root: Path = HOME) -> tuple[Trainer, ...]:
    """Read only what is known of the trainers."""
    return tuple(YamlFile(path, Trainer).value for path in _files(root / "trainers"))


def _files(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.glob("*.yaml"))


def _by_id(
    folder: Path,
    kind: type[E],
    reading: Callable[[Path, type[E]], E | None],
    mistakes: list[Mistake],
) -> dict[str, E]:
    entries: dict[str, E] = {}
    for path in _files(folder):
        entry = reading(path, kind)
        if entry is None:
            continue
        if entry.id != path.stem:
            mistakes.append(Mistake(path, 1, f"the id {entry.id} and the file name differ"))
        entries[entry.id] = entry
    return entries
