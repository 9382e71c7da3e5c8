"""Weighs the evidence of `audit.siblings.pivots`: for each written word the likeliest charge, and how likely it is.

Boosted trees (`audit.siblings.evidence`; models/de/lexicon/calibrate.py) give the log odds of each pair. A second look lets the
document speak: pivots of an article that was translated come from one language, and one foreign word that a machine does not
master explains several of its words.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from weakref import WeakKeyDictionary

from audit.article import Article
from audit.siblings import Aligned, Sibling
from audit.siblings.evidence import Trees
from audit.siblings.lexicon import Confusable, Lexicon
from audit.siblings.lexicon_forms import suggestion
from audit.siblings.names import proper_names
from audit.siblings.pivot_slots import slots
from audit.siblings.pivots import Pairs, Part, pairs
from audit.siblings.slots import Reading, Word, read
from audit.siblings.witnesses import Siblings, Witness
from audit.text import Segment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Below these log odds a charge is hopeless: the second look and the verdict move it by at most 3 each.
_HOPELESS: Final = -5.0
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

    def suggested(self, lexicon: Lexicon) -> str:
        """The other word in the form that its place asks for: what ``word`` in its segment could be replaced by."""
        return suggestion(lexicon, self.word.text, self.pivot.word, self.pivot.other, self.word.split, self.part)


class SlotCharge(NamedTuple):
    """A word, the word that siblings write in its slot though no foreign word is known for both, and the log odds."""

    place: int
    other: int
    witnesses: tuple[Witness, ...]
    weight: float


class Trial(NamedTuple):
    """Every charge against an article: ``best`` one for each word, ``every`` all that are not hopeless; ``slots`` at most one
    for each word."""

    reading: Reading
    mates: tuple[Article, ...]
    best: tuple[Charge, ...]
    every: tuple[Charge, ...]
    slots: tuple[SlotCharge, ...] = ()


_TRIED: WeakKeyDictionary[Article, tuple[tuple[int, ...], Trial]] = WeakKeyDictionary()


def charges(
    article: Article,
    siblings: Sequence[Sibling],
    aligned: Mapping[Segment, Sequence[Aligned]],
    lexicon: Lexicon,
    trees: Mapping[str, Trees],
    settings: Mapping[str, Any],
) -> Trial:
    """The charges against an article, in the order of its words.

    ``trees``: what weighs the evidence (`audit.siblings.evidence.load`); ``settings``: the section ``[<lang>.wrong_sense]``.
    """
    # what reads like a machine translation itself is no witness: it may have made the same mistake, or another
    siblings = [sibling for sibling in siblings if sibling.weight >= settings["credible"]]
    key = tuple(id(sibling.article) for sibling in siblings)
    known = _TRIED.get(article)
    if known is not None and known[0] == key:
        return known[1]
    reading = read(article, lexicon)
    trial = _try(article, reading, siblings, aligned, trees, settings)
    _TRIED[article] = (key, trial)
    return trial


def _try(
    article: Article,
    reading: Reading,
    siblings: Sequence[Sibling],
    aligned: Mapping[Segment, Sequence[Aligned]],
    trees: Mapping[str, Trees],
    settings: Mapping[str, Any],
) -> Trial:
    named = _named(article)
    there = Siblings(reading, siblings, aligned) if siblings else None
    raised: list[Charge] = []
    if len(found := pairs(reading, there.written if there else None)):
        if there is not None:
            raised += _with_siblings(reading, found, there, trees["siblings"], settings)
        raised += _alone(reading, found, there, trees["alone"], settings)
    raised = [c for c in raised if not _in_name(c.word, named) and not _same_head(c.pivot, reading.lexicon)]
    raised = _second_look(raised, settings)
    raised = _untainted(raised, reading, settings["tainted"])
    best: dict[int, Charge] = {}
    for charge in sorted(raised, key=lambda c: (-c.weight, c.place, c.pivot.other)):
        best.setdefault(charge.place, charge)
    mates = tuple(sibling.article for sibling in siblings)
    slotted = _slots(reading, there, trees["slot"], settings["document"], named) if there is not None else ()
    return Trial(reading, mates, tuple(sorted(best.values(), key=lambda c: c.place)), tuple(raised), slotted)


def _slots(
    reading: Reading,
    there: Siblings,
    trees: Trees,
    weights: Mapping[str, float],
    named: Mapping[Segment, Sequence[tuple[int, int]]],
) -> tuple[SlotCharge, ...]:
    found, features = slots(reading, there)
    if not found:
        return ()
    best: dict[int, SlotCharge] = {}
    for slot, odds in zip(found, trees.odds(features).tolist(), strict=True):
        known, weight = best.get(slot.place), weights["bias"] + weights["slots"] + weights["slot"] * odds
        if odds > _HOPELESS and (known is None or weight > known.weight) and not _in_name(reading.words[slot.place], named):
            best[slot.place] = SlotCharge(slot.place, slot.other, slot.witnesses, weight)
    return tuple(best[place] for place in sorted(best))


def _named(article: Article) -> dict[Segment, list[tuple[int, int]]]:
    ranges: dict[Segment, list[tuple[int, int]]] = defaultdict(list)
    for name in proper_names(article):
        ranges[name.segment].append((name.start, name.end))
    return ranges


def _in_name(word: Word, named: Mapping[Segment, Sequence[tuple[int, int]]]) -> bool:
    return any(start < word.end and word.start < end for start, end in named.get(word.segment, ()))


def _untainted(raised: Sequence[Charge], reading: Reading, least: float) -> list[Charge]:
    """The charges without those whose other word the article writes, too, under a charge of its own of these log odds: one
    wrong sense does not explain another, where something else can."""
    suspects = {charge.pivot.word for charge in raised if charge.weight >= least}
    clean = {c.place for c in raised if c.weight >= least and c.pivot.other not in suspects}
    tainted = suspects & reading.places.keys()
    return [c for c in raised if c.pivot.other not in tainted or c.place not in clean]


def _same_head(pair: Confusable, lexicon: Lexicon) -> bool:
    """Whether one is a compound with the other as its head: Streitkraft is no wrong sense of the word that Kraft translates."""
    for one, other in ((pair.word, pair.other), (pair.other, pair.word)):
        split = lexicon.split(lexicon.words[one])
        if split is not None and split.head == other:
            return True
    return False


def _with_siblings(reading: Reading, found: Pairs, there: Siblings, trees: Trees, settings: Mapping[str, Any]) -> list[Charge]:
    """Charges that siblings back; what only doubtful siblings write counts less."""
    import numpy as np

    chosen, features, witnesses = there.supported(found)
    odds = trees.odds(features) + settings["credence"] * np.log([there.credence(seen) for seen in witnesses])
    return list(_charges(reading, found, chosen, odds, witnesses, settings["part"]))


def _alone(reading: Reading, found: Pairs, there: Siblings | None, trees: Trees, settings: Mapping[str, Any]) -> list[Charge]:
    """Charges from the text alone. Siblings that write neither word, or the written one elsewhere, shift them; a passage that
    is aligned and writes the same word clears it; pairs whose other word they write have been weighed with them."""
    import numpy as np

    chosen = np.flatnonzero(~found.supported)
    if there is not None:
        chosen = np.array([i for i in chosen if not there.confirms(found.terms[int(found.term[i])])], dtype=np.intp)
    odds = trees.odds(found.features[chosen])
    if there is not None:
        odds += np.where(there.written[found.words[chosen]], float(settings["echoed"]), float(settings["unsupported"]))
    return list(_charges(reading, found, chosen, odds, [()] * len(chosen), settings["part"]))


def _charges(
    reading: Reading,
    found: Pairs,
    chosen: NDArray[np.intp],
    odds: NDArray[np.float64],
    witnesses: Sequence[tuple[Witness, ...]],
    parts: Mapping[str, float],
) -> Iterator[Charge]:
    """The charges of these pairs that are not hopeless; ``parts``: what is added for parts of compounds."""
    for pair, own, seen in zip(chosen.tolist(), odds.tolist(), witnesses, strict=True):
        term = found.terms[int(found.term[pair])]
        weight = own + parts.get(term.part, 0.0)
        if weight > _HOPELESS:
            pivots = found.confusables(pair, reading.lexicon)
            yield Charge(term.place, reading.words[term.place], term.part, pivots, seen, weight)


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
    found: list[Look] = []
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
