#!/usr/bin/env python3
"""What it costs to find the stories in a large collection: seconds, memory, and how both grow with the number of articles.

    python tests/bench/bench_discovery.py [--articles 10000,30000,100000] [--days 365]

The articles are invented with a fixed seed: German words by their frequency (wordfreq), hundreds of topics with words of their
own, people and places whose fame follows Zipf's law, stories of one to six articles that share names, numbers and some words,
spread over so many days (three in four articles are dated). They are denser than real news, whose topics come and go.

Each size runs in a process of its own. Columns: reading (segments; what any audit costs), adding to the index, comparing, all
in seconds of processor time; peak memory of the process; cosines computed an article; share of the true pairs of a story that
are found, and strangers found an article; exponent of growth of adding and comparing since the last size.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import resource
import subprocess
import sys
import time
import tracemalloc
from bisect import bisect
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from audit.auditor import Auditor  # noqa: E402
from audit.siblings.index import StoryIndex  # noqa: E402
from audit.types import Document  # noqa: E402

TOPICS = 400
TOPIC_WORDS = 120
STORY_WORDS = 30
WORDS = 260
SENTENCE = 16
FIRST_DAY = date(2021, 1, 1)
_ONSETS, _VOWELS = (
    ("b", "br", "d", "dr", "f", "g", "gr", "h", "k", "l", "m", "n", "p", "r", "sch", "t", "w"),
    ("a", "e", "i", "o", "u", "ei"),
)
SYLLABLES = (_ONSETS, _VOWELS, ("l", "n", "r", "s", "t", "ck"), _ONSETS, _VOWELS)
COLUMNS = ("articles", "read s", "add s", "compare s", "total s", "peak MB", "cosines", "mates", "strangers", "exponent")


class Story(NamedTuple):
    """What the articles of one story draw on."""

    words: list[str]
    topic: list[str]
    day: date


class Draw:
    """Draws from a list by weight, many times."""

    def __init__(self, items: Sequence[str], weight: Callable[[int], float]) -> None:
        self.items = items
        self.sums = list(accumulate(weight(i) for i in range(len(items))))

    def some(self, rng: random.Random, number: int) -> list[str]:
        total = self.sums[-1]
        return [self.items[bisect(self.sums, rng.random() * total)] for _ in range(number)]


@cache
def vocabulary() -> tuple[str, ...]:
    from wordfreq import top_n_list

    return tuple(word for word in top_n_list("de", 120_000) if word.isalpha())


def names(rng: random.Random, number: int) -> list[str]:
    return ["".join(rng.choice(part) for part in SYLLABLES).capitalize() for _ in range(number)]


def invented(number: int, days: int, length: int = WORDS) -> Iterator[tuple[int, Document]]:
    """So many documents of ``length`` words, in no order of their stories, each with the number of its story."""
    from wordfreq import word_frequency

    rng = random.Random(7)
    words = vocabulary()
    common = Draw(words, lambda i: word_frequency(words[i], "de"))
    # People and places grow with a collection as words do, by the square root (Heaps' law), and fame follows Zipf's.
    famous = Draw(names(rng, 2_000 + 60 * math.isqrt(number)), lambda i: 1 / (i + 10))
    topics = [Draw(rng.sample(words[1_000:40_000], TOPIC_WORDS), lambda i: 1 / (i + 5)) for _ in range(TOPICS)]
    fame = Draw([str(i) for i in range(TOPICS)], lambda i: 1 / (i + 10))
    plan: list[tuple[int, Story]] = []
    while len(plan) < number:
        topic = topics[int(fame.some(rng, 1)[0])]
        own = rng.sample(words[5_000:], STORY_WORDS // 2) + famous.some(rng, STORY_WORDS // 3)
        own += [str(rng.randint(13, 9_999)) for _ in range(STORY_WORDS // 6)]
        story = Story(own, topic.some(rng, 40), FIRST_DAY + timedelta(days=rng.randrange(days)))
        plan += [(len(plan), story)] * rng.randint(1, 6)
    del plan[number:]
    rng.shuffle(plan)
    for i, (which, story) in enumerate(plan):
        drawn = (
            common.some(rng, length * 4 // 5)
            + rng.choices(story.topic, k=length // 10)
            + rng.choices(story.words, k=length // 11)
        )
        rng.shuffle(drawn)
        sentences = [" ".join(drawn[at : at + SENTENCE]).capitalize() + "." for at in range(0, len(drawn), SENTENCE)]
        text = "\n\n".join(" ".join(sentences[at : at + 4]) for at in range(0, len(sentences), 4))
        day = (story.day + timedelta(days=rng.randrange(3))).isoformat() if rng.random() < 0.75 else None
        yield which, Document(id=str(i), text=text, date=day)


def measure(number: int, days: int, overrides: Mapping[str, Any]) -> dict[str, float]:
    """One row of the table, without the exponent. Seconds are those of the processor."""
    auditor = Auditor("de")
    index = StoryIndex({**auditor.assets.settings["siblings"], **overrides})
    story: list[int] = []
    reading = adding = 0.0
    for which, document in invented(number, days):
        start = time.process_time()
        article = auditor.article(document)
        middle = time.process_time()
        index.add(article)
        reading, adding = reading + middle - start, adding + time.process_time() - middle
        story.append(which)
    start = time.process_time()
    mates = strangers = 0
    for pair in index.pairs():
        if story[pair.first] == story[pair.second]:
            mates += 1
        else:
            strangers += 1
    comparing = time.process_time() - start
    sizes: dict[int, int] = {}
    for which in story:
        sizes[which] = sizes.get(which, 0) + 1
    true = sum(size * (size - 1) // 2 for size in sizes.values())
    return {
        "articles": number,
        "read s": reading,
        "add s": adding,
        "compare s": comparing,
        "total s": reading + adding + comparing,
        "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "cosines": sum(len(left) for left, _ in index.proposals()) / number,
        "mates": mates / max(1, true),
        "strangers": 2 * strangers / number,
    }


def held(number: int, days: int) -> float:
    """Bytes that the index holds for an article, by tracemalloc."""
    auditor = Auditor("de")
    articles = [auditor.article(document) for _, document in invented(number, days)]
    index = StoryIndex(auditor.assets.settings["siblings"])
    for article in articles:
        index.add(article)  # once to fill the caches of lemmas and frequencies, which are bounded
    tracemalloc.start()
    index = StoryIndex(auditor.assets.settings["siblings"])
    for article in articles:
        index.add(article)
    return tracemalloc.get_traced_memory()[0] / number


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", default="10000,30000,100000", help="sizes, with commas between")
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="another value of a setting of [de.siblings]"
    )
    parser.add_argument("--alone", action="store_true", help="measure the first size in this process and print JSON")
    options = parser.parse_args()
    overrides = {key: json.loads(value) for key, _, value in (pair.partition("=") for pair in options.set)}
    sizes = [int(size) for size in options.articles.split(",")]
    if options.alone:
        print(json.dumps(measure(sizes[0], options.days, overrides)))
        return 0
    print("  ".join(f"{name:>9}" for name in COLUMNS))
    last: dict[str, float] | None = None
    for size in sizes:
        command = [sys.executable, __file__, "--alone", "--articles", str(size), "--days", str(options.days)]
        command += [f"--set={pair}" for pair in options.set]
        row = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        cost = row["add s"] + row["compare s"]
        if last is not None:
            row["exponent"] = math.log(cost / (last["add s"] + last["compare s"])) / math.log(size / last["articles"])
        last = row
        print(
            "  ".join(
                f"{row[name]:9.{3 if name in {'mates', 'exponent', 'strangers'} else 1}f}" if name in row else " " * 9
                for name in COLUMNS
            ),
            flush=True,
        )
    print(f"the index holds {held(1_000, options.days):,.0f} bytes an article (of 1,000)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
