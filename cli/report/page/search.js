/* Search: ids and titles that hold the query, then texts that hold all of its words. */
const MOST_FOUND = 2000;

/* What is asked for: words and "phrases", without those after "-", and source:NAME. */
function parseQuery(query) {
  const q = { wanted: [], unwanted: [], sources: [] };
  for (const [, minus, name, phrase, word] of query.matchAll(/(-?)(source:)?(?:"([^"]*)"|(\S+))/g)) {
    const term = folded(phrase ?? word);
    if (term !== '') (name ? q.sources : minus ? q.unwanted : q.wanted).push(term);
  }
  return q;
}

const holds = (q, text) => q.wanted.every(t => text.includes(t)) && !q.unwanted.some(t => text.includes(t));
const fromSource = (q, n) => q.sources.length === 0 || q.sources.some(s => folded(articles().sources[articles().source[n]] || '').includes(s));

/* The first of those are found at once: [[n], ...]. */
function findNamed(query, q) {
  const all = articles(), exact = folded(query.trim()), found = new Map();
  const take = n => { if (found.size < MOST_FOUND && fromSource(q, n)) found.set(n, undefined); };
  all.id.forEach((id, n) => { if (folded(id) === exact) take(n); });
  all.id.forEach((id, n) => { if (folded(id).includes(exact) || (q.wanted.length + q.sources.length > 0 && holds(q, foldedTitle(n)))) take(n); });
  return found;
}

/* Adds articles by their texts, block by block. */
async function findInTexts(q, found, tell) {
  const blocks = Math.max(-1, ...articles().block.map(b => b)) + 1, of = new Map();
  articles().block.forEach((b, n) => { if (b >= 0 && !found.has(n) && fromSource(q, n)) of.set(b, [...(of.get(b) || []), n]); });
  for (let b = 0; b < blocks && found.size < MOST_FOUND; b++) {
    await unpack(`texts-${b}`);
    for (const n of of.get(b) || []) {
      const text = textOf(n);
      if (found.size < MOST_FOUND && holds(q, text.toLowerCase())) found.set(n, text);
    }
    if (b % 16 === 15 && !tell(b / blocks)) return;
  }
}

/* The text around the first word that was asked for. */
function around(text, q) {
  const term = q.wanted[0] || '', low = text.toLowerCase(), at = low.indexOf(term);
  if (term === '' || at < 0 || low.length !== text.length) return shorten(text.replace(/\s+/g, ' '), 160);
  const from = Math.max(0, text.lastIndexOf(' ', Math.max(0, at - 60)));
  return [from > 0 ? '\u2026' : '', text.slice(from, at).replace(/\s+/g, ' '), el('mark', { class: 'p0' }, text.slice(at, at + term.length)), shorten(text.slice(at + term.length, at + 140).replace(/\s+/g, ' '), 110)];
}

function showSearch([query = '']) {
  const q = parseQuery(query), asked = query.trim() !== '', found = asked ? findNamed(query, q) : new Map();
  const lead = el('p', { class: 'lead', role: 'status' }), box = el('div', {});
  const fill = done => {
    const list = [...found.keys()];
    lead.replaceChildren(found.size === MOST_FOUND ? `The first ${whole(MOST_FOUND)} articles match` : `${plural(found.size, 'article')} ${found.size === 1 ? 'matches' : 'match'}`, ' "', bdi(query), '". ',
      done < 1 ? `Searching the texts: ${percent(done)}` : `Searched the ids and titles of the ${plural(articles().id.length, 'article')} listed, and ${plural(overview().texts, 'full text')}.`);
    box.replaceChildren(found.size === 0 ? '' : paged(list.length, k => {
      const n = list[k], text = found.get(n);
      return el('li', {}, articleAnchor(n), clusterOf(n) >= 0 ? clusterBadge(n) : n >= articles().listed ? el('span', { class: 'badge' }, 'unique') : null, byline(n), text === undefined ? null : el('p', { class: 'found', dir: 'auto' }, around(text, q)));
    }, 'articles'));
  };
  fill(asked ? 0 : 1);
  return { title: `Search: ${query}`, content: [el('h1', {}, 'Search'), lead, el('p', { class: 'note' }, 'Words must all occur. "Quotes" make a phrase, -word leaves articles out, source:name looks in one source.'), box],
    async shown() {
      if (!asked) return;
      await findInTexts(q, found, share => { fill(share); return box.isConnected; });
      if (box.isConnected) fill(1);
      say(lead.textContent);
    } };
}
