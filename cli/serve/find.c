#include "serve/find.h"

#include <stdlib.h>

#include "memory.h"
#include "serve/answers.h"
#include "serve/server.h"

/* Finds the article that a word of an address names. "1" and 1 are two ids, which look the same
 * there: a parameter says that the integer is meant, 1, or the string, 0; without it the integer is
 * found where there is no such string. */
static int find_article(request *r, const char *bytes, size_t size, const char *parameter,
                        tt_index_article *out)
{
    enum { EITHER = 2 };
    tt_error error = {0};
    tt_status status = TT_OK;
    uint64_t is_integer = EITHER;
    if (request_number(r, parameter, 1, &is_integer) != 0)
        return -1;
    *out = (tt_index_article){0};
    for (uint32_t flag = is_integer == 1; flag <= (is_integer != 0); flag++) {
        const tt_id id = {bytes, size, flag * TT_ARTICLE_INTEGER_ID, 0};
        if (status == TT_OK && out->number == 0)
            status = tt_index_get(r->server->index, &id, out, &error);
    }
    if (status != TT_OK)
        request_fail_library(r, &error);
    else if (out->number == 0)
        request_fail(r, 404, NULL, "no article has the id \"%.*s\"", (int)(size < 100 ? size : 100),
                     bytes);
    return status == TT_OK && out->number != 0 ? 0 : -1;
}

int find_part(request *r, size_t part, tt_index_article *out)
{
    return find_article(r, r->parts[part].bytes, r->parts[part].size, "integer", out);
}

int find_keep_id(const tt_id *id, found_id *out)
{
    out->bytes = memory_copy(id->bytes, id->size);
    out->id = *id;
    out->id.bytes = out->bytes;
    return out->bytes == NULL ? -1 : 0;
}

int find_copy_id(request *r, const tt_id *id, found_id *out)
{
    const int rc = find_keep_id(id, out);
    if (rc != 0)
        request_fail(r, 503, NULL, "out of memory");
    return rc;
}

void find_free(found_id *id)
{
    free(id->bytes);
}

static int copy_article(request *r, const tt_index_article *article, found_article *out)
{
    if (article->text == NULL) {
        request_fail(r, 409, "an index keeps texts only if it was made to",
                     "the index keeps no texts");
        return -1;
    }
    out->text = memory_copy(article->text, article->text_size);
    out->article = (tt_article){
        .text = out->text, .text_size = article->text_size, .published = article->published};
    answer_article(&out->json, article);
    if (out->text == NULL || out->json.failed) {
        request_fail(r, 503, NULL, "out of memory");
        return -1;
    }
    return 0;
}

int find_text(request *r, const char *name, const char *integer, found_article *out)
{
    const piece id = request_value(r, name);
    tt_index_article article;
    int rc = -1;
    if (id.bytes == NULL) {
        request_fail(r, 400, NULL, "give the ids of two articles, a and b");
        return -1;
    }
    server_lock(r->server);
    if (find_article(r, id.bytes, id.size, integer, &article) == 0)
        rc = copy_article(r, &article, out);
    server_unlock(r->server);
    free(id.bytes);
    return rc;
}

void find_article_free(found_article *a)
{
    buffer_free(&a->json);
    free(a->text);
}

/* A copy of the text of an article. @return NULL: there is none, it is longer, or out of memory */
static char *copy_text(server *s, const tt_id *id, size_t most, tt_article *out)
{
    tt_index_article article;
    char *text = NULL;
    if (tt_index_get(s->index, id, &article, NULL) != TT_OK || article.number == 0 ||
        article.text == NULL || article.text_size > most)
        return NULL;
    text = memory_copy(article.text, article.text_size);
    *out = (tt_article){.text = text, .text_size = article.text_size};
    return text;
}

void find_differences(server *s, const tt_id *id, const tt_id *of, size_t most, buffer *out)
{
    tt_options options = *tt_index_options(s->index);
    tt_article a, b;
    char *text = copy_text(s, id, most, &a), *of_text = NULL;
    tt_alignment *alignment = NULL;
    size_t count;
    options.threads = 1;
    if (text != NULL)
        of_text = copy_text(s, of, most, &b);
    if (of_text != NULL && tt_align(&alignment, &a, &b, &options, 0, NULL) == TT_OK) {
        const tt_difference *d = tt_alignment_differences(alignment, &count);
        buffer_key(out, "differ");
        answer_differences(out, d, count, text, of_text);
    }
    tt_alignment_close(alignment);
    free(text);
    free(of_text);
}

void find_compare(request *r, const found_article *a, const found_article *b)
{
    tt_options options = *tt_index_options(r->server->index); /* they never change */
    tt_alignment *alignment = NULL;
    tt_error error = {0};
    options.threads = 1;
    if (tt_align(&alignment, &a->article, &b->article, &options, 0, &error) != TT_OK) {
        request_fail_library(r, &error);
        return;
    }
    r->status = 200;
    r->type = "application/json";
    buffer_text(&r->answer, "{\"article\":");
    (void)buffer_write(&r->answer, a->json.bytes, a->json.size);
    buffer_text(&r->answer, ",\"of\":");
    (void)buffer_write(&r->answer, b->json.bytes, b->json.size);
    answer_alignment(&r->answer, alignment);
    buffer_text(&r->answer, "}\n");
    tt_alignment_close(alignment);
}
