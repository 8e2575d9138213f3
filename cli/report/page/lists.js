/* Lists of clusters, sections and pairs, and the views of one section and one article. */
function clusterItem(c) {
  const members = clusters().articles[c], keep = clusters().keep[c], times = members.map(m => articles().published[m]).filter(t => t !== null);
  const within = times.length > 1 ? ` \u00b7 over ${span(Math.max(...times) - Math.min(...times))}` : '';
  return el('li', {}, el('a', { href: link('cluster', clusters().number[c]) }, bdi(titleOf(keep))),
    el('span', { class: 'badge' }, plural(members.length, 'article')),
    el('span', { class: 'byline' }, `Cluster ${clusters().number[c]}${within} \u00b7 keep: `, sourceOf(keep), ' ', el('code', {}, bdi(articles().id[keep]))));
}

const foundTimes = n => `found ${n === 1 ? 'once' : `${whole(n)} times`}`;

function sectionItem(i) {
  const s = sectionAt(i, 2), first = s.places[0], text = textOf(first.article);
  return el('li', {}, el('a', { href: link('section', s.number), dir: 'auto', class: 'quote' }, text === undefined ? `Section ${s.number}` : snippet(text, first.begin, first.end, 150)),
    el('span', { class: 'badge' }, foundTimes(s.count)), el('span', { class: 'byline' }, `${plural(s.words, 'word')}, first in `, articleAnchor(first.article)));
}

function pairItem(i) {
  const p = pairAt(i);
  return el('li', {}, el('a', { href: compareLink(p.a, p.b) }, bdi(titleOf(p.a))), el('span', { class: `badge relation-${p.relation}` }, RELATION_LABELS[p.relation]),
    el('span', { class: 'byline' }, `${thousandths(similarity(p))} of the shorter article appears in the longer; ${thousandths(p.facts)} of facts match. `, byline(p.a), ' and ', byline(p.b)));
}

const countNote = (shown, all, what) => shown < all ? el('p', { class: 'note' }, `This page lists ${whole(shown)} of ${plural(all, what)}, the largest first; the overview counts all of them.`) : null;

function showClusters() {
  const n = clusters().number.length;
  return { title: 'Clusters', content: [el('h1', {}, 'Clusters'), el('p', { class: 'lead' }, 'Copies of the same story, largest cluster first. Each copy was compared with the kept article.'),
    countNote(n, overview().clusters, 'cluster'), n > 0 ? paged(n, clusterItem, 'clusters') : el('p', {}, 'None.')] };
}

function showSections([kind]) {
  const wanted = kind === undefined || kind === '' ? -1 : Number(kind), list = [];
  sections().forEach((s, i) => { if (wanted < 0 || s[2] === wanted) list.push(i); });
  const tab = (k, label, n) => el('a', { href: k < 0 ? '#/sections' : link('sections', k), 'aria-current': k === wanted ? 'page' : null }, `${label} (${whole(n)})`);
  return { title: 'Sections', content: [el('h1', {}, 'Repeated sections'), el('p', { class: 'lead' }, 'Passages found in two or more places, most frequent first. A story is a group of linked copies; a passage found in three or more stories is treated as boilerplate.'),
    el('nav', { class: 'tabs', 'aria-label': 'Kinds of sections' }, tab(-1, 'All', overview().sections), [3, 2, 1, 0].map(k => tab(k, KINDS[k], overview().kinds[k]))),
    countNote(sections().length, overview().sections, 'section'), list.length > 0 ? paged(list.length, i => sectionItem(list[i]), 'sections') : el('p', {}, 'None.')] };
}

function showPairs([relation]) {
  const wanted = RELATIONS.indexOf(relation), list = [];
  for (let i = 0; i < pairCount(); i++) if (wanted < 0 || pairAt(i).relation === wanted) list.push(i);
  const tab = (k, label, n) => el('a', { href: k < 0 ? '#/pairs' : link('pairs', RELATIONS[k]), 'aria-current': k === wanted ? 'page' : null }, `${label} (${whole(n)})`);
  return { title: 'Pairs', content: [el('h1', {}, 'Pairs'), el('p', { class: 'lead' }, 'Similar articles. A series uses one template with different facts (bulletins, results, the weather); it is not a copy.'),
    el('nav', { class: 'tabs', 'aria-label': 'Relations' }, tab(-1, 'all', overview().pairs), RELATION_LABELS.map((label, k) => tab(k, label, overview().relations[k]))),
    pairCount() < overview().pairs ? el('p', { class: 'note' }, `This page lists ${whole(pairCount())} of ${plural(overview().pairs, 'pair')}.`) : null,
    list.length > 0 ? paged(list.length, i => pairItem(list[i]), 'pairs') : el('p', {}, 'None.')] };
}

function showSection([number]) {
  const i = sectionNumbered(Number(number));
  if (i === undefined) return null;
  const s = sectionAt(i), first = s.places[0], text = textOf(first.article);
  const item = k => {
    const o = s.places[k];
    return el('li', {}, articleAnchor(o.article), k === 0 ? el('span', { class: 'badge' }, 'first') : el('span', { class: 'badge' }, o.similarity >= 1000 ? 'word for word' : `${thousandths(o.similarity)} alike`),
      k > 0 ? el('a', { class: 'side', href: compareLink(first.article, o.article) }, 'side by side', hidden(` with ${titleOf(o.article)}`)) : null, byline(o.article));
  };
  return { title: `Section ${s.number}`, content: [el('h1', {}, `Section ${s.number}`),
    el('p', { class: 'lead' }, `${plural(s.words, 'word')}, ${foundTimes(s.count)}. ${KINDS[s.kind]}.`),
    el('blockquote', { class: 'text passage' }, text === undefined ? notEmbedded(first.article) : paragraphs(snippetWhole(text, first), [])),
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
    runs.push([begin, end, part => el('mark', { class: `p${i % 6}` }, part)]);
  }
  return runs;
}

function showArticle([key]) {
  const n = articleOf(key);
  if (n === undefined) return null;
  const text = textOf(n), c = clusterOf(n), pairs = pairsOf(n), of = sectionsOf(n);
  const self = of.filter(i => sectionAt(i).places.filter(o => o.article === n).length > 1);
  return { title: titleOf(n), content: [el('h1', {}, bdi(titleOf(n))), el('p', { class: 'lead' }, byline(n), ` \u00b7 ${bytes(articles().bytes[n])}`),
    el('p', { class: 'actions' },
      c >= 0 ? el('a', { class: 'button', href: link('cluster', clusters().number[c]) }, `Cluster of ${plural(clusters().articles[c].length, 'article')}`) : null,
      self.length > 0 ? el('a', { class: 'button', href: compareLink(n, n) }, 'Repeated passages here') : null,
      text !== undefined ? el('a', { class: 'button', href: link('dots', keyOf(articles().id[n]), keyOf(articles().id[n])) }, 'Dot plot against itself') : null),
    el('div', { class: 'columns-2' },
      el('article', { class: 'text' }, el('h2', { class: 'hidden' }, 'Text'), text === undefined ? notEmbedded(n) : paragraphs(text, sectionRuns(n, text))),
      el('div', {}, el('h2', {}, `Similar articles (${whole(pairs.length)})`), pairs.length > 0 ? paged(pairs.length, k => {
        const p = pairAt(pairs[k]), other = p.a === n ? p.b : p.a;
        return el('li', {}, el('a', { href: compareLink(n, other) }, bdi(titleOf(other))), el('span', { class: `badge relation-${p.relation}` }, RELATION_LABELS[p.relation]), byline(other));
      }, 'pairs') : el('p', {}, 'No similar articles.'),
      el('h2', {}, `Repeated sections (${whole(of.length)})`), of.length > 0 ? paged(of.length, k => sectionItem(of[k]), 'sections') : el('p', {}, 'None.')))] };
}

