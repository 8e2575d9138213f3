/* Overlaps are found by sorting the extents of an article by begin, with the running maximum of
 * their ends: O((n + m) log n) for n found and m gold occurrences. */
#include "eval/section_overlaps.h"

#include "util/error.h"
#include "util/sort.h"

typedef struct section_overlap {
    uint64_t begin, end;
    uint32_t found_section, found; /* the section, and which of the found extents */
    uint32_t gold;                 /* which occurrence of the gold section */
    int is_confirmed;
} section_overlap;

typedef TTI_ARRAY(section_overlap) section_overlap_list;

#define FIRST_DIFFERENCE(x, y, field, rest)                                                        \
  ((x)->field != (y)->field ? (x)->field < (y)->field : (rest))

TTI_SORT_DEFINE(
    sort_extents, tti_section_extent,
    FIRST_DIFFERENCE(x, y, article,
                     FIRST_DIFFERENCE(x, y, begin,
                                      FIRST_DIFFERENCE(x, y, end,
                                                       FIRST_DIFFERENCE(x, y, section,
                                                                        x->occurrence <
                                                                            y->occurrence)))))

TTI_SORT_DEFINE(sort_by_found, section_overlap,
                FIRST_DIFFERENCE(x, y, found_section,
                                 FIRST_DIFFERENCE(x, y, found, x->gold < y->gold)))

TTI_SORT_DEFINE(sort_by_gold, section_overlap,
                FIRST_DIFFERENCE(x, y, gold, FIRST_DIFFERENCE(x, y, begin, x->found < y->found)))

/* `numbers`: NULL leaves the articles their own. */
static tt_status list_extents(tti_section_extents *out, const tt_result *result,
                              const uint32_t *numbers, const tt_allocator *a, uint64_t *bytes,
                              tt_error *error)
{
    size_t count;
    const tt_section *sections = tt_result_sections(result, &count);
    for (size_t s = 0; s < count; s++) {
        TTI_TRY_ALLOC(tti_array_reserve(out, a, sections[s].count), error, "sections");
        for (size_t k = 0; k < sections[s].count; k++) {
            const tt_occurrence *o = &sections[s].occurrences[k];
            const uint32_t article = numbers == NULL ? (uint32_t)o->article : numbers[o->article];
            out->items[out->count++] = (tti_section_extent){
                o->begin, o->end, o->end, article, (uint32_t)s, (uint32_t)k, 0};
            *bytes += o->end - o->begin;
        }
    }
    sort_extents(out->items, out->count);
    for (size_t i = 1; i < out->count; i++) {
        tti_section_extent *x = &out->items[i];
        if (x->article == x[-1].article && x->reach < x[-1].reach)
            x->reach = x[-1].reach;
    }
    return TT_OK;
}

/* The first extent of the article that could overlap what begins at `begin`. */
static size_t first_extent_reaching(const tti_section_extents *list, uint32_t article,
                                    uint64_t begin)
{
    const tti_section_extent *x = list->items;
    size_t i;
    TTI_LOWER_BOUND(i, 0, list->count,
                    x[i].article < article || (x[i].article == article && x[i].reach <= begin));
    return i;
}

static int begins_before(const tti_section_extents *list, size_t i, uint32_t article, uint64_t end)
{
    return i < list->count && list->items[i].article == article && list->items[i].begin < end;
}

static tt_status append_overlaps(section_overlap_list *list, tti_section_overlaps *all,
                                 const tt_occurrence *gold, uint32_t occurrence, tt_error *error)
{
    const uint32_t article = (uint32_t)gold->article;
    for (size_t i = first_extent_reaching(&all->found, article, gold->begin);
         begins_before(&all->found, i, article, gold->end); i++) {
        tti_section_extent *f = &all->found.items[i];
        if (f->end <= gold->begin)
            continue;
        f->overlaps_gold = 1;
        TTI_TRY_ALLOC(tti_array_push(list, all->allocator,
                                     (section_overlap){
                                         .begin = f->begin > gold->begin ? f->begin : gold->begin,
                                         .end = f->end < gold->end ? f->end : gold->end,
                                         .found_section = f->section,
                                         .found = (uint32_t)i,
                                         .gold = occurrence}),
                      error, "sections");
    }
    return TT_OK;
}

/* Confirms overlaps of one gold section. `of_gold` is zero for each of its occurrences. */
static void confirm_overlaps(section_overlap_list *list, uint32_t *of_gold)
{
    section_overlap *x = list->items;
    sort_by_found(x, list->count);
    for (size_t i = 0, end; i < list->count; i = end) {
        for (end = i; end < list->count && x[end].found_section == x[i].found_section; end++)
            of_gold[x[end].gold]++;
        for (size_t k = i, to; k < end; k = to) {
            for (to = k + 1; to < end && x[to].found == x[k].found;)
                to++;
            for (size_t m = k; m < to; m++)
                x[m].is_confirmed = end - i > (to - k) + of_gold[x[m].gold] - 1;
        }
        for (size_t k = i; k < end; k++)
            of_gold[x[k].gold] = 0;
    }
}

/* Adds up what the confirmed overlaps cover, and notes which occurrences of the section they are
 * of. */
static void add_detected(tti_section_overlaps *all, section_overlap_list *list,
                         uint8_t *is_detected)
{
    section_overlap *x = list->items;
    uint64_t covered_to = 0;
    sort_by_gold(x, list->count);
    for (size_t i = 0; i < list->count; i++) {
        if (!x[i].is_confirmed)
            continue;
        if (!is_detected[x[i].gold]) {
            is_detected[x[i].gold] = 1;
            all->detected++;
            covered_to = 0;
        }
        all->detections++;
        if (x[i].end > covered_to) {
            all->detected_bytes += x[i].end - (x[i].begin > covered_to ? x[i].begin : covered_to);
            covered_to = x[i].end;
        }
    }
}

/* The bytes of found extents that lie in gold ones. */
static void add_precise_bytes(tti_section_overlaps *all)
{
    for (size_t i = 0; i < all->found.count; i++) {
        const tti_section_extent *f = &all->found.items[i];
        uint64_t from = f->begin;
        for (size_t k = first_extent_reaching(&all->gold, f->article, f->begin);
             begins_before(&all->gold, k, f->article, f->end) && from < f->end; k++) {
            const tti_section_extent *g = &all->gold.items[k];
            const uint64_t begin = g->begin > from ? g->begin : from;
            const uint64_t end = g->end < f->end ? g->end : f->end;
            if (end > begin) {
                all->precise_bytes += end - begin;
                from = end;
            }
        }
    }
}

tt_status tti_section_overlaps_find(tti_section_overlaps *all, const tt_result *found,
                                    const uint32_t *numbers, const tt_result *gold, tt_error *error)
{
    const tt_allocator *a = all->allocator;
    size_t section_count, first = 0; /* the section's first occurrence, among all */
    const tt_section *sections = tt_result_sections(gold, &section_count);
    section_overlap_list list = {0};
    uint32_t *of_gold; /* overlaps of each gold occurrence with one found section */
    tt_status status;
    TTI_TRY(list_extents(&all->found, found, numbers, a, &all->found_bytes, error));
    TTI_TRY(list_extents(&all->gold, gold, NULL, a, &all->gold_bytes, error));
    all->is_detected = tti_alloc_zero(a, all->gold.count, sizeof *all->is_detected);
    of_gold = tti_alloc_zero(a, all->gold.count, sizeof *of_gold);
    status =
        all->is_detected == NULL || of_gold == NULL ? tti_fail_memory(error, "sections") : TT_OK;
    for (size_t s = 0; s < section_count && status == TT_OK; first += sections[s++].count) {
        list.count = 0;
        for (size_t k = 0; k < sections[s].count && status == TT_OK; k++)
            status = append_overlaps(&list, all, &sections[s].occurrences[k], (uint32_t)k, error);
        if (status == TT_OK) {
            confirm_overlaps(&list, of_gold + first);
            add_detected(all, &list, all->is_detected + first);
        }
    }
    if (status == TT_OK)
        add_precise_bytes(all);
    tti_release(a, of_gold, all->gold.count, sizeof *of_gold);
    tti_array_free(&list, a);
    return status;
}

void tti_section_overlaps_free(tti_section_overlaps *all)
{
    const tt_allocator *a = all->allocator;
    tti_release(a, all->is_detected, all->gold.count, sizeof *all->is_detected);
    tti_array_free(&all->found, a);
    tti_array_free(&all->gold, a);
    *all = (tti_section_overlaps){.allocator = a};
}
