#!/usr/bin/env python3
"""Writes corpora/MANIFEST.tsv: name, bytes, sha256, licence and origin of each committed corpus.

    manifest.py [--check]        --check: fail if the files differ from the manifest
"""
import hashlib
import os
import sys

CORPORA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
FILES = (
    ("feed/articles.jsonl", "as the project", "invented; corpora/made/feed.py"),
    ("feed/gold.jsonl", "as the project", "corpora/made/feed.py"),
    ("made/forms.txt", "as the project", "invented, written for the project"),
    ("made/languages.txt", "as the project", "invented, written for the project"),
    ("made/stories.txt", "as the project", "invented, written for the project"),
)


def manifest():
    lines = ["name\tbytes\tsha256\tlicence\torigin\n"]
    for name, licence, origin in FILES:
        with open(os.path.join(CORPORA, name), "rb") as source:
            data = source.read()
        digest = hashlib.sha256(data).hexdigest()
        lines.append(f"{name}\t{len(data)}\t{digest}\t{licence}\t{origin}\n")
    return "".join(lines)


def main():
    path = os.path.join(CORPORA, "MANIFEST.tsv")
    if "--check" in sys.argv[1:]:
        with open(path, encoding="utf-8", newline="") as source:
            if source.read() != manifest():
                sys.exit("corpora/MANIFEST.tsv does not describe the files beside it")
        return
    with open(path, "w", encoding="utf-8", newline="\n") as to:
        to.write(manifest())


if __name__ == "__main__":
    main()
