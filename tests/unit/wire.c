#define _GNU_SOURCE
#include "input/reader.h"

#include "read_files.h"

#include <fcntl.h>

/* The records of a reader, one after the other: "LINE ID|VERSION|SOURCE|PUBLISHED|TEXT" with the
 * time in seconds, or "LINE STATUS: reason". */
typedef struct listing {
    char *text;
    size_t size, records;
} listing;

static FILE *listing_open(listing *l)
{
    FILE *out;
    *l = (listing){NULL, 0, 0};
    out = open_memstream(&l->text, &l->size);
    assert_non_null(out);
    return out;
}

static void print_record(FILE *out, const tt_record *r)
{
    const tt_article *a = &r->article;
    const size_t prefix = strlen(test_directory) + 1;
    size_t skip = 0;
    (void)fprintf(out, "%d ", (int)r->line);
    if (r->status != TT_OK) {
        const char *end = strstr(r->reason, "XML: "); /* what follows is libxml2's */
        (void)fprintf(out, "%s: %.*s\n", r->status == TT_ELIMIT ? "TT_ELIMIT" : "TT_EFORMAT",
                      end == NULL ? 200 : (int)(end + 3 - r->reason), r->reason);
        return;
    }
    if (a->id_size > prefix && strncmp(a->id, test_directory, prefix - 1) == 0)
        skip = prefix;
    (void)fprintf(out, "%.*s|%.*s|%.*s|", (int)(a->id_size - skip), a->id + skip,
                  (int)a->version_size, a->version_size > 0 ? a->version : "", (int)a->source_size,
                  a->source_size > 0 ? a->source : "");
    if (a->published != TT_NO_TIME)
        (void)fprintf(out, "%lld", (long long)(a->published / 1000000));
    (void)fprintf(out, "|%.*s\n", (int)a->text_size, a->text);
}

typedef struct way {
    size_t block;
    int threads, whole;
    uint64_t limit;
    const tt_allocator *allocator;
} way;

/* @return TT_OK, or the error */
static tt_status list(const char *path, way how, listing *l)
{
    tt_reader_options options = TT_READER_OPTIONS_INIT;
    tt_reader *reader;
    tt_error error = {TT_OK, 0, ""};
    const tt_record *r;
    size_t n = 1;
    FILE *out = listing_open(l);
    tt_status status;
    options.threads = how.threads;
    options.flags = how.whole ? TT_READER_WHOLE : 0;
    options.max_article_bytes = how.limit;
    options.allocator = how.allocator;
    status = tt_reader_open(&reader, &path, 1, &options, &error);
    if (status == TT_OK && how.block != 0)
        tti_reader_tune(reader, how.block, 1);
    while (status == TT_OK && n > 0) {
        status = tt_reader_next(reader, &r, &n, &error);
        for (size_t i = 0; status == TT_OK && i < n; i++, l->records++)
            print_record(out, &r[i]);
    }
    tt_reader_close(reader);
    (void)fclose(out);
    return status;
}

static void check_path(const char *path, int whole, uint64_t limit, const char *expected)
{
    static const size_t blocks[] = {1, 2, 3, 7, 61, 1000, 4 << 20};
    for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++) {
        listing l;
        const way how = {blocks[b], b % 2 == 0 ? 1 : 3, whole, limit, NULL};
        assert_int_equal(list(path, how, &l), TT_OK);
        assert_string_equal(l.text, expected);
        free(l.text);
    }
}

static void check_sample(const char *name, int whole, const char *expected)
{
    char path[500];
    (void)snprintf(path, sizeof path, "%s/%s", TT_WIRE_SAMPLES, name);
    check_path(path, whole, 0, expected);
}

static void check_text(const char *name, const char *text, const char *expected)
{
    check_path(write_text(name, text), 0, 0, expected);
}

/* ==== Samples ================================================================================= */

#define FERRY                                                                                      \
  "The ferry Heron is back after 40 days & two storms.\n\n"                                        \
  "Fares stay at \xc2\xa3"                                                                         \
  "3 <one way>.\nDogs travel free.\n\nMornings: 7.15\n\nEvenings: 18.40\n"
#define FERRY_HEAD "2 urn:newsml:wire.example.com:20260312:ferry-4711|3|Example Wire|1773303300|"

static void newsml_g2_is_read(void **state)
{
    (void)state;
    check_sample("newsitem.xml", 0, FERRY_HEAD FERRY);
    check_sample("newsitem.xml", 1,
                 FERRY_HEAD
                 "Ferry returns to Port Alder\n\nBy Ada Quill\n\nPORT ALDER, March 12\n\n" FERRY);
    check_sample("newsmessage.xml", 0,
                 "6 urn:newsml:wire.example.com:20260312:one|12|EXW|1773306000|"
                 "First of one.\n\nBetween\n\nLast of one.\n"
                 "24 urn:newsml:wire.example.com:20260312:two|1|Other Wire|1773273600|"
                 "Plain first.\n\nPlain second, with a <b> that stays.\n"
                 "30 TT_EFORMAT: no body text in the item\n");
}

static void nitf_is_read(void **state)
{
    (void)state;
    check_sample("story.nitf", 0,
                 "3 EXW-2026-0312-77|2|Example Wire Nord|1773303300|"
                 "The caf\xc3\xa9 on the pier reopens on Saturday.\n\n"
                 "It had been shut since 1,204 days.\n\nTea 2.10\nCoffee 2.80\n");
    check_sample("story.nitf", 1,
                 "3 EXW-2026-0312-77|2|Example Wire Nord|1773303300|"
                 "Caf\xc3\xa9 by the pier reopens\n\nBy Cy Pen Staff Writer\n\nPORT ALDER\n\n"
                 "The caf\xc3\xa9 on the pier reopens on Saturday.\n\n"
                 "It had been shut since 1,204 days.\n\nTea 2.10\nCoffee 2.80\n");
}

static void feeds_are_read(void **state)
{
    (void)state;
    check_sample(
        "feed.rss", 0,
        "8 harbour-1||Harbour & Coast|1773324900|A storm is due on Friday\xc2\xa0night.\n\n"
        "Boats stay in\xe2\x80\xa6 caf\xc3\xa9s stay open.\n"
        "19 http://harbour.example.com/b||Other Feed||"
        "Cod & haddock: 4 < 5 and AT&T.\n\nNext week: less.\n"
        "25 TT_EFORMAT: no body text in the item\n");
    check_sample("feed.atom", 0,
                 "7 tag:coast.example.com,2026:1||Coast Letters|1773333002|"
                 "Gulls came early.\n\nTerns & others did not: 1 < 2.\n"
                 "18 tag:coast.example.com,2026:2||Elsewhere|1773340202|As HTML.\n\nSecond.\n"
                 "25 tag:coast.example.com,2026:3||Coast Letters|1773100800|"
                 "A summary <b> as text.\n");
}

static void ninjs_is_read(void **state)
{
    (void)state;
    check_sample("one.ninjs", 0,
                 "1 http://wire.example.com/items/20260312-8|4|Example Wire|1773303300|"
                 "The lighthouse was dark for a night.\n\nBulbs cost \xc2\xa3"
                 "900 & more.\n");
    check_sample("one.ninjs", 1,
                 "1 http://wire.example.com/items/20260312-8|4|Example Wire|1773303300|"
                 "Lighthouse \xe2\x80\x9c"
                 "dark\xe2\x80\x9d for a night\n\nBy Fay Folio\n\n"
                 "Port Alder\n\nThe lighthouse was dark for a night.\n\n"
                 "Bulbs cost \xc2\xa3"
                 "900 & more.\n");
    check_sample("lines.ninjs", 0,
                 "1 urn:wire:1|1|Beispiel|1773309600|Ein Absatz.\n\nNoch einer.\n"
                 "2 urn:wire:2|7|EXW|1773313200|From a desk.\n"
                 "3 TT_EFORMAT: no body text in a ninjs item\n"
                 "4 urn:wire:4||||One.\n\nTwo <b>.\n"
                 "5 plain|9|||Not a wire item.\n");
}

/* ==== Formats ================================================================================= */

#define RSS(items) "<rss version=\"2.0\"><channel>" items "</channel></rss>"
#define ITEM(id, text) "<item><guid>" id "</guid><description>" text "</description></item>"

static void what_a_file_is_shows_in_its_bytes(void **state)
{
    (void)state;
    check_text("a", RSS(ITEM("1", "x")), "1 1||||x\n");
    check_text("b.dat",
               "\xef\xbb\xbf <?xml version=\"1.0\"?>\n<!-- > -->\n<!DOCTYPE rss [ ]>\n" RSS(
                   ITEM("1", "x")),
               "4 1||||x\n");
    check_text("b.dat",
               "<?xml version=\"1.0\"?>\n<!-- > -->\n<!DOCTYPE rss [ ]>\n" RSS(ITEM("1", "x")),
               "4 1||||x\n");
    check_text("c.dat", "\xef\xbb\xbf" RSS(ITEM("1", "x")), "1 1||||x\n");
    check_text("d.dat", "<p>x</p>", "1 d.dat||||x\n");
    check_text("e.dat", "<?xml version='1.0'?><p>x</p>",
               "1 TT_EFORMAT: not a news format: the root element is <p>\n");
    check_text("f.dat", "<", "0 f.dat||||<\n");
    check_text("f.dat", "<!-- x", "0 f.dat||||<!-- x\n");
    check_text("g.txt", RSS(ITEM("1", "x")), "1 1||||x\n");
    check_text("h.xml", "<html>x</html>", "1 h.xml||||x\n");
    check_text("h.xml", "<svg>x</svg>",
               "1 TT_EFORMAT: not a news format: the root element is <svg>\n");
    check_text("i.xml", "", "1 TT_EFORMAT: an empty file\n");
    check_text("i.xml", "{}", "1 TT_EFORMAT: no \"text\"\n");
    check_text("i.xml", "x", "1 TT_EFORMAT: invalid XML\n");
    check_text("j.rss", RSS(""), "");
    check_text("k.xml", "<feed xmlns='http://www.w3.org/2005/Atom'/>", "");
}

static void what_is_no_text_is_not_one_article(void **state)
{
    static const struct {
        const char *name, *text, *kind;
    } cases[] = {
        {"k.yaml", "id: 1\n", "a YAML file; convert it to JSON Lines first"},
        {"n", "%PDF-1.7\n", "a PDF document; extract its text first, with pdftotext"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char expected[200];
        (void)snprintf(expected, sizeof expected, "0 TT_EFORMAT: %s\n", cases[i].kind);
        check_text(cases[i].name, cases[i].text, expected);
    }
    check_text("k.html.txt", "<html>x", "1 k.html.txt||||x\n");
    check_text("k.csv.jsonl", "{\"id\":\"a\",\"text\":\"x\"}", "1 a||||x\n");
}

static void one_object_may_be_a_file(void **state)
{
    (void)state;
    check_text("a.json", "\n{\n\"id\": 1,\r\n\"text\":\n\"x\"}\n\n", "2 1||||x\n");
    check_text("b", "\xef\xbb\xbf{ \n \"uri\": \"u\",\n \"body_text\": \"x\\ny\"\n}",
               "1 u||||x\ny\n");
    check_text("c.json", "{\"id\":1,\"text\":\"x\"}\n{\"id\":2,\n",
               "1 1||||x\n"
               "2 TT_EFORMAT: invalid JSON: it ends early at byte 8\n");
    check_text("d.json", "{\"id\":1,\n{\"id\":2,\"text\":\"x\"}\n",
               "1 TT_EFORMAT: invalid JSON: it ends early at byte 8\n2 2||||x\n");
    check_text("e.jsonl", "{\"id\":1,\n\"text\":\"x\"}\n", "1 1||||x\n");
    check_text("f.ninjs", "", "");
    check_text("g.ninjs", "{\n", "1 TT_EFORMAT: invalid JSON: it ends early at byte 1\n");
}

static void objects_may_follow_one_another_in_any_way(void **state)
{
    static const char *const forms[] = {
        "[{\"id\":1,\"text\":\"x ]} \\\" y\"},{\"id\":2,\"text\":[\"a\",\"b\"]}]",
        ("\xef\xbb\xbf [\n{\"id\":1,\n\"text\":\"x ]} \\\" "
         "y\"},\n\n{\"id\":2,\"text\":[\"a\",\n\"b\"]\n}\n]\n"),
        "{\n\"id\":1,\"text\":\"x ]} \\\" y\"}\r\n{\n\"id\":2,\"text\":[\"a\",\"b\"]}",
        "{\"id\":1,\n\"text\":\"x ]} \\\" y\"}{\"id\":2,\"text\":[\"a\",\"b\"]}"};
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        static const char *const lines[][2] = {{"1", "1"}, {"2", "5"}, {"1", "3"}, {"1", "2"}};
        char expected[200];
        (void)snprintf(expected, sizeof expected, "%s 1||||x ]} \" y\n%s 2||||a\n\nb\n",
                       lines[i][0], lines[i][1]);
        check_text(i == 3 ? "o.jsonl" : "o.json", forms[i], expected);
    }
    check_text("p.json", "[]", "");
    check_text("l.json", "[\n 1, [2],\n3]", "1 TT_EFORMAT: not a JSON object but a list\n");
    check_text("q.json", "[[2],1,\"a\",null,{\"id\":3,\"text\":\"x\"},tru]",
               "1 TT_EFORMAT: not a JSON object but a list\n1 TT_EFORMAT: not a JSON object\n"
               "1 TT_EFORMAT: not a JSON object\n1 TT_EFORMAT: not a JSON object\n1 3||||x\n"
               "1 TT_EFORMAT: invalid JSON: unexpected character 't' at byte 0\n");
    check_text("r.json", "[{\"id\":1,\"text\":\"x\"},\n{\"id\":2,\"te",
               "1 1||||x\n2 TT_EFORMAT: invalid JSON: string without an end at byte 8\n"
               "2 TT_EFORMAT: invalid JSON: the array ends early\n");
    check_text("s.json", "[{\"id\":1,\"text\":\"x\"}\n",
               "1 1||||x\n2 TT_EFORMAT: invalid JSON: the array ends early\n");
}

static void tables_are_read_by_their_header(void **state)
{
    static const char *const forms[] = {
        "id,text,date\n1,\"a, \"\"b\"\"\n\nc\",2026-03-12\n2,d,\n\n3,e,x\n",
        "\xef\xbb\xbfID;Text;Date\r\n1;\"a, \"\"b\"\"\n\nc\";2026-03-12\r\n2;d;\r\n\r\n3;e;x",
        "Date\tbody\tid\n2026-03-12\t\"a, \"\"b\"\"\n\nc\"\t1\n\td\t2\n\nx\te\t3\n"};
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        check_text("t.csv", forms[i], "2 1|||1773273600|a, \"b\"\n\nc\n5 2||||d\n7 3||||e\n");
        check_text("t", forms[i], "2 1|||1773273600|a, \"b\"\n\nc\n5 2||||d\n7 3||||e\n");
    }
    check_text(
        "u.tsv", "id\ttext\n1\ta\tb\n2\n3\t\"x\"y\n4\tz\n5\t\n6\t\"open\n7\tq\n",
        "2 TT_EFORMAT: a row of 3 cells, where the header has 2\n"
        "3 TT_EFORMAT: a row of 1 cells, where the header has 2\n"
        "4 3||||\"x\"y\n5 4||||z\n6 TT_EFORMAT: \"text\" is empty\n7 6||||\"open\n8 7||||q\n");
    check_text("u.csv", "id,text\n3,\"x\"y\n4,z\n6,\"open\n7,q\n",
               "2 TT_EFORMAT: a quote that is not at the end of its cell\n3 4||||z\n"
               "4 TT_EFORMAT: a quoted cell without its end; the rows from here on are not read\n");
    check_text("c.csv", "text\nabcdefghijk\r\n\nb\n", "2 c.csv:2||||abcdefghijk\n4 c.csv:4||||b\n");
    check_text("v.csv", "date,headline\n1,2\n",
               "1 TT_EFORMAT: no \"text\" among the columns: \"date\", \"headline\"\n");
    check_text("w.txt", "id,text\n1,2\n", "2 1||||2\n");
    check_text("x", "dear editor, thanks\n1,2\n", "0 x||||dear editor, thanks\n1,2\n\n");
    check_text("y.csv", "", "");
    check_text("z.csv", "id,text\n", "");
}

static void pages_are_articles(void **state)
{
    (void)state;
    check_text(
        "a.html",
        "<!DOCTYPE html><html><head><title>Site | Bread</title>"
        "<meta property=\"og:title\" content=\"Bread &amp; butter\">"
        "<meta property='article:published_time' content='2026-03-12T09:15:00Z'>"
        "<meta property=og:site_name content=Example></head><body><nav><ul><li>Home</ul></nav>"
        "<!-- <article>no</article> --><main><article class=x><h1>Bread</h1><p>One <b>two</b>."
        "<aside>See <aside>also</aside></aside><p>Three.<form>Mail</form></article></main>"
        "<footer>(c)</footer></body></html>",
        "1 a.html||Example|1773306900|Bread\n\nOne two.\n\nThree.\n");
    check_text("b", "\n<html><p>x<p>y", "1 b||||x\n\ny\n");
    check_text("c.html",
               "<html><head><title>t</title></head><body><script>x</script></body></html>",
               "1 TT_EFORMAT: no text in the page\n");
    check_text("d.md", "# Bread\n\nOne *two*.\n", "0 d.md||||# Bread\n\nOne *two*.\n\n");
}

static void ninjs_needs_a_uri_and_a_field_of_its_own(void **state)
{
    (void)state;
    check_text("a.jsonl",
               "{\"uri\":\"u\"}\n{\"headline\":\"h\",\"body_text\":\"x\"}\n"
               "{\"uri\":7,\"body_text\":\"x\"}\n{\"uri\":\"\\ud800\",\"body_text\":\"x\"}\n"
               "{\"uri\":\"u\",\"body_text\":\"\\ud800\"}\n"
               "{\"uri\":\"u\",\"body_text\":[{}],\"bodies\":[1,[{}],\"x\"],\"headlines\":{}}\n"
               "{\"uri\":\"\\u0075\",\"bodies\":[{\"value\":\"<p>a<p>b\"}]}\n",
               "1 TT_EFORMAT: no \"text\"; it has \"uri\"\n"
               "2 TT_EFORMAT: no \"text\"; it has \"headline\", \"body_text\"\n"
               "3 TT_EFORMAT: no \"text\"; it has \"uri\", \"body_text\"\n"
               "4 TT_EFORMAT: unpaired surrogate escape in \"uri\"\n"
               "5 TT_EFORMAT: unpaired surrogate escape in a ninjs field\n"
               "6 TT_EFORMAT: no body text in a ninjs item\n7 u||||a\n\nb\n");
}

static void ninjs_may_name_its_bodies_as_it_likes(void **state)
{
    (void)state;
    check_text("b.jsonl",
               "{\"uri\":\"1\",\"headline_main\":\"h\",\"body_main\":\"x\",\"body_length\":2}\n"
               "{\"uri\":\"2\",\"body_richtext\":\"<p>a</p><p>b</p>\",\"body_main\":\"c\"}\n"
               "{\"uri\":\"3\",\"body_main\":\"x\",\"body_text\":\"y\"}\n"
               "{\"uri\":\"4\",\"body_\":\"x\",\"headline_\":\"y\"}\n",
               "1 1||||x\n2 2||||a\n\nb\n3 3||||y\n"
               "4 TT_EFORMAT: no \"text\"; it has \"uri\", \"body_\", \"headline_\"\n");
}

static void feeds_may_be_in_any_namespace(void **state)
{
    (void)state;
    check_text("n.rss",
               "<rss version=\"2.0\" xmlns=\"http://backend.userland.com/rss2\" xmlns:o=\"urn:o\">"
               "<channel><title>c</title><item><guid>1</guid><o:guid>9</o:guid>"
               "<o:description>n</o:description><description>x</description></item>"
               "</channel></rss>",
               "1 1||c||x\n");
    check_text("r.xml",
               "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\""
               " xmlns=\"http://my.netscape.com/rdf/simple/0.9/\">"
               "<channel><title>c</title></channel>"
               "<item><link>1</link><description>x</description></item></rdf:RDF>",
               "1 1||c||x\n");
}

static void markup_within_a_description_separates_its_blocks(void **state)
{
    (void)state;
    check_text("x.rss",
               RSS("<item><guid>1</guid><description><p>a.</p><p>B<br/>c <b>d</b></p>"
                   "</description></item>"),
               "1 1||||a.\n\nB\nc d\n");
}

static void standard_input_may_be_xml(void **state)
{
    const int old = dup(STDIN_FILENO);
    const int in = open(write_text("stdin", "\n" RSS(ITEM("1", "x") ITEM("2", "y"))), O_RDONLY);
    listing l;
    (void)state;
    assert_true(dup2(in, STDIN_FILENO) == STDIN_FILENO);
    assert_int_equal(list("-", (way){0, 1, 0, 0, NULL}, &l), TT_OK);
    assert_string_equal(l.text, "2 1||||x\n2 2||||y\n");
    assert_true(dup2(old, STDIN_FILENO) == STDIN_FILENO);
    (void)close(old);
    (void)close(in);
    free(l.text);
}

static void directories_hold_wire_files(void **state)
{
    (void)state;
    assert_int_equal(mkdir(path_of("w"), 0700), 0);
    write_text("w/a.xml", RSS(ITEM("a", "x")));
    write_text("w/b.nitf", "<nitf><body><body.content>x</body.content></body></nitf>");
    write_text("w/c.ninjs", "{\"uri\":\"c\",\"body_text\":\"x\"}");
    write_text("w/d.rss", RSS("<item>"));
    write_text("w/e.atom", "<entry><id>e</id><content>x</content></entry>");
    write_text("w/f.jsonl", "{\"id\":\"f\",\"text\":\"x\"}");
    write_text("w/g.json", "{\"id\":\"g\",\"text\":\"x\"}");
    write_text("w/h.rss.gz", RSS(ITEM("h", "x")));
    write_text("w/i.NDJSON", "{\"id\":\"i\",\"text\":\"x\"}");
    write_text("w/j.XML.zstd", RSS(ITEM("j", "x")));
    check_path(path_of("w"), 0, 0,
               "1 a||||x\n1 w/b.nitf:1||||x\n1 c||||x\n"
               "1 TT_EFORMAT: invalid XML\n"
               "1 e||||x\n1 f||||x\n1 g||||x\n1 h||||x\n1 i||||x\n1 j||||x\n");
}

/* ==== Hostile input =========================================================================== */

static void entities_are_refused(void **state)
{
    char text[2000];
    const char *secret = write_text("secret", "SECRET");
    (void)state;
    check_text("laugh.xml",
               "<!DOCTYPE rss [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">"
               "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>\n" RSS(ITEM("1", "&c;")),
               "1 TT_EFORMAT: it declares an entity, and entities are off\n");
    (void)snprintf(text, sizeof text, "<!DOCTYPE rss [\n<!ENTITY e SYSTEM \"file://%s\">]>%s",
                   secret, RSS(ITEM("1", "&e;")));
    check_text("outside.xml", text, "2 TT_EFORMAT: it declares an entity, and entities are off\n");
    (void)snprintf(text, sizeof text, "<!DOCTYPE rss [<!ENTITY %% e SYSTEM \"%s\"> %%e;]>%s",
                   secret, RSS(ITEM("1", "x")));
    check_text("parameter.xml", text,
               "1 TT_EFORMAT: it declares an entity, and entities are off\n");
    (void)snprintf(text, sizeof text, "<!DOCTYPE rss SYSTEM \"%s\">%s", secret,
                   RSS(ITEM("1", "x")));
    check_text("dtd.xml", text, "1 1||||x\n"); /* a DTD is named, but not read */
    check_text("named.xml", RSS(ITEM("1", "caf&eacute; &amp;amp; &nosuch;")),
               "1 TT_EFORMAT: invalid XML\n");
    check_text("named.xml", RSS(ITEM("1", "caf&eacute; &amp;amp; &#65;")),
               "1 1||||caf\xc3\xa9 & A\n");
}

static void items_before_damage_are_kept(void **state)
{
    (void)state;
    check_text("cut.xml", "<rss><channel>\n" ITEM("1", "x") "\n<item><guid>2</guid>",
               "2 1||||x\n3 TT_EFORMAT: invalid XML\n");
    check_text("bad.xml", "<rss><channel>\n" ITEM("1", "x") "\n\n<item></oops>" ITEM("3", "z"),
               "2 1||||x\n"
               "4 TT_EFORMAT: invalid XML\n");
}

static void encodings_are_as_declared(void **state)
{
    (void)state;
    static const char utf16[] =
        "\xff\xfe<\0r\0s\0s\0>\0<\0i\0t\0e\0m\0>\0<\0d\0e\0s\0c\0r\0i\0p\0t\0"
        "i\0o\0n\0>\0\xe9\0<\0/\0d\0e\0s\0c\0r\0i\0p\0t\0i\0o\0n\0>\0<\0/\0"
        "i\0t\0e\0m\0>\0<\0/\0r\0s\0s\0>\0";
    check_text("l.xml",
               "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" RSS(ITEM("1", "\xe9t\xe9")),
               "1 1||||\xc3\xa9t\xc3\xa9\n");
    check_text("u.xml", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" RSS(ITEM("1", "\xe9t\xe9")),
               "2 TT_EFORMAT: invalid XML\n");
    check_text("x.xml", "<?xml version=\"1.0\" encoding=\"x-none\"?>" RSS(ITEM("1", "x")),
               "1 TT_EFORMAT: invalid XML\n");
    check_path(write_bytes("w.xml", utf16, sizeof utf16 - 1), 0, 0, "1 w.xml:1||||\xc3\xa9\n");
    check_path(write_bytes("w.dat", utf16, sizeof utf16 - 1), 0, 0, "1 w.dat:1||||\xc3\xa9\n");
}

static char *repeat(char *to, const char *what, size_t count)
{
    const size_t n = strlen(what);
    for (size_t i = 0; i < count; i++, to += n)
        memcpy(to, what, n);
    *to = '\0';
    return to;
}

static void depth_and_size_have_limits(void **state)
{
    char *text = malloc(40 << 20), *end = text;
    listing l;
    (void)state;
    end += sprintf(end, "<feed><entry><content type='xhtml'>");
    end = repeat(end, "<b>", 100000);
    check_text("deep.xml", text, "1 TT_EFORMAT: nested deeper than 256 elements\n");
    end = text + sprintf(text, "<rss><item x='");
    end = repeat(end, "a", 12 << 20);
    (void)sprintf(end, "'><description>x</description></item></rss>");
    assert_int_equal(list(write_text("wide.xml", text), (way){0, 1, 0, 0, NULL}, &l), TT_OK);
    assert_string_equal(l.text, "1 TT_EFORMAT: invalid XML\n");
    free(l.text);
    end = text + sprintf(text, "<rss><item><guid>");
    end = repeat(end, "a", 100000);
    (void)sprintf(end, "</guid><description>x</description></item>\n" ITEM("2", "y") "</rss>");
    assert_int_equal(list(write_text("id.xml", text), (way){0, 1, 0, 0, NULL}, &l), TT_OK);
    assert_string_equal(l.text, "1 TT_ELIMIT: an item, or a field of it, is too long\n2 2||||y\n");
    free(l.text);
    check_path(write_text("limit.xml", RSS(ITEM("1", "12345") ITEM("2", "123456"))), 0, 5,
               "1 1||||12345\n1 TT_ELIMIT: text of 6 bytes is over the limit of 5\n");
    end = text + sprintf(text, "<rss><item><description>");
    end = repeat(end, "word ", 6 << 20);
    (void)sprintf(end, "</description></item>\n" ITEM("2", "y") "</rss>");
    assert_int_equal(list(write_text("long.xml", text), (way){0, 1, 0, 1000, NULL}, &l), TT_OK);
    assert_string_equal(l.text, "1 TT_ELIMIT: an item, or a field of it, is too long\n2 2||||y\n");
    free(l.text);
    free(text);
}

static void cdata_is_text(void **state)
{
    (void)state;
    check_text("c.xml", RSS(ITEM("1", "<![CDATA[<p>a &amp; b</p>]]><![CDATA[<p>c]]>")),
               "1 1||||a & b\n\nc\n");
    check_text("d.xml",
               "<nitf><body><body.content><p><![CDATA[<b> & c]]></p></body.content></body>"
               "</nitf>",
               "1 d.xml:1||||<b> & c\n");
}

static void large_feeds_come_in_batches(void **state)
{
    enum { ITEMS = 60000 };
    char *text = malloc(ITEMS * 100), *end = text;
    size_t most = 0, records = 0, n = 1;
    const tt_record *r;
    tt_reader *reader;
    const char *path;
    counting c;
    tt_reader_options options = TT_READER_OPTIONS_INIT;
    (void)state;
    end += sprintf(end, "<rss>");
    for (int i = 0; i < ITEMS; i++)
        end += sprintf(
            end, "<item><guid>%d</guid><description>caf\xc3\xa9 %d</description></item>\n", i, i);
    (void)sprintf(end, "</rss>");
    path = write_text("large.rss", text);
    counting_init(&c, 0);
    options.allocator = &c.allocator;
    options.threads = 2;
    assert_int_equal(tt_reader_open(&reader, &path, 1, &options, NULL), TT_OK);
    while (n > 0) {
        assert_int_equal(tt_reader_next(reader, &r, &n, NULL), TT_OK);
        for (size_t i = 0; i < n; i++) {
            char id[20];
            (void)snprintf(id, sizeof id, "%zu", records + i);
            assert_int_equal(r[i].status, TT_OK);
            assert_int_equal(r[i].article.id_size, strlen(id));
            assert_memory_equal(r[i].article.id, id, strlen(id));
            assert_int_equal(r[i].line, records + i + 1);
        }
        records += n;
        most = n > most ? n : most;
    }
    assert_int_equal(records, ITEMS);
    assert_true(most < 50000);
    tt_reader_close(reader);
    assert_int_equal(c.live, 0);
    free(text);
}

static void every_failed_allocation_is_handed_up(void **state)
{
    char path[500];
    int done = 0;
    (void)state;
    (void)snprintf(path, sizeof path, "%s", TT_WIRE_SAMPLES);
    for (long k = 1; !done; k++) {
        counting c;
        listing l;
        tt_status status;
        counting_init(&c, k);
        status = list(path, (way){5000, 2, 1, 0, &c.allocator}, &l);
        assert_true(status == TT_OK || status == TT_ENOMEM);
        done = status == TT_OK;
        assert_int_equal(c.live, 0);
        assert_true(k < 2000);
        free(l.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(newsml_g2_is_read),
        cmocka_unit_test(nitf_is_read),
        cmocka_unit_test(feeds_are_read),
        cmocka_unit_test(ninjs_is_read),
        cmocka_unit_test(what_a_file_is_shows_in_its_bytes),
        cmocka_unit_test(what_is_no_text_is_not_one_article),
        cmocka_unit_test(one_object_may_be_a_file),
        cmocka_unit_test(objects_may_follow_one_another_in_any_way),
        cmocka_unit_test(tables_are_read_by_their_header),
        cmocka_unit_test(pages_are_articles),
        cmocka_unit_test(ninjs_needs_a_uri_and_a_field_of_its_own),
        cmocka_unit_test(ninjs_may_name_its_bodies_as_it_likes),
        cmocka_unit_test(feeds_may_be_in_any_namespace),
        cmocka_unit_test(markup_within_a_description_separates_its_blocks),
        cmocka_unit_test(standard_input_may_be_xml),
        cmocka_unit_test(directories_hold_wire_files),
        cmocka_unit_test(entities_are_refused),
        cmocka_unit_test(items_before_damage_are_kept),
        cmocka_unit_test(encodings_are_as_declared),
        cmocka_unit_test(depth_and_size_have_limits),
        cmocka_unit_test(cdata_is_text),
        cmocka_unit_test(large_feeds_come_in_batches),
        cmocka_unit_test(every_failed_allocation_is_handed_up),
    };
    return cmocka_run_group_tests_name("wire", tests, make_directory, remove_directory);
}
