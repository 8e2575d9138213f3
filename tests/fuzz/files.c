/*
 * Files of every kind. What the reader gives does not depend on the size of its blocks; each record
 * is taken or has a reason; and a file is at least one record, or is counted as one without, or its
 * members are passed over: an exit code of 0 means that everything was taken or reported.
 *
 * Input: the first byte chooses the name, the rest is the file.
 */
#include "fuzz.h"

#include "input/reader.h"
#include "util/utf8.h"

static const char *const names[] = {"f.jsonl", "f.json", "f.csv", "f.tsv", "f.html", "f.xml",
                                    "f.txt",   "f.md",   "f",     "f.tar", "f.zip",  "f.ninjs"};

typedef struct listing {
    size_t count;
    int is_odd;    /* refused for a reason that depends on where it is split */
    uint64_t sum;  /* of all that was read */
    uint64_t told; /* files that are empty or passed over */
} listing;

static void add_bytes(listing *l, const void *bytes, size_t size)
{
    const unsigned char *p = bytes;
    for (size_t i = 0; i < size; i++)
        l->sum = (l->sum ^ p[i]) * 1099511628211u;
    l->sum = (l->sum ^ size) * 1099511628211u;
}

/* XML has libxml2's reasons, and binary data that begins as XML what its first block shows, as a
 * kind that is not read does (TT_EVERSION). Of an archive in compressed data that is wrong at its
 * end, it is that, or what came out of it before. */
static int depends_on_blocks(const char *reason)
{
    static const char *const beginnings[] = {"invalid XML", "binary data", "corrupt ", "damaged ",
                                             "truncated "};
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (strncmp(reason, beginnings[i], strlen(beginnings[i])) == 0)
            return 1;
    return 0;
}

static void add_record(listing *l, const tt_record *r)
{
    const tt_article *a = &r->article;
    l->count++;
    l->is_odd |= r->status == TT_EVERSION || depends_on_blocks(r->reason);
    add_bytes(l, &r->line, sizeof r->line);
    add_bytes(l, &r->status, sizeof r->status);
    add_bytes(l, &r->notes, sizeof r->notes);
    add_bytes(l, &a->published, sizeof a->published);
    add_bytes(l, r->reason, strlen(r->reason));
    add_bytes(l, a->id, a->id_size);
    add_bytes(l, a->text, a->text_size);
    add_bytes(l, a->source, a->source_size);
    add_bytes(l, r->title, r->title_size);
    FUZZ_CHECK((r->status == TT_OK) == (r->reason[0] == '\0'), "status %d, \"%s\"", r->status,
               r->reason);
    if (r->status == TT_OK)
        FUZZ_CHECK(a->id_size > 0 && (a->text_size == 0 ||
                                      tti_utf8_valid_up_to(a->text, a->text_size) == a->text_size),
                   "line %d", (int)r->line);
}

static listing read_file(const char *path, size_t block, int threads)
{
    tt_reader_options o = TT_READER_OPTIONS_INIT;
    tt_reader *reader = NULL;
    const tt_record *records;
    size_t count = 0;
    listing l = {0, 0, 14695981039346656037u, 0};
    o.threads = threads;
    o.text_field = "text|body,more.text"; /* paths of every form */
    FUZZ_CHECK(tt_reader_open(&reader, &path, 1, &o, NULL) == TT_OK, "open");
    if (block > 0)
        tti_reader_tune(reader, block, threads == 1);
    do {
        const tt_status status = tt_reader_next(reader, &records, &count, NULL);
        FUZZ_CHECK(status == TT_OK, "status %d", status);
        for (size_t i = 0; i < count; i++)
            add_record(&l, &records[i]);
    } while (count > 0);
    l.told = tt_reader_empty(reader, NULL, 0) + tt_reader_passed_over(reader, NULL, 0);
    tt_reader_close(reader);
    return l;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const size_t kinds = sizeof names / sizeof *names;
    const char *path;
    listing whole, parts;
    if (size < 2)
        return 0;
    path = fuzz_write(names[bytes[0] % kinds], bytes + 1, size - 1);
    whole = read_file(path, 0, 1);
    parts = read_file(path, 64, 2);
    FUZZ_CHECK(
        whole.is_odd || parts.is_odd ||
            (whole.count == parts.count && whole.sum == parts.sum && whole.told == parts.told),
        "other records by small blocks: %zu, %zu", whole.count, parts.count);
    FUZZ_CHECK(whole.count + whole.told > 0, "nothing is said of a file");
    return 0;
}
