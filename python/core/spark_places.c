/*
 * Operators from links to places (result/repeats.h).
 *
 *   places  the links of a document and the places of those it is linked to -> its places
 *   spread  packed places, a row each
 *   copies  the same for further articles with the tokens of a document
 */
#include "result/repeats.h"
#include "spark.h"
#include "spark_packed.h"

#include <string.h>

/* ==== Packed passages ========================================================================= */

/* Steps through packed passages. @return 0 at the end */
static int next_passage(spark_bytes *left, packed_passage *out, const void **blocks)
{
    if (left->size < sizeof *out)
        return 0;
    memcpy(out, left->data, sizeof *out);
    *blocks = (const char *)left->data + sizeof *out;
    left->data = (const char *)*blocks + out->block_count * sizeof(tti_block);
    left->size -= sizeof *out + out->block_count * sizeof(tti_block);
    return 1;
}

static tt_status add_blocks(tti_block **to, size_t *count, size_t *capacity, const void *blocks,
                            size_t n)
{
    if (tti_reserve(SPARK_ALLOCATOR, to, capacity, *count + n, sizeof **to) != 0)
        return TT_ENOMEM;
    memcpy(*to + *count, blocks, n * sizeof **to);
    *count += n;
    return TT_OK;
}

/* ==== Places ================================================================================== */

/* A row of the group at hand: links of b with a, or places of a. */
typedef struct passages {
    int64_t a, b;
    int are_places;
    size_t begin, size; /* in maker.packed */
} passages;

typedef struct maker {
    passages *rows;
    size_t row_count, row_capacity;
    spark_buffer packed, given;
    spark_numbers docs;
} maker;

static void close_places(spark_stage *s)
{
    maker *m = s->state;
    tti_release(SPARK_ALLOCATOR, m->rows, m->row_capacity, sizeof *m->rows);
    spark_buffer_free(&m->packed);
    spark_buffer_free(&m->given);
    spark_numbers_free(&m->docs);
}

static spark_bytes bytes_of(const maker *m, const passages *row)
{
    return (spark_bytes){m->packed.bytes + row->begin, row->size};
}

static tt_status number_rows(maker *m)
{
    packed_passage p;
    const void *blocks;
    spark_numbers_clear(&m->docs);
    for (size_t k = 0; k < m->row_count; k++) {
        const passages *row = &m->rows[k];
        spark_bytes left = bytes_of(m, row);
        TTI_TRY(spark_numbers_add(&m->docs, row->a));
        TTI_TRY(spark_numbers_add(&m->docs, row->b));
        while (row->are_places && next_passage(&left, &p, &blocks))
            TTI_TRY(spark_numbers_add(&m->docs, p.of_doc));
    }
    spark_numbers_settle(&m->docs);
    return TT_OK;
}

static tt_status unpack_links(const maker *m, tti_verified *v)
{
    packed_passage p;
    const void *blocks;
    for (size_t k = 0; k < m->row_count; k++) {
        const passages *row = &m->rows[k];
        const uint32_t a = spark_numbers_find(&m->docs, row->a);
        const uint32_t b = spark_numbers_find(&m->docs, row->b);
        spark_bytes left = bytes_of(m, row);
        while (!row->are_places && next_passage(&left, &p, &blocks)) {
            if (tti_reserve(v->allocator, &v->links, &v->link_capacity, v->link_count + 1,
                            sizeof *v->links) != 0)
                return TT_ENOMEM;
            v->links[v->link_count++] =
                (tti_shared_passage){a,       b,         p.a_begin,     p.a_end,       p.b_begin,
                                     p.b_end, p.matched, p.block_count, v->block_count};
            TTI_TRY(
                add_blocks(&v->blocks, &v->block_count, &v->block_capacity, blocks, p.block_count));
        }
    }
    tti_verified_sort_passages(v);
    return TT_OK;
}

/* The places that came with the rows, as those of local document d. */
static tt_status give_places(const maker *m, const passages *row, uint32_t d,
                             tti_token_repeats *out)
{
    packed_passage p;
    const void *blocks;
    spark_bytes left = bytes_of(m, row);
    while (next_passage(&left, &p, &blocks)) {
        if (tti_reserve(out->allocator, &out->places, &out->capacity, out->count + 1,
                        sizeof *out->places) != 0)
            return TT_ENOMEM;
        out->places[out->count++] = (tti_token_repeat){d,
                                                       p.b_begin,
                                                       p.b_end,
                                                       spark_numbers_find(&m->docs, p.of_doc),
                                                       p.a_begin,
                                                       p.a_end,
                                                       p.matched,
                                                       p.block_count,
                                                       out->block_count};
        TTI_TRY(add_blocks(&out->blocks, &out->block_count, &out->block_capacity, blocks,
                           p.block_count));
    }
    return TT_OK;
}

static tt_status put_places(spark_stage *s, const tti_token_repeats *p, uint32_t d)
{
    maker *m = s->state;
    m->given.size = 0;
    if (p->firsts[d] == p->firsts[d + 1])
        return TT_OK;
    for (uint64_t k = p->firsts[d]; k < p->firsts[d + 1]; k++) {
        const tti_token_repeat *x = &p->places[k];
        const packed_passage row = {m->docs.numbers[x->of_doc],
                                    x->of_begin,
                                    x->of_end,
                                    x->begin,
                                    x->end,
                                    x->matched,
                                    x->block_count};
        TTI_TRY(spark_buffer_add(&m->given, &row, sizeof row));
        TTI_TRY(spark_buffer_add(&m->given, p->blocks + x->block_begin,
                                 x->block_count * sizeof *p->blocks));
    }
    spark_put_long(&s->out, m->docs.numbers[d]);
    spark_put_bytes(&s->out, m->given.bytes, m->given.size);
    spark_row(&s->out);
    return TT_OK;
}

/* Documents in input order, as tti_token_repeats_find does: each sees the places of those before
 * it. given[d]: 1 + the row with the places of local document d, or 0. */
static tt_status make_places(spark_stage *s, tti_verified *v, const size_t *given,
                             tti_token_repeats *p)
{
    maker *m = s->state;
    size_t begin = 0;
    for (uint32_t d = 0; d < m->docs.count; d++) {
        tti_verified of_doc = *v; /* the links of d alone */
        size_t end = begin;
        while (end < v->link_count && v->links[end].b == d)
            end++;
        of_doc.links = v->links + begin;
        of_doc.link_count = end - begin;
        p->firsts[d] = p->count;
        if (given[d] > 0)
            TTI_TRY(give_places(m, &m->rows[given[d] - 1], d, p));
        else if (end > begin)
            TTI_TRY(tti_token_repeats_add_doc(p, &of_doc, d, s->options.min_section, &s->error));
        p->firsts[d + 1] = p->count;
        if (given[d] == 0 && end > begin)
            TTI_TRY(put_places(s, p, d));
        begin = end;
    }
    return TT_OK;
}

static tt_status flush_places(spark_stage *s)
{
    maker *m = s->state;
    tti_verified v = {.allocator = SPARK_ALLOCATOR};
    tti_token_repeats p = {.allocator = SPARK_ALLOCATOR};
    size_t *given = NULL;
    tt_status status = number_rows(m);
    const size_t n = p.doc_count = m->docs.count;
    if (status == TT_OK) {
        given = tti_alloc_zero(SPARK_ALLOCATOR, n, sizeof *given);
        p.firsts = tti_alloc_zero(SPARK_ALLOCATOR, n + 1, sizeof *p.firsts);
        status = given == NULL || p.firsts == NULL ? TT_ENOMEM : unpack_links(m, &v);
    }
    for (size_t k = 0; k < m->row_count && status == TT_OK; k++)
        if (m->rows[k].are_places)
            given[spark_numbers_find(&m->docs, m->rows[k].a)] = k + 1;
    if (status == TT_OK)
        status = make_places(s, &v, given, &p);
    tti_release(SPARK_ALLOCATOR, given, n, sizeof *given);
    tti_token_repeats_free(&p);
    tti_verified_free(&v);
    m->row_count = m->packed.size = 0;
    return status;
}

static tt_status take_places(spark_stage *s, const spark_in *in)
{
    maker *m = s->state;
    for (int64_t i = 0; i < in->rows; i++) {
        const spark_bytes packed = spark_cell(in, 3, i);
        const int64_t b = spark_long(in, 0, i);
        if (s->argument == 0 && m->row_count > 0 && m->rows[m->row_count - 1].b != b)
            TTI_TRY(flush_places(s));
        if (tti_reserve(SPARK_ALLOCATOR, &m->rows, &m->row_capacity, m->row_count + 1,
                        sizeof *m->rows) != 0)
            return TT_ENOMEM;
        m->rows[m->row_count++] =
            (passages){spark_long(in, 1, i), b, spark_int(in, 2, i), m->packed.size, packed.size};
        TTI_TRY(spark_buffer_add(&m->packed, packed.data, packed.size));
    }
    return TT_OK;
}

/* Rows in order of b, those of a b in one stream: its links with a, and with are_places 1 the
 * places of a, where it has any. argument 1: all rows are one corpus, and a may be a b as well.
 * Gives packed places (packed_passage and blocks; a is the reference). */
const spark_operator spark_places = {.name = "places",
                                     .takes = "b long, a long, are_places int, data binary",
                                     .gives = "n long, data binary",
                                     .state_size = sizeof(maker),
                                     .take = take_places,
                                     .finish = flush_places,
                                     .close = close_places};

/* ==== Spread and copies ======================================================================= */

static void put_place(spark_stage *s, int64_t n, const tti_token_repeat *x, int64_t of_doc)
{
    spark_put_long(&s->out, n);
    spark_put_int(&s->out, (int32_t)x->begin);
    spark_put_int(&s->out, (int32_t)x->end);
    spark_put_long(&s->out, of_doc);
    spark_put_int(&s->out, (int32_t)x->of_begin);
    spark_put_int(&s->out, (int32_t)x->of_end);
    spark_put_double(&s->out,
                     tti_similarity(x->of_end - x->of_begin, x->end - x->begin, x->matched));
    spark_row(&s->out);
}

/* The places of one row; of_doc: a place among `docs`, from 1 on; 0 is the document itself. */
typedef struct unpacked {
    tti_token_repeat *places, *copied;
    size_t count, capacity, copied_capacity;
    int64_t *docs;
    size_t doc_capacity;
} unpacked;

static void close_unpacked(spark_stage *s)
{
    unpacked *u = s->state;
    tti_release(SPARK_ALLOCATOR, u->places, u->capacity, sizeof *u->places);
    tti_release(SPARK_ALLOCATOR, u->copied, u->copied_capacity, sizeof *u->copied);
    tti_release(SPARK_ALLOCATOR, u->docs, u->doc_capacity, sizeof *u->docs);
}

static tt_status unpack(unpacked *u, int64_t n, spark_bytes left)
{
    const tt_allocator *a = SPARK_ALLOCATOR;
    packed_passage p;
    const void *blocks;
    u->count = 0;
    do {
        const size_t need = u->count + 2;
        if (tti_reserve(a, &u->places, &u->capacity, need, sizeof *u->places) != 0 ||
            tti_reserve(a, &u->copied, &u->copied_capacity, 2 * need, sizeof *u->copied) != 0 ||
            tti_reserve(a, &u->docs, &u->doc_capacity, need, sizeof *u->docs) != 0)
            return TT_ENOMEM;
        u->docs[0] = n;
        if (!next_passage(&left, &p, &blocks))
            return TT_OK;
        u->docs[u->count + 1] = p.of_doc;
        u->places[u->count] = (tti_token_repeat){
            0, p.b_begin, p.b_end, (uint32_t)u->count + 1, p.a_begin, p.a_end, p.matched, 0, 0};
        u->count++;
    } while (1);
}

static tt_status take_spread(spark_stage *s, const spark_in *in)
{
    unpacked *u = s->state;
    for (int64_t i = 0; i < in->rows; i++) {
        const int64_t n = spark_long(in, 0, i);
        TTI_TRY(unpack(u, n, spark_cell(in, 1, i)));
        for (size_t k = 0; k < u->count; k++)
            put_place(s, n, &u->places[k], u->docs[u->places[k].of_doc]);
    }
    return TT_OK;
}

#define PLACE_COLUMNS                                                                              \
  "n long, begin int, end int, of_n long, of_begin int, of_end int, similarity double"

const spark_operator spark_spread = {.name = "spread",
                                     .takes = "n long, data binary",
                                     .gives = PLACE_COLUMNS,
                                     .state_size = sizeof(unpacked),
                                     .take = take_spread,
                                     .close = close_unpacked};

static tt_status take_copies(spark_stage *s, const spark_in *in)
{
    unpacked *u = s->state;
    for (int64_t i = 0; i < in->rows; i++) {
        const int64_t n = spark_long(in, 0, i);
        size_t count;
        TTI_TRY(unpack(u, n, spark_cell(in, 2, i)));
        count = tti_token_repeats_of_copy(u->places, u->count, 0, (uint32_t)spark_int(in, 1, i),
                                          s->options.min_section, u->copied);
        for (size_t k = 0; k < count; k++)
            put_place(s, n, &u->copied[k], u->docs[u->copied[k].of_doc]);
    }
    return TT_OK;
}

/* A document with further articles; data: its packed places, or null. n stays the document's. */
const spark_operator spark_copies = {.name = "copies",
                                     .takes = "n long, tokens int, data binary",
                                     .gives = PLACE_COLUMNS,
                                     .state_size = sizeof(unpacked),
                                     .take = take_copies,
                                     .close = close_unpacked};
