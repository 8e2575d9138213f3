/*
 * Aligning two texts and compressing a block take most of the time of a report, and no block needs
 * another. Threads fill a wave of blocks, each thread the next one that nobody has begun; then they
 * are written in order.
 */
#include "report/packed_texts.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "failure.h"
#include "report/alignments.h"
#include "report/packed_block.h"

enum { MOST_THREADS = 64, WAVE = 4 /* blocks for each thread */ };

/* What a block is made of: texts [first_text, end_text) and pairs [first_pair, end_pair). */
typedef struct block_job {
    size_t first_text, end_text, first_pair, end_pair;
    buffer block;
    tt_status status;
    tt_error error;
} block_job;

typedef struct wave {
    const page *page;
    const embedded_text *const *text_of;
    const aligned_pair *pairs;
    int of_windows;
    block_job *jobs;
    size_t count;
    atomic_size_t next;
} wave;

static uint64_t number_of(const wave *w, uint64_t article)
{
    return w->page->selection->number[article];
}

static void fill_windows(const wave *w, block_job *job)
{
    for (size_t i = job->first_text; i < job->end_text; i++) {
        const embedded_text *x = &w->page->texts->items[i];
        buffer_printf(&job->block, "%s%" PRIu64 ",%" PRIu64 ",", i == job->first_text ? "[" : ",",
                      number_of(w, x->article), x->window.begin);
        buffer_string(&job->block, x->text, x->size);
    }
    buffer_printf(&job->block, "]");
}

static void fill_texts(const wave *w, block_job *job)
{
    buffer *b = &job->block;
    buffer_printf(b, "{\"texts\":[");
    for (size_t i = job->first_text; i < job->end_text; i++) {
        const embedded_text *x = &w->page->texts->items[i];
        buffer_printf(b, "%s%" PRIu64 ",", i == job->first_text ? "" : ",",
                      number_of(w, x->article));
        buffer_string(b, x->text, x->size);
    }
    buffer_printf(b, "],\"aligned\":[");
    for (size_t i = job->first_pair; i < job->end_pair && job->status == TT_OK; i++) {
        const aligned_pair *p = &w->pairs[i];
        buffer_printf(b, "%s[%" PRIu64 ",%" PRIu64, i == job->first_pair ? "" : ",",
                      number_of(w, p->a), number_of(w, p->b));
        job->status = alignment_write(b, w->text_of[p->a], w->text_of[p->b], &job->error);
        buffer_printf(b, "]");
    }
    buffer_printf(b, "]}");
}

/* A thread. */
static void *fill_blocks(void *ctx)
{
    wave *w = ctx;
    for (size_t i; (i = atomic_fetch_add(&w->next, 1)) < w->count;) {
        block_job *job = &w->jobs[i];
        if (w->of_windows)
            fill_windows(w, job);
        else
            fill_texts(w, job);
        if (packed_block_close(&job->block) != 0 && job->status == TT_OK)
            job->status = TT_ENOMEM;
    }
    return NULL;
}

/* Threads that cannot be started leave their work to the others. */
static void run_wave(wave *w, size_t threads)
{
    pthread_t running[MOST_THREADS];
    size_t started = 0;
    atomic_store(&w->next, 0);
    while (started + 1 < threads && started + 1 < w->count &&
           pthread_create(&running[started], NULL, fill_blocks, w) == 0)
        started++;
    (void)fill_blocks(w);
    while (started > 0)
        (void)pthread_join(running[--started], NULL);
}

static int write_wave(wave *w, output *out, const char *name, int64_t first)
{
    int rc = 0;
    for (size_t i = 0; i < w->count; i++) {
        block_job *job = &w->jobs[i];
        if (rc == 0 && job->status == TT_ENOMEM)
            rc = failure_memory();
        else if (rc == 0 && job->status != TT_OK)
            rc = failure_library(&job->error, ABOUT_WORK);
        if (rc == 0)
            packed_block_put(&job->block, out, name, first + (int64_t)i);
        buffer_free(&job->block);
    }
    return rc;
}

/* Writes the blocks of the texts [text, end), in which `pairs` has `pair_count` alignments. */
static int write_blocks(wave *w, output *out, const char *name, size_t text, size_t end,
                        int64_t blocks, size_t pair_count)
{
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    const size_t wanted = w->page->threads > 0 ? w->page->threads : cores > 0 ? (size_t)cores : 1;
    const size_t threads = wanted < MOST_THREADS ? wanted : MOST_THREADS;
    const embedded_text *texts = w->page->texts->items;
    size_t pair = 0;
    int rc = 0;
    w->jobs = calloc(threads * WAVE, sizeof *w->jobs);
    if (w->jobs == NULL)
        return failure_memory();
    for (int64_t block = 0; block < blocks && rc == 0;) {
        const int64_t first = block;
        for (w->count = 0; w->count < threads * WAVE && block < blocks; block++) {
            block_job job = {.first_text = text, .first_pair = pair};
            while (text < end && texts[text].block == block)
                text++;
            while (pair < pair_count && w->pairs[pair].block == block)
                pair++;
            job.end_text = text;
            job.end_pair = pair;
            w->jobs[w->count++] = job;
        }
        run_wave(w, threads);
        rc = write_wave(w, out, name, first);
    }
    free(w->jobs);
    return rc;
}

int packed_texts_write(const page *p, output *out)
{
    const embedded_texts *e = p->texts;
    const embedded_text **text_of = calloc((size_t)p->result->article_count + 1, sizeof *text_of);
    int64_t *published = malloc(((size_t)p->result->article_count + 1) * sizeof *published);
    aligned_pair *pairs = NULL;
    size_t pair_count = 0;
    wave w = {.page = p, .text_of = text_of, .of_windows = 1};
    int rc = text_of == NULL || published == NULL ? failure_memory() : 0;
    for (size_t i = 0; i < e->count && rc == 0; i++)
        text_of[e->items[i].article] = &e->items[i];
    for (uint64_t a = 0; a < p->result->article_count && rc == 0; a++)
        published[a] =
            p->labels[a].published == TT_NO_TIME ? INT64_MAX : p->labels[a].published / 1000000;
    if (rc == 0)
        rc = alignments_list(p->result, p->selection, text_of, published, &pairs, &pair_count);
    if (rc == 0)
        rc = write_blocks(&w, out, "windows", e->whole, e->count, e->window_blocks, 0);
    w.pairs = pairs;
    w.of_windows = 0;
    if (rc == 0)
        rc = write_blocks(&w, out, "texts", 0, e->whole, e->blocks, pair_count);
    free(pairs);
    free(published);
    free(text_of);
    return rc;
}
