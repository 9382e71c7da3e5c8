"""Grows the trees that weigh the evidence for wrong senses, on machine translations, genuine articles and people's translations.

    python models/de/lexicon/calibrate.py --data DIR [--check] [--out FOLDER]

Machine translations: outputs of the WMT news tests in which a judged mistake of mistranslations.tsv occurs; siblings: one human
translation of the same text, or none. Genuine: German originals with the siblings found among them, and without. People: two
translations of one text, the one the other's sibling; there the words differ, and none is wrong. A pair of a written word and
another one is a wrong sense if it was judged so there; the other pairs of a word that was judged are left out.

--check grows the trees on one half (all tests but 2021, half of the articles) and prints what they find in the other: recall of
judged words, what they raise a 1,000 words beyond them, and where judged words are lost, by language. Without it the trees grow
on everything: evidence.safetensors next to this file (or in --out), and the section [de.wrong_sense] for models/thresholds.toml
is printed. A minute on one core, 1.7 GB.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple
from zlib import crc32

import numpy as np

HERE: Final = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[2])]

import articles  # noqa: E402
from boosting import grow, regression, save  # noqa: E402

from audit.article import Article  # noqa: E402
from audit.siblings import Sibling, align  # noqa: E402
from audit.siblings.evidence import ROADS, Trees  # noqa: E402
from audit.siblings.lexicon import Lexicon  # noqa: E402
from audit.siblings.pivot_charges import Charge, second_look  # noqa: E402
from audit.siblings.pivot_slots import slots  # noqa: E402
from audit.siblings.pivots import Pairs, Term, pairs  # noqa: E402
from audit.siblings.slots import Reading, read  # noqa: E402
from audit.siblings.synonyms import synonyms  # noqa: E402
from audit.siblings.witnesses import Siblings  # noqa: E402

_SIMILARITY: Final = 0.4
# The part of a road's rows that is not used, by road: siblings that write neither word, or the written one elsewhere, shift the
# text's own odds.
_SHIFTED: Final = ("unsupported", "echoed")
# What the second look weighs; "slots" is what a slot adds to the bias.
_DOCUMENT: Final = ("bias", "charge", "slot", "slots", "language", "company")
_RATES: Final = (-4.0, -3.5, -3.0, -2.5, -2.0, -1.5, -1.0, -0.5, 0.0, 1.0)


class Row(NamedTuple):
    """One candidate: what is charged (`place`, `charge`), its features, and whether it was judged a wrong sense (-1: another
    word for a place that was judged)."""

    road: str
    place: int
    charge: Charge | None
    features: np.ndarray
    label: int


class Case(NamedTuple):
    """The candidates of an article; ``kind``: machine, people, genuine, each also "alone"; ``judged``: its judged places."""

    id: str
    kind: str
    words: int
    judged: frozenset[int]
    rows: list[Row]

    @property
    def fold(self) -> int:
        if self.id.startswith("wmt") and self.kind.startswith("machine"):
            return int(self.id.startswith("wmt21"))
        return crc32(self.id.encode()) % 2


class Examiner:
    """Turns articles into cases."""

    def __init__(self) -> None:
        self.reader = articles.Reader()
        paths = HERE / "lexicon.safetensors", HERE / "vectors.safetensors"
        self.lexicon, self.near = Lexicon.load(*paths), synonyms(*paths)

    def case(
        self, kind: str, article: Article, siblings: tuple[Sibling, ...], made: Mapping[int, articles.Mistake] | None = None
    ) -> Case:
        reading = read(article, self.lexicon)
        starts = [word.segment.span(word.start, word.end).start for word in reading.words]
        judged = {place: made[start].meant for place, start in enumerate(starts) if made and start in made}
        rows = list(self._rows(reading, article, siblings, judged))
        return Case(article.document.id, kind, article.words, frozenset(judged), rows)

    def _rows(
        self, reading: Reading, article: Article, siblings: tuple[Sibling, ...], judged: Mapping[int, str]
    ) -> Iterator[Row]:
        there = None
        if siblings:
            there = Siblings(reading, siblings, align.align(article, siblings, self.reader.settings, self.near))
        found = pairs(reading, there.written if there else None)
        if there is not None:
            chosen, features, _ = there.supported(found)
            for pair, values in zip(chosen.tolist(), features, strict=True):
                yield self._row("siblings", reading, found.terms[int(found.term[pair])], found, pair, values, judged)
            filled, features = slots(reading, there)
            for slot, values in zip(filled, features, strict=True):
                yield Row("slot", slot.place, None, values.astype(np.float32), self._label(judged, slot.place, slot.other))
        for pair in np.flatnonzero(~found.supported).tolist():
            term = found.terms[int(found.term[pair])]
            if there is not None and there.confirms(term):
                continue
            road = "alone" if there is None else "echoed" if there.written[term.number] else "unsupported"
            yield self._row(road, reading, term, found, pair, found.features[pair], judged)

    def _row(
        self, road: str, reading: Reading, term: Term, found: Pairs, pair: int, values: np.ndarray, judged: Mapping[int, str]
    ) -> Row:
        charge = Charge(term.place, reading.words[term.place], term.part, found.confusables(pair, self.lexicon), (), 0.0)
        return Row(road, term.place, charge, values.astype(np.float32), self._label(judged, term.place, int(found.other[pair])))

    def _label(self, judged: Mapping[int, str], place: int, other: int) -> int:
        if place not in judged:
            return 0
        meant = self.lexicon.number(judged[place])
        right = meant is not None and (other == meant or other in {n for n, _ in self.lexicon.near(meant)})
        return 1 if right else -1


def collect(data: Path) -> list[Case]:
    """Every case, in the order of the files."""
    examiner = Examiner()
    article = examiner.reader.article
    found = []
    for output in articles.outputs(data):
        sibling = Sibling(article("reference", output.reference), _SIMILARITY)
        found.append(examiner.case("machine", article(output.id, output.text), (sibling,), output.mistakes))
        found.append(examiner.case("machine alone", article(output.id, output.text), (), output.mistakes))
    for name, one, other in articles.twice(data):
        found.append(examiner.case("people", article(name, one), (Sibling(article("other", other), _SIMILARITY),)))
        found.append(examiner.case("people alone", article(name, one), ()))
    for original, siblings in articles.genuine(data, examiner.reader):
        found.append(examiner.case("genuine", original, siblings))
        found.append(examiner.case("genuine alone", article(original.document.id, original.document.text), ()))
    return found


def chosen(cases: list[Case], road: str, folds: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Features and labels of a road. Parts of compounds are left out: no compound was judged."""
    rows = [
        row
        for case in cases
        if case.fold in folds
        for row in case.rows
        if row.road == road and row.label >= 0 and (row.charge is None or row.charge.part == "whole")
    ]
    return np.array([row.features for row in rows], dtype=np.float64), np.array([row.label for row in rows])


def first_look(cases: list[Case], folds: tuple[int, ...]) -> tuple[dict[str, Trees], dict[str, float]]:
    """The trees of every road, and how siblings that write neither word, or the written one elsewhere, shift the text's odds."""
    trees = {road: grow(*chosen(cases, road, folds)) for road in ROADS}
    shifts = {}
    for road in _SHIFTED:
        features, labels = chosen(cases, road, folds)
        shifts[road] = _shift(trees["alone"].odds(features), int(labels.sum()))
    return trees, shifts


def _shift(odds: np.ndarray, wanted: int) -> float:
    """What must be added to the odds so that they expect as many wrong senses as there are."""
    low, high = -8.0, 8.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if (1 / (1 + np.exp(-odds - middle))).sum() < wanted else (low, middle)
    return low


def weighed(case: Case, trees: dict[str, Trees], shifts: dict[str, float]) -> np.ndarray:
    """For each row [1, odds of a pivot, odds of a slot, whether it is a slot, language, company]."""
    values = np.zeros((len(case.rows), len(_DOCUMENT)))
    values[:, 0] = 1.0
    raised = []
    for road in (*ROADS, *_SHIFTED):
        at = [i for i, row in enumerate(case.rows) if row.road == road]
        if not at:
            continue
        odds = trees["alone" if road in _SHIFTED else road].odds(np.array([case.rows[i].features for i in at], dtype=np.float64))
        values[at, 2 if road == "slot" else 1] = odds + shifts.get(road, 0.0)
        values[at, 3] = road == "slot"
        raised += [i for i in at if road != "slot" and values[i, 1] > -6.0]
    charges = [case.rows[i].charge._replace(weight=values[i, 1]) for i in raised]  # type: ignore[union-attr]
    for i, look in zip(raised, second_look(charges), strict=True):
        values[i, 4:] = look.language, look.company
    return values


def second(cases: list[Case], looks: list[np.ndarray]) -> np.ndarray:
    """A regression on what the first look gave, all kinds of cases with the same weight a word as the machine's."""
    matrix, labels = [], []
    for case, values in zip(cases, looks, strict=True):
        kept = [i for i, r in enumerate(case.rows) if r.label >= 0 and (r.charge is None or r.charge.part == "whole")]
        matrix.append(values[kept])
        labels += [case.rows[i].label for i in kept]
    return regression(np.concatenate(matrix), np.array(labels), ridge=1.0)


def report(cases: list[Case], looks: list[np.ndarray], document: np.ndarray, show: int) -> None:
    """Recall of judged places, right suggestions among them, and what else is raised a 1,000 words, at several cuts."""
    for kind in sorted({case.kind for case in cases}):
        words = judged = 0
        hits: list[tuple[float, int]] = []
        others: list[tuple[float, str]] = []
        for case, values in zip(cases, looks, strict=True):
            if case.kind != kind:
                continue
            words, judged = words + case.words, judged + len(case.judged)
            best: dict[int, tuple[float, int]] = {}
            for odds, row in zip((values @ document).tolist(), case.rows, strict=True):
                best[row.place] = max(best.get(row.place, (-99.0, 0)), (odds, row.label))
                if row.charge is not None and odds > -2 and row.place not in case.judged and len(others) < 10**6:
                    others.append((odds, f"{row.charge.word.text} <- {row.charge.pivot.lang}:{row.charge.pivot.pivot} {case.id}"))
            hits += [best[place] for place in case.judged if place in best]
            others += [(odds, "") for place, (odds, _) in best.items() if place not in case.judged]
        print(f"{kind}: {sum(case.kind == kind for case in cases)} documents, {words} words, {judged} judged")
        for cut in _RATES:
            found = [label for odds, label in hits if odds >= cut]
            line = f"  {cut:5.1f}: {1000 * sum(odds >= cut and not name for odds, name in others) / words:.2f} others"
            print(
                line + (f", recall {len(found) / judged:.2f}, right {found.count(1) / max(1, len(found)):.2f}" if judged else "")
            )
        for odds, name in sorted((o for o in others if o[1]), reverse=True)[:show]:
            print(f"    {odds:.1f} {name}")


def losses(cases: list[Case], looks: list[np.ndarray], document: np.ndarray) -> None:
    """Where judged places are lost, for each kind of machine translation and language."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for case, values in zip(cases, looks, strict=True):
        if not case.judged:
            continue
        odds = (values @ document).tolist()
        count = counts[f"{case.kind}, {case.id[6:8]}"]
        for place in case.judged:
            rows = [(score, row) for score, row in zip(odds, case.rows, strict=True) if row.place == place]
            right = {row.charge is None for _, row in rows if row.label == 1}
            road = "candidate" if False in right else "slot alone" if right else "another pair" if rows else "no candidate"
            best, row = max(rows, key=lambda pair: (pair[0], pair[1].label), default=(-99.0, None))
            count.update(["judged", road])
            for least in (-3, -2):
                count[f"found at {least}"] += best >= least
                count[f"right at {least}"] += best >= least and row is not None and row.label == 1
    for name, count in sorted(counts.items()):
        print(f"{name}: " + ", ".join(f"{key} {value}" for key, value in sorted(count.items())))


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", type=Path, required=True)
    args.add_argument("--check", action="store_true", help="grow on one half, look at the other")
    args.add_argument("--out", type=Path, default=HERE, metavar="FOLDER", help="where evidence.safetensors is written")
    args.add_argument("--show", type=int, default=0, help="with --check: list so many of what is raised beyond the judged words")
    options = args.parse_args()
    cases = collect(options.data)
    # each half weighed by the trees of the other
    halves = {fold: first_look(cases, (1 - fold,)) for fold in (0, 1)}
    looks = [weighed(case, *halves[case.fold]) for case in cases]
    document = second(cases, looks)
    if options.check:
        held = [i for i, case in enumerate(cases) if case.fold == 1]
        train = [i for i, case in enumerate(cases) if case.fold == 0]
        document = second([cases[i] for i in train], [looks[i] for i in train])
        report([cases[i] for i in held], [looks[i] for i in held], document, options.show)
        return losses([cases[i] for i in held], [looks[i] for i in held], document)
    trees, shifts = first_look(cases, (0, 1))
    save(options.out / "evidence.safetensors", trees)
    print("[de.wrong_sense]")
    for name, value in shifts.items():
        print(f"{name} = {value:.3f}")
    print("[de.wrong_sense.document]")
    for name, value in zip(_DOCUMENT, document, strict=True):
        print(f"{name} = {value:.3f}")
    report(cases, looks, document, 0)
    return None


if __name__ == "__main__":
    main()
