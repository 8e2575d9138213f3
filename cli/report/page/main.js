/* Views by the part of the address after #, so that each has a link. */
const VIEWS = { '': showOverview, clusters: showClusters, cluster: showCluster, sections: showSections, section: showSection, pairs: showPairs,
  article: showArticle, compare: showCompare, dots: showDots, search: showSearch };
const NAVIGATION = [['', 'Overview'], ['clusters', 'Clusters'], ['sections', 'Sections'], ['pairs', 'Pairs']];
const PARTS = { cluster: 'clusters', section: 'sections', compare: 'pairs', dots: 'pairs' };
const THEMES = ['auto', 'light', 'dark'];

/* The words of the address; null where they are not what link() makes. */
function address() {
  try {
    return location.hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  } catch (error) {
    return null;
  }
}

function notThere() {
  return { title: 'Nothing here', content: [el('h1', {}, 'Nothing here'), el('p', {}, 'This report has no such item. ', el('a', { href: '#/' }, 'Go to the overview'))] };
}

function show(focus) {
  const words = address(), name = words === null ? null : words[0];
  const view = name !== null && Object.hasOwn(VIEWS, name) ? VIEWS[name](words.slice(1)) || notThere() : notThere();
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
  control.onclick = () => setTheme(next);
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
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input')) return;
  event.preventDefault();
  document.getElementById('query').focus();
});
window.addEventListener('hashchange', () => show(true));
setTheme('auto');
document.getElementById('foot').textContent = footer();
show(false);
