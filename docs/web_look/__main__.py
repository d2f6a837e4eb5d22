"""Draws docs/web.png and docs/web-desk.png, the pictures in the README, from a page that is really served.

.venv/bin/python -m docs.web_look
"""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image

from docs.look.example import ROOT, asked_in

_EXAMPLES = ROOT / "examples"
_COLOURS = 128
_HEIGHT = 1500
_GAP = 24


def main() -> int:
    """Write the pictures; returns the exit status."""
    from playwright.sync_api import sync_playwright

    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        sys.stderr.write("There is no Chromium here; on Debian: apt-get install chromium fonts-noto-color-emoji\n")
        return 1
    with _served() as (base, entrance), sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        shots = [
            _case(chromium, base, _EXAMPLES / "plastic-skin", "light", 1000),
            _case(chromium, base, _EXAMPLES / "out-of-memory", "dark", 390),
        ]
        _write(ROOT / "docs" / "web.png", shots)
        page = chromium.new_page(viewport={"width": 1000, "height": 760}, color_scheme="light")
        page.goto(entrance)
        page.click("text=Sign in")
        page.goto(f"{base}/desk/recurs")
        _write(ROOT / "docs" / "web-desk.png", [page.screenshot()])
    return 0


def _case(chromium: Any, base: str, folder: Path, theme: str, width: int) -> bytes:
    page = chromium.new_page(viewport={"width": width, "height": _HEIGHT}, color_scheme=theme)
    page.goto(base)
    page.fill("#message", asked_in(folder) or "it crashed")
    page.set_input_files("#files", [str(path) for path in sorted(folder.iterdir())])
    page.click("button.main")
    page.wait_for_selector(".finding", timeout=60_000)
    shot: bytes = page.screenshot()
    return shot


def _write(target: Path, shots: list[bytes]) -> None:
    images = [Image.open(io.BytesIO(each)).convert("RGB") for each in shots]
    width = sum(each.width for each in images) + _GAP * (len(images) - 1)
    whole = Image.new("RGB", (width, max(each.height for each in images)), "#888888")
    at = 0
    for each in images:
        whole.paste(each, (at, 0))
        at += each.width + _GAP
    whole.quantize(_COLOURS).save(target, optimize=True)
    sys.stderr.write(f"{target}: {target.stat().st_size / 1000:.0f} KB\n")


@contextmanager
def _served() -> Iterator[tuple[str, str]]:
    """Serve the page; yields its address and the way to the desk."""
    with socket.socket() as free, tempfile.TemporaryDirectory() as folder:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        settings = {"DATA": folder, "WEB": "on", "WEB_PORT": str(port), "COOLDOWN_SECONDS": "0", "LOG_LEVEL": "error"}
        named = {f"LORA_TRIAGE_{name}": value for name, value in settings.items()}
        command = [sys.executable, "-m", "bot", "serve"]
        environment = {**os.environ, **named}
        with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603
            assert server.stdout is not None  # noqa: S101  # it is a pipe
            lines = [server.stdout.readline() for _ in range(2)]
            base, entrance = (line.split(" ")[-1].strip() for line in lines)
            yield base.rstrip("/"), entrance
            server.terminate()


if __name__ == "__main__":
    sys.exit(main())
