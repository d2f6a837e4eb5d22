"""One sample picture with everything known of how it was made."""

from __future__ import annotations

from dataclasses import dataclass

from diagnostics.pictures.look import Look
from diagnostics.pictures.read import Picture
from diagnostics.samples.generation import Generation
from diagnostics.samples.names import SampleName


@dataclass(frozen=True, eq=False)
class Sample:
    """A sample. Step and epoch are those of the checkpoint, by the sample's own name or by that of the LoRA file."""

    picture: Picture
    shown: str
    """Its name as it may be shown: without folder and prompt."""
    generation: Generation | None = None
    name: SampleName | None = None
    step: int | None = None
    epoch: int | None = None
    strength: float | None = None
    """Of the trained LoRA."""
    lora: str | None = None
    """Name of the trained LoRA's file."""

    @property
    def look(self) -> Look | None:
        """What was measured of it."""
        return self.picture.look

    @property
    def checkpoint(self) -> tuple[int, int, str] | None:
        """What tells checkpoints apart and puts them in order; None where nothing is known of it."""
        if self.step is None and self.epoch is None and self.lora is None:
            return None
        return (self.step or 0, self.epoch or 0, self.lora or "")

    @property
    def prompt(self) -> str | int | None:
        """What tells prompts apart: the prompt, else its place in the trainer's list."""
        if self.generation is not None and self.generation.prompt is not None:
            return self.generation.prompt
        return self.name.place if self.name else None

    @property
    def seed(self) -> int | None:
        """The seed, where it is known."""
        if self.generation is not None and self.generation.seed is not None:
            return self.generation.seed
        return self.name.seed if self.name else None
