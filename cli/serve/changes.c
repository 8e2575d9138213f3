#include "serve/changes.h"

#include <string.h>

#include "serve/answers.h"

int changes_is_change(const tt_verdict *v)
{
    return v->of.bytes != NULL &&
           (v->kind == TT_VERDICT_CORRECTION || v->kind == TT_VERDICT_UPDATE);
}

static int is_same_id(const tt_id *x, const tt_id *y)
{
    return x->size == y->size && x->flags == y->flags && memcmp(x->bytes, y->bytes, x->size) == 0;
}

int changes_is_version(const tt_verdict *v)
{
    return changes_is_change(v) && is_same_id(&v->id, &v->of);
}

void changes_note(changes *c, const tt_verdict *v, const char *text, const char *of_text)
{
    buffer *id = &c->items[c->next].id, *differ = &c->items[c->next].differ;
    id->size = differ->size = 0;
    (void)buffer_write(id, v->id.bytes, v->id.size);
    answer_differences(differ, v->differences, v->difference_count, text, of_text);
    c->items[c->next].flags = v->id.flags;
    if (id->failed || differ->failed)
        buffer_free(id); /* then it is that of no article */
    else
        c->next = (c->next + 1) % MOST_CHANGES;
}

const buffer *changes_find(const changes *c, const tt_id *id)
{
    for (size_t k = 1; k <= MOST_CHANGES; k++) {
        const size_t at = (c->next + MOST_CHANGES - k) % MOST_CHANGES;
        const tt_id known = {c->items[at].id.bytes, c->items[at].id.size, c->items[at].flags, 0};
        if (known.bytes == NULL)
            return NULL;
        if (is_same_id(&known, id))
            return &c->items[at].differ;
    }
    return NULL;
}

void changes_free(changes *c)
{
    for (size_t k = 0; k < MOST_CHANGES; k++) {
        buffer_free(&c->items[k].id);
        buffer_free(&c->items[k].differ);
    }
}
