"""The runner for a cluster: the same units through the same functions, as stages of Ray Data.

Ray brings units to its workers, moves and spills data, and starts again what dies. Units go through it in windows, so that memory
does not grow with the corpus, and come back in their order. Where the encoder runs on cards, a pool of actors holds it, each with
the share of a card that was asked for; workers send them their questions.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import msgspec

from audit.errors import ModelError, UsageError
from audit.neural.encoder import Query
from audit.runner.encoding import Answer, load
from audit.runner.plan import Plan
from audit.runner.pool import merged
from audit.runner.stages import Stages
from audit.runner.work import Codec, Result, Unit, lost, single

if TYPE_CHECKING:
    import pyarrow as pa

# Units in a window: some ten minutes' work for 16 workers, so that starting actors anew (seconds) costs little.
_WINDOW: Final = 4_096
# How often what dies is tried again.
_RETRIES: Final = 2


class Cluster:
    """The runner on Ray."""

    def __init__(self, plan: Plan, workers: int, address: str | None, num_gpus: float = 0.0) -> None:
        """Joins the cluster at ``address``, or starts one on this machine with ``workers`` cores (0: all).

        ``num_gpus``: the share of a card for each of the encoder's actors; 0: workers run the encoder themselves. Raises
        UsageError where Ray is not installed, or no cluster answers.
        """
        try:
            import ray
        except ImportError:
            raise UsageError("the runner ray needs Ray: pip install 'mt-audit[ray]'") from None

        self._codec = Codec()
        self._plan = plan
        self._ours = not ray.is_initialized()
        if self._ours:
            _join(address, workers)
        cores = int(ray.cluster_resources().get("CPU", 1))
        self._workers = min(workers or cores, cores)
        self._encoders = _encoders(plan, num_gpus) if num_gpus else []

    def results(self, units: Iterable[Unit]) -> Iterator[Result]:
        """The results in the order of the units."""
        coming = iter(units)
        while window := list(islice(coming, _WINDOW)):
            done = 0
            try:
                for result in self._window(window):
                    yield result
                    done += 1
            except _system_errors() as error:
                logging.getLogger("audit").error("Ray gave up on a unit (%s): going on document by document", error)
                for unit in window[done:]:
                    yield merged([self._alone(document) for document in single(unit)])

    def close(self) -> None:
        """Leave the cluster; one that was started here ends."""
        import ray

        if self._ours:
            ray.shutdown()

    def _window(self, units: Sequence[Unit]) -> Iterator[Result]:
        from ray.data import from_items

        blocks = min(len(units), 8 * self._workers)
        data = from_items([{"unit": self._codec.encode(unit)} for unit in units], override_num_blocks=blocks)
        with warnings.catch_warnings():
            # How often an actor comes back has no parameter of its own in some releases, and what takes it is deprecated.
            warnings.simplefilter("ignore", DeprecationWarning)
            done = self._mapped(data, blocks)
        for row in done.iter_rows():
            yield self._codec.result(row["result"])

    def _mapped(self, data: Any, blocks: int) -> Any:
        from ray.data import ActorPoolStrategy

        return data.map_batches(
            _Worker,
            fn_constructor_args=(msgspec.json.encode(self._plan), self._encoders),
            batch_size=1,
            batch_format="pyarrow",
            compute=ActorPoolStrategy(size=min(self._workers, blocks)),
            num_cpus=1,
            ray_remote_args_fn=_persistence,
        )

    def _alone(self, unit: Unit) -> Result:
        """The result of one document, for which a worker may die without taking others with it."""
        import ray

        task = ray.remote(num_cpus=1, max_retries=_RETRIES)(_alone)
        try:
            data = ray.get(task.remote(msgspec.json.encode(self._plan), self._encoders, self._codec.encode(unit)))
        except _system_errors() as error:
            return lost(unit, f"the worker died on this document ({type(error).__name__}), {_RETRIES + 1} times")
        return self._codec.result(data)


class _Worker:
    """A stage of Ray Data: it loads its models once, and works on the units of each batch."""

    def __init__(self, plan: bytes, encoders: Sequence[Any]) -> None:
        self._stages = _stages(plan, encoders)
        self._codec = Codec()

    def __call__(self, batch: pa.Table) -> pa.Table:
        import pyarrow as pa

        units = (self._codec.unit(unit.as_py()) for unit in batch["unit"])
        return pa.table({"result": pa.array([self._codec.encode(self._stages.run(unit)) for unit in units], pa.binary())})


def _persistence() -> dict[str, Any]:
    return {"max_restarts": _RETRIES, "max_task_retries": _RETRIES}


def _alone(plan: bytes, encoders: Sequence[Any], unit: bytes) -> bytes:
    codec = Codec()
    return codec.encode(_stages(plan, encoders).run(codec.unit(unit)))


def _stages(plan: bytes, encoders: Sequence[Any]) -> Stages:
    import os

    stages = Stages(msgspec.json.decode(plan, type=Plan))
    if encoders:
        stages.auditor.encoder = _Remote(encoders[os.getpid() % len(encoders)])
    return stages


class _Remote:
    """Asks an encoder's actor."""

    device = "cuda"

    def __init__(self, actor: Any) -> None:
        self._actor = actor

    def fit(self, queries: Sequence[Query]) -> list[Answer]:
        """As `Encoder.fit`."""
        import ray

        answers: list[Answer] = ray.get(self._actor.fit.remote([tuple(query) for query in queries]))
        return answers


class _Encoder:
    """An actor with an encoder on its share of a card."""

    def __init__(self, lang: str) -> None:
        self._encoder = load(lang, "cuda")

    def fit(self, queries: Sequence[tuple[str, int, int, tuple[str, ...]]]) -> list[Answer]:
        return self._encoder.fit([Query(*query) for query in queries])


def _encoders(plan: Plan, num_gpus: float) -> list[Any]:
    """As many encoders as the cluster's cards hold."""
    import ray

    cards = ray.cluster_resources().get("GPU", 0.0)
    count = int(cards / num_gpus)
    if not count:
        raise ModelError(f"the cluster has {cards:g} GPUs, and an encoder is to have {num_gpus:g}")
    return [ray.remote(num_gpus=num_gpus, max_concurrency=2)(_Encoder).remote(plan.lang) for _ in range(count)]


def _join(address: str | None, workers: int) -> None:
    import ray
    from ray.data import DataContext

    try:
        if address is not None:
            ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
        else:
            ray.init(
                address="local",
                num_cpus=workers or None,
                include_dashboard=False,
                log_to_driver=False,
                logging_level=logging.ERROR,
            )
    except (ConnectionError, ValueError) as error:
        raise UsageError(f"no Ray cluster at {address or 'this machine'} ({str(error).splitlines()[0]})") from error
    context = DataContext.get_current()
    context.execution_options.preserve_order = True
    context.enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)


def _system_errors() -> tuple[type[Exception], ...]:
    """What Ray raises where a worker died, and not the program in it."""
    from ray.exceptions import RayError

    return (RayError,)
