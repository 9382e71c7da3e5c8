"""Reads what the lexicon is made of: sense inventories, dictionaries, parallel text, German text, word frequencies.

Every reader yields plain tuples in the order of the files, so that a build is reproducible.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

HERE: Final = Path(__file__).resolve().parent


def word_list(name: str) -> frozenset[str]:
    """The words of a text file next to this one; lines that begin with # are comments."""
    lines = (HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


LANGUAGES: Final = ("en", "es", "fr", "it", "nl", "ru")
WORD: Final = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")

# Rows that come from these alone are left out: GPL-2+ (freedict-ergane), or made through English and mostly wrong (pivot-*).
_EXCLUDED: Final = re.compile(r"freedict-ergane(?:-rev)?$")
_NOISY: Final = re.compile(r"pivot-en(?:22)?$")
# A pivot-* row is kept only as its word's first or second translation: further down three of four are wrong.
_NOISY_RANK: Final = 2
# The tests of 2021 stay out of the tables: the trees that weigh evidence are checked on them (calibrate.py).
_HELD_OUT: Final = "wmt21"
# Of a news test's systems so many are read for each sentence; more where the language has one test only.
_MOST_SYSTEMS: Final = 2
_SYSTEMS: Final = {"fr": 9}
_ARTICLE: Final = re.compile(r"^(?:der|die|das|ein|eine|sich|to|the|le|la|les|l'|un|une|el|los|las|il|lo|de|het)\s+(?=\S)", re.I)
# Nominalised adjectives and participles have two dictionary forms; the strong one is the key of both.
NOMINALISED: Final = word_list("nominalised")


class Entry(NamedTuple):
    """A foreign word or term, a German translation and how much the source trusts it (0–1)."""

    foreign: str
    german: str
    weight: float


@lru_cache(maxsize=2_000_000)
def lemma(word: str, lang: str) -> str:
    """The dictionary form by simplemma; the program's own reader does the same."""
    from simplemma import lemmatize

    return lemmatize(word, lang=lang) if word else ""


@lru_cache(maxsize=1_000_000)
def german(word: str) -> str:
    """The key of a German word form: its lemma, nominalised adjectives in their strong form."""
    form = lemma(word, "de")
    return form + "r" if form + "r" in _STRONG else form


_STRONG: Final = NOMINALISED


def _clean(term: str) -> str:
    term = re.sub(r"\([^)]*\)|\[[^\]]*\]|\{[^}]*\}", "", term).strip(" \"'!?.,;:")
    return _ARTICLE.sub("", re.sub(r"\s+", " ", term))


def foreign_key(term: str, lang: str) -> str:
    """A foreign term as it is stored: lower case, a single word as its lemma."""
    term = _clean(term).replace("’", "'")
    return lemma(term, lang).lower() if " " not in term else term.lower()


def german_key(term: str) -> str:
    """A German term as it is stored: a single word as its lemma, a phrase as it is."""
    term = _clean(term)
    return german(term) if " " not in term else term


def senses(lang: str) -> Iterator[tuple[str, list[list[str]]]]:
    """The hand-made inventory: a foreign word and its senses, commonest first, each a list of German near-synonyms."""
    for line in (HERE / "senses" / f"{lang}.txt").read_text(encoding="utf-8").splitlines():
        word, _, groups = line.partition(": ")
        split = [[german_key(g) for g in group.split(", ")] for group in groups.split(" | ")]
        yield foreign_key(word, lang) if " " not in word else word.lower(), split


def dictionary(data: Path, lang: str) -> Iterator[Entry]:
    """Dictionary rows of openly licensed sources."""
    path = data / "lexicon" / f"{lang}-de.tsv.gz"
    if path.exists():
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                entry = _row(row, lang)
                if entry:
                    yield entry
    if lang == "fr":  # WikDict: the only one of the distribution's dictionaries that is not under the GPL
        with gzip.open(data / "lexicon" / "debian_fr-de.tsv.gz", "rt", encoding="utf-8") as file:
            for line in file:
                foreign, pos, target = line.rstrip("\n").split("\t")[:3]
                if pos not in ("prop", "affix") and len(foreign.split()) <= 4:
                    yield Entry(foreign_key(foreign, lang), german_key(target), 0.4)


def _row(row: list[str], lang: str) -> Entry | None:
    if len(row) < 6 or row[3] == "weight" or row[1] in ("prop", "affix", "character", "letter", "phrase", "suffix", "prefix"):
        return None
    provenance = [p for p in row[5].split(",") if not _EXCLUDED.match(p)]
    rank = int(row[4]) if row[4].isdigit() else 9
    if not provenance or (all(_NOISY.match(p) for p in provenance) and rank > _NOISY_RANK):
        return None
    foreign, target = foreign_key(row[0], lang), german_key(row[2])
    if not foreign or not target or len(foreign.split()) > 4 or len(target.split()) > 3:
        return None
    noisy = all(_NOISY.match(p) for p in provenance)
    return Entry(foreign, target, float(row[3] or 0.3) * (0.5 if noisy else 1.0))


def tests(data: Path, names: str) -> list[Path]:
    """The files of test sets by a pattern of their names, in order; those that are held out left out."""
    return [path for path in sorted((data / "mtht").glob(f"{names}.jsonl.gz")) if not path.name.startswith(_HELD_OUT)]


def parallel(data: Path, lang: str) -> Iterator[tuple[str, str]]:
    """Sentence pairs (foreign, German by people)."""
    for path in sorted((data / "parallel").glob(f"*_{lang}-de.tsv.gz")):
        if path.name.startswith("ibm1_"):
            continue
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                fields = line.rstrip("\n").split("\t")
                if len(fields) >= 4:
                    yield fields[2], fields[3]
    for path in tests(data, f"*_{lang}-de"):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                row = json.loads(line)
                for text in (row.get("refs") or {}).values():
                    yield row["src"], text


def machine(data: Path, lang: str) -> Iterator[tuple[str, str]]:
    """Sentence pairs (foreign, German by a machine) of the news tests; of each sentence a few systems, all in turn."""
    for path in tests(data, f"wmt*_{lang}-de"):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for number, line in enumerate(file):
                row = json.loads(line)
                outputs = [text for _, text in sorted((row.get("hyps") or {}).items())]
                most = min(_SYSTEMS.get(lang, _MOST_SYSTEMS), len(outputs))
                for i in range(most):
                    yield row["src"], outputs[(number * most + i) % len(outputs)]


def versions(data: Path, lang: str) -> Iterator[tuple[str, list[str]]]:
    """Sentences of the news tests that several people translated: source, their German."""
    for path in tests(data, f"wmt*_{lang}-de"):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                row = json.loads(line)
                people = list((row.get("refs") or {}).values())
                if len(people) > 1:
                    yield row["src"], people


def german_texts(data: Path) -> Iterator[str]:
    """Paragraphs of German written by people and machines, for vectors and counts."""
    for name in (
        "wmt_original_2008-2022",
        "wikinews",
        "wikipedia_small",
        "ud_gsd_devtest",
        "reden_barbaresi",
        "bundestag_2009-2015",
    ):
        with gzip.open(data / "german" / f"{name}.tsv.gz", "rt", encoding="utf-8") as file:
            for line in file:
                yield line.rstrip("\n").split("\t")[-1]
    for path in sorted((data / "parallel").glob("news*-de.tsv.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                yield line.rstrip("\n").split("\t")[-1]
    for path in sorted((data / "mtht").glob("*-de.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                row = json.loads(line)
                yield from (row.get("refs") or {}).values()
                yield from list((row.get("hyps") or {}).values())[:4]


def zipf(data: Path, lang: str) -> dict[str, float]:
    """Zipf frequency by lower-case word form."""
    path = data / "lexicon" / f"wordfreq_{lang}.tsv.gz"
    if not path.exists():
        return {}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = (line.rstrip("\n").split("\t") for line in file)
        return {row[0]: float(row[1]) for row in rows if len(row) == 2 and row[1] != "zipf"}


def synonyms(data: Path) -> Iterator[tuple[str, str]]:
    """Pairs of German near-synonyms (single words, as stored)."""
    with gzip.open(data / "lexicon" / "debian_de_synonyms.tsv.gz", "rt", encoding="utf-8") as file:
        for line in file:
            fields = line.rstrip("\n").split("\t")
            if len(fields) == 2 and " " not in fields[0] and " " not in fields[1]:
                yield fields[0], german_key(fields[1])


def phrases() -> Iterator[tuple[str, str, str, str, str, str]]:
    """Literal renderings of verb phrases: language, term, German name, prepositions (/), noun, verb."""
    for line in (HERE / "phrases.txt").read_text(encoding="utf-8").splitlines():
        head, _, rest = line.partition(": ")
        lang, _, term = head.partition(" ")
        renderings, _, name = rest.partition(" > ")
        for rendering in renderings.split(", "):
            prepositions, noun, verbs = rendering.split(" ")
            for verb in verbs.split("/"):
                yield lang, term, name, prepositions, noun, verb


def names(data: Path) -> frozenset[str]:
    """Names of places (all spellings) and surnames of the hand-made list."""
    found: set[str] = set()
    for path, columns in (
        ("naturalearth_cities_PD", slice(2, 6)),
        ("cldr_names", slice(2, 8)),
        ("seed_persons_handmade", slice(1, 6)),
    ):
        with gzip.open(data / "names" / f"{path}.tsv.gz", "rt", encoding="utf-8") as file:
            for line in file:
                for name in line.rstrip("\n").split("\t")[columns]:
                    found.update(name.split() if path == "seed_persons_handmade" else [name])
    for path in sorted((data / "names").glob("wiktionary_prop_*.tsv.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            found.update(line.split("\t")[0] for line in file)
    return frozenset(name for name in found if name[:1].isupper() and " " not in name)


def renderings() -> Iterator[tuple[str, str, str]]:
    """Names of towns and persons that are words of their language: language, name, German translation of the word."""
    for line in (HERE / "names.txt").read_text(encoding="utf-8").splitlines():
        head, _, words = line.partition(": ")
        lang, _, name = head.partition(" ")
        for word in words.split(", "):
            yield lang, name, german_key(word)
