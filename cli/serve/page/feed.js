/* What came in, newest first. Copies are folded under the article that they are copies of. */
const PAGE_OF_FEED = 100, MOST_IN_FEED = 500;
const feed = { shown: [], items: new Map(), more: false, before: 0, list: null };
const FILTER_NAMES = ['q', 'source', 'verdict'];
const wanted = () => Object.fromEntries(FILTER_NAMES.map(name => [name, parameters().get(name)]));
const isFiltered = () => FILTER_NAMES.some(name => parameters().get(name) !== null);

/* The article under which a copy is folded: the first of a chain of copies that is in the list. */
function foldedUnder(n) {
  const seen = new Set();
  let at = n;
  while (store.verdict[at] !== null && store.verdict[at].kind === 'duplicate' && !seen.has(at)) {
    const of = ofWhich(at);
    seen.add(at);
    if (of === undefined || !feed.shown.includes(of)) break;
    at = of;
  }
  return at === n ? undefined : at;
}

const kindOf = n => store.withdrawn[n] ? 'withdrawn' : store.verdict[n] === null ? 'new' : store.verdict[n].kind;
const kindBadge = n => el('span', { class: `badge kind-${kindOf(n)}` }, VERDICTS[kindOf(n)]);

/* Of what a notice withdrew the index has no text any more; of what an editor killed it has. */
function hasText(n) {
  const v = store.verdict[n], decision = decisionOf(n);
  const byNotice = store.withdrawn[n] && v !== null && v.kind === 'withdrawn' && (v.of === null || sameId(v.of, store.id[n]));
  return keepsText && !(byNotice && (decision === undefined || decision.decision !== 'kill'));
}

/* Until when it may not be published, and since when it is of no use. */
function termsSaid(n) {
  const { embargoed, expires } = store.terms[n], now = Date.now() / 1000;
  return [embargoed !== null && embargoed > now ? el('span', { class: 'badge embargo' }, 'embargoed until ', time(embargoed)) : null, expires !== null && expires <= now ? el('span', { class: 'badge' }, 'expired ', time(expires)) : null];
}

/* Of, or with, which article, and where both are side by side. */
const OF_WHICH = { overlaps: 'with ', withdrawn: 'a copy of ' };
const ofItself = v => v.kind === 'withdrawn' ? 'by a notice' : 'of its earlier version';
const sameId = (x, y) => y !== null && keyOf(x) === keyOf(y);
function ofSaid(n) {
  const v = store.verdict[n], of = ofWhich(n);
  if (v === null || v.of === null) return null;
  const said = OF_WHICH[v.kind] || 'of ';
  if (of === undefined && sameId(v.of, store.id[n])) return el('span', { class: 'after' }, ofItself(v));
  if (of === undefined && sameId(v.of, store.terms[n].replacing)) return el('span', { class: 'after' }, 'of ', bdi(v.of), ', which it replaces');
  if (of === undefined) return el('span', { class: 'after' }, said, el('a', { href: link('article', keyOf(v.of)) }, bdi(v.of)));
  return [el('span', { class: 'after' }, said, bdi(titleOf(of)), ' \u00b7 ', sourceOf(of)), hasText(of) && hasText(n) ? el('a', { class: 'side', href: compareLink(of, n) }, 'side by side', hidden(` with ${titleOf(of)}`)) : null];
}

/* What the service says of an earlier version of the same item, whose text is gone. */
function versionSaid(n) {
  const fact = (d, words) => el('span', { class: `fact fact-${FACT_KINDS[FACTS.indexOf(d.kind)]}` }, bdi(words)), differ = store.differ[n] || [];
  return differ.length === 0 ? null : el('div', { class: 'what-changed' }, el('ul', { class: 'facts-differ', 'aria-label': 'Facts that differ' }, differ.map(d => el('li', {}, fact(d, d.of_words), ' \u2192 ', fact(d, d.words)))));
}

/* What an update or a correction changed, when the service has compared the two. */
function changesSaid(n) {
  const of = ofWhich(n), box = el('div', { class: 'what-changed' });
  if (of === undefined) return versionSaid(n);
  if (!['update', 'correction'].includes(kindOf(n))) return null;
  compared(of, n).then(() => { if (textOf(of) !== undefined && textOf(n) !== undefined) box.append(...[difference(of, n, VERSIONS)].flat(Infinity).filter(e => e)); });
  return box;
}

function copiesSaid(n) {
  const copies = feed.shown.filter(m => foldedUnder(m) === n);
  if (copies.length === 0) return null;
  return el('details', { class: 'copies' }, el('summary', {}, plural(copies.length, 'copy', 'copies'), ': ', [...new Set(copies.map(m => store.sources[store.source[m]] || String(store.id[m])))].slice(0, 5).flatMap((s, i) => [i > 0 ? ', ' : null, bdi(s)])),
    el('ul', {}, copies.map(m => el('li', {}, articleAnchor(m), ofWhich(m) === undefined ? null : el('a', { class: 'side', href: compareLink(ofWhich(m), m) }, 'side by side', hidden(` with ${titleOf(ofWhich(m))}`)), decisionButtons(m, ofWhich(m)), byline(m)))));
}

function feedItem(n) {
  const story = store.story[n], of = ofWhich(n);
  return el('li', { class: `feed-${kindOf(n)}`, tabindex: -1, 'data-n': n }, el('div', {}, kindBadge(n), ' ', articleAnchor(n), ofSaid(n), termsSaid(n), story > 0 && story !== store.number[n] ? el('a', { class: 'badge to-story', href: link('story', story) }, 'story') : null, decisionButtons(n, of)),
    byline(n), changesSaid(n), copiesSaid(n));
}

/* Makes the element of an article again, where it is; a copy changes the one that it is folded under. */
function renew(n) {
  const top = foldedUnder(n), at = top === undefined ? n : top, before = feed.items.get(at);
  if (before === undefined) return;
  const after = feedItem(at), open = before.querySelector('details[open]') !== null, held = before.contains(document.activeElement);
  before.replaceWith(after);
  feed.items.set(at, after);
  if (open && after.querySelector('details') !== null) after.querySelector('details').open = true;
  if (held) after.focus();
}

function place(n, first) {
  const had = feed.items.get(n);
  if (had !== undefined) { had.remove(); feed.items.delete(n); feed.shown.splice(feed.shown.indexOf(n), 1); }
  if (first) feed.shown.unshift(n);
  else feed.shown.push(n);
  if (foldedUnder(n) !== undefined) { renew(n); return; }
  const e = feedItem(n);
  feed.items.set(n, e);
  if (first) feed.list.prepend(e);
  else feed.list.append(e);
}

function sayCount() {
  const folded = feed.shown.length - feed.items.size;
  document.getElementById('feed-count').textContent = feed.shown.length === 0 ? isFiltered() ? 'None that fits.' : 'Nothing yet. Articles appear here as they come in.' : `${plural(feed.shown.length, 'article')}${feed.more ? ', older ones below' : ''}${folded > 0 ? `; ${plural(folded, 'copy is', 'copies are')} folded` : ''}`;
}

/* An article has come, or come again. */
function arrive(n) {
  if (feed.list === null || !feed.list.isConnected) return;
  if (feed.items.has(n) && store.withdrawn[n]) renew(n);
  else place(n, true);
  if (feed.shown.length > MOST_IN_FEED) {
    const last = feed.shown.pop(), e = feed.items.get(last);
    if (e !== undefined) e.remove();
    feed.items.delete(last);
    feed.more = true;
    feed.before = Math.max(feed.before, store.number[feed.shown[feed.shown.length - 1]]);
  }
  sayCount();
  say(`${VERDICTS[kindOf(n)]}: ${titleOf(n)}`);
}

/* An article has left. The list is filled again where copies are folded under it. */
function leave(n) {
  const at = feed.shown.indexOf(n), top = foldedUnder(n);
  if (at < 0 || feed.list === null || !feed.list.isConnected) return;
  const hasCopies = feed.shown.some(m => foldedUnder(m) === n), e = feed.items.get(n);
  feed.shown.splice(at, 1);
  if (e !== undefined) e.remove();
  feed.items.delete(n);
  if (top !== undefined) renew(top);
  if (hasCopies) fillFeed(false);
  sayCount();
}

async function fillFeed(older) {
  const answer = await list({ ...wanted(), before: older ? feed.before : 0 }, PAGE_OF_FEED);
  if (!older) { feed.shown = []; feed.items.clear(); feed.list.replaceChildren(); }
  const fresh = answer.found.filter(n => !feed.shown.includes(n));
  feed.shown.push(...fresh); /* so that copies find what they are folded under, which is older */
  for (const n of fresh) {
    if (foldedUnder(n) !== undefined) continue;
    const e = feedItem(n);
    feed.items.set(n, e);
    feed.list.append(e);
  }
  for (const n of fresh) renew(n);
  feed.more = answer.more;
  feed.before = answer.before;
  sayCount();
}

/* The sources that the page has heard of. */
const sourceChoices = () => store.sources.slice(1).sort((x, y) => x.localeCompare(y)).map(s => [s, s]);

async function showFeed() {
  feed.list = el('ol', { class: 'list feed' });
  const count = el('p', { class: 'count', id: 'feed-count' }), older = button('Older', () => fillFeed(true).then(() => { older.hidden = !feed.more; }));
  const change = (name, value) => {
    setParameters({ [name]: value === '' ? null : value });
    return fillFeed(false).then(() => { older.hidden = !feed.more; });
  };
  const form = el('form', { class: 'filters', 'aria-label': 'Filter articles' }), now = parameters();
  form.addEventListener('submit', e => e.preventDefault());
  await fillFeedOnce(count);
  form.append(...(keepsText ? [el('label', { for: 'filter-q' }, el('span', {}, 'Words'), el('input', { id: 'filter-q', type: 'search', value: now.get('q') || '', onchange: e => change('q', e.target.value) }))] : []),
    select('source', 'Source', sourceChoices(), now, change), select('verdict', 'Verdict', Object.entries(VERDICTS), now, change),
    el('label', { for: 'who' }, el('span', {}, 'Your name, for decisions'), el('input', { id: 'who', value: editor(), maxlength: 60, autocomplete: 'name', onchange: e => stored('twicetold:who', e.target.value || null) })));
  older.hidden = !feed.more;
  return { title: 'Live', content: [el('h1', {}, 'What came in'), form, count, feed.list, el('p', { class: 'actions' }, older),
    el('p', { class: 'key' }, el('span', { class: 'hint' }, el('kbd', {}, 'j'), ' and ', el('kbd', {}, 'k'), ' go down and up, ', el('kbd', {}, 'Enter'), ' opens, ', el('kbd', {}, 's'), ' shows side by side, ', el('kbd', {}, '1'), ' to ', el('kbd', {}, '3'), ' keep, kill, not a copy, ', el('kbd', {}, '/'), ' searches.'))] };
}

/* The list is filled before it is in the page, so that nothing moves. */
async function fillFeedOnce(count) {
  const holder = el('div', { class: 'hidden', 'aria-hidden': 'true' }, count, feed.list);
  document.body.append(holder);
  try {
    await fillFeed(false);
  } catch (error) {
    count.textContent = error.message;
  }
  holder.remove();
}

const select = (name, label, choices, now, change) => el('label', { for: `filter-${name}` }, el('span', {}, label), el('select', { id: `filter-${name}`, onchange: e => change(name, e.target.value) },
  el('option', { value: '' }, 'any'), choices.map(([value, text]) => el('option', { value, selected: value === now.get(name) }, text))));

/* By keyboard. */
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, select, textarea') || feed.list === null || !feed.list.isConnected) return;
  const here = document.activeElement.closest('.feed > li'), rows = [...feed.list.children], at = rows.indexOf(here);
  const step = { j: 1, k: -1 }[event.key], decision = { 1: 'keep', 2: 'kill', 3: 'not-a-copy' }[event.key];
  if (step !== undefined && rows.length > 0) rows[Math.min(rows.length - 1, Math.max(0, at + step))].focus();
  else if (here === null) return;
  else if (event.key === 'Enter' && document.activeElement === here) here.querySelector('a').click();
  else if (event.key === 's' && here.querySelector('a.side') !== null) here.querySelector('a.side').click();
  else if (decision !== undefined && here.querySelector(`[data-decision="${decision}"]`) !== null) here.querySelector(`[data-decision="${decision}"]`).click();
  else return;
  event.preventDefault();
});
