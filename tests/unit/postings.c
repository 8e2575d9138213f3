/* The postings of an index: packed, added later, removed, packed again. */
#include "index/postings.h"

#include "../support.h"
#include "util/alloc.h"

enum { DOCS = 3000, SEEDS = 30, KEYS = 700, PARTS_USED = 3 };

/* Makes the seeds of a document; positions ascend. */
typedef struct made {
    tti_minimizers sample;
    uint32_t keys[SEEDS], parts[SEEDS], places[SEEDS];
    int there;
} made;

static made *docs;

/* Few keys in few partitions, some of them in most documents, give every kind of bucket and list.
 */
static void make_docs(void)
{
    rng r = {5};
    docs = calloc(DOCS, sizeof *docs);
    assert_non_null(docs);
    for (size_t d = 0; d < DOCS; d++) {
        made *x = &docs[d];
        for (uint32_t k = 0; k < SEEDS; k++) {
            x->keys[k] = k % 7 == 0 ? k : rng_below(&r, KEYS) * 0x01000193u;
            x->parts[k] = x->keys[k] % PARTS_USED;
            x->places[k] = k;
        }
        if (d % 5 == 0)
            x->keys[SEEDS - 1] = UINT32_MAX;
        x->sample = (tti_minimizers){
            .keys = {x->keys, SEEDS, SEEDS},
            .partition_hashes = {x->parts, SEEDS, SEEDS},
            .positions = {x->places, SEEDS, SEEDS},
        };
    }
}

static size_t count_there(uint32_t key, uint32_t part, tti_doc_position *out)
{
    size_t n = 0;
    for (uint32_t d = 0; d < DOCS; d++)
        for (uint32_t k = 0; docs[d].there && k < SEEDS; k++)
            if (docs[d].keys[k] == key && docs[d].parts[k] == part) {
                if (n < TTI_SEED_MAX_POSTINGS)
                    out[n] = (tti_doc_position){d, k};
                n++;
            }
    return n;
}

static void assert_map(const tti_postings *map)
{
    tti_doc_position wanted[TTI_SEED_MAX_POSTINGS], found[TTI_SEED_MAX_POSTINGS];
    uint64_t seeds = 0;
    for (size_t d = 0; d < DOCS; d++)
        seeds += docs[d].there ? SEEDS : 0;
    assert_int_equal(tti_postings_count(map), seeds);
    for (uint32_t d = 0; d < DOCS; d += 211) {
        tti_postings_prefetch(map, &docs[d].sample);
        for (size_t k = 0; k < SEEDS; k++) {
            const size_t n = count_there(docs[d].keys[k], docs[d].parts[k], wanted);
            const size_t shown = n < TTI_SEED_MAX_POSTINGS ? n : TTI_SEED_MAX_POSTINGS;
            assert_int_equal(
                tti_postings_find(map, &docs[d].sample, k, found, TTI_SEED_MAX_POSTINGS), shown);
            assert_memory_equal(found, wanted, shown * sizeof *found);
            assert_int_equal(tti_postings_has(map, &docs[d].sample, k, d), docs[d].there);
        }
    }
}

/* Adds documents [begin, end) through partition buffers, one for each thread. */
static tt_status merge(tti_postings *map, uint32_t begin, uint32_t end, int threads)
{
    tti_partition_buffers sieves[3] = {{0}};
    tt_status status = TT_OK;
    for (int t = 0; t < threads; t++) {
        sieves[t].allocator = map->allocator;
        for (uint32_t d = begin + (end - begin) * (uint32_t)t / (uint32_t)threads;
             d < begin + (end - begin) * (uint32_t)(t + 1) / (uint32_t)threads && status == TT_OK;
             d++) {
            status = tti_partition_buffers_add(&sieves[t], &docs[d].sample, d, NULL);
            docs[d].there = 1;
        }
    }
    if (status == TT_OK)
        status = tti_postings_merge(map, sieves, threads, threads, NULL);
    for (int t = 0; t < threads; t++)
        tti_partition_buffers_free(&sieves[t]);
    return status;
}

static void add(tti_postings *map, uint32_t d)
{
    assert_int_equal(tti_postings_add(map, &docs[d].sample, d, NULL), TT_OK);
    docs[d].there = 1;
}

static void drop(tti_postings *map, uint32_t d)
{
    tti_postings_remove(map, &docs[d].sample, d);
    docs[d].there = 0;
}

static void every_seed_is_found_where_it_stands(void **state)
{
    counting c;
    tti_postings map = {0};
    rng r = {9};
    (void)state;
    counting_start(&c, 0);
    map.allocator = &c.allocator;
    make_docs();
    for (uint32_t d = 0; d < 20; d++)
        add(&map, d);
    assert_map(&map);
    assert_int_equal(merge(&map, 20, 1000, 3), TT_OK); /* beside the existing ones */
    assert_map(&map);
    for (uint32_t d = 1000; d < 2000; d++)
        add(&map, d);
    assert_map(&map);
    for (int k = 0; k < 1200; k++) { /* out of order: a text passes to a later article */
        const uint32_t d = rng_below(&r, 2000);
        if (docs[d].there)
            drop(&map, d);
        else
            add(&map, d);
    }
    assert_map(&map);
    assert_int_equal(merge(&map, 2000, DOCS, 1), TT_OK);
    for (uint32_t d = 0; d < 2900; d++)
        if (docs[d].there)
            drop(&map, d);
    assert_map(&map);
    assert_true(tti_postings_memory(&map) < 100 * SEEDS * 100); /* memory shrinks */
    for (uint32_t d = 2900; d < DOCS; d++)
        drop(&map, d);
    assert_map(&map);
    tti_postings_free(&map);
    assert_true(counting_is_clean(&c));
    free(docs);
}

static void without_memory_it_says_so_and_leaks_nothing(void **state)
{
    tt_status status = TT_ENOMEM;
    (void)state;
    make_docs();
    for (size_t k = 1; status != TT_OK; k++) {
        counting c;
        tti_postings map = {0};
        counting_start(&c, k);
        map.allocator = &c.allocator;
        status = merge(&map, 0, 60, 2);
        assert_true(status == TT_OK || status == TT_ENOMEM);
        tti_postings_free(&map);
        assert_true(counting_is_clean(&c));
        assert_true(k < 100);
    }
    free(docs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_seed_is_found_where_it_stands),
        cmocka_unit_test(without_memory_it_says_so_and_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
