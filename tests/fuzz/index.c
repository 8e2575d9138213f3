/*
 * An index with a damaged file: it opens and gives the same answers as before, or is refused with a
 * reason; a check reports findings and does not fail; and writing succeeds or gives an error.
 *
 * Input: changes of the file (kind, place, byte), then texts to query and to add, separated by NUL.
 * If the first kind is 0, the input is the file.
 */
#include "fuzz.h"

#include "../support.h"

enum { ARTICLES = 12 };

static char *base; /* the bytes of an undamaged file */
static size_t base_size;
static char *wanted; /* its answers */
static size_t wanted_size;

typedef struct lines {
    char *bytes;
    size_t size;
} lines;

static int add_bytes(void *ctx, const char *bytes, size_t size)
{
    lines *l = ctx;
    l->bytes = copy_more(l->bytes, l->size, bytes, size, 1);
    l->size += size;
    return 0;
}

static int add_verdicts(void *ctx, const tt_verdict *verdicts, size_t count)
{
    for (size_t k = 0; k < count; k++)
        if (tt_verdict_write(&verdicts[k], add_bytes, ctx) != TT_OK)
            return -1;
    return 0;
}

/* Article k has twenty unique words, and forty that every third article has. */
static const char *text_of_number(unsigned k)
{
    static char text[1024];
    rng own = {k}, common = {k % 3 + 1000};
    size_t n = 0;
    for (int i = 0; i < 60; i++) {
        rng *r = i < 20 ? &own : &common;
        for (int c = 0; c < 5; c++)
            text[n++] = (char)('a' + rng_below(r, 26));
        text[n++] = ' ';
    }
    text[n] = '\0';
    return text;
}

static tt_status ask(tt_index *live, lines *out)
{
    for (unsigned k = 0; k < ARTICLES; k++) {
        const tt_article a = article_of("new", text_of_number(k));
        const tt_status status = tt_index_query(live, &a, 1, NULL, add_verdicts, out, NULL);
        if (status != TT_OK)
            return status;
    }
    return TT_OK;
}

static void remove_all(const char *path)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-lock", "-journal"};
    char name[200];
    for (size_t k = 0; k < 5; k++) {
        (void)snprintf(name, sizeof name, "%s%s", path, ends[k]);
        (void)unlink(name);
    }
}

static void make_base(void)
{
    const char *path = fuzz_path("base.db");
    tt_index *live = NULL;
    lines out = {0};
    FILE *file;
    remove_all(path);
    FUZZ_CHECK(tt_index_open(&live, path, TT_INDEX_CREATE, NULL, NULL) == TT_OK, "create");
    for (unsigned k = 0; k < ARTICLES; k++) {
        char id[12];
        tt_article a;
        (void)snprintf(id, sizeof id, "%u", k);
        a = article_of(id, text_of_number(k));
        FUZZ_CHECK(tt_index_add(live, &a, 1, NULL, NULL, NULL, NULL) == TT_OK, "add");
    }
    FUZZ_CHECK(ask(live, &out) == TT_OK, "query");
    wanted = out.bytes;
    wanted_size = out.size;
    tt_index_close(live);
    base = malloc(1 << 20);
    file = fopen(path, "rb");
    if (base == NULL || file == NULL)
        abort();
    base_size = fread(base, 1, 1 << 20, file);
    (void)fclose(file);
}

/* Damages the file as the input says. @return its size */
static size_t damage(char *bytes, fuzz_input *in, int *harmless)
{
    size_t size = base_size;
    memcpy(bytes, base, base_size);
    for (uint32_t kind = fuzz_below(in, 5); kind != 0 && in->size > 0; kind = fuzz_below(in, 5)) {
        const size_t at = fuzz_below(in, base_size);
        const char value = (char)fuzz_byte(in);
        if (kind == 1)
            size = at;
        else if (kind == 2)
            bytes[at] = value;
        else if (kind == 3)
            bytes[at % 100] = value; /* the header */
        else
            memset(bytes + at, value, base_size - at < 64 ? base_size - at : 64);
    }
    *harmless = size == base_size && memcmp(bytes, base, size) == 0;
    return size;
}

static void check_open(const char *path, uint32_t flags, int from_base, int harmless,
                       fuzz_input *in)
{
    tt_index *live = NULL;
    tt_error error = {TT_OK, 0, ""};
    const tt_status status = tt_index_open(&live, path, flags, NULL, &error);
    lines out = {0};
    FUZZ_CHECK((status == TT_OK) == (live != NULL), "status %d", status);
    FUZZ_CHECK(status != TT_EINTERNAL && (status == TT_OK || error.message[0] != '\0'),
               "status %d: %s", status, error.message);
    FUZZ_CHECK(!harmless || status == TT_OK, "a good file is refused: %s", error.message);
    if (status != TT_OK)
        return;
    if (ask(live, &out) == TT_OK && from_base)
        FUZZ_CHECK(out.size == wanted_size && memcmp(out.bytes, wanted, out.size) == 0,
                   "wrong answers");
    while ((flags & TT_INDEX_READ) == 0 && in->size > 0) {
        const fuzz_input piece = fuzz_until_nul(in);
        const tt_article a = {.id = "x",
                              .id_size = 1,
                              .text = (const char *)piece.bytes,
                              .text_size = piece.size,
                              .published = TT_NO_TIME};
        tt_status one;
        FUZZ_CHECK(tt_index_add(live, &a, 1, &one, add_verdicts, &out, &error) != TT_EINTERNAL,
                   "%s", error.message);
    }
    tt_index_close(live);
    free(out.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    fuzz_input in = {bytes, size};
    const char *path;
    uint64_t findings = 0;
    int from_base, harmless = 0;
    if (base == NULL)
        make_base();
    from_base = size == 0 || bytes[0] != 0;
    remove_all(fuzz_path("in.db"));
    if (from_base) {
        char *changed = malloc(base_size);
        const size_t changed_size = damage(changed, &in, &harmless);
        path = fuzz_write("in.db", changed, changed_size);
        free(changed);
    } else {
        path = fuzz_write("in.db", bytes + 1, size - 1);
        in.size = 0;
    }
    check_open(path, TT_INDEX_READ, from_base, harmless, &in);
    FUZZ_CHECK(tt_index_check(path, NULL, NULL, NULL, &findings, NULL) != TT_EINTERNAL, "check");
    FUZZ_CHECK(!harmless || findings == 0, "findings in a good file");
    check_open(path, 0, from_base, harmless, &in);
    return 0;
}
