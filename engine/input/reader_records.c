/*
 * The items of a block become records, in parallel. Strings with escapes are resolved into a second
 * buffer, in which each item has its own room, so that only simdjson allocates while threads run.
 */
#include "input/front_matter.h"
#include "input/reader_parts.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/hash.h"
#include "util/threads.h"
#include "util/time.h"
#include "util/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    ITEMS_PER_TURN = 8, /* items that a thread parses before it asks for more */
    PARALLEL_BYTES = 64 << 10,
    MADE_ID_ROOM = 32, /* for the name of a record without an id, beside its file */
};

/* Takes the title and the time from in front of a text. *text moves behind them. */
static void read_front_matter(tt_record *record, const char **text, size_t *size)
{
    tti_front_matter front;
    if (!tti_front_matter_read(*text, *size, &front))
        return;
    *text += front.size;
    *size -= front.size;
    if (front.title_size > 0) {
        record->article.title = record->title = front.title;
        record->article.title_size = record->title_size = front.title_size;
    }
    if (front.date_size > 0)
        record->article.published = tti_time_read(front.date, front.date_size, &record->notes);
    if (front.date_size > 0 && record->article.published == TT_NO_TIME)
        record->notes |= TT_NOTE_NO_TIME;
}

static void read_text_item(const tti_jsonl_options *options, const tti_reader_item *item, char *id,
                           tt_record *record)
{
    const char *text = record->raw + item->bom;
    size_t size = record->raw_size - (size_t)item->bom, valid;
    if (size > options->max_article_bytes) {
        tti_record_reject(record, TT_ELIMIT, "text of %zu bytes is over the limit of %" PRIu64,
                          size, options->max_article_bytes);
        return;
    }
    if (size == 0) {
        tti_record_reject(record, TT_EFORMAT, "no text");
        return;
    }
    valid = tti_utf8_valid_up_to(text, size);
    if (valid < size) {
        tti_record_reject(record, TT_EFORMAT, "invalid UTF-8 at byte %zu",
                          valid + (size_t)item->bom);
        return;
    }
    record->article.published = TT_NO_TIME;
    if (options->text_format != TT_TEXT_PLAIN)
        read_front_matter(record, &text, &size);
    record->article.id = id;
    record->article.id_size = tti_utf8_of_path(record->file, id);
    record->article.text = text;
    record->article.text_size = size;
}

/* Adds a field to a digest: its size keeps it apart from the next one. */
static void add_field(XXH3_state_t *state, const void *bytes, uint64_t size)
{
    uint8_t head[8];
    XXH_writeLE64(head, size);
    (void)XXH3_128bits_update(state, head, sizeof head);
    (void)XXH3_128bits_update(state, bytes, (size_t)size);
}

/* Names a record without an id for what it says, so that no other record ever has the name, and
 * the same one always does: "FILE#" and 24 digits. */
static void name_by_contents(tt_record *record, char *name)
{
    tt_article *a = &record->article;
    const uint64_t published = (uint64_t)a->published;
    XXH3_state_t state;
    XXH128_hash_t digest;
    uint8_t time[8];
    XXH_writeLE64(time, published);
    (void)XXH3_128bits_reset(&state);
    add_field(&state, a->text, a->text_size);
    add_field(&state, a->title, a->title_size);
    add_field(&state, a->source, a->source_size);
    add_field(&state, a->version, a->version_size);
    add_field(&state, time, sizeof time);
    digest = XXH3_128bits_digest(&state);
    a->id = name;
    a->id_size = tti_utf8_of_path(record->file, name);
    a->id_size += (size_t)snprintf(name + a->id_size, MADE_ID_ROOM, "#%016" PRIx64 "%08" PRIx32,
                                   (uint64_t)digest.high64, (uint32_t)digest.low64);
}

/* Whether the text has a letter, a digit or a sign; blanks and punctuation are none. */
static int has_word(const char *text, size_t size)
{
    static const struct {
        uint32_t first, last;
    } others[] = {{0x80, 0xa9},     {0xab, 0xb1},     {0xb4, 0xb4},     {0xb6, 0xb8},
                  {0xbb, 0xbb},     {0xbf, 0xbf},     {0x1680, 0x1680}, {0x2000, 0x206f},
                  {0x2e00, 0x2e7f}, {0x3000, 0x3003}, {0x3008, 0x3020}, {0xfe00, 0xfe6b},
                  {0xfeff, 0xfeff}, {0xff01, 0xff0f}, {0xff1a, 0xff20}, {0xfff0, 0xffff}};
    for (size_t at = 0; at < size;) {
        unsigned bytes;
        const uint32_t c = tti_utf8_decode((const uint8_t *)text + at, size - at, &bytes);
        size_t k = 0;
        at += bytes == 0 ? 1 : bytes;
        if (c < 0x80 && (c | 0x20) - 'a' >= 26 && c - '0' >= 10)
            continue;
        while (k < sizeof others / sizeof *others && (c < others[k].first || c > others[k].last))
            k++;
        if (k == sizeof others / sizeof *others)
            return 1;
    }
    return 0;
}

static void parse_item(tt_reader *r, size_t i, tti_simdjson *parser)
{
    const tti_reader_item *item = &r->items.items[i];
    tt_record *record = &r->records.items[i];
    if (item->kind == TTI_ITEM_LINE || item->kind == TTI_ITEM_CONVERTED)
        tti_jsonl_read(item->options, parser, r->out + item->out, record);
    else if (item->kind == TTI_ITEM_TEXT)
        read_text_item(&r->line_options, item, r->out + item->name, record);
    if (r->names_by_contents && record->status == TT_OK &&
        (item->kind == TTI_ITEM_TEXT || (record->notes & TT_NOTE_NO_ID) != 0))
        name_by_contents(record, r->out + item->name);
    if (record->status == TT_OK)
        record->notes |= item->notes;
    if (record->status == TT_OK && (record->article.flags & TT_ARTICLE_WITHDRAWN) == 0 &&
        !has_word(record->article.text, record->article.text_size))
        record->notes |= TT_NOTE_NO_WORD;
}

/* Allocates all that the threads need, so that they cannot fail. */
static tt_status prepare_parsing(tt_reader *r, int threads, tt_error *error)
{
    size_t room = 0;
    for (size_t i = 0; i < r->items.count; i++) {
        tti_reader_item *item = &r->items.items[i];
        tt_record *record = &r->records.items[i];
        if (item->kind == TTI_ITEM_REJECTED)
            continue;
        record->raw = item->kind == TTI_ITEM_LINE || item->kind == TTI_ITEM_TEXT
                          ? r->data + item->begin
                          : r->converted.items + item->begin;
        record->raw_size = item->end - item->begin;
        item->out = room;
        if (item->kind == TTI_ITEM_LINE || item->kind == TTI_ITEM_CONVERTED)
            room += tti_jsonl_output_bound(item->options, record->raw_size, strlen(record->file));
        item->name = room;
        if (r->names_by_contents || item->kind == TTI_ITEM_TEXT)
            room += MADE_ID_ROOM + 2 * strlen(record->file);
    }
    if (room > r->out_capacity || r->out_capacity > 4 * (room + r->block_bytes)) {
        tti_release(r->allocator, r->out, r->out_capacity, 1);
        r->out = tti_alloc(r->allocator, room + room / 8, 1);
        r->out_capacity = r->out == NULL ? 0 : room + room / 8;
        TTI_TRY_ALLOC(r->out == NULL, error, "the strings of a block");
    }
    if (r->data != NULL)
        memset(r->data + r->used, 0, TTI_LINE_SLACK);
    if (r->converted.count > 0)
        memset(r->converted.items + r->converted.count, 0, TTI_LINE_SLACK);
    while (r->use_simdjson && r->parsers.count < (size_t)threads) {
        tti_simdjson *parser;
        TTI_TRY_ALLOC(tti_array_reserve(&r->parsers, r->allocator, 1), error, "parsers");
        parser = tti_simdjson_open();
        TTI_TRY_ALLOC(parser == NULL, error, "parsers");
        r->parsers.items[r->parsers.count++] = parser;
    }
    return TT_OK;
}

tt_status tti_reader_parse_block(tt_reader *r, tt_error *error)
{
    const size_t turns = (r->items.count + ITEMS_PER_TURN - 1) / ITEMS_PER_TURN;
    const int threads =
        tti_thread_count(r->threads, r->used + r->converted.count < PARALLEL_BYTES ? 1 : turns);
    const ptrdiff_t count = (ptrdiff_t)r->items.count;
    TTI_TRY(prepare_parsing(r, threads, error));
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(dynamic, ITEMS_PER_TURN)
    for (ptrdiff_t i = 0; i < count; i++)
        parse_item(r, (size_t)i, r->use_simdjson ? r->parsers.items[tti_thread_index()] : NULL);
    return TT_OK;
}
