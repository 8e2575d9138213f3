#include "report/alignments.h"

#include <inttypes.h>
#include <stdlib.h>

#include "failure.h"
#include "memory.h"
#include "twicetold.h"
#include "versions.h"

enum { MIN_PASSAGE_TOKENS = 8 };

typedef struct pair_list {
    const embedded_text *const *text_of;
    const uint64_t *number; /* of the page */
    aligned_pair *pairs;
    size_t count, capacity;
} pair_list;

static int append_pair(pair_list *l, uint64_t a, uint64_t b)
{
    const embedded_text *x = l->text_of[a], *y = l->text_of[b];
    if (x == NULL || y == NULL || x->is_window || y->is_window)
        return 0;
    if (memory_grow(&l->pairs, l->count, &l->capacity, sizeof *l->pairs) != 0)
        return EXIT_FAILED;
    l->pairs[l->count++] =
        (aligned_pair){x->block > y->block ? x->block : y->block,
                       l->number[a] < l->number[b] ? a : b, l->number[a] < l->number[b] ? b : a};
    return 0;
}

static int by_block(const void *x, const void *y)
{
    const aligned_pair *p = x, *q = y;
    if (p->block != q->block)
        return p->block < q->block ? -1 : 1;
    if (p->a != q->a)
        return p->a < q->a ? -1 : 1;
    return (p->b > q->b) - (p->b < q->b);
}

static size_t remove_doubles(aligned_pair *pairs, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || by_block(&pairs[kept - 1], &pairs[i]) != 0)
            pairs[kept++] = pairs[i];
    return kept;
}

/* Each member beside the kept one, and each version beside the one before. */
static int append_cluster(pair_list *l, const tt_cluster *c, const int64_t *published)
{
    version *versions = malloc((c->count + 1) * sizeof *versions);
    int rc = versions == NULL ? failure_memory() : 0;
    for (size_t k = 0; k < c->count && rc == 0; k++) {
        versions[k] = (version){published[c->members[k]], l->number[c->members[k]], c->members[k]};
        if (c->members[k] != c->keep)
            rc = append_pair(l, c->keep, c->members[k]);
    }
    if (rc == 0)
        versions_sort(versions, c->count);
    for (size_t k = 1; k < c->count && rc == 0; k++)
        rc = append_pair(l, versions[k - 1].article, versions[k].article);
    free(versions);
    return rc;
}

int alignments_list(const result_arrays *r, const page_selection *s,
                    const embedded_text *const *text_of, const int64_t *published,
                    aligned_pair **pairs, size_t *count)
{
    pair_list l = {.text_of = text_of, .number = s->number};
    int rc = 0;
    for (uint64_t i = 0; i < s->pair_count && rc == 0; i++)
        rc = append_pair(&l, r->pairs[s->pairs[i]].a, r->pairs[s->pairs[i]].b);
    for (uint64_t i = 0; i < s->cluster_count && rc == 0; i++)
        rc = append_cluster(&l, &r->clusters[s->clusters[i]], published);
    for (uint64_t i = 0; i < s->section_count; i++) {
        const tt_section *x = &r->sections[s->sections[i]];
        for (size_t k = 1; k < x->count && rc == 0; k++) {
            rc = append_pair(&l, x->occurrences[0].article, x->occurrences[k].article);
            if (rc == 0 && x->occurrences[k].article == x->occurrences[k - 1].article)
                rc = append_pair(&l, x->occurrences[k].article, x->occurrences[k].article);
        }
    }
    if (l.count > 1)
        qsort(l.pairs, l.count, sizeof *l.pairs, by_block);
    *pairs = l.pairs;
    *count = remove_doubles(l.pairs, l.count);
    return rc;
}

static void write_segments(buffer *out, const tt_segment *segments, size_t count)
{
    uint64_t a = 0, b = 0;
    buffer_printf(out, ",%zu", count);
    for (size_t i = 0; i < count; i++) {
        const tt_segment *s = &segments[i];
        const uint32_t passage = s->passage == TT_NO_PASSAGE ? 0 : s->passage + 1;
        buffer_printf(out,
                      ",%" PRIu32 ",%" PRIu64 ",%" PRIu64 ",%" PRIu32 ",%" PRIu64 ",%" PRIu64
                      ",%" PRIu32,
                      (uint32_t)s->kind + 4 * passage, s->begin_a - a, s->end_a - s->begin_a,
                      s->tokens_a, s->begin_b - b, s->end_b - s->begin_b, s->tokens_b);
        a = s->end_a;
        b = s->end_b;
    }
}

static void write_differences(buffer *out, const tt_alignment *alignment)
{
    size_t count;
    const tt_difference *differences = tt_alignment_differences(alignment, &count);
    buffer_printf(out, ",%zu", count);
    for (size_t i = 0; i < count; i++) {
        const tt_difference *d = &differences[i];
        buffer_printf(out, ",%" PRId32 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64, d->kind,
                      d->begin_a, d->end_a, d->begin_b, d->end_b);
    }
}

tt_status alignment_write(buffer *out, const embedded_text *a, const embedded_text *b,
                          tt_error *error)
{
    const tt_article x = {.text = a->text, .text_size = a->size, .published = TT_NO_TIME},
                     y = {.text = b->text, .text_size = b->size, .published = TT_NO_TIME};
    tt_alignment *alignment = NULL;
    size_t count;
    const tt_segment *segments;
    const tt_passage *passages;
    const tt_status status =
        tt_align(&alignment, &x, a == b ? NULL : &y, NULL, MIN_PASSAGE_TOKENS, error);
    if (status != TT_OK)
        return status;
    write_differences(out, alignment);
    segments = tt_alignment_segments(alignment, &count);
    write_segments(out, segments, count);
    passages = tt_alignment_passages(alignment, &count);
    for (size_t i = 0; i < count; i++)
        if (a == b || passages[i].moved)
            write_segments(out, passages[i].segments, passages[i].segment_count);
    tt_alignment_close(alignment);
    return TT_OK;
}
