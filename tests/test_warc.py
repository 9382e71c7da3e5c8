"""Web archives: which records are documents, and how broken ones are survived."""

from __future__ import annotations

import gzip
import io
import zlib
from pathlib import Path

import pytest

from audit.io import Limits, read
from audit.types import Document, Failure
from audit.warc import warc_records

LINES = "Die Stadt sperrt die alte Brücke. Sie ist seit Jahren baufällig, sagte die Sprecherin."
HTML = f"<html><head><title>Brücke zu</title></head><body><article><p>{LINES}</p></article></body></html>".encode()
URL = "https://blatt.example/a"


def record(kind: str, content: bytes, media: str = "text/plain", number: int = 1, **more: str) -> bytes:
    headers = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:{number}>",
        "WARC-Target-URI": URL,
        "Content-Type": media,
        "Content-Length": str(len(content)),
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)
    return b"WARC/1.0\r\n" + head.encode() + b"\r\n" + content + b"\r\n\r\n"


def answer(body: bytes, *headers: str, status: str = "200 OK", media: str = "text/html; charset=utf-8", number: int = 1) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {media}", *headers]
    return record("response", "\r\n".join(lines).encode() + b"\r\n\r\n" + body, "application/http; msgtype=response", number)


def rows(content: bytes, limits: Limits | None = None) -> list[tuple[int, Document | str]]:
    return list(warc_records(io.BytesIO(content), limits or Limits()))


def test_text_records_and_pages_are_documents_and_others_are_not(tmp_path: Path) -> None:
    info = record("warcinfo", b"software: none", "application/warc-fields")
    request = record("request", b"GET / HTTP/1.1\r\n\r\n", "application/http")
    picture = answer(b"\x89PNG\0", media="image/png")
    gone = answer(HTML, status="404 Not Found")
    content = [info, request, picture, gone, answer(HTML, number=5), record("conversion", LINES.encode(), number=6)]
    for name, data in (
        ("a.warc", b"".join(content)),
        ("a.warc.gz", b"".join(map(gzip.compress, content))),
        ("a.wet.gz", gzip.compress(b"".join(content))),
    ):
        (tmp_path / name).write_bytes(data)
        assert list(read([str(tmp_path / name)])) == [
            Document(id="urn:uuid:5", text=LINES, title="Brücke zu", url=URL),
            Document(id="urn:uuid:6", text=LINES, url=URL),
        ]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (HTML, []),
        (gzip.compress(HTML), ["Content-Encoding: gzip"]),
        (zlib.compress(HTML), ["Content-Encoding: deflate"]),
        (zlib.compress(HTML)[2:-4], ["Content-Encoding: deflate"]),
        (HTML, ["Content-Encoding: gzip"]),
        (b"%x\r\n%s\r\n%x;a=b\r\n%s\r\n0\r\n\r\n" % (9, HTML[:9], len(HTML) - 9, HTML[9:]), ["Transfer-Encoding: chunked"]),
        (HTML, ["Transfer-Encoding: chunked"]),
    ],
)
def test_the_codings_of_http_are_undone(body: bytes, headers: list[str]) -> None:
    assert rows(answer(body, *headers)) == [(1, Document(id="urn:uuid:1", text=LINES, title="Brücke zu", url=URL))]


def test_the_server_may_declare_the_encoding() -> None:
    raw = HTML.decode().encode("latin-1")
    ((_, document),) = rows(answer(raw, media="text/html; charset=ISO-8859-1"))
    assert isinstance(document, Document)
    assert document.text == LINES


def test_a_record_without_an_id_is_named_for_its_address() -> None:
    ((_, document),) = rows(record("resource", LINES.encode(), WARC_Record_ID=""))
    assert isinstance(document, Document)
    assert document.id == URL


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (record("conversion", b""), "empty WARC record"),
        (record("conversion", b" \n"), "empty WARC record"),
        (answer(b""), "empty WARC record"),
        (record("conversion", b"sch\xf6n"), "not UTF-8: byte 3 is 0xF6"),
        (record("response", HTML, "application/http"), "no HTTP headers"),
        (record("conversion", b"Wort", Content_Length=""), "no Content-Length"),
        (record("conversion", b"Wort", Content_Length="viele"), "no Content-Length"),
        (record("conversion", b"Wort " * 500), "longer than 2,000 bytes"),
        (record("conversion", b"Wort", WARC_Record_ID="", WARC_Target_URI=""), "neither WARC-Record-ID nor"),
        (answer(b"<html><body></body></html>"), "no article text"),
        (answer(HTML, "Content-Encoding: br"), "content encoding 'br' is not supported"),
        (answer(gzip.compress(b" " * 5_000), "Content-Encoding: gzip"), "the page is longer than 2,000 bytes"),
        (answer(gzip.compress(HTML)[:-9], "Content-Encoding: gzip"), "ends too early"),
    ],
)
def test_a_broken_record_is_refused_and_the_next_one_read(broken: bytes, reason: str) -> None:
    found = rows(broken + record("conversion", LINES.encode(), number=2), Limits(record_bytes=2_000))
    assert found[0][0] == 1
    assert isinstance(found[0][1], str)
    assert reason in found[0][1]
    assert found[-1] == (2, Document(id="urn:uuid:2", text=LINES, url=URL))


def test_bytes_between_records_are_not_passed_over_in_silence() -> None:
    good = [record("conversion", LINES.encode(), number=number) for number in (1, 2)]
    found = rows(good[0] + b"scrap\r\n" + good[1])
    assert [number for number, _ in found] == [1, 1, 2]
    assert found[1][1] == "broken WARC record: 5 bytes that belong to no record were passed over"


def test_a_file_that_is_cut_off_keeps_its_first_records(tmp_path: Path) -> None:
    first, second = (record("conversion", f"{number} {LINES}".encode(), number=number) for number in (1, 2))
    (tmp_path / "a.warc").write_bytes(first + second[:-60])
    (tmp_path / "b.warc.gz").write_bytes(gzip.compress(first) + gzip.compress(second)[:-20])
    for name, reason in (("a.warc", "the file is cut off"), ("b.warc.gz", "cut off")):
        items = list(read([str(tmp_path / name)]))
        assert isinstance(items[0], Document)
        assert isinstance(items[1], Failure)
        assert items[1].source == f"{tmp_path / name}:2"
        assert reason in items[1].reason


def test_an_archive_without_documents_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(record("warcinfo", b"software: none"))
    assert list(read([str(path)])) == [Failure(source=str(path), reason="empty: no documents in it")]
