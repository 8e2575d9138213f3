#!/usr/bin/env python3
"""Gives every kind of file to scan, dedup, index add and watch, and checks what they read, what they say and how they
end, and that docs/reliability.md has the same table. No kind may end with 0 and without an article.
usage: kinds.py COMMAND [--write]     --write renews the table in the document"""
import base64
import bz2
import gzip
import io
import json
import lzma
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import threading
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMMAND = os.path.realpath(sys.argv[1]) if __name__ == "__main__" else "twicetold"  # what makes results and indexes
WORDS = "Ministers of seven northern towns met in Sollen to settle the price of bread before the winter comes"


def record(i, **more):
    return json.dumps({"id": f"r{i}", "text": f"{WORDS}, said speaker {i}.", **more})


LINES = "\n".join(record(i) for i in range(3)) + "\n"
TABLE = "id,text,date\n" + "".join(f'r{i},"{WORDS}, said ""speaker""\n{i}.",2026-03-12\n' for i in range(3))
PAGE = f"<!DOCTYPE html><html><head><title>Bread</title></head><body><p>{WORDS}.</p></body></html>"
ITEM = f"<item><guid>g</guid><title>Bread</title><description>{WORDS}</description></item>"
RSS = f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{ITEM}</channel></rss>'

WARC = f"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: http://x.example/\r\nContent-Type: text/plain\r\nContent-Length: {len(WORDS)}\r\n\r\n{WORDS}\r\n\r\n"


def gz(data):
    return gzip.compress(data, mtime=0)


def zst(data):
    return subprocess.run(["zstd", "-qc"], input=data, capture_output=True, check=True).stdout


def lz4(data):
    return subprocess.run(["lz4", "-qc"], input=data, capture_output=True, check=True).stdout


def tar(mode="w"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, data in (("a.jsonl", LINES.encode()), ("x.docx", b"x")):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def zipped(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), data, zipfile.ZIP_STORED if name == "mimetype" else None)
    return out.getvalue()


def locked():
    """A zip archive whose file is said to be encrypted."""
    data = bytearray(zipped(a_dot_jsonl=LINES))
    for at in (data.index(b"PK\3\4") + 6, data.index(b"PK\1\2") + 8):
        data[at] |= 1
    return bytes(data)


def database(path):
    connection = sqlite3.connect(path)
    connection.execute("create table t (x)")
    connection.commit()
    connection.close()


def run(*words, stdin=b""):
    return subprocess.run([COMMAND, *words], input=stdin, capture_output=True, timeout=120)


def result_of(path):
    source = path.parent / "source.jsonl"
    source.write_text(LINES)
    run("scan", "-q", str(source), "-o", str(path))
    source.unlink()


def verdicts_of(path):
    path.write_bytes(run("watch", "-q", str(path) + ".db", stdin=LINES.encode()).stdout)
    for end in (".db", ".db-wal", ".db-shm", ".db-lock"):
        pathlib.Path(str(path) + end).unlink(missing_ok=True)


def index_of(path):
    run("index", "create", str(path))
    source = path.parent / "source.jsonl"
    source.write_text(LINES)
    run("index", "add", "-q", str(path), str(source))
    source.unlink()


def directory(**files):
    def make(path):
        path.mkdir()
        for name, data in files.items():
            (path / name.replace("_dot_", ".")).write_bytes(data)
    return make


HAS = {tool: shutil.which(tool) is not None for tool in ("zstd", "lz4")}
wide = ('\ufeff' + LINES)

# What it is, its name, its bytes (or what makes it), articles, rejected, what is said, what is not tried
KINDS = [
    ("JSON Lines", "a.jsonl", LINES, 3, 0, ""),
    ("the same with a byte order mark and CR LF", "a.jsonl", "\ufeff" + LINES.replace("\n", "\r\n"), 3, 0, ""),
    ("without an ending, `.NDJSON`, `.JSON`", "a.NDJSON", LINES, 3, 0, ""),
    ("a record without an id, or with null", "a.jsonl", f'{{"id":null,"text":"{WORDS}"}}\n{{"text":"{WORDS}"}}\n', 2, 0, ""),
    ("a record without the text field", "a.jsonl", LINES + '{"id":"x","body":"y"}\n', 3, 1, 'no "text"; it has "id", "body"'),
    ("all records without it", "a.jsonl", '{"id":"x","body":"y"}\n' * 5, 0, 5, '4 more records were rejected for the same reason'),
    ("an id twice", "a.jsonl", LINES + record(0) + "\n", 3, 1, 'id "r0" was seen before', "dedup", "index add", "watch"),
    ("a text that is null or a number", "a.jsonl", LINES + '{"id":"x","text":null}\n{"id":"y","text":5}\n', 3, 2, '"text" is null'),
    ("a line that is not JSON", "a.jsonl", LINES + "oops\n", 3, 1, "invalid JSON: unexpected character"),
    ("a line that is cut off", "a.jsonl", LINES + record(4)[:40], 3, 1, "invalid JSON: string without an end"),
    ("a text of paragraphs", "a.jsonl", json.dumps({"id": "p", "text": [WORDS, WORDS]}), 1, 0, ""),
    ("a text in HTML", "a.jsonl", json.dumps({"id": "h", "text": f"<p>{WORDS}</p>"}), 1, 0, "the text is HTML"),
    ("a time without a zone", "a.jsonl", record(1, published="2026-03-12 09:15"), 1, 0, "the time has no zone"),
    ("a time in no known form", "a.jsonl", record(1, published="12/03/2026"), 1, 0, "the time is in no known form"),
    ("an array of objects", "a.json", "[" + LINES.strip().replace("\n", ",\n") + "]", 3, 0, ""),
    ("objects over several lines", "a.json", "\n".join(json.dumps(json.loads(x), indent=1) for x in LINES.split("\n") if x), 3, 0, ""),
    ("objects one after another on a line", "a.jsonl", record(0) + record(1) + "\n", 2, 0, ""),
    ("an empty list", "a.json", "[]", 0, 0, "a.json is an empty list"),
    ("dicts as Python prints them", "a.jsonl", f"{{'id': 'a', 'text': '{WORDS}'}}\n", 0, 1, "a dict as Python prints it; write it with json.dumps()"),
    ("NaN", "a.jsonl", LINES + '{"id":"x","text":"y","score":NaN}\n', 3, 1, "NaN at byte 29; write null, as JSON has it"),
    ("JavaScript that assigns JSON", "a.js", f'window.tweets = [ {{"text":"{WORDS}"}} ]\n', 0, 1, "a script with JSON in it; cut off what is before its first bracket"),
    ("a wire message of ANPA 1312 or IPTC 7901", "a.txt", f"\x16\x16\x01abc123 4 POL 12\r\n\x02{WORDS}\r\n\x03\x04", 0, 1, "a wire message of ANPA 1312 or IPTC 7901; give what is between STX and ETX"),
    ("gzip in gzip", "a.jsonl.gz", gz(gz(LINES.encode())), 0, 1, "compressed twice; decompress it first"),
    ("a key twice", "a.jsonl", '{"id":"k","text":"x",' + json.dumps({"text": WORDS})[1:], 1, 0, "a field comes twice, and the last one counts"),
    ("an array that is cut off", "a.json", "[" + LINES.strip().replace("\n", ",\n"), 3, 1, "the array ends early"),
    ("an array without objects", "a.json", "[1,2]", 0, 1, "not a JSON object but a list"),
    ("rows as arrays of JSON", "a.json", f'[["id","text"],["a","{WORDS}"]]', 0, 2, "not a JSON object but a list"),
    ("a list of articles in an object", "a.json", f'{{"articles":[{{"text":"{WORDS}"}},{{"text":"x"}}]}}', 0, 1, "it has a list: give its records, cut out with jq -c '.articles[]'"),
    ("columns of pandas (`to_json`)", "a.json", f'{{"id":{{"0":"a"}},"text":{{"0":"{WORDS}"}}}}', 0, 1, 'a table by columns; write its rows, as pandas does with orient="records"'),
    ("a text with an HTML tag alone", "a.txt", f"<p>\n{WORDS}\n", 1, 0, "the text is HTML; its tags are removed", "watch"),
    ("CSV", "a.csv", TABLE, 3, 0, ""),
    ("CSV with semicolons, CR LF and a byte order mark", "a.csv", "\ufeff" + TABLE.replace("date\n", "date\r\n").replace("12\n", "12\r\n").replace("id,text,", "id;text;").replace(',"', ';"').replace('",', '";'), 3, 0, ""),
    ("TSV", "a.tsv", "id\ttext\nr1\t" + WORDS + "\n", 1, 0, ""),
    ("TSV whose quotes are letters", "a.tsv", f'id\ttext\na\t"{WORDS}\nb\t{WORDS}"\nc\t"A" and "b"\nd\t"A\nb"\ne\t"{WORDS}\n', 5, 0, ""),
    ("CSV whose first line is `sep=;`", "a.csv", f"sep=;\r\nid;text\r\na;{WORDS}\r\n", 1, 0, ""),
    ("CSV without a name", "table", TABLE, 3, 0, ""),
    ("CSV without a column for the text", "a.csv", "date,headline\n1,2\n", 0, 1, 'no "text" among the columns: "date", "headline"'),
    ("a row with other cells than the header", "a.csv", TABLE + "x,y\n", 3, 1, "a row of 2 cells, where the header has 3"),
    ("a quote without its end", "a.csv", TABLE + 'x,"y\nz,t,1\n', 3, 1, "a quoted cell without its end"),
    ("10,000 columns", "a.csv", "id,text," + ",".join(f"c{i}" for i in range(10000)) + "\n1,x," + "," * 9999 + "\n", 1, 0, ""),
    ("two columns named text", "a.csv", "id,text,text\n1,x,y\n", 0, 1, 'two columns are named "text"; rename one of them'),
    ("an empty cell", "table", TABLE + "x,,\n", 3, 1, '"text" is empty'),
    ("a table of `scan --csv`", "clusters", "cluster,article,kept\r\n1,a,1\r\n", 0, 1, "a table that scan --csv wrote; give the articles that were scanned"),
    ("its `sections.csv`", "sections", "section,tokens,kind,article,begin,end,of_begin,of_end,similarity\r\n1,40,story,a,0,9,0,9,1\r\n", 0, 1, "a table that scan --csv wrote; give the articles that were scanned"),
    ("JSON named `.csv`, `.html` or `.xml`", "a.html", LINES, 3, 0, "its name says otherwise, but it is JSON", "watch"),
    ("JSON named `.txt`", "a.txt", LINES, 3, 0, "its name says otherwise, but it is JSON", "watch"),
    ("CSV named `.txt`", "a.txt", TABLE, 3, 0, "its name says otherwise, but it is a table", "watch"),
    ("CSV without a column for the text, named `.txt`", "a.txt", "date,headline,views\n1,a,2\n3,b,4\n", 0, 1, 'no "text" among the columns'),
    ("RSS named `.txt`", "a.txt", RSS, 1, 0, "its name says otherwise, but it is XML", "watch"),
    ("HTML named `.txt`", "a.txt", PAGE, 1, 0, "its name says otherwise, but it is an HTML page", "watch"),
    ("a part of a page named `.txt`", "a.txt", f"<p>{WORDS}</p>\n<p>Nobody was hurt.</p>\n", 1, 0, "the text is HTML; its tags are removed", "watch"),
    ("XML that is no news, named `.txt`", "a.txt", '<?xml version="1.0"?><urlset/>', 0, 1, "not a news format: the root element is <urlset>"),
    ("YAML named `.txt`", "a.txt", "---\n- id: a\n  text: b\n", 0, 1, "a YAML file"),
    ("a mail named `.txt`", "a.txt", f"From: a@b.example\nSubject: x\n\n{WORDS}\n", 1, 0, "it begins with the headers of a mail", "watch"),
    ("a mail whose text is encoded", "a.txt", "From: a@b.example\nContent-Transfer-Encoding: base64\n\neA==\n", 0, 1, "an e-mail"),
    ("a mailbox", "a", f"From a@b.example Mon May  8 10:00:00 2034\nSubject: x\n\n{WORDS}\n", 0, 1, "a mailbox"),
    ("text with front matter (YAML, TOML)", "a.md", f"---\ntitle: Bread\ndate: 2034-05-08\n---\n{WORDS}\n", 1, 0, "", "watch"),
    ("YAML of several documents named `.txt`", "a.txt", f"---\nid: a\ntext: {WORDS}\n---\nid: b\ntext: x\n", 0, 1, "a YAML file"),
    ("labels and texts apart by tabs", "a.txt", f"ham\t{WORDS}\nspam\t{WORDS}", 0, 1, "a table without a header; put a line of names in front (label<TAB>text)"),
    ("fastText", "a.txt", f"__label__ham {WORDS}\n__label__spam {WORDS}\n", 0, 1, "labels and texts of fastText; make it a table"),
    ("CoNLL 2003", "a.txt", "-DOCSTART- -X- O O\n\nEU NNP B-NP B-ORG\nrejects VBZ B-VP O\n", 0, 1, "a word a line, with tags (CoNLL); give the text that was tagged"),
    ("CoNLL-U", "a.conllu", "# sent_id = 1\n1\tThey\tthey\tPRON\n2\tbuy\tbuy\tVERB\n\n", 0, 1, "a table without a header"),
    ("articles of Nexis", "a.txt", f"           1 of 500 DOCUMENTS\n\n\n{WORDS}\n", 0, 1, "articles of Nexis in one file; split it: csplit"),
    ("a bibliography (RIS, BibTeX)", "a.ris", f"TY  - JOUR\nAB  - {WORDS}\nER  - \n", 0, 1, "a bibliography; convert it to JSON Lines first"),
    ("LaTeX", "a.tex", "\\documentclass{article}\n", 0, 1, "a LaTeX document; make text of it first, with pandoc"),
    ("TREC, AQUAINT", "a.txt", "".join(f"<DOC>\n<DOCNO> FT911-{i} </DOCNO>\n<TEXT>\n{WORDS} {i}\n</TEXT>\n</DOC>\n\n" for i in range(3)), 3, 0, ""),
    ("Gigaword", "a.sgm", "".join(f'<DOC id="XIN_ENG_20340508.000{i}" type="story" >\n<TEXT>\n<P>\n{WORDS} {i}\n</P>\n</TEXT>\n</DOC>\n' for i in range(3)), 3, 0, ""),
    ("WikiExtractor", "wiki_00", "".join(f'<doc id="{i}" url="https://x.example/" title="Bread">\nBread\n\n{WORDS} {i}\n\n</doc>\n' for i in range(3)), 3, 0, ""),
    ("documents that are cut off", "a.sgm", f'<DOC id="a"><TEXT>{WORDS}</TEXT></DOC>\n<DOC id="b"><TEXT>{WORDS}', 1, 1, "a document without its end; the file was cut"),
    ("documents with a word a line", "a.vert", '<doc id="a">\nEU\tNNP\nrejects\tVBZ\n</doc>\n', 0, 1, "a word a line, with tags; give the text that was tagged"),
    ("subtitles", "a.txt", f"1\n00:00:01,000 --> 00:00:04,000\n{WORDS}\n", 0, 1, "subtitles"),
    ("gzip named `.txt`", "a.txt", gz(LINES.encode()), 3, 0, "its name says otherwise, but it is JSON", "watch"),
    ("HTML", "a.html", PAGE, 1, 0, "", "watch"),
    ("HTML without text", "a.html", "<html><body></body></html>", 0, 1, "no text in the page"),
    ("Markdown, text", "a.md", f"# Bread\n\n{WORDS}\n", 1, 0, "", "watch"),
    ("text without an ending", "a", WORDS, 1, 0, "", "watch"),
    ("text in Latin-1", "a.txt", b"caf\xe9 au lait\n", 0, 1, "invalid UTF-8 at byte 3"),
    ("JSON in Latin-1", "a.jsonl", LINES.encode() + b'{"id":"x","text":"caf\xe9"}\n', 3, 1, "invalid UTF-8 at byte 21"),
    ("UTF-16", "a.jsonl", wide.encode("utf-16-le"), 0, 1, "text in UTF-16 or UTF-32; say --encoding UTF-16"),
    ("UTF-16 without a mark", "a.jsonl", LINES.encode("utf-16-be"), 0, 1, "text in UTF-16 or UTF-32; say --encoding UTF-16BE"),
    ("UTF-7", "a.jsonl", '{"id":"x","text":"caf+AOk- fran+AOc-ais"}\n', 0, 1, "text in UTF-7; say --encoding UTF-7"),
    ("ISO-2022-JP", "a.txt", "首相は経済対策を発表した。\n".encode("iso-2022-jp"), 0, 1, "text in ISO-2022; say --encoding ISO-2022-JP"),
    ("RSS 2.0", "a.rss", RSS, 1, 0, ""),
    ("RSS in a namespace", "a.xml", RSS.replace('version="2.0"', 'version="2.0" xmlns="http://backend.userland.com/rss2"'), 1, 0, ""),
    ("RSS 0.90, 1.0", "a.rdf", '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">' + ITEM + "</r:RDF>", 1, 0, ""),
    ("RSS whose items are in another namespace", "a.xml", RSS.replace("<item>", '<item xmlns="urn:x">').replace("<channel>", '<channel xmlns="urn:y">'), 1, 0, ""),
    ("a tombstone of Atom, and its entry", "a.atom", f'<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0"><at:deleted-entry ref="a"/><entry><id>a</id><content>{WORDS}</content></entry></feed>', 1, 1, 'id "a" was seen before, in a notice that withdraws it', "index add", "watch"),
    ("a notice without a text, and its story", "a.jsonl", f'{{"id":"a","pubstatus":"canceled"}}\n{{"id":"a","text":"{WORDS}"}}\n', 1, 1, 'id "a" was seen before, in a notice that withdraws it', "index add", "watch"),
    ("NewsML-G2 in base64", "a.xml", f'<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="u"><contentSet><inlineData contenttype="text/plain" encoding="base64">{base64.b64encode(WORDS.encode()).decode()}</inlineData></contentSet></newsItem>', 1, 0, ""),
    ("a feed without items", "a.rss", RSS.replace(ITEM, ""), 0, 0, "a.rss has no item"),
    ("an item without a body", "a.rss", RSS.replace("</channel>", "<item><guid>x</guid></item></channel>"), 1, 1, "no body text in the item"),
    ("XML that is cut off", "a.rss", RSS[:-14], 1, 1, "invalid XML: it ends early"),
    ("XML that is not in the encoding it declares", "a.xml", RSS.replace("1.0", '1.0" encoding="UTF-8', 1).replace(WORDS, WORDS + " caf\xe9").encode("latin-1"), 0, 1, "not in the encoding that it declares; declare another, or convert it with iconv"),
    ("XML in Latin-1 without a declaration of it", "a.xml", RSS.replace(WORDS, WORDS + " caf\xe9").encode("latin-1"), 0, 1, "it declares no encoding, and is not UTF-8"),
    ("RSS after blank lines", "a.rss", "\n\n" + RSS, 1, 0, ""),
    ("RSS with control characters", "a.rss", RSS.replace(WORDS, WORDS + "\x0b"), 1, 0, ""),
    ("RSS with a bare ampersand", "a.rss", RSS.replace("Bread", "Bread & salt"), 0, 1, "an & that is not written as &amp;"),
    ("XML that is no news", "a.xml", "<urlset/>", 0, 1, "not a news format: the root element is <urlset>"),
    ("XML with entities", "a.xml", '<!DOCTYPE rss [<!ENTITY a "b">]>' + RSS[21:], 0, 1, "it declares an entity"),
    ("NewsML 1.2", "a.xml", f"<NewsML><NewsItem><NewsComponent><ContentItem><DataContent><p>{WORDS}</p></DataContent></ContentItem></NewsComponent></NewsItem></NewsML>", 1, 0, ""),
    ("ninjs with `body_*`", "a.json", json.dumps({"uri": "u", "headline": "h", "body_story": WORDS}), 1, 0, ""),
    ("ninjs of a picture", "a.json", json.dumps({"uri": "u", "headline": "h"}), 0, 1, 'no body text in a ninjs item'),
    ("gzip", "a.jsonl.gz", gz(LINES.encode()), 3, 0, ""),
    ("gzip that is cut off", "a.jsonl.gz", gz(LINES.encode())[:-12], None, 1, "truncated gzip data"),
    ("xz", "a.jsonl.xz", lzma.compress(LINES.encode()), 3, 0, "", "archives"),
    ("bzip2", "a.jsonl.bz2", bz2.compress(LINES.encode()), 3, 0, "", "archives"),
    ("xz that is cut off", "a.jsonl.xz", lzma.compress(LINES.encode())[:-20], None, 1, "truncated xz data", "archives"),
    ("lzma", "a.jsonl.lzma", lzma.compress(LINES.encode(), format=lzma.FORMAT_ALONE), 3, 0, "", "archives"),
    ("xz of nothing", "a.jsonl.xz", lzma.compress(b""), 0, 0, "a.jsonl.xz is empty", "archives", "watch"),
    ("bzip2 of nothing", "a.jsonl.bz2", bz2.compress(b""), 0, 0, "a.jsonl.bz2 is empty", "archives", "watch"),
    ("two of bzip2, one after the other", "a.jsonl.bz2", bz2.compress(LINES.encode()) + bz2.compress(record(9).encode()), 4, 0, "", "archives"),
    ("bzip2 with something behind it", "a.jsonl.bz2", bz2.compress(LINES.encode()) + b"more", 3, 1, "garbage after the compressed data", "archives"),
    ("brotli", "a.jsonl.br", b"\x8b\x03\x80abc\x03", 0, 1, "compressed with brotli; decompress it first", "watch"),
    ("tar", "a.tar", tar(), 3, 0, "1 file passed over in directories and archives: 1 *.docx", "archives"),
    ("tar in gzip, bzip2 or xz", "a.tgz", gz(tar()), 3, 0, "1 file passed over", "archives"),
    ("tar that is cut off", "a.tar", tar()[:700], None, 1, "truncated tar archive", "archives"),
    ("zip", "a.zip", zipped(in__a_dot_jsonl=LINES), 3, 0, "", "archives"),
    ("zip with a password", "a.zip", locked(), 0, 1, "a zip archive with a password; unpack it first", "archives"),
    ("docx", "a.docx", zipped(word__document_dot_xml="<w:document xmlns:w='x'/>"), 0, 1, "an Office document; save it as text, or a table as CSV"),
    ("OpenDocument", "a.odt", zipped(mimetype="application/vnd.oasis.opendocument.text"), 0, 1, "an OpenDocument file; save it as text, or a table as CSV"),
    ("PDF", "a.pdf", b"%PDF-1.7\n", 0, 1, "a PDF document; extract its text first, with pdftotext"),
    ("Parquet", "a.parquet", b"PAR1\x15\0", 0, 1, "a Parquet file"),
    ("Arrow", "a.arrow", b"ARROW1\0\0", 0, 1, "an Arrow file"),
    ("SQLite", "a.db", database, 0, 1, "an index or another SQLite database"),
    ("an index", "a.db", index_of, 0, 1, "an index or another SQLite database; give the articles it was made from"),
    ("a result of `scan`", "a.jsonl", result_of, 0, None, 'no "text"; this is a line of a result of scan'),
    ("verdicts of `watch`", "a.jsonl", verdicts_of, 0, 3, 'no "text"; this is a line of a result of watch'),
    ("WARC, WET", "a.warc", WARC, 1, 0, ""),
    ("WARC named `.txt`", "a.txt", WARC, 1, 0, "its name says otherwise, but it is a web archive", "watch"),
    ("WARC that is cut off", "a.warc", WARC[:-10], 0, 1, "the web archive ends within a record"),
    ("WARC without a page", "a.warc", "WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 2\r\n\r\nx\n\r\n\r\n", 0, 0, "a.warc has no page or text"),
    ("YAML", "a.yaml", "id: a\ntext: b\n", 0, 1, "a YAML file; convert it to JSON Lines first", "watch"),
    ("a picture", "a.jpg", b"\xff\xd8\xff\xe0", 0, 1, "a picture"),
    ("binary data", "a.dat", b"some\0thing", 0, 1, "binary data"),
    ("binary data named text", "a.txt", b"some\0thing", 0, 1, "binary data"),
    ("20 MB without a newline", "a.jsonl", b"x" * 20_000_000, 0, 1, "not a JSON object, and 20000000 bytes long"),
    ("an empty file", "a.jsonl", "", 0, 0, "a.jsonl is empty", "watch"),
    ("blank lines", "a.jsonl", "\n \n\r\n", 0, 0, "a.jsonl is empty", "watch"),
    ("an empty text file", "a.txt", "", 0, 1, "no text", "watch"),
    ("a header alone", "a.csv", "id,text\n", 0, 0, "a.csv has no row", "watch"),
    ("an empty directory", "in", directory(), 0, 0, "no article was read: the input is empty", "watch"),
    ("a directory of other files", "in", directory(a_dot_docx=b"x", b_dot_DOCX=b"x", c=b"x"), 0, 0, "3 files passed over in directories and archives: 2 *.docx and 1 other", "watch"),
    ("a directory with some", "in", directory(a_dot_JSONL=LINES.encode(), b_dot_docx=b"x"), 3, 0, "1 file passed over", "watch"),
    ("hidden files", "in", directory(a_dot_JSONL=LINES.encode(), _dot_b_dot_jsonl=LINES.encode()), 3, 0, "1 file passed over in directories and archives: 1 hidden", "watch"),
    ("`/proc/self`", "/proc/self", None, 0, 1, "a directory of the system, and not of files on a disk", "watch"),
    ("a FIFO", "fifo", "fifo", 3, 0, "", "watch"),
    ("`/dev/null`", "/dev/null", None, 0, 0, "/dev/null is empty", "watch"),
    ("`/dev/zero`", "/dev/zero", None, 0, 1, "binary data", "watch"),
    ("a file that is not there", "nowhere.jsonl", None, 0, 0, "cannot open nowhere.jsonl: No such file or directory", "watch"),
]
if HAS["zstd"]:
    KINDS += [("zstd", "a.jsonl.zst", zst(LINES.encode()), 3, 0, ""),
              ("zstd that is cut off", "a.jsonl.zst", zst(LINES.encode())[:-9], None, 1, "truncated zstd data"),
              ("zstd with a window that nobody has", "a.jsonl.zst", b"\x28\xb5\x2f\xfd\0\xf8\1\0\0", 0, 1, "its zstd window of 2^41 bytes is larger than any that is read; compress it again, with zstd --long=27"),
              ("zstd with a window of 2 GiB", "a.jsonl.zst", b"\x28\xb5\x2f\xfd\0\xa8\1\0\0", 0, 1, "allow it with --zstd-window-log 31")]

# What the Python package raises where the exit code is not 3, and what it raises there if it is neither a FormatError
# of all records nor, where there is no record, an InputOutputError.
PYTHON = {
    "all records without it": "InvalidError",
    "an id twice": "DuplicateError",
    "a tombstone of Atom, and its entry": "DuplicateError",
    "a notice without a text, and its story": "DuplicateError",
    "a list of articles in an object": "InvalidError",
    "a list of articles in an object": "InvalidError",
    "a result of `scan`": "InvalidError",
    "verdicts of `watch`": "InvalidError",
}


def raised(kind, articles, rejected):
    """The error of Python; none if it gives the same articles."""
    fails = "FormatError" if rejected != 0 else "InputOutputError"
    return PYTHON.get(kind, fails if articles == 0 else None)


faults = []


def check(kind, command, condition, what, done):
    if not condition:
        faults.append(f"{kind}: {command}: {what}\n    exit code {done.returncode}, " + done.stderr.decode(errors='replace')[:300])


def expected_code(articles, rejected):
    return 3 if articles == 0 else 1 if rejected else 0


def make(row, folder):
    """The file of a row, in the folder."""
    made, path = row[2], folder / row[1]
    if callable(made):
        made(path)
    elif made == "fifo":
        os.mkfifo(path)
    elif made is not None:
        path.write_bytes(made.encode() if isinstance(made, str) else made)
    return path


def try_kind(row, folder):
    kind, name, made, articles, rejected, said, *left_out = row
    if "archives" in left_out and not reads_archives:
        return
    path = make(row, folder)
    writer = None
    for command in ("scan", "dedup", "index add"):
        if command in left_out:
            continue
        out = folder / "out.jsonl"
        index = folder / "into.db"
        if made == "fifo":
            writer = threading.Thread(target=lambda: path.write_text(LINES))
            writer.start()
        if command == "index add":
            run("index", "create", str(index))
            done = run("index", "add", str(index), name if made is None else str(path))
        else:
            done = run(command, name if made is None else str(path), "-o", str(out))
        if writer is not None:
            writer.join()
        code, text = done.returncode, done.stderr.decode(errors="replace")
        check(kind, command, said in text, f"it does not say: {said}", done)
        if articles is None:
            check(kind, command, code in (1, 3), "what is cut off is whole", done)
        elif rejected is None:
            check(kind, command, code == 3, "it should fail", done)
        else:
            check(kind, command, code == expected_code(articles, rejected), f"expected {expected_code(articles, rejected)}", done)
        if command != "index add":
            check(kind, command, out.exists() == (code != 3), "an output where there is none, or none where there is one", done)
        if code != 3 and articles is not None:
            word = f"{articles} article" + ("s" if articles != 1 else "")
            check(kind, command, word in text and f"{rejected} rejected" in text, f"not {word} and {rejected} rejected", done)
        out.unlink(missing_ok=True)
        for end in ("", "-wal", "-shm", "-lock"):
            pathlib.Path(str(index) + end).unlink(missing_ok=True)
    if "watch" not in left_out and path.is_file():
        done = run("watch", str(folder / "w.db"), stdin=path.read_bytes())
        verdicts = done.stdout.count(b"\n")
        check(kind, "watch", done.returncode != 0 or verdicts > 0, "nothing came of it, and it ended well", done)
        if articles is not None and rejected is not None:
            check(kind, "watch", verdicts == articles and done.returncode == expected_code(articles, rejected),
                  f"{verdicts} verdicts of {articles} articles", done)


def table():
    yield "| given | articles | rejected | exit code | said | Python |"
    yield "|---|---|---|---|---|---|"
    for kind, _, _, articles, rejected, said, *left_out in KINDS:
        if kind.startswith("zstd") and not HAS["zstd"]:
            continue
        code = "1 or 3" if articles is None else expected_code(articles, 1 if rejected is None else rejected)
        yield (f"| {kind} | {'what is before' if articles is None else articles} | {'every line' if rejected is None else rejected} "
               f"| {code} | {said.replace('|', '&#124;')} | {raised(kind, articles, rejected) or 'the same'} |")


if __name__ == "__main__":
    reads_archives = b"without libarchive" not in run("scan", "-", stdin=tar()).stderr
    for row in KINDS:
        with tempfile.TemporaryDirectory() as folder:
            try_kind(row, pathlib.Path(folder))
    page = ROOT / "docs/reliability.md"
    text = page.read_text()
    begin, end = "<!-- kinds -->\n", "<!-- end of kinds -->\n"
    wanted = "\n".join(table()) + "\n"
    if HAS["zstd"]:
        shown = text[text.index(begin) + len(begin):text.index(end)]
        if "--write" in sys.argv:
            page.write_text(text.replace(begin + shown + end, begin + wanted + end))
        elif shown != wanted:
            faults.append("docs/reliability.md: the table is not that of tests/kinds/kinds.py; run it with --write")
    print("\n".join(faults) or f"{len(KINDS)} kinds of files")
    sys.exit(bool(faults))
