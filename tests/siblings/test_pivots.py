"""The lexicon of confusables and the evidence drawn from it; the challenge set of tests/cases/wrong_sense.

A minimal pair there: head line foreign word | written > meant; then one line each: ``-`` wrong use, ``+`` its siblings
(`` // `` between them), ``=`` rightful use, ``~`` its siblings.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from audit.article import lemma
from audit.auditor import Auditor
from audit.detectors import Context
from audit.siblings import pivots
from audit.siblings.evidence import load
from audit.siblings.lexicon import Lexicon, likeness
from audit.siblings.lexicon_forms import inflected, suggestion
from audit.siblings.pivot_charges import charges
from audit.siblings.slots import read
from audit.types import Document, Finding

Find = Callable[..., list[Finding]]
Make = Callable[..., Context]

# What becomes even odds in a page that is a machine's beyond doubt.
REPORTED = -0.7
LEAST_RECALL = 0.70
MOST_FALSE = 0.03

FOLDER = Path(__file__).resolve().parent.parent / "cases" / "wrong_sense"
LANGUAGES = ("en", "es", "fr", "it", "nl")


class Pair(NamedTuple):
    lang: str
    pivot: str
    written: str
    meant: str
    wrong: str
    wrong_siblings: list[str]
    right: str
    right_siblings: list[str]


def pairs() -> list[Pair]:
    """Every minimal pair, by language, in the order of the files."""
    found = []
    for lang in LANGUAGES:
        blocks = (FOLDER / f"{lang}.txt").read_text(encoding="utf-8").split("\n\n")
        for block in blocks[1:]:
            head, *lines = block.strip().splitlines()
            pivot, _, words = head.partition(" | ")
            written, _, meant = words.partition(" > ")
            texts = {line[0]: line[2:] for line in lines}
            siblings = {sign: texts[sign].split(" // ") for sign in "+~"}
            found.append(Pair(lang, pivot, written, meant, texts["-"], siblings["+"], texts["="], siblings["~"]))
    return found


@pytest.fixture(scope="module")
def lexicon(auditor: Auditor) -> Lexicon:
    return Lexicon.load(auditor.assets.path("lexicon"), auditor.assets.path("vectors"))


def number(lexicon: Lexicon, word: str) -> int:
    found = lexicon.key(word)
    assert found is not None, word
    return found


@pytest.mark.parametrize(
    ("written", "meant", "lang"),
    [
        ("Berufung", "Anruf", "fr"),
        ("Stapel", "Batterie", "fr"),
        ("Satz", "Strafe", "en"),
        ("Beruf", "Berufung", "nl"),
        ("Karriere", "Rennen", "es"),
        ("Klavier", "Stockwerk", "it"),
    ],
)
def test_knows_confusables_and_the_language_behind_them(lexicon: Lexicon, written: str, meant: str, lang: str) -> None:
    rows = [c for c in lexicon.confusables(number(lexicon, written)) if c.other == number(lexicon, meant)]
    assert lang in {row.lang for row in rows}
    assert all(row.back <= 0 and row.forward <= 0 and 0 <= row.synonymy < 0.4 for row in rows)


@pytest.mark.parametrize(("one", "other"), [("Anruf", "Telefonat"), ("festnehmen", "verhaften")])
def test_near_synonyms_are_no_confusables(lexicon: Lexicon, one: str, other: str) -> None:
    word, near = number(lexicon, one), number(lexicon, other)
    assert near in {n for n, _ in lexicon.near(word)}
    assert near not in {c.other for c in lexicon.confusables(word)}


@pytest.mark.parametrize(
    ("form", "key"),
    [("Berufungen", "Berufung"), ("Verdächtigen", "Verdächtiger"), ("Beamten", "Beamter"), ("forderte", "fordern")],
)
def test_forms_have_the_key_of_their_word(lexicon: Lexicon, form: str, key: str) -> None:
    assert lexicon.words[number(lexicon, form)] == key


@pytest.mark.parametrize(
    ("compound", "parts"),
    [
        ("Sicherheitsanforderungen", ("Sicherheit", "Anforderung")),
        ("Einreiseverbots", ("Einreise", "Verbot")),
        ("Friedens-Forderung", ("Frieden", "Forderung")),
    ],
)
def test_splits_compounds_by_parts(lexicon: Lexicon, compound: str, parts: tuple[str, str]) -> None:
    split = lexicon.split(compound)
    assert split is not None
    assert (lexicon.words[split.first], lexicon.words[split.head]) == parts


@pytest.mark.parametrize("word", ["Kooperation", "Frankreich", "Anführer", "Haus", "abends", "Telefon"])
def test_splits_nothing_that_is_one_word(lexicon: Lexicon, word: str) -> None:
    assert lexicon.split(word) is None


@pytest.mark.parametrize(
    ("written", "word", "other", "expected"),
    [
        ("Anfragen", "Anfrage", "Forderung", "Forderungen"),
        ("Stapels", "Stapel", "Unfall", "Unfalls"),
        ("Appell", "Appell", "Telefonat", "Telefonat"),
        ("fragte", "fragen", "fordern", "forderte"),
        ("gestoppt", "stoppen", "verhaften", "verhaftet"),
        ("wichtigen", "wichtig", "groß", "großen"),
        ("Gericht", "Gericht", "Prozeß", "Prozess"),
        ("Gerichte", "Gericht", "Prozeß", "Prozesse"),
    ],
)
def test_suggestions_are_inflected_like_the_written_word(
    lexicon: Lexicon, written: str, word: str, other: str, expected: str
) -> None:
    assert inflected(lexicon, written, number(lexicon, word), number(lexicon, other)) == expected


def test_a_suggestion_keeps_the_rest_of_the_compound(lexicon: Lexicon) -> None:
    written = "Sicherheitsanforderungen"
    split = lexicon.split(written)
    assert split is not None
    assert suggestion(lexicon, written, split.head, number(lexicon, "Forderung"), split, "head") == "Sicherheitsforderungen"


def test_a_word_that_an_aligned_sibling_writes_is_cleared(context: Make, auditor: Auditor) -> None:
    text = "Das Oberlandesgericht in Celle verhandelt im Herbst über die Berufung des verurteilten Arztes aus Hannover."
    sibling = "Über die Berufung des verurteilten Arztes aus Hannover verhandelt das Oberlandesgericht in Celle im Herbst."
    made = context(text, siblings=[sibling])
    lexicon = Lexicon.load(auditor.assets.path("lexicon"), auditor.assets.path("vectors"))
    trees, settings = load(auditor.assets.path("evidence")), auditor.assets.settings["wrong_sense"]
    trial = charges(made.article, made.siblings, made.aligned, lexicon, trees, settings)
    assert "Berufung" not in {charge.word.text for charge in trial.every}


def test_evidence_has_a_value_for_every_feature(context: Make, lexicon: Lexicon) -> None:
    article = context("Die Gewerkschaft nannte die Anfrage der Arbeitgeber unverschämt.").article
    found = pivots.pairs(read(article, lexicon))
    assert found.features.shape == (len(found), len(pivots.PAIR_FEATURES)) and len(found) > 20
    assert (found.features[:, 0] == 1).all()


@pytest.mark.parametrize(
    ("word", "foreign", "alike"),
    [("Offizier", "officer", 5 / 6), ("Kredit", "crédit", 1.0), ("Forderung", "demande", 0.0), ("Phase", "fase", 4 / 6)],
)
def test_cognates_begin_alike(word: str, foreign: str, alike: float) -> None:
    assert likeness(word, foreign) == pytest.approx(alike)


def test_a_compound_is_charged_with_no_other_sense_of_its_head(context: Make, auditor: Auditor, lexicon: Lexicon) -> None:
    text = "Die Streitkräfte der beiden Länder übten am Montag gemeinsam vor der Küste. Die Übung dauerte drei Tage."
    sibling = "Vor der Küste übten Kräfte der beiden Länder am Montag gemeinsam. Drei Tage dauerte die Übung."
    made = context(text, siblings=[sibling])
    trees, settings = load(auditor.assets.path("evidence")), auditor.assets.settings["wrong_sense"]
    trial = charges(made.article, made.siblings, made.aligned, lexicon, trees, settings)
    assert ("Streitkräfte", "Kraft") not in {(c.word.text, lexicon.words[c.pivot.other]) for c in trial.every}


def test_siblings_that_read_like_machine_translations_are_no_witnesses(context: Make, auditor: Auditor, lexicon: Lexicon) -> None:
    made = context(
        "Das Elektroauto blieb auf der Autobahn liegen, weil der Stapel leer war.",
        siblings=["Das Elektroauto blieb auf der Autobahn liegen, weil die Batterie leer war."],
    )
    trees, settings = load(auditor.assets.path("evidence")), auditor.assets.settings["wrong_sense"]
    doubtful = [sibling._replace(weight=settings["credible"] / 2) for sibling in made.siblings]
    credible = charges(made.article, made.siblings, made.aligned, lexicon, trees, settings)
    assert any(charge.witnesses for charge in credible.every)
    trial = charges(made.article, doubtful, made.aligned, lexicon, trees, {**settings, "floor": -4.0})
    assert not any(charge.witnesses for charge in trial.every) and trial.mates == ()


def test_a_book_is_read_no_further_than_a_very_long_article(auditor: Auditor, lexicon: Lexicon) -> None:
    article = auditor.article(Document(id="book", text="Der Rat der Stadt tagt am Montag wieder im Saal des Rathauses. " * 700))
    assert article.words > 5_000 == len(read(article, lexicon).words)


def flagged(findings: list[Finding], pair: Pair) -> list[Finding]:
    """The findings on the word of the pair, in whatever form it is written."""
    forms = {pair.written.lower(), pair.written.lower()[: max(4, len(pair.written) - 3)]}
    return [
        f
        for f in findings
        if f.weight >= REPORTED and (lemma(f.quote, "de") == pair.written or any(x in f.quote.lower() for x in forms))
    ]


def test_the_challenge_set_is_large_and_sound() -> None:
    found = pairs()
    assert len(found) >= 150 and {pair.lang for pair in found} == {"en", "es", "fr", "it", "nl"}
    for pair in found:
        stem = pair.written.lower()[:3]
        assert stem in pair.wrong.lower() and stem in pair.right.lower(), pair


@pytest.mark.slow
def test_the_challenge_set_with_siblings(find: Find) -> None:
    found = pairs()
    hits = [flagged(find("wrong_sense", pair.wrong, siblings=pair.wrong_siblings), pair) for pair in found]
    false = [flagged(find("wrong_sense", pair.right, siblings=pair.right_siblings), pair) for pair in found]
    assert sum(map(bool, hits)) >= LEAST_RECALL * len(found)
    assert sum(map(bool, false)) <= MOST_FALSE * len(found), [f[0].quote for f in false if f]
    named = sum(any(e.lang == pair.lang for e in hit[0].evidence) for hit, pair in zip(hits, found, strict=True) if hit)
    assert named >= 0.7 * sum(map(bool, hits))


def test_the_lexicon_fits_its_budget() -> None:
    folder = Path(__file__).resolve().parents[2] / "models" / "de" / "lexicon"
    assert sum(path.stat().st_size for path in folder.glob("*.safetensors")) <= 24_000_000
