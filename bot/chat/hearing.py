"""What becomes of a message in a channel, the same on every chat."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.cases.model import Status, Submission
from bot.chat.asked import guide
from bot.chat.doing import Said
from bot.chat.receipts import receipt_text
from bot.chat.shown import Shown
from bot.desk import Desk


async def hear(
    desk: Desk,
    submission: Submission,
    pointed_at: Callable[[], Awaitable[Submission | None]],
    told_before: bool = False,
) -> Shown | Said | None:
    """Take a message in; returns what is to be said to it besides the answer to its case, if anything.

    `pointed_at` finds the message that a bare call by name is about. `told_before` is whether this may be the same
    message again: then nobody is told that it is known.
    """
    own = True
    if submission.asked and not submission.text and not submission.files:
        pointed = await pointed_at()
        if pointed is None or not (pointed.text or pointed.files):
            return guide(desk)
        # who calls is the asker, whoever wrote the message
        submission = replace(pointed, person=submission.person, event=submission.event, asked=True)
        own = False
    receipt = await desk.receive(submission)
    telling = {Status.COOLING} if told_before else {Status.COOLING, Status.KNOWN}
    if submission.asked and own and receipt.status in telling:
        return Said(receipt_text(receipt, desk.knowledge))
    return None
