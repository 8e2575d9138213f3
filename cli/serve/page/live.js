// The newest articles with their verdicts, and those that come in while the page is open.
{
  const list = document.getElementById('articles'), state = document.getElementById('state');
  const most = 200;
  const span = (name, text) => {
    const e = document.createElement('span');
    e.className = name;
    e.textContent = text;
    return e;
  };
  const show = a => {
    const e = document.createElement('li');
    const kind = a.verdict ? a.verdict.kind : '';
    const of = a.verdict && a.verdict.of !== null ? ` of ${a.verdict.of}` : '';
    e.append(span('kind', kind), ` ${a.title || a.id}${of} `, span('from', `${a.source} ${a.arrival}`));
    list.prepend(e);
    while (list.children.length > most) list.lastChild.remove();
  };
  let last = 0, decision = 0;
  const listen = () => {
    const events = new EventSource(`events?since=${last}.${decision}`);
    events.addEventListener('article', e => show(JSON.parse(e.data)));
    events.onopen = () => { state.textContent = 'live'; };
    events.onerror = () => { state.textContent = 'the connection is lost; trying again'; };
  };
  fetch('articles?limit=100').then(r => r.json()).then(r => {
    for (const a of r.articles.reverse()) {
      show(a);
      last = a.number;
    }
    return fetch('decisions?since=0');
  }).then(r => r.json()).then(r => {
    decision = r.last;
    listen();
  }).catch(e => { state.textContent = `the service does not answer: ${e.message}`; });
}
