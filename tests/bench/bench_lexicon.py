"""Coverage, size and speed of the German lexicon.

    python tests/bench/bench_lexicon.py [--frequencies DIR]

Coverage: of the known confusions (tests/cases/wrong_sense/confusions.tsv, written before the lexicon was built) those whose
written word has the other sense among its confusables through a pivot of that language. The inventories of senses were written
by the same hand, so coverage is also given for confusions whose foreign word is in no inventory. DIR with
wordfreq_<lang>.tsv.gz adds the share of each language's 5,000 commonest words that have a confusable pair or a translation.
"""

from __future__ import annotations

import argparse
import gzip
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from audit.siblings.lexicon import Lexicon  # noqa: E402

FOLDER = ROOT / "models" / "de" / "lexicon"
_CONTENT = 5000
CONFUSIONS = ROOT / "tests" / "cases" / "wrong_sense" / "confusions.tsv"


def confusions() -> list[tuple[str, str, str, str]]:
    rows = [line.split("\t") for line in CONFUSIONS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def inventoried() -> set[tuple[str, str]]:
    """The foreign words that have an entry in the hand-made inventories."""
    return {
        (path.stem, line.partition(":")[0])
        for path in (FOLDER / "senses").glob("*.txt")
        for line in path.read_text().splitlines()
    }


def is_covered(lexicon: Lexicon, lang: str, written: str, meant: str) -> bool:
    """Whether the written word has the other sense, or a near-synonym of it, among its confusables in this language."""
    word, other = lexicon.key(written), lexicon.key(meant)
    if word is None or other is None:
        return False
    wanted = {other} | {near for near, _ in lexicon.near(other)}
    return any(c.lang == lang and c.other in wanted for c in lexicon.confusables(word))


def coverage(lexicon: Lexicon) -> None:
    known = inventoried()
    seen: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for lang, pivot, written, meant in confusions():
        keys = ["all", lang, "in an inventory" if (lang, pivot) in known else "in no inventory"]
        seen.update(keys)
        if is_covered(lexicon, lang, written, meant):
            found.update(keys)
    for key in sorted(seen):
        print(f"coverage {key:<16} {found[key]:>4} of {seen[key]:>4}  {found[key] / seen[key]:.2f}")


def commonest(lexicon: Lexicon, folder: Path) -> None:
    """Words of four letters and more, in the lemma's form or not: inflected forms that have no entry count as missing."""
    entries: dict[str, set[str]] = defaultdict(set)
    for lang, pivot in lexicon.pivots():
        entries[lang].add(pivot)
    for lang in lexicon.languages:
        path = folder / f"wordfreq_{lang}.tsv.gz"
        if not path.exists():
            continue
        from simplemma import lemmatize

        with gzip.open(path, "rt", encoding="utf-8") as file:
            words = [line.split("\t")[0] for line in file]
        lemmas = (lemmatize(word, lang=lang).lower() for word in words[100:9000] if len(word) > 3 and word.isalpha())
        content: list[str] = list(dict.fromkeys(lemmas))[:5000]
        print(f"commonest {lang}: {sum(w in entries[lang] for w in content) / len(content):.2f} of {len(content)} are pivots")


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--frequencies", type=Path, metavar="DIR")
    options = args.parse_args()
    paths = FOLDER / "lexicon.safetensors", FOLDER / "vectors.safetensors"
    since = time.perf_counter()
    lexicon = Lexicon.load(*paths)
    took, size = time.perf_counter() - since, sum(path.stat().st_size for path in paths) / 1e6
    print(f"opened in {took:.3f} s, {size:.1f} MB, {len(lexicon)} words")
    words = [word for word in lexicon.words[:40_000] if word.isalpha()]
    for word in words:
        lexicon.key(word)
    since = time.perf_counter()
    rows = sum(len(lexicon.row(number)) for word in words if (number := lexicon.key(word)) is not None)
    print(f"{len(words) / (time.perf_counter() - since):.0f} look-ups a second, {rows} confusables seen")
    coverage(lexicon)
    if options.frequencies:
        commonest(lexicon, options.frequencies)


if __name__ == "__main__":
    main()
