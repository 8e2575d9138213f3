/* Sentence starts, well enough to tell a name's capital from a sentence's. */
#ifndef TTI_TEXT_SENTENCES_H
#define TTI_TEXT_SENTENCES_H

#include <stdint.h>

/**
 * Whether the token at `begin` starts a sentence, by the text between it and the token
 * before it, text[before_begin, before_end). The gap is valid UTF-8.
 */
int tti_sentence_begins(const uint8_t *text, uint32_t before_begin, uint32_t before_end,
                        uint32_t begin);

#endif
