/* The commands that read the articles of an index, and decisions for those that write them. */
#ifndef CLI_CMD_INDEX_ARTICLES_H
#define CLI_CMD_INDEX_ARTICLES_H

#include "settings.h"

/** Stores the decisions of --decisions in an index. @return 0, or an exit code */
int decisions_store(const char *index_path, const settings *s);

#endif
