"""Signatures: known answers, the same from every input, estimates that are right."""

import json

import minhash_reference as reference
import pytest
import twicetold
from conftest import need
from twicetold import MinHash

np = need("numpy")
ANSWERS = json.loads(reference.ANSWERS.read_text(encoding="utf-8"))


def test_known_answers():
    assert len(ANSWERS) == len(reference.OPTIONS) * len(reference.TEXTS)
    for a in ANSWERS:
        assert MinHash(**a["options"]).signatures([a["text"]]).tolist() == [a["signature"]], a["options"]


def test_the_answers_follow_from_the_description():
    need("xxhash")
    assert reference.answers() == ANSWERS


def test_every_input_gives_the_same(articles):
    texts = [a["text"] for a in articles]
    m = MinHash()
    there = m.signatures(texts)
    assert there.shape == (len(texts), 128) and there.dtype == np.uint32 and there.flags.writeable
    for given in (iter(texts), tuple(texts), [t.encode() for t in texts], articles, (a for a in articles), np.array(texts, object)):
        assert np.array_equal(m.signatures(given), there)
    assert np.array_equal(m.signatures([{"body": t} for t in texts], text="body"), there)
    for threads in (1, 2, 7):
        assert np.array_equal(MinHash(threads=threads).signatures(texts), there)
    pa = need("pyarrow")
    table = pa.Table.from_pylist(articles)
    assert np.array_equal(m.signatures(table), there) and np.array_equal(m.signatures(table.slice(7, 50)), there[7:57])
    assert np.array_equal(m.signatures(pa.table({"t": pa.chunked_array([texts[:9], texts[9:]])}), "t"), there)
    assert np.array_equal(m.signatures(need("polars").DataFrame(articles)), there)
    assert m.signatures([]).shape == (0, 128)
    for texts in ([None], [None, "a text"], ["a text", None]):
        with pytest.raises(twicetold.FormatError, match=f"text {texts.index(None)}: no text") as caught:
            m.signatures(texts)
        assert caught.value.where == texts.index(None)


def test_estimates_are_near_the_numbers_of_a_scan(articles):
    m = MinHash(num_hashes=1024)
    row = dict(zip([a["id"] for a in articles], m.signatures(articles)))
    pairs = [p for p in twicetold.scan(articles, pairs=True).pairs if p["resemblance"] is not None]
    exact = np.array([p["resemblance"] for p in pairs])
    found = m.resemblance(np.array([row[p["a"]] for p in pairs]), np.array([row[p["b"]] for p in pairs]))
    assert found.shape == exact.shape == (len(pairs),) and len(pairs) > 300
    error = found - exact
    assert np.all(np.abs(error) <= 5 * np.sqrt(exact * (1 - exact) / 1024) + 1e-9)
    assert abs(error.mean()) < 0.01
    assert m.resemblance(row[pairs[0]["a"]], row[pairs[0]["a"]]) == 1


def test_what_is_refused(articles):
    m = MinHash()
    for given, where, kind in (
        (["a", "\ud800"], 1, twicetold.FormatError),
        (["a", b"\xff", "b"], 1, twicetold.FormatError),
        (["a", "b", {"id": 1}], 2, twicetold.FormatError),
        ([{"text": None}], 0, twicetold.FormatError),
    ):
        with pytest.raises(kind) as caught:
            m.signatures(given)
        assert caught.value.where == where and str(caught.value).startswith(f"text {where}: ")
    with pytest.raises(twicetold.LimitError) as caught:
        MinHash(max_article_bytes=3).signatures(["abc", "abcd"])
    assert caught.value.where == 1
    for given in ("one text", b"one", 5, ["a", 5], {"text": "a"}):
        with pytest.raises(TypeError):
            m.signatures(given)
    for options in ({"num_hashes": 15}, {"num_hashes": 2000}, {"shingle_tokens": 0}, {"seed": -1}, {"paragraphs": "page"}):
        with pytest.raises(twicetold.InvalidError, match=next(iter(options))):
            MinHash(**options)
    with pytest.raises(TypeError, match="unknown option 'num_perm'"):
        MinHash(num_perm=128)


def test_the_old_name_of_num_hashes_still_works(articles):
    with pytest.warns(DeprecationWarning, match="hashes is now num_hashes") as warned:
        m = MinHash(hashes=64)
    assert warned[0].filename == __file__
    with pytest.warns(DeprecationWarning, match="MinHash.num_hashes"):
        assert m.hashes == 64
    assert m == MinHash(64)
    with pytest.warns(DeprecationWarning, match="hashes is now num_hashes") as warned:
        old = twicetold.scan(articles, hashes=64, bands=16)
    assert warned[0].filename == __file__
    assert list(old.pairs) == list(twicetold.scan(articles, num_hashes=64, bands=16).pairs)
    with pytest.raises(TypeError, match="num_hashes is given twice"), pytest.warns(DeprecationWarning):
        twicetold.scan(articles, hashes=64, num_hashes=64)
    with pytest.raises(TypeError, match="unknown option 'hashes'"):
        twicetold.Index("feed.db", hashes=64)


def test_it_says_what_it_is():
    m = MinHash(64, seed=3)
    assert repr(m) == "MinHash(num_hashes=64, shingle_tokens=5, seed=3)" and m == MinHash(64, seed=3) != MinHash(64)


def test_progress_ends_the_call(articles):
    def stop(*step):
        raise LookupError

    with pytest.raises(LookupError):
        MinHash().signatures(articles, progress=stop)
