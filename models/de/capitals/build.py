"""Makes capitals.tsv: German words that are written with a capital letter only, and words that never are.

    python models/de/capitals/build.py --data DATA

DATA holds ``german/bundestag_2009-2015.tsv.gz`` and ``german/laws_sample.tsv.gz`` (document, tab, paragraph a line; both are
official works). Only words in mid-sentence are counted: behind a letter or comma and one space. Takes about
twenty seconds.
"""

from __future__ import annotations

import argparse
import gzip
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCES = ("bundestag_2009-2015.tsv.gz", "laws_sample.tsv.gz")
# A word in mid-sentence; what touches a hyphen, an apostrophe or a full stop is left out (compounds, abbreviations).
# A noun behind an article, a preposition or a word with an adjective's ending.
DETERMINED = re.compile(
    r"\b(?:[dD](?:er|ie|as|en|em|es)|[kms]?eine?|ihre?|unsere?|[a-zäöüß]+e[mnrs]|i[mn]|am|zu[mr]|vom|beim|mit|ohne) "
    r"([A-ZÄÖÜ][a-zäöüß]{2,})(?![\w'’/-]|\.\w)"
)
WORD = re.compile(r"(?<=[a-zäöüß,] )([A-ZÄÖÜ][a-zäöüß]{2,}|[a-zäöüß]{3,})(?![\w'’/-]|\.\w)")
# A noun: seen this often, and in lower case at most once in so many times (slips of the stenographers are that rare).
LEAST_NOUN, NOUN_ODDS = 20, 1500
# Names are written with capitals too, but an article, adjective or preposition stands before them seldom.
# (measured: surnames at most 0.06, common nouns mostly above 0.3).
LEAST_DETERMINED = 0.15
# A plain word: seen this often in lower case, and with a capital (in titles and names) at most once in so many times.
LEAST_PLAIN, PLAIN_ODDS = 300, 2000


def paragraphs(data: Path) -> Iterator[str]:
    for name in SOURCES:
        with gzip.open(data / "german" / name, "rt", encoding="utf-8") as file:
            for line in file:
                yield line.partition("\t")[2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    counts: Counter[str] = Counter()
    determined: Counter[str] = Counter()
    for paragraph in paragraphs(parser.parse_args().data):
        counts.update(WORD.findall(paragraph))
        determined.update(DETERMINED.findall(paragraph))
    rows = []
    for word in sorted({word.lower() for word in counts}):
        upper, lower = counts[word.capitalize()], counts[word]
        if upper >= LEAST_NOUN and lower * NOUN_ODDS <= upper and determined[word.capitalize()] >= LEAST_DETERMINED * upper:
            rows.append(f"{word}\tnoun")
        elif lower >= LEAST_PLAIN and upper * PLAIN_ODDS <= lower:
            rows.append(f"{word}\tplain")
    (HERE / "capitals.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
