"""A service that a test starts, and requests to it; only Python's own library."""
import http.client
import json
import pathlib
import signal
import socket
import subprocess
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
FEED = ROOT / 'corpora/feed/articles.jsonl'


class Answer:
    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()

    def json(self):
        return json.loads(self.body)

    def lines(self):
        return [json.loads(line) for line in self.body.splitlines()]


class Service:
    """`twicetold serve INDEX` on a free port, with more arguments."""

    def __init__(self, command, index, *arguments, listen='127.0.0.1:0'):
        self.process = subprocess.Popen([command, 'serve', str(index), '--listen', listen, *arguments], stderr=subprocess.PIPE, text=True)
        self.is_killed = False
        line = self.process.stderr.readline()
        if not line.startswith('serving '):
            self.process.wait()
            raise RuntimeError(line + self.process.stderr.read())
        self.where = line.split(' on ')[1].strip()
        self.path = None if self.where.startswith('http') else self.where
        if self.path is None:
            self.host, self.port = '127.0.0.1', urllib.parse.urlsplit(self.where).port

    def connect(self, timeout=20):
        if self.path is None:
            return socket.create_connection((self.host, self.port), timeout)
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(timeout)
        s.connect(self.path)
        return s

    def session(self, timeout=20):
        connection = http.client.HTTPConnection('localhost', timeout=timeout)
        connection.sock = self.connect(timeout)
        return connection

    def ask(self, method, path, body=None, headers=None, session=None):
        connection = session or self.session()
        try:
            connection.request(method, path, body, headers or {})
            return Answer(connection.getresponse())
        finally:
            if session is None:
                connection.close()

    def get(self, path, **headers):
        return self.ask('GET', path, headers=headers)

    def post(self, path, body, **headers):
        return self.ask('POST', path, body, headers)

    def add(self, *articles):
        return self.post('/articles', ''.join(json.dumps(a) + '\n' for a in articles).encode()).lines()

    def events(self, since=None, last=None):
        """A generator of (id, type, data); its connection ends with it."""
        s = self.connect()
        s.sendall(f'GET /events{"?since=" + since if since else ""} HTTP/1.1\r\nHost: localhost\r\n'
                  f'{"Last-Event-ID: " + last + chr(13) + chr(10) if last else ""}\r\n'.encode())
        response = http.client.HTTPResponse(s)
        response.begin()
        assert response.status == 200, response.read()
        event = {}
        try:
            while line := response.readline():
                name, _, value = line.decode().rstrip('\n').partition(': ')
                if name:
                    event[name] = value
                elif event:
                    if 'data' in event:
                        yield event['id'], event['event'], json.loads(event['data'])
                    event = {}
        finally:
            response.close()
            s.close()

    def metric(self, name):
        for line in self.get('/metrics').body.decode().splitlines():
            if line.startswith(name + ' '):
                return float(line.split()[1])
        raise KeyError(name)

    def end(self, number=signal.SIGTERM, timeout=40):
        """@return the exit code and what it said."""
        self.is_killed |= number == signal.SIGKILL
        if self.process.poll() is None:
            self.process.send_signal(number)
        if self.process.stderr.closed:
            return self.process.returncode, ''
        said = self.process.communicate(timeout=timeout)[1]
        return self.process.returncode, said

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        code, said = self.end(signal.SIGKILL if kind else signal.SIGTERM)
        assert kind or self.is_killed or code == 0, (code, said)


def text(number, words=60):
    """A text that shares nothing with that of another number."""
    return ' '.join(f'w{number}x{k}' for k in range(words))


def until(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, 'it did not come to that in time'
        time.sleep(0.02)
