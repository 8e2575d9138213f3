#!/usr/bin/env python3
"""Reads the samples of wire formats with other parsers, expat with html.parser, and lxml, and compares id, version,
status, time, source and text with what the command makes of them. usage: check.py COMMAND"""
import datetime
import email.utils
import html
import html.parser
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
DEBIAN = "/usr/bin/python3"  # whose package python3-lxml is

try:
    import lxml.etree
    import lxml.html
except ImportError:
    lxml = None
    if os.path.realpath(sys.executable) != os.path.realpath(DEBIAN) and os.system(f"{DEBIAN} -c 'import lxml' 2>/dev/null") == 0:
        os.execv(DEBIAN, [DEBIAN, "-B", *sys.argv])

HERE = pathlib.Path(__file__).resolve().parent
COMMAND = os.path.realpath(sys.argv[1])
BLOCKS = {"p", "div", "h1", "h2", "h3", "block", "table", "ul", "li", "body.content", "body", "blockquote", "hl2"}
LINES = {"br", "td", "th", "tr"}
LEFT_OUT = {"head", "body.head", "body.end", "media", "script", "style"}
faults = []


def local(element):
    return element.tag.rsplit("}", 1)[-1]


def same_words(body, record):
    """Whether the record has the words of the body, but for a headline that it begins with."""
    wanted, title, found = body.split(), record.get("title", "").split(), record["text"].split()
    return found == wanted or (wanted[:len(title)] == title and found == wanted[len(title):])


def text_of(element):
    """The text of elements: a blank line about blocks."""
    name = local(element)
    if name in LEFT_OUT:
        return ""
    text = (element.text or "").replace("\n", " ")
    for child in element:
        text += text_of(child) + (child.tail or "").replace("\n", " ")
    return f"\n\n{text}\n\n" if name in BLOCKS else "\n" + text if name in LINES else text


class Page(html.parser.HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.text = ""
        self.silent = 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.text += "\n\n" if tag in BLOCKS else "\n" if tag in LINES else ""
        self.silent += tag in LEFT_OUT

    def handle_endtag(self, tag):
        self.text += "\n\n" if tag in BLOCKS else ""
        self.silent -= tag in LEFT_OUT

    def handle_data(self, data):
        self.text += "" if self.silent else data.replace("\n", " ")


def by_lxml(data):
    return lxml.etree.fromstring(data, lxml.etree.XMLParser(remove_comments=True, remove_pis=True))


# By its name: how XML is read, and how the text of a page is.
PARSERS = {"expat": (ET.fromstring, lambda page: Page(page).text)}
if lxml is not None:
    PARSERS["lxml"] = (by_lxml, lambda page: text_of(lxml.html.document_fromstring(page, lxml.html.HTMLParser(remove_comments=True))))


def moment(text):
    if not text:
        return None
    if "," in text:
        return email.utils.parsedate_to_datetime(text).timestamp()
    if "-" not in text[:8]:
        return datetime.datetime.strptime(text, "%Y%m%dT%H%M%S%z").timestamp()
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def first(*values):
    return next((" ".join(v.split()) for v in values if v and v.strip()), None)


def find(element, *names):
    """The first descendant by local names, each within the one before."""
    for name in names:
        element = next((e for e in element.iter() if local(e) == name), None) if element is not None else None
    return element


def value(element, *names):
    found = find(element, *names)
    return None if found is None else "".join(found.itertext())


def children(element, name, space=None):
    return [e for e in element if local(e) == name and (space is None or e.tag.startswith("{" + space))]


def own(item, name):
    """A child of an item that is not of another vocabulary."""
    taken = [e for e in item if local(e) == name and not any(w in e.tag for w in ("yahoo", "/2005/Atom", "itunes"))]
    return "".join(taken[0].itertext()) if taken else None


def items_of_feed(root):
    channel = find(root, "channel")
    title = first(own(channel, "title"))
    for item in (e for e in root.iter() if local(e) == "item"):
        body = own(item, "encoded") or own(item, "description")
        yield (first(own(item, "guid"), own(item, "link")), None, moment(first(own(item, "pubDate"), own(item, "date"))),
               first(own(item, "source")) or title, of_html(body) if body else None)


def items_of_atom(root):
    for entry in (e for e in root.iter() if local(e) == "entry"):
        content = next((e for n in ("content", "summary") for e in children(entry, n) if "".join(e.itertext()).strip()), None)
        link = next((e.get("href") for e in children(entry, "link") if e.get("rel", "alternate") == "alternate"), None)
        source = children(entry, "source")
        body = None
        if content is not None:
            kind = content.get("type", "text")
            body = of_html("".join(content.itertext())) if kind in ("html", "text/html") else text_of(content) if "xhtml" in kind else "".join(content.itertext())
        def of(name):
            return next(("".join(e.itertext()) for e in children(entry, name)), None)
        yield (first(of("id"), link), None, moment(first(of("updated"), of("published"))),
               first(value(source[0], "title")) if source else first(next(("".join(e.itertext()) for e in children(root, "title")), None)), body)


def items_of_g2(root):
    for item in (e for e in root.iter() if local(e) == "newsItem"):
        provider = find(item, "provider")
        inline, data = find(item, "contentSet", "inlineXML"), find(item, "contentSet", "inlineData")
        if inline is not None:
            body = text_of(find(inline, "body.content") if find(inline, "body.content") is not None else inline)
        elif data is not None:
            body = "".join(data.itertext()) if data.get("contenttype", "text/plain") == "text/plain" else of_html("".join(data.itertext()))
        else:
            body = None
        status = find(item, "pubStatus")
        status = None if status is None else status.get("qcode")
        name = None if provider is None else first(value(provider, "name"), provider.get("literal"), (provider.get("qcode") or "").rsplit(":", 1)[-1], provider.get("uri"))
        yield item.get("guid"), item.get("version"), moment(first(value(item, "versionCreated"), value(item, "firstCreated"))), name, body, status


def items_of_nitf(root):
    identifier, key, issue, holder, data = (find(root, n) for n in ("doc-id", "du-key", "date.issue", "doc.copyright", "docdata"))
    get = lambda e, n: None if e is None else e.get(n)
    yield (get(identifier, "id-string"), get(key, "version") or get(key, "generation"), moment(get(issue, "norm")),
           first(value(root, "distributor"), get(identifier, "regsrc"), get(holder, "holder")), text_of(find(root, "body.content")), get(data, "management-status"))


def items_of_newsml(root):
    for item in (e for e in root.iter() if local(e) == "NewsItem"):
        encoded = {c for e in item.iter() if local(e) == "Encoding" for c in e.iter()}
        content = next((e for e in item.iter() if local(e) == "DataContent" and e not in encoded), None)
        party, identifier = find(item, "Provider", "Party"), value(item, "PublicIdentifier")
        status = find(item, "Status")
        version = first(value(item, "RevisionId"))
        if identifier and version and identifier.rsplit(":", 1)[-1].startswith(version):
            identifier = identifier.rsplit(":", 1)[0]
        yield (identifier, version, moment(first(value(item, "ThisRevisionCreated"), value(item, "FirstCreated"))),
               first(None if party is None else party.get("FormalName"), value(item, "ProviderId")), text_of(content),
               None if status is None else status.get("FormalName"))


READERS = {"rss": items_of_feed, "RDF": items_of_feed, "feed": items_of_atom, "entry": items_of_atom, "newsItem": items_of_g2, "newsMessage": items_of_g2,
           "nitf": items_of_nitf, "NewsML": items_of_newsml}




def kept(path):
    with tempfile.TemporaryDirectory() as folder:
        rejects = pathlib.Path(folder) / "rejects"
        out = subprocess.run([COMMAND, "dedup", "-q", "--drop", "1", "--resemblance", "off", "--containment", "off", "--overlap", "off",
                              str(path), "-o", "-", "--rejects", str(rejects)], capture_output=True)
        return [json.loads(x) for x in out.stdout.decode().splitlines()]


def same(name, what, wanted, found):
    if wanted != found:
        faults.append(f"{name}: {what}: {found!r}, by the other parser {wanted!r}")


def check_xml(path):
    """The items of a file, compared."""
    root = parse(path.read_bytes())
    wanted = [x for x in READERS[local(root)](root) if x[4] and x[4].strip()]
    found = kept(path)
    same(path.name, "number of items", len(wanted), len(found))
    for (identifier, version, time, source, body, *status), record in zip(wanted, found):
        same(path.name, "id", identifier, record.get("id"))
        same(path.name, "version", version, record.get("version"))
        same(path.name, "status", *(status or [None]), record.get("pubstatus"))
        same(path.name, "time", time, moment(record.get("published")))
        same(path.name, "source", source, record.get("source"))
        if not same_words(body, record):
            same(path.name, "text", body, record["text"])
    return len(wanted)


def check_ninjs(line):
    """An item of ninjs is the same text as a plain record, and has its time."""
    item = json.loads(line)
    bodies = {k: v for k, v in item.items() if k.startswith("body_")} or {"b": next((b["value"] for b in item.get("bodies", []) if "html" in json.dumps(b)), item.get("bodies", [{}])[-1].get("value"))}
    body = next(iter(bodies.values()))
    plain = of_html(body) if body.lstrip().startswith("<") else body
    with tempfile.TemporaryDirectory() as folder:
        sample, other, index = (pathlib.Path(folder) / n for n in ("a.ninjs", "b.jsonl", "i.db"))
        sample.write_text(line + "\n")
        other.write_text(json.dumps({"id": "plain", "text": plain}) + "\n")
        pairs = [json.loads(x) for x in subprocess.run([COMMAND, "scan", "-q", "--pairs", str(sample), str(other)], capture_output=True, check=True).stdout.splitlines()]
        same(item["uri"], "text", (item["uri"], "plain", "identical"), tuple(pairs[0].get(k) for k in ("a", "b", "relation")))
        subprocess.run([COMMAND, "index", "create", str(index)], check=True)
        subprocess.run([COMMAND, "index", "add", "-q", str(index), str(sample)], check=True)
        newest = json.loads(subprocess.run([COMMAND, "index", "stat", "--json", str(index)], capture_output=True, check=True).stdout)["newest"]
        same(item["uri"], "time", moment(item.get("versioncreated") or item.get("versionCreated")), moment(newest))
    return 1


for parser, (parse, of_html) in PARSERS.items():
    count = sum(check_xml(path) for path in sorted([*HERE.iterdir(), *(HERE.parent / "wire").iterdir()])
                if path.suffix in (".xml", ".rss", ".rdf", ".atom", ".nitf"))
    count += sum(check_ninjs(line) for line in (HERE / "versions.ninjs").read_text().splitlines())
    faults = [f"{parser}: {fault}" for fault in faults]
    print("\n".join(faults) or f"{count} items read the same by {parser}")
    if faults:
        sys.exit(1)
if lxml is None:
    print("NOT COMPARED with lxml, which is not installed (python3-lxml): .ci/setup test installs it")
