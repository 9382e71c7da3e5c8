"""Web archives: WARC 1.0 and 1.1 (ISO 28500) and the WET files made of them, a record at a time.

A document is what a ``response`` or ``resource`` record holds of HTML or plain text, or the text of a ``conversion`` record.
Other records, other media types and answers that are not a page (status 4xx, redirections) hold none and are passed over.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

from audit.page import article
from audit.rows import Row
from audit.streams import Limits, decoded
from audit.types import Document

_VERSION: Final = re.compile(rb"WARC/\d+\.\d+\s*$")
_CHARSET: Final = re.compile(r"charset\s*=\s*[\"']?([\w:.-]+)", re.IGNORECASE)
_HTML: Final = ("text/html", "application/xhtml+xml")
# Header lines are short; what is longer is no header line. A record has about ten of them, an HTTP answer about thirty.
_LONGEST_LINE: Final = 65_536
_MOST_HEADERS: Final = 500

Headers = dict[str, str]


def warc_records(stream: BinaryIO, limits: Limits) -> Iterator[Row]:
    """The documents of a web archive, numbered by the record they stand in (from 1).

    A broken record is refused, and reading goes on at the next line that opens a record.
    """
    number = 0
    while (stray := _next_version(stream)) is not None:
        if stray:
            yield max(number, 1), f"broken WARC record: {stray} bytes that belong to no record were passed over"
        number += 1
        headers = _headers(stream)
        length = headers.get("content-length", "")
        if not (length.isascii() and length.isdigit()):
            yield number, "broken WARC record: no Content-Length"
            continue
        if not _may_hold_text(headers):
            _pass_over(stream, int(length))
        elif int(length) > limits.record_bytes:
            yield number, f"the record is longer than {limits.record_bytes:,} bytes"
            _pass_over(stream, int(length))
        else:
            block = stream.read(int(length))
            if len(block) < int(length):
                yield number, f"broken WARC record: {len(block)} of {length} bytes are there, the file is cut off"
            else:
                yield from _row(number, headers, block, limits)


def _next_version(stream: BinaryIO) -> int | None:
    """Moves behind the next line that opens a record; the number of bytes before it that are not blank, None at the end."""
    stray = 0
    while line := stream.readline(_LONGEST_LINE):
        if _VERSION.match(line):
            return stray
        stray += len(line.strip())
    return None


def _headers(stream: BinaryIO) -> Headers:
    """Named fields up to the blank line, names in lower case; continuation lines are joined."""
    fields: list[list[str]] = []
    for _ in range(_MOST_HEADERS):
        line = stream.readline(_LONGEST_LINE)
        if not line.strip():
            break
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        if text[0] in " \t" and fields:
            fields[-1][1] += f" {text.strip()}"
        elif ":" in text:
            name, _, value = text.partition(":")
            fields.append([name.strip().lower(), value.strip()])
    return dict(fields)


def _may_hold_text(headers: Headers) -> bool:
    return headers.get("warc-type", "").lower() in ("response", "resource", "conversion")


def _pass_over(stream: BinaryIO, length: int) -> None:
    while length > 0 and (chunk := stream.read(min(length, 1 << 20))):
        length -= len(chunk)


def _row(number: int, headers: Headers, block: bytes, limits: Limits) -> Iterator[Row]:
    try:
        document = _document(headers, block, limits)
    except ValueError as error:
        yield number, str(error)
    else:
        if document is not None:
            yield number, document


def _document(headers: Headers, block: bytes, limits: Limits) -> Document | None:
    """The document of a record, None where it is of another kind. Raises ValueError where it should be one and is not."""
    url = headers.get("warc-target-uri", "").strip("<> ") or None
    id = headers.get("warc-record-id", "").strip("<> ") or url
    media, fields = headers.get("content-type", "").lower(), headers
    if not block.strip():
        raise ValueError("empty WARC record")
    if id is None:
        raise ValueError("broken WARC record: neither WARC-Record-ID nor WARC-Target-URI")
    if headers["warc-type"].lower() == "response":
        if not media.startswith("application/http"):
            return None
        answer = _http(block, limits)
        if answer is None:
            return None
        fields, block = answer
        media = fields.get("content-type", "text/html").lower()
        if not block.strip():
            raise ValueError("empty WARC record")
    declared = _CHARSET.search(fields.get("content-type", ""))
    if media.startswith(_HTML):
        return article(block, id, limits, url, declared[1] if declared else None)
    if media.startswith("text/plain"):
        return Document(id=id, text=decoded(block), url=url)
    return None


def _http(block: bytes, limits: Limits) -> tuple[Headers, bytes] | None:
    """Headers and decoded body of an HTTP answer; None where its status says that it is not the page asked for."""
    head, separator, body = block.partition(b"\r\n\r\n")
    if not separator:
        head, separator, body = block.partition(b"\n\n")
    status, *rest = head.decode("latin-1").splitlines() or [""]
    if not separator or not status.startswith("HTTP/"):
        raise ValueError("broken WARC record: no HTTP headers in a response")
    if not re.match(r"HTTP/\S+\s+2\d\d", status):
        return None
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body = _unchunked(body)
    encoding = headers.get("content-encoding", "").lower()
    if encoding in ("gzip", "x-gzip", "deflate"):
        body = _inflated(body, limits)
    elif encoding not in ("", "identity"):
        raise ValueError(f"content encoding {encoding!r} is not supported")
    return headers, body


def _unchunked(body: bytes) -> bytes:
    """The body without the frame of the chunked transfer coding; as it is where crawlers have taken the frame off already."""
    parts: list[bytes] = []
    at = 0
    while match := re.compile(rb"([0-9A-Fa-f]{1,8})[^\r\n]{0,200}\r?\n").match(body, at):
        size = int(match[1], 16)
        if size == 0:
            return b"".join(parts)
        parts.append(body[match.end() : match.end() + size])
        at = match.end() + size
        at += 2 if body[at : at + 2] == b"\r\n" else 1
    return b"".join(parts) if at >= len(body) > 0 else body


def _inflated(body: bytes, limits: Limits) -> bytes:
    for wbits in (47, -15):  # gzip or zlib by its header; some servers send bare DEFLATE
        unpacker = zlib.decompressobj(wbits)
        try:
            out = unpacker.decompress(body, limits.record_bytes + 1)
        except zlib.error:
            continue
        if len(out) > limits.record_bytes:
            raise ValueError(f"the page is longer than {limits.record_bytes:,} bytes")
        if not unpacker.eof:
            raise ValueError("the compressed page ends too early")
        return out
    return body  # many archives keep the header and store the page unpacked
