"""Articles to calibrate on: genuine ones with their siblings, the same with swapped words, and machine translations."""

from __future__ import annotations

import gzip
import json
import random
import tomllib
from collections import Counter, defaultdict
from pathlib import Path
from typing import Final, NamedTuple

import alignment
import numpy as np
import sources

from audit.article import Article
from audit.furniture import FurnitureRules
from audit.siblings import discover
from audit.siblings.lexicon import Lexicon
from audit.siblings.slots import read
from audit.types import Document

HERE: Final = Path(__file__).resolve().parent
_SWAPPED: Final = 0.06
# Of a human text and its parallel versions at most one other is kept, and seldom: real siblings are no paraphrases.
_SAME_TEXT: Final = 0.15
_LEAST_WORDS: Final = 80
_MOST_WORDS: Final = 1_200
# A rendering is an outlier if at most this share of the systems has it, and at least that share what people write.
_FEW: Final = 0.25
_MANY: Final = 0.4
_LEAST_SYSTEMS: Final = 4
# Words that share half of their contexts, or a fifth of their foreign words, differ in style at most.
_STYLE_KIN: Final = 0.35
_STYLE_SYNONYMY: Final = 0.2
_CHUNK: Final = 50_000


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


def outliers(data: Path, lexicon: Lexicon, differ: np.ndarray) -> list[Output]:
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
                for system, found in _outliers(row, source, lang, lexicon, differ).items():
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


def _outliers(
    row: dict, source: frozenset[str], lang: str, lexicon: Lexicon, differ: np.ndarray
) -> dict[str, set[tuple[int, int]]]:
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
            for place in lexicon.row(number):
                if not differ[place]:
                    continue
                item = lexicon.confusable(number, place)
                if item.lang != lang or item.pivot not in source or item.other not in people:
                    continue
                right = {item.other} | {near for near, _ in lexicon.near(item.other)}
                if not numbers & right and sum(bool(n & right) for n in written.values()) >= _MANY * len(written):
                    found[system].add((number, item.other))
    return found


def sense_pairs(lexicon: Lexicon) -> np.ndarray:
    """Which confusables really differ in sense, rather than in style: little synonymy, and other contexts [rows] (bool)."""
    owner = np.repeat(np.arange(len(lexicon)), np.diff(lexicon.start))
    differ = lexicon.synonymy < _STYLE_SYNONYMY * 255
    for at in range(0, len(owner), _CHUNK):
        one = lexicon.context_vectors(owner[at : at + _CHUNK])
        other = lexicon.context_vectors(lexicon.other[at : at + _CHUNK].astype(np.intp))
        differ[at : at + _CHUNK] &= np.einsum("ij,ij->i", one, other) < _STYLE_KIN
    return differ | (lexicon.apart > 0)


class Swapper:
    """Replaces words by confusables, all of an article through one language."""

    def __init__(self, lexicon: Lexicon, differ: np.ndarray) -> None:
        self.lexicon = lexicon
        self.writers: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        owner = np.repeat(np.arange(len(lexicon)), np.diff(lexicon.start))
        lang = lexicon._pivot_lang[lexicon.pivot]
        for place in np.flatnonzero(differ).tolist():
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
