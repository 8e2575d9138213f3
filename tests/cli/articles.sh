# shellcheck shell=bash disable=SC2154
# What is in an index: listed, read, exported, merged, copied; and what editors decided.

feed() { cat "$here/../../corpora/feed/articles.jsonl"; }

an_index_with_texts() {
    run index create a.db --keep-text
    exits 0
    feed | head -n 60 | "$TWICETOLD" watch --quiet a.db >/dev/null || fail 'watch failed'
}

test_articles_are_listed_from_a_number_on() {
    an_index_with_texts
    run index list a.db --limit 2
    exits 0
    [ "$(grep -c '"type":"article"' out)" -eq 2 ] || fail 'not two lines'
    has out '"id":"vc-0508-001","number":1,"source":"Valley Courier","published":"2034-05-08T04:45:00Z"'
    has out '"story":2,"verdict":"new","of":null'
    lacks out '"text":'
    run index list a.db --since 58
    exits 0
    [ "$(wc -l <out)" -eq 2 ] || fail 'not what follows 58'
    run index list a.db --newest --since 3 --texts
    exits 0
    [ "$(wc -l <out)" -eq 2 ] || fail 'not what is before 3'
    head -n 1 out | grep -q '"number":2,.*"text":"' || fail 'not the newest first, with its text'
}

test_an_article_is_read_with_its_matches() {
    an_index_with_texts
    run index get a.db mn-0508-003 --all
    exits 0
    has out '"text":"PORT ALDERY, May 8 (Meridian News)'
    has out '"type":"match","id":"mn-0508-003","of":"mn-0508-006"'
    run index get a.db mn-0508-003 nowhere
    exits 1
    has err 'a.db has no article nowhere'
}

test_what_is_exported_can_be_imported() {
    an_index_with_texts
    run index export a.db -o all.jsonl
    exits 0
    feed | head -n 60 >given.jsonl
    run index query --quiet a.db all.jsonl
    exits 0
    [ "$(grep -c '"verdict":"duplicate"' out)" -eq 60 ] || fail 'not the same articles'
    run index import b.db all.jsonl
    exits 0
    has err '60 articles added'
    run index export b.db
    exits 0
    for key in id published arrival text title; do
        for file in out all.jsonl; do sed "s/.*\"$key\":\(\"[^\"]*\).*/\1/" $file >$file.$key; done
        same all.jsonl.$key out.$key
    done
    run index create c.db
    run index add c.db given.jsonl -q
    run index export c.db
    exits 3
    has err 'c.db was made without --keep-text'
}

test_decisions_are_stored_and_listed() {
    an_index_with_texts
    printf '%s\n' '{"id":"mn-0508-003","decision":"kill","who":"Ada","time":"2034-05-09T10:00:00Z"}' \
        '{"id":"mn-0508-006","decision":"not-a-copy","of":"vc-0508-001"}' '{"id":"mn-0508-006","decision":"keep"}' \
        '{"id":"mn-0508-006","decision":"none"}' '{"id":7,"decision":"keep"}' >decided.jsonl
    run index import a.db --decisions decided.jsonl
    exits 1
    has err 'decided.jsonl:5: it is about an article that is not in the index'
    has err '4 decisions stored'
    run index list a.db --decisions
    exits 0
    has out '"id":"mn-0508-003","decision":"kill","who":"Ada","time":"2034-05-09T10:00:00Z","number":1}'
    has out '"id":"mn-0508-006","decision":"not-a-copy","of":"vc-0508-001"'
    has out '"id":"mn-0508-006","decision":"none"'
    run index list a.db --decisions --since 2
    [ "$(wc -l <out)" -eq 2 ] || fail 'not what follows 2'
    run index get a.db mn-0508-003
    has out '"pubstatus":"canceled","decision":"kill"'
    run index stat a.db
    [ "$(awk '$1 == "withdrawn" {print $2}' out)" -eq 1 ] || fail 'the tombstone is not counted'
    grep '"mn-0508-003"' "$here/../../corpora/feed/articles.jsonl" | sed 's/mn-0508-003/reprint/' >reprint.jsonl
    run index query --quiet a.db reprint.jsonl
    has out '"verdict":"withdrawn","of":"mn-0508-003"'
}

test_indexes_are_merged() {
    an_index_with_texts
    feed | tail -n +41 | head -n 60 >later.jsonl
    run index create b.db --keep-text
    run index add --quiet b.db later.jsonl
    run index merge b.db a.db
    exits 0
    has err 'a.db: 40 added, 0 replaced, 20 passed over'
    run index check b.db
    exits 0
    run index get b.db vc-0508-001
    has out '"text":"'
    run index merge new.db a.db
    exits 0
    run index get new.db vc-0508-001
    has out '"text":"' # a new index keeps what the first one keeps
    run index create c.db --seed 7
    run index merge c.db a.db
    exits 3
    has err 'a.db was made with another seed'
}

test_a_backup_is_the_index_as_of_a_batch() {
    an_index_with_texts
    mkfifo pipe
    "$TWICETOLD" watch --quiet a.db <pipe >verdicts & # it is open to be written
    exec 7>pipe
    feed | tail -n +61 | head -n 10 >&7
    until [ "$(wc -l <verdicts)" -eq 10 ]; do sleep 0.1; done
    run index backup a.db -o copy.db
    exits 0
    exec 7>&-
    wait
    run index check copy.db
    exits 0
    [ "$(stat -c %a copy.db)" = 600 ] || fail 'others can read the copy'
    run index stat copy.db
    [ "$(awk '$1 == "articles" {print $2}' out)" -eq 70 ] || fail 'articles are missing'
    run index backup a.db -o copy.db
    exits 3
    has err 'copy.db exists already'
}

test_an_index_tells_its_options() {
    run index create a.db --drop 0.9 --seed random --overlap off
    run index options a.db
    exits 0
    grep -q '^drop  *0.9$' out || fail 'not --drop'
    grep -q '^overlap  *off$' out || fail 'not --overlap'
    grep -q '^keep_text  *no$' out || fail 'not --keep-text'
    grep -q '^seed  *[1-9][0-9]*$' out || fail 'no random seed'
    run index stat --json a.db
    has out '"options":{"resemblance":0.7,"containment":0.8,"overlap":"off","facts":"auto"'
}

test_query_tells_every_match_into_a_file() {
    an_index_with_texts
    feed | head -n 65 | tail -n 5 >new.jsonl
    run index query --quiet a.db new.jsonl -o verdicts.jsonl --all
    exits 0
    has verdicts.jsonl '"type":"match","id":'
    has verdicts.jsonl '"passages":[{"begin":'
}

test_ages_in_weeks_and_days_by_name() {
    an_index_with_texts
    run index expire a.db --before yesterday
    exits 0
    has err '0 removed'
    run index expire a.db --older-than 1w
    exits 0
    feed | head -n 5 | "$TWICETOLD" watch --quiet a.db --window 1w >/dev/null || fail 'no window of a week'
}

item() { # item ID PUBSTATUS HEADLINE TEXT
    printf '{"uri":"%s","pubStatus":"%s","versionCreated":"2034-05-08T05:00:00Z","headline":"%s","body_text":"%s"}\n' "$@"
}

test_what_is_withheld_or_killed_by_its_headline_is_known_when_it_is_reprinted() {
    feed | head -n 3 | sed 's/.*"text": "\([^"\\]*\).*/\1/' >texts
    first=$(sed -n 1p texts) second=$(sed -n 2p texts) third=$(sed -n 3p texts)
    {
        item urn:1 withheld 'Ferry aground' "$first"
        item urn:2 usable 'Reservoir' "$second"
        item urn:2 usable 'MANDATORY KILL - Reservoir' 'Please kill the story.'
        item urn:3 usable 'KILL BILL COMES TO TOWN' "$third"
        item urn:4 usable 'Ferry aground' "$first"
        item urn:5 usable 'Reservoir' "$second"
    } >in.ninjs
    "$TWICETOLD" watch --quiet a.db <in.ninjs >out || fail 'watch failed'
    sed 's/.*"id":\([^,]*\),"verdict":\([^,]*\),"of":\([^,]*\),.*/\1 \2 \3/' out | tr -d '"' >verdicts
    printf '%s\n' 'urn:1 withdrawn null' 'urn:2 new null' 'urn:2 withdrawn urn:2' 'urn:3 new null' \
        'urn:4 withdrawn urn:1' 'urn:5 withdrawn urn:2' >expected
    same expected verdicts
    run index stat a.db
    [ "$(awk '$1 == "withdrawn" {print $2}' out)" -eq 2 ] || fail 'not two tombstones'
    item urn:1 usable 'Ferry aground' "$first" | "$TWICETOLD" watch --quiet a.db >out # it is released
    run index get a.db urn:1
    lacks out canceled
}

test_a_picture_in_a_feed_is_no_text() {
    cat >feed.atom <<'XML'
<feed xmlns="http://www.w3.org/2005/Atom"><title>Wire</title>
<entry><id>urn:1</id><title>A picture</title><content type="image/png">iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ</content></entry>
<entry><id>urn:2</id><title>A picture and words</title><content type="image/png">iVBORw0KGgo=</content><summary>The ferry ran aground.</summary></entry>
<entry><id>urn:3</id><title>Words</title><content type="text/plain">The reservoir was lowered.</content></entry></feed>
XML
    run index create a.db --keep-text
    run index add a.db feed.atom
    exits 1
    has err 'no body text in the item'
    run index export a.db
    [ "$(wc -l <out)" -eq 2 ] || fail 'not two articles'
    has out '"text":"The ferry ran aground."'
    lacks out iVBORw0
}

# A notice of ninjs may say no more than that the item is withdrawn.
test_a_notice_without_headline_and_time() {
    while IFS='|' read -r id notice; do
        rm -f a.db*
        item urn:A usable 'Ferry aground' 'The ferry ran aground on Monday' | sed "s/\"uri\"/\"$id\"/" >in.ninjs
        [ "$id" = uri ] || sed -i 's/.*/{"id":"urn:A","text":"The ferry ran aground on Monday"}/' in.ninjs
        printf '%s\n' "$notice" >>in.ninjs
        "$TWICETOLD" watch -q a.db <in.ninjs >out 2>err || fail "watch failed: $notice"
        has out '"id":"urn:A","verdict":"withdrawn","of":"urn:A"'
    done <<'END'
uri|{"uri":"urn:A","version":"2","type":"text","pubstatus":"canceled"}
uri|{"uri":"urn:A","pubstatus":"canceled"}
uri|{"uri":"urn:A","pubStatus":[" WITHHELD "]}
uri|{"pubstatus":" CANCELED ","guid":"urn:A"}
uri|{"uri":"urn:A","pubstatus":"killed"}
id|{"id":"urn:A","uri":"https://example.org/a","pubstatus":" Killed "}
END
    while IFS='|' read -r first notice; do
        rm -f a.db*
        printf '%s' "$first" | "$TWICETOLD" watch -q a.db >out 2>err || fail "watch failed: $first"
        printf '%s' "$notice" | "$TWICETOLD" watch -q a.db >out 2>err || fail "watch failed: $notice"
        has out '"id":"urn:A","verdict":"withdrawn","of":"urn:A"'
    done <<'END'
<nitf><head><docdata><doc-id id-string="urn:A"/></docdata></head><body><body.content><p>The ferry ran aground</p></body.content></body></nitf>|<nitf><head><docdata management-status="Killed"><doc-id id-string="urn:A"/></docdata></head><body/></nitf>
<NewsML><NewsItem><Identification><NewsIdentifier><PublicIdentifier>urn:A</PublicIdentifier></NewsIdentifier></Identification><NewsManagement><Status FormalName="Usable"/></NewsManagement><NewsComponent><ContentItem><DataContent>The ferry ran aground</DataContent></ContentItem></NewsComponent></NewsItem></NewsML>|<NewsML><NewsItem><Identification><NewsIdentifier><PublicIdentifier>urn:A</PublicIdentifier></NewsIdentifier></Identification><NewsManagement><Status FormalName=" Killed"/></NewsManagement></NewsItem></NewsML>
END
}

# One rule for headlines that kill, in every format, and statuses in every form.
test_headlines_that_kill() {
    while IFS='|' read -r verdict headline; do
        rm -f a.db*
        printf '{"id":"a","title":"%s","text":"The council met on Tuesday"}\n' "$headline" >in.jsonl
        "$TWICETOLD" watch -q a.db <in.jsonl >out 2>err
        has out "\"verdict\":\"$verdict\""
        printf '<rss version="2.0"><channel><item><guid>a</guid><title>%s</title><description>The council met</description></item></channel></rss>' "$headline" >in.xml
        rm -f a.db*
        "$TWICETOLD" watch -q a.db <in.xml >out 2>err
        has out "\"verdict\":\"$verdict\""
    done <<'END'
withdrawn|KILL: Reservoir
withdrawn|KILL
withdrawn|MANDATORY KILL - Reservoir
withdrawn|Mandatory Kill -- Reservoir
withdrawn|ADVISORY: MANDATORY KILL
withdrawn|ADVISORY: STORY WITHDRAWN
withdrawn|Story withdrawn: Reservoir
withdrawn|EDITORS: KILL
withdrawn|BC-KILL-Reservoir
withdrawn|URGENT: KILL – Reservoir
withdrawn|WITHDRAWN: Reservoir
new|KILL BILL COMES TO TOWN
new|Kill - a film
new|Editors kill story
new|Withdrawn from the market: the bread
new|Advisory: killing frost
new|Killed: three
END
    while read -r status; do
        rm -f a.db*
        printf '{"id":"a",%s,"text":"The council met on Tuesday"}\n' "$status" | "$TWICETOLD" watch -q a.db >out 2>err
        has out '"verdict":"withdrawn"'
    done <<'END'
"pubstatus":"canceled"
"pubStatus":"Canceled"
"PUBSTATUS":["usable","stat:canceled"]
"pubstatus":{"qcode":"stat:withheld"}
"pubstatus":"http://cv.iptc.org/newscodes/pubstatusg2/canceled"
END
}
