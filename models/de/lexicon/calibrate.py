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
import gzip
import json
import random
import sys
import tomllib
from collections import Counter, defaultdict
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

ROOT: Final = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import alignment
import sources

from audit.article import Article
from audit.furniture import FurnitureRules
from audit.siblings import Sibling, align, discover, pivots
from audit.siblings.lexicon import Lexicon
from audit.siblings.pivot_charges import Charge, second_look_features
from audit.siblings.slots import read
from audit.types import Document

HERE: Final = Path(__file__).resolve().parent
_SWAPPED: Final = 0.06
# Of a human text and its parallel versions at most one other is kept, and seldom: real siblings are no paraphrases.
_SAME_TEXT: Final = 0.15
_LEAST_WORDS: Final = 80
_MOST_WORDS: Final = 1_200
_SEED: Final = 11
# A rendering is an outlier if at most this share of the systems has it, and at least that share what people write.
_FEW: Final = 0.25
_MANY: Final = 0.4
_LEAST_SYSTEMS: Final = 4
# A machine translation gets a human one of the same text as a sibling that often, so that more of its errors have a witness.
_HUMAN_SIBLING: Final = 0.5
_FOLDS: Final = 5
# Without siblings most pairs are hopeless: only those whose probabilities in the lexicon multiply to e^_CUT are looked at.
_PRELIMINARY: Final = np.array([float(n in ("back", "forward", "wrong")) for n in pivots.PAIR_FEATURES])
_CUT: Final = -6.5


class Story(NamedTuple):
    """An article with its siblings; ``text`` and the siblings are genuine."""

    id: str
    text: str
    mates: tuple[Article, ...]


def documents(data: Path) -> dict[str, str]:
    """Genuine German articles by id: ``origin|document|version``."""
    found: dict[str, list[str]] = defaultdict(list)
    with gzip.open(data / "german" / "wikinews.tsv.gz", "rt", encoding="utf-8") as file:
        for line in file:
            name, *_, text = line.rstrip("\n").split("\t")
            found[f"wikinews|{name}|1"].append(text)
    for path in sorted((data / "mtht").glob("wmt*-de.jsonl.gz")):
        if path.name[:5] not in ("wmt19", "wmt21", "wmt22"):
            continue
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for row in map(json.loads, file):
                for name, text in (row.get("refs") or {}).items():
                    if row["doc"] and not name.startswith("paraphrase"):
                        found[f"{path.name[:11]}|{row['doc']}|{name}"].append(text)
    texts = {name: "\n\n".join(parts) for name, parts in found.items()}
    return {name: text for name, text in texts.items() if _LEAST_WORDS <= len(text.split()) <= _MOST_WORDS}


class Reader:
    """Makes articles of texts as the program does."""

    def __init__(self) -> None:
        self.rules = FurnitureRules.load(HERE.parent / "furniture.toml")
        thresholds = tomllib.loads((HERE.parents[1] / "thresholds.toml").read_text(encoding="utf-8"))
        self.settings = thresholds["de"]["siblings"]

    def article(self, name: str, text: str) -> Article:
        return Article(Document(id=name, text=text), self.rules, "de")


def stories(data: Path, reader: Reader, chance: random.Random) -> list[Story]:
    """Every article that has siblings."""
    articles = [reader.article(name, text) for name, text in sorted(documents(data).items())]
    found = []
    for article, mates in zip(articles, discover.discover(articles, [], reader.settings), strict=True):
        origin = article.document.id.rsplit("|", 1)[0]
        versions: dict[str, Article] = {}
        for mate in mates:
            other = mate.article.document.id.rsplit("|", 1)[0]
            if other != origin or chance.random() < _SAME_TEXT:
                versions.setdefault(other, mate.article)
        if versions:
            found.append(Story(article.document.id, article.document.text, tuple(list(versions.values())[:6])))
    return found


class Output(NamedTuple):
    """A machine translation of an article: its text, and pairs (written, meant) of word numbers that are likely wrong senses."""

    id: str
    text: str
    wrong: frozenset[tuple[int, int]]


def outliers(data: Path, lexicon: Lexicon) -> list[Output]:
    """Machine translations with at least two renderings that only they have, by falling number of these."""
    texts: dict[str, list[str]] = defaultdict(list)
    wrong: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for path in sorted((data / "mtht").glob("wmt*_*-de.jsonl.gz")):
        lang = path.name[6:8]
        if path.name[:5] not in ("wmt19", "wmt20", "wmt21", "wmt22"):
            continue
        zipf = sources.zipf(data, lang)
        terms = frozenset(p.decode() for p in lexicon._pivots if b" " in p)
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for row in map(json.loads, file):
                if not row["doc"] or not row["refs"] or len(row["hyps"]) < _LEAST_SYSTEMS:
                    continue
                source = frozenset(alignment.foreign_tokens(row["src"], lang, terms, zipf))
                for system, found in _outliers(row, source, lang, lexicon).items():
                    name = f"{path.name[:11]}|{row['doc']}|{system}"
                    texts[name].append(row["hyps"][system])
                    wrong[name] |= found
    outputs = [Output(name, "\n\n".join(parts), frozenset(wrong[name])) for name, parts in sorted(texts.items())]
    chosen = [o for o in outputs if len(o.wrong) > 1 and _LEAST_WORDS <= len(o.text.split()) <= _MOST_WORDS]
    return sorted(chosen, key=lambda o: (-len(o.wrong) / len(o.text.split()), o.id))


def _numbers(text: str, lexicon: Lexicon) -> set[int]:
    found: set[int] = set()
    for word in sources.WORD.findall(text):
        number, split = lexicon.key(word, True), lexicon.split(word)
        found |= {number} if number is not None else set()
        found |= {split.first, split.head} if split is not None else set()
    return found


def _outliers(row: dict, source: frozenset[str], lang: str, lexicon: Lexicon) -> dict[str, set[tuple[int, int]]]:
    """For each system the pairs (written, meant): no person writes the word or a synonym and few systems do, while people and
    many systems write another translation of a word of the source."""
    people = set().union(*(_numbers(text, lexicon) for text in row["refs"].values()))
    accepted = people | {near for number in people for near, _ in lexicon.near(number)}
    written = {system: _numbers(text, lexicon) for system, text in row["hyps"].items()}
    users = Counter(number for numbers in written.values() for number in numbers)
    found: dict[str, set[tuple[int, int]]] = {system: set() for system in written}
    for system, numbers in written.items():
        for number in sorted(numbers - accepted):
            if users[number] > _FEW * len(written):
                continue
            for item in lexicon.confusables(number):
                if item.lang != lang or item.pivot not in source or item.other not in people:
                    continue
                right = {item.other} | {near for near, _ in lexicon.near(item.other)}
                if not numbers & right and sum(bool(n & right) for n in written.values()) >= _MANY * len(written):
                    found[system].add((number, item.other))
    return found


class Swapper:
    """Replaces words by confusables, all of an article through one language."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.writers: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        owner = np.repeat(np.arange(len(lexicon)), np.diff(lexicon.start))
        lang = lexicon._pivot_lang[lexicon.pivot]
        for place in range(len(lexicon.other)):
            self.writers[int(lang[place]), int(lexicon.other[place])].append((int(owner[place]), place))

    def swap(self, article: Article, chance: random.Random) -> tuple[str, dict[int, int]]:
        """The text with swaps, and for each swap the start in it with the number of the word that was right."""
        reading = read(article, self.lexicon)
        lang = chance.randrange(len(self.lexicon.languages) - 1)
        text, parts, swaps, last, shift = article.document.text, [], {}, 0, 0
        for word in reading.words:
            if word.segment.field != "text" or chance.random() > _SWAPPED * 2:
                continue
            number, keep = word.number, ""
            if word.split is not None and (number < 0 or (lang, number) not in self.writers):
                number, keep = word.split.head, word.text[: word.split.cut]
            options = self.writers.get((lang, number))
            if not options:
                continue
            weights = [2.0 ** (-float(self.lexicon.wrong[place]) / 8) for _, place in options]
            written = self.lexicon.words[chance.choices(options, weights)[0][0]]
            span = word.segment.span(word.start, word.end)
            new = keep + written.lower() if keep else written
            swaps[span.start + shift] = number
            parts += [text[last : span.start], new]
            shift += len(new) - (span.end - span.start)
            last = span.end
        return "".join(parts) + text[last:], swaps


class Row(NamedTuple):
    """One candidate: its features, whether it is a wrong sense, and whose it is (``kind``: genuine, swapped or machine).

    ``road``: siblings, unsupported (siblings write no such word) or alone (the same article without its siblings).
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
    with_siblings, alone = pivots.pairs(reading, there.written), pivots.pairs(reading)
    chosen, features, _ = there.supported(reading, with_siblings)

    def row(road: str, pairs: pivots.Pairs, pair: int, values: np.ndarray) -> Row:
        term = pairs.terms[int(pairs.term[pair])]
        word = reading.words[term.place]
        charge = Charge(term.place, word, term.part, pairs.confusables(pair, lexicon), (), 0.0)
        if isinstance(swaps, frozenset):
            label, swapped = (charge.pivot.word, charge.pivot.other) in swaps, charge.pivot.word in {w for w, _ in swaps}
        else:
            right = swaps.get(word.segment.span(word.start, word.end).start)
            label, swapped = right == charge.pivot.other, right is not None
        return Row(story, kind, road, charge, values.astype(np.float32), int(label), swapped)

    found = [row("siblings", with_siblings, int(pair), values) for pair, values in zip(chosen, features, strict=True)]
    for road, pairs, mask in (
        ("unsupported", with_siblings, ~there.written[with_siblings.other]),
        ("alone", alone, np.ones(len(alone), dtype=bool)),
    ):
        strong = np.flatnonzero(mask & (pairs.features @ _PRELIMINARY > _CUT))
        found += [row(road, pairs, int(pair), pairs.features[pair]) for pair in strong]
    return found


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
    swapper = Swapper(lexicon)
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
    for output in outliers(data, lexicon):
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


def second_look(found: list[Row]) -> np.ndarray:
    """For each row [1, weight, language, company], article by article and road by road."""
    groups: dict[tuple[int, str, bool], list[int]] = defaultdict(list)
    for i, row in enumerate(found):
        groups[row.story, row.kind, row.road == "alone"].append(i)
    values = np.ones((len(found), 4))
    for members in groups.values():
        looked = second_look_features([found[i].charge for i in members])
        for i, (language, company) in zip(members, looked, strict=True):
            values[i, 1:] = found[i].charge.weight, language, company
    return values


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", type=Path, required=True)
    args.add_argument("--limit", type=int, help="only so many articles")
    options = args.parse_args()
    found, totals = collect(options.data, options.limit)
    roads = {road: [row for row in found if row.road == road] for road in ("siblings", "unsupported", "alone")}
    names = pivots.PAIR_FEATURES + pivots.SIBLING_FEATURES
    beta = {road: learn(roads[road]) for road in ("siblings", "alone")}
    unsupported = offset(weighed(roads["unsupported"], beta["alone"]))
    found = weighed(roads["siblings"], beta["siblings"])
    found += weighed(roads["unsupported"], beta["alone"], unsupported) + weighed(roads["alone"], beta["alone"])
    looked = second_look(found)
    train = np.array([not is_held(row) and row.kind != "swapped" for row in found])
    final = fit(looked[train], np.array([row.label for row in found])[train], np.ones(train.sum()), 1.0)
    print(f"unsupported = {unsupported:.3f}")
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
        print(f"  {row.kind} {mark} {scores[i]:.2f} {row.charge.word.text} <- {pivot.lang}:{pivot.pivot} -> {_LEXICON_WORDS[pivot.other]}")


_LEXICON_WORDS: list[str] = []


if __name__ == "__main__":
    main()
