"""Finds the German words that word frequencies take for foreign ones ("tot", "her", "faire") and writes homographs.txt.

    python models/de/homographs/build.py --data DATA      # DATA/german/bundestag_2009-2015.tsv.gz, laws_sample.tsv.gz

Web frequencies fold case and count names, so that "her" or "tot" look more English or Dutch than German. In parliamentary
debates and federal law, small letters between two German words are German. A word is kept if it stands there at least
LEAST times and at least SHARE as often as its German web frequency promises: "and" and "the", which occur in names and
slogans, fall far short of theirs. Words that are FAR more common elsewhere ("posible") must stand there OFTEN.
"""

from __future__ import annotations

import argparse
import gzip
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from audit.language import Languages

HERE = Path(__file__).resolve().parent
SOURCES = ("bundestag_2009-2015.tsv.gz", "laws_sample.tsv.gz")
TOKEN = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*|[^\w\s]")
MARGIN = 0.5  # words that are less foreign than this need no entry
LEAST = 3
SHARE = 0.02
FAR = 2.4
OFTEN = 25


def lines(data: Path) -> Iterator[str]:
    for name in SOURCES:
        with gzip.open(data / "german" / name, "rt", encoding="utf-8") as file:
            for line in file:
                yield line.partition("\t")[2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with german/*.tsv.gz")
    args = parser.parse_args()
    languages = Languages("de", tomllib.loads((HERE.parent / "languages.toml").read_text(encoding="utf-8")))
    doubtful: dict[str, bool] = {}
    native: dict[str, bool] = {}

    def is_doubtful(word: str) -> bool:
        if word not in doubtful:
            foreign = languages.foreign(word)
            doubtful[word] = word.islower() and foreign is not None and foreign.margin >= MARGIN
        return doubtful[word]

    def is_native(word: str) -> bool:
        if word not in native:
            foreign = languages.foreign(word)
            native[word] = languages.zipf(word) >= 2 and (foreign is None or foreign.margin < MARGIN)
        return native[word]

    def is_kept(word: str, count: int) -> bool:
        foreign = languages.foreign(word)
        least = OFTEN if foreign is not None and foreign.margin >= FAR else LEAST
        return len(word) > 1 and count >= max(least, SHARE * total * 10 ** (languages.zipf(word) - 9))

    counts: Counter[str] = Counter()
    total = 0
    for line in lines(args.data):
        tokens = TOKEN.findall(line)
        total += len(tokens)
        for before, word, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
            if is_doubtful(word) and is_native(before) and (is_native(after) or not after[0].isalpha()):
                counts[word] += 1
    kept = sorted(word for word, count in counts.items() if is_kept(word, count))
    (HERE / "homographs.txt").write_text("\n".join(kept) + "\n", encoding="utf-8")
    print(f"{total:,} tokens, {len(counts):,} doubtful words, {len(kept):,} kept")


if __name__ == "__main__":
    main()
