"""What a run is asked to do: which detectors look, and what is reported."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from audit.detectors import Detector, detectors
from audit.errors import UsageError
from audit.types import SEVERITIES, Severity


@dataclass(frozen=True, slots=True)
class Options:
    """What to run and what to report.

    ``only`` and ``skip`` name detectors. ``min_probability`` (0–1) and ``min_severity`` leave findings out of the record;
    verdict and damage are the same with and without them. ``weights`` are MQM weights by severity, or the name of a preset.
    ``baseline`` holds fingerprints of findings that are known already and left out.
    """

    only: frozenset[str] = frozenset()
    skip: frozenset[str] = frozenset()
    min_probability: float | None = None
    min_severity: Severity = "minor"
    weights: str | Mapping[str, float] = "default"
    baseline: frozenset[str] = frozenset()
    seek_siblings: bool = True


def chosen(options: Options, lang: str) -> dict[str, Detector]:
    """The detectors that these options ask for, in the order of their ids."""
    known = {detector_id: d for detector_id, d in detectors().items() if lang in d.languages}
    _check(options.only | options.skip, known)
    if options.min_severity not in SEVERITIES:
        raise UsageError(f"no severity named {options.min_severity!r} (there are: {', '.join(SEVERITIES)})")
    return {i: d for i, d in known.items() if (not options.only or i in options.only) and i not in options.skip}


def _check(names: Collection[str], known: Collection[str]) -> None:
    for name in sorted(names):
        if name not in known:
            raise UsageError(f"no detector named {name!r} (there are: {', '.join(sorted(known))})")


def weights_of(options: Options, presets: Mapping[str, Mapping[str, float]]) -> Mapping[str, float]:
    """The MQM weights by severity that the options ask for, or the preset that they name."""
    weights = options.weights
    if not isinstance(weights, str):
        return weights
    if weights not in presets:
        raise UsageError(f"no MQM weights named {weights!r} (there are: {', '.join(sorted(presets))})")
    return presets[weights]
