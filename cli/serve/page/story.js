/* A story as a chain of versions, an article with all that it is like, decisions, and two articles side by side. */

/* Articles of other stories that are like one of this one. */
async function besideStory(order) {
  const newest = order.reduce((m, n) => store.number[n] > store.number[m] ? n : m), inside = new Set(order.map(n => keyOf(store.id[n])));
  const answer = await ask(addressOf(store.id[newest], '/matches')), groups = new Map();
  for (const m of answer.matches) {
    if (m.relation === null || inside.has(keyOf(m.of))) continue;
    const kind = RELATIONS.indexOf(m.relation), other = await known(keyOf(m.of));
    if (other === undefined) continue;
    const name = kind >= COPIES ? RELATION_LABELS[kind] : store.story[other] === store.story[newest] ? 'Copies' : 'Copies in other stories';
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(el('li', {}, articleAnchor(other), dirty(m.conflicts), hasText(newest) && hasText(other) ? el('a', { class: 'side', href: compareLink(newest, other) }, 'side by side', hidden(` with ${titleOf(newest)}`)) : null, byline(other)));
  }
  return [...groups].map(([name, items]) => [el('h2', {}, `${name[0].toUpperCase()}${name.slice(1)} (${items.length})`), el('ul', { class: 'list' }, items)]);
}

const byTime = (x, y) => (store.published[x] ?? Infinity) - (store.published[y] ?? Infinity) || store.number[x] - store.number[y];

async function showStory([number]) {
  const { found } = await list({ story: number });
  if (found.length === 0) return null;
  const order = found.sort(byTime), first = firstToRun(order), start = store.published[order[0]];
  await Promise.all(order.slice(1, 200).map((n, k) => compared(order[k], n)));
  const item = k => {
    const n = order[k], before = order[k - 1], after = start !== null && store.published[n] > start ? `+${span(store.published[n] - start)}` : null;
    return el('li', {}, el('div', {}, kindBadge(n), ' ', articleAnchor(n), termsSaid(n), n === first ? el('span', { class: 'badge first' }, 'first to run it') : null, after === null ? null : el('span', { class: 'after' }, after),
      before === undefined || !hasText(before) || !hasText(n) ? null : el('a', { class: 'side', href: compareLink(before, n) }, 'side by side', hidden(` with ${titleOf(before)}`)), decisionButtons(n, ofWhich(n))),
    byline(n), before === undefined ? null : difference(before, n, VERSIONS));
  };
  const latest = order[order.length - 1];
  return { title: titleOf(latest), story: Number(number), content: [el('h1', { dir: 'auto' }, titleOf(latest)),
    el('p', { class: 'lead' }, `${plural(order.length, 'version')}, from ${plural(new Set(order.map(n => store.source[n])).size, 'source')}. `, first < 0 ? 'Their times do not say who was first.' : ['First to run it: ', sourceOf(first) || bdi(store.id[first]), '.'], ' Each version is shown against the one before it.'),
    timeLine(order, latest), el('p', { class: 'actions' }, copyLink()), paged(order.length, item, 'versions', { className: 'list story' }), await besideStory(order)] };
}

async function showArticle([key]) {
  const n = await known(key);
  if (n === undefined) return null;
  note(await ask(addressOf(store.id[n])));
  const v = store.verdict[n], story = store.story[n];
  if (v !== null && v.of !== null) await known(keyOf(v.of));
  return { title: titleOf(n), content: [el('h1', { dir: directionOf(titleOf(n)) }, titleOf(n)), byline(n),
    el('p', { class: 'actions' }, kindBadge(n), ofSaid(n), termsSaid(n), decisionButtons(n, ofWhich(n)), story > 0 ? el('a', { class: 'button', href: link('story', story) }, 'Its story') : null, copyLink()),
    el('div', { class: 'columns-2' }, el('article', { class: 'text' }, textOf(n) === undefined ? el('p', { class: 'note' }, 'The index does not have its text', keepsText ? '.' : [': it was made without ', el('code', {}, '--keep-text'), '.']) : paragraphs(textOf(n), [])),
      el('div', {}, await besideStory([n])))] };
}

async function showDecisions() {
  const all = [...decided.values()].sort((x, y) => y.number - x.number), found = await Promise.all(all.slice(0, 400).map(d => known(keyOf(d.id))));
  return { title: 'Decisions', content: [el('h1', {}, 'Decisions'), el('p', { class: 'lead' }, 'What the editors decided, newest first. The index keeps it.'),
    all.length === 0 ? el('p', {}, 'None.') : paged(found.length, k => {
      const d = all[k], n = found[k];
      return el('li', {}, el('span', { class: 'badge' }, DECISIONS[d.decision]), ' ', n === undefined ? bdi(d.id) : articleAnchor(n), d.of === null ? null : [' of ', bdi(d.of)], n === undefined ? el('span', { class: 'who' }, bdi(d.who)) : [decisionButtons(n, d.of === null ? undefined : numbers.get(keyOf(d.of))), byline(n)]);
    }, 'decisions')] };
}

/* The story of two articles, above them. */
function trail(a, b) {
  const story = store.story[b];
  return story > 0 && story === store.story[a] ? el('p', { class: 'trail' }, el('a', { href: link('story', story) }, 'Their story')) : null;
}

async function showTwo(words) {
  await Promise.all(words.slice(0, 2).map(known));
  return showCompare(words);
}

/* Why there is no text. */
const notEmbedded = n => el('p', { class: 'note' }, keepsText ? ['The text of ', bdi(store.id[n]), ' has left the index.'] : ['The index has no texts: it was made without ', el('code', {}, '--keep-text'), '.']);

function showSearch([text]) {
  location.replace(`#/?q=${encodeURIComponent(text || '')}`);
  return { title: 'Search', content: [] };
}
