from pathlib import Path

import pytest

from bot.cases.audit import AuditTrail
from bot.cases.links import CaseLinks
from bot.cases.seal import Seal
from bot.cases.tokens import Tokens
from tests.bot.asynchronous import run_async
from tests.bot.cases.store import KEY, opened, submission


@pytest.mark.sqlite_alone
@run_async
async def test_a_link_leads_to_its_case_until_it_is_revoked_and_nobody_can_read_it_on_disk(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        links = CaseLinks(store.database, Seal(KEY), store.clock)
        case = (await store.intake.receive(submission())).case
        assert await links.shared(case) is None
        secret = await links.share(case)
        assert secret is not None
        assert len(secret) >= 22
        assert await links.share(case) == await links.shared(case) == secret
        assert await links.case(secret) == case
        assert await links.case("x" * 22) is None
        assert await links.case("x" * 1_000_000) is None
        assert secret.encode() not in (tmp_path / "cases.sqlite").read_bytes()
        await links.revoke(case)
        assert await links.case(secret) is None
        assert await links.share(case) != secret
        assert await links.share("NOCASE") is None


@run_async
async def test_a_link_goes_with_its_case(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        links = CaseLinks(store.database, Seal(KEY), store.clock)
        case = (await store.intake.receive(submission())).case
        secret = await links.share(case)
        assert secret is not None
        await store.people.forget("test", "marta")
        assert await links.case(secret) is None


@run_async
async def test_tokens_hold_until_they_are_revoked_or_made_anew(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        tokens = Tokens(store.database, store.clock)
        first = await tokens.make("ci")
        assert await tokens.name(first) == "ci"
        second = await tokens.make("ci")
        assert await tokens.name(first) is None
        assert [each.name for each in await tokens.all()] == ["ci"]
        await tokens.revoke("ci")
        assert await tokens.name(second) is None
        assert await tokens.name("ltr_" + "x" * 1_000_000) is None


@run_async
async def test_the_audit_trail_keeps_the_last_changes(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        trail = AuditTrail(store.database, store.clock)
        for number in range(3):
            await trail.note("ann", "deleted a case", f"C{number}")
        assert [each.about for each in await trail.last(2)] == ["C2", "C1"]
