/*
 * A strict JSON scanner (RFC 8259): tokens one after another, no memory of its own, and for what is
 * wrong a reason with a byte offset. It says why a line was rejected, takes what simdjson does not
 * (integers of any size, numbers beyond a double, lines of gigabytes), and reads gold files.
 *
 * It does not look at UTF-8: see tti_utf8_valid_up_to.
 */
#ifndef TTI_INPUT_JSON_H
#define TTI_INPUT_JSON_H

#include <stddef.h>
#include <stdint.h>

enum { TTI_JSON_DEPTH = 1024 };

/** The fault of a text that is only the beginning of a value. */
#define TTI_JSON_ENDS_EARLY "it ends early"

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
    TTI_JSON_BAD /**< see fault and fault_at; every later token is bad too */
} tti_json_kind;

typedef struct tti_json {
    const char *text;
    size_t size, at;
    uint64_t in_object[TTI_JSON_DEPTH / 64]; /**< bit d: level d + 1 is an object, else an array */
    int depth;                               /**< containers open */
    int expected;
    size_t begin, end; /**< the token's bytes; of a string or key, without the quotes */
    int escaped;       /**< the string holds a backslash */
    int integer;       /**< the number has neither fraction nor exponent */
    const char *fault;
    size_t fault_at;
} tti_json;

void tti_json_init(tti_json *json, const char *text, size_t size);

/** The next token. */
tti_json_kind tti_json_next(tti_json *json);

/** Moves past a value whose first token was `first`. @return 0, or -1 (bad). */
int tti_json_skip(tti_json *json, tti_json_kind first);

/**
 * Writes a scanned string with its escapes resolved; never longer than the escaped form. An escape
 * of a lone surrogate has no UTF-8. @return bytes written, or SIZE_MAX (a lone surrogate).
 */
size_t tti_json_unescape(const char *raw, size_t size, char *out);

#endif
