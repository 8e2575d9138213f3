"""Ray Data: the articles that dedup keeps, with their columns."""

import os

import pytest
from conftest import need

pytestmark = pytest.mark.filterwarnings("ignore")
pa = need("pyarrow")
ray = need("ray")

import twicetold  # noqa: E402


@pytest.fixture(scope="module")
def cluster():
    os.environ["RAY_ENABLE_UV_RUN_RUNTIME_ENV"] = "0"
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, configure_logging=False, object_store_memory=200 << 20)
    ray.data.DataContext.get_current().enable_progress_bars = False
    yield
    ray.shutdown()


@pytest.fixture(scope="module")
def many(articles):
    """2,000 articles: those of the feed, and some of their text under other ids."""
    rows = [{"id": n, "text": a["text"], "source": a["source"], "n": n * n} for n, a in enumerate(articles)]
    while len(rows) < 2000:
        n = len(rows)
        text = articles[n * 7 % len(articles)]["text"].split("\n\n")
        rows.append({"id": n, "text": "\n\n".join(text[n % 3 :]) + f" Number {n} of its kind.", "source": "copy", "n": n * n})
    return rows


def test_the_articles_to_keep(cluster, many):
    import twicetold.ray

    wanted, gone = twicetold.dedup(pa.Table.from_pylist(many), removed=True)
    ds = ray.data.from_arrow(pa.Table.from_pylist(many)).repartition(5)
    kept, removed = twicetold.ray.dedup(ds, removed=True)
    assert sorted(kept.take_all(), key=lambda r: r["id"]) == wanted.to_pylist() and len(gone) > 500
    assert {r["id"]: r["kept"] for r in removed.take_all()} == {r["id"]: r["kept"] for r in gone}


def test_what_is_no_copy_is_kept_and_mistakes_are_told(cluster, many):
    import twicetold.ray

    rows = [dict(many[0], id=1), dict(many[0], id=2), dict(many[0], id=3, text=None), dict(many[0], id=None)]
    ds = ray.data.from_arrow(pa.Table.from_pylist(rows))
    assert [r["id"] for r in twicetold.ray.dedup(ds).take_all()] == [1, 3, None]
    with pytest.raises(twicetold.InvalidError, match="no column 'body'; the columns are 'id', 'text'"):
        twicetold.ray.dedup(ds, text="body")
    with pytest.raises(TypeError, match="did you mean 'overlap'"):
        twicetold.ray.dedup(ds, overlp=0.5)
