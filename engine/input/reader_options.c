/* The options of a reader, and the names of the fields that it reads. */
#include "input/reader_parts.h"
#include "options.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/threads.h"
#include "util/utf8.h"

#include <string.h>

enum {
    BLOCK_BYTES = 1 << 20, /* a thread: what is made of it stays in a core's cache */
    BLOCK_THREADS = 4,     /* the most threads that a block grows with */
    PAUSE_MS = 50,         /* a stream that pauses this long has its lines handed out */
    PROMPT_PAUSE_MS = 1,   /* the same with TT_READER_PROMPT: time enough to fill a pipe again */
};

static const char *const usual_names[TTI_FIELD_COUNT] = {[TTI_FIELD_ID] = "id",
                                                         [TTI_FIELD_TEXT] = "text",
                                                         [TTI_FIELD_PUBLISHED] = "published",
                                                         [TTI_FIELD_SOURCE] = "source",
                                                         [TTI_FIELD_VERSION] = "version",
                                                         [TTI_FIELD_TITLE] = "title",
                                                         [TTI_FIELD_STATUS] = "pubstatus",
                                                         [TTI_FIELD_LANGUAGE] = "language",
                                                         [TTI_FIELD_EMBARGOED] = "embargoed",
                                                         [TTI_FIELD_EXPIRES] = "expires",
                                                         [TTI_FIELD_REPLACING] = "replacing",
                                                         [TTI_FIELD_REPLACED_BY] = "replacedby"};

static tt_status set_field_name(tt_reader *r, int field, const char *given, const char *option,
                                tt_error *error)
{
    tti_jsonl_options *o = &r->line_options;
    const char *name = given == NULL ? usual_names[field] : given;
    const size_t size = strlen(name) + 1;
    if (size == 1)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "%s is empty", option);
    if (tti_utf8_valid_up_to(name, size) != size)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "%s is not UTF-8", option);
    r->names[field] = tti_alloc(r->allocator, size, 1);
    TTI_TRY_ALLOC(r->names[field] == NULL, error, "a reader");
    memcpy(r->names[field], name, size);
    o->name[field] = r->names[field];
    o->name_size[field] = size - 1;
    if (given != NULL && tti_field_is_path(given))
        o->paths = &r->paths;
    return TT_OK;
}

static tt_status set_field_names(tt_reader *r, const tt_reader_options *given, tt_error *error)
{
    r->given[TTI_FIELD_ID] = given->id_field != NULL;
    r->given[TTI_FIELD_TEXT] = given->text_field != NULL;
    r->given[TTI_FIELD_PUBLISHED] = given->date_field != NULL;
    r->given[TTI_FIELD_SOURCE] = given->source_field != NULL;
    r->given[TTI_FIELD_TITLE] = given->title_field != NULL;
    r->given[TTI_FIELD_REPLACING] = given->replacing_field != NULL;
    const struct {
        int field;
        const char *name, *option;
    } names[TTI_FIELD_COUNT] = {{TTI_FIELD_ID, given->id_field, "id_field"},
                                {TTI_FIELD_TEXT, given->text_field, "text_field"},
                                {TTI_FIELD_PUBLISHED, given->date_field, "date_field"},
                                {TTI_FIELD_SOURCE, given->source_field, "source_field"},
                                {TTI_FIELD_VERSION, NULL, ""},
                                {TTI_FIELD_TITLE, given->title_field, "title_field"},
                                {TTI_FIELD_STATUS, NULL, ""},
                                {TTI_FIELD_LANGUAGE, NULL, ""},
                                {TTI_FIELD_EMBARGOED, NULL, ""},
                                {TTI_FIELD_EXPIRES, NULL, ""},
                                {TTI_FIELD_REPLACING, given->replacing_field, "replacing_field"},
                                {TTI_FIELD_REPLACED_BY, NULL, ""}};
    for (int i = 0; i < TTI_FIELD_COUNT; i++)
        TTI_TRY(set_field_name(r, names[i].field, names[i].name, names[i].option, error));
    for (int i = 0; i < TTI_FIELD_COUNT && r->line_options.paths != NULL; i++)
        if (tti_field_paths_add(&r->paths, names[i].field, r->names[names[i].field]) != 0)
            return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "%s has an empty part or too many",
                            names[i].option);
    return TT_OK;
}

tt_status tti_reader_set_options(tt_reader *r, const tt_reader_options *options, tt_error *error)
{
    tti_jsonl_options *o = &r->line_options;
    tt_options defaults;
    TTI_TRY(set_field_names(r, options, error));
    o->whole = (options->flags & TT_READER_WHOLE) != 0;
    o->text_format = options->text_format;
    if (options->encoding != NULL)
        TTI_TRY(tti_encoding_open(&r->encoding, options->encoding, r->allocator, error));
    r->window_log = options->zstd_window_log;
    r->inputs.include = options->include;
    r->inputs.exclude = options->exclude;
    r->converter = options->converter;
    r->inputs.reads_columns = options->converter != NULL;
    TTI_TRY(tt_options_resolve(NULL, &defaults, error));
    o->max_article_bytes =
        options->max_article_bytes == 0 ? defaults.max_article_bytes : options->max_article_bytes;
    r->converted_options = *o;
    r->converted_options.paths = NULL;
    r->converted_options.text_format = TT_TEXT_PLAIN;
    for (int f = 0; f < TTI_FIELD_COUNT; f++) {
        r->converted_options.name[f] = usual_names[f];
        r->converted_options.name_size[f] = strlen(usual_names[f]);
    }
    r->longest_line = 6 * o->max_article_bytes + (1 << 20); /* an escape takes six bytes for one */
    r->threads = options->threads;
    r->block_bytes =
        (size_t)BLOCK_BYTES * (size_t)tti_thread_count(options->threads, BLOCK_THREADS);
    r->use_simdjson = 1;
    r->names_by_contents = (options->flags & TT_READER_LASTING_IDS) != 0;
    r->pause_ms = (options->flags & TT_READER_PROMPT) != 0 ? PROMPT_PAUSE_MS : PAUSE_MS;
    return TT_OK;
}
