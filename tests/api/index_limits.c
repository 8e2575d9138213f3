/* An index at its limits: a full disk, a very long article, other processes. */
#define _DEFAULT_SOURCE
#include "index.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { ARTICLES = 400, PATIENCE = 120 };

static char **texts;
static char (*ids)[12];

static tt_article article_at(size_t k)
{
    return article_of(ids[k], texts[k]);
}

static tt_status add_range(tt_index *live, size_t begin, size_t end, tt_error *error)
{
    tt_article batch[ARTICLES];
    for (size_t k = begin; k < end; k++)
        batch[k - begin] = article_at(k);
    return tt_index_add(live, batch, end - begin, NULL, NULL, NULL, error);
}

static void ask(tt_index *live, lines *out)
{
    lines_free(out);
    for (size_t k = 0; k < ARTICLES; k += 5) {
        const tt_article a = article_of("new", texts[k]);
        assert_int_equal(tt_index_query(live, &a, 1, NULL, add_verdicts, out, NULL), TT_OK);
    }
}

static void assert_sound(const char *path, uint64_t articles)
{
    tt_index *live = NULL;
    tt_index_stat stat;
    uint64_t findings = 1;
    assert_int_equal(tt_index_check(path, NULL, NULL, NULL, &findings, NULL), TT_OK);
    assert_int_equal(findings, 0);
    assert_int_equal(tt_index_open(&live, path, TT_INDEX_READ, NULL, NULL), TT_OK);
    assert_int_equal(tt_index_stat_get(live, &stat, NULL), TT_OK);
    assert_int_equal(stat.articles, articles);
    tt_index_close(live);
}

/* The exit code of a forked child; a hang or a crash is a failure. */
static int wait_for(pid_t child)
{
    int status = -1;
    assert_true(child >= 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFEXITED(status))
        fail_msg("a child ended by signal %d", WTERMSIG(status));
    return WEXITSTATUS(status);
}

/* ---- The disk ---------------------------------------------------------------------------------
 */

static void a_full_disk_is_an_error_and_the_handle_goes_on(void **state)
{
    const char *path = fresh_path();
    struct rlimit was, small;
    struct stat size;
    lines before = {0}, after = {0};
    tt_index *live = NULL;
    tt_error error = {0};
    (void)state;
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(tt_index_open(&live, path, TT_INDEX_CREATE, NULL, NULL), TT_OK);
    assert_int_equal(add_range(live, 0, 100, NULL), TT_OK);
    ask(live, &before);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
    {
        char wal[240];
        (void)snprintf(wal, sizeof wal, "%s-wal", path);
        assert_int_equal(stat(wal, &size), 0);
    }
    small = was;
    small.rlim_cur = (rlim_t)size.st_size + 40000; /* it fills in the middle of the batch */
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_int_equal(add_range(live, 100, ARTICLES, &error), TT_EIO);
    assert_true(error.message[0] != '\0');
    ask(live, &after); /* as if nothing had been tried */
    assert_same_lines(&before, &after);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
    assert_int_equal(add_range(live, 100, ARTICLES, NULL), TT_OK);
    tt_index_close(live);
    assert_sound(path, ARTICLES);
    lines_free(&before);
    lines_free(&after);
    (void)fresh_path();
}

/* ---- Other processes --------------------------------------------------------------------------
 */

enum { WHOLE = 20 }; /* articles of a batch, which come and go together */

/* Queries until the pipe ends. @return 0 if it saw only whole batches */
static int read_on(const char *path, int pipe_end)
{
    tt_options o = TT_OPTIONS_INIT;
    tt_index *live = NULL;
    tt_index_stat stat;
    char byte;
    int asked = 0;
    o.threads = 1;
    (void)alarm(PATIENCE);
    for (; read(pipe_end, &byte, 1) > 0; asked++) {
        const tt_article a = article_of("new", texts[asked % ARTICLES]);
        lines out = {0};
        if (asked % 3 == 0) {
            tt_index_close(live);
            if (tt_index_open(&live, path, TT_INDEX_READ, &o, NULL) != TT_OK)
                return 1;
        }
        if (tt_index_query(live, &a, 1, NULL, add_verdicts, &out, NULL) != TT_OK ||
            tt_index_stat_get(live, &stat, NULL) != TT_OK)
            return 2;
        lines_free(&out);
        if (stat.articles % WHOLE != 0)
            return 3;
    }
    tt_index_close(live);
    return asked > 10 ? 0 : 4;
}

static pid_t start_reader(const char *path, int *bell)
{
    int ends[2];
    pid_t child;
    assert_int_equal(pipe(ends), 0);
    child = fork();
    if (child == 0) {
        (void)close(ends[1]);
        _exit(read_on(path, ends[0]));
    }
    (void)close(ends[0]);
    *bell = ends[1];
    return child;
}

static void readers_in_other_processes_see_whole_batches(void **state)
{
    const char *path = fresh_path();
    tt_options o = TT_OPTIONS_INIT;
    tt_index *live = NULL;
    pid_t readers[2];
    int bells[2];
    int64_t day = 0;
    uint64_t removed;
    (void)state;
    (void)signal(SIGPIPE, SIG_IGN);
    assert_int_equal(tt_index_create(path, NULL, NULL), TT_OK);
    for (int k = 0; k < 2; k++)
        readers[k] = start_reader(path, &bells[k]); /* before this process has a handle */
    o.threads = 1;
    assert_int_equal(tt_index_open(&live, path, 0, &o, NULL), TT_OK);
    for (int round = 0; round < 6; round++)
        for (size_t k = 0; k < ARTICLES; k += WHOLE, day++) {
            tt_article batch[WHOLE];
            for (size_t i = 0; i < WHOLE; i++) {
                batch[i] = article_at(k + i);
                batch[i].published = day;
            }
            assert_int_equal(tt_index_add(live, batch, WHOLE, NULL, NULL, NULL, NULL), TT_OK);
            if (day % 4 == 3)
                assert_int_equal(tt_index_expire(live, day - 8, &removed, NULL), TT_OK);
            for (int i = 0; i < 2; i++)
                assert_int_equal(write(bells[i], "", 1), 1);
        }
    for (int k = 0; k < 2; k++)
        (void)close(bells[k]); /* the second reader also has the end of the first */
    for (int k = 0; k < 2; k++)
        assert_int_equal(wait_for(readers[k]), 0);
    tt_index_close(live);
    assert_sound(path, 9 * WHOLE); /* the last of 120 days is 119; days before 111 have expired */
    (void)fresh_path();
}

/* SQLite would take the locks of the parent for those of the child. */
static int try_in_child(tt_index *inherited, const char *path, const char *other)
{
    tt_options o = TT_OPTIONS_INIT;
    tt_error error = {0};
    tt_index *own = NULL;
    lines out = {0};
    (void)alarm(PATIENCE);
    o.threads = 4;
    if (tt_index_open(&own, path, TT_INDEX_READ, &o, &error) != TT_EINVAL ||
        strstr(error.message, "forked") == NULL)
        return 1;
    if (tt_index_open(&own, other, 0, &o, NULL) != TT_OK)
        return 2;
    ask(own, &out);
    tt_index_close(own);
    lines_free(&out);
    tt_index_close(inherited);
    return 0;
}

static void a_forked_child_leaves_what_is_open_alone(void **state)
{
    const char *path = fresh_path();
    char other[240];
    tt_options o = TT_OPTIONS_INIT;
    tt_index *live = NULL, *second = NULL;
    pid_t child;
    (void)state;
    o.threads = 4;
    (void)snprintf(other, sizeof other, "%s-other", path);
    assert_int_equal(tt_index_open(&live, other, TT_INDEX_CREATE, &o, NULL), TT_OK);
    assert_int_equal(add_range(live, 0, ARTICLES, NULL), TT_OK); /* this starts threads */
    tt_index_close(live);
    assert_int_equal(tt_index_open(&live, path, TT_INDEX_CREATE, &o, NULL), TT_OK);
    assert_int_equal(add_range(live, 0, ARTICLES / 2, NULL), TT_OK);
    child = fork();
    if (child == 0)
        _exit(try_in_child(live, path, other));
    assert_int_equal(wait_for(child), 0);
    assert_int_equal(tt_index_open(&second, path, 0, &o, NULL), TT_ELOCKED); /* still locked */
    assert_int_equal(add_range(live, ARTICLES / 2, ARTICLES, NULL), TT_OK);
    tt_index_close(live);
    assert_sound(path, ARTICLES);
    (void)fresh_path();
    remove_index(other);
}

/* ---- Size -------------------------------------------------------------------------------------
 */

static void remove_two(tt_index *live, const char *x, const char *y)
{
    const tt_id gone[2] = {{x, strlen(x), 0, 0}, {y, strlen(y), 0, 0}};
    uint64_t removed = 0;
    assert_int_equal(tt_index_remove(live, gone, 2, &removed, NULL), TT_OK);
    assert_int_equal(removed, 2);
}

/* 50 MB, a part of it, and, in the long form, nine tenths of it. */
static void a_very_long_article_is_one_like_others(void **state)
{
    const char *path = fresh_path();
    char *text = random_text(77, SANITIZED ? 200000 : 10500000), *piece = malloc(3000);
    const size_t size = strlen(text), part = getenv("TT_LONG") != NULL ? size * 9 / 10 : 60000;
    tt_article a[3] = {article_of("long", text), {0}, {0}};
    tt_options options = TT_OPTIONS_INIT;
    tt_index *live = NULL;
    tt_index_stat stat;
    lines out = {0};
    (void)state;
    options.max_article_bytes = 1 << 30;
    memcpy(piece, text + size / 2, 2999);
    piece[2999] = '\0';
    a[1] = article_of("piece", piece);
    a[2] = a[0];
    a[2].id = "part", a[2].text_size = part;
    print_message("%zu bytes\n", size);
    assert_int_equal(tt_index_open(&live, path, TT_INDEX_CREATE, &options, NULL), TT_OK);
    assert_int_equal(tt_index_add(live, a, 3, NULL, add_verdicts, &out, NULL), TT_OK);
    tt_index_close(live);
    add_bytes(&out, "", 1);
    assert_non_null(strstr(out.bytes, "\"id\":\"long\",\"verdict\":\"new\""));
    assert_non_null(
        strstr(out.bytes, "\"id\":\"piece\",\"verdict\":\"duplicate\",\"of\":\"long\""));
    assert_non_null(strstr(out.bytes, "\"id\":\"part\",\"verdict\":\"duplicate\",\"of\":\"long\""));
    assert_sound(path, 3);
    assert_int_equal(tt_index_open(&live, path, 0, NULL, NULL), TT_OK);
    remove_two(live, "long", "part");
    assert_int_equal(tt_index_stat_get(live, &stat, NULL), TT_OK);
    assert_true(stat.file_bytes < 1000000 && stat.memory_bytes < 8000000);
    tt_index_close(live);
    lines_free(&out);
    free(text);
    free(piece);
    (void)fresh_path();
}

static int set_up(void **state)
{
    (void)state;
    texts = make_texts(31, ARTICLES);
    ids = malloc(ARTICLES * sizeof *ids);
    for (size_t k = 0; k < ARTICLES; k++)
        (void)snprintf(ids[k], sizeof *ids, "%zu", k);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    free_texts(texts, ARTICLES);
    free(ids);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readers_in_other_processes_see_whole_batches),
        cmocka_unit_test(a_full_disk_is_an_error_and_the_handle_goes_on),
        cmocka_unit_test(a_forked_child_leaves_what_is_open_alone),
        cmocka_unit_test(a_very_long_article_is_one_like_others),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
