/*
 * Compares the speed of the text stage with a minimal pass that splits ASCII words and hashes each
 * with XXH3, without other characters, flags, extents, paragraphs and keys.
 *
 *     cc -O3 -Iinclude -Iengine bench/stage_text.c engine/text/[a-z]*.c engine/kernels/kernels.c
 *         engine/util/alloc.c engine/util/error.c -lutf8proc -o stage_text     (one line)
 *     TT_KERNELS=generic ./stage_text FILE...
 *
 * The articles of a file are separated by NUL bytes; a file without any is cut into pieces of about
 * 4 KiB at line ends. The program prints the fastest of nine rounds.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernels/kernels.h"
#include "text/tokenizer.h"
#include "util/alloc.h"

enum { ROUNDS = 9, PIECE = 4096 };

typedef struct articles {
    char *text;
    size_t size;
    size_t *ends; /* the end of each article, before the byte that separates it from the next */
    size_t count;
} articles;

static double seconds_now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int read_file(const char *path, articles *a)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        return -1;
    a->size = (size_t)ftell(file);
    a->text = malloc(a->size + 1);
    a->ends = malloc((a->size + 1) * sizeof *a->ends);
    rewind(file);
    if (a->text == NULL || a->ends == NULL || fread(a->text, 1, a->size, file) != a->size)
        return -1;
    return fclose(file);
}

static void cut_articles(articles *a)
{
    const int parted = memchr(a->text, '\0', a->size) != NULL;
    size_t begin = 0;
    a->count = 0;
    while (begin < a->size) {
        const size_t left = a->size - begin, skip = parted || left < PIECE ? 0 : PIECE;
        const char *end = memchr(a->text + begin + skip, parted ? '\0' : '\n', left - skip);
        begin = end == NULL || (!parted && skip == 0) ? a->size : (size_t)(end - a->text);
        a->ends[a->count++] = begin++;
    }
}

/* Runs the complete stage. Returns a checksum of its output. */
static uint64_t append_all(const articles *a, tti_tokens *store, size_t *tokens)
{
    uint64_t sum = 0;
    *tokens = 0;
    for (size_t i = 0, begin = 0; i < a->count; begin = a->ends[i++] + 1) {
        tti_tokenized_text added;
        tti_tokens_clear(store);
        if (tti_tokens_append_text(store, a->text + begin, a->ends[i] - begin, TT_PARAGRAPHS_AUTO,
                                   0, &added, NULL) != TT_OK)
            continue;
        *tokens += added.token_count;
        sum += added.key.low;
    }
    return sum;
}

/* Maps letters to lower case and digits to themselves; 0 is a separator. */
static uint8_t word_bytes[256];

static void fill_word_bytes(void)
{
    for (int c = 0; c < 256; c++)
        word_bytes[c] = (uint8_t)(c >= 'A' && c <= 'Z'   ? c + 32
                                  : c >= 'a' && c <= 'z' ? c
                                  : c >= '0' && c <= '9' ? c
                                                         : 0);
}

static uint64_t hash_words(const articles *a, size_t *tokens)
{
    static uint8_t word[256];
    uint64_t sum = 0;
    size_t filled = 0;
    *tokens = 0;
    for (size_t i = 0; i < a->size; i++) {
        const uint8_t byte = word_bytes[(uint8_t)a->text[i]];
        if (byte != 0 && filled < sizeof word) {
            word[filled++] = byte;
        } else if (filled > 0) {
            sum += XXH3_64bits(word, filled);
            filled = 0;
            ++*tokens;
        }
    }
    return sum;
}

int main(int count, char **paths)
{
    fill_word_bytes();
    for (int i = 1; i < count; i++) {
        articles a;
        tti_tokens store;
        double stage = 1e9, bare = 1e9;
        size_t stage_tokens = 0, bare_tokens = 0;
        volatile uint64_t keep = 0;
        if (read_file(paths[i], &a) != 0) {
            perror(paths[i]);
            return 1;
        }
        cut_articles(&a);
        tti_tokens_init(&store, &tti_libc_allocator);
        for (int round = 0; round < ROUNDS; round++) {
            const double start = seconds_now();
            keep += append_all(&a, &store, &stage_tokens);
            const double middle = seconds_now();
            keep += hash_words(&a, &bare_tokens);
            const double end = seconds_now();
            stage = middle - start < stage ? middle - start : stage;
            bare = end - middle < bare ? end - middle : bare;
        }
        printf("%s: %zu articles, %.1f MB; stage (%s) %.0f MB/s, %.1f M tokens/s; bare %.0f MB/s, "
               "%.1f M words/s\n",
               paths[i], a.count, (double)a.size / 1e6, tti_kernels_get()->name,
               (double)a.size / stage / 1e6, (double)stage_tokens / stage / 1e6,
               (double)a.size / bare / 1e6, (double)bare_tokens / bare / 1e6);
        tti_tokens_free(&store);
        free(a.text);
        free(a.ends);
    }
    return 0;
}
