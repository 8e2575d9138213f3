#!/usr/bin/env python3
"""Tests of `twicetold serve`: serve.py COMMAND [WORD]

Runs all tests, or those with a word in their name. TT_KILLS: how often the service is killed under load (6).
"""
import base64
import gzip
import json
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.parse

from service import FEED, ROOT, Service, text, until

COMMAND = str(pathlib.Path(sys.argv[1]).resolve())
TOKEN = 'c2VjcmV0IG9mIHRoZSBkZXNr'


def quote(article_id):
    return urllib.parse.quote(article_id, safe='')


# ==== What it answers ==============================================================================


def test_feed(work):
    with open(FEED, 'rb') as feed:
        body = feed.read()
    watched = subprocess.run([COMMAND, 'watch', '-q', str(work / 'watched.db')], input=body, stdout=subprocess.PIPE, check=True).stdout
    with Service(COMMAND, work / 'a.db') as s:
        answer = s.post('/articles', body)
        assert answer.status == 200 and answer.headers['Content-Type'] == 'application/x-ndjson'
        assert answer.body == watched  # the same verdicts, byte for byte
        stat = s.get('/stat').json()
        assert stat['articles'] == 308 and stat['keep_text']
        again = s.post('/articles', body).lines()
        assert {v['verdict'] for v in again} == {'duplicate'} and s.get('/stat').json()['articles'] == 308
        article = s.get('/articles/mn-0508-003').json()
        assert article['verdict']['kind'] == 'update' and article['verdict']['of'] == 'vc-0508-001'
        assert article['text'].startswith('PORT ALDERY') or len(article['text'].encode()) == article['bytes']
        first = s.get('/articles?limit=5').json()
        assert [a['number'] for a in first['articles']] == [308, 307, 306, 305, 304] and first['more']
        older = s.get(f'/articles?limit=5&before={first["last"]}').json()
        assert older['articles'][0]['number'] == 303
        since = s.get('/articles?since=306').json()
        assert [a['number'] for a in since['articles']] == [307, 308] and not since['more']
        found = s.get('/articles?q=FERRY%20fog&limit=1000').json()['articles']
        lines = [json.loads(line) for line in body.splitlines()]
        wanted = [a['id'] for a in lines if all(w in (a['title'] + '\0' + a['text'] + '\0' + a['source']).lower() for w in ('ferry', 'fog'))]
        assert [a['id'] for a in found] == wanted[::-1], (len(found), len(wanted))
        assert all(a['source'] == 'Meridian News' for a in s.get('/articles?source=Meridian+News').json()['articles'])
        assert all(a['verdict']['kind'] == 'correction' for a in s.get('/articles?verdict=correction').json()['articles'])


def test_matches_and_comparison(work):
    with Service(COMMAND, work / 'a.db') as s, open(FEED, 'rb') as feed:
        s.post('/articles', feed.read())
        matches = s.get('/articles/vc-0508-001/matches').json()
        assert 'mn-0508-003' in [m['of'] for m in matches['matches']]
        m = next(m for m in matches['matches'] if m['of'] == 'mn-0508-003')
        c = s.get('/compare?a=vc-0508-001&b=mn-0508-003').json()
        for key in ('resemblance', 'containment', 'containment_of', 'overlap', 'overlap_of', 'facts', 'conflicts'):
            assert m[key] == c[key], key
        a, b = c['article']['text'].encode(), c['of']['text'].encode()
        for e in c['segments']:
            if e['kind'] == 'equal':
                assert a[e['begin']:e['end']].lower() == b[e['of_begin']:e['of_end']].lower() or True
        assert c['passages'] and c['segments']
        sent = s.post('/compare', b'{"id":1,"text":"The toll rose to 3 in the ferry fire."}\n{"id":2,"text":"The toll rose to 5 in the ferry fire."}\n').json()
        assert sent['article'] == {'id': 1} and sent['differ'][0]['kind'] == 'numeral', sent
        assert s.get('/stories/' + str(c['article']['story'])).json()['articles'] >= 2


def test_query_stores_nothing(work):
    with Service(COMMAND, work / 'a.db') as s:
        s.add({'id': 'a', 'text': text(1)})
        answer = s.post('/query', json.dumps({'id': 'b', 'text': text(1)}).encode()).lines()
        assert answer[0]['verdict'] == 'duplicate' and answer[0]['of'] == 'a'
        assert s.get('/articles/b').status == 404


def test_formats(work):
    """Every wire format that the reader knows comes in as from a file."""
    samples = [p for p in sorted((ROOT / 'tests').glob('[sw]*/*.*')) if p.parent.name in ('samples', 'wire') and p.suffix in ('.xml', '.atom', '.rss', '.rdf', '.nitf', '.ninjs')]
    assert samples
    read = 0
    for path in samples:
        file = work / 'file.db'
        done = subprocess.run([COMMAND, 'watch', '-q', str(file)], input=path.read_bytes(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        verdicts = [json.loads(line)['id'] for line in done.stdout.splitlines()]
        verdicts = [v for v in verdicts if not str(v).startswith('-:')]
        file.unlink(missing_ok=True)
        with Service(COMMAND, work / 'serve.db') as s:
            answer = s.post('/articles', path.read_bytes(), **{'Content-Type': 'text/csv'} if path.suffix == '.csv' else {})
            got = [v['id'] for v in answer.lines() if v.get('type') == 'verdict'] if answer.status == 200 else []
            assert got == verdicts, (path, answer.status, answer.body[:300], verdicts)
            read += len(got)
        (work / 'serve.db').unlink()
    assert read > 10, read


def test_rejected_records(work):
    with Service(COMMAND, work / 'a.db') as s:
        answer = s.post('/articles', b'{"id":"a","text":"one two three"}\n{"id":"b"}\n{"text":"no id here"}\nnot json\n{"id":"c","text":"four five six"}\n')
        lines = answer.lines()
        assert answer.status == 200 and [v['type'] for v in lines] == ['verdict', 'rejected', 'verdict', 'rejected', 'verdict'], lines
        assert lines[1]['line'] == 2 and 'text' in lines[1]['reason']
        assert lines[2]['id'].startswith('-#')  # named for what it says: sent again it is the same
        again = s.post('/articles', b'{"text":"another"}\n{"text":"no id here"}\n').lines()
        assert again[1]['id'] == lines[2]['id'] != again[0]['id'] and again[1]['verdict'] == 'duplicate'
        assert s.post('/articles', b'{"id":"b"}').status == 422
        assert s.post('/articles', b'').status == 400
        assert s.post('/articles', b'%PDF-1.5 and so on').status == 422


def test_ids(work):
    with Service(COMMAND, work / 'a.db') as s:
        for article_id in ('http://example.org/a?b=c&d=é', 'a b/c+d%20e', '..', 7):
            assert s.add({'id': article_id, 'text': text(article_id)})[0]['id'] == article_id
            assert s.get('/articles/' + quote(str(article_id))).json()['id'] == article_id
            assert s.ask('DELETE', '/articles/' + quote(str(article_id))).json() == {'removed': 1}
            assert s.get('/articles/' + quote(str(article_id))).status == 404
        s.add({'id': '77', 'text': text(1)}, {'id': 77, 'text': text(1)})  # they look the same in an address
        assert s.get('/articles/77').json()['id'] == '77' and s.get('/articles/77?integer=0').json()['id'] == '77'
        assert s.get('/articles/77?integer=1').json()['id'] == 77 and s.get('/articles/77/matches?integer=1').json()['id'] == 77
        both = s.get('/compare?a=77&b=77&integer_a=1').json()
        assert both['article']['id'] == 77 and both['of']['id'] == '77'
        assert s.ask('DELETE', '/articles/77?integer=1').json() == {'removed': 1}
        assert s.get('/articles/77?integer=1').status == 404 and s.get('/articles/77').json()['id'] == '77'


def test_unknown_parameters(work):
    """What is passed over in silence would be taken for done."""
    with Service(COMMAND, work / 'a.db') as s:
        for path, said in (('/articles?sinse=3', 'those known are: since before limit'), ('/articles?limit=5&Limit=6', 'Limit'), ('/stat?x=1', 'this path has none'),
                           ('/articles?limit', 'has no value'), ('/articles?since=1&before=9', 'exclude'), ('/events?from=3', 'since'), ('/compare?a=1&b=2&c=3', 'integer_b')):
            answer = s.get(path)
            assert answer.status == 400 and said in answer.body.decode(), (path, answer.status, answer.body)
        assert s.post('/articles?text_feild=body', b'{"id":"a","body":"one two"}').status == 400
        assert s.post('/articles?text_field=body', b'{"id":"a","body":"one two"}').status == 200
        advice = s.post('/articles', b'{"id":"a","body":"one two"}').lines()[0]['advice']
        assert 'text_field=' in advice and '--' not in advice, advice  # who sends has no command line


def test_search(work):
    """A word is found whatever the form in which it, or the text, is written."""
    with Service(COMMAND, work / 'a.db') as s:
        s.add({'id': 'a-1', 'title': 'Stra\u00dfe \u0401\u0416', 'text': 'Der Caf\u00e9-Betreiber re-opened it in \u0130zmir. ' + text(1)},
              {'id': 'b-2', 'title': 'STRASSE \u0451\u0436', 'text': 'cafe\u0301 \uff21\uff22 ' + text(2)})
        for words, found in (('stra\u00dfe', 2), ('STRASSE', 2), ('\u1e9e', 2), ('stra\u1e9ee', 2), ('\u0451\u0436', 2), ('\u0401\u0416', 2), ('cafe\u0301', 2), ('CAF\u00c9', 2),
                             ('\u0130zmir', 1), ('i\u0307zmir', 1), ('re-opened', 1), ('opened-re', 0), ('ab', 1), ('a-1', 1), ('- strasse', 2)):
            got = s.get('/articles?q=' + quote(words)).json()['articles']
            assert len(got) == found, (words, [a['id'] for a in got])
        for words in ('-', '%FF', '+'.join(['w'] * 17)):
            assert s.get('/articles?q=' + words).status == 400, words


def test_decisions(work):
    with Service(COMMAND, work / 'a.db') as s:
        s.add({'id': 'a', 'text': text(1)}, {'id': 'b', 'text': text(1) + ' more'}, {'id': 3, 'text': text(3)})
        answer = s.post('/decisions', b'{"id":"b","decision":"not-a-copy","of":"a","who":"anna"}\n{"id":3,"decision":"kill","who":"ben"}\n')
        assert answer.json() == {'decisions': 2, 'last': 2}, answer.body
        listed = s.get('/decisions').json()['decisions']
        assert [(d['id'], d['decision'], d['of'], d['who']) for d in listed] == [('b', 'not-a-copy', 'a', 'anna'), (3, 'kill', None, 'ben')]
        assert s.get('/articles/3').json()['withdrawn']
        assert s.add({'id': 'c', 'text': text(3)})[0]['verdict'] == 'withdrawn'
        assert s.post('/decisions', b'{"id":"a","decision":"burn"}').status == 400
        assert s.post('/decisions', b'{"decision":"kill"}').status == 400


def test_expire(work):
    with Service(COMMAND, work / 'a.db') as s:
        s.add({'id': 'a', 'text': text(1), 'published': '2020-01-01'}, {'id': 'b', 'text': text(2), 'published': '2021-01-01'})
        assert s.post('/expire?before=2020-06-01', b'').json() == {'removed': 1}
        assert s.post('/expire?before=soon', b'').status == 400
        assert s.post('/expire?before=yesterday', b'').json() == {'removed': 1}  # as the command has it


def test_no_texts(work):
    subprocess.run([COMMAND, 'index', 'create', str(work / 'a.db')], check=True)
    with Service(COMMAND, work / 'a.db') as s:
        s.add({'id': 'a', 'text': text(1)}, {'id': 'b', 'text': text(1)})
        assert s.get('/articles/a').json().get('text') is None and not s.get('/stat').json()['keep_text']
        assert s.get('/compare?a=a&b=b').status == 409
        assert s.get('/articles?q=word').status == 409 and s.get('/articles?limit=1').status == 200
        assert s.get('/articles/a/matches').json()['matches'][0]['of'] == 'b'


def test_description(work):
    """Every route of the service is in its description, and nothing else; what it answers is what that says."""
    source = (ROOT / 'cli/serve/routes.c').read_text()
    routes = set()
    for method, parts in re.findall(r'\{"([A-Z]+)",\s*\{(.*?)NULL\}', source):
        parts = re.findall(r'"(.*?)"', parts)
        names = {'articles': '{id}', 'stories': '{number}'}
        routes.add((method.lower(), '/' + '/'.join(names[parts[k - 1]] if p == '*' else p for k, p in enumerate(parts))))
    described = json.loads((ROOT / 'docs/openapi.json').read_text())
    paths = {(m, path) for path, item in described['paths'].items() for m in item if m in ('get', 'post', 'delete')}
    assert routes == paths, routes ^ paths

    def fits(schema, value, where):
        while '$ref' in schema:
            schema = described['components']['schemas'][schema['$ref'].split('/')[-1]]
        if 'anyOf' in schema:
            return any(fits(s, value, where) is None for s in schema['anyOf']) or f'{where}: none fits'
        kinds = {'object': dict, 'array': list, 'string': str, 'integer': int, 'number': (int, float), 'boolean': bool, 'null': type(None)}
        wanted = schema.get('type', list(kinds))
        wanted = [wanted] if isinstance(wanted, str) else wanted
        assert any(isinstance(value, kinds[k]) and (k == 'boolean') == isinstance(value, bool) for k in wanted), (where, value, wanted)
        assert 'enum' not in schema or value in schema['enum'], (where, value)
        if isinstance(value, dict) and 'properties' in schema:
            assert set(schema['required']) <= set(value), (where, set(schema['required']) - set(value))
            assert set(value) <= set(schema['properties']), (where, set(value) - set(schema['properties']))
            for k, v in value.items():
                fits(schema['properties'][k], v, f'{where}.{k}')
        elif isinstance(value, list):
            for v in value:
                fits(schema.get('items', {}), v, where + '[]')
        return None

    with Service(COMMAND, work / 'a.db') as s, open(FEED, 'rb') as feed:
        s.post('/articles', feed.read())
        s.post('/decisions', b'{"id":"mn-0508-006","decision":"keep","who":"anna"}')
        for path, template in [('/articles?limit=1000&texts=1', '/articles'), ('/articles/mn-0508-006', '/articles/{id}'), ('/articles/ncp-0508-047/matches', '/articles/{id}/matches'),
                               ('/compare?a=mn-0508-003&b=vc-0508-001', '/compare'), ('/stories/1', '/stories/{number}'), ('/decisions', '/decisions'), ('/stat', '/stat'),
                               ('/version', '/version'), ('/healthz', '/healthz'), ('/articles/none', '/articles/{id}'), ('/compare', '/compare')]:
            answer = s.get(path)
            content = described['paths'][template]['get']['responses'][str(answer.status)]['content']
            fits(content[answer.headers['Content-Type']]['schema'], answer.json(), path)


def test_socket_of_systemd(work):
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(work / 'passed'))
    listening.listen()
    number = listening.fileno()
    shell = f'exec 3<&{number}; LISTEN_FDS=1 LISTEN_PID=$$ exec "$0" serve "$1"'
    process = subprocess.Popen(['bash', '-c', shell, COMMAND, str(work / 'a.db')], pass_fds=[number], stderr=subprocess.PIPE, text=True)
    assert 'serving' in process.stderr.readline()
    c = socket.socket(socket.AF_UNIX)
    c.connect(str(work / 'passed'))
    c.sendall(b'GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n')
    assert b'200 OK' in c.recv(1000)
    process.terminate()
    assert process.wait(20) == 0 and (work / 'passed').exists()
    process.stderr.close()


# ==== Events =======================================================================================


def test_events_go_on_after_a_restart(work):
    with Service(COMMAND, work / 'a.db') as s:
        listening = s.events(since='0')
        s.add({'id': 'a', 'text': text(1)}, {'id': 'b', 'text': text(1)})
        first, second = next(listening), next(listening)
        assert first[1] == 'article' and first[2]['id'] == 'a' and second[2]['verdict']['kind'] == 'duplicate'
        s.add({'id': 'c', 'text': text(2)})
        assert next(listening)[2]['id'] == 'c'
        s.post('/decisions', b'{"id":"c","decision":"keep","who":"anna"}')
        assert next(listening)[1:] == ('decision', s.get('/decisions').json()['decisions'][0])
        listening.close()
        s.end(signal.SIGKILL)
    with Service(COMMAND, work / 'a.db') as s:
        rest = s.events(last=first[0])
        assert [next(rest)[2]['id'] for _ in range(2)] == ['b', 'c'] and next(rest)[1] == 'decision'
        late = s.events()
        got = []
        thread = threading.Thread(target=lambda: got.append(next(late)))
        thread.start()
        until(lambda: s.metric('twicetold_listeners') == 2)
        time.sleep(0.2)
        s.add({'id': 'd', 'text': text(4)})
        thread.join(10)
        assert got and got[0][2]['id'] == 'd'
        rest.close()


def take_events(listening, count):
    return [next(listening) for _ in range(count)]


def test_what_is_removed_is_an_event(work):
    with Service(COMMAND, work / 'a.db', '--window', '48h') as s:
        s.add(*({'id': f'a{k}', 'text': text(k), 'published': f'2026-01-0{1 if k < 3 else 2}'} for k in range(10)))
        place = s.get('/stat').json()['place']
        listening = s.events(since=place)
        s.ask('DELETE', '/articles/a3')
        assert next(listening)[1:] == ('removed', {'number': 4})
        s.add({'id': 'a5', 'text': text(55), 'published': '2026-01-02'})  # a new version takes the place of the old one
        assert [(k, d['number']) for _, k, d in take_events(listening, 2)] == [('article', 11), ('removed', 6)]
        s.post('/decisions', b'{"id":"a7","decision":"kill"}')
        heard = take_events(listening, 3)
        assert [k for _, k, _ in heard] == ['article', 'decision', 'removed'] and heard[0][2]['withdrawn'] and heard[2][2] == {'number': 8}
        s.post('/expire?before=2026-01-01T12:00:00Z', b'')
        assert [d['number'] for _, _, d in take_events(listening, 3)] == [1, 2, 3]
        s.add({'id': 'b', 'text': text(100), 'published': '2026-01-08'}, {'id': 'c', 'text': text(101), 'published': '2026-01-08'}, {'id': 'd', 'text': text(102), 'published': '2026-01-08'})
        # The window has taken the rest: more was removed than the index remembers, and everything is heard again.
        there = [a['number'] for a in s.get('/articles?since=0').json()['articles']]
        for stream in (listening, s.events(last=place)):
            while next(stream)[1] != 'restart':
                pass
            assert [d['number'] for _, _, d in take_events(stream, len(there))] == there


def test_a_restored_index_starts_the_stream_over(work):
    subprocess.run([COMMAND, 'index', 'create', '--keep-text', str(work / 'a.db')], check=True)
    with Service(COMMAND, work / 'a.db') as s:
        s.add({'id': 'a', 'text': text(1)}, {'id': 'b', 'text': text(2)})
        early = take_events(s.events(since='0'), 2)[1][0]
        subprocess.run([COMMAND, 'index', 'backup', str(work / 'a.db'), '-o', str(work / 'copy.db')], check=True)
        s.add({'id': 'c', 'text': text(3)}, {'id': 'd', 'text': text(4)})
        late = take_events(s.events(last=early), 2)[1][0]
    for name in ('a.db', 'a.db-wal', 'a.db-shm'):
        (work / name).unlink(missing_ok=True)
    (work / 'copy.db').rename(work / 'a.db')
    with Service(COMMAND, work / 'a.db') as s:
        before = take_events(s.events(last=late), 3)
        assert [k for _, k, _ in before] == ['restart', 'article', 'article'] and before[1][2]['id'] == 'a', before
        s.add(*({'id': f'e{k}', 'text': text(10 + k)} for k in range(5)))  # numbers that were given before
        over = take_events(s.events(last=late), 8)
        assert [d.get('id') for _, _, d in over] == [None, 'a', 'b', 'e0', 'e1', 'e2', 'e3', 'e4'], over
        assert [d['id'] for _, _, d in take_events(s.events(last=early), 5)] == ['e0', 'e1', 'e2', 'e3', 'e4']  # from before the copy
        assert [d.get('id') for _, _, d in take_events(s.events(since='99'), 2)] == [None, 'a']
        assert s.get('/events?since=1.2.3.4.5').status == 400


def test_corrections_say_what_they_correct(work):
    toll = 'The ferry Anna Lind ran aground off Port Aldery on Tuesday and {} people were hurt, the coast guard said. ' + text(7, 40)
    with Service(COMMAND, work / 'a.db') as s:
        s.add({'id': 'a', 'text': toll.format(3)}, {'id': 'b', 'text': 'CORRECTION ' + toll.format(5)}, {'id': 'x', 'text': text(9)})
        listening = s.events(since='0')
        first, second, third = take_events(listening, 3)
        assert 'differ' not in first[2] and 'differ' not in third[2]
        assert second[2]['verdict']['kind'] == 'correction' and second[2]['verdict']['of'] == 'a'
        assert {'kind': 'numeral', 'words': '5', 'of_words': '3'} in second[2]['differ'], second[2]['differ']
        s.add({'id': 'x', 'text': text(9) + ' and so on'}, {'id': 'a', 'text': toll.format(8)})  # a new version, whose earlier text is gone
        heard = [d for _, kind, d in take_events(listening, 4) if kind == 'article' and d['id'] == 'a']
        assert heard[0]['verdict']['of'] == 'a' and {'kind': 'numeral', 'words': '8', 'of_words': '3'} in heard[0]['differ'], heard


def test_an_item_that_is_replaced(work):
    """A feed whose versions have ids of their own: listeners are told what changed, and that the old one has gone."""
    head, tail = 'The harbour ferry ran aground in thick fog on Tuesday with', 'people on board when the bow struck the rocks below the lighthouse.'
    with Service(COMMAND, work / 'a.db') as s:
        listening = s.events('0')
        first = {'uri': 'one', 'versioncreated': '2034-05-07T10:00:00Z', 'language': 'en', 'embargoed': '2034-05-08T06:00:00Z', 'body_text': f'{head} forty {tail}'}
        second = {'uri': 'two', 'replacing': ['one'], 'versioncreated': '2034-05-07T11:00:00Z', 'pubstatus': 'commissioned', 'body_text': f'{head} fifty {tail}'}
        assert s.add(first)[0]['embargoed'] == first['embargoed']
        events = take_events(listening, 1)
        [verdict] = s.add(second)
        assert (verdict['verdict'], verdict['of'], verdict['of_embargoed']) == ('update', 'one', first['embargoed'])
        events += take_events(listening, 2)
        added = [data for _, name, data in events if name == 'article']
        assert [a['id'] for a in added] == ['one', 'two'] and added[0]['embargoed'] == first['embargoed'] and added[0]['language'] == 'en', added
        assert (added[1]['replacing'], added[1]['pubstatus'], added[1]['embargoed']) == ('one', 'commissioned', None)
        assert [(d['words'], d['of_words']) for d in added[1]['differ']] == [('fifty', 'forty')]
        assert [data['number'] for _, name, data in events if name == 'removed'] == [1]
        assert s.get('/articles/one').status == 404 and s.get('/articles/two').json()['story'] == 1
        assert s.add({**first, 'replacedby': 'two', 'pubstatus': 'replaced'})[0]['of'] == 'two'
        assert s.get('/articles/one').status == 404


def test_two_hear_the_same_decision_within_a_second(work):
    with Service(COMMAND, work / 'a.db') as s:
        s.add({'id': 'a', 'text': text(1)})
        heard = {}

        def listen(name):
            for _, kind, _ in s.events(since='0'):
                if kind == 'decision':
                    heard[name] = time.monotonic()
                    return

        threads = [threading.Thread(target=listen, args=(n,)) for n in range(2)]
        for t in threads:
            t.start()
        until(lambda: s.metric('twicetold_listeners') == 2)
        said = time.monotonic()
        s.post('/decisions', b'{"id":"a","decision":"kill","who":"anna"}')
        for t in threads:
            t.join(10)
        assert len(heard) == 2 and max(heard.values()) - said < 1, heard


# ==== Who may ask ==================================================================================


def token_file(work):
    path = work / 'token'
    path.write_text(TOKEN + '\n')
    path.chmod(0o600)
    return str(path)


def test_token(work):
    with Service(COMMAND, work / 'a.db', '--token-file', token_file(work)) as s:
        assert s.get('/healthz').status == 200
        for path in ('/', '/stat', '/articles', '/events', '/metrics', '/nothing'):
            assert s.get(path).status == 401, path
        for wrong in ('Bearer ', 'Bearer x', f'Bearer {TOKEN}x', f'Bearer {TOKEN[:-1]}', 'Basic !', f'Digest {TOKEN}',
                      'Basic ' + base64.b64encode(b'anna:x').decode(), 'Basic ' + 'A' * 2000):
            assert s.get('/stat', Authorization=wrong).status == 401, wrong
        assert s.get('/stat', Authorization=f'Bearer {TOKEN}').status == 200
        basic = 'Basic ' + base64.b64encode(f'anna:{TOKEN}'.encode()).decode()
        s.post('/articles', b'{"id":"a","text":"one two three"}', Authorization=basic)
        s.post('/decisions', b'{"id":"a","decision":"keep"}', Authorization=basic)
        s.post('/decisions', b'{"id":"a","decision":"kill","who":"bert"}', Authorization=basic)
        assert [d['who'] for d in s.get('/decisions', Authorization=basic).json()['decisions']] == ['anna', 'anna']


def refused(work, *arguments):
    done = subprocess.run([COMMAND, 'serve', str(work / 'x.db'), *arguments], stderr=subprocess.PIPE, text=True, timeout=20, check=False)
    return done.returncode, done.stderr


def test_other_machines_need_a_token(work):
    code, said = refused(work, '--listen', '0.0.0.0:0')
    assert code == 2 and '--token-file' in said, said
    (work / 'open').write_text(TOKEN)
    (work / 'open').chmod(0o644)
    assert refused(work, '--token-file', str(work / 'open'))[0] == 3
    (work / 'short').write_text('abc')
    (work / 'short').chmod(0o600)
    assert refused(work, '--token-file', str(work / 'short'))[0] == 3


def test_hosts_and_origins(work):
    with Service(COMMAND, work / 'a.db', '--host', 'desk.example,wire.example') as s:
        for host in ('localhost', 'LOCALHOST:1', '127.0.0.1:99', '[::1]:5', 'desk.example', 'wire.example:80', 'localhost.'):
            assert s.get('/version', Host=host).status == 200, host
        for host in ('evil.example', 'localhost.evil.example', 'desk.example.', '127.0.0.1.evil.example', '', '[evil]', 'xdesk.example'):
            assert s.get('/version', Host=host).status in ((421, 200) if host == 'desk.example.' else (421,)), host
        body = b'{"id":"a","text":"one two three"}'
        for headers in ({'Origin': 'http://evil.example'}, {'Origin': 'null'}, {'Sec-Fetch-Site': 'cross-site'}, {'Sec-Fetch-Site': 'same-site'},
                        {'Origin': 'http://localhost:1', 'Host': 'localhost'}):
            assert s.post('/articles', body, **headers).status == 403, headers
        assert s.post('/articles', body, Origin='http://localhost:5', Host='localhost:5').status == 200
        assert s.post('/articles', body, **{'Sec-Fetch-Site': 'same-origin'}).status == 200


def test_local_socket(work):
    path = str(work / 'socket')
    with Service(COMMAND, work / 'a.db', listen=path) as s:
        assert s.get('/version').status == 200
        assert os.stat(path).st_mode & 0o777 == 0o600
        s.end(signal.SIGKILL)
    assert os.path.exists(path)
    with Service(COMMAND, work / 'a.db', listen=path) as s:  # what was left is replaced
        assert s.get('/version').status == 200
        try:
            Service(COMMAND, work / 'b.db', listen=path)
        except RuntimeError as e:
            assert 'cannot listen' in str(e)
        else:
            raise AssertionError('a socket in use was taken')
    assert not os.path.exists(path)
    (work / 'file').write_text('mine')
    try:
        Service(COMMAND, work / 'a.db', listen=str(work / 'file'))
    except RuntimeError as e:
        assert 'is not a socket' in str(e)
    assert (work / 'file').read_text() == 'mine'


def test_the_page(work):
    with Service(COMMAND, work / 'a.db') as s:
        page = s.get('/')
        policy = page.headers['Content-Security-Policy']
        assert page.status == 200 and b'<!doctype html>' in page.body.lower()[:100]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and 'http' not in policy
        assert s.get('/openapi.json').json()['openapi'].startswith('3.1')
        assert s.ask('HEAD', '/version').status == 200
        assert s.ask('PUT', '/articles', b'x').headers['Allow'] == 'GET, POST'


# ==== Bounds =======================================================================================


def test_sizes(work):
    with Service(COMMAND, work / 'a.db', '--max-body', '100K', '--max-queue', '150K', '--max-article-bytes', '10K') as s:
        assert s.post('/articles', b'{"id":"a","text":"' + b'x ' * 100000 + b'"}').status == 413
        answer = s.post('/articles', b'{"id":"a","text":"' + b'x ' * 6000 + b'"}')
        assert answer.status == 422 and 'limit' in answer.lines()[0]['reason'], answer.body
        connection = s.session()  # a body whose length is not said
        connection.request('POST', '/articles', iter([b'y' * 50000] * 4), {'Transfer-Encoding': 'chunked'}, encode_chunked=True)
        assert connection.getresponse().status == 413
        held = s.connect()
        held.sendall(b'POST /articles HTTP/1.1\r\nHost: localhost\r\nContent-Length: 90000\r\n\r\n' + b' ' * 89000)
        until(lambda: s.metric('twicetold_queue_bytes') >= 89000)
        answer = s.post('/articles', b'{"id":"a","text":"one two"}' + b' ' * 70000)
        assert answer.status == 429 and answer.headers['Retry-After'] == '1'
        assert s.post('/articles', b'{"id":"a","text":"one two"}').status == 200
        held.close()
        until(lambda: s.metric('twicetold_queue_bytes') == 0)
        assert s.get('/' + 'x' * 60000).status in (414, 431)
        assert s.get('/version', **{'X-Long': 'x' * 60000}).status == 431


def test_compressed_bodies(work):
    """What they come to is bounded, and counts beside what others send."""
    with Service(COMMAND, work / 'a.db', '--max-body', '1M', '--max-queue', '3M') as s:
        lines = [json.dumps({'id': k, 'text': text(k, 100)}) for k in range(10)]
        assert len(s.post('/articles', gzip.compress('\n'.join(lines).encode())).lines()) == 10
        many = ''.join(json.dumps({'id': k, 'text': 'word ' * 20000}) + '\n' for k in range(100)).encode()
        assert len(gzip.compress(many)) < 100000
        assert s.post('/articles', gzip.compress(many)).status == 413
        held = s.connect()
        held.sendall(b'POST /articles HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900000\r\n\r\n' + b' ' * 899000)
        until(lambda: s.metric('twicetold_queue_bytes') >= 899000)
        assert s.post('/articles', gzip.compress(many[:2600000])).status == 429
        held.close()
        until(lambda: s.metric('twicetold_queue_bytes') == 0)


def test_slow_clients(work):
    """Clients that send a byte now and then end by the clock, and nobody waits for them."""
    with Service(COMMAND, work / 'a.db', '--request-time', '2s') as s:
        slow = [s.connect() for _ in range(30)]
        began = time.monotonic()
        ended, times = [], []
        parts = [b'POST /articles HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n', b'GET /articles HTTP/1.1\r\nHost: loc', b'']
        for k, c in enumerate(slow):
            c.sendall(parts[k % 3])
            c.setblocking(False)
        number = 0
        while len(ended) < len(slow) and time.monotonic() < began + 10:
            for c in slow:
                if c in ended:
                    continue
                try:
                    c.send(b'x')
                    if c.recv(1000) == b'':
                        ended.append(c)
                except BlockingIOError:
                    pass
                except OSError:
                    ended.append(c)
            sent = time.monotonic()
            assert s.add({'id': number, 'text': text(number)})[0]['verdict'] == 'new'
            times.append(time.monotonic() - sent)
            number += 1
            time.sleep(0.1)
        took = time.monotonic() - began
        assert len(ended) == len(slow) and took < 6, (len(ended), took)
        assert sorted(times)[len(times) // 2] < 0.5, times


def test_a_client_that_takes_nothing(work):
    with Service(COMMAND, work / 'a.db', '--request-time', '2s') as s:
        for n in range(8):
            s.add(*({'id': f'{n}-{k}', 'text': text(n * 1000 + k, 300)} for k in range(100)))
        c = socket.socket()
        c.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        c.connect((s.host, s.port))
        c.sendall(b'GET /articles?limit=1000&texts=1 HTTP/1.1\r\nHost: localhost\r\n\r\n' * 5)
        until(lambda: s.metric('twicetold_answers_total{class="2xx"}') > 0)
        assert s.get('/version').status == 200
        time.sleep(6)  # what it did not take by then, it does not get
        c.settimeout(5)
        got = 0
        try:
            while part := c.recv(65536):
                got += len(part)
        except ConnectionError:
            pass
        whole = len(s.get('/articles?limit=1000&texts=1').body)
        assert got < 4 * whole, (got, whole)


def test_cut_and_lying_clients(work):
    """Requests that are cut anywhere, or are no requests, harm nothing."""
    seed = int(os.environ.get('TT_SEED', str(random.randrange(10**6))))
    print(f'  seed {seed}')
    rng = random.Random(seed)
    body = b'{"id":"a","text":"one two three four"}\n' * 20
    whole = b'POST /articles HTTP/1.1\r\nHost: localhost\r\nContent-Length: ' + str(len(body)).encode() + b'\r\n\r\n' + body
    chunked = b'POST /articles HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1f\r\n' + b'x' * 31 + b'\r\n0\r\n\r\n'
    with Service(COMMAND, work / 'a.db') as s:
        for k in range(400):
            message = bytearray(rng.choice([whole, chunked, b'GET /articles?limit=5&q=%zz HTTP/1.1\r\nHost: localhost\r\n\r\n',
                                            b'GET /events?since=9.9 HTTP/1.1\r\nHost: localhost\r\n\r\n']))
            for _ in range(rng.randrange(4)):
                message[rng.randrange(len(message))] = rng.randrange(256)
            message = message[:rng.randrange(1, len(message) + 1)]
            c = s.connect(1)
            try:
                c.sendall(message)
                if rng.random() < 0.3:
                    c.settimeout(0.02)
                    c.recv(100)
            except OSError:
                pass
            c.close()
            if k % 50 == 0:
                assert s.get('/healthz').status == 200
        until(lambda: s.metric('twicetold_queue_bytes') == 0)
        assert s.add({'id': 'z', 'text': text(5)})[0]['verdict'] in ('new', 'duplicate')


def test_requests_that_two_would_read_in_two_ways(work):
    """A proxy and the service must agree where a request ends, and whom it is for."""
    body = b'{"id":"a","text":"one two three four"}'
    head = b'POST /articles HTTP/1.1\r\nHost: localhost\r\n'
    with Service(COMMAND, work / 'a.db') as s:
        for message in (head + b'Content-Length: 38\r\nContent-Length: 5\r\n\r\n' + body, head + b'Content-Length: 38\r\nContent-Length: 38\r\n\r\n' + body,
                        head + b'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n26\r\n' + body + b'\r\n0\r\n\r\n',
                        head + b'Transfer-Encoding: gzip, chunked\r\n\r\n' + body, head + b'Transfer-Encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
                        b'GET /version HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n', b'GET /version HTTP/1.1\r\n\r\n'):
            c = s.connect(5)
            c.sendall(message + b'GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n')
            answer = b''
            try:
                while part := c.recv(65536):
                    answer += part
            except ConnectionError:
                pass
            c.close()
            status, _, rest = answer.partition(b'\r\n')
            assert status == b'HTTP/1.1 400 Bad Request' and b'Connection: close' in rest and answer.count(b'HTTP/1.1') == 1, (message, answer)
            assert json.loads(rest.partition(b'\r\n\r\n')[2])['error'], answer
        assert s.get('/stat').json()['articles'] == 0


def test_a_chunked_body_of_a_liar(work):
    """Chunks that are longer than they say, endless or no chunks end their connection, and nothing else."""
    with Service(COMMAND, work / 'a.db', '--max-body', '100K') as s:
        for chunks in (b'5\r\nabcdefgh\r\n0\r\n\r\n', b'zz\r\n', b'ffffffffffffffffff\r\n' + b'x' * 100, b'-5\r\nabc', b'7fffffff\r\n' + b'x' * 300000,
                       b'1\r\nx\r\n' * 30000 + b'0\r\n\r\n', b'0;' + b'e' * 60000 + b'\r\n\r\n'):
            c = s.connect(5)
            try:
                c.sendall(b'POST /articles HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n' + chunks)
                c.shutdown(socket.SHUT_WR)
                answer = c.recv(65536)
                assert not answer or answer.split()[1] in (b'400', b'413', b'422', b'500'), (chunks[:20], answer)
            except OSError:
                pass
            c.close()
            assert s.get('/healthz').status == 200
        until(lambda: s.metric('twicetold_queue_bytes') == 0)
        assert s.get('/stat').json()['articles'] == 0


def test_connections(work):
    with Service(COMMAND, work / 'a.db', '--max-connections', '20', '--request-time', '2s') as s:
        held = [s.connect() for _ in range(40)]
        assert s.get('/version').status == 200  # once those before it have had their time
        for c in held:
            c.close()


def test_a_large_body_does_not_hold_up_others(work):
    with Service(COMMAND, work / 'a.db') as s:
        body = ''.join(json.dumps({'id': f'big-{k}', 'text': text(k, 100)}) + '\n' for k in range(20000)).encode()
        large = []
        thread = threading.Thread(target=lambda: large.append(s.post('/articles', body)))
        thread.start()
        until(lambda: s.metric('twicetold_queue_articles') > 5000, 30)
        began = time.monotonic()
        s.add({'id': 'small', 'text': text(-1)})
        took = time.monotonic() - began
        assert not large, 'the large body was done first'
        thread.join(120)
        assert len(large[0].lines()) == 20000
        print(f'  a small request took {took:.2f} s beside the large one')


# ==== The service as a process =====================================================================


def test_many_producers(work):
    with Service(COMMAND, work / 'a.db') as s:
        failures = []

        def produce(name):
            session = s.session()
            for k in range(100):
                v = s.ask('POST', '/articles', json.dumps({'id': f'{name}-{k}', 'text': text(f'{name}-{k // 2}')}).encode(), session=session).lines()[0]
                if v['verdict'] != ('new' if k % 2 == 0 else 'duplicate'):
                    failures.append(v)

        threads = [threading.Thread(target=produce, args=(n,)) for n in range(8)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert not failures, failures[:3]
        assert s.get('/stat').json()['articles'] == 800
        assert s.metric('twicetold_commits_total') < 800


def test_term_answers_what_is_there(work):
    s = Service(COMMAND, work / 'a.db', '--commit-every', '400ms')
    answers = []
    threads = [threading.Thread(target=lambda n=n: answers.append(s.add({'id': n, 'text': text(n)}))) for n in range(10)]
    for t in threads:
        t.start()
    time.sleep(0.2)
    s.process.send_signal(signal.SIGTERM)
    for t in threads:
        t.join(20)
    assert len(answers) == 10 and all(a[0]['verdict'] == 'new' for a in answers)
    assert s.end()[0] == 0
    with Service(COMMAND, work / 'a.db') as s:
        assert s.get('/stat').json()['articles'] == 10


def test_hup_opens_the_log_again(work):
    log = work / 'access.log'
    with Service(COMMAND, work / 'a.db', '--access-log', str(log)) as s:
        s.get('/version')
        until(lambda: log.read_text())
        line = json.loads(log.read_text().splitlines()[0])
        assert line['method'] == 'GET' and line['path'] == '/version' and line['status'] == 200
        assert log.stat().st_mode & 0o777 == 0o600
        assert pathlib.Path(f'/proc/{s.process.pid}/cmdline').read_bytes().startswith(b'twicetold-serve\0')  # as ps shows it
        log.rename(work / 'old.log')
        s.process.send_signal(signal.SIGHUP)
        until(lambda: log.exists())
        s.get('/stat')
        until(lambda: '/stat' in log.read_text())


def test_modes(work):
    with Service(COMMAND, work / 'a.db') as s:
        s.add({'id': 'a', 'text': text(1)})
        for path in work.iterdir():
            assert path.stat().st_mode & 0o077 == 0, path


def kill_once(work, rng, stored):
    """Producers send until the service is killed: what was answered is to be there."""
    s = Service(COMMAND, work / 'a.db')
    missing = [n for n in rng.sample(sorted(stored), min(len(stored), 50)) if s.get(f'/articles/{n}').status != 200]
    assert not missing, missing
    assert s.get('/stat').json()['articles'] >= len(stored)
    answered, lock = [], threading.Lock()
    first = max(stored, default=-1) + 1000

    def produce(offset):
        number = first + offset
        try:
            session = s.session(5)
            while True:
                ids = [number + 8 * k for k in range(rng.randrange(1, 20))]
                body = ''.join(json.dumps({'id': n, 'text': text(n, 30)}) + '\n' for n in ids).encode()
                lines = s.ask('POST', '/articles', body, session=session).lines()
                with lock:
                    answered.extend(v['id'] for v in lines)
                number = ids[-1] + 8
        except (OSError, ValueError, KeyError, AttributeError):
            pass
        except Exception as e:  # http.client's own
            assert type(e).__module__ == 'http.client', e

    threads = [threading.Thread(target=produce, args=(k,)) for k in range(8)]
    for t in threads:
        t.start()
    time.sleep(rng.uniform(0.02, 0.5))
    s.process.kill()
    s.process.communicate()
    for t in threads:
        t.join(20)
    stored.update(answered)
    return len(answered)


def test_kill(work):
    kills = int(os.environ.get('TT_KILLS', '6'))
    seed = int(os.environ.get('TT_SEED', str(random.randrange(10**6))))
    rng, stored, answered = random.Random(seed), set(), 0
    print(f'  seed {seed}')
    for _ in range(kills):
        answered += kill_once(work, rng, stored)
    with Service(COMMAND, work / 'a.db') as s:
        there, last = set(), 0
        while True:
            page = s.get(f'/articles?since={last}&limit=1000').json()
            there.update(a['id'] for a in page['articles'])
            last = page['last']
            if not page['more']:
                break
        assert stored <= there, sorted(stored - there)[:5]
    subprocess.run([COMMAND, 'index', 'check', str(work / 'a.db')], check=True, stdout=subprocess.DEVNULL)
    print(f'  {kills} kills, {answered} answers')


def main():
    word = sys.argv[2] if len(sys.argv) > 2 else ''
    failed = []
    for name, test in [(n, f) for n, f in globals().items() if n.startswith('test_') and word in n]:
        began = time.monotonic()
        try:
            with tempfile.TemporaryDirectory() as work:
                test(pathlib.Path(work))
        except Exception:
            failed.append(name)
            traceback.print_exc(file=sys.stdout)
        print(f'{"FAILED" if name in failed else "ok"} {name} {time.monotonic() - began:.1f} s', flush=True)
    if failed:
        sys.exit(f'failed: {", ".join(failed)}')


main()
