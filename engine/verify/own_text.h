/*
 * What two aligned articles each have for themselves. Where neither tells of what the other tells,
 * nor of what they share, the shared text is a notice: a paywall under two teasers, the letterhead
 * of two releases. A copy of a dispatch under another headline, or with another caption, has words
 * of its own too, but they are about the same thing.
 */
#ifndef TTI_VERIFY_OWN_TEXT_H
#define TTI_VERIFY_OWN_TEXT_H

#include "align/align.h"
#include "corpus/corpus.h"

enum {
    TTI_LONGEST_NOTICE = 250, /**< tokens; two that share more share a story */
    TTI_COMPARED_WORDS = 3 * TTI_LONGEST_NOTICE
};

/** Working memory: hashes with what has them. */
typedef struct tti_own_text_words {
    size_t count;
    uint64_t items[TTI_COMPARED_WORDS];
} tti_own_text_words;

/**
 * True if the two share nothing but a notice, as far as they themselves can tell: each has a text
 * in one place, of words that mostly neither the other nor the shared text has; or one is nothing
 * but shared text, which frames the unrelated text of the other, as a page that is left empty.
 */
int tti_share_only_notice(const tti_doc *a, const tti_doc *b, const tti_alignment *alignment,
                          tti_own_text_words *words);

/** Finds the next run of shared tokens from *end on, without strays; `aligned`: a byte a token.
 * @return 0: there is none */
int tti_next_shared_run(const uint8_t *aligned, uint32_t count, uint32_t *begin, uint32_t *end);

#endif
