# shellcheck shell=bash disable=SC2154
# show: passages side by side.

notice='the reports of this service may not be stored or sold or read out on the air without the written consent of its editors who answer letters on the first Monday of each month except in August and then only by post in two copies'
make_feed() {
    first='A ferry ran aground in thick fog off Port Aldery early on Tuesday and was held fast on a sandbank for nine hours before tugs pulled it clear on the afternoon tide. The passengers, among them a school choir on its way home from a festival in Vellmoor, were given hot soup and blankets and were taken ashore in three lifeboats once the swell had eased.'
    printf '{"id":"a","title":"Ferry aground","source":"Courier","published":"2034-05-08T04:45:00Z","text":"%s\\nNobody was hurt.\\n%s."}\n' "$first" "$notice" >feed.jsonl
    printf '{"id":"b","text":"%s\\nNobody was hurt, the harbour master said."}\n' "${first/nine hours/eight hours}" >>feed.jsonl
    printf '{"id":7,"text":"Prices of barley rose again in the northern markets this week, dealers said. %s\\n%s."}\n' "$(seq -s ' ' 100 180)" "$notice" >>feed.jsonl
    run scan -q feed.jsonl -o result.jsonl
    exits 0
}

test_an_article_beside_its_copy() {
    make_feed
    run show result.jsonl a feed.jsonl
    exits 0
    empty err
    has out 'Courier, 2034-05-08 04:45'
    has out 'Ferry aground'
    has out '[nine]'
    has out '[eight]'
    has out 'harbour master said.'
    grep -q ' ! ' out || fail 'no sign of a difference'
    lacks out "$(printf '\033')"
    [ "$(awk 'length > 80' out | wc -l)" -eq 0 ] || fail 'wider than 80'
}

test_an_integer_id_and_a_section() {
    make_feed
    run show result.jsonl 7 feed.jsonl
    exits 0
    has out 'section '
    has out '178 179 180'
    cp out by_id
    run show result.jsonl --section "$(sed -n 's/^section \([0-9]*\): .*/\1/p' out)" feed.jsonl
    exits 0
    while read -r line; do has out "$line"; done <by_id
}

test_a_cluster_in_colours_and_in_columns() {
    make_feed
    COLUMNS=120 run show result.jsonl --cluster 1 --color always feed.jsonl
    exits 0
    has out "$(printf '\033[32m')"
    has out "$(printf '\033[31m')"
    sed 's/\x1b\[[0-9;]*m//g' out >bare
    lacks bare "$(printf '\033')"
    lacks bare '[nine]'
    [ "$(awk 'length > 120' bare | wc -l)" -eq 0 ] || fail 'wider than 120'
    [ "$(awk 'length > 80' bare | wc -l)" -gt 0 ] || fail 'not wider than 80'
}

test_a_text_that_repeats_itself() {
    printf '{"id":"x","text":"%s.\\nSomething else stands between the two places of it.\\n%s."}\n' "$notice" "$notice" >feed.jsonl
    run scan -q feed.jsonl -o result.jsonl
    run show result.jsonl x feed.jsonl
    exits 0
    has out 'found 2 times'
    has out 'Something else stands'
}

test_hostile_text_cannot_drive_the_terminal() {
    printf '{"id":"\\u001b[31mred","text":"%s \\u001b]0;title\\u0007 \\u202egnp.exe \\u009b2J."}\n' "$notice" >feed.jsonl
    printf '{"id":"b","text":"%s \\u001b[2J \\u007f."}\n' "$notice" >>feed.jsonl
    run scan -q feed.jsonl -o result.jsonl
    run show result.jsonl b feed.jsonl
    exits 0
    has out '\x1b'
    has out 'u{202e}'
    has out 'u{009b}'
    LC_ALL=C.UTF-8 grep -q -P '[\x{1}-\x{9}\x{b}-\x{1f}\x{7f}-\x{9f}\x{202e}]' out && fail 'a control character'
    return 0
}

test_what_is_missing_is_named() {
    make_feed
    run show result.jsonl nobody feed.jsonl
    exits 3
    has err 'article nobody is not in this result'
    run show result.jsonl --cluster 9 feed.jsonl
    exits 3
    has err 'result.jsonl has no cluster 9; it has 1 of them'
    run show result.jsonl --section 9 feed.jsonl
    has err 'result.jsonl has no section 9'
    run show result.jsonl a
    exits 2
    has err 'give a RESULT, an ID (or --cluster N, --section N) and the INPUT of its scan'
    run show result.jsonl --cluster 1 --section 1 feed.jsonl
    exits 2
    has err 'give --cluster or --section, not both'
    head -n 1 feed.jsonl >part.jsonl
    run show result.jsonl a part.jsonl
    exits 3
    has err 'are not in this input'
    sed 's/the reports of this service may not be stored or sold//' feed.jsonl | cut -c 1-130 | sed 's/$/"}/' >other.jsonl
    run show result.jsonl --section 1 other.jsonl
    exits 3
    has err 'give the files that were scanned'
}

# Three versions of a story, the last one first in the input.
make_versions() {
    tail='The train was travelling from Harfield to Marsden at 80 kilometres an hour when it struck the lorry, the rail regulator said. Emergency services sent 15 ambulances, and Transport Minister Helen Ward is to visit the county hospital in Marsden on Thursday. The line, which carries 46 trains a day, is expected to stay closed until Sunday, Northern Rail said.'
    n=0
    for story in 'seven|40|Oakham|12' 'three|12|Oakley|10' 'five|31|Oakley|11'; do
        IFS='|' read -r dead hurt place hour <<<"$story"
        n=$((n + 1))
        printf '{"id":"v%s","published":"2034-05-08T%s:05:00Z","text":"At least %s people were killed and %s injured when a passenger train hit a lorry at a level crossing near %s on Tuesday, police said.\\n%s"}\n' "$n" "$hour" "$dead" "$hurt" "$place" "$tail"
    done >feed.jsonl
    run scan -q feed.jsonl -o result.jsonl
    exits 0
}

test_facts_that_differ_are_listed_and_marked() {
    make_versions
    run show result.jsonl v2 feed.jsonl --all
    exits 0
    grep -A 3 'facts that differ' out >listed
    has listed '  number: three -> five'
    has listed '  number: 12 -> 31'
    has out '[three]'
    run show result.jsonl v2 feed.jsonl --all --color always
    has out "$(printf '\033[7m')three"
}

test_the_versions_of_a_story() {
    make_versions
    number=$(sed -n 's/.*"cluster":\([0-9]*\),.*/\1/p' result.jsonl | head -n 1)
    members=$(sed -n 's/.*"type":"cluster".*"\(articles\|members\)":\[\([^]]*\)\].*/\2/p' result.jsonl | head -n 1 | tr -d '"' | tr ',' '\n' | wc -l)
    run show result.jsonl --cluster "$number" --versions feed.jsonl
    exits 0
    [ "$(grep -c 'appears in the right' out)" -le "$((members - 1))" ] || fail 'more views than steps'
    grep -q '^v2 .*| v3' out || grep -q '^v3 .*| v1' out || fail 'not in the order of time'
}

test_a_unified_diff() {
    make_versions
    run show result.jsonl v2 feed.jsonl --unified --all
    exits 0
    has out '--- a/'
    has out '@@ -1,2 +1,2 @@'
    has out '-At least three people were killed and 12'
    has out '+At least five people were killed and 31'
    has out ' The train was travelling'
    lacks out 'resemblance'
    command -v patch >/dev/null || skip 'no patch(1)'
    run show result.jsonl v2 feed.jsonl -u
    sed -n '1,/^@@/p' out | head -n 3 >/dev/null
    awk '/^--- /{n++} n==1' out >first.diff
    left=$(sed -n 's/^--- a\///p' first.diff) right=$(sed -n 's/^+++ b\///p' first.diff)
    text() { sed -n "s/.*\"id\":\"$1\".*\"text\":\"\(.*\)\"}/\1/p" feed.jsonl | sed 's/\\n/\n/g'; }
    text "$left" >old
    text "$right" >new
    patch -s -o made old first.diff || fail 'patch does not take it'
    same new made
}

test_other_texts_with_the_same_ids() {
    make_feed
    sed 's/Nobody was hurt/Nobody was seen/' feed.jsonl >changed.jsonl # as many bytes
    for command in show report; do
        if [ $command = show ]; then
            run show result.jsonl a changed.jsonl
        else
            run report result.jsonl changed.jsonl -o page.html
        fi
        exits 3
        empty out
        has err 'result.jsonl: these are not the texts that were scanned: 3 articles with'
        has err 'give the files that were scanned, as they were then'
    done
    absent page.html
    { cat feed.jsonl; head -n 1 feed.jsonl; printf '{"id":"x"}\n'; } >messy.jsonl # an id twice, no text
    run scan messy.jsonl -q -o result.jsonl
    exits 1
    run show result.jsonl a messy.jsonl
    exits 0
    sed '1s/Nobody was hurt/Nobody was seen/' messy.jsonl >changed.jsonl
    run show result.jsonl a changed.jsonl
    exits 3
    has err 'these are not the texts that were scanned'
    sed 's/"digest":"[0-9a-f]*",//' result.jsonl >old.jsonl # of version 0.1
    run show old.jsonl a messy.jsonl
    exits 0
    sed 's/"digest":"/"digest":"x/' result.jsonl >bad.jsonl
    run show bad.jsonl a messy.jsonl
    exits 3
    has err '"digest" is not a digest'
}

test_a_page_of_html() {
    feed=$here/../../corpora/feed/articles.jsonl
    run scan -q "$feed" -o result.jsonl
    run show result.jsonl --cluster 1 "$feed" --html
    exits 0
    has out '<title>result.jsonl: cluster 1</title>'
    has out '<span class="number">near-duplicate</span>'
    has out "default-src 'none'"
    lacks out "$(printf '\033')"
    [ "$(grep -o '<span' out | wc -l)" -eq "$(grep -o '</span>' out | wc -l)" ] || fail 'spans are left open'
    printf '{"id":"<b>1","text":"Ferries & ships of <b>Aldery</b> were late on Monday again"}\n{"id":"2","text":"Ferries & ships of <b>Aldery</b> were late on Monday again"}\n' >in.jsonl
    run scan -q in.jsonl --text-format plain -o result.jsonl
    run show result.jsonl '<b>1' in.jsonl --text-format plain --html
    exits 0
    has out '&lt;b>1'
    has out 'Ferries &amp; ships of &lt;b>Aldery'
    lacks out '<b>'
}

test_lines_break_at_blanks_that_are_not_to_be_broken() {
    text='Engineers of the harbour board signed the statutory declaration on Monday after the surveyors had seen the signatures of both contractors'
    printf '{"id":"a","text":"%s"}\n{"id":"b","text":"%s"}\n' "$text" "$text" | sed 's/ /\xc2\xa0/g' >in.jsonl
    run scan -q in.jsonl -o result.jsonl
    COLUMNS=60 run show result.jsonl a in.jsonl
    exits 0
    for word in signed statutory declaration surveyors contractors; do has out $word; done
}

test_what_is_beside_a_cluster() {
    while IFS='|' read -r id dead hurt place riders speed cars age trains; do
        printf '{"id":"%s","text":"At least %s people were killed and %s injured when a passenger train hit a lorry at a level crossing near %s on Tuesday, police said. The train, carrying about %s passengers from Harfield to Marsden, was travelling at %s kilometres an hour when it struck the lorry, the rail regulator said. Emergency services sent %s ambulances and two helicopters. The driver of the lorry, a man of %s, was detained. Transport Minister Helen Ward is to visit the site on Thursday. The line, which carries %s trains a day, is expected to stay closed until the weekend, the operator said."}\n' \
            "$id" "$dead" "$hurt" "$place" "$riders" "$speed" "$cars" "$age" "$trains"
    done >feed.jsonl <<'END'
one|three|12|Oakley|180|80|15|41|46
two|three|12|Oakley|180|80|16|41|46
three|seven|40|Oakham|210|95|22|47|64
END
    run scan -q --series feed.jsonl -o result.jsonl
    run show result.jsonl --cluster 1 feed.jsonl
    exits 0
    has out 'beside this cluster, series: the same template with other facts, not copies:'
    has out '  three'
    run show result.jsonl --cluster 1 -u feed.jsonl
    lacks out 'beside this cluster'
}

test_headings_are_wrapped_and_not_cut() {
    make_versions
    sed 's/"id":"\(v.\)"/"id":"a-rather-long-name-of-an-article-\1","source":"North Coast Press","title":"Train hits lorry at level crossing near Oakley - update \1"/' feed.jsonl >named.jsonl
    run scan -q named.jsonl -o result.jsonl
    for columns in 40 80; do
        COLUMNS=$columns run show result.jsonl a-rather-long-name-of-an-article-v2 named.jsonl
        exits 0
        has out '10:05'
        has out 'update v2'
        lacks out '...'
        [ "$(awk -v n=$columns 'length > n' out | grep -cv 'appears in the right')" -eq 0 ] || fail "wider than $columns"
    done
}
