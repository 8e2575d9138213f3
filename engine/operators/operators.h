/*
 * The stages of a scan as operators on rows, for a system that brings the rows of a large corpus
 * together itself; python/src/twicetold/spark does so with Spark. An operator takes batches of rows
 * and gives rows. The stages' own functions make every decision, so that the operators, chained as
 * below, find what tt_scan finds (tests/unit/operators.c).
 *
 * Articles are numbered by the caller: 64 bits, unique, ascending in input order. A document is all
 * articles with the same tokens and has the number of the first of them. Positions, extents and
 * lengths count tokens unless their names end in _byte.
 *
 * From text, in any order of rows:
 *   sketch      what candidates are found by: one row an article. `status` is a tt_status; low and
 *               high are equal for articles with the same tokens; `published` is RFC 3339 text or
 *               microseconds since 1970
 *   tokens      what candidates are verified with
 *   extents     the bytes of extents in tokens; the rows of one article follow one another
 *
 * From sketches of documents to candidates (a before b; want: 1 a pair, 2 sections, or both; want
 * 0: `skipped` earlier documents were not compared with b, because its bucket is large or it has
 * too many candidates):
 *   bands       a row for each LSH band: `bucket` is the band and its key
 *   buckets     rows by (bucket, n) -> who is compared with whom; a == b: `skipped` as above
 *   distances   compared documents with their signatures -> those that are close enough
 *   top_k       rows by (b, distance, a) -> the candidates of least distance
 *   paragraphs  a row for each paragraph that is long enough; low and high are equal for paragraphs
 *               with the same tokens; key0 ... are band keys, 0 where there is none
 *   postings    a row for each seed: the posting of document n at `position`; seed_count: seeds of
 *               that document. With a filter, only seeds that may have passed into it
 *   seed_filter seeds -> one row, a Bloom filter of one bit a seed
 *   first_postings  sketches in input order -> the first postings of each seed, packed by bucket of
 *               seeds: a document has a hundred, too many for separate rows
 *   earlier_postings  rows by bucket, the buckets whole -> a seed in few places: each posting with
 *               the earlier ones that it is compared with, frequent 0; a seed in many: its first
 *               few alone, frequent 1, for a join with all of its postings
 *   seed_counts postings with earlier ones, by (n, position) -> candidates
 *
 * From candidates to results:
 *   verify      candidates with the tokens of both, in any order, each once -> a row for each pair
 *               that a rule admits (by_overlap: no other rule does; figures: a conflict that would
 *               be listed is one of a number or date); with relation -1, one for the passages that
 *               two documents share; and with -2, one for the places in b that may be a notice
 *   notices     all documents with such places, in one task, by (n, other): first, with other -1,
 *               the document, its hashes and how many copies of it came before, then its places
 *               -> the notices, in order
 *   notice_share  extents in documents, and notices -> how much of each is in notices
 *   notice_pairs  pairs with the tokens of both, and notices -> those that are boilerplate by them
 *   components  all pairs, in one task -> root: the first document that pairs connect n with
 *   clusters    rows by group: its documents (a == b), the preferred ones first, and its pairs
 *               -> the document kept for each
 *   dropped     rows by group: documents that the kept one of their cluster does not make
 *               unnecessary (doc == by), the preferred ones first, and which of them have which
 *               others -> the document that dedup keeps for each
 *   repeats     rows by b: its passages shared with a and, with is_repeats 1, the repeats of a
 *               where it has any -> the repeats of b: which earlier text each part of it repeats
 *   occurrences repeats -> a row for each
 *   copies      documents of which there are further articles, with their repeats or null -> the
 *               same for such an article; n stays the document's number
 *
 * "Rows by" a key means sorted by it, with all rows of a key in one operator. Columns of bytes hold
 * the records of operators/operator.h in the machine's byte order, for other operators alone.
 */
#ifndef TTI_OPERATORS_OPERATORS_H
#define TTI_OPERATORS_OPERATORS_H

#include "twicetold.h"

/* ==== Columns ================================================================================= */

enum { TTI_MAX_COLUMNS = 16 };

typedef enum tti_column_type {
    TTI_COLUMN_INT64,  /**< "long" */
    TTI_COLUMN_INT32,  /**< "int" */
    TTI_COLUMN_DOUBLE, /**< "double" */
    TTI_COLUMN_BYTES   /**< "binary", or "string" where it is UTF-8 */
} tti_column_type;

/** A column as an operator declares it. */
typedef struct tti_column_spec {
    const char *name; /**< not terminated */
    size_t name_size;
    tti_column_type type;
} tti_column_spec;

/** Splits the next column off a declaration, such as "n long, text string". @return 0 at its end.
 * Threads: any. */
int tti_next_column(const char **declaration, tti_column_spec *out);

/** The values of a column. The row numbered i of a batch is element first + i of each array. */
typedef struct tti_column {
    const void *values;     /**< int64_t, int32_t or double; of text and bytes: all bytes in turn */
    const int32_t *offsets; /**< of bytes: element i is values[offsets[i], offsets[i + 1]) */
    const uint8_t *validity; /**< a bit an element, the least significant first, 0: null; NULL: no
                                  element is null */
    size_t first;
} tti_column;

/** A batch of rows: as many columns as the operator's list has, in its order. Number columns are
 * aligned for their type. Only bytes may be null. */
typedef struct tti_rows {
    size_t count;
    tti_column columns[TTI_MAX_COLUMNS];
} tti_rows;

/* ==== Operators =============================================================================== */

/** The columns that an operator takes and gives, declared as Spark's DDL declares them: "name type,
 * ...". Constant and never freed. */
typedef struct tti_operator_spec {
    const char *name, *takes, *gives;
} tti_operator_spec;

/** @return NULL if there is no operator of that name. Threads: any. */
const tti_operator_spec *tti_operator_find(const char *name);

/** What some operators need to know beyond the options. Zero it, then set what is named. */
typedef struct tti_operator_settings {
    uint32_t partitions; /**< postings, first_postings: tti_operator_partitions() of the corpus */
    uint32_t bits;       /**< seed_filter: log2 of the filter's bits, 3 to 32; first_postings: log2
                              of the number of buckets, 1 to 24 */
    int is_whole;        /**< repeats: all rows are one group, in any order; a b may also be an a */
    const void *filter;  /**< postings: what seed_filter gave, or NULL; notice_share, notice_pairs:
                              for each notice how many words it has and `articles`, both of 32
                              bits, and its words; borrowed until the end */
    size_t filter_size;  /**< in bytes; of what seed_filter gave a power of two, or 0 */
} tti_operator_settings;

/** The seed partitions of a scan of so many tokens, all documents together: a power of two. */
uint32_t tti_operator_partitions(uint64_t tokens);

/** An operator at work. It belongs to one thread at a time. */
typedef struct tti_operator tti_operator;

/**
 * Opens an operator. `options` and `settings` (NULL: zeros) are copied; one thread is used whatever
 * the options say. @return TT_OK, TT_EINVAL, TT_ENOMEM. Owner: the caller, tti_operator_close().
 */
TT_NODISCARD tt_status tti_operator_open(tti_operator **out, const tti_operator_spec *spec,
                                         const tt_options *options,
                                         const tti_operator_settings *settings, tt_error *error);

/** Rows that an operator gave: each column with `first` 0 and no nulls. Owner: the caller,
 * tti_given_rows_free(). */
typedef struct tti_given_rows {
    tti_rows rows;
    const tt_allocator *allocator;
    size_t value_capacities[TTI_MAX_COLUMNS], offset_capacities[TTI_MAX_COLUMNS];
} tti_given_rows;

void tti_given_rows_free(tti_given_rows *given);

/**
 * Takes a batch, which is borrowed for the call. tti_operator_move_rows() then has what the
 * operator gives so far. @return TT_OK, TT_ENOMEM; TT_ELIMIT (a column of the rows given is over 2
 * GiB); TT_EINVAL (records or extents do not fit the article). After a failure the operator may
 * only be closed.
 */
TT_NODISCARD tt_status tti_operator_push(tti_operator *op, const tti_rows *rows, tt_error *error);

/** Ends the input and gives the last rows; called once. @return as tti_operator_push() */
TT_NODISCARD tt_status tti_operator_finish(tti_operator *op, tt_error *error);

/** Moves the rows that the last push or finish gave to *out. */
void tti_operator_move_rows(tti_operator *op, tti_given_rows *out);

/** Ends an operator. NULL is allowed. */
void tti_operator_close(tti_operator *op);

#endif
