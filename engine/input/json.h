/*
 * A strict JSON scanner (RFC 8259). It gives one token after another, allocates nothing, and
 * reports a fault with its byte offset. It explains why a line is rejected, takes what simdjson
 * does not (integers of any size, numbers beyond a double, lines of gigabytes), and reads results
 * and labels.
 *
 * It does not check UTF-8: tti_utf8_valid_up_to() does.
 */
#ifndef TTI_INPUT_JSON_H
#define TTI_INPUT_JSON_H

#include "util/json_unescape.h"

#include <stddef.h>
#include <stdint.h>

enum { TTI_JSON_DEPTH = 1024 };

/** The faults of a text that is only the beginning of a value. */
#define TTI_JSON_ENDS_EARLY "it ends early"
#define TTI_JSON_NO_QUOTE "string without an end"

typedef enum tti_json_kind {
    TTI_JSON_END, /**< the whole text was one value */
    TTI_JSON_OBJECT,
    TTI_JSON_OBJECT_END,
    TTI_JSON_ARRAY,
    TTI_JSON_ARRAY_END,
    TTI_JSON_KEY,
    TTI_JSON_STRING,
    TTI_JSON_NUMBER,
    TTI_JSON_TRUE,
    TTI_JSON_FALSE,
    TTI_JSON_NULL,
    TTI_JSON_BAD /**< `fault` says why, at `fault_at`; every later token is bad too */
} tti_json_kind;

typedef struct tti_json {
    const char *text;
    size_t size, at;
    uint64_t in_object[TTI_JSON_DEPTH / 64]; /**< bit d: level d + 1 is an object, else an array */
    int depth;                               /**< open containers */
    int expected;
    size_t begin, end; /**< the bytes of the token; quotes are left out */
    int escaped;       /**< the string or key has an escape */
    int integer;       /**< the number has neither fraction nor exponent */
    const char *fault;
    size_t fault_at;
} tti_json;

void tti_json_init(tti_json *json, const char *text, size_t size);

/** Scans the next token. */
tti_json_kind tti_json_next(tti_json *json);

/** Passes a value whose first token was `first`. @return 0, or -1 at a fault. */
int tti_json_skip(tti_json *json, tti_json_kind first);

#endif
