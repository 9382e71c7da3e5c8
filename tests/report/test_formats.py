"""Every format: stable bytes, the ending decides, and JSON comes back as the record it was."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import msgspec
import pytest

from audit.errors import InputError, UsageError
from audit.report import ENDINGS, FORMATS, load, render, save
from audit.types import DocumentReport, Finding, Record, record_schema


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_record_gives_the_same_text(small: Record, format: str) -> None:
    again = msgspec.json.decode(msgspec.json.encode(small), type=Record)
    assert render(small, format) == render(again, format) != ""
    assert render(small, format).endswith("\n")


@pytest.mark.parametrize("format", FORMATS)
def test_a_record_without_documents_is_rendered(record: Callable[..., Record], format: str) -> None:
    assert isinstance(render(record(), format), str)


def test_json_is_the_record_and_fits_its_schema(small: Record) -> None:
    data = json.loads(render(small, "json"))
    jsonschema.validate(data, record_schema())
    assert msgspec.convert(data, Record) == small
    assert list(data)[:2] == ["schema", "signature"]
    assert [f["quote"] for f in data["documents"][0]["findings"]] == ["21h40", "Appell", "in einem Erklärung"]


def test_json_keeps_what_is_not_ascii(small: Record) -> None:
    assert "Präsident kommt nach Bâle" in render(small, "json")


def test_jsonl_has_a_document_a_line(small: Record) -> None:
    lines = render(small, "jsonl").splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["a", "b"]
    assert msgspec.json.decode(lines[0], type=DocumentReport) == small.documents[0]


def test_line_separators_in_a_text_do_not_break_json_lines(
    record: Callable[..., Record], document: Callable[..., DocumentReport]
) -> None:
    lines = render(record(document("Eins\u2028zwei\x85drei\nvier")), "jsonl").split("\n")
    assert len(lines) == 2
    assert json.loads(lines[0])["text"] == "Eins\u2028zwei\x85drei\nvier"


@pytest.mark.parametrize("ending", sorted(ENDINGS))
def test_the_ending_decides_the_format(small: Record, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"report{ending}"
    save(small, path)
    assert path.read_bytes() == render(small, ENDINGS[ending]).encode("utf-8")


def test_a_given_format_overrules_the_ending(small: Record, tmp_path: Path) -> None:
    save(small, tmp_path / "report.dat", format="csv")
    assert (tmp_path / "report.dat").read_text(encoding="utf-8").startswith("document,")


def test_unknown_endings_formats_and_languages_are_refused(small: Record, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="ending"):
        save(small, tmp_path / "report.docx")
    with pytest.raises(UsageError, match="format"):
        render(small, "pdf")
    for format in ("html", "text", "markdown"):
        with pytest.raises(UsageError, match="language"):
            render(small, format, ui_lang="xx")


@pytest.mark.parametrize("ending", [".json", ".jsonl"])
def test_what_was_saved_can_be_loaded(small: Record, tmp_path: Path, ending: str) -> None:
    save(small, tmp_path / f"r{ending}")
    loaded = load(tmp_path / f"r{ending}")
    assert loaded.documents == small.documents
    assert loaded == small or ending == ".jsonl"  # JSON Lines hold the documents alone


def _tampered(small: Record, path: Path, old: str, new: str) -> Path:
    text = render(small, "json")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"quote": "Appell"', '"quote": "Anruf"', "does not stand at"),
        ('"start": 4', '"start": -21', "does not stand at"),
        ('"schema": 1', '"schema": 2', "schema 2"),
        ('"severity": "major"', '"severity": "fatal"', "not a report"),
        ('"documents"', '"documents', "not a report"),
        ('"kind": "body"', '"kind": "body", "start": 900', "lies outside"),
    ],
)
def test_a_record_that_contradicts_itself_is_refused(small: Record, tmp_path: Path, old: str, new: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        load(_tampered(small, tmp_path / "r.json", old, new))


def test_a_broken_line_and_a_missing_file_are_named(small: Record, tmp_path: Path) -> None:
    (tmp_path / "r.jsonl").write_text(render(small, "jsonl") + "{\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"r\.jsonl:3"):
        load(tmp_path / "r.jsonl")
    with pytest.raises(InputError, match="none"):
        load(tmp_path / "none.json")


def test_csv_has_a_row_a_finding(small: Record) -> None:
    rows = list(csv.DictReader(io.StringIO(render(small, "csv"), newline="")))
    assert len(rows) == 3
    assert rows[1]["document"] == "a"
    assert (rows[1]["quote"], rows[1]["start"], rows[1]["end"]) == ("Appell", "4", "10")
    assert rows[1]["suggestion"] == "Anruf | Telefonat"
    assert rows[0]["field"] == "title"


def test_documents_are_a_table_of_their_own(small: Record) -> None:
    rows = list(csv.DictReader(io.StringIO(render(small, "documents"), newline="")))
    assert [row["document"] for row in rows] == ["a", "b"]
    assert (rows[0]["label"], rows[0]["p_machine"], rows[0]["damage"]) == ("machine-translated", "0.97", "12.5")
    assert (rows[0]["minor"], rows[0]["major"], rows[0]["critical"]) == ("1", "1", "1")
    assert rows[0]["siblings"] == "b"


@pytest.mark.parametrize("text", ['=HYPERLINK("x")', 'a,"b"\r\nc', "+1", "@x", "Straße"])
def test_ids_and_titles_survive_as_cells(
    record: Callable[..., Record], document: Callable[..., DocumentReport], text: str
) -> None:
    [row] = csv.DictReader(io.StringIO(render(record(document("Wort.", id=text, title=text)), "documents"), newline=""))
    assert row["document"].removeprefix("'") == row["title"].removeprefix("'") == text
    assert not row["title"].startswith(("=", "+", "@"))


def test_evidence_stands_in_a_cell(small: Record) -> None:
    rows = list(csv.DictReader(io.StringIO(render(small, "csv"), newline="")))
    assert rows[1]["evidence"] == "pivot: fr appel: also Anruf | sibling: b: telefonieren: 1 of 1 siblings"
    assert rows[1]["fingerprint"] == small.documents[0].findings[1].fingerprint


@pytest.mark.parametrize("quote", ["=1+1", "+49", "-Wort", "@name", "  =A1", "\t=A1", "＝1"])
def test_formulas_are_neutralised(
    record: Callable[..., Record], document: Callable[..., DocumentReport], finding: Callable[..., Finding], quote: str
) -> None:
    text = f"Wort {quote} Wort"
    row = _only_row(record(document(text, (finding(text, quote, message=quote),))))
    assert row["quote"] == row["message"] == f"'{quote}"


@pytest.mark.parametrize("quote", ["a=b", '"so", sagte\ner', "zwei\r\nZeilen", "'Wort'", "Wort-", "5 + 3"])
def test_other_cells_survive_as_they_are(
    record: Callable[..., Record], document: Callable[..., DocumentReport], finding: Callable[..., Finding], quote: str
) -> None:
    text = f"Wort {quote} Wort"
    assert _only_row(record(document(text, (finding(text, quote),))))["quote"] == quote


def _only_row(record: Record) -> dict[str, str]:
    [row] = csv.DictReader(io.StringIO(render(record, "csv"), newline=""))
    return row
