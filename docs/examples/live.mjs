// A producer in JavaScript: sends articles to a running `twicetold serve` and says which are new.
//   node docs/examples/live.mjs http://127.0.0.1:8377 articles.jsonl
// In a browser, new EventSource('/events') hears of each article and each decision.
import { readFile } from 'node:fs/promises';

const [url, path] = process.argv.slice(2);
const body = await readFile(path);
let answer;
for (let tried = 0; tried < 5; tried++) {
  answer = await fetch(`${url}/articles`, { method: 'POST', body });
  if (answer.status !== 429) break; // too much at once
  await new Promise(wait => setTimeout(wait, 1000 * answer.headers.get('Retry-After')));
}
if (!answer.ok) throw new Error(await answer.text());
for (const line of (await answer.text()).trim().split('\n')) {
  const verdict = JSON.parse(line);
  if (verdict.type === 'verdict' && verdict.verdict === 'new') console.log(JSON.stringify(verdict.id));
}
