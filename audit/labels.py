"""What people know of documents: the errors they marked (gold), and who wrote a text.

Gold labels are JSON Lines: ``id``, ``start``, ``end``, ``quote``, ``category``, ``severity``; optional ``field`` (``text`` or
``title``) and ``evidence`` (``target``: to be seen in the text alone; ``sibling``; ``source``: only with the source text at
hand). What a document is (`Label`) stands in the documents' own file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from audit.errors import InputError
from audit.rows import typed_lines
from audit.streams import JSON, DamagedError, Limits, Position, kind, opened
from audit.types import Field, Severity


class Gold(msgspec.Struct, frozen=True, kw_only=True):
    """One labelled error: a half-open range of code points in a document's field. ``place`` is "file:line"."""

    id: str
    start: int
    end: int
    quote: str
    category: str
    severity: Severity
    field: Field = "text"
    evidence: str = "target"
    place: str = ""


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a document: who wrote it (``mt`` or ``human``), its ``kind``, and whether all its errors are labelled.

    Genuine are texts of people whose kind is ``original``, or not told: translations by people have errors of their own.
    """

    label: Literal["mt", "human"]
    kind: str | None = None
    complete: bool = False

    @property
    def genuine(self) -> bool:
        return self.label == "human" and self.kind in (None, "original")


def read_gold(path: str | Path) -> list[Gold]:
    """The gold labels of a file (.jsonl, .ndjson; .gz, .zst). Raises InputError with the line of the first bad row."""
    rows: list[Gold] = []
    struct = msgspec.defstruct("GoldRow", [("id", str | int)], bases=(Gold,), frozen=True, kw_only=True)
    for place, row in _typed(path, struct):
        values: dict[str, Any] = msgspec.structs.asdict(row) | {"id": str(row.id), "place": place}
        gold = Gold(**values)
        if not 0 <= gold.start < gold.end:
            raise InputError(place, f"start {gold.start} and end {gold.end} are no range")
        if not gold.category.strip():
            raise InputError(place, "the category is empty")
        if len(gold.quote) != gold.end - gold.start:
            raise InputError(place, f"the quote has {len(gold.quote)} characters, its range {gold.end - gold.start}")
        rows.append(gold)
    return rows


_LABELS: Final[Mapping[str, Literal["mt", "human"]]] = {
    "mt": "mt",
    "machine-translated": "mt",
    "human": "human",
    "original": "human",
    "translated": "human",
}


def read_labels(path: str | Path, *, id_key: str = "id") -> dict[str, Label]:
    """Label by document id, as a file of documents in JSON Lines carries them; documents without ``label`` have none.

    ``label`` is ``mt`` or ``human``, or one of the program's own verdicts. Other kinds of files carry no labels: empty.
    Raises InputError with the line where a label is of the wrong kind; rows that are no documents are passed over here,
    for reading the documents reports them.
    """
    labels: dict[str, Label] = {}
    if kind(str(path)) not in JSON:
        return labels
    struct = msgspec.defstruct(
        "LabelRow",
        [("id", str | int), ("label", Any, None), ("kind", Any, None), ("complete", Any, False)],
        rename={"id": id_key},
        kw_only=True,
    )
    for place, row in _typed(path, struct, strict=False):
        if row.label is None:
            continue
        if not isinstance(row.label, str) or row.label not in _LABELS:
            raise InputError(place, f"label {row.label!r} is none of {', '.join(_LABELS)}")
        if not isinstance(row.kind, str | None) or not isinstance(row.complete, bool):
            raise InputError(place, "`kind` must be text, and `complete` true or false")
        own = row.label if row.kind is None and row.label in ("original", "translated") else row.kind
        labels.setdefault(str(row.id), Label(label=_LABELS[row.label], kind=own, complete=row.complete))
    return labels


def _typed(path: str | Path, type: type[Any], strict: bool = True) -> Iterator[tuple[str, Any]]:
    """The rows of a JSON Lines file with their places; where not ``strict``, rows of the wrong shape are passed over."""
    try:
        with opened(Path(path), limits := Limits(), Position()) as stream:
            for number, row in typed_lines(stream, type, limits):
                if not isinstance(row, str):
                    yield f"{path}:{number}", row
                elif strict:
                    raise InputError(f"{path}:{number}", row)
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror or error})") from error
    except DamagedError as error:
        raise InputError(str(path), str(error)) from error
