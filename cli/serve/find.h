/* The articles that a request names. */
#ifndef CLI_SERVE_FIND_H
#define CLI_SERVE_FIND_H

#include "serve/request.h"

/** A copy of an id. */
typedef struct found_id {
    tt_id id;
    char *bytes;
} found_id;

/** A copy of an article with its text. */
typedef struct found_article {
    tt_article article; /**< what tt_align() needs of it */
    buffer json;        /**< as it is answered, with its text */
    char *text;
} found_article;

/** Finds the article whose id is a part of the path: a string, or else an integer. The caller has
 * the index, and what *out points to is borrowed as long. @return 0, or -1: the request is answered
 */
int find_part(request *r, size_t part, tt_index_article *out);

int find_copy_id(request *r, const tt_id *id, found_id *out);
void find_free(found_id *id);

/** Copies the article whose id is a value of the query, with its text. @return likewise */
int find_text(request *r, const char *name, found_article *out);
void find_article_free(found_article *a);

/** Answers with two articles side by side. */
void find_compare(request *r, const found_article *a, const found_article *b);

#endif
