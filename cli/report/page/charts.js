/* Charts of few numbers: bars in rows are lists that anyone can read; columns are a picture with a
 * table beneath it. */

/* Columns: {label, values: [n of each series], said}. `names` are the series. */
function columns(items, names, what) {
  const W = 640, H = 180, B = 22, L = 44, top = Math.max(1, ...items.map(i => i.values.reduce((x, y) => x + y, 0)));
  const step = (W - L) / items.length, wide = Math.max(1, Math.min(step * 0.78, 46));
  const y = n => (H - B) * (1 - n / top) + 4;
  const picture = svg('svg', { viewBox: `0 0 ${W} ${H + 4}`, class: 'columns', role: 'img', 'aria-label': `${what}; the numbers are in the table below` });
  for (const mark of [top, Math.round(top / 2)])
    picture.append(svg('line', { x1: L, x2: W, y1: y(mark), y2: y(mark), class: 'grid' }), svg('text', { x: L - 6, y: y(mark) + 4, class: 'tick', 'text-anchor': 'end' }, whole(mark)));
  picture.append(svg('line', { x1: L, x2: W, y1: y(0), y2: y(0), class: 'axis' }));
  const every = Math.max(1, Math.ceil(items.length * 62 / (W - L)));
  items.forEach((item, i) => {
    const x = L + i * step + (step - wide) / 2;
    let under = 0;
    const column = svg('g', {}, svg('title', {}, item.said));
    item.values.forEach((n, k) => {
      if (n > 0) column.append(svg('rect', { x, y: y(under + n), width: wide, height: Math.max(y(under) - y(under + n), 0.8), class: `series-${k}` }));
      under += n;
    });
    picture.append(column);
    if (i % every === 0) picture.append(svg('text', { x: x + wide / 2, y: H, class: 'tick', 'text-anchor': 'middle' }, item.label));
  });
  const table = el('table', {}, el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, what), names.map(n => el('th', { scope: 'col', class: 'number' }, n)))),
    el('tbody', {}, items.map(item => el('tr', {}, el('th', { scope: 'row' }, item.href ? el('a', { href: item.href }, item.label) : item.label), item.values.map(n => el('td', { class: 'number' }, whole(n)))))));
  return [names.length > 1 ? el('p', { class: 'legend', 'aria-hidden': 'true' }, names.map((n, k) => el('span', {}, el('i', { class: `swatch-${k}` }), n))) : null,
    picture, el('details', {}, el('summary', {}, 'As a table'), el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `${what}, as a table` }, table))];
}
