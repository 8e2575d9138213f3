import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import sysconfig

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
FEED = ROOT / "corpora" / "feed" / "articles.jsonl"
GOLD = ROOT / "corpora" / "feed" / "gold.jsonl"
PAYWALL = ROOT / "tests" / "cli" / "feeds" / "paywall.jsonl"

# What a shell starts in the background ignores SIGINT, and Python then makes no KeyboardInterrupt of
# it: the tests of Ctrl-C would go on for ever.
signal.signal(signal.SIGINT, signal.default_int_handler)

SOON = 10  # seconds that what would go on for ever may take to end, on a machine that has much else to do


def need(name):
    """The module, or the test is skipped with a plain message."""
    return pytest.importorskip(name, reason=f"{name} is not installed")


def command_path():
    """The command that came with the package."""
    path = shutil.which("twicetold", path=sysconfig.get_path("scripts") + os.pathsep + os.path.dirname(sys.executable))
    assert path, "the command is not installed"
    return path


def command(*words, **how):
    """Runs the command that came with the package; its standard output."""
    return subprocess.run([command_path(), *map(str, words)], check=True, stdout=subprocess.PIPE, **how).stdout


def lines(output, kind):
    """The lines of a result that have this type, without it; they leave out an empty list of differences."""
    found = [json.loads(line) for line in output.splitlines()]
    of_kind = [{k: v for k, v in line.items() if k != "type"} for line in found if line["type"] == kind]
    return [{"differ": [], **line} if "conflicts" in line else line for line in of_kind]


def rows(table):
    """A table's rows as the lines have them: the reference of a section has three fields."""
    out = list(table)
    for row in out:
        for place in row.get("occurrences", []):
            if place["of_begin"] is None:
                del place["of_begin"], place["of_end"], place["similarity"]
    return out


def everything(result):
    """The rows of the tables; none of what was not looked for."""
    sought = result.summary["options"]
    return tuple(rows(getattr(result, name)) if sought[name] else [] for name in ("pairs", "clusters", "sections"))


@pytest.fixture(scope="session")
def articles():
    with open(FEED, encoding="utf-8") as f:
        return [json.loads(line) for line in f]


@pytest.fixture(scope="session")
def wanted():
    """What the command finds in the feed."""
    output = command("scan", "--quiet", FEED)
    return tuple(lines(output, kind) for kind in ("pair", "cluster", "section"))


def paywall_page():
    """A page that has nothing but the notice of these articles, and a few words before it."""
    articles = [json.loads(line) for line in PAYWALL.read_text(encoding="utf-8").splitlines()]
    notice = next(a["text"][a["text"].index("Read on now") :] for a in articles if "Read on now" in a["text"])
    return articles, {"id": "page", "text": "Log in or subscribe. " + notice}
