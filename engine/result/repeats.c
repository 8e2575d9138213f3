/*
 * Documents in input order; the links of each by earliest holder. What a link covers of its
 * document and no earlier holder has covered becomes a place. Where the holder's own text is a
 * place that repeats a still earlier one, the link is carried through to that, token by token: so a
 * reference is never itself a repetition, and a text has one reference however its copies were
 * found.
 */
#include "result/repeats.h"

#include "util/alloc.h"
#include "util/error.h"

#include <stdlib.h>
#include <string.h>

typedef struct repeat_finder {
    tti_token_repeats *out;
    uint32_t min_section;
    uint64_t doc_first; /* the first place of the document at hand */
    uint64_t
        doc_in_order; /* its places up to here are in order; those of the link at hand follow */
    tti_block *piece; /* blocks of the piece at hand */
    size_t piece_count, piece_capacity;
    tti_block *stretch; /* blocks of the stretch at hand */
    size_t stretch_capacity;
} repeat_finder;

/* Adds the part of block x whose b side lies in [begin, end). */
static int append_clipped_block(repeat_finder *m, tti_block x, uint32_t begin, uint32_t end)
{
    if (x.b < begin) {
        const uint32_t cut = begin - x.b;
        if (cut >= x.len)
            return 0;
        x.a += cut, x.b += cut, x.len -= cut;
    }
    if (x.b >= end)
        return 0;
    if (x.b + x.len > end)
        x.len = end - x.b;
    if (tti_reserve(m->out->allocator, &m->piece, &m->piece_capacity, m->piece_count + 1,
                    sizeof *m->piece) != 0)
        return -1;
    m->piece[m->piece_count++] = x;
    return 0;
}

/* The piece at hand becomes a place of `doc` that repeats `of_doc`, if it is long and dense. */
static tt_status append_repeat(repeat_finder *m, uint32_t doc, uint32_t of_doc, tt_error *error)
{
    tti_token_repeats *out = m->out;
    tti_token_repeat x = {doc, 0, 0, of_doc, 0, 0, 0, (uint32_t)m->piece_count, out->block_count};
    const tti_block *last;
    if (m->piece_count == 0)
        return TT_OK;
    last = &m->piece[m->piece_count - 1];
    x.begin = m->piece->b, x.end = last->b + last->len;
    x.of_begin = m->piece->a, x.of_end = last->a + last->len;
    for (size_t k = 0; k < m->piece_count; k++)
        x.matched += m->piece[k].len;
    if (!tti_is_section(x.of_end - x.of_begin, x.end - x.begin, x.matched, m->min_section))
        return TT_OK;
    if (tti_reserve(out->allocator, &out->places, &out->capacity, out->count + 1,
                    sizeof *out->places) != 0 ||
        tti_reserve(out->allocator, &out->blocks, &out->block_capacity,
                    out->block_count + m->piece_count, sizeof *out->blocks) != 0)
        return tti_fail_memory(error, "sections");
    memcpy(out->blocks + out->block_count, m->piece, m->piece_count * sizeof *m->piece);
    out->block_count += m->piece_count;
    out->places[out->count++] = x;
    return TT_OK;
}

/* The first place of [first, last) that ends after token `at`; they are in order, and apart. */
static uint64_t first_repeat_after(const tti_token_repeats *p, uint64_t first, uint64_t last,
                                   uint32_t at)
{
    while (first < last) {
        const uint64_t middle = first + (last - first) / 2;
        if (p->places[middle].end <= at)
            first = middle + 1;
        else
            last = middle;
    }
    return first;
}

/* The first of a place's blocks that ends after token `at` of it. */
static const tti_block *first_repeat_block_after(const tti_token_repeats *p,
                                                 const tti_token_repeat *place, uint32_t at)
{
    const tti_block *blocks = p->blocks + place->block_begin;
    size_t low = 0, high = place->block_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (blocks[middle].b + blocks[middle].len <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return blocks + low;
}

/* Carries the piece's blocks through `holder`, a place of the document they repeat, to the place
 * that one repeats. Both lists ascend. */
static tt_status trace_through_repeat(repeat_finder *m, const tti_block *blocks, size_t count,
                                      const tti_token_repeat *holder, tt_error *error)
{
    const tti_block *y_end = m->out->blocks + holder->block_begin + holder->block_count;
    const tti_block *y = first_repeat_block_after(m->out, holder, blocks->a);
    m->piece_count = 0;
    for (size_t k = 0; k < count && blocks[k].a < holder->end; k++) {
        const tti_block *x = &blocks[k];
        while (y < y_end && y->b + y->len <= x->a)
            y++;
        for (const tti_block *z = y; z < y_end && z->b < x->a + x->len; z++) {
            const uint32_t begin = x->a > z->b ? x->a : z->b;
            const uint32_t x_end = x->a + x->len, z_end = z->b + z->len;
            const uint32_t end = x_end < z_end ? x_end : z_end;
            const tti_block joined = {z->a + (begin - z->b), x->b + (begin - x->a), end - begin};
            if (end > begin && append_clipped_block(m, joined, 0, UINT32_MAX) != 0)
                return tti_fail_memory(error, "sections");
        }
    }
    return TT_OK;
}

/* The part of a link's blocks whose a side lies in [begin, end), as the piece at hand. */
static tt_status clip_to_holder(repeat_finder *m, const tti_block *blocks, size_t count,
                                uint32_t begin, uint32_t end, tt_error *error)
{
    m->piece_count = 0;
    for (size_t k = 0; k < count && blocks[k].a < end; k++) {
        const tti_block x = blocks[k];
        const uint32_t from = x.a > begin ? x.a : begin;
        const uint32_t to = x.a + x.len < end ? x.a + x.len : end;
        if (to > from && append_clipped_block(m, (tti_block){from, x.b + (from - x.a), to - from},
                                              0, UINT32_MAX) != 0)
            return tti_fail_memory(error, "sections");
    }
    return TT_OK;
}

/* One uncovered stretch of a document, as blocks: split by what the holder itself repeats. */
static tt_status split_stretch(repeat_finder *m, const tti_shared_passage *link,
                               const tti_block *blocks, size_t count, tt_error *error)
{
    const uint32_t a_begin = blocks[0].a, a_end = blocks[count - 1].a + blocks[count - 1].len;
    /* Places of the holder; within one document, those made so far. */
    const uint64_t first = link->a == link->b ? m->doc_first : m->out->firsts[link->a];
    const uint64_t last = link->a == link->b ? m->doc_in_order : m->out->firsts[link->a + 1];
    uint32_t at = a_begin;
    for (uint64_t k = first_repeat_after(m->out, first, last, a_begin); k < last; k++) {
        const tti_token_repeat holder = m->out->places[k];
        if (holder.begin >= a_end)
            break;
        for (; count > 1 && blocks->a + blocks->len <= at; count--)
            blocks++;
        if (holder.begin > at) {
            TTI_TRY(clip_to_holder(m, blocks, count, at, holder.begin, error));
            TTI_TRY(append_repeat(m, link->b, link->a, error));
        }
        TTI_TRY(trace_through_repeat(m, blocks, count, &holder, error));
        TTI_TRY(append_repeat(m, link->b, holder.of_doc, error));
        at = holder.end > at ? holder.end : at;
    }
    TTI_TRY(clip_to_holder(m, blocks, count, at, a_end, error));
    return append_repeat(m, link->b, link->a, error);
}

/* Puts the places from `sorted` on, nearly always the last of their document, among the others. */
static void insert_repeats_in_order(repeat_finder *m, size_t sorted)
{
    tti_token_repeat *places = m->out->places;
    for (size_t i = sorted; i < m->out->count; i++) {
        const tti_token_repeat x = places[i];
        size_t k = i;
        for (; k > m->doc_first && places[k - 1].begin > x.begin; k--)
            places[k] = places[k - 1];
        places[k] = x;
    }
}

/* Takes what the link covers of its document beyond the places it has already. */
static tt_status append_repeats_of_link(repeat_finder *m, const tti_verified *v,
                                        const tti_shared_passage *link, tt_error *error)
{
    const tti_block *blocks = v->blocks.items + link->block_begin;
    const size_t before = m->out->count;
    uint32_t at = link->b_begin, block = 0;
    m->doc_in_order = before;
    for (uint64_t k = first_repeat_after(m->out, m->doc_first, before, at);
         k <= before && at < link->b_end; k++) {
        const uint32_t next = k < before ? m->out->places[k].begin : link->b_end;
        const uint32_t end = next < link->b_end ? next : link->b_end;
        if (end > at && end - at >= m->min_section / 2) {
            m->piece_count = 0;
            while (block < link->block_count && blocks[block].b + blocks[block].len <= at)
                block++;
            for (uint32_t i = block; i < link->block_count && blocks[i].b < end; i++)
                if (append_clipped_block(m, blocks[i], at, end) != 0)
                    return tti_fail_memory(error, "sections");
            if (m->piece_count > 0) {
                const size_t n = m->piece_count;
                if (tti_reserve(m->out->allocator, &m->stretch, &m->stretch_capacity, n,
                                sizeof *m->stretch) != 0)
                    return tti_fail_memory(error, "sections");
                memcpy(m->stretch, m->piece, n * sizeof *m->stretch);
                TTI_TRY(split_stretch(m, link, m->stretch, n, error));
            }
        }
        if (k < before && m->out->places[k].end > at)
            at = m->out->places[k].end;
    }
    insert_repeats_in_order(m, before);
    return TT_OK;
}

/* The places of one document, from its links. */
static tt_status append_repeats_of_doc(repeat_finder *m, const tti_verified *v, size_t begin,
                                       size_t end, uint32_t doc, tt_error *error)
{
    m->doc_first = m->out->firsts[doc] = m->out->count;
    for (size_t k = begin; k < end; k++)
        TTI_TRY(append_repeats_of_link(m, v, &v->passages.items[k], error));
    m->out->firsts[doc + 1] = m->out->count;
    return TT_OK;
}

static void free_repeat_finder(repeat_finder *m)
{
    tti_release(m->out->allocator, m->piece, m->piece_capacity, sizeof *m->piece);
    tti_release(m->out->allocator, m->stretch, m->stretch_capacity, sizeof *m->stretch);
}

tt_status tti_token_repeats_add_doc(tti_token_repeats *out, const tti_verified *verified,
                                    uint32_t doc, uint32_t min_section, tt_error *error)
{
    repeat_finder m = {.out = out, .min_section = min_section};
    const tt_status status =
        append_repeats_of_doc(&m, verified, 0, verified->passages.count, doc, error);
    free_repeat_finder(&m);
    return status;
}

size_t tti_token_repeats_of_copy(const tti_token_repeat *places, size_t count, uint32_t doc,
                                 uint32_t tokens, uint32_t min_section, tti_token_repeat *out)
{
    uint32_t at = 0;
    size_t n = 0;
    for (size_t k = 0; k <= count; k++) {
        const uint32_t end = k < count ? places[k].begin : tokens;
        if (end >= at + min_section)
            out[n++] = (tti_token_repeat){doc, at, end, doc, at, end, end - at, 0, 0};
        if (k < count) {
            out[n++] = places[k];
            at = places[k].end;
        }
    }
    return n;
}

tt_status tti_token_repeats_find(tti_token_repeats *out, const tti_verified *verified,
                                 size_t doc_count, uint32_t min_section, tt_error *error)
{
    repeat_finder m = {.out = out, .min_section = min_section};
    tt_status status = TT_OK;
    size_t begin = 0;
    out->allocator = verified->allocator;
    out->doc_count = doc_count;
    out->firsts = tti_alloc_zero(out->allocator, doc_count + 1, sizeof *out->firsts);
    if (out->firsts == NULL)
        status = tti_fail_memory(error, "sections");
    for (uint32_t d = 0; d < doc_count && status == TT_OK; d++) {
        size_t end = begin;
        while (end < verified->passages.count && verified->passages.items[end].b == d)
            end++;
        status = append_repeats_of_doc(&m, verified, begin, end, d, error);
        begin = end;
    }
    free_repeat_finder(&m);
    return status;
}

void tti_token_repeats_free(tti_token_repeats *p)
{
    if (p->allocator == NULL)
        return;
    tti_release(p->allocator, p->places, p->capacity, sizeof *p->places);
    tti_release(p->allocator, p->blocks, p->block_capacity, sizeof *p->blocks);
    tti_release(p->allocator, p->firsts, p->doc_count + 1, sizeof *p->firsts);
    memset(p, 0, sizeof *p);
}
