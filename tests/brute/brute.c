/*
 * Brute force: every pair of articles with a resemblance or containment above a threshold, counted
 * on exact shingle sets. It shares no code and no shortcut with the engine: words and shingles are
 * interned by comparing them instead of their hashes, and every two articles that share a shingle
 * are counted in full.
 *
 *     brute [--w N] [--resemblance X] [--containment X] ARTICLES.jsonl > pairs.jsonl
 *
 * Prints a line for each pair, with a before b in input order:
 *     {"type":"pair","a":ID,"b":ID,"resemblance":R,"containment_a":CA,"containment_b":CB,
 *      "shared":S,"na":NA,"nb":NB}
 *
 * Tokens are runs of ASCII letters and digits in lower case, exactly as in the engine for ASCII
 * text. Outside ASCII it approximates: code points of the letter blocks count as letters unchanged,
 * with the case of Latin-1, Greek and Cyrillic capitals folded but nothing composed or decomposed;
 * general punctuation, symbols and CJK punctuation separate words; each code point of Han, kana and
 * Thai is a token. Its numbers are therefore comparable on text whose words are mostly ASCII.
 *
 * An article of fewer than w tokens has one shingle, all of it; one of no tokens has none.
 *
 * Cost: the sum over shingles of the square of the number of articles that contain each; 10,000
 * generated articles take a few seconds and 200 MB.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_W = 64 };

#define NO_WORD UINT32_MAX /* pads the only shingle of a short article */

static void fail(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fputs("brute: ", stderr);
    vfprintf(stderr, format, list);
    fputc('\n', stderr);
    va_end(list);
    exit(2);
}

/* ==== arrays ================================================================================== */

static void *grow(void *old, size_t count, size_t size)
{
    void *p = count > SIZE_MAX / size ? NULL : realloc(old, count * size + (count == 0));
    if (p == NULL)
        fail("out of memory");
    return p;
}

typedef struct bytes {
    char *data;
    size_t count, capacity;
} bytes;

static void bytes_add(bytes *b, const char *data, size_t count)
{
    if (b->count + count > b->capacity) {
        b->capacity = (b->count + count) * 2;
        b->data = grow(b->data, b->capacity, 1);
    }
    memcpy(b->data + b->count, data, count);
    b->count += count;
}

typedef struct numbers {
    uint32_t *data;
    size_t count, capacity;
} numbers;

static void numbers_add(numbers *n, uint32_t value)
{
    if (n->count == n->capacity) {
        n->capacity = n->capacity ? n->capacity * 2 : 1024;
        n->data = grow(n->data, n->capacity, sizeof *n->data);
    }
    n->data[n->count++] = value;
}

/* ==== reading ================================================================================= */

typedef struct cursor {
    const char *path;
    size_t line;
    const char *at, *end;
} cursor;

static void bad(const cursor *c, const char *reason)
{
    fail("%s:%zu: %s", c->path, c->line, reason);
}

static void skip_space(cursor *c)
{
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\t' || *c->at == '\r'))
        c->at++;
}

static void expect(cursor *c, char wanted)
{
    skip_space(c);
    if (c->at == c->end || *c->at != wanted)
        fail("%s:%zu: expected '%c'", c->path, c->line, wanted);
    c->at++;
}

static uint32_t read_hex4(cursor *c)
{
    uint32_t value = 0;
    for (int i = 0; i < 4; i++, c->at++) {
        if (c->at == c->end || !isxdigit((unsigned char)*c->at))
            bad(c, "bad \\u escape");
        const int lower = tolower((unsigned char)*c->at);
        value = value * 16 + (uint32_t)(lower <= '9' ? lower - '0' : lower - 'a' + 10);
    }
    return value;
}

static void put_utf8(bytes *to, uint32_t code)
{
    char out[4];
    size_t size = 0;
    if (code < 0x80) {
        out[size++] = (char)code;
    } else if (code < 0x800) {
        out[size++] = (char)(0xC0 | code >> 6);
        out[size++] = (char)(0x80 | (code & 63));
    } else if (code < 0x10000) {
        out[size++] = (char)(0xE0 | code >> 12);
        out[size++] = (char)(0x80 | (code >> 6 & 63));
        out[size++] = (char)(0x80 | (code & 63));
    } else {
        out[size++] = (char)(0xF0 | code >> 18);
        out[size++] = (char)(0x80 | (code >> 12 & 63));
        out[size++] = (char)(0x80 | (code >> 6 & 63));
        out[size++] = (char)(0x80 | (code & 63));
    }
    bytes_add(to, out, size);
}

static void read_escape(cursor *c, bytes *to)
{
    static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
    if (c->at == c->end)
        bad(c, "a string does not end");
    const char letter = *c->at++;
    if (letter == 'u') {
        uint32_t code = read_hex4(c);
        if (code >= 0xD800 && code < 0xDC00) {
            if (c->end - c->at < 6 || c->at[0] != '\\' || c->at[1] != 'u')
                bad(c, "unpaired surrogate");
            c->at += 2;
            const uint32_t low = read_hex4(c);
            if (low < 0xDC00 || low > 0xDFFF)
                bad(c, "unpaired surrogate");
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        } else if (code >= 0xDC00 && code < 0xE000) {
            bad(c, "unpaired surrogate");
        }
        put_utf8(to, code);
        return;
    }
    const char *found = letter == 0 ? NULL : strchr(from, letter);
    if (found == NULL)
        bad(c, "bad escape");
    else
        bytes_add(to, &into[found - from], 1);
}

/* Decodes a string into `to`, which is emptied first. */
static void read_string(cursor *c, bytes *to)
{
    to->count = 0;
    expect(c, '"');
    for (;;) {
        const char *plain = c->at;
        while (c->at < c->end && *c->at != '"' && *c->at != '\\') {
            if ((unsigned char)*c->at < 0x20)
                bad(c, "control character in a string");
            c->at++;
        }
        bytes_add(to, plain, (size_t)(c->at - plain));
        if (c->at == c->end)
            bad(c, "a string does not end");
        if (*c->at++ == '"')
            return;
        read_escape(c, to);
    }
}

static void skip_value(cursor *c, bytes *scratch, int depth);

static void skip_members(cursor *c, bytes *scratch, int depth, char closing)
{
    c->at++;
    skip_space(c);
    if (c->at < c->end && *c->at == closing) {
        c->at++;
        return;
    }
    for (;;) {
        if (closing == '}') {
            skip_space(c);
            read_string(c, scratch);
            expect(c, ':');
        }
        skip_value(c, scratch, depth + 1);
        skip_space(c);
        if (c->at < c->end && *c->at == ',') {
            c->at++;
            continue;
        }
        expect(c, closing);
        return;
    }
}

static void skip_value(cursor *c, bytes *scratch, int depth)
{
    skip_space(c);
    if (depth > 64)
        bad(c, "nested too deeply");
    const char first = c->at < c->end ? *c->at : 0;
    if (first == '"') {
        read_string(c, scratch);
    } else if (first == '{') {
        skip_members(c, scratch, depth, '}');
    } else if (first == '[') {
        skip_members(c, scratch, depth, ']');
    } else {
        const char *begin = c->at;
        while (c->at < c->end && (isalnum((unsigned char)*c->at) || strchr("+-.", *c->at)))
            c->at++;
        if (c->at == begin)
            bad(c, "expected a value");
    }
}

/* One record: `id` as in the line, including quotes, and the decoded text. */
static void read_record(cursor *c, bytes *id, bytes *text, bytes *scratch)
{
    int has_text = 0;
    id->count = 0;
    expect(c, '{');
    for (;;) {
        read_string(c, scratch);
        const int is_id = scratch->count == 2 && memcmp(scratch->data, "id", 2) == 0;
        const int is_text = scratch->count == 4 && memcmp(scratch->data, "text", 4) == 0;
        expect(c, ':');
        skip_space(c);
        if (is_text) {
            if (has_text++)
                bad(c, "two texts");
            read_string(c, text);
        } else {
            const char *begin = c->at;
            skip_value(c, scratch, 0);
            if (is_id) {
                if (id->count > 0)
                    bad(c, "two ids");
                bytes_add(id, begin, (size_t)(c->at - begin));
            }
        }
        skip_space(c);
        if (c->at < c->end && *c->at == ',') {
            c->at++;
            continue;
        }
        expect(c, '}');
        break;
    }
    skip_space(c);
    if (c->at != c->end)
        bad(c, "something follows the record");
    if (!has_text || id->count == 0)
        bad(c, "no id or no text");
}

/* ==== words =================================================================================== */

/* Maps strings to numbers exactly: open addressing, compared byte by byte. */
typedef struct lexicon {
    bytes store;
    size_t *begins; /* begins[n] .. begins[n + 1] is word n */
    uint32_t *slots;
    size_t slot_count, count, capacity;
} lexicon;

static uint64_t scatter(uint64_t h, uint64_t value)
{
    h = (h ^ value) * 0x9E3779B97F4A7C15u;
    return h ^ h >> 29;
}

static size_t word_slot(const lexicon *l, const char *word, size_t size)
{
    uint64_t h = size;
    for (size_t i = 0; i < size; i++)
        h = scatter(h, (unsigned char)word[i]);
    size_t slot = (size_t)h & (l->slot_count - 1);
    while (l->slots[slot] != NO_WORD) {
        const size_t begin = l->begins[l->slots[slot]], end = l->begins[l->slots[slot] + 1];
        if (end - begin == size && memcmp(l->store.data + begin, word, size) == 0)
            break;
        slot = (slot + 1) & (l->slot_count - 1);
    }
    return slot;
}

static void lexicon_widen(lexicon *l)
{
    l->slot_count = l->slot_count ? l->slot_count * 2 : 1 << 16;
    l->slots = grow(l->slots, l->slot_count, sizeof *l->slots);
    memset(l->slots, 0xFF, l->slot_count * sizeof *l->slots);
    for (size_t n = 0; n < l->count; n++) {
        const size_t begin = l->begins[n];
        l->slots[word_slot(l, l->store.data + begin, l->begins[n + 1] - begin)] = (uint32_t)n;
    }
}

static uint32_t lexicon_get(lexicon *l, const char *word, size_t size)
{
    if (l->count * 2 >= l->slot_count)
        lexicon_widen(l);
    const size_t slot = word_slot(l, word, size);
    if (l->slots[slot] != NO_WORD)
        return l->slots[slot];
    if (l->count + 2 > l->capacity) {
        l->capacity = l->capacity ? l->capacity * 2 : 1 << 16;
        l->begins = grow(l->begins, l->capacity, sizeof *l->begins);
        l->begins[0] = 0;
    }
    bytes_add(&l->store, word, size);
    l->begins[l->count + 1] = l->store.count;
    l->slots[slot] = (uint32_t)l->count;
    return (uint32_t)l->count++;
}

static uint32_t get_code(const char *at, const char *end, size_t *size)
{
    const unsigned char *p = (const unsigned char *)at;
    const size_t left = (size_t)(end - at);
    *size = 1;
    if (p[0] < 0x80)
        return p[0];
    if (p[0] >= 0xC2 && p[0] < 0xE0 && left >= 2) {
        *size = 2;
        return (uint32_t)(p[0] & 31) << 6 | (p[1] & 63);
    }
    if (p[0] >= 0xE0 && p[0] < 0xF0 && left >= 3) {
        *size = 3;
        return (uint32_t)(p[0] & 15) << 12 | (uint32_t)(p[1] & 63) << 6 | (p[2] & 63);
    }
    if (p[0] >= 0xF0 && p[0] < 0xF5 && left >= 4) {
        *size = 4;
        return (uint32_t)(p[0] & 7) << 18 | (uint32_t)(p[1] & 63) << 12 |
               (uint32_t)(p[2] & 63) << 6 | (p[3] & 63);
    }
    fail("invalid UTF-8");
    return 0;
}

enum { SEPARATES, JOINS, ALONE };

static int kind_of(uint32_t code)
{
    if (code < 0x80)
        return isalnum((int)code) ? JOINS : SEPARATES;
    if (code < 0xC0)
        return code == 0xAA || code == 0xB5 || code == 0xBA ? JOINS : SEPARATES;
    if (code == 0xD7 || code == 0xF7 || code == 0x37E || code == 0x387 || code == 0x589 ||
        code == 0x5BE || code == 0x60C || code == 0x61B || code == 0x61F || code == 0x964 ||
        code == 0x965)
        return SEPARATES;
    if (code >= 0x0E00 && code < 0x0E80)
        return ALONE;
    if (code < 0x2000)
        return JOINS;
    if (code < 0x2C00 || (code >= 0x3000 && code < 0x3040 && code != 0x3005))
        return SEPARATES;
    if ((code >= 0x3040 && code < 0x3100 && code != 0x30FB) || (code >= 0x3400 && code < 0xA000))
        return ALONE;
    if (code >= 0xAC00 && code < 0xD7B0)
        return JOINS;
    return code >= 0xFE00 || (code >= 0x3100 && code < 0x3400) ? SEPARATES : JOINS;
}

static uint32_t fold(uint32_t code)
{
    if (code < 0x80)
        return (uint32_t)tolower((int)code);
    if ((code >= 0xC0 && code < 0xDF) || (code >= 0x391 && code < 0x3AA) ||
        (code >= 0x410 && code < 0x430))
        return code + 32;
    return code >= 0x400 && code < 0x410 ? code + 80 : code;
}

static void add_tokens(const bytes *text, lexicon *words, bytes *word, numbers *tokens)
{
    const char *at = text->data, *end = text->data + text->count;
    word->count = 0;
    while (at < end) {
        size_t size;
        const uint32_t code = get_code(at, end, &size);
        const int kind = kind_of(code);
        at += size;
        if (kind != JOINS && word->count > 0) {
            numbers_add(tokens, lexicon_get(words, word->data, word->count));
            word->count = 0;
        }
        if (kind != SEPARATES)
            put_utf8(word, fold(code));
        if (kind == ALONE) {
            numbers_add(tokens, lexicon_get(words, word->data, word->count));
            word->count = 0;
        }
    }
    if (word->count > 0)
        numbers_add(tokens, lexicon_get(words, word->data, word->count));
}

/* ==== articles ================================================================================ */

typedef struct corpus {
    bytes ids;
    size_t *id_begins, *begins; /* of tokens, later of shingles; count + 1 of each */
    size_t count, capacity;
    numbers tokens;
    size_t distinct; /* shingles */
} corpus;

static void corpus_add(corpus *c, const bytes *id)
{
    if (c->count + 2 > c->capacity) {
        c->capacity = c->capacity ? c->capacity * 2 : 1024;
        c->id_begins = grow(c->id_begins, c->capacity, sizeof *c->id_begins);
        c->begins = grow(c->begins, c->capacity, sizeof *c->begins);
        if (c->count == 0)
            c->id_begins[0] = c->begins[0] = 0;
    }
    bytes_add(&c->ids, id->data, id->count);
    c->count++;
    c->id_begins[c->count] = c->ids.count;
    c->begins[c->count] = c->tokens.count;
}

static int read_line(FILE *from, bytes *line)
{
    char part[1 << 16];
    line->count = 0;
    while (fgets(part, sizeof part, from) != NULL) {
        const size_t size = strlen(part);
        const int ended = size > 0 && part[size - 1] == '\n';
        bytes_add(line, part, size - (size_t)ended);
        if (ended)
            return 1;
    }
    return line->count > 0;
}

/* Reads all articles and their tokens; an article of 1 to w - 1 tokens is padded to w. */
static void read_corpus(corpus *c, const char *path, uint32_t w)
{
    FILE *from = fopen(path, "rb");
    if (from == NULL)
        fail("%s: %s", path, strerror(errno));
    bytes line = {0}, id = {0}, text = {0}, scratch = {0};
    lexicon words = {0};
    for (size_t number = 1; read_line(from, &line); number++) {
        cursor at = {path, number, line.data, line.data + line.count};
        read_record(&at, &id, &text, &scratch);
        const size_t before = c->tokens.count;
        add_tokens(&text, &words, &scratch, &c->tokens);
        while (c->tokens.count > before && c->tokens.count < before + w)
            numbers_add(&c->tokens, NO_WORD);
        corpus_add(c, &id);
    }
    if (ferror(from))
        fail("%s: %s", path, strerror(errno));
    (void)fclose(from);
    free(line.data), free(id.data), free(text.data), free(scratch.data);
    free(words.store.data), free(words.begins), free(words.slots);
}

static int by_value(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Numbers each distinct run of w tokens, comparing the tokens themselves, and turns each article
 * into the sorted set of its numbers: begins[] then bounds the sets in tokens.data. */
static void intern_shingles(corpus *c, uint32_t w)
{
    const uint32_t *tokens = c->tokens.data;
    size_t slot_count = 1024;
    while (slot_count < c->tokens.count * 2)
        slot_count *= 2;
    uint32_t *slots = grow(NULL, slot_count, sizeof *slots); /* the number of a shingle */
    memset(slots, 0xFF, slot_count * sizeof *slots);
    numbers places = {0}; /* the first position of each shingle */
    numbers sets = {0};
    size_t begin = 0;
    if (c->tokens.count >= UINT32_MAX)
        fail("too many tokens");
    for (size_t i = 0; i < c->count; i++) {
        const size_t set = sets.count, end = c->begins[i + 1];
        for (size_t t = begin; t + w <= end; t++) {
            uint64_t h = 0;
            for (uint32_t k = 0; k < w; k++)
                h = scatter(h, tokens[t + k]);
            size_t slot = (size_t)h & (slot_count - 1);
            while (slots[slot] != UINT32_MAX &&
                   memcmp(tokens + places.data[slots[slot]], tokens + t, w * sizeof *tokens) != 0)
                slot = (slot + 1) & (slot_count - 1);
            if (slots[slot] == UINT32_MAX) {
                slots[slot] = (uint32_t)places.count;
                numbers_add(&places, (uint32_t)t);
            }
            numbers_add(&sets, slots[slot]);
        }
        begin = end;
        if (sets.count > set) {
            qsort(sets.data + set, sets.count - set, sizeof *sets.data, by_value);
            size_t kept = set + 1;
            for (size_t k = set + 1; k < sets.count; k++)
                if (sets.data[k] != sets.data[k - 1])
                    sets.data[kept++] = sets.data[k];
            sets.count = kept;
        }
        c->begins[i + 1] = sets.count;
    }
    c->distinct = places.count;
    free(slots), free(places.data), free(c->tokens.data);
    c->tokens = sets;
}

/* ==== pairs =================================================================================== */

typedef struct rules {
    double resemblance, containment;
} rules;

static void print_id(const corpus *c, const char *name, size_t article)
{
    const size_t begin = c->id_begins[article];
    printf(",\"%s\":%.*s", name, (int)(c->id_begins[article + 1] - begin), c->ids.data + begin);
}

static void consider(const corpus *c, size_t a, size_t b, uint32_t shared, const rules *r)
{
    const double na = (double)(c->begins[a + 1] - c->begins[a]);
    const double nb = (double)(c->begins[b + 1] - c->begins[b]);
    const double resemblance = shared / (na + nb - shared);
    if (resemblance < r->resemblance && shared / na < r->containment &&
        shared / nb < r->containment)
        return;
    printf("{\"type\":\"pair\"");
    print_id(c, "a", a);
    print_id(c, "b", b);
    printf(",\"resemblance\":%.17g,\"containment_a\":%.17g,\"containment_b\":%.17g,\"shared\":%u,"
           "\"na\":%.0f,\"nb\":%.0f}\n",
           resemblance, shared / na, shared / nb, shared, na, nb);
}

/* Counts the shingles that each article shares with each earlier one. */
static void count_pairs(const corpus *c, const rules *r)
{
    size_t *firsts = grow(NULL, c->distinct + 1, sizeof *firsts);
    uint32_t *fill = grow(NULL, c->distinct + 1, sizeof *fill);
    uint32_t *holders = grow(NULL, c->tokens.count + 1, sizeof *holders);
    uint32_t *shared = grow(NULL, c->count + 1, sizeof *shared);
    uint32_t *met = grow(NULL, c->count + 1, sizeof *met);
    memset(firsts, 0, (c->distinct + 1) * sizeof *firsts);
    memset(fill, 0, (c->distinct + 1) * sizeof *fill);
    memset(shared, 0, (c->count + 1) * sizeof *shared);
    for (size_t k = 0; k < c->tokens.count; k++)
        firsts[c->tokens.data[k] + 1]++;
    for (size_t s = 0; s < c->distinct; s++)
        firsts[s + 1] += firsts[s];
    for (size_t b = 0; b < c->count; b++) {
        size_t met_count = 0;
        for (size_t k = c->begins[b]; k < c->begins[b + 1]; k++) {
            const uint32_t s = c->tokens.data[k];
            uint32_t *list = holders + firsts[s];
            for (uint32_t i = 0; i < fill[s]; i++)
                if (shared[list[i]]++ == 0)
                    met[met_count++] = list[i];
            list[fill[s]++] = (uint32_t)b;
        }
        /* Only pairs that share enough are sorted. */
        const double least = r->resemblance < r->containment ? r->resemblance : r->containment;
        const double nb = (double)(c->begins[b + 1] - c->begins[b]);
        size_t kept = 0;
        for (size_t i = 0; i < met_count; i++) {
            const uint32_t a = met[i];
            const double na = (double)(c->begins[a + 1] - c->begins[a]);
            if (shared[a] / na >= least || shared[a] / nb >= least)
                met[kept++] = a;
            else
                shared[a] = 0;
        }
        qsort(met, kept, sizeof *met, by_value);
        for (size_t i = 0; i < kept; i++) {
            consider(c, met[i], b, shared[met[i]], r);
            shared[met[i]] = 0;
        }
    }
    free(firsts), free(fill), free(holders), free(shared), free(met);
}

static double number_of(const char *text, const char *name)
{
    char *end;
    const double value = strtod(text, &end);
    if (*text == 0 || *end != 0)
        fail("%s: not a number: %s", name, text);
    return value;
}

int main(int argc, char **argv)
{
    rules r = {0.7, 0.8};
    double w = 5;
    const char *path = NULL;
    for (int i = 1; i < argc; i++) {
        double *value = strcmp(argv[i], "--w") == 0             ? &w
                        : strcmp(argv[i], "--resemblance") == 0 ? &r.resemblance
                        : strcmp(argv[i], "--containment") == 0 ? &r.containment
                                                                : NULL;
        if (value != NULL && i + 1 < argc) {
            *value = number_of(argv[i + 1], argv[i]);
            i++;
        } else if (value == NULL && argv[i][0] != '-' && path == NULL) {
            path = argv[i];
        } else {
            fail("unexpected %s", argv[i]);
        }
    }
    if (path == NULL)
        fail("usage: brute [--w N] [--resemblance X] [--containment X] ARTICLES.jsonl");
    if (w < 1 || w > MAX_W || w != (double)(uint32_t)w)
        fail("--w: 1 to %d", MAX_W);
    if (!(r.resemblance > 0) || !(r.containment > 0))
        fail("thresholds must be above 0");
    corpus c = {0};
    read_corpus(&c, path, (uint32_t)w);
    if (c.count > 0) {
        intern_shingles(&c, (uint32_t)w);
        count_pairs(&c, &r);
    }
    free(c.ids.data), free(c.id_begins), free(c.begins), free(c.tokens.data);
    if (fflush(stdout) != 0 || ferror(stdout))
        fail("cannot write: %s", strerror(errno));
    return 0;
}
