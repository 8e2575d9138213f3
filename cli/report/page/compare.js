/* Two articles side by side, or two places of one. A shared passage has the same colour on both
 * sides, the words that differ in it are marked, and what only one side has is set off. */
const HUES = 6;

/* The runs of one side for paragraphs(): passages, the words changed in them, and what only this side has. */
function sideRuns(al, side, text) {
  const runs = [];
  al.passages.forEach((passage, k) => {
    const segments = passage.segments.filter(s => s.at[side][1] > s.at[side][0]);
    let first = true;
    segments.forEach((s, i) => {
      const changed = s.kind !== EQUAL, begin = changed || i === 0 ? s.at[side][0] : runs[runs.length - 1][1];
      const end = changed || i + 1 === segments.length ? s.at[side][1] : segments[i + 1].at[side][0];
      runs.push([begin, end, part => {
        const mark = passagePart(k + 1, changed, side, part, first);
        first = false;
        return mark;
      }]);
    });
  });
  for (const s of al.segments)
    if (s.passage === 0 && s.kind !== EQUAL)
      for (const [begin, end] of uncovered(al, side, s.at[side])) runs.push([begin, end, part => el('span', { class: 'alone' }, part)]);
  let at = 0; /* passages that have moved may overlap others by a word */
  const apart = runs.sort((x, y) => x[0] - y[0]).map(([begin, end, make]) => {
    const from = Math.max(begin, at);
    at = Math.max(at, end);
    return [from, end, make];
  }).filter(([from, end]) => from < end);
  return withFacts(apart, al, side);
}

/* The runs cut where a differing fact begins and ends, with a mark about the fact. */
function withFacts(runs, al, side) {
  const facts = al.facts.map((f, k) => [...f.at[side], k]).filter(([begin, end]) => begin < end).sort((x, y) => x[0] - y[0]), out = [];
  const mark = (make, k) => part => el('b', { class: `fact fact-${FACT_KINDS[al.facts[k].kind]}`, 'data-fact': k, title: `${FACT_KINDS[al.facts[k].kind]} that differs` }, make(part));
  let at = 0;
  const plain = (to, k) => { if (k !== undefined && at < to) out.push([at, to, mark(part => part, k)]); at = Math.max(at, to); };
  let next = 0;
  for (const [begin, end, make] of runs) {
    for (; next < facts.length && facts[next][1] <= begin; next++) { at = Math.max(at, facts[next][0]); plain(facts[next][1], facts[next][2]); }
    let from = begin;
    for (let k = next; k < facts.length && facts[k][0] < end; k++) {
      const [b, e] = [Math.max(facts[k][0], from), Math.min(facts[k][1], end)];
      if (b >= e) continue;
      if (from < b) out.push([from, b, make]);
      out.push([b, e, mark(make, facts[k][2])]);
      from = e;
    }
    if (from < end) out.push([from, end, make]);
    at = end;
  }
  for (; next < facts.length; next++) { at = Math.max(at, facts[next][0]); plain(facts[next][1], facts[next][2]); }
  return out;
}

function passagePart(passage, changed, side, part, first) {
  const mark = el('mark', { class: `p${(passage - 1) % HUES}`, 'data-passage': passage });
  if (first) mark.append(hidden(`[passage ${passage}] `));
  mark.append(changed ? el(side === 0 ? 'del' : 'ins', {}, part) : part);
  return mark;
}

function column(n, al, side, text) {
  const name = `${side === 0 ? 'Left' : 'Right'}: ${titleOf(n)}`;
  const body = el('div', { class: 'text scrolls', tabindex: 0, role: 'region', 'aria-label': name }, paragraphs(text, sideRuns(al, side, text)));
  for (const p of body.querySelectorAll('p'))
    if (p.querySelector('mark') === null && p.querySelector('.alone') !== null) p.classList.add('fresh');
  for (const p of body.querySelectorAll('p')) if (p.querySelector('ins, del, .alone, .fact') === null) p.classList.add('same');
  markNotices(n, text, body);
  return { body, element: columnElement(n, body) };
}

const columnElement = (n, body) => el('section', { class: 'side-column' }, el('h2', { dir: directionOf(titleOf(n)) }, articleAnchor(n)), byline(n), body);

/* Paragraphs that lie within a notice are set back, and can be hidden. */
function markNotices(n, text, body) {
  const places = sectionsOf(n).filter(i => sections()[i][2] === 3).flatMap(i => sectionAt(i).places.filter(o => o.article === n)).map(o => placesOfBytes(text, [o.begin, o.end]));
  let from = 0;
  const elements = [...body.querySelectorAll('p')];
  for (const line of text.split('\n')) {
    const to = from + line.length;
    if (line.trim() !== '') {
      const p = elements.shift();
      if (places.some(([b, e]) => b <= from + 3 && to - 3 <= e)) p.classList.add('notice');
    }
    from = to + 1;
  }
}

/* Where passage `k` begins and ends in a column, from its top. */
function extentOf(body, k) {
  const marks = body.querySelectorAll(`mark[data-passage="${k}"]`);
  if (marks.length === 0) return null;
  const top = body.getBoundingClientRect().top - body.scrollTop;
  return [marks[0].getBoundingClientRect().top - top, marks[marks.length - 1].getBoundingClientRect().bottom - top];
}

/* Scrolling one column moves the other to the same place of the same passage. */
function tie(left, right, count, draw) {
  let leader = null, asked = false;
  const pairsOfPlaces = (from, to) => {
    const points = [[0, 0]];
    const found = [];
    for (let k = 1; k <= count; k++) {
      const x = extentOf(from, k), y = extentOf(to, k);
      if (x && y) found.push([x[0], y[0]], [x[1], y[1]]);
    }
    found.sort((p, q) => p[0] - q[0]);
    for (const p of found) if (p[0] > points[points.length - 1][0] && p[1] > points[points.length - 1][1]) points.push(p);
    points.push([Math.max(from.scrollHeight, points[points.length - 1][0] + 1), Math.max(to.scrollHeight, points[points.length - 1][1] + 1)]);
    return points;
  };
  const follow = (from, to) => {
    const middle = from.clientHeight / 3, at = from.scrollTop + middle, points = pairsOfPlaces(from, to);
    let i = 1;
    while (i < points.length - 1 && points[i][0] < at) i++;
    const [x0, y0] = points[i - 1], [x1, y1] = points[i];
    to.scrollTop = y0 + (y1 - y0) * (at - x0) / Math.max(1, x1 - x0) - middle;
  };
  const tied = el('input', { type: 'checkbox', id: 'tied', checked: true });
  for (const [from, to] of [[left, right], [right, left]]) {
    for (const event of ['wheel', 'pointerdown', 'touchstart', 'keydown', 'focusin']) from.addEventListener(event, () => { leader = from; }, { passive: true });
    from.addEventListener('scroll', () => {
      if (asked) return;
      asked = true;
      requestAnimationFrame(() => {
        asked = false;
        if (tied.checked && leader === from) follow(from, to);
        draw();
      });
    }, { passive: true });
  }
  return { tied, lead(body) { leader = body; } };
}

function ribbons(gutter, left, right, count, hue) {
  const height = left.clientHeight, width = gutter.clientWidth, shapes = [];
  gutter.setAttribute('viewBox', `0 0 ${width} ${height}`);
  const clamp = y => Math.max(-20, Math.min(height + 20, y));
  for (let k = 1; k <= count; k++) {
    const x = extentOf(left, k), y = extentOf(right, k);
    if (!x || !y) continue;
    const [a, b, c, d] = [x[0] - left.scrollTop, x[1] - left.scrollTop, y[0] - right.scrollTop, y[1] - right.scrollTop];
    if (Math.max(b, d) < 0 || Math.min(a, c) > height) continue;
    const m = width / 2;
    shapes.push(svg('path', { class: `r${hue(k)}`, d: `M0 ${clamp(a)}C${m} ${clamp(a)} ${m} ${clamp(c)} ${width} ${clamp(c)}V${clamp(d)}C${m} ${clamp(d)} ${m} ${clamp(b)} 0 ${clamp(b)}Z` }));
  }
  gutter.replaceChildren(...shapes);
}

function numbersOf(a, b) {
  const p = pairOf(a, b);
  if (p === null) return null;
  return el('dl', { class: 'facts' }, [['relation', RELATION_LABELS[p.relation]], ['resemblance', thousandths(p.resemblance)], ['left text that appears on the right', thousandths(p.overlap[0])], ['right text that appears on the left', thousandths(p.overlap[1])], ['facts that match', thousandths(p.facts)], ['facts that differ', whole(p.conflicts)]]
    .map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))));
}

/* The facts that differ, above the texts; each brings its place into view. */
function factBar(al, textA, textB, left, right, tied) {
  if (al.facts.length === 0) return null;
  const go = k => {
    tied.lead(null);
    for (const body of [left, right]) {
      const mark = body.querySelector(`[data-fact="${k}"]`);
      if (mark !== null) body.scrollTop += mark.getBoundingClientRect().top - body.getBoundingClientRect().top - 60;
    }
  };
  return el('div', { class: 'differ' }, el('h2', {}, 'Facts that differ'), el('ul', { class: 'facts-differ' }, al.facts.map((f, k) => {
    const item = factItem(f, textA, textB), kind = FACT_KINDS[f.kind];
    return el('li', {}, button([...item.childNodes], () => go(k), { class: 'quiet', title: kind }));
  })));
}

/* Buttons for the passages; each brings its passage into view on both sides. */
function passageBar(al, left, right, tied) {
  let current = 0;
  const go = k => {
    current = k;
    for (const body of [left, right]) {
      const x = extentOf(body, k);
      if (x) body.scrollTop = Math.max(0, x[0] - 24);
      body.querySelectorAll('mark.current').forEach(m => m.classList.remove('current'));
      body.querySelectorAll(`mark[data-passage="${k}"]`).forEach(m => m.classList.add('current'));
    }
    tied.lead(null);
    buttons.forEach((b, i) => b.setAttribute('aria-pressed', i + 1 === k));
    say(`Passage ${k} of ${al.passages.length}: ${words(al.passages[k - 1].words)}`);
  };
  const buttons = al.passages.map((p, i) => button(String(i + 1), () => go(i + 1), { class: `chip p${i % HUES}`, 'aria-pressed': 'false', title: words(p.words), 'aria-label': `Passage ${i + 1}, ${words(p.words)}` }));
  for (const body of [left, right]) {
    body.addEventListener('click', event => {
      const mark = event.target.closest('mark');
      if (mark !== null && String(getSelection()) === '') go(Number(mark.dataset.passage));
    });
    body.addEventListener('keydown', event => {
      if (event.ctrlKey || event.metaKey || event.altKey || !['n', 'p'].includes(event.key) || buttons.length === 0) return;
      go(event.key === 'n' ? current % buttons.length + 1 : (current + buttons.length - 2 + (current === 0 ? 1 : 0)) % buttons.length + 1);
      event.preventDefault();
    });
  }
  return { go, element: el('div', { class: 'chips', role: 'group', 'aria-label': 'Shared passages' }, buttons.slice(0, 60)) };
}

function legend(self) {
  return el('p', { class: 'key' }, el('mark', { class: 'p0' }, 'shared'), ' ', el('mark', { class: 'p0' }, el('ins', {}, 'reworded')), self ? null : [' ', el('span', { class: 'alone' }, 'only here'), ' ', FACT_KINDS.slice(0, 3).map(kind => [el('b', { class: `fact fact-${kind}` }, `${kind} differs`), ' '])],
    el('span', { class: 'hint' }, 'In a column, ', el('kbd', {}, 'n'), ' and ', el('kbd', {}, 'p'), ' go to the next and previous passage; ', el('kbd', {}, 'j'), ' and ', el('kbd', {}, 'k'), ' to the next and previous copy.'));
}

function summaryOf(al) {
  if (!al.known) return 'The result lists no passage that these two share.';
  const c = changesOf(al), shared = al.passages.reduce((n, p) => n + p.words, 0);
  if (al.passages.length === 0) return al.self ? 'No passage is repeated.' : 'No passage is shared.';
  const first = `${plural(al.passages.length, 'passage')}, ${words(shared)} the same`;
  return al.self ? `${first}. Left: first occurrence. Right: the repeat.` : `${first}; ${whole(c.changed)} reworded, ${whole(c.cut)} only on the left, ${whole(c.added)} only on the right.`;
}

async function showCompare([keyA, keyB, places]) {
  const a = articleOf(keyA), b = articleOf(keyB);
  if (a === undefined || b === undefined) return null;
  await needs([a, b]);
  const textA = textOf(a), textB = textOf(b), self = a === b;
  const heading = [trail(a, b), el('h1', {}, self ? 'Repetition within this article' : 'Side by side')], decide = self ? null : decisionButtons(b, a);
  if (textA === undefined || textB === undefined)
    return { title: 'Side by side', wide: true, content: [heading, numbersOf(a, b), el('div', { class: 'tools' }, decide, copyLink()), el('div', { class: 'compare' }, ...[a, b].map((n, side) => {
      const element = columnElement(n, textOf(n) === undefined ? notEmbedded(n) : el('div', { class: 'text scrolls', tabindex: 0, role: 'region', 'aria-label': titleOf(n) }, paragraphs(textOf(n), [])));
      return side === 0 ? [element, el('span', {})] : element;
    }).flat())] };
  const al = alignmentOf(a, b);
  const left = column(a, al, 0, textA), right = column(b, al, 1, textB);
  const gutter = svg('svg', { class: 'gutter', 'aria-hidden': 'true', preserveAspectRatio: 'none' });
  const draw = () => ribbons(gutter, left.body, right.body, al.passages.length, k => (k - 1) % HUES);
  const tied = tie(left.body, right.body, al.passages.length, draw);
  const bar = passageBar(al, left.body, right.body, tied), both = el('div', { class: 'compare' }, left.element, gutter, right.element);
  const toggle = (name, label) => el('label', { class: 'check' }, el('input', { type: 'checkbox', checked: parameters().get(name) !== null, onchange: event => {
    setParameters({ [name]: event.target.checked ? '1' : null });
    both.classList.toggle(`without-${name}`, event.target.checked);
    draw();
  } }), ` ${label}`);
  for (const name of ['notices', 'same']) both.classList.toggle(`without-${name}`, parameters().get(name) !== null);
  return { title: self ? `${titleOf(a)} against itself` : `${titleOf(a)} and ${titleOf(b)}`, wide: true, content: [heading,
    el('p', { class: 'lead' }, summaryOf(al)), numbersOf(a, b), factBar(al, textA, textB, left.body, right.body, tied),
    el('div', { class: 'tools' }, bar.element, el('label', { class: 'check' }, tied.tied, ' Scroll together'), both.querySelector('.notice') === null ? null : toggle('notices', 'Hide notices'), self ? null : toggle('same', 'Only differences'),
      'dots' in VIEWS ? el('a', { class: 'button', href: link('dots', keyA, keyB) }, 'Dot plot') : null, self ? null : el('a', { class: 'button', href: compareLink(b, a) }, 'Swap'), copyLink(), decide),
    legend(self), both],
  shown() {
    const watch = new ResizeObserver(draw);
    watch.observe(left.body);
    const k = passageAt(al, places);
    if (k > 0) bar.go(k);
    else if (self && al.passages.length > 0) bar.go(1);
    draw();
  } };
}

/* The number of the passage with the places "left,right", which a dot plot links to; 0: there is none. */
function passageAt(al, places) {
  const at = (places || '').split(',').map(Number), holds = (p, side) => p.at[side][0] <= at[side] && at[side] < p.at[side][1];
  return al.passages.findIndex(p => holds(p, 0) && holds(p, 1)) + 1 || al.passages.findIndex(p => holds(p, 0)) + 1;
}
