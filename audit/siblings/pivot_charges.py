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

# Below these log odds a charge is hopeless: the second look and the verdict move it by at most 3 each.
_HOPELESS: Final = -6.0
# The language vote starts from these shares, as if so many words had been explained already. Chosen, not measured: most of
# what is machine-translated into German comes from English, and Russian has an inventory only.
_LANGUAGE_SHARES: Final = {"en": 0.3, "fr": 0.24, "es": 0.14, "it": 0.14, "nl": 0.14, "ru": 0.04}
_PSEUDO_WORDS: Final = 1.2


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
    raised: list[Charge] = []
    if len(found := pairs(reading)):
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
    """Charges from the text alone. Siblings that write neither word, or the written one elsewhere, shift them; a passage that
    is aligned and writes the same word clears it; pairs whose other word they write have been weighed with them."""
    import numpy as np

    odds = found.features @ np.array([settings["alone"][name] for name in PAIR_FEATURES])
    if there is None:
        return [_charge(reading, found, int(i), float(odds[i]), ()) for i in np.flatnonzero(odds > _HOPELESS)]
    echoed = there.written[found.words]
    odds += np.where(echoed, settings["echoed"], settings["unsupported"])
    odds[there.written[found.other] & ~echoed] = -np.inf
    return [
        _charge(reading, found, int(i), float(odds[i]), ())
        for i in np.flatnonzero(odds > _HOPELESS)
        if not there.confirms(reading, found.terms[int(found.term[i])])
    ]


def _charge(reading: Reading, found: Pairs, pair: int, weight: float, witnesses: tuple[Witness, ...]) -> Charge:
    term = found.terms[int(found.term[pair])]
    return Charge(term.place, reading.words[term.place], term.part, found.confusables(pair, reading.lexicon), witnesses, weight)


def chance(weight: float) -> float:
    """The probability behind log odds."""
    return 1 / (1 + math.exp(-max(min(weight, 30.0), -30.0)))


class Look(NamedTuple):
    """What the other charges of a document say of one: log of how much oftener its language explains words than languages do
    on average, how many other written words its pivot likely explains, and which of its pivots is the document's own."""

    language: float
    company: float
    pivot: int


def second_look(raised: Sequence[Charge]) -> list[Look]:
    """For each charge what the others say."""
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
    whole = sum(mass[lang] for lang in sorted(mass))
    shared = {key: sum(words.values()) for key, words in company.items()}
    found = []
    for charge in raised:
        own = {lang: languages[lang].get(charge.place, 0.0) for lang in languages}
        others = whole - sum(own[lang] for lang in sorted(own))
        votes = [
            len(_LANGUAGE_SHARES)
            * (mass[p.lang] - own[p.lang] + _PSEUDO_WORDS * _LANGUAGE_SHARES[p.lang])
            / (others + _PSEUDO_WORDS)
            for p in charge.pivots
        ]
        kept = [shared[p.lang, p.pivot] - company[p.lang, p.pivot][p.word] for p in charge.pivots]
        likely = max(
            range(len(votes)),
            key=lambda i, c=charge, v=votes, k=kept: (math.log(v[i]) + k[i] + (c.pivots[i].back + c.pivots[i].forward) / 2, -i),
        )
        found.append(Look(math.log(max(votes)), min(max(kept), 2.0), likely))
    return found


def _second_look(raised: list[Charge], settings: Mapping[str, Any]) -> list[Charge]:
    """The charges with the weight that the document gives them, its own pivot first."""
    weights = settings["document"]
    return [
        charge._replace(
            weight=weights["bias"]
            + weights["charge"] * charge.weight
            + weights["language"] * look.language
            + weights["company"] * look.company,
            pivots=(charge.pivots[look.pivot], *(p for i, p in enumerate(charge.pivots) if i != look.pivot)),
        )
        for charge, look in zip(raised, second_look(raised), strict=True)
    ]
