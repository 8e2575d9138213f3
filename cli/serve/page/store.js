/* The articles that the page has heard of, in the columns that the parts shared with the report read. */
const VERDICTS = { new: 'new', duplicate: 'duplicate', update: 'update', overlaps: 'overlaps', withdrawn: 'withdrawn', correction: 'correction' };
const store = { id: [], title: [], source: [], sources: [null], published: [], number: [], arrival: [], verdict: [], story: [], withdrawn: [], text: [], differ: [], terms: [] };
const numbers = new Map(), decided = new Map();
let keepsText = true, lastDecision = 0;

const articles = () => store;
const articleOf = key => numbers.get(key);
const secondsIn = text => text === null ? null : Date.parse(text) / 1000;

/* Notes an article as the service gives it. @return its number in the columns */
function note(a) {
  const key = keyOf(a.id);
  if (!numbers.has(key)) numbers.set(key, store.id.push(a.id) - 1);
  const n = numbers.get(key);
  let source = a.source === '' ? 0 : store.sources.indexOf(a.source);
  if (source < 0) source = store.sources.push(a.source) - 1;
  if (store.number[n] !== a.number) { store.text[n] = store.differ[n] = undefined; forgetComparisons(n); }
  if (a.differ !== undefined) store.differ[n] = a.differ;
  store.title[n] = a.title || '';
  store.source[n] = source;
  store.published[n] = secondsIn(a.published) ?? secondsIn(a.arrival);
  store.arrival[n] = secondsIn(a.arrival);
  store.number[n] = a.number;
  store.verdict[n] = a.verdict;
  store.story[n] = a.story;
  store.withdrawn[n] = a.withdrawn;
  store.terms[n] = { language: a.language, embargoed: secondsIn(a.embargoed), expires: secondsIn(a.expires), replacing: a.replacing };
  if (typeof a.text === 'string') store.text[n] = a.text;
  return n;
}

/* Forgets an article, which the service has no more. */
function forget(n) {
  numbers.delete(keyOf(store.id[n]));
  forgetComparisons(n);
  store.number[n] = 0;
}

/* The other article of a verdict, if it is another one and the page knows it. */
function ofWhich(n) {
  const v = store.verdict[n], of = v === null || v.of === null ? undefined : numbers.get(keyOf(v.of));
  return of === n || (of !== undefined && sameId(v.of, store.terms[n].replacing)) ? undefined : of; /* what it replaces is gone, or will be */
}

/* ==== The service */

async function ask(path, body) {
  const answer = await fetch(path, body === undefined ? {} : { method: 'POST', body });
  const value = await answer.json();
  if (!answer.ok) throw new Error(value.advice ? `${value.error}; ${value.advice}` : value.error);
  return value;
}

const query = values => new URLSearchParams(Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== '')).toString();

/* A list of articles, to its end or to `most`. */
async function list(values, most = 1000) {
  const found = [];
  let more = true, before = values.before || 0;
  while (more && found.length < most) {
    const answer = await ask(`articles?${query({ limit: Math.min(1000, most - found.length), ...values, before })}`);
    found.push(...answer.articles.map(note));
    ({ last: before, more } = answer);
  }
  return { found, more, before };
}

/* "77" and 77 are two ids, which look the same in an address. */
const isInteger = id => (typeof id === 'number' ? 1 : 0), addressOf = (id, more = '') => `articles/${encodeURIComponent(id)}${more}?integer=${isInteger(id)}`;
const idOfKey = key => !key.startsWith('~') ? key : key.startsWith('~~') ? key.slice(1) : Number(key.slice(1));

/* An article by the key of its id, which the service may have to be asked about; undefined: there is none. */
async function known(key) {
  if (numbers.has(key)) return numbers.get(key);
  try {
    return note(await ask(addressOf(idOfKey(key))));
  } catch (error) {
    return undefined;
  }
}

/* ==== Two texts */

const comparisons = new Map();
const forgetComparisons = n => { for (const key of comparisons.keys()) if (key.split(',').map(Number).includes(n)) comparisons.delete(key); };

/* Asks for the alignment of two articles, once; without texts, or an article that has gone, there is none. */
function compared(a, b) {
  const key = `${a},${b}`, sent = query({ a: store.id[a], b: store.id[b], integer_a: isInteger(store.id[a]), integer_b: isInteger(store.id[b]) });
  if (!comparisons.has(key)) {
    const entry = { value: null };
    entry.ready = !hasText(a) || !hasText(b) || a === b ? Promise.resolve() : ask(`compare?${sent}`).then(c => {
      note(c.article);
      note(c.of);
      entry.value = c;
    }, () => {});
    comparisons.set(key, entry);
  }
  return comparisons.get(key).ready;
}

const needs = ([a, b]) => compared(a, b);
const textOf = n => store.text[n];

const SEGMENTS = { equal: EQUAL, changed: CHANGED, only: ONLY_A, 'only-of': ONLY_B }, FACTS = ['numeral', 'date', 'name', 'word'];
const wordCount = text => (text.match(WORD) || []).length;

/* The alignment of two articles that were compared(), as alignment.js has it. */
function alignmentOf(a, b) {
  const entry = comparisons.get(`${a},${b}`), c = entry === undefined ? null : entry.value;
  if (c === null) return { self: a === b, known: false, segments: [], passages: [], facts: [] };
  const at = x => [[x.begin, x.end], [x.of_begin, x.of_end]], texts = [textOf(a), textOf(b)];
  const segments = c.segments.map(s => ({ kind: SEGMENTS[s.kind], passage: 0, at: at(s) })), facts = c.differ.map(f => ({ kind: FACTS.indexOf(f.kind), at: at(f) }));
  const places = c.passages.map(p => ({ at: at(p), moved: p.moved })), moved = places.filter(p => p.moved).map(p => ({ kind: EQUAL, passage: 0, at: p.at.map(x => [...x]) }));
  for (const side of [0, 1]) toStringPlaces([segments, facts, places, moved], side, texts[side]);
  for (const s of [...segments, ...moved]) s.words = [0, 1].map(side => wordCount(texts[side].slice(...s.at[side])));
  const inOrder = places.filter(p => !p.moved).map(p => []), within = (s, p) => [0, 1].every(side => p.at[side][0] <= s.at[side][0] && s.at[side][1] <= p.at[side][1]);
  for (const s of segments) {
    s.passage = places.filter(p => !p.moved).findIndex(p => within(s, p)) + 1;
    if (s.passage > 0) inOrder[s.passage - 1].push(s);
  }
  const passages = [...inOrder.filter(l => l.length > 0), ...moved.map(s => [s])].map(passageOf).sort((p, q) => p.at[0][0] - q.at[0][0]);
  return { self: false, known: true, segments, passages, facts };
}

/* The numbers of two articles, of a comparison or of a verdict, in thousandths as the report has them; null: unknown. */
function pairOf(a, b) {
  const entry = comparisons.get(`${a},${b}`), v = store.verdict[a], of = ofWhich(a);
  const c = entry !== undefined && entry.value !== null ? entry.value : of === b ? v : null, share = x => x === null || x === undefined ? -1 : Math.round(x * 1000);
  if (c === null || c.relation === null) return null;
  return { a, b, relation: RELATIONS.indexOf(c.relation), resemblance: share(c.resemblance), overlap: [share(c.overlap), share(c.overlap_of)], facts: share(c.facts), conflicts: c.conflicts };
}

/* Sections that are notices are marked in reports alone. */
const sectionsOf = () => [], sections = () => [];

/* ==== Decisions, which the index keeps */

const decisionOf = n => decided.get(keyOf(store.id[n]));

function noteDecision(d) {
  lastDecision = Math.max(lastDecision, d.number);
  if (d.decision === 'none') decided.delete(keyOf(d.id));
  else decided.set(keyOf(d.id), d);
  for (const group of document.querySelectorAll('.decide')) if (group.dataset.key === keyOf(d.id)) group.dispatchEvent(new Event('decided'));
}

const editor = () => (stored('twicetold:who') || '').trim();

async function decide(n, decision, of) {
  const now = decisionOf(n), sent = { id: store.id[n], decision: now !== undefined && now.decision === decision ? 'none' : decision };
  if (editor() !== '') sent.who = editor();
  if (decision === 'not-a-copy' && sent.decision !== 'none') sent.of = store.id[of];
  try {
    await ask('decisions', JSON.stringify(sent) + '\n');
  } catch (error) {
    say(`Not stored: ${error.message}`);
    showState(`not stored: ${error.message}`);
  }
}

/* Buttons to decide about article n, and who did; `of` is the article that it may not be a copy of. */
function decisionButtons(n, of) {
  const group = el('span', { class: 'decide', role: 'group', 'aria-label': `Decide about ${titleOf(n)}`, 'data-key': keyOf(store.id[n]) });
  const fill = () => {
    const now = decisionOf(n), focused = document.activeElement !== null && group.contains(document.activeElement) ? document.activeElement.dataset.decision : undefined;
    group.replaceChildren(...Object.entries(DECISIONS).filter(([name]) => name !== 'not-a-copy' || of !== undefined).map(([name, label]) =>
      button(label, () => decide(n, name, of), { 'aria-pressed': String(now !== undefined && now.decision === name), 'data-decision': name, class: 'small' })));
    if (now !== undefined) group.append(el('span', { class: 'who' }, bdi(now.who || 'somebody'), now.time === null ? null : ` ${time(secondsIn(now.time))}`));
    if (focused !== undefined) group.querySelector(`[data-decision="${focused}"]`).focus();
  };
  group.addEventListener('decided', fill);
  fill();
  return group;
}
