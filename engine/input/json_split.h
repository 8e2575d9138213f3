/*
 * Finds the values of a text of JSON, one after another, whether they are members of an array or
 * only follow each other, and however many lines each takes. Whether they are JSON is for others to
 * say.
 */
#ifndef TTI_INPUT_JSON_SPLIT_H
#define TTI_INPUT_JSON_SPLIT_H

#include <stddef.h>
#include <stdint.h>

/** Where a text is, between two calls. Zeroed but for `line`, which is 1, it begins. */
typedef struct tti_json_split {
    uint64_t line;       /**< of the next byte */
    uint64_t value_line; /**< on which the value begins */
    size_t depth;
    int is_begun; /**< within a value */
    int is_scalar, in_string, is_escaped;
    int in_array;   /**< within the array whose members are the values; */
    int is_opening; /**< none of its members was seen: where the first is no object or array, it is
                         one value */
} tti_json_split;

/**
 * Goes on from *at, which becomes the end of a value, or `size`. *begin is kept where it begins.
 * The ends of lines between its tokens become blanks. @return 1, or 0: it does not end here
 */
int tti_json_split_next(tti_json_split *split, char *bytes, size_t size, size_t *begin, size_t *at);

#endif
