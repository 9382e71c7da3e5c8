"""How large a report of many articles is, and how soon it can be used.

    python tests/bench/bench_report.py                 # 500 articles
    python tests/bench/bench_report.py --articles 2000
    python tests/bench/bench_report.py --record RECORD.json --shots FOLDER --no-timing

Articles are made by rearranging the paragraphs of the record's own (reports/sample/record.json unless another is given), each
with its findings: as long and as dense as those. Prints the size, the time to render, and what Chromium takes from the start of
navigation until the page answers (script ended, table drawn), then until an article and a finding are open, each the median of
five; and the processor time of the page's main thread until then, which a busy machine does not stretch. Screenshots at 1280 and
360 px, light and dark, go to the folder of --shots (default: a temporary one, which is named). The README's picture is made by

    python tests/bench/bench_report.py --no-timing --picture reports/sample/report.png
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from audit.report import load, render
from audit.types import DocumentReport, Record, SiblingLink

ROOT = Path(__file__).resolve().parents[2]
RUNS = 5
VIEWS = {"overview": "", "article": "article={id}", "finding": "article={id}&finding=3"}


def corpus(record: Record, articles: int, seed: int = 11) -> Record:
    """Articles in stories of eight, made of the record's documents: passages shuffled, findings moved along."""
    chance = random.Random(seed)
    found: list[DocumentReport] = []
    for number in range(articles):
        source = record.documents[number % len(record.documents)]
        story = number // 8 * 8
        mates = [f"article-{n:05}" for n in range(story, min(story + 8, articles)) if n != number]
        links = tuple(SiblingLink(id=mate, similarity=0.4, chrf=45.0) for mate in mates)
        found.append(_shuffled(source, f"article-{number:05}", links, chance))
    return msgspec.structs.replace(record, documents=tuple(found))


def _shuffled(source: DocumentReport, name: str, links: tuple[SiblingLink, ...], chance: random.Random) -> DocumentReport:
    passages = list(source.passages)
    chance.shuffle(passages)
    text, moved, findings = "", [], []
    for index, passage in enumerate(passages):
        shift = len(text) - passage.start
        text += source.text[passage.start : passage.end] + "\n\n"
        start, end = passage.start + shift, passage.end + shift
        moved.append(msgspec.structs.replace(passage, index=index, start=start, end=end))
        for finding in source.findings:
            if finding.field == "text" and passage.start <= finding.start and finding.end <= passage.end:
                print_ = f"{finding.fingerprint[:10]}{name[-5:]}"
                findings.append(
                    msgspec.structs.replace(finding, start=finding.start + shift, end=finding.end + shift, fingerprint=print_)
                )
    findings.sort(key=lambda finding: (finding.start, finding.detector))
    return msgspec.structs.replace(
        source,
        id=name,
        text=text,
        passages=tuple(moved),
        findings=tuple(findings),
        siblings=links,
        title=f"{source.title} {name}",
    )


def timings(browser: Any, page_file: Path, name: str) -> dict[str, float]:
    """Seconds until the overview answers (and what of it the main thread worked), an article is open, and a finding is."""
    took: dict[str, list[float]] = {"overview": [], "main thread": [], "article": [], "finding": []}
    for _ in range(RUNS):
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})

        def until(selector: str, act: Callable[[], Any], page: Any = page) -> float:
            started = time.perf_counter()
            act()
            page.wait_for_selector(selector)
            return time.perf_counter() - started

        took["overview"].append(until("html[data-ready]", lambda page=page: page.goto(page_file.as_uri(), wait_until="commit")))
        metrics = {metric["name"]: metric["value"] for metric in session.send("Performance.getMetrics")["metrics"]}
        took["main thread"].append(metrics["TaskDuration"])
        assert page.locator("table.articles tbody tr").count() > 0
        took["article"].append(until("#article h1", lambda page=page: page.evaluate(f"location.hash = 'article={name}'")))
        took["finding"].append(until(".card", lambda page=page: page.keyboard.press("n")))
        page.close()
    return {view: statistics.median(times) for view, times in took.items()}


def shots(browser: Any, page_file: Path, name: str, folder: Path) -> None:
    """Every view at two widths, light and dark."""
    for width, height in ((1280, 900), (360, 740)):
        for scheme in ("light", "dark"):
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
            )
            for view, fragment in VIEWS.items():
                page = context.new_page()
                page.goto(f"{page_file.as_uri()}#{fragment.format(id=name)}")
                page.wait_for_selector("html[data-ready]")
                page.wait_for_timeout(200)
                page.screenshot(path=folder / f"{view}-{width}-{scheme}.png", full_page=view == "overview")
                page.close()
            context.close()


def picture(browser: Any, page_file: Path, name: str, target: Path) -> None:
    """One article with the finding open that has a word map and a sibling beside it."""
    context = browser.new_context(viewport={"width": 1120, "height": 720}, color_scheme="light", reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{page_file.as_uri()}#article={name}")
    page.wait_for_selector("html[data-ready]")
    for _ in range(50):
        page.keyboard.press("n")
        page.wait_for_selector(".card")
        page.wait_for_timeout(50)
        if page.locator(".card .map").count() and page.locator(".card .beside").count():
            break
    page.evaluate("scrollTo(0, document.querySelector('.columns').offsetTop - 60)")
    page.wait_for_timeout(200)
    page.screenshot(path=target)
    context.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=500)
    parser.add_argument("--record", type=Path, default=ROOT / "reports" / "sample" / "record.json")
    parser.add_argument("--shots", type=Path)
    parser.add_argument("--picture", type=Path, help="write a picture of one article with an open finding here")
    parser.add_argument("--no-timing", action="store_true", help="screenshots of the record as it is, nothing else")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    record = load(options.record)
    folder = options.shots or Path(tempfile.mkdtemp(prefix="report-"))
    folder.mkdir(parents=True, exist_ok=True)
    name = max(record.documents, key=lambda document: len(document.findings)).id
    if not options.no_timing:
        at = [document.id for document in record.documents].index(name)
        record, name = corpus(record, options.articles), f"article-{at:05}"
    started = time.perf_counter()
    html = render(record, "html").encode("utf-8")
    took = time.perf_counter() - started
    findings = sum(len(document.findings) for document in record.documents)
    print(f"{len(record.documents)} articles, {findings} findings: {len(html) / 1e6:.2f} MB, rendered in {took:.2f} s")
    file = folder / "report.html"
    file.write_bytes(html)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.chromium, args=["--no-sandbox"])
        if not options.no_timing:
            for view, seconds in timings(browser, file, name).items():
                print(f"{view}: {seconds:.2f} s")
        shots(browser, file, name, folder)
        if options.picture:
            picture(browser, file, name, options.picture)
        browser.close()
    print(f"screenshots: {folder}")


if __name__ == "__main__":
    main()
