# shellcheck shell=bash disable=SC2154
# --log json: messages for services.

test_messages_are_objects() {
    { feed 20; echo '{"id":"x\u0007"}'; echo 'not json "at all"'; } >feed.jsonl
    run scan --log json --progress always feed.jsonl -o result.jsonl
    exits 1
    [ "$(grep -c '^{"time":"[-0-9]*T[0-9:.]*Z","level":"[a-z]*",.*}$' err)" -eq "$(wc -l <err)" ] || fail 'other lines'
    has err '"level":"warning","message":'
    has err '"file":"feed.jsonl","line":22,"advice":"fix the record"}'
    has err '"level":"info","message":"20 articles, 2 rejected'
    has err '"level":"progress","stage":"read","done":'
    has err '"memory_bytes":'
    command -v python3 >/dev/null || return 0
    python3 -c 'import json, sys; [json.loads(line) for line in sys.stdin]' <err || fail 'not JSON'
}

test_a_wrong_command_line_and_a_failure_are_objects_too() {
    run scan --resemblance 7 --log=json feed.jsonl
    exits 2
    has err '"level":"error","message":"--resemblance: '
    run watch --log json "$PWD/no/such/feed.db" </dev/null
    exits 3
    has err '"level":"error","message":"'
    printf 'x' >"$(printf 'bad\377".jsonl')"
    run scan --log json "$(printf 'bad\377".jsonl')"
    has err '"file":"bad\\xff\".jsonl"'
}

test_text_stays_as_it_was() {
    echo '{}' >feed.jsonl
    run scan --log text feed.jsonl
    exits 3
    has err 'feed.jsonl:1: '
    run scan --log xml feed.jsonl
    exits 2
    has err "--log: 'xml' is not allowed; give text or json"
}
