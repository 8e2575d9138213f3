/*
 * Tables of text with a header (CSV as in RFC 4180, also with tabs, semicolons or bars) become
 * lines of JSON, piece by piece as they are read: a row is an object whose keys are the columns. An
 * empty cell is null.
 */
#ifndef TTI_INPUT_CSV_H
#define TTI_INPUT_CSV_H

#include "input/jsonl.h"
#include "input/xml.h"

/** The header is no longer than this. */
enum { TTI_CSV_HEADER_BYTES = 64 << 10 };

typedef struct tti_csv tti_csv;

typedef struct tti_csv_options {
    const tt_allocator *allocator;
    uint64_t longest_row;
    const tti_jsonl_options *usual;     /**< of the reader */
    const char *given[TTI_FIELD_COUNT]; /**< the caller's names of fields; NULL: not given */
} tti_csv_options;

/** Takes rows, borrowed for the call, as tti_xml_fn does. @return TT_OK, TT_ENOMEM. Owner: the
 * caller, tti_csv_close(). */
tt_status tti_csv_open(tti_csv **out, const tti_csv_options *options, tti_xml_fn emit, void *ctx);

/**
 * Reads the next bytes; `last` says that there are no more.
 * @return TT_OK; TT_EFORMAT (no column for the text, or one that has none; see tti_csv_fault());
 * TT_ENOMEM; what `emit` returned.
 */
tt_status tti_csv_feed(tti_csv *table, const char *bytes, size_t size, int last);

/** The reason for TT_EFORMAT, borrowed. */
const char *tti_csv_fault(const tti_csv *table);

/** How to read the rows, valid as long as the table. */
const tti_jsonl_options *tti_csv_row_options(const tti_csv *table);

/** TT_NOTE_* of its rows: of the column that is taken for the text. */
uint32_t tti_csv_notes(const tti_csv *table);

/** NULL is allowed. */
void tti_csv_close(tti_csv *table);

/**
 * Whether these are the first bytes of a table: its header has a column for the text (of the name
 * given, or, if that is NULL, of a usual one) and, if `is_strict`, a first row with as many cells;
 * or all rows have as many cells as a header of three or more names, of which none is for the text.
 * `is_whole`: no more bytes are to be had. @return 1, 0, or -1 if more bytes are needed
 */
int tti_csv_sniff(const char *bytes, size_t size, int is_whole, int is_strict,
                  const char *text_field);

#endif
