"""The report's own words: complete in every language, numbers as each language writes them."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest

from audit.detectors import detectors
from audit.errors import UsageError
from audit.report.visible import Lines, on_one_line, visible
from audit.report.words import TEMPLATES, languages, words
from audit.types import SEVERITIES


def table(lang: str) -> dict[str, Any]:
    return tomllib.loads((TEMPLATES / f"words.{lang}.toml").read_text(encoding="utf-8"))


def shape(value: Any) -> Any:
    """Keys and placeholders."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in sorted(value.items())}
    return sorted(re.findall(r"\{(\w*)\}", value))


def test_every_language_has_the_same_words() -> None:
    assert set(languages()) >= {"de", "en"}
    for lang in languages():
        assert shape(table(lang)) == shape(table("de"))


def test_every_word_is_used() -> None:
    kinds = (".py", ".j2", ".js")
    sources = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.parent.rglob("*") if path.suffix in kinds)
    # Keys that are put together: one_document, many_stories, all_category …
    made = re.compile("(?:one|many)_(?:document|documents|story|stories)|all_(?:verdict|category|detector)")
    for key in table("de"):
        assert f'"{key}"' in sources or f"['{key}']" in sources or f"words[lang].{key}" in sources or made.fullmatch(key), key


def test_every_detector_and_language_has_a_name() -> None:
    spoken = tomllib.loads((TEMPLATES.parents[2] / "models" / "de" / "languages.toml").read_text(encoding="utf-8"))["names"]
    for lang in languages():
        assert set(detectors()) <= set(table(lang)["detector"])
        assert {detector.category for detector in detectors().values()} <= set(table(lang)["category_gloss"])
        assert set(spoken) <= set(table(lang)["language"])


def test_every_severity_has_a_name_and_a_new_detector_names_itself() -> None:
    for lang in languages():
        assert set(table(lang)["severity"]) == set(SEVERITIES)
        assert words(lang).name("detector", "brand_new") == "brand new"


@pytest.mark.parametrize(
    ("lang", "p", "written"),
    [
        ("de", 0.8, "80 %"),
        ("en", 0.8, "80%"),
        ("de", 0.996, ">\u202f99 %"),
        ("de", 0.004, "<\u202f1 %"),
        ("de", 1.0, "100 %"),
        ("de", 0.0, "0 %"),
        ("de", 0.995, ">\u202f99 %"),
        ("de", 0.99, "99 %"),
    ],
)
def test_per_cent_never_claims_more_than_is_known(lang: str, p: float, written: str) -> None:
    assert words(lang).percent(p) == written


def test_numbers_are_written_as_the_language_has_them() -> None:
    assert words("de").number(1234.56, 1) == "1.234,6"
    assert words("en").number(1234.56, 1) == "1,234.6"


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(UsageError, match="de, en"):
        words("../../x")


@pytest.mark.parametrize("text", ["a\x00b", "\u202eab\u2069", "ä\r\n\tb", "\x7f\x9b"])
def test_what_is_made_visible_keeps_its_offsets(text: str) -> None:
    assert len(visible(text)) == len(on_one_line(text)) == len(text)
    assert not re.search("[\x00-\x08\x7f-\x9f\u202a-\u202e\u2066-\u2069]", visible(text))
    assert on_one_line(text).isprintable()


def test_lines_end_at_every_kind_of_break() -> None:
    lines = Lines("eins\r\nzwei\rdrei\nvier")
    assert [lines.place(i) for i in (0, 4, 6, 11, 16, 20)] == [(1, 1), (1, 5), (2, 1), (3, 1), (4, 1), (4, 5)]
    assert [lines.text[slice(*lines.line(n))] for n in (1, 2, 3, 4)] == ["eins", "zwei", "drei", "vier"]
