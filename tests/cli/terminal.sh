# shellcheck shell=bash disable=SC2154
# If standard output is a terminal, an overview replaces the result.

# Runs the command on a pseudo terminal. Its output is in the file `shown`, with the line ends of a file.
on_terminal() {
    command -v script >/dev/null || skip 'no script(1)'
    printf '%q ' "$TWICETOLD" "$@" >command
    script -qec "$(cat command)" /dev/null </dev/null >shown 2>err
    status=$?
    tr -d '\r' <shown >out
}
bare() { sed 's/\x1b\[[0-9;]*m//g' out; }

test_an_overview_instead_of_the_result() {
    feed 60 >feed.jsonl
    TERM=xterm COLUMNS=80 on_terminal scan --progress never feed.jsonl
    exits 0
    has out "$(printf '\033[1m')"
    bare >text
    lacks text "$(printf '\033')"
    lacks text '{"type"'
    has text 'Largest clusters'
    has text 'Passages repeated most'
    has text 'twicetold scan feed.jsonl -o result.jsonl'
    has text 'twicetold show result.jsonl --cluster'
    [ "$(grep -v twicetold text | awk 'length > 80' | wc -l)" -eq 0 ] || fail 'wider than 80'
}

test_no_colour_where_it_is_not_wanted() {
    feed 30 >feed.jsonl
    TERM=xterm NO_COLOR=1 on_terminal scan --progress never feed.jsonl
    lacks out "$(printf '\033')"
    has out 'Largest clusters'
    TERM=dumb on_terminal scan feed.jsonl
    lacks out "$(printf '\033')"
    TERM=dumb on_terminal scan --color always feed.jsonl
    has out "$(printf '\033[1m')"
}

test_the_result_where_it_is_asked_for() {
    feed 30 >feed.jsonl
    run scan -q feed.jsonl
    plain out >expected
    on_terminal scan -q feed.jsonl -o -
    plain out >shown
    same expected shown
    on_terminal scan -q feed.jsonl -o result.jsonl
    empty out
    plain result.jsonl >shown
    same expected shown
}

test_hostile_articles_cannot_drive_the_terminal() {
    body=$(seq -s ' ' 100 150)
    for id in '\u001b]0;x\u0007one' '\u009b31mtwo'; do
        printf '{"id":"%s","text":"\\u001b[2J \\u202e \\u0085 %s"}\n' "$id" "$body"
    done >feed.jsonl
    TERM=xterm NO_COLOR=1 on_terminal scan --progress never feed.jsonl
    exits 0
    has out '\x1b]0;x\x07one'
    LC_ALL=C.UTF-8 grep -q -P '[\x{1}-\x{9}\x{b}-\x{1f}\x{7f}-\x{9f}\x{202e}]' out && fail 'a control character'
    on_terminal scan -q feed.jsonl -o -
    has out '\u009b31mtwo'
}

test_a_narrow_terminal_shows_ids_and_headlines() {
    awk '{ print }' "$here/../../corpora/feed/articles.jsonl" >feed.jsonl
    TERM=xterm NO_COLOR=1 COLUMNS=40 on_terminal scan --progress never feed.jsonl
    exits 0
    [ "$(grep -v twicetold out | awk 'length > 40' | wc -l)" -eq 0 ] || fail "wider than 40: $(awk 'length > 40' out)"
    cp out narrow
    TERM=xterm NO_COLOR=1 COLUMNS=80 on_terminal scan --progress never feed.jsonl
    has out 'dedup drops 1'
    sed -n 's/.*articles, cluster [0-9]*: keep \(.*\)/\1/p' out >kept
    [ "$(wc -l <kept)" -eq 5 ] || fail "not five clusters: $(cat kept)"
    while read -r id; do
        has narrow "$id"
        has out "$(sed -n "s/.*\"id\": \"$id\", \"title\": \"\([^\"]*\)\".*/\1/p" feed.jsonl | cut -c1-40)"
    done <kept
    sed -n 's/^ *\([0-9]*\) .*places, section.*/\1/p' out >places
    sort -nr places >sorted
    same places sorted
}
