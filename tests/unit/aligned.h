/* Two texts, tokenized and aligned as the engine does. */
#ifndef TT_TESTS_ALIGNED_H
#define TT_TESTS_ALIGNED_H

#include "align/align.h"
#include "text/tokenizer.h"

#include "../support.h"
#include "util/alloc.h"

typedef struct aligned_texts {
    tti_tokens tokens[2];
    tti_doc docs[2];
    tti_aligner *aligner;
    tti_alignment alignment; /* its passages are the aligner's */
} aligned_texts;

/* They have a passage in common, or the test fails. */
static inline void align_texts(aligned_texts *t, const char *x, const char *y)
{
    const char *const texts[2] = {x, y};
    tti_tokenized_text added;
    memset(t, 0, sizeof *t);
    for (int k = 0; k < 2; k++) {
        tti_tokens_init(&t->tokens[k], &tti_libc_allocator);
        assert_int_equal(tti_tokens_append_text(&t->tokens[k], texts[k], strlen(texts[k]),
                                                TT_PARAGRAPHS_AUTO, 0, &added, NULL),
                         TT_OK);
        t->docs[k] = (tti_doc){.hashes = t->tokens[k].hashes,
                               .flags = t->tokens[k].flags,
                               .token_count = added.token_count};
    }
    assert_int_equal(tti_aligner_open(&t->aligner, 32, &tti_libc_allocator, NULL), TT_OK);
    assert_int_equal(tti_aligner_load(t->aligner, t->docs[1].hashes, t->docs[1].token_count, NULL),
                     TT_OK);
    assert_int_equal(
        tti_aligner_run(t->aligner, t->docs[0].hashes, t->docs[0].token_count, &t->alignment, NULL),
        TT_OK);
    assert_true(t->alignment.passage_count > 0);
}

static inline void aligned_texts_free(aligned_texts *t)
{
    tti_aligner_close(t->aligner);
    tti_tokens_free(&t->tokens[0]);
    tti_tokens_free(&t->tokens[1]);
}

#endif
