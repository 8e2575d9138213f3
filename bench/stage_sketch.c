/*
 * Time and error of four MinHash schemes, for sets from the size of a headline to that of a long
 * article. The engine uses two of them (sketch/minhash.h); this file implements two others.
 *
 *     cc -O3 -Iinclude -Iengine bench/stage_sketch.c engine/sketch/minhash.c
 * engine/kernels/kernels.c -lm -o stage_sketch && ./stage_sketch     (one line)
 *
 * Time is the least CPU time of many rounds to make 128 values of a set of shingle hashes. The
 * error is the root mean square of (estimate - J), relative to that of independent values, sqrt(J
 * (1 - J) / 128), over 4,000 pairs of sets with J of about 0.7; "bias" is the mean.
 */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sketch/minhash.h"
#include "util/hash.h"

enum { NUM_HASHES = 128, MOST = 4096, PAIRS = 4000, ROUNDS = 200, SETS = 64 };

typedef void make_fn(const tti_minhash *, const uint32_t *, size_t, uint32_t *);

static uint64_t state = 1;

static uint32_t draw(void)
{
    state += 1;
    return (uint32_t)XXH3_64bits(&state, sizeof state);
}

static uint32_t mix(uint32_t x, uint32_t round)
{
    x ^= round * 0x9E3779B1u;
    x = (x ^ x >> 15) * 0x2C1B3C6Du;
    x = (x ^ x >> 12) * 0x297A2D39u;
    return x ^ x >> 15;
}

/* One permutation with optimal densification (Shrivastava 2017): an empty bin copies the value of a
 * full one, which a hash sequence of the bin selects. */
static void densified(const tti_minhash *m, const uint32_t *shingle_hashes, size_t count,
                      uint32_t *signature)
{
    uint32_t bins[NUM_HASHES];
    (void)m;
    memset(bins, 0xFF, sizeof bins);
    for (size_t k = 0; k < count; k++) {
        uint32_t *least = &bins[shingle_hashes[k] / (UINT32_MAX / NUM_HASHES + 1)];
        *least = shingle_hashes[k] < *least ? shingle_hashes[k] : *least;
    }
    for (uint32_t i = 0; i < NUM_HASHES; i++) {
        uint32_t from = i;
        for (uint32_t round = 1; bins[from] == UINT32_MAX; round++)
            from = mix(i, round) % NUM_HASHES;
        signature[i] = bins[from];
    }
}

/* Fast similarity sketching (Dahlgaard, Knudsen, Thorup 2017): each round puts every element into a
 * random bin, later rounds into a fixed bin, until no bin is empty. */
static void fast(const tti_minhash *m, const uint32_t *shingle_hashes, size_t count,
                 uint32_t *signature)
{
    uint64_t bins[NUM_HASHES];
    uint32_t full = 0;
    (void)m;
    memset(bins, 0xFF, sizeof bins);
    for (uint32_t round = 0; round < 2 * NUM_HASHES && full < NUM_HASHES; round++)
        for (size_t k = 0; k < count; k++) {
            const uint32_t h = mix(shingle_hashes[k], round);
            const uint32_t bin =
                round < NUM_HASHES ? h / (UINT32_MAX / NUM_HASHES + 1) : round - NUM_HASHES;
            const uint64_t value = (uint64_t)round << 32 | mix(h, ~round);
            full += bins[bin] == UINT64_MAX;
            bins[bin] = value < bins[bin] ? value : bins[bin];
        }
    for (uint32_t i = 0; i < NUM_HASHES; i++)
        signature[i] = (uint32_t)bins[i];
}

static double now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Returns nanoseconds a set. */
static double time_of(make_fn *make, const tti_minhash *m, size_t size)
{
    static uint32_t shingle_hashes[SETS][MOST];
    uint32_t signature[NUM_HASHES];
    double best = 1e9;
    for (size_t s = 0; s < SETS; s++)
        for (size_t k = 0; k < size; k++)
            shingle_hashes[s][k] = draw();
    for (int round = 0; round < ROUNDS; round++) {
        const double start = now();
        for (size_t s = 0; s < SETS; s++)
            make(m, shingle_hashes[s], size, signature);
        const double took = (now() - start) / SETS * 1e9;
        best = took < best ? took : best;
    }
    return best;
}

static void error_of(make_fn *make, const tti_minhash *m, size_t size, double *rms, double *bias)
{
    static uint32_t a[MOST], b[MOST];
    const size_t shared = (size_t)(0.7 * 2 / 1.7 * (double)size + 0.5);
    const double exact = (double)shared / (double)(2 * size - shared);
    const double sigma = sqrt(exact * (1 - exact) / NUM_HASHES);
    double squares = 0, sum = 0;
    for (int pair = 0; pair < PAIRS; pair++) {
        uint32_t x[NUM_HASHES], y[NUM_HASHES], equal = 0;
        double off;
        for (size_t k = 0; k < size; k++) {
            a[k] = draw();
            b[k] = k < shared ? a[k] : draw();
        }
        make(m, a, size, x);
        make(m, b, size, y);
        for (int i = 0; i < NUM_HASHES; i++)
            equal += x[i] == y[i];
        off = ((double)equal / NUM_HASHES - exact) / sigma;
        squares += off * off;
        sum += off;
    }
    *rms = sqrt(squares / PAIRS);
    *bias = sum / PAIRS;
}

int main(void)
{
    static const struct {
        const char *name;
        make_fn *make;
    } schemes[] = {{"classic", tti_minhash_signature_classic},
                   {"one permutation, own for empty bins", tti_minhash_signature},
                   {"one permutation, densified", densified},
                   {"fast similarity sketching", fast}};
    static const size_t sizes[] = {10, 20, 100, 340, 2000};
    static tti_minhash m;
    tti_minhash_init(&m, NUM_HASHES, 0);
    printf("%-36s %9s %12s %8s %8s\n", "scheme", "shingles", "ns a set", "error", "bias");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (size_t s = 0; s < sizeof schemes / sizeof *schemes; s++) {
            double rms, bias;
            error_of(schemes[s].make, &m, sizes[i], &rms, &bias);
            printf("%-36s %9zu %12.0f %8.2f %8.2f\n", schemes[s].name, sizes[i],
                   time_of(schemes[s].make, &m, sizes[i]), rms, bias);
        }
    return 0;
}
