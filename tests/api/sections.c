/* Handmade sections: where they begin and end, which occurrence is the reference, what is joined.
 */
#include "../texts.h"

/* Builds texts of pieces, and records their extents. */
typedef struct piece {
    char *text;
    size_t size;
} piece;

static piece piece_of(uint64_t seed, size_t words)
{
    char *text = random_text(seed, words);
    return (piece){text, strlen(text)};
}

static void free_pieces(piece *pieces, size_t count)
{
    for (size_t k = 0; k < count; k++)
        free(pieces[k].text);
}

/* Joins pieces with a full stop and a space. Owner: the caller, free(). */
static char *line_of(const piece *pieces, const int *order, size_t count)
{
    size_t size = 1;
    char *out, *at;
    for (size_t k = 0; k < count; k++)
        size += pieces[order[k]].size + 2;
    at = out = malloc(size);
    if (out == NULL)
        abort();
    for (size_t k = 0; k < count; k++) {
        memcpy(at, pieces[order[k]].text, pieces[order[k]].size);
        at += pieces[order[k]].size;
        memcpy(at, ". ", 2);
        at += 2;
    }
    *at = '\0';
    return out;
}

#define LINE(pieces, ...)                                                                          \
  line_of(pieces, (const int[]){__VA_ARGS__}, sizeof((const int[]){__VA_ARGS__}) / sizeof(int))

static results sections_of(char **texts, size_t count, uint32_t min_section)
{
    tt_options o = TT_OPTIONS_INIT;
    results r = {0};
    tt_result *x;
    o.min_section = min_section;
    x = index_of(&o, (const char *const *)texts, count);
    assert_non_null(x);
    assert_int_equal(results_collect(&r, x), TT_OK);
    tt_result_close(x);
    return r;
}

static void assert_place(const tt_occurrence *o, uint64_t article, uint64_t begin, uint64_t end,
                         uint64_t of_begin, uint64_t of_end)
{
    if (o->article != article || o->begin != begin || o->end != end || o->of_begin != of_begin ||
        o->of_end != of_end)
        fail_msg("%d: %d..%d of %d..%d, not %d: %d..%d of %d..%d", (int)o->article, (int)o->begin,
                 (int)o->end, (int)o->of_begin, (int)o->of_end, (int)article, (int)begin, (int)end,
                 (int)of_begin, (int)of_end);
}

/* A passage in the middle of lines has exact extents. */
static void a_passage_is_found_wherever_it_is_cut(void **state)
{
    piece p[] = {piece_of(1, 50), piece_of(2, 60), piece_of(3, 70), piece_of(4, 80)};
    char *texts[] = {LINE(p, 0, 1, 2), LINE(p, 3, 1)};
    results r = sections_of(texts, 2, 32);
    const uint64_t first = p[0].size + 2, second = p[3].size + 2;
    (void)state;
    assert_int_equal(r.section_count, 1);
    assert_int_equal(r.sections[0].count, 2);
    assert_int_equal(r.sections[0].tokens, 60);
    assert_place(&r.sections[0].occurrences[0], 0, first, first + p[1].size, first,
                 first + p[1].size);
    assert_place(&r.sections[0].occurrences[1], 1, second, second + p[1].size, first,
                 first + p[1].size);
    assert_true(r.sections[0].occurrences[1].similarity == 1);
    results_free(&r);
    free(texts[0]), free(texts[1]);
    free_pieces(p, 4);
}

static void a_passage_shorter_than_asked_for_is_no_section(void **state)
{
    piece p[] = {piece_of(1, 100), piece_of(2, 31), piece_of(3, 90)};
    char *texts[] = {LINE(p, 0, 1), LINE(p, 2, 1)};
    results r = sections_of(texts, 2, 32);
    (void)state;
    assert_int_equal(r.section_count, 0);
    results_free(&r);
    r = sections_of(texts, 2, 31);
    assert_int_equal(r.section_count, 1);
    assert_int_equal(r.sections[0].tokens, 31);
    results_free(&r);
    free(texts[0]), free(texts[1]);
    free_pieces(p, 3);
}

static void a_body_that_stands_twice_is_a_section_of_two_places(void **state)
{
    piece p[] = {piece_of(5, 20), piece_of(6, 200), piece_of(7, 15)};
    char *texts[] = {LINE(p, 0, 1, 2, 1)};
    results r = sections_of(texts, 1, 32);
    const uint64_t first = p[0].size + 2, second = first + p[1].size + 2 + p[2].size + 2;
    (void)state;
    assert_int_equal(r.section_count, 1);
    assert_int_equal(r.sections[0].count, 2);
    assert_place(&r.sections[0].occurrences[0], 0, first, first + p[1].size, first,
                 first + p[1].size);
    assert_place(&r.sections[0].occurrences[1], 0, second, second + p[1].size, first,
                 first + p[1].size);
    results_free(&r);
    free(texts[0]);
    free_pieces(p, 3);
}

/* Each text but the first copies the previous one: all refer to the first. */
static void the_reference_is_the_earliest_place(void **state)
{
    enum { COUNT = 30 };
    piece p[COUNT + 1];
    char *texts[COUNT];
    results r;
    (void)state;
    p[COUNT] = piece_of(99, 50);
    for (int k = 0; k < COUNT; k++) {
        p[k] = piece_of((uint64_t)k + 10, 60);
        texts[k] = LINE(p, k, COUNT);
    }
    r = sections_of(texts, COUNT, 32);
    assert_int_equal(r.section_count, 1);
    assert_int_equal(r.sections[0].count, COUNT);
    for (uint64_t k = 0; k < COUNT; k++)
        assert_place(&r.sections[0].occurrences[k], k, p[k].size + 2, p[k].size + 2 + p[COUNT].size,
                     p[0].size + 2, p[0].size + 2 + p[COUNT].size);
    results_free(&r);
    for (int k = 0; k < COUNT; k++)
        free(texts[k]);
    free_pieces(p, COUNT + 1);
}

/* One copies the first two thirds, another the last two: they have the middle in common. */
static void places_with_a_part_in_common_are_one_section(void **state)
{
    piece p[] = {piece_of(1, 50), piece_of(2, 50), piece_of(3, 50), piece_of(4, 70),
                 piece_of(5, 70)};
    char *texts[] = {LINE(p, 0, 1, 2), LINE(p, 3, 0, 1), LINE(p, 1, 2, 4)};
    results r = sections_of(texts, 3, 32);
    const uint64_t one = p[0].size, two = one + 2 + p[1].size, three = two + 2 + p[2].size;
    (void)state;
    assert_int_equal(r.section_count, 1);
    assert_int_equal(r.sections[0].count, 3);
    assert_int_equal(r.sections[0].tokens, 150);
    assert_place(&r.sections[0].occurrences[0], 0, 0, three, 0, three);
    assert_place(&r.sections[0].occurrences[1], 1, p[3].size + 2, p[3].size + 2 + two, 0, two);
    assert_place(&r.sections[0].occurrences[2], 2, 0, three - one - 2, one + 2, three);
    results_free(&r);
    for (int k = 0; k < 3; k++)
        free(texts[k]);
    free_pieces(p, 5);
}

/* One copies the first third, another the last: those two have nothing in common. */
static void places_that_share_nothing_are_sections_each(void **state)
{
    piece p[] = {piece_of(1, 60), piece_of(2, 60), piece_of(3, 60),
                 piece_of(4, 40), piece_of(5, 40), piece_of(6, 40)};
    char *texts[] = {LINE(p, 0, 1, 2), LINE(p, 3, 0), LINE(p, 0, 1, 4), LINE(p, 5, 2)};
    results r = sections_of(texts, 4, 32);
    const uint64_t one = p[0].size, two = one + 2 + p[1].size, three = two + 2 + p[2].size;
    (void)state;
    assert_int_equal(r.section_count, 2);
    assert_int_equal(r.sections[0].count, 3); /* the first third and the first two */
    assert_place(&r.sections[0].occurrences[0], 0, 0, two, 0, two);
    assert_place(&r.sections[0].occurrences[1], 1, p[3].size + 2, p[3].size + 2 + one, 0, one);
    assert_int_equal(r.sections[0].occurrences[2].article, 2);
    assert_int_equal(r.sections[1].count, 2);
    assert_place(&r.sections[1].occurrences[0], 0, two + 2, three, two + 2, three);
    assert_int_equal(r.sections[1].occurrences[1].article, 3);
    results_free(&r);
    for (int k = 0; k < 4; k++)
        free(texts[k]);
    free_pieces(p, 6);
}

static void references_apart_are_sections_each(void **state)
{
    piece p[] = {piece_of(1, 50), piece_of(2, 50), piece_of(3, 50), piece_of(4, 70),
                 piece_of(5, 70)};
    char *texts[] = {LINE(p, 0, 1, 2), LINE(p, 3, 0), LINE(p, 2, 4)};
    results r = sections_of(texts, 3, 32);
    (void)state;
    assert_int_equal(r.section_count, 2);
    assert_true(r.sections[0].number == 1 && r.sections[1].number == 2);
    assert_int_equal(r.sections[0].occurrences[0].begin, 0);
    assert_int_equal(r.sections[0].occurrences[1].article, 1);
    assert_int_equal(r.sections[1].occurrences[0].article, 0);
    assert_int_equal(r.sections[1].occurrences[1].article, 2);
    results_free(&r);
    for (int k = 0; k < 3; k++)
        free(texts[k]);
    free_pieces(p, 5);
}

/* Copies of an article repeat all of it as one passage, and the part that is older. */
static void copies_of_an_article_are_not_cut(void **state)
{
    piece p[] = {piece_of(1, 60), piece_of(2, 60), piece_of(3, 60)};
    char *texts[] = {LINE(p, 0, 1), LINE(p, 2, 1), LINE(p, 2, 1), LINE(p, 2, 1)};
    results r = sections_of(texts, 4, 32);
    const uint64_t tail = p[2].size + 2, end = tail + p[1].size;
    const uint64_t of = p[0].size + 2;
    (void)state;
    assert_int_equal(r.section_count, 2);
    assert_int_equal(r.sections[0].count, 4);
    for (uint64_t k = 1; k < 4; k++)
        assert_place(&r.sections[0].occurrences[k], k, tail, end, of, of + p[1].size);
    assert_int_equal(r.sections[1].count, 3);
    for (uint64_t k = 0; k < 3; k++)
        assert_place(&r.sections[1].occurrences[k], k + 1, 0, end, 0, end);
    results_free(&r);
    for (int k = 0; k < 4; k++)
        free(texts[k]);
    free_pieces(p, 3);
}

/* Nor are edited copies; and those that have a part of a passage alone are in one section with all
 * that have the passage. */
static void a_run_is_one_section_though_parts_of_it_are_older_and_younger(void **state)
{
    piece p[] = {piece_of(1, 60), piece_of(2, 60), piece_of(3, 60), piece_of(4, 60)};
    char *texts[] = {LINE(p, 3, 1), LINE(p, 0, 1, 2), LINE(p, 3, 0, 1, 2), LINE(p, 2), LINE(p, 0)};
    results r = sections_of(texts, 5, 32);
    const uint64_t part = p[3].size + 2, one = p[0].size, two = one + 2 + p[1].size,
                   whole = two + 2 + p[2].size;
    (void)state;
    assert_int_equal(r.section_count, 4);
    assert_int_equal(r.sections[0].count, 2); /* what the third has of the first */
    assert_int_equal(r.sections[1].count, 3);
    assert_place(&r.sections[1].occurrences[1], 1, one + 2, two, part, part + p[1].size);
    assert_int_equal(r.sections[2].count, 3);
    assert_place(&r.sections[2].occurrences[0], 1, 0, whole, 0, whole);
    assert_place(&r.sections[2].occurrences[1], 2, part, part + whole, 0, whole);
    assert_int_equal(r.sections[2].occurrences[2].article, 4);
    assert_int_equal(r.sections[3].count, 3);
    assert_place(&r.sections[3].occurrences[0], 1, two + 2, whole, two + 2, whole);
    assert_place(&r.sections[3].occurrences[1], 2, part + two + 2, part + whole, two + 2, whole);
    assert_int_equal(r.sections[3].occurrences[2].article, 3);
    results_free(&r);
    for (int k = 0; k < 5; k++)
        free(texts[k]);
    free_pieces(p, 4);
}

/* The same tokens at other bytes have the extents of each article. */
static void a_copy_in_other_bytes_has_extents_of_its_own(void **state)
{
    piece p[] = {piece_of(1, 40)};
    char *texts[2], *at;
    results r;
    (void)state;
    texts[0] = LINE(p, 0);
    texts[1] = at = malloc(p[0].size * 2 + 8);
    *at++ = '\n', *at++ = '*';
    for (size_t k = 0; k < p[0].size; k++) {
        *at++ = p[0].text[k];
        if (p[0].text[k] == ' ')
            *at++ = '\t';
    }
    *at = '\0';
    r = sections_of(texts, 2, 32);
    assert_int_equal(r.section_count, 1);
    assert_place(&r.sections[0].occurrences[1], 1, 2, strlen(texts[1]), 0, p[0].size);
    results_free(&r);
    free(texts[0]), free(texts[1]);
    free_pieces(p, 1);
}

static void a_notice_that_stands_many_times_in_one_article_is_one_section(void **state)
{
    enum { TIMES = 60 };
    piece p[TIMES + 1];
    int order[2 * TIMES];
    char *texts[1];
    results r;
    uint64_t at = 0;
    (void)state;
    p[TIMES] = piece_of(1000, 40);
    for (int k = 0; k < TIMES; k++) {
        p[k] = piece_of((uint64_t)k + 1, 50);
        order[2 * k] = TIMES;
        order[2 * k + 1] = k;
    }
    texts[0] = line_of(p, order, 2 * TIMES);
    r = sections_of(texts, 1, 32);
    assert_int_equal(r.section_count, 1);
    assert_int_equal(r.sections[0].count, TIMES);
    for (int k = 0; k < TIMES; k++) {
        assert_place(&r.sections[0].occurrences[k], 0, at, at + p[TIMES].size, 0, p[TIMES].size);
        at += p[TIMES].size + 2 + p[k].size + 2;
    }
    results_free(&r);
    free(texts[0]);
    free_pieces(p, TIMES + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_passage_is_found_wherever_it_is_cut),
        cmocka_unit_test(a_passage_shorter_than_asked_for_is_no_section),
        cmocka_unit_test(a_body_that_stands_twice_is_a_section_of_two_places),
        cmocka_unit_test(the_reference_is_the_earliest_place),
        cmocka_unit_test(places_with_a_part_in_common_are_one_section),
        cmocka_unit_test(places_that_share_nothing_are_sections_each),
        cmocka_unit_test(references_apart_are_sections_each),
        cmocka_unit_test(copies_of_an_article_are_not_cut),
        cmocka_unit_test(a_run_is_one_section_though_parts_of_it_are_older_and_younger),
        cmocka_unit_test(a_copy_in_other_bytes_has_extents_of_its_own),
        cmocka_unit_test(a_notice_that_stands_many_times_in_one_article_is_one_section),
    };
    return cmocka_run_group_tests_name("sections", tests, NULL, NULL);
}
