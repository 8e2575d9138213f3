/* Lists of clusters, sections, pairs and articles, and the views of one section and one article. */

/* Facts that differ between the kept article and its copies, at most in one of them. */
function conflictsOf(c) {
  const keep = clusters().keep[c];
  return Math.max(0, ...clusters().articles[c].map(n => n === keep ? 0 : (pairOf(keep, n) || { conflicts: 0 }).conflicts));
}

function clusterItem(c) {
  const members = clusters().articles[c], keep = clusters().keep[c], times = members.map(m => articles().published[m]).filter(t => t !== null);
  const over = times.length > 1 ? Math.max(...times) - Math.min(...times) : 0;
  return el('li', {}, el('a', { href: link('cluster', clusters().number[c]) }, bdi(titleOf(keep))),
    el('span', { class: 'badge' }, plural(members.length, 'article')), dirty(conflictsOf(c)),
    el('span', { class: 'byline' }, `Cluster ${clusters().number[c]}${over > 0 ? ` \u00b7 over ${span(over)}` : ''} \u00b7 keep: `, sourceOf(keep), ' ', el('code', {}, bdi(articles().id[keep]))));
}

const foundTimes = n => `found ${n === 1 ? 'once' : `${whole(n)} times`}`;

function sectionItem(i) {
  const s = sectionAt(i, 1), first = s.places[0];
  return el('li', {}, el('a', { href: link('section', s.number), dir: 'auto', class: 'quote' }, s.quote),
    el('span', { class: 'badge' }, foundTimes(s.count)), el('span', { class: 'byline' }, `${words(s.words)}, first in `, articleAnchor(first.article)));
}

function pairItem(i) {
  const p = pairAt(i), c = clusterOf(p.a);
  return el('li', {}, el('a', { href: compareLink(p.a, p.b) }, bdi(titleOf(p.a))), el('span', { class: `badge relation-${p.relation}` }, RELATION_LABELS[p.relation]), dirty(p.conflicts),
    c >= 0 && c === clusterOf(p.b) ? clusterBadge(p.a) : null,
    el('span', { class: 'byline' }, `${thousandths(similarity(p))} of the shorter article appears in the longer; ${thousandths(p.facts)} of facts match.`), byline(p.a), byline(p.b, titleOf(p.b) !== titleOf(p.a)));
}

const clusterBadge = n => el('a', { class: 'badge', href: link('cluster', clusters().number[clusterOf(n)]) }, `cluster ${clusters().number[clusterOf(n)]}`);

const countNote = (shown, all, what) => shown < all ? el('p', { class: 'note' }, `This page lists ${whole(shown)} of ${plural(all, what)}, the largest first; the overview counts all of them.`) : null;

const rowOf = n => [articles().id[n], titleOf(n), articles().sources[articles().source[n]], timeForFile(n)];
const share = value => value < 0 ? '' : value / 1000;

/* The rows of a cluster in a file: each article and how it relates to the kept one. */
function clusterRows(c) {
  const keep = clusters().keep[c];
  return asTheyRan(c).map(n => {
    const p = n === keep ? null : pairOf(n, keep), d = decisionOf(n);
    return [clusters().number[c], n === keep ? 'keep' : 'copy', ...rowOf(n), p === null ? '' : RELATIONS[p.relation], p === null ? '' : share(p.overlap[0]), p === null ? '' : p.conflicts, d === undefined ? '' : d.decision];
  });
}
const CLUSTER_HEAD = ['cluster', 'role', 'id', 'title', 'source', 'published', 'relation', 'in_kept', 'conflicts', 'decision'];

function showClusters() {
  const n = clusters().number.length;
  return { title: 'Clusters', content: [el('h1', {}, 'Clusters'), el('p', { class: 'lead' }, 'Copies of the same story. Each copy was compared with the article to keep.'),
    countNote(n, overview().clusters, 'cluster'), listing({ name: 'clusters', one: 'cluster', count: n, make: clusterItem, rows: clusterRows, head: CLUSTER_HEAD,
      about: c => ({ articles: clusters().articles[c], size: clusters().articles[c].length, conflicts: conflictsOf(c) }),
      fields: { q: 'Headline has', source: 'Source', from: 'From', to: 'To', size: 'Articles, at least', differ: 'Facts differ' },
      sorts: { size: ['most articles', null], newest: ['newest', byLatest], oldest: ['oldest', byEarliest], differ: ['most facts that differ', byConflicts] } })] };
}

function showSections([kind]) {
  const wanted = kind === undefined || kind === '' ? -1 : Number(kind), list = [];
  sections().forEach((s, i) => { if (wanted < 0 || s[2] === wanted) list.push(i); });
  const tab = (k, label, n) => el('a', { href: k < 0 ? '#/sections' : link('sections', k), 'aria-current': k === wanted ? 'page' : null }, `${label} (${whole(n)})`);
  return { title: 'Sections', content: [el('h1', {}, 'Repeated sections'), el('p', { class: 'lead' }, 'Passages found in two or more places. A story is a group of linked copies. A notice is a text that articles share which tell different news.'),
    el('nav', { class: 'tabs', 'aria-label': 'Kinds of sections' }, tab(-1, 'All', overview().sections), [3, 2, 1, 0].map(k => tab(k, KINDS[k], overview().kinds[k]))),
    countNote(sections().length, overview().sections, 'section'), listing({ name: 'sections', one: 'section', count: list.length, make: k => sectionItem(list[k]),
      about: k => { const s = sectionAt(list[k]); return { articles: s.places.map(o => o.article), size: s.words, count: s.count, notice: s.kind === 3 }; },
      rows: k => { const s = sectionAt(list[k]); return s.places.map(o => [s.number, KINDS[s.kind], s.words, ...rowOf(o.article), o.begin, o.end, s.quote]); },
      head: ['section', 'kind', 'words', 'id', 'title', 'source', 'published', 'begin', 'end', 'quote'],
      fields: { q: 'Headline has', source: 'Source', from: 'From', to: 'To', size: 'Words, at least', ...(wanted < 0 ? { notices: 'Hide notices' } : {}) },
      sorts: { places: ['most places', null], words: ['longest', bySize], newest: ['newest', byLatest], oldest: ['oldest', byEarliest] } })] };
}

function showPairs([relation]) {
  const wanted = RELATIONS.indexOf(relation), list = [];
  for (let i = 0; i < pairCount(); i++) if (wanted < 0 || pairAt(i).relation === wanted) list.push(i);
  const tab = (k, label, n) => el('a', { href: k < 0 ? '#/pairs' : link('pairs', RELATIONS[k]), 'aria-current': k === wanted ? 'page' : null }, `${label} (${whole(n)})`);
  const size = n => articles().bytes[n];
  return { title: 'Pairs', content: [el('h1', {}, 'Pairs'), el('p', { class: 'lead' }, 'Similar articles. A series uses one template with different facts (bulletins, results, the weather); it is not a copy.'),
    el('nav', { class: 'tabs', 'aria-label': 'Relations' }, tab(-1, 'all', overview().pairs), overview().relations.map((n, k) => n > 0 || k === wanted ? tab(k, RELATION_LABELS[k], n) : null)),
    omittedNote(), pairCount() < overview().pairs ? el('p', { class: 'note' }, `This page lists ${whole(pairCount())} of ${plural(overview().pairs, 'pair')}.`) : null,
    listing({ name: 'pairs', one: 'pair', count: list.length, make: k => pairItem(list[k]),
      about: k => { const p = pairAt(list[k]); return { articles: [p.a, p.b], relation: p.relation, similarity: similarity(p), conflicts: p.conflicts, size: Math.min(size(p.a), size(p.b)) }; },
      rows: k => { const p = pairAt(list[k]); return [[...rowOf(p.a), ...rowOf(p.b), RELATIONS[p.relation], share(p.resemblance), share(p.overlap[0]), share(p.overlap[1]), share(p.facts), p.conflicts]]; },
      head: ['a', 'title_a', 'source_a', 'published_a', 'b', 'title_b', 'source_b', 'published_b', 'relation', 'resemblance', 'overlap_a', 'overlap_b', 'facts', 'conflicts'],
      fields: { q: 'Headline has', source: 'Source', from: 'From', to: 'To', similar: 'Similarity, at least %', size: 'Bytes of the shorter, at least', differ: 'Facts differ' },
      sorts: { input: ['order of the input', null], similar: ['most similar', bySimilarity], unlike: ['least similar', (x, y) => bySimilarity(y, x)], newest: ['newest', byLatest], differ: ['most facts that differ', byConflicts], size: ['longest', bySize] } })] };
}

/* Pairs beyond --max-matches are counted but not listed. */
const omitted = () => (overview().summary || {}).pairs_omitted ?? overview().omitted;
const omittedNote = () => omitted() > 0 ? el('p', { class: 'note' }, `${plural(omitted(), 'more pair was', 'more pairs were')} left out, because an article is paired with only so many earlier ones, the best of them (--max-matches).`) : null;

const ARTICLE_KINDS = [['unique', 'unique'], ['kept', 'first of its kind, kept'], ['copy', 'copy'], ['other', 'other']];
function articleKind(n) {
  const c = clusterOf(n);
  return c >= 0 ? clusters().keep[c] === n ? 'kept' : 'copy' : n >= articles().listed ? 'unique' : 'other';
}

function articleItem(n) {
  const kind = articleKind(n), c = clusterOf(n), keep = c < 0 ? -1 : clusters().keep[c], p = kind === 'copy' ? pairOf(n, keep) : null;
  return el('li', {}, articleAnchor(n), kind === 'unique' ? el('span', { class: 'badge' }, 'unique') : c >= 0 ? clusterBadge(n) : null,
    p === null ? null : [el('a', { class: `badge relation-${p.relation}`, href: compareLink(keep, n) }, RELATION_LABELS[p.relation]), dirty(p.conflicts)],
    byline(n), kind === 'copy' ? el('span', { class: 'byline' }, 'copy of ', articleAnchor(keep)) : null);
}

/* All articles; with a time in the address those that are new since then. */
function showArticles() {
  const all = articles(), since = parameters().get('from');
  return { title: 'Articles', content: [el('h1', {}, since ? 'New articles' : 'Articles'), el('p', { class: 'lead' }, 'Every article that was scanned. Those that share nothing with another are unique.'),
    all.id.length < overview().articles ? el('p', { class: 'note' }, `This page lists ${whole(all.id.length)} of ${plural(overview().articles, 'article')}.`) : null,
    listing({ name: 'articles', one: 'article', count: all.id.length, make: articleItem,
      about: n => ({ articles: [n], size: all.bytes[n], kind: articleKind(n), conflicts: articleKind(n) === 'copy' ? (pairOf(n, clusters().keep[clusterOf(n)]) || { conflicts: 0 }).conflicts : 0 }),
      rows: n => [[...rowOf(n), all.bytes[n], articleKind(n), clusterOf(n) < 0 ? '' : clusters().number[clusterOf(n)], (decisionOf(n) || { decision: '' }).decision]],
      head: ['id', 'title', 'source', 'published', 'bytes', 'kind', 'cluster', 'decision'],
      fields: { q: 'Headline has', source: 'Source', from: 'New since', to: 'To', kind: ['Kind', ARTICLE_KINDS], size: 'Bytes, at least', differ: 'Facts differ' },
      sorts: { input: ['order of the report', null], newest: ['newest', byLatest], oldest: ['oldest', byEarliest], size: ['longest', bySize] } })] };
}

async function showSection([number]) {
  const i = sectionNumbered(Number(number));
  if (i === undefined) return null;
  await needs([sectionAt(i, 1).places[0].article]);
  const s = sectionAt(i), first = s.places[0], text = textOf(first.article);
  const many = new Set(s.places.map(o => o.article)).size < s.count;
  const item = k => {
    const o = s.places[k];
    return el('li', {}, articleAnchor(o.article), k === 0 ? el('span', { class: 'badge' }, 'first') : el('span', { class: 'badge' }, o.similarity >= 1000 ? 'word for word' : `${thousandths(o.similarity)} alike`),
      k > 0 ? el('a', { class: 'side', href: compareLink(first.article, o.article) }, 'side by side', hidden(` with ${titleOf(o.article)}`)) : null, byline(o.article), many ? el('span', { class: 'byline' }, `at byte ${whole(o.begin)} of ${whole(articles().bytes[o.article])}`) : null);
  };
  return { title: `Section ${s.number}`, content: [el('h1', {}, `Section ${s.number}`),
    el('p', { class: 'lead' }, `${words(s.words)}, ${foundTimes(s.count)}. ${KINDS[s.kind]}.`),
    el('blockquote', { class: 'text passage' }, text === undefined ? el('p', { dir: 'auto' }, s.quote) : paragraphs(snippetWhole(text, first), [])), text === undefined ? notEmbedded(first.article) : null,
    el('h2', {}, 'Where it appears'), paged(s.count, item, 'places')] };
}

function snippetWhole(text, o) {
  const [begin, end] = placesOfBytes(text, [o.begin, o.end]);
  return text.slice(begin, end);
}

/* The occurrences of sections in an article, ascending and without overlaps: [begin, end, make]. */
function sectionRuns(n, text) {
  const found = [];
  for (const i of sectionsOf(n))
    for (const o of sectionAt(i).places) if (o.article === n) found.push([o.begin, o.end, i]);
  found.sort((x, y) => x[0] - y[0]);
  const bounds = placesOfBytes(text, [...new Set(found.flatMap(f => [f[0], f[1]]))].sort((x, y) => x - y));
  const place = new Map([...new Set(found.flatMap(f => [f[0], f[1]]))].sort((x, y) => x - y).map((b, k) => [b, bounds[k]]));
  const runs = [];
  let end = 0;
  for (const [b, e, i] of found) {
    const begin = Math.max(place.get(b), end);
    if (place.get(e) <= begin) continue;
    end = place.get(e);
    runs.push([begin, end, part => el('a', { class: 'to-section', href: link('section', sections()[i][0]) }, el('mark', { class: sections()[i][2] === 3 ? 'notice' : `p${i % 6}` }, part))]);
  }
  return runs;
}

async function showArticle([key]) {
  const n = articleOf(key);
  if (n === undefined) return null;
  await needs([n]);
  const text = textOf(n), c = clusterOf(n), pairs = pairsOf(n), of = sectionsOf(n);
  const self = of.filter(i => sectionAt(i).places.filter(o => o.article === n).length > 1);
  return { title: titleOf(n), content: [el('h1', { dir: 'auto' }, titleOf(n)), el('p', { class: 'lead' }, byline(n), ` \u00b7 ${bytes(articles().bytes[n])}`),
    el('p', { class: 'actions' },
      c >= 0 ? el('a', { class: 'button', href: link('cluster', clusters().number[c]) }, `Cluster of ${plural(clusters().articles[c].length, 'article')}`) : null,
      self.length > 0 ? el('a', { class: 'button', href: compareLink(n, n) }, 'Repeated passages here') : null,
      text !== undefined ? el('a', { class: 'button', href: link('dots', keyOf(articles().id[n]), keyOf(articles().id[n])) }, 'Dot plot against itself') : null, decisionButtons(n), copyLink()),
    el('div', { class: 'columns-2' },
      el('article', { class: 'text' }, el('h2', { class: 'hidden' }, 'Text'), text === undefined ? notEmbedded(n) : paragraphs(text, sectionRuns(n, text))),
      el('div', {}, el('h2', {}, `Similar articles (${whole(pairs.length)})`), pairs.length > 0 ? paged(pairs.length, k => {
        const p = pairAt(pairs[k]), other = p.a === n ? p.b : p.a;
        return el('li', {}, el('a', { href: compareLink(n, other) }, bdi(titleOf(other))), el('span', { class: `badge relation-${p.relation}` }, `${RELATION_LABELS[p.a === n ? turned(p.relation) : p.relation]}, ${thousandths(similarity(p))}`), dirty(p.conflicts), byline(other));
      }, 'pairs') : el('p', {}, n >= articles().listed ? 'None. It is unique in what was scanned.' : 'No similar articles.'),
      el('h2', {}, `Repeated sections (${whole(of.length)})`), of.length > 0 ? paged(of.length, k => sectionItem(of[k]), 'sections', { key: 'sections-page' }) : el('p', {}, 'None.')))] };
}

