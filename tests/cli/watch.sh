# shellcheck shell=bash disable=SC2154
# watch as a service: files from a directory, figures, outputs that are opened again.

feed=$here/../../corpora/feed/articles.jsonl

until_lines() { # until_lines FILE COUNT: waits until a file has so many lines
    for ((k = 0; k < 100; k++)); do
        [ "$(wc -l <"$1" 2>/dev/null || echo 0)" -ge "$2" ] && return
        sleep 0.1
    done
    fail "$1 has $(wc -l <"$1") lines and not $2"
}

test_files_that_are_moved_into_a_directory_are_taken_in() {
    mkdir in
    head -n 10 "$feed" >in/a.jsonl
    printf 'no article\n' >in/b.jsonl
    printf 'half' >in/.hidden
    "$TWICETOLD" watch --quiet a.db --dir in -o verdicts.jsonl --rejects rejected.jsonl 2>messages &
    pid=$!
    until_lines verdicts.jsonl 10
    head -n 30 "$feed" | tail -n 10 | gzip >c.jsonl.gz
    mv c.jsonl.gz in/
    until_lines verdicts.jsonl 20
    printf 'neither\n' >d.jsonl
    mv d.jsonl in/ # a second one of which nothing is read
    head -n 5 "$feed" >a.jsonl
    mv a.jsonl in/ # a name that was there before
    until_lines verdicts.jsonl 25
    sleep 0.3
    kill -TERM "$pid"
    wait "$pid"
    [ -e in/done/a.jsonl ] && [ -e in/done/c.jsonl.gz ] && [ "$(ls in/done | wc -l)" -eq 3 ] || fail "done: $(ls in/done)"
    [ "$(ls in/failed)" = "$(printf 'b.jsonl\nd.jsonl')" ] || fail "failed: $(ls in/failed)"
    [ "$(ls in)" = "$(printf 'done\nfailed')" ] || fail "left: $(ls in)"
    has rejected.jsonl 'no article'
    has rejected.jsonl 'neither'
    run index stat a.db
    [ "$(awk '$1 == "articles" {print $2}' out)" -eq 20 ] || fail 'not the articles of both files'
}

test_what_is_no_file_of_articles_is_not_taken_in() {
    mkdir in secret
    head -n 1 "$feed" >secret/private.jsonl
    ln -s "$PWD/secret/private.jsonl" in/a.jsonl
    ln -s "$PWD/secret" in/folder
    mkdir in/other
    printf '' >in/empty.jsonl
    printf '[]' >in/none.json
    "$TWICETOLD" watch --quiet a.db --dir in -o verdicts.jsonl 2>messages &
    pid=$!
    until [ -e in/failed/none.json ]; do sleep 0.1; done
    rm -r in/done in/failed # they are made again
    head -n 2 "$feed" | tail -n 1 >b.jsonl
    mv b.jsonl in/
    until_lines verdicts.jsonl 1
    printf '' >c.jsonl
    mv c.jsonl in/
    until [ -e in/failed/c.jsonl ]; do sleep 0.1; done
    kill -TERM "$pid"
    wait "$pid"
    has messages 'in/a.jsonl is a link, which is not followed'
    has messages 'in/folder is a link'
    has messages 'no article was read: in/empty.jsonl is empty'
    has messages 'no article was read: in/none.json is an empty list'
    [ -e in/done/b.jsonl ] && [ -e in/other ] && [ "$(wc -l <verdicts.jsonl)" -eq 1 ] || fail "in: $(ls -R in)"
    [ -e secret/private.jsonl ] || fail 'the file behind the link is gone'
}

test_rejects_go_to_a_file_and_verdicts_to_a_pipe() {
    { head -n 2 "$feed"; echo '{"id":"x"}'; } | "$TWICETOLD" watch a.db --rejects rejected.jsonl 2>messages | cat >verdicts.jsonl
    [ "$(wc -l <verdicts.jsonl)" -eq 2 ] || fail "verdicts: $(cat verdicts.jsonl messages)"
    has rejected.jsonl '{"id":"x"}'
}

# starts the service with arguments; sets $where and $service
start_service() {
    "$TWICETOLD" serve "$@" --listen "${listen:-127.0.0.1:0}" 2>said 7>&- &
    service=$!
    until grep -q '^serving' said; do kill -0 "$service" || fail "$(cat said)"; sleep 0.1; done
    where=$(sed -n 's/^serving .* on //p' said)
}

has_service() { [ -x "$(dirname "$TWICETOLD")/twicetold-serve" ]; }

test_several_watches_send_to_one_service() {
    has_service || return 0
    "$TWICETOLD" watch -q own.db <"$feed" >own.jsonl
    start_service a.db
    "$TWICETOLD" watch "$where" <"$feed" >verdicts.jsonl 2>messages || fail "$(cat messages)"
    cmp own.jsonl verdicts.jsonl
    has messages '308 articles: 124 new'
    for k in 1 2 3; do
        sed "s/^{\"id\": \"/&$k-/" "$feed" | "$TWICETOLD" watch -q "$where" >"$k.jsonl" &
        watches[k]=$!
    done
    wait "${watches[@]}"
    for k in 1 2 3; do
        [ "$(wc -l <"$k.jsonl")" -eq 308 ] && ! grep -q '"verdict":"new"' "$k.jsonl" || fail "watch $k: $(head -3 "$k.jsonl")"
    done
    kill "$service"
    wait "$service"
    run index stat a.db
    [ "$(awk '$1 == "articles" {print $2}' out)" -eq 1232 ] || fail "$(cat out)"
}

test_a_watch_waits_for_a_service_that_begins_again() {
    has_service || return 0
    listen=./socket
    start_service a.db
    mkfifo pipe
    "$TWICETOLD" watch ./socket <pipe >verdicts.jsonl 2>messages &
    pid=$!
    exec 7>pipe
    head -n 5 "$feed" >&7
    until_lines verdicts.jsonl 5
    kill -KILL "$service"
    head -n 10 "$feed" | tail -n 5 >&7
    sleep 0.7
    start_service a.db
    until_lines verdicts.jsonl 10
    exec 7>&-
    wait "$pid" || fail "$(cat messages)"
    kill "$service"
    wait "$service"
    has messages '10 articles: '
}

test_a_service_that_takes_none_is_named() {
    run watch http://127.0.0.1:1 <"$feed"
    exits 3
    has err 'cannot reach the service at http://127.0.0.1:1: Connection refused'
    run watch https://example.org <"$feed"
    exits 2
    has err 'TLS is left to a proxy'
    run watch http:// <"$feed"
    exits 2
    has err 'http://HOST:PORT'
    run watch http://127.0.0.1:1 --window 3d <"$feed"
    exits 2
    has err '--window is for an INDEX'
    has_service || return 0
    printf 'a token of the desk\n' >token
    chmod 600 token
    start_service a.db --token-file token
    run watch "$where" <"$feed"
    exits 3
    has err 'answers 401'
    has err '--token-file'
    { head -n 2 "$feed"; echo '{"text":"no id at all"}'; echo '{"id":"y"}'; } >some.jsonl
    run watch "$where" --token-file token --rejects rejected.jsonl <some.jsonl
    exits 1
    [ "$(wc -l <out)" -eq 3 ] || fail 'not three verdicts'
    has out '"id":"-#' # the same name as in an index
    has rejected.jsonl '{"id":"y"}'
    kill "$service"
    wait "$service"
}

test_a_directory_that_is_none_is_named() {
    run watch a.db --dir nowhere
    exits 3
    has err 'cannot make nowhere/done'
}

test_figures_come_on_request_and_files_are_opened_again() {
    mkfifo pipe
    "$TWICETOLD" watch a.db -o verdicts.jsonl <pipe 2>messages &
    pid=$!
    exec 7>pipe
    head -n 3 "$feed" >&7
    until_lines verdicts.jsonl 3
    kill -USR1 "$pid"
    until_lines messages 1
    has messages '3 articles: '
    mv verdicts.jsonl old.jsonl
    kill -HUP "$pid"
    until [ -e verdicts.jsonl ]; do sleep 0.1; done
    head -n 5 "$feed" | tail -n 2 >&7
    until_lines verdicts.jsonl 2
    [ "$(wc -l <old.jsonl)" -eq 3 ] || fail 'the old file was written to'
    exec 7>&-
    wait "$pid" || fail 'it failed'
    head -n 4 "$feed" | "$TWICETOLD" watch a.db --status 1ms >out 2>messages || fail 'it failed'
    [ "$(wc -l <messages)" -ge 2 ] || fail 'no line of figures'
}

test_a_story_that_grows_is_an_update_and_a_sign_off_none() {
    text='The ferry Northern Star ran aground off Port Aldery at dawn on Tuesday with 214 people on board. Two lifeboats took them off within the hour, and nobody was hurt. The harbour master said that the fog had come in faster than was forecast. The owners have sent divers to look at the hull. Trains will replace the service until the end of the week, and tickets for the crossing remain valid on the coast line and on buses.'
    printf '{"id":"1","text":"%s"}\n{"id":"2","text":"%s Reporting by Ann Hale."}\n{"id":"3","text":"%s The minister of transport will visit the port on Friday and answer questions of passengers in the town hall there."}\n' "$text" "$text" "$text" >grows.jsonl
    run watch a.db <grows.jsonl
    exits 0
    [ "$(sed 's/.*"verdict":"\([a-z]*\)".*/\1/' out | tr '\n' ' ')" = 'new duplicate update ' ] || fail 'other verdicts'
}

test_a_new_index_has_a_random_seed() {
    feed 20 >in.jsonl
    for i in 1 2; do "$TWICETOLD" watch -q a.db --seed random <in.jsonl >out || fail 'watch failed'; done
    [ "$(grep -c '"verdict":"duplicate"' out)" -eq 20 ] || fail 'not the same index'
    run index options a.db
    [ "$(awk '$1 == "seed" {print $2}' out)" -gt 0 ] || fail 'no seed'
}

test_copies_are_found_by_source() {
    local text='The harbour ferry ran aground in thick fog on Tuesday with forty people on board, and five of them were hurt when the bow struck the rocks.'
    for article in 'a A' 'b A' 'c B' 'd P'; do
        set -- $article
        printf '{"id":"%s","source":"%s","text":"%s"}\n' "$1" "$2" "$text"
    done >in.jsonl
    verdicts() { grep -o '"verdict":"[a-z]*","of":[^,]*' out | sed 's/"verdict"://; s/,"of":/ /; s/"//g' | tr '\n' ','; }
    run watch across.db --sources across <in.jsonl
    exits 0
    [ "$(verdicts)" = 'new null,new null,duplicate a,duplicate a,' ] || fail 'across sources'
    run watch within.db --sources within <in.jsonl
    [ "$(verdicts)" = 'new null,duplicate a,new null,new null,' ] || fail 'within a source'
    run watch prefer.db --prefer P,B <in.jsonl
    [ "$(verdicts)" = 'new null,duplicate a,update a,update c,' ] || fail 'by preference'
    run index query prefer.db in.jsonl --prefer P,B --sources across
    exits 0
    run watch prefer.db --sources other
    exits 2
    has err 'any, across or within'
    run watch http://127.0.0.1:1 --prefer P
    exits 2
    has err '--prefer is for an INDEX'
}
