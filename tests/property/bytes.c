/*
 * The bytes of a result are the same for every kernel set, number of threads, size of batches and
 * memory limit. A process chooses its kernel set once, so each set runs in a separate child.
 *
 *     test_property_bytes [-s SEED] [-n CASES] [-v]
 */
#define _POSIX_C_SOURCE 200809L
#include "cases.h"

#include <sys/wait.h>
#include <unistd.h>

enum { SETS = 3, PLANS = 4 };

static const char *const sets[SETS] = {"generic", "avx2", "avx512"};

/* FNV-1a over the bytes without the times, which are in braces after "seconds": */
typedef struct digest {
    uint64_t hash;
    size_t size;
    char *bytes;
} digest;

static int gather(void *ctx, const char *bytes, size_t size)
{
    digest *d = ctx;
    d->bytes = copy_more(d->bytes, d->size, bytes, size, 1);
    d->size += size;
    return 0;
}

static uint64_t hash_of(const corpus *c, const plan *p)
{
    static const char times[] = "\"seconds\":{";
    digest d = {UINT64_C(0xcbf29ce484222325), 0, NULL};
    tt_result *x = build(c, p);
    size_t skip = 0;
    CHECK(tt_result_write(x, gather, &d, NULL, NULL) == TT_OK, "write");
    tt_result_close(x);
    for (size_t k = 0; k < d.size; k++) {
        if (d.size - k > sizeof times && memcmp(d.bytes + k, times, sizeof times - 1) == 0)
            skip = 1;
        if (!skip)
            d.hash = (d.hash ^ (unsigned char)d.bytes[k]) * UINT64_C(0x100000001b3);
        skip = skip && d.bytes[k] != '}';
    }
    free(d.bytes);
    return d.hash;
}

static int answers; /* the pipe to which a child writes its hashes */

static void write_hashes(uint64_t seed)
{
    static const plan plans[PLANS] = {{5, 32, 1, MOST_ARTICLES, 0, NULL, 0, 0},
                                      {5, 32, 2, 7, UINT64_C(32) << 20, NULL, 0, 0},
                                      {5, 32, 7, 1, 0, NULL, 0, 0},
                                      {5, 32, 3, MOST_ARTICLES, UINT64_C(64) << 20, NULL, 0, 0}};
    corpus c;
    current_seed = seed;
    corpus_make(&c, seed, seed % 3 == 0);
    for (size_t k = 0; k < PLANS; k++) {
        const uint64_t hash = hash_of(&c, &plans[k]);
        CHECK(write(answers, &hash, sizeof hash) == (ssize_t)sizeof hash, "no one reads");
    }
    corpus_free(&c);
}

/* Runs the cases with one kernel set. @return the pipe from which to read its hashes */
static int start(int argc, char **argv, const char *set, pid_t *child)
{
    int ends[2];
    CHECK(pipe(ends) == 0, "pipe");
    *child = fork();
    CHECK(*child >= 0, "fork");
    if (*child == 0) {
        (void)close(ends[0]);
        answers = ends[1];
        CHECK(setenv("TT_KERNELS", set, 1) == 0, "setenv");
        run_cases(argc, argv, 40, write_hashes);
        exit(0);
    }
    (void)close(ends[1]);
    return ends[0];
}

/* Checks that the next hash of every set is the same. @return 1, or 0 at the end */
static int compare_next(const int *from, size_t number, uint64_t *first)
{
    for (size_t k = 0; k < SETS; k++) {
        uint64_t hash = 0;
        if (read(from[k], &hash, sizeof hash) != (ssize_t)sizeof hash)
            return 0;
        if (k == 0 && number % PLANS == 0)
            *first = hash;
        CHECK(hash == *first, "case %zu from the first seed on, %s, plan %zu: other bytes",
              number / PLANS, sets[k], number % PLANS);
    }
    return 1;
}

int main(int argc, char **argv)
{
    int from[SETS];
    pid_t children[SETS];
    size_t compared = 0;
    uint64_t first = 0;
    (void)fflush(stdout);
    for (size_t k = 0; k < SETS; k++)
        from[k] = start(argc, argv, sets[k], &children[k]);
    while (compare_next(from, compared, &first))
        compared++;
    for (size_t k = 0; k < SETS; k++) {
        int status = 0;
        CHECK(waitpid(children[k], &status, 0) == children[k] && status == 0, "%s failed", sets[k]);
    }
    printf("%zu results, each the same for %d kernel sets and %d plans\n", compared / PLANS, SETS,
           PLANS);
    CHECK(compared > 0, "nothing was compared");
    return 0;
}
