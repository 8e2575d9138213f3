/* The data of the page: blocks of JSON, each parsed when it is first needed. */
const blocks = {};
function block(name) {
  if (!(name in blocks)) {
    const element = document.getElementById(name);
    blocks[name] = element === null ? null : JSON.parse(element.textContent);
  }
  return blocks[name];
}

const overview = () => block('overview');
const articles = () => block('articles');
const clusters = () => block('clusters');
const sections = () => block('sections').sections;
const pairCount = () => block('pairs').pairs.length / PAIR;

/* A pair is PAIR numbers; a section is HEAD numbers, then PLACE numbers for each occurrence. */
const PAIR = 10, PLACE = 6, HEAD = 4;
const KINDS = ['Copied within one story', 'Repeated within one article', 'Shared by several stories', 'Notices'];

/* Blocks of texts are gzip in base64: a view awaits those that it needs(), then reads them without waiting. */
const unpacked = {}, unpacking = {};
function unpack(name) {
  if (!(name in unpacking)) unpacking[name] = unpackElement(document.getElementById(name)).then(value => { unpacked[name] = value; });
  return unpacking[name];
}

async function unpackElement(element) {
  if (element === null) return null;
  const text = atob(element.textContent), bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const value = JSON.parse(await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).text());
  if (Array.isArray(value)) { /* windows */
    const parts = new Map();
    for (let k = 0; k < value.length; k += 3) parts.set(value[k], { begin: value[k + 1], text: value[k + 2] });
    return { parts };
  }
  const texts = new Map();
  for (let k = 0; k < value.texts.length; k += 2) texts.set(value.texts[k], value.texts[k + 1]);
  return { texts, aligned: new Map(value.aligned.map(list => [`${list[0]},${list[1]}`, list])) };
}

/* The block of an article's text is a number; below -1 it has only a window of it, and -1 is none. */
const blockName = n => articles().block[n] >= 0 ? `texts-${articles().block[n]}` : `windows-${-2 - articles().block[n]}`;
const needs = numbers => Promise.all([...new Set(numbers.filter(n => articles().block[n] !== -1).map(blockName))].map(unpack));

/* The text of an article, or undefined if it is not in the page; then windowOf() may have a part: {begin: its first byte, text}. */
const textOf = n => articles().block[n] < 0 ? undefined : unpacked[blockName(n)].texts.get(n);
const windowOf = n => articles().block[n] >= -1 ? undefined : unpacked[blockName(n)].parts.get(n);

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

/* {a, b, relation, resemblance, containment, overlap, facts, conflicts}; shares are in thousandths, -1 if unknown. */
function pairAt(i) {
  const p = block('pairs').pairs, k = i * PAIR;
  return { a: p[k], b: p[k + 1], relation: p[k + 2], resemblance: p[k + 3], containment: [p[k + 4], p[k + 5]], overlap: [p[k + 6], p[k + 7]], facts: p[k + 8], conflicts: p[k + 9] };
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
      return { ...p, a, b, relation: turned(p.relation), containment: [p.containment[1], p.containment[0]], overlap: [p.overlap[1], p.overlap[0]] };
  }
  return null;
}

/* {number, words, kind, quote, count, places: [{article, begin, end, ofBegin, ofEnd, similarity}]} */
function sectionAt(i, most = Infinity) {
  const s = sections()[i], places = [];
  for (let k = HEAD; k < s.length && places.length < most; k += PLACE)
    places.push({ article: s[k], begin: s[k + 1], end: s[k + 2], ofBegin: s[k + 3], ofEnd: s[k + 4], similarity: s[k + 5] });
  return { number: s[0], words: s[1], kind: s[2], quote: s[3], count: (s.length - HEAD) / PLACE, places };
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
      return p === null ? said(n) : { ...said(n), relation: RELATIONS[p.relation], resemblance: share(p.resemblance), overlap: share(p.overlap[0]), overlap_of: share(p.overlap[1]), conflicts: p.conflicts };
    }) };
}

