"""SARIF 2.1.0: the structure that readers rely on, places in code points, messages taken literally."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from audit.report import render
from audit.report.sarif import message, sarif_log, uri
from audit.types import DocumentReport, Evidence, Finding, Record

# The part of the standard's schema that matters to what is written here, in our own words (OASIS SARIF 2.1.0, section 3).
MESSAGE = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
REGION = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": False,
    "properties": {
        "startLine": {"type": "integer", "minimum": 1},
        "startColumn": {"type": "integer", "minimum": 1},
        "endLine": {"type": "integer", "minimum": 1},
        "endColumn": {"type": "integer", "minimum": 1},
        "charOffset": {"type": "integer", "minimum": 0},
        "charLength": {"type": "integer", "minimum": 0},
        "snippet": MESSAGE,
    },
    "required": ["charOffset", "charLength"],
}
FILE = {
    "type": "object",
    "required": ["uri"],
    "additionalProperties": False,
    "properties": {
        "uri": {"type": "string", "pattern": r"^[A-Za-z0-9\-._~/%]+$"},
        "index": {"type": "integer", "minimum": 0},
    },
}
PLACE = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "physicalLocation": {
            "type": "object",
            "required": ["artifactLocation"],
            "additionalProperties": False,
            "properties": {"artifactLocation": FILE, "region": REGION},
        },
        "logicalLocations": {"type": "array", "items": {"type": "object", "required": ["fullyQualifiedName"]}},
        "message": MESSAGE,
    },
}
RESULT = {
    "type": "object",
    "required": ["ruleId", "ruleIndex", "level", "message", "locations"],
    "additionalProperties": False,
    "properties": {
        "ruleId": {"type": "string"},
        "ruleIndex": {"type": "integer", "minimum": 0},
        "level": {"enum": ["none", "note", "warning", "error"]},
        "rank": {"type": "number", "minimum": 0, "maximum": 100},
        "message": MESSAGE,
        "locations": {"type": "array", "items": PLACE, "minItems": 1},
        "relatedLocations": {"type": "array", "items": PLACE, "minItems": 1, "uniqueItems": True},
        "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
        "fixes": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["artifactChanges"],
                "properties": {
                    "description": MESSAGE,
                    "artifactChanges": {
                        "type": "array",
                        "minItems": 1,
                        "items": {
                            "type": "object",
                            "required": ["artifactLocation", "replacements"],
                            "properties": {
                                "artifactLocation": FILE,
                                "replacements": {
                                    "type": "array",
                                    "minItems": 1,
                                    "items": {"required": ["deletedRegion"], "properties": {"deletedRegion": REGION}},
                                },
                            },
                        },
                    },
                },
            },
        },
        "properties": {"type": "object"},
    },
}
RULE = {
    "type": "object",
    "required": ["id", "shortDescription"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string"},
        "name": {"type": "string"},
        "shortDescription": MESSAGE,
        "help": MESSAGE,
        "properties": {"type": "object"},
    },
}
LOG = {
    "type": "object",
    "required": ["version", "runs"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool", "results", "columnKind"],
                "properties": {
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {"rules": {"type": "array", "items": RULE, "uniqueItems": True}},
                            }
                        },
                    },
                    "results": {"type": "array", "items": RESULT},
                    "artifacts": {
                        "type": "array",
                        "items": {"required": ["location", "contents"], "properties": {"location": FILE}},
                    },
                    "invocations": {
                        "type": "array",
                        "items": {
                            "required": ["executionSuccessful"],
                            "properties": {
                                "executionSuccessful": {"type": "boolean"},
                                "toolExecutionNotifications": {
                                    "type": "array",
                                    "items": {"required": ["message"], "properties": {"message": MESSAGE}},
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}


def run_of(record: Record) -> dict[str, Any]:
    log = json.loads(render(record, "sarif"))
    jsonschema.validate(log, LOG)
    return log["runs"][0]


def test_a_small_record_fits_the_standard(small: Record) -> None:
    run = run_of(small)
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["tool"]["driver"]["version"] == "0.1.0"
    assert [result["level"] for result in run["results"]] == ["note", "warning", "error"]
    assert run["results"][1]["partialFingerprints"] == {"mtAudit/v1": small.documents[0].findings[1].fingerprint}


def test_a_story_fits_the_standard_and_every_region_quotes_its_text(story: Record) -> None:
    run = run_of(story)
    texts = [artifact["contents"]["text"] for artifact in run["artifacts"]]
    assert len(run["results"]) == sum(len(document.findings) for document in story.documents) > 20
    for result in run["results"]:
        place = result["locations"][0]["physicalLocation"]
        text, region = texts[place["artifactLocation"]["index"]], place["region"]
        offset = region["charOffset"]
        assert text[offset : offset + region["charLength"]] == region["snippet"]["text"] == result["properties"]["quote"]
        lines = text.split("\n")
        before = sum(len(line) + 1 for line in lines[: region["startLine"] - 1])
        assert before + region["startColumn"] - 1 == offset


def test_rules_are_those_that_found_something_and_results_point_at_them(story: Record) -> None:
    run = run_of(story)
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == sorted(set(rules)) == sorted({result["ruleId"] for result in run["results"]})
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])


def test_manual_pages_become_help(small: Record) -> None:
    page = "Slips of\ngender.\n\nWhy that betrays machine translation: …"
    [agreement, *_] = sarif_log(small, {"agreement": page})["runs"][0]["tool"]["driver"]["rules"]
    assert agreement["shortDescription"] == {"text": "Slips of gender."}
    assert agreement["help"] == {"text": page}


def test_a_detector_that_is_not_installed_has_no_help(
    record: Callable[..., Record], document: Callable[..., DocumentReport], finding: Callable[..., Finding]
) -> None:
    run = run_of(record(document("Ein Wort.", (finding("Ein Wort.", "Wort", detector="no_such_detector"),))))
    assert run["tool"]["driver"]["rules"][0]["shortDescription"] == {"text": "no such detector"}
    assert "help" not in run["tool"]["driver"]["rules"][0]


def test_offsets_count_code_points_beyond_the_basic_plane(
    record: Callable[..., Record], document: Callable[..., DocumentReport], finding: Callable[..., Finding]
) -> None:
    text = "😀😀\r\n😀 Wort"
    region = run_of(record(document(text, (finding(text, "Wort"),))))["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert (region["startLine"], region["startColumn"], region["charOffset"]) == (2, 3, 6)


def test_a_title_has_a_logical_place_only(small: Record) -> None:
    [place] = run_of(small)["results"][0]["locations"]
    assert "region" not in place["physicalLocation"]
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "a/title"


def test_siblings_are_related_places_and_suggestions_are_fixes(small: Record) -> None:
    result = run_of(small)["results"][1]
    assert result["relatedLocations"][0]["physicalLocation"]["region"]["snippet"]["text"] == "telefonieren"
    inserted = [fix["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"] for fix in result["fixes"]]
    assert inserted == ["Anruf", "Telefonat"]


def test_a_sibling_outside_the_record_is_named(
    record: Callable[..., Record], document: Callable[..., DocumentReport], finding: Callable[..., Finding]
) -> None:
    evidence = Evidence(kind="sibling", document="far away", start=3, end=9, quote="Anruf")
    run = run_of(record(document("Ein Wort.", (finding("Ein Wort.", "Wort", evidence=(evidence,)),))))
    place = run["results"][0]["relatedLocations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "far%20away"}, "region": {"charOffset": 3, "charLength": 6}}


def test_failures_are_notifications(small: Record) -> None:
    [invocation] = run_of(small)["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][0]["message"]["text"] == "x.jsonl:17: not JSON"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("ein [Wort] und (noch eins)", "ein [Wort] und (noch eins)"),
        ("ein [Link](http://x)", "ein \\[Link](http://x)"),
        ("Platz {0} und {Wort}", "Platz {{0}} und {Wort}"),
    ],
)
def test_messages_are_taken_literally(text: str, written: str) -> None:
    assert message(text) == {"text": written}


@pytest.mark.parametrize(
    ("name", "reference"),
    [("a/b.txt", "a/b.txt"), ("ä b", "%C3%A4%20b"), ("javascript:x", "javascript%3Ax"), ("a#b?c", "a%23b%3Fc"), ("", "%20")],
)
def test_ids_are_relative_references(name: str, reference: str) -> None:
    assert uri(name) == reference
