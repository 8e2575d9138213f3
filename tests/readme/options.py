#!/usr/bin/env python3
"""Compares engine/options.def with what cannot be made from it: the comments of tt_options in
include/twicetold.h, the defaults in the command's help, and the lists in docs/format.md and docs/python.md.
usage: options.py COMMAND"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
NUMBERS = {"UINT32_MAX": 2**32 - 1, "UINT64_MAX": 2**64 - 1, "NOT_KEPT": -1, "NULL": None}
faults = []


def number(text):
    """"1 << 20", "0.7", "UINT32_MAX" as options.def has them."""
    if text in NUMBERS:
        return NUMBERS[text]
    value, _, shift = text.partition(" << ")
    return float(value) if "." in value else int(value) << int(shift or 0)


def expect(condition, what):
    if not condition:
        faults.append(what)


def size_text(value):
    for unit, shift in (("G", 30), ("M", 20), ("K", 10)):
        if value >> shift and value % (1 << shift) == 0:
            return f"{value >> shift}{unit}"
    return str(value)


lines = re.findall(r"^OPTION\((.*)\)$", (ROOT / "engine/options.def").read_text(), re.M)
options = [dict(zip(("field", "name", "python_name", "type", "default", "min", "max", "words", "in_results", "index_order"),
                    (part.strip().strip('"') for part in line.split(",")))) for line in lines]
expect(len(options) == 19, f"options.def has {len(options)} options that could be read")

header = (ROOT / "include/twicetold.h").read_text()
struct = header[header.index("typedef struct tt_options {"):header.index("} tt_options;")]
screens = {}
for command in ("scan", "dedup", "index create"):
    out = subprocess.run([sys.argv[1], *command.split(), "--help-all"], check=True, capture_output=True, text=True).stdout
    screens[command] = {m.group(1): " ".join(m.group(2).split())
                        for m in re.finditer(r"^ {2,6}(?:-\w, )?--([a-z-]+)((?:.*\n)(?: {20,}.*\n)*)", out, re.M)}

for o in options:
    field = re.search(rf"\b{o['field']};\s*/\*\*<(.*?)\*/", struct, re.S)
    expect(field, f"twicetold.h: tt_options has no {o['field']} with a comment")
    comment = " ".join(field.group(1).split()) if field else ""
    default, least, most = number(o["default"]), number(o["min"]), number(o["max"])
    shown = f"{default >> 20} MiB" if default >= 1 << 20 else f"{default:g}"
    if o["type"] in ("COUNT", "RULE", "SHARE", "SIZE", "SEED") and (default or o["type"] == "SEED"):
        expect(re.search(rf"default (and maximum )?{re.escape(shown)}(?![\d.]\d)", comment),
               f"twicetold.h: {o['field']}: the default is {shown}: {comment}")
    if o["type"] == "COUNT" and o["name"] != "bands":
        bounds = f"{least} to {most}" if most < 2**32 - 1 else f"{least} or more"
        expect(bounds in comment, f"twicetold.h: {o['field']}: the range is {bounds}: {comment}")
    if o["name"] == "find":
        continue
    option = o["name"].replace("_", "-")
    screen = "dedup" if o["name"] == "drop" else "index create" if o["name"] == "keep_text" else "scan"
    text = screens[screen].get(option)
    expect(text is not None, f"the command has no --{option}")
    if text and o["type"] in ("COUNT", "RULE", "SHARE", "SIZE") and default:
        shown = size_text(default) if o["type"] == "SIZE" else f"{default:g}"
        expect(f"(default {shown})" in text, f"--{option}: the help does not say (default {shown}): {text}")

kept = sorted((o for o in options if number(o["index_order"]) >= 0), key=lambda o: int(o["index_order"]))
shape = re.search(r"^## shape\n(.*?)^## ", (ROOT / "docs/format.md").read_text(), re.M | re.S).group(1)
expect([name for name in re.findall(r"`(\w+)`", shape) if name != "sum"] == [o["name"] for o in kept],
       "docs/format.md: the options of shape are " + ", ".join(o["name"] for o in kept))
page = (ROOT / "docs/python.md").read_text()
for o in options:
    expect(o["name"] == "find" or f"`{o['python_name']}`" in page,
           f"docs/python.md does not name the option {o['python_name']}")

print("\n".join(faults) or f"{len(options)} options are the same everywhere")
sys.exit(bool(faults))
