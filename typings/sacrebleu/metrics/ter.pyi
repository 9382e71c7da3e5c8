from typing import Any

from sacrebleu.metrics.base import Metric

class TER(Metric):
    def _compute_segment_statistics(self, hypothesis: str, ref_kwargs: dict[str, Any]) -> list[float]: ...
