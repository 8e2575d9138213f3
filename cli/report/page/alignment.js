/* Alignments, which the command puts into the page as numbers (report/alignments.h). */
const EQUAL = 0, CHANGED = 1, ONLY_A = 2, ONLY_B = 3;
const FEW_WORDS = 4; /* a change of so many words outside passages is a change, not a cut and an addition */

/* {self, known, segments, passages: in order of a, facts}. A segment is {kind, passage, at: [[begin, end] of a, of b], words: [of a, of b]};
 * a passage is {at, words, segments}; a fact that differs is {kind, at}. Places are those of the string. The texts are unpacked. */
function alignmentOf(a, b) {
  const swapped = a > b, low = Math.min(a, b), high = Math.max(a, b), self = a === b;
  const numbers = unpacked[`texts-${Math.max(articles().block[a], articles().block[b])}`].aligned.get(`${low},${high}`);
  if (numbers === undefined) return { self, known: false, segments: [], passages: [], facts: [] };
  const facts = factsIn(numbers, swapped), lists = segmentLists(numbers, 3 + FACT * facts.length, swapped), segments = lists.shift();
  toStringPlaces([segments, ...lists, facts], 0, textOf(a));
  toStringPlaces([segments, ...lists, facts], 1, textOf(b));
  const inOrder = new Map();
  for (const s of segments) {
    if (s.passage === 0) continue;
    if (!inOrder.has(s.passage)) inOrder.set(s.passage, []);
    inOrder.get(s.passage).push(s);
  }
  const passages = [...inOrder.values(), ...lists].map(passageOf).sort((p, q) => p.at[0][0] - q.at[0][0]);
  return { self, known: true, segments, passages, facts };
}

/* The facts that differ, in [a, b, count, fact, ..., fact, ...]; a fact is FACT numbers. */
const FACT = 5, FACT_KINDS = ['number', 'date', 'name', 'word'];
function factsIn(numbers, swapped) {
  const facts = [];
  for (let i = 3; i < 3 + FACT * numbers[2]; i += FACT) {
    const at = [[numbers[i + 1], numbers[i + 2]], [numbers[i + 3], numbers[i + 4]]];
    facts.push({ kind: numbers[i], at: swapped ? at.reverse() : at });
  }
  return facts;
}

function passageOf(segments) {
  const last = segments[segments.length - 1];
  return { segments, at: [0, 1].map(side => [segments[0].at[side][0], last.at[side][1]]), words: segments.reduce((n, s) => n + (s.kind === EQUAL ? s.words[0] : 0), 0) };
}

/* The lists of segments from a place of the numbers on: count, segment, ..., count, segment, ...; places in bytes. */
function segmentLists(numbers, from, swapped) {
  const lists = [];
  for (let i = from; i < numbers.length;) {
    const list = [];
    let ends = [0, 0];
    for (let count = numbers[i++]; count > 0; count--, i += 7) {
      const [code, gapA, sizeA, wordsA, gapB, sizeB, wordsB] = numbers.slice(i, i + 7);
      const at = [[ends[0] + gapA, ends[0] + gapA + sizeA], [ends[1] + gapB, ends[1] + gapB + sizeB]], words = [wordsA, wordsB];
      ends = [at[0][1], at[1][1]];
      const kind = code % 4;
      list.push(swapped ? { kind: kind < ONLY_A ? kind : ONLY_A + ONLY_B - kind, passage: code >> 2, at: at.reverse(), words: words.reverse() } : { kind, passage: code >> 2, at, words });
    }
    lists.push(list);
  }
  return lists;
}

/* Bytes of one side become places in the string. */
function toStringPlaces(lists, side, text) {
  const bytes = [...new Set(lists.flat().flatMap(s => s.at[side]))].sort((x, y) => x - y);
  const places = placesOfBytes(text, bytes), placeOf = new Map(bytes.map((byte, k) => [byte, places[k]]));
  for (const list of lists) for (const s of list) s.at[side] = s.at[side].map(byte => placeOf.get(byte));
}

/* The parts of one side of a segment that no passage covers. */
function uncovered(al, side, [begin, end]) {
  const parts = [];
  for (const p of al.passages.map(q => q.at[side]).sort((x, y) => x[0] - y[0])) {
    if (p[1] <= begin || p[0] >= end) continue;
    if (p[0] > begin) parts.push([begin, p[0]]);
    begin = Math.max(begin, p[1]);
  }
  if (begin < end) parts.push([begin, end]);
  return parts;
}

/* Words kept, changed, added and cut from a to b, the longest parts added and cut, and the extents that were changed. */
function changesOf(al) {
  const c = { kept: 0, changed: 0, added: 0, cut: 0, longestAdded: [0, 0], longestCut: [0, 0], swaps: [] };
  const longest = (side, name, extent) => {
    for (const part of uncovered(al, side, extent)) if (part[1] - part[0] > c[name][1] - c[name][0]) c[name] = part;
  };
  const inOrder = new Set(al.segments), isMoved = p => !inOrder.has(p.segments[0]);
  const covers = (q, [begin, end], side) => Math.min(end, q.at[side][1]) - Math.max(begin, q.at[side][0]) > (end - begin) / 2;
  const repeats = p => al.passages.some(q => !isMoved(q) && (covers(q, p.at[0], 0) || covers(q, p.at[1], 1))); /* counted with the other */
  const moved = al.passages.filter(p => isMoved(p) && !repeats(p)).flatMap(p => p.segments);
  for (const s of [...al.segments, ...moved]) {
    if (s.kind === EQUAL) c.kept += s.words[0];
    else if (s.kind === CHANGED && (s.passage > 0 || Math.max(...s.words) <= FEW_WORDS)) {
      c.changed += Math.max(...s.words);
      c.swaps.push(s.at);
    } else {
      c.cut += s.words[0];
      c.added += s.words[1];
      if (s.words[0] > 0) longest(0, 'longestCut', s.at[0]);
      if (s.words[1] > 0) longest(1, 'longestAdded', s.at[1]);
    }
  }
  for (const s of moved) { /* in the reading of both texts they were cut and added */
    c.cut = Math.max(0, c.cut - s.words[0]);
    c.added = Math.max(0, c.added - s.words[1]);
  }
  return c;
}
