/*
 * Reading Arrow streams: columns of every layout that the Python package accepts, valid by the
 * specification of Arrow, with any content. What was written is read; times agree with the reader
 * of the engine where both accept them.
 *
 * Input: the layout of a column, then its elements, each ended by a NUL.
 */
#include "fuzz.h"

#include "arrow_columns.h" /* in python/core */
#include "input/jsonl.h"

enum { MOST = 64 };

typedef struct cells {
    fuzz_input value[MOST];
    uint8_t null[MOST];
    int64_t count;
} cells;

static cells cells_of(fuzz_input *in)
{
    cells c = {.count = 0};
    while (in->size > 0 && c.count < MOST) {
        c.null[c.count] = fuzz_below(in, 5) == 4;
        c.value[c.count++] = fuzz_until_nul(in);
    }
    return c;
}

/* ---- Columns --------------------------------------------------------------------------------- */

/* The buffers of a column, each in a block of exactly its size. */
typedef struct built {
    struct ArrowSchema schema, dictionary_schema;
    struct ArrowArray array, dictionary;
    const void *buffers[4], *dictionary_buffers[4];
} built;

static void *room(size_t size)
{
    void *p = calloc(size == 0 ? 1 : size, 1);
    if (p == NULL)
        abort();
    return p;
}

static void build_validity(const cells *c, int64_t skip, struct ArrowArray *a, const void **buffers)
{
    uint8_t *bits = room((size_t)(c->count + skip + 7) / 8);
    a->null_count = 0;
    for (int64_t i = 0; i < c->count; i++) {
        a->null_count += c->null[i];
        if (!c->null[i])
            bits[(i + skip) >> 3] |= (uint8_t)(1u << ((i + skip) & 7));
    }
    buffers[0] = bits;
    a->buffers = buffers;
    a->length = c->count;
    a->offset = skip;
}

static char *gather(const cells *c)
{
    size_t size = 0;
    char *all;
    for (int64_t i = 0; i < c->count; i++)
        size += c->value[i].size;
    all = room(size);
    size = 0;
    for (int64_t i = 0; i < c->count; size += c->value[i++].size)
        if (c->value[i].size > 0)
            memcpy(all + size, c->value[i].bytes, c->value[i].size);
    return all;
}

static void build_offsets(const cells *c, int64_t skip, int wide, struct ArrowArray *a,
                          const void **buffers)
{
    const size_t each = wide ? 8 : 4;
    char *offsets = room((size_t)(c->count + skip + 1) * each);
    int64_t at = 0;
    for (int64_t i = 0; i <= c->count; i++) {
        const int32_t narrow = (int32_t)at;
        memcpy(offsets + (size_t)(i + skip) * each, wide ? (const void *)&at : &narrow, each);
        if (i < c->count)
            at += (int64_t)c->value[i].size;
    }
    buffers[1] = offsets;
    buffers[2] = gather(c);
    a->n_buffers = 3;
}

static void build_views(const cells *c, int64_t skip, struct ArrowArray *a, const void **buffers)
{
    char *views = room((size_t)(c->count + skip) * 16);
    int32_t at = 0;
    for (int64_t i = 0; i < c->count; i++) {
        char *view = views + (i + skip) * 16;
        const int32_t size = (int32_t)c->value[i].size;
        memcpy(view, &size, 4);
        if (size > 0)
            memcpy(view + 4, c->value[i].bytes, size <= 12 ? (size_t)size : 4);
        if (size > 12)
            memcpy(view + 12, &at, 4), memset(view + 8, 0, 4);
        at += size;
    }
    buffers[1] = views;
    buffers[2] = gather(c);
    buffers[3] = room(8); /* sizes of the variadic buffers, as the C interface appends them */
    a->n_buffers = 4;
}

static void build_text(const cells *c, int64_t skip, int layout, struct ArrowSchema *schema,
                       struct ArrowArray *a, const void **buffers)
{
    static const char *const formats[] = {"u", "U", "vu", "z", "Z", "vz"};
    build_validity(c, skip, a, buffers);
    schema->format = formats[layout];
    if (layout % 3 == 2)
        build_views(c, skip, a, buffers);
    else
        build_offsets(c, skip, layout % 3 == 1, a, buffers);
}

/* Element i refers to entry i of the dictionary. */
static void build_indices(built *b, const cells *c, int64_t skip, char format)
{
    const size_t each = strchr("cC", format)   ? 1
                        : strchr("sS", format) ? 2
                        : strchr("iI", format) ? 4
                                               : 8;
    char *indices = room((size_t)(c->count + skip) * each);
    for (int64_t i = 0; i < c->count; i++)
        memcpy(indices + (size_t)(i + skip) * each, &i, each); /* little-endian */
    b->buffers[1] = indices;
    b->array.n_buffers = 2;
}

static void release_buffers(const struct ArrowArray *a)
{
    for (int64_t k = 0; k < a->n_buffers; k++)
        free((void *)(uintptr_t)a->buffers[k]);
}

/* ---- Reading --------------------------------------------------------------------------------- */

static void check_texts(const built *b, const cells *c, int64_t first)
{
    const input_column col = {&b->schema, &b->array, b->array.offset + first};
    FUZZ_CHECK(core_column_fits(&b->schema, COLUMN_TEXT), "%s does not fit", b->schema.format);
    for (int64_t i = first; i < c->count; i++) {
        text_value out = {0};
        const int there = core_column_text(&col, i - first, &out);
        FUZZ_CHECK(there == !c->null[i], "element %d", (int)i);
        if (!there)
            continue;
        FUZZ_CHECK(!out.integer && out.size == c->value[i].size &&
                       (out.size == 0 || memcmp(out.text, c->value[i].bytes, out.size) == 0),
                   "other text of element %d", (int)i);
        (void)core_column_time(&col, i - first);
    }
}

static void check_column(const cells *c, int layout, int64_t skip, char index)
{
    built b = {0};
    if (index == '\0') {
        build_text(c, skip, layout, &b.schema, &b.array, b.buffers);
    } else {
        const char format[2] = {index, '\0'};
        cells whole = *c;
        memset(whole.null, 0, sizeof whole.null);
        build_text(&whole, skip / 2, layout, &b.dictionary_schema, &b.dictionary,
                   b.dictionary_buffers);
        build_validity(c, skip, &b.array, b.buffers);
        build_indices(&b, c, skip, index);
        b.schema.format = format;
        b.schema.dictionary = &b.dictionary_schema;
        b.array.dictionary = &b.dictionary;
        check_texts(&b, c, 0);
        release_buffers(&b.dictionary);
        release_buffers(&b.array);
        return;
    }
    check_texts(&b, c, 0);
    if (c->count > 1)
        check_texts(&b, c, c->count / 2);
    release_buffers(&b.array);
}

/* Reads integers as ids, and as times in every unit. */
static void check_number(const cells *c)
{
    static const char *const times[] = {"tss:", "tsm:Europe/Oslo", "tsu:", "tsn:UTC", "tdm"};
    static const char *const numbers[] = {"c", "C", "s", "S", "i", "I", "l", "L"};
    for (int64_t i = 0; i < c->count; i++) {
        uint64_t value[2] = {0};
        const void *buffers[2] = {NULL, value};
        struct ArrowArray a = {.length = 1, .n_buffers = 2, .buffers = buffers};
        struct ArrowSchema schema = {0};
        const input_column col = {&schema, &a, 0};
        memcpy(value, c->value[i].bytes == NULL ? (const uint8_t *)"" : c->value[i].bytes,
               c->value[i].size < 8 ? c->value[i].size : 8);
        for (int k = 0; k < 8; k++) {
            text_value out;
            schema.format = numbers[k];
            FUZZ_CHECK(core_column_fits(&schema, COLUMN_ID) && core_column_text(&col, 0, &out) &&
                           out.integer && out.size > 0 && out.size < sizeof out.digits,
                       "an integer %s", numbers[k]);
        }
        for (int k = 0; k < 5; k++) {
            schema.format = times[k];
            FUZZ_CHECK(core_column_fits(&schema, COLUMN_TIME), "a time %s", times[k]);
            (void)core_column_time(&col, 0);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    fuzz_input in = {bytes, size};
    const int layout = (int)fuzz_below(&in, 6);
    const int64_t skip = fuzz_below(&in, 20);
    const char index = "\0\0cCsSiIlL"[fuzz_below(&in, 10)];
    const cells c = cells_of(&in);
    check_column(&c, layout, skip, index);
    check_number(&c);
    return 0;
}
