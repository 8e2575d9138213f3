# shellcheck shell=bash disable=SC2154
# Input that is empty, odd or broken: what can be read is read, the rest is reported with file and line.

one='{"id":"one","text":"the quick brown fox jumps over the lazy dog near the old river bank"}'
two='{"id":"two","text":"a council of ministers met on Tuesday to discuss the price of bread"}'

# Only the articles of these two, for comparison.
good_result() { printf '%s\n%s\n' "$one" "$two" | "$TWICETOLD" scan -q - >good; }

expect_two_and_a_reject() { # $1: what standard error must hold
    exits 1
    has err "$1"
    lines err 2
    has out '"articles":2,"rejected":1,'
}

# A run over nothing has failed, and leaves no output.
expect_nothing_read() { # $1: why
    exits 3
    has err "twicetold: no article was read: $1"
    empty out
    absent result.jsonl
    no_leftovers
}

test_input_without_an_article_has_failed() {
    : >empty.jsonl
    : >removed.jsonl
    printf '\n  \n\r\n\n' >blank.jsonl
    mkdir in
    printf '%s\n' "$one" >one.jsonl
    "$TWICETOLD" scan -q one.jsonl -o found.jsonl
    "$TWICETOLD" index create a.db
    for nothing in empty.jsonl blank.jsonl in - /dev/null; do
        for command in 'scan INPUT' 'scan INPUT -o result.jsonl' 'dedup INPUT -o result.jsonl' 'index add a.db INPUT' \
            'index query a.db INPUT' 'report found.jsonl INPUT -o result.jsonl' 'tune INPUT'; do
            # shellcheck disable=SC2086
            run ${command/INPUT/$nothing} </dev/null
            case $nothing in
            in) expect_nothing_read 'the input is empty' ;;
            -) expect_nothing_read 'standard input is empty' ;;
            *) expect_nothing_read "$nothing is empty" ;;
            esac
            has err '  try: give files, directories, or - for standard input'
        done
    done
}

test_a_feed_that_is_empty_is_no_failure() {
    run watch a.db </dev/null
    exits 0
    empty out
    has err '0 articles: '
    echo oops >in.jsonl
    run watch a.db <in.jsonl
    expect_nothing_read '1 record was rejected'
}

test_records_that_are_all_rejected() {
    printf '%s\n' '{"id":"a","body":"x"}' oops >in.jsonl
    for command in 'scan in.jsonl -o result.jsonl' 'dedup in.jsonl -o result.jsonl' 'index add a.db in.jsonl'; do
        "$TWICETOLD" index create a.db 2>/dev/null
        # shellcheck disable=SC2086
        run $command --rejects rejects
        expect_nothing_read '2 records were rejected'
        same in.jsonl rejects
        # shellcheck disable=SC2086
        run $command --quiet
        expect_nothing_read '2 records were rejected'
        lines err 2
    done
}

test_a_field_that_is_missing_everywhere_is_told_once() {
    for i in 1 2 3 4 5 6 7; do
        printf '{"_id":%s,"headline":"h","content":"some words","pub_date":"2026-03-12"}\n' $i
    done >in.jsonl
    run scan in.jsonl -o result.jsonl
    expect_nothing_read '7 records were rejected'
    lines err 4
    has err 'in.jsonl:1: no "text"; it has "_id", "headline", "content", "pub_date"; fix the record, or say which fields'
    has err '6 more records were rejected for the same reason'
    { printf '%s\n' "$one"; cat in.jsonl; } >more.jsonl
    run scan more.jsonl
    exits 1
    has out '"articles":1,"rejected":7,'
    lines err 3
}

test_files_that_are_passed_over_are_counted() {
    mkdir -p in/deeper
    touch in/a.docx in/b.docx in/c.DOCX in/notes in/x.pdf in/deeper/y.pdf in/z.a-long-ending
    run scan in -o result.jsonl
    expect_nothing_read 'the directories have no file of a name that is read'
    has err '7 files passed over in directories and archives: 3 *.docx, 2 *.pdf and 2 others'
    printf '%s\n' "$one" >in/a.jsonl
    run scan in
    exits 0
    has err '7 files passed over in directories and archives: 3 *.docx, 2 *.pdf and 2 others'
    run scan --quiet in
    exits 0
    empty err
    rm in/*.docx in/*.DOCX in/x.pdf in/z*
    run scan in
    has err '2 files passed over in directories and archives: 1 *.pdf and 1 other'
}

test_articles_of_one_token() {
    printf '%s\n' '{"id":1,"text":"Hello."}' '{"id":2,"text":"goodbye"}' '{"id":3,"text":"hello"}' >in.jsonl
    run scan in.jsonl
    exits 0
    has out '{"type":"pair","a":1,"b":3,"relation":"identical","resemblance":1,'
    has out '"articles":3,"rejected":0,'
}

test_articles_without_a_token() {
    printf '%s\n' '{"id":1,"text":""}' '{"id":2,"text":"  ... !"}' "$one" >in.jsonl
    run scan in.jsonl
    exits 0
    has out '"articles":3,"rejected":0,'
    has out '"pairs":0,'
    has err 'in.jsonl:1: the text has no words, and is compared with nothing'
    has err '1 more record has a text without a word'
    printf '{"id":%s,"text":%s}\n' 1 '""' 2 '" "' 3 '"..."' 4 '[]' 5 '"\u200b"' 6 '"“—”…"' >in.jsonl
    run dedup in.jsonl -o kept.jsonl
    exits 0
    same in.jsonl kept.jsonl
    has err '5 more records have a text without a word'
    lines err 3
    run dedup --quiet in.jsonl -o kept.jsonl
    empty err
    printf '%s\n' '{"id":1,"text":"7"}' '{"id":2,"text":"«é»"}' '{"id":3,"text":"火"}' >in.jsonl
    run scan in.jsonl
    lacks err 'no word'
    printf '...\n' >in.txt
    run scan in.txt
    has err 'in.txt: the text has no words'
}

test_a_last_line_without_its_end() {
    good_result
    printf '%s\n%s' "$one" "$two" >in.jsonl
    run scan in.jsonl
    exits 0
    same_result good out
}

test_lines_that_end_in_cr_lf() {
    good_result
    printf '%s\r\n%s\r\n' "$one" "$two" >in.jsonl
    run scan in.jsonl
    exits 0
    same_result good out
}

test_a_byte_order_mark() {
    good_result
    printf '\357\273\277%s\n%s\n' "$one" "$two" >in.jsonl
    run scan in.jsonl
    exits 0
    same_result good out
}

test_invalid_utf8() {
    printf '%s\n{"id":"bad","text":"caf\351 au lait"}\n%s\n' "$one" "$two" >in.jsonl
    run scan in.jsonl --rejects rejects
    expect_two_and_a_reject 'in.jsonl:2: invalid UTF-8 at byte 23'
    printf '{"id":"bad","text":"caf\351 au lait"}\n' >expected
    same expected rejects
}

test_utf16_is_told_as_such() {
    printf '\377\376{\000"\000' >in.jsonl
    run scan in.jsonl
    exits 3
    has err 'in.jsonl: text in UTF-16 or UTF-32; say --encoding UTF-16'
}

test_unpaired_surrogate_escapes() {
    printf '%s\n%s\n%s\n' "$one" '{"id":"bad","text":"half \ud83d a pair"}' "$two" >in.jsonl
    run scan in.jsonl --rejects rejects
    expect_two_and_a_reject 'in.jsonl:2: unpaired surrogate escape in "text"'
    has rejects '{"id":"bad","text":"half \ud83d a pair"}'
}

test_a_nul_character_written_as_an_escape_is_text() {
    printf '%s\n%s\n' '{"id":"a\u0000b","text":"one two \u0000 three four five six"}' \
        '{"id":"c","text":"one two three four five six"}' >in.jsonl
    run scan in.jsonl
    exits 0
    has out '{"type":"pair","a":"a\u0000b","b":"c","relation":"identical"'
}

test_a_bare_nul_character_is_not_json() {
    printf '%s\n{"id":"bad","text":"a\000b"}\n%s\n' "$one" "$two" >in.jsonl
    run scan in.jsonl --rejects rejects
    expect_two_and_a_reject 'in.jsonl:2: invalid JSON'
    printf '{"id":"bad","text":"a\000b"}\n' >expected
    same expected rejects
}

test_duplicate_ids() {
    printf '%s\n%s\n%s\n' "$one" "$two" '{"id":"one","text":"something else"}' >in.jsonl
    run scan in.jsonl --rejects rejects
    expect_two_and_a_reject 'in.jsonl:3: id "one" was seen before'
    printf '%s\n' '{"id":"one","text":"something else"}' >expected
    same expected rejects
}

test_duplicate_ids_in_two_files_and_as_integers() {
    printf '%s\n' '{"id":7,"text":"first"}' >a.jsonl
    printf '%s\n' '{"id":7,"text":"second"}' >b.jsonl
    run scan a.jsonl b.jsonl
    exits 1
    has err 'b.jsonl:1: id 7 was seen before'
}

test_the_same_file_twice_is_all_duplicates() {
    printf '%s\n%s\n' "$one" "$two" >in.jsonl
    run scan in.jsonl in.jsonl
    exits 1
    has err 'in.jsonl:1: id "one" was seen before'
    has err 'in.jsonl:2: id "two" was seen before'
    has out '"articles":2,"rejected":2,'
    for ((k = 0; k < 12; k++)); do printf '{"id":%d,"text":"gulls %d"}\n' $k $k; done >many.jsonl
    run scan many.jsonl many.jsonl --rejects rejects
    exits 1
    has err 'many.jsonl:8: id 7 was seen before'
    lacks err 'many.jsonl:9: '
    has err '4 more ids were seen before; --rejects FILE lists them'
    lines rejects 12
}

test_a_record_without_text() {
    printf '%s\n%s\n%s\n' "$one" '{"id":"bad","body":"x"}' "$two" >in.jsonl
    run scan in.jsonl
    expect_two_and_a_reject 'in.jsonl:2: no "text"'
}

test_the_text_field_named_in_the_message_is_the_one_asked_for() {
    printf '%s\n' '{"key":"a","body":"x y z"}' '{"key":"b","text":"x"}' >in.jsonl
    run scan in.jsonl --id-field key --text-field body
    exits 1
    has err 'in.jsonl:2: no "body"'
    has out '"articles":1,"rejected":1,'
}

test_wrong_types() {
    printf '%s\n' '{"id":"a","text":5}' '{"id":"b","text":null}' '{"id":"c","text":[["x"],{}]}' \
        '{"id":true,"text":"x"}' '{"id":1.5,"text":"x"}' '{"id":{},"text":"x"}' '["id","text"]' \
        '"text"' '17' 'null' >in.jsonl
    run scan in.jsonl --rejects rejects
    exits 3
    lines err 11
    has err '2 more records were rejected for the same reason'
    for line in 1 4 5 6 7 8 9 10; do
        has err "in.jsonl:$line: "
    done
    same in.jsonl rejects
}

test_broken_json() {
    printf '%s\n' "$one" '{"id":"bad","text":"x"' '{"id":"bad","text":"x"} trailing' 'oops' '{' \
        "{'id':'bad'}" '{"id":"bad","text":"tab	in it"}' "$two" >in.jsonl
    run scan in.jsonl
    exits 1
    lines err 7
    for line in 2 3 4 5 6 7; do
        has err "in.jsonl:$line: invalid JSON"
    done
    has out '"articles":2,"rejected":6,'
}

test_a_record_without_an_id_is_named_by_its_place() {
    printf '%s\n' '{"text":"alpha beta gamma"}' '{"text":"Alpha, beta; gamma"}' >in.jsonl
    run scan in.jsonl
    exits 0
    has out '{"type":"pair","a":"in.jsonl:1","b":"in.jsonl:2"'
}

# Several on one line get names of their own, and messages have the same places.
test_records_without_an_id_on_one_line() {
    first='{"text":"alpha beta gamma"}' second='{"id":null,"text":"delta epsilon zeta"}' third='{"text":"Alpha, beta; gamma"}'
    printf '[%s,%s,{"text":7},%s,\n%s]\n' "$first" "$second" "$third" "$second" >array.json
    printf '%s %s {"text":7} %s\n%s\n' "$first" "$second" "$third" "$second" >after.json
    printf '%s\r%s\r{"text":7}\r%s\n%s' "$first" "$second" "$third" "$second" >cr.jsonl
    for file in array.json after.json cr.jsonl; do
        run scan "$file"
        exits 1
        has out '"articles":4,"rejected":1,'
        has out "{\"type\":\"pair\",\"a\":\"$file:1\",\"b\":\"$file:1.4\""
        has out "{\"type\":\"pair\",\"a\":\"$file:1.2\",\"b\":\"$file:2\""
        has err "$file:1.3: \"text\" is not a string"
        run dedup -q "$file" -o kept
        lines kept 2
    done
    run scan --log json array.json
    has err '"file":"array.json","line":1,"nth":3'
    {
        printf '<rss version="2.0"><channel>'
        for i in $(seq 300); do printf '<item><description>The council met %s times in the hall</description></item>' "$i"; done
        printf '</channel></rss>'
    } >in.rss
    run scan in.rss
    exits 0
    has out '"articles":300,"rejected":0,'
}

test_a_line_of_200_mb_is_rejected_and_the_rest_is_read() {
    {
        printf '%s\n{"id":"long","text":"' "$one"
        head -c 200000000 /dev/zero | tr '\0' x
        printf '"}\n%s\n' "$two"
    } >in.jsonl
    run scan in.jsonl --max-article-bytes 1M --rejects rejects
    expect_two_and_a_reject 'in.jsonl:2: '
    has err 'too long'
    empty rejects
    rm in.jsonl
}

test_a_line_of_200_mb_that_is_allowed_is_read() {
    {
        printf '%s\n{"id":"long","text":"' "$one"
        head -c 200000000 /dev/zero | tr '\0' '-'
        printf ' end of it"}\n%s\n' "$two"
    } >in.jsonl
    run scan in.jsonl --max-article-bytes 1G
    exits 0
    has out '"articles":3,"rejected":0,"bytes":2000001'
    rm in.jsonl
}

test_an_article_over_the_limit() {
    printf '%s\n{"id":"long","text":"%02000d"}\n%s\n' "$one" 0 "$two" >in.jsonl
    run scan in.jsonl --max-article-bytes 1K
    expect_two_and_a_reject 'in.jsonl:2: text of 2000 bytes is over the limit of 1024'
}

test_a_truncated_gzip_file() {
    feed 2000 | gzip -c >whole.gz
    head -c $(($(wc -c <whole.gz) - 2000)) whole.gz >in.jsonl.gz
    printf '%s\n' "$two" >other.jsonl
    run scan in.jsonl.gz other.jsonl
    exits 1
    lines err 2
    has err 'in.jsonl.gz: '
    articles=$(sed -n 's/.*"summary","articles":\([0-9]*\),"rejected":1,.*/\1/p' out)
    [ "${articles:-0}" -gt 1 ] || fail "nothing before the cut, or after it, was read"
}

test_a_damaged_gzip_file() {
    feed 200 | gzip -c >in.jsonl.gz
    printf 'XXXXXXXX' | dd of=in.jsonl.gz bs=1 seek=600 conv=notrunc 2>/dev/null
    printf '%s\n' "$two" >other.jsonl
    run scan in.jsonl.gz other.jsonl
    exits 1
    has err 'in.jsonl.gz'
    has out '"type":"summary"'
}

test_a_truncated_zstd_file() {
    command -v zstd >/dev/null || skip 'no zstd command'
    feed 2000 | zstd -qc >whole.zst
    head -c $(($(wc -c <whole.zst) - 100)) whole.zst >in.jsonl.zst
    run scan in.jsonl.zst
    exits 1
    has err 'in.jsonl.zst: '
}

test_an_unreadable_file_in_a_directory() {
    as_a_user
    mkdir in
    printf '%s\n' "$one" >in/a.jsonl
    printf '%s\n' "$two" >in/b.jsonl
    chmod 000 in/a.jsonl
    run scan in
    exits 1
    has err 'in/a.jsonl: '
    has err 'ermission denied'
    has out '"articles":1,"rejected":1,'
}

test_an_unreadable_file_that_was_named() {
    as_a_user
    printf '%s\n' "$one" >a.jsonl
    chmod 000 a.jsonl
    run scan a.jsonl -o result.jsonl
    exits 3
    has err 'a.jsonl'
    absent result.jsonl
}

test_a_file_that_breaks_off_while_it_is_read() {
    [ -r /proc/self/mem ] || skip 'no /proc/self/mem'
    printf '%s\n' "$one" >in.jsonl
    run scan /proc/self/mem in.jsonl
    exits 1
    has err '/proc/self/mem: '
    has out '"articles":1,"rejected":1,'
}

test_a_dangling_link_in_a_directory() {
    mkdir in
    printf '%s\n' "$one" >in/a.jsonl
    ln -s nowhere in/b.jsonl
    run scan in
    exits 1
    has err 'in/b.jsonl: '
    has out '"articles":1,"rejected":1,'
}

test_an_input_that_does_not_exist() {
    printf '%s\n' "$one" >in.jsonl
    run scan in.jsonl missing.jsonl -o result.jsonl
    exits 3
    has err 'missing.jsonl'
    has err 'No such file or directory'
    absent result.jsonl
    no_leftovers
}

test_a_directory_loop() {
    mkdir -p in/deeper
    printf '%s\n' "$one" >in/deeper/a.jsonl
    ln -s .. in/deeper/up
    run scan in
    exits 1
    has err 'in/deeper/up: directory loop'
    has out '"articles":1,"rejected":1,'
}

test_an_empty_plain_text_file() {
    mkdir in
    : >in/a.txt
    printf 'some text that is there\n' >in/b.txt
    run scan in
    exits 1
    has err 'in/a.txt: no text'
    has out '"articles":1,"rejected":1,'
}

test_a_plain_text_file_that_is_not_utf8() {
    printf 'caf\351\nline two\n' >in.txt
    run scan in.txt --rejects rejects
    exits 3
    has err 'in.txt: invalid UTF-8 at byte 3'
    printf 'caf\351\nline two\n\n' >expected
    same expected rejects
}

test_messages_do_not_drive_the_terminal() {
    name=$(printf 'a\033[2Jb\n.jsonl')
    printf 'oops\n' >"$name"
    printf '%s\n' '{"id":"x\u001b[31my\u009b","text":"1"}' '{"id":"x\u001b[31my\u009b","text":"2"}' >b.jsonl
    run scan "$name" b.jsonl
    exits 1
    has err 'a\x1b[2Jb\x0a.jsonl:1: invalid JSON'
    has err 'id "x\x1b[31my\xc2\x9b" was seen before'
    lines err 3
    ! grep -q "$(printf '\033')" err || fail 'an escape character got through'
}

test_quiet_says_nothing_of_rejected_records() {
    printf '%s\n%s\n' "$one" oops >in.jsonl
    run scan --quiet in.jsonl --rejects rejects
    exits 1
    empty err
    has rejects oops
    has out '"articles":1,"rejected":1,'
}

test_a_file_of_the_wrong_kind_does_not_fill_the_screen() {
    for n in $(seq 40); do printf '{"id":"a%s","text":"caf\xe9"}\n' "$n"; done >latin.jsonl
    printf '{"id":"ok","text":"coffee"}\n' >>latin.jsonl
    run scan latin.jsonl -o result.jsonl
    exits 1
    [ "$(grep -c 'invalid UTF-8' err)" -eq 8 ] || fail 'not eight of them'
    has err '32 more records were rejected for the same reason; -v names them'
    for option in -v --log=json; do
        run scan latin.jsonl $option -o result.jsonl
        [ "$(grep -c 'invalid UTF-8' err)" -eq 40 ] || fail "not all of them with $option"
    done
    run watch feed.db <latin.jsonl
    [ "$(grep -c 'invalid UTF-8' err)" -eq 40 ] || fail 'watch has nobody who would ask again'
}

test_what_to_do_about_odd_columns_results_and_documents() {
    printf 'Ref No.,Head Line,Date Run,Story Text\n1,One,5/8/2024,"<p>The council met</p>"\n2,Two,5/9/2024,"<p>It met again</p>"\n' >own.csv
    run scan own.csv
    exits 3
    has err '"Ref No.", "Head Line", "Date Run", "Story Text"; say which column is the text, as in --text-field'
    run scan own.csv --text-field 'Story Text' --id-field 'Ref No.' --title-field 'Head Line' --date-field 'Date Run' -o own.res
    exits 0
    has err 'own.csv:2: the text is HTML'
    has err '3/4/2026 could be in March or in April'
    printf '{"type":"notice","notice":1}\n' >>own.res
    run scan own.res
    exits 3
    has err 'this is a line of a result of scan; give the articles that it was made from; a RESULT comes before its INPUT'
    lacks err 'fix the record'
    printf 'PK\3\4\24\0\0\0\0\0AAAABBBBCCCCDDDD\23\0\0\0[Content_Types].xml' >a.docx
    run scan a.docx
    exits 3
    has err 'a.docx: an Office document; save it as text, or a table as CSV'
}
