# shellcheck shell=bash disable=SC2154
# list: a line for each cluster, article, pair or section.

make_result() {
    cp "$here/../../corpora/feed/articles.jsonl" feed.jsonl
    run scan -q feed.jsonl -o result.jsonl
    exits 0
}

test_clusters_and_the_articles_of_one() {
    make_result
    run list result.jsonl
    exits 0
    empty err
    [ "$(head -n 1 out)" = "$(printf 'CLUSTER\tARTICLES\tKEEP')" ] || fail 'other columns'
    lines out "$(($(grep -c '"type":"cluster"' result.jsonl) + 1))"
    tail -n +2 out | cut -f 2 >sizes
    sort -nr sizes >sorted
    same sizes sorted
    run list result.jsonl feed.jsonl --limit 1
    lines out 2
    has out "$(printf '4\t9\t7 h 26 min\tvc-0508-043\tValley Courier\tDock workers end eleven-day strike after pay deal - update')"
    run list result.jsonl feed.jsonl --cluster 4
    lines out 10
    tail -n +2 out | cut -f 3 >seen
    sort seen >sorted
    same seen sorted
    has out "$(printf 'kept\t\t2034-05-08 12:57\tvc-0508-043')"
    has out "$(printf '97%%\t0\t2034-05-08 05:31\tncp-0508-007')"
    run list result.jsonl --cluster 4
    has out "$(printf '97%%\t0\tncp-0508-007')"
}

test_pairs_and_sections() {
    make_result
    run list result.jsonl --pairs
    exits 0
    lines out "$(($(grep -c '"type":"pair"' result.jsonl) + 1))"
    has out "$(printf 'near\t81%%\t0\tvc-0508-001\tmn-0508-003')"
    run list result.jsonl feed.jsonl --sections
    lines out "$(($(grep -c '"type":"section"' result.jsonl) + 1))"
    has out "$(printf '4\t15\t52\tnotice\tvc-0508-002\tCorrection policy: errors of fact')"
    [ "$(awk -F '\t' 'NF != 6' out | wc -l)" -eq 0 ] || fail 'a line without six columns'
}

test_what_cannot_be_listed() {
    make_result
    run list
    exits 2
    has err 'give a RESULT'
    run list result.jsonl --pairs --cluster 4
    exits 2
    has err 'give one of --pairs, --sections and --cluster'
    run list result.jsonl --cluster 999
    exits 3
    has err 'result.jsonl has no cluster 999; it has 52 of them'
    sed 's/strike/walkout/' feed.jsonl >other.jsonl
    run list result.jsonl other.jsonl
    exits 3
    has err 'these are not the texts that were scanned'
    run list feed.jsonl
    exits 3
    has err "give what 'twicetold scan -o FILE' wrote, or lines of that form (a gold); these may be the articles"
    printf '{"id":"x","text":"alone"}\n' >one.jsonl
    run index create feed.db
    run list feed.db
    exits 3
    has err "feed.db is an index, not a result"
    run scan -q one.jsonl -o one.res
    run list one.res
    exits 0
    empty out
    has err 'no clusters in one.res'
}

test_columns_on_a_terminal() {
    command -v script >/dev/null || skip 'no script(1)'
    printf '{"id":"%s","title":"A\\u001b[2Jb","text":"%s"}\n' '\u001b]0;x\u0007one' "$(seq -s ' ' 100 150)" two "$(seq -s ' ' 100 150)" >feed.jsonl
    run scan -q feed.jsonl -o result.jsonl
    for columns in 40 80 120; do
        PAGER='' TERM=xterm NO_COLOR=1 COLUMNS=$columns script -qec "$TWICETOLD list result.jsonl feed.jsonl" /dev/null </dev/null | tr -d '\r' >out
        has out ARTICLES
        has out 'A\x1b[2Jb'
        has out '\x1b]0;x\x07one'
        [ "$(awk -v n=$columns 'length > n' out | wc -l)" -eq 0 ] || fail "wider than $columns"
        lacks out "$(printf '\033')"
    done
}
