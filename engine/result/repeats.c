/*
 * Documents are visited in input order, and the passages of each by the earliest document that has
 * them. What a passage covers of its document, and no earlier one has covered, becomes a piece.
 * Where the text that it repeats is a piece itself, the passage is traced through to what that one
 * repeats, token by token. So a text has one reference, however its copies were found.
 *
 * Pieces alone would cut continuous text wherever an older document happens to have a part of it.
 * So where pieces follow one another, the earliest document that has both in one passage gets that
 * passage as a run. Pieces of the same reference within a run are parts of it.
 */
#include "result/repeats.h"

#include "util/error.h"
#include "util/minmax.h"
#include "util/sort.h"

/* Tokens by which a repeat may be longer than the one that it is a part of. */
#define SLACK 4

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
    TTI_ARRAY(uint8_t) is_open; /* whether the joint after each piece is in no run yet */
} repeat_finder;

/* Makes the piece a repeat of `of_doc` in `doc` if it is long and dense enough. */
static tt_status append_repeat(repeat_finder *f, uint32_t doc, uint32_t of_doc, tt_error *error)
{
    const tt_allocator *a = f->out->allocator;
    const tti_block *blocks = f->piece.items, *last;
    tti_token_repeat r = {.doc = doc,
                          .of_doc = of_doc,
                          .block_count = (uint32_t)f->piece.count,
                          .block_begin = f->out->blocks.count};
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

/* The first piece of [first, last) that ends after token `at`; runs may follow the pieces. */
static uint64_t first_piece_after(const tti_token_repeats *p, uint64_t first, uint64_t last,
                                  uint32_t at)
{
    const tti_token_repeat *repeats = p->repeats.items;
    size_t i;
    TTI_LOWER_BOUND(i, (size_t)first, (size_t)last, !repeats[i].is_run && repeats[i].end <= at);
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
            const uint32_t begin = tti_max(x.a, y[i].b);
            const uint32_t end = tti_min(x.a + x.len, y[i].b + y[i].len);
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
        const uint32_t from = tti_max(x.a, begin), to = tti_min(x.a + x.len, end);
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
    for (uint64_t k = first_piece_after(f->out, first, last, a_begin); k < last; k++) {
        const tti_token_repeat holder = f->out->repeats.items[k];
        if (holder.is_run || holder.begin >= a_end)
            break;
        for (; count > 1 && blocks->a + blocks->len <= at; count--)
            blocks++;
        if (holder.begin > at) {
            TTI_TRY(clip_side_a(f, blocks, count, at, holder.begin, error));
            TTI_TRY(append_repeat(f, passage->b, passage->a, error));
        }
        TTI_TRY(trace_through_repeat(f, blocks, count, &holder, error));
        TTI_TRY(append_repeat(f, passage->b, holder.of_doc, error));
        at = tti_max(holder.end, at);
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
    for (uint64_t k = first_piece_after(f->out, f->doc_first, before, at);
         k <= before && at < passage->b_end; k++) {
        const uint32_t next = k < before ? f->out->repeats.items[k].begin : passage->b_end;
        const uint32_t end = tti_min(next, passage->b_end);
        if (end > at && end - at >= f->min_section / 2) {
            f->stretch.count = 0;
            while (block < passage->block_count && blocks[block].b + blocks[block].len <= at)
                block++;
            for (uint32_t i = block; i < passage->block_count && blocks[i].b < end; i++) {
                const tti_block x = blocks[i];
                const uint32_t from = tti_max(x.b, at), to = tti_min(x.b + x.len, end);
                if (to > from)
                    TTI_TRY_ALLOC(tti_array_push(&f->stretch, f->out->allocator,
                                                 (tti_block){x.a + (from - x.b), from, to - from}),
                                  error, "sections");
            }
            if (f->stretch.count > 0)
                TTI_TRY(append_repeats_of_stretch(f, passage, error));
        }
        if (k < before)
            at = tti_max(f->out->repeats.items[k].end, at);
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

/* ---- Runs ------------------------------------------------------------------------------------ */

/* True if the passage has half of the piece, or of what makes a section. */
static int has_piece(const repeat_finder *f, const tti_shared_passage *passage,
                     const tti_token_repeat *piece)
{
    const uint32_t begin = tti_max(piece->begin, passage->b_begin);
    const uint32_t end = tti_min(piece->end, passage->b_end);
    return end > begin && 2 * (end - begin) >= tti_min(f->min_section, piece->end - piece->begin);
}

/* How many open joints of two neighbouring pieces the passage has, with a good part of both, and no
 * earlier document can have; they stay open if `is_open`. */
static size_t count_joints(repeat_finder *f, const tti_shared_passage *passage, uint8_t is_open)
{
    const tti_token_repeat *pieces = f->out->repeats.items + f->doc_first;
    const size_t count = f->is_open.count;
    size_t joints = 0, k;
    TTI_LOWER_BOUND(k, 0, count, pieces[k].end <= passage->b_begin);
    for (; k < count && pieces[k + 1].begin < passage->b_end; k++)
        if (f->is_open.items[k] && passage->a >= pieces[k].of_doc &&
            passage->a >= pieces[k + 1].of_doc && has_piece(f, passage, &pieces[k]) &&
            has_piece(f, passage, &pieces[k + 1])) {
            f->is_open.items[k] = is_open;
            joints++;
        }
    return joints;
}

/* The repeat of the passage's earlier document that has all of the passage, or NULL. */
static const tti_token_repeat *find_holder(const repeat_finder *f,
                                           const tti_shared_passage *passage)
{
    const tti_token_repeats *p = f->out;
    for (uint64_t k = p->firsts[passage->a]; k < p->firsts[passage->a + 1]; k++) {
        const tti_token_repeat *r = &p->repeats.items[k];
        if (r->begin <= passage->a_begin + SLACK && passage->a_end <= r->end + SLACK)
            return r;
    }
    return NULL;
}

/* True if two repeats of a document share tokens and repeat the same tokens. */
static int share_text(const tti_token_repeat *x, const tti_token_repeat *y)
{
    return x->of_doc == y->of_doc && x->begin < y->end && y->begin < x->end &&
           x->of_begin < y->of_end && y->of_begin < x->of_end;
}

static int is_part_of_run(const tti_token_repeat *piece, const tti_token_repeat *run)
{
    return share_text(piece, run) && run->begin <= piece->begin + SLACK &&
           piece->end <= run->end + SLACK;
}

/* Makes the piece a run, if it is long and dense enough and no other repeat of its document has
 * some of it. */
static tt_status append_run_of(repeat_finder *f, uint32_t doc, uint32_t of_doc, tt_error *error)
{
    const size_t before = f->out->repeats.count, blocks = f->out->blocks.count;
    tti_token_repeat *repeats, *run;
    TTI_TRY(append_repeat(f, doc, of_doc, error));
    repeats = f->out->repeats.items;
    run = &repeats[before];
    for (size_t k = (size_t)f->doc_first; f->out->repeats.count > before && k < before; k++)
        if (share_text(&repeats[k], run) &&
            (repeats[k].is_run || !is_part_of_run(&repeats[k], run))) {
            f->out->repeats.count = before;
            f->out->blocks.count = blocks;
        }
    if (f->out->repeats.count > before)
        run->is_run = 1;
    return TT_OK;
}

/* Appends the passage as a run, of what the text that it is from repeats if that is all of it. */
static tt_status append_run(repeat_finder *f, const tti_verified *v,
                            const tti_shared_passage *passage, tt_error *error)
{
    const tti_block *blocks = v->blocks.items + passage->block_begin;
    const size_t before = f->out->repeats.count;
    const tti_token_repeat *found = find_holder(f, passage);
    if (found != NULL) {
        const tti_token_repeat holder = *found;
        TTI_TRY(trace_through_repeat(f, blocks, passage->block_count, &holder, error));
        TTI_TRY(append_run_of(f, passage->b, holder.of_doc, error));
    }
    if (f->out->repeats.count > before)
        return TT_OK;
    TTI_TRY(clip_side_a(f, blocks, passage->block_count, 0, UINT32_MAX, error));
    return append_run_of(f, passage->b, passage->a, error);
}

TTI_SORT_DEFINE(sort_runs, tti_token_repeat,
                x->begin != y->begin ? x->begin < y->begin
                : x->end != y->end   ? x->end > y->end
                                     : x->of_doc < y->of_doc)

/* Notes what the run repeats in each piece of the document that is a part of one. */
static void find_parts_of_runs(tti_token_repeat *pieces, size_t count, const tti_token_repeat *runs,
                               size_t run_count)
{
    for (size_t k = 0; k < count; k++) {
        tti_token_repeat *x = &pieces[k];
        while (run_count > 0 && runs->end <= x->begin)
            runs++, run_count--;
        for (size_t i = 0; i < run_count && runs[i].begin <= x->begin + SLACK; i++) {
            if (!is_part_of_run(x, &runs[i]))
                continue;
            x->run_begin = runs[i].of_begin;
            x->run_end = runs[i].of_end;
            break;
        }
    }
}

/* True if the text of a piece goes on in the next one, and is not the same text once more. */
static int is_joint(const tti_token_repeat *x)
{
    return x[1].begin - x->end <= TTI_SPLIT_GAP &&
           (x->of_doc != x[1].of_doc || x[1].of_begin + SLACK >= x->of_end ||
            x->of_begin + SLACK >= x[1].of_end);
}

/* Appends the runs of the document, whose passages are [begin, end) and whose pieces are there. */
static tt_status append_runs_of_doc(repeat_finder *f, const tti_verified *v, size_t begin,
                                    size_t end, uint32_t doc, tt_error *error)
{
    const size_t first_run = f->out->repeats.count, count = first_run - (size_t)f->doc_first;
    size_t open = 0;
    if (count < 2)
        return TT_OK;
    TTI_TRY_ALLOC(tti_array_resize(&f->is_open, f->out->allocator, count - 1), error, "sections");
    for (size_t k = 0; k + 1 < count; k++) {
        f->is_open.items[k] = (uint8_t)is_joint(&f->out->repeats.items[f->doc_first + k]);
        open += f->is_open.items[k];
    }
    for (size_t k = begin; k < end && open > 0; k++) {
        const tti_shared_passage *passage = &v->passages.items[k];
        const size_t before = f->out->repeats.count;
        if (passage->a == doc || count_joints(f, passage, 1) == 0)
            continue;
        TTI_TRY(append_run(f, v, passage, error));
        if (f->out->repeats.count > before)
            open -= count_joints(f, passage, 0);
    }
    sort_runs(f->out->repeats.items + first_run, f->out->repeats.count - first_run);
    find_parts_of_runs(f->out->repeats.items + f->doc_first, count,
                       f->out->repeats.items + first_run, f->out->repeats.count - first_run);
    return TT_OK;
}

/* ---- Documents ------------------------------------------------------------------------------- */

/* Appends the repeats of one document, whose passages are [begin, end). */
static tt_status append_repeats_of_doc(repeat_finder *f, const tti_verified *v, size_t begin,
                                       size_t end, uint32_t doc, tt_error *error)
{
    f->doc_first = f->out->firsts[doc] = f->out->repeats.count;
    for (size_t k = begin; k < end; k++) {
        assert(v->passages.items[k].b == doc && v->passages.items[k].a <= doc);
        TTI_TRY(append_repeats_of_passage(f, v, &v->passages.items[k], error));
    }
    TTI_TRY(append_runs_of_doc(f, v, begin, end, doc, error));
    f->out->firsts[doc + 1] = f->out->repeats.count;
    for (size_t k = f->doc_first; k < f->out->repeats.count; k++) {
        const tti_token_repeat *r = &f->out->repeats.items[k];
        assert(r->begin < r->end && r->of_doc <= doc);
        assert(k == f->doc_first || r[-1].is_run < r->is_run ||
               (r[-1].is_run == r->is_run && (r->is_run ? r[-1].begin : r[-1].end) <= r->begin));
        (void)r;
    }
    return TT_OK;
}

static void free_repeat_finder(repeat_finder *f)
{
    tti_array_free(&f->piece, f->out->allocator);
    tti_array_free(&f->stretch, f->out->allocator);
    tti_array_free(&f->is_open, f->out->allocator);
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
    const tti_token_repeat whole = {
        .doc = doc, .end = tokens, .of_doc = doc, .of_end = tokens, .matched = tokens, .is_run = 1};
    uint32_t at = 0;
    int is_cut = 1;
    size_t n = 0;
    for (size_t k = 0; k < count; k++) /* all of it is one repeat already */
        is_cut &= repeats[k].end - repeats[k].begin + SLACK < tokens;
    for (size_t k = 0; k <= count; k++) {
        const int is_end = k == count || repeats[k].is_run;
        const uint32_t end = is_end ? tokens : repeats[k].begin;
        if (end >= at + min_section) {
            out[n] = whole;
            out[n].begin = out[n].of_begin = at;
            out[n].end = out[n].of_end = end;
            out[n].matched = end - at;
            out[n].is_run = 0;
            out[n].run_end = is_cut && end - at < tokens ? tokens : 0;
            n++;
        }
        at = is_end ? tokens : repeats[k].end;
        if (k < count)
            out[n++] = repeats[k];
    }
    if (is_cut && count > 0 && tokens >= min_section)
        out[n++] = whole;
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
