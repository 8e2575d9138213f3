#define _POSIX_C_SOURCE 200809L
#include "serve/workers.h"

#include <string.h>

#include "serve/routes.h"
#include "serve/writer.h"

/* Questions mostly wait for their turn with the index, bodies for the processor. */
enum { READER_THREADS = 2, QUESTION_THREADS = 4 };

static void *read_articles(void *ctx)
{
    server *s = ctx;
    for (request *r = queue_pop(&s->readers); r != NULL; r = queue_pop(&s->readers))
        r->route->answer(r); /* which ends the request, or passes it to the writer */
    return NULL;
}

static void *answer_questions(void *ctx)
{
    server *s = ctx;
    for (request *r = queue_pop(&s->questions); r != NULL; r = queue_pop(&s->questions)) {
        r->route->answer(r);
        request_finish(r);
    }
    return NULL;
}

static int start_thread(server *s, void *(*run)(void *))
{
    const int number = pthread_create(&s->threads[s->thread_count], NULL, run, s);
    if (number != 0)
        return message_failure(NULL, "cannot start a thread: %s", strerror(number));
    s->thread_count++;
    return 0;
}

int workers_start(server *s)
{
    int rc = start_thread(s, writer_run);
    if (rc == 0)
        rc = start_thread(s, events_run);
    for (int i = 0; i < READER_THREADS && rc == 0; i++)
        rc = start_thread(s, read_articles);
    for (int i = 0; i < QUESTION_THREADS && rc == 0; i++)
        rc = start_thread(s, answer_questions);
    return rc;
}

void workers_stop(server *s)
{
    queue_close(&s->readers);
    queue_close(&s->questions);
    events_close(&s->events);
    for (size_t i = s->thread_count; i > 1; i--)
        (void)pthread_join(s->threads[i - 1], NULL);
    writer_close(s); /* the others may have passed something on */
    if (s->thread_count > 0)
        (void)pthread_join(s->threads[0], NULL);
    s->thread_count = 0;
}
