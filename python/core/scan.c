/* The type Scan: a feed into a tt_scan, and at its end a result. */
#include "feed.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/*
 * The scan, and its last stages on a thread of theirs: the thread that called waits for them and
 * looks for Ctrl-C meanwhile. Where it comes, the call ends at once, and the scan at the end of its
 * stage. The last of the two threads frees what they share.
 */
typedef struct scan_job {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int references;
    feed *feed; /* which is told of progress while articles are added; NULL afterwards */
    tt_scan *scan;
    tt_result *result;
    tt_error error;
    tt_status status;
    int is_done, is_stopped;
    int has_news; /* of progress, until the thread that called has heard them */
    const char *stage;
    uint64_t done, total;
} scan_job;

typedef struct scan_object {
    feed feed;
    scan_job *job;
} scan_object;

static scan_job *new_job(feed *f)
{
    scan_job *job = calloc(1, sizeof *job);
    if (job == NULL)
        return NULL;
    (void)pthread_mutex_init(&job->lock, NULL);
    (void)pthread_cond_init(&job->changed, NULL);
    job->references = 1;
    job->feed = f;
    return job;
}

static void release_job(scan_job *job)
{
    int left;
    if (job == NULL)
        return;
    (void)pthread_mutex_lock(&job->lock);
    left = --job->references;
    (void)pthread_mutex_unlock(&job->lock);
    if (left > 0)
        return;
    tt_result_close(job->result);
    tt_scan_close(job->scan);
    (void)pthread_cond_destroy(&job->changed);
    (void)pthread_mutex_destroy(&job->lock);
    free(job);
}

static int scan_progress(void *ctx, const char *stage, uint64_t done, uint64_t total)
{
    scan_job *job = ctx;
    feed *f = job->feed;
    int stopped;
    if (f != NULL)
        return f->reading && strcmp(stage, "text") == 0
                   ? f->call.raised
                   : core_progress(&f->call, stage, done, total);
    (void)pthread_mutex_lock(&job->lock);
    job->stage = stage;
    job->done = done;
    job->total = total;
    job->has_news = 1;
    (void)pthread_cond_broadcast(&job->changed);
    while (job->has_news && !job->is_stopped)
        (void)pthread_cond_wait(&job->changed, &job->lock);
    stopped = job->is_stopped;
    (void)pthread_mutex_unlock(&job->lock);
    return stopped;
}

static void *run_last_stages(void *ctx)
{
    scan_job *job = ctx;
    tt_result *result = NULL;
    tt_error error = {0};
    const tt_status status = tt_scan_finish(job->scan, &result, &error);
    (void)pthread_mutex_lock(&job->lock);
    job->status = status;
    job->result = result;
    job->error = error;
    job->is_done = 1;
    (void)pthread_cond_broadcast(&job->changed);
    (void)pthread_mutex_unlock(&job->lock);
    release_job(job);
    return NULL;
}

/* Waits until the last stages are done. @return 0, or -1: raised, by Ctrl-C or the progress
 * function, and the stages are stopped at the end of the present one */
static int wait_for_last_stages(feed *f, scan_job *job)
{
    enum { LOOK_NANOSECONDS = 50 * 1000 * 1000 };
    int failed = 0;
    (void)pthread_mutex_lock(&job->lock);
    while (!job->is_done && !failed) {
        struct timespec until;
        int news;
        (void)clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += LOOK_NANOSECONDS;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        if (!job->has_news)
            (void)pthread_cond_timedwait(&job->changed, &job->lock, &until);
        if (job->is_done)
            break;
        news = job->has_news;
        (void)pthread_mutex_unlock(&job->lock);
        if (news) { /* the other thread waits */
            failed = core_progress(&f->call, job->stage, job->done, job->total);
        } else {
            core_acquire_gil(&f->call);
            failed = PyErr_CheckSignals() != 0;
            core_release_gil(&f->call);
        }
        (void)pthread_mutex_lock(&job->lock);
        job->is_stopped = failed;
        if (news || failed) {
            job->has_news = 0;
            (void)pthread_cond_broadcast(&job->changed);
        }
    }
    (void)pthread_mutex_unlock(&job->lock);
    return failed ? -1 : 0;
}

static tt_status add_batch(feed *f, tt_error *error)
{
    batch *t = f->batch;
    return tt_scan_add(((scan_object *)f)->job->scan, t->articles, t->count, t->statuses, error);
}

static void scan_dealloc(PyObject *self)
{
    scan_object *s = (scan_object *)self;
    Py_BEGIN_ALLOW_THREADS;
    release_job(s->job);
    Py_END_ALLOW_THREADS;
    core_feed_free(&s->feed);
    core_free_object(self);
}

/* Scan(options, sources, progress) */
static PyObject *scan_new(PyTypeObject *type, PyObject *args, PyObject *names)
{
    PyObject *dict, *sources, *progress;
    tt_options options = TT_OPTIONS_INIT;
    tt_error error = {0};
    scan_object *s;
    (void)names;
    if (!PyArg_ParseTuple(args, "O!OO", &PyDict_Type, &dict, &sources, &progress) ||
        core_options_from_dict(&options, dict) != 0)
        return NULL;
    s = core_new_object(type);
    if (s == NULL)
        return NULL;
    if (sources != Py_None)
        options.keep_sources = PyBytes_AsString(sources);
    s->feed.unique_ids = 1;
    options.progress = scan_progress;
    options.progress_ctx = s->job = new_job(&s->feed);
    if (s->job == NULL)
        (void)PyErr_NoMemory();
    else if (core_feed_init(&s->feed, add_batch, progress) == 0 &&
             tt_scan_open(&s->job->scan, &options, &error) == TT_OK)
        return (PyObject *)s;
    if (!PyErr_Occurred())
        (void)core_raise(&error);
    Py_DECREF((PyObject *)s);
    return NULL;
}

/* Where no article has an id the names of rows are numbers again. */
static PyObject *new_result(const feed *f, tt_result *result)
{
    const uint64_t articles = tt_result_article_count(result);
    const int rows_alone = articles > 0 && f->ids == 0;
    return core_result_new(result,
                           rows_alone           ? "l"
                           : f->ids == articles ? f->id_format
                                                : "u",
                           rows_alone ? strlen(ROW_PREFIX) : 0);
}

static PyObject *scan_finish(PyObject *self, PyObject *nothing)
{
    scan_object *s = (scan_object *)self;
    feed *f = &s->feed;
    scan_job *job = s->job;
    tt_result *result = NULL;
    pthread_t thread;
    int failed = 0;
    (void)nothing;
    if (core_feed_begin(f) != 0)
        return NULL;
    job->feed = NULL;
    job->references++;
    core_release_gil(&f->call);
    if (pthread_create(&thread, NULL, run_last_stages, job) == 0) {
        (void)pthread_detach(thread);
        failed = wait_for_last_stages(f, job);
    } else {
        job->feed = f;
        (void)run_last_stages(job);
    }
    core_acquire_gil(&f->call);
    atomic_store(&f->busy, 0);
    f->call.raised = 0;
    if (failed)
        return NULL;
    if (job->status != TT_OK) {
        if (!PyErr_Occurred())
            (void)core_raise(&job->error);
        return NULL;
    }
    result = job->result;
    job->result = NULL;
    if (PyErr_CheckSignals() == 0)
        return new_result(f, result);
    tt_result_close(result);
    return NULL;
}

/* notices(Result): takes its notices, which are copied, and learns none */
static PyObject *scan_notices(PyObject *self, PyObject *object)
{
    const tt_result *from = core_result_of(object);
    tt_error error = {0};
    if (from == NULL)
        return NULL;
    if (tt_scan_notices(((scan_object *)self)->job->scan, from, &error) != TT_OK)
        return core_raise(&error);
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {FEED_METHODS,
                                {"notices", scan_notices, METH_O, "notices(Result)"},
                                {"finish", scan_finish, METH_NOARGS, "finish() -> Result"},
                                {NULL, NULL, 0, NULL}};

static PyType_Slot slots[] = FEED_SLOTS(scan_new, scan_dealloc, methods);

PyType_Spec core_scan_spec = {.name = "twicetold._core.Scan",
                              .basicsize = sizeof(scan_object),
                              .flags = Py_TPFLAGS_DEFAULT,
                              .slots = slots};
