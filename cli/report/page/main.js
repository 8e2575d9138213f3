/* Views by the part of the address after #, so that each has a link. */
const VIEWS = { '': showOverview, clusters: showClusters, cluster: showCluster, sections: showSections, section: showSection, pairs: showPairs,
  articles: showArticles, article: showArticle, compare: showCompare, dots: showDots, search: showSearch, sources: showSources, decisions: showDecisions };
const NAVIGATION = [['', 'Overview'], ['clusters', 'Clusters'], ['sections', 'Sections'], ['pairs', 'Pairs'], ['articles', 'Articles'], ['sources', 'Sources'], ['decisions', 'Decisions']];
const PARTS = { cluster: 'clusters', section: 'sections', compare: 'pairs', dots: 'pairs', article: 'articles' };
const THEMES = ['auto', 'light', 'dark'];

function notThere() {
  return { title: 'Nothing here', content: [el('h1', {}, 'Nothing here'), el('p', {}, 'This report has no such item. ', el('a', { href: '#/' }, 'Go to the overview'))] };
}

/* A view may wait for texts; by then the reader may have gone elsewhere. */
let shownViews = 0;
async function show(focus) {
  const words = address(), name = words === null ? null : words[0], mine = ++shownViews;
  const view = name !== null && Object.hasOwn(VIEWS, name) ? await VIEWS[name](words.slice(1)) || notThere() : notThere();
  if (mine !== shownViews) return;
  const main = document.getElementById('view');
  main.className = view.wide ? 'is-wide' : '';
  main.replaceChildren(...view.content.flat(Infinity).filter(c => c !== null && c !== undefined && c !== false));
  document.title = `${view.title} - twicetold`;
  for (const a of document.querySelectorAll('#nav a')) {
    const here = a.dataset.view === name || a.dataset.view === PARTS[name];
    if (here) a.setAttribute('aria-current', 'page');
    else a.removeAttribute('aria-current');
  }
  if (name === 'search') document.getElementById('query').value = words[1] || '';
  if (focus) {
    window.scrollTo(0, 0);
    main.focus({ preventScroll: true });
  }
  if (view.shown) view.shown();
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
  const control = document.getElementById('theme');
  control.textContent = `Theme: ${theme}`;
  control.setAttribute('aria-label', `Theme: ${theme}. Change to ${next}`);
  control.onclick = () => { setTheme(next); stored('twicetold:theme', next); };
}

function footer() {
  const o = overview(), v = o.version;
  return `twicetold ${Math.floor(v / 10000)}.${Math.floor(v / 100) % 100}.${v % 100}. ${plural(articles().id.length, 'article')}, ${plural(o.texts, 'full text')}. Works offline; sends nothing.`;
}

document.getElementById('nav').append(...NAVIGATION.map(([name, label]) => el('a', { href: `#/${name}`, 'data-view': name }, label)));
document.getElementById('search').addEventListener('submit', event => {
  event.preventDefault();
  location.hash = link('search', document.getElementById('query').value);
});
document.getElementById('skip').addEventListener('click', event => {
  event.preventDefault();
  document.getElementById('view').focus();
});
document.addEventListener('keydown', event => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, select, textarea')) return;
  event.preventDefault();
  document.getElementById('query').focus();
});
document.addEventListener('keydown', event => {
  if (!['j', 'k'].includes(event.key) || event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, select, textarea')) return;
  const to = document.querySelector(event.key === 'j' ? 'a.next-copy' : 'a.previous-copy');
  if (to !== null) to.click();
});
window.addEventListener('hashchange', () => show(true));
setTheme(THEMES.includes(stored('twicetold:theme')) ? stored('twicetold:theme') : 'auto');
document.getElementById('view').dir = mostly(articles().title.slice(0, 500));
showDecisionCount();
document.getElementById('foot').textContent = footer();
show(false);
