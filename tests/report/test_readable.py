"""The text as a reader knows it, its offsets, and two sentences side by side."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from audit.report.parallel import expected, runs
from audit.report.readable import Readable, unwrapped

FRAMED = """| Der Präsident hat am Montag lange mit seinem Gast telefoniert und dabei   |
| über die Lage an der Grenze gesprochen, wie ein Sprecher am Abend sagte.   |
| Einzelheiten wurden zunächst nicht bekannt, doch soll ein weiteres         |
| Gespräch schon in der kommenden Woche folgen, hieß es aus dem Amt.         |
| Beide Seiten lobten den Ton der Unterredung und die neue Offenheit         |
| ihres Gegenübers.                                                          |
"""


def test_frames_and_wraps_are_gone_and_offsets_hold() -> None:
    shown = Readable(FRAMED)
    assert "|" not in shown.text and "dabei über die Lage" in shown.text
    start = FRAMED.index("dabei")
    end = FRAMED.index("die Lage")
    assert shown.shown(start, end).strip() == "dabei über"


def test_marks_of_links_go_and_damage_stays() -> None:
    text = "Der [1][Aufmarsch] in MÃ¼nchen und Kaf\u00adfee."
    assert Readable(text).text == "Der Aufmarsch in MÃ¼nchen und Kaf\u00adfee."


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab .,\n|[]1-\u00ad\u202e&amp;Ã¼", max_size=80))
def test_what_is_shown_stands_in_the_original_in_its_order(text: str) -> None:
    shown = Readable(text)
    kept = [char for char in shown.text if not char.isspace()]
    rest = iter(text)
    assert all(char in rest for char in kept)
    assert shown.range(0, len(text)) == (0, len(shown.text))


def test_a_sentence_keeps_within_its_paragraph() -> None:
    text = "Erster Satz hier. Am 3. Mai kam er. Dritter Satz.\n\nNeuer Absatz."
    shown = Readable(text)
    at = text.index("kam")
    begin, end = shown.sentence(at, at + 3)
    assert shown.text[begin:end] == "Am 3. Mai kam er."
    at = text.index("Dritter")
    begin, end = shown.sentence(at, at + 7)
    assert shown.text[begin:end] == "Dritter Satz."


def test_a_quotation_without_its_document_is_put_on_one_line() -> None:
    assert unwrapped("Die Lage | |\n| an der\r\n> Grenze") == "Die Lage an der Grenze"


def test_words_that_answer_each_other_are_marked() -> None:
    own = "Der Präsident sprach in einem Appell am Donnerstag."
    other = "Am Donnerstag gab es ein Telefonat des Präsidenten mit seinem Gast."
    at = own.index("Appell")
    mine, theirs = runs(own, at, at + 6, other, ["Telefonat", "Anruf"])
    assert "".join(text for text, _ in mine) == own and "".join(text for text, _ in theirs) == other
    assert [text for text, mark in mine if mark == "own"] == ["Appell"]
    assert [text for text, mark in mine if mark == "same"] == ["Präsident", "Donnerstag"]
    assert [text for text, mark in theirs if mark == "other"] == ["Telefonat"]
    assert [text for text, mark in theirs if mark == "same"] == ["Donnerstag", "Präsidenten"]


def test_a_phrase_is_marked_as_a_whole_and_function_words_are_not() -> None:
    _, theirs = runs("an der Grenze zu den USA sind", 7, 24, "an der Grenze zur Ukraine sind", ["Grenze zur Ukraine"])
    assert [run for run in theirs if run[1]] == [("Grenze zur Ukraine", "other")]


def test_a_compound_answers_its_part() -> None:
    _, theirs = runs("gebrauchte Haufen hier", 11, 17, "die Altbatterien dort", ["Batterie"])
    assert [run for run in theirs if run[1]] == [("Altbatterien", "other")]


def test_what_may_stand_there_is_suggested_or_quoted() -> None:
    message = "Border in likely disagreement: “Grenze zu den USA” here, “Grenze zur Ukraine” in both."
    assert expected(message, "Grenze zu den USA", ["Anruf"]) == ["Anruf", "Grenze zur Ukraine"]
