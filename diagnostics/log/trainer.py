"""Which trainer wrote a log, by what only it prints."""

from __future__ import annotations

MARKS: dict[str, tuple[str, ...]] = {
    "ai-toolkit": (
        "# Running job: ",
        "Error running job:",
        "ai-toolkit",
        "- 1 completed job",
        "toolkit/",
        "toolkit\\",
    ),
    "musubi-tuner": (
        "musubi_tuner",
        "num train items",
        "hv_train_network",
        "wan_train_network",
        "qwen_image_train_network",
    ),
    "sd-scripts": (
        "avr_loss=",
        "num train images * repeats",
        "train_util.py",
        "sd-scripts",
        "Kohya_ss GUI",
        "kohya_ss",
        "train_network.py",
        "found directory ",
        "Use DreamBooth method",
    ),
    "onetrainer": ("smooth loss=", "OneTrainer", "onetrainer"),
    "diffusion-pipe": ("iter time (s):", "diffusion-pipe", "Cound not find caption"),
    "simpletuner": ("simpletuner", "SimpleTuner", "data_backend", "[RANK 0]"),
    "diffusers": ("***** Running training *****", "train_dreambooth", "train_text_to_image"),
}

IN_REFRESHES = ("avr_loss=", "smooth loss=", "iter time (s):")
"""Marks that stand in every refresh: found where refreshes are read."""
MOST_MARKS = 200
"""Lines with marks of one trainer after which more of them tell nothing new."""


class TrainerReader:
    """Counts the marks of each trainer."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def feed(self, text: str) -> None:
        """Take one line."""
        for trainer, marks in MARKS.items():
            if any(mark in text for mark in marks):
                self.mark(trainer)

    def mark(self, trainer: str) -> None:
        """Count a layout that only this trainer prints."""
        self._seen[trainer] = min(self._seen.get(trainer, 0) + 1, MOST_MARKS)

    def marks(self, trainer: str) -> int:
        """Return how many marks of `trainer` were seen, up to `MOST_MARKS`."""
        return self._seen.get(trainer, 0)

    @property
    def trainer(self) -> str | None:
        """The trainer with the most marks, or None."""
        return max(self._seen, key=lambda each: self._seen[each], default=None)
