"""Where the workers of a pool are born: a process that loads the models once, before it is copied for each of them.

Copies share the memory of what was loaded until they write to it. The process has one thread only, for copying others is safe
only then; so this module is imported by the fork server of `multiprocessing`, with the plan in the environment.
"""

from __future__ import annotations

import gc
import os
from typing import Final

import msgspec

from audit.runner.plan import Plan
from audit.runner.stages import Stages
from audit.runner.work import Compare, Mate, Numbered, Read
from audit.types import Document

PLAN: Final = "MT_AUDIT_PLAN"
# Two reports on one event, for whose sake everything is loaded that an audit needs.
_SAMPLE: Final = (
    "Die Stadtwerke erneuern ab Montag die Leitungen am Marktplatz. Für 14 Tage ist die Durchfahrt gesperrt, wie Sprecherin "
    "Karin Lohmeyer in einer Mitteilung erklärte. Händler fürchten, dass Kunden ausbleiben; der Rat hat deshalb beschlossen, "
    "dass die Parkgebühren in dieser Zeit entfallen. Die Kosten von 1,2 Millionen Euro trägt zur Hälfte das Land.",
    "Der Marktplatz wird aufgerissen: Für zwei Wochen sind ab Montag keine Autos mehr erlaubt, weil die Stadtwerke dort neue "
    "Rohre verlegen. Karin Lohmeyer, die für das Unternehmen spricht, rechnet mit 1,2 Millionen Euro. Damit die Geschäfte nicht "
    "leiden, müssen Autofahrer vorerst nichts für das Parken bezahlen, so hat es der Rat am Abend entschieden.",
)

# By the plan as it is written: plans hold tables, which no dictionary takes as a key.
_nursed: dict[bytes, Stages] = {}


def stages(plan: Plan) -> Stages:
    """The worker for a plan, with its models loaded if it was born here."""
    return _nursed.get(msgspec.json.encode(plan)) or Stages(plan)


def warm(plan: Plan) -> Stages:
    """A worker that has loaded what it needs."""
    made = Stages(plan)
    documents = [Numbered(-1 - i, Document(id=str(i), text=text)) for i, text in enumerate(_SAMPLE)]
    made.run(Read(documents))
    if plan.two_passes:
        made.run(Compare(documents, [None, None], [[Mate(-2, 0.5, 1.0)], [Mate(-1, 0.5, 1.0)]], []))
    return made


def _nurse() -> None:
    """Load what the plan in the environment needs. What goes wrong here goes wrong again in a worker, which can say so."""
    written = os.environ.get(PLAN)
    if not written:
        return
    plan = msgspec.json.decode(written, type=Plan)
    try:
        _nursed[msgspec.json.encode(plan)] = warm(plan)
    except Exception:  # whatever it is, it must not end the process that workers are born from
        return
    gc.collect()
    gc.freeze()  # the collector would write to every object, and so unshare the memory


_nurse()
