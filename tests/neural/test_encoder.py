"""The encoder: same numbers as transformers, whatever the batch; spans, windows, devices and damaged files."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from audit.errors import ModelError, UsageError
from audit.neural.encoder import Encoder, Query
from audit.neural.modernbert import ModernBert
from audit.neural.modernbert_numpy import ModernBertOnCpu

ROOT = Path(__file__).resolve().parents[2]
RECIPE = ROOT / "models" / "de" / "encoder" / "train.py"


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A very small encoder, trained by the recipe on invented sentences: interrupted, then taken up again."""
    work, out = tmp_path_factory.mktemp("work"), tmp_path_factory.mktemp("encoder")
    command = [sys.executable, str(RECIPE), "--tiny", "--work", str(work), "--out", str(out), "--batch", "8", "--threads", "1"]
    for steps in ("10", "20"):
        subprocess.run([*command, "--steps", steps, "--decay", "5", "--report", "10"], check=True, capture_output=True, cwd=ROOT)
    log = [json.loads(line) for line in (work / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["step"] for row in log] == [10, 20]
    assert log[1]["loss"] < log[0]["loss"]
    return out


@pytest.fixture(scope="session")
def encoder(folder: Path) -> Encoder:
    return Encoder.load(folder, "cpu")


SENTENCE = "Anna kauft am 3. Mai Brot. Der Händler verkauft das Brot nur am Morgen."


def query(word: str, *alternatives: str, text: str = SENTENCE) -> Query:
    start = text.index(word)
    return Query(text, start, start + len(word), alternatives)


@pytest.mark.parametrize("where", ["cpu", "torch"])
def test_says_what_transformers_says(folder: Path, where: str) -> None:
    import torch
    from transformers import AutoModelForMaskedLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForMaskedLM.from_pretrained(folder).float().eval()
    ids = tokenizer(["Anna kauft am 3. Mai [MASK].", "Der Händler verkauft [MASK]."], return_tensors="np", padding=True)
    with torch.no_grad():
        theirs = model(torch.tensor(ids.input_ids), torch.tensor(ids.attention_mask)).logits.log_softmax(-1).numpy()
    ours = ModernBertOnCpu.load(folder) if where == "cpu" else ModernBert.load(folder, torch.device("cpu"), torch.float32)
    at = [(row, column) for row, column in zip(*np.nonzero(ids.attention_mask), strict=True)]
    said = ours.predict(ids.input_ids, ids.attention_mask.astype(bool), at)
    assert said == pytest.approx(theirs[ids.attention_mask.astype(bool)], abs=1e-4)


def test_a_cpu_needs_no_torch(folder: Path) -> None:
    command = "import sys; from audit.neural.encoder import Encoder, Query; from pathlib import Path; "
    command += f"e = Encoder.load(Path({str(folder)!r}), 'cpu'); e.fit([Query('Anna kauft Brot.', 0, 4, ('Glas',))]); "
    done = subprocess.run(
        [sys.executable, "-c", command + "print('torch' in sys.modules)"], check=False, capture_output=True, text=True, cwd=ROOT
    )
    assert done.stdout == "False\n", done.stderr


def test_answers_in_order_one_for_each_alternative(encoder: Encoder) -> None:
    answers = encoder.fit([query("Brot", "Glas", "Papier", "Wasser"), query("Der", "Das"), query("Anna")])
    assert [len(answer) for answer in answers] == [3, 1, 0]
    assert encoder.fit([]) == []


def test_a_word_is_no_better_than_itself(encoder: Encoder) -> None:
    assert encoder.fit([query("Händler", "Händler")]) == [(0.0,)]


def test_neighbours_in_a_batch_change_nothing(encoder: Encoder) -> None:
    words = ["Anna", "kauft", "Mai", "Händler", "verkauft", "Morgen"]
    queries = [query(word, "Glas", "Wasser", "wer weiß was") for word in words]
    together = encoder.fit(queries)
    assert together == [encoder.fit([one])[0] for one in queries]
    assert list(reversed(together)) == encoder.fit(list(reversed(queries)))


def test_threads_change_nothing_beyond_rounding(folder: Path) -> None:
    script = "import sys; from audit.neural.encoder import Encoder, Query; from pathlib import Path; "
    script += f"text = {SENTENCE!r}; e = Encoder.load(Path({str(folder)!r}), 'cpu'); "
    script += (
        "print(e.fit([Query(text, text.index(w), text.index(w) + len(w), ('Glas', 'Holz')) for w in ('Brot', 'Der', 'Mai')]))"
    )
    answers: list[list[float]] = []
    for threads in ("1", "2"):
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads}
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, check=True, text=True, cwd=ROOT, env=environment
        )
        answers.append([float(number) for number in re.findall(r"-?\d+\.\d+", done.stdout)])
    assert len(answers[0]) == 6
    assert answers[0] == pytest.approx(answers[1], abs=1e-3)


def test_a_span_inside_a_word_is_widened_to_it(encoder: Encoder) -> None:
    text = "Der Brotpreis steigt."
    inside = Query(text, 4, 8, ("Holz",))
    whole = Query(text, 4, 13, ("Holzpreis",))
    assert encoder.fit([inside]) == encoder.fit([whole])


def test_long_passages_are_read_around_the_place(encoder: Encoder) -> None:
    text = " ".join([SENTENCE] * 200)
    at = text.index("Händler", len(text) // 2)
    far = Query(text, at, at + 7, ("Wasser",))
    near = Query(text[at - 2000 : at + 2000], 2000, 2007, ("Wasser",))
    assert encoder.fit([far]) == encoder.fit([near])


@pytest.mark.parametrize(("start", "end"), [(3, 3), (-1, 2), (0, 999)])
def test_a_span_outside_the_text_is_refused(encoder: Encoder, start: int, end: int) -> None:
    with pytest.raises(ValueError, match="not in the text"):
        encoder.fit([Query("Ein Satz.", start, end, ("zwei",))])


def test_words_of_unknown_letters_and_very_long_ones(encoder: Encoder) -> None:
    ((fit, other),) = encoder.fit([query("Brot", "漢字", "x" * 3000)])
    assert math.isfinite(fit) and math.isfinite(other)


def test_out_of_memory_halves_the_batch_and_goes_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    encoder = Encoder.load(folder, "cpu")
    whole = encoder.fit([query("Brot", "Glas", "Papier")])
    encoder = Encoder.load(folder, "cpu")
    inner, limit = encoder._predict, encoder._budget // 2

    def scarce(batch: object, length: int, size: int) -> object:
        if length * size > limit:
            raise MemoryError("no room")
        return inner(batch, length, size)  # type: ignore[arg-type]

    monkeypatch.setattr(encoder, "_predict", scarce)
    assert encoder.fit([query("Brot", "Glas", "Papier")]) == [pytest.approx(answer, abs=1e-3) for answer in whole]
    assert "out of memory" in caplog.text


def test_a_device_that_is_not_there(folder: Path) -> None:
    with pytest.raises(UsageError, match="cuda:7"):
        Encoder.load(folder, "cuda:7")
    with pytest.raises(UsageError, match="toaster"):
        Encoder.load(folder, "toaster")


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json"])
def test_missing_and_damaged_files_are_named(folder: Path, tmp_path: Path, name: str) -> None:
    copy = tmp_path / "encoder"
    shutil.copytree(folder, copy)
    (copy / name).write_bytes(b"{}" if name.endswith("json") else b"\0" * 64)
    with pytest.raises(ModelError, match=name.replace(".", r"\.")):
        Encoder.load(copy)
    (copy / name).unlink()
    with pytest.raises(ModelError, match=name.replace(".", r"\.")):
        Encoder.load(copy)


def test_another_kind_of_model_is_refused(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "encoder"
    shutil.copytree(folder, copy)
    config = json.loads((copy / "config.json").read_text(encoding="utf-8"))
    (copy / "config.json").write_text(json.dumps({**config, "model_type": "bert"}), encoding="utf-8")
    with pytest.raises(ModelError, match="a bert model"):
        Encoder.load(copy)
    (copy / "config.json").write_text(json.dumps({**config, "num_hidden_layers": 9}), encoding="utf-8")
    with pytest.raises(ModelError, match=r"layers\.2\."):
        Encoder.load(copy)


def test_weights_of_another_vocabulary_are_refused(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "encoder"
    shutil.copytree(folder, copy)
    config = json.loads((copy / "config.json").read_text(encoding="utf-8"))
    (copy / "config.json").write_text(json.dumps({**config, "vocab_size": config["vocab_size"] + 5}), encoding="utf-8")
    with pytest.raises(ModelError, match="vocabulary"):
        Encoder.load(copy)
