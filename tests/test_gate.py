"""The quality gate (tests/gate.py): no figure below its floor, and no floor lowered without a reason."""

from __future__ import annotations

import tomllib
from pathlib import Path

import gate
import pytest

from audit.detectors import detectors


def test_no_figure_has_fallen() -> None:
    assert gate.fallen(gate.measured(), gate.floors()) == []


def test_every_detector_has_floors() -> None:
    assert {name.partition(".")[0] for name in gate.floors()} == {*detectors(), "stories"}


def test_worse_figures_are_told() -> None:
    held = {"calque.found": 0.9, "stories.false_per_1000": 1.0}
    assert gate.fallen({"calque.found": 0.9, "stories.false_per_1000": 1.0}, held) == []
    assert gate.fallen({"calque.found": 0.89, "stories.false_per_1000": 1.1}, held) == [
        "calque.found: 0.89 is worse than 0.9",
        "stories.false_per_1000: 1.1 is worse than 1",
    ]
    assert "not measured" in gate.fallen({"calque.found": 1.0}, held)[0]
    assert "no floor" in gate.fallen({**held, "new.found": 1.0}, held)[0]


def test_raising_lowers_nothing() -> None:
    held = {"calque.found": 0.9, "stories.false_per_1000": 1.0}
    assert gate.raised({"calque.found": 0.8, "stories.false_per_1000": 0.5}, held) == {
        "calque.found": 0.9,
        "stories.false_per_1000": 0.5,
    }


def test_lowering_takes_a_reason_that_lands_in_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "GATE", tmp_path / "gate.toml")
    monkeypatch.setattr(gate, "measured", lambda: {"calque.found": 0.8})
    gate.write({"calque.found": 0.9}, [])
    for arguments in (["--lower", "calque.found"], ["--lower", "calque.found", "--reason", "so"], ["--reason", "a b c d"]):
        monkeypatch.setattr("sys.argv", ["gate.py", *arguments])
        with pytest.raises(SystemExit) as end:
            gate.main()
        assert end.value.code == 2 and gate.floors() == {"calque.found": 0.9}
    monkeypatch.setattr("sys.argv", ["gate.py", "--lower", "calque.found", "--reason", 'the list "x" was too harsh'])
    assert gate.main() == 0
    assert gate.floors() == {"calque.found": 0.8}
    (row,) = tomllib.loads((tmp_path / "gate.toml").read_text(encoding="utf-8"))["lowered"]
    assert row == {"figure": "calque.found", "from": 0.9, "to": 0.8, "reason": 'the list "x" was too harsh'}


def test_reasons_of_the_past_are_reasons() -> None:
    for row in tomllib.loads(gate.GATE.read_text(encoding="utf-8")).get("lowered", []):
        assert len(row["reason"].split()) >= 4 and row["figure"] in gate.floors()
