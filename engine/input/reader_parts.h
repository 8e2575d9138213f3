/*
 * The state of a reader, and what its sources do for each other: reader.c fills blocks and hands
 * out their records, reader_options.c takes the options, reader_files.c opens files and finds what
 * they are, reader_archives.c opens those of archives, reader_items.c cuts items,
 * reader_converters.c makes them of what is not JSON Lines, and reader_records.c parses them.
 */
#ifndef TTI_INPUT_READER_PARTS_H
#define TTI_INPUT_READER_PARTS_H

#include "input/archive.h"
#include "input/byte_stream.h"
#include "input/csv.h"
#include "input/documents.h"
#include "input/encoding.h"
#include "input/field_paths.h"
#include "input/inputs.h"
#include "input/json_split.h"
#include "input/jsonl.h"
#include "input/warc.h"
#include "input/xml.h"

enum {
    TTI_READER_GIVE_UP = TTI_FORMAT_LINE_BYTES, /**< bytes read before a line may be given up */
    TTI_READER_BATCH = 32768                    /**< records */
};

typedef enum {
    TTI_ITEM_LINE,
    TTI_ITEM_TEXT,
    TTI_ITEM_REJECTED,
    TTI_ITEM_CONVERTED,
    TTI_ITEM_CONVERTED_REJECTED
} tti_reader_item_kind;

/** What becomes a record: where its bytes are, in the block or among the converted, and where
 * its strings go in the second buffer. */
typedef struct tti_reader_item {
    tti_reader_item_kind kind;
    const tti_jsonl_options *options; /* NULL: it is not read as JSON */
    size_t begin, end;
    size_t out, name; /* name: of one without an id */
    int bom;          /* bytes of a byte order mark in front of a plain text */
    uint32_t notes;   /* TT_NOTE_* of the file */
} tti_reader_item;

/** The file being read. */
typedef struct tti_input_file {
    tti_byte_stream *stream;  /* NULL between two files */
    tti_xml *xml;             /* of a file in XML */
    tti_csv *table;           /* of a table; among the reader's tables */
    tti_warc *warc;           /* of a web archive */
    tti_documents *documents; /* of a file of them */
    void *converted;          /* the converter's stream, of a file of columns */
    tti_json_split split;     /* of objects over several lines */
    const tti_input *input;
    tti_format format;
    int is_begun;          /* the format is decided and the byte order mark passed */
    int bom;               /* size of the byte order mark */
    uint64_t line;         /* the number of the next line */
    uint64_t lines_before; /* of XML, blank and not given to the parser */
    int is_narrow;         /* XML in an encoding of one byte for a letter of ASCII */
    uint64_t last_line;    /* of the last record; */
    uint32_t nth;          /* of the records that begin on that line, which one it is, from 1 */
    int is_skipping;       /* the rest of the line, or of the plain file, has been given up */
    int is_object;         /* the line given up began as an object does */
    uint64_t skipped;      /* bytes of the line given up, so far */
    uint32_t notes;        /* TT_NOTE_* of its records */
    int has_record;
} tti_input_file;

struct tt_reader {
    const tt_allocator *allocator;
    int threads;
    tti_jsonl_options line_options, converted_options;
    char *names[TTI_FIELD_COUNT]; /* of line_options */
    int given[TTI_FIELD_COUNT];   /* the name is the caller's, not the usual one */
    int window_log;
    int names_by_contents;
    tti_encoding *encoding; /* NULL: UTF-8 */
    const tt_converter *converter;
    tti_field_paths paths; /* of the same, if one of them is more than a key */
    uint64_t longest_line;
    size_t block_bytes;

    tti_inputs inputs;
    size_t next_input;
    const char *bytes; /* of the only input, if it is in memory: these are still to be read */
    size_t byte_count;
    tti_input_file file;
    struct {
        tti_archive *archive; /* NULL: none is open */
        tti_byte_stream *stream;
        const tti_input *input;
        int has_file;
    } within;
    uint64_t done; /* bytes of the files before this one */

    char *data; /* [tail, scanned) holds no newline; [scanned, used) is still to be searched */
    size_t capacity, tail, scanned, used;
    tti_char_array converted; /* items of JSON, one after another */
    char *out;                /* the strings of a batch */
    size_t out_capacity;
    TTI_ARRAY(tti_reader_item) items;
    TTI_ARRAY(tt_record) records;      /* one an item */
    TTI_ARRAY(tti_csv *) tables;       /* that the batch has rows of */
    TTI_ARRAY(tti_input *) members;    /* files of archives that the batch has records of */
    TTI_ARRAY(tti_simdjson *) parsers; /* one a thread */
    int use_simdjson;
    int pause_ms;
    double deadline;  /* of the call, by tti_monotonic_seconds(); 0: none */
    int is_late;      /* it is over */
    tt_error failure; /* once a call has failed, every later one fails with it */
};

static inline int tti_reader_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/** Whether the batch has room for more items. */
static inline int tti_reader_has_room(const tt_reader *r)
{
    return r->items.count < TTI_READER_BATCH &&
           (r->items.count == 0 || r->converted.count < r->block_bytes);
}

/* ---- Options (reader_options.c) ---- */

/** Copies them, and makes names, limits and the encoding of them. @return TT_OK, TT_EINVAL,
 * TT_ENOMEM */
tt_status tti_reader_set_options(tt_reader *r, const tt_reader_options *options, tt_error *error);

/* ---- Items (reader_items.c) ---- */

/** Appends an item for bytes [begin, end), and its record, without a status yet. @return NULL: out
 * of memory */
tt_record *tti_reader_append_item(tt_reader *r, tti_reader_item_kind kind, size_t begin, size_t end,
                                  uint64_t line);

/** Appends a record for the file, or for what follows `line` in it, that cannot be read. */
tt_status tti_reader_reject_input(tt_reader *r, uint64_t line, tt_status status, const char *reason,
                                  tt_error *error);

/** Splits what has been read into lines, as far as the batch has room. */
tt_status tti_reader_split_lines(tt_reader *r, tt_error *error);

/** All lines have been split off; the last one has no end. */
tt_status tti_reader_end_lines(tt_reader *r, tt_error *error);

/** Splits what has been read into objects, wherever their lines end, as tti_reader_split_lines()
 * does. */
tt_status tti_reader_split_values(tt_reader *r, tt_error *error);

/** All objects have been split off; what is left has no end. */
tt_status tti_reader_end_values(tt_reader *r, tt_error *error);

/** The whole plain file is in [tail, used), or was given up. */
tt_status tti_reader_append_text(tt_reader *r, tt_error *error);

/* ---- Converted files (reader_converters.c) ---- */

/** Feeds what has been read, as far as the batch has room. A fault ends the file. */
tt_status tti_reader_feed_parser(tt_reader *r, tt_error *error);

/** All bytes have been read. *is_ended: they have been parsed too, and the file is not closed yet
 */
tt_status tti_reader_end_parser(tt_reader *r, int *is_ended, tt_error *error);

/** Makes an item of the page that is in [tail, used). */
tt_status tti_reader_append_page(tt_reader *r, tt_error *error);

/** Opens the parser of a file that is converted. */
tt_status tti_reader_open_parser(tt_reader *r, tt_error *error);

/* ---- Archives (reader_archives.c) ---- */

/** Where none is open, nothing happens. */
void tti_reader_close_archive(tt_reader *r);

/** The file turns out to be an archive: what has been read of it is the archive's. */
tt_status tti_reader_begin_archive(tt_reader *r, const char *kind, tt_error *error);

/** Opens the next file of the archive that is to be read, or closes the archive. */
tt_status tti_reader_open_member(tt_reader *r, tt_error *error);

/* ---- Files (reader_files.c) ---- */

/** Opens the next input, or appends a record with the reason why it cannot be read. */
tt_status tti_reader_open_file(tt_reader *r, tt_error *error);

/** Closes the file, of which nothing more is read. */
void tti_reader_close_file(tt_reader *r);

/** At the start of a file: passes the byte order mark and decides the format, if enough is there.
 */
tt_status tti_reader_begin_file(tt_reader *r, int at_end, tt_error *error);

/** All bytes of the file have been read. What has no room in this batch is left for the next. */
tt_status tti_reader_end_file(tt_reader *r, tt_error *error);

/* ---- Records (reader_records.c) ---- */

/** Parses the items into their records. */
tt_status tti_reader_parse_block(tt_reader *r, tt_error *error);

#endif
