#!/usr/bin/env python3
"""The page of `twicetold report` in a browser: every view, light, dark and narrow, by keyboard, with
axe-core's checks, and with articles that want to break it.

    page.py COMMAND [WORD]              runs all tests, or those with a word in their name; the exit code says
                                        whether they passed
    page.py COMMAND --shots DIRECTORY   makes the pictures of docs/
    page.py --time PAGE                 how fast a page opens: medians of five

Needs the packages of requirements.txt and Chromium (CHROMIUM, else /usr/bin/chromium).
"""
import csv
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import traceback
import urllib.parse

import axe_playwright_python
from PIL import Image
from playwright.sync_api import sync_playwright

import hostile

ROOT = pathlib.Path(__file__).resolve().parents[2]
FEED = ROOT / 'corpora/feed/articles.jsonl'
AXE = (pathlib.Path(axe_playwright_python.__file__).parent / 'axe.min.js').read_text(encoding='utf-8')
COMPARE = '/compare/mn-0508-003/vc-0508-001'
VIEWS = {'overview': '/', 'clusters': '/clusters', 'cluster': '/cluster/2', 'sections': '/sections/3', 'section': '/section/19', 'pairs': '/pairs',
         'articles': '/articles?kind=unique', 'sources': '/sources', 'decisions': '/decisions', 'new': '/articles?from=2034-05-10T00:00&sort=newest', 'article': '/article/la-0508-004', 'compare': '/compare/la-0508-004/vc-0508-002', 'dots': '/dots/la-0508-004/vc-0508-002',
         'search': '/search/ferry%20fog', 'missing': '/cluster/99999'}
SHOTS = {'overview': ('/', 'light', 1280, 860), 'cluster': ('/cluster/2', 'light', 1280, 800), 'side-by-side': ('/compare/ncp-0508-047/mn-0508-067', 'light', 1280, 860),
         'side-by-side-dark': ('/compare/ncp-0508-047/mn-0508-067', 'dark', 1280, 860), 'words': ('/compare/la-0508-004/vc-0508-002', 'light', 1280, 860), 'repeats-itself': ('self', 'light', 1280, 800),
         'dot-plot': ('/dots/ncp-0508-047/mn-0508-067', 'light', 1280, 860), 'sections': ('/sections/3', 'light', 1280, 640),
         'pairs': ('/pairs?source=Harbour+Wire&similar=60&sort=unlike', 'light', 1280, 800), 'new': ('/articles?from=2034-05-10T00:00&sort=newest', 'light', 1280, 800), 'sources': ('/sources', 'light', 1280, 800),
         'decisions': ('decisions', 'light', 1280, 520), 'facts': ('facts', 'light', 1280, 860),
         'show': ('show', 'light', 1280, 640), 'search': ('/search/ferry%20fog', 'dark', 1280, 640), 'narrow': ('/cluster/2', 'light', 390, 800)}


PLAIN = ('--text-format', 'plain') # what looks like markup is text


def make(command, directory, name, articles, options=()):
    result, page = directory / f'{name}.jsonl', directory / f'{name}.html'
    subprocess.run([command, 'scan', '-q', *options, articles, '-o', result], check=True)
    subprocess.run([command, 'report', '-q', *options, result, articles, '-o', page], check=True)
    return page.as_uri()


class Reader:
    """A browser's page that notes everything that went wrong on it."""

    def __init__(self, browser, base, **options):
        self.context = browser.new_context(**{'viewport': {'width': 1280, 'height': 900}, 'accept_downloads': True, 'reduced_motion': 'reduce', **options})
        self.page = self.context.new_page()
        self.base, self.faults, self.requests = base, [], []
        self.page.on('console', lambda m: self.faults.append(m.text) if m.type in ('error', 'warning') else None)
        self.page.on('pageerror', lambda e: self.faults.append(str(e)))
        self.page.on('dialog', lambda d: (self.faults.append(f'dialog {d.message}'), d.dismiss()))
        self.page.on('request', lambda r: self.requests.append(r.url))

    def open(self, address):
        self.page.goto('about:blank')
        self.page.goto(f'{self.base}#{address}')
        self.page.wait_for_selector('main h1')
        return self.page

    def close(self):
        self.context.close()
        strange = [u for u in self.requests if not u.startswith((self.base, 'about:', 'blob:'))]
        assert not strange, f'it loads {strange}'
        assert not self.faults, f'faults: {self.faults}'


def until(page, condition):
    """Waits; the page's policy forbids Playwright's own way, which is to evaluate a string in it."""
    for _ in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f'never: {condition}')


def axe(page, rules='{}'):
    if page.evaluate('window.axe === undefined'):
        page.evaluate(AXE)
    found = page.evaluate(f'axe.run(document, {rules})')['violations']
    serious = [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found if v['impact'] in ('serious', 'critical')]
    assert not serious, '\n'.join(serious)


def each_view(browser, pages, **options):
    for name, address in VIEWS.items():
        reader = Reader(browser, pages['feed'], **options)
        yield name, reader.open(address)
        reader.close()


def test_every_view_opens_and_passes_axe(browser, pages):
    for name, page in each_view(browser, pages):
        assert page.locator('main h1').count() == 1, name
        assert (page.locator('main h1').inner_text() == 'Nothing here') == (name == 'missing'), name
        axe(page)
        page.emulate_media(color_scheme='dark')
        axe(page, '{runOnly: ["color-contrast"]}')


def test_narrow_screens_scroll_in_one_direction(browser, pages):
    for name, page in each_view(browser, pages, viewport={'width': 340, 'height': 700}):
        wide = page.evaluate('document.scrollingElement.scrollWidth - document.documentElement.clientWidth')
        assert wide <= 0, f'{name} is {wide} pixels wider than the screen'
        if name in ('overview', 'compare'):
            axe(page)


def test_the_overview_counts_what_the_result_says(browser, pages):
    reader = Reader(browser, pages['feed'])
    page = reader.open('/')
    lines = [json.loads(line) for line in open(pages['result'], encoding='utf-8')]
    copies = sum(len(line['members']) - 1 for line in lines if line['type'] == 'cluster')
    statistics_text = page.locator('.statistics').inner_text()
    for number in ('308', str(copies), str(sum(line['type'] == 'pair' for line in lines))):
        assert number in statistics_text, f'{number} is not in {statistics_text}'
    assert page.locator('.panel', has_text='By source').locator('tbody tr').count() == 6
    assert 'Correction policy' in page.locator('.panel', has_text='Notices').inner_text()
    reader.close()


def test_two_articles_share_what_the_texts_share(browser, pages):
    reader = Reader(browser, pages['feed'])
    page = reader.open(COMPARE)
    texts = {a['id']: a['text'] for a in map(json.loads, open(FEED, encoding='utf-8'))}
    left, right = page.locator('.scrolls').nth(0), page.locator('.scrolls').nth(1)
    shown = left.evaluate('e => { const c = e.cloneNode(true); c.querySelectorAll(".hidden").forEach(h => h.remove()); return [...c.querySelectorAll("p")].map(p => p.textContent).join("\\n"); }')
    lines = [line for line in texts['mn-0508-003'].split('\n') if line.strip() != '']
    assert shown == '\n'.join(lines), 'the text is not shown as it is'
    words = [' '.join(side.locator('mark').all_inner_texts()) for side in (left, right)]
    assert 'A coastal ferry carrying 214 passengers' in words[0] and 'A coastal ferry carrying 214 passengers' in words[1]
    alone = left.locator('p.fresh').first.inner_text()
    assert alone.startswith('PORT ALDERY') and 'Divers who examined' not in texts['vc-0508-001']
    for a, b in (('ncp-0508-047', 'mn-0508-067'), ('mn-0508-067', 'ncp-0508-047')): # one passage has moved
        page = reader.open(f'/compare/{a}/{b}')
        shown = [side.evaluate('e => { const c = e.cloneNode(true); c.querySelectorAll(".hidden").forEach(h => h.remove()); return c.textContent; }') for side in (page.locator('.scrolls').nth(0), page.locator('.scrolls').nth(1))]
        assert shown == [texts[a].replace('\n', ''), texts[b].replace('\n', '')]
        assert page.locator('.chip').count() >= 3
    page = reader.open('/compare/la-0508-004/vc-0508-002')
    assert 'inspection' in ' '.join(page.locator('.scrolls').nth(0).locator('mark del').all_inner_texts())
    assert 'inspecti0n' in ' '.join(page.locator('.scrolls').nth(1).locator('mark ins').all_inner_texts())
    reader.close()


def test_the_page_shows_the_alignment_of_the_engine(browser, pages):
    reader = Reader(browser, pages['feed'])
    page = reader.open('/')
    pairs = [p for p in map(json.loads, open(pages['result'], encoding='utf-8')) if p['type'] == 'pair']
    shares = page.evaluate("""async pairs => { await needs(articles().id.map((_, n) => n)); return pairs.map(([a, b]) => {
        const al = alignmentOf(articleOf(a), articleOf(b)), back = alignmentOf(articleOf(b), articleOf(a));
        const kept = changesOf(al).kept, words = al.segments.reduce((n, s) => n + s.words[0], 0);
        return [al.known, kept / words, changesOf(back).kept === kept, al.passages.length === back.passages.length];
    }); }""", [[p['a'], p['b']] for p in pairs])
    for pair, (known, share, same, mirrored) in zip(pairs, shares):
        assert known and same and mirrored and abs(share - pair['overlap_a']) < 0.05, f'{pair}: {share}'
    assert statistics.mean(abs(share[1] - p['overlap_a']) for share, p in zip(shares, pairs)) < 0.005
    reader.close()


def test_apostrophes_and_case_are_no_difference(browser, pages):
    articles = pages['directory'] / 'apostrophes.jsonl'
    text = "It's the mayor's plan, the clerk said on Monday, and the council's vote on it was put off until the end of June."
    with open(articles, 'w', encoding='utf-8') as file:
        for key, words in (('straight', text), ('curly', text.replace("'", '\u2019').upper())):
            file.write(json.dumps({'id': key, 'text': words}) + '\n')
    reader = Reader(browser, make(pages['command'], pages['directory'], 'quotes', articles))
    page = reader.open('/compare/straight/curly')
    assert page.locator('.scrolls .alone, .scrolls ins, .scrolls del').count() == 0 and page.locator('.chip').count() == 1
    reader.close()


def test_two_articles_that_no_line_joins(browser, pages):
    reader = Reader(browser, pages['hostile'])
    page = reader.open('/compare/self/__proto__')
    assert 'lists no passage' in page.locator('.lead').inner_text() and page.locator('.scrolls mark').count() == 0
    reader.close()


def test_a_cluster_says_who_was_first_and_what_changed(browser, pages):
    reader = Reader(browser, pages['feed'])
    page = reader.open('/cluster/2')
    rows = page.locator('.story > li')
    assert 'First to run it: Valley Courier' in page.locator('.lead').inner_text()
    assert [rows.nth(i).locator('code').inner_text() for i in range(4)] == ['vc-0508-002', 'la-0508-004', 'la-0508-027', 'hw-0508-031']
    assert 'first to run it' in rows.nth(0).inner_text() and rows.nth(1).locator('.badge.keep').count() == 1 and '+4 h 56 min' in rows.nth(2).inner_text()
    assert rows.nth(0).locator('.changes').count() == 0, 'the first version has none before it'
    assert 'Correction policy' in rows.nth(1).locator('.excerpt.cut').inner_text(), 'what the second version left out was cut'
    assert 'Farmers below the dam' in rows.nth(2).locator('.excerpt.cut').inner_text()
    assert rows.nth(1).locator('.swaps del').first.inner_text() == 'inspecti0n' and rows.nth(1).locator('.swaps ins').first.inner_text() == 'inspection'
    page.get_by_role('link', name='Against the kept article').click()
    page.wait_for_selector('.story .excerpt.added')
    assert 'Correction policy' in rows.nth(0).locator('.excerpt.added').inner_text() and 'Farmers below the dam' in rows.nth(2).locator('.excerpt.cut').inner_text()
    assert rows.nth(0).locator('.swaps del').first.inner_text() == 'inspection' and rows.nth(1).locator('.changes').count() == 0
    assert page.locator('.timeline circle').count() == 4
    lines = [json.loads(line) for line in open(pages['result'], encoding='utf-8')]
    number = {line['keep']: line['cluster'] for line in lines if line['type'] == 'cluster'}
    keep, twin = next(two for line in lines if line['type'] == 'pair' and line['relation'] == 'identical' for two in ((line['a'], line['b']), (line['b'], line['a'])) if two[0] in number)
    page = reader.open(f'/cluster/{number[keep]}?against=kept')
    assert 'Identical to the kept article' in page.locator('.story > li', has_text=twin).inner_text()
    page = reader.open(f'/compare/{keep}/{twin}')
    assert page.locator('.scrolls .alone, .scrolls ins, .scrolls del').count() == 0 and page.locator('.chip').count() == 1
    reader.close()


def write_lines(path, articles):
    with open(path, 'w', encoding='utf-8') as file:
        for article in articles:
            file.write(json.dumps(article, ensure_ascii=False) + '\n')
    return path


STORY = ' '.join(f'The council of the town said on day {n} that the bridge over the river {w} would be closed for repairs until the autumn.' for n, w in enumerate(('Aller', 'Bode', 'Corve', 'Dolm', 'Eder')))


def test_nobody_is_first_where_times_are_tied_or_only_days(browser, pages):
    for name, times in (('tied', ('2034-05-08T10:00:00Z', '2034-05-08T10:00:00Z')), ('days', ('2034-05-08', '2034-05-08')), ('told', ('2034-05-08T10:00:00Z', '2034-05-08T10:20:00Z'))):
        articles = [{'id': f'{name}-{k}', 'title': name, 'source': f'Paper {k}', 'published': t if 'T' in t else f'{t}T00:00:00Z', 'text': STORY} for k, t in enumerate(times)]
        reader = Reader(browser, make(pages['command'], pages['directory'], name, write_lines(pages['directory'] / f'{name}-in.jsonl', articles)))
        page = reader.open('/cluster/1')
        assert page.locator('.badge.first').count() == (name == 'told'), name
        assert ('do not say who was first' in page.locator('.lead').inner_text()) == (name != 'told'), name
        assert '+0 min' not in page.locator('main').inner_text()
        reader.close()


CRASH = 'At least {dead} people were killed and {hurt} injured when a passenger train hit a lorry at a level crossing near {place} on {day}, police said. ' \
    'The train was travelling from Harfield to Marsden at 80 kilometres an hour when it struck the lorry, the rail regulator said in a statement. ' \
    'Emergency services sent 15 ambulances, and Transport Minister Helen Ward is to visit the county hospital in Marsden on Thursday. ' \
    'The line, which carries 46 trains a day, is expected to stay closed until Sunday, Northern Rail said, and the driver of the lorry, a man of 41, was detained.'


def test_facts_that_differ_are_listed_and_marked(browser, pages):
    told = [{'dead': 'three', 'hurt': 12, 'place': 'Oakley', 'day': 'Tuesday'}, {'dead': 'five', 'hurt': 31, 'place': 'Oakley', 'day': 'Tuesday'}, {'dead': 'five', 'hurt': 31, 'place': 'Brenford', 'day': 'Tuesday'}, {'dead': 'five', 'hurt': 31, 'place': 'Brenford', 'day': 'Monday'}]
    articles = [{'id': f'v{k}', 'title': f'Crash {k}', 'source': 'Wire', 'published': f'2034-05-08T1{k}:00:00Z', 'text': CRASH.format(**facts)} for k, facts in enumerate(told)]
    reader = Reader(browser, make(pages['command'], pages['directory'], 'crash', write_lines(pages['directory'] / 'crash-in.jsonl', articles)))
    page = reader.open('/compare/v0/v1')
    assert [' '.join(t.split()) for t in page.locator('.differ li').all_inner_texts()] == ['three \u2192 five (number)', '12 \u2192 31 (number)']
    assert [page.locator('.scrolls').nth(side).locator('.fact-number').all_inner_texts() for side in (0, 1)] == [['three', '12'], ['five', '31']]
    axe(page)
    shown = page.locator('.scrolls').nth(1).evaluate('e => { const c = e.cloneNode(true); c.querySelectorAll(".hidden").forEach(h => h.remove()); return c.textContent; }')
    assert shown == articles[1]['text']
    page = reader.open('/compare/v2/v1')
    assert [page.locator('.scrolls').nth(side).locator('.fact-name').all_inner_texts() for side in (0, 1)] == [['Brenford'], ['Oakley']]
    assert page.locator('.facts dd').last.inner_text() == '1'
    page = reader.open('/compare/v2/v3')
    assert [page.locator('.scrolls').nth(side).locator('.fact-date').all_inner_texts() for side in (0, 1)] == [['Tuesday'], ['Monday']]
    page = reader.open('/pairs?differ=1&sort=differ')
    assert 'facts differ' in page.locator('.list > li').first.inner_text()
    page = reader.open('/cluster/1')
    page.wait_for_selector('.story .facts-differ')
    changes = [' '.join(t.split()[:3]) for t in page.locator('.story .facts-differ li').all_inner_texts()]
    assert 'three \u2192 five' in changes and 'Oakley \u2192 Brenford' in changes, changes
    in_cluster = page.locator('.story code').all_inner_texts()
    outside = {'v0', 'v1', 'v2', 'v3'} - set(in_cluster)
    assert all(page.locator('main .list:not(.story) li', has=page.locator('code', has_text=key)).locator('.differs').count() == 1 for key in outside), 'what is not in the cluster does not stand beside it'
    assert 'differ' in reader.open('/clusters').locator('.list > li').first.inner_text()
    reader.close()


def test_lists_are_filtered_and_sorted_and_come_back_so(browser, pages):
    reader = Reader(browser, pages['feed'])
    page = reader.open('/pairs')
    page.get_by_label('Source').select_option('Harbour Wire')
    assert ' of 401 pairs' in page.locator('.count').inner_text()
    page.get_by_label('Sort by').select_option('least similar')
    page.get_by_role('button', name='Next').click()
    address = page.evaluate('location.hash')
    assert 'source=Harbour+Wire' in address and 'sort=unlike' in address and 'page=2' in address, address
    first, where = page.locator('.list > li').first.inner_text(), page.locator('.where').inner_text()
    assert all('Harbour Wire' in text for text in page.locator('.list > li').all_inner_texts())
    page.locator('.list > li a').first.click()
    page.wait_for_selector('.scrolls')
    page.go_back()
    page.wait_for_selector('.pager')
    assert (page.locator('.list > li').first.inner_text(), page.locator('.where').inner_text()) == (first, where), 'the list came back otherwise'
    page.get_by_role('button', name='Clear').click()
    assert page.evaluate('location.hash') == '#/pairs' and page.locator('.count').inner_text() == ''
    page = reader.open('/pairs?similar=99')
    shares = page.evaluate('Array.from({length: pairCount()}, (_, i) => similarity(pairAt(i))).filter(s => s >= 990).length')
    assert page.locator('.count').inner_text() == f'{shares} of 401 pairs'
    with page.expect_download() as got:
        page.get_by_role('button', name='Save as CSV').click()
    rows = list(csv.DictReader(open(got.value.path(), encoding='utf-8-sig')))
    assert len(rows) == shares and all(max(float(r['overlap_a']), float(r['overlap_b'])) >= 0.99 for r in rows)
    page = reader.open('/clusters?from=2034-05-10&sort=newest')
    times = page.evaluate('clusters().articles.filter(m => m.some(n => articles().published[n] >= Date.UTC(2034, 4, 10) / 1000)).length')
    assert page.locator('.count').inner_text() == f'{times} of 52 clusters'
    counts = page.evaluate('[sections().filter(s => s[2] !== 3).length, sections().length]')
    assert reader.open('/sections?notices=1').locator('.count').inner_text() == f'{counts[0]} of {counts[1]} sections'
    reader.close()


def test_every_article_is_there_and_what_is_new(browser, pages):
    reader = Reader(browser, pages['feed'])
    page = reader.open('/articles')
    assert page.locator('.where').inner_text() == '1 to 40 of 308'
    given = [json.loads(line) for line in open(FEED, encoding='utf-8')]
    lines = [json.loads(line) for line in open(pages['result'], encoding='utf-8')]
    named = {i for line in lines for i in ([line['a'], line['b']] if line['type'] == 'pair' else line['members'] if line['type'] == 'cluster' else [o['article'] for o in line['occurrences']] if line['type'] == 'section' else [])}
    page = reader.open('/articles?kind=unique')
    assert page.locator('.count').inner_text() == f'{308 - len(named)} of 308 articles'
    page.goto(f"{reader.base}#/")
    page.wait_for_selector('#since')
    page.fill('#since', '2034-05-10T09:00')
    page.get_by_role('button', name='Show').click()
    page.wait_for_selector('.count')
    new = sum(a['published'] >= '2034-05-10T09:00:00Z' for a in given)
    assert page.locator('.count').inner_text() == f'{new} of 308 articles' and 'New articles' in page.locator('h1').inner_text()
    unique = next(a for a in given if a['id'] not in named)
    page.fill('#query', unique['id'])
    page.keyboard.press('Enter')
    page.wait_for_selector('.list .badge')
    assert page.locator('.list .badge').first.inner_text() == 'unique', 'an article without copies is told from one that is not there'
    reader.close()


def test_who_copies_whom(browser, pages):
    reader = Reader(browser, pages['feed'])
    page = reader.open('/sources')
    lines = [json.loads(line) for line in open(pages['result'], encoding='utf-8')]
    given = {a['id']: a for a in (json.loads(line) for line in open(FEED, encoding='utf-8'))}
    first = {}
    for line in lines:
        if line['type'] == 'cluster':
            order = sorted(line['members'], key=lambda i: given[i]['published'])
            if given[order[0]]['published'] < given[order[1]]['published']:
                first[given[order[0]]['source']] = first.get(given[order[0]]['source'], 0) + 1
    for source, count in first.items():
        cells = page.locator('table').first.locator('tr', has=page.locator('th', has_text=source)).locator('td').all_inner_texts()
        assert cells[2] == str(count), f'{source}: {cells}'
    reader.close()


def test_decisions_stay_and_go_out(browser, pages):
    reader = Reader(browser, pages['feed'])
    page = reader.open('/cluster/2')
    rows = page.locator('.story > li')
    rows.nth(0).get_by_role('button', name='kill').click()
    rows.nth(2).get_by_role('button', name='not a copy').click()
    rows.nth(1).get_by_role('button', name='keep').click()
    assert page.get_by_role('link', name='Decisions (3)').count() == 1
    page = reader.open('/cluster/2')
    assert rows.nth(0).get_by_role('button', name='kill').get_attribute('aria-pressed') == 'true', 'it did not stay'
    axe(page)
    page = reader.open('/decisions')
    with page.expect_download() as got:
        page.get_by_role('button', name='Save decisions').click()
    decided = [json.loads(line) for line in open(got.value.path(), encoding='utf-8')]
    assert {json.dumps(d, sort_keys=True) for d in decided} == {json.dumps(d, sort_keys=True) for d in (
        {'id': 'vc-0508-002', 'decision': 'kill'}, {'id': 'la-0508-027', 'decision': 'not-a-copy', 'of': 'la-0508-004'}, {'id': 'la-0508-004', 'decision': 'keep'})}, decided
    with page.expect_download() as got:
        page.get_by_role('button', name='Save as CSV').click()
    assert [r['decision'] for r in csv.DictReader(open(got.value.path(), encoding='utf-8-sig'))] == ['kill', 'not-a-copy', 'keep']
    axe(page)
    page.get_by_role('button', name='Undo').first.click()
    page.wait_for_selector('a:has-text("Decisions (2)")')
    other = Reader(browser, pages['hostile'])
    other.open('/')
    assert other.page.get_by_role('link', name='Decisions', exact=True).count() == 1, 'decisions of another report'
    other.close()
    reader.close()


def test_from_copy_to_copy(browser, pages):
    reader = Reader(browser, pages['feed'])
    page = reader.open('/cluster/4?against=kept')
    order = page.locator('.story > li code').all_inner_texts()
    keep = page.locator('.story > li.kept code').inner_text()
    others = [i for i in order if i != keep]
    page.get_by_role('link', name='side by side').first.click()
    page.wait_for_selector('.trail')
    for k, key in enumerate(others):
        assert page.evaluate('location.hash') == f'#/compare/{keep}/{key}' and f'copy {k + 1} of {len(others)}' in page.locator('.trail').inner_text()
        page.keyboard.press('j')
        if k + 1 < len(others):
            page.wait_for_selector(f'.trail:has-text("copy {k + 2} of")')
    page.locator('.trail a').first.click()
    page.wait_for_selector('.story')
    reader.close()


def test_texts_that_have_no_room_have_a_window(browser, pages):
    page_file = pages['directory'] / 'few.html'
    subprocess.run([pages['command'], 'report', '-q', pages['result'], FEED, '-o', page_file, '--texts', '60K'], check=True)
    reader = Reader(browser, page_file.as_uri())
    page = reader.open('/')
    whole = page.evaluate('articles().block.filter(b => b >= 0).length')
    windows = page.evaluate('articles().block.map((b, n) => b < -1 ? n : -1).filter(n => n >= 0)')
    assert whole > 0 and windows and whole + len(windows) == page.evaluate('articles().listed')
    half = page.evaluate('clusters().articles.filter(m => m.filter(n => articles().block[n] >= 0).length >= 2).length')
    assert half >= min(whole, 104) // 2 - 4, 'two of every cluster do not come first'
    a, b = page.evaluate('(() => { for (let i = 0; i < pairCount(); i++) { const p = pairAt(i); if (articles().block[p.a] < -1 && articles().block[p.b] < -1) return [articles().id[p.a], articles().id[p.b]]; } })()')
    page = reader.open(f'/compare/{a}/{b}')
    texts = {x['id']: x['text'] for x in map(json.loads, open(FEED, encoding='utf-8'))}
    for side, key in enumerate((a, b)):
        shown = page.locator('.window').nth(side).inner_text().strip('\u2026 \n')
        assert len(shown) >= 150 and shown.split('\n')[0][:60] in texts[key], shown
    assert page.locator('.side-column h2').count() == 2
    axe(page)
    assert 'Section' not in reader.open('/sections').locator('.list').inner_text(), 'a section has no words'
    reader.close()


def test_right_to_left(browser, pages):
    text = '\u0642\u0627\u0644 \u0648\u0632\u064a\u0631 \u0627\u0644\u0646\u0642\u0644 \u0627\u0646 \u0627\u0644\u062c\u0633\u0631 \u0627\u0644\u062c\u062f\u064a\u062f \u0633\u0648\u0641 \u064a\u0641\u062a\u062d \u0641\u064a \u0627\u0644\u0639\u0627\u0645 \u0627\u0644\u0642\u0627\u062f\u0645 \u0628\u0639\u062f \u0627\u0644\u0627\u0646\u062a\u0647\u0627\u0621 \u0645\u0646 \u0627\u0644\u0627\u0639\u0645\u0627\u0644 '
    articles = [{'id': f'a{k}', 'title': '\u0627\u0644\u062c\u0633\u0631 \u0627\u0644\u062c\u062f\u064a\u062f', 'text': text * 4 + f'{text.split()[k]} ' * 12} for k in range(3)]
    reader = Reader(browser, make(pages['command'], pages['directory'], 'arabic', write_lines(pages['directory'] / 'arabic-in.jsonl', articles)))
    for address in ('/clusters', '/cluster/1', '/compare/a0/a1', '/article/a0'):
        page = reader.open(address)
        page.wait_for_selector('.list, .scrolls, article.text')
        assert page.locator('main').get_attribute('dir') == 'rtl'
        assert page.locator('.list a, .side-column a, article.text p').first.evaluate('e => getComputedStyle(e.closest("li, h2, p")).direction') == 'rtl', address
    reader.close()


def test_a_link_is_copied(browser, pages):
    reader = Reader(browser, pages['feed'])
    page = reader.open(COMPARE)
    page.get_by_role('button', name='Copy link').click()
    until(page, "document.getElementById('status').textContent === 'Link copied'")
    assert page.get_by_role('button', name='Link copied').is_visible()
    reader.close()


def test_the_theme_is_remembered(browser, pages):
    reader = Reader(browser, pages['feed'])
    page = reader.open('/')
    page.locator('#theme').click()
    page.locator('#theme').click()
    assert 'dark' in reader.open('/clusters').locator('#theme').inner_text()
    axe(reader.open('/search/bank'))
    reader.close()


def test_columns_scroll_together_until_they_are_untied(browser, pages):
    reader = Reader(browser, pages['feed'], viewport={'width': 1100, 'height': 600})
    page = reader.open(COMPARE)
    tops = 'Array.from(document.querySelectorAll(".scrolls"), e => e.scrollTop)'
    page.locator('.scrolls').nth(0).hover()
    page.mouse.wheel(0, 400)
    until(page, f'{tops}[1] > 50')
    left, right = page.evaluate(tops)
    first = [page.locator('.scrolls').nth(i).locator('mark').first.bounding_box()['y'] for i in (0, 1)]
    assert abs(first[0] - first[1]) < 40, f'the passage is at {first}, scrolled to {left} and {right}'
    page.uncheck('#tied')
    page.locator('.scrolls').nth(1).hover()
    page.mouse.wheel(0, -2000)
    until(page, f'{tops}[1] === 0')
    assert page.evaluate(tops)[0] == left
    reader.close()


def test_an_article_that_repeats_itself(browser, pages):
    reader = Reader(browser, pages['hostile'])
    page = reader.open('/article/self')
    page.get_by_role('link', name='Repeated passages here').click()
    page.wait_for_selector('.scrolls mark')
    sides = [''.join(page.locator('.scrolls').nth(i).locator('mark').all_text_contents()) for i in (0, 1)]
    for side in sides:
        assert 'statement 0 from witness a0' in side and 'statement 29 from witness d29' in side
    order = [page.locator('.scrolls').nth(i).evaluate('e => e.textContent.indexOf("[passage 1]")') for i in (0, 1)]
    assert order[0] < order[1], 'the left place is not the first'
    reader.close()


def test_a_click_in_the_dot_plot_goes_to_the_passage(browser, pages):
    reader = Reader(browser, pages['feed'])
    page = reader.open('/dots/mn-0508-003/vc-0508-001')
    box = page.locator('.plot .runs').bounding_box()
    page.mouse.click(box['x'] + box['width'] / 2, box['y'] + box['height'] / 2)
    page.wait_for_selector('mark.current')
    assert urllib.parse.unquote(page.url).split('#')[1].startswith(f'{COMPARE}/'), page.url
    page.go_back()
    page.wait_for_selector('.plot')
    page.locator('.dots-and-list .quote').first.click()
    page.wait_for_selector('mark.current')
    reader.close()


def test_all_of_it_by_keyboard(browser, pages):
    reader = Reader(browser, pages['feed'])
    page = reader.open('/')
    press = page.keyboard.press
    active = 'document.activeElement.id || document.activeElement.textContent'
    press('Tab')
    assert page.evaluate(active) == 'skip' and page.locator('#skip').bounding_box()['x'] >= 0
    press('Enter')
    assert page.evaluate(active) == 'view'
    press('/')
    assert page.evaluate(active) == 'query'
    page.keyboard.type('mn-0508-003')
    press('Enter')
    page.wait_for_selector('main h1:has-text("Search")')
    assert page.evaluate(active) == 'view', 'the view has no focus'
    press('Tab')
    press('Enter')
    page.wait_for_selector('article.text')
    reader.open(COMPARE)
    for _ in range(30):
        press('Tab')
        if page.evaluate('document.activeElement.classList.contains("scrolls")'):
            break
    press('n')
    assert page.locator('mark.current').count() > 0
    assert 'Passage 1 of 1' in page.locator('#status').inner_text()
    reader.open('/pairs')
    page.get_by_role('button', name='Next').focus()
    press('Enter')
    assert '41 to 80 of' in page.locator('.where').inner_text()
    reader.close()


def test_colours_are_chosen_by_the_reader(browser, pages):
    reader = Reader(browser, pages['feed'], color_scheme='dark')
    page = reader.open('/')
    paper = 'getComputedStyle(document.body).backgroundColor'
    dark = page.evaluate(paper)
    page.locator('#theme').click()
    light = page.evaluate(paper)
    page.locator('#theme').click()
    assert dark != light and page.evaluate(paper) == dark
    reader.close()


def test_copies_are_saved_as_json(browser, pages):
    reader = Reader(browser, pages['feed'])
    page = reader.open('/cluster/2')
    with page.expect_download() as got:
        page.get_by_role('button', name='Save as JSON').click()
    saved = json.loads(pathlib.Path(got.value.path()).read_text(encoding='utf-8'))
    assert saved['cluster'] == 2 and saved['keep']['id'] == 'la-0508-004' and saved['keep']['source'] == 'Lantern Agency'
    assert [c['id'] for c in saved['copies']] == ['vc-0508-002', 'la-0508-027', 'hw-0508-031']
    assert saved['copies'][0]['relation'] == 'near' and 0.6 < saved['copies'][0]['overlap'] < 0.7
    reader.close()


def test_hostile_articles_are_text(browser, pages):
    reader = Reader(browser, pages['hostile'])
    addresses = ['/', '/clusters', '/sections', '/pairs', '/cluster/1', '/section/1', '/search/script']
    for key in hostile.IDS:
        word = f'~{key}' if isinstance(key, int) or key.startswith('~') else key
        word = urllib.parse.quote(word, safe='')
        addresses += [f'/article/{word}', f'/compare/{word}/self', f'/dots/{word}/{word}']
    for address in addresses:
        page = reader.open(address)
        assert page.locator('main h1').inner_text() != 'Nothing here', address
        assert page.evaluate('window.broken') is None, address
        assert page.evaluate('document.querySelectorAll("img, main script, main style, main svg[onload]").length') == 0, address
        assert page.evaluate('getComputedStyle(document.querySelector("main h1")).display') != 'none', address
    page = reader.open('/article/__proto__')
    assert '<img src=x onerror="window.broken=1">' in page.locator('article.text').inner_text()
    assert '</script><script>window.broken=1</script>' in page.locator('article.text').inner_text()
    for address in ('/%', '/article/%E0%A4%A', '/constructor', '/__proto__', '/compare/self', '/article'):
        assert reader.open(address).locator('main h1').inner_text() == 'Nothing here', address
    axe(reader.open('/cluster/1'))
    reader.close()


def test_the_policy_runs_nothing_else(browser, pages):
    reader = Reader(browser, pages['feed'])
    page = reader.open('/')
    blocked = page.evaluate("""async () => {
        const seen = [];
        document.addEventListener('securitypolicyviolation', e => seen.push(e.effectiveDirective));
        const script = document.createElement('script');
        script.textContent = 'window.broken = 1';
        const style = document.createElement('style');
        style.textContent = 'body { display: none }';
        const image = new Image();
        image.src = 'http://127.0.0.1:9/x.png';
        document.body.append(script, style, image);
        await fetch('http://127.0.0.1:9/').catch(() => {});
        await new Promise(done => setTimeout(done, 100));
        return seen.sort();
    }""")
    assert page.evaluate('window.broken') is None
    assert blocked == ['connect-src', 'img-src', 'script-src-elem', 'style-src-elem'], blocked
    reader.faults.clear()
    reader.requests = [u for u in reader.requests if '127.0.0.1' not in u]
    reader.close()


def test_it_prints_without_its_controls(browser, pages):
    reader = Reader(browser, pages['feed'])
    page = reader.open(COMPARE)
    page.emulate_media(media='print')
    assert not page.locator('.bar').is_visible() and not page.locator('.tools').is_visible()
    text = page.locator('.scrolls').first
    assert text.evaluate('e => e.scrollHeight <= e.clientHeight + 1'), 'a text is cut'
    reader.close()


def write_many(path, count):
    """Articles of which every third is an earlier one, as it was or with another end."""
    draw = random.Random(1)
    words = [''.join(draw.choice('aeioulnrst') for _ in range(draw.randrange(3, 9))) for _ in range(20000)]
    recent = []
    with open(path, 'w', encoding='utf-8') as file:
        for n in range(count):
            text = draw.choice(recent) if n % 3 == 2 else ' '.join(draw.choices(words, k=70))
            recent = [*recent[-500:], text] if n % 3 != 2 else recent
            text += ' ' + ' '.join(draw.choices(words, k=12)) if n % 2 else ''
            file.write(json.dumps({'id': f'article-{n}', 'title': text[:50], 'source': f'source {n % 90}', 'published': f'2034-{n % 12 + 1:02}-{n % 28 + 1:02}T00:00:00Z', 'text': text}) + '\n')


def test_a_hundred_thousand_articles_take_less_than_a_second(browser, pages):
    """Time of the page's thread, not of the clock, which tells as much of the machine's other work."""
    write_many(pages['directory'] / 'many.jsonl', 100000)
    reader = Reader(browser, make(pages['command'], pages['directory'], 'large', pages['directory'] / 'many.jsonl'))
    seconds = []
    for _ in range(3):
        session = reader.context.new_cdp_session(reader.page)
        reader.page.goto('about:blank')
        session.send('Performance.enable')
        before = thread_seconds(session)
        reader.open('/')
        seconds.append(thread_seconds(session) - before)
        session.detach()
    assert '100,000' in reader.page.locator('.statistics').inner_text()
    assert min(seconds) < 1, f'it takes {min(seconds):.2f} s to open'
    reader.page.fill('#query', 'article-99998')
    reader.page.keyboard.press('Enter')
    reader.page.wait_for_selector('main .list a')
    reader.close()


def thread_seconds(session):
    metrics = session.send('Performance.getMetrics')['metrics']
    return next(m['value'] for m in metrics if m['name'] == 'ThreadTime')


def run_tests(browser, command, directory, word):
    hostile.write(directory / 'evil.jsonl')
    pages = {'feed': make(command, directory, 'feed', FEED), 'hostile': make(command, directory, 'hostile', directory / 'evil.jsonl', PLAIN), 'result': directory / 'feed.jsonl',
             'directory': directory, 'command': command}
    failed = 0
    tests = [(name, test) for name, test in globals().items() if name.startswith('test_') and word in name]
    for name, test in tests:
        try:
            test(browser, pages)
            print(flush=True, end=f'ok   {name[5:].replace("_", " ")}\n')
        except Exception:  # a failed check or a browser's refusal: told, and the next one runs
            failed += 1
            print(f'BAD  {name[5:].replace("_", " ")}')
            traceback.print_exc(limit=4, file=sys.stdout)
    print(f'{len(tests) - failed} passed, {failed} failed')
    return failed != 0


def show_page(command, directory, result, articles):
    """What `show --html` prints of the largest cluster."""
    page = directory / 'show.html'
    page.write_bytes(subprocess.run([command, 'show', '--html', '--cluster', '4', result, articles], check=True, stdout=subprocess.PIPE).stdout)
    return page.as_uri()


def test_show_prints_a_page_that_passes_axe(browser, pages):
    for scheme in ('light', 'dark'):
        reader = Reader(browser, show_page(pages['command'], pages['directory'], pages['result'], FEED), color_scheme=scheme)
        page = reader.open('')
        assert 'Dock workers end eleven-day strike' in page.inner_text('main')
        axe(page)
        reader.close()


def take_shots(browser, command, directory, target):
    hostile.write(directory / 'evil.jsonl')
    feed, evil = make(command, directory, 'feed', FEED), make(command, directory, 'self', directory / 'evil.jsonl', PLAIN)
    crash = make(command, directory, 'crash', write_lines(directory / 'crash-in.jsonl', [{'id': f'v{k}', 'title': f'Train hits lorry at level crossing{title}', 'source': 'Meridian News', 'published': f'2034-05-08T1{k}:05:00Z', 'text': CRASH.format(**facts)} for k, (title, facts) in enumerate((
        ('', {'dead': 'three', 'hurt': 12, 'place': 'Oakley', 'day': 'Tuesday'}), (' - update', {'dead': 'five', 'hurt': 31, 'place': 'Brenford', 'day': 'Tuesday'})))]))
    show = show_page(command, directory, directory / 'feed.jsonl', FEED)
    special = {'show': (show, ''), 'self': (evil, '/compare/self/self'), 'facts': (crash, '/compare/v0/v1'), 'decisions': (feed, '/cluster/2')}
    for name, (address, scheme, width, height) in SHOTS.items():
        base, where = special.get(address, (feed, address))
        reader = Reader(browser, base, color_scheme=scheme, viewport={'width': width, 'height': height})
        page = reader.open(where)
        if address == 'decisions':
            for row, decision in ((0, 'kill'), (1, 'keep'), (2, 'not a copy')):
                page.locator('.story > li').nth(row).get_by_role('button', name=decision).click()
            page = reader.open('/decisions')
        page.wait_for_timeout(200)
        page.screenshot(path=target / f'{name}.png')
        with Image.open(target / f'{name}.png') as picture:
            picture.convert('RGB').quantize(96).save(target / f'{name}.png', optimize=True)
        reader.close()
    return 0


def take_times(browser, path):
    """From the navigation's start, in a page that nothing was loaded in before."""
    times = {'clock, view complete': [], 'time of the page\'s thread': []}
    for _ in range(5):
        reader = Reader(browser, pathlib.Path(path).resolve().as_uri())
        session = reader.context.new_cdp_session(reader.page)
        session.send('Performance.enable')
        before = thread_seconds(session)
        page = reader.open('/')
        times['time of the page\'s thread'].append(1000 * (thread_seconds(session) - before))
        times['clock, view complete'].append(page.evaluate('performance.getEntriesByType("navigation")[0].domInteractive'))
        reader.close()
    for name, values in times.items():
        print(f'{name}: {statistics.median(values):.0f} ms (from {min(values):.0f} to {max(values):.0f})')
    return 0


def main(words):
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as directory:
        browser = playwright.chromium.launch(executable_path=os.environ.get('CHROMIUM', '/usr/bin/chromium'), args=['--no-sandbox'] if os.geteuid() == 0 else [])
        directory = pathlib.Path(directory)
        try:
            if words[0] == '--time':
                return take_times(browser, words[1])
            if len(words) > 2 and words[1] == '--shots':
                return take_shots(browser, words[0], directory, pathlib.Path(words[2]))
            return run_tests(browser, words[0], directory, words[1] if len(words) > 1 else '')
        finally:
            browser.close()


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]) if len(sys.argv) > 1 else __doc__)
