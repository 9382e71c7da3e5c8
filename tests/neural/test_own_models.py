"""Own models in an audit: what they say is on record, counts for nothing before a calibration, and for what it is worth after."""

from __future__ import annotations

import json
import math
import random
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import tiny_models as tiny

from audit import Auditor, Document
from audit.calibrate import Sample, calibrate, chosen_lines, fit, log_loss
from audit.cli import run
from audit.contrast import SecondWitness
from audit.errors import UsageError
from audit.evaluate import Gold, Label
from audit.neural.hub.language_model import Embedded
from audit.options import Options
from audit.own_models import Calibration, Line, Measured, Scale, checked, read_calibration, written
from audit.types import Record, record_schema
from audit.verdict import lift, log_odds, probability

ROOT = Path(__file__).resolve().parents[2]
STORY = ROOT / "reports" / "stories" / "faehrprozess"
ANSWER = '{"errors": [{"quote": "Anruf", "category": "Accuracy/Mistranslation", "severity": "major", "explanation": "no call"}]}'
AUDITED = (
    "Die Fähre nach Norderau liegt seit Montag im Hafen. Nach dem Anruf des Ministers wurde das Verfahren am Dienstag vertagt. "
    "Am Abend waren noch 230 Menschen auf der Insel, hieß es in einem kurzen Erklärung."
)
OTHER = (
    "Die Fähre nach Norderau liegt noch immer im Hafen. Nach der Berufung des Ministers wurde das Verfahren am Dienstag vertagt. "
    "Am Abend waren noch 320 Menschen auf der Insel, hieß es in einer kurzen Erklärung."
)
DOCUMENTS = [Document(id="a", text=AUDITED, story="s"), Document(id="b", text=OTHER, story="s")]


@pytest.fixture(scope="session")
def own(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A tiny model for every role, as options of `Auditor`."""
    base = tmp_path_factory.mktemp("own")
    names = ("entailment", "neutral", "contradiction")
    said = {"id2label": dict(enumerate(names)), "label2id": {name: at for at, name in enumerate(names)}}
    marks = {"id2label": {0: "OK", 1: "BAD"}, "label2id": {"OK": 0, "BAD": 1}}
    made = {
        "tagger": tiny.bert(base / "tagger", "BertForTokenClassification", **marks),
        "lm": tiny.bert(base / "lm", "BertForMaskedLM"),
        "nli": tiny.bert(base / "nli", "BertForSequenceClassification", seed=5, **said),
        "embedder": tiny.bert(base / "embedder", "BertModel"),
        "judge": tiny.parrot(base / "judge", ANSWER),
        "qe": tiny.bert(base / "qe", "BertForSequenceClassification", num_labels=1),
    }
    return {role: str(folder) for role, folder in made.items()}


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens a connection fails the test."""

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture(scope="session")
def heard(own: dict[str, str]) -> Record:
    """The record of two articles with all models called and none calibrated, improbable findings included."""
    return Auditor("de", options=Options(min_probability=0.0), **own).audit(DOCUMENTS)  # type: ignore[arg-type]


def test_every_role_is_in_the_record(heard: Record) -> None:
    row = heard.documents[0]
    assert not heard.failures
    assert not isinstance(row.opinions, msgspec.UnsetType)
    assert {opinion.role for opinion in row.opinions} == {"tagger", "nli", "embedder", "judge", "qe"}
    for opinion in row.opinions:
        assert 0 <= opinion.start < opinion.end <= len(AUDITED) and math.isfinite(opinion.value)
    judged = [opinion for opinion in row.opinions if opinion.role == "judge" and opinion.value]
    assert [(AUDITED[o.start : o.end], o.label, o.note) for o in judged] == [("Anruf", "major", "no call")]
    assert {o.document for o in row.opinions if o.role in ("nli", "qe", "embedder")} == {"b"}
    evidence = {e.word.split()[0]: e.note for f in row.findings for e in f.evidence if e.kind == "model" and e.word}
    assert {"tagger", "lm"} <= set(evidence)
    assert all("counts for nothing" in note for note in evidence.values())
    assert all(f"{role}:" in heard.signature for role in ("tagger", "lm", "nli", "embedder", "judge", "qe"))


def test_what_was_not_calibrated_counts_for_nothing(heard: Record) -> None:
    plain = Auditor("de", options=Options(min_probability=0.0)).audit(DOCUMENTS)
    for one, other in zip(heard.documents, plain.documents, strict=True):
        assert one.verdict == other.verdict and one.passages == other.passages and one.siblings == other.siblings
        assert [(f.detector, f.start, f.end, f.weight, f.probability) for f in one.findings] == [
            (f.detector, f.start, f.end, f.weight, f.probability) for f in other.findings
        ]
    assert any(document.findings for document in plain.documents)


def test_the_record_is_written_read_and_described(heard: Record) -> None:
    from jsonschema import Draft202012Validator

    data = msgspec.json.encode(heard)
    assert msgspec.json.decode(data, type=Record).documents == heard.documents
    Draft202012Validator(record_schema()).validate(json.loads(data))
    plain = Auditor("de").audit([Document(id="x", text=AUDITED)])
    assert b"opinions" not in msgspec.json.encode(plain), "without own models the record is what it was"


@pytest.mark.parametrize("name", ["report.html", "report.csv", "report.sarif", "report.tsv", "report.txt", "report.md"])
def test_every_format_takes_what_models_say(heard: Record, tmp_path: Path, name: str) -> None:
    from audit.report import save

    save(heard, tmp_path / name)
    assert (tmp_path / name).stat().st_size > 0


def test_the_same_models_say_the_same_whatever_the_batch(own: dict[str, str]) -> None:
    cheap = {role: own[role] for role in ("tagger", "nli", "qe", "lm")}
    rows = [
        Auditor("de", options=Options(min_probability=0.0), batch_tokens=size, **cheap).audit(DOCUMENTS).documents  # type: ignore[arg-type]
        for size in (64, 4_000)
    ]
    for one, other in zip(*rows, strict=True):
        assert [(o.role, o.start, o.end, o.label, o.document) for o in one.opinions] == [  # type: ignore[union-attr]
            (o.role, o.start, o.end, o.label, o.document)
            for o in other.opinions  # type: ignore[union-attr]
        ]
        assert [o.value for o in one.opinions] == pytest.approx([o.value for o in other.opinions], abs=0.003)  # type: ignore[union-attr]


def test_the_default_run_imports_nothing_of_this() -> None:
    code = (
        "import sys; from audit.cli import run; run(['check', sys.argv[1], '-q', '--format', 'json', '-o', sys.argv[2]]);"
        "names = ('audit.neural.hub', 'audit.witnesses', 'audit.testimony', 'audit.embedding', 'transformers');"
        "print([name for name in sys.modules if name.startswith(names)])"
    )
    command = [sys.executable, "-c", code, str(STORY / "faehrprozess-maschine.txt"), "/dev/null"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_the_encoder_swapped_for_itself_gives_the_same_findings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tiny.modernbert(tmp_path / "encoder")
    monkeypatch.setattr(SecondWitness, "folder", folder)

    def audited(**own: Any) -> tuple[Auditor, Record]:
        auditor = Auditor("de", device="cpu", options=Options(min_probability=0.0), **own)
        auditor.second.settings = {"agreement": {"slope": 0.3, "bias": -0.2, "note": -99.0}}
        return auditor, auditor.audit(DOCUMENTS)

    _, plain = audited()
    auditor, swapped = audited(lm=str(shutil.copytree(folder, tmp_path / "copy")))
    assert isinstance(auditor.encoder, Embedded) and "lm:copy@" in auditor.signature
    assert [row.findings for row in swapped.documents] == [row.findings for row in plain.documents]
    told = [e for row in swapped.documents for f in row.findings for e in f.evidence if e.kind in ("context", "model")]
    assert told and all(evidence.kind == "context" for evidence in told), "it is heard once, in the encoder's place"
    _, other = audited(lm=str(tiny.modernbert(tmp_path / "other", seed=2)))
    assert [[f.weight for f in row.findings] for row in other.documents] == [
        [f.weight for f in r.findings] for r in plain.documents
    ]
    assert any(e.kind == "model" for row in other.documents for f in row.findings for e in f.evidence), (
        "a stranger is heard apart"
    )


def calibrated(own: dict[str, str], folder: Path, **measured: Any) -> str:
    """A calibration file for these models."""
    from audit.neural.hub.source import find

    roles = {}
    for role, said in measured.items():
        source = find(role, own[role])
        roles[role] = Measured(model=source.name, revision=source.revision, **said)
    file = folder / "calibration.toml"
    file.write_text(written(Calibration(articles=30, roles=roles, options={role: own[role] for role in measured}), ["a test"]))
    return str(file)


def test_a_calibrated_tagger_moves_findings(own: dict[str, str], tmp_path: Path, heard: Record) -> None:
    file = calibrated(own, tmp_path, tagger={"findings": {"tagger": Line(-1.0, 0.25)}})
    row = Auditor("de", options=Options(min_probability=0.0), calibration=file).audit(DOCUMENTS).documents[0]
    before = {(f.detector, f.start, f.end): f.weight for f in heard.documents[0].findings}
    moved = [f.weight - before[f.detector, f.start, f.end] for f in row.findings if (f.detector, f.start, f.end) in before]
    assert any(moved) and all(abs(by) <= 3.001 for by in moved)
    assert all("counts for nothing" not in e.note for f in row.findings for e in f.evidence if e.kind == "model")


def test_a_calibrated_tagger_makes_findings_where_no_detector_has_one(own: dict[str, str], tmp_path: Path) -> None:
    file = calibrated(own, tmp_path, tagger={"own": Line(0.5, 0.5)})
    auditor = Auditor("de", options=Options(min_probability=0.0, only=frozenset({"encoding"})), calibration=file)
    alone = [f for f in auditor.audit([DOCUMENTS[0]]).documents[0].findings if f.detector == "tagger"]
    assert alone and all(AUDITED[f.start : f.end] == f.quote and f.evidence[0].kind == "model" for f in alone)


def test_a_calibrated_judge_reports_what_it_alone_sees(own: dict[str, str], tmp_path: Path) -> None:
    file = calibrated(own, tmp_path, judge={"own": Line(2.0, 0.0)})
    auditor = Auditor("de", options=Options(min_probability=0.0, only=frozenset({"typography"})), calibration=file)
    row = auditor.audit([DOCUMENTS[0]]).documents[0]
    (finding,) = [f for f in row.findings if f.detector == "judge"]
    assert (finding.quote, finding.severity, finding.message) == ("Anruf", "major", "no call")
    assert "calibration:" in auditor.signature and "none" not in auditor.signature.split("calibration:")[1].split("|")[0]


def test_an_embedder_that_counts_finds_and_aligns_siblings(own: dict[str, str], tmp_path: Path) -> None:
    scale = Scale(share=1.0, unlike=-1.0, alike=0.0, similarity=0.9)
    file = calibrated(own, tmp_path, embedder={"scales": {"stories": scale, "sentences": scale}})
    texts = [Document(id=str(n), text=text) for n, text in enumerate(("Katzen schlafen viel. Sie jagen nachts.", AUDITED))]
    assert not Auditor("de").audit(texts).documents[0].siblings
    row = Auditor("de", calibration=file).audit(texts).documents[0]
    assert [link.id for link in row.siblings] == ["1"], "an embedder that finds everything alike finds siblings everywhere"
    assert any(passage.agreement for passage in row.passages)


def test_a_calibration_is_for_one_revision(own: dict[str, str], tmp_path: Path) -> None:
    file = calibrated(own, tmp_path, qe={})
    folder = Path(shutil.copytree(own["qe"], tmp_path / "qe"))
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-4] + b"\0\0\0\0")
    with pytest.raises(UsageError, match=r"not with qe@.*: calibrate again"):
        Auditor("de", calibration=file, qe=str(folder))


STRANGER = "schema = 1\n[roles.cook]\nmodel = 'm'\nrevision = 'r'"


@pytest.mark.parametrize("content", ["", "schema = 2", "not toml", STRANGER, "schema = 'x'"])
def test_files_that_are_no_calibration(tmp_path: Path, content: str) -> None:
    file = tmp_path / "c.toml"
    file.write_text(content)
    with pytest.raises(UsageError, match="not a file that `mt-audit calibrate` has written"):
        read_calibration(file)


def test_a_calibration_file_comes_back_as_it_went(tmp_path: Path) -> None:
    scale = Scale(share=0.5, unlike=0.1, alike=0.7, similarity=0.3)
    roles = {
        "lm": Measured(model='a "quoted" näme', revision="r1", findings={"lm": Line(-0.5, 0.25)}),
        "embedder": Measured(model="e", revision="r2", scales={"stories": scale}),
        "judge": Measured(model="j", revision="r3", own=Line(-1.25, 0.0)),
    }
    made = Calibration(articles=41, roles=roles, options={"lm": "some/model", "tagger_labels": {"LABEL_0": "ok"}})
    file = tmp_path / "c.toml"
    file.write_text(written(made, ["one line", "another"]), encoding="utf-8")
    known = read_calibration(file)
    assert msgspec.structs.replace(known, digest="") == made and len(known.digest) == 8


def test_options_that_name_nothing() -> None:
    assert checked({}) == {} and checked({"lm": None, "allow_download": True}) == {}
    with pytest.raises(UsageError, match="no option named 'tager'"):
        Auditor("de", tager="x")  # type: ignore[call-arg]
    with pytest.raises(UsageError, match="own models: Expected"):
        Auditor("de", lm=3)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="--pooling is for a model of your own"):
        Auditor("de", pooling="cls")
    with pytest.raises(UsageError, match="neither a folder nor in the local cache"):
        Auditor("de", lm="no-such-model-anywhere")


# — calibration ——————————————————————————————————————————————————————————————————————————————————————————————————————


def samples(count: int, slope: float, seed: int = 1) -> list[Sample]:
    """Findings whose log odds are an offset plus ``slope`` times a signal."""
    chance = random.Random(seed)
    made = []
    for number in range(count):
        odds, value = chance.gauss(0, 1), chance.gauss(0, 2)
        real = chance.random() < 1 / (1 + math.exp(-(odds + slope * value)))
        made.append(Sample(f"d{number % 40}", odds, {"lm": value}, real))
    return made


@pytest.mark.parametrize("slope", [0.0, 0.6, 1.2])
def test_a_fit_finds_the_slope_that_is_there(slope: float) -> None:
    found = fit(samples(4_000, slope), ["lm"])["lm"]
    assert found.slope == pytest.approx(slope, abs=0.1) and found.bias == pytest.approx(0, abs=0.12)


def test_a_model_gets_no_credit_for_odds_that_were_wrong_before_it_spoke() -> None:
    useless = [sample._replace(odds=sample.odds + 2) for sample in samples(600, 0.0)]
    useful = [sample._replace(odds=sample.odds + 2) for sample in samples(600, 0.8)]
    assert chosen_lines(useless) == {}
    assert chosen_lines(useful)["lm"].slope == pytest.approx(0.8, abs=0.2)


def test_a_few_samples_move_little() -> None:
    certain = [Sample("d", 0.0, {"judge": 1.0}, True)] * 3
    assert abs(fit(certain, ["judge"])["judge"].at(1.0)) < 1.0


def test_log_loss_is_that_of_the_odds() -> None:
    sample = Sample("d", 1.0, {"lm": 2.0}, True)
    assert log_loss(sample, {}) == pytest.approx(math.log(1 + math.exp(-1)))
    assert log_loss(sample, {"lm": Line(0.5, 0.25)}) == pytest.approx(math.log(1 + math.exp(-2)))


def labelled() -> tuple[list[Document], list[Gold], dict[str, Label]]:
    """Twelve articles, fully labelled: in the even ones the grammar slip is an error, and "Anruf" in every third."""
    documents, gold, labels = [], [], {}
    for number in range(12):
        document = Document(id=f"d{number}", text=AUDITED.replace("230", str(230 + number)), story=f"s{number}")
        documents.append(document)
        labels[document.id] = Label(label="mt", complete=True)
        for quote, wrong in (("einem kurzen Erklärung", number % 2 == 0), ("Anruf", number % 3 == 0)):
            if wrong:
                start = document.text.index(quote)
                end = start + len(quote)
                gold.append(Gold(id=document.id, start=start, end=end, quote=quote, category="x", severity="major"))
    return documents, gold, labels


def test_calibrate_writes_what_the_models_are_worth(own: dict[str, str], tmp_path: Path) -> None:
    documents, gold, labels = labelled()
    kept = str(tmp_path / "kept")
    everything = Options(min_probability=0.0, only=frozenset({"agreement"}))
    auditor = Auditor("de", options=everything, model_cache=kept, lm=own["lm"], judge=own["judge"], nli=own["nli"])
    with pytest.raises(UsageError, match="12 labelled articles; a calibration takes 20 at least"):
        calibrate(auditor, documents, gold, labels)
    outcome = calibrate(auditor, documents, gold, labels, least=10)
    assert outcome.calibration.articles == 12
    assert list(outcome.calibration.roles) == ["lm", "nli", "judge"]
    raised = outcome.calibration.roles["judge"].own
    rows = Auditor("de", options=everything).audit(documents).documents
    odds = [lift(log_odds(row.verdict.p_machine), 3.0) for row in rows]
    assert raised is not None
    assert probability(raised.at(1.0) + sum(odds) / len(odds)) == pytest.approx(1 / 3, abs=0.1), "a third of its charges are real"
    assert any("12 marks of its own of known truth, 4 real" in line for line in outcome.lines)
    file = tmp_path / "own.toml"
    file.write_text(written(outcome.calibration, outcome.lines))
    again = Auditor("de", options=everything, model_cache=kept, calibration=str(file)).audit(documents[:1])
    assert [f.quote for f in again.documents[0].findings if f.detector == "judge"] == ["Anruf"]


def test_labels_that_tell_nothing_false_do_not_calibrate(own: dict[str, str]) -> None:
    documents, gold, _ = labelled()
    auditor = Auditor("de", options=Options(min_probability=0.0), lm=own["lm"])
    with pytest.raises(UsageError, match=r'mark fully labelled documents .*"complete": true'):
        calibrate(auditor, documents, gold, {}, least=1)
    with pytest.raises(UsageError, match="there is no model to calibrate"):
        calibrate(Auditor("de"), documents, gold, {})


# — the command line —————————————————————————————————————————————————————————————————————————————————————————————————


@pytest.fixture
def texts(tmp_path: Path) -> Callable[[], Path]:
    def make() -> Path:
        documents, gold, labels = labelled()
        many = [msgspec.structs.replace(document, id=f"{turn}-{document.id}") for turn in range(2) for document in documents]
        rows = [{"id": d.id, "text": d.text, "label": labels[d.id.split("-")[1]].label, "complete": True} for d in many]
        (tmp_path / "documents.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
        marks = [{**msgspec.to_builtins(row), "id": f"{turn}-{row.id}"} for turn in range(2) for row in gold]
        (tmp_path / "gold.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in marks))
        return tmp_path

    return make


def test_calibrate_and_check_on_the_command_line(
    own: dict[str, str], texts: Callable[[], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = texts()
    made, record = folder / "mine.toml", folder / "record.json"
    assert run(["calibrate", str(folder / "gold.jsonl"), "--tagger", own["tagger"], "-o", str(made)]) == 0
    assert "24 labelled articles" in capsys.readouterr().out
    known = read_calibration(made)
    assert known.articles == 24 and known.options == {"tagger": own["tagger"]}
    assert run(["check", str(folder / "documents.jsonl"), "--calibration", str(made), "-f", "json", "-o", str(record), "-q"]) == 0
    assert f"calibration:{known.digest}" in json.loads(record.read_text())["signature"]
    assert run(["calibrate", str(folder / "gold.jsonl"), "--tagger", own["tagger"], "-o", str(folder / "gold.jsonl")]) == 2
    assert "exists and is no calibration file" in capsys.readouterr().err
    assert run(["models", "--calibration", str(made), "--qe", own["qe"]]) == 0
    shown = [line for line in capsys.readouterr().out.splitlines() if line.startswith(("tagger", "qe "))]
    assert ["calibrated on 24 articles" in line for line in shown] == [True, False]
    assert ["counts for nothing" in line for line in shown] == [False, True]
    assert all("not stated" in line for line in shown)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--nli", "{tagger}"], "lack the weights"),
        (["--nli", "{qe}"], "--nli-labels"),
        (["--lm", "no/such"], "--allow-download fetches it"),
        (["--qe", "{qe}", "--nli-labels", "a"], "'a' is not LABEL=MEANING"),
        (["--calibration", "{qe}/config.json"], "not a file that `mt-audit calibrate` has written"),
        (["--pooling", "cls"], "is for a model of your own"),
    ],
)
def test_what_cannot_be_is_one_line(
    own: dict[str, str], capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    assert run(["check", str(STORY / "faehrprozess-wien.txt"), *(option.format(**own) for option in options)]) == 2
    told = capsys.readouterr()
    assert not told.out and len(told.err.splitlines()) == 1 and said in told.err
