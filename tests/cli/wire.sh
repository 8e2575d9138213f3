# shellcheck shell=bash disable=SC2154,SC2034
# Wire formats: the same in every command, kept as JSON Lines, recognised by content and by name.

samples=$here/../wire

test_wire_files_are_articles() {
    run scan --sections "$samples"/newsitem.xml "$samples"/story.nitf "$samples"/one.ninjs
    exits 0
    has out '"articles":3,"rejected":0,'
}

test_items_without_text_are_rejected_with_their_place() {
    run scan "$samples" -o result.jsonl --rejects rejects
    exits 1
    has result.jsonl '"articles":16,"rejected":3,'
    has err "newsmessage.xml:30: no body text in the item"
    has err "feed.rss:25: no body text in the item"
    has err "lines.ninjs:3: no body text in a ninjs item"
    lines rejects 3
    has rejects '{"id":"harbour-3","title":"Only a title","source":"Harbour & Coast"}'
}

test_kept_items_are_lines_that_can_be_read_again() {
    run dedup -q "$samples" -o kept.jsonl
    exits 1
    lines kept.jsonl 16
    has kept.jsonl '{"id":"EXW-2026-0312-77","text":"The café on the pier reopens on Saturday.\n\nIt had'
    has kept.jsonl ',"title":"Café by the pier reopens","byline":"By Cy Pen Staff Writer","dateline":"PORT ALDER","published":"2026-03-12T09:15:00+01:00","source":"Example Wire Nord","version":"2","pubstatus":"usable","embargoed":"2026-03-12T10:00:00Z"}'
    has kept.jsonl '{   "uri": "http://wire.example.com/items/20260312-8",   "type": "text",'
    run dedup kept.jsonl -o again.jsonl
    exits 0
    same kept.jsonl again.jsonl
}

test_headlines_count_only_when_asked() {
    {
        printf '<rss><channel>'
        for i in 1 2; do
            printf '<item><guid>%s</guid><title>Ministers of the northern towns meet again to settle the price of bread and of flour before the winter</title>' $i
            printf '<description>%s</description></item>' "$(feed 2 | sed -n ${i}p | sed 's/.*"text":"\([^"]*\)".*/\1/' | cut -c1-200)"
        done
        printf '</channel></rss>'
    } >in.rss
    run scan --sections --min-section 10 in.rss
    exits 0
    lacks out '"type":"section"'
    run scan --sections --min-section 10 --whole in.rss
    exits 0
    has out '"type":"section"'
}

test_compressed_and_piped_wire_files_give_the_same() {
    run dedup -q "$samples"/feed.atom -o -
    exits 0
    cp out expected
    gzip -c "$samples"/feed.atom >feed.gz
    run dedup -q feed.gz -o -
    exits 0
    same expected out
    "$TWICETOLD" dedup -q - -o - <"$samples"/feed.atom >out
    same expected out
}

test_a_copy_across_formats_is_found() {
    printf '{"id":"line","text":"Gulls came early.\\n\\nTerns & others did not: 1 < 2."}\n' >in.jsonl
    run dedup -q in.jsonl "$samples"/feed.atom -o kept.jsonl --removed removed.jsonl
    exits 0
    has removed.jsonl '{"id":"tag:coast.example.com,2026:1","kept":"line","relation":"identical"'
}

test_malformed_xml_does_not_stop_the_run() {
    printf '<rss><channel>\n<item><guid>a</guid><description>one two</description></item>\n<item></oops>' >bad.xml
    printf '{"id":"b","text":"three four"}\n' >good.jsonl
    run dedup bad.xml good.jsonl -o -
    exits 1
    lines out 2
    has err 'bad.xml:3: invalid XML: '
    has err '2 articles: 2 kept, 0 removed, 1 rejected'
}

test_a_secret_is_not_read_through_an_entity() {
    echo SECRET >secret.txt
    printf '<!DOCTYPE nitf [<!ENTITY s SYSTEM "secret.txt">]><nitf><body><body.content><p>&s;</p></body.content></body></nitf>' >in.nitf
    run dedup in.nitf -o -
    exits 3
    lacks out SECRET
    has err 'in.nitf:1: it declares an entity, and entities are off'
}

test_entities_that_multiply_are_refused_at_once() {
    {
        printf '<!DOCTYPE rss [<!ENTITY a0 "ha">'
        for i in 1 2 3 4 5 6 7 8 9; do
            printf '<!ENTITY a%s "' $i
            for _ in 1 2 3 4 5 6 7 8 9 10; do printf '&a%s;' $((i - 1)); done
            printf '">'
        done
        printf ']><rss><channel><item><description>&a9;</description></item></channel></rss>'
    } >in.xml
    run scan in.xml
    exits 3
    has err 'in.xml:1: it declares an entity, and entities are off'
}

# libxml2 takes quadratic time for them.
test_an_element_with_too_many_attributes_is_refused_at_once() {
    for form in 'a%d="1" ' 'xmlns:n%d="u%d" '; do
        {
            printf '<rss><channel><item '
            awk -v form="$form" 'BEGIN { for (i = 0; i < 400000; i++) printf form, i, i }'
            printf '><guid>1</guid><description>some words</description></item></channel></rss>'
        } >in.rss
        began=$(date +%s)
        run scan in.rss
        exits 3
        has err 'in.rss:1: an element with more than 256 attributes or namespaces'
        [ $(($(date +%s) - began)) -lt 10 ] || fail 'it took too long'
    done
}

ninjs() { # $1: id, $2: version, $3: text
    printf '{"uri":"%s","version":"%s","type":"text","body_text":"%s"}\n' "$1" "$2" "$3"
}

test_versions_of_an_item_are_told_from_copies() {
    text='Gulls came early to the harbour and left again before the boats were in'
    {
        ninjs item-1 1 "$text"
        ninjs item-2 1 "$text"
        ninjs item-1 2 "$text"
        ninjs item-1 10 'Nothing is as it was before'
        ninjs item-1 9 "$text with more"
        ninjs item-1 10 'Nothing is as it was before'
    } >in.jsonl
    status=0
    "$TWICETOLD" watch a.db -q <in.jsonl >out 2>err || status=$?
    exits 0
    sed 's/.*"id":"\([^"]*\)","verdict":"\([a-z]*\)","of":\([^,]*\),.*/\1 \2 \3/' out >verdicts
    printf '%s\n' 'item-1 new null' 'item-2 duplicate "item-1"' 'item-1 update "item-1"' \
        'item-1 update "item-1"' 'item-1 duplicate "item-1"' 'item-1 duplicate "item-1"' >expected
    same expected verdicts
    run index stat a.db --json
    has out '"articles":2,'
    ninjs other 1 'Nothing is as it was before' >one.jsonl
    run index query -q a.db one.jsonl
    has out '"verdict":"duplicate","of":"item-1"' # the latest is kept
    "$TWICETOLD" watch a.db -q <in.jsonl >again 2>err
    run index stat a.db --json
    has out '"articles":2,'
    run index check a.db
    exits 0
}

# What is said of an item beside its text, in each format.
terms_of() {
    rm -f t.db
    run watch t.db <"$1"
    run index list t.db
}

test_embargoes_are_read_in_every_format() {
    local text='The mayor of Port Alder will resign on Friday morning after nine years in office.'
    local says='"embargoed":"2034-05-08T06:00:00Z","expires":"2034-06-01T00:00:00Z"'
    printf '{"id":"a","text":"%s","embargoed":"2034-05-08T08:00:00+02:00","expires":"2034-06-01","language":"en"}\n' "$text" >a.jsonl
    terms_of a.jsonl
    has out "\"language\":\"en\",$says"
    printf '{"uri":"a","versionCreated":"2034-05-07T10:00:00Z","embargoed":"2034-05-08T06:00:00Z","expires":"2034-06-01T00:00:00Z","pubStatus":"commissioned","bodies":[{"value":"%s"}]}\n' "$text" >a.ninjs
    terms_of a.ninjs
    has out "\"pubstatus\":\"commissioned\",$says"
    cat >g2.xml <<END
<newsItem guid="a" version="1"><itemMeta><versionCreated>2034-05-07T10:00:00Z</versionCreated>
<embargoed>2034-05-08T06:00:00Z</embargoed><expires>2034-06-01T00:00:00Z</expires><pubStatus qcode="stat:usable"/></itemMeta>
<contentMeta><language tag="en-GB"/></contentMeta>
<contentSet><inlineData contenttype="text/plain">$text</inlineData></contentSet></newsItem>
END
    terms_of g2.xml
    has out "\"language\":\"en-GB\",$says"
    lacks out pubstatus
    cat >a.nitf <<END
<nitf><head><docdata><doc-id id-string="a"/><date.issue norm="20340507T100000Z"/><date.release norm="20340508T060000Z"/>
<date.expire norm="20340601T000000Z"/></docdata></head><body><body.content><p>$text</p></body.content></body></nitf>
END
    terms_of a.nitf
    has out '"published":"2034-05-07T10:00:00Z"'
    has out "$says"
    cat >one.xml <<END
<NewsML><NewsItem><Identification><NewsIdentifier><PublicIdentifier>a</PublicIdentifier></NewsIdentifier></Identification>
<NewsManagement><FirstCreated>20340507T100000Z</FirstCreated><Status FormalName="Embargoed"/>
<StatusWillChange><FutureStatus FormalName="Usable"/><DateAndTime>20340508T060000Z</DateAndTime></StatusWillChange></NewsManagement>
<NewsComponent><ContentItem><DataContent>$text</DataContent></ContentItem></NewsComponent></NewsItem></NewsML>
END
    terms_of one.xml
    has out '"pubstatus":"Embargoed","embargoed":"2034-05-08T06:00:00Z"'
    sed 's/FormalName="Embargoed"/FormalName="Usable"/' one.xml >two.xml
    terms_of two.xml
    lacks out embargoed
}

test_an_unreadable_embargo_is_told() {
    printf '{"id":"a","text":"A few words.","embargoed":"08/05/2034"}\n' >a.jsonl
    terms_of a.jsonl
    lacks out embargoed
    run watch t.db <a.jsonl
    has err 'in no known form'
}

# A feed of ninjs whose items replace each other, as a list of ids or as one.
test_an_item_that_replaces_another_takes_its_place() {
    local head='The harbour ferry ran aground in thick fog on Tuesday with forty people on board, and' tail='of them were hurt when the bow struck the rocks below the lighthouse.'
    {
        printf '{"uri":"one","versioncreated":"2034-05-07T10:00:00Z","body_text":"%s five %s"}\n' "$head" "$tail"
        printf '{"uri":"two","replacing":["one"],"versioncreated":"2034-05-07T11:00:00Z","body_text":"%s six %s"}\n' "$head" "$tail"
        printf '{"id":"three","replacing":"two","published":"2034-05-07T12:00:00Z","text":"%s seven %s"}\n' "$head" "$tail"
        printf '{"uri":"one","replacedBy":"three","pubstatus":"replaced","versioncreated":"2034-05-07T10:00:00Z","body_text":"%s five %s"}\n' "$head" "$tail"
    } >in.jsonl
    run watch feed.db <in.jsonl
    exits 0
    [ "$(grep -o '"verdict":"[a-z]*","of":[^,]*' out | tr '\n' ' ')" = '"verdict":"new","of":null "verdict":"update","of":"one" "verdict":"update","of":"two" "verdict":"duplicate","of":"three" ' ] || fail "other verdicts"
    run index list feed.db
    lines out 1
    has out '"id":"three","number":3,'
    has out '"replacing":"two"'
    run index create copy.db --keep-text
    run index merge copy.db feed.db
    run index list feed.db
    has out '"replacing":"two"'
}

test_what_a_wire_says_of_an_item_is_exported_and_imported() {
    printf '{"id":"a","text":"The mayor of Port Alder will resign on Friday.","language":"en","pubstatus":"commissioned","embargoed":"2034-05-08T06:00:00Z","replacing":77,"replacedby":"b"}\n' >a.jsonl
    run index import one.db a.jsonl
    run index export one.db -o exported.jsonl
    has exported.jsonl '"language":"en","pubstatus":"commissioned","embargoed":"2034-05-08T06:00:00Z","replacing":77,"replacedby":"b"'
    run index import two.db exported.jsonl
    run index export two.db -o again.jsonl
    same exported.jsonl again.jsonl
}

test_a_headline_that_corrects_is_known() {
    local text='The mayor of Port Alder will resign on Friday morning after nine years in office, the council said.' k=0
    : >in.jsonl
    for title in 'Mayor resigns' 'CORRECTED-UPDATE 1-Mayor resigns' 'Correction: Mayor resigns' '(KORREKTUR) Mayor' 'Rättelse – Mayor' 'BC-CORRECTIVE-Mayor' 'Corrections officer resigns' 'Correction of prices' 'CORRECTION'; do
        printf '{"id":"%s","title":"%s","text":"%s"}\n' $((k++)) "$title" "$text" >>in.jsonl
    done
    printf '{"uri":"n","headline":"CORRECTION: Mayor","body_text":"%s"}\n' "$text" >>in.jsonl
    run watch feed.db <in.jsonl
    exits 0
    [ "$(grep -o '"verdict":"[a-z]*"' out | cut -d'"' -f4 | tr '\n' ' ')" = 'new correction correction correction correction correction duplicate duplicate duplicate correction ' ] || fail "other verdicts"
}
