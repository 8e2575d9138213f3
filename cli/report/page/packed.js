/* Alignments as the command puts them into the page of a report, as numbers (report/alignments.h). */

/* The alignment of two articles, whose texts are unpacked, as alignment.js has it. */
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
const FACT = 5;
function factsIn(numbers, swapped) {
  const facts = [];
  for (let i = 3; i < 3 + FACT * numbers[2]; i += FACT) {
    const at = [[numbers[i + 1], numbers[i + 2]], [numbers[i + 3], numbers[i + 4]]];
    facts.push({ kind: numbers[i], at: swapped ? at.reverse() : at });
  }
  return facts;
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

/* What is there for a text that is not whole in the page: a part of it, if there is one, and how to get it. */
function notEmbedded(n) {
  const part = windowOf(n);
  return [part === undefined ? null : el('blockquote', { class: 'text window' }, paragraphs(`\u2026 ${part.text} \u2026`, [])),
    el('p', { class: 'note' }, `${part === undefined ? 'The text' : 'The full text'} of `, bdi(articles().id[n]), ` is not included. This page holds ${bytes(overview().texts_bytes)} of text, two articles of every cluster first. To include more: `, el('code', {}, 'twicetold report \u2026 --texts 1G'))];
}
