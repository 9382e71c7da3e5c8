"""Writes the sizes and hashes of models/MANIFEST.toml anew: run it after a recipe has changed a file.

    python models/manifest.py            # rewrite
    python models/manifest.py --check    # exit 1 if a file is not what the manifest says
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
MANIFEST = HERE / "MANIFEST.toml"


def measured(path: Path) -> tuple[str, int]:
    """The sha256 (hexadecimal) and size (bytes) of a file."""
    content = path.read_bytes()
    return hashlib.sha256(content).hexdigest(), len(content)


def main() -> int:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--check", action="store_true", help="change nothing, only compare")
    check = args.parse_args().check
    text = MANIFEST.read_text(encoding="utf-8")
    stale = []
    for asset in tomllib.loads(text)["asset"]:
        sha256, size = measured(HERE / asset["path"])
        if (sha256, size) == (asset["sha256"], asset["size"]):
            continue
        stale.append(asset["path"])
        name, other = re.escape(asset["id"]), r"(?:[^\[].*\n)*?"
        block = re.compile(rf'(id = "{name}"\n{other}sha256 = ")[0-9a-f]*("\n{other}size = )\d+')
        text = block.sub(rf"\g<1>{sha256}\g<2>{size}", text)
    if check:
        print("\n".join(f"models/{path} differs from the manifest" for path in stale), file=sys.stderr)
        return int(bool(stale))
    MANIFEST.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
