/* An index over time: a clock that goes backwards, articles out of order, months of a feed. */
#define _DEFAULT_SOURCE
#include "index.h"

#include <time.h>

static int64_t clock_seconds; /* 0: the real time */

/* Replaces the clock of the library. */
int clock_gettime(clockid_t which, struct timespec *out)
{
    struct timespec now = {0, 0};
    (void)which;
    (void)timespec_get(&now, TIME_UTC);
    if (clock_seconds != 0)
        now = (struct timespec){(time_t)clock_seconds, 0};
    *out = now;
    return 0;
}

static const int64_t second = 1000000, hour = INT64_C(3600) * 1000000;

static tt_article dated(const char *id, const char *text, int64_t published)
{
    tt_article a = article_of(id, text);
    a.published = published;
    return a;
}

static void add_at(tt_index *live, int64_t now, const char *id, const char *text, int64_t published)
{
    const tt_article a = dated(id, text, published);
    clock_seconds = now;
    assert_int_equal(tt_index_add(live, &a, 1, NULL, NULL, NULL, NULL), TT_OK);
}

static uint64_t expire(tt_index *live, int64_t window)
{
    uint64_t removed = 0;
    assert_int_equal(tt_index_expire(live, tt_index_newest(live) - window, &removed, NULL), TT_OK);
    return removed;
}

static uint64_t count_of(tt_index *live)
{
    tt_index_stat stat;
    assert_int_equal(tt_index_stat_get(live, &stat, NULL), TT_OK);
    return stat.articles;
}

static void a_clock_that_goes_back_is_held(void **state)
{
    const char *path = fresh_path();
    tt_index *live = NULL;
    tt_index_stat stat;
    (void)state;
    assert_int_equal(tt_index_open(&live, path, TT_INDEX_CREATE, NULL, NULL), TT_OK);
    add_at(live, 1000000, "a", "one two three", TT_NO_TIME);
    add_at(live, 900000, "b", "four five six", TT_NO_TIME); /* arrives at the same time as a */
    tt_index_close(live);
    assert_int_equal(tt_index_open(&live, path, 0, NULL, NULL), TT_OK);
    add_at(live, 800000, "c", "seven eight nine", TT_NO_TIME); /* also after a restart */
    clock_seconds = 1000001;
    assert_int_equal(tt_index_stat_get(live, &stat, NULL), TT_OK);
    assert_true(stat.oldest == 1000000 * second && stat.newest == 1000000 * second);
    clock_seconds = 700000; /* now is before all of them: nothing may be lost by that */
    assert_int_equal(expire(live, hour), 0);
    add_at(live, 1000000 + 3601, "d", "ten eleven twelve", TT_NO_TIME);
    assert_int_equal(expire(live, hour), 3);
    assert_int_equal(count_of(live), 1);
    tt_index_close(live);
    (void)fresh_path();
}

static void a_window_goes_by_publication_or_by_arrival(void **state)
{
    const char *path = fresh_path();
    tt_index *live = NULL;
    const int64_t now = 5000000;
    (void)state;
    assert_int_equal(tt_index_open(&live, path, TT_INDEX_CREATE, NULL, NULL), TT_OK);
    add_at(live, now, "late", "one two three", now * second - 80 * hour);
    add_at(live, now, "undated", "four five six", TT_NO_TIME);
    add_at(live, now, "fresh", "seven eight nine", now * second - hour);
    assert_int_equal(expire(live, 72 * hour), 0); /* one date alone moves nothing */
    add_at(live, now, "fresh too", "eight nine seven", now * second - hour);
    assert_int_equal(expire(live, 72 * hour), 1); /* out of order: the first article expires */
    add_at(live, now, "future", "one two four", (now + 1000000) * second);
    assert_int_equal(expire(live, 72 * hour), 0); /* a single wrong date does not empty the index */
    add_at(live, now + 72 * 3600 - 1, "next", "two three five", TT_NO_TIME);
    assert_int_equal(expire(live, 72 * hour), 2); /* the fresh ones; "undated" has a second left */
    add_at(live, now + 72 * 3600 + 1, "then", "five two three", TT_NO_TIME);
    assert_int_equal(expire(live, 72 * hour), 2); /* "undated", and "future" goes by its arrival */
    assert_int_equal(count_of(live), 2);
    tt_index_close(live);
    (void)fresh_path();
}

/* A backlog is replayed years later: what has no date, or a wrong one, moves no window. */
static void one_odd_date_does_not_empty_a_backlog(void **state)
{
    static const int64_t odd[] = {TT_NO_TIME, INT64_C(4000000000) * 1000000,
                                  INT64_C(1699990000) * 1000000 /* a little before now */};
    (void)state;
    for (size_t k = 0; k < sizeof odd / sizeof *odd; k++) {
        const int64_t now = 1700000000, then = 1500000000;
        tt_index *index = NULL;
        assert_int_equal(tt_index_open(&index, fresh_path(), TT_INDEX_CREATE, NULL, NULL), TT_OK);
        for (int i = 0; i < 40; i++) {
            char id[12];
            (void)snprintf(id, sizeof id, "%d", i);
            add_at(index, now, id, "one two three", then * second + i * hour);
        }
        add_at(index, now, "odd", "four five six", odd[k]);
        assert_true(tt_index_newest(index) == then * second + (k < 2 ? 38 : 39) * hour);
        assert_int_equal(expire(index, 30 * hour), k < 2 ? 8 : 9);
        assert_int_equal(count_of(index), k < 2 ? 33 : 32);
        if (k == 2) { /* a new version of it is no second article */
            add_at(index, now, "odd", "four five six seven", odd[k] + second);
            assert_int_equal(expire(index, 30 * hour), 0);
        }
        clock_seconds = now + 100;
        assert_int_equal(tt_index_expire(index, (now + 1) * second, NULL, NULL), TT_OK);
        assert_int_equal(count_of(index), 0); /* nor does a date in the future keep it */
        tt_index_close(index);
    }
    (void)fresh_path();
}

/* ---- Months -----------------------------------------------------------------------------------
 */

enum { WINDOW_DAYS = 3, SETTLED = 12 }; /* days after which nothing may grow any more */

typedef struct day {
    double seconds; /* processor time */
    uint64_t memory, file;
    size_t held;
} day;

static int count_verdicts(void *ctx, const tt_verdict *verdicts, size_t count)
{
    (void)verdicts;
    *(size_t *)ctx += count;
    return 0;
}

enum { OF_A_COMMIT = 15 };

/* Makes one article of a day; a third of them contain an earlier text. Owner of the text: the
 * caller. */
static tt_article make_one(uint32_t number, uint32_t k, int64_t at, char *id, char **texts,
                           uint32_t pool)
{
    const uint64_t seed = (uint64_t)number << 32 | k;
    rng r = {seed};
    char *text = random_text(seed, 60);
    if (rng_below(&r, 3) == 0) {
        char *more = joined(text, texts[rng_below(&r, pool)]);
        free(text);
        text = more;
    }
    (void)snprintf(id, 24, "%u-%u", number, k);
    return dated(id, text, at);
}

/* Adds the articles of a day, and removes what has left the window after each commit. */
static void live_a_day(tt_index *live, uint32_t number, uint32_t articles, char **texts,
                       uint32_t pool, counting *c, day *out)
{
    const clock_t began = clock();
    tt_index_stat stat;
    size_t judged = 0;
    for (uint32_t k = 0; k < articles; k += OF_A_COMMIT) {
        tt_article batch[OF_A_COMMIT];
        char ids[OF_A_COMMIT][24];
        for (uint32_t i = 0; i < OF_A_COMMIT; i++) {
            clock_seconds = 10000000 + (int64_t)number * 86400 + (k + i) * 86400 / articles;
            batch[i] = make_one(number, k + i, clock_seconds * second, ids[i], texts, pool);
        }
        assert_int_equal(
            tt_index_add(live, batch, OF_A_COMMIT, NULL, count_verdicts, &judged, NULL), TT_OK);
        (void)expire(live, WINDOW_DAYS * 24 * hour);
        for (uint32_t i = 0; i < OF_A_COMMIT; i++)
            free((void *)batch[i].text);
    }
    assert_int_equal(judged, articles);
    assert_int_equal(tt_index_stat_get(live, &stat, NULL), TT_OK);
    *out = (day){(double)(clock() - began) / CLOCKS_PER_SEC, stat.memory_bytes, stat.file_bytes,
                 atomic_load(&c->held)};
}

static void assert_flat(const day *days, uint32_t count)
{
    day before = {0}, after = {0};
    double early = 0, late = 0;
    const uint32_t half = SETTLED + (count - SETTLED) / 2;
    for (uint32_t k = SETTLED; k < count; k++) {
        day *most = k < half ? &before : &after;
        *(k < half ? &early : &late) += days[k].seconds;
        most->memory = days[k].memory > most->memory ? days[k].memory : most->memory;
        most->held = days[k].held > most->held ? days[k].held : most->held;
        most->file = days[k].file > most->file ? days[k].file : most->file;
    }
    print_message("first half, second half: memory %zu, %zu; file %zu, %zu; %.3f, %.3f s\n",
                  before.held, after.held, (size_t)before.file, (size_t)after.file, early, late);
    assert_true((double)after.memory < 1.25 * (double)before.memory);
    assert_true((double)after.held < 1.25 * (double)before.held);
    assert_true((double)after.file < 1.25 * (double)before.file);
    assert_true(late < 2 * early + 0.5);
}

static void a_feed_of_months_is_flat(void **state)
{
    const char *path = fresh_path();
    const int at_length = getenv("TT_LONG") != NULL;
    const uint32_t days = at_length ? 500 : SANITIZED ? 24 : 90, articles = at_length ? 1005 : 60;
    enum { POOL = 200 };
    char **texts = make_texts(3, POOL);
    day *all = malloc(days * sizeof *all);
    tt_options o = TT_OPTIONS_INIT;
    tt_index *live = NULL;
    uint32_t odd; /* articles that may have a wrong date, and so move no window */
    counting c;
    (void)state;
    counting_start(&c, 0);
    o.allocator = &c.allocator;
    assert_int_equal(tt_index_open(&live, path, TT_INDEX_CREATE, &o, NULL), TT_OK);
    for (uint32_t k = 0; k < days; k++)
        live_a_day(live, k, articles, texts, POOL, &c, &all[k]);
    odd = WINDOW_DAYS * articles / 100;
    assert_int_equal(count_of(live), WINDOW_DAYS * articles + 1 + (odd < 15 ? odd : 15));
    assert_flat(all, days);
    tt_index_close(live);
    assert_true(counting_is_clean(&c));
    clock_seconds = 0;
    free(all);
    free_texts(texts, POOL);
    (void)fresh_path();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clock_that_goes_back_is_held),
        cmocka_unit_test(a_window_goes_by_publication_or_by_arrival),
        cmocka_unit_test(one_odd_date_does_not_empty_a_backlog),
        cmocka_unit_test(a_feed_of_months_is_flat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
