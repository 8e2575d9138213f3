/*
 * Reads a result file into a tt_result. Each line is checked whole and scanned once for the values
 * that are wanted; lists are then scanned again, element by element. While lines come in, the
 * arrays of members and occurrences move, so the pointers to them are set at the end.
 */
#include "input/byte_stream.h"
#include "input/json.h"
#include "result/result.h"
#include "util/error.h"
#include "util/utf8.h"

#include <ctype.h>
#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>

enum { FIRST_BUFFER = 1 << 20, LONGEST_SHOWN_PATH = 120, LONGEST_NUMBER = 63 };

/* Numbers of articles fit in the tables of 32-bit numbers. */
static const size_t MOST_ARTICLES = TTI_TABLE_NONE - 1;

/* The values that are wanted of a line. */
enum line_key {
    KEY_TYPE,
    KEY_A,
    KEY_B,
    KEY_RELATION,
    KEY_RESEMBLANCE,
    KEY_CONTAINMENT_A,
    KEY_CONTAINMENT_B,
    KEY_OVERLAP_A,
    KEY_OVERLAP_B,
    KEY_FACTS,
    KEY_CONFLICTS,
    KEY_CLUSTER,
    KEY_KEEP,
    KEY_ARTICLES,
    KEY_SECTION,
    KEY_TOKENS,
    KEY_OCCURRENCES,
    KEY_REJECTED,
    KEY_BYTES,
    KEY_DIGEST,
    KEY_MEMBERS,
    KEY_KIND,
    KEY_SOURCES,
    KEY_ARTICLE,
    KEY_BEGIN,
    KEY_END,
    KEY_SEED,
    KEY_WORDS,
    KEY_COUNT
};

static const char *const key_names[KEY_COUNT] = {
    "type",          "a",         "b",         "relation", "resemblance", "containment_a",
    "containment_b", "overlap_a", "overlap_b", "facts",    "conflicts",   "cluster",
    "keep",          "articles",  "section",   "tokens",   "occurrences", "rejected",
    "bytes",         "digest",    "members",   "kind",     "sources",     "article",
    "begin",         "end",       "seed",      "words"};

/* The members of an occurrence, as bits of `seen`. */
enum {
    MEMBER_ARTICLE,
    MEMBER_BEGIN,
    MEMBER_END,
    MEMBER_OF_BEGIN,
    MEMBER_OF_END,
    MEMBER_SIMILARITY,
    MEMBER_COUNT
};

static const char *const member_names[MEMBER_COUNT] = {"article",  "begin",  "end",
                                                       "of_begin", "of_end", "similarity"};

typedef struct line_occurrence {
    tt_id article;
    uint64_t begin, end, of_begin, of_end;
    double similarity; /* 1 where there is none */
    unsigned seen;     /* 0: the list is at its end */
} line_occurrence;

typedef struct result_line {
    const char *text;
    size_t size;
    const char *bytes[KEY_COUNT]; /* as written, a string with its quotes; NULL: not there */
    size_t sizes[KEY_COUNT];
    char *scratch;  /* as long as the line */
    tt_error fault; /* why the line is malformed */
} result_line;

/* ==== Values ================================================================================== */

static tt_status malformed_line(result_line *line, const char *reason)
{
    return tti_fail(&line->fault, TT_EFORMAT, TTI_NOWHERE, "%s", reason);
}

static int bytes_are(const char *bytes, size_t size, const char *word)
{
    return size == strlen(word) && memcmp(bytes, word, size) == 0;
}

static int token_bytes_are(const tti_json *j, const char *word)
{
    return bytes_are(j->text + j->begin, j->end - j->begin, word);
}

static int value_is(const result_line *line, enum line_key which, const char *json)
{
    return line->bytes[which] != NULL && bytes_are(line->bytes[which], line->sizes[which], json);
}

static tt_status read_token_id(result_line *line, const tti_json *j, tti_json_kind kind, tt_id *id)
{
    *id = (tt_id){j->text + j->begin, j->end - j->begin,
                  kind == TTI_JSON_NUMBER ? TT_ARTICLE_INTEGER_ID : 0, 0};
    if (kind == TTI_JSON_STRING && j->escaped) {
        id->size = tti_json_unescape(id->bytes, id->size, line->scratch);
        id->bytes = line->scratch;
        if (id->size == SIZE_MAX)
            return malformed_line(line, "unpaired surrogate escape in an id");
    } else if (kind != TTI_JSON_STRING && !(kind == TTI_JSON_NUMBER && j->integer)) {
        return malformed_line(line, "an id is neither a string nor an integer");
    }
    return TT_OK;
}

static tt_status read_id(result_line *line, enum line_key which, tt_id *id)
{
    tti_json j;
    if (line->bytes[which] == NULL)
        return tti_fail(&line->fault, TT_EFORMAT, TTI_NOWHERE, "no \"%s\"", key_names[which]);
    tti_json_init(&j, line->bytes[which], line->sizes[which]);
    return read_token_id(line, &j, tti_json_next(&j), id);
}

static tt_status begin_list(result_line *line, enum line_key which, tti_json *j)
{
    if (line->bytes[which] == NULL || line->bytes[which][0] != '[')
        return tti_fail(&line->fault, TT_EFORMAT, TTI_NOWHERE, "\"%s\" is not a list",
                        key_names[which]);
    tti_json_init(j, line->bytes[which], line->sizes[which]);
    (void)tti_json_next(j);
    return TT_OK;
}

static int parse_count(const char *digits, size_t size, uint64_t *value)
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

static tt_status read_count(result_line *line, enum line_key which, uint64_t *value)
{
    if (line->bytes[which] != NULL &&
        parse_count(line->bytes[which], line->sizes[which], value) != 0)
        return tti_fail(&line->fault, TT_EFORMAT, TTI_NOWHERE, "\"%s\" is not a count",
                        key_names[which]);
    return TT_OK;
}

/* Sixteen digits of base 16 in a string. */
static tt_status read_digest(result_line *line, uint64_t *value)
{
    const char *text = line->bytes[KEY_DIGEST];
    char digits[17] = "", *end = digits;
    if (text == NULL)
        return TT_OK;
    if (line->sizes[KEY_DIGEST] == sizeof digits + 1 && text[0] == '"' &&
        isxdigit((unsigned char)text[1])) {
        memcpy(digits, text + 1, sizeof digits - 1);
        *value = strtoull(digits, &end, 16);
    }
    return end == digits + sizeof digits - 1
               ? TT_OK
               : tti_fail(&line->fault, TT_EFORMAT, TTI_NOWHERE, "\"digest\" is not a digest");
}

/* A number of JSON, whatever the locale's decimal point. */
static double parse_number(const char *bytes, size_t size)
{
    const char *const point = localeconv()->decimal_point;
    char text[LONGEST_NUMBER + 8];
    size_t used = 0;
    if (size > LONGEST_NUMBER || strlen(point) > 7)
        return NAN;
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == '.') {
            memcpy(text + used, point, strlen(point));
            used += strlen(point);
        } else {
            text[used++] = bytes[i];
        }
    }
    text[used] = '\0';
    return strtod(text, NULL);
}

static tt_status read_share(result_line *line, enum line_key which, double *value)
{
    const char *bytes = line->bytes[which];
    *value = NAN;
    if (bytes == NULL || value_is(line, which, "null"))
        return TT_OK;
    if (*bytes < '0' || *bytes > '9' ||
        !((*value = parse_number(bytes, line->sizes[which])) >= 0 && *value <= 1))
        return tti_fail(&line->fault, TT_EFORMAT, TTI_NOWHERE, "\"%s\" is not a number from 0 to 1",
                        key_names[which]);
    return TT_OK;
}

/* ==== Occurrences ============================================================================= */

static tt_status read_occurrence_member(result_line *line, tti_json *j, tti_json_kind kind,
                                        int member, line_occurrence *occurrence)
{
    uint64_t *const offsets[] = {NULL, &occurrence->begin, &occurrence->end, &occurrence->of_begin,
                                 &occurrence->of_end};
    const char *bytes = j->text + j->begin;
    const size_t size = j->end - j->begin;
    if (member == MEMBER_ARTICLE)
        return read_token_id(line, j, kind, &occurrence->article);
    if (member == MEMBER_SIMILARITY) {
        if (kind != TTI_JSON_NUMBER ||
            !((occurrence->similarity = parse_number(bytes, size)) >= 0 &&
              occurrence->similarity <= 1))
            return malformed_line(line, "\"similarity\" is not a number from 0 to 1");
        return TT_OK;
    }
    if (kind != TTI_JSON_NUMBER || parse_count(bytes, size, offsets[member]) != 0)
        return malformed_line(line, "\"begin\" or \"end\" is not an offset");
    return TT_OK;
}

static tt_status next_occurrence(result_line *line, tti_json *j, line_occurrence *occurrence)
{
    static const unsigned needed = 1u << MEMBER_ARTICLE | 1u << MEMBER_BEGIN | 1u << MEMBER_END;
    const tti_json_kind first = tti_json_next(j);
    memset(occurrence, 0, sizeof *occurrence);
    occurrence->similarity = 1;
    if (first == TTI_JSON_ARRAY_END)
        return TT_OK;
    if (first != TTI_JSON_OBJECT)
        return malformed_line(line, "an occurrence is not an object");
    while (tti_json_next(j) == TTI_JSON_KEY) {
        int member = 0;
        tti_json_kind kind;
        while (member < MEMBER_COUNT && !token_bytes_are(j, member_names[member]))
            member++;
        kind = tti_json_next(j);
        if (member < MEMBER_COUNT) {
            TTI_TRY(read_occurrence_member(line, j, kind, member, occurrence));
            occurrence->seen |= 1u << member;
        }
        (void)tti_json_skip(j, kind);
    }
    if ((occurrence->seen & needed) != needed)
        return malformed_line(line, "an occurrence without \"article\", \"begin\" or \"end\"");
    if (occurrence->begin >= occurrence->end)
        return malformed_line(line, "an occurrence that ends before it begins");
    return TT_OK;
}

/* ==== Lines =================================================================================== */

typedef struct reading {
    tt_result *result;
    uint8_t *is_member; /* by article: some cluster has it */
    size_t is_member_count;
} reading;

/* The number of an id, which is a new article's if the file has not named it before. */
static tt_status number_of_id(reading *r, result_line *line, const tt_id *id, uint64_t *number)
{
    tt_result *x = r->result;
    tti_corpus *c = &x->store.corpus;
    const tt_id wanted = tti_id(id->bytes, id->size, id->flags);
    const uint32_t hash = tti_id_hash(wanted);
    const tti_slice bytes = {id->bytes, id->size};
    const uint32_t found = tti_result_lookup(x, wanted, hash);
    const char *copy;
    if (found != TTI_TABLE_NONE) {
        *number = found;
        return TT_OK;
    }
    if (c->article_count == MOST_ARTICLES)
        return tti_fail(&line->fault, TT_ELIMIT, TTI_NOWHERE, "too many articles");
    if (id->size > UINT32_MAX)
        return tti_fail(&line->fault, TT_ELIMIT, TTI_NOWHERE, "an id over 4 GiB");
    if (tti_reserve(x->allocator, &c->articles, &x->store.article_capacity, c->article_count + 1,
                    sizeof *c->articles) != 0 ||
        tti_table_reserve(&x->ids, c->article_count + 1) != 0 ||
        (copy = tti_arena_copy(&x->store.arena, &bytes, 1)) == NULL)
        return tti_fail_memory(&line->fault, "ids");
    tti_table_add(&x->ids, hash, (uint32_t)c->article_count);
    *number = c->article_count;
    c->articles[c->article_count++] = (tti_article){
        .id = copy, .id_size = (uint32_t)id->size, .published = TT_NO_TIME, .flags = id->flags};
    return TT_OK;
}

static tt_status read_id_value(reading *r, result_line *line, enum line_key key, uint64_t *article)
{
    tt_id id;
    TTI_TRY(read_id(line, key, &id));
    return number_of_id(r, line, &id, article);
}

/* The file's word for a relation; "near" where there is none. */
static tt_status read_relation(result_line *line, int32_t *relation)
{
    const char *word = line->bytes[KEY_RELATION];
    const size_t size = line->sizes[KEY_RELATION];
    *relation = TT_NEAR;
    if (word == NULL)
        return TT_OK;
    for (int32_t r = TT_IDENTICAL; r <= TT_BOILERPLATE; r++) {
        const char *name = tt_relation_name((tt_relation)r);
        if (size == strlen(name) + 2 && memcmp(word + 1, name, size - 2) == 0) {
            *relation = r;
            return TT_OK;
        }
    }
    return malformed_line(line, "unknown \"relation\"");
}

static tt_status append_pair_line(reading *r, result_line *line)
{
    tt_result *x = r->result;
    uint64_t conflicts = 0;
    tt_pair p = {0};
    TTI_TRY(read_id_value(r, line, KEY_A, &p.a));
    TTI_TRY(read_id_value(r, line, KEY_B, &p.b));
    if (p.a == p.b)
        return malformed_line(line, "\"a\" and \"b\" are the same article");
    TTI_TRY(read_relation(line, &p.relation));
    TTI_TRY(read_share(line, KEY_RESEMBLANCE, &p.resemblance));
    TTI_TRY(read_share(line, KEY_CONTAINMENT_A, &p.containment_a));
    TTI_TRY(read_share(line, KEY_CONTAINMENT_B, &p.containment_b));
    TTI_TRY(read_share(line, KEY_OVERLAP_A, &p.overlap_a));
    TTI_TRY(read_share(line, KEY_OVERLAP_B, &p.overlap_b));
    TTI_TRY(read_share(line, KEY_FACTS, &p.facts));
    TTI_TRY(read_count(line, KEY_CONFLICTS, &conflicts));
    p.conflicts = conflicts < UINT32_MAX ? (uint32_t)conflicts : UINT32_MAX;
    TTI_TRY_ALLOC(tti_array_push(&x->pairs, x->allocator, p), &line->fault, "pairs");
    return TT_OK;
}

static tt_status append_member(reading *r, result_line *line, uint64_t article)
{
    tt_result *x = r->result;
    const size_t before = r->is_member_count;
    TTI_TRY_ALLOC(tti_reserve(x->allocator, &r->is_member, &r->is_member_count, (size_t)article + 1,
                              sizeof *r->is_member),
                  &line->fault, "clusters");
    if (r->is_member_count > before)
        memset(r->is_member + before, 0, r->is_member_count - before);
    if (r->is_member[article])
        return malformed_line(line, "an article is in clusters twice");
    r->is_member[article] = 1;
    TTI_TRY_ALLOC(tti_array_push(&x->clusters.members, x->allocator, article), &line->fault,
                  "clusters");
    return TT_OK;
}

/* A cluster that does not say which article is kept keeps the first. Its members are "articles" in
 * files of 0.1 and in gold standards. */
static tt_status append_cluster_line(reading *r, result_line *line)
{
    tt_result *x = r->result;
    tt_cluster c = {x->clusters.clusters.count + 1, TT_NO_ARTICLE, NULL, 0};
    tti_json j;
    tti_json_kind kind;
    int has_keep = line->bytes[KEY_KEEP] == NULL;
    const enum line_key key = line->bytes[KEY_ARTICLES] != NULL ? KEY_ARTICLES : KEY_MEMBERS;
    TTI_TRY(read_count(line, KEY_CLUSTER, &c.number));
    if (line->bytes[KEY_KEEP] != NULL)
        TTI_TRY(read_id_value(r, line, KEY_KEEP, &c.keep));
    TTI_TRY(begin_list(line, key, &j));
    for (; (kind = tti_json_next(&j)) != TTI_JSON_ARRAY_END; c.count++) {
        uint64_t article;
        tt_id id;
        TTI_TRY(read_token_id(line, &j, kind, &id));
        TTI_TRY(number_of_id(r, line, &id, &article));
        TTI_TRY(append_member(r, line, article));
        if (c.keep == TT_NO_ARTICLE)
            c.keep = article;
        has_keep |= article == c.keep;
    }
    if (c.count == 0)
        return malformed_line(line, "a cluster without an article");
    if (!has_keep)
        return malformed_line(line, "\"keep\" is not one of the members");
    TTI_TRY_ALLOC(tti_array_push(&x->clusters.clusters, x->allocator, c), &line->fault, "clusters");
    return TT_OK;
}

static tt_status append_occurrence(reading *r, result_line *line, const line_occurrence *from)
{
    tti_sections *s = &r->result->sections;
    tt_occurrence o = {0, from->begin, from->end, from->begin, from->end, from->similarity};
    if ((from->seen >> MEMBER_OF_BEGIN & 1) != 0)
        o.of_begin = from->of_begin;
    if ((from->seen >> MEMBER_OF_END & 1) != 0)
        o.of_end = from->of_end;
    if (o.of_begin >= o.of_end)
        return malformed_line(line, "an occurrence whose part of the reference is empty");
    TTI_TRY(number_of_id(r, line, &from->article, &o.article));
    TTI_TRY_ALLOC(tti_array_push(&s->occurrences, s->allocator, o), &line->fault, "sections");
    return TT_OK;
}

static tt_status append_section_line(reading *r, result_line *line)
{
    tti_sections *list = &r->result->sections;
    tt_section s = {.number = list->sections.count + 1};
    tti_json j;
    line_occurrence occurrence;
    TTI_TRY(read_count(line, KEY_SECTION, &s.number));
    TTI_TRY(read_count(line, KEY_TOKENS, &s.tokens));
    TTI_TRY(read_count(line, KEY_SOURCES, &s.sources));
    TTI_TRY(begin_list(line, KEY_OCCURRENCES, &j));
    for (;; s.count++) {
        TTI_TRY(next_occurrence(line, &j, &occurrence));
        if (occurrence.seen == 0)
            break;
        TTI_TRY(append_occurrence(r, line, &occurrence));
    }
    s.kind = value_is(line, KEY_KIND, "\"notice\"") ? TT_SECTION_NOTICE : TT_SECTION_STORY;
    if (s.count == 0)
        return malformed_line(line, "a section without an occurrence");
    TTI_TRY_ALLOC(tti_array_push(&list->sections, list->allocator, s), &line->fault, "sections");
    return TT_OK;
}

/* The words of a notice: eight hexadecimal digits each, in quotes. */
static tt_status read_words(result_line *line, const tt_allocator *a, uint32_t **words,
                            uint32_t *count)
{
    const char *at = line->bytes[KEY_WORDS];
    const size_t size = line->sizes[KEY_WORDS];
    if (at == NULL || *at != '"' || size < 10 || (size - 2) % 8 != 0 ||
        (size - 2) / 8 > TTI_MOST_NOTICE_TOKENS)
        return malformed_line(line, "\"words\" of a notice are eight hexadecimal digits each");
    *count = (uint32_t)((size - 2) / 8);
    *words = tti_alloc_zero(a, *count, sizeof **words);
    if (*words == NULL)
        return tti_fail_memory(&line->fault, "notices");
    for (size_t k = 0; k < size - 2; k++) {
        const char c = at[k + 1];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
            tti_release(a, *words, *count, sizeof **words);
            return malformed_line(line, "\"words\" of a notice are eight hexadecimal digits each");
        }
        (*words)[k / 8] = (*words)[k / 8] << 4 | (uint32_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return TT_OK;
}

static tt_status append_notice_line(reading *r, result_line *line)
{
    tt_result *x = r->result;
    tt_notice n = {.number = x->notice_list.count + 1, .article = TT_NO_ARTICLE};
    uint32_t *words = NULL, count = 0;
    tti_notice of = {.doc = UINT32_MAX};
    tt_status status;
    TTI_TRY(read_count(line, KEY_ARTICLES, &n.articles));
    TTI_TRY(read_count(line, KEY_BEGIN, &n.begin));
    TTI_TRY(read_count(line, KEY_END, &n.end));
    TTI_TRY(read_count(line, KEY_SEED, &x->notices.seed));
    if (line->bytes[KEY_ARTICLE] != NULL)
        TTI_TRY(read_id_value(r, line, KEY_ARTICLE, &n.article));
    TTI_TRY(read_words(line, x->allocator, &words, &count));
    n.tokens = count;
    of.articles = n.articles < UINT32_MAX ? (uint32_t)n.articles : UINT32_MAX;
    status = tti_notices_add(&x->notices, words, count, &of);
    tti_release(x->allocator, words, count, sizeof *words);
    if (status == TT_OK && x->notices.list.count > x->notice_list.count)
        status = tti_array_push(&x->notice_list, x->allocator, n);
    TTI_TRY_ALLOC(status, &line->fault, "notices");
    return TT_OK;
}

static tt_status read_summary_line(reading *r, result_line *line)
{
    tt_result *x = r->result;
    if (x->summary_line != NULL)
        return malformed_line(line, "a second summary: is this one result?");
    TTI_TRY(read_count(line, KEY_ARTICLES, &x->summary.articles));
    TTI_TRY(read_count(line, KEY_REJECTED, &x->summary.rejected));
    TTI_TRY(read_count(line, KEY_BYTES, &x->summary.bytes));
    TTI_TRY(read_digest(line, &x->summary.digest));
    x->summary_line = tti_alloc(x->allocator, line->size, 1);
    if (x->summary_line == NULL)
        return tti_fail_memory(&line->fault, "the summary");
    memcpy(x->summary_line, line->text, line->size);
    x->summary_line_size = line->size;
    return TT_OK;
}

static tt_status read_result_line(reading *r, result_line *line)
{
    if (value_is(line, KEY_TYPE, "\"pair\""))
        return append_pair_line(r, line);
    if (value_is(line, KEY_TYPE, "\"cluster\""))
        return append_cluster_line(r, line);
    if (value_is(line, KEY_TYPE, "\"section\""))
        return append_section_line(r, line);
    if (value_is(line, KEY_TYPE, "\"notice\""))
        return append_notice_line(r, line);
    if (value_is(line, KEY_TYPE, "\"summary\""))
        return read_summary_line(r, line);
    return TT_OK;
}

/* The arrays do not move any more. */
static void set_list_pointers(tt_result *x)
{
    tti_cluster_list *c = &x->clusters;
    tti_sections *s = &x->sections;
    size_t members = 0, occurrences = 0;
    for (size_t i = 0; i < c->clusters.count; i++) {
        c->clusters.items[i].members = c->members.items + members;
        members += c->clusters.items[i].count;
    }
    for (size_t i = 0; i < s->sections.count; i++) {
        s->sections.items[i].occurrences = s->occurrences.items + occurrences;
        occurrences += s->sections.items[i].count;
    }
    for (size_t i = 0; i < x->notice_list.count; i++)
        x->notice_list.items[i].words = x->notices.tokens.items + x->notices.list.items[i].begin;
    assert(members == c->members.count && occurrences == s->occurrences.count);
    x->summary.pairs = x->pairs.count;
    x->summary.clusters = c->clusters.count;
    x->summary.copies = c->members.count - c->clusters.count;
    x->summary.sections = s->sections.count;
}

/* ==== The file ================================================================================ */

/* Finds the values that are key_names; the whole line is checked. */
static tt_status find_line_values(result_line *line, const char *text, size_t size)
{
    tti_json j;
    tti_json_kind kind;
    memset(line->bytes, 0, sizeof line->bytes);
    line->text = text;
    line->size = size;
    if (tti_utf8_valid_up_to(text, size) < size)
        return malformed_line(line, "invalid UTF-8");
    tti_json_init(&j, text, size);
    if (tti_json_next(&j) != TTI_JSON_OBJECT)
        return malformed_line(line, "not a JSON object");
    while ((kind = tti_json_next(&j)) == TTI_JSON_KEY) {
        int which = 0;
        size_t begin;
        while (which < KEY_COUNT && !token_bytes_are(&j, key_names[which]))
            which++;
        kind = tti_json_next(&j);
        begin = j.begin - (kind == TTI_JSON_STRING); /* with its quotes */
        if (tti_json_skip(&j, kind) != 0)
            break;
        if (which < KEY_COUNT) {
            line->bytes[which] = text + begin;
            line->sizes[which] = j.at - begin;
        }
    }
    if (j.fault != NULL || tti_json_next(&j) == TTI_JSON_BAD)
        return tti_fail(&line->fault, TT_EFORMAT, TTI_NOWHERE, "invalid JSON: %s at byte %zu",
                        j.fault, j.fault_at);
    if (line->bytes[KEY_TYPE] == NULL || line->bytes[KEY_TYPE][0] != '"')
        return malformed_line(line, "no \"type\"");
    return TT_OK;
}

typedef struct line_reader {
    tti_byte_stream *source;
    char *data, *scratch;
    size_t capacity, scratch_capacity;
    size_t begin, used; /* the next line starts at begin */
    int at_end;
} line_reader;

/* Sets *text to NULL at the end of the file. */
static tt_status read_next_line(line_reader *f, const tt_allocator *a, const char **text,
                                size_t *size, tt_error *error)
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
        TTI_TRY(
            tti_byte_stream_read(f->source, f->data + f->used, f->capacity - f->used, &got, error));
        f->used += got;
        f->at_end = got == 0;
    }
}

static int is_blank_line(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r')
            return 0;
    return 1;
}

/* The end of a long path says more than its start. */
static const char *path_for_message(const char *path)
{
    const size_t size = strlen(path);
    if (size > LONGEST_SHOWN_PATH)
        for (path += size - LONGEST_SHOWN_PATH; tti_utf8_continues(*path); path++)
            ;
    return path;
}

static tt_status read_all_lines(reading *r, line_reader *f, const char *path, tt_error *error)
{
    const tt_allocator *a = r->result->allocator;
    const char *shown = path_for_message(path);
    result_line line = {0};
    tt_status status;
    for (uint64_t number = 1;; number++) {
        const char *text;
        size_t size;
        status = read_next_line(f, a, &text, &size, &line.fault);
        if (status != TT_OK)
            return tti_fail(error, status, TTI_NOWHERE, "%s: %s", shown, line.fault.message);
        if (text == NULL)
            return TT_OK;
        if (number == 1 && size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
            text += 3;
            size -= 3;
        }
        if (is_blank_line(text, size))
            continue;
        TTI_TRY_ALLOC(tti_reserve(a, &f->scratch, &f->scratch_capacity, size, 1), error, "a line");
        line.scratch = f->scratch;
        status = find_line_values(&line, text, size);
        if (status == TT_OK)
            status = read_result_line(r, &line);
        if (status != TT_OK)
            return tti_fail(error, status, number, "%s:%" PRIu64 ": %s", shown, number,
                            line.fault.message);
    }
}

tt_status tt_result_read(tt_result **out, const char *path, const tt_allocator *allocator,
                         tt_error *error)
{
    const tt_allocator *a = allocator != NULL ? allocator : &tti_libc_allocator;
    reading r = {0};
    line_reader file = {0};
    tt_error fault;
    tt_status status;
    if (out == NULL || path == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "out or path is NULL");
    *out = NULL;
    r.result = tti_result_open(a);
    TTI_TRY_ALLOC(r.result == NULL, error, "a result");
    r.result->store.allocator = r.result->store.arena.allocator = a;
    r.result->sections.allocator = r.result->notices.allocator = a;
    r.result->has_ids = 1;
    status = tti_byte_stream_open(&file.source, path, a, &fault);
    if (status != TT_OK) {
        (void)tti_fail(error, status, TTI_NOWHERE, "%s: %s", path_for_message(path), fault.message);
    } else {
        status = read_all_lines(&r, &file, path, error);
        tti_byte_stream_close(file.source);
    }
    tti_release(a, file.data, file.capacity, 1);
    tti_release(a, file.scratch, file.scratch_capacity, 1);
    tti_release(a, r.is_member, r.is_member_count, 1);
    if (status != TT_OK) {
        tt_result_close(r.result);
        return status;
    }
    set_list_pointers(r.result);
    *out = r.result;
    return TT_OK;
}
