# shellcheck shell=bash disable=SC2154
# Files of earlier versions, in tests/golden: formats do not change without a new version number. If results are meant to
# change, tests/golden/make writes these files again; existing indexes must stay readable.

golden=$here/../golden
asked() { head -n 60 "$here/../../corpora/feed/articles.jsonl"; }

test_an_index_of_each_version_is_read() {
    for version in 2 3; do
        rm -f a.db
        is_read $version
    done
}

is_read() {
    zstd -dq "$golden/index-$1.db.zst" -o a.db
    run index check a.db
    exits 0
    has err 'a.db: no damage found'
    asked >asked.jsonl
    run index query --quiet a.db asked.jsonl
    exits 0
    same "$golden/verdicts.jsonl" out
}

test_an_index_of_each_version_goes_on() {
    for version in 2 3; do
        rm -f a.db b.db
        goes_on $version
    done
}

goes_on() {
    zstd -dq "$golden/index-$1.db.zst" -o a.db
    asked | tail -n 20 >later.jsonl
    run index add --quiet a.db later.jsonl
    exits 0
    run index check a.db
    exits 0
    run index create b.db
    exits 0
    asked >all.jsonl
    run index add --quiet b.db all.jsonl
    exits 0
    run index query --quiet a.db all.jsonl
    exits 0
    [ "$(grep -c '"type":"verdict"' out)" -eq 60 ] || fail 'not a verdict for each article'
    cp out continued
    run index query --quiet b.db all.jsonl
    exits 0
    same continued out
}

test_a_result_is_written_as_it_was() {
    asked >asked.jsonl
    run scan --quiet asked.jsonl
    exits 0
    plain out >found
    same "$golden/result.jsonl" found
}

test_a_result_of_old_is_read() {
    run eval "$golden/result.jsonl" "$golden/result.jsonl" --json
    exits 0
    has out '"found":105,"right":105,"precision":1,'
    has out '"clusters":{"ari":1},'
    asked >asked.jsonl
    run report --quiet "$golden/result.jsonl" asked.jsonl -o page.html
    exits 0
    has page.html '"articles":60,'
}
