"""wrong_sense: pivots with siblings, calques, and the same words used rightly. More pairs: tests/siblings/test_pivots.py."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from audit.types import Finding

Find = Callable[..., list[Finding]]

# Log odds from which the verdict reports in a page that is machine-translated with a probability of .79.
REPORTED = -1.3

FIRING = [
    (
        "Merkel und Erdoğan sprachen am Montag eine Stunde miteinander. In der Berufung ging es um Flüchtlinge und Hilfen.",
        "Merkel hat am Montag mit Erdoğan telefoniert. Im Telefonat ging es um Flüchtlinge und Hilfen.",
        "Berufung",
        "fr",
    ),
    (
        "Das Elektroauto blieb auf der Autobahn liegen, weil der Stapel leer war. Der Fahrer wurde abgeschleppt.",
        "Ein Elektroauto ist auf der Autobahn liegen geblieben. Die Batterie war leer, der Fahrer wurde abgeschleppt.",
        "Stapel",
        "fr",
    ),
    (
        "Das Gericht verhängte einen Satz von zwölf Jahren. Der Anwalt des Mörders will das nicht hinnehmen.",
        "Zu einer Strafe von zwölf Jahren verurteilte das Gericht den Mörder. Sein Anwalt will das nicht hinnehmen.",
        "Satz",
        "en",
    ),
    (
        "Auf der Börse in Utrecht zeigen 300 Aussteller ihre Wohnmobile. Familien kamen aus dem ganzen Land.",
        "Die Messe in Utrecht zieht Familien aus dem ganzen Land an. 300 Aussteller zeigen Wohnmobile.",
        "Börse",
        "nl",
    ),
    (
        "Nach dem Schlag verhängten die Generäle eine Ausgangssperre. Der Präsident floh ins Ausland.",
        "Die Generäle verhängten nach dem Putsch eine Ausgangssperre. Der Präsident floh ins Ausland.",
        "Schlag",
        "es",
    ),
    (
        "Die Wohnung liegt im dritten Klavier. Ein Kind stürzte vom Balkon und überlebte.",
        "Die Wohnung liegt im dritten Stockwerk. Ein Kind stürzte vom Balkon und überlebte.",
        "Klavier",
        "it",
    ),
]

SILENT = [
    ("Das Landgericht verurteilte den Trainer. In der Berufung fordert der Anwalt einen Freispruch.", ""),
    ("Auf dem Schreibtisch des Richters lag ein Stapel Akten. Er las bis in die Nacht.", "Der Richter las nachts viele Akten."),
    ("Der erste Satz des Romans ist berühmt. Jeder Schüler lernt ihn.", "Jeder Schüler kennt den Anfang des Romans."),
    ("Die Börse schloss im Plus. Bankaktien legten zu.", "Die Kurse stiegen, vor allem Bankaktien legten zu."),
    ("Der Schlag traf den Boxer am Kinn. Er wurde angezählt.", "Der Boxer wurde am Kinn getroffen und angezählt."),
    ("Die Pianistin sitzt am Klavier. Sie spielt Chopin.", "Die Pianistin spielt Chopin."),
    ("Das Werk sichert die Beschäftigung von 3000 Menschen.", "3000 Menschen behalten in dem Werk ihre Stelle."),
    ("Ein Appell der Vereinten Nationen rief zu Spenden auf.", "Die Vereinten Nationen baten um Spenden."),
]


@pytest.mark.parametrize(("text", "sibling", "quote", "lang"), FIRING, ids=[row[2] for row in FIRING])
def test_finds_the_word_and_names_the_pivot(find: Find, text: str, sibling: str, quote: str, lang: str) -> None:
    found = find("wrong_sense", text, siblings=[sibling])
    assert quote in [f.quote for f in found]
    finding = max((f for f in found if f.quote == quote), key=lambda f: f.weight)
    assert finding.weight == max(f.weight for f in found)
    assert text[finding.start : finding.end] == quote
    assert finding.category == "Accuracy/Mistranslation" and finding.suggestions
    pivot = finding.evidence[0]
    assert pivot.kind == "pivot" and pivot.word and (pivot.lang == lang or f"{lang} " in pivot.note)


@pytest.mark.parametrize(("text", "sibling"), SILENT, ids=[row[0][:30] for row in SILENT])
def test_stays_silent(find: Find, text: str, sibling: str) -> None:
    found = find("wrong_sense", text, siblings=[sibling] if sibling else [])
    assert [f.quote for f in found if f.weight >= REPORTED] == []


def test_there_are_more_silent_cases_than_firing_ones() -> None:
    assert len(SILENT) > len(FIRING)


def test_siblings_are_quoted_at_their_offsets(find: Find) -> None:
    text, sibling, quote, _ = FIRING[0]
    finding = next(f for f in find("wrong_sense", text, siblings=[sibling]) if f.quote == quote)
    quoted = [e for e in finding.evidence if e.kind == "sibling"]
    assert quoted and all(sibling[e.start : e.end] == e.quote for e in quoted)
    assert quoted[0].note == "1 of 1 siblings"


@pytest.mark.parametrize(
    ("text", "quote", "lang"),
    [
        ("Der Minister wurde wegen Betrugs in Prüfung gesetzt.", "in Prüfung gesetzt", "fr"),
        ("Die Polizei hat ihn unter Wache gestellt.", "unter Wache gestellt", "fr"),
        ("Der Verurteilte will in Beruf gehen.", "in Beruf gehen", "nl"),
    ],
)
def test_phrases_rendered_word_by_word(find: Find, text: str, quote: str, lang: str) -> None:
    (finding,) = [f for f in find("wrong_sense", text) if f.quote == quote]
    assert finding.evidence[0].lang == lang and finding.weight > 0


@pytest.mark.parametrize(
    "text", ["Das Gesetz wird im Ausschuss auf die Prüfung gesetzt.", "Der Brief ging an den Beruf.", "Die Wache stellte Fragen."]
)
def test_the_same_words_in_other_phrases(find: Find, text: str) -> None:
    assert [f.quote for f in find("wrong_sense", text) if f.weight >= 0] == []


def test_the_same_text_gives_the_same_findings(find: Find) -> None:
    text, sibling, *_ = FIRING[1]
    assert find("wrong_sense", text, siblings=[sibling]) == find("wrong_sense", text, siblings=[sibling])
