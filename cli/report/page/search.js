/* Search: ids and titles that hold the query, then texts that hold all of its words. */
const MOST_FOUND = 2000;

const folded = text => String(text).normalize('NFKC').toLowerCase();

function find(query) {
  const q = folded(query.trim()), terms = q.split(/\s+/).filter(t => t !== ''), all = articles(), found = [], seen = new Set();
  const take = (n, text) => { if (!seen.has(n) && found.length < MOST_FOUND) { seen.add(n); found.push([n, text]); } };
  if (terms.length === 0) return found;
  all.id.forEach((id, n) => { if (folded(id) === q) take(n); });
  all.id.forEach((id, n) => { if (folded(id).includes(q) || terms.every(t => folded(all.title[n]).includes(t))) take(n); });
  for (let n = 0; n < all.id.length; n++) {
    const text = textOf(n);
    if (text === undefined) continue;
    const low = text.toLowerCase();
    if (terms.every(t => low.includes(t))) take(n, text);
  }
  return found;
}

/* The text around the first word that was asked for. */
function around(text, query) {
  const term = folded(query.trim()).split(/\s+/)[0], low = text.toLowerCase(), at = low.indexOf(term);
  if (at < 0 || low.length !== text.length) return shorten(text.replace(/\s+/g, ' '), 160);
  const from = Math.max(0, text.lastIndexOf(' ', Math.max(0, at - 60)));
  return [from > 0 ? '\u2026' : '', text.slice(from, at).replace(/\s+/g, ' '), el('mark', { class: 'p0' }, text.slice(at, at + term.length)), shorten(text.slice(at + term.length, at + 140).replace(/\s+/g, ' '), 110)];
}

function showSearch([query = '']) {
  const found = find(query);
  const item = i => {
    const [n, text] = found[i];
    return el('li', {}, articleAnchor(n), clusterOf(n) >= 0 ? el('a', { class: 'badge', href: link('cluster', clusters().number[clusterOf(n)]) }, `cluster ${clusters().number[clusterOf(n)]}`) : null,
      byline(n), text === undefined ? null : el('p', { class: 'found', dir: 'auto' }, around(text, query)));
  };
  return { title: `Search: ${query}`, content: [el('h1', {}, 'Search'), el('p', { class: 'lead' }, found.length === MOST_FOUND ? `The first ${whole(MOST_FOUND)} articles match` : `${plural(found.length, 'article')} ${found.length === 1 ? 'matches' : 'match'}`, ' "', bdi(query), `". Searched the ids and titles of the ${plural(articles().id.length, 'article')} listed, and ${plural(overview().texts, 'full text')}.`),
    found.length > 0 ? paged(found.length, item, 'articles') : null] };
}

