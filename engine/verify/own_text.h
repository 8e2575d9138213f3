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
#include "verify/word_owners.h"

enum {
    TTI_LONGEST_NOTICE = 1000, /**< tokens; two that share more may share a story */
    TTI_NOTICE_EVIDENCE = 3    /**< so much of it tells that what a pair shares is a notice */
};

/**
 * How much the two themselves tell that they share nothing but a notice, from 0 to
 * TTI_NOTICE_EVIDENCE: how many words each has that tell something, where each has its own text in
 * the same place of the shared one, and hardly any of these words are in the other's own text or in
 * the shared one. Own text that comes last may be a notice itself, as under a dispatch that two
 * agencies sign: it is never enough. Nor are flashes beside more than TTI_LONGEST_NOTICE, or whose
 * words the shared text has far away alone: in a long notice any words occur by chance. Or one is
 * nothing but shared text, which frames the unrelated text of the other, as a page that is left
 * empty. `words` is working memory. @return TT_OK, TT_ENOMEM
 */
tt_status tti_notice_evidence(const tti_doc *a, const tti_doc *b, const tti_alignment *alignment,
                              tti_word_owners *words, uint32_t *evidence);

/** True for a token that tells what a text is about: no number, date or name, as datelines and
 * signatures are made of, and no short word, which any two texts have. */
int tti_token_tells(uint8_t flags);

/** Finds the next run of shared tokens from *end on, without strays; `aligned`: a byte a token.
 * @return 0: there is none */
int tti_next_shared_run(const uint8_t *aligned, uint32_t count, uint32_t *begin, uint32_t *end);

#endif
