"""The weekly digest as a card, the same on every chat."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bot.amounts import counted, duration, mean, percent
from bot.chat.blocks import Attached, Block, Card, Heading, Mark, Picture, Row, Text, Tone
from bot.chat.text import Line, Span, Style, bold, cut, line
from bot.digest.model import Digest, Moved
from bot.stats import cause
from knowledge.model import Knowledge

PICTURE = "digest.png"
_ERROR = 160


def digest_card(digest: Digest, knowledge: Knowledge, note: str = "") -> Card:
    """Return a digest, with `note` on top. Its week stands in the last line: by that a post is known again."""
    words = knowledge.chat.digest
    first, last = (_date(each) for each in (digest.first, digest.last))
    blocks: list[Block] = [Heading(words.title.format(first=first, last=last), 1)]
    if note:
        blocks.append(Text(line(note)))
    if digest.late_since is not None:
        blocks.append(Text(_timed(words.late, digest.late_since)))
    blocks += _body(digest, knowledge) if digest.cases.cases else [Text(line(words.empty))]
    blocks += _waiting(digest, knowledge)
    blocks.append(Text(line(words.footer.format(week=digest.week) if digest.week else words.now), small=True))
    blocks += [Attached(each.draft.file, each.draft.text.encode(), rank=1) for each in digest.unknown if each.draft]
    return Card(Tone.WARNING if digest.waiting_total else Tone.INFO, tuple(blocks))


def chart_words(digest: Digest, knowledge: Knowledge) -> str:
    """Return what the chart shows, for those who cannot see it."""
    words = knowledge.chat.digest
    items = "; ".join(
        words.chart_item.format(title=cause(each.subject, knowledge), count=each.cases, before=mean(each.before))
        for each in digest.findings
    )
    return words.chart_says.format(items=items)


def week_mark(week: str, knowledge: Knowledge) -> str:
    """Return the words in the last line of a digest that no other post holds."""
    return knowledge.chat.digest.footer.partition("{week}")[0] + week


def _body(digest: Digest, knowledge: Knowledge) -> Iterator[Block]:
    words = knowledge.chat.digest
    solved = words.nobody_said
    if digest.solved is not None:
        solved = words.solved.format(percent=percent(digest.solved), said=digest.said)
    total = bold(counted(digest.cases.cases, words.cases))
    yield Text(line(total, f", {_trend(digest.cases, knowledge)} · {solved}"))
    answer, fixed = (
        words.not_known if each is None else duration(each) for each in (digest.median_answer, digest.median_fixed)
    )
    yield Text(line(words.medians.format(answer=answer, fixed=fixed)))
    if digest.chart:
        yield Picture(PICTURE, digest.chart, chart_words(digest, knowledge), rank=1)
    if digest.findings:
        yield Heading(words.findings)
    for place, each in enumerate(digest.findings):
        title = bold(cause(each.subject, knowledge))
        yield Row(line(title, f" · {each.cases}, {_trend(each, knowledge)}"), Mark.BULLET, rank=min(place, 2))
    if digest.dataset_share is not None:
        guide = percent(knowledge.recurrence.dataset_share)
        yield Text(line(words.dataset.format(percent=percent(digest.dataset_share), guide=guide)))
    yield from _unknown(digest, knowledge)
    if digest.disputed:
        yield Heading(words.wrong)
    for wrong in digest.disputed:
        told = words.wrong_row.format(wrong=wrong.wrong, cases=wrong.cases)
        yield Row(line(bold(cause(wrong.finding, knowledge)), f" · {told}"), rank=2)


def _unknown(digest: Digest, knowledge: Knowledge) -> Iterator[Block]:
    words = knowledge.chat.digest
    if not digest.unknown:
        return
    yield Heading(words.unknown)
    for place, error in enumerate(digest.unknown):
        text = error.text.split("\n")[-1] or error.moved.subject
        moved = words.unknown_new if error.new else _trend(error.moved, knowledge)
        told = words.unknown_row.format(count=error.moved.cases, moved=moved)
        yield Row((Span(cut(text.replace("`", "'"), _ERROR), Style.CODE),), below=line(told), rank=min(place, 2))
    files = [f"`{each.draft.file}`" for each in digest.unknown if each.draft]
    if files:
        yield Text(line(words.draft.format(files=", ".join(files))))


def _waiting(digest: Digest, knowledge: Knowledge) -> Iterator[Block]:
    words = knowledge.chat.digest
    if not digest.waiting_total:
        yield Text(line(words.waiting_none))
        return
    yield Heading(words.waiting.format(count=digest.waiting_total))
    for place, each in enumerate(digest.waiting):
        told = words.waiting_row.format(case=each.case, title=cause(each.finding, knowledge))
        at = Span(str(int(each.called_at)), Style.TIME)
        yield Row((*line(told), Span(" · "), at), rank=min(place, 1))
    if (more := digest.waiting_total - len(digest.waiting)) > 0:
        yield Text(line(words.waiting_more.format(count=more)), small=True)


def _trend(moved: Moved, knowledge: Knowledge) -> str:
    return knowledge.chat.digest.trends[moved.trend.value].format(before=mean(moved.before))


def _timed(sentence: str, at: float) -> Line:
    before, _, after = sentence.partition("{due}")
    return (Span(before, Style.BOLD), Span(str(int(at)), Style.TIME), Span(after, Style.BOLD))


def _date(day: date) -> str:
    return f"{day.day} {day:%B}"
