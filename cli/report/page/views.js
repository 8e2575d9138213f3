/* Shows the view that the address names, and what every view has: search, keys, theme. The program of a page has
 * VIEWS, the views by name, NAVIGATION, PARTS and NOTHING_THERE. */
const THEMES = ['auto', 'light', 'dark'];
const DECISIONS = { keep: 'keep', kill: 'kill', 'not-a-copy': 'not a copy' };

/* localStorage may be forbidden; then what is decided is lost with the page. */
function stored(key, value) {
  try {
    if (value === undefined) return localStorage.getItem(key);
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
    return value;
  } catch (error) {
    return undefined;
  }
}

function notThere() {
  return { title: 'Nothing here', content: [el('h1', {}, 'Nothing here'), el('p', {}, NOTHING_THERE, ' ', el('a', { href: '#/' }, `Go to the ${NAVIGATION[0][1].toLowerCase()}`))] };
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
