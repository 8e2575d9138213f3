/*
 * Documents are visited in input order, and the passages of each by the earliest document that has
 * them. What a passage covers of its document, and no earlier one has covered, becomes a repeat.
 * Where the text that it repeats is a repeat itself, the passage is traced through to what that one
 * repeats, token by token. So a text has one reference, however its copies were found.
 */
#include "result/repeats.h"

#include "util/error.h"
#include "util/sort.h"

typedef TTI_ARRAY(tti_block) block_array;

typedef struct repeat_finder {
    tti_token_repeats *out;
    uint32_t min_section;
    uint64_t doc_first; /* the first repeat of the current document */
    uint64_t
        doc_in_order; /* its repeats up to this one are in order; the current passage adds more */
    block_array
        stretch;       /* the blocks of the current passage in a stretch that is not covered yet */
    block_array piece; /* the blocks of the repeat to come */
} repeat_finder;

static uint32_t least(uint32_t x, uint32_t y)
{
    return x < y ? x : y;
}

static uint32_t greatest(uint32_t x, uint32_t y)
{
    return x > y ? x : y;
}

/* Makes the piece a repeat of `of_doc` in `doc` if it is long and dense enough. */
static tt_status append_repeat(repeat_finder *f, uint32_t doc, uint32_t of_doc, tt_error *error)
{
    const tt_allocator *a = f->out->allocator;
    const tti_block *blocks = f->piece.items, *last;
    tti_token_repeat r = {
        doc, 0, 0, of_doc, 0, 0, 0, (uint32_t)f->piece.count, f->out->blocks.count};
    if (f->piece.count == 0)
        return TT_OK;
    last = &tti_array_last(&f->piece);
    r.begin = blocks->b, r.end = last->b + last->len;
    r.of_begin = blocks->a, r.of_end = last->a + last->len;
    for (size_t k = 0; k < f->piece.count; k++)
        r.matched += blocks[k].len;
    if (!tti_is_section(r.of_end - r.of_begin, r.end - r.begin, r.matched, f->min_section))
        return TT_OK;
    TTI_TRY_ALLOC(tti_array_append(&f->out->blocks, a, blocks, f->piece.count), error, "sections");
    TTI_TRY_ALLOC(tti_array_push(&f->out->repeats, a, r), error, "sections");
    return TT_OK;
}

/* The first repeat of [first, last) that ends after token `at`. */
static uint64_t first_repeat_after(const tti_token_repeats *p, uint64_t first, uint64_t last,
                                   uint32_t at)
{
    const tti_token_repeat *repeats = p->repeats.items;
    size_t i;
    TTI_LOWER_BOUND(i, (size_t)first, (size_t)last, repeats[i].end <= at);
    return i;
}

/* Makes the piece what the blocks, whose side a is in `holder`, repeat of what the holder repeats.
 * Both lists of blocks ascend. */
static tt_status trace_through_repeat(repeat_finder *f, const tti_block *blocks, size_t count,
                                      const tti_token_repeat *holder, tt_error *error)
{
    const tti_block *y = f->out->blocks.items + holder->block_begin;
    size_t next;
    TTI_LOWER_BOUND(next, 0, holder->block_count, y[next].b + y[next].len <= blocks->a);
    f->piece.count = 0;
    for (size_t k = 0; k < count && blocks[k].a < holder->end; k++) {
        const tti_block x = blocks[k];
        while (next < holder->block_count && y[next].b + y[next].len <= x.a)
            next++;
        for (size_t i = next; i < holder->block_count && y[i].b < x.a + x.len; i++) {
            const uint32_t begin = greatest(x.a, y[i].b);
            const uint32_t end = least(x.a + x.len, y[i].b + y[i].len);
            if (end > begin)
                TTI_TRY_ALLOC(tti_array_push(&f->piece, f->out->allocator,
                                             (tti_block){y[i].a + (begin - y[i].b),
                                                         x.b + (begin - x.a), end - begin}),
                              error, "sections");
        }
    }
    return TT_OK;
}

/* Makes the piece the part of the blocks whose side a is in [begin, end). */
static tt_status clip_side_a(repeat_finder *f, const tti_block *blocks, size_t count,
                             uint32_t begin, uint32_t end, tt_error *error)
{
    f->piece.count = 0;
    for (size_t k = 0; k < count && blocks[k].a < end; k++) {
        const tti_block x = blocks[k];
        const uint32_t from = greatest(x.a, begin), to = least(x.a + x.len, end);
        if (to > from)
            TTI_TRY_ALLOC(tti_array_push(&f->piece, f->out->allocator,
                                         (tti_block){from, x.b + (from - x.a), to - from}),
                          error, "sections");
    }
    return TT_OK;
}

/* Appends the repeats of the stretch, which is split by the repeats of the document that it is
 * from. */
static tt_status append_repeats_of_stretch(repeat_finder *f, const tti_shared_passage *passage,
                                           tt_error *error)
{
    const tti_block *blocks = f->stretch.items;
    size_t count = f->stretch.count;
    const uint32_t a_begin = blocks[0].a, a_end = blocks[count - 1].a + blocks[count - 1].len;
    /* The repeats of that document; within one document those found so far. */
    const int is_own = passage->a == passage->b;
    const uint64_t first = is_own ? f->doc_first : f->out->firsts[passage->a];
    const uint64_t last = is_own ? f->doc_in_order : f->out->firsts[passage->a + 1];
    uint32_t at = a_begin;
    for (uint64_t k = first_repeat_after(f->out, first, last, a_begin); k < last; k++) {
        const tti_token_repeat holder = f->out->repeats.items[k];
        if (holder.begin >= a_end)
            break;
        for (; count > 1 && blocks->a + blocks->len <= at; count--)
            blocks++;
        if (holder.begin > at) {
            TTI_TRY(clip_side_a(f, blocks, count, at, holder.begin, error));
            TTI_TRY(append_repeat(f, passage->b, passage->a, error));
        }
        TTI_TRY(trace_through_repeat(f, blocks, count, &holder, error));
        TTI_TRY(append_repeat(f, passage->b, holder.of_doc, error));
        at = greatest(holder.end, at);
    }
    TTI_TRY(clip_side_a(f, blocks, count, at, a_end, error));
    return append_repeat(f, passage->b, passage->a, error);
}

/* Appends what the passage covers of its document and no repeat has covered yet. */
static tt_status append_repeats_of_passage(repeat_finder *f, const tti_verified *v,
                                           const tti_shared_passage *passage, tt_error *error)
{
    const tti_block *blocks = v->blocks.items + passage->block_begin;
    const size_t before = f->out->repeats.count;
    uint32_t at = passage->b_begin, block = 0;
    assert(passage->block_begin + passage->block_count <= v->blocks.count);
    f->doc_in_order = before;
    for (uint64_t k = first_repeat_after(f->out, f->doc_first, before, at);
         k <= before && at < passage->b_end; k++) {
        const uint32_t next = k < before ? f->out->repeats.items[k].begin : passage->b_end;
        const uint32_t end = least(next, passage->b_end);
        if (end > at && end - at >= f->min_section / 2) {
            f->stretch.count = 0;
            while (block < passage->block_count && blocks[block].b + blocks[block].len <= at)
                block++;
            for (uint32_t i = block; i < passage->block_count && blocks[i].b < end; i++) {
                const tti_block x = blocks[i];
                const uint32_t from = greatest(x.b, at), to = least(x.b + x.len, end);
                if (to > from)
                    TTI_TRY_ALLOC(tti_array_push(&f->stretch, f->out->allocator,
                                                 (tti_block){x.a + (from - x.b), from, to - from}),
                                  error, "sections");
            }
            if (f->stretch.count > 0)
                TTI_TRY(append_repeats_of_stretch(f, passage, error));
        }
        if (k < before)
            at = greatest(f->out->repeats.items[k].end, at);
    }
    /* Nearly always the new ones come last. */
    for (size_t i = before; i < f->out->repeats.count; i++) {
        tti_token_repeat *repeats = f->out->repeats.items;
        const tti_token_repeat x = repeats[i];
        size_t k = i;
        for (; k > f->doc_first && repeats[k - 1].begin > x.begin; k--)
            repeats[k] = repeats[k - 1];
        repeats[k] = x;
    }
    return TT_OK;
}

/* Appends the repeats of one document, whose passages are [begin, end). */
static tt_status append_repeats_of_doc(repeat_finder *f, const tti_verified *v, size_t begin,
                                       size_t end, uint32_t doc, tt_error *error)
{
    f->doc_first = f->out->firsts[doc] = f->out->repeats.count;
    for (size_t k = begin; k < end; k++) {
        assert(v->passages.items[k].b == doc && v->passages.items[k].a <= doc);
        TTI_TRY(append_repeats_of_passage(f, v, &v->passages.items[k], error));
    }
    f->out->firsts[doc + 1] = f->out->repeats.count;
    return TT_OK;
}

static void free_repeat_finder(repeat_finder *f)
{
    tti_array_free(&f->piece, f->out->allocator);
    tti_array_free(&f->stretch, f->out->allocator);
}

tt_status tti_token_repeats_add_doc(tti_token_repeats *out, const tti_verified *verified,
                                    uint32_t doc, uint32_t min_section, tt_error *error)
{
    repeat_finder f = {.out = out, .min_section = min_section};
    const tt_status status =
        append_repeats_of_doc(&f, verified, 0, verified->passages.count, doc, error);
    free_repeat_finder(&f);
    return status;
}

tt_status tti_token_repeats_find(tti_token_repeats *out, const tti_verified *verified,
                                 size_t doc_count, uint32_t min_section, tt_error *error)
{
    repeat_finder f = {.out = out, .min_section = min_section};
    tt_status status = TT_OK;
    size_t begin = 0;
    out->allocator = verified->allocator;
    out->doc_count = doc_count;
    out->firsts = tti_alloc_zero(out->allocator, doc_count + 1, sizeof *out->firsts);
    TTI_TRY_ALLOC(out->firsts == NULL, error, "sections");
    for (uint32_t d = 0; d < doc_count && status == TT_OK; d++) {
        size_t end = begin;
        while (end < verified->passages.count && verified->passages.items[end].b == d)
            end++;
        status = append_repeats_of_doc(&f, verified, begin, end, d, error);
        begin = end;
    }
    free_repeat_finder(&f);
    return status;
}

size_t tti_token_repeats_of_copy(const tti_token_repeat *repeats, size_t count, uint32_t doc,
                                 uint32_t tokens, uint32_t min_section, tti_token_repeat *out)
{
    uint32_t at = 0;
    size_t n = 0;
    for (size_t k = 0; k <= count; k++) {
        const uint32_t end = k < count ? repeats[k].begin : tokens;
        if (end >= at + min_section)
            out[n++] = (tti_token_repeat){doc, at, end, doc, at, end, end - at, 0, 0};
        if (k < count) {
            out[n++] = repeats[k];
            at = repeats[k].end;
        }
    }
    return n;
}

void tti_token_repeats_free(tti_token_repeats *p)
{
    if (p->allocator == NULL)
        return;
    tti_array_free(&p->repeats, p->allocator);
    tti_array_free(&p->blocks, p->allocator);
    tti_release(p->allocator, p->firsts, p->doc_count + 1, sizeof *p->firsts);
    memset(p, 0, sizeof *p);
}
