"""Numbers, moments, names in their places, offices, denials and choices, read from short sentences."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest

from audit.auditor import Auditor
from audit.siblings import dates, numbers
from audit.siblings.dates import Moment
from audit.siblings.facts import Fact, read
from audit.siblings.numbers import Number
from audit.siblings.sameness import AMOUNTS, MOMENTS
from audit.siblings.statements import FactRules
from audit.types import Document

Read = Callable[[str], list[Fact]]


@pytest.fixture(scope="module")
def facts(auditor: Auditor) -> Read:
    assets = ("facts", "rules/agreement", "morphology/nouns", "morphology/adjectives")
    rules = FactRules.load(*(auditor.assets.path(name) for name in assets))
    return lambda text: read(auditor.article(Document(id="a", text=text)), rules).facts


def _amounts(found: list[Fact]) -> list[tuple[str, str, float, str]]:
    return [(f.kind, f.key, cast(Number, f.value).values[0], cast(Number, f.value).hedge) for f in found if f.kind in AMOUNTS]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Es kamen 2.300 Besucher.", ("count", "zuschauer", 2300.0, "")),
        ("Es kamen 2 300 Besucher.", ("count", "zuschauer", 2300.0, "")),
        ("Es kamen mehr als 1200 Zeugen.", ("count", "zeuge", 1200.0, "least")),
        ("Rund einundzwanzig Bäume fielen um.", ("count", "baum", 21.0, "about")),
        ("Dreihundert Schafe weideten dort.", ("count", "schaf", 300.0, "")),
        ("Ein Dutzend Schafe weidete dort.", ("count", "schaf", 12.0, "")),
        ("Die Reparatur kostet 4,2 Millionen Dollar.", ("money", "dollar", 4_200_000.0, "")),
        ("Das Werk kostete 3 Milliarden Euro.", ("money", "euro", 3e9, "")),
        ("Der Kurs fiel um 0,68 Prozent.", ("share", "prozent", 0.68, "")),
        ("Das Feld misst bis zu 550 Hektar.", ("measure", "hektar", 550.0, "most")),
        ("Dort starben 17 Menschen.", ("fate", "dead", 17.0, "")),
        ("Drei Angestellte erlitten leichte Verletzungen.", ("fate", "hurt", 3.0, "")),
        ("Die Polizei meldet 13 Verletzte.", ("fate", "hurt", 13.0, "")),
        ("Die 58-jährige Margit Osterloh schwieg.", ("age", "osterloh", 58.0, "")),
        ("Margit Osterloh (58) schwieg.", ("age", "osterloh", 58.0, "")),
    ],
)
def test_amounts(text: str, expected: tuple[str, str, float, str], facts: Read) -> None:
    assert expected in _amounts(facts(text))


@pytest.mark.parametrize(
    "text",
    [
        "Sie spielt in der 3. Liga.",
        "Das Spiel endete 3:1.",
        "Der CSI 300 Index fiel.",
        "Am 5. Tag ruhten sie.",
        "Im Jahr 1987 gegründet, wuchs der Verein.",
        "Die Täter waren zwischen 16 und 28 Jahre alt.",
        "Viele Menschen kamen.",
    ],
)
def test_no_amounts(text: str, facts: Read) -> None:
    assert _amounts(facts(text)) == []


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("Er kam am 10. Januar 2022.", "date", (10, 1, 2022)),
        ("Der Vertrag vom 10.01.2022 gilt weiter, sagte die Anwältin.", "date", (10, 1, 2022)),
        ("Geschlossen wird der Hof am 1. Juni; danach ist Ruhe.", "date", (1, 6, 0)),
        ("Der Jänner war kalt.", "month", (0, 1, 0)),
        ("Im November 2018 sank das Boot.", "month", (0, 11, 2018)),
        ("Am Donnerstagabend ruft sie an.", "weekday", (3,)),
        ("In der Nacht zum Montag brannte es.", "weekday", (6, 0)),
        ("Das Werk wurde 1987 gebaut.", "year", (1987,)),
        ("Um 21.40 Uhr war es so weit.", "clock", (1300,)),
        ("Gegen 21h40 war es so weit.", "clock", (1300,)),
        ("Beginn ist um 18 Uhr.", "clock", (1080,)),
    ],
)
def test_moments(text: str, kind: str, value: tuple[int, ...], facts: Read) -> None:
    found = [(f.kind, cast(Moment, f.value).value) for f in facts(text) if f.kind in MOMENTS]
    assert found == [(kind, value)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Truppen stehen an der Grenze zur Ukraine.", ("border", "", "ukraine")),
        ("Truppen stehen an der ukrainischen Grenze.", ("border", "", "ukraine")),
        ("Sie wohnt nahe der Schweizer Grenze.", ("border", "", "schweiz")),
        ("Das war ein Angriff auf Litauen.", ("link", "angriff auf", "litauen")),
        ("Das Landgericht Bamberg urteilte.", ("link", "landgericht ", "bamberg")),
        ("Der Prozess begann in Halifax.", ("place", "in", "halifax")),
        ("Französische Soldaten kamen.", ("nation", "soldat", "frankreich")),
        ("Sie wird nicht teilnehmen.", ("denial", "teilnehmen", True)),
        ("Sie nimmt an dem Gipfel teil.", ("denial", "teilnehmen", False)),
    ],
)
def test_names_and_denials(text: str, expected: tuple[str, str, object], facts: Read) -> None:
    assert expected in [(f.kind, f.key, f.value) for f in facts(text)]


@pytest.mark.parametrize(
    "text", ["Sie wird noch nicht teilnehmen.", "Nicht nur sie wird teilnehmen.", "Falls sie teilnehmen, wird es eng."]
)
def test_no_plain_denial(text: str, facts: Read) -> None:
    assert not any(f.kind == "denial" and f.value for f in facts(text))


def test_offices_before_and_behind_a_name(facts: Read) -> None:
    before = {(f.key, f.own) for f in facts("Finanzministerin Mira Kostal trat zurück.") if f.kind == "office"}
    behind = {(f.key, f.own) for f in facts("Mira Kostal, die neue Finanzministerin, trat zurück.") if f.kind == "office"}
    assert before == behind == {("kostal", "finanzministerin")}
    assert not [f for f in facts("Die frühere Finanzministerin Mira Kostal trat zurück.") if f.kind == "office"]


def test_offsets(facts: Read) -> None:
    text = "Am 8. Mai starben 17 Menschen in Halifax. Die Staatsanwaltschaft warf ihr 4,2 Millionen Dollar vor."
    for fact in facts(text):
        span = fact.statement.segment.span(fact.start, fact.stop)
        assert text[span.start : span.end] == fact.text


def _number(value: float, hedge: str = "") -> Number:
    return Number((value,), hedge, 0, 1)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (_number(100, "about"), _number(112)),
        (_number(100_000, "least"), _number(120_000, "about")),
        (_number(2312), _number(2300)),
        (_number(4.23), _number(4.2)),
        (_number(0.68), _number(0.7)),
        (_number(900, "most"), _number(850)),
        (Number((1200.0, 1.2), "", 0, 1), _number(1200)),
    ],
)
def test_numbers_that_may_be_one(one: Number, other: Number) -> None:
    assert numbers.same(one, other)
    assert numbers.same(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (_number(3), _number(13)),
        (_number(17), _number(70)),
        (_number(100, "about"), _number(1000)),
        (_number(100, "least"), _number(60)),
        (_number(240), _number(420)),
        (_number(8.6e6), _number(8.6e9)),
    ],
)
def test_numbers_that_are_two(one: Number, other: Number) -> None:
    assert not numbers.same(one, other)
    assert not numbers.same(other, one)


def _clock(minutes: int, *, loose: bool = False, zone: bool = False) -> Moment:
    return Moment("clock", (minutes,), 0, 1, loose, zone)


def test_times_of_day() -> None:
    assert dates.same(_clock(1290), _clock(570))  # half past nine, in either half of the day
    assert dates.same(_clock(1200, loose=True), _clock(1210))
    assert dates.same(_clock(930, zone=True), _clock(1290)) is None
    assert dates.same(_clock(840), _clock(990)) is False
    assert dates.same(Moment("date", (10, 1, 0), 0, 1), Moment("date", (10, 1, 2022), 0, 1))
    assert dates.same(Moment("date", (10, 1, 0), 0, 1), Moment("date", (12, 1, 0), 0, 1)) is False
