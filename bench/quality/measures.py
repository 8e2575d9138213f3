"""Measures of a result against a gold standard and brute force. Only the loaders do input or output.

Independent of `twicetold eval`: it reads the same lines and counts for itself.
"""
import collections
import json
import re

TOKEN = re.compile(r"[^\W_]+")
WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+")  # Han: each


class Result:
    """The lines of a scan."""

    def __init__(self, lines):
        self.pairs = []
        self.clusters = []
        self.sections = []
        self.summary = None
        for line in lines:
            record = json.loads(line)
            kind = record["type"]
            if kind == "pair":
                self.pairs.append(record)
            elif kind == "cluster":
                record["articles"] = record.pop("members")  # as the gold standard has it
                self.clusters.append(record)
            elif kind == "section":
                self.sections.append(record)
            elif kind == "summary":
                self.summary = record
            elif kind != "notice":
                raise ValueError("unknown line: " + line[:80])
        if self.summary is None:
            raise ValueError("the result has no summary: it was cut off")


class Gold:
    """The lines of a gold file, and each article's cluster and series."""

    def __init__(self, lines):
        self.clusters, self.pairs, self.series, self.sections = [], [], [], []
        self.related, self.boilerplate, self.notes = [], [], []
        lists = {"cluster": self.clusters, "pair": self.pairs, "series": self.series,
                 "section": self.sections, "related": self.related,
                 "boilerplate": self.boilerplate, "note": self.notes}
        for line in lines:
            record = json.loads(line)
            if "members" in record:  # a result; a gold standard has "articles"
                record["articles"] = record.pop("members")
            lists[record["type"]].append(record)
        self.cluster_of = {i: n for n, c in enumerate(self.clusters) for i in c["articles"]}
        self.in_series = {i for s in self.series for i in s["articles"]}

    def event(self, article):
        """Two articles tell one event if they are copies of each other."""
        return self.cluster_of.get(article, article)

    def alike(self):
        """{key(a, b): line} of the pairs that something makes alike and that are not copies: of one
        line, or of two lines of the same form or furniture."""
        out, users = {}, {}
        for line in self.series + self.boilerplate:
            form = line.get("form", line.get("kind")), line.get("language")
            users.setdefault((line["type"],) + form, []).extend(line["articles"])
        others = [{"type": form[0], "kind": "another group", "articles": articles}
                  for form, articles in users.items()]
        for line in others + self.series + self.related + self.boilerplate + self.notes:
            for n, a in enumerate(line["articles"]):
                out.update((key(a, b), line) for b in line["articles"][n + 1:]
                           if self.event(a) != self.event(b))
        return out


def key(a, b):
    return (a, b) if str(a) <= str(b) else (b, a)


class Reported:
    """Pairs as a user of the result understands them: of articles that it calls identical only the
    first is paired with others, so a pair counts as reported if the pair of their firsts is."""

    def __init__(self, result, wanted=lambda pair: True):
        pairs = list(filter(wanted, result.pairs))
        self.relation = {key(p["a"], p["b"]): p["relation"] for p in pairs}
        self.first = {p["b"]: p["a"] for p in pairs if p["relation"] == "identical"}

    def __contains__(self, pair):
        if key(*pair) in self.relation:
            return True
        a, b = (self.first.get(i, i) for i in pair)
        return a == b or key(a, b) in self.relation


Exact = collections.namedtuple("Exact", "a resemblance containment_a containment_b")


def read_brute(lines):
    """{key(a, b): Exact} of the lines of brute force."""
    out = {}
    for r in map(json.loads, lines):
        out[key(r["a"], r["b"])] = Exact(r["a"], r["resemblance"], r["containment_a"],
                                         r["containment_b"])
    return out


def recall(pairs, reported):
    """(found, all) of the given pairs."""
    pairs = list(pairs)
    return sum(p in reported for p in pairs), len(pairs)


NO_COPIES = ("series", "related", "boilerplate")  # relations of what is alike and no copy


def is_copy(pair):
    return pair["relation"] not in NO_COPIES


def recall_by_kind(gold, reported):
    """{kind: (found, all)} over pairs of an original and one copy, and over all pairs."""
    counts = {}
    for pair in gold.pairs:
        found = (pair["a"], pair["b"]) in reported
        names = ["pairs of copies too"]
        if "+" not in pair["kind"]:
            names += [pair["kind"], "all kinds"]
        for name in names:
            have, total = counts.get(name, (0, 0))
            counts[name] = (have + found, total + 1)
    return counts


def false_pairs(result, gold, brute, resemblance=0.7, containment=0.8):
    """Pairs reported as copies that are neither planted nor confirmed by brute force. Two bulletins
    of series are never copies, whatever they share."""
    out = []
    for p in result.pairs:
        if not is_copy(p):
            continue
        a, b = p["a"], p["b"]
        if a in gold.cluster_of and gold.cluster_of[a] == gold.cluster_of.get(b):
            continue
        confirmed = brute.get(key(a, b))
        if (confirmed and not (a in gold.in_series and b in gold.in_series)
                and (confirmed.resemblance >= resemblance
                     or max(confirmed.containment_a, confirmed.containment_b) >= containment)):
            continue
        out.append(p)
    return out


def wrong_numbers(result, brute, least):
    """Reported pairs whose numbers brute force contradicts. It lists every pair with one of the
    three numbers at `least` or more, so all three are below if it does not list a pair."""
    out = []
    names = ("resemblance", "containment_a", "containment_b")
    for p in result.pairs:
        exact = brute.get(key(p["a"], p["b"]))
        if exact is None:
            if any(p[n] >= least for n in names):
                out.append(p)
            continue
        numbers = exact[1:] if exact.a == p["a"] else (exact[1], exact[3], exact[2])
        if any(abs(p[n] - x) > 1e-12 for n, x in zip(names, numbers)):
            out.append(p)
    return out


def adjusted_rand(gold_clusters, found_clusters, articles):
    """Adjusted Rand index of two partitions of `articles`; an article in no cluster is a part of one."""
    def choose2(n):
        return n * (n - 1) // 2

    def labels(clusters):
        out = {}
        for n, cluster in enumerate(clusters):
            for i in cluster["articles"]:
                out[i] = n
        return out

    gold, found = labels(gold_clusters), labels(found_clusters)
    sizes_g, sizes_f, both = {}, {}, {}
    for i in articles:
        g, f = gold.get(i, ("alone", i)), found.get(i, ("alone", i))
        sizes_g[g] = sizes_g.get(g, 0) + 1
        sizes_f[f] = sizes_f.get(f, 0) + 1
        both[g, f] = both.get((g, f), 0) + 1
    together = sum(choose2(n) for n in both.values())
    in_g = sum(choose2(n) for n in sizes_g.values())
    in_f = sum(choose2(n) for n in sizes_f.values())
    total = choose2(len(articles))
    chance = in_g * in_f / total if total else 0
    most = (in_g + in_f) / 2
    return 1.0 if most == chance else (together - chance) / (most - chance)


def cluster_pairs(gold_label, found_clusters):
    """(right, found, gold) pairs put together by two partitions; gold_label: {article: label}."""
    sizes = {}
    for label in gold_label.values():
        sizes[label] = sizes.get(label, 0) + 1
    gold = sum(n * (n - 1) // 2 for n in sizes.values())
    right = found = 0
    for cluster in found_clusters:
        counts = {}
        for i in cluster["articles"]:
            counts[gold_label[i]] = counts.get(gold_label[i], 0) + 1
        n = len(cluster["articles"])
        found += n * (n - 1) // 2
        right += sum(m * (m - 1) // 2 for m in counts.values())
    return right, found, gold


# ---- what is alike and what is a copy --------------------------------------------------------

LENGTHS = (60, 120, 250, 500)  # words of the shorter article


def length_name(count):
    for low, high in zip((0,) + LENGTHS, LENGTHS):
        if count < high:
            return f"{low} to {high - 1} words"
    return f"{LENGTHS[-1]} words and more"


def by_length(entry):
    """A key that sorts (length name, ...) by the number in the name, "all lengths" first."""
    number = re.match(r"\d+", entry[0])
    return int(number.group()) if number else -1


def word_counts(texts):
    return {i: len(WORD.findall(text)) for i, text in texts.items()}


def shorter(pair, counts):
    return length_name(min(counts[pair["a"]], counts[pair["b"]]))


def precision_of_copies(result, gold, counts):
    """{length: (right, called copies)} with "all lengths" and these without what only furniture
    makes alike; a copy is of the same event."""
    out, alike = {}, gold.alike()
    for p in filter(is_copy, result.pairs):
        names = ["all lengths, furniture too"]
        if alike.get(key(p["a"], p["b"]), p)["type"] != "boilerplate":
            names += ["all lengths", shorter(p, counts)]
        for name in names:
            right, called = out.get(name, (0, 0))
            out[name] = (right + (gold.event(p["a"]) == gold.event(p["b"])), called + 1)
    return out


def recall_by_length(gold, reported, counts):
    """{length: (found, all)} over all pairs of copies."""
    out = {}
    for p in gold.pairs:
        name = shorter(p, counts)
        found, total = out.get(name, (0, 0))
        out[name] = (found + ((p["a"], p["b"]) in reported), total + 1)
    return out


def refused(gold, copies):
    """{type, or type and kind or language: (not called copies, all)} over the pairs that are alike
    and no copies; furniture is of a kind for each language."""
    out = {}
    for pair, line in gold.alike().items():
        names = [f"{line['type']}, another group"]
        if line.get("kind") != "another group":
            names = [line["type"]] + [f"{line['type']}, {line[n]}" for n in ("kind", "language")
                                      if n in line and f"{n} {line['type']}" != "kind boilerplate"]
        for name in names:
            right, total = out.get(name, (0, 0))
            out[name] = (right + (pair not in copies), total + 1)
    return out


def mixed_clusters(result, event):
    """(clusters that hold two events, clusters); `event` of an article."""
    mixed = sum(len({event(i) for i in c["articles"]}) > 1 for c in result.clusters)
    return mixed, len(result.clusters)


# ---- sections ----------------------------------------------------------------------------------

def merge(extents):
    """Sorted disjoint extents that cover the same bytes."""
    out = []
    for begin, end in sorted(extents):
        if out and begin <= out[-1][1]:
            out[-1][1] = max(out[-1][1], end)
        else:
            out.append([begin, end])
    return out


def common(a, b):
    return max(0, min(a[1], b[1]) - max(a[0], b[0]))


def places(section):
    """Each occurrence as (article, begin, end, of_begin, of_end); the reference repeats itself."""
    first = section["occurrences"][0]
    yield first["article"], first["begin"], first["end"], first["begin"], first["end"]
    for o in section["occurrences"][1:]:
        yield o["article"], o["begin"], o["end"], o["of_begin"], o["of_end"]


class Planted:
    """Planted occurrences, found by article."""

    def __init__(self, gold):
        self.sections = gold.sections
        self.by_article = {}
        for n, section in enumerate(gold.sections):
            for m, o in enumerate(section["occurrences"]):
                self.by_article.setdefault(o["article"], []).append((n, m, o["begin"], o["end"]))

    def meeting(self, article, begin, end):
        return [(n, m, b, e) for n, m, b, e in self.by_article.get(article, ())
                if b < end and begin < e]


def covered_by(section, planted):
    """The correct part of a reported section, as ((section, occurrence), begin, end): the part of a
    planted occurrence that it reports, if it also reports another occurrence of the same passage
    for the same part of the reference."""
    met = {}
    for article, begin, end, of_begin, of_end in places(section):
        for n, m, b, e in planted.meeting(article, begin, end):
            met.setdefault(n, []).append((m, max(b, begin), min(e, end), (of_begin, of_end)))
    for n, list_ in met.items():
        for m, begin, end, of in list_:
            if any(m != k and common(of, other) for k, _, _, other in list_):
                yield (n, m), begin, end


def measure_sections(result, gold):
    """Recall per kind in bytes of planted occurrences that a reported section covers together with
    another occurrence of the same passage; bytes reported, and of those the ones beyond it.

    @return {kind: (covered, planted)}, (beyond, reported)
    """
    planted = Planted(gold)
    covered = {}  # (section, occurrence) -> extents
    for section in result.sections:
        for occurrence, begin, end in covered_by(section, planted):
            covered.setdefault(occurrence, []).append((begin, end))
    recalls = {}
    right_by_article = {}
    for n, section in enumerate(gold.sections):
        for m, o in enumerate(section["occurrences"]):
            extents = merge(covered.get((n, m), ()))
            right_by_article.setdefault(o["article"], []).extend(map(tuple, extents))
            size = sum(e - b for b, e in extents)
            for name in (section["kind"], "all kinds"):
                have, total = recalls.get(name, (0, 0))
                recalls[name] = (have + size, total + o["end"] - o["begin"])
    beyond = reported = 0
    for section in result.sections:
        for o in section["occurrences"]:
            size = o["end"] - o["begin"]
            inside = sum(common((o["begin"], o["end"]), x)
                         for x in merge(right_by_article.get(o["article"], ())))
            reported += size
            beyond += size - inside
    return recalls, (beyond, reported)


def recall_of_groups(result, texts, group):
    """(covered, all) in characters of the texts: what of each is in sections that it shares with
    another article of its group, where it has any."""
    sizes = collections.Counter(group[i] for i in texts)
    held = {}
    for section in result.sections:
        of = {}
        for o in section["occurrences"]:
            of.setdefault(group.get(o["article"]), set()).add(o["article"])
        for o in section["occurrences"]:
            if len(of[group.get(o["article"])]) > 1:
                held.setdefault(o["article"], []).append((o["begin"], o["end"]))
    covered = total = 0
    for article, text in texts.items():
        if sizes[group[article]] > 1:
            covered += sum(e - b for b, e in merge(held.get(article, ())))
            total += len(text.encode())
    return covered, total


def sections_without_common_text(result, tokens=100):
    """(sections two places of which share nothing, sections) of those with three places or more
    and `tokens` or more: two places share what they both repeat of the reference."""
    empty = total = 0
    for section in result.sections:
        if section["tokens"] < tokens or len(section["occurrences"]) < 3:
            continue
        total += 1
        of = [(b, e) for _, _, _, b, e in places(section)]
        empty += max(b for b, _ in of) >= min(e for _, e in of)
    return empty, total


def cut_joints(result, bytes_between=16, most=8):
    """(joints that cut a continuous run, joints): a joint is where one of two articles goes from
    one section that they share straight on to the next; it cuts a run if the other does as well,
    and no other section that they share has the text on both sides. Of a section with many places
    the first `most` are looked at."""
    shared, held = {}, {}
    for number, section in enumerate(result.sections):
        for a, b, e, _, _ in places(section):
            held.setdefault(a, {}).setdefault(number, []).append((b, e))
        of = sorted((a, b, e) for a, b, e, _, _ in list(places(section))[:most])
        for n, (a, b, e) in enumerate(of):
            for x, y, z in of[n + 1:]:
                if a != x:
                    shared.setdefault((a, x), []).append((b, e, y, z))

    def has_both_sides(extents, end, begin):
        """A place that goes on beyond the joint on either side."""
        return any(b < end - bytes_between and e > begin + bytes_between for b, e in extents)

    cut = total = 0
    for (a, x), runs in shared.items():
        runs.sort()
        for (_, end, y, z), (begin, _, other, _) in zip(runs, runs[1:]):
            near = abs(begin - end) <= bytes_between, abs(other - z) <= bytes_between
            if other >= y and any(near):
                total += 1
                cut += all(near) and not any(
                    has_both_sides(held[a][n], end, begin) and has_both_sides(held[x][n], z, other)
                    for n in held[a].keys() & held[x].keys())
    return cut, total


def cut_characters(result, texts):
    """Extents that begin or end inside a character of the UTF-8 text, or outside it."""
    data = {}
    wrong = checked = 0
    for section in result.sections:
        for n, o in enumerate(section["occurrences"]):
            ends = [(o["article"], o["begin"]), (o["article"], o["end"])]
            if n:
                reference = section["occurrences"][0]["article"]
                ends += [(reference, o["of_begin"]), (reference, o["of_end"])]
            for article, at in ends:
                if article not in data:
                    data[article] = texts[article].encode()
                bytes_ = data[article]
                checked += 1
                wrong += not (0 <= at <= len(bytes_)
                              and (at == len(bytes_) or bytes_[at] & 0xC0 != 0x80))
    return wrong, checked


def measure_extents(result, texts, rows):
    """Sections against passages that are known to be in a page and in its handmade text.

    `rows` are those of extents.jsonl, in code points. The part of a passage that counts as found is
    covered by a section that also contains the passage in the handmade text. Precision is the share
    of known passages in what sections with both articles report in the page. It is a lower bound,
    since passages that an extractor changed are not in the rows.
    """
    offsets = {}

    def to_bytes(article, at):
        if article not in offsets:
            text, table = texts[article], None
            if not text.isascii():
                table, n = [0], 0
                for character in text:
                    n += len(character.encode())
                    table.append(n)
            offsets[article] = table
        table = offsets[article]
        return at if table is None else table[at]

    holding = {}
    for n, section in enumerate(result.sections):
        for o in section["occurrences"]:
            holding.setdefault(o["article"], {}).setdefault(n, []).append((o["begin"], o["end"]))
    covered = total = right = reported = 0
    for row in rows:
        page, hand = row["id"], row["gt"]
        if page == hand or page not in texts or hand not in texts:
            continue
        here, there = holding.get(page, {}), holding.get(hand, {})
        shared = [(here[n], there[n]) for n in here if n in there]
        known = []
        for begin2, end2, begin, end, _ in row["spans"]:
            span = (to_bytes(page, begin), to_bytes(page, end))
            twin = (to_bytes(hand, begin2), to_bytes(hand, end2))
            known.append(span)
            total += span[1] - span[0]
            hits = []
            for mine, theirs in shared:
                if any(common(x, twin) for x in theirs):
                    hits += [(max(x[0], span[0]), min(x[1], span[1])) for x in mine
                             if common(x, span)]
            covered += sum(e - b for b, e in merge(hits))
        known = merge(known)
        # Blanks between two known passages belong to neither; close gaps of a few bytes.
        closed = []
        for b, e in known:
            if closed and b - closed[-1][1] <= 4:
                closed[-1][1] = e
            else:
                closed.append([b, e])
        for b, e in merge(x for mine, _ in shared for x in mine):
            reported += e - b
            right += sum(common((b, e), x) for x in closed)
    return covered, total, right, reported
