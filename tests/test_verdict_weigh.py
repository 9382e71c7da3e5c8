"""The recipe that weighs the votes of findings: what tells machines from people gets weight, what does not gets none."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_weights_follow_what_was_seen(tmp_path: Path) -> None:
    chance = random.Random(3)
    rows: list[dict[str, object]] = []
    for number in range(300):
        label = ("original", "human", "machine")[number % 3]
        mass = {"agreement": float(number // 3 % 2)}  # as often whoever wrote
        if label == "machine" and number // 6 % 2:
            mass["calque"] = 1.5
        p = 0.6 if label == "machine" else 0.3
        rows.append(
            {
                "label": label,
                "group": f"wmt{number % 10}",
                "p_machine": p + chance.uniform(-0.25, 0.25),
                "words": 200,
                "mass": mass,
            }
        )
    kept = tmp_path / "seen.jsonl"
    kept.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    command = [sys.executable, str(ROOT / "models/de/verdict/weigh.py"), "none.jsonl", "--keep", str(kept)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    table = {cells[1]: cells for line in said.splitlines() if len(cells := [cell.strip() for cell in line.split("|")]) > 8}
    assert float(table["calque"][2]) > 0.5
    assert 0 <= float(table["agreement"][2]) < float(table["calque"][2]) / 4
    assert float(table["screen alone"][2]) > float(table["votes as fitted, other groups"][2])
    assert table["calque"][5:8] == ["0", "0", str(sum("calque" in row["mass"] for row in rows))]  # type: ignore[operator]
