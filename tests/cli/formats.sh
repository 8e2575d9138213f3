# shellcheck shell=bash disable=SC2154,SC2034
# Files of every kind that a newcomer brings: read, or refused with what they are and what to do.

words='Ministers of seven northern towns met in Sollen on Tuesday to settle the price of bread before the winter comes'

# The same three articles, a and b copies, in the file $1; their ids are as given.
expect_the_three() { # $1: file, $2, $3: ids of the two copies
    run scan --pairs "$1"
    exits 0
    has out "{\"type\":\"pair\",\"a\":\"$2\",\"b\":\"$3\",\"relation\":\"identical\""
    has out '"articles":3,"rejected":0,'
    run dedup -q "$1" -o kept.jsonl
    exits 0
    lines kept.jsonl 2
    run dedup -q kept.jsonl -o again.jsonl # what was kept can be read again
    exits 0
    same kept.jsonl again.jsonl
}

make_table() { # $1: separator
    printf 'id%stitle%stext%sdate\n' "$1" "$1" "$1"
    printf 'a%sBread%s"%s, says ""the paper"".\n\nNobody was hurt."%s2026-03-12\n' "$1" "$1" "$words" "$1"
    printf 'b%sBread%s"%s says the paper.\n\nNobody was hurt."%s2026-03-13\n' "$1" "$1" "$words" "$1"
    printf 'c%sGulls%sGulls came early to the pier this year and the terns did not%s\n' "$1" "$1" "$1"
}

test_tables() {
    make_table , >in.csv
    make_table '	' >in.tsv
    make_table ';' >in.CSV
    make_table , >plain
    make_table , | sed 's/$/\r/' >crlf.csv
    for file in in.csv in.tsv in.CSV plain crlf.csv; do
        expect_the_three $file a b
        has kept.jsonl '{"id":"c","title":"Gulls","text":"Gulls came early to the pier this year and the terns did not","date":null}'
    done
    gzip -k in.csv
    expect_the_three in.csv.gz a b
    run scan --pairs - <in.csv
    has out '"articles":3,"rejected":0,'
    run scan -q in.csv --clusters --keep newest
    has out '"keep":"b"'
}

test_columns_by_the_names_of_fields() {
    make_table , | sed '1s/,/ , /g' >in.csv
    expect_the_three in.csv a b
    make_table , | sed '1s/.*/key,head,story,when/' >in.csv
    run scan in.csv -o result.jsonl
    exits 3
    has err 'in.csv:1: no "text" among the columns: "key", "head", "story", "when"'
    absent result.jsonl
    run scan --pairs in.csv --text-field story --id-field key
    exits 0
    has out '{"type":"pair","a":"a","b":"b"'
    run scan --pairs in.csv --text-field head,story --id-field key --date-field when
    exits 0
    has out '{"type":"pair","a":"a","b":"b"'
    run scan in.csv --text-field stories
    exits 3
    has err 'no "stories" among the columns'
}

test_a_column_that_is_taken_for_the_text_is_named() {
    printf 'id,article,section\n1,sports,"%s"\n2,sports,"Gulls came early to the pier this year and the terns did not come"\n' "$words" >in.csv
    run dedup in.csv -o kept.jsonl
    exits 3
    has err 'in.csv:1: which column is the text? "article" has no more than 2 words, "section" has 20'
    has err '--text-field'
    absent kept.jsonl
    run dedup in.csv --text-field article -o -
    exits 0
    lines out 1
    run scan in.csv --text-field section
    exits 0
    lacks err column
    for name in content Article; do
        { make_table , | sed "1s/text/$name/"; } >in.csv
        run scan in.csv
        exits 0
        has err "in.csv:2: the column \"${name,}\" is taken for the text; --text-field NAME takes another"
        lines err 2
    done
    make_table , | sed '1s/text/body/' >in.csv
    run scan in.csv
    lacks err column
    printf 'content,note\n新しい市長は火曜日に,"%s"\n' "$words" >in.csv
    run scan in.csv
    exits 0
}

test_rows_that_do_not_fit() {
    make_table , >in.csv
    printf 'd,x\n"e",y,"z"z,\n' >>in.csv
    run scan in.csv --rejects rejects
    exits 1
    has err 'in.csv:9: a row of 2 cells, where the header has 4'
    has err 'in.csv:10: a quote that is not at the end of its cell'
    lines rejects 2
    has rejects '{"id":"d","title":"x"}'
    has out '"articles":3,"rejected":2,'
}

test_a_table_of_ten_thousand_columns() {
    { printf 'id,text'; seq -f ',c%g' 10000 | tr -d '\n'; echo; printf '1,some words'; yes , | head -n 10000 | tr -d '\n'; echo; } >in.csv
    run scan in.csv
    exits 0
    has out '"articles":1,"rejected":0,'
}

test_arrays_and_objects_over_several_lines() {
    one="{\"id\":\"a\",\"text\":\"$words\"}" two="{\"id\":\"b\",
 \"text\":\"$words\"
}" three='{"id":"c","text":"Gulls came early to the pier this year and the terns did not"}'
    printf '[%s,\n%s,%s]\n' "$one" "$two" "$three" >in.json
    printf '%s\n%s\n%s\n' "$two" "$one" "$three" >in.jsonl
    expect_the_three in.json a b
    expect_the_three in.jsonl b a
    printf '%s %s,%s' "$one" "$one" "$three" | sed 's/"a"/"b"/' >one-line.jsonl
    printf '%s,\n%s,\n%s\n' "$one" "${one/\"a\"/\"b\"}" "$three" >commas.jsonl
    printf '%s\r%s\r%s\r' "$one" "${one/\"a\"/\"b\"}" "$three" >cr.jsonl
    expect_the_three one-line.jsonl b a
    expect_the_three commas.jsonl a b
    expect_the_three cr.jsonl a b
    cp in.json array
    expect_the_three array a b
    run scan - <in.json
    has out '"articles":3,"rejected":0,'
    head -c 100 in.json >cut.json
    run scan cut.json
    exits 3
    has err 'cut.json:1: invalid JSON: string without an end'
    has err 'cut.json:1: invalid JSON: the array ends early'
}

test_pages() {
    for id in a b; do
        printf '<!DOCTYPE html>\n<html><head><title>Bread</title><meta name="date" content="2026-03-12"></head>
<body><nav>Home News %s</nav><article><h1>Bread</h1><p>%s.</p></article></body></html>\n' $id "$words" >$id.html
    done
    printf '<html><body><p>Gulls came early to the pier this year and the terns did not</p></body></html>' >c.htm
    mkdir in && mv a.html b.html c.htm in
    expect_the_three in in/a.html in/b.html
    has kept.jsonl '"title":"Bread","published":"2026-03-12","text":"Bread\n\nMinisters'
}

# Whether this build reads archives: it refuses a broken one as damaged, not as unknown.
find_archives() { printf 'PK\3\4broken' >probe.zip; "$TWICETOLD" scan probe.zip 2>&1 | grep -v 'without libarchive' | grep 'probe.zip'; }

test_archives_and_compressions() {
    [ -n "$(find_archives)" ] || skip 'no libarchive'
    mkdir -p in/deeper/.git in/__MACOSX
    printf '{"id":"a","text":"%s"}\n' "$words" >in/a.jsonl
    printf '{"id":"b","text":"%s"}\n' "$words" | gzip >in/deeper/b.jsonl.gz
    printf 'id,text\nc,Gulls came early to the pier this year and the terns did not\n' >in/c.csv
    printf 'x' >in/x.docx
    printf '{"id":"g","text":"hidden"}\n' >in/.hidden.jsonl
    tar cf in.tar in
    tar czf in.tgz in
    for file in in.tar in.tgz; do
        expect_the_three $file a b
        run scan $file
        lines err 2 # the summary, and what was passed over
        has err '2 files passed over in directories and archives: '
        has err '1 hidden'
    done
    run scan - <in.tar
    has out '"articles":3,"rejected":0,'
    for tool in xz bzip2 lz4 zstd; do
        command -v $tool >/dev/null || continue
        $tool -c in.tar >in.tar.$tool
        expect_the_three in.tar.$tool a b
        printf '{"id":"%s","text":"%s"}\n' a "$words" b "$words" c gulls | $tool -c >lines.jsonl.$tool
        expect_the_three lines.jsonl.$tool a b
    done
    if command -v python3 >/dev/null; then
        python3 -c 'import shutil; shutil.make_archive("packed", "zip", "in")'
        expect_the_three packed.zip a b
        head -c 300 packed.zip >cut.zip
        run scan cut.zip
        exits 3
        has err 'cut.zip'
    fi
    tar cf outer.tar in.tar
    run scan outer.tar
    exits 3
    has err 'outer.tar/in.tar: a tar archive within another; unpack it first'
    head -c 3000 in.tar >cut.tar
    run scan cut.tar
    [ "$status" -ne 0 ] || fail 'a truncated archive is whole'
    has err 'truncated tar archive'
    run scan in.tar in/a.jsonl --include '*.jsonl'
    exits 1
    has out '"articles":1,"rejected":1,'
    has err '4 files passed over in directories and archives: '
    has err '1 hidden'
}

test_names_of_inputs_from_a_file() {
    mkdir in
    for id in a b c; do printf '{"id":"%s","text":"words of %s"}\n' $id $id >in/$id.log; done
    printf '{"id":"d","text":"other words"}\n' >in/d.jsonl
    printf 'in/a.log\r\n\nin/b.log\n' >list
    run scan --files-from list in/d.jsonl
    exits 0
    has out '"articles":3,"rejected":0,'
    find in -name '*.log' -print0 | run_from scan --files-from -
    has out '"articles":3,"rejected":0,'
    run scan --files-from nowhere
    exits 3
    has err 'cannot read nowhere: No such file or directory'
    : >empty
    run scan --files-from empty
    exits 2
    has err 'no INPUT given'
    run scan in
    has out '"articles":1,"rejected":0,'
    has err '3 files passed over in directories and archives: 3 *.log'
    run scan in --include '*.log,*.jsonl' --exclude 'b.*'
    has out '"articles":3,"rejected":0,'
    run scan in/a.log --exclude '*.log' # named is read
    has out '"articles":1,"rejected":0,'
}
run_from() { "$TWICETOLD" "$@" >out 2>err; }

# A file is read as what it is, whatever its name says, and that is said once.
test_names_that_say_something_else() {
    line="{\"id\":\"a\",\"text\":\"$words\"}"
    while IFS='|' read -r kind told bytes; do
        for name in a.txt a.csv a.html a.xml a.jsonl a.md a.log; do
            # shellcheck disable=SC2059
            printf "${bytes//WORDS/$words}" >$name
            run scan $name
            exits 0
            has out '"articles":1,"rejected":0,'
            case $name:$kind in
            *.log:* | *.jsonl:json | *.xml:xml | *.html:html | *.csv:table) lacks err 'its name says otherwise' ;;
            *) has err "$name:"
               has err "its name says otherwise, but it is $told and read as that" ;;
            esac
            rm $name
        done
    done <<'END'
json|JSON|{"id":"a","text":"WORDS"}\n
json|JSON|[{"id":"a",\n"text":"WORDS"}]\n
html|an HTML page|<!DOCTYPE html><title>x</title><p>WORDS</p>
html|an HTML page|<?xml version="1.0"?><!-- x --><html xmlns="http://www.w3.org/1999/xhtml"><body><p>WORDS</p></body></html>
xml|XML|<?xml version="1.0"?><rss version="2.0"><channel><item><guid>a</guid><description>WORDS</description></item></channel></rss>
xml|XML|<nitf><body><body.content><p>WORDS</p></body.content></body></nitf>
END
    for name in a.txt a.html a.xml a.jsonl a.log; do
        printf 'id,text\n1,"%s"\n' "$words" >$name
        run scan $name
        exits 0
        has out '"articles":1,"rejected":0,'
    done
    printf '%s\n' "$line" | gzip >a.txt
    run scan a.txt
    has err 'a.txt:1: its name says otherwise, but it is JSON and read as that'
    printf '%s\n' "$line" >a.txt
    run scan a.txt --text-format plain
    exits 0
    lacks err otherwise
    run dedup -q a.txt --text-format plain -o -
    has out '"id":"a.txt"'
}

# Of a table without a column for the text, of YAML, mails and the like no text is made.
test_texts_that_are_none() {
    printf '%s' "$words" >words
    while IFS='|' read -r told bytes; do
        for name in a.txt a.log a; do
            # shellcheck disable=SC2059
            printf -- "$bytes" >$name
            run scan $name -o result.jsonl
            exits 3
            has err "$name:"
            has err "$told"
            absent result.jsonl
            rm $name
        done
        # shellcheck disable=SC2059
        printf -- "$bytes" | run_from scan - && fail "it is read from a stream: $told"
        has err "${told%%;*}"
    done <<'END'
no "text" among the columns: "date", "headline", "views"|date,headline,views\n1,a,2\n3,"b, c",4\n
a table that scan --csv wrote; give the articles that were scanned|cluster,article,kept\r\n1,a,1\r\n
a table that scan --csv wrote|section,tokens,kind,article,begin,end,of_begin,of_end,similarity\r\n1,40,story,a,0,9,0,9,1\r\n
a table that scan --csv wrote|id,kept,relation,resemblance,containment,containment_of,overlap,overlap_of,facts,conflicts\r\nx,y,near,1,1,1,1,1,1,0\r\n
a YAML file; convert it to JSON Lines first|---\n- id: a\n  text: some words\n
a YAML file; convert it to JSON Lines first|- id: a\n  text: some words\n- id: b\n  text: others\n
a YAML file; convert it to JSON Lines first|id: a\ntext: some words\n
an e-mail; convert it|Received: from x by y;\n  Mon, 8 May 2034 10:00:00 +0000\nFrom: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n
an e-mail; convert it|From: a@b.example\nSubject: x\nContent-Transfer-Encoding: base64\n\neA==\n
an e-mail; convert it|From: a@b.example\nSubject: x\nContent-Type: text/html\n\n<html><body><p>some words</p></body></html>\n
an e-mail, or a web page that was saved as one; convert it|From: <Saved by x>\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/related;\n\tboundary=x\n\n--x\nContent-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n<html><body><p>caf=C3=A9</p></body></html>\n
a mailbox; convert it|From a@b.example Mon May  8 10:00:00 2034\nX-Status: read\n\nwords\n
subtitles; convert it|1\n00:00:01,000 --> 00:00:04,000\nwords\n
subtitles; convert it|WEBVTT\n\n00:01.000 --> 00:04.000\nwords\n
not a news format: the root element is <urlset>|<?xml version="1.0"?><urlset/>\n
an SQL dump; export the table as CSV|-- MySQL dump 10.13\n
an SQL dump; export the table as CSV|INSERT INTO a VALUES (1);\n
no "text" among the columns: "1", "2034-05-08"|1,2034-05-08,The council met on Tuesday in the hall of the old town\n2,2034-05-09,It met again\n3,2034-05-10,And so on\n
END
    for name in a.mht a.MHTML; do
        printf 'X: y\n\n<html><p>words</p></html>' >$name
        run scan $name
        exits 3
        has err "$name: a saved web page; save it as HTML"
    done
    # and texts that only look like them are read
    while IFS='|' read -r bytes; do
        # shellcheck disable=SC2059
        printf -- "$bytes" >a.txt
        run scan a.txt
        exits 0
        has out '"articles":1,"rejected":0,'
        lacks err 'otherwise'
        rm a.txt
    done <<'END'
{so to speak}, said the mayor.\n
[Verse]\nThe sea, the sea\n
[Editor] This is a note.\n
[1] The first of three notes\n[2] The second\n
Text, photo: A. Reporter\n\nThe council met on Tuesday.\n
Roses, lilies, thyme\nrue, sage, mint\nbay, dill, cress\n
JOHN: Hello there.\nMARY: Hello.\n
title: A walk\n\nThe council met on Tuesday.\n
---\ntitle: A walk\n---\nThe council met on Tuesday.\n
- id cards are back\n- text messages are not\n
From here to eternity is a long way: the council met.\nSo it was.\n
Subject: the council\n\nIt met on Tuesday.\n
1\nThe first chapter\n
a < b and b > c, as everyone knows\n
END
    printf 'From: a@b.example\nSubject: x\nContent-Type: text/plain\n\n%s\n' "$words" >a.txt
    run scan a.txt
    exits 0
    has err 'a.txt: it begins with the headers of a mail, which are a part of the text'
}

# A page is read in the encoding that it declares, as a browser reads it.
test_pages_that_declare_their_encoding() {
    while IFS='|' read -r name head; do
        # shellcheck disable=SC2059
        printf "$head<p>Caf\xe9 \x96 \xfcber $words</p>" >"$name.html"
        run dedup -q "$name.html" -o -
        exits 0
        has out "Café – über Ministers"
    done <<'END'
a|<html><head><meta charset="iso-8859-1"></head>
b|<!DOCTYPE html><meta http-equiv="Content-Type" content="text/html; charset=windows-1252">
c|<?xml version="1.0" encoding="ISO-8859-1"?><html xmlns="http://www.w3.org/1999/xhtml">
END
    printf '<html><meta charset=utf-8><p>Café %s</p>' "$words" >d.html
    run dedup -q d.html -o -
    has out 'Café Ministers'
    printf '<html><p>Caf\xe9 %s</p>' "$words" >e.html
    run scan e.html
    exits 3
    has err 'e.html:1: invalid UTF-8'
    has err 'say its encoding: --encoding windows-1252'
    # shellcheck disable=SC2016
    printf '<html><meta charset="iso-2022-jp"><p>\x1b$B3$$KLL$7$?2n\x1b(B</p>' >f.html
    run dedup -q f.html -o -
    has out '海に面した'
}

# The names of files that are not UTF-8 are taken for Latin-1 in ids.
test_names_that_are_not_utf8() {
    mkdir in
    printf 'Gulls came early to the pier this year and the terns did not' >$'in/caf\xe9.txt'
    printf '<html><p>%s of the page</p>' "$words" >$'in/caf\xe9.html'
    printf '{"text":"%s of the line"}\n' "$words" >$'in/caf\xe9.jsonl'
    run dedup -q in -o - --drop 1
    exits 0
    has out '"id":"in/café.txt"'
    has out '"id":"in/café.html"'
    run scan in
    has out '"articles":3,"rejected":0,'
    "$TWICETOLD" index create a.db
    run index add -q a.db in
    exits 0
}

# A field that is none is a fault of the command line.
test_fields_that_are_none() {
    printf '{"text":"%s"}\n' "$words" >in.jsonl
    for field in 'text body|' 'id |x' 'title a||b' 'date |'; do
        # shellcheck disable=SC2086
        run scan in.jsonl --${field/ /-field }
        exits 2
        has err "--${field% *}-field has an empty part or too many"
    done
}

# Nothing follows compressed data in silence.
test_what_follows_compressed_data() {
    [ -n "$(find_archives)" ] || skip 'no libarchive'
    for tool in gzip bzip2 xz lz4 zstd; do
        command -v $tool >/dev/null || continue
        printf '{"id":"a","text":"%s"}\n' "$words" | $tool -c >a.jsonl.$tool
        printf '{"id":"b","text":"%s"}\n' "$words" | $tool -c >b.jsonl.$tool
        cat a.jsonl.$tool b.jsonl.$tool >both.jsonl.$tool
        run scan both.jsonl.$tool
        exits 0
        has out '"articles":2,"rejected":0,'
        { cat a.jsonl.$tool; echo 'more than that'; } >more.jsonl.$tool
        run scan more.jsonl.$tool
        case $status in 1 | 3) ;; *) fail "what follows $tool is lost: $status" ;; esac
        has err "more.jsonl.$tool: "
        head -c -5 a.jsonl.$tool >cut.jsonl.$tool
        run scan cut.jsonl.$tool
        case $status in 1 | 3) ;; *) fail "$tool is cut and whole: $status" ;; esac
        has err "cut.jsonl.$tool: truncated "
        has err "$tool data"
        has err 'get a complete copy of the file'
    done
}

# Hidden files, and links in archives, are counted; links to directories are followed once.
test_what_is_hidden_or_a_link() {
    [ -n "$(find_archives)" ] || skip 'no libarchive'
    mkdir -p in/.git/b in/c
    for file in in/a.jsonl in/.h.jsonl in/.git/b/x.jsonl; do printf '{"id":"%s","text":"%s"}\n' $file "$words" >$file; done
    ln -s a.jsonl in/l.jsonl
    ln in/a.jsonl in/m.jsonl
    tar cf in.tar in
    run scan in.tar
    exits 0
    has out '"articles":1,"rejected":0,'
    has err '4 files passed over in directories and archives: '
    has err '2 hidden'
    has err '2 links'
    rm in/l.jsonl in/m.jsonl
    ln -s . in/c/up
    ln -s ../c in/c/d
    ln -s ../a.jsonl in/c/e
    run scan in
    exits 1
    has err 'in/c/up: directory loop'
    has err 'in/c/d: directory loop'
    has err '1 other'
    mkdir -p many/a many/b many/c
    for to in a b c; do for from in a b c; do ln -s ../$to many/$from/$to; done; done
    cp in/a.jsonl many/a
    run scan many
    has err ' links'
    [ -e /proc/self/stat ] || skip 'no /proc'
    run scan /proc/self
    exits 3
    has err '/proc/self: a directory of the system, and not of files on a disk; name files in it'
}

# What is refused: its first bytes, and what is said. No output, exit code 3.
test_what_is_refused() {
    printf '{"id":"o","text":"one"}\n' >one.jsonl
    "$TWICETOLD" scan -q one.jsonl one.jsonl -o found.jsonl 2>/dev/null
    "$TWICETOLD" index create a.db
    "$TWICETOLD" index add -q a.db one.jsonl
    while IFS='|' read -r name bytes told; do
        # shellcheck disable=SC2059
        printf "$bytes" >"$name"
        for command in 'scan FILE -o result.jsonl' 'dedup FILE -o result.jsonl' 'index add a.db FILE'; do
            # shellcheck disable=SC2086
            run ${command/FILE/$name}
            exits 3
            has err "$name: $told"
            has err 'twicetold: no article was read: 1 record was rejected'
            empty out
            absent result.jsonl
        done
        run watch w.db <"$name"
        exits 3
        run scan "$name" one.jsonl # and the rest is read
        exits 1
        has out '"articles":1,"rejected":1,'
        rm -f "$name"
    done <<'END'
a.pdf|%%PDF-1.7\n%%x|a PDF document; extract its text first, with pdftotext
a.json|%%PDF-1.7\n|a PDF document
a.txt|%%PDF-1.7\n|a PDF document
a.doc|\320\317\021\340\241\261|an old Office document; convert it to text
a.rtf|{\\rtf1 x}|an RTF document
a.avro|Obj\001\004|an Avro file
a.orc|ORC\n|an ORC file
a.npy|\223NUMPY\1|a NumPy array
b.db|SQLite format 3\0|an index or another SQLite database; give the articles
a.7z|7z\274\257\047|a 7z archive; unpack it first
a.rar|Rar!\032|a RAR archive; unpack it first
a.png|\211PNG\r\n|a picture
a.jpg|\377\330\377\340|a picture
a.bin|\177ELF\2\1|a program
a.dat|some\0thing|binary data
b.txt|some\0thing|binary data
u.jsonl|\377\376{\0"\0|text in UTF-16 or UTF-32; say --encoding UTF-16
u.txt|h\0e\0l\0l\0o\0|text in UTF-16 or UTF-32
u.csv|\376\377\0i\0d|text in UTF-16 or UTF-32
a.lfs|version https://git-lfs.github.com/spec/v1\noid sha256:1\n|the pointer of a file in Git LFS
END
    for name in a.yaml a.toml a.sql a.mbox a.eml; do
        printf 'some: text\n' >$name
        run scan $name
        exits 3
        has err "$name: a"
    done
    run scan found.jsonl a.db -o result.jsonl
    exits 3
    has err 'found.jsonl:1: no "text"; this is a line of a result of scan'
    has err 'a.db: an index or another SQLite database'
    absent result.jsonl
}

test_encodings() {
    printf '{"id":"a","text":"caf\351 %s"}\n{"id":"b","text":"caf\351 %s"}\n' "$words" "$words" >latin.jsonl
    run scan latin.jsonl --pairs
    exits 3
    has err 'latin.jsonl:1: invalid UTF-8 at byte 21; say its encoding: --encoding windows-1252'
    run dedup -q latin.jsonl --encoding latin1 -o -
    exits 0
    has out '"text":"café Ministers'
    lines out 1
    cp out expected
    iconv -f latin1 -t UTF-16 latin.jsonl >wide.jsonl
    run scan wide.jsonl
    exits 3
    has err 'text in UTF-16 or UTF-32; say --encoding UTF-16'
    run dedup -q wide.jsonl --encoding UTF-16 -o -
    exits 0
    same expected out
    gzip -k latin.jsonl
    run dedup -q latin.jsonl.gz --encoding latin1 -o -
    same expected out
    "$TWICETOLD" dedup -q - --encoding ISO-8859-1 -o - <latin.jsonl >out
    same expected out
    { yes 'x y ' | head -c 200001; cat latin.jsonl; } | tr -d '\n' >long.txt # over the size of a block of bytes, and off its edges
    run dedup -q long.txt --encoding latin1 -o -
    exits 0
    has out 'café Ministers'
    printf '<?xml version="1.0" encoding="ISO-8859-1"?><rss><channel><item><guid>g</guid><description>caf\351</description></item></channel></rss>' >in.rss
    run dedup -q in.rss --encoding UTF-16 -o -
    exits 0
    has out '"text":"café"'
    printf 'x\200y\n' >bad.txt
    run scan bad.txt --encoding ascii
    exits 3
    has err 'bad.txt: invalid ascii at byte 1'
    printf 'a\0b' >cut.txt
    run scan cut.txt --encoding UTF-16LE
    exits 3
    has err 'it ends within a character of UTF-16LE'
    run scan latin.jsonl --encoding klingon
    exits 3
    has err 'encoding "klingon" is not known'
    has err 'iconv -l lists those that are known'
    [ -n "$(find_archives)" ] || skip 'no libarchive'
    tar -cf in.tar latin.jsonl
    run dedup -q in.tar --encoding latin1 -o -
    exits 0
    same expected out
}

# A record of a web archive. $1: type, $2: address, $3: type of the content, which is standard input.
warc_record() {
    cat >content
    printf 'WARC/1.0\r\nWARC-Type: %s\r\nWARC-Target-URI: %s\r\nWARC-Date: 2026-03-12T08:00:00Z\r\nWARC-Record-ID: <urn:uuid:%s>\r\nContent-Type: %s\r\nContent-Length: %s\r\n\r\n' \
        "$1" "$2" "$(md5sum <content | cut -c1-8)" "$3" "$(wc -c <content)"
    cat content
    printf '\r\n\r\n'
}

web_page() { # $1: more of the text
    printf '<html><head><title>Bread</title></head><body><nav>Home News Sport</nav><article><p>%s%s</p></article></body></html>' "$words" "$1"
}

test_documents() {
    {
        printf '<DOC id="AFP_ENG_20340508.0001" type="story" >\n<HEADLINE>\nBread &amp; salt\n</HEADLINE>\n<TEXT>\n<P>\n%s\n</P>\n<P>\nNobody was hurt.\n</P>\n</TEXT>\n</DOC>\n' "$words"
        printf '<doc>\n<DOCNO> FT-2 </DOCNO>\n<DATE>2034-05-09</DATE>\n<TEXT>\nGulls came early.\n\n  Terns < 5 did not.\n</TEXT>\n<TEXT>The rest.</TEXT></doc>\n'
        printf '\n<doc id="12" url="https://x.example/?curid=12" title="Piers">\nPiers\n\nThey stand in water.\n</doc>\n<doc id="empty">\n</doc>\n'
    } >in.txt
    run dedup in.txt -o kept.jsonl
    exits 1
    has err 'in.txt:29: no text in the document'
    printf '{"id":"AFP_ENG_20340508.0001","text":"%s\\n\\nNobody was hurt.","title":"Bread & salt","published":"2034-05-08"}\n' "$words" >expected
    printf '{"id":"FT-2","text":"Gulls came early.\\n\\nTerns < 5 did not.\\n\\nThe rest.","published":"2034-05-09"}\n' >>expected
    printf '{"id":"12","text":"They stand in water.","title":"Piers","url":"https://x.example/?curid=12"}\n' >>expected
    same expected kept.jsonl
    printf 'Something else.\n' >>in.txt
    run dedup in.txt -o kept.jsonl
    exits 1
    has err 'in.txt:31: something else than a <doc> where one should begin'
}

test_front_matter() {
    printf -- '---\ntitle: "Bread in Sollen"\ndate: 2034-05-08\ntags:\n  - bread\n---\n%s\n' "$words" >a.md
    printf '+++\ntitle = "Bread"\n+++\n%s\n' "$words" >b.txt
    printf -- '---\ntitle: Gulls\n...\n%s\n' "$words" >d.md
    run dedup -q d.md -o kept.jsonl
    has kept.jsonl '"title":"Gulls"'
    printf -- '---\nA note: this is a text.\n---\nGulls came early.\n' >c.md
    run dedup a.md c.md -o kept.jsonl
    exits 0
    printf '{"id":"a.md","text":"%s\\n","title":"Bread in Sollen","published":"2034-05-08T00:00:00Z"}\n' "$words" >expected
    printf '{"id":"c.md","text":"---\\nA note: this is a text.\\n---\\nGulls came early.\\n"}\n' >>expected
    same expected kept.jsonl
    run dedup -q b.txt -o kept.jsonl
    printf '{"id":"b.txt","text":"%s\\n","title":"Bread"}\n' "$words" >expected
    same expected kept.jsonl
    run dedup -q a.md -o kept.jsonl --text-format plain
    has kept.jsonl '{"id":"a.md","text":"---\ntitle:'
}

test_web_archives() {
    {
        printf 'software: none\r\n' | warc_record warcinfo x application/warc-fields
        { printf 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n'; web_page ''; } | warc_record response http://a.example/1 'application/http; msgtype=response'
        printf 'GET / HTTP/1.1\r\n\r\n' | warc_record request http://a.example/1 'application/http; msgtype=request'
        page=$(web_page '')
        printf 'HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n%x;x=y\r\n%s\r\n0\r\n\r\n' 64 "${page:0:64}" $((${#page} - 64)) "${page:64}" | warc_record response http://b.example/2 application/http
        { printf 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n'; web_page '' | gzip -n; } | warc_record response http://c.example/3 application/http
        { printf 'HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=ISO-8859-1\r\n\r\n'; printf '<body>Gulls came early to the pi\351r this year and the terns did not'; } | warc_record response http://d.example/4 application/http
        { printf 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n'; printf '<meta charset="windows-1252"><body>\223Terns\224 are late'; } | warc_record response http://e.example/8 application/http
        { printf 'HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n\211PNG'; } | warc_record response http://a.example/5.png application/http
        { printf 'HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n'; web_page ''; } | warc_record response http://a.example/6 application/http
        { printf 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: br\r\n\r\n\013\002'; } | warc_record response http://a.example/7 application/http
    } >in.warc
    run scan --pairs in.warc --rejects rejects
    exits 1
    has out '{"type":"pair","a":"http://a.example/1","b":"http://b.example/2","relation":"identical"'
    has out '{"type":"pair","a":"http://a.example/1","b":"http://c.example/3","relation":"identical"'
    has out '"articles":5,"rejected":1,'
    has err 'in.warc:10: a page compressed with br, which is not read'
    has err 'passed over in directories and archives: 1 *.png, 1 *.http404'
    run dedup -q in.warc -o kept.jsonl
    lines kept.jsonl 3
    has kept.jsonl '“Terns” are late'
    has kept.jsonl '{"id":"http://a.example/1","title":"Bread","published":"2026-03-12T08:00:00Z","text":"Ministers'
    has kept.jsonl 'the piér this'
    head -c 2500 in.warc >cut.warc
    run scan --pairs cut.warc
    exits 1
    has err 'the web archive ends within a record'
    printf '%s\r\n' "$words" >text
    { warc_record conversion http://a.example/1 text/plain <text | gzip; warc_record conversion http://b.example/2 text/plain <text | gzip; printf 'Gulls came early' | warc_record conversion http://c.example/3 text/plain | gzip; } >in.warc.wet.gz
    expect_the_three in.warc.wet.gz http://a.example/1 http://b.example/2
    run scan --pairs - <in.warc.wet.gz
    has out '"articles":3,"rejected":0,'
    printf 'no archive\n' >in.warc
    run scan in.warc
    exits 3
    has err 'in.warc:1: no record of a web archive where one should be'
}

test_records_of_web_archives_without_a_type() {
    untyped() { warc_record "$@" x | sed '/^Content-Type: x/d'; }
    {
        { printf 'HTTP/1.1 200 OK\r\nServer: x\r\n\r\n'; web_page ''; } | untyped response http://a.example/1
        web_page '' | untyped conversion http://a.example/2
        printf '%s\n' "$words" | untyped conversion http://a.example/3
        printf '\211PNG\r\n\032\n' | untyped resource http://a.example/4
        { printf 'HTTP/1.1 200 OK\r\n\r\n'; web_page '' | gzip -n; } | untyped response http://a.example/5
        { printf 'HTTP/1.1 404 No\r\n\r\n'; web_page ''; } | untyped response http://a.example/6
        printf 'x' | warc_record conversion http://a.example/7 application/json; printf "{\"a\":1}" | untyped resource http://a.example/8
    } >in.warc
    run scan --pairs in.warc
    exits 0
    has out '"articles":3,"rejected":0,'
    has out '{"type":"pair","a":"http://a.example/1","b":"http://a.example/2","relation":"identical"'
    has out '{"type":"pair","a":"http://a.example/1","b":"http://a.example/3","relation":"identical"'
    has err 'passed over in directories and archives: 3 *.untyped, 1 *.http404, 1 *.json'
}

# A python3 that writes what a test wants of it.
fake_python() {
    cat >python
    sed -i '1i #!/bin/sh' python
    chmod +x python
    export TWICETOLD_PYTHON=$PWD/python
}

test_files_of_columns_without_pyarrow() {
    mkdir in
    printf 'PAR1\025\0\0\0' >in/a.parquet
    printf 'ARROW1\0\0' >in/b.feather
    printf 'Gulls came early to the pier\n' >in/c.txt
    export TWICETOLD_PYTHON=no-such-python
    run scan in
    exits 1
    has err "in/a.parquet: a Parquet file, which is read with Python's pyarrow: pip install pyarrow, or convert it to JSON Lines"
    has err 'in/b.feather: an Arrow file, which is read with'
    run scan in --parquet tables
    exits 3
    has err '--parquet needs a Python that has pyarrow'
    absent tables
    fake_python <<<'exit 3'
    run scan in/a.parquet
    exits 3
    has err 'pip install pyarrow'
    run scan - <in/a.parquet
    exits 3
    has err '-: a Parquet file; give it as a file by its name'
}

test_files_of_columns_are_read_from_a_process() {
    printf 'PAR1\025\0\0\0' >a.parquet
    fake_python <<END
[ "\$3 \$4" = 'read a.parquet' ] || exit 9
printf '{"id":"a","text":"$words"}\n{"id":"b","text":"$words"}\n{"id":"c","text":"Gulls"}\n'
END
    expect_the_three a.parquet a b
    fake_python <<END
printf '{"id":"a","text":"$words"}\n'
echo 'a warning' >&2
echo 'ArrowInvalid: page 7 is damaged' >&2
exit 1
END
    run scan a.parquet
    exits 1
    has err 'a.parquet: pyarrow says: ArrowInvalid: page 7 is damaged'
    has out '"articles":1,"rejected":1,'
    fake_python <<<'exit 5'
    run scan a.parquet
    exits 3
    has err 'a.parquet: a Parquet file, Python ended with 5 and no message'
    fake_python <<<'kill -9 $$'
    run scan a.parquet
    exits 3
    has err 'a.parquet: a Parquet file, Python was ended by signal 9'
}

test_files_of_columns_with_pyarrow() {
    python3 -c 'import pyarrow' 2>/dev/null || skip 'python3 has no pyarrow'
    unset TWICETOLD_PYTHON
    cat >make.py <<'END'
import datetime, sys, pyarrow as pa, pyarrow.parquet as parquet
words = sys.argv[1]
table = pa.table({"id": pa.array([1, 2, 3]), "text": pa.array([words, words, "Gulls"]).dictionary_encode(),
    "published": pa.array([datetime.datetime(2026, 3, 12)] * 3, pa.timestamp("ns", "UTC")), "score": [float("nan"), 1.5, 2.0],
    "tags": [["x"], [], None], "raw": pa.array([b"caf\xc3\xa9", None, b""])})
parquet.write_table(table, "a.parquet", row_group_size=2)
with pa.ipc.new_file("a.arrow", table.schema) as out: out.write_table(table)
with pa.ipc.new_stream("a.arrows", table.schema) as out: out.write_table(table)
END
    python3 make.py "$words"
    for file in a.parquet a.arrow a.arrows; do
        run scan --pairs $file
        exits 0
        has out '{"type":"pair","a":1,"b":2,"relation":"identical"'
        run dedup -q $file -o kept.jsonl
        has kept.jsonl '"published":"2026-03-12T00:00:00+00:00","score":null,"tags":["x"],"raw":"café"}'
    done
    run scan "$here/../../corpora/feed/articles.jsonl" --parquet tables --csv tables
    exits 0
    python3 -c '
import csv, pyarrow.parquet as parquet
for name, rows in (("pairs", 401), ("clusters", 217), ("sections", 377), ("removed", 155)):
    table, text = parquet.read_table(f"tables/{name}.parquet"), list(csv.reader(open(f"tables/{name}.csv", newline="")))
    assert table.num_rows == rows == len(text) - 1 and table.column_names == text[0], name
    assert [str(row) for row in table.column(table.column_names[1]).to_pylist()] == [row[1] for row in text[1:]]
    assert table.column_names[0] not in ("cluster", "section") or str(table.schema[0].type) == "int64"
' || fail 'not the tables'
    [ "$(find tables -type f -o -name '.*' -type d | wc -l)" -eq 8 ] || fail "more in the directory: $(ls -A tables)"
}
