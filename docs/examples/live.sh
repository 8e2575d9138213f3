#!/bin/sh
# A producer with curl: sends articles to a running `twicetold serve` and says which are new.
#   docs/examples/live.sh http://127.0.0.1:8377 articles.jsonl
set -eu
url=$1 articles=$2
# Too much at once is refused with 429: curl tries again after the time that the answer says.
curl --silent --show-error --fail --retry 5 --data-binary "@$articles" "$url/articles" |
    sed -n 's/^{"type":"verdict","id":\("[^"]*"\),"verdict":"new".*/\1/p'
# What is new since then: an event for each article, with a place from which to go on another time.
#   curl --no-buffer "$url/events"
