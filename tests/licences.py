"""Writes LICENSES.md: the licences of everything mt-audit needs to run and of every file under models/.

    python tests/licences.py           # write it anew, from the metadata of what is installed and from models/MANIFEST.toml
    python tests/licences.py --check   # exit 1 if the part on models/ is stale, or a dependency is not listed

Versions are left out: which are installed is decided elsewhere, and licences seldom change with them.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "LICENSES.md"
# What packages write into a field that was meant for a name, by what it is.
_NAMES = {
    "apache 2.0": "Apache-2.0", "apache": "Apache-2.0", "apache license": "Apache-2.0", "apache-2.0": "Apache-2.0",
    "apache software license": "Apache-2.0", "apache license 2.0": "Apache-2.0", "apache 2.0 license": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0", "mit": "MIT", "mit license": "MIT", "the mit license (mit)": "MIT",
    "bsd": "BSD-3-Clause", "bsd license": "BSD-3-Clause", "bsd 3-clause": "BSD-3-Clause", "isc": "ISC", "psf": "PSF-2.0",
    "python software foundation license": "PSF-2.0",
    "isc license (iscl)": "ISC", "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0", "mpl-2.0": "MPL-2.0",
    "gnu lesser general public license v3 or later (lgplv3+)": "LGPL-3.0-or-later", "copyright 2022 kludex": "BSD-3-Clause",
}  # fmt: skip


def direct() -> dict[str, list[str]]:
    """The names that pyproject.toml asks for: at run time, and by extra."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {"": project["dependencies"], **project.get("optional-dependencies", {})}
    return {extra: [_name(line) for line in lines] for extra, lines in asked.items()}


def _name(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    return re.sub(r"[-_.]+", "-", match[0]).lower() if match else ""


def needed(names: Iterable[str]) -> list[str]:
    """These packages and all they need in turn, as far as they are installed, in alphabetical order."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        try:
            requirements = distribution(name).requires or []
        except PackageNotFoundError:
            continue
        found.add(name)
        waiting += [_name(line) for line in requirements if "extra ==" not in line]
    return sorted(found)


def licence(name: str) -> str:
    """The licence that a package's metadata name, as an SPDX expression where they allow it."""
    metadata = distribution(name).metadata
    if expression := metadata.get("License-Expression"):
        return expression
    classified = [line.rpartition(" :: ")[2] for line in metadata.get_all("Classifier") or [] if line.startswith("License :: ")]
    classified = [line for line in classified if line != "OSI Approved"]
    written = (metadata.get("License") or "").strip()
    for candidate in (written, *classified):
        if spdx := _NAMES.get(candidate.lower()):
            return spdx
    first = written.splitlines()[0][:60] if written else ""
    return "; ".join(classified) or first or "not told by its metadata"


def table() -> str:
    """The whole of LICENSES.md."""
    asked = direct()
    lines = [
        "# Licences",
        "",
        "mt-audit itself: Apache License 2.0 (LICENSE). Written by `python tests/licences.py`; do not edit by hand.",
        "",
        "## Python packages that it needs to run",
        "",
        "Bold: asked for by pyproject.toml; the others come with them. None is bundled.",
        "",
        "| package | licence |",
        "|---|---|",
    ]
    lines += [f"| {f'**{name}**' if name in asked[''] else name} | {licence(name)} |" for name in needed(asked[""])]
    lines += ["", "For the tests alone:", "", "| package | licence |", "|---|---|"]
    lines += [f"| {name} | {licence(name)} |" for name in sorted(set(asked["dev"])) if needed([name])]
    return "\n".join([*lines, "", models()])


def models() -> str:
    """The part on models/: files by licence."""
    manifest = tomllib.loads((ROOT / "models" / "MANIFEST.toml").read_text(encoding="utf-8"))
    files: dict[str, list[str]] = defaultdict(list)
    for asset in manifest["asset"]:
        files[asset["licence"]].append(asset["path"])
    lines = ["## Files under models/", "", "Where each comes from stands in the CARD.md of its folder.", ""]
    lines += ["| licence | files |", "|---|---|"]
    lines += [f"| {name} | {', '.join(f'`{path}`' for path in sorted(paths))} |" for name, paths in sorted(files.items())]
    return "\n".join([*lines, ""])


def stale() -> list[str]:
    """What LICENSES.md lacks."""
    text = TARGET.read_text(encoding="utf-8") if TARGET.exists() else ""
    missing = [name for name in direct()[""] if f"| **{name}** |" not in text]
    return [f"{name} is not listed" for name in missing] + (["the part on models/ is stale"] if models() not in text else [])


def main() -> int:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--check", action="store_true", help="change nothing, only compare")
    if not args.parse_args().check:
        TARGET.write_text(table(), encoding="utf-8")
    lacking = stale()
    print("\n".join(lacking), end="\n" * bool(lacking), file=sys.stderr)
    return int(bool(lacking))


if __name__ == "__main__":
    sys.exit(main())
