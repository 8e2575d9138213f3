# shellcheck shell=bash disable=SC2154
# Malicious input: its cost is in proportion to its size, errors are clear, and no raw control characters reach
# the terminal.

one='{"id":"one","text":"the quick brown fox jumps over the lazy dog near the old river bank"}'

# Limits the memory of the command to this many bytes from here on.
with_memory() {
    ! grep -q __asan_init "$TWICETOLD" || return 0 # which takes terabytes of addresses
    ulimit -v $(($1 / 1024)) || skip 'no limit of memory here'
    export OMP_NUM_THREADS=1
}

test_a_zstd_bomb_is_refused() {
    command -v zstd >/dev/null || skip 'no zstd'
    printf '%s\n' "$one" >one.jsonl
    head -c 1000000000 /dev/zero | tr '\0' '\n' | zstd -q -1 >bomb.jsonl.zst
    with_memory 2000000000
    run scan --threads 1 bomb.jsonl.zst one.jsonl
    exits 1
    has err 'bomb.jsonl.zst: unpacks to more than 500 times its size'
    has out '"articles":1,"rejected":1,'
}

test_a_gzip_bomb_is_refused() {
    printf '%s\n' "$one" >one.jsonl
    head -c 300000000 /dev/zero | tr '\0' x | gzip -9 >bomb.gz
    run scan --threads 1 bomb.gz one.jsonl
    exits 1
    has err 'bomb.gz: unpacks to more than 500 times its size'
    has out '"articles":1,'
    lines err 2
}

test_what_is_packed_well_is_no_bomb() {
    for _ in $(seq 20000); do printf '\n'; done >in.jsonl
    printf '%s\n' "$one" >>in.jsonl
    gzip -9 in.jsonl
    run scan in.jsonl.gz
    exits 0
    has out '"articles":1,"rejected":0,'
}

test_a_token_of_ten_megabytes() {
    { printf '{"id":"a","text":"'; head -c 10000000 /dev/zero | tr '\0' a; printf '"}\n'; } >in.jsonl
    { printf '{"id":"b","text":"'; head -c 10000000 /dev/zero | tr '\0' A; printf '"}\n'; } >>in.jsonl
    with_memory 3000000000
    run scan --threads 1 in.jsonl
    exits 0
    has out '"a":"a","b":"b","relation":"identical"'
}

test_a_million_combining_marks() {
    { printf '{"id":"a","text":"e'; head -c 1000000 /dev/zero | sed 's/\x00/\xcc\x81\xcc\xa3/g'; printf '"}\n'; } >in.jsonl
    with_memory 3000000000
    run scan --threads 1 in.jsonl
    exits 0
    has out '"articles":1,"rejected":0,'
}

test_bidirectional_controls_count_for_nothing() {
    printf '%s\n' '{"id":"a","text":"pay the \u202eholder\u202c of \u2066this\u2069 note at once please"}' \
        '{"id":"b","text":"pay the holder of this note at once please"}' >in.jsonl
    run scan in.jsonl
    exits 0
    has out '"a":"a","b":"b","relation":"identical"'
}

test_overlong_and_lone_bytes_are_rejected() {
    printf '{"id":"a","text":"x \300\257 y"}\n{"id":"b","text":"x \355\240\200 y"}\n{"id":"c","text":"x \364\220\200\200 y"}\n%s\n' "$one" >in.jsonl
    run scan in.jsonl
    exits 1
    for line in 1 2 3; do has err "in.jsonl:$line: invalid UTF-8"; done
    has out '"articles":1,"rejected":3,'
}

test_noncharacters_separate_and_are_no_error() {
    printf '%s\n' '{"id":"a","text":"one\ufffetwo three \uffff four \ufdd0 five six"}' \
        '{"id":"b","text":"one two three four five six"}' >in.jsonl
    run scan in.jsonl
    exits 0
    has out '"articles":2,"rejected":0,'
    has out '"relation":"identical"'
}

test_deep_json_and_huge_numbers() {
    {
        printf '{"id":"deep","text":"x","more":%s%s}\n' "$(head -c 200000 /dev/zero | tr '\0' '[')" \
            "$(head -c 200000 /dev/zero | tr '\0' ']')"
        printf '{"id":"huge","text":"one two","n":1%s,"m":1e999999999}\n' "$(head -c 100000 /dev/zero | tr '\0' 0)"
        printf '{"id":123456789012345678901234567890,"text":"three four"}\n'
    } >in.jsonl
    run scan in.jsonl
    exits 1
    has err 'in.jsonl:1: invalid JSON'
    has err 'in.jsonl:3: "id" is an integer of more than 64 bits; write it as a string'
    lacks err 'write it as a string; '
    lines err 3
    has out '"articles":1,"rejected":2,'
}

test_entity_bombs_and_external_entities_are_refused() {
    {
        printf '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "lol">'
        for n in b:a c:b d:c e:d f:e g:f h:g i:h; do
            r="&${n#*:};"
            printf '<!ENTITY %s "%s">' "${n%:*}" "$r$r$r$r$r$r$r$r$r$r"
        done
        printf ']><rss><channel><item><guid>1</guid><description>&i;</description></item></channel></rss>'
    } >bomb.rss
    echo 'the secret' >secret
    printf '<!DOCTYPE rss [<!ENTITY x SYSTEM "secret">]><rss><channel><item><guid>2</guid><description>&x;</description></item></channel></rss>' >external.rss
    with_memory 1000000000
    run scan --threads 1 bomb.rss external.rss
    exits 3
    has err 'bomb.rss:'
    has err 'external.rss:'
    lines out 0
    lacks out secret
}

# No byte of standard error or of a result starts an escape sequence.
no_controls() {
    for f in "$@"; do
        ! LC_ALL=C grep -q $'[\001-\010\013-\037\177]' "$f" || fail "$f holds a control character: $(cat -v "$f" | head -n 3)"
    done
}

test_escapes_of_a_terminal_are_never_raw() {
    id='\u001b]0;owned\u0007\u001b[2J\u009b31m'
    printf '{"id":"%s","text":"one two three four five six seven"}\n' "$id" "$id" >in.jsonl
    printf '{"id":"%s","text":7}\n{"id":"x\033[31m","text":"a"}\n' "$id" >>in.jsonl
    run scan in.jsonl
    exits 1
    no_controls err out
    LC_ALL=C grep -q $'\302\233' err && fail 'a C1 control reaches the terminal'
    mkdir "$(printf 'dir\033[31m')"
    cp in.jsonl "$(printf 'dir\033[31m/a\033]0;x\007.jsonl')"
    run scan "$(printf 'dir\033[31m')"
    no_controls err out
    run scan "$(printf 'missing\033[31m')"
    exits 3
    no_controls err
    run dedup in.jsonl -o kept --removed removed
    no_controls err removed
    run index create feed.db
    run index add feed.db in.jsonl
    no_controls err out
    run watch feed.db <in.jsonl
    no_controls err out
}

test_ids_are_never_paths() {
    mkdir inner
    printf '%s\n' '{"id":"../../outside","text":"one two three four five six"}' \
        '{"id":"/etc/passwd","text":"one two three four five six"}' >inner/in.jsonl
    cd inner || exit 1
    run scan in.jsonl -o result
    exits 0
    run dedup in.jsonl -o kept --removed removed
    exits 0
    run index create feed.db
    run index add feed.db in.jsonl
    exits 0
    cd ..
    [ "$(find . -newer inner/in.jsonl -type f ! -path './inner/*' | wc -l)" -eq 0 ] || fail 'a file outside'
}
