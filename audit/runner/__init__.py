"""Batch runs: corpora of any size, on one machine or many, interrupted or not, with the same bytes in the end."""

from audit.runner.reader import Batch, read_batch

__all__ = ["Batch", "read_batch"]
