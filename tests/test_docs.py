"""The README's commands run, its Python runs, and it names every option and every command."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from audit.cli import app, run

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines() if line]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the bundled stories, where the commands may write."""
    place = tmp_path_factory.mktemp("readme")
    for name in ("stories", "gold"):
        shutil.copytree(ROOT / "reports" / name, place / "reports" / name)
    return place


def test_the_readme_has_commands_and_they_work_in_their_order(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(COMMANDS) >= 8
    monkeypatch.chdir(folder)
    for command in COMMANDS:
        program, *arguments = shlex.split(command)
        assert program == "mt-audit" and run(arguments) == 0, command
    assert (folder / "report.html").is_file() and (folder / "findings.csv").is_file()


def test_the_python_example_runs(folder: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.strip() and (folder / "report.html").is_file()


def test_every_command_and_option_is_documented() -> None:
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]  # a group, as there are several commands
        assert f"mt-audit {name}" in README, f"README does not show {name}"
        for parameter in command.params if name == "check" else []:
            options = [option for option in parameter.opts if option.startswith("--") and option not in ("--help", "--output")]
            assert all(option in README for option in options), f"README does not name {options}"
