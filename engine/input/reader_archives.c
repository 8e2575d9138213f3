/*
 * An archive takes the place of the file in which it is found: its files are read one after another
 * before the next input, as streams of which it is the source.
 */
#include "input/reader_parts.h"
#include "input/refusal.h"
#include "util/alloc.h"
#include "util/error.h"

#include <stdio.h>
#include <string.h>

void tti_reader_close_archive(tt_reader *r)
{
    if (r->within.archive == NULL)
        return;
    r->done +=
        r->inputs.has_stream ? tti_byte_stream_consumed(r->within.stream) : r->within.input->size;
    tti_archive_close(r->within.archive);
    tti_byte_stream_close(r->within.stream);
    r->within.archive = NULL;
    r->within.stream = NULL;
}

/* A tti_byte_source. */
static tt_status read_member(void *ctx, char *bytes, size_t room, size_t *got, tt_error *error)
{
    return tti_archive_read(ctx, bytes, room, got, error);
}

tt_status tti_reader_begin_archive(tt_reader *r, const char *kind, tt_error *error)
{
    tt_error why = {TT_OK, 0, ""};
    tti_archive *archive;
    tt_status status;
    char reason[100];
    const char *advice;
    const char *document = tti_refusal_of_zip(r->data + r->tail, r->used - r->tail, &advice);
    if (document != NULL || r->within.archive != NULL) {
        if (document != NULL)
            (void)snprintf(reason, sizeof reason, "%s; %s", document, advice);
        else
            (void)snprintf(reason, sizeof reason, "%s within another; unpack it first", kind);
        r->used = r->tail;
        TTI_TRY(tti_reader_reject_input(r, 0, TT_EVERSION, reason, error));
        tti_reader_close_file(r);
        return TT_OK;
    }
    status = tti_archive_open(&archive, r->file.stream, r->data + r->tail, r->used - r->tail,
                              r->allocator, &why);
    r->used = r->scanned = r->tail;
    if (status != TT_OK) {
        if (status == TT_ENOMEM)
            return tti_fail_memory(error, "an archive");
        TTI_TRY(tti_reader_reject_input(r, 0, status, why.message, error));
        tti_reader_close_file(r);
        return TT_OK;
    }
    r->within.archive = archive;
    r->within.stream = r->file.stream;
    r->within.input = r->file.input;
    r->within.has_file = 0;
    r->file.stream = NULL;
    return TT_OK;
}

/* The input that a file of the archive is. */
static tt_status make_member(tt_reader *r, const char *name, const tti_input **out, tt_error *error)
{
    const char *outer = r->within.input->path;
    const size_t bytes = strlen(outer) + strlen(name) + 2;
    tti_input *m;
    *out = r->within.input;
    if (*name == '\0')
        return TT_OK;
    TTI_TRY_ALLOC(tti_array_reserve(&r->members, r->allocator, 1), error, "a file of an archive");
    m = tti_alloc_zero(r->allocator, 1, sizeof *m);
    TTI_TRY_ALLOC(m == NULL, error, "a file of an archive");
    m->path = tti_alloc(r->allocator, bytes, 1);
    if (m->path == NULL) {
        tti_release(r->allocator, m, 1, sizeof *m);
        return tti_fail_memory(error, "a file of an archive");
    }
    (void)snprintf(m->path, bytes, "%s/%s", outer, name);
    m->format = tti_format_of_path(m->path);
    r->members.items[r->members.count++] = m;
    *out = m;
    return TT_OK;
}

/* Whether a path of an archive has a hidden file or folder in it. */
static int is_hidden_path(const char *path)
{
    for (const char *part = path; part != NULL && *part != '\0'; part = strchr(part, '/')) {
        const size_t size = strcspn(part += *part == '/', "/");
        if (size > 1 && *part == '.' && !(size == 2 && part[1] == '.'))
            return 1;
    }
    return 0;
}

tt_status tti_reader_open_member(tt_reader *r, tt_error *error)
{
    tt_error why = {TT_OK, 0, ""};
    tti_archive_member member;
    const char *name, *slash;
    const tti_input *input;
    tt_status status = tti_archive_next(r->within.archive, &member, &why);
    if (status != TT_OK) {
        r->file = (tti_input_file){.input = r->within.input};
        TTI_TRY(tti_reader_reject_input(r, 0, status, why.message, error));
    }
    if (member.name == NULL) {
        if (!r->within.has_file && status == TT_OK)
            tti_inputs_note_empty(&r->inputs, r->within.input->path, "is empty");
        tti_reader_close_archive(r);
        return TT_OK;
    }
    r->within.has_file = 1;
    slash = strrchr(member.name, '/');
    name = slash == NULL ? member.name : slash + 1;
    if (member.is_link)
        return tti_inputs_pass_over(&r->inputs, TTI_LINK, error);
    if (is_hidden_path(member.name))
        return tti_inputs_pass_over(&r->inputs, TTI_HIDDEN, error);
    if (*member.name != '\0' && !tti_inputs_want(&r->inputs, name))
        return tti_inputs_pass_over(&r->inputs, name, error);
    TTI_TRY(make_member(r, member.name, &input, error));
    r->file =
        (tti_input_file){.input = input, .format = input->format, .line = 1, .split = {.line = 1}};
    if (r->encoding != NULL)
        tti_encoding_begin(r->encoding);
    status = tti_byte_stream_open_source(&r->file.stream, read_member, r->within.archive,
                                         r->allocator, &why);
    if (status == TT_ENOMEM)
        return tti_fail_memory(error, "an input");
    return status == TT_OK ? TT_OK : tti_reader_reject_input(r, 0, status, why.message, error);
}
