/*
 * Near copies are the common case, so a match is followed by comparing tokens, not by looking up
 * its k-grams: another match can begin inside of one only where a k-gram occurs in b twice, and
 * those positions are found as soon as a match is long enough for that to pay.
 */
#include "align/anchors.h"

#include "util/bits.h"
#include "util/error.h"
#include "util/sort.h"

enum {
    MAX_OCCURRENCES = 16,  /* a k-gram in more places of b starts no anchor */
    LONG_PART = 16,        /* a match of 1/16 of b makes it pay to know b's repeated k-grams */
    SPARE_ANCHORS = 64,    /* with more anchors than two for each k-gram of a and these, a text is
                              repetitive: they cost more than they tell */
    PART_OF_FEW_WORDS = 3, /* with one for three and these, one of few words is, or with more places
                              than k-grams that were looked at */
    MAX_SKIPPED = 128 /* with so many k-grams skipped and no rare anchor, it is repetitive too */
};

void tti_anchors_free(tti_anchors *x)
{
    tti_kgram_index_free(&x->index);
    tti_array_free(&x->diagonal_ends, x->allocator);
    tti_array_free(&x->next_repeated, x->allocator);
    tti_array_free(&x->is_common, x->allocator);
    tti_array_free(&x->anchors, x->allocator);
}

/* Eight at a time, then two, then one. */
uint32_t tti_count_equal_tokens(const uint32_t *p, const uint32_t *q, uint32_t most)
{
    uint32_t n = 0;
    for (; n + 8 <= most; n += 8) {
        uint64_t x[4], y[4];
        memcpy(x, p + n, sizeof x);
        memcpy(y, q + n, sizeof y);
        if (((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) | (x[3] ^ y[3])) != 0)
            break;
    }
    for (; n + 2 <= most; n += 2) {
        uint64_t x, y;
        memcpy(&x, p + n, sizeof x);
        memcpy(&y, q + n, sizeof y);
        if (x != y)
            break;
    }
    return n + (n < most && p[n] == q[n]);
}

/* ---- The loaded side ------------------------------------------------------------------------- */

tt_status tti_anchors_load(tti_anchors *x, const uint32_t *tokens, uint32_t count, tt_error *error)
{
    x->b = tokens;
    x->b_count = count;
    x->few_words = -1;
    x->knows_repeated = 0;
    x->index.allocator = x->allocator;
    return tti_kgram_index_build(&x->index, tokens, count, error);
}

static int has_few_words(const tti_anchors *x)
{
    enum { BITS = 1 << 15 };
    uint64_t seen[BITS / 64] = {0}, words = 0; /* no more than there are */
    for (uint32_t i = 0; i < x->b_count && words * words < (uint64_t)x->b_count * 4; i++) {
        uint64_t *const some = &seen[x->b[i] % BITS / 64];
        words += (~*some >> x->b[i] % 64) & 1;
        *some |= (uint64_t)1 << x->b[i] % 64;
    }
    return words * words < (uint64_t)x->b_count * 4;
}

int tti_anchors_have_few_words(tti_anchors *x)
{
    if (x->few_words < 0)
        x->few_words = has_few_words(x);
    return x->few_words;
}

/* True if the k-gram at p occurs in another place of b that does not follow one of the k-gram
 * before it, so that a match with that place may begin here. *is_common: it occurs in too many
 * places. */
static int may_begin_match(const tti_anchors *x, uint32_t p, int *is_common)
{
    const tti_kgram_index *index = &x->index;
    uint32_t places = 0;
    int may_begin = 0;
    for (uint32_t q = *tti_kgram_index_head(index, index->hashes.items[p]);
         q != TTI_NO_POSITION && places <= MAX_OCCURRENCES; q = index->next.items[q]) {
        if (!tti_kgrams_equal(x->b + p, x->b + q))
            continue;
        places++;
        may_begin |= q != p && (p == 0 || q == 0 || x->b[p - 1] != x->b[q - 1]);
    }
    *is_common = places > MAX_OCCURRENCES;
    return may_begin || *is_common;
}

/* After a common k-gram, which leads to some of its places only, any match may begin. */
static tt_status find_repeated_kgrams(tti_anchors *x, tt_error *error)
{
    const uint32_t kgrams = tti_kgram_count(x->b_count);
    uint32_t next = kgrams;
    TTI_TRY_ALLOC(tti_array_resize(&x->next_repeated, x->allocator, (size_t)kgrams + 1), error,
                  "an article's k-grams");
    x->next_repeated.items[kgrams] = kgrams;
    for (uint32_t p = kgrams; p-- > 0;) {
        int is_common;
        if (may_begin_match(x, p, &is_common))
            next = p;
        if (is_common)
            x->next_repeated.items[p + 1] = p + 1;
        x->next_repeated.items[p] = next;
    }
    x->knows_repeated = 1;
    return TT_OK;
}

/* ---- One anchor ------------------------------------------------------------------------------ */

/* Forgets the anchors, for a comparison with `a`. No diagonal has one then: the base of their ends
 * rises beyond every end that was written, which costs nothing. */
static tt_status clear_anchors(tti_anchors *x, const tti_query_side *a, tt_error *error)
{
    const size_t diagonals = (size_t)a->count + x->b_count, known = x->diagonal_ends.count;
    x->anchors.count = 0;
    x->common_anchors = x->common_end = x->stray_kgrams = 0;
    x->places = 0;
    x->knows_common = 0;
    if (diagonals > known) {
        TTI_TRY_ALLOC(tti_array_resize(&x->diagonal_ends, x->allocator, diagonals), error,
                      "anchors");
        memset(x->diagonal_ends.items + known, 0,
               (diagonals - known) * sizeof *x->diagonal_ends.items);
    }
    x->diagonal_base += x->longest_end;
    x->longest_end = a->count;
    if (x->diagonal_base > UINT32_MAX - a->count) {
        memset(x->diagonal_ends.items, 0, x->diagonal_ends.count * sizeof *x->diagonal_ends.items);
        x->diagonal_base = 0;
    }
    return TT_OK;
}

/* How many tokens after position `end` of a both sides still have. */
static uint32_t tokens_after(const tti_anchors *x, const tti_query_side *a, uint32_t end,
                             uint32_t diagonal)
{
    const uint32_t in_a = a->count - end, in_b = x->b_count - (end + diagonal);
    return in_a < in_b ? in_a : in_b;
}

/* How many tokens from k-gram i of a on are equal to those from p of b on. */
static uint32_t match_length(const tti_anchors *x, const tti_query_side *a, uint32_t i, uint32_t p)
{
    const uint32_t end = i + TTI_KGRAM_TOKENS;
    return TTI_KGRAM_TOKENS + tti_count_equal_tokens(a->tokens + end, x->b + p + TTI_KGRAM_TOKENS,
                                                     tokens_after(x, a, end, p - i));
}

/* Where the last anchor of a diagonal ends in a; 0: it has none. */
static inline uint32_t anchored_until(const tti_anchors *x, uint32_t diagonal_end)
{
    return diagonal_end > x->diagonal_base ? diagonal_end - x->diagonal_base : 0;
}

/* Adds the maximal match through k-gram i of a, which occurs at p of b, unless the last anchor of
 * its diagonal reaches into it. The k-grams of a diagonal come in order. Within one article the
 * match may go on behind that anchor, which ends where its two places meet; the next one begins
 * there, so that the places of a text that follows itself are those of the text. A match of fewer
 * than `least` tokens is none. */
static tt_status add_anchor(tti_anchors *x, const tti_query_side *a, uint32_t i, uint32_t p,
                            uint32_t least, tt_error *error)
{
    const uint32_t diagonal = p - i; /* it may wrap; any 32 bits tell two diagonals apart */
    const uint32_t most = a->self ? diagonal : UINT32_MAX; /* the two places may not overlap */
    uint32_t *const diagonal_end =
        &tti_array_at(&x->diagonal_ends, a->self ? diagonal : diagonal + a->count);
    const uint32_t floor = anchored_until(x, *diagonal_end);
    uint32_t end = i + TTI_KGRAM_TOKENS, room;
    assert(tti_kgrams_equal(a->tokens + i, x->b + p));
    if (floor > i)
        return TT_OK;
    while (i > floor && i + diagonal > 0 && end - i < most &&
           a->tokens[i - 1] == x->b[i - 1 + diagonal])
        i--;
    room = tokens_after(x, a, end, diagonal);
    room = room < most - (end - i) ? room : most - (end - i);
    end += tti_count_equal_tokens(a->tokens + end, x->b + (end + diagonal), room);
    assert(end <= a->count && end + diagonal <= x->b_count && (!a->self || end <= i + diagonal));
    if (end - i < least)
        return TT_OK;
    *diagonal_end = x->diagonal_base + end;
    TTI_TRY_ALLOC(tti_array_push(&x->anchors, x->allocator,
                                 (tti_anchor){.a = i,
                                              .b = i + diagonal,
                                              .len = end - i,
                                              .before = TTI_NO_ANCHOR,
                                              .first_b = i + diagonal}),
                  error, "anchors");
    return TT_OK;
}

/* ---- All anchors ----------------------------------------------------------------------------- */

/* True if the k-grams of a occur in so many places of b that the rare ones tell nothing. If b has
 * few words, they do so sooner. */
static inline int is_too_repetitive(tti_anchors *x, const tti_query_side *a)
{
    const size_t rare = x->anchors.count - x->common_anchors, kgrams = tti_kgram_count(a->count);
    return rare > kgrams * 2 + SPARE_ANCHORS ||
           ((rare > kgrams / PART_OF_FEW_WORDS + SPARE_ANCHORS ||
             x->places > kgrams + SPARE_ANCHORS) &&
            !a->self && tti_anchors_have_few_words(x)) ||
           x->common_anchors > ((size_t)a->count + x->b_count) / x->least_common ||
           (rare == 0 && x->stray_kgrams > MAX_SKIPPED);
}

static tt_status forget_common_kgrams(tti_anchors *x, tt_error *error)
{
    const uint32_t kgrams = tti_kgram_count(x->b_count);
    TTI_TRY_ALLOC(tti_array_resize(&x->is_common, x->allocator, kgrams), error,
                  "an article's k-grams");
    if (kgrams > 0)
        memset(x->is_common.items, 0, kgrams);
    x->knows_common = 1;
    return TT_OK;
}

/* Adds the anchors through k-gram i of a, which occurs in too many places of b, the first of them
 * p, as far as they are long: they are a passage that recurs, not a phrase. The first place in a
 * leads to all places in b, and the others to the first one, so that each place on either side has
 * an anchor, and there are no more than places. */
static tt_status add_common_anchors_at(tti_anchors *x, const tti_query_side *a, uint32_t i,
                                       uint32_t p, tt_error *error)
{
    const size_t before = x->anchors.count;
    int is_first;
    if (!x->knows_common)
        TTI_TRY(forget_common_kgrams(x, error));
    is_first = !x->is_common.items[p];
    x->is_common.items[p] = 1;
    do {
        TTI_TRY(add_anchor(x, a, i, p, x->least_common, error));
        p = tti_kgram_index_find(&x->index, a->tokens + i, x->index.next.items[p]);
    } while (is_first && p != TTI_NO_POSITION);
    for (size_t k = before; k < x->anchors.count; k++)
        if (x->anchors.items[k].a + x->anchors.items[k].len > x->common_end)
            x->common_end = x->anchors.items[k].a + x->anchors.items[k].len;
    if (i + TTI_KGRAM_TOKENS > x->common_end) {
        x->stray_kgrams++;
        x->places += MAX_OCCURRENCES + 1;
    }
    x->common_anchors += (uint32_t)(x->anchors.count - before);
    return TT_OK;
}

/* Adds the anchors through k-gram i of a, which occurs in b at p and not before. Within one article
 * the next occurrence of a common k-gram leads on to the others. It is common in all its places: if
 * the last ones led to each other, a match of text that follows itself would begin anywhere. */
static tt_status add_anchors_at(tti_anchors *x, const tti_query_side *a, uint32_t i, uint32_t p,
                                tt_error *error)
{
    uint32_t positions[MAX_OCCURRENCES + 1], n = 0;
    const uint32_t next = p;
    while (p != TTI_NO_POSITION && n <= MAX_OCCURRENCES) {
        if (!a->self || p >= i + TTI_KGRAM_TOKENS)
            positions[n++] = p;
        p = tti_kgram_index_find(&x->index, a->tokens + i, x->index.next.items[p]);
    }
    x->skipped_kgrams += n > MAX_OCCURRENCES;
    if (n > MAX_OCCURRENCES && !a->self)
        return add_common_anchors_at(x, a, i, next, error);
    x->places += n;
    if (a->self && n > 1 &&
        (n > MAX_OCCURRENCES || x->is_common.items[i] || is_too_repetitive(x, a))) {
        x->is_common.items[next] = 1;
        n = 1;
    }
    for (uint32_t k = 0; k < n; k++)
        TTI_TRY(add_anchor(x, a, i, positions[k], TTI_KGRAM_TOKENS, error));
    return TT_OK;
}

/* True if k-gram i, whose only occurrence is at p of b, lies in the anchor found last. */
static inline int is_inside_last_anchor(const tti_anchors *x, uint32_t i, uint32_t p)
{
    const tti_anchor *last;
    if (x->anchors.count == 0)
        return 0;
    last = &x->anchors.items[x->anchors.count - 1];
    return p - i == last->b - last->a && i + TTI_KGRAM_TOKENS <= last->a + last->len &&
           x->index.next.items[p] == TTI_NO_POSITION;
}

/* True if k-gram i, which occurs at p of b, lies in some anchor. */
static inline int is_inside_anchor(const tti_anchors *x, const tti_query_side *a, uint32_t i,
                                   uint32_t p)
{
    return anchored_until(x, tti_array_at(&x->diagonal_ends, p - i + a->count)) > i;
}

/* The anchor that reaches farthest. */
typedef struct farthest_anchor {
    uint32_t diagonal, end; /* in a */
} farthest_anchor;

/* The first position after i, which has been looked up, whose k-gram may begin another anchor. */
static inline uint32_t next_anchor_start(const tti_anchors *x, const farthest_anchor *farthest,
                                         uint32_t i)
{
    const uint32_t end = farthest->end - TTI_KGRAM_TOKENS + 1;
    uint32_t next;
    if (!x->knows_repeated || farthest->end < TTI_KGRAM_TOKENS || i + 1 >= end)
        return i + 1;
    next = x->next_repeated.items[i + 1 + farthest->diagonal] - farthest->diagonal;
    return next < end ? next : end;
}

/* The first position whose k-gram does not lie in the farthest of the anchors from the `found`-th
 * on, or in the last one. Counting shared shingles needs no others: a shingle that is not all in
 * that anchor ends with a k-gram that is not. */
static inline uint32_t end_of_anchors(const tti_anchors *x, size_t found)
{
    uint32_t end = 0;
    for (size_t k = found < x->anchors.count ? found : x->anchors.count - 1; k < x->anchors.count;
         k++)
        if (x->anchors.items[k].a + x->anchors.items[k].len > end)
            end = x->anchors.items[k].a + x->anchors.items[k].len;
    return end - TTI_KGRAM_TOKENS + 1;
}

/* The first hit after the h-th that is at `next` or beyond. Hits ascend, and within a match nearly
 * every position is one, so that it is close before h + the positions passed over. */
static size_t next_hit_from(const tti_kgram_index *index, size_t h, uint32_t next)
{
    size_t k = h + 1;
    if (next > index->hits.items[h] + 1)
        k = h + (next - index->hits.items[h]);
    if (k > index->hits.count)
        k = index->hits.count;
    while (k > h + 1 && index->hits.items[k - 1] >= next)
        k--;
    return k;
}

/* Finds the matches with another article that its rare k-grams lead to. `all_or_none`: they are for
 * counting shared shingles, which needs no match twice, and all of them: the search ends at the
 * first k-gram that is not rare. */
static tt_status find_in_other(tti_anchors *x, const tti_query_side *a, int all_or_none,
                               tt_error *error)
{
    const tti_kgram_index *index = &x->index;
    farthest_anchor farthest = {0, 0};
    uint32_t next = 0; /* k-grams before it need not be looked up */
    for (size_t h = 0; h < index->hits.count; h = next_hit_from(index, h, next)) {
        const uint32_t i = index->hits.items[h];
        const size_t found = x->anchors.count;
        const uint32_t p = tti_kgram_index_find(
            index, a->tokens + i, *tti_kgram_index_head(index, index->query_hashes.items[i]));
        if (p == TTI_NO_POSITION)
            continue;
        if (index->next.items[p] != TTI_NO_POSITION || !is_inside_anchor(x, a, i, p)) {
            TTI_TRY(add_anchors_at(x, a, i, p, error));
            if ((all_or_none && x->skipped_kgrams > 0) || is_too_repetitive(x, a))
                return TT_OK;
        }
        if (all_or_none) {
            if (x->anchors.count > 0)
                next = end_of_anchors(x, found);
            continue;
        }
        for (size_t k = found; k < x->anchors.count; k++) {
            const tti_anchor *y = &x->anchors.items[k];
            if (y->a + y->len > farthest.end)
                farthest = (farthest_anchor){y->b - y->a, y->a + y->len};
            if (!x->knows_repeated && y->len > x->b_count / LONG_PART)
                TTI_TRY(find_repeated_kgrams(x, error));
        }
        next = next_anchor_start(x, &farthest, i);
    }
    return TT_OK;
}

/* Finds the matches of the loaded side with later places of itself. */
static tt_status find_in_itself(tti_anchors *x, const tti_query_side *a, tt_error *error)
{
    const tti_kgram_index *index = &x->index;
    const uint32_t kgrams = tti_kgram_count(a->count);
    TTI_TRY(forget_common_kgrams(x, error));
    for (uint32_t i = 0; i < kgrams; i++) {
        uint32_t *head = tti_kgram_index_head(index, index->hashes.items[i]), p;
        assert(*head == i);
        *head = index->next.items[i]; /* positions up to i can only be the first of two places */
        p = tti_kgram_index_find(index, a->tokens + i, *head);
        if (p != TTI_NO_POSITION && !is_inside_last_anchor(x, i, p))
            TTI_TRY(add_anchors_at(x, a, i, p, error));
    }
    return TT_OK;
}

/* ---- Repetitive texts ------------------------------------------------------------------------ */

/*
 * Two articles of few different words: most k-grams occur in many places there, and an anchor for
 * each of them would cost more than the alignment is worth. Each position gets one anchor, the
 * longest match within reach.
 */
enum {
    NEAR_DIAGONAL = 16,     /* positions that are tried on either side of the diagonal */
    REACH_OF_FEW_WORDS = 4, /* the same in a text of few words */
    LONG_MATCH = 12,     /* if a match near the diagonal is as long as this, no others are tried */
    FIRST_POSITIONS = 4, /* positions that are tried in any case, the first in b */
    STEPS_PER_TOKEN = 1  /* further comparisons of eight tokens, for each token of b */
};

typedef struct repetitive_search {
    const tti_anchors *x;
    const tti_query_side *a;
    uint32_t diagonal; /* b - a of the matches that are followed */
    uint32_t weight;   /* the length of the match that set it, less for every one since */
    int64_t reach;     /* positions that are tried on either side of the diagonal */
    uint64_t budget;   /* steps left beyond the first positions */
    uint32_t i;        /* the position of a that is matched */
    uint32_t best;     /* where its best match in b begins */
    uint32_t length;   /* the length of that match */
} repetitive_search;

static uint32_t distance_to_diagonal(const repetitive_search *s, uint32_t p)
{
    const uint32_t off = p - s->i - s->diagonal;
    return off < (uint32_t)-off ? off : (uint32_t)-off;
}

/* @return how many steps it took */
static uint32_t try_match_at(repetitive_search *s, uint32_t p)
{
    const uint32_t length = match_length(s->x, s->a, s->i, p);
    if (length > s->length ||
        (length == s->length && distance_to_diagonal(s, p) < distance_to_diagonal(s, s->best))) {
        s->best = p;
        s->length = length;
    }
    return 1 + length / 8;
}

static void try_near_diagonal(repetitive_search *s)
{
    const int64_t kgrams = tti_kgram_count(s->x->b_count);
    const int64_t there = (int64_t)s->i + (int32_t)s->diagonal;
    const int64_t begin = there < s->reach ? 0 : there - s->reach;
    const int64_t end = there + s->reach < kgrams ? there + s->reach : kgrams;
    for (int64_t p = begin; p < end; p++)
        if (tti_kgrams_equal(s->a->tokens + s->i, s->x->b + p))
            (void)try_match_at(s, (uint32_t)p);
}

static void try_all_positions(repetitive_search *s)
{
    const tti_kgram_index *index = &s->x->index;
    const uint32_t *kgram = s->a->tokens + s->i;
    uint32_t p = tti_kgram_index_find(
        index, kgram, *tti_kgram_index_head(index, index->query_hashes.items[s->i]));
    for (uint32_t n = 0; p != TTI_NO_POSITION && (n < FIRST_POSITIONS || s->budget > 0); n++) {
        const uint64_t steps = try_match_at(s, p);
        if (n >= FIRST_POSITIONS)
            s->budget -= steps < s->budget ? steps : s->budget;
        p = tti_kgram_index_find(index, kgram, index->next.items[p]);
    }
}

/* Replaces the anchors by those of a repetitive text, in time linear in the two articles. */
static tt_status find_in_repetitive(tti_anchors *x, const tti_query_side *a, tt_error *error)
{
    const tti_kgram_index *index = &x->index;
    repetitive_search s = {.x = x,
                           .a = a,
                           .reach =
                               tti_anchors_have_few_words(x) ? REACH_OF_FEW_WORDS : NEAR_DIAGONAL,
                           .budget = (uint64_t)x->b_count * STEPS_PER_TOKEN};
    uint32_t next =
        0; /* the last k-grams of a match may lead to another; the others need no look */
    TTI_TRY(clear_anchors(x, a, error));
    for (size_t h = 0; h < index->hits.count; h++) {
        s.i = index->hits.items[h];
        if (s.i < next)
            continue;
        s.best = TTI_NO_POSITION, s.length = 0;
        try_near_diagonal(&s);
        if (s.length < LONG_MATCH)
            try_all_positions(&s);
        if (s.length == 0)
            continue;
        TTI_TRY(add_anchor(x, a, s.i, s.best, TTI_KGRAM_TOKENS, error));
        next = s.i + s.length - TTI_KGRAM_TOKENS + 1;
        s.weight -= s.weight / 4;
        if (s.length >= s.weight) {
            s.weight = s.length;
            s.diagonal = s.best - s.i;
        }
    }
    return TT_OK;
}

/* ---- The whole ------------------------------------------------------------------------------- */

static inline int anchor_comes_before(const tti_anchor *x, const tti_anchor *y)
{
    return x->a != y->a ? x->a < y->a : x->b < y->b;
}

TTI_SORT_DEFINE(sort_by_place, tti_anchor, anchor_comes_before(x, y))

static void sort_anchors(tti_anchors *x)
{
    int sorted = 1; /* most often they are */
    for (size_t k = 1; k < x->anchors.count && sorted; k++)
        sorted = !anchor_comes_before(&x->anchors.items[k], &x->anchors.items[k - 1]);
    if (!sorted)
        sort_by_place(x->anchors.items, x->anchors.count);
}

tt_status tti_anchors_find(tti_anchors *x, const tti_query_side *a, tt_error *error)
{
    x->skipped_kgrams = 0;
    x->repetitive = 0;
    TTI_TRY(clear_anchors(x, a, error));
    if (a->self) {
        TTI_TRY(find_in_itself(x, a, error));
    } else {
        TTI_TRY(tti_kgram_index_probe(&x->index, a->tokens, a->count, error));
        TTI_TRY(find_in_other(x, a, 0, error));
        x->repetitive = is_too_repetitive(x, a) || (x->anchors.count == 0 && x->skipped_kgrams > 0);
        if (x->repetitive)
            TTI_TRY(find_in_repetitive(x, a, error));
    }
    sort_anchors(x);
    return TT_OK;
}

tt_status tti_anchors_match(tti_anchors *x, const tti_query_side *a, uint32_t least, int *enough,
                            tt_error *error)
{
    x->skipped_kgrams = 0;
    x->repetitive = 0;
    TTI_TRY(clear_anchors(x, a, error));
    TTI_TRY(tti_kgram_index_probe(&x->index, a->tokens, a->count, error));
    *enough = x->index.hits.count >= least; /* a shared shingle begins with a shared k-gram */
    if (!*enough)
        return TT_OK;
    TTI_TRY(find_in_other(x, a, 1, error));
    x->repetitive = is_too_repetitive(x, a);
    sort_anchors(x);
    return TT_OK;
}

/* An anchor is maximal, so it holds every shared shingle that runs through one of its k-grams; in
 * order of place, those that no earlier anchor holds are new. */
uint32_t tti_anchors_shared_shingles(const tti_anchors *x, uint32_t w, const uint32_t *repeats,
                                     uint32_t repeat_count)
{
    uint32_t shared = 0, until = 0, r = 0;
    if (w < TTI_KGRAM_TOKENS || x->skipped_kgrams > 0 || x->repetitive)
        return UINT32_MAX;
    for (size_t k = 0; k < x->anchors.count; k++) {
        const tti_anchor *y = &x->anchors.items[k];
        const uint32_t end = y->len >= w ? y->a + y->len - w + 1 : y->a;
        const uint32_t begin = y->a > until ? y->a : until;
        if (end <= begin)
            continue;
        shared += end - begin;
        until = end;
        while (r < repeat_count && repeats[r] < begin)
            r++;
        for (; r < repeat_count && repeats[r] < end; r++)
            shared--;
    }
    return shared;
}
