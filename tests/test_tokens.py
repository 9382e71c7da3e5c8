"""The short way through texts without addresses finds the same tokens as the long one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from audit.text import _TOKEN, View, clean, count_words, tokenize

_PIECES = st.sampled_from(
    ["Haus", "ß", "z.B.", "3,5", "12:30", "3a", "4x", "_", "-", "’", "'s", ".", ".de", ".deut", "at", ".at", "x.at/y",
     "@", "@hans", "a@b.c", "#eins", "www", "www.", "://", "http://x", "https", " ", "\n", "…", "(", "1.", "10.000",
     "E-Mail", "w" * 210, "é", "日本"]
)  # fmt: skip
_TEXTS = st.lists(_PIECES, max_size=12).map("".join)


def _the_long_way(text: str) -> list[tuple[str, int, int, str | None]]:
    def kind(name: str | None, word: str) -> str | None:
        return "address" if name == "word" and len(word) > 200 else name

    return [(match[0], match.start(), match.end(), kind(match.lastgroup, match[0])) for match in _TOKEN.finditer(text)]


@given(_TEXTS)
def test_the_same_tokens(text: str) -> None:
    assert [tuple(token) for token in tokenize(text)] == _the_long_way(text)


@given(_TEXTS)
def test_the_same_number_of_words(text: str) -> None:
    assert count_words(text) == sum(token.kind == "word" for token in tokenize(text))


def test_places_behind_what_is_counted_beforehand() -> None:
    text = "Ein Wort. " * 5_000
    view = clean(text)
    assert len(text) > 1 << 15
    assert list(view.starts) == list(range(len(text))) and list(view.ends) == list(range(1, len(text) + 1))
    middle = clean(text, 32_000, 33_500)
    assert middle.span(0, 5).start == 32_000 and middle.span(1_490, 1_500).end == 33_500


def test_views_that_need_no_change_stay() -> None:
    view = clean("Ein Satz.")
    assert view.strip() is view and View.join([clean(""), view], " ") is view
    assert View.join([view, view], " ").text == "Ein Satz. Ein Satz."
