#!/usr/bin/env python3
"""Measures the service beside `watch`: bench/serve.py FEED [--articles 5000] [--rounds 3] [-o bench/results/serve]

Both get the same articles into an empty index that keeps texts, in turn, so that what else the machine does falls on both. `each`: one
producer sends an article when the one before it has its verdict, so that each has a commit. `gathered`: all at once, in commits
of many. Times are of wall and of the processor (of `watch` or the service alone, without the producers). The least of the rounds.
TMPDIR selects the disk.
"""
import argparse
import datetime
import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
COMMAND = ROOT / 'build/release/cli/twicetold'
PRODUCER = ROOT / 'build/release/bench/bench_serve'


def processor_seconds(pid):
    fields = pathlib.Path(f'/proc/{pid}/stat').read_text().rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def resident(pid):
    return int(pathlib.Path(f'/proc/{pid}/statm').read_text().split()[1]) * resource.getpagesize()


def create(work):
    subprocess.run([COMMAND, 'index', 'create', f'{work}/feed.db', '--keep-text'], check=True)


def watch(feed, articles, gathered):
    """@return seconds, processor seconds, and the times of answers if there are any."""
    with tempfile.TemporaryDirectory() as work:
        create(work)
        words = [COMMAND, 'watch', '-q', f'{work}/feed.db']
        if gathered:
            began, before = time.monotonic(), os.times()
            head = subprocess.Popen(['head', f'-n{articles}', feed], stdout=subprocess.PIPE)
            subprocess.run([*words, '--commit-every', '100ms'], stdin=head.stdout, stdout=subprocess.DEVNULL, check=True)
            head.wait()
            after = os.times()
            return {'seconds': time.monotonic() - began,
                    'processor': after.children_user + after.children_system - before.children_user - before.children_system}
        process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        producer = subprocess.run([PRODUCER, feed, str(articles), '1', '1'], stdin=process.stdout, stdout=process.stdin, stderr=subprocess.PIPE, check=True)
        found = json.loads(producer.stderr)
        found['processor'] = processor_seconds(process.pid)
        process.stdin.close()
        process.wait()
        return found


class Service:
    def __init__(self, work):
        create(work)
        self.process = subprocess.Popen([COMMAND, 'serve', f'{work}/feed.db', '--listen', '127.0.0.1:0'], stderr=subprocess.PIPE, text=True)
        self.url = self.process.stderr.readline().split(' on ')[1].strip()
        self.port = self.url.rsplit(':', 1)[1]

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def read_on(url, ends, counts):
    """A reader: lists, articles, matches, one after the other."""
    paths = ['/articles?limit=20', '/articles?q=the&limit=5', None]
    count = 0
    while not ends.is_set():
        try:
            with urllib.request.urlopen(url + (paths[count % 3] or f'/articles/{last}/matches')) as answer:
                found = json.loads(answer.read())
            if count % 3 == 0 and found['articles']:
                last = found['articles'][0]['id']
            elif count % 3 == 0:
                continue
            count += 1
        except OSError:
            pass
        time.sleep(0.5)
    counts.append(count)


def serve(feed, articles, producers, batch, readers=0):
    with tempfile.TemporaryDirectory() as work:
        s = Service(work)
        ends, counts = threading.Event(), []
        threads = [threading.Thread(target=read_on, args=(s.url, ends, counts)) for _ in range(readers)]
        for t in threads:
            t.start()
        before = processor_seconds(s.process.pid)
        producer = subprocess.run([PRODUCER, feed, str(articles), str(producers), str(batch), s.port], stderr=subprocess.PIPE, check=True)
        found = json.loads(producer.stderr)
        found['processor'] = processor_seconds(s.process.pid) - before
        found['resident_mb'] = round(resident(s.process.pid) / 1e6)
        ends.set()
        for t in threads:
            t.join()
        if readers:
            found['reads'] = sum(counts)
        s.end()
        return found


KINDS = {
    'watch, each': lambda f, n: watch(f, n, False),
    'serve, each, 1 producer': lambda f, n: serve(f, n, 1, 1),
    'serve, each, 8 producers': lambda f, n: serve(f, n, 8, 1),
    'watch, gathered': lambda f, n: watch(f, n, True),
    'serve, gathered, 8 producers': lambda f, n: serve(f, n, 8, 100),
    'serve, each, 8 producers, 50 readers': lambda f, n: serve(f, n, 8, 1, 50),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('feed')
    parser.add_argument('--articles', type=int, default=5000)
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('-o', default=str(ROOT / 'bench/results/serve'))
    args = parser.parse_args()
    runs = {kind: [] for kind in KINDS}
    for _ in range(args.rounds):
        for kind, run in KINDS.items():
            runs[kind].append(run(args.feed, args.articles))
            print(kind, runs[kind][-1], file=sys.stderr, flush=True)
    n = args.articles
    best = {kind: min(found, key=lambda r: r['seconds']) for kind, found in runs.items()}
    least = {kind: min(r['processor'] for r in found) for kind, found in runs.items()}
    commit = subprocess.run(['git', 'rev-parse', '--short=12', 'HEAD'], cwd=ROOT, check=True, text=True, stdout=subprocess.PIPE).stdout.strip()
    context = {'date': datetime.date.today().isoformat(), 'commit': commit, 'cores': os.cpu_count(), 'load': round(os.getloadavg()[0], 1)}
    pathlib.Path(args.o + '.json').write_text(json.dumps({'context': context, 'articles': n, 'runs': runs}, indent=1) + '\n')
    lines = ['# The service beside `watch`', '',
             f'{n:,} generated articles into an empty index that keeps texts, the best of {args.rounds} rounds, in turn; {context["cores"]} cores, load '
             f'{context["load"]} at the end, {context["date"]}, commit {commit}; `bench/serve.py`. The ratios are to `watch`.', '',
             'With a commit each, `watch` waits for a millisecond whether the pipe holds more before it commits; the service does not. Per second of processor time the two are alike.', '',
             '| | articles/s | ratio | articles per second of processor time | ratio | p50 of an answer | p99 |', '|---|---|---|---|---|---|---|']
    for kind, r in best.items():
        base = 'watch, gathered' if 'gathered' in kind else 'watch, each'
        p50, p99 = ((f'{r[k]:.2f} ms' if k in r else '') for k in ('p50_ms', 'p99_ms'))
        lines.append(f'| {kind} | {n / r["seconds"]:,.0f} | {best[base]["seconds"] / r["seconds"]:.2f} | {n / least[kind]:,.0f} | {least[base] / least[kind]:.2f} | {p50} | {p99} |')
    pathlib.Path(args.o + '.md').write_text('\n'.join(lines) + '\n')
    print('\n'.join(lines))


main()
