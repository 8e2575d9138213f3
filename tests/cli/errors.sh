# shellcheck shell=bash disable=SC2154
# Each error says where it is and what to do about it.

# $1: exit code; $2: part of the message; $3: part of the advice, which is the next line in text and the field
# `advice` in JSON. $input is standard input, if it is set.
expect_advice() { # the rest: the command line
    local code=$1 where=$2 advice=$3
    shift 3
    run "$@" <"${input:-/dev/null}"
    exits "$code"
    grep -qF -e "$where" err || fail "no place: $where"
    grep -qF -e "$advice" err || fail "no advice: $advice"
    [ "$(grep -c '^twicetold: ' err)" -eq 1 ] || fail 'not one error'
    grep -A 1 '^twicetold: ' err | tail -n 1 | grep -q "^  try: \|^Try '" || fail 'no advice after it'
    run "$@" --log json <"${input:-/dev/null}"
    exits "$code"
    grep -F '"level":"error"' err | grep -q '"message":"[^"].*"advice":"[^"]' || fail 'no field of its own'
}

# Makes a file of twelve articles, its result, and an index.
make_files() {
    feed 12 >in.jsonl
    run scan -q in.jsonl -o result.jsonl
    exits 0
    run index create a.db
    exits 0
    run index add a.db in.jsonl
    exits 0
}

every_name() { # $1: a bad INPUT, $2: the advice
    expect_advice 3 "$1" "$2" scan "$1"
    expect_advice 3 "$1" "$2" dedup "$1" -o kept.jsonl
    expect_advice 3 "$1" "$2" tune "$1"
    expect_advice 3 "$1" "$2" index add a.db "$1"
    expect_advice 3 "$1" "$2" index query a.db "$1"
    expect_advice 3 "$1" "$2" show result.jsonl n00010 "$1"
    expect_advice 3 "$1" "$2" report result.jsonl "$1" -o page.html
    expect_advice 3 "$1" "$2" eval result.jsonl result.jsonl "$1"
}

test_an_input_that_is_not_there() {
    make_files
    every_name no.jsonl 'check the path; relative paths start in'
    every_name in.jsonl/no 'a part of it is a file'
    ln -s loop loop
    every_name loop 'they form a loop'
    expect_advice 3 'cannot open 0000' 'give a shorter name' scan "$(printf '%0300d' 0)"
    absent kept.jsonl
    absent page.html
}

test_an_input_that_may_not_be_read() {
    make_files
    chmod 777 . && chmod 666 a.db*
    as_a_user
    cp in.jsonl secret.jsonl
    chmod 000 secret.jsonl
    every_name secret.jsonl 'run as a user with permission'
    chmod 000 result.jsonl a.db
    expect_advice 3 result.jsonl 'run as a user with permission' show result.jsonl n00010 in.jsonl
    expect_advice 3 result.jsonl 'run as a user with permission' eval result.jsonl result.jsonl
    expect_advice 3 a.db 'run as a user with permission' index stat a.db
}

test_a_result_that_is_none() {
    make_files
    for bad in in.jsonl no.jsonl .; do
        case $bad in
        in.jsonl) advice="give what 'twicetold scan -o FILE' wrote" where=in.jsonl:1 ;;
        no.jsonl) advice='check the path' where=no.jsonl ;;
        .) advice='that is a directory; give a file name' where=. ;;
        esac
        expect_advice 3 "$where" "$advice" show $bad n00010 in.jsonl
        [ $bad = in.jsonl ] || expect_advice 3 "$where" "$advice" report $bad in.jsonl -o page.html
        expect_advice 3 "$where" "$advice" eval $bad result.jsonl
        expect_advice 3 "$where" "$advice" eval result.jsonl $bad
    done
    head -c 100 result.jsonl >cut.jsonl
    expect_advice 3 cut.jsonl:1 'scan again if it was cut or changed' show cut.jsonl n00010 in.jsonl
    expect_advice 3 'article nobody is not in this result' 'give an id from one of' show result.jsonl nobody in.jsonl
    expect_advice 3 'has no cluster 99' 'give a number from the result' show result.jsonl --cluster 99 in.jsonl
    : >empty.jsonl
    expect_advice 3 'no article was read: empty.jsonl is empty' 'give files, directories' tune empty.jsonl
}

test_an_output_that_cannot_be_written() {
    make_files
    mkdir folder
    for command in 'scan in.jsonl' 'dedup in.jsonl' 'report result.jsonl in.jsonl'; do
        # shellcheck disable=SC2086
        {
            expect_advice 3 no/file 'check the path' $command -o no/file
            expect_advice 3 folder 'that is a directory' $command -o folder
            expect_advice 3 in.jsonl/x 'is a file, not a directory' $command -o in.jsonl/x
            [ ! -w /dev/full ] || expect_advice 3 /dev/full 'free some space on that disk' $command -o /dev/full
        }
    done
    expect_advice 3 no/rejects 'check the path' scan in.jsonl --rejects no/rejects -o out.jsonl
    expect_advice 3 no/curve.svg 'check the path' tune --svg no/curve.svg
    expect_advice 3 nowhere 'name another directory with --temp-dir' scan in.jsonl --memory 32M --temp-dir nowhere
    expect_advice 2 in.jsonl "Try 'twicetold scan --help'" scan in.jsonl -o in.jsonl
    absent out.jsonl
}

test_standard_output_that_is_full() {
    [ -w /dev/full ] || skip 'no /dev/full'
    make_files
    for command in 'scan in.jsonl' 'dedup in.jsonl -o -' 'tune' 'show result.jsonl --section 1 in.jsonl' \
        'eval result.jsonl result.jsonl' 'index stat a.db' 'index query a.db in.jsonl' '--help' '--version'; do
        status=0
        # shellcheck disable=SC2086
        "$TWICETOLD" $command >/dev/full 2>err || status=$?
        exits 3
        has err 'cannot write standard output: No space left on device'
        has err '  try: free some space on that disk'
    done
}

test_an_index_that_is_none() {
    make_files
    mkdir folder
    cp in.jsonl text.db
    for bad in text.db folder; do
        for command in 'index query BAD in.jsonl' 'index add BAD in.jsonl' 'index stat BAD' 'index check BAD' \
            'index expire BAD --older-than 1d' 'index remove BAD n00010' 'watch BAD'; do
            # shellcheck disable=SC2086
            expect_advice 3 $bad "give an INDEX that 'twicetold index create' or watch made" ${command/BAD/$bad}
        done
    done
    cmp -s in.jsonl text.db || fail 'it was changed'
    expect_advice 3 no.db 'check the path' index query no.db in.jsonl
    expect_advice 3 no/new.db 'check the path' watch no/new.db
    expect_advice 3 a.db 'give another name' index create a.db
    expect_advice 3 text.db 'give another name' index create text.db
    expect_advice 3 folder 'give another name' index create folder
    expect_advice 3 no/new.db 'check the path' index create no/new.db
}

# The version is in bytes 60 to 63 of the file, the application id in bytes 68 to 71.
test_an_index_of_a_newer_version_or_another_program() {
    make_files
    rm -f a.db-wal a.db-shm
    cp a.db newer.db
    printf '\143' | dd of=newer.db bs=1 seek=63 conv=notrunc 2>/dev/null
    expect_advice 3 'newer.db has version 99' 'use the twicetold that wrote it' index query newer.db in.jsonl
    expect_advice 3 'newer.db has version 99' 'or rebuild it' watch newer.db
    cp a.db foreign.db
    printf 'else' | dd of=foreign.db bs=1 seek=68 conv=notrunc 2>/dev/null
    expect_advice 3 'foreign.db is not a living index' 'give an INDEX' index add foreign.db in.jsonl
}

test_an_index_that_is_damaged() {
    make_files
    rm -f a.db-wal a.db-shm
    size=$(wc -c <a.db)
    head -c $((size - 20000)) a.db >cut.db # more than a page
    expect_advice 3 cut.db "'index repair' saves what is intact" index query cut.db in.jsonl
    at=$(grep -abo 'n00002' a.db | head -n 1 | cut -d: -f1)
    cp a.db other.db
    printf 'X' | dd of=other.db bs=1 seek=$((at + 5)) conv=notrunc 2>/dev/null
    run index check other.db
    exits 3
    has err 'twicetold: other.db is damaged'
    has err '  try: save what is intact with index repair, restore a copy'
    expect_advice 3 'other.db is damaged: record ' "'index repair' saves what is intact" watch other.db
}

test_an_index_that_another_process_writes() {
    make_files
    mkfifo pipe
    "$TWICETOLD" watch a.db -q <pipe >watched 2>errors &
    watcher=$!
    exec 7>pipe
    head -n 1 in.jsonl >&7
    for _ in $(seq 100); do [ -s watched ] && break; sleep 0.05; done
    expect_advice 3 a.db 'wait for the other process to end' index add a.db in.jsonl
    expect_advice 3 a.db 'query and stat work beside it' watch a.db
    expect_advice 3 a.db 'query and stat work beside it' index remove a.db n00010
    exec 7>&-
    wait $watcher || fail "watch ended with $?"
}

test_an_index_that_cannot_grow() {
    make_files
    feed 400 >more.jsonl
    for command in 'index add a.db more.jsonl' 'watch a.db'; do
        status=0
        # shellcheck disable=SC2086
        (ulimit -f 100 && exec "$TWICETOLD" $command <more.jsonl >/dev/null 2>err) || status=$?
        exits 3
        has err 'a.db'
        grep -q '^  try: check that the disk works and has space\|^  try: raise the limit on the size' err || fail 'no advice'
    done
    run index check a.db
    exits 0
}

test_a_result_that_cannot_grow() {
    feed 400 >in.jsonl
    for command in 'scan in.jsonl -o out.jsonl' 'dedup in.jsonl -o out.jsonl'; do
        status=0
        # shellcheck disable=SC2086
        (ulimit -f 4 && exec "$TWICETOLD" $command 2>err) || status=$?
        exits 3
        has err 'cannot write '
        has err '  try: raise the limit on the size of files (ulimit -f)'
        absent out.jsonl
    done
}

# Runs with less and less memory until there is not enough. With very little, no program starts.
test_memory_that_runs_out() {
    feed 4000 >in.jsonl
    (ulimit -v 4000000 && "$TWICETOLD" --version >/dev/null 2>&1) || skip 'memory cannot be limited'
    told=0
    for ((limit = 400000; limit > 20000; limit -= limit / 6)); do
        status=0
        (ulimit -v $limit && exec "$TWICETOLD" scan --threads 1 -q in.jsonl -o out.jsonl 2>err) || status=$?
        if [ $status -ne 3 ] || ! grep -q 'out of memory' err; then continue; fi
        told=1
        has err '  try: give it more memory or less input; scan and dedup need less with --memory SIZE'
    done
    [ $told -eq 1 ] || fail 'it was never short of memory'
}

# Each kind of reason is followed by its advice once; a message is one line.
expect_record() { # $1: file and line and reason, $2: advice
    exits 1
    has err "$1; $2"
    run scan --log json in.jsonl other.jsonl
    grep -F '"level":"warning"' err | grep -qF "\"advice\":\"$2" || fail 'no field of its own'
}

test_records_that_are_left_out() {
    printf '%s\n' '{"id":"a","text":"one two three"}' '{"id":"b","body":"x"}' 'oops' '{"id":"a","text":"again"}' >in.jsonl
    printf '{"id":"z","text":"some text"}\n' >other.jsonl
    run scan in.jsonl other.jsonl
    expect_record 'in.jsonl:2: no "text"; it has "id", "body"' 'fix the record, or say which fields to read with --id-field and --text-field'
    run scan in.jsonl other.jsonl
    expect_record 'in.jsonl:4: id "a" was seen before' 'the first record was used'
    run scan in.jsonl other.jsonl
    [ "$(grep -c 'say which fields' err)" -eq 1 ] || fail 'its advice came twice'
    has err "in.jsonl:3: invalid JSON: unexpected character 'o' at byte 0; fix the record"
    lines err 4
    { printf '{"id":"z","text":"whole"}\n{"id":"a","text":"caf\351"}\n{"id":"b","text":"na\357ve"}\n{"id":7.5,"text":"x"}\n'; echo '[]'; } >in.jsonl
    run scan in.jsonl
    exits 1
    [ "$(grep -c '; say its encoding: --encoding windows-1252 ' err)" -eq 1 ] || fail 'no advice about UTF-8, or twice'
    grep -q '^in.jsonl:4: "id" is .*; fix the record, or say which fields' err || fail 'no advice about fields'
    has err 'in.jsonl:5: not a JSON object but a list; name its values, as with jq'
    printf 'not gzip' | gzip | head -c 20 >broken.jsonl.gz
    run scan broken.jsonl.gz
    has err '; get a complete copy of the file'
    printf '{"id":"a","text":"short"}\n{"id":"long","text":"%02000d"}\n' 0 >in.jsonl
    run scan --max-article-bytes 1K in.jsonl
    exits 1
    has err 'in.jsonl:2: text of 2000 bytes is over the limit of 1024; --max-article-bytes raises the limit'
    mkdir in && ln -s nowhere in/a.jsonl && cp other.jsonl in
    run scan in
    exits 1
    has err 'in/a.jsonl: cannot open: No such file or directory; check that the file can be read'
}

test_a_wrong_command_line() {
    make_files
    while IFS='|' read -r where command; do
        # shellcheck disable=SC2086
        run $command
        exits 2
        empty out
        has err "twicetold: "
        has err "$where"
        grep -q "^Try 'twicetold .*--help'$" err || fail 'no help is named'
        # shellcheck disable=SC2086
        [ -z "$command" ] || run $command --log json
        [ "$status" -eq 2 ] || fail "exit code $status"
        case $command in '' | index* | frob*) continue ;; esac
        grep -q '"level":"error","message":".*","advice":"Try ' err || fail 'no field of its own'
    done <<'END'
no command given; it is scan,|
unknown command 'frob'; it is scan,|frob
index: no command given; it is create,|index
index: unknown command 'frob'; it is create,|index frob
no INPUT given; give files|scan
no output given; -o FILE is needed|dedup in.jsonl
no INDEX given; give the name of its file|watch
give one INDEX; articles come on|watch a.db b.db
no ID given; give the ids|index remove a.db
give an INDEX and INPUT|index add a.db
give an INDEX and INPUT|index query a.db
one INDEX is enough: what is 'b.db'?|index stat a.db b.db
give either --before TIME or --older-than AGE|index expire a.db
--before: 'lately' is not allowed; give |index expire a.db --before lately
--before: '2025-02-31' is not allowed; give |index expire a.db --before 2025-02-31
give two files: the result and the gold|eval result.jsonl
give a RESULT, an ID (or --cluster N|show result.jsonl
give --cluster or --section, not both|show --cluster 1 --section 1 result.jsonl in.jsonl
unknown option '--resemblence'; did you mean '--resemblance'?|scan in.jsonl --resemblence=0.5
--resemblance: '7' is not allowed; give a number above 0|scan in.jsonl --resemblance 7
--resemblance needs a value: |scan in.jsonl --resemblance
--quiet takes no value|scan in.jsonl --quiet=3
--memory: '1K' is not allowed; give |scan in.jsonl --memory 1K
would be written twice; give each output a separate FILE|dedup in.jsonl -o kept --removed kept
END
}
