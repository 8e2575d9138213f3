#define _DEFAULT_SOURCE
#include "text_probe.h"

#include <stdio.h>

#include <sys/mman.h>
#include <unistd.h>

#include <utf8proc.h>

#include "kernels/kernels.h"
#include "kernels/token_extents.h"
#include "text/characters.h"

/* ==== the store ============================================================================== */

static void articles_are_appended_one_behind_the_other(void **state)
{
    (void)state;
    tti_tokens store;
    tti_tokenized_text added[3];
    const char *texts[] = {"one two\n\nthree", "", "four, five!"};
    tti_tokens_init(&store, &tti_libc_allocator);
    for (int i = 0; i < 3; i++)
        assert_int_equal(tti_tokens_append_text(&store, texts[i], strlen(texts[i]),
                                                TT_PARAGRAPHS_AUTO, 1, &added[i], NULL),
                         TT_OK);
    assert_int_equal(added[0].token_count, 3);
    assert_int_equal(added[0].paragraph_count, 2);
    assert_int_equal(added[1].token_count, 0);
    assert_int_equal(added[1].paragraph_count, 0);
    assert_int_equal(added[1].extents_size, 0);
    assert_int_equal(added[2].token_count, 2);
    assert_int_equal(store.count, 5);
    assert_int_equal(store.paragraph_count, 3);
    assert_int_equal(store.extents_size, 9);
    assert_int_equal(store.paragraphs[2].begin, 0);
    assert_int_equal(store.paragraphs[2].end, 2);
    uint32_t begins[2], ends[2];
    tti_token_extents_decode(store.extents + added[0].extents_size, 2, begins, ends);
    assert_int_equal(begins[0], 0);
    assert_int_equal(ends[0], 4);
    assert_int_equal(begins[1], 6);
    assert_int_equal(ends[1], 10);
    tti_tokens_clear(&store);
    assert_int_equal(store.count, 0);
    assert_int_equal(store.paragraph_count, 0);
    tti_tokens_free(&store);
}

static void no_text_at_all_is_an_article_without_tokens(void **state)
{
    (void)state;
    tti_tokens store;
    tti_tokenized_text added;
    const XXH128_hash_t none = XXH3_128bits_withSeed("", 0, 9);
    tti_tokens_init(&store, &tti_libc_allocator);
    assert_int_equal(tti_tokens_append_text(&store, NULL, 0, TT_PARAGRAPHS_NONE, 9, &added, NULL),
                     TT_OK);
    assert_int_equal(added.token_count, 0);
    assert_true(added.key.low == none.low64 && added.key.high == none.high64);
    tti_tokens_free(&store);
}

static void the_seed_changes_hashes_and_keys_but_no_flags(void **state)
{
    (void)state;
    const char *text = "Monday, twelve words; Monday again";
    tti_tokens store;
    tti_tokenized_text a, b, c;
    tti_tokens_init(&store, &tti_libc_allocator);
    assert_int_equal(tti_tokens_append_text(&store, text, strlen(text), 0, 1, &a, NULL), TT_OK);
    assert_int_equal(tti_tokens_append_text(&store, text, strlen(text), 0, 2, &b, NULL), TT_OK);
    assert_int_equal(tti_tokens_append_text(&store, text, strlen(text), 0, 1, &c, NULL), TT_OK);
    assert_memory_equal(store.flags, store.flags + a.token_count, a.token_count);
    assert_memory_equal(store.hashes, store.hashes + 2 * a.token_count, 4 * a.token_count);
    assert_false(tti_hash128_equal(a.key, b.key));
    assert_true(tti_hash128_equal(a.key, c.key));
    for (uint32_t i = 0; i < a.token_count; i++)
        assert_int_not_equal(store.hashes[i], store.hashes[a.token_count + i]);
    tti_tokens_free(&store);
}

static void a_long_text_is_too_long(void **state)
{
    (void)state;
    tti_tokens store;
    tti_tokenized_text added;
    tti_tokens_init(&store, &tti_libc_allocator);
    assert_int_equal(tti_tokens_append_text(&store, "", (size_t)UINT32_MAX, 0, 1, &added, NULL),
                     TT_ELIMIT);
    tti_tokens_free(&store);
}

static void spans_of_any_size_come_back(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 2, 7, 8, 31, 32, 127, 128, 129, 16383, 16384, 70000};
    enum { SIZES = sizeof sizes / sizeof sizes[0] };
    for (size_t gap = 0; gap < SIZES; gap++)
        for (size_t size = 0; size < SIZES; size++) {
            const size_t total = sizes[gap] + sizes[size] + 2;
            char *text = malloc(total);
            memset(text, '.', total);
            memset(text + sizes[gap], 'x', sizes[size]);
            text[total - 1] = 'y';
            probe p = probe_open(text, total, TT_PARAGRAPHS_AUTO);
            assert_int_equal(p.added.token_count, 2);
            assert_int_equal(p.begins[0], sizes[gap]);
            assert_int_equal(p.ends[0], sizes[gap] + sizes[size]);
            assert_int_equal(p.ends[1], total);
            probe_close(&p);
            free(text);
        }
}

/* An allocator that fails from the k-th call on. */
typedef struct failing {
    size_t left, live;
} failing;

static void *failing_alloc(void *ctx, size_t size)
{
    failing *f = ctx;
    if (f->left == 0)
        return NULL;
    f->left--;
    f->live += size;
    return malloc(size);
}

static void *failing_resize(void *ctx, void *old, size_t old_size, size_t new_size)
{
    failing *f = ctx;
    if (f->left == 0)
        return NULL;
    f->left--;
    f->live += new_size - old_size;
    return realloc(old, new_size);
}

static void failing_release(void *ctx, void *old, size_t size)
{
    failing *f = ctx;
    f->live -= size;
    free(old);
}

static void every_failed_allocation_leaves_the_store_as_it_was(void **state)
{
    (void)state;
    enum { SIZE = 60000 };
    char *text = malloc(SIZE);
    memset(text, 'a', SIZE);
    for (size_t i = 0; i < SIZE / 2; i += 3)
        text[i] = i % 5 == 0 ? '\n' : ' ';
    for (size_t i = SIZE - 1000; i + 1 < SIZE; i += 2)
        memcpy(text + i, "\u00E9", 2);
    tt_status status = TT_ENOMEM;
    for (size_t k = 0; status != TT_OK; k++) {
        failing f = {SIZE_MAX, 0};
        const tt_allocator allocator = {failing_alloc, failing_resize, failing_release, &f};
        tti_tokens store;
        tti_tokenized_text added;
        tt_error error;
        tti_tokens_init(&store, &allocator);
        assert_int_equal(tti_tokens_append_text(&store, "a b\n\nc", 6, 0, 1, &added, &error),
                         TT_OK);
        f.left = k;
        status = tti_tokens_append_text(&store, text, SIZE, 0, 1, &added, &error);
        assert_true(status == TT_OK || status == TT_ENOMEM);
        if (status != TT_OK) {
            assert_int_equal(error.status, TT_ENOMEM);
            assert_int_equal(store.count, 3);
            assert_int_equal(store.paragraph_count, 2);
            assert_int_equal(store.extents_size, 5);
            f.left = SIZE_MAX;
            assert_int_equal(tti_tokens_append_text(&store, "a b\n\nc", 6, 0, 1, &added, &error),
                             TT_OK);
            assert_memory_equal(store.hashes, store.hashes + 3, 12);
        }
        tti_tokens_free(&store);
        assert_int_equal(f.live, 0);
        assert_true(k < 1000);
    }
    free(text);
}

/* ==== any text =============================================================================== */

static int is_boundary(const char *text, size_t size, uint32_t at)
{
    return at == size || (text[at] & 0xC0) != 0x80;
}

/* Checks the properties of the tokens of every text. */
static void check_extents(const char *text, size_t size, const tti_tokens *store,
                          const tti_tokenized_text *added)
{
    uint32_t *begins = malloc((added->token_count + 1u) * 4), before = 0;
    uint32_t *ends = malloc((added->token_count + 1u) * 4);
    tti_token_extents_decode(store->extents, added->token_count, begins, ends);
    for (uint32_t i = 0; i < added->token_count; i++) {
        assert_true(begins[i] >= before);
        assert_true(ends[i] > begins[i]);
        assert_true(ends[i] <= size);
        assert_true(is_boundary(text, size, begins[i]) && is_boundary(text, size, ends[i]));
        assert_int_equal(store->hashes[i], (uint32_t)store->hashes64.items[i]);
        before = ends[i];
    }
    tti_extent_cursor cursor = {.extents = store->extents};
    for (uint32_t i = 0; i < added->token_count; i++) { /* on by steps, and back now and then */
        const uint32_t begin = i % 5 == 4 ? i / 2 : i, size_left = added->token_count - begin;
        const uint32_t end = begin + 1 + i % 23 % size_left;
        uint64_t first, last;
        tti_extent_cursor_locate(&cursor, begin, end, &first, &last);
        assert_int_equal(first, begins[begin]);
        assert_int_equal(last, ends[end - 1]);
    }
    free(begins);
    free(ends);
}

static void random_bytes_are_refused_or_make_sound_tokens(void **state)
{
    (void)state;
    static const uint8_t leads[] = {0xC3, 0xE4, 0xE2, 0xCC, 0xF0, 0xD0, 0xE0, 0xEF};
    uint64_t random = test_seed(1);
    size_t good = 0, refused = 0;
    tti_tokens store;
    tti_tokens_init(&store, &tti_libc_allocator);
    for (int round = 0; round < 20000; round++) {
        const size_t size = next_random(&random) % (round % 100 == 0 ? 9000 : 200);
        char *text = malloc(size == 0 ? 1 : size);
        for (size_t i = 0; i < size; i++) {
            const uint64_t r = next_random(&random);
            text[i] = (char)(r % 64 < 40 ? 'A' + r / 64 % 58 : r % 64 < 60 ? r / 64 % 128 : r / 64);
            if (r % 64 == 63 && i + 1 < size) {
                text[i++] = (char)leads[r / 64 % sizeof leads];
                text[i] = (char)(0x80 | r / 1024 % 64);
            }
        }
        tti_tokenized_text added;
        tt_error error;
        const tt_status status =
            tti_tokens_append_text(&store, text, size, TT_PARAGRAPHS_AUTO, 5, &added, &error);
        utf8proc_ssize_t valid = 0, step = 1;
        utf8proc_int32_t code;
        for (; valid < (utf8proc_ssize_t)size && step > 0; valid += step > 0 ? step : 0)
            step = utf8proc_iterate((const uint8_t *)text + valid, (utf8proc_ssize_t)size - valid,
                                    &code);
        if (status == TT_OK) {
            assert_true(step > 0);
            check_extents(text, size, &store, &added);
            good++;
        } else {
            assert_int_equal(status, TT_EFORMAT);
            assert_true(step <= 0);
            assert_int_equal(error.where, valid);
            refused++;
        }
        tti_tokens_clear(&store);
        free(text);
    }
    assert_true(good > 1000 && refused > 1000);
    tti_tokens_free(&store);
}

/* ==== against a plain tokenizer ============================================================== */

static int plain_single(uint32_t c)
{
    static const uint32_t ranges[][2] = {
        {0xE00, 0xE7F},   {0xE80, 0xEFF},   {0x1000, 0x109F},   {0x1780, 0x17FF},
        {0x3005, 0x3007}, {0x303B, 0x303C}, {0x3041, 0x30FF},   {0x31F0, 0x31FF},
        {0x3400, 0x4DBF}, {0x4E00, 0x9FFF}, {0xA9E0, 0xA9FF},   {0xAA60, 0xAA7F},
        {0xF900, 0xFAFF}, {0xFF66, 0xFF9D}, {0x1AFF0, 0x1B16F}, {0x20000, 0x3FFFF}};
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (c >= ranges[i][0] && c <= ranges[i][1])
            return 1;
    return 0;
}

/* 'x' separator, 'i' ignored, 'm' mark, 'w' word, 's' single. */
static char plain_class(uint32_t code)
{
    const utf8proc_property_t *p = utf8proc_get_property((utf8proc_int32_t)code);
    const char *category = utf8proc_category_string((utf8proc_int32_t)code);
    if (strchr("LMN", category[0]) == NULL)
        return strcmp(category, "Cf") == 0 && code != 0x200B ? 'i' : 'x';
    if (p->ignorable || code == 0x640 || code == 0x7FA)
        return 'i';
    if (code >= 0x2BB && code <= 0x2BD)
        return 'x';
    if (category[0] == 'M' || code == 0xFF9E || code == 0xFF9F)
        return 'm';
    if (plain_single(code) && (category[0] == 'L' || code == 0x3007))
        return 's';
    return 'w';
}

/* Whether a word ends between two letters or numbers. */
static int plain_parts(uint32_t before, uint32_t after)
{
    static const uint32_t latin[][2] = {{0x41, 0x2AF},    {0x1D00, 0x1EFF}, {0x2071, 0x214F},
                                        {0x2C60, 0x2C7F}, {0xA720, 0xA7FF}, {0xAB30, 0xAB6F},
                                        {0xFB00, 0xFB06}, {0xFF21, 0xFF5A}, {0x1D400, 0x1D7FF}};
    const char *x = utf8proc_category_string((utf8proc_int32_t)before);
    const char *y = utf8proc_category_string((utf8proc_int32_t)after);
    const int is_digit = strcmp(x, "Nd") == 0, is_letter = *x == 'L';
    const uint32_t letter = is_digit ? after : before;
    if (!(is_digit && *y == 'L') && !(is_letter && strcmp(y, "Nd") == 0))
        return 0;
    for (size_t i = 0; i < sizeof latin / sizeof latin[0]; i++)
        if (letter >= latin[i][0] && letter <= latin[i][1])
            return 0;
    return 1;
}

static uint64_t plain_hash(const uint8_t *text, size_t begin, size_t end)
{
    uint8_t *kept = malloc(end - begin), *decomposed, *folded;
    size_t size = 0;
    unsigned length;
    for (size_t i = begin; i < end; i += length) {
        const uint32_t code = tti_utf8_decode(text + i, end - i, &length);
        if (plain_class(code) != 'i') {
            memcpy(kept + size, text + i, length);
            size += length;
        }
    }
    utf8proc_ssize_t n =
        utf8proc_map(kept, (utf8proc_ssize_t)size, &decomposed, UTF8PROC_DECOMPOSE);
    n = utf8proc_map(decomposed, n, &folded,
                     UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD);
    assert_true(n > 0);
    const uint64_t hash =
        XXH3_64bits_withSeed(folded, plain_equal_letters(folded, (size_t)n), PROBE_SEED);
    free(kept);
    free(decomposed);
    free(folded);
    return hash;
}

static void fail_token(const uint8_t *text, size_t begin, size_t end)
{
    char codes[200] = "";
    unsigned length;
    for (size_t i = begin, n = 0; i < end && n < sizeof codes - 10; i += length)
        n += (size_t)sprintf(codes + n, " %04X",
                             (unsigned)tti_utf8_decode(text + i, end - i, &length));
    fail_msg("wrong hash of the token%s", codes);
}

static void assert_like_plain(const char *chars, size_t size)
{
    const uint8_t *text = (const uint8_t *)chars;
    probe p = probe_open(chars, size, TT_PARAGRAPHS_AUTO);
    uint32_t k = 0;
    unsigned length;
    for (size_t i = 0; i < size;) {
        uint32_t last = tti_utf8_decode(text + i, size - i, &length);
        const char first = plain_class(last);
        const size_t begin = i;
        size_t end = begin;
        i += length;
        if (first != 'w' && first != 's')
            continue;
        for (end = i; i < size; i += length) {
            const uint32_t code = tti_utf8_decode(text + i, size - i, &length);
            const char class = plain_class(code);
            if (class != 'i' && class != 'm' &&
                (class != 'w' || first != 'w' || plain_parts(last, code)))
                break;
            if (class == 'w')
                last = code;
            if (class != 'i')
                end = i + length;
        }
        assert_true(k < p.added.token_count);
        assert_int_equal(p.begins[k], begin);
        assert_int_equal(p.ends[k], end);
        if (p.store.hashes64.items[k] != plain_hash(text, begin, end))
            fail_token(text, begin, end);
        k++;
    }
    assert_int_equal(k, p.added.token_count);
    probe_close(&p);
}

/* Makes runs of characters, so that scripts meet and marks accumulate. */
static uint32_t random_character(uint64_t *random)
{
    static const uint32_t starts[] = {
        0x20,    0x41,    0x61,    0xC0,    0xAD,    0x180,   0x300,  0x330,  0x340,
        0x2B0,   0x640,   0x660,   0x6A0,   0x6C0,   0x6F0,   0x960,  0x370,  0x400,
        0x530,   0x590,   0x610,   0x900,   0x940,   0xE00,   0xE30,  0xF70,  0x1000,
        0x1100,  0x1160,  0x11A8,  0x1780,  0x17B0,  0x1E00,  0x1F80, 0x200B, 0x2010,
        0x2100,  0x2160,  0x3000,  0x3040,  0x3090,  0x30A0,  0x30F0, 0x4E00, 0xA9E0,
        0xAC00,  0xF900,  0xFB00,  0xFB20,  0xFDF0,  0xFE00,  0xFF20, 0xFF60, 0xFF90,
        0x10400, 0x1D150, 0x1D400, 0x1F600, 0x20000, 0x2F800, 0xE0100};
    const uint64_t r = next_random(random);
    if (r % 3 == 0)
        return (uint32_t)(' ' + r / 3 % 95);
    const uint32_t start = starts[r / 3 % (sizeof starts / sizeof starts[0])];
    return start + (uint32_t)(r >> 32) % 32;
}

static size_t random_text(uint64_t *random, char *text, size_t characters)
{
    size_t size = 0;
    for (size_t i = 0; i < characters; i++)
        size += tti_utf8_encode(random_character(random), (uint8_t *)text + size);
    return size;
}

static void any_text_has_the_tokens_of_a_plain_tokenizer(void **state)
{
    (void)state;
    uint64_t random = test_seed(2);
    char *text = malloc(4 * 20000);
    for (int round = 0; round < 3000; round++)
        assert_like_plain(text, random_text(&random, text, next_random(&random) % 60));
    for (int round = 0; round < 20; round++)
        assert_like_plain(text, random_text(&random, text, 20000));
    free(text);
}

static void every_character_has_the_token_of_a_plain_tokenizer(void **state)
{
    (void)state;
    enum { BLOCK = 0x100 };
    char text[BLOCK * 8];
    for (uint32_t block = 0; block < 0x110000; block += BLOCK) {
        size_t size = 0;
        for (uint32_t code = block; code < block + BLOCK; code++) {
            if (code >= 0xD800 && code <= 0xDFFF)
                continue;
            text[size++] = 'a';
            size += tti_utf8_encode(code, (uint8_t *)text + size);
            text[size++] = code % 2 == 0 ? ' ' : 'B';
        }
        assert_like_plain(text, size);
    }
}

static void normal_forms_have_equal_hashes(void **state)
{
    (void)state;
    uint64_t random = test_seed(3);
    char text[400];
    for (int round = 0; round < 3000; round++) {
        const size_t size = random_text(&random, text, next_random(&random) % 90);
        utf8proc_uint8_t *forms[2] = {NULL, NULL};
        probe p = probe_open(text, size, TT_PARAGRAPHS_NONE);
        for (int i = 0; i < 2; i++) {
            const utf8proc_ssize_t n =
                utf8proc_map((const uint8_t *)text, (utf8proc_ssize_t)size, &forms[i],
                             UTF8PROC_STABLE | (i == 0 ? UTF8PROC_DECOMPOSE : UTF8PROC_COMPOSE));
            probe q = probe_open((char *)forms[i], (size_t)n, TT_PARAGRAPHS_NONE);
            assert_int_equal(p.added.token_count, q.added.token_count);
            assert_memory_equal(p.store.hashes, q.store.hashes, 4 * p.added.token_count);
            probe_close(&q);
            free(forms[i]);
        }
        probe_close(&p);
    }
}

/* ==== the kernels ============================================================================ */

/* A buffer whose last byte is before a page that must not be read. */
typedef struct guarded {
    char *map, *text;
    size_t map_size;
} guarded;

static guarded guarded_open(const char *text, size_t size)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), room = (size + page) / page * page;
    guarded g = {
        mmap(NULL, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), NULL,
        room + page};
    assert_true(g.map != MAP_FAILED);
    assert_int_equal(mprotect(g.map + room, page, PROT_NONE), 0);
    g.text = g.map + room - size;
    memcpy(g.text, text, size);
    return g;
}

static void assert_splits_equal(const tti_split *a, const tti_split *b)
{
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->dirty_count, b->dirty_count);
    assert_int_equal(a->line_count, b->line_count);
    assert_memory_equal(a->begin, b->begin, 2 * a->count);
    assert_memory_equal(a->end, b->end, 2 * a->count);
    assert_memory_equal(a->first, b->first, a->count);
    assert_memory_equal(a->whole, b->whole, a->count);
    assert_memory_equal(a->dirty, b->dirty, 2 * a->dirty_count);
    assert_memory_equal(a->line_at, b->line_at, 2 * a->line_count);
    assert_memory_equal(a->line_runs, b->line_runs, 2 * a->line_count);
}

/* Every kernel set gives the same tokens, hashes and extents of a batch. */
static void compare_kernels(const char *text, size_t size)
{
    static tti_split splits[4];
    static tti_token_batch batches[4];
    static uint8_t folded[4][TTI_SPLIT_BYTES + TTI_SPLIT_PADDING];
    static uint8_t extents[4][TTI_EXTENT_MAX_BYTES * TTI_SPLIT_RUNS + TTI_SPLIT_PADDING];
    static uint64_t wide[4][TTI_SPLIT_RUNS];
    static uint32_t low[4][TTI_SPLIT_RUNS];
    const tti_kernels *all[4];
    const size_t count = tti_kernels_all(all, 4);
    guarded g = guarded_open(text, size);
    assert_string_equal(all[count - 1]->name, "generic");
    for (size_t i = count; i-- > 0;) {
        tti_token_batch *b = &batches[i];
        size_t extents_size;
        all[i]->split((const uint8_t *)g.text, size, folded[i], &splits[i]);
        assert_splits_equal(&splits[i], &splits[count - 1]);
        assert_memory_equal(folded[i], folded[count - 1], size);
        assert_true(all[i]->hash_bytes(g.text, size, 77) == XXH3_64bits_withSeed(g.text, size, 77));
        b->count = 0;
        all[i]->append_runs(&splits[i], 0, splits[i].count, 1000, 1, b);
        if (b->count == 0)
            continue;
        all[i]->hash_tokens(b, folded[i], 77, wide[i], low[i]);
        extents_size = all[i]->extents(b, 900, extents[i]);
        assert_memory_equal(wide[i], wide[count - 1], 8 * b->count);
        assert_memory_equal(low[i], low[count - 1], 4 * b->count);
        assert_memory_equal(extents[i], extents[count - 1], extents_size);
        assert_memory_equal(b->flags, batches[count - 1].flags, b->count);
        for (uint32_t k = 0; k < b->count; k++)
            assert_true(wide[i][k] == XXH3_64bits_withSeed(folded[i] + b->at[k], b->length[k], 77));
    }
    assert_int_equal(munmap(g.map, g.map_size), 0);
}

static void every_kernel_set_gives_the_generic_answer(void **state)
{
    (void)state;
    static const char *const alphabets[] = {
        "aB3 .\n",    "abcdefghijklmnopqrstuvwxyzABCDEFGH0123456789 ,.\r\n-'\"",
        "a",          "A",
        " ",          ".",
        "\n",         "Z9",
        "\xC3\xA9 a", "x\x80\xFF\x7F@[`{/:"};
    uint64_t random = test_seed(4);
    char text[TTI_SPLIT_BYTES];
    for (size_t size = 1; size <= TTI_SPLIT_BYTES; size += size < 260 ? 1 : 211)
        for (size_t i = 0; i < sizeof alphabets / sizeof alphabets[0]; i++) {
            const size_t letters = strlen(alphabets[i]);
            for (size_t k = 0; k < size; k++)
                text[k] = alphabets[i][next_random(&random) % letters];
            compare_kernels(text, size);
        }
    for (int round = 0; round < 300; round++) {
        for (size_t k = 0; k < sizeof text; k++)
            text[k] = (char)next_random(&random);
        compare_kernels(text, sizeof text);
    }
}

static void text_is_not_read_past_its_end(void **state)
{
    (void)state;
    uint64_t random = test_seed(6);
    char text[4 * 300];
    for (int round = 0; round < 1000; round++) {
        tti_tokens store;
        tti_tokenized_text added;
        const size_t size = random_text(&random, text, next_random(&random) % 300);
        guarded g = guarded_open(text, size);
        tti_tokens_init(&store, &tti_libc_allocator);
        assert_int_equal(
            tti_tokens_append_text(&store, g.text, size, TT_PARAGRAPHS_AUTO, 1, &added, NULL),
            TT_OK);
        tti_tokens_free(&store);
        assert_int_equal(munmap(g.map, g.map_size), 0);
    }
}

static void the_set_asked_for_is_used(void **state)
{
    (void)state;
    const char *want = getenv("TT_KERNELS");
    const tti_kernels *all[4];
    const size_t count = tti_kernels_all(all, 4);
    for (size_t i = 0; want != NULL && i < count; i++)
        if (strcmp(all[i]->name, want) == 0)
            assert_ptr_equal(tti_kernels_get(), all[i]);
    if (want == NULL)
        assert_ptr_equal(tti_kernels_get(), all[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(articles_are_appended_one_behind_the_other),
        cmocka_unit_test(no_text_at_all_is_an_article_without_tokens),
        cmocka_unit_test(the_seed_changes_hashes_and_keys_but_no_flags),
        cmocka_unit_test(a_long_text_is_too_long),
        cmocka_unit_test(spans_of_any_size_come_back),
        cmocka_unit_test(every_failed_allocation_leaves_the_store_as_it_was),
        cmocka_unit_test(random_bytes_are_refused_or_make_sound_tokens),
        cmocka_unit_test(any_text_has_the_tokens_of_a_plain_tokenizer),
        cmocka_unit_test(every_character_has_the_token_of_a_plain_tokenizer),
        cmocka_unit_test(normal_forms_have_equal_hashes),
        cmocka_unit_test(every_kernel_set_gives_the_generic_answer),
        cmocka_unit_test(text_is_not_read_past_its_end),
        cmocka_unit_test(the_set_asked_for_is_used),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
