# shellcheck shell=bash disable=SC2154
# The command line: help, and messages about errors in it.

expect_usage() { # $1: what standard error must hold; $2: the command in the hint
    exits 2
    empty out
    has err "$1"
    has err "Try 'twicetold ${2:-scan} --help'"
}

test_help_fits_a_screen_and_shows_an_example() {
    { echo; echo index; all_commands; } >commands
    [ "$(wc -l <commands)" -gt 12 ] || fail "too few commands: $(cat commands)"
    while read -r command; do
        # shellcheck disable=SC2086
        run $command --help
        exits 0
        empty err
        [ "$(wc -l <out)" -le 24 ] || fail "help of '$command' has $(wc -l <out) lines"
        [ "$(awk 'length > 80' out | wc -l)" -eq 0 ] || fail "help of '$command' is wider than 80"
        has out 'Usage: twicetold'
        has out 'Example: twicetold'
        cp out long
        # shellcheck disable=SC2086
        run $command -h
        same long out
    done <commands
}

test_the_long_help_has_all_options() {
    all_commands >commands
    while read -r command; do
        # shellcheck disable=SC2086
        run $command --help-all
        exits 0
        [ "$(awk 'length > 80' out | wc -l)" -eq 0 ] || fail "--help-all of $command is wider than 80"
        cp out long
        # shellcheck disable=SC2086
        run $command --help
        grep -o -e '--[a-z-]*' out | sort -u | while read -r option; do
            has long "$option"
        done || exit 1
    done <commands
}

test_version_is_that_of_the_header() {
    run --version
    exits 0
    header=$here/../../include/twicetold.h
    version=$(sed -n 's/#define TT_VERSION_M[AI][JN]OR \([0-9]*\)/\1/p; s/#define TT_VERSION_PATCH \([0-9]*\)/\1/p' "$header" | paste -sd.)
    [ "$(cat out)" = "twicetold $version" ] || fail "not $version"
}

test_no_command_or_an_unknown_one() {
    run
    exits 2
    empty out
    has err "Try 'twicetold --help'"
    run scam
    exits 2
    has err "unknown command 'scam'; did you mean 'scan'?"
    run frobnicate
    exits 2
    has err "unknown command 'frobnicate'; it is scan, show, list, report, dedup, watch, serve, tune, eval or index"
    run index
    exits 2
    has err 'index: no command given; it is create, add, query, remove, expire, stat, check, repair, list, get, export, import, merge, backup, options or notices'
    has err "Try 'twicetold index --help'"
    while IFS='|' read -r word meant; do
        # shellcheck disable=SC2086
        run $word
        exits 2
        has err "did you mean '$meant'?"
    done <<'END'
sacn|scan
Scan|scan
dedupe|dedup
index ad|index add
index delete|index remove
END
}

test_help_is_a_command_too() {
    run --help
    cp out all
    run help
    exits 0
    same all out
    for command in scan 'index add'; do
        # shellcheck disable=SC2086
        run $command --help
        cp out wanted
        # shellcheck disable=SC2086
        run help $command
        exits 0
        same wanted out
        # shellcheck disable=SC2086
        [ "$command" != scan ] || { run $command help && exits 0 && same wanted out; }
    done
    run help sacn
    exits 2
    has err "did you mean 'scan'?"
}

test_what_may_have_been_meant() {
    while IFS='|' read -r words meant; do
        # shellcheck disable=SC2086
        run $words
        exits 2
        has err "$meant"
    done <<'END'
scan --treshold 0.8 in.jsonl|did you mean '--resemblance'?
scan --threshold 0.8 in.jsonl|did you mean '--resemblance'?
scan --jobs 4 in.jsonl|did you mean '--threads'?
scan --resemblance 80 in.jsonl|did you mean 0.8?
scan --resemblance 80% in.jsonl|did you mean 0.8?
scan --resemblance 0,8 in.jsonl|did you mean 0.8?
scan --resemblance 5% in.jsonl|did you mean 0.05?
scan --keep latest in.jsonl|did you mean newest?
scan --keep oldest in.jsonl|did you mean first?
scan --memory 1 in.jsonl|a size of 32M or more
watch --resemblance 0.8 feed.db|it is an option of scan, dedup, tune, index create or index repair
END
    feed 20 >in.jsonl
    run scan -q -j 2 in.jsonl
    exits 0
}

test_no_input() {
    run scan
    expect_usage 'no INPUT given; give files, directories, or - for standard input'
    run index remove feed.db
    expect_usage 'no ID given; give the ids' 'index remove'
    run watch
    expect_usage 'no INDEX given; give the name of its file' watch
    run dedup -o kept.jsonl
    expect_usage 'no INPUT given' dedup
    absent kept.jsonl
}

test_unknown_options() {
    run scan in.jsonl --frobnicate
    expect_usage "unknown option '--frobnicate'"
    run scan in.jsonl --resemblence=0.5
    expect_usage "unknown option '--resemblence'; did you mean '--resemblance'?"
    run scan in.jsonl -x
    expect_usage "unknown option '-x'"
    run scan in.jsonl --removed file
    expect_usage "unknown option '--removed'"
    run eval --quiet a b
    expect_usage "unknown option '--quiet'" eval
}

test_values_out_of_range() {
    while IFS='|' read -r option value allowed; do
        run scan in.jsonl "--$option" "$value"
        expect_usage "--$option: '$value' is not allowed; give $allowed"
    done <<'END'
resemblance|1.5|a number above 0 and up to 1, or off
resemblance|0|a number above 0 and up to 1, or off
resemblance|-1|a number above 0 and up to 1, or off
containment|nan|a number above 0 and up to 1, or off
overlap|0.5x|a number above 0 and up to 1, or off
facts||a number above 0 and up to 1, or off
drop|off|a number above 0 and up to 1
min-section|5|a whole number from 6 to 4294967295
max-matches|0|a whole number from 1 to 1048576
max-matches|1048577|a whole number from 1 to 1048576
shingle-tokens|65|a whole number from 1 to 64
shingle-tokens|5.0|a whole number from 1 to 64
hashes|8|a whole number from 16 to 1024
bands|0|a whole number from 1 to 1024
seed|-1|a whole number below 2^64, or random
seed|18446744073709551616|a whole number below 2^64, or random
keep|shortest|longest, first, newest or source:NAME,NAME,...
keep|source:|longest, first, newest or source:NAME,NAME,...
paragraphs|lines|auto, line, blank or none
max-article-bytes|2G|a size from 1 to 1G, as 5000000, 64K or 16MiB
max-article-bytes|10X|a size from 1 to 1G, as 5000000, 64K or 16MiB
threads|two|a whole number from 0 to 256
progress|yes|auto, always or never
id-field||text that is not empty
output||text that is not empty
END
}

test_values_that_do_not_fit_each_other() {
    run scan in.jsonl --bands 7
    expect_usage '--bands: 7 is not allowed; give a divisor of --hashes, which is 128'
    run scan in.jsonl --hashes 64 --bands 65
    expect_usage 'give a divisor of --hashes, which is 64'
}

test_values_that_are_missing_or_not_wanted() {
    run scan in.jsonl --resemblance
    expect_usage '--resemblance needs a value: a number above 0 and up to 1, or off'
    run scan in.jsonl -o
    expect_usage '--output needs a value:'
    run scan in.jsonl --quiet=3
    expect_usage '--quiet takes no value'
}

test_sizes_take_suffixes() {
    printf '{"id":"a","text":"alone"}\n' >in.jsonl
    while read -r given bytes; do
        run scan -q in.jsonl --max-article-bytes "$given"
        exits 0
        has out "\"max_article_bytes\":$bytes}"
    done <<'END'
5000000 5000000
64K 65536
64KB 65536
64KiB 65536
3M 3145728
3MiB 3145728
1G 1073741824
700B 700
END
}

test_options_may_follow_inputs_and_two_dashes_end_them() {
    printf '{"id":1,"text":"x"}\n' >--quiet
    run scan -q -- --quiet
    exits 0
    has out '"articles":1,'
}

test_options_from_a_file() {
    printf '# the desk\n\n  text-field = body \r\nseries\nresemblance=0.9\nkeep = source:A = B, C\nrecall = 0.9\n' >desk.conf
    printf '{"id":"a","body":"alone"}\n' >in.jsonl
    run scan -q in.jsonl --config desk.conf
    exits 0
    has out '"resemblance":0.9'
    has out '"series":true'
    run scan -q in.jsonl --resemblance 0.6 --config desk.conf # whatever comes first
    has out '"resemblance":0.6'
    run dedup -q in.jsonl --config=desk.conf -o -
    exits 0
    has out '"body":"alone"'
    while IFS='|' read -r line message; do
        printf '\n%s\n' "$line" >bad.conf
        run scan in.jsonl --config bad.conf
        expect_usage "bad.conf:2: $message"
    done <<'END'
treshold = 0.5|no option for a file is called 'treshold'; did you mean 'resemblance'?
colour|no option for a file is called 'colour'; did you mean 'color'?
help|no option for a file is called 'help'
config = other.conf|no option for a file is called 'config'
resemblance = 80|resemblance: '80' is not allowed; give a number above 0 and up to 1, or off; did you mean 0.8?
resemblance|resemblance needs a value, after a =: a number above 0
series = yes|series takes no value
END
    run scan in.jsonl --config none.conf
    exits 3
    has err 'cannot read none.conf: No such file or directory'
}

test_an_exit_code_for_copies() {
    feed 40 >copies.jsonl
    feed 4 >distinct.jsonl
    for command in 'scan -o result.jsonl' 'scan --pairs -o result.jsonl' 'dedup -o kept.jsonl' 'dedup --sections all -o cut.jsonl' 'scan --against copies.jsonl -o matches.jsonl'; do
        # shellcheck disable=SC2086
        run $command -q --fail-on-duplicates copies.jsonl
        exits 4
        [ -s "${command##* }" ] || fail "no output of $command"
    done
    for command in 'scan -o result.jsonl' 'dedup -o kept.jsonl' 'scan --against none.jsonl -o matches.jsonl'; do
        printf '{"id":"x","text":"quite other words"}\n' >none.jsonl
        # shellcheck disable=SC2086
        run $command -q --fail-on-duplicates distinct.jsonl
        exits 0
    done
    printf '{"id":"x"}\n' >>copies.jsonl
    run scan -q --fail-on-duplicates copies.jsonl -o result.jsonl
    exits 4
    run scan --sections --fail-on-duplicates distinct.jsonl
    expect_usage '--fail-on-duplicates needs --pairs or --clusters'
}

test_no_copy_is_looked_for_where_none_can_be() {
    feed 4 >in.jsonl
    for command in 'scan --pairs' 'scan --clusters --sections'; do
        # shellcheck disable=SC2086
        run $command in.jsonl --resemblance off --containment off --overlap off
        expect_usage 'leave one of them on'
    done
    for command in 'scan --sections' 'scan' 'dedup -o kept.jsonl' 'dedup --sections all -o cut.jsonl'; do
        # shellcheck disable=SC2086
        run $command in.jsonl --resemblance off --containment off --overlap off
        exits 0
    done
    run scan --pairs in.jsonl --resemblance off --containment off
    exits 0
}

test_what_is_done_in_detail() {
    feed 20 >a.jsonl
    printf '{"id":"x"}\n{"id":"y"}\n{"id":"z"}\n' >b.jsonl
    run scan a.jsonl b.jsonl -v -o result.jsonl
    exits 1
    has err 'reading a.jsonl'
    [ "$(grep -c '^reading b.jsonl$' err)" -eq 1 ] || fail 'a file is named more than once'
    has err 'b.jsonl:3: no "text"'
    has err 'seconds: read 0.'
    run scan a.jsonl b.jsonl -vq -o result.jsonl
    empty err
    run scan a.jsonl b.jsonl -o result.jsonl
    lacks err reading
    lacks err b.jsonl:3
    has err '2 more records were rejected for the same reason'
}
