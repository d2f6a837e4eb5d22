"""The page in a real Chromium: drop, watch, read, share, revoke, delete, the desk; both themes, a phone's width, axe.

Nothing that a bundle carries may run as a script there.
"""

import asyncio
import io
import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from bot.cases.servers import ServerSettings
from tests.bot.live import CONFIG, LOG
from tests.bot.web.site import Site, opened
from tests.conftest import ROOT

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: no browser tests")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed: no browser tests")
CHROMIUM = next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here: no browser tests")

SERIOUS = {"serious", "critical"}
EVIL = '"><img src=x onerror="window.ran=1"><script>window.ran=1</script>'
PLASTIC = ROOT / "examples" / "plastic-skin"


@contextmanager
def served(folder: Path, **more: Any) -> Iterator[Site]:
    """Serve the page in a thread: the browser's driver wants this one."""
    holding: dict[str, Any] = {}
    ready, done = threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with opened(folder, **more) as site:
            holding.update(site=site, loop=asyncio.get_running_loop())
            ready.set()
            await done.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(60)
    try:
        yield holding["site"]
    finally:
        holding["loop"].call_soon_threadsafe(done.set)
        thread.join(60)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def page_of(chromium: Any, **more: Any) -> Iterator[Any]:
    """A page that tells when anything goes wrong in it."""
    context = chromium.new_context(**more)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("request", lambda sent: wrong.append(sent.url) if "//localhost" not in sent.url else None)
    yield page
    context.close()
    assert wrong == []


def accessible(page: Any) -> list[str]:
    found = axe.Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    return [f"{page.url}: {each['id']} {each['nodes'][0]['html'][:120]}" for each in found.response["violations"]]


def seen(page: Any, selector: str) -> None:
    """Wait for it, and for its style sheet: a page that is still loading is laid out without."""
    page.wait_for_selector(selector, timeout=60_000)
    page.wait_for_load_state("load")


def hand_in(page: Any, base: str, message: str, *files: dict[str, Any]) -> None:
    page.goto(base)
    page.fill("#message", message)
    page.set_input_files("#files", list(files))
    page.click("button.main")
    page.wait_for_url("**/case/*")
    seen(page, "h1:not(:has-text('Case '))")


def named(name: str, data: bytes) -> dict[str, Any]:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


@pytest.mark.parametrize(("theme", "width"), [("light", 1200), ("dark", 390)])
def test_a_case_from_the_drop_to_its_deletion(tmp_path: Path, chromium: Any, theme: str, width: int) -> None:
    look = {"viewport": {"width": width, "height": 900}, "color_scheme": theme}
    with served(tmp_path) as site, page_of(chromium, **look) as page:
        page.goto(site.base)
        assert accessible(page) == []
        drop = """(zone, [name, text]) => {
            const data = new DataTransfer();
            data.items.add(new File([text], name));
            zone.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
        }"""
        zone = page.query_selector("[data-drop]")
        for path in sorted(PLASTIC.iterdir()):
            zone.evaluate(drop, [path.name, path.read_text()])
        assert page.locator("[data-chosen] li").count() == len(list(PLASTIC.iterdir()))
        page.fill("#message", "the skin looks like wax")
        page.keyboard.press("Tab")
        page.click("button.main")
        seen(page, ".finding")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert accessible(page) == []
        chart = page.locator(".curve svg")
        before = chart.inner_html()
        chart.focus()
        for key in ("+", "ArrowRight"):
            page.keyboard.press(key)
        assert chart.inner_html() != before
        page.keyboard.press("0")
        assert chart.inner_html() == before
        page.click("text=Make a link")
        link = page.input_value("[data-link]")
        with page_of(chromium, **look) as other:
            other.goto(link)
            assert other.locator(".finding").count() >= 1
            assert other.locator("text=Take the link back").count() == 0
        page.click("text=Take the link back")
        page.wait_for_selector("text=Make a link")
        with page_of(chromium) as other:
            assert other.request.get(link).status == 404
        page.click("text=Fixed it")
        page.wait_for_selector("p[role=status]")
        page.on("dialog", lambda dialog: dialog.accept())
        page.click("button.danger")
        page.wait_for_url(f"{site.base}/")


def test_the_desk_is_entered_with_the_link_and_every_page_of_it_is_accessible(tmp_path: Path, chromium: Any) -> None:
    with served(tmp_path) as site, page_of(chromium, color_scheme="dark") as page:
        hand_in(page, site.base, "it crashed", named("log.txt", LOG), named("config.yaml", CONFIG))
        put = site.desk.servers.put("discord", "g1", ServerSettings(channels=("1",)))
        asyncio.run_coroutine_threadsafe(put, site.loop).result(30)
        page.goto(site.base + site.entrance.path)
        page.click("text=Sign in")
        page.wait_for_selector("table")
        assert accessible(page) == []
        for path in ("recurs", "unknown", "rules", "settings", "tokens", "audit"):
            page.goto(f"{site.base}/desk/{path}")
            assert accessible(page) == []
        for path in ("/guide", "/guide?a=0,0", "/checklists/dataset"):
            page.goto(site.base + path)
            assert accessible(page) == []


def test_nothing_that_a_bundle_carries_runs(tmp_path: Path, chromium: Any) -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("parameters", EVIL)
    picture = io.BytesIO()
    Image.new("RGB", (64, 64)).save(picture, "png", pnginfo=notes)
    log = LOG.replace(b"CUDA out of memory.", f"CUDA out of memory. {EVIL}".encode()) + (
        f'Traceback (most recent call last):\n  File "/x/{EVIL}.py", line 3, in {EVIL}\nOddError: {EVIL}\n'.encode()
    )
    config = CONFIG.replace(b"name:", f"{json.dumps(EVIL)}: {json.dumps(EVIL)}\nname:".encode(), 1)
    config += f"\ntrigger_word: {json.dumps(EVIL)}\n".encode()
    files = [
        named(f"{EVIL.replace('/', '')}.txt", log),
        named("config.yaml", config),
        named(f"{EVIL.replace('/', '')}.yaml", b"network_dim: '" + EVIL.encode() + b"'\n"),
        named("sample.png", picture.getvalue()),
        named("loss.csv", f"step,loss\n1,{EVIL}\n2,0.5\n".encode()),
    ]
    with served(tmp_path) as site, page_of(chromium) as page:
        hand_in(page, site.base, f"it crashed {EVIL} javascript:alert(1)", *files)
        shown = page.inner_text("main")
        assert "onerror" in shown, "it is shown, as text"
        assert page.evaluate("window.ran") is None
        assert page.locator("main img[src=x]").count() == 0
        page.click("text=What I read")
        page.goto(site.base)
        page.goto(site.base + site.entrance.path)
        page.click("text=Sign in")
        page.wait_for_selector("table")
        for path in ("", "/recurs", "/unknown", "/rules", "/audit", "?words=" + "%3Cscript%3E"):
            page.goto(f"{site.base}/desk{path}")
            assert page.evaluate("window.ran") is None
            assert page.locator("main script").count() == 0
