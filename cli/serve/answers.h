/* What is in an index, as JSON. */
#ifndef CLI_SERVE_ANSWERS_H
#define CLI_SERVE_ANSWERS_H

#include "buffer.h"

/** An article with the verdict that it got, and its text if the index gives it. */
void answer_article(buffer *out, const tt_index_article *article);

void answer_decision(buffer *out, const tt_index_decision *decision);

/** All matches of an article, with numbers, passages and what differs. */
void answer_matches(buffer *out, const tt_verdict *verdict);

/** What differs between two texts, an array with its words. */
void answer_differences(buffer *out, const tt_difference *differences, size_t count,
                        const char *text, const char *of_text);

/** Two texts side by side. */
void answer_alignment(buffer *out, const tt_alignment *alignment);

#endif
