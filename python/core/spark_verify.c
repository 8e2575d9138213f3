/*
 * The operator verify: candidates with the tokens of both -> the numbers of admitted pairs and the
 * passages for sections. A batch is a small corpus of its own, since the numbers of a pair follow
 * from its two documents alone.
 */
#include "spark.h"
#include "spark_packed.h"
#include "verify/verify.h"


/* Where the documents of a batch stand in it. */
typedef struct batch_docs {
    spark_numbers numbers;
    tti_doc *docs;
    size_t doc_capacity;
    spark_buffer packed;
} batch_docs;

static void close_verify(spark_stage *s)
{
    batch_docs *d = s->state;
    spark_numbers_free(&d->numbers);
    tti_release(SPARK_ALLOCATOR, d->docs, d->doc_capacity, sizeof *d->docs);
    spark_buffer_free(&d->packed);
}

static tti_doc doc_of(const spark_in *in, int c, int64_t row)
{
    const spark_bytes hashes = spark_cell(in, c, row), flags = spark_cell(in, c + 1, row);
    tti_doc doc = {0};
    doc.hashes = hashes.data;
    doc.flags = flags.data;
    doc.token_count = (uint32_t)(hashes.size / sizeof *doc.hashes);
    return doc;
}

/* Token hashes are read where they stand: batches from Arrow are aligned, cells of hashes alone in
 * their column are multiples of four. */
static tt_status number_batch(batch_docs *d, const spark_in *in)
{
    spark_numbers_clear(&d->numbers);
    for (int64_t i = 0; i < in->rows; i++) {
        TTI_TRY(spark_numbers_add(&d->numbers, spark_long(in, 0, i)));
        TTI_TRY(spark_numbers_add(&d->numbers, spark_long(in, 1, i)));
    }
    spark_numbers_settle(&d->numbers);
    if (tti_reserve(SPARK_ALLOCATOR, &d->docs, &d->doc_capacity, d->numbers.count,
                    sizeof *d->docs) != 0)
        return TT_ENOMEM;
    for (int64_t i = 0; i < in->rows; i++) {
        d->docs[spark_numbers_find(&d->numbers, spark_long(in, 0, i))] = doc_of(in, 3, i);
        d->docs[spark_numbers_find(&d->numbers, spark_long(in, 1, i))] = doc_of(in, 5, i);
    }
    return TT_OK;
}

static tt_status list_candidates(const batch_docs *d, const spark_in *in, tti_candidates *out)
{
    for (int64_t i = 0; i < in->rows; i++) {
        const uint32_t a = spark_numbers_find(&d->numbers, spark_long(in, 0, i));
        const uint32_t b = spark_numbers_find(&d->numbers, spark_long(in, 1, i));
        TTI_TRY(
            tti_candidates_add(out, tti_candidate_pack(a, b, (unsigned)spark_int(in, 2, i)), NULL));
    }
    return tti_candidates_sort_unique(out, NULL);
}

static void put_pair(spark_stage *s, const tt_pair *p)
{
    const batch_docs *d = s->state;
    spark_put_long(&s->out, d->numbers.numbers[p->a]);
    spark_put_long(&s->out, d->numbers.numbers[p->b]);
    spark_put_int(&s->out, p->relation);
    spark_put_int(&s->out, (int32_t)p->reserved);
    spark_put_double(&s->out, p->resemblance);
    spark_put_double(&s->out, p->containment_a);
    spark_put_double(&s->out, p->containment_b);
    spark_put_double(&s->out, p->overlap_a);
    spark_put_double(&s->out, p->overlap_b);
    spark_put_double(&s->out, p->facts);
    spark_put_bytes(&s->out, NULL, 0);
    spark_row(&s->out);
}

static tt_status pack_link(spark_buffer *to, const tti_verified *v, const tti_shared_passage *x)
{
    const packed_passage p = {0,        x->a_begin, x->a_end,      x->b_begin,
                              x->b_end, x->matched, x->block_count};
    TTI_TRY(spark_buffer_add(to, &p, sizeof p));
    return spark_buffer_add(to, v->blocks + x->block_begin, x->block_count * sizeof *v->blocks);
}

/* The links of the same two documents, which follow one another, are one row. */
static tt_status put_links(spark_stage *s, const tti_verified *v)
{
    batch_docs *d = s->state;
    for (size_t i = 0, k; i < v->link_count; i = k) {
        const tti_shared_passage *x = &v->links[i];
        d->packed.size = 0;
        for (k = i; k < v->link_count && v->links[k].a == x->a && v->links[k].b == x->b; k++)
            TTI_TRY(pack_link(&d->packed, v, &v->links[k]));
        spark_put_long(&s->out, d->numbers.numbers[x->a]);
        spark_put_long(&s->out, d->numbers.numbers[x->b]);
        spark_put_int(&s->out, -1);
        spark_put_int(&s->out, 0);
        for (int c = 0; c < 6; c++)
            spark_put_double(&s->out, 0);
        spark_put_bytes(&s->out, d->packed.bytes, d->packed.size);
        spark_row(&s->out);
    }
    return TT_OK;
}

static tt_status take_verify(spark_stage *s, const spark_in *in)
{
    batch_docs *d = s->state;
    tti_corpus corpus = {0};
    tti_candidates candidates;
    tti_verified verified = {0};
    tt_status status;
    tti_candidates_init(&candidates, SPARK_ALLOCATOR);
    status = number_batch(d, in);
    corpus.docs = d->docs;
    corpus.doc_count = d->numbers.count;
    if (status == TT_OK)
        status = list_candidates(d, in, &candidates);
    if (status == TT_OK)
        status = tti_verify(&verified, &corpus, &candidates, &s->options, &s->error);
    for (size_t k = 0; k < verified.pair_count && status == TT_OK; k++)
        put_pair(s, &verified.pairs[k]);
    if (status == TT_OK)
        status = put_links(s, &verified);
    tti_verified_free(&verified);
    tti_candidates_free(&candidates);
    return status;
}

/* Rows in any order, each candidate once; want: TTI_WANT_*; tokens of a and of b. Gives a row for
 * an admitted pair (by_overlap: nothing else admits it) and, with relation -1, one for the links of
 * two documents (packed_passage and blocks; a is the earlier). */
const spark_operator spark_verify = {
    .name = "verify",
    .takes = "a long, b long, want int, hashes_a binary, flags_a binary, hashes_b binary, "
             "flags_b binary",
    .gives = "a long, b long, relation int, by_overlap int, resemblance double, "
             "containment_a double, containment_b double, overlap_a double, overlap_b double, "
             "facts double, links binary",
    .state_size = sizeof(batch_docs),
    .take = take_verify,
    .close = close_verify};
