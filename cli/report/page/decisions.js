/* What the reader decided: keep or kill an article, or that one is not a copy of another. It stays in this browser, for reports
 * on the same articles, and goes out as a file that `twicetold dedup --decisions FILE` obeys. */
/* Reports of other articles may have the same ids. */
const decisionsKey = () => once('decisionsKey', () => {
  let hash = 2166136261;
  for (const id of articles().id.slice(0, 2000)) for (const c of `${typeof id} ${id}`) hash = Math.imul(hash ^ c.codePointAt(0), 16777619) >>> 0;
  return `twicetold:decisions:${articles().id.length}:${hash.toString(16)}`;
});

/* Decisions by "key" of an article, or "key\nkey" of one that is not a copy of another: {id, decision, of}. */
const decisions = () => once('decisions', () => new Map(JSON.parse(stored(decisionsKey()) || '[]')));
const decisionKey = (n, of) => of === undefined ? keyOf(articles().id[n]) : `${keyOf(articles().id[n])}\n${keyOf(articles().id[of])}`;
const decisionOf = (n, of) => decisions().get(decisionKey(n, of));

function decide(n, decision, of) {
  const key = decisionKey(n, of), all = articles();
  if ((decisions().get(key) || {}).decision === decision) decisions().delete(key);
  else decisions().set(key, of === undefined ? { id: all.id[n], decision } : { id: all.id[n], decision, of: all.id[of] });
  keepDecisions();
}

/* @return whether the browser keeps them */
function keepDecisions() {
  showDecisionCount();
  return stored(decisionsKey(), decisions().size > 0 ? JSON.stringify([...decisions()]) : null) !== undefined;
}

function showDecisionCount() {
  const n = decisions().size;
  document.querySelector('#nav a[data-view="decisions"]').textContent = n > 0 ? `Decisions (${whole(n)})` : 'Decisions';
}

/* Buttons to decide about article n; "not a copy" is about it and article `of`. */
function decisionButtons(n, of) {
  const group = el('span', { class: 'decide', role: 'group', 'aria-label': `Decide about ${titleOf(n)}` });
  const fill = () => group.replaceChildren(...Object.entries(DECISIONS).filter(([name]) => name !== 'not-a-copy' || of !== undefined).map(([name, label]) => {
    const about = name === 'not-a-copy' ? of : undefined, now = decisionOf(n, about), pressed = now !== undefined && now.decision === name;
    return button(label, () => { decide(n, name, about); fill(); group.querySelector(`[data-decision="${name}"]`).focus(); }, { 'aria-pressed': String(pressed), 'data-decision': name, class: 'small' });
  }));
  fill();
  return group;
}

const decisionLines = () => [...decisions().values()].map(d => JSON.stringify(d) + '\n').join('');

function decisionRows() {
  const all = articles(), row = d => {
    const n = articleOf(keyOf(d.id)), of = d.of === undefined ? undefined : articleOf(keyOf(d.of));
    return [d.decision, d.id, n === undefined ? '' : all.title[n], n === undefined ? '' : all.sources[all.source[n]], n === undefined ? '' : timeForFile(n), d.of === undefined ? '' : d.of, of === undefined ? '' : all.title[of]];
  };
  return [['decision', 'id', 'title', 'source', 'published', 'not_a_copy_of', 'title_of'], ...[...decisions().values()].map(row)];
}

const timeForFile = n => articles().published[n] === null ? '' : new Date(articles().published[n] * 1000).toISOString();

function showDecisions() {
  const list = [...decisions().entries()], item = k => {
    const [key, d] = list[k], n = articleOf(keyOf(d.id)), of = d.of === undefined ? undefined : articleOf(keyOf(d.of));
    return el('li', {}, el('span', { class: 'badge' }, DECISIONS[d.decision]), ' ', n === undefined ? bdi(d.id) : articleAnchor(n),
      d.of === undefined ? null : [' of ', of === undefined ? bdi(d.of) : articleAnchor(of)],
      button('Undo', () => { decisions().delete(key); keepDecisions(); show(true); }, { class: 'small side', 'aria-label': `Undo: ${DECISIONS[d.decision]} ${titleOf(n)}` }), n === undefined ? null : byline(n));
  };
  return { title: 'Decisions', content: [el('h1', {}, 'Decisions'),
    el('p', { class: 'lead' }, 'What you decided on the articles of this report. It stays in this browser', keepDecisions() ? null : ' only until the page is closed, because the browser does not allow more', '. The file of decisions is for ', el('code', {}, 'twicetold dedup feed.jsonl --decisions decisions.jsonl -o kept.jsonl'), '.'),
    list.length === 0 ? el('p', {}, 'None. Clusters and articles side by side have buttons to keep an article, to kill it, or to say that it is not a copy.') : [
      el('p', { class: 'actions' }, button('Save decisions', () => save('decisions.jsonl', decisionLines(), 'application/jsonl')), button('Save as CSV', () => saveCsv('decisions.csv', decisionRows()))),
      paged(list.length, item, 'decisions')]] };
}
