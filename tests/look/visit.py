"""Opens the gallery in a browser and prints what was found, as JSON. A process of its own: the
settings of the gallery and the browser's event loop must not meet those of the other tests."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

PROJECT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SMALL = """() => {
  const ours = "button:not(.copy, .plain), .button, input, select, .menu a";
  const apart = "[type=checkbox], [type=radio]";
  return [...document.querySelectorAll(ours)]
    .filter((e) => e.offsetParent && !e.matches(apart) && e.getBoundingClientRect().height < 43.5)
    .map((e) => e.outerHTML.slice(0, 80));
}"""
ADDRESSES = ("/?errors", "/refusal", "/error/404", "/error/500", "/error/429")


def serve() -> tuple[subprocess.Popen[str], str]:
    path = os.pathsep.join([str(PROJECT / "src"), str(PROJECT)])
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.look.gallery", "0"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert server.stdout
    return server, f"http://127.0.0.1:{server.stdout.readline().strip()}"


def watch(page: Page, base: str, complaints: list[str]) -> None:
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((base, "data:"))
            else complaints.append(f"left the site: {request.url}")
        ),
    )


def looks(browser: Browser, base: str) -> dict[str, list[str]]:
    """Per width and scheme: what axe, the console and the width of the page complain of."""
    found: dict[str, list[str]] = {}
    for scheme in ("light", "dark"):
        for width in (320, 768, 1440):
            complaints: list[str] = []
            page = browser.new_page(
                viewport={"width": width, "height": 900},
                color_scheme=scheme,  # type: ignore[arg-type]
            )
            watch(page, base, complaints)
            for address in ADDRESSES:
                page.goto(base + address)
                complaints += axe(page)
                if page.evaluate("() => document.documentElement.scrollWidth > innerWidth"):
                    complaints.append(f"{address} is wider than {width}")
            # What the refused page says of its own status is no fault of it.
            found[f"{scheme} {width}"] = [c for c in complaints if "status of 409" not in c]
            page.close()
    return found


def axe(page: Page) -> list[str]:
    violations = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [f"{v['id']}: {node['html'][:120]}" for v in violations for node in v["nodes"]]


def does(browser: Browser, base: str) -> dict[str, Any]:
    """What the keyboard and htmx do."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    did: dict[str, Any] = {}
    focused = "() => document.activeElement.id"
    page.goto(base + "/")
    page.keyboard.press("/")
    did["slash"] = page.evaluate(focused)
    page.keyboard.type("g?t")
    did["typed"] = page.input_value("#site-search")
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("?")
    did["dialog"] = page.evaluate("() => document.getElementById('shortcuts').open")
    page.uncheck("#shortcuts-on")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    did["switched off"] = page.evaluate(focused)
    page.evaluate("() => localStorage.clear()")
    page.keyboard.press("g")
    page.keyboard.press("r")
    page.wait_for_url("**/intake/reports/")
    did["went to"] = page.url.removeprefix(base)
    page.goto(base + "/")
    page.wait_for_selector("#progress[data-over]", timeout=15_000)
    page.wait_for_timeout(300)
    did["announced"] = page.inner_text("#announcements")
    page.goto(base + "/?errors")
    did["errors first"] = page.evaluate("() => document.activeElement.className")
    did["title"] = page.title()
    page.click(".error-summary a >> nth=2")
    did["error leads to"] = page.evaluate(focused)
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(base + "/")
    did["menu shut"] = page.is_visible("#menu")
    page.click(".menu-button")
    did["menu open"] = page.is_visible("#menu")
    page.close()
    touch = browser.new_context(
        viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True
    ).new_page()
    touch.goto(base + "/")
    did["small for a finger"] = touch.evaluate(SMALL)
    return did


def main() -> None:
    server, base = serve()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=FLAGS
            )
            found = {"looks": looks(browser, base), "does": does(browser, base)}
            browser.close()
    finally:
        server.terminate()
        server.wait()
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
