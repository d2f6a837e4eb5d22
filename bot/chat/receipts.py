"""What a person hears at once: what became of what they sent, and answers to buttons and commands."""

from __future__ import annotations

import math

from bot.cases.model import Progress, Receipt, Status, Step, Verdict
from bot.chat.blocks import Card, Text, Tone
from bot.chat.text import line
from knowledge.model import Knowledge


def receipt_text(receipt: Receipt, knowledge: Knowledge) -> str:
    """Return what became of a submission, with its place in the queue."""
    words, case = knowledge.chat.receipts, receipt.case
    match receipt.status:
        case Status.OPENED if receipt.ahead:
            one, several = words.waiting
            return (one if receipt.ahead == 1 else several).format(case=case, count=receipt.ahead)
        case Status.OPENED:
            return words.opened.format(case=case)
        case Status.ADDED:
            return words.added.format(case=case)
        case Status.KNOWN:
            return words.known.format(case=case)
        case Status.UNCHANGED:
            return words.unchanged.format(case=case)
        case Status.COOLING:
            return words.cooling.format(seconds=max(math.ceil(receipt.wait), 1))
        case Status.IGNORED:
            return words.ignored


def receipt_card(receipt: Receipt, knowledge: Knowledge) -> Card:
    """Return the same as a card."""
    return sentence_card(receipt_text(receipt, knowledge))


def progress_card(progress: Progress, knowledge: Knowledge) -> Card:
    """Return how a case is getting on, as a card."""
    ahead = progress.ahead if progress.step is Step.WAITING else 0
    return receipt_card(Receipt(Status.OPENED, progress.case.id, ahead), knowledge)


def verdict_text(verdict: Verdict, knowledge: Knowledge) -> str:
    """Return the thanks for a verdict, and what can be done next."""
    said = knowledge.chat.sentences
    return {
        Verdict.FIXED: said.fixed,
        Verdict.DID_NOT_HELP: said.did_not_help,
        Verdict.WRONG: said.wrong,
    }[verdict]


def forgotten_text(cases: int, knowledge: Knowledge) -> str:
    """Return what was deleted at a person's wish."""
    said = knowledge.chat.sentences
    if not cases:
        return said.nothing_to_forget
    return said.forgotten[0 if cases == 1 else 1].format(count=cases)


def sentence_card(text: str, tone: Tone = Tone.NEUTRAL) -> Card:
    """Return a card of one sentence."""
    return Card(tone, (Text(line(text)),))
