# shellcheck shell=bash disable=SC2154,SC2034
# Where the fields of a record are, and in which forms texts and times may come.

text='Ministers of seven northern towns met in Sollen on Tuesday to settle the price of bread before the winter comes.'

# Each line of standard input: the fields of text and id, and the id that they give.
expect_fields() { # $1: the record
    printf '%s\n' "$1" >in.jsonl
    printf '{"id":"plain","text":"%s\\n\\nNobody was hurt."}\n' "$text" >plain.jsonl
    while IFS=' ' read -r text_field id_field id; do
        run dedup -q in.jsonl --text-field "$text_field" --id-field "$id_field" -o kept.jsonl
        exits 0
        same in.jsonl kept.jsonl
        run scan --pairs in.jsonl plain.jsonl --text-field "$text_field|text" --id-field "$id_field|id"
        exits 0
        has out "{\"type\":\"pair\",\"a\":$id,\"b\":\"plain\",\"relation\":\"identical\","
    done
}

test_fields_within_objects() {
    expect_fields "{\"meta\":{\"id\":7,\"a.b\":\"dot\"},\"body\":{\"text\":\"$text\\n\\nNobody was hurt.\",\"x\":1},\"body.text\":null}" <<'END'
body.text meta.id 7
.body.text .meta.id 7
/body/text /meta/id 7
nothing|body.text uid|meta.id 7
body.text meta.a.b "dot"
body.text /meta/a.b "dot"
END
}

test_a_key_with_dots_comes_before_a_path() {
    expect_fields "{\"id\":\"i\",\"a.b\":\"$text\\n\\nNobody was hurt.\",\"a\":{\"b\":\"other\"}}" <<'END'
a.b id "i"
END
}

test_several_fields_and_lists_of_paragraphs() {
    expect_fields "{\"id\":\"i\",\"lead\":\"$text\",\"rest\":{\"p\":[\"Nobody\",\" was hurt.\"]},\"end\":\"Nobody was hurt.\",\"none\":null}" <<'END'
lead,end id "i"
lead,none,end id "i"
lead,rest.p id "i"
END
    expect_fields "{\"id\":\"i\",\"text\":[\"$text\",null,\"\",\"Nobody was hurt.\"],\"blocks\":[{\"kind\":1,\"t\":\"$text\"},{\"t\":\"Nobody was\"},[{\"t\":\"hurt\"}]]}" <<'END'
text id "i"
blocks.t id "i"
END
}

test_a_text_has_a_blank_line_between_its_parts() {
    printf '%s\n' '{"id":"a","t":"Title","text":["one","two \u00e9"]}' >in.jsonl
    run scan in.jsonl --text-field t,text
    exits 0
    has out '"bytes":18,"paragraphs":3,'
}

test_a_list_of_records_within_an_object() {
    for list in articles items; do
        printf '{"status":"ok","%s":[{"content":"%s"},{"content":"x"}]}\n' $list "$text" >in.json
        run scan in.json
        exits 3
        has err "no \"text\"; it has a list: give its records, cut out with jq -c '.$list[]'"
    done
    printf '{"items":["a"],"body":"x"}\n' >in.json
    run scan in.json
    has err 'it has "items", "body"'
}

test_wrong_paths() {
    printf '%s\n' '{"id":"a","body":{"text":5,"more":{"x":true}}}' >in.jsonl
    for field in .body body.text body.more body.more.x; do
        run scan in.jsonl --text-field $field
        exits 3
        has err 'is not a string'
    done
    run scan in.jsonl --text-field body.texts
    exits 3
    has err 'in.jsonl:1: no "body.texts"; it has "id", "body"'
    for field in a,,b ,a 'a|' 'a,'; do
        run scan in.jsonl --text-field "$field"
        exits 2
        has err '--text-field has an empty part or too many'
    done
}

test_an_id_field_that_is_nowhere_has_failed() {
    printf '{"uuid":"a","text":"one"}\n{"uuid":"b","text":"two"}\n' >in.jsonl
    run scan in.jsonl --id-field uid -o result.jsonl
    exits 3
    has err 'no record has "uid"'
    absent result.jsonl
    printf '{"uid":"a","text":"three"}\n' >>in.jsonl
    run scan in.jsonl --id-field uid
    exits 0
}

test_other_names_of_headline_source_and_time() {
    printf '{"id":"%s","head":{"line":"Bread"},"by":{"name":"%s"},"at":%s,"text":"'"$text"'"}\n' \
        a North 1773000000 b South 1773000000000 c West '"2026-03-08 21:00"' >in.jsonl
    run scan -q --clusters in.jsonl --keep source:South --source-field by --title-field head.line
    has out '"keep":"b"'
    run scan -q --clusters in.jsonl --keep newest --date-field at
    has out '"keep":"c"'
    run scan -q in.jsonl -o result.jsonl
    run report -q result.jsonl in.jsonl --title-field head.line --source-field by --date-field at -o page.html
    exits 0
    has page.html Bread
}

test_times_in_other_forms() {
    while IFS='|' read -r time read told; do
        rm -f a.db*
        "$TWICETOLD" index create a.db
        printf '{"id":"a","text":"some words","published":%s}\n' "$time" >in.jsonl
        run index add a.db in.jsonl
        exits 0
        if [ -z "$told" ]; then lines err 1; else has err "in.jsonl:1: the time $told"; fi
        run index stat a.db --json
        has out "\"oldest\":\"${read:-$(date -u +%Y-%m-%d)}"
    done <<'END'
"2026-03-12T09:15:00+01:00"|2026-03-12T08:15:00Z|
"2026-03-12"|2026-03-12T00:00:00Z|
"2026/03/12"|2026-03-12T00:00:00Z|
"12.3.2026"|2026-03-12T00:00:00Z|
"12.03.2026, 09:15"|2026-03-12T09:15:00Z|has no zone
"12.03.2026 09:15:00+01:00"|2026-03-12T08:15:00Z|
"12.13.2026"||is in no known form
"1.2.3.2026"||is in no known form
"20260312"|2026-03-12T00:00:00Z|
" 2026-03-12T09:15:00Z "|2026-03-12T09:15:00Z|
"2026-03-12 09:15"|2026-03-12T09:15:00Z|has no zone
"2026-03-12T09:15Z"|2026-03-12T09:15:00Z|
"2026-03-12T09:15+01:00"|2026-03-12T08:15:00Z|
"2026-03-12 09:15:07 UTC"|2026-03-12T09:15:07Z|
"2026/03/12 09:15:07"|2026-03-12T09:15:07Z|has no zone
"2026-03-12 09:15:07.25"|2026-03-12T09:15:07Z|has no zone
"20260312T091500"|2026-03-12T09:15:00Z|has no zone
"20260312T091500+0100"|2026-03-12T08:15:00Z|
"Thu, 12 Mar 2026 09:15:00 +0100"|2026-03-12T08:15:00Z|
1773306900|2026-03-12T09:15:00Z|is taken for a number
1773306900.5|2026-03-12T09:15:00Z|is taken for a number
"1773306900"|2026-03-12T09:15:00Z|is taken for a number
1773306900123|2026-03-12T09:15:00Z|is taken for a number
1773306900123456|2026-03-12T09:15:00Z|is taken for a number
12||is in no known form
"12/03/2026"||is in no known form
"yesterday"||is in no known form
null||
""||
END
}

test_what_is_assumed_is_told_once() {
    for i in 1 2 3 4; do
        printf '{"id":%s,"text":"<p>words of %s</p>","published":"2026-03-12 09:1%s"}\n' $i $i $i
    done >in.jsonl
    run scan in.jsonl
    lines err 3
    run scan --quiet in.jsonl
    empty err
}

test_a_text_that_begins_with_an_empty_element_is_html() {
    for tag in '<img src=\"a.png\" alt=\"A pier\">' '<br/>' '<br>' '<hr />'; do
        printf '{"id":"h","text":"%s%s"}\n{"id":"p","text":"%s"}\n' "$tag" "$text" "$text" >in.jsonl
        run scan in.jsonl
        has out '{"type":"pair","a":"h","b":"p","relation":"identical"'
        has err 'in.jsonl:1: the text is HTML'
    done
    printf '{"id":"h","text":"<br and so on, they said: %s"}\n' "$text" >in.jsonl
    run scan in.jsonl
    lacks err HTML
}

test_html_in_texts() {
    printf '%s\n' '{"id":"h","text":"<p class=\"x\">Ministers of seven <b>northern</b> towns</p>\n<p>met in Sollen &amp; Tarn<br>on Tuesday.</p><script>x()</script>"}' \
        '{"id":"p","text":"Ministers of seven northern towns met in Sollen & Tarn on Tuesday."}' >in.jsonl
    run scan --pairs in.jsonl
    has out '{"type":"pair","a":"h","b":"p","relation":"identical"'
    has err 'in.jsonl:1: the text is HTML; its tags are removed; --text-format plain keeps them'
    run scan --pairs in.jsonl --text-format plain
    lacks out identical
    lacks err HTML
    printf '%s\n' '{"id":"m","text":"If a < b and b > c, use <p> or the <video> tag, x<y>z."}' \
        '{"id":"n","text":"If a &lt; b and b &gt; c, use &lt;p&gt; or the &lt;video&gt; tag, x&lt;y&gt;z."}' >in.jsonl
    run scan in.jsonl --pairs
    lacks err HTML
    run scan in.jsonl --pairs --text-format html
    has err 'in.jsonl:1: the text is HTML'
    run scan in.jsonl --text-format markdown
    exits 2
    has err "--text-format: 'markdown' is not allowed; give auto, plain or html"
}
