"""Nouns side by side: which chains are odd, and which German makes."""

from __future__ import annotations

import pytest

from audit.assets import Assets
from audit.chains import ChainWords, chains
from audit.ngrams import load
from audit.text import tokenize

RULES = Assets("de").toml("garbled")
WORDS = ChainWords(*(frozenset(RULES[name]) for name in ("articles", "apart", "behind", "finite")), tuple(sorted(RULES["links"])))
NGRAMS = load(Assets("de").path("ngrams"))


def seen(text: str) -> list[tuple[str, str, str]]:
    tokens = tokenize(text)
    found = chains(tokens, NGRAMS, WORDS)
    return [(chain.kind, text[tokens[chain.first].start : tokens[chain.last].end], chain.joined) for chain in found]


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("Es geht um neue Wirtschaft Politik im Land.", "Wirtschaftspolitik"),
        ("Sie plant den Bundes Haushalt neu.", "Bundeshaushalt"),
        ("Er lobt die Kinder Betreuung.", "Kinderbetreuung"),
    ],
)
def test_a_split_compound_names_the_word_it_should_be(text: str, joined: str) -> None:
    ((kind, _, word),) = [chain for chain in seen(text) if chain[2]]
    assert kind.startswith("compound_split")
    assert word == joined


def test_noun_name_noun_before_a_verb_is_a_leftover_of_the_page() -> None:
    assert ("chain_name", "Beschäftigung Twitter Ziel", "") in seen("Beschäftigung Twitter Ziel sei es, zu helfen.")
    assert seen("Er sagt, Präsident Twitter Inc habe recht.") == []


@pytest.mark.parametrize(
    "text",
    [
        "Ende Juli kam er mit zwei Millionen Euro.",
        "Am Dienstag Abend trank er eine Tasse Kaffee.",
        "Bundeskanzlerin Merkel und Bundespräsident Gauck reisten nach Rom.",
        "Die Wirtschaftspolitik im Bundeshaushalt.",
        "Der Film „Kinder Garten“ läuft.",
        "Das Umwelt-Ministerium schweigt.",
    ],
)
def test_what_german_makes_is_left_alone(text: str) -> None:
    assert seen(text) == []
