#!/usr/bin/env python3
"""Measures a service with many articles: bench/serve_day.py [--articles 1000000] [--words 60] [--windows 24h,1h] [-o NAME]

A day of a feed, as fast as it goes: generated articles of so many words, a tenth of them copies and a tenth updates of one of the last
thousand, published evenly over 24 hours, in bodies of 500 from two producers. With a window of 24h all of them stay; with one of 1h
the index has the last hour, and its memory should stay as it is. In the end single articles are sent, one after the other from one
producer, from 8 at once, and from 8 beside 50 readers: p50 and p99 of the time from an article to its verdict. TMPDIR selects the disk.
"""
import argparse
import datetime
import http.client
import json
import os
import pathlib
import random
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
COMMAND = ROOT / 'build/release/cli/twicetold'
BODY, STEPS, SINGLES = 500, 20, 2000
START = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)


def resident(pid):
    return int(pathlib.Path(f'/proc/{pid}/statm').read_text().split()[1]) * resource.getpagesize()


def processor_seconds(pid):
    fields = pathlib.Path(f'/proc/{pid}/stat').read_text().rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


class Feed:
    """The same articles in every run."""

    def __init__(self, words, day):
        self.rng, self.words, self.day, self.count, self.last = random.Random(1), words, day, 0, []
        self.vocabulary = [f'{a}{b}{c}' for a in ('ka', 'lo', 'mi', 'ne', 'pu', 'ra', 'so', 'ti') for b in ('bar', 'den', 'fil', 'gor', 'hus', 'jan') for c in map(str, range(400))]

    def next(self):
        draw = self.rng.random()
        if draw < 0.2 and self.last:
            text = self.rng.choice(self.last)
            if draw < 0.1:
                text = text + ' ' + ' '.join(self.rng.choices(self.vocabulary, k=self.words // 3))
        else:
            text = ' '.join(self.rng.choices(self.vocabulary, k=self.words))
            self.last.append(text)
            if len(self.last) > 1000:
                self.last.pop(0)
        self.count += 1
        published = START + datetime.timedelta(seconds=86400 * self.count / self.day)
        return json.dumps({'id': self.count, 'source': f's{self.count % 40}', 'published': published.isoformat(), 'text': text})


class Service:
    def __init__(self, work, window):
        self.process = subprocess.Popen([COMMAND, 'serve', f'{work}/feed.db', '--window', window, '--listen', f'{work}/socket'], stderr=subprocess.PIPE, text=True)
        self.path, self.pid = f'{work}/socket', self.process.pid
        assert self.process.stderr.readline().startswith('serving')

    def connect(self):
        connection = http.client.HTTPConnection('localhost')
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(self.path)
        return connection


def ask(connection, method, path, body=None):
    connection.request(method, path, body)
    response = connection.getresponse()
    answer = response.read()
    assert response.status == 200, (response.status, answer)
    return answer


def fill(service, feed, count):
    """Sends `count` articles in bodies, by two producers."""
    bodies = [min(BODY, count - at) for at in range(0, count, BODY)]
    lock = threading.Lock()

    def produce():
        connection = service.connect()
        while True:
            with lock:
                if not bodies:
                    return
                body = '\n'.join(feed.next() for _ in range(bodies.pop())).encode()
            ask(connection, 'POST', '/articles', body)

    threads = [threading.Thread(target=produce) for _ in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


def single(service, feed, producers, readers=0):
    """@return p50 and p99 in ms of single articles, and what the readers have read."""
    times, reads, lock, ends = [], [0], threading.Lock(), threading.Event()
    each = [[feed.next().encode() for _ in range(SINGLES // producers)] for _ in range(producers)]

    def produce(bodies):
        connection = service.connect()
        own = []
        for body in bodies:
            began = time.perf_counter()
            ask(connection, 'POST', '/articles', body)
            own.append(time.perf_counter() - began)
        with lock:
            times.extend(own)

    def read(k):
        connection = service.connect()
        while not ends.wait(0.5):
            last = json.loads(ask(connection, 'GET', '/articles?limit=20'))['articles'][k % 20]['id']
            ask(connection, 'GET', f'/articles/{last}/matches')
            with lock:
                reads[0] += 2

    beside = [threading.Thread(target=read, args=(k,)) for k in range(readers)]
    threads = [threading.Thread(target=produce, args=(bodies,)) for bodies in each]
    for t in beside + threads:
        t.start()
    for t in threads:
        t.join()
    ends.set()
    for t in beside:
        t.join()
    times.sort()
    return {'p50_ms': 1e3 * times[len(times) // 2], 'p99_ms': 1e3 * times[int(len(times) * 0.99)], 'reads': reads[0]}


def day(args, window):
    """@return what was measured while the day went on, and in its end."""
    with tempfile.TemporaryDirectory() as work:
        service, feed, samples = Service(work, window), Feed(args.words, args.articles), []
        for _ in range(STEPS):
            began, before = time.monotonic(), processor_seconds(service.pid)
            fill(service, feed, args.articles // STEPS)
            stat = json.loads(ask(service.connect(), 'GET', '/stat'))
            samples.append({'sent': feed.count, 'articles': stat['articles'], 'resident_mb': round(resident(service.pid) / 1e6), 'file_mb': round(stat['file_bytes'] / 1e6),
                            'seconds': round(time.monotonic() - began, 1), 'processor': round(processor_seconds(service.pid) - before, 1)})
            print(window, samples[-1], file=sys.stderr, flush=True)
        verdicts = {'1 producer': single(service, feed, 1), '8 producers': single(service, feed, 8), '8 producers, 50 readers': single(service, feed, 8, 50)}
        service.process.send_signal(signal.SIGTERM)
        service.process.wait()
        return {'samples': samples, 'verdicts': verdicts}


def table(args, runs, context):
    kinds = list(next(iter(runs.values()))['verdicts'])
    lines = ['# A day of a service', '',
             f'{args.articles:,} generated articles of {args.words} words, a tenth of them copies and a tenth updates, published over 24 hours and sent as fast as they were taken, in bodies of '
             f'{BODY} from two producers; {context["cores"]} cores shared with others (load {context["load"]} at the end), {context["date"]}; `bench/serve_day.py`.', '',
             'In the end: single articles, from an article to its verdict, which is durable.', '',
             '| window | articles in the index | ' + ' | '.join(f'{kind}: p50, p99' for kind in kinds) + ' |', '|---|---|' + '---|' * len(kinds)]
    for window, run in runs.items():
        lines.append(f'| {window} | {run["samples"][-1]["articles"]:,} | ' + ' | '.join(f'{v["p50_ms"]:.1f} ms, {v["p99_ms"]:.1f} ms' for v in run['verdicts'].values()) + ' |')
    lines += ['', 'While the day goes on:', '', '| sent | ' + ' | '.join(f'window {w}: articles, memory, file, articles a second' for w in runs) + ' |', '|---|' + '---|' * len(runs)]
    for k in range(1, STEPS, 3):
        cells = [run['samples'][k] for run in runs.values()]
        lines.append(f'| {cells[0]["sent"]:,} | ' + ' | '.join(f'{c["articles"]:,}, {c["resident_mb"]:,} MB, {c["file_mb"]:,} MB, {args.articles / STEPS / c["seconds"]:,.0f}' for c in cells) + ' |')
    return '\n'.join(lines) + '\n'


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--articles', type=int, default=1000000)
    parser.add_argument('--words', type=int, default=60)
    parser.add_argument('--windows', default='24h,1h')
    parser.add_argument('-o', default=str(ROOT / 'bench/results/serve-day'))
    args = parser.parse_args()
    runs = {window: day(args, window) for window in args.windows.split(',')}
    context = {'date': datetime.date.today().isoformat(), 'cores': os.cpu_count(), 'load': round(os.getloadavg()[0], 1)}
    pathlib.Path(args.o + '.json').write_text(json.dumps({'context': context, 'articles': args.articles, 'words': args.words, 'runs': runs}, indent=1) + '\n')
    pathlib.Path(args.o + '.md').write_text(table(args, runs, context))
    print(table(args, runs, context))


main()
