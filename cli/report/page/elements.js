/* Makes elements. The text of articles only ever becomes text nodes; nothing here parses markup. */
const SVG = 'http://www.w3.org/2000/svg';

function el(name, properties, ...children) {
  const e = document.createElement(name);
  fill(e, properties, children);
  return e;
}

function svg(name, properties, ...children) {
  const e = document.createElementNS(SVG, name);
  fill(e, properties, children);
  return e;
}

function fill(e, properties, children) {
  for (const [key, value] of Object.entries(properties || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) e.addEventListener(key.slice(2), value);
    else if (key === 'style') Object.entries(value).forEach(([name, text]) => e.style.setProperty(name, text));
    else e.setAttribute(key, value === true ? '' : value);
  }
  e.append(...children.flat(Infinity).filter(c => c !== null && c !== undefined && c !== false));
}

const bdi = text => el('bdi', {}, String(text));
const hidden = text => el('span', { class: 'hidden' }, text);

const format = new Intl.NumberFormat('en');
const whole = n => format.format(n);
const plural = (n, one, many = one + 's') => `${whole(n)} ${n === 1 ? one : many}`;
const percent = share => share <= 0 ? '0%' : share < 0.001 ? '<0.1%' : share >= 0.995 && share < 1 ? '>99%' : `${(share * 100).toFixed(share < 0.1 ? 1 : 0)}%`;
const thousandths = n => n < 0 ? '\u2013' : percent(n / 1000);

function bytes(n) {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  let u = 0;
  while (n >= 1000 && u < units.length - 1) { n /= 1000; u++; }
  return `${n < 10 && u > 0 ? n.toFixed(1) : Math.round(n)} ${units[u]}`;
}

const day = seconds => new Date(seconds * 1000).toISOString().slice(0, 10);
const time = seconds => isDay(seconds) ? day(seconds) : new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ');

function timeOf(n) {
  const t = articles().published[n];
  return t === null ? null : el('time', { datetime: new Date(t * 1000).toISOString() }, time(t));
}

/* "3 h 5 min" */
function span(seconds) {
  const m = Math.round(seconds / 60);
  if (m < 60) return `${m} min`;
  if (m < 48 * 60) return m % 60 === 0 ? `${Math.floor(m / 60)} h` : `${Math.floor(m / 60)} h ${m % 60} min`;
  return `${Math.round(m / 1440)} days`;
}

function sourceOf(n) {
  const name = articles().sources[articles().source[n]];
  return name === null ? null : bdi(name);
}

/* Source, time and id of an article, after its headline if that is wanted. */
function byline(n, titled) {
  const parts = [titled ? bdi(titleOf(n)) : null, sourceOf(n), timeOf(n), el('code', {}, bdi(articles().id[n]))].filter(p => p !== null);
  return el('span', { class: 'byline' }, parts.map((p, i) => i === 0 ? p : [' \u00b7 ', p]));
}

const titleOf = n => articles().title[n] || String(articles().id[n]);
const articleAnchor = n => el('a', { href: articleLink(n) }, bdi(titleOf(n)));

function button(label, action, properties) {
  return el('button', { type: 'button', onclick: action, ...properties }, label);
}

const dirty = n => n > 0 ? el('span', { class: 'badge differs' }, `${plural(n, 'fact')} differ${n === 1 ? 's' : ''}`) : null;

/* A bar of parts: [[share, class], ...] of 1. */
function bar(parts, said) {
  return el('span', { class: 'meter', role: 'img', 'aria-label': said }, parts.filter(p => p[0] > 0).map(([share, kind]) => el('span', { class: kind, style: { width: `${share * 100}%` } })));
}

/* Offers a file for download. */
function save(name, text, type) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const a = el('a', { href: url, download: name });
  document.body.append(a);
  a.click();
  a.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

const saveJson = (name, value) => save(name, JSON.stringify(value, null, 1) + '\n', 'application/json');

/* Rows of values as CSV (RFC 4180). A value that a spreadsheet would take for a formula is written as text. */
function saveCsv(name, rows) {
  const cell = value => {
    const text = value === null || value === undefined ? '' : String(value), plain = typeof value !== 'number' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
  };
  save(name, '\ufeff' + rows.map(row => row.map(cell).join(',') + '\r\n').join(''), 'text/csv');
}

const copyLink = () => button('Copy link', async event => {
  const link = location.href, label = event.currentTarget;
  try {
    await navigator.clipboard.writeText(link);
  } catch (error) { /* the browser does not allow it: the old way */
    const area = el('textarea', { class: 'hidden' });
    area.value = link;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
  label.textContent = 'Link copied';
  say('Link copied');
});

function say(text) {
  document.getElementById('status').textContent = text;
}

/* `count` items a page at a time; `make(i)` gives the element of one. The page's number is `key` in the address. */
const PAGE = 40;
function paged(count, make, label, { className = 'list', key = 'page', prepare = null } = {}) {
  const list = el('ol', { class: className }), where = el('span', { class: 'where' }), box = el('div', { class: 'paged' });
  const last = Math.max(1, Math.ceil(count / PAGE));
  let at = Math.min(last, Math.max(1, Number(parameters().get(key)) || 1)), asked = 0;
  const turn = to => {
    at = Math.min(last, Math.max(1, to));
    setParameters({ [key]: at === 1 ? null : at });
    show();
    list.scrollIntoView({ block: 'nearest' });
  };
  const back = button('Previous', () => turn(at - 1)), on = button('Next', () => turn(at + 1));
  const jump = el('input', { type: 'number', min: 1, max: last, 'aria-label': `Page of ${label}`, onchange: event => turn(Number(event.target.value) || 1) });
  const fill = (from, to) => {
    const items = [];
    for (let i = from; i < to; i++) items.push(make(i));
    list.replaceChildren(...items);
  };
  const show = () => {
    const from = (at - 1) * PAGE, to = Math.min(from + PAGE, count), mine = ++asked;
    list.setAttribute('start', from + 1);
    back.disabled = at === 1;
    on.disabled = at === last;
    jump.value = at;
    where.textContent = `${whole(from + 1)} to ${whole(to)} of ${whole(count)}`;
    say(`${label}: ${where.textContent}`);
    if (prepare === null) fill(from, to);
    else prepare(from, to).then(() => { if (mine === asked) fill(from, to); });
  };
  show();
  box.append(list);
  if (count > PAGE) box.append(el('div', { class: 'pager', role: 'group', 'aria-label': `Pages of ${label}` }, back, where, on, el('label', {}, 'page ', jump, ` of ${whole(last)}`)));
  return box;
}

/* As one reads it: a no-break space would keep a line from breaking where it may. */
const readable = text => text.replaceAll('\u00a0', ' ');

/* A text as paragraphs. `runs`: ascending [begin, end, make]; make(text) wraps a part, `block` true
 * marks a paragraph that one run covers. */
function paragraphs(text, runs) {
  const out = [];
  let k = 0, from = 0;
  for (const line of text.split('\n')) {
    const to = from + line.length;
    if (line.trim() !== '') {
      const p = el('p', { dir: 'auto' });
      let at = from;
      while (k < runs.length && runs[k][1] <= from) k++;
      for (let r = k; r < runs.length && runs[r][0] < to; r++) {
        const begin = Math.max(runs[r][0], from), end = Math.min(runs[r][1], to);
        if (begin > at) p.append(readable(text.slice(at, begin)));
        if (end > begin) p.append(runs[r][2](readable(text.slice(begin, end))));
        at = Math.max(at, end);
      }
      if (at < to) p.append(readable(text.slice(at, to)));
      out.push(p);
    }
    from = to + 1;
  }
  return out;
}
