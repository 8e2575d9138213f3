#!/usr/bin/env python3
"""The page of `twicetold serve` in Chromium: what comes in while it is open, filters, stories, side by side, decisions
that another browser sees within a second, keys, axe-core's checks, and hostile articles.

    live.py COMMAND [WORD]              runs all tests, or those with a word in their name
    live.py COMMAND --shots DIRECTORY   makes the pictures of docs/

Needs what page.py needs."""
import contextlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.request

from PIL import Image
from playwright.sync_api import sync_playwright

import hostile
from page import CRASH, FEED, axe, until


class Service:
    """twicetold serve on a free port, with an index that keeps its texts."""

    def __init__(self, command, directory, name, keep_text=True):
        self.index = directory / f'{name}.db'
        subprocess.run([command, 'index', 'create', *(['--keep-text'] if keep_text else []), self.index], check=True)
        self.process = subprocess.Popen([command, 'serve', self.index, '--listen', '127.0.0.1:0'], stderr=subprocess.PIPE, text=True)
        said = ''
        while not (found := re.search(r'http://127\.0\.0\.1:\d+', said)):
            line = self.process.stderr.readline()
            assert line, f'the service has ended: {said}'
            said += line
        self.url = found.group()

    def add(self, *articles):
        body = ''.join(json.dumps(a) + '\n' for a in articles).encode()
        with urllib.request.urlopen(urllib.request.Request(f'{self.url}/articles', body, {'Content-Type': 'application/x-ndjson'})) as answer:
            return answer.read()

    def get(self, path):
        with urllib.request.urlopen(f'{self.url}/{path}') as answer:
            return json.load(answer)

    def close(self):
        self.process.terminate()
        self.process.wait(20)
        self.process.stderr.close()


class Editor:
    """A browser on the page, which notes everything that went wrong."""

    def __init__(self, browser, service, who=None, **options):
        self.context = browser.new_context(**{'viewport': {'width': 1280, 'height': 900}, 'reduced_motion': 'reduce', **options})
        self.page, self.url, self.faults, self.requests = self.context.new_page(), service.url, [], []
        self.page.on('pageerror', lambda error: self.faults.append(str(error)))
        self.page.on('console', lambda message: self.faults.append(message.text) if message.type == 'error' else None)
        self.page.on('request', lambda request: self.requests.append(request.url))
        if who is not None:
            self.context.add_init_script(f"try {{ localStorage.setItem('twicetold:who', {json.dumps(who)}) }} catch (e) {{ /* about:blank */ }}")

    def open(self, address='/'):
        self.page.goto('about:blank')
        self.page.goto(f'{self.url}/#{address}')
        self.page.wait_for_selector('main h1')
        until(self.page, "document.getElementById('live').textContent === 'live'")
        return self.page

    def close(self):
        self.context.close()
        assert self.faults == [], self.faults
        others = [u for u in self.requests if not u.startswith((self.url, 'about:', 'blob:'))]
        assert others == [], others


def crash(k, title='', **facts):
    given = {'dead': 'three', 'hurt': 12, 'place': 'Oakley', 'day': 'Tuesday', **facts}
    return {'id': f'v{k}', 'title': f'Train hits lorry at level crossing{title}', 'source': f'Source {k % 3}', 'published': f'2034-05-08T1{k}:05:00Z', 'text': CRASH.format(**given)}


def other(k):
    return {'id': f'o{k}', 'title': f'Report {k}', 'source': 'Elsewhere', 'published': '2034-05-08T09:00:00Z', 'text': ' '.join(f'word{k}x{i}' for i in range(60))}


@contextlib.contextmanager
def desk(browser, given, name, articles=(), keep_text=True):
    service = Service(given['command'], given['directory'], name, keep_text)
    try:
        if articles:
            service.add(*articles)
        yield service
    finally:
        service.close()


def rows(page):
    return page.locator('.feed > li')


def test_what_comes_in_is_on_top_with_what_it_changed(browser, given):
    with desk(browser, given, 'top', [other(0)]) as service:
        editor = Editor(browser, service)
        page = editor.open()
        assert rows(page).count() == 1
        service.add(crash(0))
        until(page, "document.querySelectorAll('.feed > li').length === 2")
        assert 'Train hits lorry' in rows(page).nth(0).inner_text() and 'new' in rows(page).nth(0).inner_text()
        service.add(crash(1, ' - update', dead='five', hurt=31))
        until(page, "document.querySelector('.feed > li .facts-differ') !== null")
        said = rows(page).nth(0).inner_text()
        assert 'three' in said and 'five' in said and '31' in said, said
        assert any(kind in said for kind in ('correction', 'update')), said
        service.add(crash(1, ' - second update', dead='five', hurt=44))  # a version, whose earlier text is gone
        until(page, "document.querySelectorAll('.feed > li').length === 3 && document.querySelector('.feed > li .facts-differ').innerText.includes('44')")
        assert 'of its earlier version' in rows(page).nth(0).inner_text() and '31' in rows(page).nth(0).inner_text()
        service.add(crash(1, ' - update', dead='five', hurt=31))
        until(page, "document.querySelector('.feed > li .facts-differ').innerText.includes('44') && document.querySelector('.feed > li .facts-differ').innerText.indexOf('44') < document.querySelector('.feed > li .facts-differ').innerText.indexOf('31')")
        service.add({**crash(1), 'id': 'copy', 'source': 'Copyist', 'text': CRASH.format(dead='five', hurt=31, place='Oakley', day='Tuesday')})
        until(page, "document.querySelector('.feed > li details.copies') !== null")
        assert rows(page).count() == 3 and 'Copyist' in page.locator('details.copies summary').inner_text()
        axe(page)
        editor.close()


def test_embargoes_and_items_that_are_replaced(browser, given):
    with desk(browser, given, 'terms', [{**crash(0), 'embargoed': '2999-01-01T06:00:00Z'}]) as service:
        editor = Editor(browser, service)
        page = editor.open()
        assert 'embargoed until 2999-01-01 06:00' in rows(page).nth(0).inner_text()
        service.add({**crash(1, ' - update', dead='five', hurt=31), 'replacing': crash(0)['id']})
        until(page, "document.querySelectorAll('.feed > li').length === 1 && document.querySelector('.feed > li').innerText.includes('which it replaces')")
        until(page, "document.querySelector('.feed > li .facts-differ') !== null")
        service.add({**crash(2, ' - again', dead='five', hurt=32)})
        until(page, "document.querySelectorAll('.feed > li').length === 2")
        until(page, "document.querySelector('.feed > li:first-child .facts-differ') !== null")  # nothing is under way
        service.add({'id': crash(1)['id'], 'version': '9', 'pubstatus': 'canceled'})
        until(page, "document.querySelector('.feed').innerText.includes('withdrawn')")
        page.goto(f"{service.url}/#/article/{crash(2)['id']}")
        page.reload()
        until(page, "document.querySelector('main h1') !== null && document.querySelector('main h1').innerText.includes('again')")
        assert 'side by side' not in page.inner_text('main')  # with what a notice withdrew
        editor.close()


def test_what_is_removed_leaves(browser, given):
    copy = {**crash(0), 'id': 'copy', 'source': 'Copyist'}
    with desk(browser, given, 'leaves', [other(0), crash(0), copy, other(1)]) as service:
        editor = Editor(browser, service)
        page = editor.open()
        assert rows(page).count() == 3  # the copy is folded
        for article, left in (('o1', 2), ('v0', 2), ('copy', 1)):
            with urllib.request.urlopen(urllib.request.Request(f'{service.url}/articles/{article}', method='DELETE')) as answer:
                answer.read()
            until(page, f"document.querySelectorAll('.feed > li').length === {left} && !document.querySelector('.feed').innerText.includes('{ {'o1': 'Report 1', 'v0': 'folded', 'copy': 'Train hits'}[article]}')")
        assert 'Report 0' in rows(page).nth(0).inner_text()
        editor.close()


def test_filters(browser, given):
    with desk(browser, given, 'filters', [other(k) for k in range(5)] + [crash(0), crash(1, dead='five')]) as service:
        editor = Editor(browser, service)
        page = editor.open()
        page.select_option('#filter-source', 'Elsewhere')
        until(page, "document.querySelectorAll('.feed > li').length === 5")
        assert 'source=Elsewhere' in page.url
        service.add(crash(2, dead='six'), other(7))
        until(page, "document.querySelectorAll('.feed > li').length === 6")
        assert 'Train' not in page.locator('.feed').inner_text()
        page.select_option('#filter-source', '')
        page.fill('#filter-q', 'lorry')
        page.keyboard.press('Tab')
        until(page, "document.querySelectorAll('.feed > li').length > 0 && !document.querySelector('.feed').textContent.includes('Report')")
        page.fill('#query', 'word3x5')
        page.keyboard.press('Enter')
        until(page, "document.querySelectorAll('.feed > li').length === 1")
        assert 'Report 3' in page.locator('.feed').inner_text()
        editor.close()


def test_a_story_grows_as_a_chain_of_versions(browser, given):
    with desk(browser, given, 'story', [crash(0), crash(1, dead='five')]) as service:
        story = service.get('articles/v0')['story']
        editor = Editor(browser, service)
        page = editor.open(f'/story/{story}')
        assert page.locator('.story > li').count() == 2
        assert 'three' in page.locator('.story > li').nth(1).inner_text()
        service.add(crash(2, dead='six', hurt=40))
        until(page, "document.querySelectorAll('.story > li').length === 3")
        said = page.locator('.story > li').nth(2).inner_text()
        assert 'five' in said and 'six' in said, said
        axe(page)
        page.locator('.story > li').nth(2).get_by_role('link', name='side by side').click()
        page.wait_for_selector('.compare')
        assert page.locator('.facts-differ li').count() >= 2 and page.locator('.compare mark').count() > 1
        axe(page)
        page.get_by_role('link', name='Their story').click()
        page.wait_for_selector('.story')
        editor.close()


def test_two_browsers_see_a_decision_within_a_second(browser, given):
    with desk(browser, given, 'decisions', [crash(0), crash(1, dead='five'), other(1)]) as service:
        anna, bert = Editor(browser, service, 'Anna'), Editor(browser, service, 'Bert')
        one, two = anna.open(), bert.open()
        began = time.monotonic()
        one.locator('.feed > li', has_text='Report 1').get_by_role('button', name='keep').click()
        until(two, "document.querySelector('.decide [data-decision=keep][aria-pressed=true]') !== null")
        seconds = time.monotonic() - began
        assert seconds < 1, f'it took {seconds:.2f} s'
        assert 'Anna' in two.locator('.feed > li', has_text='Report 1').inner_text()
        began = time.monotonic()
        two.locator('.feed > li', has_text='Report 1').get_by_role('button', name='keep').click() # takes it back
        until(one, "document.querySelector('.decide [aria-pressed=true]') === null")
        assert time.monotonic() - began < 1
        two.locator('.feed > li', has_text='Report 1').get_by_role('button', name='kill').click()
        until(one, "document.querySelector('.feed-withdrawn') !== null")
        decided = service.get('decisions')['decisions'][-1]
        assert (decided['id'], decided['decision'], decided['who']) == ('o1', 'kill', 'Bert') and decided['time'] is not None
        page = anna.open('/decisions')
        assert 'Bert' in page.locator('main').inner_text()
        axe(page)
        anna.close()
        bert.close()


def test_by_keyboard(browser, given):
    with desk(browser, given, 'keys', [other(1), crash(0), crash(1, dead='five')]) as service:
        editor = Editor(browser, service)
        page = editor.open()
        page.keyboard.press('j')
        page.keyboard.press('j')
        page.keyboard.press('k')
        assert page.evaluate("document.activeElement === document.querySelector('.feed > li')")
        page.keyboard.press('1')
        until(page, "document.querySelector('.feed > li [data-decision=keep][aria-pressed=true]') !== null")
        page.keyboard.press('s')
        page.wait_for_selector('.compare')
        page.go_back()
        page.wait_for_selector('.feed > li')
        page.keyboard.press('j')
        page.keyboard.press('Enter')
        page.wait_for_selector('article.text')
        axe(page)
        page.keyboard.press('/')
        assert page.evaluate("document.activeElement.id === 'query'")
        editor.close()


def test_without_texts_it_says_so(browser, given):
    with desk(browser, given, 'bare', [crash(0), crash(1, dead='five')], keep_text=False) as service:
        editor = Editor(browser, service)
        page = editor.open()
        assert rows(page).count() > 0 and 'keeps no texts' in page.locator('#foot').inner_text()
        page = editor.open('/article/v1')
        assert '--keep-text' in page.locator('main').inner_text()
        editor.close()


def test_the_connection_comes_back(browser, given):
    with desk(browser, given, 'again', [other(1)]) as service:
        editor = Editor(browser, service)
        page = editor.open()
        editor.context.set_offline(True)
        service.add(other(2))
        editor.context.set_offline(False)
        page.reload()
        until(page, "document.querySelectorAll('.feed > li').length === 2")
        editor.faults.clear() # of the connection that was cut
        editor.close()


def test_hostile_articles_are_text(browser, given):
    hostile.write(given['directory'] / 'evil.jsonl')
    with desk(browser, given, 'hostile') as service:
        lines = [json.loads(x) for x in (given['directory'] / 'evil.jsonl').read_text(encoding='utf-8').splitlines()]
        service.add(*lines)
        editor = Editor(browser, service)
        page = editor.open()
        assert rows(page).count() > 0
        assert page.evaluate("document.querySelectorAll('main script, main img, main iframe, main a[href^=javascript]').length") == 0
        for a in lines[:6]:
            key = f'~{a["id"]}' if isinstance(a['id'], int) or str(a['id']).startswith('~') else a['id']
            editor.page.evaluate('key => { location.hash = link("article", key) }', key)
            page.wait_for_timeout(100)
        editor.faults = [f for f in editor.faults if '404' not in f]
        editor.close()


def test_narrow_and_dark(browser, given):
    with desk(browser, given, 'narrow', [crash(0), crash(1, dead='five')]) as service:
        editor = Editor(browser, service, viewport={'width': 390, 'height': 800}, color_scheme='dark')
        page = editor.open()
        assert page.evaluate('document.documentElement.scrollWidth <= innerWidth'), 'it scrolls sideways'
        axe(page)
        editor.close()


def take_shots(browser, given, target):
    lines = [json.loads(x) for x in FEED.read_text(encoding='utf-8').splitlines()][:160]
    with desk(browser, given, 'shots', lines) as service:
        editor = Editor(browser, service, 'Anna')
        page = editor.open()
        page.locator('.feed > li').nth(1).get_by_role('button', name='keep').click()
        page.wait_for_timeout(1500)
        stories = service.get('articles?limit=200')['articles']
        largest = max((a['story'] for a in stories), key=lambda s: sum(a['story'] == s for a in stories))
        for name, address in (('live', None), ('live-story', f'/story/{largest}')):
            if address is not None:
                editor.page.evaluate('address => { location.hash = address }', f'#{address}')
                page.wait_for_selector('.story')
                page.wait_for_timeout(500)
            page.screenshot(path=target / f'{name}.png')
            with Image.open(target / f'{name}.png') as picture:
                picture.convert('RGB').quantize(96).save(target / f'{name}.png', optimize=True)
        editor.close()
    return 0


def run_tests(browser, given, word):
    failed = 0
    tests = [(name, test) for name, test in globals().items() if name.startswith('test_') and word in name]
    for name, test in tests:
        try:
            test(browser, given)
            print(flush=True, end=f'ok   {name[5:].replace("_", " ")}\n')
        except Exception:  # a failed check or a browser's refusal: told, and the next one runs
            failed += 1
            print(f'BAD  {name[5:].replace("_", " ")}')
            traceback.print_exc(limit=4, file=sys.stdout)
    print(f'{len(tests) - failed} passed, {failed} failed')
    return failed != 0


def main(words):
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as directory:
        browser = playwright.chromium.launch(executable_path=os.environ.get('CHROMIUM', '/usr/bin/chromium'), args=['--no-sandbox'] if os.geteuid() == 0 else [])
        given = {'command': os.path.realpath(words[0]), 'directory': pathlib.Path(directory)}
        try:
            if len(words) > 2 and words[1] == '--shots':
                return take_shots(browser, given, pathlib.Path(words[2]))
            return run_tests(browser, given, words[1] if len(words) > 1 else '')
        finally:
            browser.close()


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]) if len(sys.argv) > 1 else __doc__)
