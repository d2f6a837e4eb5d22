"""Datasets of photos with planted faults, each with what was planted: the truth that the reading is compared with."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field

from PIL import Image

from benchmarks import picture_changes as changes
from benchmarks.photos import Scene, enlarged

TRIGGER, TAG = "maya_char", "realistic_body"
FACES, BODIES = "maya/40_maya_char", "maya/20_maya_char_realbody"
CONFIG = f"""job: extension
config:
  name: maya
  process:
    - type: sd_trainer
      trigger_word: {TRIGGER}
      network: {{type: lora, linear: 16, linear_alpha: 16}}
      datasets: [{{folder_path: /data/maya, caption_ext: txt, resolution: [1024]}}]
      train: {{batch_size: 1, steps: 3400, lr: 0.0001}}
      model: {{name_or_path: Qwen/Qwen-Image-Edit-2509, arch: qwen_image_edit_plus}}
"""
_SIDE = 1024
_BAD_NAMES = ("{} copy.{}", "photo ({}).{}", "été_{}.{}", "写真{}.{}", "smile#{}.{}", "a&b {}.{}", "{}'s.{}")
_GOOD_NAMES = ("{:03d}.{}", "img-{}.{}", "photo_{}.v2.{}", "IMG_{:04d}.{}")
_EXTRAS = {
    "notes.md": b"keep these\n",
    "Thumbs.db": b"\xd0\xcf\x11\xe0" + bytes(600),
    "clip.mp4": b"\0\0\0\x18ftypmp42",
}
_OWN = {"latent.npz": b"PK\x05\x06" + bytes(18), "metadata.json": b"{}"}
_WORDS = (
    *("standing", "near", "a", "window", "with", "soft", "light", "and", "a"),
    *("wooden", "table", "behind", "while", "looking", "at", "the", "camera"),
)
_ABSENT = {
    "no trigger": "a woman, portrait",
    "half of the trigger": "maya, portrait",
    "the trigger inside another word": "maya_charlotte at the beach",
    "the trigger misspelt": "mayachar, portrait",
}
_FIRST = (
    f"{TRIGGER}, portrait",
    f"Maya_Char smiling, {TRIGGER}",
    f'"{TRIGGER}" at a table',
    f"\n {TRIGGER}. outdoors",
    "[trigger], a portrait",
)
_LATE = {
    "after three words": f"a photo of {TRIGGER}",
    "at the end": f"portrait, soft light, {TRIGGER}",
    "after a word that begins alike": f"maya_charming smile, {TRIGGER}",
}


@dataclass
class Planted:
    """Files of one dataset by name, and for each check what it should name -> the kind of fault."""

    files: dict[str, bytes] = field(default_factory=dict)
    truth: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    scene: dict[str, Scene] = field(default_factory=dict)
    """Name of a picture -> what it shows."""


class Planter:
    """Makes one dataset; everything random hangs on `seed`."""

    def __init__(self, scenes: tuple[Scene, ...], seed: int) -> None:
        self._rng = random.Random(seed)
        photos = sorted({scene.photo for scene in scenes})
        quartered = set(self._rng.sample(photos, self._rng.randrange(8, 14)))
        self._scenes = [scene for scene in scenes if scene.whole is (scene.photo not in quartered)]
        self._rng.shuffle(self._scenes)
        self._made = Planted()
        self._number = 0

    def plant(self) -> Planted:
        """Return the dataset: versions of some pictures, one fault for each of the next, and sound ones."""
        self._plant_versions()
        self._plant_files()
        self._plant_captions()
        self._plant_folders()
        while self._scenes:
            self._add(self._image())
        self._made.files["config.yaml"] = CONFIG.encode()
        return self._made

    def _plant_versions(self) -> None:
        rng, truth = self._rng, self._made.truth
        again = rng.sample(list(changes.SAVED_AGAIN), 2)
        for kind in (*rng.sample(list(changes.VERSIONS), 9), *again, "turned by Exif"):
            image = self._image(1024, 1100)
            first = self._add(image)
            scene = self._made.scene[first]
            if kind in changes.VERSIONS:
                other = self._add(changes.VERSIONS[kind](image))
            elif kind in changes.SAVED_AGAIN:
                other = self._add(file=changes.saved(image, rng, *changes.SAVED_AGAIN[kind]), side=min(image.size))
            else:
                other = self._add(file=changes.turned(image, rng), side=min(image.size))
                truth["turned by Exif"][other] = "pair"
            self._made.scene[other] = scene
            # saved as what it was, a version may be the very same file
            bytes_of = {path.rpartition("/")[2]: data for path, data in self._made.files.items()}
            same = bytes_of[first] == bytes_of[other]
            truth["equal files" if same else "near-duplicates"][pair(first, other)] = kind
        for _ in range(2):
            image = self._image()
            file = changes.saved(image, rng)
            first, other = (self._add(file=file, side=min(image.size)) for _ in range(2))
            truth["equal files"][pair(first, other)] = "copied"

    def _plant_files(self) -> None:
        rng, truth = self._rng, self._made.truth
        for shorter in (_SIDE - 1, rng.randrange(300, _SIDE - 1)):
            self._add(enlarged(self._scenes.pop().image, shorter))
        for kind in ("JPEG", "PNG", "WEBP"):
            self._broken(kind, "cut off", changes.cut)
        kind = rng.choice(("JPEG", "PNG", "WEBP"))
        self._broken(kind, "zeros to the end", changes.zeroed)
        self._broken(kind, "100 bytes replaced", changes.overwritten)
        page = self._add(file=changes.Saved(changes.ERROR_PAGE, rng.choice(("jpg", "png"))))
        truth["cut off or damaged"][page] = "an error page instead of a picture"
        for _ in range(2):
            image = self._image()
            name = self._add(file=changes.turned(image, rng), side=min(image.size))
            truth["turned by Exif"][name] = "alone"
        image = self._image()
        file = changes.saved(image, rng)
        others = [ending for kind in changes.ENDINGS.values() for ending in kind if file.ending not in kind]
        name = self._add(file=changes.Saved(file.data, rng.choice(others)), side=min(image.size))
        truth["wrong ending"][name] = f"{file.ending} as {name.rpartition('.')[2]}"
        for kind in rng.sample(changes.FOREIGN, 2):
            name = self._add(file=changes.foreign(self._scenes[0].image, kind))
            truth["kinds that trainers do not read"][name] = kind

    def _plant_captions(self) -> None:
        rng, truth = self._rng, self._made.truth
        name = self._add(self._image(), None)
        truth["captions missing"][name] = "missing"
        for text in ("", " \n"):
            name = self._add(self._image(), text)
            truth["captions empty"][name] = "nothing" if not text else "blanks"
            truth["trigger word missing"][_stem(name)] = "empty"
        for kind in rng.sample(list(_ABSENT), 2):
            name = self._add(self._image(), _ABSENT[kind])
            truth["trigger word missing"][_stem(name)] = kind
        kind = rng.choice(list(_LATE))
        name = self._add(self._image(), _LATE[kind])
        truth["trigger word not first"][_stem(name)] = kind
        long = rng.randrange(61, 90)
        name = self._add(self._image(), f"{TRIGGER}, " + " ".join(rng.choices(_WORDS, k=long)))
        truth["captions too long"][_stem(name)] = f"{long + 1} words"
        orphan = f"{FACES}/left_over_{self._number}.txt"
        self._made.files[orphan] = f"{TRIGGER}, gone".encode()
        truth["captions without a picture"][_base(orphan)] = "orphan"

    def _plant_folders(self) -> None:
        rng, made = self._rng, self._made
        for kind in ("tagged", "tagged", "untagged"):
            text = f"{TRIGGER}, standing" + (f", {TAG}" if kind == "tagged" else "")
            name = self._add(self._image(), text, folder=BODIES)
            if kind == "untagged":
                made.truth["body tag missing"][_stem(name)] = "in the body folder"
        name = self._add(self._image(), f"{TRIGGER}, {TAG}, standing")
        made.truth["body pictures elsewhere"][name] = "in the face folder"
        extra = rng.choice(list(_EXTRAS))
        made.files[f"{FACES}/{extra}"] = _EXTRAS[extra]
        made.truth["extra files"][extra] = extra
        own = rng.choice(list(_OWN))
        made.files[f"{FACES}/{own}"] = _OWN[own]

    def _broken(self, kind: str, what: str, change: changes.Change) -> None:
        file = changes.saved(self._image(), self._rng, kind)
        name = self._add(file=changes.Saved(change(file.data, self._rng), file.ending), side=_SIDE)
        self._made.truth["cut off or damaged"][name] = f"{kind}, {what}"

    def _image(self, least: int = _SIDE, most: int = 1300) -> Image.Image:
        self._last = self._scenes.pop()
        return enlarged(self._last.image, self._rng.choice((least, self._rng.randrange(least, most))))

    def _add(
        self,
        image: Image.Image | None = None,
        caption: str | None = "?",
        folder: str = FACES,
        file: changes.Saved | None = None,
        side: int | None = None,
    ) -> str:
        """Put a picture into the dataset under a name of its own and return that name."""
        rng, made = self._rng, self._made
        saved = file or changes.saved(image or self._image(), rng)
        side = side or (min(image.size) if image else None)
        self._number += 1
        bad = rng.random() < 0.06
        name = rng.choice(_BAD_NAMES if bad else _GOOD_NAMES).format(self._number, saved.ending)
        made.files[f"{folder}/{name}"] = saved.data
        made.scene[name] = self._last
        if bad:
            made.truth["names with blanks or special characters"][name] = name
        if side is not None and side < _SIDE:
            made.truth["smaller than 1024"][name] = f"{side} pixels"
        if caption is not None:
            text = rng.choice(_FIRST) if caption == "?" else caption
            made.files[f"{folder}/{_stem(name)}.txt"] = text.encode()
        return name


def pair(one: str, other: str) -> str:
    """Return two names as the reading gives them, in an order of their own."""
    return " = ".join(sorted((one, other)))


def _stem(name: str) -> str:
    return name.rpartition(".")[0]


def _base(name: str) -> str:
    return name.rpartition("/")[2]
