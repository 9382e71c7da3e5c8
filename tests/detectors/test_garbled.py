"""Garbled strings: seams, loose ends, clauses without verbs, chains of nouns, transitions that German does not make."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from audit.assets import Assets
from audit.ngrams import load
from audit.seams import Rules
from audit.text import tokenize

CASES = Path(__file__).resolve().parent.parent / "cases" / "garbled.tsv"


def rows(verdict: str) -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if row["verdict"] == verdict]


@pytest.fixture(scope="module")
def ngrams():
    return load(Assets("de").path("ngrams"))


@pytest.mark.parametrize("row", rows("fires"), ids=lambda row: row["text"][:40])
def test_fires(find, row) -> None:
    found = [finding for finding in find("garbled", row["text"]) if finding.evidence[0].kind == "rule"]
    assert [(finding.quote, finding.evidence[0].note) for finding in found] == [(row["quote"], row["rule"])]


@pytest.mark.parametrize("row", rows("silent"), ids=lambda row: row["text"][:40])
def test_stays_silent(find, row) -> None:
    found = find("garbled", row["text"])
    assert [finding.quote for finding in found if finding.evidence[0].kind == "rule" or finding.weight >= 0] == []


def test_there_are_as_many_silent_cases_as_firing_ones() -> None:
    assert len(rows("silent")) >= len(rows("fires")) >= 60


def test_every_weighted_rule_has_a_case() -> None:
    weights = Assets("de").settings["garbled"]["weights"]
    assert {row["rule"].replace(" ", "_") for row in rows("fires")} == set(weights)


def test_speech_weighs_less(find) -> None:
    plain = find("garbled", "Ich nicht auf diese Frage antworten kann und will, sagte der Mann nach dem Urteil in Mainz.")
    quoted = find("garbled", "„Ich nicht auf diese Frage antworten kann und will“, sagte der Mann nach dem Urteil in Mainz.")
    assert len(plain) == len(quoted) == 1
    assert quoted[0].weight < plain[0].weight


def test_headlines_lists_and_captions_may_leave_out_what_they_like(find) -> None:
    text = "\n\n".join(
        [
            "Streit um Haushalt: Bundestag vor Entscheidung zum",
            "Der Bundestag stimmt am Freitag über den Haushalt ab, sagte ein Sprecher der Regierung am Abend in Berlin.",
            "Foto: Blick auf den Reichstag im",
        ]
    )
    assert find("garbled", text) == []


def test_a_split_compound_is_found_in_a_headline_too(find) -> None:
    body = "Der Bundestag stimmt am Freitag über den Haushalt ab, sagte ein Sprecher der Regierung am Abend in Berlin."
    found = find("garbled", f"Streit um neue Verteidigung Ministerin in Berlin\n\n{body}")
    assert [finding.quote for finding in found] == ["Verteidigung Ministerin"]
    assert "Verteidigungsministerin" in found[0].message


def test_ordinals_and_quotation_marks_do_not_break_the_classes(ngrams) -> None:
    plain = [code for code, _ in ngrams.code(tokenize("Am 3. Mai kam er."))]
    quoted = [code for code, _ in ngrams.code(tokenize("„Am 3. Mai“ kam er."))]
    assert plain == quoted
    assert len(plain) == 8  # start, am, 3., Mai, kam, er, full stop, start


def test_capitals_at_the_beginning_mean_nothing(ngrams) -> None:
    assert ngrams.initial("Der") == ngrams.of("der") != ngrams.of("Der")
    assert ngrams.initial("Regierung") == ngrams.of("Regierung")


def test_the_tables_know_what_german_makes(ngrams) -> None:
    good = "Die Regierung hat am Montag beschlossen, dass die Steuern im nächsten Jahr nicht steigen sollen."
    bad = "Die Regierung hat am Montag beschlossen, dass sie haben die Steuern im nächsten Jahr nicht steigen zu sollen die."
    assert ngrams.surprises(ngrams.code(tokenize(good))) == []
    assert ngrams.surprises(ngrams.code(tokenize(bad)))


def test_rules_name_no_word_twice() -> None:
    data = Assets("de").toml("garbled")
    assert set(data) == set(Rules._fields)
    for name, words in data.items():
        assert len(words) == len(set(words)), name
