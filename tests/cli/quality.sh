# shellcheck shell=bash disable=SC2154
# quality: small invented feeds (feeds/), a kind of mistake each, with what scan, dedup and watch must say.

feeds=$here/feeds

# The pair's relation, by the ids of its articles in input order.
relation() { sed -n "s/.*\"a\":\"$1\",\"b\":\"$2\",\"relation\":\"\([a-z]*\)\".*/\1/p" out; }

is() { [ "$(relation "$1" "$2")" = "$3" ] || fail "$1 and $2: '$(relation "$1" "$2")', expected '$3'"; }

no_copies() { ! grep -E '"relation":"(identical|near|contains|contained)"' out >copies || fail "$(cut -c1-80 copies)"; }

scan_feed() {
    run scan --quiet --series "$feeds/$1.jsonl" -o -
    exits 0
}

kept() {
    run dedup --quiet "$feeds/$1.jsonl" -o kept
    exits 0
    sed 's/^{"id": "\([^"]*\)".*/\1/' kept | tr '\n' ' '
}

verdicts() {
    rm -rf feed.db*
    run watch --quiet feed.db <"$feeds/$1.jsonl"
    exits 0
    sed 's/.*"verdict":"\([a-z]*\)".*/\1/' out | tr '\n' ' '
}

test_a_form_filled_in_for_three_towns_is_a_series() {
    scan_feed form
    is grant-0 grant-1 series
    is grant-0 grant-2 series
    is grant-1 grant-2 series
    lacks out '"type":"cluster"'
    [ "$(kept form)" = 'grant-0 grant-1 grant-2 ' ] || fail "kept $(kept form)"
}

test_a_long_letter_with_another_name_and_sum_is_a_series() {
    scan_feed letter
    is courtelin boisfleury series
    is courtelin harbour near
    is courtelin valley near
    is harbour valley near # another dateline and a number that was corrected
}

# What differs faces nothing: the list has sums where the other has sentences.
test_a_grant_and_a_list_of_others_with_one_background_are_no_copies() {
    scan_feed grants
    no_copies
    lacks out '"type":"cluster"'
    [ "$(kept grants)" = 'one many ' ] || fail "kept $(kept grants)"
}

test_a_dispatch_in_two_scanned_papers_is_a_copy() {
    scan_feed scans
    is gdl jdg near
    [ "$(verdicts scans)" = 'new duplicate ' ] || fail "$(verdicts scans)"
}

test_digits_that_touch_words_are_the_same_facts() {
    scan_feed digits
    grep -qE '"relation":"(near|identical)".*"facts":1,"conflicts":0' out || fail 'not a copy with all facts'
}

test_every_two_places_of_a_section_share_text() {
    scan_feed union
    ! grep '"type":"section"' out | grep '"article":"one"' | grep -q '"article":"three"' || fail 'one and three share nothing'
}

# The run, and what an older article has of it; no other part.
test_a_run_that_two_articles_share_is_one_section() {
    scan_feed run
    grep '"type":"section"' out | grep '"article":"a"' | grep '"article":"b"' >sections
    [ "$(sed 's/.*"tokens":\([0-9]*\),.*/\1/' sections | tr '\n' ' ')" = '60 180 ' ] || fail "$(cat sections)"
    [ "$(grep -c '"article":"old"' sections)" = 1 ] || fail 'the run is cut'
    grep -q '"places":3,"sources":0' sections && grep -q '"places":2,"sources":0' sections || fail "$(cat sections)"
}

test_the_later_stage_of_a_story_is_kept() {
    kept stage | grep -q b-july || fail "kept $(kept stage)"
}

test_a_paywall_makes_no_copies() {
    scan_feed paywall
    no_copies
    is moss debt boilerplate
    [ "$(kept paywall)" = 'moss debt kids ' ] || fail "kept $(kept paywall)"
    [ "$(verdicts paywall)" = 'new new new ' ] || fail "$(verdicts paywall)"
}

test_a_letterhead_makes_no_copies() {
    scan_feed letterhead
    no_copies
    is stub ice boilerplate
    [ "$(kept letterhead)" = 'stub ice tax ' ] || fail "kept $(kept letterhead)"
    [ "$(verdicts letterhead)" = 'new new new ' ] || fail "$(verdicts letterhead)"
}

test_flashes_with_one_long_notice_are_all_kept() {
    for feed in flashes-names flashes-no-names; do
        scan_feed $feed
        no_copies
        lacks out '"type":"cluster"'
        [ "$(kept $feed | wc -w)" = 8 ] || fail "kept $(kept $feed)"
        [ "$(verdicts $feed)" = 'new new new new new new new new ' ] || fail "$(verdicts $feed)"
    done
}

test_a_note_of_nine_words_is_not_contained() {
    scan_feed note
    no_copies
    [ "$(kept note)" = 'note story ' ] || fail "kept $(kept note)"
}

test_twins_are_in_one_cluster_though_a_longer_article_shares_half() {
    scan_feed twins
    grep '"type":"cluster"' out | grep '"may-a"' | grep -q '"may-b"' || fail 'the twins are apart'
}

test_a_scan_lists_the_notices_that_it_has_learned() {
    scan_feed flashes-names
    grep '"type":"notice"' out | grep -q '"tokens":162,"articles":8,' || fail 'no notice of 162 words in 8 articles'
    ! grep '"type":"section"' out | grep -q '"kind":"story"' || fail 'a section of the notice is a story'
    scan_feed twins
    lacks out '"type":"notice"'
    grep '"type":"section"' out | grep -q '"kind":"story"' || fail 'no section is a story'
}

test_a_page_that_is_a_notice_alone_is_new_with_the_list_of_a_scan() {
    run scan --quiet "$feeds/paywall.jsonl" -o list
    exits 0
    sed -n 's/.*\(Read on now.*\)/{"id":"page","text":"Log in or subscribe. \1/p' "$feeds/paywall.jsonl" | head -1 >page
    rm -rf feed.db*
    run watch --quiet --notices list feed.db <"$feeds/paywall.jsonl"
    exits 0
    run watch --quiet --notices list feed.db <page
    exits 0
    has out '"verdict":"new"'
    cat "$feeds/paywall.jsonl" page >all.jsonl
    run scan --quiet --notices list all.jsonl -o -
    exits 0
    no_copies
}

test_a_list_of_notices_must_be_a_result() {
    run scan --notices nowhere "$feeds/paywall.jsonl" -o -
    exits 3
    has err nowhere
}
