#!/usr/bin/env python3
"""An index whose schema is read from pages that lead to one page again and again: every command ends at once."""
import os
import sqlite3
import subprocess
import sys
import tempfile

DEPTH, CELLS = 5, 200


def number(page, at):
    value = 0
    for k in range(9):
        value = value << 7 | page[at + k] & 127
        if page[at + k] < 128:
            return value, k + 1
    return value, 9


def cells_of(page):
    for k in range(int.from_bytes(page[103:105], "big")):
        at = int.from_bytes(page[108 + 2 * k:110 + 2 * k], "big")
        size, n = number(page, at)
        yield bytes(page[at:at + n + number(page, at + n)[1] + size])


def filled(kind, cells, size, begin=0, last=b""):
    page = bytearray(size)
    at, pointers = size, begin + 8 + len(last)
    for k, cell in enumerate(cells):
        at -= len(cell)
        page[at:at + len(cell)] = cell
        page[pointers + 2 * k:pointers + 2 * k + 2] = at.to_bytes(2, "big")
    page[begin] = kind
    page[begin + 3:begin + 5] = len(cells).to_bytes(2, "big")
    page[begin + 5:begin + 7] = at.to_bytes(2, "big")
    page[begin + 8:begin + 8 + len(last)] = last
    return page


def inner(child, size, begin=0, first=None):
    pages = [first or child] + [child] * (CELLS - 1)
    return filled(5, [p.to_bytes(4, "big") + b"\x7f" for p in pages], size, begin, child.to_bytes(4, "big"))


def make(command, name):
    subprocess.run([command, "index", "create", name], check=True)
    db = sqlite3.connect(name)
    db.execute("PRAGMA journal_mode=delete")
    db.execute("CREATE TABLE other(a UNIQUE)")  # a row of its index can come again without an error
    db.close()
    with open(name, "rb") as file:
        content = bytearray(file.read())
    size = int.from_bytes(content[16:18], "big")
    count, cells = len(content) // size, list(cells_of(content))
    head = content[:100]
    content[:size] = inner(count + 3, size, 100, count + 1)
    content[:100] = head
    content += filled(13, cells, size) + filled(13, [c for c in cells if b"sqlite_autoindex" in c], size)
    for k in range(DEPTH):
        content += inner(count + 4 + k if k + 1 < DEPTH else count + 2, size)
    content[28:32] = (len(content) // size).to_bytes(4, "big")
    with open(name, "wb") as file:
        file.write(content)


def main():
    with tempfile.TemporaryDirectory() as folder:
        name = os.path.join(folder, "a.db")
        make(sys.argv[1], name)
        for command in (["stat", name], ["check", name], ["list", name], ["query", name, os.devnull],
                        ["add", name, os.devnull], ["repair", name, "-o", os.path.join(folder, "b.db")]):
            done = subprocess.run([sys.argv[1], "index", *command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.PIPE, timeout=20, text=True, check=False)
            if done.returncode != 3 or "its schema has no end" not in done.stderr:
                print(command[0], done.returncode, done.stderr)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
