"""How a batch is getting on: a line that renews itself on a terminal, a line a minute elsewhere, and a log beside the results."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, TextIO

from audit.runner.work import Result

_MINUTE: Final = 60.0
_BLINK: Final = 0.5


class Progress:
    """Counts what comes back and says so on ``stream``; the log file gets a line a minute, and every traceback.

    ``share``: how much of the work is done (0–1), None where that cannot be told.
    """

    def __init__(self, log: Path, stream: TextIO | None = None) -> None:
        """``stream`` None: nothing is said but in the log."""
        self._log = log
        self._stream = stream
        self._live = stream is not None and stream.isatty()
        self._name = ""
        self._share: Callable[[], float | None] = lambda: None
        self._spoke = self._logged = self._began = time.monotonic()
        self._shown = False
        self._begun_at = 0.0
        self.documents = self.words = self.findings = self.failures = 0

    def begin(self, name: str, share: Callable[[], float | None]) -> None:
        """A new pass; counting starts again."""
        self._name, self._share = name, share
        self._began = time.monotonic()
        self._begun_at = share() or 0.0
        self.documents = self.words = self.findings = self.failures = 0

    def took(self, result: Result) -> None:
        """Count a result, and keep its tracebacks."""
        self.documents += len(result.reports) + len(result.surveyed)
        self.words += result.words
        self.findings += sum(len(report.findings) for _, report in result.reports)
        self.failures += len(result.failures) + sum(found.failure is not None for _, found in result.surveyed)
        self.note(result.log)
        now = time.monotonic()
        if now - self._logged >= _MINUTE:
            self._logged = now
            self.note([self.line()])
            if self._stream is not None and not self._live:
                print(self.line(), file=self._stream, flush=True)
        if self._live and now - self._spoke >= _BLINK:
            self._spoke = now
            self._show(self.line())

    def note(self, lines: Iterable[str]) -> None:
        """Lines for the log, each with the time."""
        lines = list(lines)
        if lines:
            with self._log.open("a", encoding="utf-8") as file:
                file.writelines(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {line}\n" for line in lines)

    def say(self, line: str) -> None:
        """A line of its own, on the stream and in the log."""
        self.note([line])
        if self._stream is not None:
            self.clear()
            print(line, file=self._stream, flush=True)

    def clear(self) -> None:
        """Take the renewed line away."""
        if self._shown and self._stream is not None:
            print("\r\x1b[K", end="", file=self._stream, flush=True)
        self._shown = False

    def line(self) -> str:
        """Where the pass stands: documents, words a second, time to come, findings and failures so far."""
        spent = max(time.monotonic() - self._began, 1e-6)
        parts = [f"{self._name}: {self.documents:,} documents", f"{self.words / spent:,.0f} words/s", f"ETA {self._eta(spent)}"]
        return ", ".join([*parts, f"{self.findings:,} findings", f"{self.failures:,} failures"])

    def _eta(self, spent: float) -> str:
        share = self._share()
        if share is None or share <= self._begun_at:
            return "unknown"
        left = round(spent * (1 - share) / (share - self._begun_at))
        return f"{left // 3600}:{left // 60 % 60:02d}:{left % 60:02d}"

    def _show(self, line: str) -> None:
        print(f"\r{line}\x1b[K", end="", file=self._stream or sys.stderr, flush=True)
        self._shown = True
