#define _GNU_SOURCE /* setrlimit, SIGXFSZ */
#include "util/spill.h"

#include "../test.h"
#include "util/alloc.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum { MIB = 1 << 20 };

static char folder[] = "/tmp/twicetold-spill-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder); /* fails if a file was left */
}

static tti_spill *open_spill(void)
{
    tti_spill *s = NULL;
    assert_int_equal(tti_spill_open(&s, folder, TTI_SPILL_MIN_LIMIT, &tti_libc_allocator, NULL),
                     TT_OK);
    return s;
}

static size_t resident_bytes(void)
{
    unsigned long all = 0, held = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f == NULL || fscanf(f, "%lu %lu", &all, &held) != 2)
        held = 0;
    if (f != NULL)
        fclose(f);
    return held * (size_t)sysconf(_SC_PAGESIZE);
}

static void the_file_has_no_name(void **state)
{
    tti_spill *s = open_spill();
    const tt_allocator *a = tti_spill_allocator(s);
    void *p = tti_alloc(a, MIB, 1);
    DIR *d = opendir(folder);
    size_t files = 0;
    (void)state;
    assert_non_null(p);
    assert_non_null(d);
    for (const struct dirent *e; (e = readdir(d)) != NULL;)
        files += e->d_name[0] != '.';
    closedir(d);
    assert_int_equal(files, 0);
    tti_release(a, p, MIB, 1);
    tti_spill_close(s);
}

static void arrays_keep_their_contents_whatever_their_size(void **state)
{
    tti_spill *s = open_spill();
    const tt_allocator *a = tti_spill_allocator(s);
    static const size_t counts[] = {10, 3000, 9000, 40000, 39999, 300000, 8191, 8192, 5, 100000};
    uint32_t *p = NULL;
    size_t capacity = 0, kept = 0;
    (void)state;
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
        assert_int_equal(tti_resize(a, &p, &capacity, counts[k], sizeof *p), 0);
        kept = kept < capacity ? kept : capacity;
        for (size_t i = 0; i < kept; i++)
            assert_int_equal(p[i], i * 7);
        for (size_t i = kept; i < capacity; i++)
            p[i] = (uint32_t)(i * 7);
        kept = capacity;
    }
    tti_release(a, p, capacity, sizeof *p);
    tti_spill_close(s);
}

static void pieces_are_kept_one_after_the_other(void **state)
{
    static const char text[] = "forty-one bytes that are not a multiple";
    tti_spill *s = open_spill();
    uint32_t numbers[5000];
    const tti_slice pieces[] = {{text, sizeof text}, {NULL, 0}, {numbers, sizeof numbers}};
    const char *kept, *none;
    (void)state;
    for (uint32_t k = 0; k < 5000; k++)
        numbers[k] = k * k;
    kept = tti_spill_write(s, pieces, 3);
    none = tti_spill_write(s, pieces, 0);
    assert_non_null(kept);
    assert_non_null(none);
    assert_memory_equal(kept, text, sizeof text);
    assert_memory_equal(kept + tti_slice_padded_size(sizeof text), numbers, sizeof numbers);
    tti_spill_release(s, none);
    tti_spill_release(s, kept);
    tti_spill_close(s);
}

/* Writes more than the limit, watched or checked, and reads it back. */
static void fill(int watched)
{
    enum { BLOCKS = 24, SIZE = 4 * MIB };
    tti_spill *s = open_spill();
    const tt_allocator *a = tti_spill_allocator(s);
    unsigned char *blocks[BLOCKS];
    if (watched)
        assert_int_equal(tti_spill_start_watcher(s), 0);
    for (int k = 0; k < BLOCKS; k++) {
        blocks[k] = tti_alloc(a, SIZE, 1);
        assert_non_null(blocks[k]);
        memset(blocks[k], k + 1, SIZE);
        if (!watched)
            tti_spill_evict(s);
    }
    tti_spill_stop_watcher(s);
    tti_spill_evict(s);
    if (resident_bytes() > 0 && resident_bytes() > (size_t)BLOCKS * SIZE)
        fail_msg("%zu bytes are resident", resident_bytes());
    for (int k = 0; k < BLOCKS; k++) {
        for (size_t i = 0; i < SIZE; i += 4093)
            assert_int_equal(blocks[k][i], k + 1);
        if (k % 3 == 0)
            tti_release(a, blocks[k], SIZE, 1);
    }
    tti_spill_close(s); /* with blocks in use */
}

static void pages_are_let_go_and_come_back(void **state)
{
    (void)state;
    fill(0);
    fill(1);
}

static void a_full_disk_is_a_failed_call_that_says_so(void **state)
{
    tti_spill *s = open_spill();
    const tt_allocator *a = tti_spill_allocator(s);
    struct rlimit before, small;
    tt_error error = {TT_OK, 0, ""};
    static const char byte = 'x';
    const tti_slice piece = {&byte, 1};
    (void)state;
    assert_int_equal(tti_spill_status(s, TT_ENOMEM, &error), TT_ENOMEM);
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 2 * MIB;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_null(tti_alloc(a, 4 * MIB, 1));
    assert_int_equal(tti_spill_status(s, TT_ENOMEM, &error), TT_EIO);
    assert_non_null(strstr(error.message, folder));
    assert_int_equal(tti_spill_status(s, TT_ESTOPPED, &error), TT_ESTOPPED);
    small.rlim_cur = 0;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_null(tti_spill_write(s, &piece, 1));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    tti_spill_close(s);
}

static void a_folder_that_is_not_there_is_named(void **state)
{
    tti_spill *s = NULL;
    tt_error error = {TT_OK, 0, ""};
    (void)state;
    assert_int_equal(
        tti_spill_open(&s, "/nowhere/at/all", TTI_SPILL_MIN_LIMIT, &tti_libc_allocator, &error),
        TT_EIO);
    assert_null(s);
    assert_non_null(strstr(error.message, "/nowhere/at/all"));
    tti_spill_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_file_has_no_name),
        cmocka_unit_test(arrays_keep_their_contents_whatever_their_size),
        cmocka_unit_test(pieces_are_kept_one_after_the_other),
        cmocka_unit_test(pages_are_let_go_and_come_back),
        cmocka_unit_test(a_full_disk_is_a_failed_call_that_says_so),
        cmocka_unit_test(a_folder_that_is_not_there_is_named),
    };
    return cmocka_run_group_tests_name("spill", tests, make_folder, remove_folder);
}
