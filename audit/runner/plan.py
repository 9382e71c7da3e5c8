"""What a batch is asked to do: everything that its bytes depend on, and nothing else.

Runner, workers, batch size and the memory at hand are no part of it: where it runs never changes what it says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

import msgspec

from audit.errors import UsageError
from audit.runner.tables import Format
from audit.types import Severity

if TYPE_CHECKING:
    from audit.auditor import Auditor


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """How documents are audited; every worker gets a copy.

    ``screen_only``: only the screen reads. ``cascade`` (0–1): documents whose p_machine by the screen is lower are left at
    that. ``own`` are the user's own models (`audit.own_models.OwnModels`). ``setup`` names a function (``module:function``)
    that is called with each worker's Auditor before it starts.
    """

    lang: str = "de"
    device: str = "auto"
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    min_probability: float | None = None
    min_severity: Severity = "minor"
    weights: str | dict[str, float] = "default"
    seek_siblings: bool = True
    screen_only: bool = False
    cascade: float | None = None
    own: dict[str, Any] = {}
    setup: str = ""

    @property
    def two_passes(self) -> bool:
        """Whether all documents must be known before the first can be audited."""
        return self.seek_siblings and not self.screen_only

    def auditor(self) -> Auditor:
        """The auditor that these settings ask for."""
        from audit.auditor import Auditor
        from audit.options import Options

        options = Options(
            only=frozenset(self.only),
            skip=frozenset(self.skip),
            min_probability=self.min_probability,
            min_severity=self.min_severity,
            weights=self.weights,
            seek_siblings=self.seek_siblings,
        )
        auditor = Auditor(self.lang, device=self.device, options=options, **self.own)
        if self.setup:
            _called(self.setup, auditor)
        return auditor


def _called(name: str, auditor: Auditor) -> None:
    module, _, function = name.partition(":")
    try:
        setup = getattr(import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise UsageError(f"setup {name!r} names no function ({error})") from error
    setup(auditor)


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A batch: documents of ``paths`` (files, folders, ``-``), at most ``limit`` of them, written in ``format``."""

    paths: tuple[str, ...]
    plan: Plan = Plan()
    text_key: str = "text"
    id_key: str = "id"
    limit: int | None = None
    format: Format = "parquet"

    def options(self) -> dict[str, Any]:
        """The settings for the manifest: what was asked for, defaults included; the signature says on which device."""
        asked: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(self))
        plan = asked.pop("plan")
        return {**{name: value for name, value in plan.items() if name != "device"}, **asked}


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """What two settings or signatures differ in, a line each: ``min_probability: 0.5 → 0.6``."""
    for name in sorted({*before, *now}):
        old, new = before.get(name, "—"), now.get(name, "—")
        if old != new:
            yield f"{name}: {_shown(old)} → {_shown(new)}"


def parts_of(signature: str) -> dict[str, str]:
    """A signature by the names of its parts: ``thresholds:1`` is {"thresholds": "1"}."""
    pairs = (part.partition(":") for part in signature.split("|"))
    return {name: value for name, _, value in pairs}


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
