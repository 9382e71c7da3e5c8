"""Records made by hand: a small one, a hostile one, and one of the bundled stories with its gold labels as findings."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audit.types import (
    DocumentReport,
    Evidence,
    Failure,
    Finding,
    Passage,
    Record,
    SiblingLink,
    Skip,
    SourceLanguage,
    Suggestion,
    Verdict,
)

STORIES = Path(__file__).resolve().parents[2] / "reports" / "stories"
SIGNATURE = "mt-audit:0.1.0|lang:de|screen:none"
DETECTORS = {
    "foreign-fragment": ("foreign_fragment", "Accuracy/Source language fragment"),
    "boilerplate": ("site_furniture", "Accuracy/Source language fragment"),
    "wrong-sense": ("wrong_sense", "Accuracy/Mistranslation"),
    "name-variant": ("name_variant", "Terminology/Inconsistent"),
    "garbled": ("garbled", "Coherence/Gibberish"),
    "grammar": ("agreement", "Fluency/Grammar"),
    "pronoun": ("pronoun", "Fluency/Grammar"),
    "calque": ("calque", "Style/Unnatural or awkward"),
    "typography": ("typography", "Locale convention"),
    "contradiction": ("contradiction", "Accuracy/Mistranslation"),
}


def make_finding(text: str, quote: str, **values: Any) -> Finding:
    """A finding on the first place of ``quote`` in ``text``."""
    start = values.pop("start", text.find(quote))
    assert text[start : start + len(quote)] == quote
    given: dict[str, Any] = {
        "detector": "wrong_sense",
        "category": "Accuracy/Mistranslation",
        "severity": "major",
        "field": "text",
        "message": "Likely the wrong sense.",
        "weight": 1.0,
        "probability": 0.8,
        "fingerprint": f"{start:016x}",
    }
    return Finding(start=start, end=start + len(quote), quote=quote, **{**given, **values})


def make_passages(text: str) -> tuple[Passage, ...]:
    """Every line that is not blank, as a passage of the body."""
    lines = [match.span() for match in re.finditer(r"[^\n]*\S[^\n]*", text)]
    return tuple(Passage(index=i, start=a, end=b, kind="body", score=0.0, label="clean") for i, (a, b) in enumerate(lines))


def make_document(text: str, findings: tuple[Finding, ...] = (), **values: Any) -> DocumentReport:
    """A document that looks machine-translated."""
    given: dict[str, Any] = {
        "id": "a",
        "lang": "de",
        "title": "",
        "words": len(text.split()),
        "passages": make_passages(text),
        "verdict": Verdict(label="machine-translated", p_machine=0.97, p_translated=0.98, damage=12.5),
    }
    return DocumentReport(text=text, findings=findings, **{**given, **values})


def make_record(*documents: DocumentReport, **values: Any) -> Record:
    return Record(documents=documents, **{"signature": SIGNATURE, **values})


@pytest.fixture
def finding() -> Callable[..., Finding]:
    return make_finding


@pytest.fixture
def document() -> Callable[..., DocumentReport]:
    return make_document


@pytest.fixture
def record() -> Callable[..., Record]:
    return make_record


@pytest.fixture
def small() -> Record:
    """Two documents: one with three findings (one of them in the title), one without; and a failure."""
    text = "Ein Appell am Donnerstag.\n\nDer Präsident kommt nach Bâle, um in einem Erklärung zu reden.\n"
    title = "Appell um 21h40"
    sibling = "Am Donnerstag telefonieren die Präsidenten."
    found = (
        make_finding(title, "21h40", field="title", detector="typography", category="Locale convention", severity="minor"),
        make_finding(
            text,
            "Appell",
            suggestions=(Suggestion(text="Anruf", probability=0.8), Suggestion(text="Telefonat", probability=0.1)),
            evidence=(
                Evidence(kind="pivot", lang="fr", word="appel", note="also Anruf"),
                Evidence(kind="sibling", document="b", start=14, end=26, quote=sibling[14:26], note="1 of 1 siblings"),
            ),
        ),
        make_finding(text, "in einem Erklärung", detector="agreement", category="Fluency/Grammar", severity="critical"),
    )
    first = make_document(
        text,
        found,
        title=title,
        siblings=(SiblingLink(id="b", similarity=0.41, chrf=38.25),),
        skips=(Skip(detector="garbled", reason="not installed: encoder"),),
    )
    clean = Verdict(label="original", p_machine=0.02, p_translated=0.04, damage=0.0)
    second = make_document(sibling, id="b", verdict=clean)
    return make_record(first, second, failures=(Failure(source="x.jsonl:17", reason="not JSON"),), metrics={"chrf": "nc:6"})


@pytest.fixture(scope="session")
def story() -> Record:
    """The battery story: the machine article with its gold labels as findings, and its siblings."""
    gold = [json.loads(line) for line in (STORIES.parent / "gold" / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    return make_record(*(_story_document(path, gold) for path in sorted((STORIES / "batteriewerk").glob("*.txt"))))


def _story_document(path: Path, gold: list[dict[str, Any]]) -> DocumentReport:
    text = path.read_text(encoding="utf-8")
    mine = [row for row in gold if row["id"] == path.stem]
    found = tuple(_gold_finding(text, row, 0.55 + 0.4 * (i % 10) / 10) for i, row in enumerate(mine))
    passages = make_passages(text)
    siblings = tuple(
        SiblingLink(id=other.stem, similarity=0.41, chrf=38.2) for other in sorted(path.parent.glob("*.txt")) if other != path
    )
    headline = next(line for line in text.split("\n") if len(line.split()) > 4)
    if not found:
        verdict = Verdict(label="original", p_machine=0.03, p_translated=0.05, damage=0.0)
        return make_document(text, id=path.stem, title=headline, verdict=verdict, siblings=siblings)
    verdict = Verdict(
        label="machine-translated",
        p_machine=0.99,
        p_translated=0.99,
        source_lang=(SourceLanguage(lang="fr", p=0.93), SourceLanguage(lang="nl", p=0.05)),
        damage=412.4,
        reasons=("9 × wrong sense: fr pile (5), fr procès-verbal", "9 × typography", "2 × foreign fragment: fr"),
    )
    kinds = {row["start"] for row in mine if row["category"] == "boilerplate"}
    passages = tuple(_labelled(passage, found, kinds, headline, text) for passage in passages)
    skips = (Skip(detector="garbled", reason="not installed: encoder"),)
    return make_document(
        text, found, id=path.stem, title=headline, verdict=verdict, passages=passages, siblings=siblings, skips=skips
    )


def _labelled(passage: Passage, found: tuple[Finding, ...], furniture: set[int], headline: str, text: str) -> Passage:
    hit = any(f.start < passage.end and passage.start < f.end for f in found)
    kind = "furniture" if passage.start in furniture else "body"
    if text[passage.start : passage.end] == headline:
        kind = "headline"
    return Passage(
        index=passage.index,
        start=passage.start,
        end=passage.end,
        kind=kind,  # type: ignore[arg-type]
        score=0.9 if hit else 0.0,
        label="artifact" if hit else "clean",
    )


def _gold_finding(text: str, row: dict[str, Any], probability: float) -> Finding:
    detector, category = DETECTORS[row["category"]]
    lang, _, word = row["note"].partition(" ")
    evidence: tuple[Evidence, ...] = ()
    if row["category"] == "wrong-sense":
        evidence = (Evidence(kind="pivot", lang=lang.strip(":"), word=word.split(":")[0], note=row["note"]),)
    if row["evidence"] == "sibling":
        quote = "geriet eine überhitzte Lithiumbatterie in Brand"
        evidence += (Evidence(kind="sibling", document="batteriewerk-agentur", quote=quote, note="3 of 3 siblings"),)
    expected = row["expected"]
    return make_finding(
        text,
        row["quote"],
        start=row["start"],
        detector=detector,
        category=category,
        severity=row["severity"],
        message=f"Likely not what the author meant: {row['note']}.",
        probability=round(probability, 4),
        suggestions=(Suggestion(text=expected, probability=0.8),) if expected else (),
        evidence=evidence,
    )
