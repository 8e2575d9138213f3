"""The living index: what the command says of the same feed, and all that can go wrong."""

import concurrent.futures
import datetime
import gc
import json
import multiprocessing
import os
import subprocess
import sys
import threading
import time

import pytest
import twicetold
from conftest import FEED, PAYWALL, SOON, command, lines, need, paywall_page
from test_process import endless, interrupted, resident
from twicetold import Index

UTC = datetime.timezone.utc


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """What the command says of each article of the feed as it arrives."""
    path = tmp_path_factory.mktemp("expected") / "feed.db"
    with open(FEED, "rb") as feed:
        return lines(command("watch", "--quiet", path, stdin=feed), "verdict")


@pytest.fixture()
def path(tmp_path):
    return tmp_path / "feed.db"


def article(id, text, **more):
    return dict(id=id, text=text, **more)


def words(seed, count=60):
    return " ".join(f"w{seed * 7919 + k * k * 31 % 1000}" for k in range(count))


# ---- The same as the command -----------------------------------------------------------------------


def test_verdicts_are_the_command_s(tmp_path, articles, expected):
    given = {"path": FEED, "dicts": articles, "tuple": tuple(articles), "generator": (a for a in articles)}
    for name, of in given.items():
        with Index(tmp_path / name) as index:
            verdicts = index.add(of)
            assert list(verdicts) == expected and list(verdicts) == expected
            assert verdicts.rejected == [] and len(verdicts) == sum(verdicts.counts.values()) == len(articles)
            assert verdicts.counts["duplicate"] == sum(v["verdict"] == "duplicate" for v in expected)
    with Index(tmp_path / "one by one") as index:
        assert [list(index.add(a))[0] for a in articles[:40]] == expected[:40]


def test_a_path_with_a_zero_byte_is_refused(tmp_path):
    with pytest.raises(ValueError):
        twicetold.Index(f"{tmp_path}/feed.db\0more")
    assert list(tmp_path.iterdir()) == []


def test_an_index_in_memory(articles, expected):
    with twicetold.Index() as index:
        assert list(index.add(articles)) == expected and len(index) == len(articles)
        assert index.path is None and repr(index) == "<twicetold.Index in memory>"
        assert [v["verdict"] for v in index.query(articles[:3])] == ["duplicate"] * 3
        assert index.remove([a["id"] for a in articles]) == len(articles) and len(index) == 0
    with pytest.raises(twicetold.InvalidError, match="the index is closed"):
        index.add(articles)
    with twicetold.Index(resemblance=0.9) as one, twicetold.Index() as other:
        one.add(articles[0])
        assert len(other) == 0 and one.options["resemblance"] == 0.9


def test_verdicts_from_arrow(tmp_path, articles, expected):
    pa = need("pyarrow")
    table = pa.Table.from_pylist(articles)
    need("pyarrow.parquet").write_table(table, tmp_path / "feed.parquet", row_group_size=50)
    dataset = need("pyarrow.dataset").dataset(tmp_path / "feed.parquet")
    given = {"table": table, "reader": table.to_reader(7), "parquet": tmp_path / "feed.parquet", "dataset": dataset}
    for name, of in given.items():
        with Index(tmp_path / name) as index:
            verdicts = index.add(of)
            assert list(verdicts) == expected
            assert index.stat()["newest"] == datetime.datetime(2030, 5, 12, 6, 37, tzinfo=UTC) or index.stat()["newest"]
    whole = pa.table(verdicts)
    whole.validate(full=True)
    assert whole.to_pylist() == expected and whole.column_names == verdicts.columns
    assert verdicts.to_pandas()["verdict"].tolist() == [v["verdict"] for v in expected] if need("pandas") else True
    assert need("polars") and verdicts.to_polars().to_dicts() == expected


def test_what_the_command_added_is_found_here_and_the_other_way(path, tmp_path, articles):
    half = tmp_path / "half.jsonl"
    half.write_text("".join(json.dumps(a) + "\n" for a in articles[:150]))
    command("index", "create", path)
    command("index", "add", "--quiet", path, half)
    there = lines(command("index", "query", "--quiet", path, FEED), "verdict")
    with Index(path, read_only=True) as index:
        assert list(index.query(articles)) == there
        assert list(index.query(FEED)) == there
        assert len(index) == 150
        stat = json.loads(command("index", "stat", "--json", path))
        here = index.stat()
        assert stat.pop("options") == index.options
        assert here.pop("memory_bytes") > 0 and stat.pop("memory_bytes") > 0  # grown by queries
        assert here.pop("newest").strftime("%Y-%m-%dT%H:%M:%SZ") == stat.pop("newest")
        assert here.pop("oldest").strftime("%Y-%m-%dT%H:%M:%SZ") == stat.pop("oldest")
        assert here == stat
    with Index(path) as index:
        assert index.add(articles[150:], verdicts=False) is None
    with open(FEED, "rb") as feed:
        again = lines(command("watch", "--quiet", path, stdin=feed), "verdict")
    assert {v["verdict"] for v in again} == {"duplicate"} and all(v["of"] == v["id"] for v in again)
    assert Index.check(path) == []


def test_a_query_stores_nothing(path, articles):
    with Index(path) as index:
        assert index.query(articles).counts["new"] == len(articles) and len(index) == 0
        assert index.query([]).counts == {"new": 0, "duplicate": 0, "update": 0, "overlaps": 0, "withdrawn": 0, "correction": 0}


# ---- Articles come and go --------------------------------------------------------------------------


def test_an_id_that_is_there_is_replaced(path):
    first, more = words(1), words(2)
    with Index(path) as index:
        verdicts = index.add([article("a", first), article("a", first + " " + more), article("b", first)])
        assert [(v["verdict"], v["of"]) for v in verdicts] == [("new", None), ("update", "a"), ("duplicate", "a")]
        assert verdicts.counts == {"new": 1, "duplicate": 1, "update": 1, "overlaps": 0, "withdrawn": 0, "correction": 0} and len(index) == 2
        again = list(index.add(article("b", first)))[0]
        assert (again["verdict"], again["of"], again["resemblance"]) == ("duplicate", "b", 1)


def test_articles_are_removed(path):
    pa = need("pyarrow")
    with Index(path) as index:
        index.add([article(i, words(i)) for i in range(8)] + [article(f"{i}", words(100 + i)) for i in range(8)])
        assert index.remove("1") == 1 and index.remove(1) == 1 and index.remove(1) == 0
        assert index.remove(["2", 2, "none"]) == 2
        assert index.remove(str(i) for i in (3, 4)) == 2
        assert index.remove(pa.array([3, 4])) == 2 and index.remove(pa.chunked_array([["5"], ["6"]])) == 2
        assert index.remove([]) == 0 and len(index) == 6
        with pytest.raises(TypeError, match="an id is a str or an int, not float"):
            index.remove([1.5])


def test_articles_expire(path):
    with Index(path) as index:
        for day in range(1, 7):
            index.add(article(f"{day}", words(day), published=f"2020-05-0{day}T12:00:00Z"))
        assert index.expire("2020-05-02T00:00:00Z") == 1
        assert index.expire(datetime.date(2020, 5, 3)) == 1
        assert index.expire(datetime.datetime(2020, 5, 3, 12)) == 0
        east = datetime.timezone(datetime.timedelta(hours=2))
        assert index.expire(datetime.datetime(2020, 5, 3, 14, 0, 0, 1, east)) == 1
        assert index.expire(older_than="1d") == 3
        now = datetime.datetime.now(UTC)
        index.add([article("x", words(8), published=now - datetime.timedelta(hours=50)), article("y", words(9))])
        assert index.stat()["oldest"] == now - datetime.timedelta(hours=50)
        assert index.expire(older_than=datetime.timedelta(days=3)) == 0 and index.expire(older_than="49h") == 1
        assert len(index) == 1
        for wrong in ({}, {"before": "2020-05-01", "older_than": "1d"}, {"before": "May"}, {"older_than": "1y"}):
            with pytest.raises(twicetold.InvalidError):
                index.expire(**wrong)
        for wrong in ({"before": 5}, {"older_than": 5}):
            with pytest.raises(TypeError):
                index.expire(**wrong)


def test_times_have_other_names(path):
    with Index(path) as index:
        index.add([article("a", words(1), at="2030-01-01")], published="at")
        index.add([article("b", words(2), published="2030-01-01")], published=None)
        assert index.expire("2030-01-02") == 2 or index.expire("2030-01-02") == 0
        pa = need("pyarrow")
        with pytest.raises(twicetold.InvalidError, match="published"):
            index.add(pa.table({"id": ["a"], "text": ["b"], "published": [7]}))
        index.add(pa.table({"id": ["c"], "text": [words(3)], "published": [7]}), published=None)


def test_rejected_articles_are_listed(path):
    text = words(1)
    with Index(path) as index:
        verdicts = index.add([article("a", text), {"text": text}, {"id": "c"}, article("d", b"\xff"), article(None, text)])
        assert [(r["row"], r["status"], r["reason"]) for r in verdicts.rejected] == [
            (1, "TT_EINVAL", "no id"),
            (2, "TT_EFORMAT", "no text"),
            (3, "TT_EFORMAT", "id or text is not valid UTF-8"),
            (4, "TT_EINVAL", "no id"),
        ]
        assert len(verdicts) == len(index) == 1
    with Index(path, max_article_bytes=10) as index:
        assert index.add(article("e", text)).rejected[0]["status"] == "TT_ELIMIT"


@pytest.mark.parametrize(
    "ids, given", [([5, -7], [5, -7]), ([1, 2**64 - 1], [1, 2**64 - 1]), ([1, "x"], ["1", "x"]), ([-1, 2**63], ["-1", str(2**63)])]
)
def test_integer_ids_come_back_as_such(path, ids, given):
    with Index(path) as index:
        verdicts = index.add([article(i, words(1)) for i in ids])
        assert [v["id"] for v in verdicts] == given and [v["of"] for v in verdicts] == [None, given[0]]
        assert list(verdicts)[1]["sections"][0]["article"] == given[0]
        whole = need("pyarrow").table(verdicts)
        whole.validate(full=True)
        assert whole.to_pylist() == list(verdicts)


def test_more_verdicts_than_a_batch_has(path):
    with Index(path, overlap="off", containment="off", facts="off") as index:
        verdicts = index.add(({"id": i, "text": f"a{i} b{i}"} for i in range(33_000)))
        table = need("pyarrow").table(verdicts)
        table.validate(full=True)
        assert table["id"].num_chunks == 2 and table["id"].to_pylist() == list(range(33_000))


# ---- Options and errors ----------------------------------------------------------------------------


def test_what_shapes_an_index_is_kept(path):
    with Index(path, drop=0.9, overlap="off", min_section=16, threads=1) as index:
        assert (index.options["drop"], index.options["overlap"], index.options["min_section"]) == (0.9, "off", 16)
    with Index(path) as index:
        assert index.options["drop"] == 0.9
    with pytest.raises(twicetold.InvalidError, match="another drop"):
        Index(path, drop=0.8)
    with pytest.raises(TypeError, match="unknown option 'keep'"):
        Index(path, keep="first")
    with pytest.raises(twicetold.InvalidError, match="min_section"):
        Index(path, min_section=1)


def test_files_that_are_no_index(path, tmp_path):
    with pytest.raises(twicetold.InputOutputError) as caught:
        Index(path, create=False)
    assert caught.value.status == "TT_EIO" and str(path) in str(caught.value) and not path.exists()
    with pytest.raises(twicetold.InputOutputError):
        Index(path, read_only=True)
    path.write_bytes(b"SQLite format 4\0" * 100)
    with pytest.raises(twicetold.FormatError):
        Index(path)
    with pytest.raises(twicetold.FormatError):
        Index.check(path)
    with pytest.raises(twicetold.Error):
        Index(tmp_path)


def test_damage_is_found(path, articles):
    with Index(path) as index:
        index.add(articles[:50])
    whole = bytearray(path.read_bytes())
    stored = next(k for k in range(len(whole) // 2, len(whole)) if all(whole[k : k + 8]))
    whole[stored : stored + 64] = bytes(64)
    path.write_bytes(whole)
    try:
        assert Index.check(path)
    except twicetold.FormatError as error:
        assert "damaged" in str(error)


def test_reading_and_closed_ones_refuse(path):
    with Index(path) as index:
        index.add(article("a", words(1)))
    with Index(path, read_only=True) as index:
        for call in (lambda: index.add(article("b", words(2))), lambda: index.remove("a"), lambda: index.expire("2040-01-01")):
            with pytest.raises(twicetold.InvalidError, match="opened to be read"):
                call()
        assert len(index) == 1
    index.close()
    for call in (index.stat, lambda: index.query([]), lambda: index.remove("a"), lambda: index.options):
        with pytest.raises(twicetold.InvalidError, match="closed"):
            call()
    with pytest.raises(TypeError, match="pickled"):
        __import__("pickle").dumps(index)


def test_what_is_no_input(path):
    with Index(path) as index:
        with pytest.raises(TypeError):
            index.add(5)
        with pytest.raises(TypeError, match="article 1 is not a mapping"):
            index.add([article("a", "b"), 7])
        with pytest.raises(twicetold.InputOutputError, match="none.jsonl"):
            index.add("none.jsonl")
        assert len(index) == 0  # of a batch that broke off


def test_one_process_writes(path):
    script = "import sys, twicetold; i = twicetold.Index(sys.argv[1]); print(flush=True); sys.stdin.read()"
    other = subprocess.Popen([sys.executable, "-c", script, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    other.stdout.readline()
    with pytest.raises(twicetold.LockedError) as caught:
        Index(path)
    assert caught.value.status == "TT_ELOCKED" and isinstance(caught.value, BlockingIOError)
    with Index(path, read_only=True) as index:
        assert len(index) == 0
    other.communicate()
    Index(path).close()


FULL = """
import resource, sys, twicetold
index = twicetold.Index(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (3 << 20, resource.RLIM_INFINITY))
rows = ({"id": i, "text": " ".join(f"{i}w{k}" for k in range(200))} for i in range(20000))
try:
    index.add(rows)
except twicetold.InputOutputError as error:
    print(error.status, error.where, error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(len(index))
index.add({"id": "more", "text": "more"})
"""


def test_a_full_disk_says_what_was_added(path):
    pytest.importorskip("resource")
    said, count = subprocess.run([sys.executable, "-c", FULL, path], check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    assert said.startswith(f"TT_EIO {count} ") and f"articles from row {count} on were not added" in said
    assert 0 < int(count) < 20000 and Index.check(path) == []


# ---- Threads, forks, Ctrl-C ------------------------------------------------------------------------


def test_threads_share_an_index(path, articles, expected):
    with Index(path) as index:
        index.add(articles)
        there = list(index.query(articles[:60]))
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            for found in pool.map(lambda _: list(index.query(articles[:60])), range(12)):
                assert found == there
            list(pool.map(lambda n: index.add(article(f"new {n}", words(n))), range(30)))
        assert len(index) == len(articles) + 30


def test_other_threads_run_meanwhile(path, articles):
    ticks, done = [0], threading.Event()

    def tick():
        while not done.is_set():
            ticks[0] += 1
            time.sleep(0.001)

    other = threading.Thread(target=tick)
    with Index(path, threads=1) as index:
        index.add(articles)
        other.start()
        began = time.perf_counter()
        for _ in range(5):
            index.query(FEED)
        took = time.perf_counter() - began
    done.set()
    other.join()
    assert ticks[0] > took * 50


def test_what_is_read_may_ask_the_index(path, articles):
    with Index(path) as index:
        fresh = (a for a in articles[:100] if index.query(a).counts["new"])
        assert index.add(fresh).counts["new"] > 10

        def closing():
            yield article("a", words(1))
            index.close()

        with pytest.raises(twicetold.InvalidError, match="closed"):
            index.add(closing())


def open_and_count(path):
    try:
        with Index(path, read_only=True) as index:
            return len(index)
    except twicetold.InvalidError as error:
        return str(error)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_forks(path, tmp_path, articles):
    index = Index(path)
    index.add(articles[:50])
    fork = multiprocessing.get_context("fork")
    with fork.Pool(2) as pool:
        assert "was open when this process was forked" in pool.apply(open_and_count, [path])
        assert "opened before this process was forked" in pool.apply(inherited, [])
        with Index(tmp_path / "other.db") as other:
            other.add(articles[:7])
        assert pool.apply(open_and_count, [tmp_path / "other.db"]) == 7
        index.add(articles[50:])  # the children closed and forgot theirs: nothing is harmed
        index.close()
        with Index(path) as index:  # and they do not keep the lock
            assert len(index) == len(articles)
    assert Index.check(path) == []
    with fork.Pool(2) as pool:
        assert pool.apply(open_and_count, [path]) == len(articles)
    spawn = multiprocessing.get_context("spawn")
    with Index(path) as index, spawn.Pool(1) as pool:
        assert pool.apply(open_and_count, [path]) == len(articles)


def inherited():
    """In a child: whatever is done to the parent's index is refused, or does nothing."""
    index = next(o for o in gc.get_objects() if isinstance(o, Index) and getattr(o, "_process", os.getpid()) != os.getpid())
    reasons = set()
    for call in (index.stat, lambda: index.query([]), lambda: index.remove("a"), lambda: index.expire("2030-01-01"), lambda: index.add([])):
        try:
            call()
        except twicetold.InvalidError as error:
            reasons.add(str(error))
    index.close()
    index._index.close()
    assert len(reasons) == 1
    return reasons.pop()


def test_ctrl_c_leaves_whole_commits(path, articles):
    given = threading.Event()

    def rows():
        for n, a in enumerate(endless(articles)):
            if n > 5000:
                given.set()
            yield a

    with Index(path) as index:
        assert interrupted(lambda: index.add(rows())) < SOON
        count = len(index)
        assert count % 1024 == 0
        assert index.add(article("after", words(1))).counts["new"] == 1
    assert Index.check(path) == []


def test_ctrl_c_ends_a_query_of_a_list(path, articles):
    many = [dict(a, id=f"{i}-{a['id']}") for i in range(400) for a in articles]
    with Index(path) as index:
        index.add(articles)
        assert interrupted(lambda: index.query(many)) < 3


def test_progress_is_told_and_ends_the_call(path, articles):
    seen = []
    with Index(path) as index:
        index.add(articles, progress=lambda *step: seen.append(step))
        index.query(FEED, progress=lambda *step: seen.append(step))
        assert seen[0] == ("add", len(articles), 0) and {s for s, _, _ in seen} == {"add", "read"}

        def stop(*step):
            raise LookupError

        with pytest.raises(LookupError):
            index.add(articles, progress=stop)


# ---- Memory ----------------------------------------------------------------------------------------


def test_verdicts_outlive_their_index(path, articles, expected):
    with Index(path) as index:
        verdicts = index.add(articles)
    rows = iter(verdicts)
    shown = verdicts._repr_html_()
    del verdicts, index
    gc.collect()
    assert list(rows) == expected and "the first 10" in shown


def test_a_part_of_the_verdicts_is_kept(path, articles, expected):
    """A consumer lets the batch go and keeps a child of it."""
    pa = need("pyarrow")
    with Index(path) as index:
        sections = pa.table(index.add(articles))["sections"].chunk(0).flatten().field("similarity")
    gc.collect()
    assert sections.to_pylist() == [s["similarity"] for v in expected for s in v["sections"]]


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="there is no /proc/self/statm")
def test_memory_does_not_grow(tmp_path, articles):
    def once(n):
        with Index(tmp_path / "a.db", threads=1) as index:
            for verdicts in (index.add(articles), index.query(FEED)):
                list(verdicts), verdicts._repr_html_()
            index.remove([a["id"] for a in articles])
        for wrong in ("none.jsonl", 5, [5]):
            with Index(tmp_path / "b.db", threads=1) as index:
                try:
                    index.add(wrong)
                except (TypeError, twicetold.Error):
                    pass

    for n in range(4):
        once(n)
    gc.collect()
    before = resident()
    for n in range(15):
        once(n)
    gc.collect()
    assert resident() - before < 8 << 20


# ---- What an index has -----------------------------------------------------------------------------


@pytest.mark.parametrize("keeps", [False, True])
def test_articles_are_found_and_listed(articles, tmp_path, keeps):
    given = [*articles, {"id": 7, "text": articles[0]["text"] + " And more."}]
    for path in (None, tmp_path / f"{keeps}.db"):
        with Index(path, keep_text=keeps) as index:
            assert index.options["keep_text"] is keeps
            verdicts = list(index.add(given))
            assert list(index) == [a["id"] for a in given] and len(index) == len(given)
            assert 7 in index and "7" not in index and None not in index and articles[3]["id"] in index
            found = index[articles[5]["id"]]
            assert found["title"] == (articles[5]["title"] if keeps else None)
            assert found["text"] == (articles[5]["text"] if keeps else None)
            assert found["source"] == articles[5]["source"] and found["bytes"] == len(articles[5]["text"].encode())
            assert found["published"] == datetime.datetime(2034, 5, 8, 5, 24, tzinfo=UTC) and found["arrival"] <= datetime.datetime.now(UTC)
            assert {k: verdicts[5][k] for k in found["verdict"]} == found["verdict"]
            assert index.story(found["story"])["first"] == articles[0]["id"] and index.story(10**9) is None
            assert index.get("nobody") is None
            with pytest.raises(KeyError):
                index["nobody"]
            with pytest.raises(KeyError):
                index.matches("nobody")
            others = index.matches(articles[5]["id"])
            asked = index.query(articles[5], all=True, exclude_self=True)
            assert {m["of"] for m in others} >= {m["of"] for m in asked} and all(m["id"] == articles[5]["id"] for m in others)
            first = list(index.articles())[:100]
            assert [a["text"] for a in first] == [None] * 100
            rest = list(index.articles(first[-1]["number"], texts=keeps))
            assert [a["id"] for a in rest] == [a["id"] for a in given[100:]]
            assert not keeps or [a["text"] for a in rest] == [a["text"] for a in given[100:]]
            newest = [a["id"] for a in index.articles(newest_first=True)]
            assert newest == [a["id"] for a in reversed(given)]


def test_decisions(articles):
    with Index() as index:
        index.add(articles[:20])
        assert index.decide(articles[0]["id"], "kill", who="the desk") == 1
        assert index.decide(articles[1]["id"], "not-a-copy", articles[0]["id"]) == 2
        assert [(d["id"], d["decision"], d["of"], d["who"]) for d in index.decisions()] == [
            (articles[0]["id"], "kill", None, "the desk"),
            (articles[1]["id"], "not-a-copy", articles[0]["id"], ""),
        ]
        assert [d["number"] for d in index.decisions(1)] == [2] and index.decisions()[0]["time"].tzinfo is UTC
        assert index.query(dict(articles[0], id="again"))[0]["verdict"] == "withdrawn"
        with pytest.raises(twicetold.InvalidError, match="decision: 'drop' is not allowed"):
            index.decide(articles[0]["id"], "drop")


def test_indexes_are_merged(articles, tmp_path, expected):
    with Index(tmp_path / "a.db", keep_text=True) as a, Index(tmp_path / "b.db", keep_text=True) as b, Index() as without:
        a.add(articles[:200])
        b.add([*articles[200:], dict(articles[0], text="another text for the same id")])
        assert a.merge(b) == len(articles) - 200 + 1 and len(a) == len(articles)
        assert a[articles[0]["id"]]["text"] == "another text for the same id"
        assert [a[i]["title"] for i in a][-2] == articles[-1]["title"]
        without.add(articles[:3])
        with pytest.raises(twicetold.InvalidError, match="keeps no texts; make it with keep_text=True"):
            a.merge(without)
        with pytest.raises(twicetold.InvalidError, match="merged with itself"):
            a.merge(a)


def test_a_damaged_index_is_repaired(articles, tmp_path):
    path, saved = tmp_path / "a.db", tmp_path / "b.db"
    with Index(path) as index:
        index.add(articles)
        pages = os.path.getsize(path) // 4096 if os.path.exists(path) else 0
    data = bytearray(path.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle + 100 : middle + 3000] = bytes(2900)
    path.write_bytes(data)
    out = Index.repair(path, saved)
    assert out["kept"] + out["lost"] > 0 and out["findings"] and not out["options_lost"] and pages >= 0
    with Index(saved) as index:
        assert len(index) == out["kept"] and Index.check(saved) == []
    with pytest.raises(twicetold.InvalidError):
        Index.repair(path, saved)


def test_reading_does_not_wait_for_an_add(articles, tmp_path):
    with Index(tmp_path / "x.db") as index:
        index.add(articles)
        holds, go_on = threading.Event(), threading.Event()

        def slow():
            yield {"id": "new", "text": "a text that is new"}
            holds.set()
            go_on.wait(20)

        writer = threading.Thread(target=lambda: index.add(slow()))
        writer.start()
        holds.wait(20)
        assert articles[3]["id"] in index and len(list(index)) == len(articles) and writer.is_alive()
        assert index.matches(articles[5]["id"])[0]["of"]
        go_on.set()
        writer.join()


def test_notices_last_as_long_as_the_object(tmp_path, path):
    articles, page = paywall_page()
    notices = tmp_path / "list"
    twicetold.scan(PAYWALL).write(notices)
    with Index(path, notices=notices) as index:
        notices.unlink()
        index.add(articles)
        assert index.query(page)["verdict"] == ["new"]
        assert {m["relation"] for m in index.query(page, all=True)} == {"boilerplate"}
    with Index(path) as index:
        assert index.query(page)["verdict"] == ["duplicate"]
    with pytest.raises(twicetold.InputOutputError):
        Index(path, notices=notices)


def test_notices_that_an_index_has_learned(tmp_path, path):
    terms = (
        "These terms apply wherever our stories are used, and nobody may publish, sell, store or rewrite any part of "
        "them unless the agency agreed beforehand; ask its desk about licences, fees, permissions, corrections and "
        "complaints by post or telephone on working days."
    )
    flashes = [article(f"f{n}", f"{words(n, 7)}.\n\n{terms}") for n in range(10)]
    with Index(path) as index:
        assert list(index.notices().notices) == []
        for flash in flashes:
            index.add([flash])
        learned = index.notices()
        learned.write(tmp_path / "list")
    tokens = [n["tokens"] for n in learned.notices]
    assert len(tokens) == 1 and list(learned.pairs) == []
    with Index(path, read_only=True) as index:  # how many articles share it is known to the one that learned it
        assert [n["tokens"] for n in index.notices().notices] == tokens
    assert [w["tokens"] for w in lines(command("index", "notices", path), "notice")] == tokens
    with Index(notices=tmp_path / "list") as other:
        assert other.add(flashes)["verdict"] == ["new"] * 10
        assert [n["tokens"] for n in other.notices().notices] == tokens
    assert list(twicetold.scan(flashes, notices=tmp_path / "list").clusters) == []
    with pytest.raises(twicetold.InvalidError, match="closed"):
        index.notices()


def test_rules_for_sources_are_those_of_watch(path):
    text = words(1)
    copies = [article(id, text, source=source) for id, source in ("aA", "bA", "cB", "dP")]

    def verdicts(**rules):
        with Index(**rules) as index:
            return [(v["verdict"], v["of"]) for v in index.add(copies)]

    assert verdicts() == [("new", None), *[("duplicate", "a")] * 3]
    assert verdicts(sources="across") == [("new", None), ("new", None), *[("duplicate", "a")] * 2]
    assert verdicts(sources="within") == [("new", None), ("duplicate", "a"), ("new", None), ("new", None)]
    preferred = [("new", None), ("duplicate", "a"), ("update", "a"), ("update", "c")]
    assert verdicts(prefer=["P", "B"]) == verdicts(prefer="P,B") == preferred
    with Index(path, sources="across") as index:
        index.add(copies[:1])
        with index._lock, concurrent.futures.ThreadPoolExecutor() as pool:  # as while an add goes on: another object reads
            assert pool.submit(index.query, copies[1:2]).result(SOON)["verdict"] == ["new"]
    with pytest.raises(twicetold.InvalidError, match='"any", "across" or "within"'):
        Index(sources="other")
    with pytest.raises(twicetold.InvalidError, match="has a comma"):
        Index(prefer=["A, B"])
    with pytest.raises(TypeError, match="names of sources, not int"):
        Index(prefer=[1])
