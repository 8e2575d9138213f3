/* What two texts, or two places of one, have in common: runs of equal words are found by their
 * groups of three, chained in order, gaps filled word by word; what has moved is found by looking
 * again at what is left. */
const GROUP = 3, MOST_PLACES = 12, MOST_RUNS = 2500, GAP = 16, MOST_ROUNDS = 12, LEAST = 8;

/* Maximal runs of equal words, [a, b, count]; in one text only those with a < b. */
function runsOf(a, b, self, least) {
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
      if (y - j >= least) runs.push([i, j, y - j]);
    }
  }
  return runs;
}

/* The heaviest chain of runs that ascend on both sides. */
function chainOf(runs) {
  if (runs.length > MOST_RUNS) runs = runs.sort((p, q) => q[2] - p[2]).slice(0, MOST_RUNS);
  runs.sort((p, q) => p[0] - q[0] || p[1] - q[1]);
  const score = [], before = [];
  let best = -1;
  for (let i = 0; i < runs.length; i++) {
    const [a, b, n] = runs[i];
    score[i] = n;
    before[i] = -1;
    for (let k = i - 1; k >= 0; k--) {
      const [a2, b2, n2] = runs[k];
      if (a2 >= a || b2 >= b) continue;
      const cut = Math.max(0, a2 + n2 - a, b2 + n2 - b);
      const drift = Math.abs((a - a2) - (b - b2));
      const value = score[k] + n - cut - Math.min(drift * 0.02, 3);
      if (cut < n && value > score[i]) { score[i] = value; before[i] = k; }
    }
    if (best < 0 || score[i] > score[best]) best = i;
  }
  const chain = [];
  for (let i = best; i >= 0; i = before[i]) chain.push(runs[i]);
  return chain.reverse();
}

/* Words that are equal, in order, between two runs: longest common subsequence. */
function fillGap(a, b, a0, a1, b0, b1, out) {
  const n = a1 - a0, m = b1 - b0;
  if (n <= 0 || m <= 0 || n > 200 || m > 200) return;
  const width = m + 1, table = new Uint16Array((n + 1) * width);
  for (let i = n - 1; i >= 0; i--)
    for (let j = m - 1; j >= 0; j--)
      table[i * width + j] = a.word[a0 + i] === b.word[b0 + j]
        ? table[(i + 1) * width + j + 1] + 1
        : Math.max(table[(i + 1) * width + j], table[i * width + j + 1]);
  for (let i = 0, j = 0; i < n && j < m;) {
    if (a.word[a0 + i] === b.word[b0 + j]) out.push([a0 + i++, b0 + j++, 1]);
    else if (table[(i + 1) * width + j] >= table[i * width + j + 1]) i++;
    else j++;
  }
}

/* A chain as blocks that do not overlap, the short gaps between them filled. */
function blocksOf(a, b, chain) {
  const blocks = [];
  let a0 = 0, b0 = 0, first = true;
  for (let [i, j, n] of chain) {
    const cut = Math.max(0, a0 - i, b0 - j);
    i += cut; j += cut; n -= cut;
    if (n <= 0) continue;
    if (!first && i - a0 <= GAP && j - b0 <= GAP) fillGap(a, b, a0, i, b0, j, blocks);
    blocks.push([i, j, n]);
    a0 = i + n; b0 = j + n; first = false;
  }
  return blocks;
}

/* Blocks near each other are one passage; one of few words says nothing. */
function passagesOf(blocks, least) {
  const passages = [];
  let p = null;
  for (const [i, j, n] of blocks) {
    if (p === null || i - p.aEnd > GAP || j - p.bEnd > GAP)
      passages.push(p = { a: i, b: j, aEnd: i, bEnd: j, words: 0, blocks: [] });
    p.aEnd = i + n;
    p.bEnd = j + n;
    p.words += n;
    p.blocks.push([i, j, n]);
  }
  return passages.filter(q => q.words >= least && q.words >= 0.3 * Math.max(q.aEnd - q.a, q.bEnd - q.b));
}

/* What two texts share, or with `self` what one repeats of itself.
 * {a, b: words of the texts, passages: in order of a, each {a, aEnd, b, bEnd, words, blocks},
 *  of: [passage + 1 by word of a, of b], equal: [1 where the word is in both]} */
function align(textA, textB, self) {
  const numbers = new Map();
  const a = wordsOf(textA, numbers), b = self ? a : wordsOf(textB, numbers);
  const of = [new Int32Array(a.count), new Int32Array(b.count)];
  const equal = [new Uint8Array(a.count), new Uint8Array(b.count)];
  const least = self ? LEAST * 2 : Math.max(1, Math.min(LEAST, a.count, b.count));
  const passages = [];
  let runs = runsOf(a, b, self, Math.min(GROUP, least));
  for (let round = 0; round < MOST_ROUNDS && runs.length > 0; round++) {
    const found = passagesOf(blocksOf(a, b, chainOf(runs)), least)
      .filter(p => free(of[0], p.a, p.aEnd) && free(of[1], p.b, p.bEnd) && !(self && p.aEnd > p.b));
    if (found.length === 0) break;
    for (const p of found) {
      passages.push(p);
      of[0].fill(passages.length, p.a, p.aEnd);
      of[1].fill(passages.length, p.b, p.bEnd);
    }
    runs = runs.map(run => restOf(run, of)).filter(([, , n]) => n >= GROUP);
  }
  passages.sort((p, q) => p.a - q.a);
  of[0].fill(0);
  of[1].fill(0);
  passages.forEach((p, k) => {
    of[0].fill(k + 1, p.a, p.aEnd);
    of[1].fill(k + 1, p.b, p.bEnd);
    for (const [i, j, n] of p.blocks) { equal[0].fill(1, i, i + n); equal[1].fill(1, j, j + n); }
  });
  return { a, b, passages, of, equal, self };
}

function free(of, begin, end) {
  for (let i = begin; i < end; i++) if (of[i] !== 0) return false;
  return true;
}

/* The longest part of a run that no passage has taken on either side. */
function restOf([i, j, n], of) {
  let best = [i, j, 0];
  for (let k = 0, from = 0; k <= n; k++) {
    if (k < n && of[0][i + k] === 0 && of[1][j + k] === 0) continue;
    if (k - from > best[2]) best = [i + from, j + from, k - from];
    from = k + 1;
  }
  return best;
}

/* The longest run of words of one side that stand in no passage: [begin, end). */
function longestAlone(of) {
  let best = [0, 0];
  for (let j = 0, from = 0; j <= of.length; j++) {
    if (j < of.length && of[j] === 0) continue;
    if (j - from > best[1] - best[0]) best = [from, j];
    from = j + 1;
  }
  return best;
}

/* Words kept, changed, added and cut from a to b, the longest runs added and cut, and the first
 * words that were changed: [a, aEnd, b, bEnd]. */
function changesOf(al) {
  const alone = of => of.reduce((n, p) => n + (p === 0), 0);
  const changed = side => al.of[side].reduce((n, p, i) => n + (p !== 0 && !al.equal[side][i]), 0);
  const swaps = [];
  for (const p of al.passages)
    for (let k = 1; k < p.blocks.length; k++) {
      const [a, b, n] = p.blocks[k - 1], [a2, b2] = p.blocks[k];
      if (a2 > a + n && b2 > b + n) swaps.push([a + n, a2, b + n, b2]);
    }
  return { kept: al.equal[0].reduce((n, e) => n + e, 0), changed: Math.max(changed(0), changed(1)), cut: alone(al.of[0]), added: alone(al.of[1]),
    longestCut: longestAlone(al.of[0]), longestAdded: longestAlone(al.of[1]), swaps };
}

