"""The network on slips: what it reads of a sentence, what it suspects, and that sentences do not lean on each other."""

from __future__ import annotations

import numpy as np
import pytest

from audit.alternatives import alternatives
from audit.assets import Assets
from audit.neural import slips
from audit.neural.slips import GAP, Network
from audit.neural.suspicions import _MESSAGES, LEAST, network, suspicions
from audit.structure import BITS, structure
from audit.syntax import load_lexis
from audit.text import tokenize

GOOD = "Die Stadt will im nächsten Jahr eine neue Schule bauen."
BAD = [
    ("verb_extra", "Der Bürgermeister hat ist am Montag mit den Eltern gesprochen."),
    ("article_form", "Der Rat der Stadt hat am Montag über das neuen Straße beraten."),
    ("order", "Am Montag er reiste mit seiner Familie nach Hamburg."),
]


@pytest.fixture(scope="module")
def net() -> Network:
    return network(Assets("de"))


def test_probabilities_are_probabilities(net) -> None:
    (scores,) = net.probabilities([tokenize(GOOD)])
    assert scores.shape == (len(tokenize(GOOD)), len(net.kinds))
    assert np.allclose(scores.sum(axis=1), 1, atol=1e-5)
    assert net.probabilities([]) == []


def test_a_good_sentence_is_not_suspected(net) -> None:
    (scores,) = net.probabilities([tokenize(GOOD)])
    assert (1 - scores[:, 0]).max() < LEAST


@pytest.mark.parametrize(("kind", "text"), BAD, ids=[kind for kind, _ in BAD])
def test_slips_are_suspected(net, kind, text) -> None:
    (scores,) = net.probabilities([tokenize(text)])
    at = int(np.argmax(1 - scores[:, 0]))
    assert 1 - scores[at, 0] >= LEAST
    assert net.kinds[1 + int(np.argmax(scores[at, 1:]))] == kind


def test_same_input_same_numbers(net) -> None:
    tokens = [tokenize(text) for _, text in BAD]
    first, second = net.probabilities(tokens), net.probabilities(tokens)
    assert all(np.array_equal(one, two) for one, two in zip(first, second, strict=True))


def test_what_is_forgotten_is_learnt_anew(net: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [
        "Der Rat tagte am Montag lange.",
        "Die Wirtin gab dem Gast das Brot.",
        "Am Abend kam der Zug aus Basel an.",
        "Es regnete.",
    ]
    alone = [net.probabilities([tokenize(text)])[0] for text in texts]
    together = net.probabilities([tokenize(text) for text in texts])
    monkeypatch.setattr(slips, "_FORMS", 5)  # fewer than a sentence has
    forgetful = slips.load.__wrapped__(Assets("de").path("slips"), load_lexis(Assets("de")))
    for _ in range(2):
        again = [forgetful.probabilities([tokenize(text)])[0] for text in texts]
        assert all(np.array_equal(one, other) for one, other in zip(alone, again, strict=True))
        again = forgetful.probabilities([tokenize(text) for text in texts])
        assert all(np.array_equal(one, other) for one, other in zip(together, again, strict=True))


def test_every_kind_has_a_message(net) -> None:
    assert set(net.kinds[1:]) == set(_MESSAGES)
    assert min(len(tokenize(text)) for _, text in BAD) > GAP


def test_structure_tells_clauses_with_two_verbs_from_those_with_none(net) -> None:
    def bits(text: str) -> list[int]:
        return structure([net.encoder.form(token, i == 0).shape for i, token in enumerate(tokenize(text))])

    none, two = bits("Der Rat am Montag in Bonn."), bits("Der Rat hat ist am Montag in Bonn.")
    assert len(none) == 7 and all(0 <= value < 1 << BITS for value in none)
    assert none[0] & 1 and not two[0] & 1
    assert two[0] & 1 << 5


def test_articles_contradict_their_nouns_in_the_structure(net) -> None:
    shapes = [net.encoder.form(token, i == 0).shape for i, token in enumerate(tokenize("Er sah das Straße im Tal."))]
    assert structure(shapes)[2] & 1 << 21


def test_suspicions_are_found_once_and_only_in_running_text(context) -> None:
    text = f"Streit um das neuen Straße hat ist\n\n{BAD[0][1]} Das teilte die Verwaltung am Abend in einem kurzen Schreiben mit."
    made = context(text, detector="garbled")
    found = suspicions(made.article, made.assets)
    assert [suspicion.kind for suspicion in found if suspicion.score > 0.5] == ["verb_extra"]
    assert found is suspicions(made.article, made.assets)


@pytest.mark.parametrize(
    ("kind", "text", "word", "expected"),
    [
        ("article_form", "Er sah das Straße.", "das", "die"),
        ("adjective_form", "Er sah die neuem Straße.", "neuem", "neue"),
        ("relative_form", "der Mann, die ging", "die", "der"),
        ("verb_number", "Die Leute geht nach Hause.", "geht", "gehen"),
        ("verb_number", "Der Zug waren leer.", "waren", "war"),
    ],
)
def test_alternatives(kind, text, word, expected) -> None:
    tokens = tokenize(text)
    place = next(i for i, token in enumerate(tokens) if token.text == word)
    at, forms = alternatives(kind, tokens, place, place + 1, load_lexis(Assets("de")))
    assert tokens[at].text == word and expected in forms and word not in forms


def test_nothing_is_suggested_where_nothing_is_known() -> None:
    assert alternatives("order", tokenize("Er sah sie."), 0, 2, load_lexis(Assets("de"))) == (0, ())
