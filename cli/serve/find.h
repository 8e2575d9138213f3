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

/** Finds the article whose id is a part of the path: a string, or else an integer, or as `integer`
 * says. The caller has the index, and what *out points to is borrowed as long. @return 0, or -1:
 * the request is answered */
int find_part(request *r, size_t part, tt_index_article *out);

/** @return 0, or -1: out of memory */
int find_keep_id(const tt_id *id, found_id *out);
int find_copy_id(request *r, const tt_id *id, found_id *out);
void find_free(found_id *id);

/** Copies the article whose id is a value of the query, with its text; `integer` names the
 * parameter that says whether it is one. @return likewise */
int find_text(request *r, const char *name, const char *integer, found_article *out);
void find_article_free(found_article *a);

/** Writes `,"differ":` and what differs between two articles of the index, with its words, if their
 * texts are there and of `most` bytes at most. The caller has the index. */
void find_differences(server *s, const tt_id *id, const tt_id *of, size_t most, buffer *out);

/** Answers with two articles side by side. */
void find_compare(request *r, const found_article *a, const found_article *b);

#endif
