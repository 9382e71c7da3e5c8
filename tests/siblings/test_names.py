"""Proper names: where they are, what belongs together, and what only looks alike."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from audit.detectors import Context
from audit.siblings.names import Name, alike, inflected, proper_names
from audit.siblings.transliteration import sources, tables, transliterations

Make = Callable[..., Context]


def found(context: Make, text: str) -> tuple[Name, ...]:
    return proper_names(context(text).article)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Am Montag traf Angela Merkel den Sprecher Steffen Seibert.", ["Angela Merkel", "Steffen Seibert"]),
        ("Kremlsprecher Dmitri Peskow der Agentur zufolge unbestätigt.", ["Dmitri Peskow"]),
        ("Kommissionschefin Ursula von der Leyen lobte den Entwurf.", ["Ursula von der Leyen"]),
        ("Im Kreml sprach Wladimir Putin Anfang Dezember.", ["Wladimir Putin"]),
        ("Die neue Brücke über den Fluss wurde gestern eröffnet.", []),
        ("Das Truppenübungsgelände und die Sicherheitsgarantien sind Thema.", []),
        ("Der Präsident dankte der Ministerin für die Unterstützung.", []),
    ],
)
def test_names_in_a_sentence(context: Make, text: str, names: list[str]) -> None:
    assert [name.full for name in found(context, text)] == names


def test_a_surname_is_known_wherever_it_stands_alone(context: Make) -> None:
    text = "Der Abgeordnete Norbert Wagner widersprach. Am Abend war Wagners Rede vorbei, und Wagner ging."
    names = found(context, text)
    assert [(name.last, name.genitive, name.kind) for name in names] == [
        ("Wagner", "", "person"),
        ("Wagner", "s", "person"),
        ("Wagner", "", "person"),
    ]
    assert [text[name.start : name.end] for name in names] == ["Norbert Wagner", "Wagners", "Wagner"]


def test_names_do_not_overlap_and_keep_their_order(context: Make) -> None:
    names = found(context, "Joe Biden rief in Moskau an. Wolodymyr Selenskyj, Bidens Gast, flog nach Genf. Die USA schwiegen.")
    places = [(name.start, name.end) for name in names]
    assert places == sorted(places)
    assert all(before[1] <= after[0] for before, after in pairwise(places))
    assert {name.last: name.kind for name in names}["Genf"] == "place"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Silinsky", "Selenskyj"),
        ("Selinsky", "Selenskyj"),
        ("Trappatoni", "Trapattoni"),
        ("Gadhafi", "Gaddafi"),
        ("Janukowitsch", "Janukowytsch"),
    ],
)
def test_spellings_of_one_name_are_alike(one: str, other: str) -> None:
    assert alike(one, other) and alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Putin", "Biden"),
        ("Thomas", "Thomsen"),
        ("Merkel", "Markle"),
        ("Meier", "Bayer"),
        ("Macron", "Marin"),
        ("Däbritz", "Dabritz"),
        ("Kim", "Kimm"),
    ],
)
def test_other_names_are_not(one: str, other: str) -> None:
    assert not alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Iwanow", "Iwanowa"), ("Nawalny", "Nawalnys"), ("Trump", "Trumpsche"), ("Berlin", "Berliner"), ("Medinski", "Medinskaja")],
)
def test_inflected_forms(one: str, other: str) -> None:
    assert inflected(one, other, "de") and inflected(other, one, "de")


def test_different_stems_are_not_inflected_forms() -> None:
    assert not inflected("Selinsky", "Selenskyj", "de")
    assert not inflected("Thomas", "Thomsen", "de")


@pytest.mark.parametrize(
    ("written", "lang", "german"),
    [
        ("Poutine", "fr", "Putin"),
        ("Gorbatchev", "fr", "Gorbatschew"),
        ("Loukachenko", "fr", "Lukaschenko"),
        ("Medvedtchouk", "fr", "Medwedtschuk"),
        ("Zelenskyy", "en", "Selenskyj"),
        ("Prigozhin", "en", "Prigoschin"),
        ("Khrushchev", "en", "Chruschtschew"),
        ("Kuleba", "en", None),
        ("Tsjernysjov", "nl", "Tschernyschow"),
        ("Loekasjenko", "nl", "Lukaschenko"),
        ("Jodorkovski", "es", "Chodorkowski"),
        ("Zakharova", "it", "Sacharowa"),
    ],
)
def test_romanisation_becomes_german(written: str, lang: str, german: str | None) -> None:
    candidates = transliterations(written, lang, "de")
    assert written not in candidates
    assert candidates == () if german is None else german in candidates


def test_a_very_ambiguous_name_is_not_guessed_at() -> None:
    assert transliterations("zsz" * 12, "en", "de") == ()


def test_tables_hold_what_was_promised() -> None:
    names = tables("de")
    assert {row.german for row in names.spellings["Poutine"]} == {"Putin"}
    assert names.lawful["Selenskyj"] >= {"Selenskij", "Selenski"}
    assert "Vladimir" in names.given and "Tokyo" not in names.spellings
    assert set(sources("de")) == {"fr", "en", "nl", "es", "it"}


def test_numbers_tell_names_apart() -> None:
    assert not alike("Sentinel5", "Sentinel6")
