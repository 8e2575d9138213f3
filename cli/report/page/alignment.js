/* Alignments of two texts, and what they say of changes. */
const EQUAL = 0, CHANGED = 1, ONLY_A = 2, ONLY_B = 3;
const FACT_KINDS = ['number', 'date', 'name', 'word'];
const FEW_WORDS = 4; /* a change of so many words outside passages is a change, not a cut and an addition */

/* An alignment: {self, known, segments, passages: in order of a, facts}. A segment is {kind, passage, at: [[begin, end] of a, of b], words: [of a, of b]};
 * a passage is {at, words, segments}; a fact that differs is {kind, at}. Places are those of the string. */
function passageOf(segments) {
  const last = segments[segments.length - 1];
  return { segments, at: [0, 1].map(side => [segments[0].at[side][0], last.at[side][1]]), words: segments.reduce((n, s) => n + (s.kind === EQUAL ? s.words[0] : 0), 0) };
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
