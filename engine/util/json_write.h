/*
 * Writing JSON: numbers and strings that have one form each, so that equal results are equal bytes.
 * What is written is collected in a block, which goes to the caller's function when it is full.
 */
#ifndef TTI_UTIL_JSON_WRITE_H
#define TTI_UTIL_JSON_WRITE_H

#include "twicetold.h"

enum {
    TTI_JSON_NUMBER_SIZE = 40, /**< room that any number needs */
    TTI_JSON_BLOCK = 4 << 10   /**< size of a block that suits a line */
};

/** Set `write`, `ctx`, `block` and its `size`, and zero the rest. Once `write` has refused, nothing
 * more is written. */
typedef struct tti_json_writer {
    tt_write_fn write;
    void *ctx;
    char *block;
    size_t used, size;
    int stopped;
} tti_json_writer;

void tti_json_write_flush(tti_json_writer *out);
void tti_json_write_bytes(tti_json_writer *out, const char *bytes, size_t size);
void tti_json_write_text(tti_json_writer *out, const char *text);
void tti_json_write_integer(tti_json_writer *out, uint64_t value);
void tti_json_write_number(tti_json_writer *out, double value);

/** A string with its quotes, and one without. What is not UTF-8 becomes U+FFFD. */
void tti_json_write_string(tti_json_writer *out, const char *text, size_t size);
void tti_json_write_escaped(tti_json_writer *out, const char *text, size_t size);

/** An id: a number as it was written, a string, or null. */
void tti_json_write_id(tti_json_writer *out, const tt_id *id);

/** A comma, the key and a colon; the fields write their value after it. */
void tti_json_write_key(tti_json_writer *out, const char *key);
void tti_json_write_integer_field(tti_json_writer *out, const char *key, uint64_t value);
void tti_json_write_number_field(tti_json_writer *out, const char *key, double value);

/**
 * Formats the shortest decimal that reads back as `value`, whatever the locale: 0.7, 1, 1e-09; null
 * where it is not finite. `to` has room for TTI_JSON_NUMBER_SIZE. @return its size, without a NUL
 */
size_t tti_json_format_number(char *to, double value);

#endif
