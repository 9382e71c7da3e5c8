"""Reading: every kind of file, in order; what is bad becomes one clear failure and never costs the rest."""

from __future__ import annotations

import errno
import gzip
import io
import json
import os
import random
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.errors import UsageError
from audit.io import Limits, read
from audit.types import Document, Failure

Fields = dict[str, str | None]
SMALL = Limits(text_bytes=1_000, words=100, record_bytes=4_000)

DAMAGED = Path(__file__).resolve().parent / "damaged"


def failures(paths: Sequence[str | Path], **options: Any) -> list[tuple[str, str]]:
    return [(item.source, item.reason) for item in everything(paths, **options) if isinstance(item, Failure)]


def everything(paths: Sequence[str | Path], **options: Any) -> list[Document | Failure]:
    return list(read([str(path) for path in paths], **options))


def written(path: Path, content: bytes | str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def as_csv(rows: Sequence[Fields], separator: str = ",") -> bytes:
    import csv

    out = io.StringIO(newline="")
    names = sorted({name for row in rows for name in row}, key=lambda name: (name not in ("id", "text"), name))
    writer = csv.DictWriter(out, names, delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def as_parquet(rows: Sequence[Fields], row_group_size: int | None = None) -> bytes:
    out = io.BytesIO()
    names = {name for row in rows for name in row} | {"id", "text"}
    schema = pa.schema([(name, pa.string()) for name in sorted(names)])
    pq.write_table(pa.Table.from_pylist(list(rows), schema=schema), out, row_group_size=row_group_size)
    return out.getvalue()


def as_jsonl(rows: Sequence[Fields]) -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


PACK: dict[str, Callable[[bytes], bytes]] = {"": bytes, ".gz": gzip.compress, ".zst": zstandard.compress}
WRITE: dict[str, Callable[[Sequence[Fields]], bytes]] = {
    ".jsonl": as_jsonl,
    ".ndjson": as_jsonl,
    ".csv": as_csv,
    ".parquet": as_parquet,
}


# --- what is read ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", [".txt", ".md", ".TXT", ".txt.gz", ".md.zst", ".txt.GZ"])
def test_a_text_file_is_a_document_named_for_it(tmp_path: Path, ending: str) -> None:
    text = "Überschrift\r\n\r\nErster Absatz.\rZweiter.\n"
    pack = PACK.get(Path(ending).suffix.lower(), bytes)
    path = written(tmp_path / f"bericht.neu{ending}", pack(text.encode()))
    assert everything([path]) == [Document(id="bericht.neu", text=text)]


def test_offsets_count_crlf_and_leave_out_the_byte_order_mark(tmp_path: Path) -> None:
    path = written(tmp_path / "a.txt", b"\xef\xbb\xbf" + "Äh\r\nja, 𝕏 \ufeff da".encode())
    (document,) = everything([path])
    assert isinstance(document, Document)
    assert document.text.index("ja") == 4
    assert document.text[8:9] == "𝕏"
    assert document.text.index("\ufeff") == 10  # within the text the mark is a character like others


@pytest.mark.parametrize("kind", [".jsonl", ".csv"])
def test_a_byte_order_mark_before_a_table_is_no_part_of_its_first_field(tmp_path: Path, kind: str) -> None:
    path = written(tmp_path / f"a{kind}", b"\xef\xbb\xbf" + WRITE[kind]([{"id": "1", "text": "Guten Tag"}]))
    assert everything([path]) == [Document(id="1", text="Guten Tag")]


# Any text that has something to see in it; no control characters, of which text has hardly any.
_visible = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1).map(lambda text: f"x{text}")
_line_ends = st.sampled_from(["\n", "\r\n", "\t", ' "', ",", ";", "\\", "'"])
_text = st.lists(st.one_of(_visible, _line_ends), max_size=8).map(lambda parts: "W" + "".join(parts))
_row = st.fixed_dictionaries(
    {"text": _text},
    optional={"title": _visible, "story": _visible, "url": _visible, "lang": st.sampled_from(["de", "fr"])},
)


@pytest.mark.parametrize("packed", sorted(PACK))
@pytest.mark.parametrize("kind", sorted(WRITE))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(_row, min_size=1, max_size=6))
def test_documents_come_back_as_they_were_written(tmp_path: Path, kind: str, packed: str, rows: list[Fields]) -> None:
    rows = [{"id": f"d{number}", **row} for number, row in enumerate(rows)]
    path = written(tmp_path / f"a{kind}{packed}", PACK[packed](WRITE[kind](rows)))
    assert everything([path]) == [Document(**row) for row in rows]  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", sorted(WRITE))
def test_keys_can_be_renamed_and_other_fields_are_ignored(tmp_path: Path, kind: str) -> None:
    row = {"nr": "7", "body": "Guten Tag", "id": "other", "label": "mt", "source_lang": "fr", "date": "2022-02-17"}
    path = written(tmp_path / f"a{kind}", WRITE[kind]([row]))
    expected = Document(id="7", text="Guten Tag", source_lang="fr", date="2022-02-17")
    assert everything([path], text_key="body", id_key="nr") == [expected]


@pytest.mark.parametrize(
    ("text_key", "id_key"), [("id", "id"), ("", "id"), ('te"xt', "id"), ("text", "a\nb"), ("text", "\ud800")]
)
def test_keys_that_are_no_names_are_wrong_usage(text_key: str, id_key: str) -> None:
    with pytest.raises(UsageError, match="two different names"):
        everything(["-"], stdin=io.BytesIO(), text_key=text_key, id_key=id_key)


def test_failures_call_a_field_what_the_user_calls_it(tmp_path: Path) -> None:
    offsets = pa.array([0, 1], pa.int32()).buffers()[1]
    pq.write_table(
        pa.table({"nr": ["1"], "body": pa.StringArray.from_buffers(1, offsets, pa.py_buffer(b"\xf6"))}), tmp_path / "c.parquet"
    )
    paths = [
        written(tmp_path / "a.jsonl", '{"nr": 1, "body": 2}'),
        written(tmp_path / "b.csv", b"nr,body\n1,sch\xf6n\n"),
        tmp_path / "c.parquet",
    ]
    found = failures(paths, text_key="body", id_key="nr")
    assert [reason.split(":")[0] for _, reason in found] == ["field `body`"] * 3


def test_a_renamed_text_may_bear_the_name_of_an_optional_field(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", '{"id": 1, "title": "Nur dies", "text": "nicht dies"}\n')
    assert everything([path], text_key="title") == [Document(id="1", text="Nur dies")]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_separators_and_line_breaks_in_fields(tmp_path: Path, separator: str) -> None:
    rows: list[Fields] = [
        {"id": "1", "text": 'Er sagte: "Nein",\r\nund\n ging; dann\tkam sie.'},
        {"id": "2", "text": "x" * 200_000},
    ]
    path = written(tmp_path / "a.csv", as_csv(rows, separator))
    assert everything([path]) == [Document(**row) for row in rows]  # type: ignore[arg-type]


def test_csv_leaves_the_field_limit_of_the_process_alone(tmp_path: Path) -> None:
    import csv

    before = csv.field_size_limit()
    everything([written(tmp_path / "a.csv", as_csv([{"id": "1", "text": "Wort"}]))])
    assert csv.field_size_limit() == before


@pytest.mark.parametrize(
    ("given_date", "kept"),
    [
        ("2022-02-17", True),
        ("2022-02-17T10:00:00+01:00", True),
        ("2022-02", True),
        ("2022", True),
        ("17.02.2022", False),
        ("2022-13-01", False),
        ("", False),
    ],
)
def test_a_date_that_is_not_iso_is_left_out(tmp_path: Path, given_date: str, kept: bool) -> None:
    (document,) = everything([written(tmp_path / "a.jsonl", as_jsonl([{"id": "1", "text": "Wort", "date": given_date}]))])
    assert isinstance(document, Document)
    assert document.date == (given_date if kept else None)


def test_parquet_types_that_stand_for_text(tmp_path: Path) -> None:
    table = pa.table(
        {
            "id": pa.array([1, 2], pa.int64()),
            "text": pa.array(["eins", "zwei"]).dictionary_encode(),
            "title": pa.array(["T", None], pa.large_string()),
            "date": pa.array([19_000, None], pa.date32()),
            "other": pa.array([[1], [2]]),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    expected = [Document(id="1", text="eins", title="T", date="2022-01-08"), Document(id="2", text="zwei")]
    assert everything([tmp_path / "a.parquet"]) == expected


def test_a_folder_is_read_in_the_order_of_its_relative_paths(tmp_path: Path) -> None:
    for name in (
        "b.txt",
        "a/z.txt",
        "a.txt",
        "a/b/c.md",
        "a-1/q.txt",
        "Z.txt",
        "a/tab.jsonl",
        ".hidden.txt",
        ".git/x.txt",
        "notes.doc",
    ):
        written(tmp_path / name, as_jsonl([{"id": "row", "text": "Wort"}]) if name.endswith("jsonl") else "Wort")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    # Z.txt, a-1/q.txt, a.txt, a/b/c.md, a/tab.jsonl, a/z.txt, b.txt: "-" and "." stand before "/".
    names = ["Z", "q", "a", "c", "row", "z", "b"]
    assert [item.id for item in everything([tmp_path]) if isinstance(item, Document)] == names


def test_standard_input_is_json_lines_and_paths_keep_their_order(tmp_path: Path) -> None:
    path = written(tmp_path / "a.txt", "Wort")
    stdin = io.BytesIO(b'{"id": "in", "text": "Wort"}\nnonsense\n')
    items = everything([path, "-"], stdin=stdin)
    assert [item.id for item in items if isinstance(item, Document)] == ["a", "in"]
    assert isinstance(items[2], Failure)
    assert items[2].source == "-:2"


def test_the_standard_input_of_the_process_is_read_where_no_stream_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b'{"id": 3, "text": "Wort"}')))
    assert everything(["-"]) == [Document(id="3", text="Wort")]
    monkeypatch.setattr("sys.stdin", None)
    assert failures(["-"]) == [("-", "standard input is closed")]


def test_gzip_files_of_several_members_and_with_padding(tmp_path: Path) -> None:
    rows: list[Fields] = [{"id": str(number), "text": "Wort"} for number in range(3)]
    content = b"".join(gzip.compress(as_jsonl([row])) for row in rows) + b"\0" * 40_000
    assert len(everything([written(tmp_path / "a.jsonl.gz", content)])) == 3
    content = b"".join(zstandard.compress(as_jsonl([row])) for row in rows)
    assert len(everything([written(tmp_path / "b.jsonl.zst", content)], limits=Limits())) == 3


# --- what is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", b"\xef\xbb\xbf", "empty"),
        ("a.txt", " \r\n\t\u00a0\u200b\n".encode(), "empty: only white space"),
        ("a.txt", b" \n ", "empty: only white space"),
        ("a.txt", "schön".encode("cp1252"), "not UTF-8: byte 3 is 0xF6"),
        ("a.txt", b"\xef\xbb\xbfsch\xf6n", "not UTF-8: byte 6 is 0xF6"),
        ("a.txt", "Schön".encode("utf-16"), "UTF-16"),
        ("a.txt", "Schön".encode("utf-16-le"), "binary data, not text: byte 1 is NUL"),
        ("a.txt", b"Text\0mit Null", "binary data"),
        ("a.txt", b"\x01\x02\x03\x04 Wort " * 3, "binary data, not text: 12 control characters"),
        ("a.txt", b"Wort " * 201, "too long: more than 1,000 bytes"),
        ("a.txt", b"a " * 101, "too long: more than 100 words"),
        ("a.txt.gz", gzip.compress(b"\0" * 50_000_000), "too long: more than 1,000 bytes"),
        ("a.txt.gz", b"Wort", "the compressed data are damaged"),
        ("a.txt.zst", b"Wort und mehr", "the compressed data are damaged"),
        ("a.txt.gz", gzip.compress(random.Random(1).randbytes(900))[:-5], "cut off"),
        ("a.txt.zst", zstandard.compress(random.Random(1).randbytes(900))[:-5], "cut off"),
        ("a.txt.gz", gzip.compress(b"Wort") + b"rest", "the compressed data are damaged"),
        ("a.html", b"<html><head><title>T</title></head><body><img src=a></body></html>", "no article text found in the page"),
        ("a.html", b"", "empty"),
        ("a.html", b"<p>" * 2_000, "too long"),
        ("a.jsonl", b"", "empty"),
        ("a.csv", b"", "empty"),
        ("a.csv", b"id,body\n1,Wort\n", "the header has no column `text`"),
        ("a.csv", b"nr,body\n1,Wort\n", "the header has no column `id` and no column `text`"),
        ("a.csv", b"id,text" + b"," * 5_000, "longer than 4,000 bytes"),
        ("a.parquet", b"PAR1 no table", "the Parquet file cannot be read"),
        ("a.parquet", b"", "the Parquet file cannot be read"),
        ("a.parquet", as_parquet([{"id": "1", "body": "Wort"}]).replace(b"text", b"tuxt"), "the table has no column `text`"),
        (
            "a.parquet",
            as_parquet([{"id": "1", "text": "a", "ä": "b"}]).replace("ä".encode(), b"\xff\xff"),
            "the Parquet file cannot be read",
        ),
        # Found by fuzzing: pyarrow ends the process where the metadata of a single column are asked for.
        ("a.parquet", (DAMAGED / "size_statistics.parquet").read_bytes(), "the Parquet file cannot be read"),
        ("a.parquet.gz", gzip.compress(b"PAR1"), "the Parquet file cannot be read"),
        ("a.parquet.gz", gzip.compress(as_parquet([{"id": "1", "text": "Wort"}]))[:-9], "cut off"),
        ("a.warc", b"no archive", "empty: no documents in it"),
    ],
)
def test_a_bad_file_is_one_failure(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    good = written(tmp_path / "good.txt", "Wort")
    bad = written(tmp_path / name, content)
    items = everything([bad, good], limits=SMALL)
    assert items[1:] == [Document(id="good", text="Wort")]
    assert isinstance(items[0], Failure)
    assert items[0].source.split(":")[0] == str(bad)
    assert reason in items[0].reason
    assert "\n" not in items[0].reason


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"id": "x", "text": "Wort"', "broken JSON: input data was truncated"),
        (b"nonsense", "broken JSON"),
        (b"[" * 100_000, "the line is longer than 4,000 bytes"),
        (b'{"id": "x", "text": "W", "z": ' + b"[" * 3_000, "broken JSON: nested too deeply"),
        (b'["x", "Wort"]', "expected an object, got a list"),
        (b'{"id": "x"}', "field `text` is missing"),
        (b'{"text": "Wort"}', "field `id` is missing"),
        (b'{"id": "x", "text": null}', "field `text`: expected text, got null"),
        (b'{"id": "x", "text": ["Wort"]}', "field `text`: expected text, got a list"),
        (b'{"id": true, "text": "Wort"}', "field `id`: expected"),
        (b'{"id": 1.5, "text": "Wort"}', "field `id`: expected"),
        (b'{"id": "x", "text": "Wort", "title": 5}', "field `title`: expected"),
        (b'{"id": "x", "text": "a\\ud800b"}', "a lone surrogate"),
        (b'{"id": "x", "text": "a\\udc00b"}', "a lone surrogate"),
        (b'{"id": "x", "text": "a\xed\xa0\x80b"}', "not UTF-8: byte 22 is 0xED"),
        (b'{"id": "x", "text": "sch\xf6n"}', "not UTF-8: byte 24 is 0xF6"),
        (b'{"id": "x", "text": "a\\u0000b"}', "binary data, not text"),
        (b'{"id": "x", "text": ""}', "empty"),
        (b'{"id": "x", "text": " \\n"}', "empty: only white space"),
        (b'{"id": "x", "text": "%s"}' % (b"Wort " * 300), "too long: the text has more than 1,000 bytes"),
        (b'{"id": "x", "text": "Wort", "title": "%s"}' % (b"a" * 1_001), "too long: the title"),
        (b'{"id": "x", "text": "%s"}' % (b"a " * 101), "too long: more than 100 words"),
        (b'{"id": "", "text": "Wort"}', "the id is empty"),
        (b'{"id": "%s", "text": "Wort"}' % (b"x" * 1_001), "the id is empty, longer than 1,000 characters"),
        (b'{"id": "a\\nb", "text": "Wort"}', "or holds control characters"),
        (b'{"id": "a\\rb", "text": "Wort"}', "or holds control characters"),
        (b'{"id": "first", "text": "Wort"}', "duplicate id 'first'"),
    ],
)
def test_a_bad_line_of_json_is_one_failure_with_its_line(tmp_path: Path, line: bytes, reason: str) -> None:
    before, after = b'{"id": "first", "text": "Wort"}\n\n', b'\r\n{"id": "last", "text": "Wort"}'
    path = written(tmp_path / "a.jsonl", before + line + after)
    items = everything([path], limits=SMALL)
    assert [item.id for item in items if isinstance(item, Document)] == ["first", "last"]
    ((source, said),) = failures([path], limits=SMALL)
    assert source == f"{path}:3"
    assert reason in said


@pytest.mark.parametrize(
    ("rows", "bad", "good"),
    [
        (b"1,eins,zu,viel\n2,Wort\n", {2: "broken CSV: 4 fields where the header has 2"}, ["2"]),
        (b"1\n2,Wort\n", {2: "broken CSV: 1 fields"}, ["2"]),
        (b'1,"offen\n2,Wort\n3,Wort\n', {2: "broken CSV: unexpected end of data"}, ["2", "3"]),
        (b'1,"a"b\n2,Wort\n', {2: "broken CSV"}, ["2"]),
        (b'1,"zwei\nZeilen"\n1,Wort\n', {4: "duplicate id '1'"}, ["1"]),
        (b"1,sch\xf6n\n2,Wort\n", {2: "field `text`: not UTF-8: byte 3 is 0xF6"}, ["2"]),
        (b"1,\n2,Wort\n", {2: "empty"}, ["2"]),
        (b",Wort\n2,Wort\n", {2: "the id is empty"}, ["2"]),
        (b"1," + b"x" * 4_100 + b"\n2,Wort\n", {2: "the line is longer than 4,000 bytes"}, ["2"]),
        (b'1,"' + b"x\n" * 2_500 + b"2,Wort\n", {2: "more than 4,000 bytes", 3: "1 fields"}, ["2"]),
        (b"1,Wort\0\n2,Wort\n", {2: "binary data, not text"}, ["2"]),
        (b'1,Er misst 5" und\n2,Wort\n', {}, ["1", "2"]),
    ],
)
def test_a_bad_row_of_csv_does_not_take_the_next_ones_along(
    tmp_path: Path, rows: bytes, bad: dict[int, str], good: list[str]
) -> None:
    path = written(tmp_path / "a.csv", b"id,text\n" + rows)
    items = everything([path], limits=SMALL)
    assert [item.id for item in items if isinstance(item, Document)] == good
    reasons = dict(failures([path], limits=SMALL))
    for line, reason in bad.items():
        assert reason in reasons[f"{path}:{line}"]
    assert bool(reasons) == bool(bad)


def test_bad_rows_of_parquet(tmp_path: Path) -> None:
    offsets = pa.array([0, 4, 5, 9], pa.int32()).buffers()[1]
    texts = pa.StringArray.from_buffers(3, offsets, pa.py_buffer(b"eins\xf6drei"))
    table = pa.table({"id": ["1", "2", None], "text": texts})
    pq.write_table(table, tmp_path / "a.parquet")
    path = str(tmp_path / "a.parquet")
    assert everything([path])[0] == Document(id="1", text="eins")
    assert failures([path]) == [
        (f"{path}:2", "field `text`: not UTF-8: byte 0 is 0xF6"),
        (f"{path}:3", "field `id` is missing"),
    ]


def test_parquet_columns_of_the_wrong_type(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"id": ["1"], "text": pa.array([5])}), path)
    assert failures([path]) == [(f"{path}:1", "field `text`: expected text, got int64")]
    pq.write_table(pa.table({"id": pa.array([True]), "text": ["Wort"]}), path)
    assert failures([path]) == [(f"{path}:1", "field `id`: expected text, got bool")]


def test_missing_unknown_and_empty_paths(tmp_path: Path) -> None:
    written(tmp_path / "folder" / "notes.doc", "Wort")
    written(tmp_path / "a.pdf", "Wort")
    (tmp_path / "link.txt").symlink_to(tmp_path / "nowhere.txt")
    paths = ["missing.txt", str(tmp_path / "a.pdf"), str(tmp_path / "folder"), str(tmp_path / "link.txt"), "", "a\0b\ud800.txt"]
    found = failures(paths)
    assert [source for source, _ in found] == [*paths[:5], "a\\x00b\\ud800.txt"]
    reasons = [reason for _, reason in found]
    assert reasons[0] == reasons[3] == reasons[4] == "no such file or folder"
    assert "unknown kind of file" in reasons[1]
    assert ".jsonl" in reasons[1]
    assert "no documents in this folder" in reasons[2]
    assert "cannot be opened" in reasons[5]


def test_failures_below_a_folder_name_folder_and_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    written(Path("in/sub/a.txt"), b"\xff")
    Path("in/sub/b.txt").symlink_to("nowhere")
    os.mkfifo("in/sub/c.txt")  # would wait for ever if it were opened
    assert [source for source, _ in failures(["in/"])] == ["in/sub/a.txt", "in/sub/b.txt"]


def test_a_file_name_that_is_no_unicode_is_a_failure_that_can_be_printed(tmp_path: Path) -> None:
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/sch\xf6n.txt")).write_text("Wort")
    except OSError as error:  # a file system that takes Unicode names only cannot hold such a file
        assert error.errno == errno.EILSEQ
        return
    ((source, reason),) = failures([tmp_path])
    assert source == f"{tmp_path}/sch\\xf6n.txt"
    assert "lone surrogate" in reason


def test_an_id_counts_as_taken_only_by_a_document_that_was_read(tmp_path: Path) -> None:
    written(tmp_path / "a" / "x.txt", "")
    written(tmp_path / "b" / "x.txt", "Wort")
    written(tmp_path / "c" / "x.txt", "Wort")
    assert everything([tmp_path])[1] == Document(id="x", text="Wort")
    assert failures([tmp_path]) == [
        (f"{tmp_path}/a/x.txt", "empty"),
        (f"{tmp_path}/c/x.txt", "duplicate id 'x': an earlier document has it"),
    ]


def test_damage_in_the_middle_keeps_what_came_before(tmp_path: Path) -> None:
    rng = random.Random(1)
    rows: list[Fields] = [{"id": str(n), "text": rng.randbytes(300).hex()} for n in range(4_000)]
    for name, packed in (("a.jsonl.gz", gzip.compress(as_jsonl(rows))), ("a.jsonl.zst", zstandard.compress(as_jsonl(rows)))):
        path = written(tmp_path / name, packed[: len(packed) // 2])
        items = everything([path])
        count = sum(isinstance(item, Document) for item in items)
        assert 1_000 < count < 3_000
        assert items[-1] == Failure(source=f"{path}:{count + 1}", reason="the compressed data end too early: the file is cut off")


@pytest.mark.parametrize(("name", "pack"), [("a.jsonl.gz", gzip.compress), ("a.csv.zst", zstandard.compress)])
def test_a_decompression_bomb_is_refused_in_little_memory(tmp_path: Path, name: str, pack: Callable[[bytes], bytes]) -> None:
    path = written(tmp_path / name, pack(b"id,text" + b" " * 150_000_000))
    tracemalloc.start()
    found = failures([path], limits=Limits())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert any("decompression bomb" in reason for _, reason in found)
    assert peak < 100_000_000


def test_a_parquet_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"id": ["1"], "text": ["x" * 80_000_000]}), path, compression="zstd", use_dictionary=False)
    assert "decompression bomb" in failures([path])[0][1]


def test_one_long_text_that_many_rows_point_to_is_a_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.parquet_rows.BOMB_FLOOR", 4_000_000)
    path = tmp_path / "a.parquet"
    text = pa.DictionaryArray.from_arrays(pa.array([0] * 50, pa.int32()), pa.array(["Wort " * 100_000]))
    pq.write_table(pa.table({"id": [str(i) for i in range(50)], "text": text}), path, compression="zstd")
    assert path.stat().st_size < 16_000  # 250 times as much is less than the floor
    *documents, last = everything([path])
    assert len(documents) == 8 and isinstance(last, Failure) and "decompression bomb" in last.reason


def test_a_line_of_fifty_megabytes_is_refused_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with path.open("wb") as file:
        file.write(b'{"id": "long", "text": "')
        for _ in range(50):
            file.write(b"Wort " * 200_000)
        file.write(b'"}\n{"id": "next", "text": "Wort"}\n')
    tracemalloc.start()
    items = everything([path])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert items == [
        Failure(source=f"{path}:1", reason="the line is longer than 16,000,000 bytes"),
        Document(id="next", text="Wort"),
    ]
    assert peak < 50_000_000


def test_memory_does_not_grow_with_the_corpus(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with path.open("wb") as file:
        for number in range(20_000):
            file.write(msgspec.json.encode({"id": f"d{number}", "text": f"Satz {number} über das Wetter. " * 40}) + b"\n")
    size = path.stat().st_size
    tracemalloc.start()
    count = sum(isinstance(item, Document) for item in read([str(path)]))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 20_000
    assert size > 20_000_000
    assert peak < 5_000_000


def test_the_order_is_the_same_every_time(tmp_path: Path) -> None:
    for number in range(20):
        written(tmp_path / f"{number % 3}" / f"{number}.txt", "Wort")
    assert everything([tmp_path]) == everything([tmp_path])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=400),
    name=st.sampled_from(["a.txt", "a.html", "a.jsonl", "a.csv", "a.parquet", "a.warc", "a.txt.gz", "a.warc.gz", "a.jsonl.zst"]),
)
def test_no_bytes_whatever_raise(tmp_path: Path, content: bytes, name: str) -> None:
    items = everything([written(tmp_path / name, content)], limits=SMALL)
    assert items
    for item in items:
        msgspec.json.encode(item)
        assert isinstance(item, Document) or (item.source and item.reason and "\n" not in item.reason)
