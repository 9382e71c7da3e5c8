"""Everything in this process, one unit after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from audit.runner.plan import Plan
from audit.runner.stages import Stages
from audit.runner.work import Result, Unit


class Runner(Protocol):
    """Carries units to where they are worked on."""

    def results(self, units: Iterable[Unit]) -> Iterator[Result]:
        """The results in the order of the units, which are taken as they are needed."""
        ...

    def close(self) -> None:
        """Stop whatever was started."""
        ...


class Serial:
    """The runner without workers."""

    def __init__(self, plan: Plan) -> None:
        self._stages = Stages(plan)

    def results(self, units: Iterable[Unit]) -> Iterator[Result]:
        """The results in the order of the units."""
        for unit in units:
            yield self._stages.run(unit)

    def close(self) -> None:
        """Nothing was started."""
