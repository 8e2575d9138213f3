/* The index: its verdicts agree with a scan, and do not depend on how it was made. */
#define _POSIX_C_SOURCE 200809L
#include "index.h"

#include <math.h>
#include <sys/wait.h>

#ifndef TT_FEED
#  define TT_FEED "corpora/feed/articles.jsonl"
#endif

/* ---- Agreement with a scan ---------------------------------------------------------------------
 */

typedef struct expected {
    const tt_article *articles;
    size_t count;
    tt_result *index;
    results found;
    size_t at; /* number of verdicts so far */
    size_t duplicates, updates, sections;
} expected;

static size_t article_of_id(const expected *e, const tt_id *id)
{
    for (size_t k = 0; k < e->count; k++)
        if (e->articles[k].id_size == id->size &&
            memcmp(e->articles[k].id, id->bytes, id->size) == 0)
            return k;
    return SIZE_MAX;
}

/* The best pair of article b with an earlier one in the scan: a copy, or the greatest overlap. */
static const tt_pair *best_pair(const expected *e, size_t b)
{
    const tt_pair *best = NULL;
    for (size_t k = 0; k < e->found.pair_count; k++) {
        const tt_pair *p = &e->found.pairs[k];
        if (p->b != b || !TT_IS_COPY(p->relation))
            continue;
        if (best == NULL || (p->relation == TT_IDENTICAL && best->relation != TT_IDENTICAL) ||
            (best->relation != TT_IDENTICAL && p->overlap_b > best->overlap_b))
            best = p;
    }
    return best;
}

static void assert_numbers(const tt_verdict *v, const tt_pair *p)
{
    assert_true(v->resemblance == p->resemblance);
    assert_true(v->containment == p->containment_b);
    assert_true(v->containment_of == p->containment_a);
    assert_true(v->overlap == p->overlap_b);
    assert_true(v->overlap_of == p->overlap_a);
    assert_true(v->facts == p->facts);
    assert_int_equal(v->relation, p->relation);
    assert_int_equal(v->conflicts, p->conflicts);
    assert_int_equal(v->difference_count,
                     p->conflicts < TT_MOST_DIFFERENCES ? p->conflicts : TT_MOST_DIFFERENCES);
}

/* The occurrences in article b that the scan finds are the sections of its verdict; a part of one
 * is listed once more by a scan where later articles have it alone. */
static void assert_sections(expected *e, const tt_verdict *v, size_t b)
{
    size_t n = 0;
    for (size_t k = 0; k < e->found.section_count; k++)
        for (size_t i = 1; i < e->found.sections[k].count; i++) {
            const tt_occurrence *o = &e->found.sections[k].occurrences[i];
            size_t same = 0, whole = 0;
            for (size_t s = 0; o->article == b && s < v->section_count; s++) {
                const tt_repeat *r = &v->sections[s];
                if (article_of_id(e, &r->article) != e->found.sections[k].occurrences[0].article)
                    continue;
                whole += r->begin < o->end && o->begin < r->end;
                same += r->begin == o->begin && r->end == o->end && r->of_begin == o->of_begin &&
                        r->of_end == o->of_end && r->similarity == o->similarity;
            }
            assert_true(o->article != b || same == 1 || whole > 0);
            n += same;
        }
    assert_int_equal(n, v->section_count);
    e->sections += n;
}

static int compare_verdicts(void *ctx, const tt_verdict *verdicts, size_t count)
{
    expected *e = ctx;
    for (size_t k = 0; k < count; k++) {
        const tt_verdict *v = &verdicts[k];
        const size_t b = e->at++;
        const tt_pair *p = best_pair(e, b);
        assert_int_equal(article_of_id(e, &v->id), b);
        if (v->of.bytes != NULL && p != NULL && article_of_id(e, &v->of) == p->a)
            assert_numbers(v, p);
        if (p != NULL && p->overlap_b >= 0.8) {
            const int adds_text = p->conflicts == 0 && p->overlap_a >= 0.8 && v->new_tokens >= 16;
            if (!adds_text || v->kind != TT_VERDICT_UPDATE)
                assert_int_equal(v->kind,
                                 p->conflicts > 0 ? TT_VERDICT_CORRECTION : TT_VERDICT_DUPLICATE);
            assert_int_equal(article_of_id(e, &v->of), p->a);
            e->duplicates++;
        } else if (p != NULL && p->overlap_a >= 0.8 && p->overlap_b < 1) {
            assert_int_equal(v->kind, TT_VERDICT_UPDATE);
            assert_int_equal(article_of_id(e, &v->of), p->a);
            e->updates++;
        } else {
            assert_true(v->kind == TT_VERDICT_NEW || v->kind == TT_VERDICT_OVERLAPS);
        }
        assert_sections(e, v, b);
    }
    return 0;
}

/* Adds batches with verdicts: small ones, and some of several micro-batches, with more threads than
 * cores. With `reopened`, the first half is added without verdicts, like an archive, and the index
 * is opened again. */
static void feed_in_batches(const char *path, size_t size, int reopened, expected *e)
{
    tt_options o = TT_OPTIONS_INIT;
    tt_index *live = NULL;
    size_t k = 0;
    o.threads = 3;
    assert_int_equal(tt_index_open(&live, path, TT_INDEX_CREATE, &o, NULL), TT_OK);
    e->at = e->duplicates = e->updates = e->sections = 0;
    if (reopened) {
        k = e->at = e->count / 2;
        assert_int_equal(tt_index_add(live, e->articles, k, NULL, NULL, NULL, NULL), TT_OK);
        tt_index_close(live);
        assert_int_equal(tt_index_open(&live, path, 0, &o, NULL), TT_OK);
    }
    for (; k < e->count; k += size)
        assert_int_equal(tt_index_add(live, e->articles + k,
                                      e->count - k < size ? e->count - k : size, NULL,
                                      compare_verdicts, e, NULL),
                         TT_OK);
    assert_int_equal(e->at, e->count);
    assert_true(e->duplicates > 0 && e->updates > 0 && e->sections > 0);
    print_message("%zu articles: %zu duplicates, %zu updates, %zu sections\n", e->count,
                  e->duplicates, e->updates, e->sections);
    tt_index_close(live);
}

static void assert_as_scan(const tt_article *articles, size_t count)
{
    expected e = {.articles = articles, .count = count};
    tt_scan *b = NULL;
    assert_int_equal(tt_scan_open(&b, NULL, NULL), TT_OK);
    assert_int_equal(tt_scan_add(b, articles, count, NULL, NULL), TT_OK);
    assert_int_equal(tt_scan_finish(b, &e.index, NULL), TT_OK);
    tt_scan_close(b);
    assert_int_equal(results_collect(&e.found, e.index), TT_OK);
    feed_in_batches(fresh_path(), 7, 0, &e);
    feed_in_batches(fresh_path(), 600, 0, &e);
    feed_in_batches(fresh_path(), 40, 1, &e);
    results_free(&e.found);
    tt_result_close(e.index);
    (void)fresh_path();
}

static void verdicts_on_the_feed_are_those_of_a_scan(void **state)
{
    const char *path = TT_FEED;
    tt_reader *reader = NULL;
    const tt_record *records;
    tt_article *articles = NULL;
    size_t count, total = 0;
    (void)state;
    assert_int_equal(tt_reader_open(&reader, &path, 1, NULL, NULL), TT_OK);
    while (tt_reader_next(reader, &records, &count, NULL) == TT_OK && count > 0)
        for (size_t k = 0; k < count; k++) {
            tt_article a = records[k].article;
            a.id = copy_more(NULL, 0, a.id, a.id_size, 1);
            a.text = copy_more(NULL, 0, a.text, a.text_size, 1);
            a.source = a.language = NULL, a.source_size = a.language_size = 0;
            articles = copy_more(articles, total++, &a, 1, sizeof a);
        }
    tt_reader_close(reader);
    assert_as_scan(articles, total);
    for (size_t k = 0; k < total; k++) {
        free((void *)articles[k].id);
        free((void *)articles[k].text);
    }
    free(articles);
}

enum { MADE = 2400 }; /* half of them are enough to be read, and their seeds made, at once */

static void verdicts_on_made_articles_are_those_of_a_scan(void **state)
{
    char **texts = make_texts(7, MADE), (*ids)[12] = malloc(MADE * sizeof *ids);
    tt_article *articles = malloc(MADE * sizeof *articles);
    (void)state;
    for (size_t k = 0; k < MADE; k++) {
        (void)snprintf(ids[k], sizeof *ids, "m%zu", k);
        articles[k] = article_of(ids[k], texts[k]);
    }
    assert_as_scan(articles, MADE);
    free(articles);
    free(ids);
    free_texts(texts, MADE);
}

/* ---- Agreement with a new index -----------------------------------------------------------------
 */

enum { POOL = 400, OPERATIONS = 600, LIVING = 150 };

typedef struct model {
    char **texts;
    uint32_t order[POOL * 4]; /* texts in order of arrival; id = text % LIVING */
    size_t count;
} model;

static tt_article model_article(const model *m, uint32_t text, char *id)
{
    tt_article a;
    (void)snprintf(id, 12, "%u", text % LIVING);
    a = article_of(id, m->texts[text]);
    a.published = text;
    return a;
}

static void model_drop(model *m, uint32_t id)
{
    size_t kept = 0;
    for (size_t k = 0; k < m->count; k++)
        if (m->order[k] % LIVING != id)
            m->order[kept++] = m->order[k];
    m->count = kept;
}

static void model_add(model *m, tt_index *live, uint32_t text, lines *out)
{
    char id[12];
    const tt_article a = model_article(m, text, id);
    assert_int_equal(tt_index_add(live, &a, 1, NULL, add_verdicts, out, NULL), TT_OK);
    for (size_t k = 0; k < m->count; k++)
        if (m->order[k] == text)
            return; /* the index already has it unchanged */
    model_drop(m, text % LIVING);
    m->order[m->count++] = text;
}

static void ask_all(const model *m, tt_index *live, lines *out)
{
    char id[12];
    for (uint32_t k = 0; k < POOL; k += 3) {
        tt_article a = model_article(m, k, id);
        a.id = "new";
        a.id_size = 3;
        assert_int_equal(tt_index_query(live, &a, 1, NULL, add_verdicts, out, NULL), TT_OK);
    }
}

/* A new index of the same articles in the same order gives the same answers. */
static void compare_with_rebuilt(const model *m, const char *path, lines *answers)
{
    char other[240];
    tt_index *live = NULL;
    lines again = {0};
    model copy = {.texts = m->texts};
    (void)snprintf(other, sizeof other, "%s-again", path);
    (void)unlink(other);
    assert_int_equal(tt_index_open(&live, other, TT_INDEX_CREATE, NULL, NULL), TT_OK);
    for (size_t k = 0; k < m->count; k++)
        model_add(&copy, live, m->order[k], &again);
    lines_free(&again);
    ask_all(m, live, &again);
    tt_index_close(live);
    (void)unlink(other);
    (void)snprintf(other, sizeof other, "%s-again-lock", path);
    (void)unlink(other);
    assert_same_lines(answers, &again);
    lines_free(&again);
}

static void answers_follow_from_what_is_there(void **state)
{
    const char *path = fresh_path();
    model m = {.texts = make_texts(11, POOL)};
    rng r = {5};
    tt_index *live = NULL;
    uint64_t findings = 1;
    (void)state;
    assert_int_equal(tt_index_open(&live, path, TT_INDEX_CREATE, NULL, NULL), TT_OK);
    for (int k = 1; k <= OPERATIONS; k++) {
        lines out = {0};
        const uint32_t what = rng_below(&r, 20), text = rng_below(&r, POOL);
        if (what < 12) {
            model_add(&m, live, text, &out);
        } else if (what < 18) {
            char id[12];
            const tt_article a = model_article(&m, text, id);
            const tt_id gone = {a.id, a.id_size, 0, 0};
            assert_int_equal(tt_index_remove(live, &gone, 1, NULL, NULL), TT_OK);
            model_drop(&m, text % LIVING);
        } else if (what == 18) {
            tt_index_close(live);
            assert_int_equal(tt_index_open(&live, path, 0, NULL, NULL), TT_OK);
        } else if (k % 40 == 0) {
            assert_int_equal(tt_index_expire(live, 60, NULL, NULL), TT_OK);
            for (uint32_t x = 0; x < 60; x++)
                for (size_t i = 0; i < m.count; i++)
                    if (m.order[i] == x)
                        model_drop(&m, x % LIVING);
        }
        if (k % 100 == 0) {
            lines_free(&out);
            ask_all(&m, live, &out);
            compare_with_rebuilt(&m, path, &out);
        }
        lines_free(&out);
    }
    tt_index_close(live);
    assert_int_equal(tt_index_check(path, NULL, NULL, NULL, &findings, NULL), TT_OK);
    assert_int_equal(findings, 0);
    free_texts(m.texts, POOL);
    (void)fresh_path();
}

/* ---- Ids --------------------------------------------------------------------------------------
 */

static void an_id_that_is_there_is_replaced(void **state)
{
    const char *path = fresh_path();
    char *first = random_text(1, 100), *more = random_text(2, 60), *longer = joined(first, more);
    tt_article batch[3] = {article_of("a", first), article_of("a", longer), article_of("b", first)};
    tt_index *live = NULL;
    tt_index_stat stat;
    lines out = {0}, again = {0};
    (void)state;
    assert_int_equal(tt_index_open(&live, path, TT_INDEX_CREATE, NULL, NULL), TT_OK);
    assert_int_equal(tt_index_add(live, batch, 3, NULL, add_verdicts, &out, NULL), TT_OK);
    add_bytes(&out, "", 1);
    assert_non_null(strstr(out.bytes, "\"id\":\"a\",\"verdict\":\"new\""));
    assert_non_null(strstr(out.bytes, "\"id\":\"a\",\"verdict\":\"update\",\"of\":\"a\""));
    assert_non_null(strstr(out.bytes, "\"id\":\"b\",\"verdict\":\"duplicate\",\"of\":\"a\""));
    assert_int_equal(tt_index_stat_get(live, &stat, NULL), TT_OK);
    assert_int_equal(stat.articles, 2);
    assert_int_equal(tt_index_add(live, batch + 1, 1, NULL, add_verdicts, &again, NULL), TT_OK);
    add_bytes(&again, "", 1);
    assert_non_null(strstr(again.bytes, "\"id\":\"a\",\"verdict\":\"duplicate\",\"of\":\"a\""));
    tt_index_close(live);
    lines_free(&out);
    lines_free(&again);
    free(first);
    free(more);
    free(longer);
    (void)fresh_path();
}

static uint64_t count_articles(tt_index *live)
{
    tt_index_stat stat;
    assert_int_equal(tt_index_stat_get(live, &stat, NULL), TT_OK);
    return stat.articles;
}

static void a_reader_counts_what_was_added_since(void **state)
{
    const char *path = fresh_path();
    char *text = random_text(1, 100);
    const tt_article a = article_of("a", text);
    tt_index *writer = NULL, *reader = NULL;
    (void)state;
    assert_int_equal(tt_index_open(&writer, path, TT_INDEX_CREATE, NULL, NULL), TT_OK);
    assert_int_equal(tt_index_open(&reader, path, TT_INDEX_READ, NULL, NULL), TT_OK);
    assert_int_equal(count_articles(reader), 0);
    assert_int_equal(tt_index_add(writer, &a, 1, NULL, NULL, NULL, NULL), TT_OK);
    assert_int_equal(count_articles(reader), 1);
    tt_index_close(reader);
    tt_index_close(writer);
    free(text);
    (void)fresh_path();
}

/* ---- Beside a window --------------------------------------------------------------------------
 */

enum { WINDOW = 1500, PAST = 1700, AT_ONCE = 5 };

static void add_dated(tt_index *live, char **all, size_t begin, size_t end)
{
    tt_article batch[WINDOW];
    char ids[WINDOW][12];
    for (size_t k = begin; k < end; k++) {
        (void)snprintf(ids[k - begin], sizeof *ids, "%zu", k);
        batch[k - begin] = article_of(ids[k - begin], all[k]);
        batch[k - begin].published = (int64_t)k;
    }
    assert_int_equal(tt_index_add(live, batch, end - begin, NULL, NULL, NULL, NULL), TT_OK);
}

/* The answers of an index that is opened now. */
static void ask_fresh(const char *path, const tt_article *a, lines *out)
{
    tt_index *live = NULL;
    assert_int_equal(tt_index_open(&live, path, TT_INDEX_READ, NULL, NULL), TT_OK);
    assert_int_equal(tt_index_query(live, a, 1, NULL, add_verdicts, out, NULL), TT_OK);
    tt_index_close(live);
}

/* Counts bytes of memory. All queries together need as much as a few loads, since articles are
 * renumbered now and then; loading the index each time would need hundreds. */
static void a_reader_takes_in_what_changed_alone(void **state)
{
    const char *path = fresh_path();
    char **all = make_texts(31, WINDOW + PAST);
    tt_index *writer = NULL, *reader = NULL;
    tt_options o = TT_OPTIONS_INIT;
    counting c;
    size_t load;
    (void)state;
    counting_start(&c, 0);
    o.allocator = &c.allocator;
    o.threads = 1;
    assert_int_equal(tt_index_open(&writer, path, TT_INDEX_CREATE, NULL, NULL), TT_OK);
    add_dated(writer, all, 0, WINDOW);
    assert_int_equal(tt_index_open(&reader, path, TT_INDEX_READ, &o, NULL), TT_OK);
    assert_int_equal(count_articles(reader), WINDOW); /* this also makes the seeds */
    load = atomic_load(&c.taken);
    for (size_t k = WINDOW; k < WINDOW + PAST; k += AT_ONCE) {
        const tt_article a = article_of("new", all[k]);
        lines told = {0}, fresh = {0};
        add_dated(writer, all, k, k + AT_ONCE);
        assert_int_equal(tt_index_expire(writer, (int64_t)(k + AT_ONCE - WINDOW), NULL, NULL),
                         TT_OK);
        assert_int_equal(tt_index_query(reader, &a, 1, NULL, add_verdicts, &told, NULL), TT_OK);
        if (k % (40 * AT_ONCE) == 0) {
            ask_fresh(path, &a, &fresh);
            assert_same_lines(&fresh, &told);
        }
        lines_free(&told);
        lines_free(&fresh);
    }
    print_message("%zu bytes to load, %zu for %d questions\n", load, atomic_load(&c.taken) - load,
                  PAST / AT_ONCE);
    assert_true(atomic_load(&c.taken) < 8 * load);
    assert_int_equal(count_articles(reader), WINDOW);
    tt_index_close(reader);
    tt_index_close(writer);
    assert_true(counting_is_clean(&c));
    free_texts(all, WINDOW + PAST);
    (void)fresh_path();
}

/* ---- Passages of more articles than are compared -----------------------------------------------
 */

enum { CROWD = 130 };

static void feed_crowd(char **all, size_t at_once, lines *out)
{
    tt_article batch[CROWD];
    char ids[CROWD][12];
    tt_index *live = NULL;
    assert_int_equal(tt_index_open(&live, fresh_path(), TT_INDEX_CREATE, NULL, NULL), TT_OK);
    for (size_t k = 0; k < CROWD; k++) {
        (void)snprintf(ids[k], sizeof *ids, "%zu", k);
        batch[k] = article_of(ids[k], all[k]);
    }
    for (size_t k = 0; k < CROWD; k += at_once)
        assert_int_equal(tt_index_add(live, batch + k, CROWD - k < at_once ? CROWD - k : at_once,
                                      NULL, add_verdicts, out, NULL),
                         TT_OK);
    tt_index_close(live);
}

/* Articles of a batch are added together: each must be compared only with those before it. */
static void a_crowd_at_once_is_judged_as_one_by_one(void **state)
{
    char *all[CROWD], *notice = random_text(5, 60);
    lines at_once = {0}, one_by_one = {0};
    (void)state;
    for (size_t k = 0; k < CROWD; k++) { /* two and two begin alike, too little to be found by it */
        char *begin = random_text(100 + k / 2, 4), *end = random_text(500 + k, 10);
        char *most = joined(begin, notice);
        all[k] = joined(most, end);
        free(begin);
        free(most);
        free(end);
    }
    feed_crowd(all, CROWD, &at_once);
    feed_crowd(all, 1, &one_by_one);
    assert_same_lines(&at_once, &one_by_one);
    lines_free(&at_once);
    lines_free(&one_by_one);
    for (size_t k = 0; k < CROWD; k++)
        free(all[k]);
    free(notice);
    (void)fresh_path();
}

static int count_verdicts(void *ctx, const tt_verdict *verdicts, size_t count)
{
    (void)verdicts;
    *(size_t *)ctx += count;
    return 0;
}

static void ten_thousand_of_the_same_are_one_document(void **state)
{
    const char *path = fresh_path();
    char *text = random_text(3, 200), (*ids)[12] = malloc(10000 * sizeof *ids);
    tt_article *batch = malloc(10000 * sizeof *batch);
    tt_index *live = NULL;
    tt_index_stat stat;
    size_t judged = 0;
    uint64_t removed = 0, findings = 1;
    (void)state;
    for (size_t k = 0; k < 10000; k++) {
        (void)snprintf(ids[k], sizeof *ids, "%zu", k);
        batch[k] = article_of(ids[k], text);
        batch[k].published = (int64_t)k;
    }
    assert_int_equal(tt_index_open(&live, path, TT_INDEX_CREATE, NULL, NULL), TT_OK);
    assert_int_equal(tt_index_add(live, batch, 10000, NULL, count_verdicts, &judged, NULL), TT_OK);
    assert_int_equal(tt_index_stat_get(live, &stat, NULL), TT_OK);
    assert_int_equal(stat.articles, 10000);
    assert_int_equal(stat.distinct, 1);
    assert_int_equal(judged, 10000);
    tt_index_close(live);
    assert_int_equal(tt_index_open(&live, path, 0, NULL, NULL), TT_OK); /* adds in several runs */
    assert_int_equal(tt_index_check(path, NULL, NULL, NULL, &findings, NULL), TT_OK);
    assert_int_equal(findings, 0);
    assert_int_equal(tt_index_expire(live, 9990, &removed, NULL), TT_OK);
    assert_int_equal(removed, 9990);
    assert_int_equal(tt_index_stat_get(live, &stat, NULL), TT_OK);
    assert_int_equal(stat.articles, 10);
    assert_true(stat.memory_bytes < 1000000);
    tt_index_close(live);
    free(batch);
    free(ids);
    free(text);
    (void)fresh_path();
}

/* ---- In memory ---------------------------------------------------------------------------------
 */

static void run_operations(tt_index *index, char **texts, size_t count, lines *out)
{
    const tt_id gone = {"7", 1, 0, 0};
    uint64_t removed = 0;
    for (size_t k = 0; k < count; k++) {
        char id[12];
        tt_article a;
        (void)snprintf(id, sizeof id, "%zu", k);
        a = article_of(id, texts[k]);
        a.published = (int64_t)k;
        assert_int_equal(tt_index_add(index, &a, 1, NULL, add_verdicts, out, NULL), TT_OK);
    }
    assert_int_equal(tt_index_remove(index, &gone, 1, &removed, NULL), TT_OK);
    assert_int_equal(removed, 1);
    assert_int_equal(tt_index_expire(index, (int64_t)count / 4, &removed, NULL), TT_OK);
    assert_int_equal(removed, count / 4 - 1);
    for (size_t k = 0; k < count; k++) {
        const tt_article a = article_of("new", texts[k]);
        assert_int_equal(tt_index_query(index, &a, 1, NULL, add_verdicts, out, NULL), TT_OK);
    }
}

static void an_index_in_memory_answers_as_one_in_a_file(void **state)
{
    char **texts = make_texts(41, 200);
    lines in_file = {0}, in_memory = {0};
    tt_index *index = NULL, *other = NULL;
    tt_options o = TT_OPTIONS_INIT;
    (void)state;
    o.min_section = 40;
    assert_int_equal(tt_index_open(&index, fresh_path(), TT_INDEX_CREATE, &o, NULL), TT_OK);
    run_operations(index, texts, 200, &in_file);
    tt_index_close(index);
    assert_int_equal(tt_index_open(&index, NULL, 0, &o, NULL), TT_OK);
    assert_int_equal(tt_index_open(&other, NULL, TT_INDEX_CREATE, NULL, NULL), TT_OK);
    run_operations(index, texts, 200, &in_memory);
    assert_same_lines(&in_file, &in_memory);
    assert_int_equal(count_articles(index), 150);
    assert_int_equal(count_articles(other), 0); /* they are separate */
    tt_index_close(index);
    tt_index_close(other);
    assert_int_equal(tt_index_open(&index, NULL, TT_INDEX_READ, &o, NULL), TT_EINVAL);
    lines_free(&in_file);
    lines_free(&in_memory);
    free_texts(texts, 200);
    (void)fresh_path();
}

/* ---- Forks ------------------------------------------------------------------------------------
 */

/* A tt_verdict_fn that uses its index. */
static int use_the_index(void *ctx, const tt_verdict *verdicts, size_t count)
{
    tt_index *index = ctx;
    const tt_article a = article_of("x", "other words of another story");
    const tt_id id = {"a", 1, 0, 0};
    tt_index_stat stat;
    const char *bytes = verdicts[0].id.bytes;
    assert_int_equal(tt_index_add(index, &a, 1, NULL, NULL, NULL, NULL), TT_EINVAL);
    assert_int_equal(tt_index_query(index, &a, 1, NULL, use_the_index, index, NULL), TT_EINVAL);
    assert_int_equal(tt_index_remove(index, &id, 1, NULL, NULL), TT_EINVAL);
    assert_int_equal(tt_index_expire(index, INT64_MAX, NULL, NULL), TT_EINVAL);
    assert_int_equal(tt_index_stat_get(index, &stat, NULL), TT_EINVAL);
    tt_index_close(index);
    assert_ptr_equal(verdicts[0].id.bytes, bytes);
    return count != 1;
}

static void a_callback_may_not_use_its_index(void **state)
{
    const tt_article a = article_of("a", "some words of a story");
    tt_index *index = NULL;
    (void)state;
    assert_int_equal(tt_index_open(&index, NULL, 0, NULL, NULL), TT_OK);
    assert_int_equal(tt_index_add(index, &a, 1, NULL, use_the_index, index, NULL), TT_OK);
    assert_int_equal(tt_index_query(index, &a, 1, NULL, use_the_index, index, NULL), TT_OK);
    assert_int_equal(count_articles(index), 1);
    tt_index_close(index);
}

static void a_child_that_lives_on_does_not_keep_the_lock(void **state)
{
    const char *path = fresh_path();
    tt_index *live = NULL;
    int wait[2];
    pid_t child;
    (void)state;
    assert_int_equal(tt_index_open(&live, path, TT_INDEX_CREATE, NULL, NULL), TT_OK);
    assert_int_equal(pipe(wait), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        char end;
        (void)close(wait[1]);
        _exit(read(wait[0], &end, 1) == 0 ? 0 : 1); /* waits until the parent closes the pipe */
    }
    (void)close(wait[0]);
    tt_index_close(live);
    assert_int_equal(tt_index_open(&live, path, 0, NULL, NULL), TT_OK);
    tt_index_close(live);
    (void)close(wait[1]);
    assert_int_equal(waitpid(child, NULL, 0), child);
    (void)fresh_path();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts_on_the_feed_are_those_of_a_scan),
        cmocka_unit_test(verdicts_on_made_articles_are_those_of_a_scan),
        cmocka_unit_test(answers_follow_from_what_is_there),
        cmocka_unit_test(an_id_that_is_there_is_replaced),
        cmocka_unit_test(a_reader_counts_what_was_added_since),
        cmocka_unit_test(a_reader_takes_in_what_changed_alone),
        cmocka_unit_test(a_crowd_at_once_is_judged_as_one_by_one),
        cmocka_unit_test(ten_thousand_of_the_same_are_one_document),
        cmocka_unit_test(an_index_in_memory_answers_as_one_in_a_file),
        cmocka_unit_test(a_child_that_lives_on_does_not_keep_the_lock),
        cmocka_unit_test(a_callback_may_not_use_its_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
