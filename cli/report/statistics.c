#define _GNU_SOURCE
#include "report/statistics.h"

#include <inttypes.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "article_copy.h"
#include "failure.h"
#include "format.h"
#include "memory.h"
#include "message.h"
#include "util/disjoint_sets.h"

#define DAY_MICROSECONDS (INT64_C(86400) * 1000000)

/* ==== Occurrences by article ================================================================== */

static int by_begin(const void *x, const void *y)
{
    const tt_occurrence *p = ((const article_occurrence *)x)->at,
                        *q = ((const article_occurrence *)y)->at;
    return p->begin != q->begin ? (p->begin < q->begin ? -1 : 1)
                                : (p->end > q->end) - (p->end < q->end);
}

/* Lists the occurrences of each article in ascending order. */
static int gather_occurrences(report_statistics *d)
{
    const result_arrays *r = d->result;
    size_t total = 0, *next;
    for (uint64_t s = 0; s < r->section_count; s++)
        total += r->sections[s].count;
    d->occurrence_begin = calloc((size_t)r->article_count + 2, sizeof *d->occurrence_begin);
    d->occurrences = malloc((total + 1) * sizeof *d->occurrences);
    if (d->occurrence_begin == NULL || d->occurrences == NULL)
        return failure_memory();
    next = d->occurrence_begin + 1;
    for (uint64_t s = 0; s < r->section_count; s++)
        for (size_t i = 0; i < r->sections[s].count; i++)
            next[r->sections[s].occurrences[i].article + 1]++;
    for (uint64_t a = 0; a < r->article_count; a++)
        next[a + 1] += next[a];
    for (uint64_t s = 0; s < r->section_count; s++)
        for (size_t i = 0; i < r->sections[s].count; i++)
            d->occurrences[next[r->sections[s].occurrences[i].article]++] =
                (article_occurrence){&r->sections[s].occurrences[i], s, i == 0};
    for (uint64_t a = 0; a < r->article_count; a++)
        qsort(d->occurrences + d->occurrence_begin[a],
              d->occurrence_begin[a + 1] - d->occurrence_begin[a], sizeof *d->occurrences,
              by_begin);
    return 0;
}

/* ==== Stories ================================================================================= */

/* A cluster has only what is paired with its kept article, but a copy of a copy belongs to the
 * story too. */
static void join_stories(report_statistics *d)
{
    const result_arrays *r = d->result;
    uint32_t *parents = d->story_of;
    for (uint32_t a = 0; a < r->article_count; a++)
        parents[a] = a;
    for (uint64_t c = 0; c < r->cluster_count; c++)
        for (size_t i = 0; i < r->clusters[c].count; i++)
            tti_join_sets(parents, (uint32_t)r->clusters[c].keep,
                          (uint32_t)r->clusters[c].members[i]);
    for (uint64_t i = 0; i < r->pair_count; i++)
        if (TT_IS_COPY(r->pairs[i].relation))
            tti_join_sets(parents, (uint32_t)r->pairs[i].a, (uint32_t)r->pairs[i].b);
    for (uint32_t a = 0; a < r->article_count; a++)
        parents[a] = tti_find_root(parents, a);
}

int statistics_init(report_statistics *d, const result_arrays *result)
{
    memset(d, 0, sizeof *d);
    d->result = result;
    d->row_of = malloc(((size_t)result->article_count + 1) * sizeof *d->row_of);
    d->cluster_of = malloc(((size_t)result->article_count + 1) * sizeof *d->cluster_of);
    d->story_of = malloc(((size_t)result->article_count + 1) * sizeof *d->story_of);
    if (d->row_of == NULL || d->cluster_of == NULL || d->story_of == NULL)
        return failure_memory();
    for (uint64_t a = 0; a < result->article_count; a++) {
        d->row_of[a] = UINT64_MAX;
        d->cluster_of[a] = NO_CLUSTER;
    }
    for (uint64_t c = 0; c < result->cluster_count; c++)
        for (size_t i = 0; i < result->clusters[c].count; i++)
            d->cluster_of[result->clusters[c].members[i]] = (uint32_t)c;
    join_stories(d);
    return gather_occurrences(d);
}

/* ==== Rows ==================================================================================== */

static int by_name(const void *x, const void *y)
{
    const source_name *p = x, *q = y;
    const size_t size = p->size < q->size ? p->size : q->size;
    const int order = size == 0 ? 0 : memcmp(p->bytes, q->bytes, size);
    return order != 0 ? order : (p->size > q->size) - (p->size < q->size);
}

static int intern_source(report_statistics *d, const tt_article *a, uint32_t *number)
{
    source_name wanted = {(char *)a->source, a->source_size, 0}, *name, **found;
    *number = NO_SOURCE;
    if (a->source_size == 0)
        return 0;
    found = tfind(&wanted, &d->source_tree, by_name);
    if (found != NULL) {
        *number = (*found)->number;
        return 0;
    }
    if (memory_grow(&d->sources, d->source_count, &d->source_capacity, sizeof *d->sources) != 0)
        return EXIT_FAILED;
    name = malloc(sizeof *name + a->source_size);
    if (name == NULL)
        return failure_memory();
    name->bytes = (char *)(name + 1);
    name->size = a->source_size;
    name->number = (uint32_t)d->source_count + 1;
    memcpy(name->bytes, a->source, a->source_size);
    d->sources[d->source_count++] = name;
    *number = name->number;
    return tsearch(name, &d->source_tree, by_name) == NULL ? failure_memory() : 0;
}

const source_name *statistics_source_name(const report_statistics *d, uint32_t source)
{
    return d->sources[source - 1];
}

static int count_repeated_bytes(const report_statistics *d, const tt_article *a, uint64_t article,
                                uint64_t *repeated)
{
    uint64_t end = 0;
    for (size_t i = d->occurrence_begin[article]; i < d->occurrence_begin[article + 1]; i++) {
        const tt_occurrence *o = d->occurrences[i].at;
        if (!text_has_extent(a->text, a->text_size, (extent){o->begin, o->end}))
            return message_failure(NULL,
                                   "the text of %.*s is not the one that was scanned (%zu bytes, a "
                                   "passage ends at %" PRIu64 "); give the INPUT of the scan",
                                   format_id_size(a->id, a->id_size), a->id, a->text_size, o->end);
        if (d->occurrences[i].first || o->end <= end)
            continue;
        *repeated += o->end - (o->begin > end ? o->begin : end);
        end = o->end;
    }
    return 0;
}

int statistics_add_article(report_statistics *d, const tt_record *record, uint64_t article)
{
    const tt_article *a = &record->article;
    article_row row = {.bytes = a->text_size, .day = NO_DAY};
    int rc = intern_source(d, a, &row.source);
    if (a->published != TT_NO_TIME)
        row.day = (int32_t)((a->published - (a->published < 0 ? DAY_MICROSECONDS - 1 : 0)) /
                            DAY_MICROSECONDS);
    if (rc == 0 && article != TT_NO_ARTICLE) {
        const uint32_t cluster = d->cluster_of[article];
        row.copy = cluster != NO_CLUSTER && d->result->clusters[cluster].keep != article;
        rc = count_repeated_bytes(d, a, article, &row.repeated);
        d->row_of[article] = d->row_count;
    }
    if (rc == 0)
        rc = memory_grow(&d->rows, d->row_count, &d->row_capacity, sizeof *d->rows);
    if (rc == 0)
        d->rows[d->row_count++] = row;
    return rc;
}

/* ==== Sections ================================================================================ */

section_kind statistics_section_kind(const report_statistics *d, const tt_section *section)
{
    const uint64_t first = section->occurrences[0].article;
    int one_article = 1, one_story = 1;
    for (size_t i = 1; i < section->count; i++) {
        const uint64_t article = section->occurrences[i].article;
        one_article &= article == first;
        one_story &= d->story_of[article] == d->story_of[first];
    }
    return one_article                          ? SECTION_SELF
           : section->kind == TT_SECTION_NOTICE ? SECTION_NOTICE
           : one_story                          ? SECTION_COPIES
                                                : SECTION_SHARED;
}

/* ==== Sums ==================================================================================== */

static int by_key(const void *x, const void *y)
{
    const article_sum *p = x, *q = y;
    return (p->key > q->key) - (p->key < q->key);
}

static int most_articles_first(const void *x, const void *y)
{
    const article_sum *p = x, *q = y;
    return p->articles != q->articles ? (p->articles < q->articles ? 1 : -1) : by_key(x, y);
}

static void add_sums(article_sum *to, const article_sum *from)
{
    to->articles += from->articles;
    to->copies += from->copies;
    to->bytes += from->bytes;
    to->repeated += from->repeated;
}

/* Adds up neighbours with the same key. @return how many sums are left */
static size_t merge_equal_keys(article_sum *sums, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && sums[kept - 1].key == sums[i].key)
            add_sums(&sums[kept - 1], &sums[i]);
        else
            sums[kept++] = sums[i];
    }
    return kept;
}

static article_sum *sum_rows(const report_statistics *d, int days, size_t *count)
{
    article_sum *sums = malloc((d->row_count + 1) * sizeof *sums);
    size_t used = 0;
    for (size_t i = 0; sums != NULL && i < d->row_count; i++) {
        const article_row *r = &d->rows[i];
        if (days ? r->day != NO_DAY : r->source != NO_SOURCE)
            sums[used++] = (article_sum){days ? r->day : (int64_t)r->source, 1, (uint64_t)r->copy,
                                         r->bytes, r->repeated};
    }
    if (sums == NULL)
        return NULL;
    qsort(sums, used, sizeof *sums, by_key);
    *count = merge_equal_keys(sums, used);
    return sums;
}

article_sum *statistics_by_source(const report_statistics *d, size_t most, size_t *count)
{
    article_sum *sums = sum_rows(d, 0, count);
    if (sums == NULL)
        return NULL;
    qsort(sums, *count, sizeof *sums, most_articles_first);
    if (*count > most) {
        for (size_t i = most; i < *count; i++)
            add_sums(&sums[most - 1], &sums[i]);
        sums[most - 1].key = ALL_OTHERS;
        *count = most;
    }
    return sums;
}

article_sum *statistics_by_day(const report_statistics *d, size_t most, size_t *count, int *months)
{
    article_sum *sums = sum_rows(d, 1, count);
    *months = 0;
    if (sums == NULL || *count <= most)
        return sums;
    *months = 1;
    for (size_t i = 0; i < *count; i++) {
        const time_t at = (time_t)sums[i].key * 86400;
        struct tm t;
        if (gmtime_r(&at, &t) != NULL)
            sums[i].key -= t.tm_mday - 1;
    }
    *count = merge_equal_keys(sums, *count);
    if (*count > most) { /* keep the latest */
        memmove(sums, sums + *count - most, most * sizeof *sums);
        *count = most;
    }
    return sums;
}

void statistics_free(report_statistics *d)
{
    tdestroy(d->source_tree, free);
    free(d->sources);
    free(d->rows);
    free(d->row_of);
    free(d->cluster_of);
    free(d->story_of);
    free(d->occurrence_begin);
    free(d->occurrences);
}
