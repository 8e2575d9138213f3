/* Writes an item that is not JSON as an object, a record of JSON Lines. */
#ifndef TTI_INPUT_JSON_ITEM_H
#define TTI_INPUT_JSON_ITEM_H

#include "twicetold.h"
#include "util/array.h"

typedef TTI_ARRAY(char) tti_char_array;

/** Adds a member to an object that is to have its last brace yet; the first one if it is empty.
 * Bytes that are not UTF-8 are left as they are. @return TT_OK, TT_ENOMEM */
tt_status tti_json_item_member(tti_char_array *object, const tt_allocator *allocator,
                               const char *name, size_t name_size, const char *value,
                               size_t value_size);

/** The same with the value null. */
tt_status tti_json_item_null(tti_char_array *object, const tt_allocator *allocator,
                             const char *name, size_t name_size);

/** Adds the last brace. @return TT_OK, TT_ENOMEM */
tt_status tti_json_item_end(tti_char_array *object, const tt_allocator *allocator);

#endif
