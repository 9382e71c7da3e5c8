"""How fast the encoder is: sentences a second, an article's comparisons, and a large model of the same kind in the same run.

    OMP_NUM_THREADS=1 python tests/bench/bench_encoder.py [--device cpu|cuda] [--large]

The sentences are those of the bundled stories, each with one word masked; what an article costs is measured on what the program
asks about these stories, and on 450 words of them with 40 places and three alternatives each. ``--large`` adds a randomly
initialised encoder of the shape of XLM-R-large (24 layers of 1,024; what quality estimation models are built on), which needs
2.3 GB; the figure that counts is the ratio.
"""

from __future__ import annotations

import argparse
import os
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from audit.article import Article
from audit.assets import Assets
from audit.auditor import Auditor
from audit.neural.encoder import Encoder, Query
from audit.options import Options
from audit.types import Document, Finding

ROOT = Path(__file__).resolve().parents[2]
WORDS, PLACES = 450, 40


def sentences() -> list[str]:
    """The sentences of the bundled stories."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "reports" / "stories").rglob("*.txt"))]
    cut = re.split(r"(?<=[.!?])\s+", " ".join(texts))
    return [sentence for sentence in cut if len(sentence.split()) > 4]


def seconds(work: Callable[[], object], least: float = 3.0) -> float:
    """Mean wall time of one run, after one that warms up."""
    work()
    runs, start = 0, time.perf_counter()
    while (took := time.perf_counter() - start) < least:
        work()
        runs += 1
    return took / max(1, runs)


def asked(encoder: Encoder) -> tuple[float, int]:
    """Seconds that the encoder takes for the findings of the bundled stories, and their words."""
    auditor = Auditor("de", options=Options(min_probability=0.0))
    auditor.encoder = encoder
    heard: list[tuple[Article, list[Finding]]] = []
    second = auditor.second.heard

    def remembered(article: Article, findings: Sequence[Finding]) -> list[Finding]:
        heard.append((article, list(findings)))
        return second(article, findings)

    auditor.second.heard = remembered  # type: ignore[method-assign]
    paths = sorted((ROOT / "reports" / "stories").rglob("*.txt"))
    report = auditor.audit(Document(id=path.stem, text=path.read_text(encoding="utf-8")) for path in paths)
    return seconds(lambda: [second(article, findings) for article, findings in heard]), sum(row.words for row in report.documents)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--large", action="store_true")
    args = parser.parse_args()
    encoder = Encoder.load(Assets("de").path("encoder/weights").parent, args.device)
    found = sentences()
    many = (found * (1 + 512 // len(found)))[:512]
    words = [re.search(r"\w+", sentence) for sentence in many]
    # Without alternatives a query is one pass; what the words score alone is remembered from the first run on.
    passes = [Query(sentence, m.start(), m.end(), ()) for sentence, m in zip(many, words, strict=True) if m]
    one = seconds(lambda: encoder.likelihoods(passes))
    length = encoder.tokens(many) / len(many)
    threads = os.environ.get("OMP_NUM_THREADS", "all")
    print(f"one pass: {len(many) / one:.0f} sentences/s ({length:.0f} tokens a sentence, {args.device}, {threads} threads)")

    took, words = asked(encoder)
    print(f"what the program asks of an article: {1000 * took / words * WORDS:.1f} ms for {WORDS} words")

    article = " ".join(found)
    article = " ".join(article.split()[:WORDS])
    places = list(re.finditer(r"\w{4,}", article))[:: max(1, len(article.split()) // (2 * PLACES))][:PLACES]
    others = ("Gespräch", "Bericht", "Verfahren")
    queries = [Query(article, m.start(), m.end(), others) for m in places]
    took = seconds(lambda: encoder.fit(queries))
    print(f"an article of {WORDS} words, {len(queries)} places with {len(others)} alternatives each: {1000 * took:.0f} ms")

    if args.large:
        import torch
        from transformers import XLMRobertaConfig, XLMRobertaModel

        large = XLMRobertaModel(
            XLMRobertaConfig(hidden_size=1024, num_hidden_layers=24, num_attention_heads=16, intermediate_size=4096)
        ).eval()
        ids = torch.randint(10, 1000, (16, round(length)))
        with torch.inference_mode():
            slow = seconds(lambda: large.to(args.device)(ids.to(args.device))) / len(ids)
        ratio = slow * len(many) / one
        print(f"XLM-R-large shape: {1 / slow:.1f} sentences/s of the same length; ours is {ratio:.0f} times as fast")


if __name__ == "__main__":
    main()
