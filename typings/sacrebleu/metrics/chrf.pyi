from typing import Any

from sacrebleu.metrics.base import Metric

class CHRF(Metric):
    def __init__(self, char_order: int = ...) -> None: ...
    def _compute_segment_statistics(self, hypothesis: str, ref_kwargs: dict[str, Any]) -> list[int]: ...
