#define _POSIX_C_SOURCE 200809L
#include "serve/metrics.h"

#include <inttypes.h>
#include <string.h>

#include "terminal/progress.h"

static const double FIRST_BUCKET = 1e-4;

void metrics_init(metrics *m)
{
    memset(m, 0, sizeof *m);
    (void)pthread_mutex_init(&m->mutex, NULL);
    m->began = seconds_now();
}

void metrics_time(metrics *m, histogram *h, double seconds)
{
    double limit = FIRST_BUCKET;
    int k = 0;
    for (; k < METRICS_BUCKETS && seconds > limit; k++)
        limit *= 2;
    (void)pthread_mutex_lock(&m->mutex);
    h->counts[k]++;
    h->seconds += seconds;
    (void)pthread_mutex_unlock(&m->mutex);
}

void metrics_add(metrics *m, uint64_t *count, uint64_t more)
{
    (void)pthread_mutex_lock(&m->mutex);
    *count += more;
    (void)pthread_mutex_unlock(&m->mutex);
}

void metrics_commit(metrics *m, int succeeded)
{
    (void)pthread_mutex_lock(&m->mutex);
    m->commits += succeeded != 0;
    m->failed_commits += succeeded == 0;
    m->is_failing = !succeeded;
    (void)pthread_mutex_unlock(&m->mutex);
}

int metrics_is_failing(metrics *m)
{
    int is_failing;
    (void)pthread_mutex_lock(&m->mutex);
    is_failing = m->is_failing;
    (void)pthread_mutex_unlock(&m->mutex);
    return is_failing;
}

static void write_head(buffer *out, const char *name, const char *type, const char *help)
{
    buffer_printf(out, "# HELP twicetold_%s %s\n# TYPE twicetold_%s %s\n", name, help, name, type);
}

static void write_value(buffer *out, const char *name, const char *type, const char *help,
                        uint64_t value)
{
    write_head(out, name, type, help);
    buffer_printf(out, "twicetold_%s %" PRIu64 "\n", name, value);
}

static void write_histogram(buffer *out, const char *name, const char *help, const histogram *h)
{
    double limit = FIRST_BUCKET;
    uint64_t count = 0;
    write_head(out, name, "histogram", help);
    for (int k = 0; k < METRICS_BUCKETS; k++, limit *= 2) {
        count += h->counts[k];
        buffer_printf(out, "twicetold_%s_bucket{le=\"%g\"} %" PRIu64 "\n", name, limit, count);
    }
    count += h->counts[METRICS_BUCKETS];
    buffer_printf(out,
                  "twicetold_%s_bucket{le=\"+Inf\"} %" PRIu64 "\ntwicetold_%s_sum %.6f\n"
                  "twicetold_%s_count %" PRIu64 "\n",
                  name, count, name, h->seconds, name, count);
}

void metrics_write(metrics *m, const metrics_now *now, buffer *out)
{
    (void)pthread_mutex_lock(&m->mutex);
    write_head(out, "verdicts_total", "counter", "Articles added, by verdict.");
    for (int k = 0; k < METRICS_VERDICTS; k++)
        buffer_printf(out, "twicetold_verdicts_total{verdict=\"%s\"} %" PRIu64 "\n",
                      tt_verdict_kind_name((tt_verdict_kind)k), m->verdicts[k]);
    write_head(out, "answers_total", "counter", "Answers, by the first digit of their status.");
    for (int k = 2; k < METRICS_CLASSES; k++)
        buffer_printf(out, "twicetold_answers_total{class=\"%dxx\"} %" PRIu64 "\n", k,
                      m->answers[k]);
    write_value(out, "rejected_total", "counter", "Records that were rejected.", m->rejected);
    write_value(out, "removed_total", "counter", "Articles removed or expired.", m->removed);
    write_value(out, "refused_total", "counter", "Requests refused with 429.", m->refused);
    write_value(out, "received_bytes_total", "counter", "Bytes of bodies.", m->bytes_received);
    write_value(out, "commits_total", "counter", "Commits.", m->commits);
    write_value(out, "commits_failed_total", "counter", "Commits that failed.", m->failed_commits);
    write_value(out, "articles", "gauge", "Articles in the index.", now->articles);
    write_value(out, "queue_articles", "gauge", "Articles that wait for a commit.",
                now->queue_articles);
    write_value(out, "queue_bytes", "gauge", "Bytes of bodies in memory.", now->body_bytes);
    write_value(out, "listeners", "gauge", "Clients that listen to events.", now->listeners);
    write_value(out, "memory_bytes", "gauge", "Memory of the process.", now->memory_bytes);
    write_value(out, "up_seconds", "gauge", "Seconds since the start.",
                (uint64_t)(seconds_now() - m->began));
    write_histogram(out, "verdict_seconds",
                    "From a request for verdicts to its answer, in which commits are waited for.",
                    &m->verdict_time);
    write_histogram(out, "commit_seconds", "A commit, with the verdicts of its articles.",
                    &m->commit_time);
    (void)pthread_mutex_unlock(&m->mutex);
}
