"""Every regular expression of the program against strings made to slow it down, with how its time grows.

    python tests/bench/attack_patterns.py                 # those that grow faster than the text, slowest first
    python tests/bench/attack_patterns.py --all           # the list of all patterns with their places

A pattern is listed if twice the text costs it over three times the time (quadratic: four times), measured where it takes
more than a hundredth of a second.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from patterns import attacks, patterns, seconds


def main() -> int:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--all", action="store_true")
    args.add_argument("--length", type=int, default=4_000)
    chosen = args.parse_args()
    found = patterns()
    if chosen.all:
        for pattern, place in found:
            print(f"{place}\t{str(pattern.pattern)[:200]!r}")
        return 0
    rows, tried = [], 0
    for pattern, place in found:
        worst = (0.0, 0.0, "")
        for half, whole in zip(attacks(pattern, chosen.length), attacks(pattern, 2 * chosen.length), strict=True):
            tried += 1
            first = seconds(pattern, half)
            if first > 2.0 or (first > 0.005 and (took := seconds(pattern, whole)) > 3 * first):
                worst = max(worst, (first if first > 2.0 else took, first, half))
        if worst[2]:
            rows.append((worst, place, str(pattern.pattern)))
    for (took, first, text), place, source in sorted(rows, reverse=True):
        print(f"{first:7.3f} s → {took:7.3f} s  {place}  {source[:90]!r}  over {text[:24]!r}…{text[-3:]!r}")
    print(
        f"{len(found)} patterns, {tried:,} strings of {chosen.length:,} and twice as many characters, {len(rows)} grow too fast"
    )
    return int(any(took > 2.0 for (took, *_), *_ in rows))


if __name__ == "__main__":
    sys.exit(main())
