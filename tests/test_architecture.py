"""The house keeps its shape: arrows run one way, heavy libraries wait until they are needed, every detector has its papers."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from audit.detectors import detectors, manual

ROOT = Path(__file__).resolve().parent.parent
AUDIT = ROOT / "audit"
# From left to right; a module may import its own rank and what stands left of it.
RANKS = [
    {"types", "errors", "output"},
    {
        "text", "layout", "furniture", "language", "loans", "fragments", "assets", "article", "grammar", "clauses", "concord",
        "function_words", "antecedents", "endings", "alternatives", "relatives", "valency", "seams", "structure",
        "syntax", "ngrams", "chains", "phrases", "phrase_matches", "formats", "identifiers",
        "pieces", "noun_phrases",
    },
    {"neural", "siblings"},
    {"detectors"},
    {"verdict", "overlap", "contrast"},
    {"auditor", "detection", "limits", "options", "own_models", "witnesses", "testimony", "embedding", "places"},
    {
        "io", "page", "rows", "csv_rows", "parquet_rows", "streams", "warc", "labels", "measures", "evaluate", "calibrate",
        "embedding_scales", "runner",
    },
    {"report"},
    {"cli", "cli_batch", "cli_models", "console", "reporting", "__main__", "__init__"},
]
RANK = {name: rank for rank, names in enumerate(RANKS) for name in names}
HEAVY = {
    "torch", "transformers", "ray", "matplotlib", "trafilatura", "pyarrow", "simplemma", "wordfreq", "lingua", "langdetect",
    "sacrebleu", "scipy", "sklearn", "tokenizers", "sentencex", "jinja2", "ftfy", "rapidfuzz",
}  # fmt: skip
# Report.save keeps `report.save("x.html")` within reach of Python users; it imports on call.
ALLOWED = {("auditor", "report")}
MODULES = sorted(AUDIT.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(AUDIT).parts[0].removesuffix(".py")


def imported(tree: ast.AST) -> set[tuple[str, ...]]:
    names: set[tuple[str, ...]] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            base = tuple(node.module.split("."))
            names |= {(*base, alias.name) for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {tuple(alias.name.split(".")) for alias in node.names}
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(AUDIT)))
def test_imports_run_from_left_to_right(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    here = room(path)
    assert here in RANK, f"{here} has no place among the rooms"
    for name in imported(tree):
        if name[0] != "audit" or len(name) < 2 or name[1] not in RANK:
            continue
        assert RANK[name[1]] <= RANK[here] or (here, name[1]) in ALLOWED, f"{path.name} imports {'.'.join(name)}"


@pytest.mark.parametrize("path", sorted((AUDIT / "detectors").glob("[a-z]*.py")), ids=lambda path: path.stem)
def test_detectors_do_not_import_each_other(path: Path) -> None:
    others = {other.stem for other in (AUDIT / "detectors").glob("[a-z]*.py")} - {path.stem}
    for name in imported(ast.parse(path.read_text(encoding="utf-8"))):
        assert not (name[:2] == ("audit", "detectors") and len(name) > 2 and name[2] in others)


def test_heavy_libraries_are_imported_inside_functions() -> None:
    for path in MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:  # TYPE_CHECKING blocks are `if` statements and do not count
            if isinstance(node, ast.Import | ast.ImportFrom):
                for name in imported(ast.Module(body=[node], type_ignores=[])):
                    assert name[0] not in HEAVY, f"{path.relative_to(ROOT)} imports {name[0]} at its top"


def test_help_loads_none_of_them() -> None:
    code = f"import sys; import audit.cli; print(sorted({HEAVY!r} & {{m.split('.')[0] for m in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", sorted(detectors()))
def test_every_detector_has_its_name_a_manual_page_and_tests_of_both_kinds(name: str) -> None:
    detector = detectors()[name]
    assert detector.id == name
    page = manual(name)
    assert len(page.split()) >= 60, "a manual page says what is flagged, why, with an example, look-alikes and the source"
    test = ROOT / "tests" / "detectors" / f"test_{name}.py"
    assert test.is_file(), f"{test.relative_to(ROOT)} is missing"


def test_nothing_is_unpickled_or_fetched() -> None:
    banned = {"pickle", "dill", "joblib", "shelve", "marshal", "requests", "urllib3", "httpx", "socket"}
    for path in MODULES:
        for name in imported(ast.parse(path.read_text(encoding="utf-8"))):
            assert name[0] not in banned and name[:2] != ("urllib", "request"), f"{path.relative_to(ROOT)}: {'.'.join(name)}"
        assert "trust_remote_code=True" not in path.read_text(encoding="utf-8")


def test_functions_and_files_stay_small() -> None:
    for path in MODULES:
        source = path.read_text(encoding="utf-8")
        assert source.count("\n") <= 330, f"{path.relative_to(ROOT)} has {source.count(chr(10))} lines"
        for node in ast.walk(ast.parse(source)):
            # What a command can be asked is its parameters.
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name not in ("check", "batch"):
                assert (node.end_lineno or 0) - node.lineno <= 55, f"{path.relative_to(ROOT)}: {node.name}"
