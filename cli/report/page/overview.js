/* The first view: how much is repeated, by whom, and what stands out. */
function statistic(number, label, note) {
  return el('div', { class: 'statistic' }, el('dt', {}, label), el('dd', {}, el('strong', {}, number), note ? el('span', {}, note) : null));
}

const panel = (title, ...content) => el('section', { class: 'panel' }, el('h2', {}, title), content);
const more = (href, label) => el('p', { class: 'more' }, el('a', { href }, label));

/* What dedup leaves of the copies, where the result says it. */
function removed(o) {
  const n = o.removed ?? (o.summary || {}).removed;
  return n === undefined || o.copies === 0 ? '' : `; dedup drops ${whole(n)} of them`;
}

function statistics(o) {
  return el('dl', { class: 'statistics' },
    statistic(whole(o.articles), 'articles', o.rejected > 0 ? `${whole(o.rejected)} rejected` : bytes(o.bytes)),
    statistic(whole(o.copies), 'copies', `${percent(o.copies / Math.max(1, o.articles))} of all, in ${plural(o.clusters, 'cluster')}, beside the ones to keep${removed(o)}`),
    statistic(percent(o.repeated / Math.max(1, o.bytes)), 'of the text is repeated', `${bytes(o.repeated)} already appeared in an earlier article`),
    statistic(whole(o.sections), 'repeated sections', `${plural(o.kinds[3], 'notice')}, ${whole(o.kinds[2])} shared by several stories`),
    statistic(whole(o.pairs), 'pairs', `${o.relations[4] === 0 ? 'none' : whole(o.relations[4])} of them series (same template, different facts), not copies${omitted() > 0 ? `; ${whole(omitted())} more left out` : ''}`));
}

function bySource(o) {
  const rows = o.by_source.map(([name, count, copies, size, repeated]) => el('tr', {},
    el('th', { scope: 'row' }, name === null ? `${whole(o.sources_in_all - o.by_source.length + 1)} others` : el('a', { href: `#/articles?${new URLSearchParams({ source: name })}` }, bdi(name))),
    el('td', { class: 'number' }, whole(count)), el('td', { class: 'number' }, whole(copies)),
    el('td', { class: 'wide' }, bar([[repeated / Math.max(1, size), 'part-copy']], `${percent(repeated / Math.max(1, size))} repeated`)),
    el('td', { class: 'number' }, percent(repeated / Math.max(1, size)))));
  return panel('By source', el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'By source' }, el('table', {},
    el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'Source'), el('th', { scope: 'col', class: 'number' }, 'Articles'), el('th', { scope: 'col', class: 'number' }, 'Copies'), el('th', { scope: 'col', colspan: 2, class: 'wide' }, 'Text that had already run'))),
    el('tbody', {}, rows))), rows.length > 10 ? el('p', { class: 'note' }, `${plural(rows.length, 'row')}; scroll to see all.`) : null, more('#/sources', 'Who copies whom'));
}

function byDay(o) {
  const items = o.by_day.map(([key, count, copies, size, repeated]) => {
    const date = new Date(key * 86400000).toISOString().slice(0, o.days_are_months ? 7 : 10);
    return { href: o.days_are_months ? null : `#/articles?from=${date}&to=${date}`, label: o.days_are_months ? date : date.slice(5), values: [copies, count - copies], said: `${date}: ${plural(count, 'article')}, ${plural(copies, 'copy', 'copies')}; ${percent(repeated / Math.max(1, size))} of the text repeated` };
  });
  const dated = o.by_day.reduce((n, d) => n + d[1], 0);
  return panel(o.days_are_months ? 'By month' : 'By day', columns(items, ['copies', 'other articles'], o.days_are_months ? 'Articles by month' : 'Articles by day'),
    dated < o.articles ? el('p', { class: 'note' }, `${plural(o.articles - dated, 'article')} without a date.`) : null);
}

const sizeLabel = i => i < 7 ? String(i + 2) : `${2 ** (i - 4) + 1}\u2013${2 ** (i - 3)}`;

function histograms(o) {
  const sizes = o.sizes.map((n, i) => ({ label: sizeLabel(i), values: [n], said: `${plural(n, 'cluster')} of ${sizeLabel(i)} articles` }));
  const bins = o.similarity[0].map((n, i) => ({ label: `${i * 5}%`, values: [n, o.similarity[1][i]], said: `${i * 5} to ${i * 5 + 5}%: ${plural(n, 'pair')} of copies, ${whole(o.similarity[1][i])} of series` }));
  const from = bins.findIndex(b => b.values[0] + b.values[1] > 0);
  return [
    sizes.length > 0 ? panel('Cluster sizes', columns(sizes, ['clusters'], 'Clusters by number of articles')) : null,
    from >= 0 ? panel('Similarity of pairs', columns(bins.slice(from), ['copies', 'series'], 'Pairs by the share of the shorter article that appears in the longer')) : null];
}

function largest(o) {
  const count = Math.min(8, clusters().number.length);
  const items = [];
  for (let c = 0; c < count; c++) items.push(clusterItem(c));
  return panel('Largest clusters', el('ol', { class: 'list' }, items), more('#/clusters', `See all ${plural(o.clusters, 'cluster')}`));
}

/* The first sections of some kinds; the most frequent ones come first in the list. */
function repeated(title, kinds, most, href) {
  const list = [];
  for (let i = 0; i < sections().length && list.length < most; i++) if (kinds.includes(sections()[i][2])) list.push(i);
  if (list.length === 0) return null;
  return panel(title, el('ol', { class: 'list' }, list.map(sectionItem)), more(href, `See all ${whole(kinds.reduce((n, k) => n + overview().kinds[k], 0))}`));
}

/* Leads to the articles after a time. */
function newSince() {
  if (!hasTimes()) return null;
  const newest = articles().published.reduce((x, y) => y !== null && y > x ? y : x, -Infinity), since = el('input', { id: 'since', type: 'datetime-local', value: new Date((newest - 43200) * 1000).toISOString().slice(0, 16) });
  const form = el('form', { class: 'filters' }, el('label', { for: 'since' }, el('span', {}, 'New since (UTC)'), since), el('button', { type: 'submit' }, 'Show'));
  form.addEventListener('submit', event => {
    event.preventDefault();
    location.hash = `#/articles?${new URLSearchParams({ from: since.value, sort: 'newest' })}`;
  });
  return form;
}

function showOverview() {
  const o = overview();
  return { title: 'Overview', content: [
    el('h1', {}, 'Duplicate overview'),
    el('p', { class: 'lead' }, el('b', {}, plural(o.articles, 'article')), ' scanned.', o.result === null ? null : [' Result file: ', el('code', {}, bdi(o.result))]),
    statistics(o), o.clusters === 0 ? el('p', { class: 'note' }, 'No copies found.') : null, newSince(),
    el('div', { class: 'panels' },
      o.by_day.length > 0 ? byDay(o) : null, o.by_source.length > 0 ? bySource(o) : null, histograms(o),
      clusters().number.length > 0 ? largest(o) : null,
      repeated('Passages that two stories share', [2], 5, '#/sections/2'),
      repeated('Notices', [3], 6, '#/sections/3'),
      repeated('Articles with repeated passages', [1], 5, '#/sections/1')),
    el('p', { class: 'actions' }, button('Save all copies as JSON', () => saveJson('copies.json', clusters().number.map((_, c) => clusterAsJson(c)))),
      button('Save all copies as CSV', () => saveCsv('copies.csv', [CLUSTER_HEAD, ...clusters().number.flatMap((_, c) => clusterRows(c))]))),
  ] };
}

