#include "serve/find.h"

#include <stdlib.h>

#include "memory.h"
#include "serve/answers.h"
#include "serve/server.h"

/* "1" and 1 are two ids, which look the same in an address. The string is meant, unless only the
 * integer is there. */
static int find_article(request *r, const char *bytes, size_t size, tt_index_article *out)
{
    tt_error error = {0};
    tt_id id = {bytes, size, 0, 0};
    tt_status status = tt_index_get(r->server->index, &id, out, &error);
    if (status == TT_OK && out->number == 0) {
        id.flags = TT_ARTICLE_INTEGER_ID;
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
    return find_article(r, r->parts[part].bytes, r->parts[part].size, out);
}

int find_copy_id(request *r, const tt_id *id, found_id *out)
{
    out->bytes = memory_copy(id->bytes, id->size);
    out->id = *id;
    out->id.bytes = out->bytes;
    if (out->bytes == NULL)
        request_fail(r, 503, NULL, "out of memory");
    return out->bytes == NULL ? -1 : 0;
}

void find_free(found_id *id)
{
    free(id->bytes);
}

static int copy_article(request *r, const tt_index_article *article, found_article *out)
{
    if (article->text == NULL) {
        request_fail(r, 409, "make the index with --keep-text", "the index keeps no texts");
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

int find_text(request *r, const char *name, found_article *out)
{
    const piece id = request_value(r, name);
    tt_index_article article;
    int rc = -1;
    if (id.bytes == NULL) {
        request_fail(r, 400, NULL, "give the ids of two articles, a and b");
        return -1;
    }
    server_lock(r->server);
    if (find_article(r, id.bytes, id.size, &article) == 0)
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
