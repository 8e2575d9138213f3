/*
 * Beside a writer that adds, replaces, removes and expires, a reader that stays open gives the same
 * answers as one that has just been opened, whether it is queried after every batch or now and
 * then.
 *
 *     test_property_reader [-s SEED] [-n CASES] [-v]
 */
#define _POSIX_C_SOURCE 200809L
#include "cases.h"

#include "../api/index.h"

enum { STEPS = 16, MOST_BATCH = 8, ID_SIZE = 12 };

static struct {
    size_t queries, removed, answers;
} counts;

typedef struct feeding {
    const corpus *corpus;
    const char *path;
    rng r;
    tt_index *writer;
    int64_t now;
} feeding;

static void open_live(tt_index **live, const char *path, uint32_t flags)
{
    tt_options o = TT_OPTIONS_INIT;
    tt_error error = {0};
    o.threads = 1; /* for so little work more threads would be slower */
    CHECK(tt_index_open(live, path, flags, &o, &error) == TT_OK, "%s", error.message);
}

/* ---- The writer ------------------------------------------------------------------------------ */

/* Makes an article with some id: there are fewer ids than articles, so that many are replaced. */
static tt_article some_article(feeding *f, char *id)
{
    const text *t = &f->corpus->texts[rng_below(&f->r, (uint32_t)f->corpus->count)];
    (void)snprintf(id, ID_SIZE, "%u", rng_below(&f->r, (uint32_t)f->corpus->count));
    return (tt_article){.id = id,
                        .id_size = strlen(id),
                        .text = t->bytes,
                        .text_size = t->size,
                        .published = f->now + rng_below(&f->r, 5)};
}

static void add_some(feeding *f)
{
    char ids[MOST_BATCH][ID_SIZE];
    tt_article batch[MOST_BATCH];
    lines out = {0};
    const size_t count = 1 + rng_below(&f->r, MOST_BATCH);
    const int judged = rng_below(&f->r, 3) > 0;
    for (size_t k = 0; k < count; k++)
        batch[k] = some_article(f, ids[k]);
    CHECK(tt_index_add(f->writer, batch, count, NULL, judged ? add_verdicts : NULL, &out, NULL) ==
              TT_OK,
          "add");
    lines_free(&out);
}

static void remove_some(feeding *f)
{
    char ids[MOST_BATCH][ID_SIZE];
    tt_id gone[MOST_BATCH];
    const size_t count = 1 + rng_below(&f->r, MOST_BATCH);
    uint64_t removed = 0;
    for (size_t k = 0; k < count; k++) {
        const tt_article a = some_article(f, ids[k]);
        gone[k] = (tt_id){a.id, a.id_size, 0, 0};
    }
    CHECK(tt_index_remove(f->writer, gone, count, &removed, NULL) == TT_OK, "remove");
    counts.removed += removed;
}

static void expire_some(feeding *f)
{
    uint64_t removed = 0;
    CHECK(tt_index_expire(f->writer, f->now - rng_below(&f->r, 8), &removed, NULL) == TT_OK,
          "expire");
    counts.removed += removed;
}

static void work(feeding *f)
{
    const uint32_t what = rng_below(&f->r, 10);
    f->now++;
    if (what < 5)
        add_some(f);
    else if (what < 7)
        remove_some(f);
    else if (what < 9)
        expire_some(f);
    else
        tt_index_close(f->writer), open_live(&f->writer, f->path, 0);
}

/* ---- Answers ----------------------------------------------------------------------------------
 */

static void ask(const corpus *c, tt_index *live, lines *out)
{
    const plan p = {.order = NULL};
    tt_article all[MOST_ARTICLES];
    const size_t count = list_articles(c, &p, all);
    tt_index_stat stat;
    for (size_t k = 0; k < count; k += 2)
        all[k].id++, all[k].id_size--; /* an id that may be in the index */
    CHECK(tt_index_query(live, all, count, NULL, add_verdicts, out, NULL) == TT_OK, "query");
    CHECK(tt_index_stat_get(live, &stat, NULL) == TT_OK, "stat");
    stat.newest = 0;       /* includes removed articles */
    stat.memory_bytes = 0; /* includes unused room */
    add_bytes(out, (const char *)&stat, sizeof stat);
    counts.queries += count;
}

static void compare(const feeding *f, tt_index *reader, const lines *expected)
{
    lines answers = {0};
    ask(f->corpus, reader, &answers);
    CHECK(answers.size == expected->size &&
              memcmp(answers.bytes, expected->bytes, answers.size) == 0,
          "a reader gives other answers than a fresh one");
    counts.answers++;
    lines_free(&answers);
}

static void run_case(uint64_t seed)
{
    feeding f = {.path = fresh_path(), .r = {seed ^ 0xCAFE}};
    tt_index *near = NULL, *far = NULL, *fresh = NULL;
    corpus c;
    current_seed = seed;
    corpus_make(&c, seed, 0);
    f.corpus = &c;
    open_live(&f.writer, f.path, TT_INDEX_CREATE);
    add_some(&f);
    open_live(&near, f.path, TT_INDEX_READ);
    open_live(&far, f.path, TT_INDEX_READ);
    for (int step = 0; step < STEPS; step++) {
        lines expected = {0};
        work(&f);
        open_live(&fresh, f.path, TT_INDEX_READ);
        ask(&c, fresh, &expected);
        tt_index_close(fresh);
        compare(&f, near, &expected);
        if (rng_below(&f.r, 8) == 0 || step == STEPS - 1)
            compare(&f, far, &expected);
        lines_free(&expected);
    }
    tt_index_close(near);
    tt_index_close(far);
    tt_index_close(f.writer);
    corpus_free(&c);
    (void)fresh_path();
}

int main(int argc, char **argv)
{
    run_cases(argc, argv, 60, run_case);
    printf("%zu queries, %zu removed, %zu comparisons with a fresh reader\n", counts.queries,
           counts.removed, counts.answers);
    CHECK(counts.removed > 0, "nothing was removed");
    return 0;
}
