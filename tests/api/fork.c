/* After a process has used OpenMP and forked, its child can scan too. */
#define _POSIX_C_SOURCE 200809L
#include "../texts.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARTICLES = 300, PATIENCE = 60 };

static char *texts[ARTICLES];

static int scan(results *out)
{
    tt_options o = TT_OPTIONS_INIT;
    tt_result *x;
    int status;
    o.threads = 4;
    x = index_of(&o, (const char *const *)texts, ARTICLES);
    status = x != NULL && results_collect(out, x) == TT_OK ? 0 : -1;
    tt_result_close(x);
    return status;
}

static int make_texts(void **state)
{
    (void)state;
    for (int k = 0; k < ARTICLES; k++)
        texts[k] = random_text((uint64_t)(k / 3), 80);
    return 0;
}

static int free_texts(void **state)
{
    (void)state;
    for (int k = 0; k < ARTICLES; k++)
        free(texts[k]);
    return 0;
}

static void a_forked_child_scans_as_its_parent_does(void **state)
{
    results here = {0};
    pid_t child;
    int status = -1;
    (void)state;
    assert_int_equal(scan(&here), 0); /* this starts threads */
    assert_int_equal(here.pair_count, ARTICLES / 3 * 2);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        results there = {0};
        (void)alarm(PATIENCE); /* ends a hanging child by a signal */
        _exit(scan(&there) == 0 && results_equal(&here, &there) ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    results_free(&here);
    assert_int_equal(scan(&here), 0); /* the parent still has its threads */
    results_free(&here);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_forked_child_scans_as_its_parent_does)};
    return cmocka_run_group_tests_name("fork", tests, make_texts, free_texts);
}
