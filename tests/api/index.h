/* Shared by the tests of the index: a private path, and answers as text. */
#ifndef TT_TEST_LIVE_H
#define TT_TEST_LIVE_H

#include "../texts.h"

#include <stdio.h>
#include <unistd.h>

/** Whether a sanitizer is used, which makes some things slow and others impossible. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#  define SANITIZED 1
#elif defined(__has_feature)
#  if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#    define SANITIZED 1
#  endif
#endif
#ifndef SANITIZED
#  define SANITIZED 0
#endif

/** The files of an index. */
static inline void remove_index(const char *path)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-lock"};
    char other[260];
    for (size_t k = 0; k < 4; k++) {
        (void)snprintf(other, sizeof other, "%s%s", path, ends[k]);
        (void)unlink(other);
    }
}

/** A path that belongs to this process, without a file. */
static inline const char *fresh_path(void)
{
    static char path[200];
    const char *directory = getenv("TMPDIR");
    (void)snprintf(path, sizeof path, "%s/twicetold-live-%ld.db",
                   directory != NULL ? directory : "/tmp", (long)getpid());
    remove_index(path);
    return path;
}

/** An index that keeps texts, at a path or, if that is NULL, in memory. */
static inline tt_index *open_with_texts(const char *path)
{
    tt_options options = TT_OPTIONS_INIT;
    tt_index *index = NULL;
    options.keep_text = 1;
    options.threads = 1;
    assert_int_equal(
        tt_index_open(&index, path, path == NULL ? 0 : TT_INDEX_CREATE, &options, NULL), TT_OK);
    return index;
}

static inline tt_id id_of(const char *id)
{
    return (tt_id){id, strlen(id), 0, 0};
}

static inline tt_index_article get_article(tt_index *index, const char *id)
{
    const tt_id key = id_of(id);
    tt_index_article out;
    assert_int_equal(tt_index_get(index, &key, &out, NULL), TT_OK);
    return out;
}

/** Text to which lines are added. */
typedef struct lines {
    char *bytes;
    size_t size;
} lines;

static inline int add_bytes(void *ctx, const char *bytes, size_t size)
{
    lines *l = ctx;
    l->bytes = copy_more(l->bytes, l->size, bytes, size, 1);
    l->size += size;
    return 0;
}

static inline int add_verdicts(void *ctx, const tt_verdict *verdicts, size_t count)
{
    for (size_t k = 0; k < count; k++)
        if (tt_verdict_write(&verdicts[k], add_bytes, ctx) != TT_OK)
            return -1;
    return 0;
}

static inline void lines_free(lines *l)
{
    free(l->bytes);
    memset(l, 0, sizeof *l);
}

static inline void assert_same_lines(const lines *x, const lines *y)
{
    if (x->size == y->size && (x->size == 0 || memcmp(x->bytes, y->bytes, x->size) == 0))
        return;
    for (size_t k = 0; k < x->size && k < y->size; k++)
        if (x->bytes[k] != y->bytes[k]) {
            const size_t from = k < 400 ? 0 : k - 400;
            print_message("%.*s\n-- but --\n%.*s\n",
                          (int)(x->size - from < 600 ? x->size - from : 600), x->bytes + from,
                          (int)(y->size - from < 600 ? y->size - from : 600), y->bytes + from);
            break;
        }
    fail_msg("the answers differ");
}

/** Makes random articles that copy, cut, damage and continue earlier ones. Owner: the caller. */
static inline char **make_texts(uint64_t seed, size_t count)
{
    char **texts = malloc(count * sizeof *texts);
    wordlist *words = calloc(count, sizeof *words);
    rng r = {seed};
    wordlist notice = {NULL, 0, 0};
    words_random(&notice, &r, 45, 5000);
    for (size_t k = 0; k < count; k++) {
        const uint32_t kind = k == 0 ? 9 : rng_below(&r, 10);
        const wordlist *from = &words[k == 0 ? 0 : rng_below(&r, (uint32_t)k)];
        if (kind < 5)
            words_copy(&words[k], from, kind == 2 ? from->count / 3 : 0,
                       kind == 1 ? from->count / 2 : from->count);
        if (kind == 3)
            words_replace(&words[k], &r, 60, 5000);
        if (kind >= 4 || words[k].count == 0)
            words_random(&words[k], &r, 40 + rng_below(&r, 120), 5000);
        if (kind == 7)
            words_copy(&words[k], &notice, 0, notice.count);
        texts[k] = text_of(&words[k], k % 3 == 0 ? 40 : 0);
    }
    for (size_t k = 0; k < count; k++)
        words_free(&words[k]);
    words_free(&notice);
    free(words);
    return texts;
}

static inline void free_texts(char **texts, size_t count)
{
    for (size_t k = 0; k < count; k++)
        free(texts[k]);
    free(texts);
}

/** Makes a new index of the texts, with the ids "0", "1", ..., each published and added in a
 * separate batch. */
static inline const char *index_of_texts(char **texts, size_t count)
{
    const char *path = fresh_path();
    tt_index *live = NULL;
    assert_int_equal(tt_index_open(&live, path, TT_INDEX_CREATE, NULL, NULL), TT_OK);
    for (size_t k = 0; k < count; k++) {
        char id[24];
        tt_article a;
        (void)snprintf(id, sizeof id, "%zu", k);
        a = article_of(id, texts[k]);
        a.published = (int64_t)k;
        assert_int_equal(tt_index_add(live, &a, 1, NULL, NULL, NULL, NULL), TT_OK);
    }
    tt_index_close(live);
    return path;
}

#endif
