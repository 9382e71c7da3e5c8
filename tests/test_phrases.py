"""Phrase patterns: what each element matches, where clauses end, and what cannot be compiled."""

from __future__ import annotations

import pytest

from audit.phrase_matches import Phrases
from audit.phrases import Grammar, compile_patterns
from audit.text import tokenize

GRAMMAR = Grammar.load(
    {
        "infix": "zu",
        "endings": ["", "e", "en", "er", "es", "em"],
        "classes": {"ein": ["ein", "eine", "einen"]},
        "verbs": {
            "nehmen": {"finite": ["nehmen", "nehme", "nimmt", "nahm", "nahmen"], "participle": ["genommen"]},
            "geben": {"finite": ["geben", "gibt", "gab"], "participle": ["gegeben"]},
        },
    }
)


def found(pattern: str, text: str) -> list[str]:
    tokens = tokenize(text)
    matches = Phrases(compile_patterns("key", pattern, GRAMMAR)).matches(tokens)
    return [text[tokens[match.first].start : tokens[match.last].end] for match in matches]


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("Haus/Hof", "Der Hof ist leer.", ["Hof"]),
        ("Kind(er|es)", "Die Kinder des Kindes.", ["Kinder", "Kindes"]),
        ("groß~ Haus", "Ein großes Haus.", ["großes Haus"]),
        ("Entscheidung & <nehmen>", "Er nahm gestern eine Entscheidung.", ["nahm gestern eine Entscheidung"]),
        ("Entscheidung & <nehmen>", "Die Entscheidung wurde genommen.", ["Entscheidung wurde genommen"]),
        ("Plan & <auf|geben>", "Er gab den Plan endlich auf.", ["gab den Plan"]),
        ("Plan & <auf|geben>", "Er will den Plan aufgeben.", ["Plan aufgeben"]),
        ("Plan & <auf|geben>", "Er hat vor, den Plan aufzugeben.", ["Plan aufzugeben"]),
        ("@ein … Tag", "An einen sehr schönen Tag dachte er.", ["einen sehr schönen Tag"]),
        ("Nähe von #", "In der Nähe von 300 Menschen.", ["Nähe von 300"]),
        ("Straße von? Rom", "Die Straße von Rom, die Straße Rom.", ["Straße von Rom", "Straße Rom"]),
        ("Frau Aa", "Frau Berger kam.", ["Frau Berger"]),
        ("Der Umwelt*", "Der Umweltschutz.", ["Der Umweltschutz"]),
        ("^ Zeichen , dass", "Zeichen, dass er geht.", ["Zeichen, dass"]),
        ("zeichen der Zeit || Haus", "Das Haus.", ["Haus"]),
        ("in Bezug", "In Bezug auf ihn.", ["In Bezug"]),
    ],
)
def test_matches(pattern: str, text: str, expected: list[str]) -> None:
    assert found(pattern, text) == expected


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("Haus/Hof", "Der haus ist leer."),  # a capital in the pattern demands one
        ("bezug", "Der Bezug ist alt."),  # a small letter matches a capital only where a sentence begins
        ("Entscheidung & <nehmen>", "Er nahm ab, die Entscheidung fiel."),  # not across a comma
        ("Entscheidung & <nehmen>", "Er nahm Brot und die Entscheidung fiel."),  # nor across a conjunction
        ("Entscheidung & <nehmen> ! zur", "Er nahm zur Entscheidung Stellung."),  # a banned word
        ("Plan & <auf|geben>", "Er gab den Plan dem Chef."),  # the particle is missing
        ("^ Zeichen , dass", "Ein gutes Zeichen, dass er geht."),
        ("@ein … Tag", "Einen, wie er sagt, Tag."),  # a gap holds no punctuation
        ("Nähe von #", "In der Nähe von Rom."),
    ],
)
def test_stays_silent(pattern: str, text: str) -> None:
    assert found(pattern, text) == []


def test_parts_that_lie_far_apart_do_not_meet() -> None:
    near = "Er nahm nach drei Tagen eine Entscheidung."
    far = "Er nahm nach drei langen Tagen in der kalten Stadt am Meer endlich eine Entscheidung."
    assert found("Entscheidung & <nehmen>", near)
    assert not found("Entscheidung & <nehmen>", far)


@pytest.mark.parametrize("pattern", ["<laufen>", "@unbekannt", "Haus & <laufen>"])
def test_unknown_verbs_and_classes_are_errors(pattern: str) -> None:
    with pytest.raises(KeyError):
        compile_patterns("key", pattern, GRAMMAR)


@pytest.mark.parametrize("pattern", ["# Aa", "_ …", "Um*"])
def test_a_pattern_without_a_word_to_look_up_is_an_error(pattern: str) -> None:
    with pytest.raises(ValueError, match="no word"):
        compile_patterns("key", pattern, GRAMMAR)


def test_matches_come_in_order_and_once() -> None:
    tokens = tokenize("Haus und Hof und Haus.")
    patterns = [*compile_patterns("b", "Hof", GRAMMAR), *compile_patterns("a", "Haus", GRAMMAR)]
    assert [(m.key, m.first) for m in Phrases(patterns).matches(tokens)] == [("a", 0), ("b", 2), ("a", 4)]
