# shellcheck shell=bash disable=SC2154
# --memory: the same bytes with less memory, and no file left behind.

test_the_result_is_the_same_for_any_limit() {
    feed 12000 >in.jsonl
    run scan -q in.jsonl -o free.jsonl
    exits 0
    for limit in 32M 64M 1G; do
        for threads in 1 3; do
            run scan -q in.jsonl -o limited.jsonl --memory $limit --threads $threads
            exits 0
            same_result free.jsonl limited.jsonl
        done
    done
    [ -z "$(find "$TMPDIR" -maxdepth 1 -name 'twicetold-??????')" ] || fail 'a temporary file was left'
}

test_dedup_under_a_limit() {
    feed 3000 >in.jsonl
    run dedup -q in.jsonl -o free.jsonl --removed free.removed
    exits 0
    run dedup -q in.jsonl -o limited.jsonl --removed limited.removed --memory 32M --temp-dir .
    exits 0
    same free.jsonl limited.jsonl
    same free.removed limited.removed
}

test_a_limit_that_is_too_small() {
    feed 10 >in.jsonl
    run scan in.jsonl --memory 1M
    exits 2
    has err '--memory'
    has err 'a size of 32M or more'
    run scan in.jsonl --memory lots
    exits 2
}

test_a_directory_that_cannot_take_the_file() {
    feed 10 >in.jsonl
    run scan in.jsonl --memory 32M --temp-dir nowhere -o result.jsonl
    exits 3
    has err 'cannot make a temporary file in nowhere: No such file or directory'
    absent result.jsonl
    TMPDIR=$PWD/elsewhere run scan in.jsonl --memory 32M -o result.jsonl
    exits 3
    has err 'elsewhere: No such file or directory'
}

test_a_full_disk_under_the_temporary_file() {
    feed 2000 >in.jsonl
    (ulimit -f 200 && "$TWICETOLD" scan in.jsonl --memory 32M -o result.jsonl) >out 2>err
    status=$?
    exits 3
    has err 'cannot write a temporary file in '
    absent result.jsonl
}

test_a_stopped_run_leaves_no_file() {
    mkdir spilled
    mkfifo in.jsonl
    "$TWICETOLD" scan in.jsonl --memory 32M --temp-dir spilled -o result.jsonl >out 2>err &
    pid=$!
    exec 7>in.jsonl
    feed 500 >&7
    kill -KILL $pid
    wait $pid 2>/dev/null
    exec 7>&-
    [ -z "$(ls -A spilled)" ] || fail "left: $(ls -A spilled)"
}
