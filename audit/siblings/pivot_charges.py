"""Weighs the evidence of `audit.siblings.pivots`: for each written word the likeliest charge, and how likely it is.

Two logistic regressions (with siblings, from the text alone; models/de/lexicon/calibrate.py) give the log odds of each pair.
A second look lets the document speak: pivots of an article that was translated come from one language, and one foreign word
that a machine does not master explains several of its words.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary

from audit.article import Article
from audit.siblings import Aligned, Sibling
from audit.siblings.lexicon import Confusable, Lexicon
from audit.siblings.names import proper_names
from audit.siblings.pivots import PAIR_FEATURES, SIBLING_FEATURES, Pairs, Part, Siblings, Witness, pairs, passages
from audit.siblings.slots import Reading, Word, read
from audit.text import Segment

# Below these log odds a charge is hopeless whatever the document says (the verdict moves it by at most 3).
_HOPELESS: Final = -7.0
# Pseudo-count of the language vote: as if each language had explained so many words already.
_LANGUAGE_SMOOTHING: Final = 0.2


class Charge(NamedTuple):
    """A written word, what may have been meant, through which foreign words, and the log odds that it is so.

    ``place`` is the word's place in the reading; ``part`` what of it is charged; ``witnesses`` where siblings write the other
    word (none, where the text alone speaks).
    """

    place: int
    word: Word
    part: Part
    pivots: tuple[Confusable, ...]
    witnesses: tuple[Witness, ...]
    weight: float

    @property
    def pivot(self) -> Confusable:
        return self.pivots[0]


class Trial(NamedTuple):
    """Every charge against an article: ``best`` one for each word, ``every`` all that are not hopeless."""

    reading: Reading
    mates: tuple[Article, ...]
    best: tuple[Charge, ...]
    every: tuple[Charge, ...]


_TRIED: WeakKeyDictionary[Article, tuple[tuple[int, ...], Trial]] = WeakKeyDictionary()


def charges(
    article: Article,
    siblings: Sequence[Sibling],
    aligned: Mapping[Segment, Sequence[Aligned]],
    lexicon: Lexicon,
    settings: Mapping[str, Any],
) -> Trial:
    """The charges against an article, in the order of its words. ``settings``: the section ``[<lang>.wrong_sense]``."""
    mates = tuple(sibling.article for sibling in siblings)
    key = tuple(id(mate) for mate in mates)
    known = _TRIED.get(article)
    if known is not None and known[0] == key:
        return known[1]
    reading = read(article, lexicon)
    trial = _try(article, reading, mates, aligned, lexicon, settings)
    _TRIED[article] = (key, trial)
    return trial


def _try(
    article: Article,
    reading: Reading,
    mates: tuple[Article, ...],
    aligned: Mapping[Segment, Sequence[Aligned]],
    lexicon: Lexicon,
    settings: Mapping[str, Any],
) -> Trial:
    named = _named(article)
    there = Siblings(lexicon, [read(mate, lexicon) for mate in mates], passages(aligned, mates)) if mates else None
    found = pairs(reading, there.written if there else None)
    raised: list[Charge] = []
    if len(found):
        if there is not None:
            raised += _with_siblings(reading, found, there, settings["siblings"])
        raised += _alone(reading, found, there, settings)
    raised = [charge for charge in raised if not _in_name(charge.word, named)]
    raised = _second_look(raised, settings)
    best: dict[int, Charge] = {}
    for charge in sorted(raised, key=lambda c: (-c.weight, c.place, c.pivot.other)):
        best.setdefault(charge.place, charge)
    return Trial(reading, mates, tuple(sorted(best.values(), key=lambda c: c.place)), tuple(raised))


def _named(article: Article) -> dict[Segment, list[tuple[int, int]]]:
    ranges: dict[Segment, list[tuple[int, int]]] = defaultdict(list)
    for name in proper_names(article):
        ranges[name.segment].append((name.start, name.end))
    return ranges


def _in_name(word: Word, named: Mapping[Segment, Sequence[tuple[int, int]]]) -> bool:
    return any(start < word.end and word.start < end for start, end in named.get(word.segment, ()))


def _with_siblings(reading: Reading, found: Pairs, there: Siblings, weights: Mapping[str, float]) -> list[Charge]:
    import numpy as np

    beta = np.array([weights[name] for name in PAIR_FEATURES + SIBLING_FEATURES])
    chosen, features, witnesses = there.supported(reading, found)
    odds = features @ beta
    return [
        _charge(reading, found, int(pair), float(weight), seen)
        for pair, weight, seen in zip(chosen, odds, witnesses, strict=True)
        if weight > _HOPELESS
    ]


def _alone(reading: Reading, found: Pairs, there: Siblings | None, settings: Mapping[str, Any]) -> list[Charge]:
    """Charges from the text alone; where there are siblings and none writes the other word, they speak against it."""
    import numpy as np

    beta = np.array([settings["alone"][name] for name in PAIR_FEATURES])
    odds = found.features @ beta
    if there is not None:
        odds = np.where(there.written[found.other], -np.inf, odds + settings["unsupported"])
    return [_charge(reading, found, int(i), float(odds[i]), ()) for i in np.flatnonzero(odds > _HOPELESS)]


def _charge(reading: Reading, found: Pairs, pair: int, weight: float, witnesses: tuple[Witness, ...]) -> Charge:
    term = found.terms[int(found.term[pair])]
    return Charge(term.place, reading.words[term.place], term.part, found.confusables(pair, reading.lexicon), witnesses, weight)


def chance(weight: float) -> float:
    """The probability behind log odds."""
    return 1 / (1 + math.exp(-max(min(weight, 30.0), -30.0)))


def second_look_features(raised: Sequence[Charge]) -> list[tuple[float, float]]:
    """For each charge what the others say: log of how much oftener its language explains words than languages do on
    average, and how many other written words its pivot likely explains."""
    best: dict[int, float] = defaultdict(float)
    for charge in raised:
        best[charge.place] = max(best[charge.place], chance(charge.weight))
    languages: dict[str, dict[int, float]] = defaultdict(dict)
    company: dict[tuple[str, str], dict[int, float]] = defaultdict(dict)
    for charge in raised:
        p = chance(charge.weight)
        spoken = {pivot.lang for pivot in charge.pivots}
        for lang in spoken:
            row = languages[lang]
            row[charge.place] = max(row.get(charge.place, 0.0), p / len(spoken))
        for pivot in charge.pivots:
            words = company[pivot.lang, pivot.pivot]
            words[pivot.word] = max(words.get(pivot.word, 0.0), p)
    mass = {lang: sum(row.values()) for lang, row in languages.items()}
    shared = {key: sum(words.values()) for key, words in company.items()}
    found = []
    for charge in raised:
        others = sum(mass.values()) - sum(row.get(charge.place, 0.0) for row in languages.values())
        votes = [
            (mass[lang] - languages[lang].get(charge.place, 0.0) + _LANGUAGE_SMOOTHING) / (others / 6 + _LANGUAGE_SMOOTHING)
            for lang in sorted({pivot.lang for pivot in charge.pivots})
        ]
        kept = [shared[p.lang, p.pivot] - company[p.lang, p.pivot][p.word] for p in charge.pivots]
        found.append((math.log(max(votes)), min(max(kept), 2.0)))
    return found


def _second_look(raised: list[Charge], settings: Mapping[str, Any]) -> list[Charge]:
    weights = settings["document"]
    return [
        charge._replace(
            weight=weights["bias"]
            + weights["charge"] * charge.weight
            + weights["language"] * language
            + weights["company"] * company
        )
        for charge, (language, company) in zip(raised, second_look_features(raised), strict=True)
    ]
