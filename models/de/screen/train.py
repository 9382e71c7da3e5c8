#!/usr/bin/env python3
"""Trains, calibrates and measures the screen for German.

    python models/de/screen/train.py --data ../shared/data        writes weights, meta and the tables of CARD.md here
    python models/de/screen/train.py --tiny --out FOLDER          the same steps on invented sentences, in seconds
    python models/de/screen/train.py --data DIR --scores FILE     only what documents of ten sentences score out of fold

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
from corpus import HUMAN, MACHINE, ORIGINAL, Series, read_all  # noqa: E402
from examples import TEST_FOLD, Examples  # noqa: E402
from safetensors.numpy import save_file  # noqa: E402

from audit.neural import screen as served  # noqa: E402
from audit.neural.ngrams import VIEWS  # noqa: E402

Floats = NDArray[np.float64]

TABLES = ("<!-- tables: written by train.py -->", "<!-- end of tables -->")
BITS = 19
TINY_BITS = 12
SEED = 20
# How far p(machine | translated) is trusted: its log odds are drawn this far from the prior. The machine head learns from English
# sources almost alone; in a language that it does not know it takes machines for people. Tried 0.4 to 1 (CARD.md).
TRUST = 0.7
OTHER_LANGUAGES = ("es", "it", "nl", "ru")
# Nothing in the data tells these apart, so they share what an undecided reader would leave them (CARD.md, limits).
OTHERS_SHARE = 0.2


@dataclass(frozen=True, eq=False)
class Fitted:
    """Coefficients of p(translated) and p(machine | translated), each shape (terms,), and the language scale and offset."""

    translated: Floats
    machine: Floats
    scale: float
    offset: float


@dataclass(frozen=True, eq=False)
class Scores:
    """Out-of-fold scores of every document, the first two summed over the views."""

    translated: Floats
    machine: Floats
    language: Floats
    words: NDArray[np.int64]


def summed(learnt: list[heads.Learnt]) -> Scores:
    translated, machine = (np.sum([view.scores[:, head] for view in learnt], axis=0) for head in (0, 1))
    place = [view.name for view in VIEWS].index(heads.LANGUAGE_VIEW)
    return Scores(translated, machine, learnt[place].scores[:, 2], learnt[0].words)


def fit(examples: Examples, scores: Scores, chosen: NDArray[np.int64]) -> Fitted:
    """Calibrates on the out-of-fold scores of `chosen`."""
    weights = cut.length_blind(examples, chosen, scores.words)
    is_translated = ~examples.labelled(ORIGINAL)[chosen]
    translated = learn.calibrate(served.terms(scores.translated[chosen], scores.words[chosen]), is_translated, weights)
    among = chosen[is_translated]
    seen = served.terms(scores.machine[among], scores.words[among])
    machine = TRUST * learn.calibrate(seen, examples.labelled(MACHINE)[among], weights[is_translated])
    machine[0] += (1 - TRUST) * np.log(cut.PRIOR[MACHINE] / cut.PRIOR[HUMAN])
    told = np.flatnonzero(np.isin(examples.source, heads.LANGUAGES) & (examples.group == "wmt21"))
    second = examples.source[told] == heads.LANGUAGES[1]
    even = np.where(second, 0.5 / max(second.sum(), 1), 0.5 / max((~second).sum(), 1))
    offset, scale = learn.calibrate(np.stack([np.ones(len(told)), scores.language[told]], axis=1), second, even)
    return Fitted(translated, machine, float(scale), float(offset))


def answers(scores: Scores, fitted: Fitted) -> measure.Answers:
    """What the served model would say."""
    translated = learn.sigmoid(served.terms(scores.translated, scores.words) @ fitted.translated)
    manner = learn.sigmoid(served.terms(scores.machine, scores.words) @ fitted.machine)
    second = learn.sigmoid(fitted.scale * scores.language + fitted.offset)
    return measure.Answers(translated, translated * manner, scores.machine, second)


def write(out: Path, learnt: list[heads.Learnt], fitted: Fitted, tokenizer: str, familiar: NDArray[np.uint8], bits: int) -> None:
    """Writes the weights, the tokenizer and the meta file; `version` is a digest of what was learnt."""
    out.mkdir(parents=True, exist_ok=True)
    tensors = {view.name: np.ascontiguousarray(one.table) for view, one in zip(VIEWS, learnt, strict=True)}
    tensors["familiar"] = familiar
    save_file(tensors, out / served.WEIGHTS_FILE)
    (out / served.TOKENIZER_FILE).write_text(tokenizer, encoding="utf-8")
    calibration = {
        "translated": [round(float(number), 6) for number in fitted.translated],
        "machine": [round(float(number), 6) for number in fitted.machine],
    }
    digest = hashlib.sha256((out / served.WEIGHTS_FILE).read_bytes() + tokenizer.encode("utf-8"))
    digest.update(json.dumps(calibration).encode("utf-8"))
    meta = {
        "format": served.FORMAT,
        "version": f"de-{digest.hexdigest()[:10]}",
        "bits": bits,
        "heads": {view.name: heads.heads_of(view.name) for view in VIEWS},
        "calibration": calibration,
        "languages": {"names": heads.LANGUAGES, "scale": round(fitted.scale, 6), "offset": round(fitted.offset, 6),
                      "others": OTHER_LANGUAGES, "others_share": OTHERS_SHARE},
    }  # fmt: skip
    (out / served.META_FILE).write_text(json.dumps(meta, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def write_tables(card: Path, tables: str) -> None:
    """Replaces what stands between the two marks of a card."""
    text = card.read_text(encoding="utf-8")
    before, rest = text.split(TABLES[0])
    after = rest.split(TABLES[1])[1]
    card.write_text(f"{before}{TABLES[0]}\n\n{tables}\n{TABLES[1]}{after}", encoding="utf-8")


def report(examples: Examples, scores: Scores) -> str:
    """All tables. The calibration behind them saw nothing of the test fold."""
    said = answers(scores, fit(examples, scores, np.flatnonzero(examples.fold != TEST_FOLD)))
    parts = (
        ("Original against machine", measure.detection(examples, said)),
        ("People against machines, the same sources", measure.against_people(examples, said)),
        ("Reliability", measure.calibration(examples, said)),
        ("Source language", measure.languages(examples, said, heads.LANGUAGES)),
        ("By year", measure.by_year(examples, said)),
        ("By register", measure.by_register(examples, said)),
        ("By length", measure.by_length(examples, said, scores.words)),
        ("Operating points", measure.operating_points(examples, said)),
    )
    return "\n".join(line for title, lines in parts for line in (f"### {title}", "", *lines, ""))


def write_scores(path: Path, series: list[Series], examples: Examples, scores: Scores, seed: int) -> None:
    """JSON Lines: each document of the tested length as it was written, and what tables that never saw its fold say of it."""
    said = answers(scores, fit(examples, scores, np.arange(len(examples))))
    with path.open("w", encoding="utf-8") as file:
        for index, (owner, passages, kind) in enumerate(cut.cuts(series, seed)):
            if kind != cut.TESTED:
                continue
            row = {
                "id": f"{owner.name}#{index}", "label": owner.label, "group": owner.group, "year": owner.year,
                "p_machine": round(float(said.machine[index]), 5), "p_translated": round(float(said.translated[index]), 5),
                "text": "\n\n".join(passages),
            }  # fmt: skip
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


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
    parser.add_argument("--scores", type=Path, help="write out-of-fold scores here and nothing else")
    options = parser.parse_args(argv)
    if not options.tiny and options.data is None:
        parser.error("--data or --tiny is needed")
    if options.tiny and options.out == HERE:
        parser.error("--tiny needs --out: it would overwrite the real weights")
    series = tiny.series(options.seed) if options.tiny else read_all(options.data)
    examples = cut.cut_examples(series, options.seed)
    bits = TINY_BITS if options.tiny else BITS
    learnt, tokenizer, familiar = learn_views(series, examples, None if options.tiny else options.data, bits)
    scores = summed(learnt)
    if options.scores:
        write_scores(options.scores, series, examples, scores, options.seed)
        return 0
    write(options.out, learnt, fit(examples, scores, np.arange(len(examples))), tokenizer, familiar, bits)
    tables = report(examples, scores)
    print(tables)
    if (options.out / "CARD.md").exists():
        write_tables(options.out / "CARD.md", tables)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
