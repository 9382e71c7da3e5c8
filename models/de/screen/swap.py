#!/usr/bin/env python3
"""How far the score of a document moves when its places and persons are exchanged for others.

    python models/de/screen/swap.py --data ../shared/data

Newspaper articles and 2021 outputs; every listed name that occurs is replaced by another one, the same throughout.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[2])]

import corpus  # noqa: E402
from corpus import MACHINE, ORIGINAL  # noqa: E402

from audit.neural.screen import Screen  # noqa: E402

SEED = 3
SENTENCES = 10
MOST = 600
LEAST_SWAPPED = 2


def listed(data: Path) -> list[str]:
    """Single-word German names of large cities, countries and public persons' surnames."""
    names = {row[2] for row in list(corpus.read_rows(data / "names/naturalearth_cities_PD.tsv.gz"))[1:1500]}
    names |= {row[2] for row in list(corpus.read_rows(data / "names/mledoze_countries_ODbL.tsv.gz"))[1:]}
    names |= {row[1].split()[-1] for row in list(corpus.read_rows(data / "names/seed_persons_handmade.tsv.gz"))[1:]}
    return sorted(name for name in names if re.fullmatch(r"[A-ZÄÖÜ][a-zäöüß]{4,}", name))


def swapped(text: str, names: list[str], rng: random.Random) -> tuple[str, int]:
    """The text with other names, and how many different ones were exchanged."""
    found = set(re.findall(r"\b[A-ZÄÖÜ]\w{4,}\b", text)) & set(names)
    other = {name: rng.choice(names) for name in sorted(found)}
    return re.sub(r"\b[A-ZÄÖÜ]\w{4,}\b", lambda word: other.get(word[0], word[0]), text), len(found)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    data = parser.parse_args().data
    names, rng = listed(data), random.Random(SEED)
    groups = ("outlet-", "wikinews", "wmt21")
    labels = (MACHINE, ORIGINAL)
    chosen = [one for one in corpus.read_all(data) if one.group.startswith(groups) and one.label in labels]
    documents = [" ".join(passages) for _, passages in corpus.cut(chosen, [SENTENCES], SEED)]
    rng.shuffle(documents)
    pairs = [(text, *swapped(text, names, rng)) for text in documents]
    pairs = [pair for pair in pairs if pair[2] >= LEAST_SWAPPED][:MOST]
    screen = Screen.load(HERE)
    before, after = (screen.score([[pair[side]] for pair in pairs]) for side in (0, 1))
    moved = np.array([abs(one.p_machine - two.p_machine) for one, two in zip(before, after, strict=True)])
    print(f"{len(pairs)} documents of {SENTENCES} sentences, {np.mean([pair[2] for pair in pairs]):.1f} names exchanged in each")
    within = ", ".join(f"{np.mean(moved <= limit):.3f} of them within {limit}" for limit in (0.05, 0.1, 0.2))
    print(f"p_machine moves by {moved.mean():.3f} on average; {within}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
