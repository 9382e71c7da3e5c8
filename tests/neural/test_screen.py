"""The screen: what it answers, that it answers alike everywhere, and that its recipe still runs."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from audit.errors import ModelError
from audit.neural.screen import META_FILE, MINIMUM_WORDS, TOKENIZER_FILE, WEIGHTS_FILE, Screen, ScreenScore

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "models/de/screen"
RECIPE = FOLDER / "train.py"

# Written for this test as a local reporter would.
GENUINE = [
    "Eigentlich sollte am Montag Schluss sein mit dem Provisorium am Marktplatz. Doch daraus wird vorerst nichts: Wie das "
    "Bauamt auf Anfrage mitteilte, fehlen noch immer die bestellten Granitplatten, weil der Lieferant aus dem Fichtelgebirge "
    "mit der Arbeit nicht hinterherkommt.",
    "Für die Händler rund um den Brunnen ist das ein schwerer Schlag. „So langsam geht uns die Puste aus“, sagt Petra "
    "Wallner, die seit elf Jahren den Blumenladen an der Ecke betreibt. Seit Beginn der Arbeiten im Frühjahr seien die "
    "Einnahmen um gut ein Drittel eingebrochen. Laufkundschaft komme so gut wie keine mehr.",
    "Baustadtrat Jens Kröger wirbt derweil um Geduld. Man habe dem Unternehmen eine Frist bis Ende des Monats gesetzt, hieß "
    "es am Freitag aus dem Rathaus. Verstreicht sie, will die Stadt den Auftrag notfalls neu vergeben. Ob das die Sache "
    "beschleunigt, daran gibt es allerdings selbst in den eigenen Reihen Zweifel.",
]
# The clumsy order and the borrowed phrases of a machine that reads English, written for this test.
CLUMSY = [
    "Der Gouverneur hat angekündigt, dass er wird unterzeichnen die Gesetzgebung, die darauf abzielt, die Kosten von "
    "verschreibungspflichtigen Medikamenten zu reduzieren, laut einer Erklärung, die am Dienstag veröffentlicht wurde.",
    "Die Entscheidung kommt, nachdem mehrere Beamte ihre Bedenken über die Auswirkungen auf kleine Unternehmen ausgedrückt "
    "haben. „Wir sind hier, um einen Unterschied zu machen“, sagte Wallner, die als Direktorin der Organisation dient. „Dies "
    "ist ein großer Schritt vorwärts für unsere Gemeinschaft, und wir freuen uns darauf, mit unseren Partnern zu arbeiten.“",
    "Kröger, der sich während der Anhörung zu Wort meldete, fügte hinzu, dass die Behörde wird weiterhin die Situation "
    "überwachen, während sie zusätzliche Informationen sammelt. Es ist nicht klar, wie viele Menschen betroffen sein könnten, "
    "aber Experten sagen, die Zahlen könnten in den kommenden Wochen steigen, was zu einer erhöhten Nachfrage führt.",
]
NAMES = {"Petra Wallner": "Ayşe Demirtaş", "Wallner": "Demirtaş", "Jens Kröger": "Oluf Brandvold", "Kröger": "Brandvold",
         "Fichtelgebirge": "Erzgebirge", "elf": "neun"}  # fmt: skip


@pytest.fixture(scope="module")
def screen() -> Screen:
    return Screen.load(FOLDER)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in (META_FILE, WEIGHTS_FILE, TOKENIZER_FILE):
        shutil.copy(FOLDER / name, tmp_path / name)
    return tmp_path


def one(screen: Screen, passages: list[str]) -> ScreenScore:
    return screen.score([passages])[0]


def sureness(p: float) -> float:
    return abs(math.log(max(p, 1e-4) / max(1 - p, 1e-4)))


def test_genuine_and_clumsy_text_lie_on_their_sides(screen: Screen) -> None:
    genuine, clumsy = screen.score([GENUINE, CLUMSY])
    assert genuine.decided and clumsy.decided
    assert genuine.p_machine < 0.3 and genuine.p_translated < 0.5
    assert clumsy.p_machine > 0.7 and clumsy.p_translated > 0.9


def test_scores_are_probabilities_and_languages_share_one(screen: Screen) -> None:
    for score in screen.score([GENUINE, CLUMSY, GENUINE + CLUMSY]):
        assert 0 <= score.p_machine <= score.p_translated <= 1
        assert sum(told.p for told in score.source_lang) == pytest.approx(1, abs=1e-3)
        assert [told.p for told in score.source_lang] == sorted((told.p for told in score.source_lang), reverse=True)
        assert {told.lang for told in score.source_lang} == {"en", "fr", "nl", "es", "it", "ru"}
        assert score.p_machine == round(score.p_machine, 4)


def test_words_are_counted_without_punctuation(screen: Screen) -> None:
    assert one(screen, ["Ja – nein, „vielleicht“: 12 Uhr!"]).words == 5


def test_the_batch_changes_nothing(screen: Screen) -> None:
    documents = [GENUINE, CLUMSY, GENUINE[:1], CLUMSY[1:], [""], GENUINE + CLUMSY] * 25
    together = screen.score(documents)
    assert together[:6] == [one(screen, document) for document in documents[:6]]
    assert together == together[:6] * 25
    assert screen.score(documents[::-1]) == together[::-1]


def test_loading_again_gives_the_same_answer(screen: Screen) -> None:
    again = Screen.load(FOLDER)
    assert again.version == screen.version
    assert again.score([GENUINE, CLUMSY]) == screen.score([GENUINE, CLUMSY])


@pytest.mark.parametrize("passages", [[], [""], ["   \n "], ["Zwei Wörter"], [" ".join(["Wort"] * (MINIMUM_WORDS - 1))]])
def test_short_text_is_undecided(screen: Screen, passages: list[str]) -> None:
    score = one(screen, passages)
    assert not score.decided
    assert 0 < score.p_machine <= score.p_translated < 1


def test_enough_words_are_decided(screen: Screen) -> None:
    assert one(screen, [" ".join(["Wort"] * MINIMUM_WORDS)]).decided


@pytest.mark.parametrize("passages", [GENUINE, CLUMSY])
def test_a_short_document_is_less_sure_than_a_long_one(screen: Screen, passages: list[str]) -> None:
    assert sureness(one(screen, passages[:1]).p_machine) < sureness(one(screen, passages).p_machine)


@pytest.mark.parametrize("passages", [GENUINE, CLUMSY])
def test_swapped_names_hardly_move_the_score(screen: Screen, passages: list[str]) -> None:
    swapped = passages
    for name, other in NAMES.items():
        swapped = [text.replace(name, other) for text in swapped]
    assert swapped != passages
    before, after = screen.score([passages, swapped])
    assert abs(before.p_machine - after.p_machine) <= 0.1
    assert abs(before.p_translated - after.p_translated) <= 0.1


def test_quotes_dashes_and_spaces_say_nothing(screen: Screen) -> None:
    plain = [text.replace("„", '"').replace("“", '"').replace("–", "-").replace("ß", "ss") for text in CLUMSY]
    spaced = [text.replace(" ", "\u00a0 ").replace("„", "»").replace("“", "«") for text in CLUMSY]
    assert plain != CLUMSY
    assert one(screen, plain) == one(screen, CLUMSY) == one(screen, spaced)


def test_odd_characters_do_no_harm(screen: Screen) -> None:
    odd = ["\ud800 \x00 \U0001f600 漢字 Ω \u202e " + text for text in CLUMSY]
    assert one(screen, odd).p_machine > 0.5


def test_weights_are_small_half_precision(screen: Screen) -> None:
    assert (FOLDER / WEIGHTS_FILE).stat().st_size <= 8 * 1024 * 1024
    tensors = load_file(FOLDER / WEIGHTS_FILE)
    assert {str(table.dtype) for name, table in tensors.items() if name != "familiar"} == {"float16"}
    assert screen.version == json.loads((FOLDER / META_FILE).read_text(encoding="utf-8"))["version"]


@pytest.mark.parametrize("name", [META_FILE, WEIGHTS_FILE, TOKENIZER_FILE])
@pytest.mark.parametrize("damage", ["missing", "empty", "cut"])
def test_a_damaged_file_is_refused(copy: Path, name: str, damage: str) -> None:
    content = (copy / name).read_bytes()
    (copy / name).unlink()
    if damage != "missing":
        (copy / name).write_bytes(content[: len(content) // 2] if damage == "cut" else b"")
    with pytest.raises(ModelError):
        Screen.load(copy)


def test_misshapen_weights_are_refused(copy: Path) -> None:
    tensors = load_file(copy / WEIGHTS_FILE)
    misshapen = {
        "subword": tensors["subword"][:-1].copy(),
        "skeleton": tensors["skeleton"].astype(np.float32),
        "character": np.full_like(tensors["character"], np.nan),
        "familiar": tensors["familiar"][1:].copy(),
    }
    for name, table in misshapen.items():
        save_file({**tensors, name: table}, copy / WEIGHTS_FILE)
        with pytest.raises(ModelError):
            Screen.load(copy)


@pytest.mark.parametrize(
    ("field", "value"), [("format", 99), ("calibration", {"translated": [0.0]}), ("heads", {}), ("surplus", 1)]
)
def test_a_meta_file_that_does_not_fit_is_refused(copy: Path, field: str, value: object) -> None:
    meta = json.loads((copy / META_FILE).read_text(encoding="utf-8"))
    (copy / META_FILE).write_text(json.dumps({**meta, field: value}), encoding="utf-8")
    with pytest.raises(ModelError):
        Screen.load(copy)


def test_no_heavy_library_is_loaded() -> None:
    code = "import sys, audit.neural.screen; print(*sorted({'torch', 'transformers', 'scipy', 'sklearn'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""


def test_the_recipe_runs_and_repeats_itself(tmp_path: Path) -> None:
    files = {}
    for folder in (tmp_path / "first", tmp_path / "second"):
        command = [sys.executable, str(RECIPE), "--tiny", "--out", str(folder)]
        run = subprocess.run(command, capture_output=True, text=True, check=True)
        files[folder.name] = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
        assert "expected calibration error" in run.stdout
    assert files["first"] == files["second"]
    assert set(files["first"]) == {META_FILE, WEIGHTS_FILE, TOKENIZER_FILE}
    made = Screen.load(tmp_path / "first")
    machine = "Die Firma wird den Plan im Rathaus überprüfen, was zu einer Entscheidung führt. Das ist, was der Verein sagte. "
    german = "Den Plan hat die Firma im Rathaus wohl doch noch einmal geprüft, hieß es. Am Markt ging es um die Reise, so sie. "
    invented, genuine = made.score([[machine * 4], [german * 4]])
    assert invented.p_machine > 0.8
    assert genuine.p_machine < 0.2


def test_the_recipe_refuses_to_overwrite_the_weights_with_a_trial() -> None:
    run = subprocess.run([sys.executable, str(RECIPE), "--tiny"], capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert "--out" in run.stderr


def test_the_thresholds_are_those_of_the_card() -> None:
    with (ROOT / "models/thresholds.toml").open("rb") as file:
        kept = tomllib.load(file)["de"]["screen"]
    card = (FOLDER / "CARD.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1:3] for line in card.splitlines() if line.count("|") == 4]
    measured = {name.strip(): float(value) for name, value in rows if name.strip() in ("p_machine", "p_translated")}
    assert kept["machine_one_percent"] == pytest.approx(measured["p_machine"], abs=0.005)
    assert kept["translated_one_percent"] == pytest.approx(measured["p_translated"], abs=0.005)
