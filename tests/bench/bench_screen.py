#!/usr/bin/env python3
"""How many articles a second the screen reads, beside langdetect on the same articles in the same run.

    python tests/bench/bench_screen.py [--articles N] [--documents FILE.jsonl]

Without --documents the articles are 450 words each, drawn with a fixed seed from German words by their frequency and set in
sentences: as varied as news to a tokenizer, if not to a reader. With it, the texts of the file are cut into 450 words.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from audit.neural.screen import Screen  # noqa: E402

WORDS = 450
PASSAGES = 8
FLOOR = 1500  # articles a second on two cores that the screen promises
VOCABULARY = 40_000


def invented(number: int) -> list[list[str]]:
    """Articles of WORDS words in PASSAGES passages."""
    from wordfreq import top_n_list, word_frequency

    words = top_n_list("de", VOCABULARY)
    weights = [word_frequency(word, "de") for word in words]
    rng = random.Random(1)
    drawn = rng.choices(words, weights, k=WORDS * 200)
    sentences = []
    while drawn:
        size = rng.randint(8, 24)
        sentence, drawn = drawn[:size], drawn[size:]
        cased = [word.capitalize() if len(word) > 6 and rng.random() < 0.5 else word for word in sentence]
        sentences.append(" ".join(cased).capitalize() + rng.choice((".", ".", ",", "?", " – ja.")))
    return cut(" ".join(sentences).split(), number)


def cut(words: list[str], number: int) -> list[list[str]]:
    step = WORDS // PASSAGES + 1
    articles = [words[start : start + WORDS] for start in range(0, len(words) - WORDS + 1, WORDS)]
    passages = [[" ".join(article[at : at + step]) for at in range(0, WORDS, step)] for article in articles]
    return (passages * (number // len(passages) + 1))[:number]


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=3000)
    parser.add_argument("--detected", type=int, default=60, help="articles that langdetect reads (it is slow)")
    parser.add_argument("--documents", type=Path)
    options = parser.parse_args(argv)
    if options.documents:
        rows = [json.loads(line)["text"] for line in options.documents.read_text(encoding="utf-8").splitlines()]
        articles = cut(" ".join(rows).split(), options.articles)
    else:
        articles = invented(options.articles)
    start = time.perf_counter()
    screen = Screen.load(ROOT / "models/de/screen")
    print(f"load: {time.perf_counter() - start:.3f} s")
    screen.score(articles[:50])
    rates = []
    for _ in range(3):
        cpu, start = time.process_time(), time.perf_counter()
        screen.score(articles)
        wall, used = time.perf_counter() - start, time.process_time() - cpu
        rates.append(len(articles) / wall)
        print(f"screen: {rates[-1]:.0f} articles a second ({1000 * used / len(articles):.2f} ms of processor each)")
    from langdetect import DetectorFactory, detect

    DetectorFactory.seed = 0
    texts = ["\n".join(article) for article in articles[: options.detected]]
    detect(texts[0])
    start = time.perf_counter()
    for text in texts:
        detect(text)
    rate = len(texts) / (time.perf_counter() - start)
    print(f"langdetect: {rate:.0f} articles a second")
    print(f"ratio: {max(rates) / rate:.1f} (screen, best of three, to langdetect; {os.cpu_count()} cores)")
    print(f"floor of {FLOOR} articles a second: {'kept' if max(rates) >= FLOOR else 'MISSED'}")
    return 0 if max(rates) >= FLOOR else 1


if __name__ == "__main__":
    raise SystemExit(main())
