"""Nasty files: wrong bytes, wrong shapes, and small files that want to be big. Each recipe takes a chance and a size."""

from __future__ import annotations

import gzip
import io
import json
import random
import zlib

from nasty_texts import File, prose


def _bytes(chance: random.Random) -> bytes:
    return prose(chance).encode()


def truncated_utf8(chance: random.Random, size: float) -> File:
    raw = _bytes(chance)
    starts = [at for at, byte in enumerate(raw) if byte >= 0xC0]
    cut = chance.choice(starts) + 1
    return chance.choice(
        [(".txt", raw[:cut]), (".txt", raw[:cut] + raw[cut + 1 :]), (".md", raw[:200] + b"\xc3"), (".html", raw[:cut])]
    )


def random_bytes(chance: random.Random, size: float) -> File:
    endings = [".txt", ".md", ".html", ".jsonl", ".csv", ".parquet", ".warc", ".wet", ".txt.gz", ".jsonl.zst", ".parquet.gz"]
    return chance.choice(endings), chance.randbytes(int(chance.choice([0, 1, 4, 100, 20_000, 400_000]) * max(size, 0.1)))


def mixed_encodings(chance: random.Random, size: float) -> File:
    pieces = [
        paragraph.encode(chance.choice(["utf-8", "cp1252", "utf-16-le", "utf-16", "cp437", "utf-7"]), "replace")
        for paragraph in prose(chance).split("\n\n")
    ]
    return chance.choice([".txt", ".html", ".csv", ".jsonl"]), b"\n\n".join(pieces)


def other_encodings(chance: random.Random, size: float) -> File:
    name = chance.choice(["cp1252", "utf-16", "utf-16-be", "utf-32", "iso8859-15", "mac-roman", "koi8-r", "cp500", "utf-7"])
    raw = prose(chance).encode(name, "replace")
    declared = f'<html><head><meta charset="{name}"></head><body><p>'.encode() + raw
    return chance.choice([(".txt", raw), (".html", declared), (".html", raw)])


def byte_order_marks(chance: random.Random, size: float) -> File:
    mark, raw = b"\xef\xbb\xbf", _bytes(chance)
    at = chance.randrange(len(raw.split(b" ")))
    middle = b" ".join([*raw.split(b" ")[:at], mark + b"x", *raw.split(b" ")[at:]])
    row = json.dumps({"id": "a", "text": prose(chance)}).encode()
    return chance.choice(
        [
            (".txt", mark * 3 + raw),
            (".txt", mark),
            (".txt", middle),
            (".jsonl", mark + row + b"\n" + mark + row),
            (".txt", b"\xff\xfe" + raw),
        ]
    )


def lone_surrogates(chance: random.Random, size: float) -> File:
    article = list(prose(chance))
    article[chance.randrange(len(article))] = chr(chance.randrange(0xD800, 0xE000))
    raw = "".join(article)
    row = json.dumps({"id": "a", "text": raw, "title": chance.choice(["x", "\ud83d"])})
    return chance.choice(
        [(".txt", raw.encode("utf-8", "surrogatepass")), (".jsonl", row.encode()), (".csv", b"id,text\na,\xed\xa0\x80\n")]
    )


def nul_bytes(chance: random.Random, size: float) -> File:
    raw = bytearray(_bytes(chance))
    for _ in range(chance.choice([1, 20])):
        raw.insert(chance.randrange(len(raw)), 0)
    return chance.choice([".txt", ".html", ".csv", ".jsonl", ".warc"]), bytes(raw) + b"\0" * chance.choice([0, 512])


def nested_html(chance: random.Random, size: float) -> File:
    depth = int(chance.choice([200, 5_000, 49_000, 200_000]) * size + 1)
    tag = chance.choice(["div", "b", "table><tr><td", "ul><li", "p", "span", "blockquote", "article", "a href=x"])
    text = prose(chance)
    shut = "".join(f"</{name.split()[0]}>" for name in reversed(tag.split("><")))
    return ".html", f"<html><body>{f'<{tag}>' * depth}<p>{text}</p>{chance.choice(['', shut * depth])}".encode()


def broken_html(chance: random.Random, size: float) -> File:
    count = int(chance.choice([10, 3_000, 30_000]) * max(size, 0.01))
    unit = chance.choice(
        [
            "<p",
            "<!--",
            "<![CDATA[",
            "<script>",
            "</p>",
            "<p a='",
            "&lt;",
            "<meta charset=",
            "<p>Haus ",
            "<br>",
            "<title>",
            "<svg><style>",
            "<\0",
        ]
    )
    return ".html", f"<html><head><title>{prose(chance)[:50]}</title></head><body><p>{prose(chance)}{unit * count}".encode()


def declared_nonsense(chance: random.Random, size: float) -> File:
    charset = chance.choice(
        ["utf-16", "rot13", "zip", "hex", "x" * 5_000, "idna", "unicode_escape", "cp1252\0", "../../etc/passwd", ""]
    )
    date = chance.choice(["99999-99-99", "0000-00-00", "-1", "𝟚𝟘𝟚𝟙"])
    head = f'<html><head><meta charset="{charset}"><meta property="article:published_time" content="{date}"><base href="//[">'
    return ".html", head.encode() + b"</head><body><p>" + prose(chance).encode("cp1252", "replace") + b"</p>"


def gzip_bomb(chance: random.Random, size: float) -> File:
    filler = chance.choice([b"\0", b"a", b" ", b"Ja. ", b'{"id": 1, "text": "' + b"a" * 1_000])
    packer, out = zlib.compressobj(9, wbits=31), io.BytesIO()
    block = filler * (1_000_000 // len(filler))
    for _ in range(int(chance.choice([5, 70, 600]) * max(size, 0.02)) + 1):
        out.write(packer.compress(block))
    out.write(packer.flush())
    packed = out.getvalue()
    if chance.random() < 0.3:
        packed = gzip.compress(packed)
    return chance.choice([".txt.gz", ".jsonl.gz", ".csv.gz", ".html.gz", ".warc.gz", ".parquet.gz"]), packed


def zstd_bomb(chance: random.Random, size: float) -> File:
    import zstandard

    block = chance.choice([b"\0", b"Haus ", b"\n"]) * 200_000
    packer = zstandard.ZstdCompressor(level=3).compressobj()
    count = int(chance.choice([5, 300, 3_000]) * max(size, 0.02)) + 1
    return chance.choice([".txt.zst", ".jsonl.zst", ".csv.zst", ".wet.zst"]), b"".join(
        packer.compress(block) for _ in range(count)
    ) + packer.flush()


def damaged_packing(chance: random.Random, size: float) -> File:
    import zstandard

    gz = chance.random() < 0.5
    packed = bytearray(gzip.compress(_bytes(chance)) if gz else zstandard.ZstdCompressor().compress(_bytes(chance)))
    for _ in range(chance.randrange(4)):
        packed[chance.randrange(len(packed))] ^= 1 << chance.randrange(8)
    return chance.choice([".txt", ".jsonl", ".csv", ".warc"]) + (".gz" if gz else ".zst"), bytes(
        packed[: chance.choice([3, 30, len(packed)])]
    )


def _record(body: bytes, length: object, *more: str) -> bytes:
    head = ["WARC/1.0", "WARC-Type: response", "WARC-Record-ID: <urn:x:1>", "Content-Type: application/http", *more]
    return "\r\n".join([*head, f"Content-Length: {length}"]).encode() + b"\r\n\r\n" + body + b"\r\n\r\n"


def warc_with_wrong_lengths(chance: random.Random, size: float) -> File:
    body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body><p>" + _bytes(chance) + b"</p></body></html>"
    lengths = [len(body), len(body) - 100, len(body) + 100, 0, -5, 10**18, "viel", "", "٣", f"{len(body)} ", 10**30]
    return chance.choice([".warc", ".wet"]), b"".join(
        _record(body, chance.choice(lengths)) for _ in range(chance.randrange(1, 6))
    )


def warc_with_broken_answers(chance: random.Random, size: float) -> File:
    page = b"<html><body><p>" + _bytes(chance) + b"</p></body></html>"
    packed = gzip.compress(b"a" * int(30_000_000 * max(size, 0.05)))
    answers = [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n" + page,
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + packed,
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(page)[:-9],
        b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n" + page,
        b"HTTP/9.9 \xff\xff\r\n\r\n" + page,
        b"X" * 200_000,
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 5_000 + b"\r\n" + page,
        b"\r\n" * 1_000,
    ]
    return ".warc", b"".join(_record(body, len(body)) for body in chance.choices(answers, k=3))


def deep_json(chance: random.Random, size: float) -> File:
    depth = int(chance.choice([100, 10_000, 1_000_000]) * max(size, 0.01))
    opening, closing = chance.choice([("[", "]"), ('{"a":', "}"), ('{"text":[', "]}")])
    nest = opening * depth + "1" + closing * chance.choice([0, depth])
    good = json.dumps({"id": "b", "text": prose(chance)})
    return ".jsonl", "\n".join(
        [nest, '{"id": "a", "text": ' + nest + "}", '{"id": "c", "text": "x", "y": ' + nest + "}", good]
    ).encode()


def wrong_json(chance: random.Random, size: float) -> File:
    values = [
        "null",
        "1",
        "1e999",
        "-0",
        "NaN",
        "true",
        "[]",
        "{}",
        '"a"',
        '"\\ud800"',
        '"\\u0000"',
        '""',
        '"' + "x" * 3_000 + '"',
        "1" * 5_000,
        "'a'",
    ]
    rows = ['{"id": %s, "text": %s, "title": %s, "date": %s}' % tuple(chance.choices(values, k=4)) for _ in range(20)]  # noqa: UP031
    rows += [
        '{"id": "a", "id": "b", "text": "Der Rat tagt.", "text": 5}',
        "{",
        '{"text": "ohne Kennung"}',
        "[1]",
        "null",
        '"x"',
        "",
    ]
    chance.shuffle(rows)
    return ".jsonl", "\n".join(rows).encode("utf-8", "surrogatepass")


def broken_csv(chance: random.Random, size: float) -> File:
    header = chance.choice(
        ["id,text", "id;text", "id\ttext\ttitle", "text", "", "id,text,text", '"id","text', "ID,TEXT", "id,text" + ",x" * 2_000]
    )
    cells = ['"', "a", 'a"b', '"a""', "a,b", "\x00", "", '"' + "lang " * 300, "\r", "Der Rat tagt.", "\ufeff", "ä"]
    rows = [
        ",".join(chance.choices(cells, k=chance.randrange(1, 5)))
        for _ in range(int(chance.choice([20, 3_000]) * max(size, 0.05)))
    ]
    return ".csv", "\n".join([header, *rows]).encode()


def wrong_parquet(chance: random.Random, size: float) -> File:
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = [
        pa.array([1, 2, None]),
        pa.array([b"\xff\xfe", b"abc", None]),
        pa.array([[1], None, [2, 3]]),
        pa.array([1.5, float("nan"), None]),
        pa.array([True, None, False]),
        pa.array([{"a": 1}, None, {"a": 2}]),
        pa.array([None, None, None]),
        pa.array([prose(chance), "", None]),
        pa.array(["a", "a", "b"]).dictionary_encode(),
        pa.array([0, 10**15, None], pa.timestamp("us")),
    ]
    names = chance.sample(["id", "text", "title", "date", "story", "lang"], k=chance.randrange(1, 6))
    if chance.random() < 0.7:
        names = list(dict.fromkeys(["id", "text", *names]))
    out = io.BytesIO()
    pq.write_table(pa.table(dict(zip(names, chance.choices(columns, k=len(names)), strict=True))), out)
    raw = bytearray(out.getvalue())
    for _ in range(chance.choice([0, 0, 1, 10])):
        raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    return ".parquet", bytes(raw[: chance.choice([len(raw), len(raw), len(raw) // 2])])


def parquet_bomb(chance: random.Random, size: float) -> File:
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = int(chance.choice([10, 100, 1_000]) * max(size, 0.02)) + 2
    table = pa.table({"id": [str(i) for i in range(rows)], "text": ["Ja. " * 100_000] * rows})
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd", use_dictionary=chance.random() < 0.5, data_page_size=1 << 20)
    return ".parquet", out.getvalue()


def strange_fields(chance: random.Random, size: float) -> File:
    ids = [
        "a/b",
        "../../x",
        "<script>alert(1)</script>",
        "\u202egnp",
        "=1+1",
        "a\tb",
        "\n",
        "x" * 5_000,
        "'; --",
        "%s%n",
        "{{7*7}}",
        "ä" * 300,
        "\u2028",
        "-",
    ]
    rows = [
        {
            "id": name,
            "text": prose(chance),
            "title": chance.choice([name, "", "T" * 100_000, "</script><script>", "„", "\u0308"]),
            "date": chance.choice(["2021-13-45", "gestern", "0001-01-01", "9999-12-31T25:99", ""]),
            "lang": chance.choice(["xx", "de-DE-x", "\n", "DE", ""]),
            "url": chance.choice(["javascript:alert(1)", "//", "http://[::1", "x" * 9_000]),
            "story": chance.choice(["", "\x7f", "s"]),
        }
        for name in chance.sample(ids, k=3)
    ]
    return ".jsonl", "\n".join(json.dumps(row) for row in rows).encode()


FILES = (
    truncated_utf8,
    random_bytes,
    mixed_encodings,
    other_encodings,
    byte_order_marks,
    lone_surrogates,
    nul_bytes,
    nested_html,
    broken_html,
    declared_nonsense,
    gzip_bomb,
    zstd_bomb,
    damaged_packing,
    warc_with_wrong_lengths,
    warc_with_broken_answers,
    deep_json,
    wrong_json,
    broken_csv,
    wrong_parquet,
    parquet_bomb,
    strange_fields,
)
