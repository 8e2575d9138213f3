/* What the report and the live page call things, and where their views are. */
const made = {};
function once(name, make) {
  if (!(name in made)) made[name] = make();
  return made[name];
}

const RELATIONS = ['identical', 'near', 'contains', 'contained', 'series', 'related', 'boilerplate'];
const RELATION_LABELS = ['identical', 'near-duplicate', 'longer version', 'excerpt', 'series', 'related', 'notices only'];
const COPIES = 4; /* the relations below it are those of copies */
const turned = relation => relation === 2 ? 3 : relation === 3 ? 2 : relation;

/* An id in a link: a string as it is, with ~ before an integer and before a string that begins with ~. */
const keyOf = id => typeof id === 'number' || String(id).startsWith('~') ? `~${id}` : id;
const link = (...words) => '#/' + words.map(encodeURIComponent).join('/');
const articleLink = n => link('article', keyOf(articles().id[n]));
const compareLink = (a, b) => link('compare', keyOf(articles().id[a]), keyOf(articles().id[b]));

/* A count of words; where a script has no spaces between them each character counts as one. */
const words = n => plural(n, once('unit', () => articles().title.slice(0, 500).filter(t => LONE.test(t)).length * 2 > Math.min(500, articles().title.length) ? 'character' : 'word'));

/* Whether a time is only a day, as far as one can tell. */
const isDay = seconds => seconds % 86400 === 0;

/* The article that was certainly the first to run, or -1: times may be tied, days only, or not known. */
function firstToRun(order) {
  const times = articles().published, [a, b] = order;
  if (b === undefined || times[a] === null) return -1;
  if (times[b] === null) return a;
  const apart = isDay(times[a]) || isDay(times[b]) ? Math.floor(times[b] / 86400) - Math.floor(times[a] / 86400) : times[b] - times[a];
  return apart > 0 ? a : -1;
}

const similarity = p => Math.max(p.overlap[0], p.overlap[1]) >= 0 ? Math.max(p.overlap[0], p.overlap[1]) : p.resemblance;
