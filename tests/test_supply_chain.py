"""What the program is made of: nothing that runs code from data, no hidden traffic, and licences for all of it."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import licences
import pytest

from audit import assets

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted([*(ROOT / "audit").rglob("*.py"), *(ROOT / "models").rglob("*.py"), ROOT / "reports" / "make_report.py"])
# What turns data into running code, or sends something away.
CALLS = {"eval", "exec", "compile", "__import__"}
MODULES = {
    "pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "requests", "urllib3", "httpx", "aiohttp", "http",
    "smtplib", "ftplib", "telnetlib", "webbrowser", "xmlrpc",
}  # fmt: skip


def imported(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return names


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_code_comes_from_data_and_nothing_is_sent(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not {name.partition(".")[0] for name in imported(tree)} & MODULES
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            assert name not in CALLS, f"line {node.lineno} calls {name}"
            told = {keyword.arg: keyword.value for keyword in node.keywords}
            for keyword, wanted in (("trust_remote_code", False), ("weights_only", True), ("allow_pickle", False)):
                value = told.get(keyword)
                if value is not None:
                    assert isinstance(value, ast.Constant) and value.value is wanted, f"line {node.lineno}: {keyword}"
            made = ast.unparse(node.func)
            assert made not in ("os.system", "yaml.load"), f"line {node.lineno}: {made}"
            if made in ("torch.load", "np.load"):  # recipes keep what they have learned so far: tensors alone
                assert {"weights_only", "allow_pickle"} & told.keys(), f"line {node.lineno}: {made}"
            if made.startswith("subprocess."):
                assert "shell" not in told, f"line {node.lineno}"


def test_own_models_are_loaded_from_safetensors_without_their_code() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "audit" / "neural" / "hub").glob("*.py")))
    assert "trust_remote_code=False" in source and '"use_safetensors": True' in source and "local_files_only=True" in source


def test_every_model_is_of_a_harmless_kind() -> None:
    for asset in assets.manifest().values():
        name = asset.path.removesuffix(".gz")
        assert name.endswith((".safetensors", ".toml", ".tsv", ".txt", ".json")), asset.path


def test_the_manifest_names_every_model_and_its_licence() -> None:
    named = {asset.path for asset in assets.manifest().values()}
    models = ROOT / "models"
    lying = {str(path.relative_to(models)) for path in models.rglob("*") if path.suffix in (".safetensors", ".gz", ".json")}
    assert lying <= named
    spdx = re.compile(r"[A-Za-z0-9.+-]+(?: (?:AND|OR) [A-Za-z0-9.+-]+)*")
    assert all(spdx.fullmatch(asset.licence) for asset in assets.manifest().values())


def test_the_list_of_licences_is_complete() -> None:
    assert licences.stale() == []


def test_dependencies_are_bounded_below_and_come_from_no_other_place() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for requirement in project["dependencies"]:
        assert re.match(r"[A-Za-z0-9_.-]+>=\d", requirement) and "@" not in requirement and "://" not in requirement, requirement
