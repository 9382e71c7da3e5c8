"""Alignment: each sentence to the sibling's sentences that say the same, with ranges that hold."""

from __future__ import annotations

from collections.abc import Callable

from audit.detectors import Context

Make = Callable[..., Context]

TEXT = (
    "Die Werft in Nordhafen entlässt im Frühjahr 340 Beschäftigte. Betriebsrat Jens Obermann sprach von einem schwarzen Tag. "
    "Das Land will eine Bürgschaft prüfen.\n\n"
    "Im Ort wird am Sonntag das Kirchenfest gefeiert."
)
SIBLING = (
    "Jens Obermann, der Betriebsrat, nannte es einen schwarzen Tag für die Region.\n\n"
    "340 Beschäftigte der Werft Nordhafen verlieren im Frühjahr ihre Arbeit. Eine Bürgschaft werde vom Land geprüft, hieß es.\n\n"
    "Der Aktienkurs des Mutterkonzerns fiel um drei Prozent."
)


def test_each_sentence_finds_its_own(context: Make) -> None:
    made = context(TEXT, siblings=[SIBLING])
    (segment,) = made.aligned
    pairs = {segment.text[row.own_start : row.own_end]: row.text for row in made.aligned[segment]}
    assert {own[:14]: text[:14] for own, text in pairs.items()} == {
        "Die Werft in N": "340 Beschäftig",
        "Betriebsrat Je": "Jens Obermann,",
        "Das Land will ": "Eine Bürgschaf",
    }


def test_what_nobody_else_reports_stands_alone(context: Make) -> None:
    made = context(TEXT, siblings=[SIBLING])
    alone = [segment.text for segment in made.article.prose if segment not in made.aligned]
    assert alone == ["Im Ort wird am Sonntag das Kirchenfest gefeiert."]


def test_spans_hold_in_the_siblings_own_text(context: Make) -> None:
    made = context(TEXT, siblings=[SIBLING])
    rows = [row for rows in made.aligned.values() for row in rows]
    assert rows
    for row in rows:
        assert SIBLING[row.span.start : row.span.end] == row.text
        assert 0 < row.score <= 1 and row.ties


def test_rows_are_best_first_and_say_what_ties_them(context: Make) -> None:
    made = context(TEXT, siblings=[SIBLING])
    (rows,) = made.aligned.values()
    assert [row.score for row in rows] == sorted((row.score for row in rows), reverse=True)
    assert any({"340", "werft", "nordhafen"} <= set(row.ties) for row in rows)


def test_covers_tells_whose_alignment_a_place_is(context: Make) -> None:
    made = context(TEXT, siblings=[SIBLING])
    (segment,) = made.aligned
    at = segment.text.index("Bürgschaft")
    assert [row.text[:14] for row in made.aligned[segment] if row.covers(at, at + 10)] == ["Eine Bürgschaf"]


def test_several_siblings_and_several_passages(context: Make) -> None:
    long = f"{SIBLING}\n\nWie die Werft Nordhafen mitteilte, entlässt sie im Frühjahr 340 ihrer Beschäftigten."
    made = context(TEXT, siblings=[SIBLING.replace("für die Region", "für alle"), long])
    (segment,) = made.aligned
    first = [row for row in made.aligned[segment] if row.covers(0, 9)]
    assert sorted(row.sibling.article.document.id for row in first) == ["sibling-0", "sibling-1", "sibling-1"]


def test_no_siblings_no_alignment(context: Make) -> None:
    assert context(TEXT).aligned == {}
    assert context(TEXT, siblings=["Ganz anderes: Der Chor probt mittwochs in der Schule."]).aligned == {}
