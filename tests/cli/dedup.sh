# shellcheck shell=bash disable=SC2154,SC2034
# dedup: records are kept byte for byte and in order; dropped ones are listed.

story='A council of ministers met on Tuesday to discuss the price of bread in the harbour towns of the north, where bakers have warned that flour will run short before the winter.'

write_small_feed() {
    {
        printf '  { "extra" : [1, 2.50, {"k":null}],"id" : "a" , "text":"%s" }  \n' "$story"
        printf '{"id":2,"text":"Rain is expected along the whole of the coast from Friday onwards."}\n'
        printf '{"text":"%s","id":"b","title":"caf\\u00e9"}\n' "$story"
        printf '\n'
        printf '{"id":"c","text":"The museum of clocks opens again after nine years of repairs."}\r\n'
        printf '{"id":4,"text":"%s And more."}' "$story"
    } >in.jsonl
}

test_kept_records_are_the_same_bytes_in_input_order() {
    write_small_feed
    cp in.jsonl before
    run dedup in.jsonl -o kept.jsonl --keep first
    exits 0
    {
        printf '  { "extra" : [1, 2.50, {"k":null}],"id" : "a" , "text":"%s" }  \n' "$story"
        printf '{"id":2,"text":"Rain is expected along the whole of the coast from Friday onwards."}\n'
        printf '{"id":"c","text":"The museum of clocks opens again after nine years of repairs."}\n'
    } >expected
    same expected kept.jsonl
    same before in.jsonl
    has err '5 articles: 3 kept, 2 removed, 0 rejected in '
    no_leftovers
}

# Between other records of its batch: the articles are not in the order of the records then.
test_a_second_record_of_an_id_is_kept_unless_it_is_a_copy() {
    {
        printf '{"id":"a","text":"%s"}\n' "$story"
        printf '{"id":"a","text":"Rain is expected along the whole of the coast from Friday onwards."}\n'
        printf '{"id":"b","text":"The museum of clocks opens again after nine years of repairs."}\n'
        printf '{"id":"a","text":"%s"}\n' "$story"
        printf '{"id":"in.jsonl:7","text":"A ferry ran aground in thick fog and nobody was hurt."}\n'
        printf '{"text":"%s"}\n' "$story"
        printf '{"id":"in.jsonl:6","text":"The price of bread in the north has doubled since last winter."}\n'
    } >in.jsonl
    run dedup in.jsonl -o kept.jsonl --removed removed.jsonl
    exits 0
    sed '4d;6d' in.jsonl >expected
    same expected kept.jsonl
    has err 'in.jsonl:2: id "a" was seen before; the article goes by in.jsonl:2'
    lines removed.jsonl 2
    has removed.jsonl '{"id":"in.jsonl:4","kept":"a","relation":"identical",'
    run dedup in.jsonl in.jsonl in.jsonl -o thrice.jsonl --quiet
    exits 0
    same kept.jsonl thrice.jsonl
}

test_removed_articles_are_named_with_what_was_kept() {
    write_small_feed
    run dedup in.jsonl -o kept.jsonl --keep first --removed removed.jsonl
    exits 0
    lines removed.jsonl 2
    sed -n 1p removed.jsonl >first
    has first '{"id":"b","kept":"a","relation":"identical","resemblance":1,"containment":1,"containment_of":1,"overlap":1,"overlap_of":1,"facts":1,"conflicts":0}'
    sed -n 2p removed.jsonl >second
    has second '{"id":4,"kept":"a","relation":"near","resemblance":0.9'
    has second '"containment_of":1,'
}

test_overlaps_decide_what_is_dropped_whatever_rules_are_off() {
    write_small_feed
    run dedup in.jsonl -o kept.jsonl --removed removed.jsonl --overlap off --containment off --facts off
    exits 0
    lines removed.jsonl 2
    has removed.jsonl '"overlap":1'
}

test_the_longest_is_kept_unless_told_otherwise() {
    write_small_feed
    run dedup in.jsonl -o kept.jsonl --removed removed.jsonl
    exits 0
    has kept.jsonl '"id":4'
    has removed.jsonl '{"id":"a","kept":4,'
    has removed.jsonl '{"id":"b","kept":4,'
}

test_the_newest_or_a_source_can_be_kept() {
    {
        printf '{"id":"a","text":"%s","published":"2024-01-02T00:00:00Z","source":"east"}\n' "$story"
        printf '{"id":"b","text":"%s","published":"2024-01-03T00:00:00Z","source":"west"}\n' "$story"
        printf '{"id":"c","text":"%s","published":"2024-01-01T00:00:00Z","source":"north"}\n' "$story"
    } >in.jsonl
    run dedup -q in.jsonl -o - --keep newest
    exits 0
    lines out 1
    has out '"id":"b"'
    run dedup -q in.jsonl -o - --keep source:north,east
    lines out 1
    has out '"id":"c"'
    run dedup -q in.jsonl -o - --keep first
    has out '"id":"a"'
}

test_an_article_that_adds_much_is_not_dropped() {
    {
        printf '{"id":"a","text":"%s"}\n' "$story"
        printf '{"id":"b","text":"%s Rain is expected along the whole of the coast from Friday onwards, and the museum of clocks opens again after nine years of repairs, its curator said on Sunday."}\n' "$story"
    } >in.jsonl
    run dedup -q in.jsonl -o - --keep first
    exits 0
    lines out 2
}

test_every_article_is_kept_removed_or_rejected() {
    feed 400 >in.jsonl
    echo oops >>in.jsonl
    run dedup in.jsonl -o kept.jsonl --removed removed.jsonl --rejects rejects
    exits 1
    [ $(($(wc -l <kept.jsonl) + $(wc -l <removed.jsonl) + $(wc -l <rejects))) -eq 401 ] ||
        fail "$(wc -l kept.jsonl removed.jsonl rejects)"
    [ "$(wc -l <removed.jsonl)" -ge 40 ] || fail 'fewer than the copies were removed'
    grep -vxFf kept.jsonl in.jsonl >others
    lines others $((401 - $(wc -l <kept.jsonl)))
    grep -xFf kept.jsonl in.jsonl >in_order
    same in_order kept.jsonl
}

test_dedup_of_what_dedup_kept_removes_nothing_identical() {
    feed 400 >in.jsonl
    run dedup -q in.jsonl -o kept.jsonl
    run dedup -q kept.jsonl -o again.jsonl --removed removed.jsonl
    exits 0
    lacks removed.jsonl '"relation":"identical"'
}

test_standard_input_and_compressed_files_give_the_same() {
    feed 200 >in.jsonl
    run dedup -q in.jsonl -o kept.jsonl
    "$TWICETOLD" dedup -q - -o - <in.jsonl >out
    same kept.jsonl out
    gzip -c in.jsonl >packed.jsonl.gz
    run dedup -q packed.jsonl.gz -o -
    same kept.jsonl out
}

test_plain_text_becomes_records() {
    mkdir in
    printf 'Line "one"\nline two\ttabbed\n' >in/a.txt
    printf '\357\273\277caf\303\251 and other words\n' >in/b.txt
    printf '%s\n' '{"id":"c","text":"and a record among them"}' >in/c.jsonl
    run dedup -q in -o -
    exits 0
    printf '%s\n' '{"id":"in/a.txt","text":"Line \"one\"\nline two\ttabbed\n"}' >expected
    printf '{"id":"in/b.txt","text":"caf\303\251 and other words\\n"}\n' >>expected
    printf '%s\n' '{"id":"c","text":"and a record among them"}' >>expected
    same expected out
}

test_an_output_must_be_named() {
    feed 10 >in.jsonl
    run dedup in.jsonl
    exits 2
    has err '-o FILE is needed'
    has err "Try 'twicetold dedup --help'"
}

test_a_missing_scratch_directory_is_told() {
    feed 10 >in.jsonl
    status=0
    TMPDIR=/nonexistent "$TWICETOLD" dedup in.jsonl -o - >out 2>err || status=$?
    exits 3
    has err 'cannot write a temporary file in /nonexistent'
    status=0
    TMPDIR=/nonexistent "$TWICETOLD" dedup -q in.jsonl -o kept.jsonl >out 2>err || status=$?
    exits 0
}

test_decisions_of_an_editor_are_obeyed() {
    text='one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen'
    for n in 1 2 3 4; do printf '{"id":%s,"text":"%s"}\n' $n "$text"; done >in.jsonl
    printf '{"id":"x","text":"%s"}\n' "$text" >>in.jsonl
    kept() {
        cat >decisions.jsonl
        run dedup in.jsonl --decisions decisions.jsonl -o kept.jsonl --removed removed.jsonl
        exits 0
        sed 's/{"id":\([^,]*\),.*/\1/' kept.jsonl | tr '\n' ' '
    }
    [ "$(printf '' | kept)" = '1 ' ] || fail "without decisions: $(cat kept.jsonl)"
    [ "$(echo '{"id":3,"decision":"keep"}' | kept)" = '1 3 ' ] || fail 'keep'
    [ "$(echo '{"id":"x","decision":"not-a-copy","of":1}' | kept)" = '1 "x" ' ] || fail 'not a copy'
    [ "$(printf '%s\n' '{"id":1,"decision":"kill"}' '{"id":3,"decision":"keep"}' | kept)" = '3 ' ] || fail 'keep one, kill the other'
    has removed.jsonl '{"id":1,"kept":null,"decision":"kill"}'
    [ "$(printf '%s\n' '{"id":3,"decision":"keep"}' '{"id":3,"decision":"none"}' | kept)" = '1 ' ] || fail 'taken back'
    [ "$(printf '%s\n' '{"id":3,"decision":"keep"}' '{"id":3,"decision":"none","of":1}' | kept)" = '1 3 ' ] || fail 'another one taken back'
    [ "$(echo '{"id":1,"decision":"kill"}' | kept)" = '2 3 4 "x" ' ] || fail 'copies of a killed article are lost'
    echo '{"id":"3","decision":"kill"}' >decisions.jsonl
    run dedup in.jsonl --decisions decisions.jsonl -o kept.jsonl
    exits 0
    has err 'decisions.jsonl:1: it is about an article that is not in the input'
    has err '0 decisions obeyed, 1 about articles that are not in the input'
    echo '{"id":3,"decision":"spike"}' >decisions.jsonl
    run dedup in.jsonl --decisions decisions.jsonl -o other.jsonl
    exits 3
    has err 'decisions.jsonl:1: unknown decision'
    has err 'a decision is keep, kill or not-a-copy'
    absent other.jsonl
    run dedup in.jsonl --decisions none.jsonl -o other.jsonl
    exits 3
    has err 'none.jsonl'
    absent other.jsonl
}

# Another number in a newer report is news: it is kept, and so is the first report, which says more.
test_a_later_stage_of_a_story_is_kept() {
    first='Senator Ivo Lenz of Karst said today that the Harbour Committee has passed his measure on harbour dredging. The measure sets aside 12 million for the port of Ostry, where silt has closed two of the five berths since the storms of last winter. Without those berths our grain waits on the quay, Lenz said. This money puts the dredgers back to work before the harvest. The port authority has said that the work takes eleven weeks. It would also pay for a survey of the channel and for new lights on the mole. The bill now goes to the full Senate, which is expected to take it up in July, and if it passes to the governor. Lenz asked that it be heard before the recess.'
    later='Senator Ivo Lenz of Karst said today that the full Senate has passed his measure on harbour dredging. The measure sets aside 9 million for the port of Ostry, where silt has closed two of the five berths since the storms of last winter. Without those berths our grain waits on the quay, Lenz said. This money puts the dredgers back to work before the harvest. The port authority has said that the work takes eleven weeks. It would also pay for a survey of the channel and for new lights on the mole. The governor signed it on Friday.'
    for dates in ';' ',"published":"2034-06-25";,"published":"2034-07-05"'; do
        printf '{"id":"june","text":"%s"%s}\n{"id":"july","text":"%s"%s}\n' \
            "$first" "${dates%%;*}" "$later" "${dates##*;}" >stages.jsonl
        run dedup -q stages.jsonl -o kept.jsonl
        exits 0
        [ "$(wc -l <kept.jsonl)" -eq 2 ] || fail "kept $(cut -c1-20 kept.jsonl)"
    done
    # the same number, or an older report
    sed 's/ 9 million/ 12 million/' stages.jsonl >same.jsonl
    run dedup -q same.jsonl -o kept.jsonl
    [ "$(wc -l <kept.jsonl)" -eq 1 ] || fail 'the same number is news'
    sed 's/2034-07-05/2034-06-15/' stages.jsonl >older.jsonl
    run dedup -q older.jsonl -o kept.jsonl --removed removed.jsonl
    [ "$(wc -l <kept.jsonl)" -eq 1 ] || fail 'an older report is news'
    # and what differs is said: "9" of the one, "12" of the other
    has removed.jsonl '"conflicts":1,"differ":[{"kind":"numeral","begin":125,"end":126,"of_begin":131,"of_end":133}]}'
    # after two weeks a text with a little of its own is news, and a reprint is not
    sed 's/2034-07-05/2034-07-15/' same.jsonl >stages.jsonl
    run dedup -q stages.jsonl -o kept.jsonl
    [ "$(wc -l <kept.jsonl)" -eq 2 ] || fail 'a stage of another month is dropped'
    sed 's/2034-07-05/2034-07-15/; s/full Senate has/Harbour Committee has/; s/The governor signed it on Friday/He thanked it/' same.jsonl >again.jsonl
    sed -n 1p same.jsonl | sed 's/"june"/"again"/; s/2034-06/2035-06/; s/Senator Ivo/(Reprinted) &/' >>again.jsonl
    run dedup -q again.jsonl -o kept.jsonl
    [ "$(grep -c again kept.jsonl)" -eq 1 ] && [ "$(grep -c june kept.jsonl)" -eq 0 ] || fail "kept $(cut -c1-20 kept.jsonl)"
}


# One count of copies: in the overview of scan, its summary line, the page and dedup.
test_copies_are_counted_once() {
    feed=$here/../../corpora/feed/articles.jsonl
    run scan "$feed" -o r.jsonl
    has r.jsonl '"clusters":52,"copies":165,"removed":155,'
    run dedup "$feed" -o kept.jsonl
    has err '153 kept, 155 removed'
    has err '10 of 165 copies in 52 clusters are kept'
    run report r.jsonl "$feed" -o page.html
    has page.html '"copies":165,'
    run report "$feed" -o scanned.html
    has scanned.html '"removed":155,'
    has scanned.html '"copies":165,'
}

notice='This notice, which everyone must print in full, says \u2013 na\u00efvely \u2013 that nothing above may be relied upon by anybody at all, today or at any later time, whatever was said before it was printed here.'

write_notices() {
    for i in 1 2 3; do
        own=$(for k in $(seq 40); do printf 'w%sx%s ' "$i" "$k"; done)
        printf '{ "n" : [%s] , "title":"%s","text" : "%s\\n\\n%s\\n\\nend%s \\"so\\"" , "more":{"text":"%s"}}\n' \
            "$i" "$own" "$own" "$notice" "$i" "$notice"
    done >in.jsonl
}

test_sections_cuts_what_an_earlier_article_has() {
    write_notices
    run dedup in.jsonl --sections all --min-section 16 -o cut.jsonl --removed removed.jsonl
    exits 0
    has err '3 articles: 2 passages of'
    has err 'cut out of 2, 0 of which have no other text; 0 rejected'
    {
        sed -n 1p in.jsonl
        # Everything but the passage, its full stop and the blanks behind it is as it was.
        sed -n '2,3s/\\n\\nThis notice, [^"]*printed here\.\\n\\nend/\\n\\nend/p' in.jsonl
    } >expected
    same expected cut.jsonl
    lines removed.jsonl 2
    has removed.jsonl '{"id":"in.jsonl:2","begin":'
    has removed.jsonl ',"section":1,"text":"This notice, which everyone must print in full, says – naïvely – that'
    no_leftovers
}

test_sections_cuts_notices_alone_or_what_an_article_repeats() {
    run dedup -q "$here/feeds/paywall.jsonl" --sections notices -o cut.jsonl --removed removed.jsonl
    exits 0
    lines removed.jsonl 2
    has removed.jsonl 'Read on now'
    printf '{"id":1,"text":"%s\\n\\nand\\n\\n%s"}\n' "$story" "$story" >twice.jsonl
    run dedup -q twice.jsonl --sections all --min-section 16 -o -
    exits 0
    same twice.jsonl out
    run dedup -q twice.jsonl --sections within --min-section 16 -o -
    printf '{"id":1,"text":"%s\\n\\nand\\n\\n"}\n' "$story" | same - out
    for which in all notices; do # a copy of a story is no notice
        printf '{"id":1,"text":"%s"}\n{"id":2,"text":"%s"}\n' "$story" "$story" >copies.jsonl
        run dedup copies.jsonl --sections "$which" --min-section 16 -o cut.jsonl
        exits 0
    done
    has err '2 articles: 0 passages of 0 bytes'
}

test_sections_finds_the_text_by_its_name_or_by_what_it_is() {
    printf '{"body":{"main":"%s"}}\n{"body":{"main":"caf\\u00e9 \\ud83d\\ude00 %s"}}\n' "$story" "$story" >nested.jsonl
    run dedup -q nested.jsonl --text-field body.main --sections all --min-section 16 -o -
    exits 0
    has out '{"body":{"main":"café 😀 "}}'
    printf 'nr,article\n1,"%s"\n2,"And: %s"\n' "$story" "$story" >table.csv
    run dedup -q table.csv --sections all --min-section 16 -o -
    exits 0
    has out '{"nr":"2","article":"And: "}'
    printf '{"text":["%s","a"]}\n{"text":["b","%s"]}\n' "$story" "$story" >list.jsonl
    run dedup list.jsonl --sections all --min-section 16 -o kept.jsonl
    exits 3
    has err 'the text of list.jsonl:2 is a list'
    absent kept.jsonl
    run dedup list.jsonl --sections all --text-field title,body -o kept.jsonl
    exits 2
    has err 'give one as --text-field'
    run dedup list.jsonl --sections all --decisions list.jsonl -o kept.jsonl
    exits 2
    run dedup list.jsonl --sections -o kept.jsonl
    exits 2
    has err 'give all, notices, within or off'

}
