"""What one document may ask for, so that none costs the others their audit.

Size decides, because size is the same on every machine: bytes and words of what is read (`audit.streams.Limits`), and here
characters, words, passages and the longest passage of what is audited. Texts within these limits take seconds. The clock is
the last resort, for a text that nobody has thought of: it counts processor time, so that a busy machine, a suspended one or a
clock that is set back change nothing, and what it ends is a failure with its reason, never a shorter record.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from types import FrameType

import msgspec

from audit.errors import UsageError
from audit.text import Segment
from audit.types import Document


class Allowance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The section ``[<lang>.auditor]`` of models/thresholds.toml: sizes of a document, and seconds of processor time."""

    characters: int
    title: int
    words: int
    passages: int
    passage: int
    seconds: float


class _OutOfTime(BaseException):
    """Passes through everything that catches the faults of a detector: it is not the detector that is given up."""


def check_size(document: Document, allowance: Allowance) -> None:
    """Raises UsageError where the text is empty, no Unicode, or larger than allowed."""
    text, title = document.text, document.title or ""
    if not text.strip():
        raise UsageError("the text is empty")
    if len(text) > allowance.characters:
        raise UsageError(f"too long: the text has {len(text):,} characters, {allowance.characters:,} are allowed")
    if len(title) > allowance.title:
        raise UsageError(f"too long: the title has {len(title):,} characters, {allowance.title:,} are allowed")
    if len(text) > 2 * allowance.words and (count := len(text.split())) > allowance.words:
        raise UsageError(f"too long: the text has {count:,} words, {allowance.words:,} are allowed")
    try:
        (text + title + document.id).encode("utf-8")
    except UnicodeEncodeError as error:
        raise UsageError(f"not valid Unicode: a lone surrogate at character {error.start}") from error


def check_passages(segments: Sequence[Segment], allowance: Allowance) -> None:
    """Raises UsageError where there are more passages, or longer ones, than allowed."""
    lengths = [len(segment.text) for segment in segments if segment.field == "text"]
    if len(lengths) > allowance.passages:
        raise UsageError(f"too long: the text has {len(lengths):,} passages, {allowance.passages:,} are allowed")
    longest = max(lengths, default=0)
    if longest > allowance.passage:
        raise UsageError(f"too long: a passage has {longest:,} characters, {allowance.passage:,} are allowed")


@contextmanager
def within(seconds: float) -> Generator[None]:
    """Ends what is done within after so many seconds of this process's time. Raises UsageError then; 0 is no limit.

    Python tells only the main thread of a process of signals, and systems without POSIX timers have none: there is no clock then.
    """
    if seconds <= 0 or threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        raise _OutOfTime

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    except _OutOfTime:
        raise UsageError(f"given up after {seconds:g} seconds of processor time") from None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
