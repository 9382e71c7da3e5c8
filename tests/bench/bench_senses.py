"""How long the evidence for wrong senses takes: milliseconds an article of about 450 words with three siblings.

    python tests/bench/bench_senses.py --data DIR

Articles: German originals of the WMT news tests and Wikinews, cut or joined to 450 words, with three others as siblings. Lexicon
loaded, words of the language looked up before (a batch looks each up once), alignment done: what remains is reading the article
and its siblings through the lexicon and trying it. One thread, processor time.
"""

from __future__ import annotations

import argparse
import gzip
import os
import statistics
import sys
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path[:0] = [str(Path(__file__).resolve().parents[2])]

from audit.auditor import Auditor  # noqa: E402
from audit.detectors import wrong_sense  # noqa: E402
from audit.siblings import Sibling  # noqa: E402
from audit.types import Document  # noqa: E402

_WORDS = 450
_MATES = 3
_ARTICLES = 40


def texts(data: Path) -> list[str]:
    """Pieces of 450 words of one topic after the other."""
    words: list[str] = []
    with gzip.open(data / "german" / "wikinews.tsv.gz", "rt", encoding="utf-8") as file:
        for line in file:
            words += line.rstrip("\n").split("\t")[-1].split()
            if len(words) > _WORDS * _ARTICLES * (_MATES + 1):
                break
    return [" ".join(words[i : i + _WORDS]) for i in range(0, len(words) - _WORDS, _WORDS)]


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", type=Path, required=True)
    auditor = Auditor("de")
    pieces = texts(args.parse_args().data)
    taken = []
    for i in range(0, len(pieces) - _MATES, _MATES + 1):
        for _ in range(2):  # the first time fills the look-ups of words; articles are read anew each time
            article, *others = (
                auditor.article(Document(id=str(n), text=text)) for n, text in enumerate(pieces[i : i + _MATES + 1])
            )
            context = auditor.context(article, [Sibling(other, 0.3) for other in others], "wrong_sense")
            since = time.process_time()
            wrong_sense.detect(context)
            spent = 1000 * (time.process_time() - since)
        taken.append(spent)
    print(f"{len(taken)} articles of {_WORDS} words with {_MATES} siblings: median {statistics.median(taken):.1f} ms,"
          f" fastest {min(taken):.1f} ms, slowest {max(taken):.1f} ms")  # fmt: skip


if __name__ == "__main__":
    main()
