/* Who copies whom: which source was first, and how long the others took. */
const MOST_IN_MATRIX = 12;

function copying() {
  return once('copying', () => {
    const all = articles(), count = all.sources.length, first = new Uint32Array(count), later = new Uint32Array(count), delays = new Map(), own = new Map();
    const push = (map, key, value) => { if (map.has(key)) map.get(key).push(value); else map.set(key, [value]); };
    clusters().articles.forEach((members, c) => {
      const order = asTheyRan(c), n = firstToRun(order), from = n < 0 ? 0 : all.source[n], seen = new Set([from]);
      if (from === 0) return;
      first[from]++;
      for (const m of order) {
        const to = all.source[m];
        if (to === 0 || all.published[m] === null || seen.has(to)) continue;
        seen.add(to); /* a source's second version copies nobody */
        later[to]++;
        push(delays, `${from},${to}`, all.published[m] - all.published[n]);
        push(own, to, all.published[m] - all.published[n]);
      }
    });
    return { first, later, delays, own };
  });
}

const median = list => list.slice().sort((x, y) => x - y)[list.length >> 1];

function showSources() {
  const all = articles(), o = overview(), { first, later, delays, own } = copying(), totals = new Map(o.by_source.map(row => [row[0], row]));
  const names = all.sources.map((name, k) => k).filter(k => k > 0 && first[k] + later[k] > 0).sort((x, y) => first[y] - first[x] || later[y] - later[x]);
  const shown = names.slice(0, MOST_IN_MATRIX), number = value => el('td', { class: 'number' }, value);
  const toClusters = k => el('a', { href: `#/clusters?${new URLSearchParams({ source: all.sources[k] })}` }, bdi(all.sources[k]));
  const league = el('table', {}, el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'Source'), ['Articles', 'Copies', 'First to run it', 'Ran it later', 'Usual delay'].map(label => el('th', { scope: 'col', class: 'number' }, label)))),
    el('tbody', {}, names.map(k => { const row = totals.get(all.sources[k]); return el('tr', {}, el('th', { scope: 'row' }, toClusters(k)), number(row ? whole(row[1]) : '\u2013'), number(row ? whole(row[2]) : '\u2013'), number(whole(first[k])), number(whole(later[k])), number(own.has(k) ? span(median(own.get(k))) : '\u2013')); })));
  const most = Math.max(1, ...[...delays.values()].map(list => list.length));
  const cell = (from, to) => {
    const list = delays.get(`${from},${to}`);
    return list === undefined ? el('td', {}) : el('td', { class: 'number heat', style: { '--heat': list.length / most }, title: `${all.sources[to]} ran ${plural(list.length, 'story', 'stories')} after ${all.sources[from]}, usually ${span(median(list))} later` }, whole(list.length));
  };
  const matrix = el('table', { class: 'matrix' }, el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'First \\ later'), shown.map(k => el('th', { scope: 'col', class: 'number' }, bdi(all.sources[k]))))),
    el('tbody', {}, shown.map(from => el('tr', {}, el('th', { scope: 'row' }, bdi(all.sources[from])), shown.map(to => from === to ? el('td', { class: 'number' }, '\u2013') : cell(from, to))))));
  const scroll = (label, table) => el('div', { class: 'scroll wide-table', tabindex: 0, role: 'region', 'aria-label': label }, table);
  return { title: 'Sources', content: [el('h1', {}, 'Who copies whom'), el('p', { class: 'lead' }, 'Of every cluster, which source was first to run the story, and which ran it later. Clusters whose times are tied, are only days or are not known do not count.'),
    names.length === 0 ? el('p', {}, 'Nothing can be said: the articles have no sources, no times, or no copies in another source.') : [scroll('Sources', league), el('h2', {}, 'Stories that ran first in one source and later in another'), scroll('Who copies whom', matrix),
      el('p', { class: 'actions' }, button('Save as CSV', () => saveCsv('who-copies-whom.csv', [['first', 'later', 'stories', 'median_delay_seconds'], ...[...delays].map(([key, list]) => [...key.split(',').map(k => all.sources[k]), list.length, median(list)])])), copyLink())]] };
}
