"""Counts which word classes follow which in genuine German, and writes ngrams.safetensors.

    python models/de/ngrams/build.py --data DIR

DIR holds german/, mtht/ and parallel/ as gzipped tables (CARD.md names them). Half of the outlets and articles of the
newspaper texts is left out, so that false alarms can be measured on it. Words are tagged, without context, by HanTa.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np

from audit.ngrams import MARKS, Coded, Ngrams, key, suffix_key
from audit.text import tokenize

HERE = Path(__file__).resolve().parent
# Words seen this often get a class of their own tags; closed-class words seen this often are their own class.
LEAST_WORD = 4
LEAST_LITERAL = 400
CLOSED = ("ART", "APPR", "KO", "PD", "PI", "PP", "PR", "PW", "PTK", "VA", "VM", "ADV", "PAV", "PROAV", "APZR")
# A reading this much less likely (natural log) than the best one is left out of the bundle.
READINGS = 4.0
# A transition is judged only where chance would have made it this often, and attested from this share of that on.
LEAST_EXPECTED = 8.0
SHARE = 0.01
# A noun opens chains (measures, titles) or follows in them from this many times and this share of its occurrences on.
LEAST_PAIRS = 3
OPENS = 0.02
FOLLOWS = 0.03
YEARS_OUT = {2012, 2014, 2017, 2020, 2021}


def held_out(document: str) -> bool:
    """Whether a document (or outlet) is kept for measuring."""
    return hashlib.md5(document.encode()).digest()[0] % 2 == 1


def outlet(document: str) -> str:
    """The outlet that a document id of the newspaper texts names."""
    return re.split(r"[._-]", document, maxsplit=1)[0]


def rows(path: Path) -> Iterator[list[str]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield line.rstrip("\n").split("\t")


def genuine(data: Path, part: float) -> Iterator[str]:
    """Paragraphs of genuine German; ``part`` is the share of the parliamentary debates that is read."""
    for i, row in enumerate(rows(data / "german/bundestag_2009-2015.tsv.gz")):
        if i % 100 < 100 * part:
            yield row[1]
    for row in rows(data / "german/wikinews.tsv.gz"):
        if not held_out(row[0]):
            yield row[1]
    for row in rows(data / "german/wmt_original_2008-2022.tsv.gz"):
        if not held_out(outlet(row[2]) if row[2] else row[0]):
            yield row[5]
    for row in rows(data / "german/reden_barbaresi.tsv.gz"):
        yield row[1]
    for name in ("newscommentary_ced_en-de", "tatoeba_manythings_en-de", "ntrex_en-de"):
        for row in rows(data / f"parallel/{name}.tsv.gz"):
            yield row[-1]
    for path in sorted((data / "mtht").glob("wmt*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                segment = json.loads(line)
                if segment["year"] not in YEARS_OUT:
                    yield from (
                        text for name, text in segment["refs"].items() if segment.get("refsim", {}).get(name, [0])[0] < 0.8
                    )


def tag_bundle(word: str, tagger: object) -> str:
    """The parts of speech a word may have, those far less likely left out; adjectives with their endings."""
    readings = tagger.tag_word(word)  # type: ignore[attr-defined]
    best = readings[0][1]
    tags = {tag for tag, value in readings if value > best - READINGS}
    tags = {"NN" if tag == "NNI" else tag for tag in tags}
    if "ADJ(A)" in tags:
        ending = next((e for e in ("en", "er", "es", "em", "e") if word.endswith(e)), "")
        tags = (tags - {"ADJ(A)"}) | {f"ADJ(A)-{ending}"}
    return "|".join(sorted(tags))


def lexicon(counts: Counter[str]) -> tuple[list[str], dict[int, int]]:
    """Names of the classes and the class of each known word and ending."""
    from HanTa import HanoverTagger

    tagger = HanoverTagger.HanoverTagger("morphmodel_ger.pgz")
    names = list(MARKS)
    place = {name: i for i, name in enumerate(names)}
    words: dict[int, int] = {}
    endings: dict[int, Counter[int]] = {}
    bundles = {word: tag_bundle(word, tagger) for word, n in counts.items() if n >= LEAST_WORD}
    common = Counter(bundles.values())
    for word, bundle in sorted(bundles.items()):
        if word[0].isupper() and counts[word[0].lower() + word[1:]] > 2 * counts[word]:
            continue
        closed = word.islower() and counts[word] >= LEAST_LITERAL and bundle.startswith(CLOSED)
        name = f"={word}" if closed else bundle if common[bundle] >= 12 else bundle.split("|")[0]
        if name not in place:
            place[name] = len(names)
            names.append(name)
        words[key(word)] = place[name]
        if not closed:
            endings.setdefault(suffix_key(word), Counter())[place[name]] += 1
    for ending, found in endings.items():
        code, n = min(found.items(), key=lambda item: (-item[1], item[0]))
        if n >= 3 and ending not in words:
            words[ending] = code
    return names, words


def noun_pairs(texts: Iterator[str], coder: Ngrams) -> tuple[list[int], list[int]]:
    """Keys of the nouns that open a chain of nouns in genuine text, and of those that follow in one."""
    nouns = {i for i, name in enumerate(coder.names) if name.startswith(("NN", "NE"))}
    common = {i for i, name in enumerate(coder.names) if name == "NN"}
    seen: Counter[str] = Counter()
    opens: Counter[str] = Counter()
    follows: Counter[str] = Counter()
    for text in texts:
        tokens = [token for token in tokenize(text) if token.text not in '„“”"»«']
        for one, two in pairwise(tokens):
            if one.kind != "word" or two.kind != "word" or not (one.text[0].isupper() and two.text[0].isupper()):
                if one.kind == "word" and one.text[0].isupper():
                    seen[one.text] += 1
                continue
            seen[one.text] += 1
            first, second = coder.of(one.text), coder.of(two.text)
            if first in common and (second in nouns or second in (12, 13)):
                opens[one.text] += 1
            if second in common and first in nouns:
                follows[two.text] += 1
    opening = sorted(key(word) for word, n in opens.items() if n >= LEAST_PAIRS and n >= OPENS * seen[word])
    following = sorted(key(word) for word, n in follows.items() if n >= LEAST_PAIRS and n >= FOLLOWS * seen[word])
    return opening, following


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", type=Path, required=True)
    args.add_argument("--part", type=float, default=0.6, help="share of the parliamentary debates to read (default 0.6)")
    opt = args.parse_args()
    counts: Counter[str] = Counter()
    for text in genuine(opt.data, opt.part):
        counts.update(token.text for token in tokenize(text) if token.kind == "word")
    names, words = lexicon(counts)
    coder = Ngrams(names, words, [], {}, frozenset(), LEAST_EXPECTED)
    codes: list[int] = []
    for text in genuine(opt.data, opt.part):
        codes.extend(code for code, _ in map(Coded._make, coder.code(tokenize(text))))
    stream = np.array(codes, dtype=np.int64)
    write(stream, names, words, noun_pairs(genuine(opt.data, opt.part), coder))


def write(stream: np.ndarray, names: list[str], words: dict[int, int], pairs_of_nouns: tuple[list[int], list[int]]) -> None:
    """Count, prune and save."""
    from safetensors.numpy import save_file

    size = len(names)
    unigrams = np.bincount(stream, minlength=size).astype(np.int64)
    pairs, pair_counts = np.unique(stream[:-1] * size + stream[1:], return_counts=True)
    triples, triple_counts = np.unique((stream[:-2] * size + stream[1:-1]) * size + stream[2:], return_counts=True)
    table = np.zeros(size * size, dtype=np.int64)
    table[pairs] = pair_counts
    middle = (triples // size) % size
    expected = table[triples // size] * table[triples % (size * size)] / unigrams[middle]
    kept = (expected >= LEAST_EXPECTED) & (triple_counts >= np.maximum(1, SHARE * expected))
    keep_pairs = pair_counts >= 3
    order = sorted(words)
    save_file(
        {
            "word_keys": np.array(order, dtype=np.uint32),
            "word_classes": np.array([words[word] for word in order], dtype=np.uint16),
            "unigrams": unigrams.astype(np.uint32),
            "bigram_keys": pairs[keep_pairs].astype(np.uint32),
            "bigram_counts": pair_counts[keep_pairs].astype(np.uint32),
            "openers": np.array(pairs_of_nouns[0], dtype=np.uint32),
            "followers": np.array(pairs_of_nouns[1], dtype=np.uint32),
            "trigrams": triples[kept].astype(np.uint32 if size**3 < 2**32 else np.uint64),
        },
        HERE / "ngrams.safetensors",
        metadata={"classes": json.dumps(names, ensure_ascii=False), "least": str(LEAST_EXPECTED)},
    )
    print(f"{len(stream)} tokens, {size} classes, {len(words)} words and endings, {keep_pairs.sum()} pairs, {kept.sum()} triples")


if __name__ == "__main__":
    main()
