/* Words of a text, and places in it. A word is what the engine calls a token: a run of letters,
 * marks and digits, or one character of a script that is written without spaces. */
const SINGLE = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}';
const WORD = new RegExp(`[${SINGLE}]\\p{M}*|(?:(?![${SINGLE}])[\\p{L}\\p{M}\\p{N}])+(?:['\u2019.,](?=[\\p{L}\\p{N}])(?:(?![${SINGLE}])[\\p{L}\\p{M}\\p{N}])+)*`, 'gu');
const LONE = new RegExp(`[${SINGLE}]`, 'u');
const MOST_WORDS = 60000;

/* {word: Int32Array of numbers that `numbers` gives, begin, end: places in the text} */
function wordsOf(text, numbers) {
  const word = [], begin = [], end = [];
  for (const m of text.matchAll(WORD)) {
    if (word.length === MOST_WORDS) break;
    const key = m[0].normalize('NFKC').toLowerCase();
    let n = numbers.get(key);
    if (n === undefined) numbers.set(key, n = numbers.size);
    word.push(n);
    begin.push(m.index);
    end.push(m.index + m[0].length);
  }
  return { word: Int32Array.from(word), begin, end, count: word.length };
}

/* Places in a string for ascending places in its UTF-8 bytes. */
function placesOfBytes(text, bytes) {
  const places = [];
  let at = 0, byte = 0;
  for (const wanted of bytes) {
    while (byte < wanted && at < text.length) {
      const c = text.codePointAt(at);
      byte += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
      at += c > 0xffff ? 2 : 1;
    }
    places.push(at);
  }
  return places;
}

/* The direction in which a text is read: that of its first letter that has one. */
const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const directionOf = text => RIGHT_TO_LEFT.test((text.match(/\p{L}/u) || [''])[0]) ? 'rtl' : 'ltr';
const mostly = texts => texts.filter(t => directionOf(t) === 'rtl').length * 2 > texts.length ? 'rtl' : 'ltr';

function shorten(text, most) {
  if (text.length <= most) return text;
  const cut = text.lastIndexOf(' ', most);
  let end = cut > most / 2 ? cut : most;
  if (/[\ud800-\udbff]/.test(text[end - 1])) end--;
  return text.slice(0, end) + '\u2026';
}

