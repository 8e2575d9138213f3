/*
 * Places on demand. A place repeats the earliest holder of a text, so the places of an article
 * follow from those of the articles it is linked to, and so on back. They are kept with each
 * document that was asked for, and made anew when something was removed since: an addition changes
 * nothing, since later articles are never referred to.
 */
#include "index/classify.h"
#include "util/alloc.h"
#include "util/error.h"

#include <stdlib.h>
#include <string.h>

/* ---- Candidates ------------------------------------------------------------------------------ */

static uint32_t own_home(const tti_classify_scratch *h, size_t i)
{
    const tti_minimizers *s = &h->sample;
    return (s->keys[s->places[i]] * 0x9E3779B1u ^ s->parts[s->places[i]]) &
           (uint32_t)(h->own.slot_count - 1);
}

static int same_seed(const tti_minimizers *s, size_t i, size_t k)
{
    return s->keys[s->places[i]] == s->keys[s->places[k]] &&
           ((s->parts[s->places[i]] ^ s->parts[s->places[k]]) & (TTI_POSTINGS_PARTITIONS - 1)) == 0;
}

static tt_status clear_own(const tt_allocator *a, tti_classify_scratch *h, tt_error *error)
{
    size_t slots = 64;
    while (slots < h->sample.count * 2)
        slots *= 2;
    if (tti_reserve(a, &h->own.slots, &h->own.capacity, slots, sizeof *h->own.slots))
        return tti_fail_memory(error, "seeds");
    h->own.slot_count = slots;
    memset(h->own.slots, 0, slots * sizeof *h->own.slots);
    return TT_OK;
}

/* The place where the i-th seed stands first in its own document. Asked for in order. */
static uint32_t own_first(tti_classify_scratch *h, size_t i)
{
    uint32_t at = own_home(h, i);
    for (; h->own.slots[at] != 0; at = (at + 1) & (uint32_t)(h->own.slot_count - 1))
        if (same_seed(&h->sample, h->own.slots[at] - 1, i))
            return h->sample.places[h->own.slots[at] - 1];
    h->own.slots[at] = (uint32_t)i + 1;
    return h->sample.places[i];
}

/* As a batch counts a live seed (seed/candidates.c), among the documents before b. */
static void count_seed(const tti_postings *seeds, tti_classify_scratch *h, uint32_t b, size_t i,
                       int pairs)
{
    const uint32_t here = h->sample.places[i], own = own_first(h, i);
    tti_doc_position
        p[TTI_SEED_MAX_POSTINGS + 1]; /* one more, to know whether there are more before b */
    size_t n = tti_postings_find(seeds, &h->sample, i, p, TTI_SEED_MAX_POSTINGS + 1);
    if (n == 0 || p[0].doc >= b) {
        if (own < here)
            tti_seed_counts_extend_run(&h->tally, b, here, own);
        return;
    }
    tti_seed_counts_extend_run(&h->tally, p[0].doc, here, p[0].pos);
    if (!pairs)
        return;
    if (n > TTI_SEED_MAX_POSTINGS && p[TTI_SEED_MAX_POSTINGS].doc < b)
        n = TTI_SEED_FIRST_POSTINGS;
    for (size_t k = 0; k < n && p[k].doc < b; k++)
        if (k == 0 || p[k].doc != p[k - 1].doc)
            tti_seed_counts_add_shared(&h->tally, p[k].doc, here);
}

tt_status tti_candidate_lookup(const tti_classifier *j, tti_classify_scratch *h, const tti_doc *doc,
                               uint32_t b, int pairs, tt_error *error)
{
    tti_seed_rules rules = j->rules;
    tti_seed_counts *t = &h->tally;
    rules.counts = j->table->counts;
    t->found.count = t->found.skipped_count = 0;
    t->status = TT_OK;
    TTI_TRY(tti_minimizers_find(&h->sample, doc, j->options->seed, j->allocator, error));
    TTI_TRY(clear_own(j->allocator, h, error));
    tti_postings_prefetch(&j->table->seeds, &h->sample);
    for (size_t i = 0; i < h->sample.count; i++)
        count_seed(&j->table->seeds, h, b, i, pairs);
    tti_seed_counts_select(t, &rules, b, (uint32_t)h->sample.count);
    if (t->status != TT_OK)
        return tti_fail_memory(error, "candidates");
    return tti_candidates_sort_unique(&t->found, error);
}

/* ---- Links ----------------------------------------------------------------------------------- */

tt_status tti_link_to_itself(const tti_classifier *j, tti_classify_scratch *scratch,
                             const tti_doc *doc, uint32_t b, tti_verified *out, tt_error *error)
{
    tti_alignment al;
    if (scratch->self == NULL)
        TTI_TRY(tti_aligner_open(&scratch->self, j->allocator, error));
    TTI_TRY(tti_aligner_load(scratch->self, doc->hashes, doc->token_count, error));
    TTI_TRY(tti_aligner_run_self(scratch->self, &al, error));
    if (tti_verified_add_passages(out, &al, b, b, j->options->min_section) != TT_OK)
        return tti_fail_memory(error, "sections");
    return TT_OK;
}

/* The links of a document of the shelf with its holders, the longer side loaded as a batch does. */
static tt_status link_holders(tti_classifier *j, const tti_repeats_frame *f, tt_error *error)
{
    const tti_doc b = tti_article_table_doc(j->table, f->doc);
    int loaded = 0;
    j->others.passages.count = j->others.blocks.count = 0;
    for (size_t k = f->begin; k < f->end; k++) {
        const uint32_t other = j->holders[k];
        const tti_doc a = other == f->doc ? b : tti_article_table_doc(j->table, other);
        const int a_longer = a.token_count > b.token_count;
        tti_verified_pair found;
        if (other == f->doc) {
            TTI_TRY(tti_link_to_itself(j, j->scratches, &b, f->doc, &j->others, error));
            continue;
        }
        if (a_longer || !loaded)
            TTI_TRY(tti_verifier_load(j->scratches->verifier, a_longer ? &a : &b, NULL, error));
        loaded = !a_longer;
        TTI_TRY(tti_verifier_run(j->scratches->verifier, a_longer ? &b : &a, NULL, &found, error));
        if (tti_verified_add_passages(&j->others, &found.alignment, a_longer ? f->doc : other,
                                      a_longer ? other : f->doc, j->options->min_section) != TT_OK)
            return tti_fail_memory(error, "sections");
    }
    tti_verified_sort_passages(&j->others);
    return TT_OK;
}

/* ---- Places ---------------------------------------------------------------------------------- */

static int by_number(const void *x, const void *y)
{
    const uint32_t p = *(const uint32_t *)x, q = *(const uint32_t *)y;
    return (p > q) - (p < q);
}

static int add_local(tti_classifier *j, uint32_t doc)
{
    if (tti_reserve(j->allocator, &j->local, &j->local_capacity, j->local_count + 1,
                    sizeof *j->local) != 0)
        return -1;
    j->local[j->local_count++] = doc;
    return 0;
}

static uint32_t local_of(const tti_classifier *j, uint32_t doc)
{
    const uint32_t *found = bsearch(&doc, j->local, j->local_count, sizeof *j->local, by_number);
    return (uint32_t)(found - j->local);
}

/* All documents that the links and the holders' places speak of, and b. */
static tt_status list_local(tti_classifier *j, const tti_verified *links, uint32_t b,
                            tt_error *error)
{
    size_t kept = 0;
    int failed = 0;
    j->local_count = 0;
    failed |= add_local(j, b);
    for (size_t k = 0; k < links->passages.count; k++) {
        const uint32_t a = links->passages.items[k].a;
        failed |= add_local(j, a);
        if (a == b || (k > 0 && links->passages.items[k - 1].a == a))
            continue;
        for (size_t i = 0; i < tti_article_table_group(j->table, a)->cached.count; i++)
            failed |= add_local(j, tti_article_table_group(j->table, a)->cached.places[i].of_doc);
    }
    if (failed)
        return tti_fail_memory(error, "sections");
    qsort(j->local, j->local_count, sizeof *j->local, by_number);
    for (size_t k = 0; k < j->local_count; k++)
        if (k == 0 || j->local[k] != j->local[k - 1])
            j->local[kept++] = j->local[k];
    j->local_count = kept;
    return TT_OK;
}

/* Puts a memo's places into the small world of one computation. */
static tt_status import_memo(const tti_classifier *j, const tti_cached_repeats *m, uint32_t doc,
                             tti_token_repeats *out, tt_error *error)
{
    if (tti_reserve(out->allocator, &out->places, &out->capacity, out->count + m->count,
                    sizeof *out->places) != 0 ||
        tti_reserve(out->allocator, &out->blocks, &out->block_capacity,
                    out->block_count + m->block_count, sizeof *out->blocks) != 0)
        return tti_fail_memory(error, "sections");
    for (size_t k = 0; k < m->count; k++) {
        tti_token_repeat p = m->places[k];
        p.doc = doc;
        p.of_doc = local_of(j, p.of_doc);
        p.block_begin += out->block_count;
        out->places[out->count++] = p;
    }
    if (m->block_count > 0)
        memcpy(out->blocks + out->block_count, m->blocks, m->block_count * sizeof *m->blocks);
    out->block_count += m->block_count;
    return TT_OK;
}

/* Takes the places of the last document out again, with their blocks. */
static tt_status export_places(tti_classifier *j, const tti_token_repeats *from, size_t first_block,
                               uint32_t b, tt_error *error)
{
    const size_t first = from->firsts[from->doc_count - 1];
    j->place_count = from->count - first;
    j->block_count = from->block_count - first_block;
    if (tti_reserve(j->allocator, &j->places, &j->place_capacity, j->place_count,
                    sizeof *j->places) != 0 ||
        tti_reserve(j->allocator, &j->blocks, &j->block_capacity, j->block_count,
                    sizeof *j->blocks) != 0)
        return tti_fail_memory(error, "sections");
    for (size_t k = 0; k < j->place_count; k++) {
        tti_token_repeat p = from->places[first + k];
        p.doc = b;
        p.of_doc = j->local[p.of_doc];
        p.block_begin -= first_block;
        j->places[k] = p;
    }
    if (j->block_count > 0)
        memcpy(j->blocks, from->blocks + first_block, j->block_count * sizeof *j->blocks);
    return TT_OK;
}

static tt_status fill_places(tti_classifier *j, tti_verified *links, uint32_t b,
                             tti_token_repeats *p, tt_error *error)
{
    size_t next = 0, first_block;
    for (uint32_t d = 0; d + 1 < p->doc_count; d++) {
        p->firsts[d] = p->count;
        while (next < links->passages.count && links->passages.items[next].a < j->local[d])
            next++;
        if (next < links->passages.count && links->passages.items[next].a == j->local[d])
            TTI_TRY(import_memo(j, &tti_article_table_group(j->table, j->local[d])->cached, d, p,
                                error));
    }
    p->firsts[p->doc_count - 1] = p->count;
    for (size_t k = 0; k < links->passages.count; k++) {
        links->passages.items[k].a = local_of(j, links->passages.items[k].a);
        links->passages.items[k].b = (uint32_t)p->doc_count - 1;
    }
    first_block = p->block_count;
    TTI_TRY(tti_token_repeats_add_doc(p, links, (uint32_t)p->doc_count - 1, j->options->min_section,
                                      error));
    return export_places(j, p, first_block, b, error);
}

tt_status tti_repeats_from_links(tti_classifier *j, tti_verified *links, uint32_t b,
                                 tt_error *error)
{
    tti_token_repeats p = {.allocator = j->allocator};
    tt_status status;
    j->place_count = j->block_count = 0;
    if (links->passages.count == 0)
        return TT_OK;
    TTI_TRY(list_local(j, links, b, error));
    p.doc_count = j->local_count;
    p.firsts = tti_alloc_zero(j->allocator, p.doc_count + 1, sizeof *p.firsts);
    if (p.firsts == NULL)
        return tti_fail_memory(error, "sections");
    status = fill_places(j, links, b, &p, error);
    tti_token_repeats_free(&p);
    return status;
}

void tti_repeats_cache_store(tti_classifier *j, uint32_t doc)
{
    const tt_allocator *a = j->allocator;
    tti_cached_repeats *m = &tti_article_table_group(j->table, doc)->cached;
    tti_cached_repeats made = {
        .epoch = j->table->epoch, .count = j->place_count, .block_count = j->block_count};
    if (made.count > 0) {
        made.places = tti_alloc(a, made.count, sizeof *made.places);
        made.blocks = tti_alloc(a, made.block_count, sizeof *made.blocks);
        if (made.places == NULL || made.blocks == NULL) { /* it will be made when it is needed */
            tti_release(a, made.places, made.count, sizeof *made.places);
            tti_release(a, made.blocks, made.block_count, sizeof *made.blocks);
            made = (tti_cached_repeats){0};
        } else {
            memcpy(made.places, j->places, made.count * sizeof *made.places);
            memcpy(made.blocks, j->blocks, made.block_count * sizeof *made.blocks);
        }
    }
    for (size_t k = 0; k < made.count; k++)
        made.places[k].doc = doc;
    tti_release(a, m->places, m->count, sizeof *m->places);
    tti_release(a, m->blocks, m->block_count, sizeof *m->blocks);
    *m = made;
}

/* ---- The way back ---------------------------------------------------------------------------- */

static tt_status push_frame(tti_classifier *j, uint32_t doc, tt_error *error)
{
    if (tti_reserve(j->allocator, &j->frames, &j->frame_capacity, j->frame_count + 1,
                    sizeof *j->frames) != 0)
        return tti_fail_memory(error, "sections");
    j->frames[j->frame_count++] = (tti_repeats_frame){doc, 0, 0, 0, 0};
    return TT_OK;
}

static tt_status find_holders(tti_classifier *j, tti_repeats_frame *f, tt_error *error)
{
    const tti_doc doc = tti_article_table_doc(j->table, f->doc);
    const tti_candidates *c = &j->scratches->tally.found;
    TTI_TRY(tti_candidate_lookup(j, j->scratches, &doc, f->doc, 0, error));
    f->begin = f->at = j->holder_count;
    if (tti_reserve(j->allocator, &j->holders, &j->holder_capacity, j->holder_count + c->count,
                    sizeof *j->holders) != 0)
        return tti_fail_memory(error, "sections");
    for (size_t k = 0; k < c->count; k++)
        j->holders[j->holder_count++] = tti_candidate_a(c->packed[k]);
    f->end = j->holder_count;
    f->known = 1;
    return TT_OK;
}

static int has_cached_repeats(const tti_classifier *j, uint32_t doc)
{
    return tti_article_table_group(j->table, doc)->cached.epoch == j->table->epoch;
}

static tt_status fill_cached_repeats(tti_classifier *j, uint32_t doc, tt_error *error)
{
    j->frame_count = j->holder_count = 0;
    TTI_TRY(push_frame(j, doc, error));
    while (j->frame_count > 0) {
        tti_repeats_frame *f = &j->frames[j->frame_count - 1];
        if (!f->known)
            TTI_TRY(find_holders(j, f, error));
        while (f->at < f->end &&
               (j->holders[f->at] == f->doc || has_cached_repeats(j, j->holders[f->at])))
            f->at++;
        if (f->at < f->end) {
            TTI_TRY(push_frame(j, j->holders[f->at], error));
            continue;
        }
        TTI_TRY(link_holders(j, f, error));
        TTI_TRY(tti_repeats_from_links(j, &j->others, f->doc, error));
        tti_repeats_cache_store(j, f->doc);
        if (!has_cached_repeats(j, f->doc))
            return tti_fail_memory(error, "sections");
        j->holder_count = f->begin;
        j->frame_count--;
    }
    return TT_OK;
}

tt_status tti_repeats_cache_fill(tti_classifier *j, const uint32_t *docs, size_t count,
                                 tt_error *error)
{
    for (size_t k = 0; k < count; k++)
        if (!has_cached_repeats(j, docs[k]))
            TTI_TRY(fill_cached_repeats(j, docs[k], error));
    return TT_OK;
}
