# shellcheck shell=bash disable=SC2154
# tune: hashes and bands for a threshold.

# Prints the options in the last line.
pasted() { sed -n 's/^Options: //p' out; }

test_the_curve_and_the_options_of_a_threshold() {
    run tune
    exits 0
    empty err
    has out '32     4           0.9998'
    [ "$(pasted)" = '--resemblance 0.7 --hashes 128 --bands 32' ] || fail "$(pasted)"
    [ "$(awk 'length > 80' out | wc -l)" -eq 0 ] || fail 'wider than 80'
    # 1 - (1 - 0.9^8)^16, computed elsewhere
    run tune --resemblance 0.9 --hashes 128 --bands 16 --json
    exits 0
    has out '{"hashes":128,"bands":16,"rows":8,"expected_recall":0.9998'
    run tune --resemblance 0.9 --recall 0.5 --hashes 128 --json
    has out '"bands":8,"rows":16'
}

test_the_bands_are_those_that_a_scan_takes() {
    feed 30 >feed.jsonl
    for resemblance in 0.5 0.7 0.8 0.95; do
        for hashes in 64 128 256; do
            run tune --resemblance $resemblance --hashes $hashes
            bands=$(pasted | sed 's/.* //')
            run scan -q --pairs --resemblance $resemblance --hashes $hashes feed.jsonl
            has out "\"bands\":$bands,"
        done
    done
}

test_a_sample_and_what_each_setting_finds_in_it() {
    feed 200 >feed.jsonl
    run tune feed.jsonl
    exits 0
    has out '(200 articles'
    # every setting finds pairs of the sample, and none more than there are
    [ "$(sed 's/^>/ /' out | awk '$6 == "of" && $5 > 0 && $5 <= $7' | wc -l)" -eq 5 ] || fail 'no five settings that found pairs'
    options=$(pasted)
    [ -n "$options" ] || fail 'no options'
    cp out first
    run tune feed.jsonl
    same first out
    # shellcheck disable=SC2086
    run scan -q $options feed.jsonl
    exits 0
    run tune --sample 50 feed.jsonl --json
    has out '"articles":50,'
    has out '"candidates":'
}

test_a_picture() {
    run tune --svg curve.svg
    exits 0
    has curve.svg '<svg xmlns="http://www.w3.org/2000/svg"'
    has curve.svg 'threshold 0.7'
    [ "$(tail -n 1 curve.svg)" = '</svg>' ] || fail 'it is not whole'
    no_leftovers
}

test_what_cannot_be_tuned() {
    run tune --resemblance off
    exits 2
    has err 'off finds nothing'
    : >empty.jsonl
    run tune empty.jsonl
    exits 3
    has err 'no article was read: empty.jsonl is empty'
    run tune missing.jsonl
    exits 3
    has err missing.jsonl
}

test_a_pair_of_each_resemblance_is_shown() {
    cat "$here/../../corpora/feed/articles.jsonl" >in.jsonl
    { head -n 3 in.jsonl; cat in.jsonl; } >twice.jsonl # the second article of an id is left out
    run tune in.jsonl
    exits 0
    has out 'A pair of each resemblance'
    [ "$(grep -c 'overlap of the shorter' out)" -ge 8 ] || fail 'too few examples'
    [ "$(awk 'length > 80' out | wc -l)" -eq 0 ] || fail 'wider than 80'
    run tune --json in.jsonl
    exits 0
    sed 's/.*"examples":\(\[[^]]*\]\).*/\1/' out >once
    run tune --json twice.jsonl
    exits 0
    sed 's/.*"examples":\(\[[^]]*\]\).*/\1/' out >again
    same once again
    has once '"resemblance"'
    sed 's/},{/\n/g' once | sed 's/.*"resemblance":\([0-9.]*\),"a":"\([^"]*\)","b":"\([^"]*\)".*/\1 \2 \3/' | while read -r number a b; do
        run scan -q in.jsonl --resemblance 0.05 --series
        grep "\"a\":\"$a\",\"b\":\"$b\"" out >pair || fail "$a and $b are no pair"
        has pair "\"resemblance\":${number:0:8}"
    done || exit 1
}
