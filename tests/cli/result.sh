# shellcheck shell=bash disable=SC2154
# The bytes of a result: their format, and that they depend only on input and options.

test_lines_come_in_order_and_have_their_keys_in_order() {
    feed 200 >in.jsonl
    run scan in.jsonl
    exits 0
    sed 's/^{"type":"\([a-z]*\)".*/\1/' out | uniq >types
    printf 'pair\ncluster\nsection\nsummary\n' >expected
    same expected types
    id='"[a-z0-9]*"' number='\(0\|1\|0\.[0-9]*[1-9]\)' whole='[0-9]\+'
    ! grep '"type":"pair"' out | grep -vx "{\"type\":\"pair\",\"a\":$id,\"b\":$id,\"relation\":\"[a-z]*\",\"resemblance\":$number,\"containment_a\":$number,\"containment_b\":$number,\"overlap_a\":$number,\"overlap_b\":$number,\"facts\":$number,\"conflicts\":$number\(,\"differ\":\[[^]]*\]\)\{0,1\}}" || fail 'a pair line of another form'
    ! grep '"type":"cluster"' out | grep -vx "{\"type\":\"cluster\",\"cluster\":$whole,\"keep\":$id,\"members\":\[$id\(,$id\)\+\]}" || fail 'a cluster line of another form'
    ! grep '"type":"section"' out | grep -vx "{\"type\":\"section\",\"section\":$whole,\"tokens\":$whole,\"kind\":\"story\",\"places\":$whole,\"sources\":$whole,\"occurrences\":\[{\"article\":$id,\"begin\":$whole,\"end\":$whole}\(,{\"article\":$id,\"begin\":$whole,\"end\":$whole,\"of_begin\":$whole,\"of_end\":$whole,\"similarity\":$number}\)\+\]}" || fail 'a section line of another form'
    tail -n 1 out | sed 's/:[^:,{}]*\([,}]\)/:\1/g' >keys
    printf '%s\n' '{"type":,"articles":,"rejected":,"bytes":,"paragraphs":,"pairs":,"pairs_omitted":,"clusters":,"copies":,"removed":,"sections":,"digest":,"seconds":{"read":,"text":,"sketch":,"lsh":,"seed":,"verify":,"section":,"cluster":,"total":},"options":{"pairs":,"clusters":,"sections":,"series":,"resemblance":,"containment":,"overlap":,"facts":,"min_section":,"keep":,"drop":,"max_matches":,"shingle_tokens":,"hashes":,"bands":,"seed":,"paragraphs":,"max_article_bytes":}}' >expected
    same expected keys
}

test_the_summary_counts_the_lines() {
    feed 200 >in.jsonl
    run scan in.jsonl
    pairs=$(grep -c '"type":"pair"' out)
    clusters=$(grep -c '"type":"cluster"' out)
    sections=$(grep -c '"type":"section"' out)
    [ "$pairs" -ge 40 ] && [ "$clusters" -ge 20 ] && [ "$sections" -ge 1 ] ||
        fail "$pairs pairs, $clusters clusters, $sections sections"
    tail -n 1 out >summary
    has summary "\"pairs\":$pairs,"
    has summary "\"clusters\":$clusters,"
    has summary "\"sections\":$sections,"
    has err "$pairs pairs, $clusters clusters, $sections sections"
}

test_the_summary_says_the_options_as_they_are() {
    feed 10 >in.jsonl
    run scan -q in.jsonl --pairs --series --resemblance off --containment .75 --overlap 0.4 --facts off \
        --min-section 20 --keep 'source:a "b",c' --drop 1 --max-matches 9 --shingle-tokens 3 \
        --hashes 64 --bands 16 --seed 18446744073709551615 --paragraphs line \
        --max-article-bytes 2MiB --threads 1
    exits 0
    has out '"options":{"pairs":true,"clusters":false,"sections":false,"series":true,"resemblance":"off","containment":0.75,"overlap":0.4,"facts":"off","min_section":20,"keep":"source:a \"b\",c","drop":1,"max_matches":9,"shingle_tokens":3,"hashes":64,"bands":16,"seed":18446744073709551615,"paragraphs":"line","max_article_bytes":2097152}'
}

test_only_what_is_asked_for_is_looked_for() {
    feed 100 >in.jsonl
    for kind in pair cluster section; do
        run scan in.jsonl --${kind}s
        exits 0
        sed 's/^{"type":"\([a-z]*\)".*/\1/' out | uniq >types
        printf '%s\nsummary\n' "$kind" >expected
        same expected types
        has err " ${kind}s in "
    done
    run scan -q in.jsonl --pairs --sections
    lacks out '"type":"cluster"'
    has out '"type":"section"'
}

test_the_same_bytes_for_any_number_of_threads() {
    feed 3000 >in.jsonl
    for threads in 1 2 7 0; do
        run scan -q in.jsonl --threads $threads
        exits 0
        mv out result$threads
        run dedup -q in.jsonl --threads $threads -o kept$threads --removed removed$threads
        exits 0
    done
    for threads in 2 7 0; do
        same_result result1 result$threads
        same kept1 kept$threads
        same removed1 removed$threads
    done
}

test_the_same_bytes_for_every_kernel_set() {
    feed 1000 >in.jsonl
    run scan -q in.jsonl
    mv out expected
    for kernels in generic avx2 avx512; do
        export TT_KERNELS=$kernels
        run scan -q in.jsonl
        exits 0
        same_result expected out
    done
}

test_the_same_bytes_on_every_run() {
    feed 1000 >in.jsonl
    run scan -q in.jsonl
    exits 0
    mv out first
    run scan -q in.jsonl
    exits 0
    same_result first out
}

test_a_random_seed_is_told_and_can_be_used_again() {
    feed 100 >in.jsonl
    run scan -q in.jsonl --seed random
    exits 0
    mv out first
    seed=$(sed -n 's/.*"seed":\([0-9]*\),"par.*/\1/p' first)
    run scan -q in.jsonl --seed "$seed"
    same_result first out
    run scan -q in.jsonl --seed random
    [ "$(sed -n 's/.*"seed":\([0-9]*\),"par.*/\1/p' out)" != "$seed" ] || fail 'the same seed twice'
}

test_every_form_of_input_gives_the_same_result() {
    feed 300 >in.jsonl
    run scan -q in.jsonl
    mv out expected
    gzip -c in.jsonl >a.gz
    head -n 100 in.jsonl | gzip -c >two_members
    tail -n +101 in.jsonl | gzip -c >>two_members
    mkdir -p directory/b/c
    head -n 90 in.jsonl >directory/a.jsonl
    sed -n 91,170p in.jsonl | gzip -c >directory/b/1.jsonl.gz
    sed -n 171,200p in.jsonl >directory/b/c/x.jsonl
    tail -n +201 in.jsonl >directory/z.jsonl
    echo 'not an input' >directory/b/notes.docx
    for input in a.gz two_members directory 'directory/a.jsonl directory/b directory/z.jsonl'; do
        # shellcheck disable=SC2086
        run scan -q $input
        exits 0
        same_result expected out
    done
    "$TWICETOLD" scan -q - <in.jsonl >out
    same_result expected out
    cat a.gz | "$TWICETOLD" scan -q - >out
    same_result expected out
    "$TWICETOLD" scan -q <(cat in.jsonl) >out
    same_result expected out
    command -v zstd >/dev/null || return 0
    zstd -qc in.jsonl >a.renamed
    run scan -q a.renamed
    same_result expected out
}

test_eval_scores_a_result_against_its_own_lines() {
    feed 200 >in.jsonl
    run scan -q in.jsonl -o result.jsonl
    grep '"type":"pair"' result.jsonl >gold.jsonl
    run eval result.jsonl gold.jsonl
    exits 0
    empty err
    has out 'precision'
    grep -q '^pairs .* 1.0000 *1.0000 *1.0000$' out || fail 'pairs'
    run eval --json result.jsonl result.jsonl
    exits 0
    lines out 1
    has out '"precision":1,'
    has out '},"clusters":{"ari":1},"sections":{"gold_bytes":'
    has out '"precision":1,"recall":1,"granularity":1' # more where a section has parts that are sections
}

test_eval_counts_what_is_right_and_what_is_missing() {
    printf '%s\n' '{"type":"pair","a":"a","b":"b"}' '{"type":"pair","a":"b","b":"c"}' \
        '{"type":"cluster","cluster":1,"keep":"a","articles":["a","b"]}' \
        '{"type":"section","section":1,"occurrences":[{"article":"a","begin":0,"end":80},{"article":"b","begin":0,"end":80}]}' >result.jsonl
    printf '%s\n' '{"type":"pair","a":"b","b":"a"}' '{"type":"pair","a":"c","b":"d"}' \
        '{"type":"pair","a":"c","b":"e"}' '{"type":"pair","a":"c","b":"f"}' \
        '{"type":"section","section":1,"occurrences":[{"article":"a","begin":0,"end":100},{"article":"b","begin":0,"end":100}]}' |
        gzip -c >gold.gz
    run eval --json result.jsonl gold.gz
    exits 0
    has out '{"pairs":{"gold":4,"found":2,"right":1,"precision":0.5,"recall":0.25,"f1":0.3333333333333333}'
    has out '"sections":{"gold_bytes":200,"found_bytes":160,"right_bytes":160,"precision":1,"recall":0.8,'
    run eval result.jsonl gold.gz
    grep -q '^pairs  *4  *2  *1  *0.5000  *0.2500  *0.3333$' out || fail 'pairs'
    grep -q '^section bytes  *200  *160  *160  *1.0000  *0.8000  *0.8889$' out || fail 'sections'
}

test_eval_with_files_that_are_not_there_or_not_results() {
    echo '{"type":"summary"}' >result.jsonl
    run eval result.jsonl missing.jsonl
    exits 3
    has err 'missing.jsonl'
    printf '%s\n' '{"type":"pair","a":"x","b":"y"}' 'oops' >gold.jsonl
    run eval result.jsonl gold.jsonl
    exits 3
    has err 'twicetold: gold.jsonl:2: not a JSON object'
    run eval result.jsonl
    exits 2
    has err 'give two files'
}

test_sections_of_three_stories_are_notices() {
    feed=$here/../../corpora/feed/articles.jsonl
    run scan -q "$feed"
    [ "$(grep -c '"kind":"notice"' out)" -eq 4 ] || fail 'not the three notices and the form of results'
    grep -q '"tokens":52,"kind":"notice","places":15,' out || fail 'the correction policy is none'
    run scan -q --sections "$feed" # who tells the same story is not known
    lacks out '"kind":"notice"'
}
