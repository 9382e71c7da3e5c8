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


def commands() -> dict[str, list[str]]:
    """The long options of every command, by its name."""
    found: dict[str, list[str]] = {}
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]  # a group, as there are several commands
        names = [option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)]
        found[name] = [option for option in names if option.startswith("--") and option not in ("--help", "--output")]
    return found


@pytest.mark.parametrize("name", commands())
def test_every_command_and_option_is_documented(name: str) -> None:
    assert f"mt-audit {name}" in README, f"README does not show {name}"
    missing = [option for option in commands()[name] if not re.search(rf"{option}(?![\w-])", README)]
    assert not missing, f"README does not name {missing}"


def test_commands_that_need_what_others_have_are_spelled_right() -> None:
    """Clusters and models of one's own are not at hand in a test: those commands' options must at least exist."""
    shown = re.findall(r"^    (mt-audit .*?)(?:  +#.*)?$", README, re.MULTILINE)
    assert shown
    for line in shown:
        _, name, *words = shlex.split(line)
        assert all(word in (*commands()[name], "--output") for word in words if word.startswith("--")), line


def test_links_lead_somewhere() -> None:
    for page in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSES.md", "reports/README.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        heads = [line.lstrip("# ").lower() for line in text.splitlines() if line.startswith("#")]
        headings = {re.sub(r"[^\w -]", "", head).replace(" ", "-") for head in heads}
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if target.startswith("#"):
                assert target[1:] in headings, f"{page}: {target}"
            elif "://" not in target:
                assert (ROOT / page).parent.joinpath(target).exists(), f"{page}: {target}"


def test_what_is_named_is_there() -> None:
    """Scripts and files that the pages tell readers to run or look at."""
    for page in ("README.md", "CONTRIBUTING.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        for name in re.findall(r"\bpython ((?:tests|models|reports)/[\w/]+\.py)", text):
            assert (ROOT / name).is_file(), f"{page}: {name}"
