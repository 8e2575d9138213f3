/* The address after #: words between slashes, then the state of the view as parameters after "?". */
function address() {
  try {
    return location.hash.replace(/^#\/?/, '').split('?')[0].split('/').map(decodeURIComponent);
  } catch (error) {
    return null; /* not what link() makes */
  }
}

const parameters = () => new URLSearchParams(location.hash.split('?').slice(1).join('?'));

/* An address with some parameters changed; null takes one away. */
function withParameters(changes) {
  const all = parameters();
  for (const [name, value] of Object.entries(changes))
    if (value === null || value === '') all.delete(name);
    else all.set(name, value);
  const query = all.toString();
  return location.hash.split('?')[0] + (query === '' ? '' : `?${query}`);
}

/* Notes the state of the view where it is, so that coming back brings it back. */
const setParameters = changes => history.replaceState(null, '', withParameters(changes) || '#/');
