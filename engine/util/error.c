#include "util/error.h"

#include "util/utf8.h"

#include <stdarg.h>
#include <stdio.h>

tt_status tti_fail(tt_error *error, tt_status status, uint64_t where, const char *format, ...)
{
    if (error != NULL) {
        va_list arguments;
        error->status = status;
        error->where = where;
        va_start(arguments, format);
        (void)vsnprintf(error->message, sizeof error->message, format, arguments);
        va_end(arguments);
        tti_utf8_clean(error->message);
    }
    return status;
}

tt_status tti_fail_memory(tt_error *error, const char *what)
{
    return tti_fail(error, TT_ENOMEM, TTI_NOWHERE, "out of memory for %s", what);
}

/* ---- Names and messages ---------------------------------------------------------------------- */

uint32_t tt_version(void)
{
    return TT_VERSION_NUMBER;
}

#define AS_TEXT_(x) #x
#define AS_TEXT(x) AS_TEXT_(x)

const char *tt_version_string(void)
{
    return AS_TEXT(TT_VERSION_MAJOR) "." AS_TEXT(TT_VERSION_MINOR) "." AS_TEXT(TT_VERSION_PATCH);
}

const char *tt_status_name(tt_status status)
{
    switch (status) {
    case TT_OK: return "ok";
    case TT_EINVAL: return "invalid argument";
    case TT_ENOMEM: return "out of memory";
    case TT_EIO: return "input/output error";
    case TT_EFORMAT: return "malformed data";
    case TT_EVERSION: return "unsupported version";
    case TT_ELIMIT: return "limit exceeded";
    case TT_ESTOPPED: return "stopped by callback";
    case TT_ELOCKED: return "locked by a writer";
    case TT_EDUPLICATE: return "duplicate id";
    case TT_EINTERNAL: return "internal error";
    }
    return "unknown status";
}

const char *tt_relation_name(tt_relation relation)
{
    switch (relation) {
    case TT_IDENTICAL: return "identical";
    case TT_NEAR: return "near";
    case TT_CONTAINS: return "contains";
    case TT_CONTAINED: return "contained";
    case TT_SERIES: return "series";
    case TT_RELATED: return "related";
    case TT_BOILERPLATE: return "boilerplate";
    }
    return "unknown relation";
}

const char *tt_note_text(uint32_t note)
{
    switch (note) {
    case TT_NOTE_NO_ID: return "it has no id, and is named for its file and line";
    case TT_NOTE_HTML: return "the text is HTML; its tags are removed";
    case TT_NOTE_NO_ZONE: return "the time has no zone and is taken for UTC";
    case TT_NOTE_EPOCH:
        return "the time is taken for a number of seconds or milliseconds since 1970";
    case TT_NOTE_NO_TIME: return "the time is in no known form, and is left out";
    case TT_NOTE_IS_JSON: return "its name says otherwise, but it is JSON and read as that";
    case TT_NOTE_IS_TABLE: return "its name says otherwise, but it is a table and read as that";
    case TT_NOTE_IS_HTML: return "its name says otherwise, but it is an HTML page and read as that";
    case TT_NOTE_IS_XML: return "its name says otherwise, but it is XML and read as that";
    case TT_NOTE_IS_ARCHIVE:
        return "its name says otherwise, but it is a web archive and read as that";
    case TT_NOTE_KEY_TWICE: return "a field comes twice, and the last one counts";
    case TT_NOTE_MAIL: return "it begins with the headers of a mail, which are a part of the text";
    case TT_NOTE_IN_CONTENT: return "the column \"content\" is taken for the text";
    case TT_NOTE_IN_ARTICLE: return "the column \"article\" is taken for the text";
    case TT_NOTE_NO_WORD: return "the text has no words, and is compared with nothing";
    default: return NULL;
    }
}

const char *tt_difference_kind_name(tt_difference_kind kind)
{
    switch (kind) {
    case TT_DIFFERS_NUMERAL: return "numeral";
    case TT_DIFFERS_DATE: return "date";
    case TT_DIFFERS_NAME: return "name";
    }
    return "unknown";
}

const char *tt_decision_kind_name(tt_decision_kind kind)
{
    switch (kind) {
    case TT_DECISION_NONE: return "none";
    case TT_DECISION_KEEP: return "keep";
    case TT_DECISION_KILL: return "kill";
    case TT_DECISION_NOT_A_COPY: return "not-a-copy";
    }
    return "unknown";
}

const char *tt_verdict_kind_name(tt_verdict_kind kind)
{
    switch (kind) {
    case TT_VERDICT_NEW: return "new";
    case TT_VERDICT_DUPLICATE: return "duplicate";
    case TT_VERDICT_UPDATE: return "update";
    case TT_VERDICT_OVERLAPS: return "overlaps";
    case TT_VERDICT_CORRECTION: return "correction";
    case TT_VERDICT_WITHDRAWN: return "withdrawn";
    }
    return "unknown";
}

static void describe_duplicate(const tt_article *a, char *out, size_t size)
{
    const char *quote = (a->flags & TT_ARTICLE_INTEGER_ID) != 0 ? "" : "\"";
    const size_t shown = tti_utf8_cut(a->id, a->id_size, TTI_SHOWN_ID);
    (void)snprintf(out, size, "id %s%.*s%s%s was seen before", quote, (int)shown, a->id,
                   shown < a->id_size ? "..." : "", quote);
}

void tt_article_refusal(const tt_article *article, tt_status status, char *out, size_t size)
{
    if (article == NULL || out == NULL)
        return;
    switch (status) {
    case TT_EDUPLICATE: describe_duplicate(article, out, size); break;
    case TT_EFORMAT: (void)snprintf(out, size, "id or text is not valid UTF-8"); break;
    case TT_ELIMIT:
        (void)snprintf(out, size, "text of %zu bytes is over the limit", article->text_size);
        break;
    case TT_EINVAL: (void)snprintf(out, size, "no id"); break;
    default: (void)snprintf(out, size, "%s", tt_status_name(status)); break;
    }
    if (size > 0)
        tti_utf8_clean(out);
}
