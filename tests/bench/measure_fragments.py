"""How many foreign words left in German text are found, by their number and language.

    python tests/bench/measure_fragments.py --data DATA [--sentences 300] [--seed 1] [--misses 0]

DATA holds ``german/wikinews.tsv.gz`` and ``other_lang/*.tsv.gz``. In a German sentence of ten words and more, the words
after the fourth are replaced by as many consecutive words of a foreign sentence (small letters only, no numbers). A run
counts as found where a finding overlaps it. Columns: share found with positive weight, share found at all (for documents
that look machine-translated anyway), share of the found ones whose language is right. False alarms are measured by
``measure_surface.py --detectors foreign_fragment site_furniture --only-originals``.
"""

from __future__ import annotations

import argparse
import gzip
import random
from collections.abc import Iterator
from pathlib import Path

from audit.auditor import Auditor
from audit.detectors import detectors
from audit.text import tokenize
from audit.types import Document

SOURCES = {
    "en": "en_news_wmt.tsv.gz",
    "fr": "fr_news_wmt.tsv.gz",
    "es": "es_news_wmt.tsv.gz",
    "nl": "nl_ntrex_flores_tatoeba.tsv.gz",
}
LENGTHS = (1, 2, 3, 5, 8)
KEPT = 4  # German words before the foreign ones
LEAST_WORDS = 10


def lines(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield line.rstrip("\n").rpartition("\t")[2]


def german_sentences(data: Path, auditor: Auditor) -> list[str]:
    """Sentences without quotation marks, parentheses or colons."""
    found = []
    for number, text in enumerate(lines(data / "german" / "wikinews.tsv.gz")):
        for segment in auditor.article(Document(id=str(number), text=text)).prose:
            for start, end in segment.sentences:
                sentence = segment.text[start:end]
                if sentence.count(" ") + 1 >= LEAST_WORDS and not set(sentence) & set("„“”\"'«»():[]"):
                    found.append(sentence)
    return found


def foreign_runs(data: Path, lang: str, length: int) -> list[str]:
    """The first run of so many words in small letters, four letters long on average or more, of each sentence."""
    found = []
    for text in lines(data / "other_lang" / SOURCES[lang]):
        words = text.split()[1:]
        for at in range(len(words) - length):
            run = words[at : at + length]
            if all(word.isalpha() and word.islower() for word in run) and sum(map(len, run)) >= 4 * length:
                found.append(" ".join(run))
                break
    return found


def mixed(sentence: str, run: str) -> tuple[str, int]:
    """The sentence with the run in place of as many of its words, and where the run begins."""
    tokens = [token for token in tokenize(sentence) if token.kind == "word"]
    first, last = tokens[KEPT], tokens[min(KEPT + run.count(" "), len(tokens) - 2)]
    return sentence[: first.start] + run + sentence[last.end :], first.start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sentences", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--misses", type=int, default=0, help="show so many of what was not found")
    args = parser.parse_args()
    auditor = Auditor("de")
    detect = detectors()["foreign_fragment"].detect
    german = german_sentences(args.data, auditor)
    print("lang words    n  positive  found  language")
    for lang in SOURCES:
        for length in LENGTHS:
            draw = random.Random(f"{args.seed}/{lang}/{length}")
            runs = foreign_runs(args.data, lang, length)
            positive = found = right = 0
            missed = []
            for _ in range(args.sentences):
                text, start = mixed(draw.choice(german), run := draw.choice(runs))
                article = auditor.article(Document(id="x", text=text))
                findings = detect(auditor.context(article, (), "foreign_fragment"))
                over = [f for f in findings if f.start < start + len(run) and start < f.end]
                best = max(over, key=lambda finding: finding.weight, default=None)
                positive += best is not None and best.weight > 0
                found += best is not None
                right += best is not None and best.evidence[0].lang == lang
                missed += [text] if best is None or best.weight <= 0 else []
            n = args.sentences
            print(f"{lang:4} {length:5} {n:4} {positive / n:9.2f} {found / n:6.2f} {right / max(found, 1):9.2f}")
            for text in missed[: args.misses]:
                print("     ", text)


if __name__ == "__main__":
    main()
