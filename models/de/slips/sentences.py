"""The sentences that slips are put into: genuine German with tags (HanTa), drawn from DIR.

    python models/de/slips/sentences.py --data DIR --minutes 10 --out FILE

FILE (gzipped JSON Lines: words, tags, lemmas) is what train.py reads; it is not part of the project. Outlets and articles of news
whose name hashes to one of four quarters are used; the other three are kept for calibration and for the final figures. Tagging
is stopped after the minutes given, sources in the order below, so that what the project knows least of is not read first.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

from audit.text import tokenize

# Years of the test sets that are kept for measuring, and human "references" that are edited machine output.
YEARS_OUT = {2012, 2014, 2017, 2020, 2021}
LEAST_EDITED = 0.8
SHORTEST, LONGEST = 5, 45
SPACED = re.compile(r" ([,.;:!?)])")


def quarter(name: str) -> int:
    return hashlib.md5(name.encode()).digest()[0] % 4


def rows(path: Path) -> Iterator[list[str]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield line.rstrip("\n").split("\t")


def news(data: Path) -> Iterator[str]:
    for row in rows(data / "german/wikinews.tsv.gz"):
        if quarter(f"wn/{row[0]}") == 0:
            yield row[-1].replace("\\n", "\n")
    for row in rows(data / "german/wmt_original_2008-2022.tsv.gz"):
        if row[0] != "year":
            document = row[2] or f"{row[0]}-{int(row[4]) // 20}"
            if quarter(re.split(r"[._-]", f"wmt/{document}", maxsplit=1)[0]) == 0:
                yield row[-1]


def references(data: Path) -> Iterator[str]:
    """Translations by people of texts that were not German."""
    for path in sorted((data / "mtht").glob("wmt*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for segment in map(json.loads, file):
                if segment["year"] in YEARS_OUT or segment.get("origlang") == "de":
                    continue
                for name, text in segment["refs"].items():
                    if segment.get("refsim", {}).get(name, [0])[0] < LEAST_EDITED:
                        yield text


def genuine(data: Path) -> Iterator[str]:
    yield from news(data)
    yield from references(data)
    yield from (row[-1] for row in rows(data / "parallel/newscommentary_ced_en-de.tsv.gz"))
    yield from (row[1] for i, row in enumerate(rows(data / "german/reden_barbaresi.tsv.gz")) if i % 2 == 0)
    for row in rows(data / "german/wikipedia_small.tsv.gz"):
        yield SPACED.sub(r"\1", row[-1].replace("\\n", "\n"))
    yield from (row[-1] for row in rows(data / "german/ud_gsd_devtest.tsv.gz"))
    yield from (row[-1] for i, row in enumerate(rows(data / "parallel/tatoeba_manythings_en-de.tsv.gz")) if i % 12 == 0)
    for i, row in enumerate(rows(data / "german/bundestag_2009-2015.tsv.gz")):
        if i % 150 >= 3 and i % 9 == 0:
            yield row[1]


def tagged(data: Path, minutes: float) -> Iterator[dict[str, list[str]]]:
    from HanTa import HanoverTagger
    from sentencex import segment

    tagger = HanoverTagger.HanoverTagger("morphmodel_ger.pgz")
    end, seen = time.monotonic() + 60 * minutes, set[str]()
    for text in genuine(data):
        for sentence in (s.strip() for paragraph in text.split("\n") for s in segment("de", paragraph)):
            words = [token.text for token in tokenize(sentence)]
            if sentence in seen or not SHORTEST <= len(words) <= LONGEST:
                continue
            seen.add(sentence)
            triples = tagger.tag_sent(words)
            yield {"words": words, "tags": [t[2] for t in triples], "lemmas": [t[1] for t in triples]}
        if time.monotonic() > end:
            return


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", type=Path, required=True)
    args.add_argument("--minutes", type=float, default=10)
    args.add_argument("--out", type=Path, required=True)
    options = args.parse_args()
    with gzip.open(options.out, "wt", encoding="utf-8") as file:
        for sentence in tagged(options.data, options.minutes):
            file.write(json.dumps(sentence, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
