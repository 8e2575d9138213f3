#include "sketch/duplicate_groups.h"

#include "util/alloc.h"
#include "util/error.h"
#include "util/sort.h"


static const tti_paragraph *paragraph_of(const tti_corpus *corpus, const tti_sort_entry *r)
{
    return &corpus->docs[r->doc].paragraphs[r->pos];
}

/* A sixty-four-bit tie is told apart by the whole key; the first of a run of equal ones leads it.
 */
static tt_status link_equal_keys(const tti_corpus *corpus, const tti_sort_entry *run, size_t count,
                                 const uint64_t *bases, uint8_t *is_first,
                                 tti_candidates *candidates, tt_error *error)
{
    const tti_paragraph *lead = paragraph_of(corpus, run);
    is_first[bases[run->doc] + run->pos] = 1;
    for (size_t i = 1; i < count; i++) {
        const tti_paragraph *p = paragraph_of(corpus, &run[i]);
        if (!tti_hash128_equal(p->key, lead->key)) {
            is_first[bases[run[i].doc] + run[i].pos] = 1; /* a class of its own, unlinked */
            continue;
        }
        if (p->end - p->begin >= TTI_PARAGRAPH_TOKENS)
            TTI_TRY(tti_candidates_add(
                candidates, tti_candidate_pack(run->doc, run[i].doc, TTI_WANT_SECTIONS), error));
    }
    return TT_OK;
}

static tt_status link_equal_paragraphs(const tti_corpus *corpus, const tti_sort_entry *records,
                                       size_t count, const uint64_t *bases, uint8_t *is_first,
                                       tti_candidates *candidates, tt_error *error)
{
    for (size_t i = 0, j; i < count; i = j) {
        for (j = i + 1; j < count && records[j].key == records[i].key;)
            j++;
        TTI_TRY(link_equal_keys(corpus, records + i, j - i, bases, is_first, candidates, error));
    }
    return TT_OK;
}

static tt_status list_distinct_paragraphs(tti_sketches *out, const tti_corpus *corpus,
                                          const uint64_t *bases, const uint8_t *is_first,
                                          tt_error *error)
{
    size_t n = 0;
    for (size_t i = 0; i < out->paragraph_count; i++)
        n += is_first[i];
    out->distinct = tti_alloc(out->allocator, n, sizeof *out->distinct);
    if (out->distinct == NULL)
        return tti_fail_memory(error, "paragraph classes");
    for (uint32_t d = 0; d < corpus->doc_count; d++)
        for (uint32_t p = 0; p < corpus->docs[d].paragraph_count; p++)
            if (is_first[bases[d] + p])
                out->distinct[out->distinct_count++] = (tti_distinct_paragraph){d, p};
    return TT_OK;
}

tt_status tti_duplicate_paragraphs_find(tti_sketches *out, const tti_corpus *corpus,
                                        const uint64_t *bases, uint8_t *is_first,
                                        tti_candidates *candidates, tt_error *error)
{
    const size_t n = out->paragraph_count;
    tti_sort_entry *records = tti_alloc(out->allocator, n, sizeof *records);
    tti_sort_entry *spare = tti_alloc(out->allocator, n, sizeof *spare);
    tt_status status = TT_OK;
    if (records == NULL || spare == NULL)
        status = tti_fail_memory(error, "paragraphs");
    if (status == TT_OK) {
        size_t k = 0;
        for (uint32_t d = 0; d < corpus->doc_count; d++)
            for (uint32_t p = 0; p < corpus->docs[d].paragraph_count; p++)
                records[k++] = (tti_sort_entry){corpus->docs[d].paragraphs[p].key.low, d, p};
        tti_radix_sort_entries(records, spare, n);
        status = link_equal_paragraphs(corpus, records, n, bases, is_first, candidates, error);
    }
    if (status == TT_OK)
        status = list_distinct_paragraphs(out, corpus, bases, is_first, error);
    tti_release(out->allocator, records, n, sizeof *records);
    tti_release(out->allocator, spare, n, sizeof *spare);
    return status;
}
