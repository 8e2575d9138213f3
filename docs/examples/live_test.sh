#!/usr/bin/env bash
# Runs the producers of the service, each with a service of its own: they say the same as `watch`. usage: live_test.sh COMMAND
set -euo pipefail
command=$(realpath "$1") here=$(cd "$(dirname "$0")" && pwd)
feed=$here/../../corpora/feed/articles.jsonl
work=$(mktemp -d "${TMPDIR:-/tmp}/twicetold-live.XXXXXX")
child=
trap '[ -z "$child" ] || kill "$child" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
"$command" watch -q watch.db <"$feed" | sed -n 's/^{"type":"verdict","id":\("[^"]*"\),"verdict":"new".*/\1/p' >expected
[ -s expected ]
for producer in "sh $here/live.sh" "python3 $here/live.py" "node $here/live.mjs"; do
    if ! type "${producer%% *}" >/dev/null 2>&1; then
        echo "${producer%% *} is not installed"
        continue
    fi
    rm -f live.db* said
    "$command" serve live.db --listen 127.0.0.1:0 2>said &
    child=$!
    until grep -q ^serving said; do kill -0 "$child"; sleep 0.05; done
    $producer "$(sed 's/.* on //' said)" "$feed" >out
    diff expected out
    kill "$child"
    wait "$child"
    child=
done
