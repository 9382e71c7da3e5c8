"""The passes over a corpus: one where documents stand alone, two where they are compared with their siblings.

Shards go through a runner in their order, several at a time; each is written when its last unit has come back. What an earlier
run has completed is passed over.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from audit.errors import UsageError
from audit.runner.intake import Shard
from audit.runner.mates import Mates
from audit.runner.progress import Progress
from audit.runner.serial import Runner
from audit.runner.shards import Folder
from audit.runner.spool import Spool
from audit.runner.work import Compare, Numbered, Read, Result, Survey, Unit
from audit.types import Failure

# Documents a unit: a second's work for a worker, so that sending it around costs nothing against it.
READ_UNIT: Final = 64
AUDIT_UNIT: Final = 8


@dataclass
class _Order:
    """A shard on its way: what is still out, what has come back, and what is done with it then."""

    units: int
    finish: Callable[[list[Result]], None]
    results: list[Result] = field(default_factory=list[Result])


def _drive(orders: Iterable[tuple[Sequence[Unit], Callable[[list[Result]], None]]], runner: Runner, progress: Progress) -> None:
    """Send the units of all orders through the runner, and finish each order in its turn."""
    open_orders: deque[_Order] = deque()

    def units() -> Iterator[Unit]:
        for made, finish in orders:
            open_orders.append(_Order(len(made), finish))
            yield from made

    def finish() -> None:
        while open_orders and open_orders[0].units == len(open_orders[0].results):
            order = open_orders.popleft()
            order.finish(order.results)

    for result in runner.results(units()):
        progress.took(result)
        finish()
        open_orders[0].results.append(result)
        finish()
    finish()


def _cut(documents: Sequence[Numbered], size: int) -> Iterator[list[Numbered]]:
    for at in range(0, len(documents), size):
        yield list(documents[at : at + size])


def read(shards: Iterable[Shard], folder: Folder, runner: Runner, progress: Progress, size: int | None = None) -> int:
    """The one pass over documents that stand alone; the number of parts there are then."""
    count = 0

    def orders() -> Iterator[tuple[list[Unit], Callable[[list[Result]], None]]]:
        nonlocal count
        for shard in shards:
            count += 1
            digest = shard.digest
            done = folder.done(shard.number)
            if done is not None:
                _unchanged(folder, done.digest, digest)
                continue
            units: list[Unit] = [Read(unit) for unit in _cut(shard.documents, size or READ_UNIT)]
            yield units, _writer(folder, shard.number, digest, shard.failures)

    _drive(orders(), runner, progress)
    return count


def survey(shards: Iterable[Shard], folder: Folder, spool: Spool, runner: Runner, progress: Progress, size: int | None) -> None:
    """The first pass of two: what there is goes into the spool."""

    def orders() -> Iterator[tuple[list[Unit], Callable[[list[Result]], None]]]:
        for shard in shards:
            sheet = spool.known(shard.number)
            if sheet is not None:
                _unchanged(folder, sheet.digest, shard.digest)
                yield [], lambda _, number=shard.number, sheet=sheet: spool.take(number, sheet)
                continue
            units: list[Unit] = [Survey(unit) for unit in _cut(shard.documents, size or READ_UNIT)]
            yield units, lambda results, shard=shard: spool.put(shard, [f for r in results for _, f in r.surveyed])

    _drive(orders(), runner, progress)


def compare(spool: Spool, mates: Mates, folder: Folder, runner: Runner, progress: Progress, size: int | None) -> int:
    """The second pass of two: the audit of each document with its siblings; the number of parts there are then."""

    def orders() -> Iterator[tuple[Sequence[Unit], Callable[[list[Result]], None]]]:
        for number, sheet in enumerate(spool.sheets):
            done = folder.done(number)
            if done is not None:
                _unchanged(folder, done.digest, sheet.digest)
                continue
            numbers: list[int] = []
            failures = list(sheet.failures)
            for at in range(spool.first(number), spool.first(number) + sheet.documents):
                failure = spool.surveyed(at).failure
                if failure is None:
                    numbers.append(at)
                else:
                    failures.append(Failure(source=spool.document(at).document.id, reason=failure))
            # Documents of one story follow each other, so that a worker reads them once.
            numbers.sort(key=lambda at: (mates.story(at), at))
            units = _Comparisons(spool, mates, numbers, size or AUDIT_UNIT)
            yield units, _writer(folder, number, sheet.digest, failures)

    _drive(orders(), runner, progress)
    return len(spool.sheets)


class _Comparisons(Sequence[Unit]):
    """The units of a shard, read from the spool when they are asked for: siblings may be many times the documents."""

    def __init__(self, spool: Spool, mates: Mates, numbers: Sequence[int], size: int) -> None:
        self._spool = spool
        self._mates = mates
        self._numbers = numbers
        self._size = size

    def __len__(self) -> int:
        return (len(self._numbers) + self._size - 1) // self._size

    def __getitem__(self, at: int) -> Unit:  # pyright: ignore[reportIncompatibleMethodOverride]  # slices are not asked for
        numbers = self._numbers[at * self._size : (at + 1) * self._size]
        if not numbers:
            raise IndexError(at)
        mates = [self._mates.of(number) for number in numbers]
        others = sorted({mate.number for row in mates for mate in row} - set(numbers))
        return Compare(
            documents=[self._spool.document(number) for number in numbers],
            screened=[self._spool.surveyed(number).screened for number in numbers],
            mates=mates,
            others=[self._spool.document(number) for number in others],
        )


def _writer(folder: Folder, number: int, digest: str, unread: Sequence[Failure]) -> Callable[[list[Result]], None]:
    """Writes a part from its results: documents in their order, failures too, those of reading first."""

    def finish(results: list[Result]) -> None:
        reports = sorted((row for result in results for row in result.reports), key=lambda row: row[0])
        failures = sorted((row for result in results for row in result.failures), key=lambda row: row[0])
        left_out = sum(result.left_out for result in results)
        folder.put(number, digest, [report for _, report in reports], [*unread, *(f for _, f in failures)], left_out)

    return finish


def _unchanged(folder: Folder, before: str, now: str) -> None:
    if before != now:
        raise UsageError(f"{folder.path} holds a batch of other input: the documents have changed since. Choose another folder")
