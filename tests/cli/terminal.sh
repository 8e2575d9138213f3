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

test_counts_have_separators_and_one_is_not_many() {
    seq 1200 | awk '{ printf "{\"id\":\"a%d\",\"text\":\"", $1; for (k = 0; k < 30; k++) printf "w%dx%d ", $1, k; print "\"}" }' >many.jsonl
    TERM=xterm NO_COLOR=1 on_terminal scan --progress never many.jsonl
    exits 0
    has out '1,200  articles'
    has out '1,200  distinct stories, 0 copies'
    head -n 1 many.jsonl >one.jsonl
    TERM=xterm NO_COLOR=1 on_terminal scan --progress never one.jsonl
    has out '1  article '
    has out '1  distinct story'
    run scan one.jsonl -o result.jsonl
    has err '1 article, 0 rejected, 0 pairs, 0 clusters, 0 sections'
    run report result.jsonl one.jsonl -o page.html
    has err '1 article, 0 of 0 clusters'
    run watch feed.db <one.jsonl
    has err '1 article: 1 new, 0 duplicates, 0 updates'
}

test_show_goes_through_the_pager_on_a_terminal() {
    feed 40 >feed.jsonl
    run scan -q feed.jsonl -o result.jsonl
    run show result.jsonl --cluster 1 feed.jsonl
    exits 0
    cp out expected
    PAGER='sed s/^/paged:/' TERM=xterm NO_COLOR=1 COLUMNS=80 on_terminal show result.jsonl --cluster 1 feed.jsonl
    exits 0
    [ "$(grep -c ^paged: out)" -eq "$(wc -l <out)" ] || fail 'a line went past the pager'
    for pager in cat ''; do
        PAGER=$pager TERM=xterm NO_COLOR=1 COLUMNS=80 on_terminal show result.jsonl --cluster 1 feed.jsonl
        lacks out paged:
    done
    PAGER='sed s/^/paged:/' TERM=dumb on_terminal show result.jsonl --cluster 1 feed.jsonl
    lacks out paged:
    PAGER='sed s/^/paged:/' TERM=xterm run show result.jsonl --cluster 1 feed.jsonl
    same expected out
    PAGER=false TERM=xterm on_terminal show result.jsonl --cluster 1 feed.jsonl # it closes its input
    [ "$status" -ne 139 ] || fail 'it crashed'
}
