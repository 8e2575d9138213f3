/* The page of `serve`: fills the store, listens for events, and shows the view that the address names. */
const VIEWS = { '': showFeed, story: showStory, article: showArticle, compare: showTwo, decisions: showDecisions, search: showSearch };
const NAVIGATION = [['', 'Live'], ['decisions', 'Decisions']];
const NOTHING_THERE = 'The index has no such item, or no longer has it.';
const PARTS = { story: '', article: '', compare: '', search: '' };

function showState(text) {
  document.getElementById('live').textContent = text;
}

/* What a filter hides is asked for again; what the view shows is drawn again if it is a story that has grown. */
async function take(n) {
  const [name, word] = address() || [];
  if (name === 'story' && Number(word) === store.story[n]) show(false);
  else if (name === '' && !isFiltered()) arrive(n);
  else if (name === '') for (const m of (await list({ ...wanted(), before: store.number[n] + 1 }, 1)).found) if (m === n) arrive(n);
}

/* The article with a number of the service is there no more; one that is not found has come again with another number. */
function drop(number) {
  const [name, word] = address() || [], n = store.number.indexOf(number);
  if (n < 0) return;
  leave(n);
  forget(n);
  if (name === 'story' && Number(word) === store.story[n]) show(false);
}

/* What comes after a place of the service. Where that is of no use any more, the page begins again. */
function listen(place) {
  const events = new EventSource(`events?since=${place}`);
  events.addEventListener('article', event => take(note(JSON.parse(event.data))));
  events.addEventListener('decision', event => noteDecision(JSON.parse(event.data)));
  events.addEventListener('removed', event => drop(JSON.parse(event.data).number));
  events.addEventListener('restart', () => { events.close(); location.reload(); });
  events.onopen = () => showState('live');
  events.onerror = () => showState(events.readyState === EventSource.CLOSED ? 'the service has ended the connection; load the page again' : 'connection lost; trying again');
}

async function begin() {
  const { keep_text, place } = await ask('stat');
  keepsText = keep_text;
  document.getElementById('search').hidden = !keepsText;
  await list({}, 200);
  for (let more = true; more;) {
    const answer = await ask(`decisions?since=${lastDecision}`);
    answer.decisions.forEach(noteDecision);
    more = answer.more;
  }
  const { version } = await ask('version');
  document.getElementById('foot').textContent = `twicetold ${version}. ${keepsText ? '' : 'The index keeps no texts. '}Loads nothing from other servers.`;
  listen(place);
  show(false);
}

document.getElementById('nav').append(...NAVIGATION.map(([name, label]) => el('a', { href: `#/${name}`, 'data-view': name }, label)));
begin().catch(error => showState(`the service does not answer: ${error.message}`));
