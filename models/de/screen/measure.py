"""The tables of CARD.md, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import learn
import numpy as np
from corpus import HUMAN, MACHINE, ORIGINAL
from examples import TEST_FOLD, TESTED, Examples, prior_weights
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Chosen = NDArray[np.bool_]

ALARMS = 0.01


@dataclass(frozen=True, eq=False)
class Answers:
    """What the screen says, shape (documents,): both probabilities, the bare machine score, p of the second language."""

    translated: Floats
    machine: Floats
    manner: Floats
    second: Floats


def _row(*cells: object) -> str:
    return "| " + " | ".join(f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in cells) + " |"


def _head(*cells: str) -> Iterator[str]:
    yield _row(*cells)
    yield _row(*("---" for _ in cells))


def unseen_systems(examples: Examples) -> Chosen:
    """Machine documents of the test fold whose vendor made nothing outside it."""
    test = examples.fold == TEST_FOLD
    known = set(examples.vendor[~test & examples.labelled(MACHINE)])
    return test & examples.labelled(MACHINE) & np.array([vendor not in known for vendor in examples.vendor])


def detection(examples: Examples, said: Answers) -> Iterator[str]:
    """Original German against machine translation: ten sentences, a year, systems and outlets that training never saw."""
    ten = (examples.fold == TEST_FOLD) & (examples.kind == TESTED)
    original = ten & examples.labelled(ORIGINAL)
    english = ten & unseen_systems(examples) & (examples.source == "en")
    french = ten & examples.labelled(MACHINE) & (examples.source == "fr")
    negatives = {"WMT 2021": original & (examples.group == "wmt21"),
                 "newspapers": original & np.char.startswith(examples.group, "outlet-"),
                 "Wikinews": original & np.char.startswith(examples.group, "wikinews")}  # fmt: skip
    negatives["all three"] = np.logical_or.reduce(list(negatives.values()))
    yield from _head("answer", "original German", "documents", "AUC, en-de and fr-de", "AUC en-de", "AUC fr-de",
                     "found at 1 %", "en-de", "fr-de")  # fmt: skip
    for answer, score in (("p_machine", said.machine), ("p_translated", said.translated)):
        for name, chosen in negatives.items():
            sides = [(score[mt], score[chosen]) for mt in (english | french, english, french)]
            areas = (learn.auc(*side) for side in sides)
            yield _row(answer, name, int(chosen.sum()), *areas, *(learn.found_at(*side, ALARMS) for side in sides))
    yield ""
    yield f"Machine documents: {english.sum()} en-de by systems never trained on, {french.sum()} fr-de."


def against_people(examples: Examples, said: Answers) -> Iterator[str]:
    """Machine against human translation of the same sources."""
    ten = (examples.fold == TEST_FOLD) & (examples.kind == TESTED) & (examples.group == "wmt21")
    yield from _head("2021 from", "machine", "human", "AUC p_machine", "AUC of the machine head alone")
    for source in ("en", "fr"):
        machine = ten & examples.labelled(MACHINE) & (examples.source == source)
        human = ten & examples.labelled(HUMAN) & (examples.source == source)
        areas = (learn.auc(score[machine], score[human]) for score in (said.machine, said.manner))
        yield _row(source, int(machine.sum()), int(human.sum()), *areas)


def by_year(examples: Examples, said: Answers) -> Iterator[str]:
    """Every year by a model that saw none of it (its fold was left out)."""
    score = said.machine
    ten = examples.kind == TESTED
    yield from _head(
        "year", "machine", "original", "human", "AUC against original", "AUC against human", "original ≥ .5", "machine ≥ .5"
    )
    for group in sorted({name for name in examples.group if name.startswith("wmt")}):
        machine, original, human = (ten & (examples.group == group) & examples.labelled(label)
                                    for label in (MACHINE, ORIGINAL, HUMAN))  # fmt: skip
        if machine.any() and original.any() and human.any():
            sizes = (int(chosen.sum()) for chosen in (machine, original, human))
            areas = (learn.auc(score[machine], score[other]) for other in (original, human))
            shares = (float(np.mean(score[chosen] >= 0.5)) for chosen in (original, machine))
            yield _row(group, *sizes, *areas, *shares)


def by_register(examples: Examples, said: Answers) -> Iterator[str]:
    """False accusations by kind of original text, out of fold."""
    score = said.machine
    yield from _head("original German", "documents", "p_machine ≥ .5", "≥ .9", "median p_machine")
    chosen = examples.labelled(ORIGINAL) & (examples.kind == TESTED)
    families = np.array([name.split("/")[0].rstrip("0123456789") for name in examples.family])
    for family in sorted(set(families[chosen])):
        here = score[chosen & (families == family)]
        yield _row(family, len(here), float(np.mean(here >= 0.5)), float(np.mean(here >= 0.9)), float(np.median(here)))


def calibration(examples: Examples, said: Answers) -> Iterator[str]:
    """Reliability of both probabilities on the test fold, all lengths."""
    chosen = np.flatnonzero(examples.fold == TEST_FOLD)
    weights = prior_weights(examples, chosen)
    for name, p, truth in (
        ("p_translated", said.translated[chosen], ~examples.labelled(ORIGINAL)[chosen]),
        ("p_machine", said.machine[chosen], examples.labelled(MACHINE)[chosen]),
    ):
        error, rows = learn.reliability(p, truth, weights)
        yield f"{name}: expected calibration error {error:.3f}"
        yield ""
        yield from _head("from", "share of documents", "mean p", "share true")
        for row in rows:
            yield _row(*row)
        yield ""


def languages(examples: Examples, said: Answers, names: tuple[str, str]) -> Iterator[str]:
    """French against English, 2021: each half of the articles by a model that learnt French from the other half only."""
    ten = (examples.group == "wmt21") & (examples.kind == TESTED)
    yield from _head("translated by", "from", "documents", "right")
    for label in (MACHINE, HUMAN):
        for name, right in ((names[0], said.second < 0.5), (names[1], said.second >= 0.5)):
            chosen = ten & examples.labelled(label) & (examples.source == name)
            yield _row(label, name, int(chosen.sum()), float(np.mean(right[chosen])))


def operating_points(examples: Examples, said: Answers) -> Iterator[str]:
    """Where p_machine and p_translated keep false alarms on original news at one in a hundred, out of fold."""
    chosen = examples.labelled(ORIGINAL) & examples.news & (examples.kind == TESTED)
    yield from _head("probability", "score that 1 % of original news exceeds", "documents")
    for name, score in (("p_machine", said.machine), ("p_translated", said.translated)):
        yield _row(name, float(np.quantile(score[chosen], 1 - ALARMS)), int(chosen.sum()))


def by_length(examples: Examples, said: Answers, words: NDArray[np.int64]) -> Iterator[str]:
    """The test fold by length: how sure the screen is, and how often rightly."""
    yield from _head(
        "words", "machine", "original", "median p_machine, machine", "median, original", "machine ≥ .9", "original ≥ .5", "AUC"
    )
    test = examples.fold == TEST_FOLD
    for low, high in ((0, 40), (40, 100), (100, 200), (200, 400), (400, 2000)):
        inside = test & (words >= low) & (words < high)
        machine, original = (said.machine[inside & examples.labelled(label)] for label in (MACHINE, ORIGINAL))
        if len(machine) and len(original):
            yield _row(f"{low}–{high}", len(machine), len(original), float(np.median(machine)), float(np.median(original)),
                       float(np.mean(machine >= 0.9)), float(np.mean(original >= 0.5)), learn.auc(machine, original))  # fmt: skip
