/* The alignments that a page embeds, so that it shows the passages that the library found. */
#ifndef CLI_REPORT_ALIGNMENTS_H
#define CLI_REPORT_ALIGNMENTS_H

#include "buffer.h"
#include "report/embedded_texts.h"
#include "report/page_selection.h"

/** Two articles of the result, a before b in the page; the same one twice if it repeats itself. */
typedef struct aligned_pair {
    int64_t block; /**< the greater block of the two texts */
    uint64_t a, b;
} aligned_pair;

/**
 * Lists what a reader of the page can open side by side: listed pairs, members of a cluster beside
 * the kept article and beside the one that ran before, and occurrences of a section beside the
 * first, if both texts are embedded. `published`: seconds of each article, or INT64_MAX. Sorted by
 * block. Owner: the caller, free(). @return 0, or an exit code
 */
int alignments_list(const result_arrays *r, const page_selection *s,
                    const embedded_text *const *text_of, const int64_t *published,
                    aligned_pair **pairs, size_t *count);

/**
 * Writes an alignment as numbers that go on in a JSON array: the count of differing facts and
 * each as its kind and bytes; then the count of segments and the segments of
 * tt_alignment_segments(), then the same for the segments of each passage that has moved. A
 * segment is kind + 4 * (passage + 1), then for either side the bytes between the end of the one
 * before and its begin, its bytes and its tokens. Any thread may call it. @return as tt_align()
 */
tt_status alignment_write(buffer *out, const embedded_text *a, const embedded_text *b,
                          tt_error *error);

#endif
