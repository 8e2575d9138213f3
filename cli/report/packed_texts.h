/* The texts of a page and the alignments of every two of them, as packed blocks. */
#ifndef CLI_REPORT_PACKED_TEXTS_H
#define CLI_REPORT_PACKED_TEXTS_H

#include "report/html.h"

/**
 * Writes the blocks "texts-0" and so on, {"texts":[article, text, ...],"aligned":[[article,
 * article, alignment...], ...]}, where an alignment is in the later block of its two texts; and
 * the blocks "windows-0" and so on, [article, first byte, text, ...]. The bytes are the same for
 * any number of threads. @return 0, or an exit code
 */
int packed_texts_write(const page *p, output *out);

#endif
