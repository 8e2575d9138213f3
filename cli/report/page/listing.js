/* A list that the reader filters and sorts; what is asked for is in the address. */
const folded = text => String(text).normalize('NFKC').toLowerCase();
const foldedTitle = n => once('foldedTitles', () => articles().title.map(folded))[n];
const secondsOf = text => Date.parse(text.length > 10 ? `${text}Z` : `${text}T00:00Z`) / 1000;

/* Each makes a test of what a list says about an item, {articles, relation, similarity, size, conflicts, notice}, for a value of the form. */
const FILTERS = {
  q: value => { const terms = folded(value).split(/\s+/).filter(t => t !== ''); return x => x.articles.some(n => terms.every(t => foldedTitle(n).includes(t))); },
  source: value => { const k = articles().sources.indexOf(value); return x => x.articles.some(n => articles().source[n] === k); },
  from: value => { const t = secondsOf(value); return x => x.articles.some(n => articles().published[n] !== null && articles().published[n] >= t); },
  to: value => { const t = secondsOf(value) + (value.length > 10 ? 0 : 86400); return x => x.articles.some(n => articles().published[n] !== null && articles().published[n] < t); },
  relation: value => { const k = RELATIONS.indexOf(value); return x => x.relation === k; },
  similar: value => x => x.similarity >= Number(value) * 10,
  size: value => x => x.size >= Number(value),
  differ: () => x => x.conflicts > 0,
  notices: () => x => !x.notice,
  kind: value => x => x.kind === value,
};

const option = (value, label, chosen) => el('option', { value, selected: value === chosen }, label);

/* The controls of some filters, each with the value that the address has. */
function control(name, label, now, change, choices) {
  const given = now.get(name), id = `filter-${name}`;
  const input = choices !== undefined ? el('select', { id, onchange: e => change(name, e.target.value) }, option('', 'any', given || ''), choices.map(([value, text]) => option(value, text, given)))
    : ['differ', 'notices'].includes(name) ? el('input', { id, type: 'checkbox', checked: given !== null, onchange: e => change(name, e.target.checked ? '1' : null) })
    : el('input', { id, value: given || '', type: name === 'q' ? 'search' : name === 'from' && label.startsWith('New') ? 'datetime-local' : ['from', 'to'].includes(name) ? 'date' : 'number', min: ['similar', 'size'].includes(name) ? 0 : null,
      max: name === 'similar' ? 100 : null, onchange: e => change(name, e.target.value) });
  return el('label', { for: id }, el('span', {}, label), input);
}

const hasTimes = () => once('hasTimes', () => articles().published.some(t => t !== null));
const usedSources = () => articles().sources.slice(1).sort((x, y) => x.localeCompare(y));

/* spec: {name, count, about(i), make(i), fields: {filter: label or [label, choices]}, sorts: {name: [label, (x, y) order of what about() says]}, row(i): of CSV, head} */
function listing(spec) {
  const box = el('div', { class: 'listing' }), count = el('p', { class: 'count' }), actions = el('p', { class: 'actions' });
  const fields = Object.entries(spec.fields).filter(([name]) => name === 'source' ? usedSources().length > 1 : ['from', 'to'].includes(name) ? hasTimes() : true);
  let chosen = [];
  const change = (name, value) => {
    setParameters({ [name]: value === '' ? null : value, page: null });
    fill();
  };
  const form = el('form', { class: 'filters', 'aria-label': `Filter ${spec.name}` });
  form.addEventListener('submit', e => e.preventDefault());
  const makeForm = () => {
    const now = parameters();
    form.replaceChildren(...fields.map(([name, label]) => name === 'source' ? control(name, label, now, change, usedSources().map(s => [s, s])) : Array.isArray(label) ? control(name, label[0], now, change, label[1]) : control(name, label, now, change)),
      el('label', { for: 'filter-sort' }, el('span', {}, 'Sort by'), el('select', { id: 'filter-sort', onchange: e => change('sort', e.target.value) }, Object.entries(spec.sorts).map(([name, [label]], k) => option(k === 0 ? '' : name, label, now.get('sort') || '')))),
      button('Clear', () => { setParameters(Object.fromEntries([...Object.keys(spec.fields), 'sort', 'page'].map(name => [name, null]))); makeForm(); fill(); }));
  };
  const fill = () => {
    const now = parameters(), tests = fields.filter(([name]) => now.get(name)).map(([name]) => FILTERS[name](now.get(name)));
    const sort = (spec.sorts[now.get('sort')] || Object.values(spec.sorts)[0])[1], said = new Map();
    chosen = [];
    for (let i = 0; i < spec.count; i++) {
      if (tests.length === 0 && sort === null) { chosen.push(i); continue; }
      const x = spec.about(i);
      if (tests.every(t => t(x))) { chosen.push(i); said.set(i, x); }
    }
    if (sort !== null) chosen.sort((i, j) => sort(said.get(i), said.get(j)) || i - j);
    count.textContent = chosen.length === spec.count ? '' : `${whole(chosen.length)} of ${plural(spec.count, spec.one)}`;
    box.replaceChildren(chosen.length > 0 ? paged(chosen.length, k => spec.make(chosen[k]), spec.name) : el('p', {}, spec.count === 0 ? 'None.' : 'None that fits.'));
  };
  makeForm();
  fill();
  actions.append(button('Save as CSV', () => saveCsv(`${spec.name}.csv`, [spec.head, ...chosen.flatMap(spec.rows)])), copyLink());
  return [spec.count > 0 ? form : null, count, box, spec.count > 0 ? actions : null];
}

/* Orders for listing(). */
const bySize = (x, y) => y.size - x.size, bySimilarity = (x, y) => y.similarity - x.similarity, byConflicts = (x, y) => y.conflicts - x.conflicts;
const earliest = x => Math.min(...x.articles.map(n => articles().published[n] ?? Infinity)), latest = x => Math.max(...x.articles.map(n => articles().published[n] ?? -Infinity));
const difference2 = (p, q) => p === q ? 0 : p < q ? -1 : 1;
const byEarliest = (x, y) => difference2(earliest(x), earliest(y)), byLatest = (x, y) => difference2(latest(y), latest(x));
