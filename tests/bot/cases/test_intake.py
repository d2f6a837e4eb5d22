import asyncio
from pathlib import Path

import pytest

from bot.cases.model import Place, Receipt, Status
from tests.bot.asynchronous import run_async
from tests.bot.cases.store import opened, submission

TOKEN = "hf_FAKEfakeFAKEfakeFAKEfakeFAKEfake00"


@run_async
async def test_the_same_message_event_or_file_never_makes_two_cases(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        first = await store.intake.receive(submission())
        same_event = await store.intake.receive(submission("m2", event="e-m1", files=()))
        same_message = await store.intake.receive(submission(event="e-other"))
        again = submission("m3", text="")
        same_file = await store.intake.receive(
            type(again)(again.event, again.message, again.place, again.person, "", submission().files, True)
        )
        assert first.status is Status.OPENED
        assert {same_event, same_message, same_file} == {Receipt(Status.KNOWN, first.case)}
        assert (await store.lookup.statistics()).cases == 1


@run_async
async def test_one_of_many_at_once_wins(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        receipts = await asyncio.gather(*(store.intake.receive(submission()) for _ in range(12)))
        assert sorted(receipt.status for receipt in receipts) == ["known"] * 11 + ["opened"]


@run_async
async def test_an_id_that_is_given_already_is_not_given_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    letters = iter("222222222222333333")
    monkeypatch.setattr("bot.cases.intake.secrets.choice", lambda _: next(letters))
    async with opened(tmp_path) as store:
        cases = [(await store.intake.receive(submission(each, person=each))).case for each in ("m1", "m2")]
    assert cases == ["222222", "333333"]


@run_async
async def test_more_of_the_same_person_in_the_thread_adds_to_the_open_case(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        opening = await store.intake.receive(submission(thread="t"))
        added = await store.intake.receive(submission("m2", text="and the config", files=("a.yaml",), thread="t"))
        other = await store.intake.receive(submission("m3", person="oleg", thread="t"))
        assert added == Receipt(Status.ADDED, opening.case)
        assert other.status is Status.OPENED
        claim = await store.must_claim()
        assert claim.text == "loss is nan\nand the config"
        assert [file.name for file in claim.files] == ["log.txt", "a.yaml"]


@run_async
async def test_an_answer_to_our_reply_or_to_ones_own_message_adds_too(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        opening = await store.intake.receive(submission())
        await store.answer("r1")
        assert (await store.intake.receive(submission("m2", reply_to="r1"))).case == opening.case
        assert (await store.intake.receive(submission("m3", reply_to="m1"))).case == opening.case
        assert (await store.intake.receive(submission("m4", reply_to="m1", person="oleg"))).case != opening.case


@run_async
async def test_a_thread_that_rested_for_long_opens_a_new_case(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        opening = await store.intake.receive(submission(thread="t"))
        store.clock.now += 3601
        assert (await store.intake.receive(submission("m2", thread="t"))).case != opening.case


@run_async
async def test_an_edit_updates_the_case_and_an_equal_text_does_not(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        opening = await store.intake.receive(submission())
        await store.answer()
        assert (await store.intake.edit(submission())).status is Status.UNCHANGED
        assert await store.queue.claim() is None
        assert await store.intake.edit(submission(text="now it is oom")) == Receipt(Status.ADDED, opening.case)
        assert (await store.must_claim()).text == "now it is oom"


@run_async
async def test_what_is_no_training_material_stays_silent_unless_called(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        chat = submission(text="which config is best?", files=("cat.png",), asked=False)
        assert (await store.intake.receive(chat)).status is Status.IGNORED
        pasted = submission("m2", text="Traceback (most recent call last):\n", files=(), asked=False)
        assert (await store.intake.receive(pasted)).status is Status.OPENED
        named = submission("m3", text="", files=("config.yaml",), asked=False)
        assert (await store.intake.receive(named)).status is Status.OPENED
        called = submission("m4", text="help", files=())
        assert (await store.intake.receive(called)).status is Status.OPENED


@run_async
async def test_a_person_cools_down_between_cases_and_others_do_not_wait(tmp_path: Path) -> None:
    async with opened(tmp_path, server_cases=4, cooldown=15) as store:
        await store.intake.receive(submission())
        store.clock.now += 5
        second = await store.intake.receive(submission("m2"))
        third = await store.intake.receive(submission("m3"))
        assert (second.status, second.wait, third.wait) == (Status.OPENED, 10, 25), "a case is begun later, not refused"
        assert (await store.intake.receive(submission("m4", person="oleg"))).wait == 0
        assert {(await store.must_claim()).case.message for _ in range(2)} == {"m1", "m4"}
        assert await store.queue.claim() is None
        assert await store.queue.next_retry() == 10
        store.clock.now += 10
        assert (await store.must_claim()).case.id == second.case
        for number in range(20):
            last = await store.intake.receive(submission(f"n{number}"))
        assert last.status is Status.COOLING
        assert last.wait > 0


@run_async
async def test_uploads_of_a_person_one_right_after_the_other_are_one_case(tmp_path: Path) -> None:
    async with opened(tmp_path, cooldown=15) as store:
        first = await store.intake.receive(submission(asked=False))
        store.clock.now += 5
        config = await store.intake.receive(submission("m2", files=("config.yaml",), text="", asked=False))
        assert config == Receipt(Status.ADDED, first.case)
        chat = await store.intake.receive(submission("m3", files=(), text="thanks", asked=False))
        assert chat.status is Status.IGNORED
        other = await store.intake.receive(submission("m4", person="oleg", asked=False))
        assert other.status is Status.OPENED


@run_async
async def test_talk_adds_to_a_case_only_in_its_own_thread_or_in_answer_to_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        opening = await store.intake.receive(submission(thread="t"))
        chat = submission("m2", text="how was your weekend", files=(), thread="t", asked=False)
        assert (await store.intake.receive(chat)).status is Status.IGNORED
        answer = submission("m3", text="it is step 500", files=(), thread="t", reply_to="m1", asked=False)
        assert (await store.intake.receive(answer)).case == opening.case
        own = await store.intake.receive(submission("m4"))
        claim = await store.must_claim()
        while claim.case.id != own.case:
            claim = await store.must_claim()
        await store.outbox.begin(claim.case)
        await store.outbox.noted(claim.case, "r1", Place("test", "s", "c", "m4"))
        below = submission("m5", text="it is step 500", files=(), thread="m4", asked=False)
        assert await store.intake.receive(below) == Receipt(Status.ADDED, own.case)


@run_async
async def test_what_is_deleted_or_taken_out_by_an_edit_is_forgotten(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        first = await store.intake.receive(submission(thread="t", files=("log.txt", "config.yaml")))
        await store.intake.receive(submission("m2", text="a particular remark", thread="t"))
        await store.answer("r1")
        assert (await store.intake.edit(submission(thread="t"))).status is Status.ADDED
        assert [file.name for file in (await store.must_claim()).files] == ["log.txt"], "one content is read once"
        assert await store.intake.withdraw("test", ["m2", "unknown"]) == 1
        assert b"particular" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
        view = await store.lookup.case(first.case)
        assert view is not None
        assert len(view.files) == 1
        assert await store.intake.withdraw("test", ["m1"]) == 1
        assert await store.lookup.case(first.case) is None
        (removal,) = await store.people.removals()
        assert removal.message == "r1"


@pytest.mark.sqlite_alone
@pytest.mark.parametrize("text", [f"my {TOKEN}", "see /home/marta/x"])
@run_async
async def test_nothing_unredacted_and_no_name_is_on_disk(tmp_path: Path, text: str) -> None:
    async with opened(tmp_path) as store:
        await store.intake.receive(submission(text=text, person="marta", files=(f"{TOKEN}.log", "home/marta/log.txt")))
        claim = await store.must_claim()
        assert claim.redactions["hf-token"] >= 1, "what was replaced is counted"
        data = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        assert TOKEN.encode() not in data
        assert b"marta" not in data
        assert b"log.txt" in data
