"""Worker processes on this machine: they load their models once, and share what they do not write to.

Units and results travel as MessagePack through pipes. A worker that dies is replaced. The unit that it died on is taken apart,
and its documents are tried again one by one, each at most twice; a document that no worker survives becomes a failure.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import queue
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from typing import Any, Final, cast

import msgspec

from audit.errors import AuditError, ModelError
from audit.runner import nursery
from audit.runner.encoding import Encoders, Fits, RemoteEncoder, load
from audit.runner.plan import Plan
from audit.runner.work import Ask, Codec, Result, Unit, lost, single

# A worker has its next unit at hand while it sends the last result.
_AHEAD: Final = 2
# Units a worker may be ahead of the slowest one: what bounds the results that wait for their turn.
_WINDOW: Final = 8
# How often a unit may cost a worker its life: once, and two more tries.
_DEATHS: Final = 3
# What keeps numerical libraries to a number of threads.
_THREADS: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "RAYON_NUM_THREADS")


class _Job:
    """A unit on its way, or one document of it; ``place`` is its turn and its part within that turn."""

    __slots__ = ("deaths", "place", "unit")

    def __init__(self, unit: Unit, place: tuple[int, int], deaths: int = 0) -> None:
        self.unit = unit
        self.place = place
        self.deaths = deaths


class _Worker:
    """A process, the pipe to it, and the jobs it has, the one it works on first."""

    def __init__(self, context: Any, plan: Plan, encoder: tuple[str, str] | None) -> None:
        """``encoder``: address and device of the process that is asked instead of an encoder of its own."""
        self.pipe: Connection[Any, Any]
        self.pipe, theirs = context.Pipe()
        self.process: Any = context.Process(target=work, args=(theirs, msgspec.json.encode(plan), encoder), daemon=True)
        self.process.start()
        theirs.close()
        self.jobs: deque[_Job] = deque()
        self.ready = False

    def send(self, job: _Job, data: bytes) -> None:
        """Hand it a job; where it is dead already, that will be noticed on reading."""
        self.jobs.append(job)
        with suppress(OSError):
            self.pipe.send_bytes(data)

    def end(self) -> str:
        """Wait for its end, and say what it was."""
        self.process.join(timeout=5)
        code = self.process.exitcode
        self.pipe.close()
        if code is not None and code < 0:
            return f"killed by {signal.Signals(-code).name}"
        return f"exit status {code}"


class Pool:
    """The runner with worker processes."""

    def __init__(self, plan: Plan, workers: int, devices: Sequence[str] = (), load: Callable[[str, str], Fits] = load) -> None:
        """``devices``: cards on each of which a process runs an encoder (which ``load`` makes) for all workers."""
        self._plan = plan
        self._context = _context()
        self._codec = Codec()
        with _environment(plan):
            self._encoders = Encoders(self._context, devices, load, plan.lang) if devices else None
            self._workers = [self._worker() for _ in range(workers)]
        self._stillborn = 0

    def results(self, units: Iterable[Unit]) -> Iterator[Result]:
        """The results in the order of the units. Raises ModelError where workers cannot start."""
        waiting: deque[_Job] = deque()
        arrived: dict[int, list[Result | None]] = {}
        coming = enumerate(units)
        turn, more = 0, True
        while True:
            while more and len(waiting) < _AHEAD and len(arrived) < _WINDOW * len(self._workers):
                following = next(coming, None)
                more = following is not None
                if following is not None:
                    waiting.append(_Job(following[1], (following[0], 0)))
                    arrived[following[0]] = [None]
                self._hand_out(waiting)
            self._hand_out(waiting)
            while turn in arrived and all(part is not None for part in arrived[turn]):
                yield merged([part for part in arrived.pop(turn) if part is not None])
                turn += 1
            if not more and not arrived:
                return
            if more and len(waiting) < _AHEAD and len(arrived) < _WINDOW * len(self._workers):
                continue
            self._listen(waiting, arrived)

    def close(self) -> None:
        """End the workers."""
        for worker in self._workers:
            with suppress(OSError):
                worker.pipe.close()
            worker.process.terminate()
        for worker in self._workers:
            worker.process.join(timeout=5)
        self._workers = []
        if self._encoders is not None:
            self._encoders.close()

    def _worker(self) -> _Worker:
        return _Worker(self._context, self._plan, self._encoders.next() if self._encoders is not None else None)

    def _hand_out(self, waiting: deque[_Job]) -> None:
        """Jobs to the workers that have the fewest."""
        while waiting:
            worker = min(self._workers, key=lambda worker: len(worker.jobs))
            if len(worker.jobs) >= _AHEAD:
                return
            job = waiting.popleft()
            worker.send(job, self._codec.encode(job.unit))

    def _listen(self, waiting: deque[_Job], arrived: dict[int, list[Result | None]]) -> None:
        """Take in what workers send, and replace those that died."""
        pipes = {worker.pipe: at for at, worker in enumerate(self._workers)}
        for pipe in wait(list(pipes)):
            at = pipes[cast("Connection[Any, Any]", pipe)]  # only these pipes were waited for
            worker = self._workers[at]
            try:
                data = worker.pipe.recv_bytes()
            except (EOFError, OSError):
                self._bury(at, waiting, arrived)
                continue
            if not worker.ready:
                ask = msgspec.msgpack.decode(data, type=Ask)
                if ask.error is not None:
                    raise ModelError(ask.error)
                worker.ready, self._stillborn = True, 0
                continue
            turn, part = worker.jobs.popleft().place
            arrived[turn][part] = self._codec.result(data)

    def _bury(self, at: int, waiting: deque[_Job], arrived: dict[int, list[Result | None]]) -> None:
        """Put a new worker in a dead one's place; its jobs go back to the front of the queue."""
        worker = self._workers[at]
        end = worker.end()
        jobs = list(worker.jobs)
        if not worker.ready:
            self._stillborn += 1
            if self._stillborn >= _DEATHS:
                raise ModelError(f"workers die before they can begin ({end})")
        elif jobs:
            jobs = [*self._again(jobs[0], end, arrived), *jobs[1:]]
        waiting.extendleft(reversed(jobs))
        self._workers[at] = self._worker()

    def _again(self, job: _Job, end: str, arrived: dict[int, list[Result | None]]) -> list[_Job]:
        """What is to be tried again of a job that cost a worker its life."""
        turn, part = job.place
        deaths = job.deaths + 1
        if len(job.unit.documents) > 1:
            parts = single(job.unit)
            arrived[turn] = [None] * len(parts)
            return [_Job(unit, (turn, i), deaths) for i, unit in enumerate(parts)]
        if deaths >= _DEATHS:
            arrived[turn][part] = lost(job.unit, f"the worker died on this document ({end}), {deaths} times")
            return []
        return [_Job(job.unit, job.place, deaths)]


def merged(results: list[Result]) -> Result:
    """Several results as one."""
    if len(results) == 1:
        return results[0]
    return Result(
        reports=[row for result in results for row in result.reports],
        surveyed=[row for result in results for row in result.surveyed],
        failures=[row for result in results for row in result.failures],
        log=[line for result in results for line in result.log],
        left_out=sum(result.left_out for result in results),
    )


def _context() -> Any:
    """How processes are made: copies of one that has loaded the models, where the system can copy processes."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["audit.runner.nursery"])
    return context


@contextmanager
def _environment(plan: Plan) -> Generator[None]:
    """What new processes find in their environment: the plan, and that numerical libraries keep to one thread.

    There is a worker a core; and a process that has begun more threads must not be copied.
    """
    settings = {nursery.PLAN: msgspec.json.encode(plan).decode(), "TOKENIZERS_PARALLELISM": "false"}
    settings |= dict.fromkeys(_THREADS, "1")
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def work(pipe: Connection[Any, Any], plan: bytes, encoder: tuple[str, str] | None) -> None:
    """A worker's life: it reads units until the pipe is closed, and answers each."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal interrupts all; who began the run decides
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    inbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(pipe, inbox), daemon=True).start()
    gc.set_threshold(100_000, 50, 50)
    codec = Codec()
    try:
        stages = nursery.stages(msgspec.json.decode(plan, type=Plan))
        if encoder is not None:
            stages.auditor.encoder = RemoteEncoder(*encoder)
    except AuditError as error:
        pipe.send_bytes(codec.encode(Ask(str(error))))
        return
    with suppress(OSError):  # whoever asked is gone
        pipe.send_bytes(codec.encode(Ask()))
        while (data := inbox.get()) is not None:
            pipe.send_bytes(codec.encode(stages.run(codec.unit(data))))


def _receive(pipe: Connection[Any, Any], inbox: queue.SimpleQueue[bytes | None]) -> None:
    """Takes in units as they come, so that whoever sends them need not wait."""
    with suppress(EOFError, OSError):
        while True:
            inbox.put(pipe.recv_bytes())
    inbox.put(None)
