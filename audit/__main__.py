"""``python -m audit`` and ``mt-audit`` are the same program."""

from __future__ import annotations

import os
import sys

# The embedded networks' products are so small that a second thread gains nothing and keeps a core busy waiting: half the time
# of a run. numpy asks when it is first imported. Who sets the variable is heard.
_THREADS = "OPENBLAS_NUM_THREADS"


def main() -> None:
    """Run the command line and leave with its exit status."""
    os.environ.setdefault(_THREADS, "1")
    from audit.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
