# shellcheck shell=bash disable=SC2154
# The index through the command.

verdicts() { sed 's/.*"id":\([^,]*\),"verdict":"\([a-z]*\)".*/\1 \2/' "$1"; }

watch() { # $1: index, $2: input; the rest: options
    status=0
    "${as[@]}" "$TWICETOLD" watch "$1" "${@:3}" <"$2" >out 2>err || status=$?
}

test_a_feed_is_judged_in_order() {
    feed 200 >in.jsonl
    watch a.db in.jsonl
    exits 0
    lines out 200
    has err '200 articles:'
    sed 's/.*"id":\("[^"]*"\).*/\1/' in.jsonl >expected
    verdicts out | cut -d' ' -f1 >ids
    same expected ids
    [ "$(grep -c '"verdict":"duplicate"' out)" -ge 20 ] || fail 'too few duplicates'
    run index check a.db
    exits 0
    has err 'a.db: no damage found'
}

test_the_same_again_changes_nothing() {
    feed 100 >in.jsonl
    watch a.db in.jsonl -q
    run index stat a.db --json
    cp out before
    watch a.db in.jsonl -q
    exits 0
    [ "$(grep -c '"verdict":"duplicate"' out)" -eq 100 ] || fail 'not all are duplicates of themselves'
    run index stat a.db --json
    sed 's/"memory_bytes":[0-9]*,//' before >before.plain
    sed 's/"memory_bytes":[0-9]*,//' out >out.plain
    same before.plain out.plain
}

test_query_stores_nothing_and_agrees_with_watch() {
    feed 120 >in.jsonl
    head -n 100 in.jsonl >first.jsonl
    tail -n 1 first.jsonl >last.jsonl
    run index create a.db
    exits 0
    run index add a.db first.jsonl
    exits 0
    has err '100 articles added'
    sed -n 101p in.jsonl >one.jsonl
    run index query a.db one.jsonl -q
    exits 0
    cp out asked
    run index query a.db one.jsonl -q
    same asked out
    watch a.db one.jsonl -q
    same asked out
}

test_remove_and_expire() {
    printf '{"id":"a","text":"one two three four five six","published":"2024-01-01T00:00:00Z"}\n' >in.jsonl
    printf '{"id":7,"text":"another text that is its own","published":"2024-03-01T00:00:00Z"}\n' >>in.jsonl
    printf '{"id":"c","text":"a third one with nothing in common","published":"2024-05-01"}\n' >>in.jsonl
    run index create a.db
    run index add a.db in.jsonl -q
    run index remove a.db 7 nothing
    exits 0
    has err '1 removed'
    run index expire a.db --before 2024-02-01
    exits 0
    has err '1 removed'
    run index stat a.db --json
    has out '"articles":1,'
    run index expire a.db --older-than 1d
    has err '1 removed'
    run index expire a.db --before 2025-02-31
    exits 2
    run index expire a.db
    exits 2
    has err 'give either --before TIME or --older-than AGE'
    run index expire a.db --older-than 30
    exits 2
    has err 'a length of time, as 2w, 30d, 72h, 15m'
}

test_a_day_that_is_not_in_the_calendar_expires_nothing() {
    printf '{"id":"a","text":"one two three four five six","published":"2025-01-01"}\n' >in.jsonl
    run index create a.db
    run index add a.db in.jsonl -q
    for day in 2025-02-31 2025-02-29 2025-04-31T00:00:00Z 2025-13-01 2025-00-10; do
        run index expire a.db --before $day
        exits 2
        has err "--before: '$day' is not allowed; give a date or a time"
    done
    run index stat a.db --json
    has out '"articles":1,'
    run index expire a.db --before 2024-02-29
    exits 0
}

# Ten flashes of other news, each with the same terms of an agency.
flashes() {
    terms='These terms apply wherever our stories are used, and nobody may publish, sell, store or rewrite any part of them unless the agency agreed beforehand; ask its desk about licences, fees, permissions, corrections and complaints by post or telephone on working days.'
    news=('Ferry crews walked out across northern harbours' 'Bakers found gluten inside certified oat bread'
        'Astronomers photographed twin comets above Chile' 'Parliament rejected another railway subsidy'
        'Thieves emptied vaults beneath a Lisbon museum' 'Heavy snow closed mountain schools until Friday'
        'Wheat prices climbed after drought warnings' 'Doctors tested vaccines against river fever'
        'Engineers reopened an ancient copper tunnel' 'Voters elected their youngest mayor yet')
    for k in "${!news[@]}"; do
        printf '{"id":"f%s","text":"%s.\\n\\n%s"}\n' "$k" "${news[k]}" "$terms"
    done
}

test_notices_are_learned_and_kept() {
    flashes >in.jsonl
    watch whole.db in.jsonl -q
    cp out whole
    has whole '"id":"f9","verdict":"new"'
    run index query -q whole.db in.jsonl
    lacks out '"verdict":"overlaps"'
    while read -r line; do # each in another process
        printf '%s\n' "$line" >one.jsonl
        "$TWICETOLD" watch -q parts.db <one.jsonl >>parts || fail 'watch failed'
    done <in.jsonl
    same whole parts
    tail -n 1 in.jsonl | sed 's/f9/again/; s/youngest/oldest ever/' >one.jsonl
    run index query -q parts.db one.jsonl # asking learns nothing
    run index check parts.db
    exits 0
    run index repair parts.db -o repaired.db
    run index notices parts.db -o parts.jsonl
    run index notices repaired.db -o repaired.jsonl
    for f in parts repaired; do grep '"type":"notice"' $f.jsonl >$f.notices; done
    [ -s parts.notices ] || fail 'no notices'
    same parts.notices repaired.notices
    run index create merged.db
    run index merge merged.db parts.db repaired.db # which has the same
    exits 0
    run index notices merged.db -o merged.jsonl
    grep '"type":"notice"' merged.jsonl >merged.notices
    same parts.notices merged.notices
    run scan -q --notices parts.jsonl in.jsonl -o result.jsonl
    exits 0
    lacks result.jsonl '"relation":"near"'
}

test_a_window_forgets() {
    for day in 01 02 03 04 05 06 07 08 09; do
        printf '{"id":"d%s","text":"day %s of the news in %s words","published":"2024-01-%sT00:00:00Z"}\n' $day $day $day $day
    done >in.jsonl
    watch a.db in.jsonl -q --window 72h
    exits 0
    lines out 9
    run index stat a.db --json
    has out '"articles":5,' # one date alone moves no window
}

test_verdicts_come_while_the_feed_goes_on() {
    mkfifo pipe
    "$TWICETOLD" watch a.db -q <pipe >out 2>err &
    watcher=$!
    exec 7>pipe
    printf '{"id":"a","text":"one two three four five six"}\n' >&7
    for _ in $(seq 100); do [ -s out ] && break; sleep 0.05; done
    lines out 1
    printf '{"id":"b","text":"one two three four five six"}\n' >&7
    for _ in $(seq 100); do [ "$(wc -l <out)" -eq 2 ] && break; sleep 0.05; done
    has out '"id":"b","verdict":"duplicate","of":"a"'
    exec 7>&-
    wait $watcher || fail "watch ended with $?"
}

test_commits_can_be_gathered() {
    feed 300 >in.jsonl
    watch a.db in.jsonl -q
    cp out at_once
    watch b.db in.jsonl -q --commit-every 50ms
    exits 0
    same at_once out
    mkfifo pipe
    "$TWICETOLD" watch c.db -q --commit-every 100ms <pipe >out 2>err &
    watcher=$!
    exec 7>pipe
    head -n 1 in.jsonl >&7
    for _ in $(seq 100); do [ -s out ] && break; sleep 0.05; done
    lines out 1
    exec 7>&-
    wait $watcher || fail "watch ended with $?"
}

# Starts watch on the pipe `pipe`, whose writing end is descriptor 7. $@: options
watch_pipe() {
    : >out
    mkfifo pipe
    "$TWICETOLD" watch a.db -q "$@" <pipe >out 2>err &
    watcher=$!
    exec 7>pipe
}

# Waits until the file $1 has $2 lines, five seconds at most.
lines_come() {
    for _ in $(seq 100); do [ "$(wc -l <"$1")" -eq "$2" ] && break; sleep 0.05; done
    lines "$1" "$2"
}

end_watch() { # by a signal, as a service ends
    kill "${1:--TERM}" $watcher
    wait $watcher 2>/dev/null
    exec 7>&-
}

test_half_a_line_holds_no_commit() {
    feed 2 >in.jsonl
    watch_pipe --commit-every 100ms
    sleep 0.5 # it waits for the first article
    head -n 1 in.jsonl >&7
    sleep 0.03
    sed -n 2p in.jsonl | head -c 200 >&7
    lines_come out 1
    end_watch
    run index stat a.db --json
    has out '"articles":1,'
}

test_a_trickle_holds_no_verdict() { # with and without --commit-every, plain and compressed
    for options in '' '--commit-every 100ms'; do
        for pack in cat gzip; do
            rm -rf a.db* pipe
            feed 2 >in.jsonl
            # shellcheck disable=SC2086
            watch_pipe $options
            sleep 0.3
            head -n 1 in.jsonl | $pack >&7
            sed -n 2p in.jsonl | $pack | head -c 300 | tr -d '\0' >rest
            (for ((k = 1; k <= 300; k++)); do head -c $k rest | tail -c 1 >&7; done) &
            trickle=$!
            lines_come out 1
            kill -0 $trickle || fail "the verdict waited for the trickle: $pack $options"
            wait $trickle
            end_watch
        done
    done
}

test_rejects_outlive_a_kill() {
    for signal in -TERM -KILL; do
        rm -rf a.db* pipe
        watch_pipe --rejects rejects
        printf 'oops\n{"id":"a","text":"one two three"}\n{"id":"x","text":5}\n' >&7
        lines_come out 1
        end_watch $signal
    done
    printf 'oops\n{"id":"x","text":5}\noops\n{"id":"x","text":5}\n' >expected
    same expected rejects
    [ "$(ls -A | grep -c tmp)" -eq 0 ] || fail 'a temporary file is left'
}

# Makes descriptor $2 not block, for whoever shares it; $1 is iflag or oflag.
do_not_block() {
    if [ "$1" = iflag ]; then dd iflag=nonblock count=0 <&"$2"; else dd oflag=nonblock count=0 >&"$2"; fi 2>/dev/null ||
        skip 'dd has no flag nonblock'
}

test_pipes_that_do_not_block_are_waited_for() {
    feed 3000 >in.jsonl
    mkfifo pipe
    exec 7<>pipe
    do_not_block iflag 7
    "$TWICETOLD" watch a.db -q <&7 >out 2>err &
    watcher=$!
    sleep 0.3
    head -n 1 in.jsonl >&7
    lines_come out 1
    end_watch
    mkfifo outlet
    exec 8<>outlet
    do_not_block oflag 8
    "$TWICETOLD" watch b.db -q <in.jsonl >&8 2>err &
    watcher=$!
    sleep 1
    head -n 3000 <outlet >out
    wait $watcher || fail "watch ended with $?"
    lines out 3000
    empty err
    "$TWICETOLD" scan -q in.jsonl >&8 2>err &
    scanner=$!
    sleep 1
    grep -m 1 '"type":"summary"' <outlet >out
    wait $scanner || fail "scan ended with $?"
    exec 8>&-
}

test_watch_without_its_input_is_an_error() {
    mkdir folder
    status=0
    "$TWICETOLD" watch a.db <folder >out 2>err || status=$?
    exits 3
    has err 'standard input: cannot read: Is a directory'
}

test_an_article_that_is_too_long_is_refused_alone() {
    {
        printf '{"id":"before","text":"an article before it with some words"}\n{"id":"poison","text":"'
        yes 'a a a a a a a a a a a a a a a' | head -c 17000000 | tr '\n' ' '
        printf '"}\n{"id":"after","text":"an article after it with other words"}\n'
    } >in.jsonl
    watch a.db in.jsonl
    exits 1
    lines out 2
    has err '-:2: text of 17000000 bytes is over the limit of 16777216; --max-article-bytes raises the limit'
    has out '"id":"after","verdict":"new"'
    run index create b.db
    run index add b.db in.jsonl
    exits 1
    has err 'in.jsonl:2: text of 17000000 bytes is over the limit of 16777216'
    has err '2 articles added, 1 rejected'
}

test_a_hard_link_is_named_with_what_to_do() {
    run index create a.db
    ln a.db b.db
    run index remove b.db x
    exits 3
    has err 'b.db has another name too (a hard link)'
    has err 'try: remove one of the names, or make one a symbolic link'
}

test_names_of_records_without_an_id_never_meet() {
    feed 4 | sed 's/.*"text": *"\([^"\\]*\).*/\1/' >texts
    for i in 1 2; do sed -n ${i}p texts | sed 's/.*/{"text":"&"}/' >$i.jsonl; done
    for i in 1 2 1; do # a second feed has other records on the same lines, a third one the first again
        watch a.db $i.jsonl
        exits 0
        cat out >>told
    done
    sed 's/.*"verdict":"\([a-z]*\)".*/\1/' told | tr '\n' ' ' >words
    printf 'new new duplicate ' >expected
    same expected words
    run index list a.db
    [ "$(wc -l <out)" -eq 2 ] || fail 'not two articles'
    grep -qE '"id":"-#[0-9a-f]{24}"' out || fail "$(cat out)"
    mkdir one other
    for i in 1 2; do sed -n ${i}p texts >"$([ $i = 1 ] && echo one || echo other)/a.txt"; done
    run index create b.db
    for folder in one other one; do (cd $folder && "$TWICETOLD" index add -q ../b.db a.txt) || fail 'not added'; done
    run index list b.db
    [ "$(wc -l <out)" -eq 2 ] || fail 'a file took the place of another'
    (cd other && "$TWICETOLD" index query -q ../b.db a.txt) >out || fail 'not asked'
    sed 's/.*"id":\("[^"]*"\).*"of":\("[^"]*"\).*/\1 \2/' out >names
    grep -qE '^("a\.txt#[0-9a-f]{24}") \1$' names || fail "$(cat out)"
}

# A line of ninjs: $1 id, $2 version, $3 status, $4 text
ninjs() {
    printf '{"uri":"%s","version":"%s","pubstatus":"%s","versioncreated":"2024-05-08T0%s:00:00Z","headline":"H","body_text":"%s"}\n' \
        "$1" "$2" "$3" "$2" "$4"
}

test_a_withdrawn_item_takes_its_copies_along() {
    feed 30 | sed 's/.*"text":"\([^"\\]*\).*/\1/' >texts
    story=$(awk 'length > 400 {n++; if (n == 1) print}' texts) other=$(awk 'length > 400 {n++; if (n == 2) print}' texts)
    {
        ninjs urn:1 1 usable "$story"
        ninjs urn:2 1 usable "$other"
        ninjs urn:3 1 usable "$story And one sentence more."
        ninjs urn:1 4 canceled "KILL: the story is withdrawn"
        ninjs urn:4 1 usable "$story"
        ninjs urn:5 1 canceled "nothing is known of it"
        printf '{"uri":"urn:1","version":"5","pubStatus":"canceled","versionCreated":"2024-05-08T05:00:00Z","headline":"H"}\n'
        ninjs urn:1 3 usable "$other" # late: it is as withdrawn as the item
        ninjs urn:1 6 usable "$story"
        ninjs urn:6 1 usable "$story"
    } >in.ninjs
    watch a.db in.ninjs
    exits 0
    verdicts out | tr -d '"' | tr '\n' ' ' >words
    printf '%s ' 'urn:1 new' 'urn:2 new' 'urn:3 duplicate' 'urn:1 withdrawn' 'urn:4 withdrawn' 'urn:5 withdrawn' \
        'urn:1 withdrawn' 'urn:1 withdrawn' 'urn:1 update' 'urn:6 duplicate' >expected
    same expected words
    [ "$(sed -n 4p out | sed 's/.*"of":\("[^"]*"\).*"copies":/\1 /')" = '"urn:1" ["urn:3"]}' ] || fail "$(sed -n 4p out)"
    sed -n 5p out >reprint
    has reprint '"verdict":"withdrawn","of":"urn:1"'
    lacks reprint copies
    has out '"verdict":"withdrawn","of":null'
    sed -n 7p out >again
    has again '"urn:3"'
    has again '"urn:4"'
    has err '2 duplicates, 1 update, 0 overlapping, 5 withdrawn'
    run index check a.db
    exits 0
    # The same from the file, opened again, one by one and all at once.
    while IFS= read -r line; do
        printf '%s\n' "$line" >one.jsonl
        watch b.db one.jsonl -q
        cat out >>alone
    done <in.ninjs
    watch c.db in.ninjs -q
    same alone out
    run index query a.db in.ninjs -q
    run index add b.db in.ninjs -q
    exits 0
    run index check b.db
    exits 0
}

test_a_news_item_is_withdrawn_by_its_pub_status() {
    item() {
        printf '<newsItem guid="urn:1" version="%s" xmlns="http://iptc.org/std/nar/2006-10-01/"><itemMeta><pubStatus qcode="%s"/></itemMeta>' "$1" "$2"
        printf '<contentMeta><headline>H</headline></contentMeta>%s</newsItem>' "$3"
    }
    item 1 stat:usable '<contentSet><inlineXML contenttype="application/nitf+xml"><nitf xmlns="http://iptc.org/std/NITF/2006-10-18/"><body><body.content><p>one two three four five six</p></body.content></body></nitf></inlineXML></contentSet>' >first.xml
    item 2 stat:canceled '' >second.xml
    run index create a.db
    run index add a.db first.xml
    exits 0
    has err '1 article added'
    run index query a.db second.xml -q
    exits 0
    has out '"id":"urn:1","verdict":"withdrawn","of":"urn:1"'
    has out '"copies":[]'
}

# Each is the third version of an item whose text an index has.
test_a_status_withdraws_in_every_format_and_spelling() {
    uri='uri="http://cv.iptc.org/newscodes/pubstatusg2/canceled"'
    item='<newsItem guid="urn:1" version="3" xmlns="http://iptc.org/std/nar/2006-10-01/"><itemMeta><pubStatus %s/></itemMeta></newsItem>'
    # shellcheck disable=SC2059
    printf "$item" "$uri" >uri.xml
    # shellcheck disable=SC2059
    printf "$item" 'qcode="stat:Canceled"' >capital.xml
    printf '<nitf><head><docdata management-status="canceled"><doc-id id-string="urn:1"/><du-key version="3"/></docdata></head><body><body.content><p>the story is withdrawn by its desk</p></body.content></body></nitf>' >nitf.xml
    printf '<NewsML><NewsItem><Identification><NewsIdentifier><PublicIdentifier>urn:1</PublicIdentifier><RevisionId>3</RevisionId></NewsIdentifier></Identification><NewsManagement><Status FormalName="Canceled"/></NewsManagement><NewsComponent><ContentItem><DataContent><p>the story is withdrawn by its desk</p></DataContent></ContentItem></NewsComponent></NewsItem></NewsML>' >newsml1.xml
    printf '{"id":"urn:1","version":"3","pubstatus":"CANCELED","text":"the story is withdrawn by its desk"}\n' >capitals.jsonl
    printf '{"id":"urn:1","text":"one two three four five six seven eight"}\n' >in.jsonl
    for notice in uri.xml capital.xml nitf.xml newsml1.xml capitals.jsonl; do
        run watch -q "$notice.db" <in.jsonl
        run index query "$notice.db" "$notice" -q
        exits 0
        has out '"id":"urn:1","verdict":"withdrawn","of":"urn:1"'
    done
}

test_files_are_for_their_owner_alone() {
    (umask 022; "$TWICETOLD" index create a.db)
    printf 'oops\n' >in.jsonl
    (umask 022; "$TWICETOLD" watch a.db -q --rejects rejects <in.jsonl >out 2>err)
    mkfifo pipe
    "$TWICETOLD" watch a.db -q <pipe >out 2>err &
    watcher=$!
    exec 7>pipe
    printf '{"id":"a","text":"one two three four five six"}\n' >&7
    lines_come out 1
    for file in a.db a.db-wal a.db-shm rejects; do
        [ "$(stat -c %a $file)" = 600 ] || fail "$file has the mode $(stat -c %a $file)"
    done
    exec 7>&-
    wait $watcher
}

test_another_user_reads_what_he_may_only_read() {
    feed 30 >in.jsonl
    head -n 3 in.jsonl >few.jsonl
    mkdir shut
    watch shut/a.db in.jsonl -q
    cp shut/a.db before
    chmod 644 shut/a.db
    chmod 755 shut
    as_a_user
    for command in 'stat' 'check'; do
        run index $command shut/a.db
        exits 0
    done
    run index query shut/a.db few.jsonl -q
    exits 0
    lines out 3
    [ "$(grep -c '"verdict":"duplicate"' out)" -eq 3 ] || fail 'they are not found'
    same before shut/a.db
    [ "$(ls shut)" = a.db ] || fail "files were made: $(ls shut)"
}

test_a_log_that_cannot_be_read_is_named() {
    feed 30 >in.jsonl
    mkdir shut
    mkfifo pipe
    "$TWICETOLD" watch shut/a.db -q <pipe >out 2>err &
    watcher=$!
    exec 7>pipe
    cat in.jsonl >&7
    lines_come out 30
    end_watch -KILL
    rm shut/a.db-shm
    chmod 644 shut/*
    chmod 755 shut
    as_a_user
    run index stat shut/a.db
    exits 3
    has err 'shut/a.db-wal holds batches, which cannot be read here'
    has err 'try: let a user with permission to write open it once'
}

# Runs a script in a separate mount namespace, with a small file system at ./small.
in_small_disk() {
    mkdir small
    unshare -m true 2>/dev/null || skip 'no permission to mount'
    unshare -m bash -c "mount -t tmpfs -o size=$1 none small 2>/dev/null || exit $skipped_code; $2"
    status=$?
    [ $status -ne $skipped_code ] || skip 'no permission to mount'
    [ $status -eq 0 ] || fail "the script ended with $status"
}

test_a_read_only_file_system_and_a_full_disk_are_read() {
    export TWICETOLD
    feed 60 >in.jsonl
    head -n 3 in.jsonl >few.jsonl
    in_small_disk 8M '
        set -e
        "$TWICETOLD" watch small/a.db -q <in.jsonl >out
        dd if=/dev/zero of=small/filler bs=1k count=9000 2>/dev/null || true
        "$TWICETOLD" index stat small/a.db >full
        "$TWICETOLD" index query small/a.db few.jsonl -q >>full
        "$TWICETOLD" index check small/a.db
        mkdir small/here
        "$TWICETOLD" index expire small/a.db --before 2100-01-01 --temp-dir small/here 2>expired && exit 1
        "$TWICETOLD" index check small/a.db
        rm small/filler
        "$TWICETOLD" index check small/a.db
        mount -o remount,ro small
        "$TWICETOLD" index stat small/a.db >readonly
        "$TWICETOLD" index query small/a.db few.jsonl -q >>readonly
        "$TWICETOLD" index check small/a.db
        "$TWICETOLD" index add small/a.db few.jsonl 2>refused && exit 1
        mount -o remount,rw small
        "$TWICETOLD" index expire small/a.db --before 2100-01-01'
    has full 'articles       60'
    has readonly 'articles       60'
    has expired 'No space left on device; cannot keep the log in small/here: it is on the disk of the index'
    has expired 'name a directory on another disk with --temp-dir'
    has refused 'small/a.db: Read-only file system'
}

# The index itself fills the disk, so that its log holds what has no room in the file.
test_old_articles_make_room_on_a_full_disk() {
    export TWICETOLD
    feed 3000 >in.jsonl
    mkdir elsewhere
    in_small_disk 4M '
        set -e
        mount -t tmpfs none elsewhere
        "$TWICETOLD" index create small/a.db --keep-text
        "$TWICETOLD" watch small/a.db -q <in.jsonl >told 2>/dev/null && exit 1
        dd if=/dev/zero of=small/filler bs=1k count=9000 2>/dev/null || true
        TMPDIR=elsewhere "$TWICETOLD" index expire small/a.db --before 2024-01-01
        TMPDIR=elsewhere "$TWICETOLD" index remove small/a.db none
        TMPDIR=elsewhere "$TWICETOLD" index stat small/a.db >kept
        ls -A elsewhere >left
        TMPDIR=elsewhere "$TWICETOLD" index expire small/a.db --before 2100-01-01
        ls -A elsewhere small | grep -v -- -shm >>left
        "$TWICETOLD" index check small/a.db
        head -n 100 in.jsonl | "$TWICETOLD" watch small/a.db -q >again'
    [ "$(awk '$1 == "articles" {print $2}' kept)" -eq "$(wc -l <told)" ] || fail 'what was told is not there'
    [ "$(wc -l <told)" -gt 0 ] && [ "$(wc -l <again)" -eq 100 ] || fail 'nothing was told'
    printf '%s\n' 'elsewhere:' '' 'small:' a.db filler >expected
    same expected left
}

test_a_log_that_was_left_elsewhere_is_followed() {
    feed 30 >in.jsonl
    log=$PWD/twicetold-wal.abcdef
    run index create a.db
    : >"$log"
    ln -s "$log" a.db-wal # as a kill leaves it
    (cat in.jsonl; sleep 1; "$TWICETOLD" index stat a.db >stat; wc -c <"$log" >size) | "$TWICETOLD" watch a.db -q >out
    [ "$(awk '$1 == "articles" {print $2}' stat)" -eq 30 ] || fail 'a reader does not follow it'
    [ "$(cat size)" -gt 0 ] || fail 'it was not written to'
    if [ -e "$log" ] || [ -L a.db-wal ]; then fail 'it is left'; fi
    run index check a.db
    exits 0
    ln -s /nowhere/twicetold-wal.abcdef a.db-wal
    run index stat a.db
    exits 3
    has err 'a.db-wal leads to /nowhere/twicetold-wal.abcdef: No such file or directory'
}

# An index may come from anyone, and so may a link beside it.
test_a_link_to_something_else_is_not_followed() {
    feed 3 >in.jsonl
    run index create a.db
    echo 'nobody wants to lose this' >mine
    ln "$PWD/mine" twicetold-wal.abcdef
    for target in "$PWD/mine" mine twicetold-wal.abcdef "$PWD/twicetold-wal.abcdef"; do
        ln -sf "$target" a.db-wal
        run index add a.db in.jsonl
        exits 3
        run index stat a.db
        [ "$(cat mine)" = 'nobody wants to lose this' ] || fail 'it was written to'
        [ -L a.db-wal ] || fail 'the link is gone'
    done
}

test_rejected_records_have_no_verdict() {
    printf '{"id":"a","text":"one two three"}\noops\n{"id":"b","text":"four five six"}\n' >in.jsonl
    watch a.db in.jsonl -q --rejects rejects
    exits 1
    lines out 2
    echo oops >expected
    same expected rejects
}

test_a_second_writer_is_refused_and_readers_are_not() {
    feed 50 >in.jsonl
    watch a.db in.jsonl -q
    mkfifo pipe
    "$TWICETOLD" watch a.db -q <pipe >watched 2>errors &
    watcher=$!
    exec 7>pipe
    printf '{"id":"x","text":"one two three four five six"}\n' >&7
    for _ in $(seq 100); do [ -s watched ] && break; sleep 0.05; done
    run index add a.db in.jsonl
    exits 3
    has err 'another process is writing to it'
    run index stat a.db --json
    exits 0
    has out '"articles":51,'
    printf '{"id":"y","text":"one two three four five six"}\n' >one.jsonl
    run index query a.db one.jsonl -q
    has out '"of":"x"'
    exec 7>&-
    wait $watcher || fail "watch ended with $?"
}

# Kills the command $1 under load after $3 ms, beginning with article $2 of the feed. Acknowledged ids are added to
# the file acknowledged.
kill_once() {
    local sent=$2
    tail -n +"$sent" in.jsonl >part.jsonl
    case $1 in
    watch) "$TWICETOLD" watch a.db -q <part.jsonl >out 2>err & ;;
    slow) while IFS= read -r line; do printf '%s\n' "$line"; done <part.jsonl |
        exec "$TWICETOLD" watch a.db -q >out 2>err & ;;
    gather) "$TWICETOLD" watch a.db -q --commit-every 20ms <part.jsonl >out 2>err & ;;
    esac
    watcher=$!
    [ $(($3 % 5)) -eq 0 ] || for _ in $(seq 100); do [ -s out ] && break; sleep 0.05; done
    sleep "$(printf '0.%03d' "$3")"
    kill -9 $watcher 2>/dev/null && killed=$((killed + 1))
    wait $watcher 2>/dev/null
    grep '}$' out | verdicts /dev/stdin | cut -d' ' -f1 | tr -d '"' >now # the last line may be cut short
    cat now >>acknowledged
}

# Every article in the file $1, a list of ids, is in the index unchanged.
all_are_there() {
    awk -F'"' 'NR == FNR {want[$1] = 1; next} $4 in want' "$1" in.jsonl >asked.jsonl
    run index query a.db asked.jsonl -q
    exits 0
    lines out "$(sort -u "$1" | wc -l)"
    awk -F'"' '!($12 == "duplicate" && $16 == $8)' out >lost
    empty lost
}

# A second writer comes by a name while the first writes. The long form: TT_RACES=50.
test_writers_race_by_every_kind_of_name() {
    feed 60 >in.jsonl
    mkdir sub
    for ((race = 0; race < ${TT_RACES:-1}; race++)); do
        for kind in same relative symbolic hard deleted; do
            rm -f a.db* b.db* verdicts pipe
            mkfifo pipe
            "$TWICETOLD" watch --quiet a.db <pipe >verdicts &
            exec 7>pipe
            head -n 20 in.jsonl >&7
            until [ "$(wc -l <verdicts)" -gt 0 ]; do sleep 0.01; done
            name=a.db
            case $kind in
            relative) name=sub/../a.db ;;
            symbolic) ln -s a.db b.db && name=b.db ;;
            hard) ln a.db b.db && name=b.db ;;
            deleted) rm -f a.db-lock ;;
            esac
            tail -n 20 in.jsonl >later.jsonl
            run index add --quiet "$name" later.jsonl
            exits 3
            [ "$kind" = hard ] && rm b.db
            head -n 40 in.jsonl | tail -n 20 >&7
            exec 7>&-
            wait "$!" || fail "$kind: the first writer failed"
            [ "$(wc -l <verdicts)" -eq 40 ] || fail "$kind: not 40 verdicts"
            run index check a.db
            exits 0
            run index stat a.db
            [ "$(awk '$1 == "articles" {print $2}' out)" -eq 40 ] || fail "$kind: not 40 articles"
        done
    done
}

test_what_is_acknowledged_survives_a_kill() {
    rounds=${TT_KILLS:-10} seed=${TT_SEED:-$RANDOM}
    echo "TT_KILLS=$rounds TT_SEED=$seed"
    RANDOM=$seed
    feed 50000 >in.jsonl
    : >acknowledged
    kinds=(watch gather slow)
    killed=0 told=0
    for round in $(seq "$rounds"); do
        at=$(($(sort -u acknowledged | wc -l) - 50))
        if [ $at -gt 25000 ]; then # what is left may not last until the kill: from the beginning
            all_are_there acknowledged
            rm -f a.db* acknowledged
            : >acknowledged
            at=1
        fi
        kill_once "${kinds[round % 3]}" $((at < 1 ? 1 : at)) $((RANDOM % 200 + 15))
        [ -s acknowledged ] || continue # it may have ended before it was made
        told=1
        run index check a.db
        exits 0
        [ ! -s now ] || all_are_there now
    done
    [ $told -eq 1 ] || fail 'no verdict was written'
    [ $killed -gt $((rounds * 2 / 3)) ] || fail "of $rounds kills $killed found it at work"
    echo "$killed of $rounds kills found it at work"
    [ ! -s acknowledged ] || all_are_there acknowledged
    watch a.db in.jsonl -q
    exits 0
    run index stat a.db --json
    sed 's/"memory_bytes":[0-9]*,//' out >before
    watch a.db in.jsonl -q # the replay changes nothing
    exits 0
    run index stat a.db --json
    sed 's/"memory_bytes":[0-9]*,//' out >after
    same before after
    watch whole.db in.jsonl -q
    head -n 2000 in.jsonl | sed 's/"id":"/&again-/' >asked.jsonl
    run index query a.db asked.jsonl -q
    cp out again
    run index query whole.db asked.jsonl -q
    same again out
}

test_a_full_disk_keeps_earlier_batches() {
    feed 400 >in.jsonl
    head -n 100 in.jsonl >first.jsonl
    run index create a.db
    run index add a.db first.jsonl -q
    exits 0
    status=0
    (ulimit -f 300; "$TWICETOLD" index add a.db in.jsonl) >out 2>err || status=$?
    exits 3
    has err 'a.db: '
    run index check a.db
    exits 0
    run index stat a.db --json
    has out '"articles":100,'
    run index add a.db in.jsonl -q
    exits 0
    run index stat a.db --json
    has out '"articles":400,'
}

test_a_limit_of_memory_is_an_error_and_the_index_is_whole() {
    (ulimit -v 4000000; "$TWICETOLD" --version >/dev/null 2>&1) || skip 'a sanitizer maps terabytes'
    feed 3000 >in.jsonl
    head -n 100 in.jsonl >first.jsonl
    failures=0
    for kilobytes in $(seq 40000 1500 400000); do
        (ulimit -v "$kilobytes"; "$TWICETOLD" --version >/dev/null 2>&1) || continue # it cannot even start
        rm -f a.db*
        run index create a.db
        run index add a.db first.jsonl -q
        status=0
        (ulimit -v "$kilobytes"; "$TWICETOLD" index add a.db in.jsonl -q --threads 4) >out 2>err || status=$?
        [ "$status" -ne 0 ] || break
        exits 3
        has err 'out of memory'
        failures=$((failures + 1))
        run index check a.db
        exits 0
        run index stat a.db --json
        [ "$(sed 's/.*"articles":\([0-9]*\).*/\1/' out)" -ge 100 ] || fail 'articles are gone'
    done
    [ "$status" -eq 0 ] || fail 'no limit is enough'
    [ "$failures" -gt 2 ] || fail "$failures limits were too low"
    run index check a.db
    exits 0
    run index add a.db in.jsonl -q
    exits 0
    run index stat a.db --json
    has out '"articles":3000,'
}

test_other_files_are_told() {
    feed 5 >in.jsonl
    run index add in.jsonl in.jsonl
    exits 3
    has err 'in.jsonl is not a living index'
    run index stat missing.db
    exits 3
    has err 'No such file'
    absent missing.db
    run index create a.db
    run index create a.db
    exits 3
    has err 'a.db exists already'
    run index create b.db --drop 0.9
    exits 0
}

# Overwrites bytes of a.db: $1 their offset; standard input is what takes their place.
damage() { dd of=a.db bs=1 seek="$1" conv=notrunc 2>/dev/null; }

test_a_repair_saves_what_is_whole() {
    feed 200 >in.jsonl
    watch a.db in.jsonl -q
    cp a.db whole.db
    run index repair a.db
    exits 2
    has err 'give the new file with -o NEW'
    run index repair a.db -o saved.db
    exits 0
    has err 'saved.db: 200 records kept, 0 lost'
    same whole.db a.db
    run index repair a.db -o saved.db
    exits 3
    has err 'saved.db exists already'
    has err 'try: give another name'
    # A byte of a record.
    printf x | damage $(($(grep -abo n00050 a.db | head -n 1 | cut -d: -f1) + 200))
    cp a.db before
    run index repair a.db -o b.db
    exits 1
    has err ', id n00050: its checksum does not match'
    has err 'b.db: 199 records kept, 1 lost'
    same before a.db
    run index check b.db
    exits 0
    # A page in the middle.
    head -c 16384 /dev/zero | damage $(($(grep -abo n00100 a.db | head -n 1 | cut -d: -f1) / 16384 * 16384))
    run index check a.db
    exits 3
    has err 'index repair'
    run index repair a.db -o c.db -q
    exits 1
    has err 'cannot be read'
    run index check c.db
    exits 0
    run index stat c.db --json
    kept=$(sed 's/.*"articles":\([0-9]*\).*/\1/' out)
    [ "$kept" -gt 150 ] || fail "$kept records were kept"
    run index query c.db in.jsonl -q
    exits 0
    [ "$(awk -F'"' '$12 == "duplicate" && $16 == $8' out | wc -l)" -ge "$kept" ] || fail 'a record that was kept is not found'
    run index add c.db in.jsonl -q # what was lost is fed again
    exits 0
    run index stat c.db --json
    has out '"articles":200,'
    # The first page: nothing leads to the records any more.
    head -c 16384 /dev/zero | damage 0
    run index repair a.db -o d.db
    exits 1
    has err 'on pages that nothing leads to'
    run index check d.db
    exits 0
    printf 'no index at all' >e.db
    run index repair e.db -o f.db
    exits 3
    absent f.db
}
