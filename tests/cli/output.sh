# shellcheck shell=bash disable=SC2154,SC2094
# Output files are complete or do not exist, whatever happens.

test_a_file_holds_what_standard_output_would() {
    feed 60 >in.jsonl
    run scan in.jsonl -o result.jsonl
    exits 0
    empty out
    run scan in.jsonl
    same_result result.jsonl out
    run scan in.jsonl -o -
    same_result result.jsonl out
    no_leftovers
}

test_the_summary_line_on_standard_error() {
    feed 60 >in.jsonl
    run scan in.jsonl -o result.jsonl
    lines err 1
    has err '60 articles, 0 rejected, '
    has err ' pairs, '
    has err ' MB/s)'
    run scan in.jsonl -o result.jsonl --quiet
    empty err
}

test_an_existing_file_is_replaced_and_keeps_its_mode() {
    feed 10 >in.jsonl
    echo old >result.jsonl
    chmod 640 result.jsonl
    run scan -q in.jsonl -o result.jsonl
    exits 0
    has result.jsonl '"type":"summary"'
    [ "$(stat -c %a result.jsonl)" = 640 ] || fail "mode is $(stat -c %a result.jsonl)"
}

test_a_new_file_has_the_usual_mode() {
    feed 10 >in.jsonl
    umask 027
    run scan -q in.jsonl -o result.jsonl
    [ "$(stat -c %a result.jsonl)" = 640 ] || fail "mode is $(stat -c %a result.jsonl)"
}

test_a_link_is_followed() {
    feed 10 >in.jsonl
    mkdir elsewhere
    echo old >elsewhere/real.jsonl
    ln -s elsewhere/real.jsonl result.jsonl
    run scan -q in.jsonl -o result.jsonl
    exits 0
    [ -L result.jsonl ] || fail 'the link was replaced'
    has elsewhere/real.jsonl '"type":"summary"'
    no_leftovers
}

test_a_link_to_no_file_gives_way_to_every_output() {
    feed 10 >in.jsonl
    echo '{"id":"x","text":5}' >>in.jsonl
    mkdir elsewhere
    for file in result.jsonl rejects.jsonl verdicts.jsonl; do ln -s elsewhere/planted $file; done
    run scan -q in.jsonl -o result.jsonl
    run watch -q a.db -o verdicts.jsonl --rejects rejects.jsonl <in.jsonl
    absent elsewhere/planted
    lines rejects.jsonl 1
    lines verdicts.jsonl 10
    has result.jsonl '"type":"summary"'
    echo old >elsewhere/real
    ln -sf elsewhere/real rejects.jsonl
    run watch -q a.db --rejects rejects.jsonl <in.jsonl
    lines elsewhere/real 2 # a link to a file is followed
}

test_devices_are_written_and_not_replaced() {
    feed 10 >in.jsonl
    run scan -q in.jsonl -o /dev/null --rejects /dev/null
    exits 0
    [ -c /dev/null ] || fail '/dev/null is no device any more'
    run scan -q in.jsonl -o /dev/stdout
    exits 0
    has out '"type":"summary"'
}

test_a_full_disk_under_the_result() {
    [ -c /dev/full ] || skip 'no /dev/full'
    feed 10 >in.jsonl
    run scan in.jsonl -o /dev/full
    exits 3
    has err 'twicetold: cannot write /dev/full: No space left on device'
    run dedup in.jsonl -o /dev/full
    exits 3
    has err 'No space left on device'
}

test_a_full_disk_under_standard_output() {
    [ -c /dev/full ] || skip 'no /dev/full'
    feed 10 >in.jsonl
    : >out
    for command in 'scan in.jsonl' 'dedup in.jsonl -o -' --help 'scan --help' --version; do
        status=0
        # shellcheck disable=SC2086
        "$TWICETOLD" $command >/dev/full 2>err || status=$?
        exits 3
        has err 'twicetold: cannot write standard output: No space left on device'
    done
}

test_a_full_disk_under_other_files_leaves_no_result() {
    [ -c /dev/full ] || skip 'no /dev/full'
    feed 20 >in.jsonl
    echo oops >>in.jsonl
    run scan in.jsonl -o result.jsonl --rejects /dev/full
    exits 3
    absent result.jsonl
    run dedup in.jsonl -o kept.jsonl --removed /dev/full
    exits 3
    absent kept.jsonl
    no_leftovers
}

test_a_file_size_limit_leaves_what_was_there() {
    feed 300 >in.jsonl
    echo old >result.jsonl
    echo old >kept.jsonl
    (
        ulimit -f 4
        run scan -q in.jsonl -o result.jsonl
        exits 3
        has err 'cannot write result.jsonl: File too large'
        run dedup -q in.jsonl -o kept.jsonl
        exits 3
        has err 'File too large'
    ) || exit 1
    echo old >expected
    same expected result.jsonl
    same expected kept.jsonl
    no_leftovers
}

test_a_directory_that_cannot_be_written() {
    feed 10 >in.jsonl
    run scan in.jsonl -o missing/result.jsonl
    exits 3
    has err 'cannot write missing/result.jsonl: No such file or directory'
    mkdir there
    run scan in.jsonl -o there
    exits 3
    has err 'cannot write there: Is a directory'
}

test_a_file_or_directory_without_permission_to_write() {
    as_a_user
    feed 10 >in.jsonl
    mkdir there
    chmod 555 there
    run scan in.jsonl -o there/result.jsonl
    exits 3
    has err 'cannot write there/result.jsonl: Permission denied'
    echo old >result.jsonl
    chmod 444 result.jsonl
    run scan in.jsonl -o result.jsonl
    exits 3
    has err 'cannot write result.jsonl: Permission denied'
    [ "$(cat result.jsonl)" = old ] || fail 'it was written'
    no_leftovers
}

test_an_index_is_never_an_output() {
    feed 10 >in.jsonl
    run index create feed.db
    run index add feed.db in.jsonl
    cp feed.db before
    ln -s feed.db soft.db
    ln feed.db hard.db
    for output in feed.db ./feed.db soft.db hard.db; do
        for command in 'index query feed.db in.jsonl -o' 'index query feed.db in.jsonl --rejects' \
            'index add feed.db in.jsonl --rejects' 'watch feed.db -o' \
            'watch feed.db --rejects' 'index list feed.db -o' 'index export feed.db -o' \
            'scan in.jsonl -o' 'scan in.jsonl -o result.jsonl --rejects' 'dedup in.jsonl -o' \
            'dedup in.jsonl -o kept.jsonl --removed' 'report in.jsonl -o' \
            'scan in.jsonl --against feed.db -o'; do
            # shellcheck disable=SC2086
            run $command $output
            exits 3
            has err "$output is a living index"
        done
    done
    touch feed.db-wal
    run scan in.jsonl -o feed.db-wal
    exits 3
    has err 'feed.db-wal is a part of a living index'
    rm feed.db-wal hard.db
    for command in 'index list feed.db' 'index query feed.db in.jsonl' 'watch feed.db'; do
        status=0
        # shellcheck disable=SC2086
        "$TWICETOLD" $command >>feed.db 2>err || status=$?
        exits 2
        has err 'feed.db is both input and output'
    done
    same before feed.db
    absent result.jsonl
    no_leftovers
}

test_the_input_is_never_the_output() {
    feed 10 >in.jsonl
    cp in.jsonl before
    ln in.jsonl hard.jsonl
    ln -s in.jsonl soft.jsonl
    for output in in.jsonl ./in.jsonl hard.jsonl soft.jsonl; do
        run scan in.jsonl -o $output
        exits 2
        has err 'in.jsonl is both input and output'
        run dedup in.jsonl -o $output
        exits 2
        run scan in.jsonl -o result.jsonl --rejects $output
        exits 2
        run dedup in.jsonl -o kept.jsonl --removed $output
        exits 2
    done
    status=0
    "$TWICETOLD" scan in.jsonl >>in.jsonl 2>err || status=$?
    exits 2
    status=0
    "$TWICETOLD" scan - <in.jsonl -o in.jsonl 2>err || status=$?
    exits 2
    has err '- is both input and output'
    same before in.jsonl
    no_leftovers
}

test_streams_that_are_closed() {
    feed 10 >in.jsonl
    status=0
    "$TWICETOLD" scan -q in.jsonl >&- 2>err || status=$?
    exits 3
    has err 'cannot write standard output: '
    status=0
    "$TWICETOLD" scan in.jsonl -o result.jsonl <&- >&- 2>&- || status=$?
    exits 0
    has result.jsonl '"type":"summary"'
    lacks result.jsonl 'MB/s'
    status=0
    "$TWICETOLD" scan -q - -o result.jsonl <&- 2>err || status=$?
    [ $status -ne 0 ] || fail 'standard input was closed, and all was well'
}

test_an_output_that_a_directory_of_input_holds() {
    mkdir in
    feed 10 >in/a.jsonl
    run scan in -o in/result.jsonl
    exits 0
    has in/result.jsonl '"articles":10,"rejected":0,'
    cp in/result.jsonl before
    run scan in -o in/result.jsonl
    exits 2
    has err 'in/result.jsonl is both input and output'
    same before in/result.jsonl
    no_leftovers
}

test_two_outputs_in_one_place() {
    feed 10 >in.jsonl
    run scan in.jsonl -o result.jsonl --rejects ./result.jsonl
    exits 2
    has err 'would be written twice'
    run dedup in.jsonl -o - --removed -
    exits 2
    run dedup in.jsonl -o kept.jsonl --removed kept.jsonl
    exits 2
    absent result.jsonl
    absent kept.jsonl
    no_leftovers
}

test_rejects_are_written_as_they_stood() {
    printf '%s\r\n' '{"id":1,"text":"good one"}' ' {"id" :  2 }' >in.jsonl
    printf 'oops without end' >>in.jsonl
    run scan in.jsonl -o result.jsonl --rejects rejects
    exits 1
    printf '%s\n' ' {"id" :  2 }' 'oops without end' >expected
    same expected rejects
}

test_a_run_without_rejects_writes_an_empty_file_of_them() {
    feed 10 >in.jsonl
    echo old >rejects
    run scan -q in.jsonl -o result.jsonl --rejects rejects
    exits 0
    empty rejects
}

test_a_closed_pipe_ends_the_run_quietly() {
    feed 100 >in.jsonl
    for command in 'scan -q in.jsonl --rejects rejects' 'dedup -q in.jsonl -o - --rejects rejects'; do
        exec 8> >(:) # a pipe whose reader is gone
        wait $!
        status=0
        # shellcheck disable=SC2086
        "$TWICETOLD" $command >&8 2>err || status=$?
        exec 8>&-
        case $status in
        141) empty err ;;
        3) has err 'cannot write standard output: Broken pipe' ;; # SIGPIPE was ignored from outside
        *) fail "exit code $status" ;;
        esac
    done
    absent rejects
    no_leftovers
}

test_a_pipe_that_closes_midway() {
    feed 2000 >in.jsonl
    "$TWICETOLD" dedup -q in.jsonl -o - 2>err | head -n 2 >out
    head -n 2 in.jsonl >expected
    same expected out
    lacks err 'twicetold: cannot write a temporary file'
}

# Starts a scan that waits for input, sends it the signal and expects it to end.
interrupted() { # $1 signal, $2 exit code
    mkfifo pipe
    status=0
    (
        exec 9<>pipe
        feed 50 >&9
        exec timeout --preserve-status --foreground -k 10 -s "$1" 1 \
            "$TWICETOLD" "${@:3}" <pipe >out 2>err
    ) || status=$?
    exits "$2"
    rm pipe
    no_leftovers
}

test_ctrl_c_leaves_no_file() {
    interrupted INT 130 scan - -o result.jsonl --rejects rejects
    absent result.jsonl
    absent rejects
    interrupted INT 130 dedup - -o kept.jsonl --removed removed.jsonl
    absent kept.jsonl
    absent removed.jsonl
}

test_ctrl_c_leaves_what_was_there() {
    echo old >result.jsonl
    echo old >expected
    interrupted INT 130 scan - -o result.jsonl
    same expected result.jsonl
}

test_other_signals_leave_no_file() {
    interrupted TERM 143 scan - -o result.jsonl
    absent result.jsonl
    interrupted HUP 129 scan - -o result.jsonl
    absent result.jsonl
}

test_progress_is_silent_in_a_pipe_unless_asked_for() {
    feed 100 >in.jsonl
    run scan -q in.jsonl
    empty err
    run scan -q in.jsonl --progress always
    has err 'read '
    has err ' MB/s'
    run scan in.jsonl --progress never
    lines err 1
}

test_tables_as_csv() {
    feed 200 >in.jsonl
    printf '{"id":"a,\\"b\\"","text":"%s"}\n{"id":"twin","text":"%s"}\n' "$(seq -s ' ' 100 150)" "$(seq -s ' ' 100 150)" >>in.jsonl
    run scan in.jsonl --csv tables
    exits 0
    empty out
    run scan in.jsonl -o result.jsonl --csv tables
    exits 0
    for kind in pair cluster section; do
        case $kind in
        pair) rows=$(grep -c '"type":"pair"' result.jsonl) ;;
        cluster) rows=$(grep '"type":"cluster"' result.jsonl | sed 's/.*\[//' | tr -cd ',\n' | sed 's/$/,/' | tr -d '\n' | wc -c) ;;
        section) rows=$(grep '"type":"section"' result.jsonl | grep -o '"begin"' | wc -l) ;;
        esac
        [ "$kind" = cluster ] || [ "$(($(wc -l <tables/${kind}s.csv) - 1))" -eq "$rows" ] || fail "${kind}s.csv has $(wc -l <tables/${kind}s.csv) lines, not $rows and a head"
    done
    has tables/pairs.csv '"a,""b""",twin,identical,1,1,1,1,1,1,0'
    has tables/clusters.csv '"a,""b""",1'
    for table in tables/*.csv; do # none of them is one of articles
        run scan "$table"
        exits 3
        has err "$table:1: a table that scan --csv wrote; give the articles that were scanned"
    done
    run dedup -q in.jsonl -o kept.jsonl --removed removed.jsonl
    [ "$(($(wc -l <tables/removed.csv) - 1))" -eq "$(wc -l <removed.jsonl)" ] || fail 'removed.csv is not what dedup removes'
    : >file
    run scan in.jsonl --csv file
    exits 3
    has err 'file/pairs.csv'
    no_leftovers
}
