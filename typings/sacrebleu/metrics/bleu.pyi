from sacrebleu.metrics.base import Metric

class BLEU(Metric):
    def __init__(self, *, effective_order: bool = ...) -> None: ...
