"""Accessibility: axe-core finds no fault in any view, light or dark, wide or narrow; order and names are right."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

REPORT = Path(__file__).resolve().parents[2] / "reports" / "sample" / "report.html"
VIEWS = {
    "overview": "",
    "article": "article=batteriewerk-maschine",
    "finding": "article=batteriewerk-maschine&finding=9",
    "clean": "article=batteriewerk-agentur&lang=en",
}


@pytest.fixture(scope="module")
def axe() -> str:
    """axe-core (Deque, MPL 2.0), as the package axe-playwright-python (MIT) brings it along."""
    pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed (pip install '.[dev]')")
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
@pytest.mark.parametrize("view", sorted(VIEWS))
def test_axe_finds_no_fault(visit: Callable[..., Any], axe: str, view: str, width: int, scheme: str) -> None:
    page = visit(REPORT, VIEWS[view], width=width, height=900, scheme=scheme)
    page.emulate_media(reduced_motion="reduce")
    page.evaluate(axe)
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    faults = [
        (fault["id"], fault["impact"], [node["html"][:160] for node in fault["nodes"][:4]], fault["nodes"][0]["failureSummary"])
        for fault in result["violations"]
    ]
    assert faults == []


@pytest.mark.parametrize("view", sorted(VIEWS))
def test_headings_descend_one_step_at_a_time_from_one_first(visit: Callable[..., Any], view: str) -> None:
    page = visit(REPORT, VIEWS[view])
    levels = [
        int(tag[1])
        for tag in page.evaluate(
            "[...document.querySelectorAll('h1,h2,h3,h4')].filter(h => h.checkVisibility()).map(h => h.tagName)"
        )
    ]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_tab_key_goes_from_the_top_to_the_findings(visit: Callable[..., Any]) -> None:
    page = visit(REPORT, VIEWS["article"])
    order = []
    for _ in range(60):
        page.keyboard.press("Tab")
        order.append(page.evaluate("document.activeElement.id || document.activeElement.className"))
    assert order[0] == "skip" and order[1] == "home"
    assert any(name.startswith("mark-") for name in order)
    marks = [name for name in order if name.startswith("mark-")]
    assert len(marks) == len(set(marks))


def test_a_finding_is_announced_and_every_control_has_a_name(visit: Callable[..., Any]) -> None:
    page = visit(REPORT, VIEWS["article"])
    page.keyboard.press("n")
    page.wait_for_selector(".card")
    assert page.locator("#live").inner_text().startswith("Befund 1: ")
    assert page.locator("button.line[aria-expanded=true]").count() == 1
    tree = page.locator("main").aria_snapshot()
    assert "- button:" not in tree and "- link:" not in tree.replace(
        "- link:\n", "- link:"
    )  # one without a name has nothing before its colon
