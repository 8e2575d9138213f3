/* The versions of a story: when they ran, and how each differs from another. */
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
