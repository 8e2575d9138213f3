/* The type IndexFeed: a feed into a living index, whose articles are added or only queried, and the
 * verdicts on them. Each batch is a commit: what was added before an exception stays. */
#include "feed.h"
#include "verdicts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COMMIT_ROWS = 1024 }; /* Ctrl-C waits for one commit */

typedef struct index_feed_object {
    feed feed;
    index_object *index;
    verdicts *verdicts; /* NULL: not wanted, or handed over */
    int adds;           /* whether articles are added */
    int lists_matches;  /* and are named so that the index does not know them */
} index_feed_object;

/* Adds to a message what the library cannot know: which articles were not added. */
static void name_first_row(const feed *f, tt_error *error)
{
    const size_t used = strlen(error->message);
    error->where = f->batch->rows[0];
    (void)snprintf(error->message + used, sizeof error->message - used,
                   " (articles from row %" PRIu64 " on were not added)", error->where);
}

/* Gives the articles of the batch ids that no article of the index has, for it lists no matches of
 * an article that it has itself. @return the ids as they were, NULL: out of memory */
static tt_article *rename_articles(batch *t)
{
    size_t size = 0, used = 0;
    tt_article *before;
    char *names;
    for (size_t i = 0; i < t->count; i++)
        size += t->articles[i].id_size + 1;
    before = malloc(t->count * sizeof *before + size);
    if (before == NULL)
        return NULL;
    names = (char *)(before + t->count);
    memcpy(before, t->articles, t->count * sizeof *before);
    for (size_t i = 0; i < t->count; i++) {
        tt_article *a = &t->articles[i];
        if (a->id_size == 0)
            continue;
        names[used] = a->flags & TT_ARTICLE_INTEGER_ID ? MATCH_PREFIX_INTEGER : MATCH_PREFIX_TEXT;
        a->flags &= ~(uint32_t)TT_ARTICLE_INTEGER_ID;
        memcpy(names + used + 1, a->id, a->id_size);
        a->id = names + used;
        a->id_size++;
        used += a->id_size;
    }
    return before;
}

static tt_status query_matches(index_feed_object *x, tt_error *error)
{
    batch *t = x->feed.batch;
    tt_article *before = rename_articles(t);
    tt_status status = TT_ENOMEM;
    if (before == NULL) {
        *error = (tt_error){TT_ENOMEM, UINT64_MAX, "out of memory"};
        return TT_ENOMEM;
    }
    status = tt_index_query(x->index->index, t->articles, t->count, t->statuses,
                            core_verdicts_append, x->verdicts, error);
    memcpy(t->articles, before, t->count * sizeof *before);
    free(before);
    return status;
}

static tt_status judge_batch(feed *f, tt_error *error)
{
    index_feed_object *x = (index_feed_object *)f;
    const batch *t = f->batch;
    tt_index *index = x->index->index;
    tt_verdict_fn emit = x->verdicts != NULL ? core_verdicts_append : NULL;
    tt_status status;
    if (index == NULL) { /* the iterable that is read closed it */
        *error = (tt_error){TT_EINVAL, UINT64_MAX, "the index is closed"};
        return TT_EINVAL;
    }
    if (x->lists_matches)
        status = query_matches(x, error);
    else
        status = (x->adds ? tt_index_add : tt_index_query)(
            index, t->articles, t->count, f->batch->statuses, emit, x->verdicts, error);
    if (status == TT_ESTOPPED) {
        error->status = core_verdicts_failure(x->verdicts) == ENOMEM ? TT_ENOMEM : TT_ELIMIT;
        (void)snprintf(error->message, sizeof error->message, "%s",
                       error->status == TT_ENOMEM ? "out of memory" : "a verdict is over 2 GiB");
        return error->status;
    }
    if (status != TT_OK && x->adds)
        name_first_row(f, error);
    if (status == TT_OK && !f->reading &&
        core_progress(&f->call, x->adds ? "add" : "query", f->rows, 0) != 0)
        return TT_ESTOPPED;
    return status;
}

static void index_feed_dealloc(PyObject *self)
{
    index_feed_object *x = (index_feed_object *)self;
    core_verdicts_release(x->verdicts);
    core_feed_free(&x->feed);
    Py_XDECREF((PyObject *)x->index);
    core_free_object(self);
}

/* IndexFeed(index, adds, names_rows, wants_verdicts, lists_matches, excludes_self, progress) */
static PyObject *index_feed_new(PyTypeObject *type, PyObject *args, PyObject *names)
{
    PyObject *index, *progress;
    int adds, names_rows, wants_verdicts, lists_matches, excludes_self;
    index_feed_object *x;
    (void)names;
    if (!PyArg_ParseTuple(args, "O!pppppO", (PyTypeObject *)core_index_type, &index, &adds,
                          &names_rows, &wants_verdicts, &lists_matches, &excludes_self,
                          &progress) ||
        core_index_require_open((index_object *)index) != 0)
        return NULL;
    x = core_new_object(type);
    if (x == NULL)
        return NULL;
    Py_INCREF(index);
    x->index = (index_object *)index;
    x->adds = adds;
    x->lists_matches = lists_matches && wants_verdicts;
    if (core_feed_init(&x->feed, judge_batch, progress) != 0) {
        Py_DECREF((PyObject *)x);
        return NULL;
    }
    x->feed.batch_rows = COMMIT_ROWS;
    x->feed.names_rows = names_rows;
    x->feed.lasting_ids = !x->lists_matches;
    if (wants_verdicts && (x->verdicts = core_verdicts_new(lists_matches, excludes_self)) == NULL) {
        Py_DECREF((PyObject *)x);
        return PyErr_NoMemory();
    }
    return (PyObject *)x;
}

static PyObject *index_feed_finish(PyObject *self, PyObject *nothing)
{
    index_feed_object *x = (index_feed_object *)self;
    verdicts *v = x->verdicts;
    (void)nothing;
    x->verdicts = NULL;
    if (v == NULL)
        Py_RETURN_NONE;
    return core_verdicts_object(v);
}

static PyMethodDef methods[] = {
    FEED_METHODS,
    {"finish", index_feed_finish, METH_NOARGS, "finish() -> Verdicts, or None"},
    {NULL, NULL, 0, NULL}};

static PyType_Slot slots[] = FEED_SLOTS(index_feed_new, index_feed_dealloc, methods);

PyType_Spec core_index_feed_spec = {.name = "twicetold._core.IndexFeed",
                                    .basicsize = sizeof(index_feed_object),
                                    .flags = Py_TPFLAGS_DEFAULT,
                                    .slots = slots};
