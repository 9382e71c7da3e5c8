"""Word alignment by IBM model 1 in both directions, multiword terms of the foreign side taken as one word.

Brown et al. (1993), "The mathematics of statistical machine translation". Content words only: function words align with
everything and translate nothing that could be confused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

import numpy as np
from sources import WORD, german, lemma

_ROUNDS: Final = 6
_LONGEST_TERM: Final = 4
# Words commoner than this (Zipf) are function words in all our languages.
FUNCTION_ZIPF: Final = 6.35
# A pair is a translation where model 1 expects it this often, and neither side mostly stands for something else.
LEAST_COUNT: Final = 1.5
LEAST_PROBABILITY: Final = 0.04


class Link(NamedTuple):
    """A translation that parallel text shows: how often it is expected, p(German | foreign), p(foreign | German)."""

    foreign: str
    german: str
    count: float
    forward: float
    backward: float


def foreign_tokens(text: str, lang: str, terms: frozenset[str], zipf: dict[str, float]) -> list[str]:
    """Lemmas of a foreign sentence, known multiword terms joined, function words left out."""
    words = [word.replace("’", "'") for word in WORD.findall(text)]
    lower = [word.lower() for word in words]
    found: list[str] = []
    at = 0
    while at < len(words):
        size = next((n for n in range(_LONGEST_TERM, 1, -1) if " ".join(lower[at : at + n]) in terms), 1)
        if size > 1:
            found.append(" ".join(lower[at : at + size]))
        else:
            # l'appel, d'une: the elided article is no part of the word
            word = words[at].split("'")[-1] if lang in ("fr", "it") and "'" in words[at] else words[at]
            if zipf.get(word.lower(), 0.0) < FUNCTION_ZIPF:
                found.append(lemma(word, lang).lower())
        at += size
    return found


def german_tokens(text: str, zipf: dict[str, float]) -> list[str]:
    return [german(word) for word in WORD.findall(text) if zipf.get(word.lower(), 0.0) < FUNCTION_ZIPF]


def align(pairs: Iterable[tuple[list[str], list[str]]]) -> list[Link]:
    """Translations in sentence pairs (foreign lemmas, German lemmas), by foreign word, best first."""
    foreign: dict[str, int] = {}
    native: dict[str, int] = {}
    lefts, rights, left_slots, right_slots = [], [], [], []
    left_base = right_base = 0
    for source, target in pairs:
        if not source or not target or len(source) > 60 or len(target) > 60:
            continue
        f = np.array([foreign.setdefault(w, len(foreign)) for w in source], dtype=np.int32)
        g = np.array([native.setdefault(w, len(native)) for w in target], dtype=np.int32)
        lefts.append(np.repeat(f, len(g)))
        rights.append(np.tile(g, len(f)))
        left_slots.append(np.repeat(np.arange(left_base, left_base + len(f), dtype=np.int32), len(g)))
        right_slots.append(np.tile(np.arange(right_base, right_base + len(g), dtype=np.int32), len(f)))
        left_base += len(f)
        right_base += len(g)
    left, right = np.concatenate(lefts), np.concatenate(rights)
    del lefts, rights
    left_slot, right_slot = np.concatenate(left_slots), np.concatenate(right_slots)
    del left_slots, right_slots
    code, pair = np.unique(left.astype(np.int64) * len(native) + right, return_inverse=True)
    del left, right
    fs, gs = (code // len(native)).astype(np.int32), (code % len(native)).astype(np.int32)
    forward = _train(pair, right_slot, fs, right_base, len(foreign))
    backward = _train(pair, left_slot, gs, left_base, len(native))
    # the product of both posteriors is the expected number of links on which the two directions agree
    agreed = np.sqrt(forward.posterior * backward.posterior)
    count = np.bincount(pair, agreed, len(code))
    given_f = count / np.bincount(fs, count, len(foreign))[fs]
    given_g = count / np.bincount(gs, count, len(native))[gs]
    keep = (count >= LEAST_COUNT) & (given_f >= LEAST_PROBABILITY) & (given_g >= LEAST_PROBABILITY / 4)
    keep &= (given_f * given_g) >= LEAST_PROBABILITY**2
    source_words, target_words = list(foreign), list(native)
    links = [
        Link(source_words[fs[i]], target_words[gs[i]], float(count[i]), float(given_f[i]), float(given_g[i]))
        for i in np.flatnonzero(keep)
    ]
    return sorted(links, key=lambda link: (link.foreign, -link.count, link.german))


class _Model(NamedTuple):
    posterior: np.ndarray


def _train(pair: np.ndarray, slot: np.ndarray, given: np.ndarray, slots: int, givens: int) -> _Model:
    """Posterior of each link, where each token of one side (``slot``) is made by a word of the other (``given``)."""
    table = 1.0 / np.bincount(given, minlength=givens)[given]
    posterior = np.empty(0)
    for _ in range(_ROUNDS):
        weight = table[pair].astype(np.float32)
        posterior = weight / np.bincount(slot, weight, slots).astype(np.float32)[slot]
        expected = np.bincount(pair, posterior, len(given))
        table = expected / np.bincount(given, expected, givens)[given]
    return _Model(posterior)


def interchangeable(
    rows: Iterable[tuple[str, list[str]]],
    table: Mapping[str, Mapping[str, float]],
    lang: str,
    terms: frozenset[str],
    zipf: dict[str, float],
) -> set[tuple[str, str]]:
    """Pairs of German words that translators choose between for one foreign word: a matter of style, not of sense.

    ``rows``: source and its human translations; one has one word, another the other. What most machines write is no
    criterion: they share their errors. Pairs are sorted.
    """
    found: set[tuple[str, str]] = set()
    for source, people in rows:
        texts = [{german(word) for word in WORD.findall(text)} for text in people]
        for foreign in sorted(set(foreign_tokens(source, lang, terms, zipf))):
            words = [word for word in table.get(foreign, {}) if any(word in text for text in texts)]
            for i, one in enumerate(words):
                for other in words[i + 1 :]:
                    if not any(one in text and other in text for text in texts):
                        found.add((min(one, other), max(one, other)))
    return found
