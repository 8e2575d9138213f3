/*
 * One pass over the record notes where the values are, so that a record costs the same however many
 * paths there are. The values are then read from there, in the order of the paths.
 */
#include "input/field_paths.h"

#include <string.h>
#include <strings.h>

/* ==== The paths =============================================================================== */

int tti_field_is_path(const char *name)
{
    return strpbrk(name, ".,|/") != NULL;
}

int tti_field_paths_add(tti_field_paths *paths, int field, const char *name)
{
    /* several values make a text, but not an id or a time */
    const char *const ends = field == TTI_FIELD_TEXT ? ",|" : "|";
    uint8_t paragraph = 0;
    for (;;) {
        const size_t size = strcspn(name, ends);
        tti_field_path path = {name, size, *name == '/' ? '/' : '.', (uint8_t)field, paragraph};
        if (size > 1 && *name == path.separator)
            path.name++, path.size--;
        if (size == 0 || paths->count == TTI_MOST_PATHS)
            return -1;
        paths->list[paths->count++] = path;
        if (name[size] == '\0')
            return 0;
        if (name[size] == ',')
            paragraph++;
        name += size + 1;
    }
}

void tti_field_paths_note(const tti_field_paths *paths, const char *key, size_t key_size,
                          const tti_json *json, tti_path_places *places)
{
    for (size_t i = 0; i < paths->count; i++) {
        const tti_field_path *p = &paths->list[i];
        if (p->size < key_size ||
            (p->field >= TTI_FIELD_STATUS ? strncasecmp(p->name, key, key_size) != 0
                                          : memcmp(p->name, key, key_size) != 0))
            continue;
        if (p->size == key_size) {
            places->is_doubled |= places->whole[i] != 0;
            places->whole[i] = json->at;
        } else if (p->name[key_size] == p->separator)
            places->first[i] = json->at;
    }
}

/* ==== Values ================================================================================== */

/* What is made of the values of a field. */
typedef struct value_writer {
    char *begin;
    size_t size, room;
    int is_text;   /* all strings are taken; else the first string or integer */
    int is_source; /* an object stands for its "name" */
    int no_room;
    tti_jsonl_value_kind kind;
    const char *path;       /* that is looked for; NULL: none */
    tti_field_path records; /* the beginning of it that leads to a list of records */
} value_writer;

static void take_string(value_writer *w, const tti_json *j, tti_jsonl_value_kind kind)
{
    const size_t size = j->end - j->begin, gap = w->size > 0 && size > 0 ? 2 : 0;
    size_t written;
    if (!w->is_text && w->kind > TTI_VALUE_NULL)
        return;
    if (w->room - w->size < size + gap) {
        w->no_room = 1;
        return;
    }
    memcpy(w->begin + w->size, "\n\n", gap);
    written = tti_json_unescape(j->text + j->begin, size, w->begin + w->size + gap);
    if (written == SIZE_MAX)
        w->kind = TTI_VALUE_LONE_SURROGATE;
    else if (w->kind <= TTI_VALUE_NULL)
        w->kind = kind;
    if (written != SIZE_MAX)
        w->size += gap + written;
}

static int is_key(const tti_json *j, const char *name, size_t size)
{
    char key[256];
    const size_t raw = j->end - j->begin;
    if (!j->escaped)
        return raw == size && memcmp(j->text + j->begin, name, size) == 0;
    return raw <= sizeof key && tti_json_unescape(j->text + j->begin, raw, key) == size &&
           memcmp(key, name, size) == 0;
}

static void take_value(value_writer *w, tti_json *j, tti_json_kind kind,
                       const tti_field_path *rest);

/* Takes what an object has under the key of `size` bytes that `path` begins with; the last of two
 * that are equal. */
static void take_member(value_writer *w, tti_json *j, const tti_field_path *path, size_t size)
{
    const size_t before = w->size;
    const tti_jsonl_value_kind kind_before = w->kind;
    tti_field_path rest = *path;
    tti_json_kind kind;
    rest.name += size + (size < path->size);
    rest.size -= size + (size < path->size);
    while (tti_json_next(j) == TTI_JSON_KEY) {
        const int wanted = is_key(j, path->name, size);
        kind = tti_json_next(j);
        if (wanted) {
            w->size = before;
            w->kind = kind_before;
            take_value(w, j, kind, &rest);
        } else if (tti_json_skip(j, kind) != 0) {
            return;
        }
    }
}

static void take_object(value_writer *w, tti_json *j, const tti_field_path *path)
{
    static const tti_field_path name = {"name", 4, '.', TTI_FIELD_SOURCE, 0};
    const tti_json begin = *j;
    const size_t before = w->size;
    const char *separator;
    if (path->size == 0 && w->is_source)
        path = &name;
    if (path->size == 0) {
        w->kind = TTI_VALUE_OTHER;
        (void)tti_json_skip(j, TTI_JSON_OBJECT);
        return;
    }
    take_member(w, j, path, path->size);
    separator = memchr(path->name, path->separator, path->size);
    if (separator == NULL || w->size > before)
        return;
    *j = begin;
    take_member(w, j, path, (size_t)(separator - path->name));
}

/* Whether what comes before this part of the path is the name of a list of records. */
static int is_in_records(const value_writer *w, const tti_field_path *rest)
{
    const char *begin, *end;
    if (!w->is_text || w->path == NULL || rest->size == 0 || rest->name == w->path)
        return 0;
    begin = end = rest->name - 1;
    while (begin > w->path && begin[-1] != rest->separator)
        begin--;
    return tti_is_records_name(begin, (size_t)(end - begin));
}

/* Takes the value whose first token was `kind`. */
static void take_value(value_writer *w, tti_json *j, tti_json_kind kind, const tti_field_path *rest)
{
    const size_t before = w->size;
    size_t members = 0;
    switch (kind) {
    case TTI_JSON_BAD: return;
    case TTI_JSON_NULL:
        if (w->kind == TTI_VALUE_ABSENT && rest->size == 0)
            w->kind = TTI_VALUE_NULL;
        return;
    case TTI_JSON_OBJECT: take_object(w, j, rest); return;
    case TTI_JSON_ARRAY:
        while ((kind = tti_json_next(j)) != TTI_JSON_ARRAY_END && kind != TTI_JSON_BAD) {
            members += kind == TTI_JSON_OBJECT;
            take_value(w, j, kind, rest);
        }
        if (members > 1 && w->size > before && is_in_records(w, rest)) {
            w->kind = TTI_VALUE_RECORDS;
            w->records =
                (tti_field_path){.name = w->path, .size = (size_t)(rest->name - 1 - w->path)};
        }
        if (w->is_text && rest->size == 0 && w->kind <= TTI_VALUE_NULL)
            w->kind = TTI_VALUE_STRING;
        return;
    case TTI_JSON_STRING:
        if (rest->size == 0) {
            take_string(w, j, TTI_VALUE_STRING);
            return;
        }
        break;
    case TTI_JSON_NUMBER:
        if (rest->size == 0 && !w->is_text) {
            take_string(w, j, j->integer ? TTI_VALUE_INTEGER : TTI_VALUE_FRACTION);
            return;
        }
        break;
    default: break;
    }
    if (rest->size == 0 && (w->is_text || w->kind <= TTI_VALUE_NULL))
        w->kind = TTI_VALUE_OTHER;
}

tti_jsonl_value tti_text_of_array(tti_json *json, char **out, size_t room)
{
    static const tti_field_path here = {"", 0, '.', TTI_FIELD_TEXT, 0};
    value_writer w = {.begin = *out, .room = room, .is_text = 1};
    take_value(&w, json, TTI_JSON_ARRAY, &here);
    *out += w.size;
    return (tti_jsonl_value){w.no_room ? TTI_VALUE_OTHER : w.kind, w.begin, w.size};
}

/* Takes the value at a place in the record. */
static void take_at(value_writer *w, const tti_json *record, size_t at, const tti_field_path *rest)
{
    tti_json j;
    if (at == 0)
        return;
    tti_json_init(&j, record->text + at, record->size - at);
    take_value(w, &j, tti_json_next(&j), rest);
}

int tti_field_paths_read(const tti_field_paths *paths, const tti_json *json,
                         const tti_path_places *places, char *out, size_t room,
                         tti_jsonl_fields *fields)
{
    const size_t half = room / 2;
    char *next = out + half;
    fields->is_doubled = places->is_doubled;
    for (size_t i = 0; i < paths->count;) {
        const int field = paths->list[i].field;
        const int is_text = field == TTI_FIELD_TEXT;
        value_writer w = {.begin = is_text ? out : next,
                          .room = is_text ? half : (size_t)(out + room - next),
                          .is_text = is_text,
                          .is_source = field == TTI_FIELD_SOURCE};
        while (i < paths->count && paths->list[i].field == field) {
            const int paragraph = paths->list[i].paragraph;
            const size_t before = w.size;
            for (; i < paths->count && paths->list[i].field == field &&
                   paths->list[i].paragraph == paragraph;
                 i++) {
                tti_field_path rest = paths->list[i];
                w.path = rest.name;
                const char *separator = memchr(rest.name, rest.separator, rest.size);
                if (w.size > before)
                    continue; /* one that is preferred is there */
                rest.size = 0;
                take_at(&w, json, places->whole[i], &rest);
                if (w.size > before || separator == NULL)
                    continue;
                rest.size = (size_t)(paths->list[i].name + paths->list[i].size - (separator + 1));
                rest.name = separator + 1;
                take_at(&w, json, places->first[i], &rest);
            }
        }
        if (w.no_room)
            return 0;
        fields->value[field] = (tti_jsonl_value){w.kind, w.begin, w.size};
        if (w.kind == TTI_VALUE_RECORDS)
            fields->value[field] = (tti_jsonl_value){w.kind, w.records.name, w.records.size};
        if (!is_text)
            next += w.size;
    }
    return 1;
}
