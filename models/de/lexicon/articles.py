"""Articles to calibrate on: machine translations with judged wrong senses, genuine articles, and two translations by people."""

from __future__ import annotations

import gzip
import json
import tomllib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import sources

from audit.article import Article
from audit.furniture import FurnitureRules
from audit.siblings import Sibling, discover
from audit.types import Document

HERE: Final = Path(__file__).resolve().parent
_LEAST_WORDS: Final = 60
_MOST_WORDS: Final = 1_500
# News tests before 2019 do not say where a document ends: so many sentences make one.
_SENTENCES: Final = 14
# One judged mistake counts so often for a sentence, and in all, however many systems make it.
_MOST_A_SENTENCE: Final = 4
_MOST_OCCURRENCES: Final = 28
_FIRST_YEAR: Final = 11
# Tests of which several people's translations of whole documents exist, and two of them.
_TWICE: Final = {"wmt19_en-de": ("wmt", "AR"), "wmt21_en-de": ("A", "C"), "wmt22_en-de": ("A", "B")}


class Mistake(NamedTuple):
    """A judged mistranslation: a foreign word, what a machine wrote and what was meant."""

    foreign: str
    written: str
    meant: str


class Output(NamedTuple):
    """A machine translation, a human one of the same text, and the mistakes by their place in the machine's text."""

    id: str
    text: str
    reference: str
    mistakes: dict[int, Mistake]


class Reader:
    """Makes articles of texts as the program does."""

    def __init__(self) -> None:
        self.rules = FurnitureRules.load(HERE.parent / "furniture.toml")
        thresholds = tomllib.loads((HERE.parents[1] / "thresholds.toml").read_text(encoding="utf-8"))
        self.settings = thresholds["de"]["siblings"]

    def article(self, name: str, text: str) -> Article:
        return Article(Document(id=name, text=text), self.rules, "de")


def genuine(data: Path, reader: Reader) -> Iterator[tuple[Article, tuple[Sibling, ...]]]:
    """German originals with the siblings that are found among them."""
    texts: dict[str, list[str]] = defaultdict(list)
    with gzip.open(data / "german" / "wmt_original_2008-2022.tsv.gz", "rt", encoding="utf-8") as file:
        for line in file:
            year, _, doc, _, _, text = line.rstrip("\n").split("\t")
            if doc:
                texts[f"{year}|{doc}"].append(text)
    with gzip.open(data / "german" / "wikinews.tsv.gz", "rt", encoding="utf-8") as file:
        for line in file:
            name, *_, text = line.rstrip("\n").split("\t")
            texts[f"wikinews|{name}"].append(text)
    joined = {name: "\n\n".join(parts) for name, parts in sorted(texts.items())}
    articles = [reader.article(name, text) for name, text in joined.items() if _fits(text)]
    for article, mates in zip(articles, discover.discover(articles, [], reader.settings), strict=True):
        if mates:
            yield article, tuple(mates)


def twice(data: Path) -> Iterator[tuple[str, str, str]]:
    """Documents that two people translated: id and both texts."""
    for test, (one, other) in _TWICE.items():
        for doc, rows in _documents(data / "mtht" / f"{test}.jsonl.gz").items():
            texts = ["\n\n".join(row["refs"][name] for row in rows if name in row["refs"]) for name in (one, other)]
            if all(map(_fits, texts)):
                yield f"{test}|{doc}", texts[0], texts[1]


def mistakes() -> dict[str, list[Mistake]]:
    """The judged mistakes of mistranslations.tsv by language, German words as keys of the lexicon."""
    found: dict[str, list[Mistake]] = defaultdict(list)
    for line in (HERE / "mistranslations.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            lang, foreign, written, meant = line.split("\t")
            found[lang].append(Mistake(foreign, sources.german(written), sources.german(meant)))
    return found


def outputs(data: Path, tests: Collection[str] = ()) -> Iterator[Output]:
    """Machine translations in which a judged mistake occurs: the source has the foreign word, people write what was meant and
    not what the machine wrote, and the machine the reverse. ``tests`` (wmt19, …): only these."""
    judged = mistakes()
    used: Counter[Mistake] = Counter()
    for path in sorted((data / "mtht").glob("wmt*_*-de.jsonl.gz")):
        if path.name[:5] in tests or (not tests and int(path.name[3:5]) >= _FIRST_YEAR):
            for doc, rows in _documents(path).items():
                yield from _outputs(f"{path.name[:11]}|{doc}", rows, judged[path.name[6:8]], path.name[6:8], used)


def _documents(path: Path) -> dict[str, list[dict[str, Any]]]:
    """The news documents of a test, rows in order."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for number, row in enumerate(map(json.loads, file)):
            if row["domain"] in (None, "", "news") and row["refs"]:
                row["refs"] = {name: text for name, text in row["refs"].items() if not name.startswith("paraphrase")}
                found[row["doc"] or f"part {number // _SENTENCES}"].append(row)
    return found


def _outputs(name: str, rows: list[dict[str, Any]], judged: list[Mistake], lang: str, used: Counter[Mistake]) -> Iterator[Output]:
    made: dict[str, list[tuple[int, Mistake]]] = defaultdict(list)
    for i, row in enumerate(rows):
        for system, mistake in _made(row, judged, lang):
            if used[mistake] < _MOST_OCCURRENCES:
                used[mistake] += 1
                made[system].append((i, mistake))
    for system, found in sorted(made.items()):
        text, places = "", {}
        for i, row in enumerate(rows):
            if system not in row["hyps"]:
                continue
            text += "\n\n" if text else ""
            for mistake in (m for j, m in found if j == i):
                for match in sources.WORD.finditer(row["hyps"][system]):
                    if sources.german(match.group()) == mistake.written:
                        places[len(text) + match.start()] = mistake
            text += row["hyps"][system]
        first = min(rows[0]["refs"])
        reference = "\n\n".join(row["refs"][first] for row in rows if first in row["refs"])
        if _fits(text):
            yield Output(f"{name}|{system}", text, reference, places)


def _made(row: Mapping[str, Any], judged: list[Mistake], lang: str) -> Iterator[tuple[str, Mistake]]:
    """The judged mistakes of the systems in one sentence."""
    source = sources.WORD.findall(row["src"].replace("'", " ").replace("’", " "))
    spoken = {sources.lemma(word, lang).lower() for word in source} | {word.lower() for word in source}
    likely = [mistake for mistake in judged if mistake.foreign in spoken]
    if not likely:
        return
    people = set().union(*(_words(text) for text in row["refs"].values()))
    times: Counter[Mistake] = Counter()
    for system, text in sorted(row["hyps"].items()):
        written = _words(text)
        for mistake in likely:
            wrong = mistake.written in written and mistake.meant not in written
            right = mistake.meant in people and mistake.written not in people
            if wrong and right and times[mistake] < _MOST_A_SENTENCE:
                times[mistake] += 1
                yield system, mistake


def _words(text: str) -> set[str]:
    return {sources.german(word) for word in sources.WORD.findall(text)}


def _fits(text: str) -> bool:
    return _LEAST_WORDS <= len(text.split()) <= _MOST_WORDS
