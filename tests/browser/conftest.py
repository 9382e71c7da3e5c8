"""A real browser for the report page: found on PATH or named by MT_AUDIT_CHROMIUM; without one these tests are skipped."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = os.environ.get("MT_AUDIT_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip(f"no browser: none of {', '.join(NAMES)} is on PATH, and MT_AUDIT_CHROMIUM is not set")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (pip install '.[dev]')")
    with api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def until() -> Callable[[Page, str], None]:
    """``until(page, expression)``: waits until it is true. Playwright's own waiting needs ``eval``, which the page forbids."""

    def wait(page: Page, expression: str) -> None:
        for _ in range(200):
            if page.evaluate(f"Boolean({expression})"):
                return
            page.wait_for_timeout(25)
        pytest.fail(f"never came true: {expression}")

    return wait


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """``visit(file, fragment="", width=1280, height=900, scheme="light")``: the file opened from disk, the network refused.

    Nothing may be asked of the network, and nothing may be complained of on the console, by the end of the test.
    """
    contexts: list[Any] = []
    wrong: list[str] = []

    def open_page(file: Path, fragment: str = "", *, width: int = 1280, height: int = 900, scheme: Any = "light") -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, locale="de-DE")
        context.set_offline(True)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("request", lambda request: None if request.url.startswith("file:") else wrong.append(f"asked for {request.url}"))
        page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: (wrong.append(f"a dialog opened: {dialog.message}"), dialog.dismiss()))
        page.goto(f"{file.as_uri()}#{fragment}")
        page.wait_for_selector("html[data-ready]")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []
