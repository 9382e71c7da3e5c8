#!/usr/bin/env python3
"""Measures what the encoder's comparison is worth to each detector, and fits the weights of [de.contrast].

    python models/de/encoder/weigh.py --data ../shared/data [--documents N]

Findings in text that the encoder never saw, improbable ones included: genuine German, and documents that two people translated,
each the other's sibling (whatever is found there is false); machine translations of newstest2021 that people marked (MQM) and
machine-translated Wikipedia that people corrected (MLQE-PE), where a finding is right if it touches a marked or changed word;
machine translations of 2019 to 2021 with wrong senses that were judged (../lexicon/articles.py), by which alone wrong_sense is
measured, and beside which nothing counts. For each detector whose
findings carry a suggestion: the area under the curve of its own weight, of the encoder's fit, and of both; and bias and slope of
the logistic regression of right on wrong with the finding's own weight given. Documents are dealt to five folds; the figures are
those of the folds left out.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "lexicon"), str(HERE.parents[2])]

import articles  # noqa: E402
import corpus  # noqa: E402
from contrast import determiners  # noqa: E402

from audit.auditor import Auditor  # noqa: E402
from audit.contrast import Places  # noqa: E402
from audit.neural.encoder import Encoder, Query  # noqa: E402
from audit.options import Options  # noqa: E402
from audit.types import Document  # noqa: E402

FOLDS = 5
RIDGE = 0.05
# False findings in 1,000 words of genuine German at which recall is compared.
RATE = 0.2
BOUND = 8.0
# Tests of these years are in no training of the encoder.
YEARS = ("wmt19", "wmt20", "wmt21")
Floats = NDArray[np.float64]


class Case(NamedTuple):
    """A document, its siblings, and the ranges of characters that people marked; None: genuine, nothing to find.

    ``senses``: only wrong senses are marked, and not all of them.
    """

    document: Document
    siblings: tuple[Document, ...]
    marked: list[tuple[int, int]] | None
    senses: bool = False


class Seen(NamedTuple):
    """A finding: whose document, which detector, its own weight, the encoder's best fit, and whether it is right."""

    fold: int
    genuine: bool
    detector: str
    weight: float
    fit: float
    right: bool


def fold(name: str) -> int:
    return hashlib.md5(name.encode()).digest()[1] % FOLDS


def lines(path: Path) -> Iterator[dict[str, object]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def genuine(data: Path) -> Iterator[Case]:
    for number, texts in enumerate(corpus.originals(data, measured=True)):
        yield Case(Document(id=f"genuine-{number}", text="\n\n".join(texts)), (), None)


def marked(data: Path) -> Iterator[Case]:
    """Machine translations with people's spans; a human translation of the same document stands beside them as a sibling."""
    people: dict[str, list[str]] = defaultdict(list)
    for row in lines(data / "mtht" / "wmt21_en-de.jsonl.gz"):
        refs: dict[str, str] = row["refs"]  # type: ignore[assignment]
        people[str(row["doc"])].append(refs[min(refs)])
    groups: dict[tuple[str, str], dict[str, dict[str, object]]] = defaultdict(dict)
    for row in lines(data / "mqm" / "train.jsonl.gz"):
        segment = groups[str(row["doc"]), str(row["system"])].setdefault(str(row["seg"]), {"mt": row["mt"], "spans": []})
        segment["spans"] += row["spans"]  # type: ignore[operator]
    for (doc, system), segments in groups.items():
        text, spans = "", []
        for segment in segments.values():
            spans += [(len(text) + s["start"], len(text) + s["end"]) for s in segment["spans"]]  # type: ignore[union-attr]
            text += f"{segment['mt']}\n\n"
        mates = (Document(id=f"{doc}/people", text="\n\n".join(people[doc])),) if doc in people and fold(doc) % 2 else ()
        yield Case(Document(id=f"{doc}/{system}", text=text), mates, spans)


def corrected(data: Path) -> Iterator[Case]:
    """Machine-translated Wikipedia, ten sentences a document, and the words that people changed."""
    rows = [row for row in lines(data / "mtht" / "mlqe_pe_en-de.jsonl.gz") if row.get("tags")]
    for begin in range(0, len(rows), 10):
        text, spans = "", []
        for row in rows[begin : begin + 10]:
            mt, tags = changed(row)
            at = 0
            for word, bad in zip(mt.split(), tags, strict=False):
                at = mt.index(word, at)
                spans += [(len(text) + at, len(text) + at + len(word))] if bad else []
                at += len(word)
            text += f"{mt}\n\n"
        yield Case(Document(id=f"wikipedia-{begin}", text=text), (), spans)


def judged(data: Path) -> Iterator[Case]:
    """Machine translations with judged wrong senses, a human translation beside them."""
    for output in articles.outputs(data, YEARS):
        spans = [(place, place + len(mistake.written)) for place, mistake in output.mistakes.items()]
        mates = (Document(id=f"{output.id}/people", text=output.reference),)
        yield Case(Document(id=output.id, text=output.text), mates, spans, senses=True)


def people(data: Path) -> Iterator[Case]:
    """Translations by people, another person's beside them."""
    for name, one, other in articles.twice(data):
        if name[:5] in YEARS:
            yield Case(Document(id=name, text=one), (Document(id=f"{name}/other", text=other),), None)


def planted(data: Path) -> Iterator[Case]:
    """Genuine German in which determiners and endings were changed for others, two a document."""
    for number, texts in enumerate(corpus.originals(data, measured=True)):
        text, spans = "\n\n".join(texts), []
        random = np.random.default_rng((7, number))
        places = sorted((p.query for p in determiners(text, random)), key=lambda q: random.random())[:2]
        for query in sorted(places, key=lambda q: -q.start):
            other = query.alternatives[0]
            text = text[: query.start] + other + text[query.end :]
            spans = [(a + len(other) - (query.end - query.start), b + len(other) - (query.end - query.start)) for a, b in spans]
            spans.append((query.start, query.start + len(other)))
        yield Case(Document(id=f"planted-{number}", text=text), (), spans)


def changed(row: dict[str, object]) -> tuple[str, list[bool]]:
    """The machine's sentence and which of its words people changed; the tags alternate with those of the gaps between words."""
    hyps = row.get("hyps")
    mt = str(next(iter(hyps.values()))) if isinstance(hyps, dict) else str(row["mt"])
    tags = row["tags"]
    tags = tags.split() if isinstance(tags, str) else list(tags)  # type: ignore[call-overload]
    return mt, [tag == "BAD" for tag in tags[1::2]]


def seen(cases: list[Case], auditor: Auditor, encoder: Encoder) -> list[Seen]:
    """Every finding that the encoder can be asked about, with its fit."""
    found: list[tuple[Case, float, str, bool, Query]] = []
    for case in cases:
        report = auditor.audit([case.document], case.siblings)
        for row in report.documents:
            places = Places(auditor.article(case.document))
            for finding in row.findings:
                if (query := places.query(finding)) is not None:
                    right = any(a < finding.end and finding.start < b for a, b in case.marked or ())
                    # Marks of MQM and corrections do not say which word was a wrong sense; judged places say nothing of others.
                    sense = finding.detector == "wrong_sense"
                    if case.marked is None or (sense == case.senses and (right or not sense)):
                        found.append((case, finding.weight, finding.detector, right, query))
    fits = encoder.fit([query for *_, query in found])
    return [
        Seen(
            fold(case.document.id.split("/")[0]), case.marked is None, detector, weight, max(-BOUND, min(BOUND, max(fit))), right
        )
        for (case, weight, detector, right, _), fit in zip(found, fits, strict=True)
    ]


def fitted(offset: Floats, fit: Floats, right: Floats) -> Floats:
    """Bias and slope of the logistic regression of ``right`` on the fit, the finding's own log odds given (Newton's method)."""
    x = np.stack([np.ones_like(fit), fit], axis=1)
    beta = np.zeros(2)
    for _ in range(30):
        p = 1 / (1 + np.exp(-(offset + x @ beta)))
        hessian = (x * (p * (1 - p))[:, None]).T @ x + RIDGE * np.eye(2)
        beta = beta + np.linalg.solve(hessian, x.T @ (right - p) - RIDGE * beta)
    return beta


def found_at(score: Floats, right: Floats, genuine: NDArray[np.bool_], words: int) -> int:
    """How many right findings lie above the score that RATE findings in a thousand words of genuine German exceed."""
    false = np.sort(score[genuine])[::-1]
    allowed = int(RATE * words / 1000)
    least = false[allowed] if allowed < len(false) else -np.inf
    return int(((score > least) & (right > 0)).sum())


def auc(score: Floats, right: Floats) -> float:
    """Probability that a right finding scores above a wrong one; ties count half."""
    order = np.argsort(score, kind="stable")
    ranks = np.empty(len(score))
    _, first, counts = np.unique(score[order], return_index=True, return_counts=True)
    ranks[order] = np.repeat(first + (counts + 1) / 2, counts)
    n, m = right.sum(), (1 - right).sum()
    return float((ranks[right > 0].sum() - n * (n + 1) / 2) / max(1.0, n * m))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=HERE)
    parser.add_argument("--planted", action="store_true", help="genuine German with and without planted slips instead")
    parser.add_argument("--documents", type=int, default=250, help="of each kind")
    args = parser.parse_args()
    auditor = Auditor("de", options=Options(min_probability=0.0, seek_siblings=False))
    auditor.second.settings = {}
    random = np.random.default_rng(3)
    cases: list[Case] = []
    for kind in (genuine, planted) if args.planted else (genuine, people, marked, corrected, judged):
        every = list(kind(args.data))
        cases += [every[i] for i in random.permutation(len(every))[: args.documents]]
    rows = seen(cases, auditor, Encoder.load(args.model))
    words = sum(len(case.document.text.split()) for case in cases if case.marked is None)
    print("| detector | findings | right | AUC weight | AUC fit | AUC both | found without | found with | bias | slope |")
    print("|---" * 10 + "|")
    for detector in sorted({row.detector for row in rows}):
        part = [row for row in rows if row.detector == detector]
        weight, fit, right = (np.array([getattr(row, name) for row in part], dtype=float) for name in ("weight", "fit", "right"))
        folds = np.array([row.fold for row in part])
        both = np.zeros(len(part))
        for left in range(FOLDS):
            beta = fitted(weight[folds != left], fit[folds != left], right[folds != left])
            both[folds == left] = weight[folds == left] + beta[0] + beta[1] * fit[folds == left]
        bias, slope = fitted(weight, fit, right)
        figures = [f"{auc(score, right):.3f}" for score in (weight, fit, both)]
        genuine_ones = np.array([row.genuine for row in part])
        figures += [str(found_at(score, right, genuine_ones, words)) for score in (weight, both)]
        print(f"| {detector} | {len(part)} | {int(right.sum())} | {' | '.join(figures)} | {bias:.2f} | {slope:.3f} |")


if __name__ == "__main__":
    main()
