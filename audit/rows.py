"""What a row of a table is, and JSON Lines, a row at a time; a bad row is refused and the next one read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any, BinaryIO, Final

import msgspec

from audit.streams import Limits, decoded, lines
from audit.types import Document

# A row's place within its file (line, row or record, from 1), and its document or the reason why it is none.
Row = tuple[int, Document | str]

OPTIONAL: Final = ("title", "lang", "url", "date", "story", "source_lang")
_PATH: Final = re.compile(r" - at `(?P<path>[^`]*)`$")
_DAY: Final = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?$")
# What msgspec calls the types of JSON.
_KINDS: Final = {
    "str": "text",
    "int": "a number",
    "float": "a number with a fraction",
    "bool": "true or false",
    "null": "null",
    "array": "a list",
    "object": "an object",
}


class Keys(msgspec.Struct, frozen=True, kw_only=True):
    """What the fields ``text`` and ``id`` are called in a user's table."""

    text: str = "text"
    id: str = "id"

    def fields(self) -> dict[str, str]:
        """Field of a Document → name in the table. A renamed field hides an optional one of that name."""
        required = {"id": self.id, "text": self.text}
        return required | {name: name for name in OPTIONAL if name not in required.values()}


def document(values: dict[str, Any]) -> Document:
    """A document of a row's values, by field; optional ones that are empty or None count as absent.

    A date that is not ISO 8601 is no date: it is left out, and the document is read. A number may stand for an id.
    """
    optional = {name: str(value) for name in OPTIONAL if (value := values.get(name)) not in (None, "")}
    if "date" in optional and not _is_iso(optional["date"]):
        del optional["date"]
    return Document(id=str(values["id"]), text=values["text"], **optional)


def _is_iso(text: str) -> bool:
    if _DAY.match(text):
        text = f"{text}-01-01"[:10]
    try:
        return bool(date.fromisoformat(re.split("[T ]", text, maxsplit=1)[0]))
    except ValueError:
        return False


def json_lines(stream: BinaryIO, keys: Keys, limits: Limits) -> Iterator[Row]:
    """One JSON object a line; blank lines are passed over, fields of other names ignored."""
    names = keys.fields()
    struct = msgspec.defstruct(
        "JsonRow",
        [("id", str | int), ("text", str)]
        + [(name, str | int | None if name == "story" else str | None, None) for name in names if name in OPTIONAL],
        rename=names,
        kw_only=True,
    )
    for number, row in typed_lines(stream, struct, limits):
        yield number, row if isinstance(row, str) else document(msgspec.structs.asdict(row))


def typed_lines(stream: BinaryIO, type: Any, limits: Limits) -> Iterator[tuple[int, Any]]:
    """Numbered lines of JSON, each as an instance of ``type`` (no str) or the reason why it is none; blank ones are left out."""
    decoder = msgspec.json.Decoder(type)
    for number, line in lines(stream, limits.record_bytes):
        if line is None:
            yield number, f"the line is longer than {limits.record_bytes:,} bytes"
        elif not line.isspace():
            yield number, _typed_line(decoder, line)


def _typed_line(decoder: msgspec.json.Decoder[Any], line: bytes) -> Any:
    try:
        return decoder.decode(line)
    except msgspec.ValidationError as error:
        return _explained(str(error))
    except RecursionError:
        return "broken JSON: nested too deeply"
    except ValueError as error:  # msgspec.DecodeError and UnicodeDecodeError are both one
        return _malformed(line, str(error).removeprefix("JSON is malformed: "))


def _malformed(line: bytes, message: str) -> str:
    """Why a line is no JSON. The standard library lets lone surrogates pass, so it tells them from other damage."""
    try:
        json.loads(decoded(line))
    except json.JSONDecodeError:
        return f"broken JSON: {message[:1].lower()}{message[1:]}"
    except ValueError as error:
        return str(error)
    return "broken JSON: a lone surrogate" if b"\\u" in line else f"broken JSON: {message}"


def _explained(message: str) -> str:
    """msgspec's message with the field in front, in words: "field `text`: expected text, got a number"."""
    place = _PATH.search(message)
    message = re.sub("`(str|int|float|bool|null|array|object)`", lambda match: _KINDS[match[1]], _PATH.sub("", message))
    if missing := re.match(r"Object missing required field (`.*`)", message):
        return f"field {missing[1]} is missing"
    message = message[:1].lower() + message[1:]
    return f"field `{place['path'].removeprefix('$.')}`: {message}" if place else message
