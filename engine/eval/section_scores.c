/*
 * Sections against gold, in bytes, after Potthast et al. 2010 ("An evaluation framework for
 * plagiarism detection"), with a section of any number of occurrences in the place of their pairs.
 *
 * A meeting is an overlap of a found occurrence F with a gold occurrence G. It counts if the two
 * sections meet elsewhere too: another occurrence of F's section meets another one of G's. In the
 * m meetings of two sections, that is so for F and G unless m = (those of F) + (those of G) - 1.
 *
 * Recall: bytes of gold occurrences under meetings that count / bytes of gold occurrences.
 * Precision: bytes of found occurrences that lie in gold ones / bytes of found occurrences.
 * Granularity: meetings that count, per gold occurrence that has one; 1 where none has.
 *
 * Meetings are found by sorting the found occurrences of an article by begin, with the running
 * maximum of their ends: O((n + m) log n).
 */
#include "eval/labels.h"

#include "util/alloc.h"
#include "util/error.h"

#include <stdlib.h>

/* A found occurrence in order of place. */
typedef struct place {
    tti_label_extent extent;
    uint64_t reach; /* latest end of those up to here in the article */
    uint32_t id;    /* which occurrence, in the ledger's order */
} place;

typedef struct meeting {
    uint32_t found_section, found, gold;
    int counts;
    uint64_t begin, end;
} meeting;

typedef struct meetings {
    meeting *items;
    size_t count, capacity;
} meetings;

static int compare_extents(const void *x, const void *y)
{
    const tti_label_extent *p = &((const place *)x)->extent, *q = &((const place *)y)->extent;
    if (p->article != q->article)
        return p->article < q->article ? -1 : 1;
    if (p->begin != q->begin)
        return p->begin < q->begin ? -1 : 1;
    return (p->end > q->end) - (p->end < q->end);
}

static int compare_by_found_section(const void *x, const void *y)
{
    const meeting *p = x, *q = y;
    if (p->found_section != q->found_section)
        return p->found_section < q->found_section ? -1 : 1;
    if (p->found != q->found)
        return p->found < q->found ? -1 : 1;
    return (p->gold > q->gold) - (p->gold < q->gold);
}

static int compare_by_gold_extent(const void *x, const void *y)
{
    const meeting *p = x, *q = y;
    if (p->gold != q->gold)
        return p->gold < q->gold ? -1 : 1;
    return (p->begin > q->begin) - (p->begin < q->begin);
}

/* The extents in order of place. NULL: out of memory */
static place *sort_extents(const tt_allocator *a, const tti_labels *g)
{
    place *places = tti_alloc(a, g->extent_count, sizeof *places);
    if (places == NULL)
        return NULL;
    for (size_t i = 0; i < g->extent_count; i++)
        places[i] = (place){g->extents[i], g->extents[i].end, (uint32_t)i};
    if (g->extent_count > 1)
        qsort(places, g->extent_count, sizeof *places, compare_extents);
    for (size_t i = 1; i < g->extent_count; i++)
        if (places[i].extent.article == places[i - 1].extent.article &&
            places[i].reach < places[i - 1].reach)
            places[i].reach = places[i - 1].reach;
    return places;
}

/* The first place of the article that could overlap what begins at `begin`. */
static size_t first_extent_reaching(const place *places, size_t count, uint32_t article,
                                    uint64_t begin)
{
    size_t low = 0, high = count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const place *p = &places[middle];
        if (p->extent.article < article || (p->extent.article == article && p->reach <= begin))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Appends the meetings of gold occurrence `id`. */
static int meet(const tt_allocator *a, const place *places, size_t count,
                const tti_label_extent *gold, uint32_t id, meetings *list)
{
    for (size_t i = first_extent_reaching(places, count, gold->article, gold->begin);
         i < count && places[i].extent.article == gold->article &&
         places[i].extent.begin < gold->end;
         i++) {
        const tti_label_extent *f = &places[i].extent;
        if (f->end <= gold->begin)
            continue;
        if (tti_reserve(a, &list->items, &list->capacity, list->count + 1, sizeof *list->items))
            return -1;
        list->items[list->count++] = (meeting){f->section,
                                               places[i].id,
                                               id,
                                               0,
                                               f->begin > gold->begin ? f->begin : gold->begin,
                                               f->end < gold->end ? f->end : gold->end};
    }
    return 0;
}

/* Marks what counts among the meetings [from, to) of one found and one gold section, which are
 * sorted by found occurrence. of_gold: per gold occurrence of the section, zeros. */
static void mark(meeting *m, size_t from, size_t to, uint32_t first_gold,
                 uint32_t *overlaps_of_gold)
{
    for (size_t i = from; i < to; i++)
        overlaps_of_gold[m[i].gold - first_gold]++;
    for (size_t i = from, end; i < to; i = end) {
        for (end = i + 1; end < to && m[end].found == m[i].found;)
            end++;
        for (size_t k = i; k < end; k++)
            m[k].counts = to - from > (end - i) + overlaps_of_gold[m[k].gold - first_gold] - 1;
    }
    for (size_t i = from; i < to; i++)
        overlaps_of_gold[m[i].gold - first_gold] = 0;
}

/* Adds up the meetings of one gold section, all of its occurrences. */
static void add_detected_bytes(meetings *list, uint64_t *right, uint64_t *detected,
                               uint64_t *detections)
{
    meeting *m = list->items;
    uint64_t covered_to = 0;
    size_t last = SIZE_MAX; /* gold occurrence */
    if (list->count > 1)
        qsort(m, list->count, sizeof *m, compare_by_gold_extent);
    for (size_t i = 0; i < list->count; i++) {
        if (!m[i].counts)
            continue;
        if (m[i].gold != last) {
            last = m[i].gold;
            covered_to = 0;
            ++*detected;
        }
        ++*detections;
        if (m[i].end > covered_to) {
            *right += m[i].end - (m[i].begin > covered_to ? m[i].begin : covered_to);
            covered_to = m[i].end;
        }
    }
}

/* Bytes of the found places that lie in gold places. */
static uint64_t common_bytes(const place *found, size_t found_count, const place *gold,
                             size_t gold_count)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < found_count; i++) {
        const tti_label_extent *f = &found[i].extent;
        uint64_t from = f->begin;
        for (size_t k = first_extent_reaching(gold, gold_count, f->article, f->begin);
             k < gold_count && gold[k].extent.article == f->article &&
             gold[k].extent.begin < f->end && from < f->end;
             k++) {
            const uint64_t begin = gold[k].extent.begin > from ? gold[k].extent.begin : from;
            const uint64_t end = gold[k].extent.end < f->end ? gold[k].extent.end : f->end;
            if (end > begin) {
                bytes += end - begin;
                from = end;
            }
        }
    }
    return bytes;
}

static uint64_t extent_bytes(const tti_labels *g)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < g->extent_count; i++)
        bytes += g->extents[i].end - g->extents[i].begin;
    return bytes;
}

/* Recall and granularity: gold section by gold section. */
static tt_status score_gold_sections(const tt_allocator *a, const tti_labels *gold,
                                     const place *places, size_t place_count, tt_scores *out,
                                     tt_error *error)
{
    const tti_label_extent *x = gold->extents;
    meetings list = {0};
    uint64_t detected = 0, detections = 0;
    uint32_t *overlaps_of_gold = tti_alloc_zero(a, gold->extent_count, sizeof *overlaps_of_gold);
    tt_status status = overlaps_of_gold == NULL ? tti_fail_memory(error, "sections") : TT_OK;
    for (size_t i = 0, end; i < gold->extent_count && status == TT_OK; i = end) {
        list.count = 0;
        for (end = i; end < gold->extent_count && x[end].section == x[i].section; end++)
            if (meet(a, places, place_count, &x[end], (uint32_t)end, &list) != 0)
                status = tti_fail_memory(error, "sections");
        if (list.count > 1)
            qsort(list.items, list.count, sizeof *list.items, compare_by_found_section);
        for (size_t k = 0, to; k < list.count; k = to) {
            for (to = k + 1;
                 to < list.count && list.items[to].found_section == list.items[k].found_section;)
                to++;
            mark(list.items, k, to, (uint32_t)i, overlaps_of_gold);
        }
        add_detected_bytes(&list, &out->right_section_bytes, &detected, &detections);
    }
    out->section_granularity = detected == 0 ? 1 : (double)detections / (double)detected;
    tti_release(a, overlaps_of_gold, gold->extent_count, sizeof *overlaps_of_gold);
    tti_release(a, list.items, list.capacity, sizeof *list.items);
    return status;
}

tt_status tti_eval_sections(const tt_allocator *a, const tti_labels *found, const tti_labels *gold,
                            tt_scores *out, tt_error *error)
{
    place *found_places = sort_extents(a, found);
    place *gold_places = sort_extents(a, gold);
    tt_status status = TT_OK;
    if (found_places == NULL || gold_places == NULL) {
        status = tti_fail_memory(error, "sections");
        goto done;
    }
    out->gold_section_bytes = extent_bytes(gold);
    out->found_section_bytes = extent_bytes(found);
    status = score_gold_sections(a, gold, found_places, found->extent_count, out, error);
    if (out->found_section_bytes == 0)
        out->section_precision = 0;
    else
        out->section_precision = (double)common_bytes(found_places, found->extent_count,
                                                      gold_places, gold->extent_count) /
                                 (double)out->found_section_bytes;
    out->section_recall = out->gold_section_bytes == 0
                              ? 1
                              : (double)out->right_section_bytes / (double)out->gold_section_bytes;
done:
    tti_release(a, found_places, found->extent_count, sizeof *found_places);
    tti_release(a, gold_places, gold->extent_count, sizeof *gold_places);
    return status;
}
