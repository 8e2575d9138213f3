#define _GNU_SOURCE
#include "input/reader.h"

#include "read_files.h"

#include <fcntl.h>
#include <poll.h>
#include <zlib.h>

enum { USUAL_BLOCK = 4 << 20 };

/* The records of a reader, a line for each: "name:line ok ID|TEXT" or "name:line STATUS: reason
 * [ID]", where name is the path within the test's directory. */
typedef struct listing {
    char *text;
    size_t size, capacity;
    size_t batches, records, rejected;
} listing;

static void append(listing *l, const char *bytes, size_t size)
{
    while (l->size + size + 1 > l->capacity) {
        l->capacity = l->capacity * 2 + 4096;
        l->text = realloc(l->text, l->capacity);
    }
    if (size > 0)
        memcpy(l->text + l->size, bytes, size);
    l->size += size;
    l->text[l->size] = '\0';
}

static void append_record(listing *l, const tt_record *r)
{
    const size_t prefix = strlen(test_directory);
    const char *name = r->file;
    char head[300];
    int n;
    if (strncmp(name, test_directory, prefix) == 0 && name[prefix] == '/')
        name += prefix + 1;
    if (r->status == TT_OK)
        n = snprintf(head, sizeof head, "%s:%d ok ", name, (int)r->line);
    else
        n = snprintf(head, sizeof head, "%s:%d %s: %s [", name, (int)r->line,
                     r->status == TT_EFORMAT  ? "format"
                     : r->status == TT_ELIMIT ? "limit"
                     : r->status == TT_EIO    ? "io"
                                              : "?",
                     r->reason);
    append(l, head, (size_t)n);
    append(l, r->article.id, r->article.id_size);
    append(l, r->status == TT_OK ? "|" : "]", 1);
    append(l, r->article.text, r->article.text_size);
    append(l, "\n", 1);
    l->records++;
    l->rejected += r->status != TT_OK;
    assert_true((r->status == TT_OK) == (r->reason[0] == '\0'));
}

typedef struct way {
    size_t block;
    int threads, strict;
    uint64_t max_article_bytes;
} way;

static listing list_paths(const char *const *paths, size_t count, way how)
{
    listing l = {0};
    tt_reader_options options = TT_READER_OPTIONS_INIT;
    tt_reader *reader;
    tt_error error;
    uint64_t done, total;
    options.threads = how.threads;
    options.max_article_bytes = how.max_article_bytes;
    assert_int_equal(tt_reader_open(&reader, paths, count, &options, &error), TT_OK);
    tti_reader_tune(reader, how.block == 0 ? USUAL_BLOCK : how.block, !how.strict);
    append(&l, "", 0);
    for (;;) {
        const tt_record *records;
        size_t n;
        assert_int_equal(tt_reader_next(reader, &records, &n, &error), TT_OK);
        if (n == 0)
            break;
        l.batches++;
        for (size_t i = 0; i < n; i++)
            append_record(&l, &records[i]);
    }
    tt_reader_progress(reader, &done, &total);
    if (total != 0)
        assert_true(done == total);
    tt_reader_close(reader);
    return l;
}

/* Every size of blocks, number of threads and parser must give this listing. */
static void check_paths(const char *const *paths, size_t count, uint64_t limit,
                        const char *expected)
{
    static const size_t blocks[] = {1, 2, 3, 5, 16, 61, 300, 4096, USUAL_BLOCK};
    static const int threads[] = {1, 2, 7};
    for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++)
        for (size_t t = 0; t < 3; t++) {
            const way how = {blocks[b], threads[t], (int)t == 1, limit};
            listing l = list_paths(paths, count, how);
            assert_string_equal(l.text, expected);
            free(l.text);
        }
}

static void check_file(const char *path, const char *expected)
{
    check_paths(&path, 1, 0, expected);
}

static void check_text(const char *name, const char *text, const char *expected)
{
    check_file(write_text(name, text), expected);
}

static void lines_are_records(void **state)
{
    (void)state;
    check_text("l.jsonl", "{\"id\":\"a\",\"text\":\"one\"}\n{\"id\":2,\"text\":\"t\\nwo\"}\n",
               "l.jsonl:1 ok a|one\nl.jsonl:2 ok 2|t\nwo\n");
}

static void the_last_newline_may_be_missing(void **state)
{
    (void)state;
    check_text("n.jsonl", "{\"id\":\"a\",\"text\":\"one\"}\n{\"id\":\"b\",\"text\":\"two\"}",
               "n.jsonl:1 ok a|one\nn.jsonl:2 ok b|two\n");
    check_text("n.jsonl", "{\"id\":\"a\",\"text\":\"one\"}\n{\"id\":\"b\",\"te",
               "n.jsonl:1 ok a|one\n"
               "n.jsonl:2 format: invalid JSON: string without an end at byte 10 []\n");
}

static void a_byte_order_mark_is_passed(void **state)
{
    (void)state;
    check_text("b.jsonl", "\xef\xbb\xbf{\"id\":\"a\",\"text\":\"one\"}\n", "b.jsonl:1 ok a|one\n");
    check_text("b.jsonl", "\xef\xbb\xbf", "");
    check_text("b.jsonl", "\xef\xbb", "b.jsonl:1 format: invalid UTF-8 at byte 0 []\n");
}

static void empty_inputs_are_no_records(void **state)
{
    (void)state;
    check_text("e.jsonl", "", "");
    check_text("e.jsonl", "\n \r\n\n", "");
    check_text("e.dat", "", "");
    check_text("e.dat", "\n\n  \n", "");
    check_file("/dev/null", "");
}

static void an_empty_text_file_is_rejected(void **state)
{
    (void)state;
    check_text("e.txt", "", "e.txt:0 format: no text []\n");
    check_text("e.txt", "\xef\xbb\xbf", "e.txt:0 format: no text []\n");
}

/* Expects the path as id. */
static void check_plain(const char *name, const char *text, const char *shown)
{
    const char *path = write_text(name, text);
    char expected[1000];
    (void)snprintf(expected, sizeof expected, "%s:0 ok %s|%s\n", name, path, shown);
    check_file(path, expected);
}

static void a_plain_text_is_one_article(void **state)
{
    (void)state;
    check_plain("p.txt", "one\n\ntwo\r\n", "one\n\ntwo\r\n");
    check_plain("p.txt", "{so to speak}\n", "{so to speak}\n");
    check_text("p.txt", "{\"id\":\"a\",\"text\":\"x\"}\n", "p.txt:1 ok a|x\n");
    check_plain("b.txt", "\xef\xbb\xbfone\n", "one\n");
    check_plain("p.dat", " \n one\n", " \n one\n");
    check_plain("readme", "\xef\xbb\xbf[1] one", "[1] one");
    check_text("q.dat", " \n{\"id\":\"a\",\"text\":\"x\"}", "q.dat:2 ok a|x\n");
    check_text("q.dat", "\xef\xbb\xbf{\"id\":\"a\",\"text\":\"x\"}", "q.dat:1 ok a|x\n");
    check_text("q.txt", "ab\xff", "q.txt:0 format: invalid UTF-8 at byte 2 []\n");
    check_text("q.ndjson", "one",
               "q.ndjson:1 format: invalid JSON: unexpected character 'o' at "
               "byte 0 []\n");
}

static void raw_bytes_are_kept(void **state)
{
    (void)state;
    const char *paths[] = {write_text("r.jsonl", "\xef\xbb\xbf {\"text\":\"a\\u0041\"} \r\n[]\n"),
                           write_text("r.txt", "\xef\xbb\xbfone\r\n")};
    const tt_record *r;
    size_t n;
    tt_reader *reader;
    assert_int_equal(tt_reader_open(&reader, paths, 2, NULL, NULL), TT_OK);
    assert_int_equal(tt_reader_next(reader, &r, &n, NULL), TT_OK);
    assert_int_equal(n, 3);
    assert_int_equal(r[0].raw_size, 20);
    assert_memory_equal(r[0].raw, " {\"text\":\"a\\u0041\"} ", 20);
    assert_int_equal(r[1].raw_size, 2);
    assert_memory_equal(r[1].raw, "[]", 2);
    assert_int_equal(r[2].raw_size, 8);
    assert_memory_equal(r[2].raw, "\xef\xbb\xbfone\r\n", 8);
    assert_int_equal(r[2].article.text_size, 5);
    tt_reader_close(reader);
}

static void bad_lines_do_not_stop_the_run(void **state)
{
    (void)state;
    check_text("x.jsonl",
               "{\"id\":1,\"text\":\"good\"}\n"
               "{\"id\":2}\n"
               "{\"id\":3,\"text\":[1]}\n"
               "{\"id\":[],\"text\":\"x\"}\n"
               "[]\n"
               "{\"id\":6,\"text\":\"cut\n"
               "{\"id\":7,\"text\":\"\xff\"}\n"
               "{\"id\":8,\"text\":\"\\ud800\"}\n"
               "{\"id\":9,\"text\":\"\\u0041\"}\n",
               "x.jsonl:1 ok 1|good\n"
               "x.jsonl:2 format: no \"text\"; it has \"id\" [2]\n"
               "x.jsonl:3 format: \"text\" is not a string [3]\n"
               "x.jsonl:4 format: \"id\" is neither a string nor an integer []\n"
               "x.jsonl:5 format: not a JSON object but a list []\n"
               "x.jsonl:6 format: invalid JSON: string without an end at byte 15 []\n"
               "x.jsonl:7 format: invalid UTF-8 at byte 16 []\n"
               "x.jsonl:8 format: unpaired surrogate escape in \"text\" [8]\n"
               "x.jsonl:9 ok 9|A\n");
}

static void without_an_id_it_is_the_file_and_the_line(void **state)
{
    (void)state;
    char expected[1000];
    const char *path =
        write_text("c.jsonl", "\r\n{\"text\":\"one\"}\r\n \t\r\n\n{\"text\":\"t\\n\"}"
                              "\r\n\r\n");
    (void)snprintf(expected, sizeof expected, "c.jsonl:2 ok %s:2|one\nc.jsonl:5 ok %s:5|t\n\n",
                   path, path);
    check_file(path, expected);
}

static void utf16_is_rejected_with_a_reason(void **state)
{
    (void)state;
    const char *path = write_bytes("u.jsonl", "\xff\xfe{\0\"\0\n\0}\0", 10);
    check_file(path, "u.jsonl:0 ?: text in UTF-16 or UTF-32; say --encoding UTF-16 []\n");
}

static char *many_lines(size_t count, size_t *size)
{
    char *text = malloc(count * 400), *end = text;
    uint64_t random = 11;
    for (size_t i = 0; i < count; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        if (random >> 60 == 0)
            end += sprintf(end, "\n");
        end += sprintf(end, "{\"id\":%zu,\"text\":\"%0*d\\n\"}%s\n", i, (int)(random >> 40 & 255),
                       0, random >> 61 == 1 ? "x" : "");
    }
    *size = (size_t)(end - text);
    return text;
}

static void every_way_of_reading_gives_the_same(void **state)
{
    (void)state;
    static const size_t blocks[] = {1, 100, 5000, 200000, USUAL_BLOCK};
    static const int threads[] = {1, 2, 7};
    size_t size;
    char *text = many_lines(5000, &size);
    const char *path = write_bytes("m.jsonl", text, size);
    listing one = list_paths(&path, 1, (way){0, 1, 1, 0});
    assert_int_equal(one.records, 5000);
    assert_true(one.rejected > 400);
    for (size_t b = 0; b < 5; b++)
        for (size_t t = 0; t < 3; t++) {
            listing l = list_paths(&path, 1, (way){blocks[b], threads[t], 0, 0});
            assert_string_equal(l.text, one.text);
            if (blocks[b] == 1)
                assert_true(l.batches > 1000);
            free(l.text);
        }
    free(one.text);
    free(text);
}

static void a_batch_has_a_bounded_number_of_records(void **state)
{
    (void)state;
    enum { LINES = 100000 };
    char *text = malloc(LINES * 3 + 1);
    const char *path;
    listing l;
    for (size_t i = 0; i < LINES; i++)
        memcpy(text + 3 * i, "{}\n", 3);
    path = write_bytes("k.jsonl", text, LINES * 3 - 1);
    l = list_paths(&path, 1, (way){0, 2, 0, 0});
    assert_int_equal(l.records, LINES);
    assert_int_equal(l.batches, 4);
    free(l.text);
    free(text);
}

static void a_line_longer_than_many_blocks_is_read(void **state)
{
    (void)state;
    enum { SIZE = 30 << 20 }; /* beyond what simdjson is given, too */
    char *text = malloc(SIZE + 200), *end = text;
    const char *path, *last = "\nlong.jsonl:3 ok 3|b\n";
    listing l;
    end += sprintf(end, "{\"id\":1,\"text\":\"a\"}\n{\"id\":2,\"text\":\"");
    memset(end, 'x', SIZE);
    end += SIZE;
    end += sprintf(end, "\\n\"}\n{\"id\":3,\"text\":\"b\"}\n");
    path = write_bytes("long.jsonl", text, (size_t)(end - text));
    l = list_paths(&path, 1, (way){0, 2, 0, 1 << 30});
    assert_int_equal(l.records, 3);
    assert_int_equal(l.rejected, 0);
    assert_true(l.size > SIZE);
    assert_string_equal(l.text + l.size - strlen(last), last);
    free(l.text);
    l = list_paths(&path, 1, (way){0, 2, 0, 20 << 20});
    assert_string_equal(l.text,
                        "long.jsonl:1 ok 1|a\n"
                        "long.jsonl:2 limit: text of 31457281 bytes is over the limit of 20971520 "
                        "[2]\n"
                        "long.jsonl:3 ok 3|b\n");
    free(l.text);
    l = list_paths(&path, 1, (way){0, 2, 0, 1000});
    assert_string_equal(
        l.text, "long.jsonl:1 ok 1|a\n"
                "long.jsonl:2 limit: line of 31457300 bytes is too long for a text of 1000 []\n"
                "long.jsonl:3 ok 3|b\n");
    free(l.text);
    free(text);
}

static void long_rubbish_is_given_up_in_little_memory(void **state)
{
    (void)state;
    enum { SIZE = 30 << 20 };
    char *rubbish = memset(malloc(SIZE), 'x', SIZE);
    const char *paths[] = {write_bytes("z.jsonl", rubbish, SIZE),
                           write_bytes("z.txt", rubbish, SIZE)};
    tt_reader_options options = TT_READER_OPTIONS_INIT;
    tt_reader *reader;
    const tt_record *r;
    size_t n;
    counting c;
    counting_init(&c, 0);
    options.allocator = &c.allocator;
    options.max_article_bytes = 1000;
    assert_int_equal(tt_reader_open(&reader, paths, 2, &options, NULL), TT_OK);
    assert_int_equal(tt_reader_next(reader, &r, &n, NULL), TT_OK);
    assert_int_equal(n, 1);
    assert_string_equal(r->reason, "not a JSON object, and 31457280 bytes long");
    assert_int_equal(r->line, 1);
    assert_int_equal(tt_reader_next(reader, &r, &n, NULL), TT_OK);
    assert_int_equal(n, 1);
    assert_string_equal(r->reason, "text of 31457280 bytes is over the limit of 1000");
    assert_int_equal(r->status, TT_ELIMIT);
    assert_true(c.live < 10 << 20);
    tt_reader_close(reader);
    assert_int_equal(c.live, 0);
    free(rubbish);
}

static void texts_over_the_limit_are_rejected(void **state)
{
    (void)state;
    const char *paths[] = {write_text("l.txt", "12345"),
                           write_text("m.txt", "\xef\xbb\xbf"
                                               "123456"),
                           write_text("m.jsonl", "{\"id\":1,\"text\":\"12345\"}\n"
                                                 "{\"id\":2,\"text\":\"123456\"}")};
    char expected[1000];
    (void)snprintf(expected, sizeof expected,
                   "l.txt:0 ok %s|12345\n"
                   "m.txt:0 limit: text of 6 bytes is over the limit of 5 []\n"
                   "m.jsonl:1 ok 1|12345\n"
                   "m.jsonl:2 limit: text of 6 bytes is over the limit of 5 [2]\n",
                   paths[0]);
    check_paths(paths, 3, 5, expected);
}

/* writes gzip with zlib */
static size_t gzip(const char *text, size_t size, char *out, size_t room)
{
    z_stream z;
    memset(&z, 0, sizeof z);
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (unsigned char *)(uintptr_t)text;
    z.avail_in = (unsigned)size;
    z.next_out = (unsigned char *)out;
    z.avail_out = (unsigned)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    (void)deflateEnd(&z);
    return room - z.avail_out;
}

static void a_truncated_gzip_gives_its_whole_lines(void **state)
{
    (void)state;
    static const size_t blocks[] = {1, 3000, USUAL_BLOCK};
    size_t size;
    char *text = many_lines(1000, &size), *packed = malloc(size);
    const size_t packed_size = gzip(text, size, packed, size);
    const char *paths[] = {write_bytes("t.jsonl.gz", packed, packed_size / 2),
                           write_text("after.jsonl", "{\"id\":\"a\",\"text\":\"x\"}")};
    const char *whole = write_bytes("t.jsonl.gz.whole", packed, packed_size);
    listing all = list_paths(&whole, 1, (way){0, 1, 0, 0});
    for (size_t b = 0; b < 3; b++) {
        listing l = list_paths(paths, 2, (way){blocks[b], 2, 0, 0});
        const char *end = "t.jsonl.gz:0 format: truncated gzip data []\nafter.jsonl:1 ok a|x\n";
        assert_true(l.records > 100 && l.records < 1000);
        assert_string_equal(l.text + l.size - strlen(end), end);
        free(l.text);
    }
    assert_int_equal(all.records, 1000);
    free(all.text);
    memset(text, 'a', size);
    paths[0] = write_bytes("t.txt.gz", packed, gzip(text, size, packed, size) / 2);
    check_paths(paths, 1, 0, "t.txt.gz:0 format: truncated gzip data []\n");
    free(packed);
    free(text);
}

static void directories_are_read_by_name(void **state)
{
    (void)state;
    char expected[2000];
    const char *path;
    assert_int_equal(mkdir(path_of("d"), 0700), 0);
    assert_int_equal(mkdir(path_of("d/b"), 0700), 0);
    assert_int_equal(mkdir(path_of("d/.git"), 0700), 0);
    write_text("d/c.jsonl", "{\"id\":\"c\",\"text\":\"x\"}");
    write_text("d/a.txt", "plain");
    write_text("d/b/z.jsonl", "{\"id\":\"z\",\"text\":\"x\"}");
    write_text("d/b/B.jsonl.zst", "{\"id\":\"B\",\"text\":\"x\"}"); /* its content is not */
    write_text("d/b.jsonl.gz", "{\"id\":\"b\",\"text\":\"x\"}");
    write_text("d/notes.docx", "not an input");
    write_text("d/.hidden.jsonl", "{\"id\":\"h\",\"text\":\"x\"}");
    write_text("d/.git/x.jsonl", "{\"id\":\"g\",\"text\":\"x\"}");
    path = path_of("d");
    (void)snprintf(expected, sizeof expected,
                   "d/a.txt:0 ok %s/a.txt|plain\n"
                   "d/b/B.jsonl.zst:1 ok B|x\n"
                   "d/b/z.jsonl:1 ok z|x\n"
                   "d/b.jsonl.gz:1 ok b|x\n"
                   "d/c.jsonl:1 ok c|x\n",
                   path);
    check_file(path, expected);
}

static void loops_and_unreadable_files_are_records(void **state)
{
    (void)state;
    char expected[2000];
    assert_int_equal(mkdir(path_of("e"), 0700), 0);
    assert_int_equal(mkdir(path_of("e/sub"), 0700), 0);
    assert_int_equal(mkdir(path_of("e/same"), 0700), 0);
    assert_int_equal(symlink("..", path_of("e/sub/up")), 0);
    assert_int_equal(symlink("gone.txt", path_of("e/sub/w.txt")), 0);
    assert_int_equal(symlink("v", path_of("e/sub/v")), 0);
    assert_int_equal(symlink("../same", path_of("e/sub/twice")), 0);
    assert_int_equal(mkfifo(path_of("e/sub/x.txt"), 0600), 0);
    assert_int_equal(mkfifo(path_of("e/sub/y"), 0600), 0);
    write_text("e/same/s.jsonl", "{\"id\":\"s\",\"text\":\"x\"}");
    write_text("e/z.jsonl", "{\"id\":\"z\",\"text\":\"x\"}");
    (void)snprintf(expected, sizeof expected,
                   "e/same/s.jsonl:1 ok s|x\n"
                   "e/sub/twice/s.jsonl:1 ok s|x\n" /* twice, but without a loop */
                   "e/sub/up:0 io: directory loop []\n"
                   "e/sub/v:0 io: cannot open: Too many levels of symbolic links []\n"
                   "e/sub/w.txt:0 io: cannot open: No such file or directory []\n"
                   "e/sub/x.txt:0 io: not a regular file []\n"
                   "e/z.jsonl:1 ok z|x\n");
    check_file(path_of("e"), expected);
}

static void files_without_permission_are_records(void **state)
{
    (void)state;
    const char *explicit_path;
    tt_reader *reader;
    tt_error error;
    char expected[400];
    assert_int_equal(mkdir(path_of("f"), 0700), 0);
    explicit_path = write_text("f/secret.jsonl", "{}");
    if (geteuid() == 0)
        skip(); /* everything is readable */
    assert_int_equal(chmod(explicit_path, 0), 0);
    check_file(path_of("f"), "f/secret.jsonl:0 io: cannot open: Permission denied []\n");
    assert_int_equal(tt_reader_open(&reader, &explicit_path, 1, NULL, &error), TT_EIO);
    (void)snprintf(expected, sizeof expected, "cannot open %s: Permission denied", explicit_path);
    assert_string_equal(error.message, expected);
}

static void a_file_that_goes_away_is_a_record(void **state)
{
    (void)state;
    const char *path = write_text("gone.jsonl", "{\"text\":\"x\"}");
    tt_reader *reader;
    const tt_record *r;
    size_t n;
    assert_int_equal(tt_reader_open(&reader, &path, 1, NULL, NULL), TT_OK);
    assert_int_equal(remove(path), 0);
    assert_int_equal(tt_reader_next(reader, &r, &n, NULL), TT_OK);
    assert_int_equal(n, 1);
    assert_int_equal(r->status, TT_EIO);
    assert_int_equal(r->line, 0);
    assert_null(r->raw);
    assert_string_equal(r->reason, "cannot open: No such file or directory");
    tt_reader_close(reader);
}

static void opening_checks_its_arguments(void **state)
{
    (void)state;
    const char *paths[] = {write_text("o.jsonl", "{}"), ""};
    const char *missing = path_of("missing.jsonl");
    tt_reader_options options = TT_READER_OPTIONS_INIT;
    tt_reader *reader = (tt_reader *)&options;
    tt_error error;
    char expected[400];
    assert_int_equal(tt_reader_open(&reader, paths, 0, NULL, &error), TT_EINVAL);
    assert_string_equal(error.message, "no input");
    assert_null(reader);
    assert_int_equal(tt_reader_open(&reader, paths, 2, NULL, &error), TT_EINVAL);
    assert_string_equal(error.message, "an input's path is empty");
    assert_int_equal(tt_reader_open(&reader, &missing, 1, NULL, &error), TT_EIO);
    (void)snprintf(expected, sizeof expected, "cannot open %s: No such file or directory", missing);
    assert_string_equal(error.message, expected);
    options.id_field = "";
    assert_int_equal(tt_reader_open(&reader, paths, 1, &options, &error), TT_EINVAL);
    assert_string_equal(error.message, "id_field is empty");
    options.id_field = NULL;
    options.text_field = "\xff";
    assert_int_equal(tt_reader_open(&reader, paths, 1, &options, &error), TT_EINVAL);
    assert_string_equal(error.message, "text_field is not UTF-8");
    options.text_field = NULL;
    options.reserved = 1;
    assert_int_equal(tt_reader_open(&reader, paths, 1, &options, &error), TT_EINVAL);
    assert_string_equal(error.message, "reserved is out of range");
    options.reserved = 0;
    options.max_article_bytes = ((uint64_t)1 << 30) + 1;
    assert_int_equal(tt_reader_open(&reader, paths, 1, &options, &error), TT_EINVAL);
    assert_string_equal(error.message, "max_article_bytes is out of range");
    /* the shorter struct of an older caller */
    options.struct_size = offsetof(tt_reader_options, max_article_bytes);
    assert_int_equal(tt_reader_open(&reader, paths, 1, &options, &error), TT_OK);
    tt_reader_close(reader);
    tt_reader_close(NULL);
}

static void standard_input_is_lines(void **state)
{
    (void)state;
    const char *paths[] = {"-"};
    const int old = dup(STDIN_FILENO);
    const int in = open(write_text("stdin", "{\"id\":1,\"text\":\"x\"}\nplain\n"), O_RDONLY);
    listing l;
    assert_true(dup2(in, STDIN_FILENO) == STDIN_FILENO);
    l = list_paths(paths, 1, (way){0, 1, 0, 0});
    assert_string_equal(l.text, "-:1 ok 1|x\n-:2 format: invalid JSON: unexpected character 'p' at "
                                "byte 0 []\n");
    assert_true(dup2(old, STDIN_FILENO) == STDIN_FILENO);
    (void)close(old);
    (void)close(in);
    free(l.text);
}

static void a_stream_that_pauses_hands_out_its_lines(void **state)
{
    (void)state;
    int ends[2];
    char path[40];
    const char *paths[] = {path};
    tt_reader *reader;
    const tt_record *r;
    size_t n;
    uint64_t done, total;
    static const char first[] = "{\"id\":1,\"text\":\"x\"}\n{\"id\":2,\"te";
    static const char second[] = "xt\":\"y\"}\n";
    assert_int_equal(pipe(ends), 0);
    (void)snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    assert_int_equal(tt_reader_open(&reader, paths, 1, NULL, NULL), TT_OK);
    assert_int_equal(write(ends[1], first, sizeof first - 1), sizeof first - 1);
    assert_int_equal(tt_reader_next(reader, &r, &n, NULL), TT_OK);
    assert_int_equal(n, 1);
    assert_memory_equal(r[0].article.id, "1", 1);
    assert_int_equal(write(ends[1], second, sizeof second - 1), sizeof second - 1);
    assert_int_equal(tt_reader_next(reader, &r, &n, NULL), TT_OK);
    assert_int_equal(n, 1);
    assert_memory_equal(r[0].article.id, "2", 1);
    tt_reader_progress(reader, &done, &total);
    assert_true(done == sizeof first + sizeof second - 2);
    assert_true(total == 0);
    (void)close(ends[1]);
    assert_int_equal(tt_reader_next(reader, &r, &n, NULL), TT_OK);
    assert_int_equal(n, 0);
    tt_reader_close(reader);
    (void)close(ends[0]);
}

static int waited_ms; /* the longest timeout that the reader used */

/* Replaces the function of the C library. */
int poll(struct pollfd *list, nfds_t count, int milliseconds)
{
    const struct timespec limit = {0, milliseconds * 1000000L};
    waited_ms = milliseconds > waited_ms ? milliseconds : waited_ms;
    return ppoll(list, count, &limit, NULL);
}

/* The longest timeout after the only article in a pipe. */
static int wait_for_more(uint32_t flags)
{
    static const char line[] = "{\"id\":1,\"text\":\"x\"}\n";
    tt_reader_options options = TT_READER_OPTIONS_INIT;
    int ends[2];
    char path[40];
    const char *paths[] = {path};
    tt_reader *reader;
    const tt_record *r;
    size_t n;
    options.flags = flags;
    waited_ms = 0;
    assert_int_equal(pipe(ends), 0);
    (void)snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    assert_int_equal(tt_reader_open(&reader, paths, 1, &options, NULL), TT_OK);
    assert_int_equal(write(ends[1], line, sizeof line - 1), sizeof line - 1);
    assert_int_equal(tt_reader_next(reader, &r, &n, NULL), TT_OK);
    assert_int_equal(n, 1);
    tt_reader_close(reader);
    (void)close(ends[0]);
    (void)close(ends[1]);
    return waited_ms;
}

static void a_prompt_reader_hardly_waits_for_more(void **state)
{
    (void)state;
    assert_int_equal(wait_for_more(0), 50);
    assert_int_equal(wait_for_more(TT_READER_PROMPT), 1);
}

/* Reads everything. @return TT_OK, or the first error */
static tt_status drain(const char *const *paths, size_t count, const tt_allocator *allocator,
                       size_t *records)
{
    tt_reader_options options = TT_READER_OPTIONS_INIT;
    tt_reader *reader;
    tt_error error = {TT_OK, 0, ""};
    const tt_record *r;
    size_t n = 1;
    tt_status status;
    *records = 0;
    options.allocator = allocator;
    options.threads = 2;
    status = tt_reader_open(&reader, paths, count, &options, &error);
    if (status == TT_OK)
        tti_reader_tune(reader, 5000, 1);
    while (status == TT_OK && n > 0) {
        status = tt_reader_next(reader, &r, &n, &error);
        *records += n;
    }
    if (status != TT_OK) {
        assert_int_equal(status, TT_ENOMEM);
        assert_int_equal(error.status, TT_ENOMEM);
        assert_true(strncmp(error.message, "out of memory for ", 18) == 0);
        if (reader != NULL) /* a failed reader stays failed */
            assert_int_equal(tt_reader_next(reader, &r, &n, NULL), TT_ENOMEM);
    }
    tt_reader_close(reader);
    return status;
}

static void a_lasting_id_follows_from_what_a_record_says(void **state)
{
    static const char lines[] = "{\"text\":\"one two\"}\n{\"text\":\"one two\",\"title\":\"x\"}\n"
                                "{\"source\":\"x\",\"text\":\"one two\"}\n"
                                "{\"text\":\"one two\",\"published\":\"2026-03-12\"}\n"
                                "{\"id\":\"a\",\"text\":\"one two\"}\n"
                                "{\"kind\":7,\"text\":\"one two\"}\n{\"text\":7}\n";
    tt_reader_options options = TT_READER_OPTIONS_INIT;
    tt_reader *reader = NULL;
    const tt_record *r;
    size_t count;
    (void)state;
    options.flags = TT_READER_LASTING_IDS;
    assert_int_equal(tt_reader_open_bytes(&reader, "-", lines, sizeof lines - 1, &options, NULL),
                     TT_OK);
    assert_int_equal(tt_reader_next(reader, &r, &count, NULL), TT_OK);
    assert_int_equal(count, 7);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(r[i].article.id_size, 26);
        assert_memory_equal(r[i].article.id, "-#", 2);
        assert_true((r[i].notes & TT_NOTE_NO_ID) != 0);
        for (int k = 0; k < i; k++)
            assert_memory_not_equal(r[i].article.id, r[k].article.id, 26);
    }
    assert_int_equal(r[4].article.id_size, 1);
    assert_memory_equal(r[5].article.id, r[0].article.id, 26); /* whatever else it has */
    assert_int_equal(r[6].status, TT_EFORMAT);
    tt_reader_close(reader);
    assert_int_equal(tt_reader_open_bytes(&reader, "b.txt", "one two", 7, &options, NULL), TT_OK);
    assert_int_equal(tt_reader_next(reader, &r, &count, NULL), TT_OK);
    assert_int_equal(count, 1);
    assert_int_equal(r[0].article.id_size, 30);
    assert_memory_equal(r[0].article.id, "b.txt#", 6);
    tt_reader_close(reader);
}

static void bytes_in_memory_are_read_as_a_file_is(void **state)
{
    static const char lines[] = "{\"id\":\"a\",\"text\":\"one two\"}\nno json\n";
    static const char *const names[] = {"body.jsonl", "-"};
    tt_reader *reader = NULL;
    const tt_record *records;
    size_t count;
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        uint64_t done, total;
        assert_int_equal(
            tt_reader_open_bytes(&reader, names[i], lines, sizeof lines - 1, NULL, NULL), TT_OK);
        assert_int_equal(tt_reader_next(reader, &records, &count, NULL), TT_OK);
        assert_int_equal(count, 2);
        assert_int_equal(records[0].status, TT_OK);
        assert_memory_equal(records[0].article.text, "one two", 7);
        assert_string_equal(records[1].file, names[i]);
        assert_int_equal(records[1].status, TT_EFORMAT);
        assert_int_equal(records[1].line, 2);
        assert_int_equal(tt_reader_next(reader, &records, &count, NULL), TT_OK);
        assert_int_equal(count, 0);
        tt_reader_progress(reader, &done, &total);
        assert_true(done == sizeof lines - 1 && total == done);
        tt_reader_close(reader);
    }
    assert_int_equal(tt_reader_open_bytes(&reader, "-", NULL, 0, NULL, NULL), TT_OK);
    assert_int_equal(tt_reader_next(reader, &records, &count, NULL), TT_OK);
    assert_int_equal(count, 0);
    tt_reader_close(reader);
}

static void every_failed_allocation_is_handed_up(void **state)
{
    (void)state;
    size_t size, records;
    char *text = many_lines(300, &size), *packed = malloc(size);
    const size_t packed_size = gzip(text, size, packed, size);
    const char *paths[4];
    int done = 0;
    write_bytes("s.jsonl", text, size);
    write_bytes("s.jsonl.gz", packed, packed_size);
    assert_int_equal(mkdir(path_of("g"), 0700), 0);
    write_text("g/a.txt", "one");
    write_text("g/b.txt", "two");
    paths[0] = path_of("s.jsonl");
    paths[1] = path_of("s.jsonl.gz");
    paths[2] = path_of("g");
    for (long k = 1; !done; k++) {
        counting c;
        counting_init(&c, k);
        done = drain(paths, 3, &c.allocator, &records) == TT_OK;
        assert_int_equal(c.live, 0);
        assert_true(k < 1000);
    }
    assert_int_equal(records, 602);
    free(packed);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_records),
        cmocka_unit_test(the_last_newline_may_be_missing),
        cmocka_unit_test(a_byte_order_mark_is_passed),
        cmocka_unit_test(empty_inputs_are_no_records),
        cmocka_unit_test(an_empty_text_file_is_rejected),
        cmocka_unit_test(a_plain_text_is_one_article),
        cmocka_unit_test(raw_bytes_are_kept),
        cmocka_unit_test(bad_lines_do_not_stop_the_run),
        cmocka_unit_test(without_an_id_it_is_the_file_and_the_line),
        cmocka_unit_test(utf16_is_rejected_with_a_reason),
        cmocka_unit_test(every_way_of_reading_gives_the_same),
        cmocka_unit_test(a_batch_has_a_bounded_number_of_records),
        cmocka_unit_test(a_line_longer_than_many_blocks_is_read),
        cmocka_unit_test(long_rubbish_is_given_up_in_little_memory),
        cmocka_unit_test(texts_over_the_limit_are_rejected),
        cmocka_unit_test(a_truncated_gzip_gives_its_whole_lines),
        cmocka_unit_test(directories_are_read_by_name),
        cmocka_unit_test(loops_and_unreadable_files_are_records),
        cmocka_unit_test(files_without_permission_are_records),
        cmocka_unit_test(a_file_that_goes_away_is_a_record),
        cmocka_unit_test(opening_checks_its_arguments),
        cmocka_unit_test(standard_input_is_lines),
        cmocka_unit_test(a_stream_that_pauses_hands_out_its_lines),
        cmocka_unit_test(a_prompt_reader_hardly_waits_for_more),
        cmocka_unit_test(a_lasting_id_follows_from_what_a_record_says),
        cmocka_unit_test(bytes_in_memory_are_read_as_a_file_is),
        cmocka_unit_test(every_failed_allocation_is_handed_up),
    };
    return cmocka_run_group_tests_name("read", tests, make_directory, remove_directory);
}
