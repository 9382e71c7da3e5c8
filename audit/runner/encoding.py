"""One encoder for many workers: a process a card, which answers the questions of all of them.

Workers send what their detectors ask; the process gathers what has come meanwhile, asks the encoder the shortest texts first, in
batches of about equal size, and answers each worker as soon as its own questions are done. While the card computes, the next
questions arrive, so that it need not wait. Whatever has a method ``fit`` can serve.
"""

from __future__ import annotations

import itertools
import os
import queue
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

import msgspec

from audit.errors import ModelError
from audit.neural.encoder import Query

# Letters of one call, alternatives included: some ten thousand tokens, enough to fill a card and answered within a moment.
LETTERS: Final = 40_000
# Seconds a worker waits for a process that is still loading its encoder.
_PATIENCE: Final = 120.0

Answer = tuple[float, ...]


class Fits(Protocol):
    """What serves: `audit.neural.encoder.Encoder`, or anything that answers as it does."""

    def fit(self, queries: Sequence[Query]) -> list[Answer]:
        """For each query one log-ratio (natural) for each alternative."""
        ...


class _Request(NamedTuple):
    queries: list[Query]
    pipe: Connection[Any, Any]


class _Reply(msgspec.Struct, frozen=True):
    answers: list[Answer] = []
    error: str | None = None


class RemoteEncoder:
    """Asks an encoder in another process; it connects when it is first asked."""

    def __init__(self, address: str, device: str) -> None:
        self._address = address
        self.device = device
        self._pipe: Connection[Any, Any] | None = None
        self._lock = threading.Lock()

    def fit(self, queries: Sequence[Query]) -> list[Answer]:
        """As `Encoder.fit`. Raises ModelError where the other process is gone, or could not answer."""
        if not queries:
            return []
        with self._lock:
            try:
                if self._pipe is None:
                    self._pipe = Client(self._address)
                self._pipe.send_bytes(msgspec.msgpack.encode(queries))
                reply = msgspec.msgpack.decode(self._pipe.recv_bytes(), type=_Reply)
            except (OSError, EOFError) as error:
                self._pipe = None
                raise ModelError(f"the encoder's process on {self.device} is gone ({error or 'it closed the pipe'})") from error
        if reply.error is not None:
            raise ModelError(f"the encoder on {self.device} failed: {reply.error}")
        return reply.answers


class Desk:
    """Takes in questions from many pipes and has them answered by one encoder."""

    def __init__(self, encoder: Fits, letters: int = LETTERS) -> None:
        self._encoder = encoder
        self._letters = letters
        self._inbox: queue.SimpleQueue[_Request | None] = queue.SimpleQueue()

    def attend(self, pipe: Connection[Any, Any]) -> None:
        """Listen to one worker until it leaves; its questions go to the queue."""
        with suppress(EOFError, OSError):
            while True:
                queries = msgspec.msgpack.decode(pipe.recv_bytes(), type=list[Query])
                self._inbox.put(_Request(queries, pipe))

    def serve(self) -> None:
        """Answer until `stop`."""
        while True:
            request = self._inbox.get()
            if request is None:
                self._inbox.put(None)  # for whoever else serves
                return
            gathered = [request]
            with suppress(queue.Empty):
                while True:
                    following = self._inbox.get_nowait()
                    if following is None:
                        self._inbox.put(None)
                        break
                    gathered.append(following)
            self.answer(gathered)

    def stop(self) -> None:
        """Let `serve` return when what is gathered has been answered."""
        self._inbox.put(None)

    def answer(self, requests: Sequence[_Request]) -> None:
        """Answer requests together: all their questions by length, in batches, each request when its last one is done."""
        asked = [(len(query.text), r, q) for r, request in enumerate(requests) for q, query in enumerate(request.queries)]
        answers: list[list[Answer]] = [[()] * len(request.queries) for request in requests]
        left = [len(request.queries) for request in requests]
        for batch in self._batches(sorted(asked), requests):
            try:
                found = self._encoder.fit([requests[r].queries[q] for _, r, q in batch])
            except Exception as error:  # the worker that asked must hear of it, and the others be served
                self._refuse(requests, left, f"{type(error).__name__}: {error}")
                return
            for (_, r, q), answer in zip(batch, found, strict=True):
                answers[r][q] = answer
                left[r] -= 1
                if not left[r]:
                    _reply(requests[r].pipe, _Reply(answers=answers[r]))

    def _batches(
        self, asked: Sequence[tuple[int, int, int]], requests: Sequence[_Request]
    ) -> Iterator[list[tuple[int, int, int]]]:
        """Questions in the order given, cut where a batch is full."""
        batch: list[tuple[int, int, int]] = []
        size = 0
        for length, r, q in asked:
            cost = (length + 1) * (1 + len(requests[r].queries[q].alternatives))
            if batch and size + cost > self._letters:
                yield batch
                batch, size = [], 0
            batch.append((length, r, q))
            size += cost
        if batch:
            yield batch

    def _refuse(self, requests: Sequence[_Request], left: Sequence[int], reason: str) -> None:
        for request, open_questions in zip(requests, left, strict=True):
            if open_questions:
                _reply(request.pipe, _Reply(error=reason))


def _reply(pipe: Connection[Any, Any], reply: _Reply) -> None:
    with suppress(OSError):  # the worker is gone; another will ask again
        pipe.send_bytes(msgspec.msgpack.encode(reply))


class Encoders:
    """Processes that serve encoders, one for each device."""

    def __init__(self, context: Any, devices: Sequence[str], load: Callable[[str, str], Fits], lang: str) -> None:
        """``load(lang, device)`` makes the encoder in its own process; it must be importable there by name."""
        self._folder = tempfile.TemporaryDirectory(prefix="mt-audit-")
        self._turn = itertools.cycle(range(len(devices)))
        self.devices = tuple(devices)
        self._processes: list[Any] = []
        self._pipes: list[Any] = []  # while they are open the processes stay
        for at, device in enumerate(devices):
            parent, child = context.Pipe()
            process = context.Process(target=attendant, args=(self._address(at), load, lang, device, child), daemon=True)
            process.start()
            child.close()
            self._processes.append(process)
            self._pipes.append(parent)
            error = parent.recv_bytes().decode() if parent.poll(_PATIENCE) else "it does not answer"
            if error:
                self.close()
                raise ModelError(f"the encoder cannot run on {device}: {error}")

    def next(self) -> tuple[str, str]:
        """Address and device for another worker: they take turns."""
        at = next(self._turn)
        return self._address(at), self.devices[at]

    def close(self) -> None:
        """End the processes."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join(timeout=5)
        self._folder.cleanup()

    def _address(self, at: int) -> str:
        return str(Path(self._folder.name) / f"encoder-{at}")


def attendant(address: str, load: Callable[[str, str], Fits], lang: str, device: str, pipe: Connection[Any, Any]) -> None:
    """The life of an encoder's process: it loads, says so (or why it cannot) on ``pipe``, and serves until that is closed."""
    try:
        desk = Desk(load(lang, device))
        listener = Listener(address, backlog=256)
    except Exception as error:
        pipe.send_bytes((str(error) or type(error).__name__).encode())
        return
    pipe.send_bytes(b"")
    threading.Thread(target=_leave_with, args=(pipe,), daemon=True).start()
    threading.Thread(target=_welcome, args=(listener, desk), daemon=True).start()
    # Two at the desk: while one waits for the card, the other prepares what comes next.
    threading.Thread(target=desk.serve, daemon=True).start()
    desk.serve()


def _welcome(listener: Listener, desk: Desk) -> None:
    while True:
        with suppress(OSError, EOFError):
            pipe = listener.accept()
            threading.Thread(target=desk.attend, args=(pipe,), daemon=True).start()


def _leave_with(pipe: Connection[Any, Any]) -> None:
    """End the process when whoever started it is gone, however it went."""
    with suppress(EOFError, OSError):
        pipe.recv_bytes()
    os._exit(0)


def load(lang: str, device: str) -> Fits:
    """The encoder that is installed for a language, on a device. Raises ModelError where there is none."""
    from audit.auditor import Auditor

    encoder = Auditor(lang, device=device).encoder
    if encoder is None:
        raise ModelError(f"no encoder is installed for {lang}")
    return encoder
