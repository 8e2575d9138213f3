/*
 * Fields that are not simply a key of the record: "body.text" is a key within an object,
 * "title,body" is several values, one after another, and "body|content" is the first that is there.
 * A value that is a list of strings is their text, a paragraph each; the objects of a list are all
 * looked into.
 */
#ifndef TTI_INPUT_FIELD_PATHS_H
#define TTI_INPUT_FIELD_PATHS_H

#include "input/json.h"
#include "input/jsonl.h"

enum { TTI_MOST_PATHS = 64 };

/** One key, or several that lead from object to object. */
typedef struct tti_field_path {
    const char *name; /**< without a separator in front; borrowed */
    size_t size;
    char separator;    /**< '.' or '/' */
    uint8_t field;     /**< TTI_FIELD_* */
    uint8_t paragraph; /**< of the text: which of several values */
} tti_field_path;

struct tti_field_paths {
    tti_field_path list[TTI_MOST_PATHS]; /**< by field, then by paragraph, then as preferred */
    size_t count;
};

/** Where the values of the paths are in a line; 0: nowhere. */
typedef struct tti_path_places {
    size_t whole[TTI_MOST_PATHS]; /**< of the key that is the whole path */
    size_t first[TTI_MOST_PATHS]; /**< of the key that is its first step */
    int is_doubled;               /**< one of the first came twice */
} tti_path_places;

/** Whether a field's name is more than a key. */
int tti_field_is_path(const char *name);

/** Adds a field, in the order of their numbers. @return 0, or -1: it has too many parts, or an
 * empty one */
int tti_field_paths_add(tti_field_paths *paths, int field, const char *name);

/** Notes the value of a key of the record, which follows at json->at. */
void tti_field_paths_note(const tti_field_paths *paths, const char *key, size_t key_size,
                          const tti_json *json, tti_path_places *places);

/**
 * Reads the fields whose places are known. The text is written to `out`, everything else behind it,
 * in `room` bytes. @return 1, or 0: there is no room, because the same value is used too often
 */
int tti_field_paths_read(const tti_field_paths *paths, const tti_json *json,
                         const tti_path_places *places, char *out, size_t room,
                         tti_jsonl_fields *fields);

/** Scans a value whose first token was `kind`, an array, as text at *out, and moves *out past it.
 */
tti_jsonl_value tti_text_of_array(tti_json *json, char **out, size_t room);

#endif
