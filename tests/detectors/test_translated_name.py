"""translated_name: names taken for words, and names half translated."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from audit.types import Finding

Find = Callable[..., list[Finding]]

FIRING = [
    (
        "Der Textilarbeiter wurde 1960 in Rasen geboren und zog später nach Florenz.",
        "In Prato wurde der Textilarbeiter 1960 geboren. Später zog er nach Florenz.",
        "Rasen",
        "Prato",
    ),
    (
        "Die Fähre aus Korfu legte am Abend in Toast an, an Bord waren 300 Reisende.",
        "In Brindisi legte am Abend die Fähre aus Korfu an. 300 Reisende waren an Bord.",
        "Toast",
        "Brindisi",
    ),
    (
        "Das Treffen der Minister fand in Macht statt, danach reisten sie nach Neapel.",
        "Die Minister trafen sich in Potenza. Danach reisten sie nach Neapel.",
        "Macht",
        "Potenza",
    ),
    (
        "Am Mittwoch tagt die NATO Western Defence in Brüssel mit der russischen Seite.",
        "Die NATO trifft sich am Mittwoch in Brüssel mit der russischen Seite.",
        "NATO Western Defence",
        "NATO",
    ),
]
SILENT = [
    (
        "Der Platzwart mäht den Rasen im Stadion von Florenz.",
        "Im Stadion von Florenz wurde der Rasen gemäht, sagte man in Prato.",
    ),
    ("Zum Frühstück gab es Toast mit Butter.", "In Brindisi gab es zum Frühstück Toast und Brot."),
    ("Die Macht des Ministers schwindet.", "Der Minister hat keine Macht mehr."),
    ("Die NATO Response Force übt in Polen.", "In Polen übt die NATO Response Force."),
    ("Am Abend traf die Hamburger Delegation ein.", "Aus Hamburg traf am Abend eine Abordnung ein."),
    ("Ein Händler namens Nikolaus sagte vor Gericht aus.", "Nicolás sagte vor Gericht als Händler aus."),
    ("Der Sender BBC World Service streicht Stellen.", "Bei BBC World Service fallen Stellen weg."),
]


@pytest.mark.parametrize(("text", "sibling", "quote", "name"), FIRING, ids=[row[2] for row in FIRING])
def test_finds_the_name_behind_the_word(find: Find, text: str, sibling: str, quote: str, name: str) -> None:
    found = {f.quote: f for f in find("translated_name", text, siblings=[sibling])}
    assert quote in found
    finding = found[quote]
    assert finding.suggestions[0].text == name and text[finding.start : finding.end] == quote
    for evidence in finding.evidence:
        if evidence.kind == "sibling":
            assert sibling[evidence.start : evidence.end] == evidence.quote and name in evidence.quote


@pytest.mark.parametrize(("text", "sibling"), SILENT, ids=[row[0][:20] for row in SILENT])
def test_stays_silent(find: Find, text: str, sibling: str) -> None:
    assert [f.quote for f in find("translated_name", text, siblings=[sibling])] == []


@pytest.mark.parametrize(
    ("text", "sibling", "quote"),
    [
        ("Der Toast auf den Kapitän fiel kurz aus.", "In Brindisi fiel die Rede auf den Kapitän kurz aus.", "Toast"),
        ("Zum Tee gab es gerösteten Toast und Honig.", "In Brindisi gab es zum Tee Honig und Brot.", "Toast"),
        ("Im Stadtpark wird neuer Rasen gesät.", "In Prato wird der Stadtpark neu angelegt.", "Rasen"),
        ("Die Fischer fuhren am Morgen auf See.", "Am Morgen fuhren die Fischer aufs Meer.", "See"),
    ],
)
def test_behind_an_article_or_adjective_it_needs_a_page_that_betrays_itself(
    find: Find, text: str, sibling: str, quote: str
) -> None:
    (finding,) = find("translated_name", text, siblings=[sibling])
    assert finding.quote == quote and finding.weight <= -1.5


def test_nothing_without_siblings(find: Find) -> None:
    assert [f for row in FIRING for f in find("translated_name", row[0])] == []


def test_there_are_more_silent_cases_than_firing_ones() -> None:
    assert len(SILENT) > len(FIRING)


def test_a_town_after_a_preposition_weighs_more(find: Find) -> None:
    text, sibling, quote, _ = FIRING[0]
    bare = next(f for f in find("translated_name", text, siblings=[sibling]) if f.quote == quote)
    with_article = text.replace("in Rasen", "auf dem Rasen")
    other = next(f for f in find("translated_name", with_article, siblings=[sibling]) if f.quote == quote)
    assert bare.weight > other.weight
