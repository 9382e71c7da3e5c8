"""Makes spellings.tsv, spellings_wiktionary.tsv, places.txt and given_names.txt: names as another language spells them.

    python models/de/names/build.py --data DATA

DATA holds ``names/cldr_names.tsv.gz`` (Unicode CLDR), ``names/naturalearth_cities_PD.tsv.gz`` (Natural Earth) and
``names/wiktionary_prop_{en,es,fr,nl}-de.tsv.gz`` (Wiktionary, CC BY-SA 3.0). Given names are also counted in
``german/bundestag_2009-2015.tsv.gz`` (official works), ``german/wmt_original_2008-2022.tsv.gz`` and ``mtht/wmt*_en-de.jsonl.gz``
(news, single words only). people.tsv, beside this file, is kept by hand. Takes half a minute and 450 MB (the lists of wordfreq).
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from simplemma import is_known
from wordfreq import zipf_frequency

HERE = Path(__file__).resolve().parent
LANGUAGES = ("fr", "nl", "en", "es", "it")
# A spelling that German texts themselves use this often (Zipf) is German too: Tokyo, Milano, Erdogan.
MOST_GERMAN = 2.7
# The German form is ten times as frequent in German texts as the other one, or both are too rare for the list.
LEAST_ODDS = 1.0
# The other language uses its own spelling at least this much more often (Zipf) than German does.
LEAST_FOREIGN = 0.4
# Rows of Wiktionary whose gloss says one of these are proper names of places and organisations.
PLACE_GLOSS = re.compile(
    r"\b(?:city|town|capital|country|island|islands|river|region|state|province|continent|sea|ocean|canton|republic|"
    r"mountains?|peninsula|lake|autonomous community|territory|kingdom)\b"
)
GIVEN_GLOSS = re.compile(r"\bgiven name\b")
# Editions of dictionaries under a licence other than Wiktionary's.
OTHER_LICENCE = re.compile(r"^freedict")


WORDS = re.compile(r"[\w-]+|[^\w\s]")
CAPITAL = re.compile(r"[A-ZÀ-ÖØ-ÞŠŽĆČ][a-zß-öø-ÿšžćčğışłńęą]+(?:-[A-ZÀ-Ö][a-zß-öø-ÿ]+)?")
ARTICLES = frozenset(
    {
        "der",
        "die",
        "das",
        "des",
        "dem",
        "den",
        "ein",
        "eine",
        "eines",
        "einem",
        "einen",
        "einer",
        "im",
        "am",
        "zum",
        "zur",
        "vom",
        "beim",
        "ihre",
        "seine",
        "unsere",
    }
)
ADJECTIVE = re.compile(r"^[a-zäöü]{3,}(?:en|er|es|em|e)$")
# Seen before a surname fewer times than this, a word may be anything.
LEAST_SEEN = 3
NO_GIVEN = frozenset(
    {
        "New",
        "San",
        "Santa",
        "Los",
        "Las",
        "El",
        "La",
        "Le",
        "Saint",
        "St",
        "Sankt",
        "Real",
        "Frau",
        "Herrn",
        "Dr",
        "Prof",
        "Mr",
        "Mrs",
        "Ms",
        "Lord",
        "Sir",
        "Lady",
        "Bad",
        "Nord",
        "Süd",
    }
)


class Spelling(NamedTuple):
    """One row: how a language writes a name, its German form, and how clearly the two are apart.

    ``odds``: log10 of how much more often German texts use the German form; ``foreign``: log10 of how much more often the other
    language uses the written form than German does.
    """

    written: str
    german: str
    lang: str
    kind: str
    odds: float
    foreign: float
    source: str


@cache
def zipf(text: str, lang: str) -> float:
    """The Zipf value of the rarest content word: articles and particles say nothing of a name."""
    words = [word for word in re.findall(r"[\w'’]+", text) if len(word) > 2] or [text]
    return min(zipf_frequency(word, lang) for word in words)


def spelling(written: str, german: str, lang: str, kind: str, source: str) -> Spelling | None:
    """The row, or None where the written form is German as well or nothing tells the two apart."""
    written, german = written.strip(), german.strip()
    if not written or not german or written == german or re.search(r"[\d()/,:;]", written + german) or len(written) < 3:
        return None
    if not written[0].isupper() or not german[0].isupper():
        return None
    odds = zipf(german, "de") - zipf(written, "de")
    foreign = zipf(written, lang) - zipf(written, "de")
    if zipf(written, "de") > MOST_GERMAN or odds < LEAST_ODDS or foreign < LEAST_FOREIGN:
        return None
    return Spelling(written, german, lang, kind, round(odds, 2), round(foreign, 2), source)


def people() -> Iterator[Spelling | None]:
    """Full names and, where the parts correspond, surnames and given names of people.tsv.

    These rows were checked by hand, so neither frequency list needs to know a name; it must only not be German too.
    """
    with (HERE / "people.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            lawful = row["german"].split("|")
            parts_lawful = {part for name in lawful for part in name.split()}
            for lang in ("fr", "nl", "en", "es"):
                for written in row[lang].split("|"):
                    yield from _person(written, lawful, parts_lawful, lang, row["kind"])


def _person(written: str, lawful: list[str], parts: set[str], lang: str, kind: str) -> Iterator[Spelling | None]:
    if written in lawful or not written[:1].isupper():
        return
    german, own = lawful[0].split(), written.split()
    if kind != "person":
        yield _checked(written, lawful[0], lang, kind)
    elif len(german) == len(own) > 1:
        yield _checked(own[-1], german[-1], lang, "surname") if own[-1] not in parts else None
        yield _checked(own[0], german[0], lang, "given") if own[0] not in parts else None


def _checked(written: str, german: str, lang: str, kind: str) -> Spelling | None:
    if zipf(written, "de") > max(1.0, zipf(german, "de") - LEAST_ODDS) or written == german:
        return None
    odds, foreign = zipf(german, "de") - zipf(written, "de"), zipf(written, lang) - zipf(written, "de")
    return Spelling(written, german, lang, kind, round(odds, 2), round(foreign, 2), "own")


def rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def places(names: Path) -> Iterator[Spelling | None]:
    for row in rows(names / "cldr_names.tsv.gz"):
        if row["type"] in {"territory", "city"}:
            for lang in LANGUAGES:
                yield spelling(row[lang] or "", row["de"], lang, "place", "cldr")
    for row in rows(names / "naturalearth_cities_PD.tsv.gz"):
        for lang in ("fr", "en", "es"):
            yield spelling(row[lang] or "", row["de"], lang, "place", "naturalearth")


def german_places(names: Path) -> set[str]:
    """How German names territories and cities, whether or not another language differs."""
    listed = [row["de"] for row in rows(names / "cldr_names.tsv.gz") if row["type"] in {"territory", "city"}]
    listed += [row["de"] for row in rows(names / "naturalearth_cities_PD.tsv.gz")]
    return {place for place in listed if re.fullmatch(r"[^\W\d_][^\d()/,]+", place) and place[0].isupper()}


def wiktionary(names: Path) -> Iterator[tuple[Spelling | None, set[str]]]:
    """Places as spellings, and the given names of either language."""
    for lang in ("en", "es", "fr", "nl"):
        for row in rows(names / f"wiktionary_prop_{lang}-de.tsv.gz"):
            sources = [source for source in row["provenance"].split(",") if not OTHER_LICENCE.match(source)]
            if not sources:
                continue
            given = {row["src"], row["tgt"]} if GIVEN_GLOSS.search(row["gloss"]) else set()
            place = PLACE_GLOSS.search(row["gloss"]) and float(row["weight"]) >= 0.45
            yield spelling(row["src"], row["tgt"], lang, "place", "wiktionary") if place else None, given


def write(path: Path, found: Iterable[Spelling | None]) -> None:
    """One German form for a written one and language: the one best attested."""
    best: dict[tuple[str, str], Spelling] = {}
    for row in found:
        if row is not None:
            key = (row.written, row.lang)
            if key not in best or (row.odds, row.german) > (best[key].odds, best[key].german):
                best[key] = row
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("\t".join(Spelling._fields) + "\n")
        for row in sorted(best.values()):
            file.write("\t".join(map(str, row)) + "\n")


def german_lines(data: Path) -> Iterator[str]:
    """German text in which people are named: debates, German news, and news translated by people."""
    with gzip.open(data / "german/bundestag_2009-2015.tsv.gz", "rt", encoding="utf-8") as file:
        yield from (line.partition("\t")[2] for line in file)
    with gzip.open(data / "german/wmt_original_2008-2022.tsv.gz", "rt", encoding="utf-8") as file:
        yield from (line.rpartition("\t")[2] for line in file)
    for path in sorted((data / "mtht").glob("wmt*_en-de.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                yield from json.loads(line)["refs"].values()


def counted_given_names(lines: Iterable[str], roles: tuple[str, ...]) -> set[str]:
    """Capitalised words that stand before words which are no German nouns, and hardly ever behind an article.

    "Joe" is followed by a surname; so are "Firma" and "Stadt", but those have articles.
    """
    total, named, articled = Counter[str](), Counter[str](), Counter[str]()
    for line in lines:
        words = WORDS.findall(line)
        for before, word, after in zip(words, words[1:], words[2:], strict=False):
            if not CAPITAL.fullmatch(word) or before in '.!?:“„»«"–':
                continue
            total[word] += 1
            articled[word] += before.lower() in ARTICLES or bool(ADJECTIVE.search(before))
            if CAPITAL.fullmatch(after) and not is_known(after, lang="de"):
                named[word] += 1
    return {
        word
        for word, count in named.items()
        if count >= 0.4 * total[word]
        and articled[word] <= 0.2 * total[word]
        and count >= LEAST_SEEN
        and not word.lower().endswith(roles)
        and word not in NO_GIVEN
        and not is_known(word.lower(), lang="en")
    }


def given_names(found: set[str]) -> list[str]:
    with (HERE / "people.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if row["kind"] == "person":
                names = "|".join(row[column] for column in ("german", "fr", "nl", "en", "es")).split("|")
                found |= {name.split()[0] for name in names if " " in name}
    return sorted(name for name in found if re.fullmatch(r"[^\W\d_]+(?:-[^\W\d_]+)*", name) and name[0].isupper())


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--data", type=Path, required=True)
    data: Path = arguments.parse_args().data
    names = data / "names"
    write(HERE / "spellings.tsv", [*people(), *places(names)])
    (HERE / "places.txt").write_text("\n".join(sorted(german_places(names))) + "\n", encoding="utf-8")
    shared = list(wiktionary(names))
    write(HERE / "spellings_wiktionary.tsv", [row for row, _ in shared])
    roles = tuple(tomllib.loads((HERE / "rules.toml").read_text(encoding="utf-8"))["roles"])
    counted = counted_given_names(german_lines(data), roles)
    given = given_names(counted | {name for _, found in shared for name in found})
    (HERE / "given_names.txt").write_text("\n".join(given) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
