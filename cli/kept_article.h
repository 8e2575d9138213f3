/* Articles that wait for the index, with copies of what the reader lends. */
#ifndef CLI_KEPT_ARTICLE_H
#define CLI_KEPT_ARTICLE_H

#include "twicetold.h"

/** Copies what an article points to into one block, and makes it point there. Owner: the caller,
 * free(). @return NULL: out of memory */
char *article_keep(tt_article *article);

/** The bytes of that block. */
size_t article_bytes(const tt_article *article);

#endif
