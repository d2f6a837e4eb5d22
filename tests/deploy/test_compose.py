"""What docker-compose.yml says, without Docker: its form, its limits, and its own commands as plain processes."""

import asyncio
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import aiohttp
import pytest
import yaml
from moto.server import ThreadedMotoServer

from bot.settings import Settings
from tests.bot.asynchronous import run_async
from tests.bot.web.site import Browser
from tests.conftest import ROOT
from tests.postgres import migrated_database

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = ("gateway", "worker", "web")
PREFIX = "lora_triage_"


def test_it_is_a_compose_file() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*command, "docker-compose.yml"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_bounded(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert not service["user"].startswith(("0", "root"))
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["mem_limit"]
    assert service["healthcheck"]["test"]
    for port in service.get("ports", ()):
        assert port.startswith("127.0.0.1:"), "nothing is open to the world by default"


@pytest.mark.parametrize("name", OURS)
def test_every_name_is_a_setting_and_no_secret_is_in_the_environment(name: str) -> None:
    given = {each.lower().removeprefix(PREFIX) for each in SERVICES[name]["environment"]}
    secret = {each.removeprefix(PREFIX) for each in SERVICES[name]["secrets"]}
    assert given | secret <= set(Settings.model_fields)
    kept = {field for field, info in Settings.model_fields.items() if "SecretStr" in str(info.annotation)}
    assert not given & (kept | {"database"})


def test_every_secret_can_be_made(tmp_path: Path) -> None:
    made = secrets(tmp_path)
    assert {each.name for each in made.iterdir()} == set(COMPOSE["secrets"])
    for name, where in COMPOSE["secrets"].items():
        assert where == {"file": f"deploy/secrets/{name}"}
    before = (made / "lora_triage_secret").read_text()
    secrets(tmp_path)
    assert (made / "lora_triage_secret").read_text() == before, "a second run changes nothing"


def test_the_image_runs_as_nobody_special_on_a_pinned_base() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert next(line for line in lines if line.startswith("ARG BASE=")).count("@sha256:") == 1
    assert len([line for line in lines if line.startswith("FROM ${BASE}")]) == 2
    assert "USER triage" in lines
    for service in SERVICES.values():
        assert not re.search(r":(latest)?$", service["image"])


@run_async
async def test_the_dashboard_asks_for_what_there_is(tmp_path: Path) -> None:
    async with started(tmp_path, ["web"]) as (_, status):
        with urlopen(f"http://127.0.0.1:{status['web']}/metrics") as answer:  # our own server
            told = answer.read().decode()
    text = (ROOT / "deploy" / "grafana" / "dashboards" / "lora-triage.json").read_text(encoding="utf-8")
    asked = {name for panel in json.loads(text)["panels"] for name in re.findall(r"lora_triage_\w+", str(panel))}
    assert asked <= set(re.findall(r"^# TYPE (\S+)", told, re.MULTILINE))


@run_async
async def test_its_commands_answer_a_case_as_plain_processes(tmp_path: Path) -> None:
    log = (ROOT / "examples" / "out-of-memory" / "log.txt").read_bytes()
    jar = aiohttp.CookieJar(unsafe=True)
    async with (
        started(tmp_path, ["web", "worker", "worker"]) as (page, _),
        aiohttp.ClientSession(cookie_jar=jar) as session,
    ):
        answer = await Browser(page, session).case("it crashed", {"log.txt": log})
        assert "out of memory" in answer.words.lower()
    assert not [each for each in tmp_path.rglob("uploads/*/*") if each.is_file()]


def test_a_gateway_without_a_chat_says_what_to_do(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot", *SERVICES["gateway"]["command"]]
    done = subprocess.run(
        command, cwd=ROOT, env=environment("gateway", tmp_path, {}), capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "No chat is connected" in done.stderr


def secrets(folder: Path) -> Path:
    """Make the secrets as an operator would; returns their folder."""
    (folder / "deploy" / "secrets").mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "deploy" / "make-secrets", folder / "deploy")
    subprocess.run([folder / "deploy" / "make-secrets"], check=True, capture_output=True)
    return folder / "deploy" / "secrets"


def environment(name: str, folder: Path, more: dict[str, str]) -> dict[str, str]:
    """Return the environment of a service, with the files that its container would see."""
    mine = folder / f"secrets-{name}"
    if not mine.exists():
        shutil.copytree(secrets(folder), mine, ignore=lambda _, names: set(names) - set(SERVICES[name]["secrets"]))
        (mine / "lora_triage_database").unlink()
        (mine / "lora_triage_database").write_text(migrated_database())
    given = {key: value for key, value in SERVICES[name]["environment"].items() if "$" not in value}
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        **given,
        "CREDENTIALS_DIRECTORY": str(mine),
        "LORA_TRIAGE_DATA": str(folder / f"{name}-data"),
        **more,
    }


@asynccontextmanager
async def started(folder: Path, names: list[str]) -> AsyncIterator[tuple[str, dict[str, int]]]:
    """Run services as processes beside an S3 server; returns the address of the page and the ports of their status."""
    bucket, url, page = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False), migrated_database(), port()
    bucket.start()
    host, at = bucket.get_host_and_port()
    with urlopen(Request(f"http://{host}:{at}/bundles", method="PUT")):  # our own server
        pass
    status: dict[str, int] = {}
    try:
        async with AsyncExitStack() as stack:
            for number, name in enumerate(names):
                status[name] = port()
                more = {
                    "LORA_TRIAGE_WEB_STORE_ENDPOINT": f"http://{host}:{at}",
                    "LORA_TRIAGE_STATUS_PORT": str(status[name]),
                    "LORA_TRIAGE_WEB_PORT": str(page),
                    "LORA_TRIAGE_WEB_HOST": "127.0.0.1",
                    "LORA_TRIAGE_DATA": str(folder / f"{name}-{number}"),
                }
                env = environment(name, folder, more)
                database = Path(env["CREDENTIALS_DIRECTORY"]) / "lora_triage_database"
                database.write_text(url)
                command = [sys.executable, "-m", "bot", *SERVICES[name]["command"]]
                process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=env)
                stack.push_async_callback(ended, process)
            async with asyncio.timeout(60):
                for each in status.values():
                    await ready(each)
            yield f"http://127.0.0.1:{page}", status
    finally:
        bucket.stop()


async def ready(at: int) -> None:
    """Wait until a process says that it is."""
    async with aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(f"http://127.0.0.1:{at}/readyz") as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.05)


async def ended(process: asyncio.subprocess.Process) -> None:
    """End a process as Docker would."""
    process.terminate()
    async with asyncio.timeout(30):
        await process.wait()


def port() -> int:
    """Return a port that is free."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
