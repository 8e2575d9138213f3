/*
 * The operators on notices (result/notices.h): notices, notice_share and notice_pairs. The list is
 * handed to the last two as bytes, in settings.filter: for each notice a tti_notice_record and its
 * words.
 */
#include "operators/operator.h"
#include "result/notices.h"
#include "verify/verify.h"

/* The tokens of a document, whose hashes and flags are borrowed from the batch; hashes are the only
 * values of their column, and so aligned. */
static tti_doc doc_of_rows(const tti_rows *rows, int hashes_column, int flags_column, size_t row)
{
    const tti_slice hashes = tti_rows_bytes(rows, hashes_column, row);
    assert((uintptr_t)hashes.data % sizeof(uint32_t) == 0);
    return (tti_doc){.hashes = hashes.data,
                     .flags =
                         flags_column < 0 ? NULL : tti_rows_bytes(rows, flags_column, row).data,
                     .published = TT_NO_TIME,
                     .token_count = (uint32_t)tti_record_count(hashes, sizeof(uint32_t))};
}

/* ==== Notices ================================================================================= */

/* The document in work. */
typedef struct notices_state {
    tti_notices notices;
    tti_doc_numbers docs; /* all so far, by their index */
    TTI_ARRAY(uint32_t) hashes;
    TTI_ARRAY(tti_notice_place) places;
    uint32_t copies, others;
} notices_state;

static tt_status notices_open(tti_operator *op)
{
    notices_state *s = op->state;
    s->notices = (tti_notices){.allocator = op->allocator, .seed = op->options.seed};
    return TT_OK;
}

static void notices_close(tti_operator *op)
{
    notices_state *s = op->state;
    tti_notices_free(&s->notices);
    tti_array_free(&s->docs, op->allocator);
    tti_array_free(&s->hashes, op->allocator);
    tti_array_free(&s->places, op->allocator);
}

static tt_status learn_from_last(notices_state *s)
{
    const tti_doc doc = {.hashes = s->hashes.items, .token_count = (uint32_t)s->hashes.count};
    return s->places.count == 0 ? TT_OK
                                : tti_notices_learn_from_doc(&s->notices, &doc, s->places.items,
                                                             s->places.count, s->copies);
}

static tt_status begin_doc(tti_operator *op, const tti_rows *rows, size_t i)
{
    notices_state *s = op->state;
    const tti_doc doc = doc_of_rows(rows, 3, -1, i);
    TTI_TRY(learn_from_last(s));
    s->places.count = s->hashes.count = 0;
    s->copies = (uint32_t)tti_rows_int32(rows, 2, i);
    s->others = 0;
    TTI_TRY(tti_array_append(&s->hashes, op->allocator, doc.hashes, doc.token_count));
    return tti_array_push(&s->docs, op->allocator, tti_rows_int64(rows, 0, i));
}

static tt_status notices_row(tti_operator *op, const tti_rows *rows, size_t i)
{
    notices_state *s = op->state;
    const tti_slice packed = tti_rows_bytes(rows, 4, i);
    tti_place_record record;
    if (tti_rows_bytes(rows, 3, i).data != NULL)
        return begin_doc(op, rows, i);
    if (s->docs.count == 0 || s->docs.items[s->docs.count - 1] != tti_rows_int64(rows, 0, i))
        return tti_fail(op->error, TT_EINVAL, TTI_NOWHERE, "places without their document");
    for (size_t k = 0; k < tti_record_count(packed, sizeof record); k++) {
        tti_record_get(packed, k, &record, sizeof record);
        if (record.begin > record.end || record.end > s->hashes.count)
            return tti_fail(op->error, TT_EINVAL, TTI_NOWHERE, "places that are not in the text");
        TTI_TRY(tti_array_push(&s->places, op->allocator,
                               ((tti_notice_place){.doc = (uint32_t)s->docs.count - 1,
                                                   .other = s->others,
                                                   .begin = record.begin,
                                                   .end = record.end,
                                                   .evidence = (uint8_t)record.evidence,
                                                   .is_copy = (uint8_t)record.is_copy})));
    }
    s->others++;
    return TT_OK;
}

static tt_status notices_finish(tti_operator *op)
{
    notices_state *s = op->state;
    TTI_TRY(learn_from_last(s));
    for (size_t k = 0; k < s->notices.list.count; k++) {
        const tti_notice *x = &s->notices.list.items[k];
        tti_output_bytes(&op->out, s->notices.tokens.items + x->begin, x->size * sizeof(uint32_t));
        tti_output_int32(&op->out, (int32_t)x->articles);
        tti_output_end_row(&op->out);
    }
    return TT_OK;
}

const tti_operator_class tti_operator_notices = {
    .spec = {"notices", "n long, other long, copies int, hashes binary, places binary",
             "words binary, articles int"},
    .state_size = sizeof(notices_state),
    .open = notices_open,
    .row = notices_row,
    .end_group = notices_finish,
    .close = notices_close};

/* ==== What follows from them ================================================================== */

typedef struct list_state {
    tti_notices notices;
    tti_notice_reader reader;
} list_state;

static void list_close(tti_operator *op)
{
    list_state *s = op->state;
    tti_notices_free(&s->notices);
    tti_notice_reader_free(&s->reader);
}

static tt_status list_open(tti_operator *op)
{
    list_state *s = op->state;
    const char *bytes = op->settings.filter;
    size_t left = op->settings.filter_size;
    TTI_ARRAY(uint32_t) words = {0};
    tti_notice_record record;
    tt_status status = TT_OK;
    s->notices = (tti_notices){.allocator = op->allocator, .seed = op->options.seed};
    s->reader = (tti_notice_reader){.allocator = op->allocator};
    while (left > 0 && status == TT_OK) {
        const tti_notice of = {.doc = UINT32_MAX};
        size_t size;
        if (left < sizeof record)
            break;
        memcpy(&record, bytes, sizeof record);
        size = (size_t)record.words * sizeof(uint32_t);
        if (left - sizeof record < size)
            break;
        status = tti_array_resize(&words, op->allocator, record.words);
        if (status == TT_OK && size > 0)
            memcpy(words.items, bytes + sizeof record, size);
        if (status == TT_OK)
            status = tti_notices_add(&s->notices, words.items, record.words, &of);
        bytes += sizeof record + size;
        left -= sizeof record + size;
    }
    tti_array_free(&words, op->allocator);
    if (status == TT_OK && left > 0)
        return tti_fail(op->error, TT_EINVAL, TTI_NOWHERE, "the list of notices is cut off");
    return status;
}

static tt_status share_row(tti_operator *op, const tti_rows *rows, size_t i)
{
    const list_state *s = op->state;
    const tti_doc doc = doc_of_rows(rows, 1, -1, i);
    const int32_t begin = tti_rows_int32(rows, 2, i), end = tti_rows_int32(rows, 3, i);
    double share = 0;
    if (begin < 0 || begin > end || (uint32_t)end > doc.token_count)
        return tti_fail(op->error, TT_EINVAL, TTI_NOWHERE, "extents that are not in the text");
    if (begin < end && s->notices.list.count > 0)
        TTI_TRY(tti_notices_cover(&s->notices, &doc, (uint32_t)begin, (uint32_t)end, &share));
    tti_output_int64(&op->out, tti_rows_int64(rows, 0, i));
    tti_output_int32(&op->out, begin);
    tti_output_int32(&op->out, end);
    tti_output_double(&op->out, share);
    tti_output_end_row(&op->out);
    return TT_OK;
}

const tti_operator_class tti_operator_notice_share = {
    .spec = {"notice_share", "n long, hashes binary, begin int, end int",
             "n long, begin int, end int, share double"},
    .state_size = sizeof(list_state),
    .open = list_open,
    .row = share_row,
    .close = list_close};

static tt_status pairs_row(tti_operator *op, const tti_rows *rows, size_t i)
{
    list_state *s = op->state;
    const tti_doc a = doc_of_rows(rows, 5, 6, i), b = doc_of_rows(rows, 7, 8, i);
    tt_pair pair = {.relation = tti_rows_int32(rows, 2, i),
                    .overlap_a = tti_rows_double(rows, 3, i),
                    .overlap_b = tti_rows_double(rows, 4, i)};
    TTI_TRY(tti_notices_apply_to_pair(&s->notices, &s->reader, &a, &b, &pair));
    if (pair.relation == tti_rows_int32(rows, 2, i))
        return TT_OK;
    tti_output_int64(&op->out, tti_rows_int64(rows, 0, i));
    tti_output_int64(&op->out, tti_rows_int64(rows, 1, i));
    tti_output_int32(&op->out, pair.relation);
    tti_output_end_row(&op->out);
    return TT_OK;
}

const tti_operator_class tti_operator_notice_pairs = {
    .spec = {"notice_pairs",
             "a long, b long, relation int, overlap_a double, overlap_b double, hashes_a binary, "
             "flags_a binary, hashes_b binary, flags_b binary",
             "a long, b long, relation int"},
    .state_size = sizeof(list_state),
    .open = list_open,
    .row = pairs_row,
    .close = list_close};
