"""Calibrates the evidence for wrong senses on genuine articles, on articles with swapped words, and on machine translations.

    python models/de/lexicon/calibrate.py --data DIR [--limit N]

Articles: Wikinews and the human German of the WMT news tests 2019–2022 (documents of their own, several on one event). A
word *a* is replaced by a word *w* of which the lexicon says that both translate one foreign word, all swaps of an article
through one language. Machine translations: outputs of the WMT news tests; where one system alone writes *w* for a word of the
source that people and most systems render as *a*, that is a wrong sense (`outliers`). The first look is learnt on all of them,
the second on genuine articles and machine translations, one to one. Prints the weights for models/thresholds.toml and what
they find at which false-alarm rate on held-out articles.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

HERE: Final = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[2])]

from articles import Reader, Swapper, documents, outliers, sense_pairs, stories  # noqa: E402

from audit.article import Article  # noqa: E402
from audit.siblings import Sibling, align, pivots  # noqa: E402
from audit.siblings.lexicon import Lexicon  # noqa: E402
from audit.siblings.pivot_charges import Charge  # noqa: E402
from audit.siblings.pivot_charges import second_look as look_again  # noqa: E402
from audit.siblings.slots import read  # noqa: E402

_SEED: Final = 11
# A machine translation gets a human one of the same text as a sibling that often, so that more of its errors have a witness.
_HUMAN_SIBLING: Final = 0.5
_FOLDS: Final = 5
# Without siblings most pairs are hopeless: only those whose probabilities in the lexicon multiply to e^_CUT are looked at.
_PRELIMINARY: Final = np.array([float(n in ("back", "forward", "wrong")) for n in pivots.PAIR_FEATURES])
_CUT: Final = -6.5


class Row(NamedTuple):
    """One candidate: its features, whether it is a wrong sense, and whose it is (``kind``: genuine, swapped or machine).

    ``road``: siblings (they write the other word), unsupported (they write neither), echoed (they write the word, though not in
    the aligned passage), or alone (the same article without its siblings).
    """

    story: int
    kind: str
    road: str
    charge: Charge
    features: np.ndarray
    label: int
    swapped: bool


def rows(
    story: int,
    kind: str,
    article: Article,
    mates: tuple[Article, ...],
    swaps: dict[int, int] | frozenset[tuple[int, int]],
    reader: Reader,
    lexicon: Lexicon,
) -> list[Row]:
    """The candidates of an article with its siblings, and without them. ``swaps``: what was right by the offset of the written
    word, or pairs of word numbers (written, meant)."""
    aligned = align.align(article, [Sibling(mate, 0.4) for mate in mates], reader.settings)
    reading = read(article, lexicon)
    there = pivots.Siblings(lexicon, [read(m, lexicon) for m in mates], pivots.passages(aligned, mates))
    found = pivots.pairs(reading)
    written, supported = there.written[found.words], there.written[found.other]
    confirmed = np.array([there.confirms(reading, term) for term in found.terms], dtype=bool)[found.term]
    chosen, features, _ = there.supported(reading, found)

    def row(road: str, pair: int, values: np.ndarray) -> Row:
        term = found.terms[int(found.term[pair])]
        word = reading.words[term.place]
        charge = Charge(term.place, word, term.part, found.confusables(pair, lexicon), (), 0.0)
        if isinstance(swaps, frozenset):
            label, swapped = (charge.pivot.word, charge.pivot.other) in swaps, charge.pivot.word in {w for w, _ in swaps}
        else:
            right = swaps.get(word.segment.span(word.start, word.end).start)
            label, swapped = right == charge.pivot.other, right is not None
        return Row(story, kind, road, charge, values.astype(np.float32), int(label), swapped)

    made = [row("siblings", int(pair), values) for pair, values in zip(chosen, features, strict=True)]
    for road, mask in (
        ("unsupported", ~written & ~supported),
        ("echoed", written & ~confirmed),
        ("alone", np.ones(len(found), dtype=bool)),
    ):
        strong = np.flatnonzero(mask & (found.features @ _PRELIMINARY > _CUT))
        made += [row(road, int(pair), found.features[pair]) for pair in strong]
    return made


def fit(matrix: np.ndarray, labels: np.ndarray, weights: np.ndarray, ridge: float = 3.0) -> np.ndarray:
    """Logistic regression by Newton's method; the first column is the bias and is not shrunk."""
    beta = np.zeros(matrix.shape[1])
    penalty = np.diag([0.0] + [ridge] * (matrix.shape[1] - 1))
    for _ in range(30):
        p = 1 / (1 + np.exp(-np.clip(matrix @ beta, -30, 30)))
        gradient = matrix.T @ (weights * (p - labels)) + penalty @ beta
        hessian = (matrix * (weights * p * (1 - p))[:, None]).T @ matrix + penalty
        beta -= np.linalg.solve(hessian, gradient)
    return beta


def collect(data: Path, limit: int | None = None) -> tuple[list[Row], dict[str, int]]:
    reader = Reader()
    lexicon = Lexicon.load(HERE / "lexicon.safetensors", HERE / "vectors.safetensors")
    chance = random.Random(_SEED)
    _LEXICON_WORDS[:] = lexicon.words
    differ = sense_pairs(lexicon)
    swapper = Swapper(lexicon, differ)
    found: list[Row] = []
    totals: Counter[str] = Counter()
    told = stories(data, reader, chance)
    people = documents(data)
    for number, story in enumerate(told[:limit]):
        genuine = reader.article(story.id, story.text)
        text, swaps = swapper.swap(genuine, chance)
        found += rows(number, "genuine", genuine, story.mates, {}, reader, lexicon)
        found += rows(number, "swapped", reader.article(story.id, text), story.mates, swaps, reader, lexicon)
        if number % _FOLDS == 0:
            totals.update(genuine=genuine.words, swapped=len(swaps))
    events = {story.id.rsplit("|", 1)[0]: story.mates for story in told}
    versions: dict[str, list[str]] = defaultdict(list)
    for name in sorted(people):
        versions[name.rsplit("|", 1)[0]].append(name)
    number = 0
    for output in outliers(data, lexicon, differ):
        origin = output.id.rsplit("|", 1)[0]
        mates = list(events.get(origin, ()))
        if versions[origin] and chance.random() < _HUMAN_SIBLING:
            mates.append(reader.article(versions[origin][0], people[versions[origin][0]]))
        if mates and number < (limit or len(told)):
            found += rows(number, "machine", reader.article(output.id, output.text), tuple(mates), output.wrong, reader, lexicon)
            if number % _FOLDS == 0:
                totals.update(machine=len(output.wrong))
            number += 1
    return found, dict(totals)


def is_held(row: Row) -> bool:
    return row.story % _FOLDS == 0


def learn(found: list[Row]) -> np.ndarray:
    """A regression on the rows of the training stories."""
    train = [row for row in found if not is_held(row)]
    matrix = np.array([row.features for row in train], dtype=np.float64)
    return fit(matrix, np.array([row.label for row in train]), np.ones(len(train)))


def weighed(found: list[Row], beta: np.ndarray, shift: float = 0.0) -> list[Row]:
    odds = np.array([row.features for row in found], dtype=np.float64) @ beta + shift
    return [row._replace(charge=row.charge._replace(weight=float(w))) for row, w in zip(found, odds, strict=True)]


def offset(found: list[Row]) -> float:
    """What must be added to the weights so that they expect as many swaps as there are."""
    train = [row for row in found if not is_held(row)]
    odds, wanted = np.array([row.charge.weight for row in train]), sum(row.label for row in train)
    low, high = -8.0, 8.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if (1 / (1 + np.exp(-odds - middle))).sum() < wanted else (low, middle)
    return low


def second_looks(found: list[Row]) -> np.ndarray:
    """For each row [1, weight, language, company], article by article and road by road."""
    groups: dict[tuple[int, str, bool], list[int]] = defaultdict(list)
    for i, row in enumerate(found):
        groups[row.story, row.kind, row.road == "alone"].append(i)
    values = np.ones((len(found), 4))
    for members in groups.values():
        for i, look in zip(members, look_again([found[i].charge for i in members]), strict=True):
            values[i, 1:] = found[i].charge.weight, look.language, look.company
    return values


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", type=Path, required=True)
    args.add_argument("--limit", type=int, help="only so many articles")
    options = args.parse_args()
    found, totals = collect(options.data, options.limit)
    roads = {road: [row for row in found if row.road == road] for road in ("siblings", "unsupported", "echoed", "alone")}
    names = pivots.PAIR_FEATURES + pivots.SIBLING_FEATURES
    beta = {road: learn(roads[road]) for road in ("siblings", "alone")}
    unsupported, echoed = (offset(weighed(roads[r], beta["alone"])) for r in ("unsupported", "echoed"))
    found = weighed(roads["siblings"], beta["siblings"])
    found += weighed(roads["unsupported"], beta["alone"], unsupported) + weighed(roads["echoed"], beta["alone"], echoed)
    found += weighed(roads["alone"], beta["alone"])
    looked = second_looks(found)
    train = np.array([not is_held(row) and row.kind != "swapped" for row in found])
    final = fit(looked[train], np.array([row.label for row in found])[train], np.ones(train.sum()), 1.0)
    print(f"unsupported = {unsupported:.3f}\nechoed = {echoed:.3f}")
    print("[de.wrong_sense.document]")
    for name, value in zip(("bias", "charge", "language", "company"), final, strict=True):
        print(f"{name} = {value:.3f}")
    for road, values in beta.items():
        print(f"[de.wrong_sense.{road}]")
        for name, value in zip(names, values, strict=False):
            print(f"{name} = {value:.3f}")
    for title, kept in (("with siblings", lambda r: r.road != "alone"), ("alone", lambda r: r.road == "alone")):
        for stage, scores in (("first look", np.array([row.charge.weight for row in found])), ("second look", looked @ final)):
            chosen = [i for i, row in enumerate(found) if kept(row) and is_held(row)]
            print(f"-- {title}, {stage}")
            evaluate([found[i] for i in chosen], scores[chosen], totals, stage == "second look")


def evaluate(found: list[Row], scores: np.ndarray, totals: dict[str, int], show: bool) -> None:
    """Recall of swaps and outliers, and share of right suggestions, at several false-alarm rates on genuine articles."""
    best: dict[tuple[int, str, int], int] = {}
    for i, row in enumerate(found):
        key = (row.story, row.kind, row.charge.place)
        if key not in best or scores[i] > scores[best[key]]:
            best[key] = i
    kinds = {k: [i for i in best.values() if found[i].kind == k] for k in ("genuine", "swapped", "machine")}
    genuine = sorted(kinds["genuine"], key=lambda i: -scores[i])
    for rate in (0.25, 0.5, 1.0, 2.0, 4.0):
        cut = scores[genuine[min(int(rate * totals["genuine"] / 1000), len(genuine) - 1)]]
        line = f"{rate} false a 1,000 words: cut {cut:.2f}"
        for kind in ("swapped", "machine"):
            hits = [i for i in kinds[kind] if scores[i] > cut and found[i].swapped]
            right = sum(found[i].label for i in hits) / max(1, len(hits))
            line += f", {kind} {len(hits) / totals[kind]:.3f} (suggestion {right:.2f})"
        print(line)
    for i in (genuine[:25] + sorted(kinds["machine"], key=lambda i: -scores[i])[:40]) if show else []:
        row, pivot = found[i], found[i].charge.pivot
        mark = "+" if row.label else "?" if row.swapped else "-"
        meant = _LEXICON_WORDS[pivot.other]
        print(f"  {row.kind} {mark} {scores[i]:.2f} {row.charge.word.text} <- {pivot.lang}:{pivot.pivot} -> {meant}")


_LEXICON_WORDS: list[str] = []


if __name__ == "__main__":
    main()
