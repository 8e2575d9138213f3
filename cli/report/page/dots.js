/* A dot plot: every run of equal words as a line, one text across, the other down. */
const LONGEST_LIST = 60, MOST_LINES = 6000, GROUP = 3, MOST_PLACES = 12;

/* Maximal runs of equal words, [a, b, count]; in one text only those with a < b. */
function runsOf(a, b, self) {
  const places = new Map(), runs = [], reached = new Map();
  const key = (w, i) => (w[i] * 2654435761 + w[i + 1] * 40503 + w[i + 2]) % 4294967291; /* may clash: words decide */
  for (let i = 0; i + GROUP <= a.count; i++) {
    const k = key(a.word, i), list = places.get(k);
    if (list === undefined) places.set(k, [i]);
    else if (list.length < MOST_PLACES) list.push(i);
  }
  for (let j = 0; j + GROUP <= b.count; j++) {
    for (const i of places.get(key(b.word, j)) || []) {
      const diagonal = j - i;
      if ((self && i >= j) || (reached.get(diagonal) || 0) > j) continue;
      let x = i, y = j;
      while (x < a.count && y < b.count && a.word[x] === b.word[y] && !(self && x >= j)) { x++; y++; }
      if (y - j < GROUP) continue;
      reached.set(diagonal, y);
      runs.push([i, j, y - j]);
    }
  }
  return runs;
}

async function showDots([keyA, keyB]) {
  const a = articleOf(keyA), b = articleOf(keyB);
  if (a === undefined || b === undefined) return null;
  await needs([a, b]);
  const textA = textOf(a), textB = textOf(b), self = a === b;
  const heading = el('h1', {}, 'Dot plot');
  if (textA === undefined || textB === undefined)
    return { title: 'Dot plot', content: [heading, [a, b].filter(n => textOf(n) === undefined).map(notEmbedded)] };
  const numbers = new Map(), wordsA = wordsOf(textA, numbers), wordsB = self ? wordsA : wordsOf(textB, numbers);
  const runs = runsOf(wordsA, wordsB, self).sort((p, q) => q[2] - p[2]).slice(0, MOST_LINES);
  const where = ([i, j]) => [keyA, keyB, `${wordsA.begin[i]},${wordsB.begin[j]}`];
  return { title: `Dot plot of ${titleOf(a)}`, content: [heading,
    el('p', { class: 'lead' }, 'Across: ', articleAnchor(a), self ? '. Down: itself.' : ['. Down: ', articleAnchor(b), '.'],
      self ? ' Each line is a run of three or more words that occurs twice; the diagonal is the article itself.' : ' Each line is a run of three or more words in both articles; a line off the main diagonal is a passage that moved.'),
    el('p', { class: 'actions' }, el('a', { class: 'button', href: link('compare', keyA, keyB) }, 'Side by side')),
    el('div', { class: 'dots-and-list' }, plot(wordsA, wordsB, runs, self, textA, textB, where), runList(wordsA, textA, runs, where))] };
}

/* Words at which paragraphs begin. */
function paragraphStarts(words, text) {
  const starts = [];
  for (let i = 1; i < words.count; i++) if (text.slice(words.end[i - 1], words.begin[i]).includes('\n')) starts.push(i);
  return starts;
}

function plot(wordsA, wordsB, runs, self, textA, textB, where) {
  const S = 1000, M = 96, longer = Math.max(wordsA.count, wordsB.count, 1), k = S / longer;
  const W = wordsA.count * k, H = wordsB.count * k;
  const picture = svg('svg', { viewBox: `${-M} ${-M} ${W + M + 10} ${H + M + 10}`, class: 'plot', role: 'img', 'aria-label': `${plural(runs.length, 'run')} of equal words; the longest are in the list beside` });
  picture.append(svg('rect', { x: 0, y: 0, width: W, height: H, class: 'frame' }));
  for (const i of paragraphStarts(wordsA, textA)) picture.append(svg('line', { x1: i * k, x2: i * k, y1: 0, y2: H, class: 'grid' }));
  for (const j of paragraphStarts(wordsB, textB)) picture.append(svg('line', { x1: 0, x2: W, y1: j * k, y2: j * k, class: 'grid' }));
  const step = 10 ** Math.floor(Math.log10(longer)) / (longer / 10 ** Math.floor(Math.log10(longer)) < 3 ? 4 : 1);
  for (let n = step; n < wordsA.count; n += step) picture.append(svg('text', { x: n * k, y: -14, class: 'tick', 'text-anchor': 'middle' }, whole(Math.round(n))));
  for (let n = step; n < wordsB.count; n += step) picture.append(svg('text', { x: -12, y: n * k + 8, class: 'tick', 'text-anchor': 'end' }, whole(Math.round(n))));
  if (self) picture.append(svg('line', { x1: 0, y1: 0, x2: W, y2: H, class: 'itself' }));
  let path = '';
  for (const [i, j, n] of runs) {
    path += `M${i * k} ${j * k}l${n * k} ${n * k}`;
    if (self) path += `M${j * k} ${i * k}l${n * k} ${n * k}`;
  }
  picture.append(svg('path', { d: path, class: 'runs' }));
  picture.addEventListener('click', event => {
    const box = picture.getScreenCTM().inverse();
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(box);
    const run = nearest(runs, at.x / k, at.y / k, self);
    if (run !== null) location.hash = link('compare', ...where(run));
  });
  return picture;
}

function nearest(runs, x, y, self) {
  let best = null, least = Infinity;
  for (const run of runs) {
    const [i, j, n] = run;
    for (const [u, v] of self ? [[i, j], [j, i]] : [[i, j]]) {
      const t = Math.max(0, Math.min(n, (x - u + y - v) / 2)), d = (x - u - t) ** 2 + (y - v - t) ** 2;
      if (d < least) { least = d; best = run; }
    }
  }
  return best;
}

function runList(all, text, runs, where) {
  const item = ([i, j, n]) => el('li', {}, el('a', { href: link('compare', ...where([i, j])), dir: 'auto', class: 'quote' }, shorten(text.slice(all.begin[i], all.end[i + n - 1]).replace(/\s+/g, ' '), 90)),
    el('span', { class: 'byline' }, `${words(n)}, at word ${whole(i + 1)} and ${whole(j + 1)}`));
  return el('div', {}, el('h2', {}, 'Longest runs'), runs.length === 0 ? el('p', {}, 'None.') : el('ol', { class: 'list' }, runs.slice(0, LONGEST_LIST).map(item)));
}

