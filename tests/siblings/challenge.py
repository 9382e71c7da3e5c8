"""Reads the minimal pairs of tests/cases/wrong_sense: a word used wrongly and rightly, each with siblings.

Head line: foreign word | written > meant. Then one line each: ``-`` wrong use, ``+`` its siblings (`` // `` between them),
``=`` rightful use, ``~`` its siblings.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).resolve().parent.parent / "cases" / "wrong_sense"
LANGUAGES = ("en", "es", "fr", "it", "nl")


class Pair(NamedTuple):
    lang: str
    pivot: str
    written: str
    meant: str
    wrong: str
    wrong_siblings: list[str]
    right: str
    right_siblings: list[str]


def pairs() -> list[Pair]:
    """Every minimal pair, by language, in the order of the files."""
    found = []
    for lang in LANGUAGES:
        blocks = (FOLDER / f"{lang}.txt").read_text(encoding="utf-8").split("\n\n")
        for block in blocks[1:]:
            head, *lines = block.strip().splitlines()
            pivot, _, words = head.partition(" | ")
            written, _, meant = words.partition(" > ")
            texts = {line[0]: line[2:] for line in lines}
            siblings = {sign: texts[sign].split(" // ") for sign in "+~"}
            found.append(Pair(lang, pivot, written, meant, texts["-"], siblings["+"], texts["="], siblings["~"]))
    return found
