"""Reads the training data of the screen into series of sentences with a label, a year and a system.

A *series* is what one hand wrote in one order: a test set as one system translated it, an outlet's articles, a sitting of
parliament. Documents are cut from series, never from lines drawn at random, so that a split by series cannot leak.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

ORIGINAL, HUMAN, MACHINE = "original", "human", "machine"

# Below this overlap with its reference a "system" translates into something else than German (systems.tsv, the junk rows).
JUNK_SIMILARITY = 0.40
# A human reference of ten or more words that shares this much with a machine's output was probably post-edited (INVENTORY.md).
POST_EDITED = 0.8
# References of these years are told from machine output no better than by chance (AUC .57 and .50, other years .85 to .95).
LIKE_MACHINES = ("newstest2016", "newstest2018")
# newstest2019 fr-de: German press on the European election up to here, French press from then on. The French side says so (its
# parties change), and so does a screen that was trained without it (translated score −4 before, +8 after).
FRENCH_PRESS_2019 = 1360
# Sentences taken from a long record, so that no parliament drowns the newspapers.
SITTING_SENTENCES = 90

_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"“»')\]]*\s+(?=[\"„«(\[]?[A-ZÄÖÜ0-9])")
_ABBREVIATED = re.compile(
    r"(?:\b(?:[A-ZÄÖÜ]|\d{1,2}|Dr|Prof|Nr|St|bzw|ca|Mio|Mrd|vgl|Abs|Art|Hr|Fr|usw|sog|z\.\s?B|d\.\s?h|u\.\s?a))\.$"
)
_LOOSE_PUNCTUATION = re.compile(r"\s+([.,;:!?)\]%])|([(\[])\s+")
_LOOSE_HYPHEN = re.compile(r"(?<=\w) ([-/']) (?=\w)")


@dataclass(frozen=True)
class Series:
    """Sentences of one hand in their order. `source` is the language translated from, "" where original or unknown."""

    name: str
    group: str  # what a split keeps together: "wmt21", "wikinews-3", …
    label: str
    source: str
    year: int
    domain: str
    vendor: str
    paired: bool  # the same sources exist both by people and by machines
    half: int  # articles of even or odd hash, where articles are known: keeps topics apart when languages are learnt
    sentences: tuple[str, ...]


def read_rows(path: Path) -> Iterator[list[str]]:
    """The fields of each line of a gzipped TSV file."""
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as lines:
        for line in lines:
            yield line.rstrip("\n").split("\t")


def split_sentences(text: str) -> list[str]:
    """Sentences by punctuation and capital, abbreviations and ordinals kept whole; enough to cut documents by length."""
    parts: list[str] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if _ABBREVIATED.search(text[start : match.start()]):
            continue
        parts.append(text[start : match.end()].strip())
        start = match.end()
    parts.append(text[start:].strip())
    return [part for part in parts if part]


def untokenised(text: str) -> str:
    """Closes the gaps that a tokeniser left around punctuation."""
    text = _LOOSE_PUNCTUATION.sub(lambda found: found[1] or found[2], text)
    return _LOOSE_HYPHEN.sub(r"\1", text)


def bucket(name: str, of: int) -> int:
    """A stable number below `of` for a name: the same on every machine."""
    return zlib.crc32(name.encode("utf-8")) % of


def vendors(data: Path) -> dict[tuple[str, str], str]:
    """(file, system) → vendor for every system that is not junk."""
    known: dict[tuple[str, str], str] = {}
    with (data / "mtht/systems.tsv").open(encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            file, system, vendor, _, similarity, *_ = line.rstrip("\n").split("\t")
            if not similarity or float(similarity) >= JUNK_SIMILARITY or file.startswith(("wmt08", "taraxu")):
                known[file, system] = vendor
    return known


def _reference(row: dict[str, Any], name: str) -> tuple[str, str] | None:
    """(label, source language) of a German text by people, or None where it is not known to be either."""
    if row["origlang"] == "mixed(fr|de)" and row["set"].startswith("newstest2019"):
        return (HUMAN, "fr") if row["seg"] > FRENCH_PRESS_2019 else (ORIGINAL, "")
    if name.startswith("paraphrase") or row["origlang"] in ("de?", "en?", "mixed(fr|de)", "mixed") or row["set"] in LIKE_MACHINES:
        return None
    if row["origlang"] == "de" and not name.startswith("NC-ott"):
        return None  # original German: german/wmt_original holds it
    similar = row.get("refsim", {}).get(name, [0.0])[0]
    if similar >= POST_EDITED and len(row["refs"][name].split()) >= 10:
        return None
    return HUMAN, _source(row)


def _source(row: dict[str, Any]) -> str:
    language = "en" if row["origlang"] == "de" else row["origlang"]  # German → English → German
    return language if language in ("en", "fr", "es") else ""


def test_sets(data: Path) -> Iterator[Series]:
    """Machine and human translations of the mtht files, a series for each system and each translator."""
    known = vendors(data)
    for path in sorted((data / "mtht").glob("*.jsonl.gz")):
        file = path.name.removesuffix(".jsonl.gz")
        found: dict[tuple[str, str, str, str, int], list[str]] = defaultdict(list)
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        for row in rows:
            half = bucket(row["doc"], 2) if row["doc"] and file.startswith("wmt21") else 0
            for system, text in row["hyps"].items():
                vendor = known.get((file, system), "mlqe" if file.startswith("mlqe") else "")
                if vendor and text.strip():
                    found[system, MACHINE, _source(row), vendor, half].append(text)
            for name, text in row["refs"].items():
                known_as = _reference(row, name)
                if known_as and text.strip():
                    found[name, *known_as, "people", half].append(text)
        domain, year = rows[0]["domain"] or "news", rows[0]["year"]
        group = file.split("_")[0] if file.startswith("wmt") else file
        group = {"taraxu_en-de": "wmt11", "taraxu_es-de": "wmt11", "newssyscomb2009_en-de": "wmt09"}.get(file, group)
        for (name, label, source, vendor, half), texts in sorted(found.items()):
            tokenised = file.startswith(("mlqe", "taraxu"))
            sentences = tuple(untokenised(text) if tokenised else text for text in texts)
            paired = file.startswith(("wmt", "flores", "taraxu")) and rows[0]["set"] not in LIKE_MACHINES
            full = f"{file}/{name}/{label}/{source}/{half}"
            yield Series(full, group, label, source, year, domain, vendor, paired, half, sentences)


def originals(data: Path) -> Iterator[Series]:
    """German that nobody translated: news by test set and outlet, Wikinews, parliament, speeches, Wikipedia, web."""
    found: dict[tuple[str, str, int, str], list[str]] = defaultdict(list)
    rows = read_rows(data / "german/wmt_original_2008-2022.tsv.gz")
    next(rows)
    for year, domain, document, name, _, text in rows:
        outlet = re.split(r"[.\-_]?\d", document)[0] if int(year) >= 2021 else ""
        group = f"outlet-{outlet}" if outlet and domain == "news" else f"wmt{int(year) % 100:02d}"
        found[f"{name}/{domain}/{outlet}", group, int(year), domain].extend(split_sentences(text))
    for name, year, domain in (
        ("wikinews", 2010, "news"),
        ("reden_barbaresi", 2005, "speech"),
        ("ud_gsd_devtest", 2013, "web"),
        ("wikipedia_small", 2015, "wiki"),
        ("bundestag_2009-2015", 2012, "speech"),
    ):
        for document, text in read_rows(data / f"german/{name}.tsv.gz"):
            part = "0" if name == "ud_gsd_devtest" else document
            closed = untokenised(text) if name == "wikipedia_small" else text
            found[f"{name}/{part}", f"{name}-{bucket(part, 10)}", year, domain].extend(split_sentences(closed))
    for (name, group, year, domain), sentences in sorted(found.items()):
        start, most = 0, len(sentences)
        if name.startswith("bundestag"):
            start, most = bucket(name, max(1, most - SITTING_SENTENCES)), SITTING_SENTENCES
        yield Series(name, group, ORIGINAL, "", year, domain, "people", False, 0, tuple(sentences[start : start + most]))


def other_people(data: Path) -> Iterator[Series]:
    """Translations by people whose machine counterparts we lack: columns and free-software documentation."""
    columns = [row[3] for row in read_rows(data / "parallel/newscommentary_ced_en-de.tsv.gz")][1:]
    for part in range(10):
        texts = tuple(columns[part::10])
        yield Series(f"columns/{part}", f"columns-{part}", HUMAN, "en", 2015, "columns", "people", False, 0, texts)


def clean(series: Series) -> Series:
    """Drops empty sentences."""
    return replace(series, sentences=tuple(text for text in series.sentences if any(c.isalpha() for c in text)))


def read_all(data: Path) -> list[Series]:
    """Every series, in an order that depends on nothing but the data."""
    every = [clean(s) for read in (test_sets, originals, other_people) for s in read(data)]
    return [series for series in every if series.sentences]


def cut(series: Sequence[Series], lengths: Sequence[int], seed: int) -> Iterator[tuple[int, list[str]]]:
    """Documents of `lengths` sentences, as passages of one to four: (index of the series, passages).

    Short series of the same group and label (the articles of an outlet) are joined, so that none is lost for being short.
    """
    rng = random.Random(seed)
    pools: dict[tuple[str, str, str], list[tuple[int, str]]] = defaultdict(list)
    for index, one in enumerate(series):
        key = one.name if len(one.sentences) >= 40 else "/".join(one.name.split("/")[:1])
        pools[key, one.group, one.label].extend((index, text) for text in one.sentences)
    for _, sentences in sorted(pools.items()):
        start = 0
        while start < len(sentences):
            size = rng.choice(lengths)
            piece = sentences[start : start + size]
            start += size
            if len(piece) < max(2, size * 0.7):
                break
            yield piece[0][0], _passages([text for _, text in piece], rng)


def _passages(sentences: list[str], rng: random.Random) -> list[str]:
    passages: list[str] = []
    while sentences:
        size = rng.randint(1, 4)
        passages.append(" ".join(sentences[:size]))
        sentences = sentences[size:]
    return passages
