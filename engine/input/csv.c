/*
 * The cells of a row are collected without their quotes until it ends. A row that does not have as
 * many cells as the header, or in which a quote is not at the end of its cell, is rejected: what
 * its cells would stand for is not known. In tables with tabs, of which many know no quotes, such a
 * quote is a letter, and so is one that would join rows.
 */
#include "input/csv.h"

#include "input/field_paths.h"
#include "input/json_item.h"
#include "util/error.h"
#include "util/utf8.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

typedef enum { CELL_BEGINS, IN_CELL, IN_QUOTES, AFTER_QUOTE } cell_state;

/* The usual names of columns, the first that is there counts, small letters or not. */
static const char *const usual_columns[TTI_FIELD_COUNT][6] = {
    [TTI_FIELD_ID] = {"id", "guid", "uuid"},
    [TTI_FIELD_TEXT] = {"text", "body", "content", "article"},
    [TTI_FIELD_PUBLISHED] = {"published", "date", "pub_date", "datetime", "timestamp"},
    [TTI_FIELD_SOURCE] = {"source", "publisher", "agency"},
    [TTI_FIELD_VERSION] = {"version"},
    [TTI_FIELD_STATUS] = {"pubstatus"},
    [TTI_FIELD_LANGUAGE] = {"language"},
    [TTI_FIELD_EMBARGOED] = {"embargoed"},
    [TTI_FIELD_EXPIRES] = {"expires"},
    [TTI_FIELD_REPLACING] = {"replacing"},
    [TTI_FIELD_REPLACED_BY] = {"replacedby"},
    [TTI_FIELD_TITLE] = {"title", "headline"},
};

/* The notes for columns that were taken for the text by names that may mean something else. */
static const uint32_t guess_notes[6] = {0, 0, TT_NOTE_IN_CONTENT, TT_NOTE_IN_ARTICLE};

struct tti_csv {
    tti_csv_options options;
    tti_xml_fn emit;
    void *ctx;

    char separator; /* 0: not known yet */
    cell_state state;
    int after_cr;
    int has_newline; /* the quoted cell has one */
    uint64_t line, row_line;
    const char *row_fault;
    tt_status row_status;
    tti_char_array cells, header, json;
    TTI_ARRAY(size_t) ends, header_ends;
    tti_char_array line_held; /* the header, until its end is seen */

    tti_jsonl_options row_options;
    tti_field_paths paths;
    uint32_t notes;
    char fault[116];
};

/* ==== Columns ================================================================================= */

static char separator_of(const char *line, size_t size)
{
    static const char separators[] = {',', '\t', ';', '|'};
    size_t counts[sizeof separators] = {0};
    int quoted = 0;
    size_t best = 0;
    for (size_t i = 0; i < size; i++) {
        quoted ^= line[i] == '"';
        for (size_t k = 0; k < sizeof separators && !quoted; k++)
            counts[k] += line[i] == separators[k];
    }
    for (size_t k = 1; k < sizeof separators; k++)
        if (counts[k] > counts[best])
            best = k;
    return separators[best];
}

static size_t column_begin(const tti_csv *t, size_t i)
{
    return i == 0 ? 0 : t->header_ends.items[i - 1];
}

/* The column of this name from `first` on, by `compare`. @return SIZE_MAX: there is none */
static size_t find_column(const tti_csv *t, size_t first, const char *name, size_t size,
                          int (*compare)(const char *, const char *, size_t))
{
    for (size_t i = first; i < t->header_ends.count; i++) {
        const size_t begin = column_begin(t, i);
        if (t->header_ends.items[i] - begin == size &&
            compare(t->header.items + begin, name, size) == 0)
            return i;
    }
    return SIZE_MAX;
}

/* The bytes of a first line "sep=;", by which Excel knows the separator; 0: there is none. */
static size_t separator_line(const char *bytes, size_t size)
{
    const char *newline = size < 6 ? NULL : memchr(bytes + 5, '\n', size - 5 < 2 ? size - 5 : 2);
    return newline != NULL && memcmp(bytes, "sep=", 4) == 0 &&
                   (newline[-1] == '\r' || newline == bytes + 5)
               ? (size_t)(newline + 1 - bytes)
               : 0;
}

/* Refuses the tables that scan --csv writes, which have no texts. @return whether it is one */
static int refuse_own_table(tti_csv *t)
{
    static const char *const headers[] = {
        "cluster,article,kept", "section,tokens,kind,article,begin,end,of_begin,of_end,similarity",
        "a,b,relation,resemblance,containment_a,containment_b,overlap_a,overlap_b,facts,conflicts",
        ("id,kept,relation,resemblance,containment,containment_of,overlap,overlap_of,facts,"
         "conflicts")};
    const tti_char_array *held = &t->line_held;
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        const size_t size = strlen(headers[i]);
        if (held->count >= size && memcmp(held->items, headers[i], size) == 0 &&
            (held->count == size || strchr("\r\n", held->items[size]) != NULL)) {
            (void)snprintf(t->fault, sizeof t->fault,
                           "a table that scan --csv wrote; give the articles that were scanned");
            return 1;
        }
    }
    return 0;
}

/* Refuses two columns of one name for the field: which is meant is not known. */
static tt_status refuse_doubled_column(tti_csv *t, const char *name, size_t size)
{
    (void)snprintf(t->fault, sizeof t->fault, "two columns are named \"%.*s\"; rename one of them",
                   (int)tti_utf8_cut(name, size, 40), name);
    tti_utf8_clean(t->fault);
    return TT_EFORMAT;
}

static void refuse_columns(tti_csv *t, const char *text_field)
{
    size_t used =
        (size_t)snprintf(t->fault, sizeof t->fault, "no \"%.30s\" among the columns", text_field);
    for (size_t i = 0; i < t->header_ends.count; i++) {
        const size_t begin = column_begin(t, i), size = t->header_ends.items[i] - begin;
        const size_t shown = tti_utf8_cut(t->header.items + begin, size, 30);
        if (used + shown + sizeof ", \"\" ..." > sizeof t->fault) {
            (void)snprintf(t->fault + used, sizeof t->fault - used, " ...");
            break;
        }
        used += (size_t)snprintf(t->fault + used, sizeof t->fault - used, "%s\"%.*s\"",
                                 i == 0 ? ": " : ", ", (int)shown, t->header.items + begin);
    }
    tti_utf8_clean(t->fault);
}

/* ==== First rows ============================================================================== */

/* What the first bytes show of a table, row by row. */
typedef struct table_probe {
    const char *bytes;
    size_t size, at;
    char separator;
    const char *text_field;
    int has_text;  /* a cell of the row has the name of a text's column */
    int has_names; /* each cell may be the name of a column */
    size_t column, text_column;
    size_t text_words;  /* the most that a cell of the text's column has */
    size_t other_words; /* the most that a cell of another column has */
    size_t other;       /* the column with that cell */
} table_probe;

static int names_text(const table_probe *p, const char *cell, size_t size)
{
    if (p->text_field != NULL)
        return strlen(p->text_field) == size && strncasecmp(p->text_field, cell, size) == 0;
    for (size_t k = 0; usual_columns[TTI_FIELD_TEXT][k] != NULL; k++)
        if (strlen(usual_columns[TTI_FIELD_TEXT][k]) == size &&
            strncasecmp(usual_columns[TTI_FIELD_TEXT][k], cell, size) == 0)
            return 1;
    return 0;
}

/* Counts words as far as blanks show them, and else by their bytes. */
static size_t words_of_cell(const char *cell, size_t size)
{
    size_t words = 0, wide = 0;
    for (size_t i = 0; i < size; i++) {
        words += cell[i] != ' ' && cell[i] != '\n' &&
                 (i == 0 || cell[i - 1] == ' ' || cell[i - 1] == '\n');
        wide += (unsigned char)cell[i] >= 0x80;
    }
    return words + wide / 6;
}

static void probe_cell(table_probe *p, size_t begin, size_t end)
{
    p->has_names &= begin < end && p->bytes[begin] != ' ';
    while (end > begin && strchr("\r\" ", p->bytes[end - 1]) != NULL)
        end--;
    while (begin < end && strchr("\" ", p->bytes[begin]) != NULL)
        begin++;
    p->has_names &= begin < end;
    p->has_text |= names_text(p, p->bytes + begin, end - begin);
    const size_t words = words_of_cell(p->bytes + begin, end - begin);
    if (p->column == p->text_column && words > p->text_words)
        p->text_words = words;
    if (p->column != p->text_column && words > p->other_words) {
        p->other_words = words;
        p->other = p->column;
    }
    p->column++;
}

/* Counts the cells of the next row that is not blank. @return 0: it is not there, or has no end */
static size_t probe_row(table_probe *p)
{
    size_t cells = 1, begin;
    int quoted = 0;
    while (p->at < p->size && strchr("\r\n", p->bytes[p->at]) != NULL)
        p->at++;
    p->has_text = 0;
    p->has_names = 1;
    p->column = 0;
    for (begin = p->at; p->at < p->size; p->at++) {
        const char c = p->bytes[p->at];
        quoted ^= c == '"';
        if (quoted || (c != p->separator && c != '\n'))
            continue;
        probe_cell(p, begin, p->at);
        begin = p->at + 1;
        if (c == '\n') {
            p->at++;
            return cells;
        }
        cells++;
    }
    probe_cell(p, begin, p->at);
    return begin == p->size && cells == 1 ? 0 : cells;
}

/* Whether the column, which only seems to be the text's by its name, has a word or two in each of
 * the first rows, and another one has the texts. */
static int refuse_column_of_words(tti_csv *t, size_t column)
{
    enum { WORDS_OF_A_LABEL = 2, WORDS_OF_A_TEXT = 12 };
    const tti_char_array *held = &t->line_held;
    table_probe p = {.bytes = held->items,
                     .size = held->count,
                     .separator = t->separator,
                     .text_column = column};
    size_t begin, size, other, other_size;
    (void)probe_row(&p);
    p.text_words = p.other_words = 0;
    while (p.at < p.size)
        (void)probe_row(&p);
    if (p.text_words == 0 || p.text_words > WORDS_OF_A_LABEL || p.other_words < WORDS_OF_A_TEXT ||
        p.other >= t->header_ends.count)
        return 0;
    begin = column_begin(t, column);
    size = tti_utf8_cut(t->header.items + begin, t->header_ends.items[column] - begin, 30);
    other = column_begin(t, p.other);
    other_size = tti_utf8_cut(t->header.items + other, t->header_ends.items[p.other] - other, 30);
    (void)snprintf(t->fault, sizeof t->fault,
                   "which column is the text? \"%.*s\" has no more than 2 words, \"%.*s\" has %zu",
                   (int)size, t->header.items + begin, (int)other_size, t->header.items + other,
                   p.other_words);
    tti_utf8_clean(t->fault);
    return 1;
}

/* Finds the columns of the fields, of the names given or of the usual ones. */
static tt_status choose_columns(tti_csv *t)
{
    t->row_options = *t->options.usual;
    t->row_options.paths = &t->paths;
    t->row_options.is_row = 1;
    TTI_TRY(tti_array_push(&t->header, t->options.allocator, '\0')); /* so that it is not NULL */
    if (refuse_own_table(t))
        return TT_EFORMAT;
    for (int f = 0; f < TTI_FIELD_COUNT; f++) {
        const char *given = t->options.given[f];
        if (given != NULL) {
            size_t found = 0;
            (void)tti_field_paths_add(&t->paths, f, given); /* the reader has checked it */
            for (size_t p = 0; p < t->paths.count; p++) {
                const tti_field_path *path = &t->paths.list[p];
                const size_t i = path->field == f
                                     ? find_column(t, 0, path->name, path->size, strncmp)
                                     : SIZE_MAX;
                found += i != SIZE_MAX;
                if (i != SIZE_MAX &&
                    find_column(t, i + 1, path->name, path->size, strncmp) != SIZE_MAX)
                    return refuse_doubled_column(t, path->name, path->size);
            }
            if (f == TTI_FIELD_TEXT && found == 0) {
                refuse_columns(t, given);
                return TT_EFORMAT;
            }
            continue;
        }
        for (size_t k = 0; k < 6 && usual_columns[f][k] != NULL; k++) {
            const size_t size = strlen(usual_columns[f][k]);
            const size_t i = find_column(t, 0, usual_columns[f][k], size, strncasecmp);
            if (i == SIZE_MAX)
                continue;
            if (f == TTI_FIELD_TEXT && guess_notes[k] != 0) {
                t->notes = guess_notes[k];
                if (refuse_column_of_words(t, i))
                    return TT_EFORMAT;
            }
            if (find_column(t, i + 1, usual_columns[f][k], size, strncasecmp) != SIZE_MAX)
                return refuse_doubled_column(t, usual_columns[f][k], size);
            t->paths.list[t->paths.count++] =
                (tti_field_path){t->header.items + column_begin(t, i),
                                 t->header_ends.items[i] - column_begin(t, i), '.', (uint8_t)f, 0};
            break;
        }
        if (f == TTI_FIELD_TEXT &&
            (t->paths.count == 0 || t->paths.list[t->paths.count - 1].field != f)) {
            refuse_columns(t, "text");
            return TT_EFORMAT;
        }
    }
    return TT_OK;
}

/* ==== Rows ==================================================================================== */

static tt_status write_row(tti_csv *t)
{
    const tt_allocator *a = t->options.allocator;
    t->json.count = 0;
    for (size_t i = 0; i < t->ends.count; i++) {
        const size_t begin = i == 0 ? 0 : t->ends.items[i - 1], size = t->ends.items[i] - begin;
        char number[24]; /* the name of a cell too many, in a row that is rejected */
        const char *name = number;
        size_t name_size = (size_t)snprintf(number, sizeof number, "%zu", i + 1);
        if (i < t->header_ends.count) {
            name = t->header.items + column_begin(t, i);
            name_size = t->header_ends.items[i] - column_begin(t, i);
        }
        TTI_TRY(size == 0 ? tti_json_item_null(&t->json, a, name, name_size)
                          : tti_json_item_member(&t->json, a, name, name_size,
                                                 t->cells.items + begin, size));
    }
    return tti_json_item_end(&t->json, a);
}

/* Keeps the names of the columns, without blanks around them. */
static tt_status keep_header(tti_csv *t)
{
    for (size_t i = 0; i < t->ends.count; i++) {
        size_t begin = i == 0 ? 0 : t->ends.items[i - 1], end = t->ends.items[i];
        while (begin < end && t->cells.items[begin] == ' ')
            begin++;
        while (end > begin && t->cells.items[end - 1] == ' ')
            end--;
        TTI_TRY(tti_array_append(&t->header, t->options.allocator, t->cells.items + begin,
                                 end - begin));
        TTI_TRY(tti_array_push(&t->header_ends, t->options.allocator, t->header.count));
    }
    return TT_OK;
}

static tt_status end_row(tti_csv *t)
{
    char reason[80];
    tti_xml_item item = {NULL, 0, t->row_line, t->row_status, t->row_fault};
    tt_status status = TT_OK;
    if (t->header_ends.count == 0) {
        if (t->row_fault != NULL) {
            (void)snprintf(t->fault, sizeof t->fault, "in the header, %s", t->row_fault);
            return TT_EFORMAT;
        }
        TTI_TRY(keep_header(t));
        return choose_columns(t);
    }
    if (t->ends.count == 1 && t->ends.items[0] == 0)
        return TT_OK; /* a blank line */
    if (t->row_fault == NULL && t->ends.count != t->header_ends.count) {
        (void)snprintf(reason, sizeof reason, "a row of %zu cells, where the header has %zu",
                       t->ends.count, t->header_ends.count);
        item.status = TT_EFORMAT;
        item.reason = reason;
    }
    if (t->row_status != TT_ELIMIT)
        status = write_row(t);
    TTI_TRY(status);
    item.json = t->json.items;
    item.size = t->row_status == TT_ELIMIT ? 0 : t->json.count;
    return t->emit(t->ctx, &item);
}

static tt_status finish_row(tti_csv *t)
{
    tt_status status = tti_array_push(&t->ends, t->options.allocator, t->cells.count);
    if (status == TT_OK)
        status = end_row(t);
    t->ends.count = t->cells.count = 0;
    t->row_fault = NULL;
    t->row_status = TT_OK;
    t->state = CELL_BEGINS;
    return status;
}

static void fault_row(tti_csv *t, tt_status status, const char *reason)
{
    if (t->row_fault != NULL)
        return;
    t->row_fault = reason;
    t->row_status = status;
}

static tt_status append_to_cell(tti_csv *t, const char *bytes, size_t size)
{
    if (t->row_status == TT_ELIMIT)
        return TT_OK;
    if (t->cells.count + size > t->options.longest_row) {
        t->row_fault = NULL;
        fault_row(t, TT_ELIMIT, "a row that is too long; a quote may be missing before it");
        t->cells.count = t->ends.count = 0;
        return TT_OK;
    }
    return tti_array_append(&t->cells, t->options.allocator, bytes, size);
}

/* Takes bytes of a cell up to one that may end it. @return how many */
static size_t plain_bytes(const tti_csv *t, const char *bytes, size_t size)
{
    size_t n = 0;
    if (t->state == IN_QUOTES) {
        const char *quote = memchr(bytes, '"', size);
        return quote == NULL ? size : (size_t)(quote - bytes);
    }
    while (n < size && bytes[n] != t->separator && bytes[n] != '\n' && bytes[n] != '\r')
        n++;
    return n;
}

static tt_status take_bytes(tti_csv *t, const char *bytes, size_t size);

/* Takes the quote that the cell begins with for a letter, as it is in tables with tabs that know no
 * quotes. The lines that have become a part of the cell are rows. */
static tt_status undo_quote(tti_csv *t)
{
    const tt_allocator *a = t->options.allocator;
    const size_t begin = t->ends.count == 0 ? 0 : tti_array_last(&t->ends);
    tti_char_array rest = {0};
    const char *newline, *end;
    tt_status status;
    t->state = IN_CELL;
    if (t->row_status == TT_ELIMIT)
        return TT_OK;
    TTI_TRY(tti_array_push(&t->cells, a, '"'));
    memmove(t->cells.items + begin + 1, t->cells.items + begin, t->cells.count - begin - 1);
    t->cells.items[begin] = '"';
    newline = memchr(t->cells.items + begin, '\n', t->cells.count - begin);
    if (newline == NULL)
        return TT_OK;
    end = t->cells.items + t->cells.count;
    TTI_TRY(tti_array_append(&rest, a, newline + 1, (size_t)(end - newline - 1)));
    for (const char *c = newline + 1; c < end; c++)
        t->line -= *c == '\n';
    t->cells.count = (size_t)(newline - t->cells.items);
    if (t->cells.items[t->cells.count - 1] == '\r')
        t->cells.count--;
    status = finish_row(t);
    if (status == TT_OK && rest.count > 0)
        status = take_bytes(t, rest.items, rest.count);
    t->after_cr = 0;
    tti_array_free(&rest, a);
    return status;
}

/* Takes bytes of a quoted cell, of which none is a quote. In a table with tabs, one after a newline
 * shows that rows were joined. @return in *taken how many */
static tt_status take_quoted(tti_csv *t, const char *bytes, size_t size, size_t *taken)
{
    const char *newline = t->has_newline ? bytes : memchr(bytes, '\n', size);
    const char *tab = t->separator != '\t' || newline == NULL
                          ? NULL
                          : memchr(newline, '\t', size - (size_t)(newline - bytes));
    *taken = tab == NULL ? size : (size_t)(tab - bytes);
    for (size_t i = 0; i < *taken; i++)
        t->line += bytes[i] == '\n';
    t->has_newline = newline != NULL;
    TTI_TRY(append_to_cell(t, bytes, *taken));
    return tab == NULL ? TT_OK : undo_quote(t);
}

static tt_status take_bytes(tti_csv *t, const char *bytes, size_t size)
{
    for (size_t at = 0; at < size;) {
        const char c = bytes[at];
        if (t->state == CELL_BEGINS) {
            if (t->ends.count == 0)
                t->row_line = t->line;
            t->state = c == '"' ? IN_QUOTES : IN_CELL;
            t->has_newline = 0;
            at += c == '"';
            continue;
        }
        if (t->state == AFTER_QUOTE && c == '"') { /* two stand for one */
            TTI_TRY(append_to_cell(t, "\"", 1));
            t->state = IN_QUOTES;
            at++;
            continue;
        }
        if (t->state != IN_QUOTES && c == t->separator) {
            if (t->row_status != TT_ELIMIT)
                TTI_TRY(tti_array_push(&t->ends, t->options.allocator, t->cells.count));
            t->state = CELL_BEGINS;
            at++;
            continue;
        }
        if (t->state != IN_QUOTES && (c == '\n' || c == '\r')) {
            at++;
            t->after_cr = c == '\r' && at == size; /* its newline may come yet */
            if (c == '\r' && at < size && bytes[at] == '\n')
                at++;
            t->line++;
            TTI_TRY(finish_row(t));
            continue;
        }
        if (t->state == IN_QUOTES && c == '"') {
            t->state = AFTER_QUOTE;
            at++;
            continue;
        }
        if (t->state == AFTER_QUOTE && t->separator == '\t') {
            TTI_TRY(append_to_cell(t, "\"", 1));
            TTI_TRY(undo_quote(t));
            continue;
        }
        if (t->state == AFTER_QUOTE) {
            fault_row(t, TT_EFORMAT, "a quote that is not at the end of its cell");
            t->state = IN_CELL;
        }
        size_t taken = plain_bytes(t, bytes + at, size - at);
        TTI_TRY(t->state == IN_QUOTES ? take_quoted(t, bytes + at, taken, &taken)
                                      : append_to_cell(t, bytes + at, taken));
        at += taken;
    }
    return TT_OK;
}

/* ==== Feeding ================================================================================= */

tt_status tti_csv_open(tti_csv **out, const tti_csv_options *options, tti_xml_fn emit, void *ctx)
{
    tti_csv *t = tti_alloc_zero(options->allocator, 1, sizeof *t);
    *out = t;
    if (t == NULL)
        return TT_ENOMEM;
    t->options = *options;
    t->emit = emit;
    t->ctx = ctx;
    t->line = 1;
    return TT_OK;
}

/* The separator is that of the first line, which is held until it is there. */
static tt_status find_separator(tti_csv *t, const char *bytes, size_t size, int last)
{
    tti_char_array *held = &t->line_held;
    TTI_TRY(tti_array_append(held, t->options.allocator, bytes, size));
    if (!last && held->count < TTI_CSV_HEADER_BYTES &&
        (held->count == 0 || memchr(held->items, '\n', held->count) == NULL))
        return TT_OK;
    const char *newline = held->count == 0 ? NULL : memchr(held->items, '\n', held->count);
    const size_t first = separator_line(held->items, held->count);
    if (first > 0) {
        t->separator = held->items[4];
        t->line++;
        held->count -= first;
        memmove(held->items, held->items + first, held->count);
        return take_bytes(t, held->items, held->count);
    }
    t->separator =
        separator_of(held->items, newline == NULL ? held->count : (size_t)(newline - held->items));
    return take_bytes(t, held->items, held->count);
}

tt_status tti_csv_feed(tti_csv *t, const char *bytes, size_t size, int last)
{
    tt_status status;
    if (t->after_cr && size > 0) {
        const size_t newline = bytes[0] == '\n';
        t->after_cr = 0;
        bytes += newline;
        size -= newline;
    }
    status = t->separator == 0 ? find_separator(t, bytes, size, last) : take_bytes(t, bytes, size);
    if (status != TT_OK || !last)
        return status;
    if (t->state == IN_QUOTES && t->separator == '\t')
        TTI_TRY(undo_quote(t));
    if (t->state == IN_QUOTES)
        fault_row(t, TT_EFORMAT,
                  "a quoted cell without its end; the rows from here on are not read");
    if (t->state != CELL_BEGINS || t->ends.count > 0)
        TTI_TRY(finish_row(t));
    return TT_OK;
}

const char *tti_csv_fault(const tti_csv *t)
{
    return t->fault;
}

const tti_jsonl_options *tti_csv_row_options(const tti_csv *t)
{
    return &t->row_options;
}

uint32_t tti_csv_notes(const tti_csv *t)
{
    return t->notes;
}

void tti_csv_close(tti_csv *t)
{
    const tt_allocator *a;
    if (t == NULL)
        return;
    a = t->options.allocator;
    tti_array_free(&t->cells, a);
    tti_array_free(&t->header, a);
    tti_array_free(&t->json, a);
    tti_array_free(&t->ends, a);
    tti_array_free(&t->header_ends, a);
    tti_array_free(&t->line_held, a);
    tti_release(a, t, 1, sizeof *t);
}

/* ==== Is it a table? ========================================================================== */

int tti_csv_sniff(const char *bytes, size_t size, int is_whole, int is_strict,
                  const char *text_field)
{
    enum { NAMELESS_COLUMNS = 3 };
    const size_t first = separator_line(bytes, size);
    const char *newline = memchr(bytes + first, '\n', size - first);
    const size_t end = newline == NULL ? size : (size_t)(newline - bytes);
    table_probe p = {.bytes = bytes,
                     .size = size,
                     .at = first,
                     .separator = first > 0 ? bytes[4] : separator_of(bytes, end),
                     .text_field = text_field};
    size_t columns, rows = 0;
    int has_text;
    if (newline == NULL && !is_whole)
        return -1;
    if (memchr(bytes, p.separator, end) == NULL)
        return 0;
    columns = probe_row(&p);
    has_text = p.has_text;
    if (has_text && !is_strict)
        return 1;
    if (!has_text && (columns < NAMELESS_COLUMNS || !p.has_names))
        return 0;
    for (;;) {
        const size_t from = p.at, cells = probe_row(&p);
        const int is_cut = p.at == p.size && (p.at == from || bytes[p.at - 1] != '\n');
        if (is_cut && !is_whole)
            return -1;
        if (cells == 0 || (is_cut && size >= TTI_CSV_HEADER_BYTES))
            return has_text || rows > 0;
        if (cells != columns)
            return 0;
        if (has_text)
            return 1;
        rows++;
    }
}
