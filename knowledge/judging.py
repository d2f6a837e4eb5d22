"""How signs are weighed, which lines mean nothing, and the sentences of the report itself."""

from __future__ import annotations

from pydantic import Field

from knowledge.entry import Entry, Probability, Text


class BenignLine(Entry):
    """A line that healthy runs print too."""

    pattern: Text
    examples: tuple[Text, ...] = Field(min_length=1)


class Benign(Entry):
    """All lines that are passed over, and where that is known from."""

    source: Text
    lines: tuple[BenignLine, ...]


class Weighing(Entry):
    """How claims are weighed against each other."""

    earlier_run: Probability
    """Factor for errors of a run that was started again later in the same log."""
    not_fatal: Probability
    """Factor for lines that did not end the run, where another line did."""
    survived: Probability
    """Factor for errors that the training went on after."""
    later_error: Probability
    """Factor for each further kind of fatal error after the first: the first error wins over its echoes."""
    unexplained: Probability
    """A traceback that no signature explains."""
    unexplained_line: Probability
    """An error line that no signature explains."""
    least: Probability
    """Findings below this are not reported."""
    least_beside: Probability
    """The same for a second finding."""
    share_beside: Probability
    """A second finding must be at least this share as likely as the first."""
    sure: Probability
    """Below this the report asks for what is missing."""
    trainer_by_config: Probability
    trainer_by_log: Probability
    curve_points: int = Field(gt=0)
    """Loss values from which on a log answers the support checklist's loss curve."""


class Wording(Entry):
    """Sentences of the report itself."""

    needs: Text
    """Why a fix row is still to be checked; ``{what}`` names what is missing."""
    groups: dict[str, Text]
    """What to call each group of facts, e.g. ``config: the training config``."""
    survived: Text
    """Added to a finding where the training went on after what shows it."""
    thinned: Text
    """Where a log holds more loss values than the curve is made of: ``{file}``, ``{read}`` and ``{kept}``."""
    nothing_found: Text
    """Where a config or a log was read and nothing speaks against them."""
    cannot_tell: Text
    open: Text
    open_items: Text
    """Where there is neither config nor log, and the words point nowhere."""
    nothing_usable: Text
    ask: Text
    """Asks for the missing items; ``{items}``."""
