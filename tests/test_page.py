"""HTML pages: the article, its title, date and address; nothing else, and nothing on standard error."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from audit.io import read
from audit.page import article
from audit.streams import Limits
from audit.types import Document, Failure

PAGE = """<!DOCTYPE html>
<html lang="de"><head><meta charset="{charset}"><title>Brücke gesperrt - Beispielblatt</title>
<link rel="canonical" href="https://blatt.example/bruecke">
<meta property="article:published_time" content="2021-03-04T08:30:00+01:00"></head>
<body><nav><a href="/">Startseite</a><a href="/sport">Sport</a></nav>
<article><h1>Brücke gesperrt</h1>
<p>Die alte Brücke über den Fluss bleibt <em>bis auf Weiteres</em> für den
   Verkehr gesperrt, teilte die Stadt mit.</p>
<p>Fußgänger können den Steg benutzen,<br>sagte ein Sprecher &amp; verwies auf Schilder.</p>
<h2>Umleitung</h2>
<ul><li><p>über die Nordstraße</p></li><li>über den Ring</li></ul>
<blockquote><p>Wir bitten um Geduld, es wird einige Wochen dauern.</p></blockquote>
</article>
<section id="comments" class="comments"><p>Das ist doch eine Frechheit, schreibt ein Leser.</p></section>
<footer>Impressum</footer></body></html>"""


def page(charset: str = "utf-8", declared: str | None = None) -> bytes:
    return PAGE.format(charset=declared or charset).encode(charset)


def extracted(raw: bytes, **options: str | None) -> Document:
    return article(raw, "x", Limits(), **options)


def test_the_article_is_told_from_the_page() -> None:
    document = extracted(page())
    assert document.title == "Brücke gesperrt"
    assert document.date == "2021-03-04"
    assert document.url == "https://blatt.example/bruecke"
    assert document.text.split("\n\n") == [
        "Die alte Brücke über den Fluss bleibt bis auf Weiteres für den Verkehr gesperrt, teilte die Stadt mit.",
        "Fußgänger können den Steg benutzen,\nsagte ein Sprecher & verwies auf Schilder.",
        "Umleitung",
        "• über die Nordstraße",
        "• über den Ring",
        "Wir bitten um Geduld, es wird einige Wochen dauern.",
    ]


@pytest.mark.parametrize(
    ("charset", "declared", "server"),
    [
        ("utf-8", "utf-8", None),
        ("utf-8-sig", "utf-8", None),
        ("utf-8", "iso-8859-1", None),
        ("cp1252", "windows-1252", None),
        ("latin-1", "ISO-8859-1", None),
        ("latin-1", "utf-8", "iso-8859-15"),
    ],
)
def test_encodings_that_are_declared(charset: str, declared: str, server: str | None) -> None:
    assert extracted(page(charset, declared), charset=server) == extracted(page())


@pytest.mark.parametrize("declared", ["punycode", "idna", "unicode_escape", "base64", "rot13", "nonsense", ""])
def test_an_encoding_that_is_none_of_text_is_not_used(declared: str) -> None:
    with pytest.raises(ValueError, match="no other encoding"):
        extracted(page("latin-1", "utf-8"), charset=declared)


def test_an_encoding_that_is_not_declared_is_not_guessed() -> None:
    with pytest.raises(ValueError, match=r"not UTF-8: byte \d+ is 0xFC, and no other encoding"):
        extracted(page("latin-1", "utf-8"))


def test_the_title_stays_in_the_text_where_it_does_not_open_it() -> None:
    raw = "<html><head><title>Wetter</title></head><body><article><p>Es regnet seit Tagen im Land.</p></article></body></html>"
    document = extracted(raw.encode())
    assert (document.title, document.text) == ("Wetter", "Es regnet seit Tagen im Land.")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"<html><body><div></div></body></html>", "no article text"),
        (b"<html><head><title>Titel</title></head><body><img src='a.png'></body></html>", "no article text"),
        (b"\0\0\0", "no article text"),
        (b"<p>a" * 100_001, "more than 100,000 tags"),
    ],
)
def test_pages_without_an_article_are_refused(raw: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        extracted(raw)


def test_what_goes_wrong_within_the_parser_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("two\nlines")

    monkeypatch.setattr("trafilatura.bare_extraction", broken)
    with pytest.raises(ValueError, match=r"^the page cannot be read \(RuntimeError: two lines\)$"):
        extracted(page())


def test_a_page_on_disk_bears_the_name_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "bruecke.html").write_bytes(page())
    (tmp_path / "leer.htm").write_bytes(b"<html><body></body></html>")
    items = list(read([str(tmp_path)]))
    assert isinstance(items[0], Document)
    assert items[0].id == "bruecke"
    assert items[1] == Failure(source=f"{tmp_path}/leer.htm", reason="no article text found in the page")


def test_extraction_says_nothing_and_does_not_depend_on_the_hash_seed() -> None:
    code = (
        "import sys; from audit.page import article; from audit.streams import Limits\n"
        "print(article(sys.stdin.buffer.read(), 'x', Limits()))\n"
        "try: article(b'<html>', 'x', Limits())\n"
        "except ValueError: pass\n"
    )
    root = Path(__file__).resolve().parent.parent
    said = set()
    for seed in ("1", "2"):
        environment = {"PYTHONHASHSEED": seed, "PYTHONPATH": str(root), "PYTHONIOENCODING": "utf-8"}
        done = subprocess.run([sys.executable, "-c", code], input=page(), capture_output=True, check=True, env=environment)
        assert done.stderr == b""
        said.add(done.stdout)
    assert len(said) == 1
