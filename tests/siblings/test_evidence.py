"""The trees that weigh evidence, and the witnesses' features they weigh."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from audit.auditor import Auditor
from audit.detectors import Context
from audit.siblings.evidence import ROADS, Trees, load
from audit.siblings.lexicon import Lexicon
from audit.siblings.pivot_slots import SLOT_FEATURES, slots
from audit.siblings.pivots import PAIR_FEATURES, pairs
from audit.siblings.slots import read
from audit.siblings.witnesses import SIBLING_FEATURES, Siblings

Make = Callable[..., Context]

COLUMNS = {
    "siblings": len(PAIR_FEATURES) + len(SIBLING_FEATURES),
    "slot": len(SLOT_FEATURES),
    "alone": len(PAIR_FEATURES),
}
TEXT = "Das Elektroauto blieb auf der Autobahn liegen, weil der Stapel leer war. Der Fahrer wurde abgeschleppt."
SIBLING = "Das Elektroauto blieb auf der Autobahn liegen, weil die Batterie leer war. Der Fahrer wurde abgeschleppt."


@pytest.fixture(scope="module")
def lexicon(auditor: Auditor) -> Lexicon:
    return Lexicon.load(auditor.assets.path("lexicon"), auditor.assets.path("vectors"))


def test_a_tree_is_walked_to_its_leaf() -> None:
    # column 0 decides first; then column 1 on the left, column 0 again on the right
    tree = Trees(np.array([[0, 1, 0]]), np.array([[0.5, 2.0, 0.9]]), np.array([[-1.0, 1.0, 10.0, 20.0]]), 0.25)
    rows = np.array([[0.0, 1.0], [0.5, 3.0], [0.7, 0.0], [1.0, 0.0]])
    assert tree.depth == 2
    assert tree.odds(rows).tolist() == [-0.75, 1.25, 10.25, 20.25]


def test_trees_add_up_and_the_last_bit_decides_nothing() -> None:
    stump = Trees(np.array([[0], [1]]), np.array([[0.5], [0.5]]), np.array([[0.0, 1.0], [0.0, 4.0]]), 0.0)
    assert stump.odds(np.array([[1.0, 1.0], [0.5 + 1e-9, 1.0]])).tolist() == [5.0, 4.0]


@pytest.mark.parametrize("road", ROADS)
def test_every_road_has_sound_trees(auditor: Auditor, road: str) -> None:
    trees = load(auditor.assets.path("evidence"))[road]
    assert trees.leaf.shape[1] == trees.feature.shape[1] + 1 == 2**trees.depth
    assert trees.feature.max() < COLUMNS[road]
    assert np.isfinite(trees.leaf).all() and np.isfinite(trees.bias)


def test_witnesses_know_passage_neighbours_and_place(context: Make, lexicon: Lexicon) -> None:
    made = context(TEXT, siblings=[SIBLING])
    reading = read(made.article, lexicon)
    there = Siblings(reading, made.siblings, made.aligned)
    place = next(i for i, word in enumerate(reading.words) if word.text == "Stapel")
    battery = lexicon.key("Batterie")
    assert battery is not None
    (witness,) = there.witnesses(place, battery)
    assert there.mates[0].words[witness.place].text == "Batterie"
    assert witness.aligned > 0.3 and witness.neighbours > 0 and witness.same_place == 1
    assert there.covering(place)[0].own_first <= place < there.covering(place)[0].own_end


def test_siblings_are_credible_together(context: Make, lexicon: Lexicon) -> None:
    made = context(TEXT, siblings=[SIBLING])
    reading = read(made.article, lexicon)
    place = next(i for i, word in enumerate(reading.words) if word.text == "Stapel")
    battery = lexicon.key("Batterie")
    assert battery is not None
    doubtful = [sibling._replace(weight=0.5) for sibling in made.siblings]
    there = Siblings(reading, doubtful, made.aligned)
    seen = there.witnesses(place, battery)
    assert there.credence(seen) == 0.5
    assert Siblings(reading, doubtful * 2, made.aligned).credence([seen[0], seen[0]._replace(sibling=1)]) == 0.75


def test_evidence_of_siblings_has_a_value_for_every_feature(context: Make, lexicon: Lexicon) -> None:
    made = context(TEXT, siblings=[SIBLING])
    reading = read(made.article, lexicon)
    there = Siblings(reading, made.siblings, made.aligned)
    found = pairs(reading, there.written)
    chosen, features, seen = there.supported(found)
    assert len(chosen) == len(features) == len(seen) > 0 and features.shape[1] == COLUMNS["siblings"]
    assert found.supported[chosen].all() and not there.written[found.words[chosen]].any()


def test_slots_are_filled_by_words_between_the_same_neighbours(context: Make, lexicon: Lexicon) -> None:
    made = context(TEXT.replace("Stapel", "Regen"), siblings=[SIBLING])
    reading = read(made.article, lexicon)
    found, features = slots(reading, Siblings(reading, made.siblings, made.aligned))
    assert ("Regen", "Batterie") in {(lexicon.words[slot.word], lexicon.words[slot.other]) for slot in found}
    assert features.shape == (len(found), len(SLOT_FEATURES))


def test_words_that_siblings_write_fill_no_slot(context: Make, lexicon: Lexicon) -> None:
    sibling = "Weil die Batterie leer war, blieb das Elektroauto auf der Autobahn liegen. Der Fahrer wurde später abgeschleppt."
    made = context(SIBLING, siblings=[sibling])
    assert made.siblings
    reading = read(made.article, lexicon)
    assert slots(reading, Siblings(reading, made.siblings, made.aligned))[0] == []
