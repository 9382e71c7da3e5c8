"""The few exceptions a caller can meet. Each carries one line that a person can act on."""

from __future__ import annotations


class AuditError(Exception):
    """Base of everything this package raises on purpose."""


class InputError(AuditError):
    """An input that cannot be read: ``source`` is the file, or file and line."""

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"{source}: {reason}")
        self.source = source
        self.reason = reason


class ModelError(AuditError):
    """A model or lexicon under models/ is missing, damaged or of the wrong shape."""


class UsageError(AuditError):
    """An option that names something that does not exist, or options that exclude each other."""
