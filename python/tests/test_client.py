"""`Client`: a service with the methods of an index."""

import datetime
import json
import os
import shutil
import signal
import subprocess
import threading

import pytest

import twicetold
from conftest import FEED, command_path

pytestmark = pytest.mark.skipif(
    not os.path.exists(os.path.join(os.path.dirname(os.path.realpath(shutil.which("twicetold") or command_path())), "twicetold-serve")),
    reason="the command was built without libmicrohttpd",
)

TOKEN = "dGhlIHRva2VuIG9mIGEgdGVzdA"


class Service:
    def __init__(self, folder, *more, listen="127.0.0.1:0"):
        words = [command_path(), "serve", str(folder / "feed.db"), "--listen", listen, *more]
        self.process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
        self.url = self.process.stderr.readline().split(" on ")[1].strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(30) == 0
        self.process.stderr.close()


@pytest.fixture
def service(tmp_path):
    with Service(tmp_path) as s:
        yield s


def rows():
    return [json.loads(line) for line in open(FEED, encoding="utf-8")]


def test_the_same_as_an_index(service, tmp_path):
    index = twicetold.Index(tmp_path / "own.db", keep_text=True)
    with index, twicetold.Client(service.url) as client:
        for articles in (str(FEED), rows()[:50], rows()[7]):
            a, b = index.add(articles), client.add(articles)
            assert list(a) == list(b) and a.counts == b.counts and a.columns == b.columns
        assert len(client) == len(index) == 308 and list(client) == list(index)
        own, other = index.get("mn-0508-003"), client.get("mn-0508-003")
        own.pop("arrival"), other.pop("arrival")
        assert own == other
        assert sorted(m["of"] for m in client.matches("mn-0508-003")) == sorted(m["of"] for m in index.matches("mn-0508-003"))
        assert "mn-0508-003" in client and "nothing" not in client and client.get("nothing") is None
        with pytest.raises(KeyError):
            client["nothing"]
        number = own["story"]
        assert client.story(number) == index.story(number) and client.story(10**9) is None
        assert client.remove(["mn-0508-003", "nothing"]) == index.remove(["mn-0508-003", "nothing"]) == 1
        before = datetime.datetime(2034, 5, 9)
        assert client.expire(before) == index.expire(before) > 0
        assert client.stat()["articles"] == index.stat()["articles"]
        assert client.query(rows()[:3]).counts["duplicate"] + client.query(rows()[:3]).counts["new"] == 3


def test_fields_and_rejections(service, tmp_path):
    with twicetold.Client(service.url) as client:
        found = client.add([{"n": 1, "body": ["one two", "three four"], "when": datetime.datetime(2030, 1, 2, 3)}, {"n": 2}], id="n", text="body", published="when")
        assert [v["id"] for v in found] == [1] and found.rejected[0]["row"] == 1 and "text" in found.rejected[0]["reason"]
        assert client.get(1)["text"] == "one two\n\nthree four"
        assert client.get(1)["published"] == datetime.datetime(2030, 1, 2, 3, tzinfo=datetime.timezone.utc)
        path = tmp_path / "other.jsonl"
        path.write_text('{"key":"k","words":"five six seven"}\n')
        assert client.add(path, id="key", text="words")[0]["id"] == "k"
        path.write_text("{}\n")
        with pytest.raises(twicetold.FormatError):
            client.add(path)
        with pytest.raises(twicetold.InputOutputError):
            client.add(tmp_path / "missing.jsonl")


def test_frames(service):
    pyarrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    with twicetold.Client(service.url) as client:
        table = pyarrow.table({"id": ["a", "b"], "text": ["one two three four", "one two three four"]})
        found = client.add(table)
        assert [v["verdict"] for v in found] == ["new", "duplicate"]
        assert found.to_arrow().column("id").to_pylist() == ["a", "b"]


def test_decisions_and_events(service):
    with twicetold.Client(service.url, who="anna") as client:
        client.add({"id": "a", "text": "one two three four"})
        assert client.decide("a", "kill") == 1 and client.decisions()[0]["who"] == "anna"
        with pytest.raises(twicetold.InvalidError):
            client.decide("a", "burn")
        events = client.events(since="0")
        kinds = {next(events)[1] for _ in range(2)}
        assert kinds == {"article", "decision"}
        got = []
        thread = threading.Thread(target=lambda: got.append(next(events)))
        thread.start()
        client.add({"id": "b", "text": "five six seven eight"})
        thread.join(10)
        assert got[0][2]["id"] == "b"


def test_what_leaves_and_what_is_corrected_is_heard(service):
    with twicetold.Client(service.url) as client:
        text = "The ferry Anna Lind ran aground off Port Aldery on Tuesday and {} people were hurt, the coast guard said. " + " ".join(f"w{k}" for k in range(40))
        client.add([{"id": "77", "text": text.format(3)}, {"id": 77, "text": "Quite another text, which nobody else has written before today."}])
        heard = client.events(since=client.stat()["place"])
        client.add({"id": "b", "text": text.format(5)})
        place, kind, row = next(heard)
        assert kind == "article" and {"kind": "numeral", "words": "5", "of_words": "3"} in row["differ"]
        assert client.remove(77) == 1 and 77 not in client and "77" in client  # two ids, which look the same in an address
        assert next(heard)[1:] == ("removed", {"number": 2})
        assert next(client.events(since=place))[1] == "removed"
        assert next(client.events(since="99"))[1] == "restart"
        assert client.get("77")["id"] == "77" and client.compare("77", "b")["differ"]
        assert [a["id"] for a in client.search("FERRY")] == ["b", "77"]


def test_token_and_local_socket(tmp_path):
    (tmp_path / "token").write_text(TOKEN)
    (tmp_path / "token").chmod(0o600)
    with Service(tmp_path, "--token-file", str(tmp_path / "token"), listen=str(tmp_path / "socket")) as service:
        with pytest.raises(twicetold.InvalidError, match="token"):
            twicetold.Client(service.url).stat()
        with twicetold.Client(service.url, token=TOKEN) as client:
            assert client.add({"id": "a", "text": "one two three"})[0]["verdict"] == "new"


def test_the_service_begins_again(tmp_path):
    with Service(tmp_path, listen=str(tmp_path / "socket")):
        client = twicetold.Client(str(tmp_path / "socket"))
        client.add({"id": "a", "text": "one two three"})
    with pytest.raises(twicetold.InputOutputError):
        client.stat()
    with Service(tmp_path, listen=str(tmp_path / "socket")):
        assert len(client) == 1
        client.close()
    with pytest.raises(twicetold.InvalidError):
        twicetold.Client("nonsense")
