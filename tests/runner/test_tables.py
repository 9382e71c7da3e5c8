"""The parts of a batch hold what the record holds, and other programs read them as they are."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from audit.errors import InputError
from audit.runner import read_batch
from audit.runner.tables import FORMATS, decode, encode
from audit.types import DocumentReport

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def documents(made: Path) -> list[DocumentReport]:
    return list(read_batch(made).documents())


@pytest.mark.parametrize("format", FORMATS)
def test_what_is_written_is_read(format: str, documents: list[DocumentReport], tmp_path: Path) -> None:
    paths = []
    for kind, data in encode(documents, format).items():  # type: ignore[arg-type]
        path = tmp_path / f"{kind}.{format}"
        path.write_bytes(data)
        paths.append(path)
    assert list(decode(*paths)) == documents
    assert encode(documents, format) == encode(documents, format)  # type: ignore[arg-type]


def test_rows_have_the_fields_of_the_record(documents: list[DocumentReport]) -> None:
    rows = [json.loads(line) for line in encode(documents, "jsonl")["documents"].splitlines()]
    assert list(rows[0]) == ["id", "lang", "title", "words", "text", "verdict", "siblings", "passages", "skips"]
    findings = [json.loads(line) for line in encode(documents, "jsonl")["findings"].splitlines()]
    texts = {row["id"]: {"text": row["text"], "title": row["title"]} for row in rows}
    assert findings
    for finding in findings:
        assert texts[finding["document"]][finding["field"]][finding["start"] : finding["end"]] == finding["quote"]


def test_duckdb_reads_both_tables(made: Path, documents: list[DocumentReport]) -> None:
    duckdb = pytest.importorskip("duckdb")
    labels = dict(
        duckdb.sql(f"SELECT verdict.label, count(*) FROM '{made}/documents/*.parquet' GROUP BY ALL").fetchall()
    )
    assert labels == read_batch(made).summary["labels"]
    rows = duckdb.sql(
        f"SELECT d.id, f.quote, f.suggestions[1].text FROM '{made}/documents/*.parquet' d "
        f"JOIN '{made}/findings/*.parquet' f ON f.document = d.id WHERE f.probability >= 0.8"
    ).fetchall()
    expected = [
        (document.id, finding.quote, finding.suggestions[0].text if finding.suggestions else None)
        for document in documents
        for finding in document.findings
        if finding.probability >= 0.8
    ]
    assert sorted(rows, key=str) == sorted(expected, key=str)


def test_the_readmes_line_for_duckdb(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    duckdb = pytest.importorskip("duckdb")
    (line,) = re.findall(r"```sql\n(.*?)\n```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    monkeypatch.chdir(made.parent)
    rows = duckdb.sql(line).fetchall()
    assert {label: count for label, count, _ in rows} == read_batch(made).summary["labels"]


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_the_readmes_lines_for_pandas_and_polars(library: str, made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = pytest.importorskip(library)
    (block,) = re.findall(r"```py\n(.*?)\n```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    (line,) = (line for line in block.splitlines() if line.startswith(library))
    monkeypatch.chdir(made.parent)
    counted = eval(line, {library: module})
    likely = [f for document in read_batch(made).documents() for f in document.findings if f.probability >= 0.8]
    assert int(counted.sum() if library == "pandas" else counted["len"].sum()) == len(likely)


def test_pandas_reads_both_tables(made: Path, documents: list[DocumentReport]) -> None:
    pandas = pytest.importorskip("pandas")
    table = pandas.read_parquet(made / "documents")
    assert list(table["id"]) == [document.id for document in documents]
    assert table["verdict"].str["damage"].sum() == pytest.approx(sum(document.verdict.damage for document in documents))


def test_a_damaged_part_is_one_line(made: Path, tmp_path: Path) -> None:
    documents, findings = (made / kind / "part-00000.parquet" for kind in ("documents", "findings"))
    broken = tmp_path / "part.parquet"
    broken.write_bytes(documents.read_bytes()[:-30])
    with pytest.raises(InputError, match="cannot be read"):
        list(decode(broken, findings))
    empty = tmp_path / "empty.parquet"
    empty.write_bytes(encode([], "parquet")["documents"])
    with pytest.raises(InputError, match="a document that is not there"):
        list(decode(empty, findings))


def test_no_batch_is_no_batch(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no finished batch"):
        read_batch(tmp_path)
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(InputError, match="not the manifest"):
        read_batch(tmp_path)
