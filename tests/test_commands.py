"""Commands named beside figures, in cards, docstrings, settings and the README: the scripts are there and take the options."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = sorted(
    [*ROOT.glob("models/**/*.py"), *ROOT.glob("tests/bench/*.py"), ROOT / "tests/gate.py", ROOT / "tests/licences.py"]
)
TEXTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("models/**/*.md"), ROOT / "models" / "thresholds.toml", *SCRIPTS])
SCRIPT = r"(?:models|tests)/[\w/-]+\.py"
OPTION = re.compile(r"--[a-z][a-z-]*")


def taken(script: Path) -> set[str]:
    """The options that a script's argument parser is given."""
    calls = (node for node in ast.walk(ast.parse(script.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
    named = (call.args for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "add_argument")
    return {arg.value for args in named for arg in args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)} | {
        "--help"
    }


def named() -> list[tuple[str, str, str]]:
    """Where a command is named, its script, and each of its options."""
    found: list[tuple[str, str, str]] = []
    for path in TEXTS:
        for line in path.read_text(encoding="utf-8").splitlines():
            for match in re.finditer(rf"({SCRIPT})([^`;]*)", line):
                rest = re.split(SCRIPT, match[2])[0].partition(" #")[0]
                options = OPTION.findall(rest) or ["--help"]
                found += [(str(path.relative_to(ROOT)), match[1], option) for option in options]
    return sorted(set(found))


@pytest.mark.parametrize(("where", "script", "option"), named())
def test_a_command_that_is_named_can_be_given(where: str, script: str, option: str) -> None:
    assert (ROOT / script).is_file(), f"{where} names {script}"
    if option != "--help":
        assert option in taken(ROOT / script), f"{where} gives {script} the option {option}"


def test_scripts_with_options_ask_before_they_write() -> None:
    """Whoever asks a script for help must not start it: each that is run by name has an argument parser."""
    started = [path for path in SCRIPTS if 'if __name__ == "__main__"' in path.read_text(encoding="utf-8")]
    assert started and all("ArgumentParser(" in path.read_text(encoding="utf-8") for path in started), started


def test_enough_is_checked() -> None:
    assert len({script for _, script, _ in named()}) >= 30
