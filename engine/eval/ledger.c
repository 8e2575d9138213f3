/*
 * Result and gold files -> ledgers. Each line is scanned once for the values that are needed, then
 * these are scanned again by the line's type.
 */
#include "eval/ledger.h"

#include "common/alloc.h"
#include "common/fail.h"
#include "read/json.h"
#include "read/source.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BUFFER = 1 << 20, SHOWN_PATH = 120 };

static const size_t MOST_NAMES = UINT32_MAX - 1;

typedef enum { TYPE, A, B, RELATION, ARTICLES, OCCURRENCES, VALUE_COUNT } value_name;

/* A line being read; values are spans of it. */
typedef struct line {
    tti_ledger *ledger;
    tti_names *names;
    const char *bytes[VALUE_COUNT]; /* NULL: not there */
    size_t sizes[VALUE_COUNT];
    char *scratch;  /* as long as the line */
    tt_error fault; /* why it is malformed */
} line;

/* ==== Names =================================================================================== */

static void put_in_slot(uint32_t *slots, size_t slot_count, tti_key key, uint32_t value)
{
    size_t i = key.low & (slot_count - 1);
    while (slots[i] != 0)
        i = (i + 1) & (slot_count - 1);
    slots[i] = value;
}

/* Keeps at least half of the slots free. */
static int grow_slots(tti_names *n)
{
    const size_t slot_count = n->slot_count == 0 ? 1024 : n->slot_count * 2;
    uint32_t *slots;
    if (n->count * 2 < n->slot_count)
        return 0;
    slots = tti_alloc_zero(n->allocator, slot_count, sizeof *slots);
    if (slots == NULL)
        return -1;
    for (size_t i = 0; i < n->count; i++)
        put_in_slot(slots, slot_count, n->keys[i], (uint32_t)i + 1);
    tti_release(n->allocator, n->slots, n->slot_count, sizeof *n->slots);
    n->slots = slots;
    n->slot_count = slot_count;
    return 0;
}

static tt_status number_of(tti_names *n, int integer, const char *id, size_t size, uint32_t *number,
                           tt_error *error)
{
    const XXH128_hash_t hash = XXH3_128bits_withSeed(id, size, integer ? 1 : 0);
    const tti_key key = {hash.low64, hash.high64};
    if (grow_slots(n) != 0 ||
        tti_reserve(n->allocator, &n->keys, &n->capacity, n->count + 1, sizeof *n->keys) != 0)
        return tti_fail_memory(error, "the ids");
    for (size_t i = key.low & (n->slot_count - 1); n->slots[i] != 0;
         i = (i + 1) & (n->slot_count - 1))
        if (tti_key_equal(n->keys[n->slots[i] - 1], key)) {
            *number = n->slots[i] - 1;
            return TT_OK;
        }
    if (n->count == MOST_NAMES)
        return tti_fail(error, TT_ELIMIT, TTI_NOWHERE, "too many articles");
    *number = (uint32_t)n->count;
    n->keys[n->count++] = key;
    put_in_slot(n->slots, n->slot_count, key, *number + 1);
    return TT_OK;
}

void tti_names_free(tti_names *n)
{
    tti_release(n->allocator, n->keys, n->capacity, sizeof *n->keys);
    tti_release(n->allocator, n->slots, n->slot_count, sizeof *n->slots);
    memset(n, 0, sizeof *n);
}

/* ==== Lines =================================================================================== */

static tt_status malformed(line *l, const char *reason)
{
    return tti_fail(&l->fault, TT_EFORMAT, TTI_NOWHERE, "%s", reason);
}

static int span_is(const char *bytes, size_t size, const char *word)
{
    return size == strlen(word) && memcmp(bytes, word, size) == 0;
}

static int token_is(const tti_json *j, const char *word)
{
    return span_is(j->text + j->begin, j->end - j->begin, word);
}

/* The token just scanned as an article's number. */
static tt_status take_id(line *l, const tti_json *j, tti_json_kind kind, uint32_t *article)
{
    const char *id = j->text + j->begin;
    size_t size = j->end - j->begin;
    if (kind == TTI_JSON_STRING && j->escaped) {
        size = tti_json_unescape(id, size, l->scratch);
        id = l->scratch;
        if (size == SIZE_MAX)
            return malformed(l, "unpaired surrogate escape in an id");
    } else if (kind != TTI_JSON_STRING && !(kind == TTI_JSON_NUMBER && j->integer)) {
        return malformed(l, "an id is neither a string nor an integer");
    }
    return number_of(l->names, kind == TTI_JSON_NUMBER, id, size, article, &l->fault);
}

static tt_status take_id_value(line *l, value_name which, uint32_t *article)
{
    tti_json j;
    if (l->bytes[which] == NULL)
        return malformed(l, which == A ? "no \"a\"" : "no \"b\"");
    tti_json_init(&j, l->bytes[which], l->sizes[which]);
    return take_id(l, &j, tti_json_next(&j), article);
}

static tt_status take_pair(line *l)
{
    tti_ledger *g = l->ledger;
    tti_couple pair;
    g->pair_lines++;
    TTI_TRY(take_id_value(l, A, &pair.a));
    TTI_TRY(take_id_value(l, B, &pair.b));
    if (pair.a == pair.b)
        return malformed(l, "\"a\" and \"b\" are the same article");
    if (l->bytes[RELATION] != NULL && span_is(l->bytes[RELATION], l->sizes[RELATION], "\"series\""))
        return TT_OK;
    if (tti_reserve(g->allocator, &g->couples, &g->couple_capacity, g->couple_count + 1,
                    sizeof *g->couples) != 0)
        return tti_fail_memory(&l->fault, "pairs");
    if (pair.a > pair.b)
        pair = (tti_couple){pair.b, pair.a};
    g->couples[g->couple_count++] = pair;
    return TT_OK;
}

/* Makes cluster_of long enough for the article. */
static int reach_article(tti_ledger *g, uint32_t article)
{
    const size_t before = g->cluster_of_count;
    if (article < before)
        return 0;
    if (tti_reserve(g->allocator, &g->cluster_of, &g->cluster_of_count, (size_t)article + 1,
                    sizeof *g->cluster_of) != 0)
        return -1;
    memset(g->cluster_of + before, 0, (g->cluster_of_count - before) * sizeof *g->cluster_of);
    return 0;
}

static tt_status take_member(line *l, uint32_t article)
{
    tti_ledger *g = l->ledger;
    if (reach_article(g, article) != 0 ||
        tti_reserve(g->allocator, &g->members, &g->member_capacity, g->member_count + 1,
                    sizeof *g->members) != 0)
        return tti_fail_memory(&l->fault, "clusters");
    if (g->cluster_of[article] != 0)
        return malformed(l, "an article stands twice in clusters");
    g->cluster_of[article] = (uint32_t)g->cluster_count + 1;
    g->members[g->member_count++] = (tti_member){article, (uint32_t)g->cluster_count};
    return TT_OK;
}

static tt_status take_cluster(line *l)
{
    tti_json j;
    tti_json_kind kind;
    if (l->bytes[ARTICLES] == NULL || l->bytes[ARTICLES][0] != '[')
        return malformed(l, "\"articles\" is not a list");
    tti_json_init(&j, l->bytes[ARTICLES], l->sizes[ARTICLES]);
    (void)tti_json_next(&j);
    while ((kind = tti_json_next(&j)) != TTI_JSON_ARRAY_END) {
        uint32_t article;
        TTI_TRY(take_id(l, &j, kind, &article));
        TTI_TRY(take_member(l, article));
    }
    l->ledger->cluster_count++;
    return TT_OK;
}

static int read_count(const char *digits, size_t size, uint64_t *value)
{
    uint64_t n = 0;
    if (size == 0 || size > 18)
        return -1;
    for (size_t i = 0; i < size; i++) {
        if (digits[i] < '0' || digits[i] > '9')
            return -1;
        n = n * 10 + (uint64_t)(digits[i] - '0');
    }
    *value = n;
    return 0;
}

/* The members of one occurrence, whose brace is passed. */
static tt_status take_occurrence(line *l, tti_json *j)
{
    enum { ARTICLE = 1, BEGIN = 2, END = 4 };
    tti_ledger *g = l->ledger;
    tti_extent x = {0, (uint32_t)g->section_count, 0, 0};
    int seen = 0;
    while (tti_json_next(j) == TTI_JSON_KEY) {
        const int what = token_is(j, "article") ? ARTICLE
                         : token_is(j, "begin") ? BEGIN
                         : token_is(j, "end")   ? END
                                                : 0;
        const tti_json_kind kind = tti_json_next(j);
        seen |= what;
        if (what == ARTICLE)
            TTI_TRY(take_id(l, j, kind, &x.article));
        else if (what != 0 &&
                 (kind != TTI_JSON_NUMBER || read_count(j->text + j->begin, j->end - j->begin,
                                                        what == BEGIN ? &x.begin : &x.end) != 0))
            return malformed(l, "\"begin\" or \"end\" is not an offset");
        (void)tti_json_skip(j, kind);
    }
    if (seen != (ARTICLE | BEGIN | END))
        return malformed(l, "an occurrence without \"article\", \"begin\" or \"end\"");
    if (x.begin >= x.end)
        return malformed(l, "an occurrence that ends before it begins");
    if (tti_reserve(g->allocator, &g->extents, &g->extent_capacity, g->extent_count + 1,
                    sizeof *g->extents) != 0)
        return tti_fail_memory(&l->fault, "sections");
    g->extents[g->extent_count++] = x;
    return TT_OK;
}

static tt_status take_section(line *l)
{
    tti_json j;
    tti_json_kind kind;
    if (l->bytes[OCCURRENCES] == NULL || l->bytes[OCCURRENCES][0] != '[')
        return malformed(l, "\"occurrences\" is not a list");
    tti_json_init(&j, l->bytes[OCCURRENCES], l->sizes[OCCURRENCES]);
    (void)tti_json_next(&j);
    while ((kind = tti_json_next(&j)) != TTI_JSON_ARRAY_END) {
        if (kind != TTI_JSON_OBJECT)
            return malformed(l, "an occurrence is not an object");
        TTI_TRY(take_occurrence(l, &j));
    }
    l->ledger->section_count++;
    return TT_OK;
}

/* Finds the values that are needed; the whole line is checked. */
static tt_status find_values(line *l, const char *text, size_t size)
{
    static const char *const wanted[] = {"type", "a", "b", "relation", "articles", "occurrences"};
    tti_json j;
    tti_json_kind kind;
    memset(l->bytes, 0, sizeof l->bytes);
    if (tti_utf8_valid_up_to(text, size) < size)
        return malformed(l, "invalid UTF-8");
    tti_json_init(&j, text, size);
    if (tti_json_next(&j) != TTI_JSON_OBJECT)
        return malformed(l, "not a JSON object");
    while ((kind = tti_json_next(&j)) == TTI_JSON_KEY) {
        int which = 0;
        size_t begin;
        while (which < VALUE_COUNT && !token_is(&j, wanted[which]))
            which++;
        kind = tti_json_next(&j);
        begin = j.begin - (kind == TTI_JSON_STRING); /* with its quotes */
        if (tti_json_skip(&j, kind) != 0)
            break;
        if (which < VALUE_COUNT) {
            l->bytes[which] = text + begin;
            l->sizes[which] = j.at - begin;
        }
    }
    if (j.fault != NULL || tti_json_next(&j) == TTI_JSON_BAD)
        return tti_fail(&l->fault, TT_EFORMAT, TTI_NOWHERE, "invalid JSON: %s at byte %zu", j.fault,
                        j.fault_at);
    return TT_OK;
}

static tt_status take_line(line *l, const char *text, size_t size)
{
    const char *type;
    size_t type_size;
    TTI_TRY(find_values(l, text, size));
    type = l->bytes[TYPE];
    type_size = l->sizes[TYPE];
    if (type == NULL || type[0] != '"')
        return malformed(l, "no \"type\"");
    if (span_is(type, type_size, "\"pair\""))
        return take_pair(l);
    if (span_is(type, type_size, "\"cluster\""))
        return take_cluster(l);
    if (span_is(type, type_size, "\"section\""))
        return take_section(l);
    if (span_is(type, type_size, "\"summary\"") && l->bytes[ARTICLES] != NULL &&
        read_count(l->bytes[ARTICLES], l->sizes[ARTICLES], &l->ledger->articles) != 0)
        return malformed(l, "\"articles\" is not a count");
    return TT_OK;
}

/* ==== Files =================================================================================== */

/* The lines of a file, one after another. */
typedef struct text_file {
    tti_source *source;
    char *data, *scratch;
    size_t capacity, scratch_capacity;
    size_t begin, used; /* the line starts at begin */
    int at_end;
} text_file;

/* @return TT_OK with *line NULL at the end */
static tt_status next_line(text_file *f, const tt_allocator *a, const char **text, size_t *size,
                           tt_error *error)
{
    size_t searched = f->begin;
    *text = NULL;
    for (;;) {
        const char *newline =
            searched == f->used ? NULL : memchr(f->data + searched, '\n', f->used - searched);
        size_t got;
        if (newline != NULL || (f->at_end && f->begin < f->used)) {
            *text = f->data + f->begin;
            *size = newline == NULL ? f->used - f->begin : (size_t)(newline - *text);
            f->begin += *size + (newline != NULL);
            return TT_OK;
        }
        if (f->at_end)
            return TT_OK;
        searched = f->used - f->begin;
        if (searched > 0 && f->begin > 0)
            memmove(f->data, f->data + f->begin, searched);
        f->used = searched;
        f->begin = 0;
        if (f->used == f->capacity &&
            tti_reserve(a, &f->data, &f->capacity,
                        f->capacity == 0 ? FIRST_BUFFER : f->capacity + 1, 1) != 0)
            return tti_fail_memory(error, "a line");
        TTI_TRY(tti_source_read(f->source, f->data + f->used, f->capacity - f->used, &got, error));
        f->used += got;
        f->at_end = got == 0;
    }
}

static int is_blank(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r')
            return 0;
    return 1;
}

/* The end of a long path says more than its start. */
static const char *shown(const char *path)
{
    const size_t size = strlen(path);
    if (size > SHOWN_PATH)
        for (path += size - SHOWN_PATH; ((unsigned char)*path & 0xc0) == 0x80; path++)
            ;
    return path;
}

static tt_status read_lines(line *l, text_file *f, const char *path, tt_error *error)
{
    const tt_allocator *a = l->ledger->allocator;
    tt_status status;
    for (uint64_t number = 1;; number++) {
        const char *text;
        size_t size;
        status = next_line(f, a, &text, &size, &l->fault);
        if (status != TT_OK)
            return tti_fail(error, status, TTI_NOWHERE, "%s: %s", shown(path), l->fault.message);
        if (text == NULL)
            return TT_OK;
        if (number == 1 && size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
            text += 3;
            size -= 3;
        }
        if (is_blank(text, size))
            continue;
        if (tti_reserve(a, &f->scratch, &f->scratch_capacity, size, 1) != 0)
            return tti_fail_memory(error, "a line");
        l->scratch = f->scratch;
        status = take_line(l, text, size);
        if (status != TT_OK)
            return tti_fail(error, status, number, "%s:%" PRIu64 ": %s", shown(path), number,
                            l->fault.message);
    }
}

static int by_couple(const void *x, const void *y)
{
    const tti_couple *p = x, *q = y;
    if (p->a != q->a)
        return p->a < q->a ? -1 : 1;
    return (p->b > q->b) - (p->b < q->b);
}

/* Ascending and unique. */
static void settle_couples(tti_ledger *g)
{
    size_t kept = 0;
    if (g->couple_count > 1)
        qsort(g->couples, g->couple_count, sizeof *g->couples, by_couple);
    for (size_t i = 0; i < g->couple_count; i++)
        if (i == 0 || by_couple(&g->couples[i], &g->couples[kept - 1]) != 0)
            g->couples[kept++] = g->couples[i];
    g->couple_count = kept;
}

tt_status tti_ledger_read(tti_ledger *ledger, tti_names *names, const char *path, tt_error *error)
{
    const tt_allocator *a = ledger->allocator;
    text_file file;
    line l;
    tt_status status;
    memset(&file, 0, sizeof file);
    memset(&l, 0, sizeof l);
    l.ledger = ledger;
    l.names = names;
    status = tti_source_open(&file.source, path, a, &l.fault);
    if (status != TT_OK)
        return tti_fail(error, status, TTI_NOWHERE, "%s: %s", shown(path), l.fault.message);
    status = read_lines(&l, &file, path, error);
    settle_couples(ledger);
    tti_source_close(file.source);
    tti_release(a, file.data, file.capacity, 1);
    tti_release(a, file.scratch, file.scratch_capacity, 1);
    return status;
}

void tti_ledger_free(tti_ledger *g)
{
    tti_release(g->allocator, g->couples, g->couple_capacity, sizeof *g->couples);
    tti_release(g->allocator, g->members, g->member_capacity, sizeof *g->members);
    tti_release(g->allocator, g->cluster_of, g->cluster_of_count, sizeof *g->cluster_of);
    tti_release(g->allocator, g->extents, g->extent_capacity, sizeof *g->extents);
    memset(g, 0, sizeof *g);
}
