"""One encoder serves many workers: each gets its own answers, in its order, whatever is asked beside it."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pytest
from batch_setups import ByRule, by_rule
from runner.conftest import documents

from audit.errors import ModelError
from audit.neural.encoder import Query
from audit.runner.encoding import Desk, Encoders, RemoteEncoder
from audit.runner.plan import Plan
from audit.runner.pool import Pool
from audit.runner.serial import Serial
from audit.runner.work import Numbered, Read, Unit
from audit.types import Document

CONTEXT = multiprocessing.get_context("forkserver")


def _queries(worker: int, count: int) -> list[Query]:
    return [Query("x" * (1 + 7 * i * (worker + 1) % 90), 0, 1, tuple("y" * (j + i) for j in range(i % 4))) for i in range(count)]


class Recording(ByRule):
    """Remembers what it was asked at once."""

    def __init__(self) -> None:
        self.calls: list[list[Query]] = []

    def fit(self, queries: Sequence[Query]) -> list[tuple[float, ...]]:
        self.calls.append(list(queries))
        return super().fit(queries)


class Wire:
    """A pipe that remembers what was sent."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def send_bytes(self, data: bytes) -> None:
        self.sent.append(data)


@pytest.fixture
def encoders() -> Iterator[Encoders]:
    made = Encoders(CONTEXT, ["one", "two"], by_rule, "de")
    yield made
    made.close()


def test_requests_are_answered_together_shortest_first_in_batches() -> None:
    from audit.runner.encoding import _Request

    encoder, wires = Recording(), [Wire() for _ in range(5)]
    requests = [_Request(_queries(worker, 12), wire) for worker, wire in enumerate(wires)]
    Desk(encoder, letters=600).answer(requests)
    asked = [query for call in encoder.calls for query in call]
    assert [len(query.text) for query in asked] == sorted(len(query.text) for query in asked) and len(asked) == 60
    assert len(encoder.calls) > 1
    assert all(sum((len(q.text) + 1) * (1 + len(q.alternatives)) for q in call) <= 600 for call in encoder.calls if len(call) > 1)
    for worker, wire in enumerate(wires):
        (reply,) = (msgspec.msgpack.decode(data) for data in wire.sent)
        assert [tuple(answer) for answer in reply["answers"]] == ByRule().fit(_queries(worker, 12)) and reply["error"] is None


def test_many_workers_at_once(encoders: Encoders) -> None:
    wrong: list[int] = []

    def work(worker: int) -> None:
        remote = RemoteEncoder(*encoders.next())
        for count in (1, 30, 0, 7):
            if remote.fit(_queries(worker, count)) != ByRule().fit(_queries(worker, count)):
                wrong.append(worker)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not wrong and not any(thread.is_alive() for thread in threads)


def test_cards_take_turns(encoders: Encoders) -> None:
    assert [encoders.next()[1] for _ in range(4)] == ["one", "two", "one", "two"]


def test_an_encoder_that_cannot_load_is_one_line() -> None:
    with pytest.raises(ModelError, match="cannot run on broken: no such card"):
        Encoders(CONTEXT, ["broken"], by_rule, "de")


def test_an_encoder_that_fails_tells_who_asked() -> None:
    from audit.runner.encoding import _Request

    class Failing:
        def fit(self, queries: Sequence[Query]) -> list[tuple[float, ...]]:
            raise MemoryError("out of memory")

    wire = Wire()
    Desk(Failing()).answer([_Request(_queries(0, 3), wire)])
    assert "MemoryError: out of memory" in msgspec.msgpack.decode(wire.sent[0])["error"]


def test_an_encoder_that_is_gone_is_named(encoders: Encoders) -> None:
    remote = RemoteEncoder(*encoders.next())
    assert remote.fit(_queries(0, 2))
    encoders.close()
    with pytest.raises(ModelError, match="on one is gone"):
        remote.fit(_queries(0, 2))


def test_a_pool_that_asks_says_what_each_for_itself_says(tmp_path: Path) -> None:
    plan = Plan(setup="batch_setups:asking", seek_siblings=False)
    rows = [row for row in documents()[:-1] if row["text"].strip()]
    read = [Numbered(i, Document(id=row["id"], text=row["text"])) for i, row in enumerate(rows)]
    units: list[Unit] = [Read(read[at : at + 2]) for at in range(0, len(read), 2)]
    pool = Pool(plan, 2, ["one", "two"], by_rule)
    try:
        asked = list(pool.results(units))
    finally:
        pool.close()
    alone = list(Serial(plan).results(units))
    assert [result.reports for result in asked] == [result.reports for result in alone]
    messages = [f.message for result in asked for _, report in result.reports for f in report.findings]
    assert len(set(messages)) > 3
