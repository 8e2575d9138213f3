# shellcheck shell=bash disable=SC2154
# The page of a result: its contents, and errors of wrong input. tests/page/page.py tests it in a browser.

# Prints a block of data of a page.
block() { sed -n "s/^.*<script type=\"application\/json\" id=\"$1\">\(.*\)<\/script>\$/\1/p" "$2" | tail -n 1; }

# Unpacks a block of texts.
packed() { sed -n "s/^.*<script type=\"application\/gzip\" id=\"$1\">\(.*\)<\/script>\$/\1/p" "$2" | base64 -d | gzip -dc; }

test_a_page_has_its_data_and_loads_nothing() {
    feed 200 >in.jsonl
    run scan -q in.jsonl -o result.jsonl
    run report result.jsonl in.jsonl -o page.html
    exits 0
    has err '200 articles, '
    [ "$(head -c 15 page.html)" = '<!doctype html>' ] || fail 'no HTML'
    has page.html "default-src 'none'; script-src 'sha256-"
    ! grep -oE '(src|href)="[^#"]*"' page.html | grep -v 'href=""' || fail 'the page loads something'
    lacks page.html '@DATA@'
    for id in overview articles clusters pairs sections; do
        [ -n "$(block $id page.html)" ] || fail "no block $id"
    done
    packed texts-0 page.html >data
    has data '{"texts":['
    has data '],"aligned":[['
    block overview page.html >data
    has data '"articles":200,'
    has data "\"clusters\":$(grep -c '"type":"cluster"' result.jsonl),"
    has data "\"sections\":$(grep -c '"type":"section"' result.jsonl),"
    has data "\"summary\":$(tail -n 1 result.jsonl)}"
    no_leftovers
}

test_the_same_bytes_for_any_number_of_threads() {
    feed 200 >in.jsonl
    run scan -q in.jsonl -o result.jsonl
    run report -q result.jsonl in.jsonl -o one.html --threads 1
    run report -q result.jsonl in.jsonl -o - --threads 7
    exits 0
    empty err
    same one.html out
}

test_titles_sources_and_days_are_shown() {
    text='one two three four five six seven eight nine ten eleven twelve thirteen fourteen'
    for n in 1 2; do
        printf '{"id":%s,"title":"The title","source":"Gazette","published":"2034-05-0%sT23:59:59Z","text":"%s"}\n' $n $n "$text"
    done >in.jsonl
    run scan -q in.jsonl -o result.jsonl
    run report -q result.jsonl in.jsonl -o page.html
    exits 0
    block articles page.html >data
    has data '"id":[1,2]'
    has data '"title":["The title","The title"]'
    has data '"sources":[null,"Gazette"]'
    block overview page.html >data
    has data '"by_source":[["Gazette",2,1,'
    has data '"by_day":[[23496,1,0,80,0],[23497,1,1,80,0]]'
}

test_no_byte_of_an_article_ends_its_block() {
    evil='</script><script>alert(1)</script><!-- <script> \u2028 ]]>'
    for n in 1 2; do
        printf '{"id":"%s%s","title":"%s","source":"%s","text":"%s one two three four five six seven"}\n' "$evil" $n "$evil" "$evil" "$evil"
    done >in.jsonl
    run scan -q in.jsonl --text-format plain -o '<!--.jsonl' --keep "source:$evil"
    exits 0
    run report -q --text-format plain '<!--.jsonl' in.jsonl -o page.html
    exits 0
    # only the page's own elements: six blocks of data and the program
    [ "$(grep -o '<script' page.html | wc -l)" -eq 7 ] || fail "$(grep -o '<script' page.html | wc -l) elements of script"
    [ "$(grep -o '</script' page.html | wc -l)" -eq 7 ] || fail 'an element of script is ended elsewhere'
    ! grep -q '<!-' page.html || fail 'a comment begins'
    has page.html '\u003c/script>'
}

test_texts_are_embedded_up_to_a_bound() {
    feed 200 >in.jsonl
    run scan -q in.jsonl -o result.jsonl
    run report result.jsonl in.jsonl -o page.html --texts 4K
    exits 0
    block overview page.html >data
    has data '"texts_bound":4096,'
    [ "$(sed 's/.*"texts_bytes":\([0-9]*\),.*/\1/' data)" -le 4096 ] || fail 'more than 4096 bytes of text'
    [ "$(sed 's/.*"texts":\([0-9]*\),.*/\1/' data)" -ge 1 ] || fail 'no text'
    [ -n "$(packed windows-0 page.html)" ] || fail 'no windows about what is shared'
    run report -q result.jsonl in.jsonl -o page.html --texts 0
    exits 0
    lacks page.html 'id="texts-0"'
    lacks page.html 'id="windows-0"'
}

test_other_texts_than_the_scan_had() {
    feed 100 >in.jsonl
    run scan -q in.jsonl -o result.jsonl
    head -n 50 in.jsonl >half.jsonl
    run report result.jsonl half.jsonl -o page.html
    exits 3
    has err 'result.jsonl: '
    has err 'are not in this input (first: '
    absent page.html
    sed 's/"text":"[^"]*"/"text":"short"/' in.jsonl >other.jsonl
    run report result.jsonl other.jsonl -o page.html
    exits 3
    has err 'is not the one that was scanned (5 bytes, a passage ends at'
    absent page.html
    no_leftovers
}

test_what_is_no_result() {
    feed 10 >in.jsonl
    run report none.jsonl in.jsonl -o page.html
    exits 3
    has err 'none.jsonl'
    absent page.html
    run scan -q in.jsonl -o result.jsonl
    { cat result.jsonl; echo '{"no":"type"}'; } >damaged.jsonl
    run report damaged.jsonl in.jsonl -o page.html
    exits 3
    has err "damaged.jsonl:$(wc -l <damaged.jsonl): no \"type\""
    absent page.html
}

test_one_step_scans_and_names_the_page() {
    feed 200 >in.jsonl
    run report in.jsonl
    exits 0
    has err 'the page: in.html'
    run scan -q --series in.jsonl -o result.jsonl
    run report -q result.jsonl in.jsonl -o two.html
    for id in articles clusters pairs sections; do
        block $id in.html >one
        block $id two.html >two
        same one two
    done
    run report -q in.jsonl
    exits 0
    echo mine >in.html
    run report in.jsonl
    exits 3
    has err 'in.html exists and is not a page of twicetold'
    has in.html mine
    feed 20 100 >more.jsonl
    run report in.jsonl more.jsonl -o both.html
    exits 1
    [ "$(grep -c 'was seen before' err)" -eq 8 ] || fail 'a record is named twice, or not at all'
    has err '12 more ids were seen before'
    echo '{"id":"x","text":' >broken.jsonl
    run report in.jsonl broken.jsonl -o page.html
    exits 1
    [ "$(grep -c 'broken.jsonl:1' err)" -eq 1 ] || fail 'a record is named twice'
    run report - -o page.html <in.jsonl
    exits 2
    has err 'cannot be read twice'
    run report result.jsonl -o page.html
    exits 2
    has err 'result.jsonl is a result; give the INPUT of its scan too'
}

test_a_table_of_another_program_becomes_a_page() {
    {
        echo 'date,contributor,headline,body'
        seq 400 | awk '{ n = $1 % 300; printf "2034-05-08,Paper %d,\"Headline, %d\",\"", $1 % 7, n; for (k = 0; k < 40; k++) printf "w%dx%d ", n, k; print "\"" }'
    } >own.csv
    run report own.csv # after git clone and ./demo: the third command
    exits 0
    has err '400 articles, 100 of 100 clusters'
    has err 'the page: own.html'
    block articles own.html >one
    has one 'Headline, 7'
    block pairs own.html >one
    [ "$(tr ',' '\n' <one | wc -l)" -ge 1000 ] || fail 'no pairs to see side by side'
}

test_rejected_records_are_named() {
    feed 100 >in.jsonl
    run scan -q in.jsonl -o result.jsonl
    { cat in.jsonl; echo '{'; } >more.jsonl
    run report result.jsonl more.jsonl -o page.html
    exits 1
    has err 'more.jsonl:101: invalid JSON'
    block overview page.html >data
    has data '"rejected":1,'
}

test_wrong_command_lines() {
    : >in.jsonl
    run report -o page.html
    exits 2
    has err 'give the INPUT, or a RESULT and its INPUT'
    run report in.jsonl other.jsonl -o in.jsonl
    exits 2
    has err 'in.jsonl is both input and output'
}

test_an_empty_result() {
    printf '{"id":"a","text":"alone"}\n' >in.jsonl
    run scan -q in.jsonl -o result.jsonl
    run report result.jsonl in.jsonl -o page.html
    exits 0
    block overview page.html >data
    has data '"articles":1,'
}

test_a_result_that_was_cut_at_the_end_of_a_line() {
    feed 200 >in.jsonl
    run scan -q in.jsonl -o result.jsonl
    sed '$d' result.jsonl >cut.jsonl
    run report cut.jsonl in.jsonl -o page.html
    exits 3
    has err 'cut.jsonl has no summary line, which is the last one of a result: it was cut'
    absent page.html
    run show cut.jsonl --cluster 1 in.jsonl
    exits 3
    has err 'it was cut'
}
