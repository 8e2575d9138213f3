/* A cluster: who ran the story first, and how each copy differs. */
function timeLine(order, keep) {
  const time = articles().published, known = order.filter(n => time[n] !== null);
  if (known.length < 2) return null;
  const first = time[known[0]], last = time[known[known.length - 1]], W = 960, L = 16, R = 16;
  const x = n => L + (W - L - R) * (last === first ? 0 : (time[n] - first) / (last - first));
  const ends = [], rows = known.map(n => {
    let row = 0;
    while (row < 8 && ends[row] !== undefined && x(n) - ends[row] < 13) row++;
    ends[row] = x(n);
    return row;
  });
  const base = 10 + Math.max(...rows) * 7;
  const dots = known.map((n, i) => svg('circle', { cx: x(n), cy: base - rows[i] * 7, r: n === keep ? 7 : 5, class: n === keep ? 'dot kept' : 'dot' }, svg('title', {}, `${timeSaid(n)} ${titleOf(n)}`)));
  const from = timeSaid(known[0]), to = timeSaid(known[known.length - 1]);
  return svg('svg', { viewBox: `0 0 ${W} ${base + 36}`, class: 'timeline', role: 'img', 'aria-label': `${known.length} articles from ${from} to ${to}; the list below has each` },
    svg('line', { x1: L, x2: W - R, y1: base, y2: base, class: 'axis' }), dots,
    svg('text', { x: L - 8, y: base + 28, class: 'tick' }, from), svg('text', { x: W - R + 8, y: base + 28, class: 'tick', 'text-anchor': 'end' }, `${to}  (+${span(last - first)})`));
}
const timeSaid = n => time(articles().published[n]);

/* How a copy differs from the kept article: a bar, the changed words, and the longest parts added and cut. */
function difference(keep, n) {
  const from = textOf(keep), to = textOf(n);
  if (from === undefined || to === undefined) {
    const p = pairOf(n, keep);
    return p === null ? el('p', { class: 'changes' }, 'Its full text is not included.') : el('p', { class: 'changes' }, `${thousandths(p.overlap[0])} of it appears in the kept article (${RELATION_LABELS[p.relation]}); its full text is not included.`);
  }
  const c = changesOf(alignmentOf(keep, n)), all = Math.max(1, c.kept + c.changed + c.added + c.cut);
  if (c.changed + c.added + c.cut === 0) return el('p', { class: 'changes' }, 'Identical to the kept article.');
  return [el('p', { class: 'changes' }, bar([[c.kept / all, 'part-kept'], [c.changed / all, 'part-changed'], [c.added / all, 'part-added'], [c.cut / all, 'part-cut']], 'Shares of words that are the same, changed, extra and missing'),
    el('span', {}, `${plural(c.kept, 'word')} the same`), c.changed > 0 ? el('span', { class: 'said-changed' }, `${whole(c.changed)} changed`) : null,
    c.added > 0 ? el('span', { class: 'said-added' }, `${whole(c.added)} extra`) : null, c.cut > 0 ? el('span', { class: 'said-cut' }, `${whole(c.cut)} missing`) : null),
  c.swaps.length > 0 ? el('p', { class: 'swaps' }, c.swaps.slice(0, 4).map(([a, b]) => el('span', {}, el('del', {}, bdi(said(from, a, 60))), ' \u2192 ', el('ins', {}, bdi(said(to, b, 60)))))) : null,
  excerptOf('Extra', 'added', to, c.longestAdded), excerptOf('Missing', 'cut', from, c.longestCut)];
}

const said = (text, [begin, end], most) => shorten(text.slice(begin, end).replace(/\s+/g, ' '), most);

/* A part that only one side has, unless it is too short to say anything. */
function excerptOf(label, kind, text, part) {
  if ((text.slice(...part).match(WORD) || []).length < 6) return null;
  return el('p', { class: `excerpt ${kind}` }, el('b', {}, `${label}: `), el('span', { dir: 'auto' }, said(text, part, 220)));
}

function showCluster([number]) {
  const c = clusterNumbered(Number(number));
  if (c === undefined) return null;
  const keep = clusters().keep[c], order = asTheyRan(c), times = articles().published, first = times[order[0]];
  const item = k => {
    const n = order[k];
    const after = first !== null && times[n] !== null && k > 0 ? `+${span(times[n] - first)}` : null;
    return el('li', { class: n === keep ? 'kept' : null }, el('div', {}, articleAnchor(n),
      k === 0 ? el('span', { class: 'badge first' }, first === null ? 'first in the input' : 'first to run it') : null,
      n === keep ? el('span', { class: 'badge keep' }, 'keep') : null, after === null ? null : el('span', { class: 'after' }, after),
      n === keep ? null : el('a', { class: 'side', href: compareLink(keep, n) }, 'side by side', hidden(` with ${titleOf(n)}`))),
    byline(n), n === keep ? null : difference(keep, n));
  };
  return { title: `Cluster ${number}: ${titleOf(keep)}`, content: [el('h1', {}, bdi(titleOf(keep))),
    el('p', { class: 'lead' }, `Cluster ${number}, ${plural(order.length, 'article')}. `, first === null ? 'Their times are not known.' : ['First to run it: ', sourceOf(order[0]) || bdi(articles().id[order[0]]), '.'],
      ' Changes are shown relative to the article marked "keep".'),
    timeLine(order, keep), el('p', { class: 'actions' }, button('Save as JSON', () => save(`cluster-${number}.json`, clusterAsJson(c)))),
    paged(order.length, item, 'articles', 'list story')] };
}

