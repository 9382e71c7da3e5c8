"""Readings of nouns, Swiss spelling among them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from audit.types import Finding


@pytest.mark.parametrize(
    "text",
    [
        "Auf der Strasse nach Thun kam es am Montag zu einem Unfall, in der Langstrasse blieb es ruhig.",
        "Die Stadt will die Busse von 250 Franken erlassen, mit der grossen Strasse ist niemandem gedient.",
        "Das Mass ist voll, sagte der Rat, und gab der Schlossstrasse einen neuen Namen.",
    ],
)
def test_swiss_spelling_goes_together(text: str, find: Callable[..., list[Finding]]) -> None:
    assert find("agreement", text) == []


def test_a_mismatch_in_swiss_spelling_is_found(find: Callable[..., list[Finding]]) -> None:
    found = find("agreement", "Der Unfall geschah am Montag auf einer Fussgängerstreifen in Zürich.")
    assert [finding.quote for finding in found] == ["einer Fussgängerstreifen"]
