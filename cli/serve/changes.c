#include "serve/changes.h"

#include "serve/answers.h"
#include "util/id.h"

int changes_is_change(const tt_verdict *v)
{
    return v->of.bytes != NULL &&
           (v->kind == TT_VERDICT_CORRECTION || v->kind == TT_VERDICT_UPDATE);
}

int changes_is_version(const tt_verdict *v, const tt_id *replacing)
{
    return changes_is_change(v) &&
           (tti_id_equal(v->of, v->id) || (replacing->size > 0 && tti_id_equal(v->of, *replacing)));
}

static void free_change(change *x)
{
    buffer_free(&x->id);
    buffer_free(&x->of);
    buffer_free(&x->differ);
}

void changes_note(changes *c, const tt_verdict *v, const char *text, const char *of_text)
{
    change *x = &c->items[c->next];
    x->id.size = x->of.size = x->differ.size = 0;
    (void)buffer_write(&x->id, v->id.bytes, v->id.size);
    (void)buffer_write(&x->of, v->of.bytes, v->of.size);
    answer_differences(&x->differ, v->differences, v->difference_count, text, of_text);
    x->flags = v->id.flags;
    x->of_flags = v->of.flags;
    if (x->id.failed || x->of.failed || x->differ.failed)
        free_change(x); /* then it is that of no article */
    else
        c->next = (c->next + 1) % MOST_CHANGES;
}

const buffer *changes_find(const changes *c, const tt_id *id, const tt_id *of)
{
    for (size_t k = 1; k <= MOST_CHANGES; k++) {
        const change *x = &c->items[(c->next + MOST_CHANGES - k) % MOST_CHANGES];
        const tt_id known = {x->id.bytes, x->id.size, x->flags, 0},
                    known_of = {x->of.bytes, x->of.size, x->of_flags, 0};
        if (known.bytes == NULL)
            return NULL;
        if (tti_id_equal(known, *id) && tti_id_equal(known_of, *of))
            return &x->differ;
    }
    return NULL;
}

void changes_free(changes *c)
{
    for (size_t k = 0; k < MOST_CHANGES; k++)
        free_change(&c->items[k]);
}
