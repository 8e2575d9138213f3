# shellcheck shell=bash disable=SC2154
# eval: the errors behind the scores.

make_result() {
    first='A ferry ran aground in thick fog off Port Aldery early on Tuesday and was held fast on a sandbank for nine hours before tugs pulled it clear.'
    other='The price of barley rose again in the northern markets this week while dealers waited for the weather to turn and the mills to buy.'
    printf '{"id":"a","text":"%s"}\n' "$first" >feed.jsonl
    printf '{"id":"b","text":"%s"}\n' "${first/nine hours/eight hours}" >>feed.jsonl
    printf '{"id":"c","text":"%s"}\n' "$other" >>feed.jsonl
    printf '{"id":"d","text":"%s"}\n' "${other/barley/maize}" >>feed.jsonl
    printf '{"id":"e","text":"Something of its own, on which nobody else has written so far, about a bakery."}\n' >>feed.jsonl
    run scan -q --facts off feed.jsonl -o result.jsonl
    exits 0
    grep '"type":"pair","a":"a"' result.jsonl >found.jsonl
    printf '{"type":"cluster","cluster":1,"keep":"c","articles":["c","d","e"]}\n' >gold.jsonl
}

test_the_worst_misses_come_first_with_their_texts() {
    make_result
    run eval found.jsonl gold.jsonl feed.jsonl --misses 2
    exits 0
    grep -q 'were missed  *3$' out || fail 'not three missed'
    grep -q 'not in the gold  *1$' out || fail 'not one found'
    grep '^missed' out | head -n 1 >first
    has first 'missed c, d: 9'
    has out '[barley]'
    has out '[maize]'
    has out 'not in the gold a, b: 9'
    has out '[nine]'
    [ "$(grep -c '^missed' out)" -eq 2 ] || fail 'not two of them'
}

test_without_texts_they_are_named() {
    make_result
    run eval found.jsonl gold.jsonl
    lacks out missed
    run eval found.jsonl gold.jsonl --misses 5
    exits 0
    [ "$(grep -c '^missed ' out)" -eq 3 ] || fail 'not all of them'
    head -n 1 feed.jsonl >part.jsonl
    run eval found.jsonl gold.jsonl part.jsonl
    has out 'not in the INPUT'
}

test_what_stands_in_one_cluster_is_no_miss() {
    make_result
    printf '{"type":"pair","a":"c","b":"d"}\n' >gold.jsonl
    grep '"type":"cluster"' result.jsonl >found.jsonl
    run eval found.jsonl gold.jsonl --misses 5
    grep -q 'were missed  *0$' out || fail 'some are missed'
    grep -q 'in one cluster  *1$' out || fail 'not one in a cluster'
}

# A notice is in three articles; the result has it in two of them, and a passage that is not in the gold standard.
make_sections() {
    notice='the reports of this service may not be stored or sold or read out on the air without the written consent of its editors who answer letters on the first Monday of each month except in August and then only by post'
    for id in a b c; do printf '{"id":"%s","title":"About %s","text":"%s %s"}\n' $id $id $id "$notice"; done >feed.jsonl
    end=$((${#notice} + 2))
    printf '{"type":"section","section":1,"tokens":40,"occurrences":[{"article":"a","begin":2,"end":%d},{"article":"b","begin":2,"end":%d},{"article":"c","begin":2,"end":%d}]}\n' $end $end $end >gold.jsonl
    printf '{"type":"section","section":1,"tokens":40,"occurrences":[{"article":"a","begin":2,"end":%d},{"article":"b","begin":2,"end":%d},{"article":"d","begin":0,"end":9}]}\n' $end $end >found.jsonl
}

test_sections_that_were_missed_are_shown() {
    make_sections
    run eval found.jsonl gold.jsonl feed.jsonl
    exits 0
    grep -q 'places of sections that were missed  *1$' out || fail 'not one missed'
    grep -A 1 'places of sections' out | grep -q 'found, but not in the gold  *1$' || fail 'not one that is not in the gold'
    has out "missed section 1 in c, bytes 2 to $end"
    has out 'not in the gold section 1 in d, bytes 0 to 9'
    has out 'About c'
    has out 'editors who answer letters'
    run eval found.jsonl found.jsonl feed.jsonl
    grep -q 'places of sections that were missed  *0$' out || fail 'some are missed'
    lacks out 'missed section'
}

test_a_place_alone_is_no_section_that_was_found() {
    make_sections
    sed 's/{"article":"b"[^}]*},//' found.jsonl >alone.jsonl
    run eval alone.jsonl gold.jsonl --misses 5
    exits 0
    grep -q 'places of sections that were missed  *3$' out || fail 'not all missed'
    [ "$(grep -c '^missed section 1 in [abc], ' out)" -eq 3 ] || fail 'not all named'
    grep '"type":"pair"' gold.jsonl >pairs.jsonl || :
    run eval found.jsonl pairs.jsonl --misses 5
    lacks out 'places of sections'
}

test_the_curve() {
    make_result
    run eval result.jsonl gold.jsonl --svg curve.svg
    exits 0
    has curve.svg '<svg xmlns="http://www.w3.org/2000/svg"'
    has curve.svg '>precision<'
    has curve.svg '>overlap<'
    # c and d are half of the found pairs and a third of the right ones
    has curve.svg 'cx="193.33" cy="250.00"'
    [ "$(tail -n 1 curve.svg)" = '</svg>' ] || fail 'it is not whole'
    no_leftovers
}
