"""name_variant: what it finds and leaves alone (tests/cases/name_variant.tsv), and what siblings add."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from audit.types import Finding

CASES = Path(__file__).resolve().parent.parent / "cases" / "name_variant.tsv"
ROWS = [line.split("\t") for line in CASES.read_text(encoding="utf-8").splitlines() if line.strip() and not line.startswith("#")]
FIRING = [row for row in ROWS if row[1] != "-"]
SILENT = [row[0] for row in ROWS if row[1] == "-"]
Find = Callable[..., list[Finding]]

SIBLING = (
    "In der Hauptstadt wartete Präsident Wolodymyr Selenskyj auf die Gäste aus Brüssel.\n\n"
    "Der Besuch dauerte länger als geplant, sagte Selenskyj später im Fernsehen."
)


@pytest.mark.parametrize(("text", "quote", "german"), FIRING, ids=[row[1] for row in FIRING])
def test_finds(find: Find, text: str, quote: str, german: str) -> None:
    (finding,) = find("name_variant", text)
    assert (finding.quote, text[finding.start : finding.end]) == (quote, quote)
    assert finding.suggestions[0].text == german
    assert finding.category == "Terminology/Inconsistent" and german in finding.message


@pytest.mark.parametrize("text", SILENT)
def test_stays_silent(find: Find, text: str) -> None:
    assert [finding.quote for finding in find("name_variant", text)] == []


def test_there_are_more_silent_cases_than_firing_ones() -> None:
    assert len(SILENT) > len(FIRING) >= 20


def test_other_places_in_the_text_are_quoted(find: Find) -> None:
    text = "Der Rat bat um Silinskys Zustimmung. Ob Selenskyj sie gibt, blieb offen."
    places = [evidence for finding in find("name_variant", text) for evidence in finding.evidence if evidence.kind == "place"]
    assert [text[place.start : place.end] for place in places] == ["Selenskyj"]
    assert all(place.quote == "Selenskyj" for place in places)


def test_a_sibling_proves_a_distorted_name_and_is_quoted(find: Find) -> None:
    text = "Am Abend empfing Präsident Wolodymyr Silenski die Gäste aus Brüssel, der Besuch dauerte lange."
    (finding,) = find("name_variant", text, siblings=[SIBLING])
    (quoted,) = [evidence for evidence in finding.evidence if evidence.kind == "sibling"]
    assert (finding.quote, finding.suggestions[0].text) == ("Silenski", "Selenskyj")
    assert quoted.document == "sibling-0" and SIBLING[quoted.start : quoted.end] == quoted.quote == "Wolodymyr Selenskyj"


def test_two_siblings_outvote_a_form_that_nobody_knows(find: Find) -> None:
    text = "In der Tongrube fand die Forscherin Odila Wranetzek am Freitag den Kiefer eines Nashorns."
    siblings = [
        "Den Kiefer eines Nashorns hat Odila Wranezek gefunden, und zwar am Freitag in der Tongrube.",
        "Odila Wranezek zeigte am Freitag einen Fund aus der Tongrube: den Kiefer eines Nashorns, Millionen Jahre alt.",
    ]
    (finding,) = find("name_variant", text, siblings=siblings)
    assert (finding.quote, finding.suggestions[0].text) == ("Wranetzek", "Wranezek")
    assert {evidence.document for evidence in finding.evidence if evidence.kind == "sibling"} == {"sibling-0", "sibling-1"}
    assert find("name_variant", text, siblings=siblings[:1]) == []


@pytest.mark.parametrize("spelling", ["Selenskyj", "Selenskij", "Selenski", "Selensky"])
def test_newsrooms_may_differ(find: Find, spelling: str) -> None:
    text = f"Am Abend empfing Präsident Wolodymyr {spelling} die Gäste aus Brüssel. {spelling} sprach lange."
    assert find("name_variant", text, siblings=[SIBLING]) == []


@pytest.mark.parametrize(
    "sibling",
    [
        "Am Abend empfing Bürgermeister Karl Maier die Gäste aus Brüssel. Maier sprach lange.",
        "Am Abend empfing die Sprecherin Anna Meyer die Gäste aus Brüssel. Meyer sprach lange.",
    ],
)
def test_people_with_similar_names_in_siblings_are_other_people(find: Find, sibling: str) -> None:
    text = "Am Abend empfing Bürgermeister Otto Meier die Gäste aus Brüssel. Meier sprach lange."
    assert find("name_variant", text, siblings=[sibling]) == []


def test_the_surest_evidence_weighs_most(find: Find) -> None:
    def weight(text: str, *siblings: str) -> float:
        return max(finding.weight for finding in find("name_variant", text, siblings=siblings))

    alone = weight("Beobachter hielten Poutines Rede für ungewöhnlich kurz und trocken.")
    proven = weight("Beobachter hielten Poutines Rede für kurz. Putin ging danach sofort.")
    english = weight("In Moskau trat Maria Zakharova vor die Presse und verlas eine Erklärung.")
    assert english < 0 < alone < proven


def test_furniture_is_not_searched(find: Find) -> None:
    text = (
        "Der Haushalt wurde nach langer Debatte am Freitag vom Parlament gebilligt.\n\n"
        "Die Opposition stimmte geschlossen gegen den Entwurf der Regierung.\n\n"
        "Mehr zum Thema\n\nPoutine\n\nLondres"
    )
    assert find("name_variant", text) == []


def test_a_hard_wrapped_name_keeps_its_place(find: Find) -> None:
    text = (
        "Nach Angaben der Nachrichtenagenturen wird am Donnerstag Vladimir\n"
        "Poutine vor die Presse treten, um über die Folgen der Vereinbarung\n"
        "zu sprechen, die in der vergangenen Woche von beiden Seiten in der\n"
        "Hauptstadt unterzeichnet worden war und seitdem überall umstritten\n"
        "ist, wie aus den Stellungnahmen mehrerer Abgeordneter zu lesen ist,\n"
        "die sich bisher nicht namentlich zitieren lassen wollten.\n"
    )
    (finding,) = find("name_variant", text)
    assert finding.quote == text[finding.start : finding.end] == "Vladimir\nPoutine"
    assert finding.suggestions[0].text == "Wladimir Putin"


def test_a_name_may_open_the_text_or_the_title(find: Find) -> None:
    text = "Vladimir Poutine empfing am Montag eine Abordnung aus Kasachstan im Kreml."
    assert [finding.start for finding in find("name_variant", text)] == [0]
    body = "Im Kreml wurde am Montag lange über die Lage beraten."
    titled = find("name_variant", body, title="Vladimir Poutine empfängt Gäste")
    assert [(finding.field, finding.start) for finding in titled] == [("title", 0)]
