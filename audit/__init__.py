"""mt-audit: finds machine-translation artifacts in an article without its source, and checks it against its siblings.

>>> from audit import Auditor, Document
>>> report = Auditor("de").audit([Document(id="a", text="…")])
>>> report.save("report.html")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from audit.errors import AuditError, InputError, ModelError, UsageError
from audit.types import Document, Evidence, Finding, Passage, Record, Skip, Span, Verdict

if TYPE_CHECKING:
    from audit.auditor import Auditor, Report
    from audit.options import Options

__all__ = [
    "AuditError",
    "Auditor",
    "Document",
    "Evidence",
    "Finding",
    "InputError",
    "ModelError",
    "Options",
    "Passage",
    "Record",
    "Report",
    "Skip",
    "Span",
    "UsageError",
    "Verdict",
]


def __getattr__(name: str) -> Any:
    """The auditor is imported on first use: ``import audit`` stays cheap."""
    if name in ("Auditor", "Options", "Report"):
        from audit import auditor, options

        return getattr(options if name == "Options" else auditor, name)
    raise AttributeError(f"module 'audit' has no attribute {name!r}")
