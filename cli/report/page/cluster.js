/* A cluster: its versions as they ran, each against the one before or against the kept one. */
function timeLine(order, keep) {
  const times = articles().published, known = order.filter(n => times[n] !== null);
  if (known.length < 2 || times[known[0]] === times[known[known.length - 1]]) return null;
  const first = times[known[0]], last = times[known[known.length - 1]], W = 960, L = 16, R = 16;
  const x = n => L + (W - L - R) * (last === first ? 0 : (times[n] - first) / (last - first));
  const ends = [], rows = known.map(n => {
    let row = 0;
    while (row < 8 && ends[row] !== undefined && x(n) - ends[row] < 13) row++;
    ends[row] = x(n);
    return row;
  });
  const base = 10 + Math.max(...rows) * 7;
  const dots = known.map((n, i) => svg('a', { href: articleLink(n), 'aria-label': `${timeSaid(n)} ${titleOf(n)}` }, svg('circle', { cx: x(n), cy: base - rows[i] * 7, r: n === keep ? 7 : 5, class: n === keep ? 'dot kept' : 'dot' }, svg('title', {}, `${timeSaid(n)} ${titleOf(n)}`))));
  const from = timeSaid(known[0]), to = timeSaid(known[known.length - 1]);
  return svg('svg', { viewBox: `0 0 ${W} ${base + 36}`, class: 'timeline', role: 'group', 'aria-label': `${known.length} articles from ${from} to ${to}; the list below has each` },
    svg('line', { x1: L, x2: W - R, y1: base, y2: base, class: 'axis' }), dots,
    svg('text', { x: L - 8, y: base + 28, class: 'tick' }, from), svg('text', { x: W - R + 8, y: base + 28, class: 'tick', 'text-anchor': 'end' }, `${to}  (+${span(last - first)})`));
}
const timeSaid = n => time(articles().published[n]);

/* The facts that differ, as "three -> five". */
const factItem = (f, from, to) => el('li', {}, el('span', { class: `fact fact-${FACT_KINDS[f.kind]}` }, bdi(said(from, f.at[0], 60))), ' \u2192 ', el('span', { class: `fact fact-${FACT_KINDS[f.kind]}` }, bdi(said(to, f.at[1], 60))), hidden(` (${FACT_KINDS[f.kind]})`));
const factList = (al, from, to) => al.facts.length > 0 ? el('ul', { class: 'facts-differ', 'aria-label': 'Facts that differ' }, al.facts.map(f => factItem(f, from, to))) : null;

/* How article n differs from an earlier or the kept one: a bar, the facts and words that changed, and the longest parts added and cut. */
function difference(before, n, labels) {
  const from = textOf(before), to = textOf(n);
  if (from === undefined || to === undefined) {
    const p = pairOf(n, before);
    return el('p', { class: 'changes' }, p === null ? 'Its full text is not included.' : `${thousandths(p.overlap[0])} of it appears in ${labels.before} (${RELATION_LABELS[p.relation]}); its full text is not included.`);
  }
  const al = alignmentOf(before, n), c = changesOf(al), all = Math.max(1, c.kept + c.changed + c.added + c.cut);
  if (c.changed + c.added + c.cut === 0) return el('p', { class: 'changes' }, `Identical to ${labels.before}.`);
  return [el('p', { class: 'changes' }, bar([[c.kept / all, 'part-kept'], [c.changed / all, 'part-changed'], [c.added / all, 'part-added'], [c.cut / all, 'part-cut']], `Shares of words that are the same, changed, ${labels.added} and ${labels.cut}`),
    el('span', {}, `${words(c.kept)} the same`), c.changed > 0 ? el('span', { class: 'said-changed' }, `${whole(c.changed)} changed`) : null,
    c.added > 0 ? el('span', { class: 'said-added' }, `${whole(c.added)} ${labels.added}`) : null, c.cut > 0 ? el('span', { class: 'said-cut' }, `${whole(c.cut)} ${labels.cut}`) : null),
  factList(al, from, to),
  c.swaps.length > 0 ? el('p', { class: 'swaps' }, c.swaps.filter(at => !al.facts.some(f => f.at[0][0] <= at[0][0] && at[0][1] <= f.at[0][1])).slice(0, 4).map(([a, b]) => el('span', {}, el('del', {}, bdi(said(from, a, 60))), ' \u2192 ', el('ins', {}, bdi(said(to, b, 60)))))) : null,
  excerptOf(labels.Added, 'added', to, c.longestAdded), excerptOf(labels.Cut, 'cut', from, c.longestCut)];
}
const VERSIONS = { before: 'the version before', added: 'added', cut: 'cut', Added: 'Added', Cut: 'Cut' };
const AGAINST_KEPT = { before: 'the kept article', added: 'extra', cut: 'missing', Added: 'Extra', Cut: 'Missing' };

const said = (text, [begin, end], most) => shorten(text.slice(begin, end).replace(/\s+/g, ' '), most);

/* A part that only one side has, unless it is too short to say anything. */
function excerptOf(label, kind, text, part) {
  if ((text.slice(...part).match(WORD) || []).length < 6) return null;
  return el('p', { class: `excerpt ${kind}`, dir: directionOf(text.slice(...part)) }, el('b', {}, `${label}: `), said(text, part, 220));
}

/* Articles outside the cluster that pairs join to it without being copies: [[relation, [[other, member], ...]], ...]. */
function beside(members) {
  const inside = new Set(members), seen = new Set(), groups = new Map();
  for (const n of members)
    for (const i of pairsOf(n)) {
      const p = pairAt(i), other = p.a === n ? p.b : p.a;
      if (inside.has(other) || seen.has(other)) continue;
      seen.add(other);
      const kind = p.relation < COPIES ? 'copy' : p.relation;
      if (!groups.has(kind)) groups.set(kind, []);
      groups.get(kind).push([other, n, p]);
    }
  return groups;
}

const BESIDE = { copy: ['Copies outside this cluster', 'are copies of a member, but have other facts or are closer to another story'], 4: ['Series', 'use the same template with other facts; they are not copies'],
  5: ['Related', 'share a part, or are another stage of the story; they are not copies'], 6: ['Notices only', 'share only notices; they are not copies'] };

function besideClusters(order) {
  return [...beside(order)].map(([kind, list]) => [el('h2', {}, `${BESIDE[kind][0]} (${whole(list.length)})`), el('p', { class: 'note' }, `These ${BESIDE[kind][1]}.`),
    paged(list.length, k => {
      const [other, n, p] = list[k];
      return el('li', {}, articleAnchor(other), clusterOf(other) >= 0 ? clusterBadge(other) : null, dirty(p.conflicts), el('a', { class: 'side', href: compareLink(n, other) }, 'side by side', hidden(` with ${titleOf(n)}`)), byline(other));
    }, BESIDE[kind][0], { key: `beside-${kind}` })]);
}

async function showCluster([number]) {
  const c = clusterNumbered(Number(number));
  if (c === undefined) return null;
  const keep = clusters().keep[c], order = asTheyRan(c), times = articles().published, first = firstToRun(order), start = times[order[0]];
  const againstKept = parameters().get('against') === 'kept', dated = start !== null;
  const item = k => {
    const n = order[k], before = againstKept ? keep : order[k - 1];
    const after = dated && times[n] !== null && times[n] > start ? `+${span(times[n] - start)}` : null;
    return el('li', { class: n === keep ? 'kept' : null }, el('div', {}, articleAnchor(n),
      n === first ? el('span', { class: 'badge first' }, 'first to run it') : k === 0 && !dated ? el('span', { class: 'badge first' }, 'first in the input') : null,
      n === keep ? el('span', { class: 'badge keep' }, 'keep') : null, n === keep ? null : dirty((pairOf(n, keep) || { conflicts: 0 }).conflicts), after === null ? null : el('span', { class: 'after' }, after),
      before === undefined || before === n ? null : el('a', { class: 'side', href: compareLink(before, n) }, 'side by side', hidden(` with ${titleOf(before)}`)), decisionButtons(n, n === keep ? undefined : keep)),
    byline(n), before === undefined || before === n ? null : difference(before, n, againstKept ? AGAINST_KEPT : VERSIONS));
  };
  const position = clusters().number.indexOf(Number(number)), step = (by, label) => clusters().number[position + by] === undefined ? null : el('a', { class: 'button', href: link('cluster', clusters().number[position + by]) }, label);
  const against = (name, label) => el('a', { href: withParameters({ against: name, page: null }), 'aria-current': (name === null) !== againstKept ? 'page' : null }, label);
  return { title: `Cluster ${number}: ${titleOf(keep)}`, content: [el('h1', { dir: 'auto' }, titleOf(keep)),
    el('p', { class: 'lead' }, `Cluster ${number}, ${plural(order.length, 'article')}. `, !dated ? 'Their times are not known, so they are in the order of the input.' : first < 0 ? 'Their times do not say who was first.' : ['First to run it: ', sourceOf(first) || bdi(articles().id[first]), '.'],
      againstKept ? ' Changes are shown relative to the article marked "keep".' : ' Each version is shown against the one before it.'),
    timeLine(order, keep), el('nav', { class: 'tabs', 'aria-label': 'What versions are compared with' }, against(null, 'Version by version'), against('kept', 'Against the kept article')),
    el('p', { class: 'actions' }, step(-1, 'Previous cluster'), step(1, 'Next cluster'), button('Save as JSON', () => saveJson(`cluster-${number}.json`, clusterAsJson(c))),
      button('Save as CSV', () => saveCsv(`cluster-${number}.csv`, [CLUSTER_HEAD, ...clusterRows(c)])), copyLink()),
    paged(order.length, item, 'articles', { className: 'list story', prepare: (from, to) => needs([keep, ...order.slice(Math.max(0, from - 1), to)]) }), besideClusters(order)] };
}
