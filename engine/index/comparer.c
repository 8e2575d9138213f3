#include "index/comparer.h"

#include "util/error.h"

#include <string.h>

tt_status tti_comparer_open(tti_comparer *c, const tt_options *options, tt_error *error)
{
    memset(c, 0, sizeof *c);
    c->options = options;
    c->notice_reader.allocator = options->allocator;
    tti_candidate_lookup_init(&c->lookup, options->allocator);
    return tti_verifier_open(&c->verifier, options, 0, error);
}

void tti_comparer_close(tti_comparer *c)
{
    if (c->options == NULL)
        return;
    tti_candidate_lookup_free(&c->lookup);
    tti_verifier_close(c->verifier);
    tti_aligner_close(c->self_aligner);
    tti_notice_reader_free(&c->notice_reader);
    memset(c, 0, sizeof *c);
}

void tti_comparer_begin(tti_comparer *c)
{
    c->is_loaded = 0;
}

/* The longer side is loaded, as in a scan; the document itself stays loaded as long as it can. */
tt_status tti_comparer_run(tti_comparer *c, const tti_doc *a, const tti_doc *b,
                           tti_compared_pair *out, tt_error *error)
{
    const int a_longer = a->token_count > b->token_count;
    tti_verified_pair found;
    if (a_longer || !c->is_loaded)
        TTI_TRY(tti_verifier_load(c->verifier, a_longer ? a : b, NULL, error));
    c->is_loaded = !a_longer;
    TTI_TRY(tti_verifier_run(c->verifier, a_longer ? b : a, NULL, &found, error));
    *out = (tti_compared_pair){.pair = a_longer ? tti_pair_swapped(&found.pair) : found.pair,
                               .admitted = found.admission != TTI_NOT_ADMITTED,
                               .facts = found.facts,
                               .notice_evidence = found.notice_evidence,
                               .is_swapped = a_longer,
                               .alignment = found.alignment,
                               .aligned_b = a_longer ? found.alignment.aligned_a
                                                     : found.alignment.aligned_b};
    if (a_longer)
        tti_facts_swap(&out->facts);
    return TT_OK;
}

tt_status tti_compared_pair_add_passages(const tti_compared_pair *p, uint32_t a, uint32_t b,
                                         uint32_t min_section, tti_verified *out, tt_error *error)
{
    const tt_status status = tti_verified_add_passages(out, &p->alignment, p->is_swapped ? b : a,
                                                       p->is_swapped ? a : b, min_section);
    return status == TT_OK ? TT_OK : tti_fail_memory(error, "sections");
}

tt_status tti_comparer_add_own_passages(tti_comparer *c, const tti_doc *doc, uint32_t number,
                                        tti_verified *out, tt_error *error)
{
    tti_alignment al;
    if (c->self_aligner == NULL)
        TTI_TRY(tti_aligner_open(&c->self_aligner, c->options->min_section, c->options->allocator,
                                 error));
    TTI_TRY(tti_aligner_load(c->self_aligner, doc->hashes, doc->token_count, error));
    TTI_TRY(tti_aligner_run_self(c->self_aligner, &al, error));
    if (tti_verified_add_passages(out, &al, number, number, c->options->min_section) != TT_OK)
        return tti_fail_memory(error, "sections");
    return TT_OK;
}
