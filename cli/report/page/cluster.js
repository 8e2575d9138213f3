/* A cluster: its versions as they ran, each against the one before or against the kept one. */
/* The cluster of both, with the copies before and after the right one. */
function trail(a, b) {
  const c = clusterOf(a);
  if (c < 0 || c !== clusterOf(b) || a === b) return null;
  const others = asTheyRan(c).filter(n => n !== a), k = others.indexOf(b);
  const step = (n, label, kind) => n === undefined ? null : el('a', { class: `button small ${kind}`, href: compareLink(a, n) }, label);
  return el('p', { class: 'trail' }, el('a', { href: link('cluster', clusters().number[c]) }, `Cluster ${clusters().number[c]}`), ` \u00b7 copy ${k + 1} of ${whole(others.length)} `, step(others[k - 1], 'Previous copy', 'previous-copy'), step(others[k + 1], 'Next copy', 'next-copy'));
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
