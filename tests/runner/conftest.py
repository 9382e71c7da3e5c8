"""A small corpus with everything in it that a batch must cope with."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from audit.runner.batch import Means, run
from audit.runner.manifest import Manifest
from audit.runner.plan import Plan, Request

STORIES = Path(__file__).resolve().parents[2] / "reports" / "stories"
ALIEN = "The council met on Monday to talk about the new bridge, and it was decided that the work should begin in spring. " * 4


def documents() -> list[dict[str, str]]:
    """Both bundled stories, a text in English, one that is too short, one without text, and one whose id is taken."""
    rows = [{"id": path.stem, "text": path.read_text(encoding="utf-8")} for path in sorted(STORIES.rglob("*.txt"))]
    rows.insert(3, {"id": "alien", "text": ALIEN})
    rows.insert(5, {"id": "short", "text": "Nur ein Satz."})
    rows.insert(6, {"id": "blank", "text": "   "})
    rows.append({"id": rows[0]["id"], "text": "Ein anderer Text mit derselben Kennung."})
    return rows


def write_rows(path: Path, rows: list[dict[str, str]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_rows(tmp_path_factory.mktemp("corpus") / "corpus.jsonl", documents())


@pytest.fixture(scope="session")
def made(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus audited with siblings, in one go, in this process."""
    folder = tmp_path_factory.mktemp("made") / "out"
    run(Request(paths=(str(corpus),)), folder, Means(runner="serial"))
    return folder


@pytest.fixture
def batch(tmp_path: Path) -> Callable[..., Manifest]:
    """``batch(path, folder="out", plan=Plan(), **means)``: a batch in this process unless ``runner`` says otherwise."""

    def make(path: Path, folder: str = "out", plan: Plan = Plan(), **means: object) -> Manifest:  # noqa: B008  # frozen
        request = Request(paths=(str(path),), plan=plan)
        return run(request, tmp_path / folder, Means(**{"runner": "serial", **means}))  # type: ignore[arg-type]

    return make


def content(folder: Path) -> dict[str, str]:
    """The checksums of everything in a finished batch but its log."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "batch.log")
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
