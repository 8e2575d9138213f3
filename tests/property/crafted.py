#!/usr/bin/env python3
"""Index files made by somebody else, with right checksums: every command ends soon, with an error or clean output."""
import ctypes
import ctypes.util
import json
import os
import resource
import sqlite3
import struct
import subprocess
import sys
import tempfile

COMMAND = os.path.abspath(sys.argv[1])
HIGH = 1 << 63
SECONDS = 20  # of processor time, with sanitizers
ARTICLES = ('{"id":"a","text":"one two three four five six seven eight"}\n'
            '{"id":"b","text":"nine ten eleven twelve"}\n')
COMMANDS = [["stat", "a.db"], ["check", "a.db"], ["list", "a.db"], ["export", "a.db"], ["get", "a.db", "a", "--all"],
            ["query", "a.db", "in.jsonl"], ["notices", "a.db"], ["backup", "a.db", "-o", "copy.db"],
            ["repair", "a.db", "-o", "saved.db"], ["expire", "a.db", "--before", "1990-01-01"], ["remove", "a.db", "q"],
            ["add", "a.db", "in.jsonl"]]


def signed(x):
    return ((x & (2 * HIGH - 1)) ^ HIGH) - HIGH


def hashed(data):
    name = ctypes.util.find_library("xxhash")
    if name is None:
        print("libxxhash is not there")
        sys.exit(77)
    function = ctypes.CDLL(name).XXH3_64bits
    function.restype, function.argtypes = ctypes.c_uint64, [ctypes.c_char_p, ctypes.c_size_t]
    return function(data, len(data))


def numbers(*values):
    return struct.pack(f"<{len(values)}Q", *(v & (2 * HIGH - 1) for v in values))


def row_sum(number, id, flags, source, version, published, arrival, text_size, tokens, data):
    spans = max(0, len(data) - 5 * tokens)
    head = numbers(number, published, arrival, text_size, len(id), len(source), flags, tokens, spans, len(version))
    return hashed(head + id + source + version + data)


def state(**changes):
    """Changes the row of counters, and makes its checksum right."""
    def craft(db):
        row = dict(zip(("count", "digest", "removals", "last"), db.execute("SELECT count,digest,removals,last FROM state").fetchone()))
        row = {k: signed(v) for k, v in {**row, **changes}.items()}
        db.execute("UPDATE state SET count=:count,digest=:digest,removals=:removals,last=:last,sum=:sum",
                   {**row, "sum": signed(hashed(numbers(*(row[k] for k in ("count", "digest", "removals", "last")))))})
    return craft


def article(number=3, id=b"z", flags=0, source=b"", version=b"", published=0, arrival=0, text_size=10, tokens=0, data=b""):
    """Adds an article that the counters know of, in the place of one with the same number."""
    def craft(db):
        count, digest, last = db.execute("SELECT count,digest,last FROM state").fetchone()
        old = db.execute("SELECT sum FROM article WHERE number=?", (number,)).fetchone()
        db.execute("DELETE FROM article WHERE number=?", (number,))
        new = row_sum(number, id, flags, source, version, published, arrival, text_size, tokens, data)
        db.execute("INSERT INTO article VALUES(?,?,?,?,?,?,?,?,?,?,?)",
                   (number, id, flags, source, version, published, arrival, text_size, tokens, data, signed(new)))
        state(count=count + (old is None), digest=digest + new - (old[0] if old else 0), last=max(last, number))(db)
    return craft


def sql(text):
    return lambda db: db.executescript(text)


def both(*crafts):
    return lambda db: [craft(db) for craft in crafts]


def words(count, flags=b"\0", hashes=None, spans=b"\x23", spans_of=None):
    """The data of an article of `count` tokens, with an extent for each, or for `spans_of`."""
    hashes = hashes or b"".join(struct.pack("<I", k * 2654435761 & 0xffffffff) for k in range(count))
    return hashes + flags * count + spans * (count if spans_of is None else spans_of)


ENDLESS = "WITH RECURSIVE r(n) AS (VALUES(1) UNION ALL SELECT n+1 FROM r) SELECT "

# What is done to the file, and whether it is an index after all.
CASES = [
    ("nothing", sql(""), True),
    ("last of 2^62", state(last=1 << 62), True),
    ("last of 2^63-1", state(last=HIGH - 1), False),
    ("last of 0", state(last=0), False),
    ("last of -5", state(last=-5), False),
    ("count of 2^63", state(count=HIGH), False),
    ("count of 2^32+2", state(count=(1 << 32) + 2), False),
    ("removals of 2^64-1", state(removals=-1), False),
    ("an article with the number 2^63-1", article(number=HIGH - 1), False),
    ("2^32-1 tokens without data", article(tokens=(1 << 32) - 1), False),
    ("-1 tokens", article(tokens=-1), False),
    ("extents beyond the text", article(tokens=8, text_size=5, data=words(8)), False),
    ("too few extents", article(tokens=8, text_size=500, data=words(8, spans_of=3)), False),
    ("gaps of 2^63", article(tokens=8, text_size=1 << 62, data=words(8, spans=b"\0" + (b"\xff" * 9 + b"\1") * 2)), False),
    ("a number without an end", article(tokens=1, text_size=1 << 62, data=words(1, spans=b"\0\xff\xff\xff")), False),
    ("an empty id", article(id=b""), False),
    ("an id that is not UTF-8", article(id=b"\xff\xfe\"},{"), False),
    ("an integer that is none", article(number=1, id=b"\x1b]0;owned\x07\x1b[2J\"},{\xff", flags=1), False),
    ("a source and a version that are not UTF-8", article(source=b"\xff", version=b"\xff"), True),
    ("an id of escapes, 1 MB", article(id=b"\x1b[31m" * 200000), True),
    ("all flags", article(flags=0xffffffff), False),
    ("a flag beyond 32 bits", article(flags=1 << 40), False),
    ("the first and the last of all times", article(published=1 - HIGH, arrival=HIGH - 1), True),
    ("a text of -1 bytes", article(text_size=-1), False),
    ("two texts of 2^63-1 bytes", both(article(text_size=HIGH - 1), article(number=4, id=b"y", text_size=HIGH - 1)), False),
    ("an id twice", article(id=b"a"), False),
    ("100,000 equal tokens", article(text_size=10**6, tokens=100000, data=words(100000, hashes=b"\1\0\0\0" * 100000)), True),
    ("all flags of tokens", article(text_size=10**6, tokens=1000, data=words(1000, flags=b"\xff")), True),
    ("texts where numbers are due", sql("INSERT INTO article VALUES(3,'z','x','s','v','p','a','t','t','d','s')"), False),
    ("columns that may be null", sql("PRAGMA writable_schema=on; UPDATE sqlite_schema SET sql=replace(sql,'NOT NULL','') WHERE name='article'"), False),
    ("an endless view of articles", sql(f"DROP TABLE article; CREATE VIEW article AS {ENDLESS} n AS number,x'61' AS id,0 AS flags,x'' AS source,x'' AS version,"
                                        "0 AS published,0 AS arrival,1 AS text_size,0 AS tokens,x'' AS data,0 AS sum FROM r"), False),
    ("an endless view of counters", sql(f"DROP TABLE state; CREATE VIEW state AS {ENDLESS} n AS count,0 AS digest,0 AS removals,0 AS last,0 AS sum FROM r WHERE n<0"), False),
    ("a trigger of articles", sql("CREATE TRIGGER t AFTER INSERT ON article BEGIN DELETE FROM article; END"), False),
    ("a trigger that calls itself", sql("CREATE TRIGGER t AFTER UPDATE ON state BEGIN INSERT INTO removed SELECT max(nth)+1,1 FROM removed; END"), False),
    ("indices", sql("CREATE INDEX i ON article(id); CREATE UNIQUE INDEX u ON article(number)"), False),
    ("a table more", sql("CREATE TABLE zzz(a)"), False),
    ("pages of 512 bytes", sql("PRAGMA journal_mode=delete; PRAGMA page_size=512; VACUUM; PRAGMA journal_mode=wal"), True),
    ("a later version", sql("PRAGMA user_version=99"), False),
    ("a version of 2^31-1", sql("PRAGMA user_version=2147483647"), False),
]


def run(arguments):
    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    return subprocess.run([COMMAND, "index", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          preexec_fn=limit, env={**os.environ, "ASAN_OPTIONS": "exitcode=77", "UBSAN_OPTIONS": "halt_on_error=1:exitcode=77"},
                          timeout=10 * SECONDS, check=False)


def faults_of(arguments, is_index):
    """What is wrong with the way in which a command ends."""
    done = run(arguments)
    if done.returncode not in (0, 1, 3):
        yield f"exit code {done.returncode}"
    if arguments[0] == "check" and done.returncode != (0 if is_index else 3):
        yield f"exit code {done.returncode}"
    if done.returncode == 3 and not done.stderr:
        yield "no message"
    if any(c < 32 and c not in b"\n\t" for c in done.stdout + done.stderr):
        yield "raw control characters"
    if arguments[0] in ("list", "export", "query", "get"):
        for line in done.stdout.splitlines():
            try:
                json.loads(line)
            except ValueError:
                yield f"not JSON: {line[:80]!r}"
                break


def main():
    faults = 0
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        with open("in.jsonl", "w", encoding="utf-8") as file:
            file.write(ARTICLES)
        run(["create", "first.db"]).check_returncode()
        run(["add", "first.db", "in.jsonl"]).check_returncode()
        with open("first.db", "rb") as file:
            first = file.read()
        for title, craft, is_index in CASES:
            for name in os.listdir("."):
                if name not in ("in.jsonl", "first.db"):
                    os.remove(name)
            with open("a.db", "wb") as file:
                file.write(first)
            db = sqlite3.connect("a.db")
            craft(db)
            db.commit()
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            db.close()
            for arguments in COMMANDS:
                for fault in faults_of(arguments, is_index):
                    print(f"{title}: {arguments[0]}: {fault}")
                    faults += 1
    print(f"{len(CASES)} files, {len(COMMANDS)} commands each, {faults} faults")
    return faults > 0


if __name__ == "__main__":
    sys.exit(main())
