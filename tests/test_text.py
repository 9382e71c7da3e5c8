"""Offsets: whatever the text, what a view or a segment shows lies where it says in the original."""

from __future__ import annotations

import time
import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from audit.article import quotations
from audit.furniture import FurnitureRules, segments
from audit.layout import paragraphs
from audit.text import View, clean, tokenize, unmojibake
from audit.types import Document

# Everything that layout and cleaning react to, mixed into arbitrary Unicode.
_TRICKY = st.sampled_from(
    ["\r\n", "\n", "\u2028", "\u00ad", "\u200b", "\u202e", "\u00a0", "a\u0308", "\U0001f600", "\U0001f469\u200d\U0001f4bb", "ü",
     "Ã¼", "â€œ", "&amp;", "&#8220;", "| ", " |", "> ", "## ", "• ", "[1][", "]", "[x](http://a.b)", "**", "„", "“", "…",
     "\ufffd", "Wort ", "Ein Satz. ", "Haus-\n", "\x00", "\ufeff", "1. ", "23: 52 "]
)  # fmt: skip
_TEXT = st.lists(st.one_of(_TRICKY, st.text(max_size=8)), max_size=60).map("".join)


@settings(max_examples=400, deadline=None)
@given(_TEXT)
def test_every_character_of_a_view_has_its_place(original: str) -> None:
    view = clean(original)
    assert len(view.text) == len(view.starts) == len(view.ends)
    assert all(0 <= start < end <= len(original) for start, end in zip(view.starts, view.ends, strict=True))
    assert list(view.starts) == sorted(view.starts)
    _assert_faithful(original, view)


def _assert_faithful(original: str, view: View) -> None:
    """What stands for one character is that character, or white space for white space."""
    for i, character in enumerate(view.text):
        source = original[view.starts[i] : view.ends[i]]
        if len(source) == 1 and not source.isspace():
            assert character == source or unicodedata.normalize("NFC", source) == character


@settings(max_examples=300, deadline=None)
@given(_TEXT)
def test_segments_tokens_and_sentences_lie_in_order_and_inside(original: str) -> None:
    document = Document(id="x", text=original)
    last = 0
    for segment in segments(document, FurnitureRules(), "de"):
        span = segment.whole
        assert last <= span.start < span.end <= len(original)
        last = span.end
        for token in segment.tokens:
            assert segment.text[token.start : token.end] == token.text
            assert span.covers(segment.span(token.start, token.end))
        _assert_faithful(original, segment.view)
        for start, end in segment.sentences:
            assert segment.text[start:end].strip() == segment.text[start:end] != ""


def test_nothing_is_lost_of_plain_prose() -> None:
    text = "Ein Satz über Öl.\r\n\r\nNoch einer, mit – Strich und \U0001f600.\r\n"
    found = segments(Document(id="x", text=text), FurnitureRules(), "de")
    assert [segment.text for segment in found] == ["Ein Satz über Öl.", "Noch einer, mit – Strich und \U0001f600."]
    assert [text[s.whole.start : s.whole.end] for s in found] == [segment.text for segment in found]


def test_soft_hyphens_and_combining_marks_are_seen_through_but_quoted_as_they_are() -> None:
    text = "Die Do\u00adnau\u00addampf\u00adschiff\u00adfahrt u\u0308ber Wien."
    (segment,) = segments(Document(id="x", text=text), FurnitureRules(), "de")
    assert segment.text == "Die Donaudampfschifffahrt über Wien."
    start = segment.text.index("Donau")
    span = segment.span(start, start + len("Donaudampfschifffahrt"))
    assert text[span.start : span.end] == "Do\u00adnau\u00addampf\u00adschiff\u00adfahrt"
    at = segment.text.index("über")
    assert text[segment.span(at, at + 4).start : segment.span(at, at + 4).end] == "u\u0308ber"


def test_mojibake_is_read_as_what_it_was() -> None:
    assert unmojibake("Ã¼") == "ü" and unmojibake("â€œ") == "“" and unmojibake("xy") is None
    assert clean("FÃ¼r â€žallesâ€œ").text == "Für „alles“"
    assert unmojibake("É–") is None and unmojibake("Ä“") is None
    assert clean("Ärger über Ålesund – Großes").text == "Ärger über Ålesund – Großes"


def test_hard_wrapped_lines_in_frames_read_on() -> None:
    lines = [
        "# Kleinstadt: Rathaus wird neu gebaut",
        "Der Stadtrat von Neuenfelde hat am Abend mit großer Mehrheit dem Neubau",
        "des Rathauses zugestimmt. Die Arbeiten sollen im kommenden Frühjahr nach",
        "der Schneeschmelze beginnen und rund zwei Jahre dauern, teilte die Ver-",
        "waltung mit. Das alte Haus bleibt stehen und wird zur Bücherei umgebaut,",
        "in der auch das [2][Stadtarchiv] seinen Platz finden soll.",
        "Gegen den Plan stimmten nur die beiden Räte der Bürgerliste. Sie hatten",
        "auf die Kosten verwiesen, die seit dem ersten Entwurf um ein Drittel auf",
        "zwölf Millionen Euro gestiegen sind.",
        "## Wie es weitergeht",
    ]
    text = "".join(f"| {line} | |\n" for line in lines)
    found = paragraphs(text)
    assert [paragraph.heading for paragraph in found] == [True, False, False, True]
    assert "die Verwaltung mit" in found[1].view.text and "das Stadtarchiv seinen" in found[1].view.text
    assert found[2].view.text.startswith("Gegen den Plan") and found[2].view.text.endswith("gestiegen sind.")
    at = found[1].view.text.index("Verwaltung")
    span = found[1].view.span(at, at + len("Verwaltung"))
    assert text[span.start : span.end] == "Ver- | |\n| waltung"


def test_short_lines_of_a_poem_or_list_stay_apart() -> None:
    text = "Äpfel\nBirnen\nNüsse\nMehl\nZucker\nButter und Salz"
    assert len(paragraphs(text)) == 6


def test_tokens_keep_compounds_numbers_and_addresses_whole() -> None:
    found = [(token.text, token.kind) for token in tokenize("US-Präsident zahlt 41.000,50 Euro an www.bsp.de/x, hab' ich @wer.")]
    assert ("US-Präsident", "word") in found and ("41.000,50", "number") in found
    assert ("www.bsp.de/x,", "address") in found or ("www.bsp.de/x", "address") in found
    assert ("@wer", "address") in found
    assert [token.text for token in tokenize("Um 21h40 kam 3,5")] == ["Um", "21h40", "kam", "3,5"]


def test_quotations_of_every_style() -> None:
    text = "Er sagte „ja“, «nein», »nie«, “so” und \"da\" – geht's? „Nie zu"
    assert [text[q.start : q.end] for q in quotations(text)] == ["ja", "nein", "nie", "so", "da"]


def test_strings_too_long_for_a_word_are_none() -> None:
    long = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"
    kinds = [token.kind for token in tokenize(f"{long} {long}-{long} {'Haus' * 60}")]
    assert kinds == ["word", "word", "address"]


def test_frames_links_and_addresses_take_linear_time() -> None:
    for bait in ("| " * 50_000 + "x |", "**a " * 20_000, "." * 100_000, "a." * 60_000, "a+" * 50_000):
        started = time.process_time()
        for paragraph in paragraphs(bait):
            tokenize(paragraph.view.text)
        assert time.process_time() - started < 10  # seconds; with quadratic time it takes half a minute and more


def test_a_frame_of_bars_goes() -> None:
    lines = ["| Der Rat tagt heute. |", "| | Er berät lange. | |", "||", "| Dann ist Schluss. ||"]
    found = [paragraph.view.text for paragraph in paragraphs("\n".join(lines))]
    assert found == ["Der Rat tagt heute.", "| Er berät lange.", "Dann ist Schluss."]


def test_a_wrapped_text_quoted_in_a_mail_is_the_same_text() -> None:
    plain = (
        "Der Rat der Stadt hat am Montag lange über den Haushalt des nächsten\n"
        "Jahres beraten, ohne dass sich die Fraktionen auf eine gemeinsame\n"
        "Linie einigen konnten. Am Abend ging man auseinander, wie man gekommen\n"
        "war, und verschob die Abstimmung auf den Donnerstag der kommenden\n"
        "Woche.\n"
        "\n"
        "Der Kämmerer sprach von einer verlorenen Sitzung. Die Opposition hielt\n"
        "dagegen, man habe immerhin zwei der offenen Fragen geklärt."
    )
    quoted = "\n".join(f"> {line}".rstrip() for line in plain.split("\n"))
    texts = [[paragraph.view.text for paragraph in paragraphs(text)] for text in (plain, quoted)]
    assert texts[0] == texts[1] and len(texts[0]) == 2
