"""What a model has answered before, by its revision and the hash of what it was asked: one small JSON file an answer.

The folder is the user's; files are written beside their place and moved, so that several processes can share it. A file that
cannot be read is asked for anew.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import msgspec

from audit.errors import UsageError

Answer = TypeVar("Answer")
# Raised when a role asks its model something else than before: older answers are not found any more.
_VERSION: Final = "1"


class Memory(Generic[Answer]):
    """The answers of one model in one role; without a folder nothing is kept."""

    def __init__(self, folder: Path | None, asked_of: str, kind: Any) -> None:
        """``asked_of``: role, model, revision, precision and settings; ``kind``: the type of an answer."""
        self._decoder: msgspec.json.Decoder[Answer] = msgspec.json.Decoder(kind)
        self._folder = folder / hashlib.sha256(f"{_VERSION}\0{asked_of}".encode()).hexdigest()[:16] if folder else None
        if self._folder is not None:
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                (self._folder / "MODEL.txt").write_text(f"{asked_of}\n", encoding="utf-8")
            except OSError as error:
                raise UsageError(f"{folder}: answers cannot be kept there ({error.strerror or error})") from error

    def ask(self, questions: Sequence[Any], answer: Callable[[list[Any]], Sequence[Answer]]) -> list[Answer]:
        """The answers in order; ``answer`` is called once for all questions that are new. Questions are JSON-like."""
        places = [self._place(question) for question in questions]
        found = [self._known(place) for place in places]
        first: dict[Path | int, int] = {}
        for number, (place, known) in enumerate(zip(places, found, strict=True)):
            if known is None:
                first.setdefault(number if place is None else place, number)
        made = answer([questions[number] for number in first.values()]) if first else ()
        new = dict(zip(first, made, strict=True))
        answers: list[Answer] = []
        for number, (place, known) in enumerate(zip(places, found, strict=True)):
            got = new[number if place is None else place] if known is None else known
            answers.append(got)
        for place, got in new.items():
            if isinstance(place, Path):
                self._keep(place, got)
        return answers

    def _place(self, question: Any) -> Path | None:
        if self._folder is None:
            return None
        digest = hashlib.sha256(msgspec.json.encode(question)).hexdigest()
        return self._folder / digest[:2] / f"{digest}.json"

    def _known(self, place: Path | None) -> Answer | None:
        if place is None:
            return None
        try:
            return self._decoder.decode(place.read_bytes())
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return None

    def _keep(self, place: Path, answer: Answer) -> None:
        try:
            place.parent.mkdir(exist_ok=True)
            beside = place.with_suffix(f".{os.getpid()}")
            beside.write_bytes(msgspec.json.encode(answer))
            beside.replace(place)
        except OSError as error:
            raise UsageError(f"{place.parent}: answers cannot be kept there ({error.strerror or error})") from error
