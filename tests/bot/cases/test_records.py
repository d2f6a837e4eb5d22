"""Feedback, settings of servers, looking up and counting."""

from pathlib import Path

import pytest

from bot.cases.model import Outcome, State, Verdict
from bot.cases.servers import ServerSettings
from tests.bot.asynchronous import run_async
from tests.bot.cases.store import opened, result, submission


@run_async
async def test_feedback_counts_once_a_person_and_may_change(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        case = (await store.intake.receive(submission())).case
        await store.answer()
        for person, verdict in (("marta", Verdict.WRONG), ("oleg", Verdict.FIXED), ("marta", Verdict.DID_NOT_HELP)):
            assert await store.feedback.record(case, "test", person, verdict)
        assert not await store.feedback.record("NOCASE", "test", "marta", Verdict.FIXED)
        view = await store.lookup.case(case)
        assert view is not None
        assert view.feedback == {Verdict.DID_NOT_HELP: 1, Verdict.FIXED: 1}
        counted = await store.lookup.statistics()
        assert counted.feedback == {"cuda-oom": {"did-not-help": 1, "fixed": 1}}


@run_async
async def test_a_case_is_found_by_its_id_however_it_is_typed(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        case = (await store.intake.receive(submission())).case
        await store.answer()
        view = await store.lookup.case(f" {case.lower()} ", "test", "marta")
        assert view is not None
        assert (view.state, view.outcome, view.mine) == (State.ANSWERED, "diagnosed", True)
        assert [(file.name, file.kind) for file in view.files] == [("log.txt", "log")]
        theirs = await store.lookup.case(case, "test", "oleg")
        assert theirs is not None
        assert not theirs.mine
        assert await store.lookup.case("NOCASE") is None


@run_async
async def test_cases_are_counted_by_finding_server_and_time(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        for number, (server, finding) in enumerate([("a", "nan-loss"), ("a", "cuda-oom"), ("b", "cuda-oom")]):
            store.clock.now += 10
            await store.intake.receive(submission(f"m{number}", server=server))
            claim = await store.must_claim()
            await store.outbox.keep(claim, result(claim, finding))
            await store.outbox.sent(claim, f"r{number}", claim.case.place)
        everything = await store.lookup.statistics()
        assert list(everything.first_findings.items()) == [("cuda-oom", 2), ("nan-loss", 1)]
        assert everything.by_outcome == {Outcome.DIAGNOSED.value: 3}
        assert (await store.lookup.statistics(platform="test", server="a")).first_findings == {
            "cuda-oom": 1,
            "nan-loss": 1,
        }
        assert (await store.lookup.statistics(since=store.clock.now)).cases == 1


@run_async
async def test_a_server_keeps_its_settings(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        assert await store.servers.get("test", "s") == ServerSettings()
        chosen = ServerSettings(("1", "2"), "reply", "9", 20, "Europe/Warsaw", True, "7")
        await store.servers.put("test", "s", ServerSettings())
        await store.servers.put("test", "s", chosen)
    async with opened(tmp_path) as store:
        assert await store.servers.get("test", "s") == chosen


@pytest.mark.parametrize("wrong", [{"digest_hour": 24}, {"time_zone": "Mars/Base"}, {"time_zone": "../../etc/passwd"}])
def test_an_hour_or_time_zone_that_does_not_exist_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="there is no"):
        ServerSettings(**wrong)  # type: ignore[arg-type]
