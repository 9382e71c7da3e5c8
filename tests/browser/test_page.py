"""The report as its reader meets it: opened from disk, no network, mouse, keyboard, links, paper, a small screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from audit.report import load, render
from audit.types import Record

SAMPLE = Path(__file__).resolve().parents[2] / "reports" / "sample"
REPORT = SAMPLE / "report.html"
MACHINE = "batteriewerk-maschine"


@pytest.fixture(scope="module")
def record() -> Record:
    return load(SAMPLE / "record.json")


def found(record: Record, name: str = MACHINE) -> Any:
    return next(document for document in record.documents if document.id == name)


def test_the_sample_is_what_its_record_makes(record: Record) -> None:
    assert REPORT.read_bytes() == render(record, "html").encode("utf-8")
    assert sum(path.stat().st_size for path in SAMPLE.iterdir()) <= 1_500_000


def test_the_overview_lists_sorts_searches_and_filters(
    visit: Callable[..., Any], until: Callable[..., None], record: Record
) -> None:
    page = visit(REPORT)
    rows = page.locator("table.articles tbody tr")
    assert rows.count() == len(record.documents)
    damages = [
        float(text.split("\n")[0].replace(".", "").replace(",", "."))
        for text in page.locator("td[data-name=Schaden]").all_inner_texts()
    ]
    assert damages == sorted(damages, reverse=True) and damages[0] > 0
    page.click("button.sort[data-key=title]")
    page.wait_for_selector("th[aria-sort=ascending]")
    titles = page.locator("table.articles tbody th a").all_inner_texts()
    assert titles == sorted(titles, key=lambda title: title.casefold()) and "sort=title" in page.url
    page.fill("#filter-search", "agentur")
    until(page, "document.querySelectorAll('table.articles tbody tr').length === 2")
    page.fill("#filter-search", "")
    page.select_option("#filter-verdict", "machine-translated")
    until(page, "document.querySelectorAll('table.articles tbody tr').length === 2")
    page.select_option("#filter-detector", "contradiction")
    until(page, "location.hash.includes('detector=contradiction')")
    counts = {d.id: sum(f.detector == "contradiction" for f in d.findings) for d in record.documents if d.findings}
    assert rows.count() == sum(1 for n in counts.values() if n)
    page.click("text=Filter löschen")
    until(page, f"document.querySelectorAll('table.articles tbody tr').length === {len(record.documents)}")


def test_charts_and_the_matrix_lead_on(visit: Callable[..., Any], until: Callable[..., None], record: Record) -> None:
    page = visit(REPORT)
    assert page.locator(".glance[lang=de] svg[role=img]").count() == 2
    assert page.locator("table.matrix").count() == 2
    cells = page.locator("table.matrix").first.locator("td:not(.self)").all_inner_texts()
    assert len(cells) == 12 and "–" not in cells
    category = max(
        {f.category for d in record.documents for f in d.findings},
        key=lambda c: sum(f.category == c for d in record.documents for f in d.findings),
    )
    page.locator(".glance[lang=de] .categories a", has_text=category).first.click()
    until(page, "location.hash.includes('category=')")
    assert page.input_value("#filter-category") == category


def test_keys_lead_through_the_findings_and_a_card_shows_the_siblings(
    visit: Callable[..., Any], until: Callable[..., None], record: Record
) -> None:
    document = found(record)
    page = visit(REPORT)
    page.click(f"table.articles a:has-text('{document.title[:30]}')")
    page.wait_for_selector("#article:not([hidden])")
    at = next(
        n for n, f in enumerate(document.findings) if any(e.kind == "sibling" for e in f.evidence) and f.detector == "wrong_sense"
    )
    for n in range(at + 1):
        page.keyboard.press("n")
        page.wait_for_selector(f"#card-{n}")
    finding = document.findings[at]
    card = page.locator(f"#card-{at}")
    assert page.evaluate("document.activeElement.id") == f"card-{at}"
    assert page.locator(".card").count() == 1
    assert "Französisch" in card.inner_text()
    assert card.locator(".map .pivot").inner_text().startswith(next(e.word for e in finding.evidence if e.kind == "pivot"))
    sibling = next(e for e in finding.evidence if e.kind == "sibling")
    assert " ".join(sibling.quote.split()) in " ".join(card.locator(".there blockquote").first.inner_text().split())
    assert card.locator(".here mark.own").first.inner_text() == finding.quote
    assert card.locator(".there mark").count() >= 1
    assert page.locator("a.hit.on").first.inner_text().startswith(finding.quote)
    page.keyboard.press("p")
    page.wait_for_selector(f"#card-{at - 1}")
    page.keyboard.press("Escape")
    until(page, "!document.querySelector('.card')")
    assert page.evaluate("document.activeElement.id") == f"mark-{at - 1}"


def test_a_click_on_a_mark_opens_its_card_and_a_sibling_link_leads_to_its_place(
    visit: Callable[..., Any], record: Record
) -> None:
    document = found(record)
    page = visit(REPORT, f"article={MACHINE}")
    at = next(n for n, f in enumerate(document.findings) if any(e.kind == "sibling" for e in f.evidence))
    page.locator(f"a.hit[data-findings~='{at}']").first.click()
    page.wait_for_selector(".card")
    page.locator(".there a").first.click()
    page.wait_for_selector(".flash")
    evidence = next(e for e in document.findings[at].evidence if e.kind == "sibling")
    assert evidence.quote.split("\n")[0][:40] in page.locator(".flash").inner_text()
    page.go_back()
    page.wait_for_selector(".card")


def test_the_fragment_keeps_the_state(visit: Callable[..., Any], record: Record) -> None:
    document = found(record)
    finding = next(f for f in document.findings if f.severity == "major")
    page = visit(REPORT, f"article={MACHINE}&finding={finding.fingerprint}&severity=major,critical&lang=en&theme=dark")
    shown = page.locator("li.finding:visible")
    assert shown.count() == sum(f.severity != "minor" for f in document.findings)
    assert finding.quote in page.locator("li.finding:has(.card)").inner_text()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    assert page.locator("#findings-title").inner_text().startswith("Findings")
    address = page.url
    page.reload()
    page.wait_for_selector(".card")
    assert page.url == address
    page.click("text=← Overview")
    page.wait_for_selector("#overview:not([hidden])")
    assert "severity=major" in page.url and "lang=en" in page.url


@pytest.mark.parametrize(
    "fragment",
    [
        "article=none",
        "finding=99999",
        f"article={MACHINE}&finding=999999",
        "min=abc&severity=x&sort=y&theme=z&lang=xx",
        "passage=x&category=%00",
        "%E0%A4%A",
    ],
)
def test_a_fragment_that_says_nonsense_is_survived(visit: Callable[..., Any], fragment: str) -> None:
    assert visit(REPORT, fragment).locator("main").inner_text()


def test_the_interface_changes_its_language_and_its_numbers(
    visit: Callable[..., Any], until: Callable[..., None], record: Record
) -> None:
    page = visit(REPORT)
    damage = max(document.verdict.damage for document in record.documents)
    assert f"{damage:.1f}".replace(".", ",") in page.locator("table.articles").inner_text()
    page.click("[data-lang=en]")
    until(page, "document.documentElement.lang === 'en'")
    text = page.locator("main").inner_text()
    assert f"{damage:.1f}" in text and "Machine" in text
    assert "Befunde" not in text and "Artikel" not in text
    page.click(f"table.articles a[href*='{MACHINE}']")
    page.wait_for_selector("#article:not([hidden])")
    page.keyboard.press("n")
    page.wait_for_selector(".card")
    assert "Is right:" in page.locator(".card").inner_text()
    assert "Befund" not in page.locator("#article").inner_text()


def test_filters_of_an_article_hide_marks_and_lines(
    visit: Callable[..., Any], until: Callable[..., None], record: Record
) -> None:
    document = found(record)
    page = visit(REPORT, f"article={MACHINE}")
    page.click(".filterbox summary")
    page.uncheck(".filterbox input[value=minor]")
    until(page, "location.hash.includes('severity')")
    assert page.locator("li.finding:visible").count() == sum(f.severity != "minor" for f in document.findings)
    assert page.locator("a.hit.minor:not(.off)").count() == 0
    page.locator("#filter-min").fill("90")
    page.locator("#filter-min").dispatch_event("change")
    until(page, "location.hash.includes('min=90')")
    wanted = sum(f.severity != "minor" and round(f.probability, 4) >= 0.9 for f in document.findings)
    assert page.locator("li.finding:visible").count() == wanted


def test_a_finding_is_copied_with_its_evidence(visit: Callable[..., Any], record: Record) -> None:
    document = found(record)
    at = next(n for n, f in enumerate(document.findings) if any(e.kind == "sibling" for e in f.evidence) and f.suggestions)
    finding = document.findings[at]
    page = visit(REPORT, f"article={MACHINE}&finding={finding.fingerprint}")
    page.keyboard.press("c")
    page.wait_for_selector("button.copy:has-text('Kopiert')")
    text = page.evaluate("navigator.clipboard.readText()")
    assert f"„{finding.quote}“ → {finding.suggestions[0].text}" in text
    assert finding.category in text and document.id in text and "kein Urteil" in text
    assert next(e.document for e in finding.evidence if e.kind == "sibling") in text


def test_single_keys_can_be_switched_off(visit: Callable[..., Any]) -> None:
    page = visit(REPORT, f"article={MACHINE}")
    page.click("button.help")
    page.uncheck("#keys input")
    page.click("#keys button")
    page.keyboard.press("n")
    page.wait_for_timeout(100)
    assert page.locator(".card").count() == 0


@pytest.mark.parametrize("fragment", ["", f"article={MACHINE}", f"article={MACHINE}&finding=9"])
def test_nothing_sticks_out_at_360_px(visit: Callable[..., Any], until: Callable[..., None], fragment: str) -> None:
    page = visit(REPORT, fragment, width=360, height=740)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
    if "finding" in fragment:
        box = page.locator(".card").bounding_box()
        assert box["x"] >= 0 and box["width"] <= 360 and box["y"] + box["height"] <= 741
        mark = page.locator("a.hit.on").first.bounding_box()
        until(page, "document.querySelector('a.hit.on').getBoundingClientRect().top > 40")
        assert mark is not None
        page.click(".card .close")
        until(page, "!document.querySelector('.card')")


def test_on_paper_every_finding_shows_its_card(visit: Callable[..., Any], record: Record) -> None:
    page = visit(REPORT, f"article={MACHINE}")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator(".card:visible").count() == len(found(record).findings)
    assert not page.locator("#tools").is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".card").count() == 0


def test_without_a_script_the_verdicts_are_there(browser: Any, record: Record) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(REPORT.as_uri())
    assert page.locator("noscript").count() == 1
    text = page.inner_text("main")
    assert all(document.id in text for document in record.documents) and "JavaScript" in text
    context.close()


def test_ids_with_every_kind_of_sign_can_be_linked(visit: Callable[..., Any], record: Record, tmp_path: Path) -> None:
    import msgspec

    name = "a/b&c=d#e?f %41+g ü\u202e"
    document = msgspec.structs.replace(found(record), id=name, siblings=())
    (tmp_path / "r.html").write_text(render(Record(signature="", documents=(document,)), "html"), encoding="utf-8")
    page = visit(tmp_path / "r.html")
    page.click("table.articles tbody a")
    page.wait_for_selector("#article:not([hidden])")
    page.goto((tmp_path / "r.html").as_uri() + f"#article={quote(name)}&finding=1")
    page.reload()
    page.wait_for_selector(".card")
