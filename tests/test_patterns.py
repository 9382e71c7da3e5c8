"""No regular expression of the program takes long over a string that was made to make it slow."""

from __future__ import annotations

import re

import pytest
from patterns import Found, attacks, patterns, seconds

# A pattern that looks at each character a few times needs a millisecond for so many; one that starts anew at each needs far more.
LENGTH = 1_500
LONGEST = 0.1
GENERAL = ("a", "aa ", "1", "1.", " ", "\n", "[", "(", "Aa", "| ", "\u00ad", "&#1")


@pytest.fixture(scope="module")
def found() -> list[Found]:
    return patterns()


def test_patterns_of_code_and_tables_are_found(found: list[Found]) -> None:
    rooms = {place.split(":")[0] for _, place in found}
    assert (
        len(found) >= 150 and {"audit/text.py", "audit/layout.py", "audit/detectors/typography.py", "audit/furniture.py"} <= rooms
    )


def test_none_is_slow(found: list[Found]) -> None:
    slow: list[str] = []
    for pattern, place in found:
        for text in attacks(pattern, LENGTH, GENERAL):
            if (took := seconds(pattern, text)) > LONGEST:
                slow.append(f"{place}: {pattern.pattern!r} takes {took:.1f} s over {text[:30]!r}…")
                break
    assert slow == []


def test_the_attack_finds_a_pattern_that_is_known_to_be_bad() -> None:
    bad = re.compile(r"x(?:[a-z]+)+y")
    assert any(text.startswith("xaaa") for text in attacks(bad, 20, ()))
    assert max(seconds(bad, text) for text in attacks(bad, 24, ())) > 100 * seconds(bad, "xaaay")
