"""What a rule would have changed, on the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from bot.amounts import counted
from bot.stats import cause
from diagnostics.trial import Change, Effect
from knowledge.model import Knowledge, Rule

_SHOWN = 8
_WIDTH = 160


def show_trial(
    rule: Rule, changes: Sequence[Change], tried: int, knowledge: Knowledge, console: Console | None = None
) -> None:
    """Print hits and false hits, what they would have changed, and examples; text of people is printed as text."""
    console = console or Console(highlight=False)
    words = knowledge.chat.trial
    if not tried:
        console.print(Text(words.nothing))
        return
    hits = [each for each in changes if each.effect is not Effect.LOST]
    false = [each for each in hits if each.false]
    said = words.total.format(rule=rule.title, hits=counted(len(hits), words.cases), tried=tried, false=len(false))
    console.print(Text(said, style="bold"))
    for effect in Effect:
        some = [each for each in changes if each.effect is effect]
        if some:
            console.print(Text(f"  {len(some):>5}  {words.effects[effect.value]}"))
        if effect in (Effect.FIRST, Effect.BESIDE):
            for finding, number in Counter(each.instead_of for each in some).most_common():
                console.print(Text(f"  {number:>11}  {cause(finding, knowledge)}", style="dim"))
    if rescued := sum(each.rescued for each in hits):
        console.print(Text(words.rescued.format(cases=counted(rescued, words.cases))))
    for heading, some in ((words.mistaken, false), (words.examples, [each for each in hits if not each.false])):
        if some:
            console.print(Text(heading, style="bold"))
        for each in some[:_SHOWN]:
            line = each.evidence.text if each.evidence else ""
            console.print(Text(f"  {each.case}  {line}"[:_WIDTH]), no_wrap=True, overflow="ellipsis")
        if len(some) > _SHOWN:
            console.print(Text(f"  {words.further.format(count=len(some) - _SHOWN)}", style="dim"))
    console.print(Text(words.limits, style="dim"))
