"""A real site, a real worker and a real browser, on the tests' own database."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from lightkeeper.testing.cast import PASSWORD

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-default-apps", "--no-default-browser-check",
    "--disable-features=OptimizationHints,MediaRouter,Translate",
]  # fmt: skip
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        pytest.fail("No Chromium is installed. Run `make test`, which says how to get it.")
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=found, headless=True, args=ARGUMENTS)
        yield chromium
        chromium.close()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
def site(committed: None) -> Iterator[str]:
    """The address of a served site with its worker, both on the tests' database."""
    port = free_port()
    program = str(Path(sys.executable).with_name("granian"))
    web = subprocess.Popen(
        [
            program, "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
            "--workers", "1", "--blocking-threads", "4", "--log-level", "warning", "--no-ws",
            "lightkeeper.web.wsgi:application",
        ]
    )  # fmt: skip
    worker = subprocess.Popen([sys.executable, "-m", "lightkeeper.cli", "worker"])
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{url}/health/")
        yield url
    finally:
        for process in (web, worker):
            process.terminate()
        for process in (web, worker):
            _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()  # it holds nothing that a kill could lose
        process.wait()


def _wait_for(url: str) -> None:
    for _ in range(900):  # a machine may be busy with other tests
        try:
            urllib.request.urlopen(url, timeout=2).close()  # noqa: S310 (this machine)
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail("The site did not start.")


class Visitor:
    """Somebody at a browser. Every page they come to is checked for accessibility, errors and
    requests to anywhere else."""

    def __init__(self, page: Page, site: str, shots: Path | None) -> None:
        self.page = page
        self.site = site
        self.shots = shots
        self.problems: list[str] = []
        self.visited: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
        page.on("request", self._asked)

    def _heard(self, message: object) -> None:
        if getattr(message, "type", "") in ("error", "warning"):
            text = str(getattr(message, "text", ""))
            # A refusal by status is an answer, not a fault of the page.
            if "Failed to load resource" not in text:
                self.problems.append(f"console: {text}")

    def _asked(self, request: object) -> None:
        url = str(getattr(request, "url", ""))
        if not url.startswith((self.site, "data:", "blob:")):
            self.problems.append(f"outside request: {url}")

    def sign_in(self, username: str, password: str = PASSWORD, comes_to: str = "/") -> None:
        self.page.goto(f"{self.site}/sign-in/")
        self.look("sign in")
        self.fill_in(username, password)
        self.page.wait_for_url(f"{self.site}{comes_to}")

    def fill_in(self, username: str, password: str = PASSWORD) -> None:
        """The sign-in page that is open."""
        self.page.get_by_label("Name").fill(username)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_label("Preventing or investigating crime").check()
        self.page.get_by_role("button", name="Sign in").click()

    def go(self, path: str) -> None:
        self.page.goto(self.site + path)

    def look(self, name: str) -> None:
        """Check the page that is open: axe at the width it has, and no sideways scroll at 320."""
        self.visited.append(name)
        for violation in Axe().run(self.page, options={"runOnly": RULES}).response["violations"]:
            places = [node["target"] for node in violation["nodes"]][:3]
            self.problems.append(f"{name}: {violation['id']} at {places}")
        if self.shots:
            self.page.screenshot(path=self.shots / f"{name.replace(' ', '-')}.png", full_page=True)
        size = self.page.viewport_size
        self.page.set_viewport_size({"width": 320, "height": 800})
        wide = self.page.evaluate("() => document.documentElement.scrollWidth")
        if wide > 320:
            self.problems.append(f"{name}: {wide} px wide at 320")
        if self.shots:
            shot = self.shots / f"{name.replace(' ', '-')}-320.png"
            self.page.screenshot(path=shot, full_page=True)
        if size:
            self.page.set_viewport_size(size)


@pytest.fixture
def visitor(browser: Browser, site: str) -> Iterator[Callable[[str], Visitor]]:
    """`visitor("ada")`: Ada at a browser of her own, signed in. A problem of any page fails."""
    folder = os.environ.get("LIGHTKEEPER_SHOTS")
    shots = Path(folder) if folder else None
    if shots:
        shots.mkdir(parents=True, exist_ok=True)
    came: list[Visitor] = []

    def arrive(username: str, **how: str) -> Visitor:
        context = browser.new_context(
            base_url=site, locale="en-GB", viewport={"width": 1440, "height": 900}
        )
        context.set_default_timeout(90_000)  # a machine may be busy with other tests
        one = Visitor(context.new_page(), site, shots)
        came.append(one)
        one.sign_in(username, **how)
        return one

    yield arrive
    problems = [problem for one in came for problem in one.problems]
    for one in came:
        one.page.context.close()
    assert problems == []
