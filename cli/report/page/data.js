/* The data of the page: blocks of JSON, each parsed when it is first needed. */
const blocks = {};
function block(name) {
  if (!(name in blocks)) {
    const element = document.getElementById(name);
    blocks[name] = element === null ? null : JSON.parse(element.textContent);
  }
  return blocks[name];
}

const made = {};
function once(name, make) {
  if (!(name in made)) made[name] = make();
  return made[name];
}

const overview = () => block('overview');
const articles = () => block('articles');
const clusters = () => block('clusters');
const sections = () => block('sections').sections;
const pairCount = () => block('pairs').pairs.length / PAIR;

/* A pair is PAIR numbers; a section is HEAD numbers, then PLACE numbers for each occurrence. */
const PAIR = 9, PLACE = 6, HEAD = 3;
const RELATIONS = ['identical', 'near', 'contains', 'contained', 'series'];
const RELATION_LABELS = ['identical', 'near-duplicate', 'longer version', 'excerpt', 'series'];
const KINDS = ['Copied within one story', 'Repeated within one article', 'Shared by two stories', 'Notices, forms and boilerplate'];

/* The text of an article, or undefined if it is not in the page. Blocks hold [article, text, ...]. */
function textOf(n) {
  const b = articles().block[n];
  if (b < 0) return undefined;
  return once(`texts-${b}`, () => {
    const list = JSON.parse(document.getElementById(`texts-${b}`).textContent), all = new Map();
    for (let k = 0; k < list.length; k += 2) all.set(list[k], list[k + 1]);
    return all;
  }).get(n);
}

/* An id in a link: a string as it is, with ~ before an integer and before a string that begins with ~. */
const keyOf = id => typeof id === 'number' || String(id).startsWith('~') ? `~${id}` : id;
const link = (...words) => '#/' + words.map(encodeURIComponent).join('/');
const articleLink = n => link('article', keyOf(articles().id[n]));
const compareLink = (a, b) => link('compare', keyOf(articles().id[a]), keyOf(articles().id[b]));

function articleOf(key) {
  const all = once('keys', () => new Map(articles().id.map((id, n) => [keyOf(id), n])));
  return all.get(key);
}

function clusterOf(n) {
  const of = once('clusterOf', () => {
    const list = new Int32Array(articles().id.length).fill(-1);
    clusters().articles.forEach((members, c) => members.forEach(m => { list[m] = c; }));
    return list;
  });
  return of[n];
}

const clusterNumbered = number => once('clusterNumbers', () => new Map(clusters().number.map((n, c) => [n, c]))).get(number);
const sectionNumbered = number => once('sectionNumbers', () => new Map(sections().map((s, i) => [s[0], i]))).get(number);

/* {a, b, relation, resemblance, containment, overlap, facts}; shares are in thousandths, -1 if unknown. */
function pairAt(i) {
  const p = block('pairs').pairs, k = i * PAIR;
  return { a: p[k], b: p[k + 1], relation: p[k + 2], resemblance: p[k + 3], containment: [p[k + 4], p[k + 5]], overlap: [p[k + 6], p[k + 7]], facts: p[k + 8] };
}

function pairsOf(n) {
  const of = once('pairsOf', () => {
    const map = new Map();
    for (let i = 0, p = block('pairs').pairs; i < p.length / PAIR; i++)
      for (const side of [p[i * PAIR], p[i * PAIR + 1]]) {
        if (map.has(side)) map.get(side).push(i);
        else map.set(side, [i]);
      }
    return map;
  });
  return of.get(n) || [];
}

/* The pair of two articles as seen from the first, or null if the result has none. */
function pairOf(a, b) {
  for (const i of pairsOf(a)) {
    const p = pairAt(i);
    if (p.a === a && p.b === b) return p;
    if (p.a === b && p.b === a)
      return { ...p, a, b, relation: [0, 1, 3, 2, 4][p.relation], containment: [p.containment[1], p.containment[0]], overlap: [p.overlap[1], p.overlap[0]] };
  }
  return null;
}

const similarity = p => Math.max(p.overlap[0], p.overlap[1]) >= 0 ? Math.max(p.overlap[0], p.overlap[1]) : p.resemblance;

/* {number, words, kind, places: [{article, begin, end, ofBegin, ofEnd, similarity}]} */
function sectionAt(i, most = Infinity) {
  const s = sections()[i], places = [];
  for (let k = HEAD; k < s.length && places.length < most; k += PLACE)
    places.push({ article: s[k], begin: s[k + 1], end: s[k + 2], ofBegin: s[k + 3], ofEnd: s[k + 4], similarity: s[k + 5] });
  return { number: s[0], words: s[1], kind: s[2], count: (s.length - HEAD) / PLACE, places };
}

function sectionsOf(n) {
  const of = once('sectionsOf', () => {
    const map = new Map();
    sections().forEach((s, i) => {
      for (let k = HEAD; k < s.length; k += PLACE) {
        const list = map.get(s[k]);
        if (list === undefined) map.set(s[k], [i]);
        else if (list[list.length - 1] !== i) list.push(i);
      }
    });
    return map;
  });
  return of.get(n) || [];
}

/* The members of a cluster by time; those without a time come last, in input order. */
function asTheyRan(c) {
  const time = articles().published;
  return clusters().articles[c].slice().sort((x, y) => {
    if (time[x] === null || time[y] === null) return (time[x] === null) - (time[y] === null) || x - y;
    return time[x] - time[y] || x - y;
  });
}

/* A cluster as JSON: the kept article, and the numbers of each copy. */
function clusterAsJson(c) {
  const all = articles(), keep = clusters().keep[c];
  const said = n => ({ id: all.id[n], title: all.title[n] || undefined, source: all.sources[all.source[n]] || undefined,
    published: all.published[n] === null ? undefined : new Date(all.published[n] * 1000).toISOString() });
  const share = value => value < 0 ? null : value / 1000;
  return { cluster: clusters().number[c], keep: said(keep),
    copies: asTheyRan(c).filter(n => n !== keep).map(n => {
      const p = pairOf(n, keep);
      return p === null ? said(n) : { ...said(n), relation: RELATIONS[p.relation], resemblance: share(p.resemblance), overlap: share(p.overlap[0]), overlap_of: share(p.overlap[1]) };
    }) };
}

