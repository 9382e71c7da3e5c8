"""What the encoder reads: genuine and humanly translated German, news first, without the years and outlets kept for measuring.

Every source is a list of documents (a document is a list of paragraphs) and a number of passes. Names are varied in every other
pass, so that the encoder learns the places where names stand rather than the names of its years.
"""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

# Human references and parallel news of these years stay unseen: MQM spans (2019, 2021) and the development sets lie in them.
YEARS_OUT = frozenset({2019, 2020, 2021})
# How the references of people are called that were made by editing a machine's output; token overlap above this says so too.
POST_EDITED = 0.8
_NAME = re.compile(r"\b[A-ZÄÖÜ][\wäöüßéèáóíçñ]+(?:-[A-ZÄÖÜ]\w+)*")
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True)
class Source:
    """Documents of one kind, read ``passes`` times in a training (a fraction: that share of them, once)."""

    name: str
    passes: float
    documents: list[list[str]]


def held_out(document: str) -> bool:
    """Whether an outlet or article is kept for measuring: the same half as for the other statistics of this language."""
    return hashlib.md5(document.encode()).digest()[0] % 2 == 1


def outlet(document: str) -> str:
    """The outlet that a document id of the newspaper texts names."""
    return re.split(r"[._-]", document, maxsplit=1)[0]


def rows(path: Path) -> Iterator[list[str]]:
    """The lines of a gzipped table, cut at tabs."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield line.rstrip("\n").split("\t")


def grouped(pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Consecutive texts of one document together."""
    return [[text for _, text in group] for _, group in itertools.groupby(pairs, key=lambda pair: pair[0])]


def originals(data: Path, *, measured: bool) -> list[list[str]]:
    """German originals of the news sets and of Wikinews: those kept for measuring, or the others."""
    news = [
        (row[2] or f"{row[3]}/{int(row[4]) // 30}", row[5])
        for row in itertools.islice(rows(data / "german/wmt_original_2008-2022.tsv.gz"), 1, None)
        if held_out(outlet(row[2]) if row[2] else row[0]) == measured
    ]
    wiki = [(row[0], row[1]) for row in rows(data / "german/wikinews.tsv.gz") if held_out(row[0]) == measured]
    return grouped(news) + grouped(wiki)


def references(data: Path) -> list[list[str]]:
    """German that people translated from English or French, each reference of a test set a document chain of its own."""
    chains: dict[tuple[str, str, str], list[str]] = {}
    for path in sorted((data / "mtht").glob("wmt*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for number, line in enumerate(file):
                row = json.loads(line)
                if row["year"] in YEARS_OUT:
                    continue
                for name, text in row["refs"].items():
                    overlap = row.get("refsim", {}).get(name, [0.0])[0]
                    if "paraphrase" not in name and overlap < POST_EDITED:
                        chains.setdefault((row["set"], name, row["doc"] or str(number // 30)), []).append(text)
    return list(chains.values())


def parallel(data: Path) -> list[list[str]]:
    """The German side of parallel news, without the test sets that are kept for measuring."""
    seen: set[str] = set()
    pairs: list[tuple[str, str]] = []
    for path in sorted((data / "parallel").glob("news*.tsv.gz")):
        for row in itertools.islice(rows(path), 1, None):
            year = _YEAR.search(row[0])
            if len(row) < 4 or row[3] in seen or (year and int(year.group()) in YEARS_OUT):
                continue
            seen.add(row[3])
            pairs.append((f"{path.name}/{row[0]}/{int(row[1]) // 30 if row[1].isdigit() else row[1]}", row[3]))
    return grouped(pairs)


def short(data: Path) -> list[list[str]]:
    """Single sentences of everyday German."""
    texts: set[str] = set()
    for path in sorted((data / "parallel").glob("tatoeba_??-de.tsv.gz")):
        texts.update(row[3] for row in itertools.islice(rows(path), 1, None) if len(row) > 3)
    return [[text] for text in sorted(texts)]


def plain(path: Path) -> list[list[str]]:
    """Documents of a table of document ids and paragraphs."""
    return grouped((row[0], row[1]) for row in rows(path) if len(row) > 1)


def without(documents: list[list[str]], seen: set[str]) -> list[list[str]]:
    """The documents without the texts that were seen before; what they hold counts as seen from now on."""
    kept = []
    for document in documents:
        texts = [text for text in document if text not in seen]
        seen.update(texts)
        if texts:
            kept.append(texts)
    return kept


def sources(data: Path) -> list[Source]:
    """Everything that is read, with the number of passes. The test sets overlap: nothing is read twice, nothing that measures."""
    seen = {text for document in originals(data, measured=True) for text in document}
    return [
        Source("originals", 8, without(originals(data, measured=False), seen)),
        Source("references", 6, without(references(data), seen)),
        Source("parallel", 5, without(parallel(data), seen)),
        Source("wikipedia", 3, plain(data / "german/wikipedia_small.tsv.gz")),
        Source("speeches", 1, plain(data / "german/reden_barbaresi.tsv.gz")),
        Source("sentences", 1, short(data)),
        Source("debates", 0.6, plain(data / "german/bundestag_2009-2015.tsv.gz")),
    ]


def tiny() -> list[Source]:
    """A few invented documents: enough to run every step of the recipe in seconds."""
    people, things = ("Anna", "Karl", "Mira", "Otto"), ("Brot", "Holz", "Papier", "Glas", "Wasser")
    documents = [
        [
            f"{person} kauft am {day}. Mai {thing}. Der Händler verkauft das {thing} nur am Morgen.",
            f"Am Abend trägt {person} es heim.",
        ]
        for person in people
        for thing in things
        for day in range(1, 9)
    ]
    return [Source("originals", 2, documents)]


class Names:
    """Swaps the names of persons for others, the same name for the same in all of a document."""

    def __init__(self, given: set[str], ordinary: set[str]) -> None:
        """``given``: first names. ``ordinary``: words (capitalised or not) that are no names; what follows a first name and is
        not among them is taken for a family name."""
        self.given = given
        self.ordinary = ordinary
        self.first = np.array(sorted(given))
        self.last = np.array(["Maier"])

    def family(self, texts: Iterable[str]) -> set[str]:
        """The family names in these texts."""
        return {name for text in texts for name in self._family(text)}

    def _family(self, text: str) -> Iterator[str]:
        words = list(_NAME.finditer(text))
        for one, other in itertools.pairwise(words):
            name = other.group()
            if one.group() in self.given and text[one.end() : other.start()] == " " and self._odd(name):
                yield name

    def _odd(self, name: str) -> bool:
        return name not in self.ordinary and name not in self.given and name.lower() not in self.ordinary

    def collect(self, documents: Iterable[list[str]]) -> None:
        """Learn the family names to draw from."""
        self.last = np.array(sorted(set().union(*(self.family(document) for document in documents))) or ["Maier"])

    def varied(self, document: list[str], random: np.random.Generator) -> list[str]:
        """The document with other persons in it."""
        family = self.family(document)
        table: dict[str, str] = {}

        def other(match: re.Match[str]) -> str:
            name = match.group()
            if name not in table:
                pool = self.last if name in family else self.first if name in self.given and name not in self.ordinary else None
                table[name] = name if pool is None else str(random.choice(pool))
            return table[name]

        return [_NAME.sub(other, text) for text in document]
