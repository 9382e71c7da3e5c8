#!/usr/bin/env python3
"""Trains, calibrates and measures the screen for German.

    python models/de/screen/train.py --data ../shared/data        writes weights and meta here, prints the tables of CARD.md
    python models/de/screen/train.py --tiny --out FOLDER          the same steps on invented sentences, in seconds

Groups of series (a year's test set, a bucket of articles, an outlet) are dealt to four folds; the last is the test fold. Every
document is scored by tables that saw nothing of its fold. The calibration that the tables of CARD.md are measured with is fitted
on the other three folds; the one that ships on all four; the weights that ship learn from everything.
Needs numpy, scipy, tokenizers and safetensors: what the program itself installs.
"""

from __future__ import annotations

import os

for _threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_threads] = "1"  # one order of additions: the same seed gives the same bytes

import argparse  # noqa: E402
import hashlib  # noqa: E402
import json  # noqa: E402
import sys  # noqa: E402
from dataclasses import dataclass  # noqa: E402
from multiprocessing import get_context  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy as np  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[2])]

import examples as cut  # noqa: E402
import heads  # noqa: E402
import learn  # noqa: E402
import measure  # noqa: E402
import tiny  # noqa: E402
import vocabulary as counted  # noqa: E402
from corpus import Series, read_all  # noqa: E402
from examples import CLASSES, TEST_FOLD, Examples  # noqa: E402
from safetensors.numpy import save_file  # noqa: E402

from audit.neural import screen as served  # noqa: E402
from audit.neural.ngrams import VIEWS  # noqa: E402

Floats = NDArray[np.float64]

BITS = 19
TINY_BITS = 12
SEED = 20
OTHER_LANGUAGES = ("es", "it", "nl", "ru")
# Nothing in the data tells these apart, so they share what an undecided reader would leave them (CARD.md, limits).
OTHERS_SHARE = 0.2


@dataclass(frozen=True, eq=False)
class Fitted:
    """The calibrating layer, shape (classes, terms), and the language scale and offset."""

    calibration: Floats
    scale: float
    offset: float


def all_terms(learnt: list[heads.Learnt]) -> Floats:
    """The serving code's terms for every document, from out-of-fold scores. Shape (documents, terms)."""
    scores = np.stack([view.scores[:, head] for head in (0, 1) for view in learnt], axis=1)
    return np.stack([served.terms(row, int(words)) for row, words in zip(scores, learnt[0].words, strict=True)])


def language_score(learnt: list[heads.Learnt]) -> Floats:
    place = [view.name for view in VIEWS].index(heads.LANGUAGE_VIEW)
    return learnt[place].scores[:, 2]


def fit(examples: Examples, learnt: list[heads.Learnt], chosen: NDArray[np.int64]) -> Fitted:
    """Calibrates on the out-of-fold scores of `chosen`."""
    inputs = all_terms(learnt)[chosen]
    weights = cut.prior_weights(examples, chosen)
    calibration = learn.multinomial(inputs, examples.label[chosen], weights, len(CLASSES))
    told = np.flatnonzero((examples.label != 0) & np.isin(examples.source, heads.LANGUAGES))
    told = told[examples.group[told] == "wmt21"]
    second = (examples.source[told] == heads.LANGUAGES[1]).astype(np.int64)
    even = np.where(second == 1, 0.5 / max(second.sum(), 1), 0.5 / max((1 - second).sum(), 1))
    line = np.stack([np.ones(len(told)), language_score(learnt)[told]], axis=1)
    theta = learn.multinomial(line, second, even, 2)
    offset, scale = theta[1] - theta[0]
    return Fitted(calibration, float(scale), float(offset))


def write(out: Path, learnt: list[heads.Learnt], fitted: Fitted, tokenizer: str, familiar: NDArray[np.uint8], bits: int) -> None:
    """Writes the weights, the tokenizer and the meta file; `version` is a digest of what was learnt."""
    out.mkdir(parents=True, exist_ok=True)
    tensors = {view.name: np.ascontiguousarray(one.table) for view, one in zip(VIEWS, learnt, strict=True)}
    tensors["familiar"] = familiar
    save_file(tensors, out / served.WEIGHTS_FILE)
    (out / served.TOKENIZER_FILE).write_text(tokenizer, encoding="utf-8")
    calibration = [[round(float(number), 6) for number in row] for row in fitted.calibration]
    digest = hashlib.sha256((out / served.WEIGHTS_FILE).read_bytes() + tokenizer.encode("utf-8"))
    digest.update(json.dumps(calibration).encode("utf-8"))
    meta = {
        "format": served.FORMAT,
        "version": f"de-{digest.hexdigest()[:10]}",
        "bits": bits,
        "heads": {view.name: heads.heads_of(view.name) for view in VIEWS},
        "classes": CLASSES,
        "calibration": calibration,
        "languages": {"names": heads.LANGUAGES, "scale": round(fitted.scale, 6), "offset": round(fitted.offset, 6),
                      "others": OTHER_LANGUAGES, "others_share": OTHERS_SHARE},
    }  # fmt: skip
    (out / served.META_FILE).write_text(json.dumps(meta, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def report(examples: Examples, learnt: list[heads.Learnt]) -> str:
    """All tables. The calibration behind them saw nothing of the test fold."""
    rest = np.flatnonzero(examples.fold != TEST_FOLD)
    honest = fit(examples, learnt, rest)
    p = learn.softmax(all_terms(learnt) @ honest.calibration.T)
    second = 1 / (1 + np.exp(-(honest.scale * language_score(learnt) + honest.offset)))
    parts = (
        ("Original against machine", measure.detection(examples, p)),
        ("People against machines, the same sources", measure.against_people(examples, p)),
        ("Reliability", measure.calibration(examples, p)),
        ("Source language", measure.languages(examples, second, heads.LANGUAGES)),
        ("By year", measure.by_year(examples, p)),
        ("By register", measure.by_register(examples, p)),
        ("Operating points", measure.operating_points(examples, p)),
    )
    return "\n".join(line for title, lines in parts for line in (f"### {title}", "", *lines, ""))


def learn_views(
    series: list[Series], examples: Examples, data: Path | None, bits: int
) -> tuple[list[heads.Learnt], str, NDArray[np.uint8]]:
    """Tables and out-of-fold scores of every view, two views at a time; the tokenizer and its flags."""
    tokens = counted.vocabulary(counted.count_words(series))
    tokenizer = counted.tokenizer(tokens).to_str()
    zipf, names = (counted.frequencies(data), counted.place_names(data)) if data else (tiny.FREQUENCIES, set[str]())
    familiar = counted.familiar(list(tokens), zipf, names)
    jobs = [heads.Job(index, bits, tokenizer, familiar, examples) for index in reversed(range(len(VIEWS)))]
    with get_context("fork").Pool(2) as pool:
        learnt = pool.map(heads.learn_view, jobs, chunksize=1)
    return learnt[::-1], tokenizer, familiar


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder with german/, mtht/, parallel/, lexicon/ and names/")
    parser.add_argument("--out", type=Path, default=HERE, help="where to write (default: beside this recipe)")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument(
        "--tiny", action="store_true", help="invented sentences and small tables: tries the recipe, not the language"
    )
    options = parser.parse_args(argv)
    if not options.tiny and options.data is None:
        parser.error("--data or --tiny is needed")
    if options.tiny and options.out == HERE:
        parser.error("--tiny needs --out: it would overwrite the real weights")
    series = tiny.series(options.seed) if options.tiny else read_all(options.data)
    examples = cut.cut_examples(series, options.seed)
    bits = TINY_BITS if options.tiny else BITS
    learnt, tokenizer, familiar = learn_views(series, examples, None if options.tiny else options.data, bits)
    write(options.out, learnt, fit(examples, learnt, np.arange(len(examples))), tokenizer, familiar, bits)
    print(report(examples, learnt))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
