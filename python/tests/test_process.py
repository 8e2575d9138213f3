"""Threads, forks, signals, progress, memory."""

import concurrent.futures
import gc
import itertools
import multiprocessing
import os
import signal
import subprocess
import sys
import sysconfig
import threading
import time

import pytest
import twicetold
from conftest import FEED, SOON, need


def found(given=FEED, threads=0):
    return list(twicetold.scan(given, threads=threads).pairs)


def test_a_pool_of_threads(articles):
    there = found()
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        for pairs in pool.map(lambda i: found(articles if i % 2 else FEED, i % 3), range(24)):
            assert pairs == there


def test_one_result_in_many_threads(articles):
    result = twicetold.scan(articles)
    there = list(result.pairs), list(result.sections)
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        for some in pool.map(lambda _: (list(result.pairs), list(result.sections)), range(24)):
            assert some == there


def test_the_module_needs_no_lock_of_the_interpreter(articles):
    """Without one too (3.13t, 3.14t; .ci/jobs/nogil), whatever several threads do with the same objects."""
    code = "import sys, warnings; warnings.simplefilter('error'); import twicetold; print(sys._is_gil_enabled())"
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        assert subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True).stdout == b"False\n"
    whole, there = twicetold.scan(articles), found()
    with twicetold.Index() as index, concurrent.futures.ThreadPoolExecutor(8) as pool:
        index.add(articles[:100])

        def work(number):
            assert list(whole.pairs) == there == found(articles, 1)
            assert len(whole.removed) == 155 and len(list(whole.sections)) == len(whole.sections)
            index.add(articles[100 + 10 * number : 110 + 10 * number], verdicts=False)
            return len(twicetold.dedup(articles, threads=1)) + len(index.query(articles[:9])) + (len(list(index)) > 99)

        assert list(pool.map(work, range(16))) == [153 + 9 + 1] * 16
        assert len(index) == 260


def test_other_threads_run_meanwhile(articles):
    given = [dict(a, id=f"{i}-{a['id']}", text=f"{i} {a['text']}") for i in range(30) for a in articles]
    count, done = itertools.count(), threading.Event()

    def tick():
        while not done.is_set():
            next(count)
            time.sleep(0.001)

    other = threading.Thread(target=tick)
    other.start()
    began = time.perf_counter()
    twicetold.scan(given, threads=1)
    took = time.perf_counter() - began
    done.set()
    other.join()
    assert next(count) > took * 50


@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_processes(method):
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"there is no {method} here")
    there = found(threads=4)  # threads have been used before the fork
    with multiprocessing.get_context(method).Pool(2) as pool:
        for pairs in pool.map_async(found, [FEED] * 4).get(60):
            assert pairs == there


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_fork_that_takes_a_result_along():
    if not hasattr(os, "fork"):
        pytest.skip("there is no fork here")
    result = twicetold.scan(FEED)
    there = len(list(result.sections))
    child = os.fork()
    if child == 0:
        os._exit(0 if len(list(result.sections)) == there else 1)
    assert os.waitpid(child, 0)[1] == 0


# ---- Ctrl-C and progress ---------------------------------------------------------------------------


def interrupted(call):
    """The seconds from a Ctrl-C to the end of the call."""
    sent = []

    def send():
        time.sleep(0.3)
        sent.append(time.perf_counter())
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=send)
    try:
        with pytest.raises(KeyboardInterrupt):
            thread.start()  # here, since 0.3 s may pass before the next line on a busy machine
            call()
            time.sleep(5)  # it ended too early to be stopped
            pytest.fail("nothing was interrupted")
        return time.perf_counter() - sent[0]
    finally:
        thread.join()


def endless(articles):
    for i in itertools.count():
        for a in articles:
            yield {"id": f"{i}-{a['id']}", "text": a["text"]}


def test_ctrl_c_while_an_iterable_is_read(articles):
    assert interrupted(lambda: twicetold.scan(endless(articles))) < SOON


def test_ctrl_c_while_an_arrow_stream_is_read(articles):
    pa = need("pyarrow")
    schema = pa.schema([("id", pa.string()), ("text", pa.string())])

    def batches():
        rows = endless(articles)
        while True:
            yield pa.RecordBatch.from_pylist(list(itertools.islice(rows, 500)), schema)

    next(batches())  # pyarrow imports pandas now, which is not usable if that is interrupted
    assert interrupted(lambda: twicetold.scan(pa.RecordBatchReader.from_batches(schema, batches()))) < SOON


def test_ctrl_c_while_the_last_stages_run(articles):
    """They go on to the end of their stage, on a thread, while the call is over."""
    many = [{"id": f"{i}-{a['id']}", "text": f"{i} {a['text']} {i}"} for i in range(40) for a in articles]
    began = []

    def note(stage, done, total):
        if stage == "sketch":
            began.append(time.perf_counter())
            threading.Thread(target=lambda: (time.sleep(0.05), os.kill(os.getpid(), signal.SIGINT))).start()

    with pytest.raises(KeyboardInterrupt):
        twicetold.scan(many, progress=note)
        time.sleep(1)
    assert time.perf_counter() - began[0] < 1
    assert len(twicetold.scan(articles).pairs) > 0


def test_ctrl_c_while_a_file_is_read(tmp_path, articles):
    """A pipe that never ends."""
    if not hasattr(os, "mkfifo"):
        pytest.skip("there are no pipes with a name here")
    pipe = tmp_path / "pipe.jsonl"
    os.mkfifo(pipe)
    writer = multiprocessing.get_context("spawn").Process(target=write_for_ever, args=(pipe, articles[:50]))
    writer.start()
    try:
        assert interrupted(lambda: twicetold.scan(pipe)) < SOON
    finally:
        writer.terminate()
        writer.join()


def write_for_ever(pipe, articles):
    import json

    with open(pipe, "w") as f:
        for a in endless(articles):
            f.write(json.dumps(a) + "\n")


def test_progress_is_told(articles):
    for given in (FEED, articles):
        seen = []
        twicetold.scan(given, progress=lambda *step: seen.append(step))
        stages = [s for s, _, _ in seen]
        assert "verify" in stages and ("read" in stages) == (given is FEED)
        assert all(done <= total for _, done, total in seen if total)


def test_what_progress_raises_ends_the_call(articles):
    def stop(stage, done, total):
        raise LookupError(stage)

    for given in (FEED, articles):
        with pytest.raises(LookupError):
            twicetold.scan(given, progress=stop)


def test_a_bar(articles, capsys):
    need("tqdm")
    twicetold.scan(FEED, progress=True)
    assert "verify" in capsys.readouterr().err


def test_no_bar_without_tqdm(monkeypatch, articles):
    for name in ("tqdm", "tqdm.auto"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.warns(UserWarning, match="tqdm"):
        twicetold.scan(articles, progress=True)


# ---- Memory ----------------------------------------------------------------------------------------


def resident():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="there is no /proc/self/statm")
def test_memory_does_not_grow(articles):
    try:
        import pyarrow as pa

        table = pa.Table.from_pylist(articles)
    except ImportError:
        table = None
    bad = articles[:20] + [{"id": "x"}, {"id": True}]

    def once():
        for given in (FEED, articles, bad, table):
            if given is not None:
                r = twicetold.scan(given, threads=1)
                list(r.pairs), list(r.clusters), list(r.sections), list(r.removed)
                r._repr_html_()
                if table is not None:
                    r.sections.to_arrow()
        twicetold.dedup(articles, threads=1)
        for wrong in ([7], "no such file"):
            try:
                twicetold.scan(wrong)
            except (TypeError, twicetold.Error):
                pass

    for _ in range(8):
        once()
    gc.collect()
    before = resident()
    for _ in range(40):
        once()
    gc.collect()
    assert resident() - before < 8 << 20


@pytest.mark.skipif(not os.path.exists("/proc/self/fd"), reason="there is no /proc/self/fd")
def test_memory_is_kept_to(articles, tmp_path):
    """By a file without a name, which is gone with the result; the result is the same."""
    there = twicetold.scan(articles)

    def files():
        fds = [f"/proc/self/fd/{fd}" for fd in os.listdir("/proc/self/fd")]
        return [name for name in (os.readlink(fd) for fd in fds if os.path.islink(fd)) if str(tmp_path) in name]

    seen = []
    for given in (FEED, articles):
        result = twicetold.scan(given, memory="32M", temp_dir=tmp_path, progress=lambda *step: seen.append(files()))
        for name in ("pairs", "clusters", "sections"):
            assert list(getattr(result, name)) == list(getattr(there, name))
        del result
    assert any(seen) and os.listdir(tmp_path) == []
    gc.collect()
    assert files() == []
    kept = twicetold.dedup(articles, memory=1 << 25, temp_dir=str(tmp_path))
    assert kept == twicetold.dedup(articles)
    with pytest.raises(twicetold.InputOutputError):
        twicetold.scan(articles, memory="1G", temp_dir=tmp_path / "none")


def test_none_is_given_with_a_reference(articles):
    """A module that was built with the headers of a later Python, in which None needs none."""
    if sys.version_info >= (3, 12):
        pytest.skip("None is immortal")
    with twicetold.Index() as index:
        before = sys.getrefcount(None)
        for _ in range(20):
            index.add(articles[:40], verdicts=False)
            index.get("nobody"), list(index.articles()), index.stat(), list(index.query(articles[:40]))
            list(twicetold.scan(articles[:40]).pairs)
        assert sys.getrefcount(None) > before - 500


def test_references_are_not_lost(articles):
    keep = [dict(a) for a in articles[:30]]
    texts = [sys.getrefcount(a["text"]) for a in keep]
    names = sys.getrefcount("text"), sys.getrefcount(None)
    for _ in range(20):
        twicetold.scan(keep)
    assert [sys.getrefcount(a["text"]) for a in keep] == texts
    assert abs(sys.getrefcount("text") - names[0]) < 100
    assert sys.version_info >= (3, 12) or abs(sys.getrefcount(None) - names[1]) < 200


def test_memory_is_kept_to_for_parquet_of_one_row_group(tmp_path):
    """And a limit that cannot be kept warns."""
    pa, pq = need("pyarrow"), need("pyarrow.parquet")
    if sys.platform != "linux":
        pytest.skip("the system does not say what a process takes")
    words = [f"w{i * 7919 % 100003}" for i in range(100003)]
    texts = [" ".join(words[i * 37 % 99000 :][:450]) for i in range(12000)]
    pq.write_table(pa.table({"id": range(12000), "text": texts}), tmp_path / "one.parquet", row_group_size=12000)
    code = (
        "import sys, resource, warnings, pyarrow.dataset, twicetold\n"
        "with warnings.catch_warnings(record=True) as told:\n"
        "    warnings.simplefilter('always')\n"
        "    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10\n"
        "    limit = before + 50\n"
        "    r = twicetold.scan(sys.argv[1], memory=limit << 20, pairs=True)\n"
        "    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10\n"
        "    print(peak <= 1.2 * limit, len(told))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "one.parquet")], capture_output=True, text=True)
    assert done.stdout == "True 0\n", done.stdout + done.stderr
    code = "import sys, warnings, twicetold; warnings.simplefilter('error'); twicetold.scan(sys.argv[1], memory='32M')"
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "one.parquet")], capture_output=True, text=True)
    assert "UserWarning: memory: the process took" in done.stderr


def test_the_module_is_imported_again():
    """Whoever forgets modules and imports them anew, as some test runners do, gets one that works with the first."""
    program = (
        "import sys, twicetold; first = twicetold.Index()\n"
        "for name in [n for n in sys.modules if n.startswith('twicetold')]: del sys.modules[name]\n"
        "import twicetold as again; assert again is not twicetold\n"
        "first.add([{'id': 1, 'text': 'a b c'}]); index = again.Index(); index.add([{'id': 1, 'text': 'a b c'}])\n"
        "assert index._index.__class__ is first._index.__class__ and 1 in index\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
