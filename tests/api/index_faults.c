/* Damage to the file of an index gives an error that names it, never a wrong answer. */
#define _DEFAULT_SOURCE
#include "index.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

enum { ARTICLES = 60, FLIPS = 400 };

static char **texts;
static lines wanted; /* the answers of the undamaged index */

static void ask(tt_index *live, lines *out)
{
    for (size_t k = 0; k < ARTICLES; k++) {
        const tt_article a = article_of("new", texts[k]);
        assert_int_equal(tt_index_query(live, &a, 1, NULL, add_verdicts, out, NULL), TT_OK);
    }
}

static const char *make_index(void)
{
    const char *path = index_of_texts(texts, ARTICLES);
    tt_index *live = NULL;
    assert_int_equal(tt_index_open(&live, path, TT_INDEX_READ, NULL, NULL), TT_OK);
    lines_free(&wanted);
    ask(live, &wanted);
    tt_index_close(live);
    return path;
}

/* Opens an index that may be damaged: it gives the right answers, or an error with a message. */
static int is_refused(const char *path)
{
    tt_index *live = NULL;
    tt_error error = {0};
    lines out = {0};
    const tt_status status = tt_index_open(&live, path, TT_INDEX_READ, NULL, &error);
    if (status != TT_OK) {
        assert_null(live);
        assert_true(error.message[0] != '\0');
        return 1;
    }
    ask(live, &out);
    tt_index_close(live);
    assert_same_lines(&wanted, &out);
    lines_free(&out);
    return 0;
}

static void a_bit_that_flips_is_found(void **state)
{
    const char *path = make_index();
    struct stat s;
    rng r = {3};
    int refused = 0, file = open(path, O_RDWR);
    (void)state;
    assert_true(file >= 0);
    assert_int_equal(fstat(file, &s), 0);
    for (int k = 0; k < FLIPS; k++) {
        const off_t at = k < 100 ? (off_t)k : (off_t)rng_below(&r, (uint32_t)s.st_size);
        unsigned char was, is;
        assert_int_equal(pread(file, &was, 1, at), 1);
        is = was ^ (unsigned char)(1u << rng_below(&r, 8));
        assert_int_equal(pwrite(file, &is, 1, at), 1);
        refused += is_refused(path);
        if (k % 8 == 0)
            assert_int_not_equal(tt_index_check(path, NULL, NULL, NULL, NULL, NULL), TT_EINTERNAL);
        assert_int_equal(pwrite(file, &was, 1, at), 1);
    }
    (void)close(file);
    print_message("%d of %d flips refused, the others change nothing\n", refused, FLIPS);
    assert_true(refused > FLIPS / 6); /* pages are large and mostly empty */
    (void)fresh_path();
}

/* ---- Every kind of page -----------------------------------------------------------------------
 */

enum { PAGE = 16384, PAGES_MOST = 4096, BITS = 12 };

enum { FIRST, MAP, INTERIOR, LEAF, INDEX, OVERFLOW, FREE, KINDS };

static const char *const kind_names[KINDS] = {"first",      "pointer map", "interior", "leaf",
                                              "index leaf", "overflow",    "free"};

static uint32_t number_at(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put_number(unsigned char *p, uint32_t number)
{
    for (int k = 0; k < 4; k++)
        p[k] = (unsigned char)(number >> (24 - 8 * k));
}

/* Finds the type of each page, as the format of SQLite describes. @return the number of pages */
static size_t classify(int file, int *kinds)
{
    static unsigned char page[PAGE];
    size_t count = 0;
    uint32_t trunk;
    for (; pread(file, page, PAGE, (off_t)(count * PAGE)) == PAGE; count++) {
        const unsigned char first = page[count == 0 ? 100 : 0];
        assert_true(count < PAGES_MOST);
        kinds[count] = count == 0                         ? FIRST
                       : count == 1                       ? MAP
                       : first == 0x05                    ? INTERIOR
                       : first == 0x0D                    ? LEAF
                       : (first == 0x02 || first == 0x0A) ? INDEX
                                                          : OVERFLOW;
    }
    assert_int_equal(pread(file, page, PAGE, 0), PAGE);
    for (trunk = number_at(page + 32); trunk != 0; trunk = number_at(page)) {
        assert_int_equal(pread(file, page, PAGE, (off_t)(trunk - 1) * PAGE), PAGE);
        kinds[trunk - 1] = FREE;
        for (uint32_t k = 0; k < number_at(page + 4); k++)
            kinds[number_at(page + 8 + 4 * k) - 1] = FREE;
    }
    return count;
}

/* Makes an index with pages of every type: articles longer than a page, and a removed one. */
static const char *make_index_of_all_kinds(void)
{
    const char *path = make_index();
    char *long_text = random_text(8, 9000), *gone_text = random_text(9, 9000);
    const tt_article batch[2] = {article_of("long", long_text), article_of("gone", gone_text)};
    const tt_id gone = {"gone", 4, 0, 0};
    tt_index *live = NULL;
    assert_int_equal(tt_index_open(&live, path, 0, NULL, NULL), TT_OK);
    assert_int_equal(tt_index_add(live, batch, 2, NULL, NULL, NULL, NULL), TT_OK);
    assert_int_equal(tt_index_remove(live, &gone, 1, NULL, NULL), TT_OK);
    lines_free(&wanted);
    ask(live, &wanted);
    tt_index_close(live);
    free(long_text);
    free(gone_text);
    return path;
}

/* Flips some bits of a page, one at a time. @return how many were refused or found by a check */
static int flip_page(const char *path, int file, size_t page, rng *r)
{
    int found = 0;
    for (int k = 0; k < BITS; k++) {
        const off_t at = (off_t)page * PAGE + rng_below(r, k < BITS / 2 ? 100 : PAGE);
        unsigned char was, is;
        uint64_t findings = 0;
        assert_int_equal(pread(file, &was, 1, at), 1);
        is = was ^ (unsigned char)(1u << rng_below(r, 8));
        assert_int_equal(pwrite(file, &is, 1, at), 1);
        if (is_refused(path) || tt_index_check(path, NULL, NULL, NULL, &findings, NULL) != TT_OK ||
            findings > 0)
            found++;
        assert_int_equal(pwrite(file, &was, 1, at), 1);
    }
    return found;
}

static void a_bit_that_flips_in_any_kind_of_page_is_no_wrong_answer(void **state)
{
    const char *path = make_index_of_all_kinds();
    static int kinds[PAGES_MOST];
    int file = open(path, O_RDWR), pages[KINDS] = {0}, found[KINDS] = {0};
    rng r = {17};
    (void)state;
    assert_true(file >= 0);
    for (size_t k = 0, count = classify(file, kinds); k < count; k++)
        if (pages[kinds[k]] < 6) {
            found[kinds[k]] += flip_page(path, file, k, &r);
            pages[kinds[k]]++;
        }
    (void)close(file);
    for (int kind = 0; kind < KINDS; kind++) {
        print_message("%s: %d pages, %d of %d flips found\n", kind_names[kind], pages[kind],
                      found[kind], pages[kind] * BITS);
        assert_true(pages[kind] > 0);
        assert_true(kind == FREE || found[kind] > 0); /* free pages have no checksum */
    }
    assert_true(found[OVERFLOW] == pages[OVERFLOW] * BITS); /* these contain only data */
    (void)fresh_path();
}

/* Whether the file has nothing but zeros from a place on. SQLite reads zeros beyond the end of the
 * last page, so that to cut them off changes nothing; the last byte of a checksum is often one. */
static int ends_in_zeros(const char *path, off_t from)
{
    FILE *file = fopen(path, "rb");
    int c = 0;
    assert_non_null(file);
    assert_int_equal(fseek(file, (long)from, SEEK_SET), 0);
    while (c == 0)
        c = getc(file);
    (void)fclose(file);
    return c == EOF;
}

static void a_file_cut_short_is_found(void **state)
{
    const char *path = make_index();
    struct stat s;
    int is_whole = 1;
    (void)state;
    assert_int_equal(stat(path, &s), 0);
    for (off_t size = s.st_size - 1; size > 0; size -= size < 200 ? 7 : 3001) {
        is_whole = is_whole && ends_in_zeros(path, size);
        assert_int_equal(truncate(path, size), 0);
        if (is_refused(path) == is_whole)
            fail_msg("cut to %lld of %lld bytes", (long long)size, (long long)s.st_size);
    }
    (void)fresh_path();
}

static void run_sql(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_close(db);
}

static void assert_open_fails(const char *path, tt_status expected, const tt_options *options)
{
    tt_index *live = NULL;
    tt_error error = {0};
    assert_int_equal(tt_index_open(&live, path, 0, options, &error), expected);
    assert_true(error.message[0] != '\0');
}

static void other_files_versions_and_options_are_refused(void **state)
{
    const char *path = make_index();
    tt_options o = TT_OPTIONS_INIT;
    (void)state;
    o.shingle_tokens = 7;
    assert_open_fails(path, TT_EINVAL, &o);
    run_sql(path, "PRAGMA user_version=4");
    assert_open_fails(path, TT_EVERSION, NULL);
    run_sql(path, "PRAGMA user_version=1");
    assert_open_fails(path, TT_EVERSION, NULL);
    run_sql(path, "PRAGMA user_version=3; UPDATE shape SET value=6 WHERE name='shingle_tokens'");
    assert_open_fails(path, TT_EFORMAT, NULL);
    path = fresh_path();
    run_sql(path, "CREATE TABLE other(x)");
    assert_open_fails(path, TT_EFORMAT, NULL);
    path = make_index();
    run_sql(path, "DELETE FROM article WHERE number=5");
    assert_open_fails(path, TT_EFORMAT, NULL);
    (void)fresh_path();
    assert_open_fails(path, TT_EIO, NULL);
}

static void a_second_writer_is_refused(void **state)
{
    const char *path = make_index();
    tt_index *first = NULL, *reader = NULL;
    lines out = {0};
    const tt_id gone = {"0", 1, 0, 0};
    tt_index_stat stat;
    (void)state;
    assert_int_equal(tt_index_open(&first, path, 0, NULL, NULL), TT_OK);
    assert_open_fails(path, TT_ELOCKED, NULL);
    assert_int_equal(tt_index_open(&reader, path, TT_INDEX_READ, NULL, NULL), TT_OK);
    ask(reader, &out);
    assert_same_lines(&wanted, &out);
    assert_int_equal(tt_index_remove(first, &gone, 1, NULL, NULL), TT_OK);
    lines_free(&out);
    ask(reader, &out); /* it sees the later changes of the other */
    assert_int_equal(tt_index_stat_get(reader, &stat, NULL), TT_OK);
    assert_int_equal(stat.articles, ARTICLES - 1);
    tt_index_close(reader);
    tt_index_close(first);
    lines_free(&out);
    (void)fresh_path();
}

/* ---- A second writer by another name -----------------------------------------------------------
 */

static void a_second_writer_by_a_symbolic_link_is_refused(void **state)
{
    const char *path = make_index();
    char *alias = joined(path, "-alias");
    tt_index *first = NULL;
    (void)state;
    assert_int_equal(symlink(path, alias), 0);
    assert_int_equal(tt_index_open(&first, path, 0, NULL, NULL), TT_OK);
    assert_open_fails(alias, TT_ELOCKED, NULL);
    tt_index_close(first);
    assert_int_equal(tt_index_open(&first, alias, 0, NULL, NULL),
                     TT_OK); /* allowed while no other has it open */
    assert_open_fails(path, TT_ELOCKED, NULL);
    tt_index_close(first);
    (void)unlink(alias);
    free(alias);
    (void)fresh_path();
}

/* SQLite keeps the log beside one of the names, so that neither may be written through. */
static void a_file_with_two_names_is_not_written(void **state)
{
    const char *path = make_index();
    char *alias = joined(path, "-alias");
    tt_index *first = NULL;
    (void)state;
    assert_int_equal(tt_index_open(&first, path, 0, NULL, NULL), TT_OK);
    assert_int_equal(link(path, alias), 0);
    assert_open_fails(alias, TT_EIO, NULL);
    tt_index_close(first);
    assert_open_fails(path, TT_EIO, NULL);
    (void)unlink(alias);
    assert_false(is_refused(path));
    free(alias);
    (void)fresh_path();
}

static void removing_the_files_beside_it_lets_no_second_writer_in(void **state)
{
    const char *path = make_index();
    char *lock = joined(path, "-lock");
    tt_index *first = NULL;
    (void)state;
    assert_int_equal(tt_index_open(&first, path, 0, NULL, NULL), TT_OK);
    (void)unlink(lock);
    assert_open_fails(path, TT_ELOCKED, NULL);
    tt_index_close(first);
    free(lock);
    (void)fresh_path();
}

static int count_verdicts(void *ctx, const tt_verdict *verdicts, size_t count)
{
    (void)verdicts;
    *(size_t *)ctx += count;
    return 0;
}

/* Removes an article behind the back of a writer, as a process without locks could. */
static void remove_behind(const char *path, const char *id)
{
    char *other = joined(path, "-other"), sql[900];
    const tt_id gone = {id, strlen(id), 0, 0};
    tt_index *index = NULL;
    remove_index(other);
    (void)snprintf(sql, sizeof sql, "VACUUM INTO '%s'", other);
    run_sql(path, sql);
    assert_int_equal(tt_index_open(&index, other, 0, NULL, NULL), TT_OK);
    assert_int_equal(tt_index_remove(index, &gone, 1, NULL, NULL), TT_OK);
    tt_index_close(index);
    (void)snprintf(sql, sizeof sql,
                   "ATTACH '%s' AS o;"
                   "BEGIN; DELETE FROM article WHERE number NOT IN (SELECT number FROM o.article);"
                   "INSERT OR REPLACE INTO removed SELECT * FROM o.removed;"
                   "UPDATE state SET (count,digest,removals,last,sum)="
                   "(SELECT count,digest,removals,last,sum FROM o.state); COMMIT",
                   other);
    run_sql(path, sql);
    remove_index(other);
    free(other);
}

static void what_another_wrote_is_never_overwritten(void **state)
{
    const char *path = make_index();
    const tt_article a = article_of("late", texts[3]);
    tt_index *first = NULL;
    tt_index_stat stat;
    size_t verdicts = 0;
    uint64_t findings = 1;
    (void)state;
    assert_int_equal(tt_index_open(&first, path, 0, NULL, NULL), TT_OK);
    remove_behind(path, "9");
    assert_int_equal(tt_index_add(first, &a, 1, NULL, count_verdicts, &verdicts, NULL), TT_ELOCKED);
    assert_int_equal(verdicts, 0);
    assert_int_equal(tt_index_check(path, NULL, NULL, NULL, &findings, NULL), TT_OK);
    assert_int_equal(findings, 0);
    assert_int_equal(tt_index_add(first, &a, 1, NULL, count_verdicts, &verdicts, NULL), TT_OK);
    assert_int_equal(verdicts, 1); /* on what the other has left */
    assert_int_equal(tt_index_stat_get(first, &stat, NULL), TT_OK);
    assert_int_equal(stat.articles, ARTICLES);
    remove_behind(path, "7");
    assert_int_equal(tt_index_expire(first, 2, NULL, NULL), TT_ELOCKED);
    tt_index_close(first);
    assert_int_equal(tt_index_check(path, NULL, NULL, NULL, &findings, NULL), TT_OK);
    assert_int_equal(findings, 0);
    (void)fresh_path();
}

/* ---- The file under its name -------------------------------------------------------------------
 */

enum {
    DELETED,
    RENAMED,
    LINKED,
    REPLACED,
    TRUNCATED,
    OVERWRITTEN, /* by a larger one */
    LENGTHENED,
    LOG_DELETED,
    LOG_TRUNCATED,
    LOG_OVERWRITTEN,
    LOG_LENGTHENED,
    WAYS,
    OTHER_BYTES = 8 << 20
};

/* Writes other bytes over a file that stays as long as it is at least, as `cp` and `dd` do. */
static int other_byte(size_t place)
{
    return (int)(place * 37 + place / 251) & 0xFF;
}

static void overwrite(const char *path, size_t size)
{
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    for (size_t k = 0; k < size; k++)
        (void)fputc(other_byte(k), file);
    assert_int_equal(fclose(file), 0);
}

static void assert_overwritten(const char *path, size_t size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    for (size_t k = 0; k < size; k++)
        if (fgetc(file) != other_byte(k))
            fail_msg("byte %zu was written to", k);
    (void)fclose(file);
}

static void take_away(const char *path, int way)
{
    char *moved = joined(path, "-moved"), *log = joined(path, "-wal");
    (void)unlink(moved);
    if (way == DELETED)
        assert_int_equal(unlink(path), 0);
    if (way == RENAMED || way == LINKED || way == REPLACED)
        assert_int_equal(rename(path, moved), 0);
    if (way == REPLACED)
        run_sql(path, "CREATE TABLE other(x)");
    if (way == TRUNCATED)
        assert_int_equal(truncate(path, 0), 0);
    if (way == LINKED)
        assert_int_equal(symlink(moved, path), 0);
    if (way == LOG_TRUNCATED)
        assert_int_equal(truncate(log, 0), 0);
    if (way == OVERWRITTEN)
        overwrite(path, OTHER_BYTES);
    if (way == LENGTHENED)
        assert_int_equal(truncate(path, OTHER_BYTES), 0);
    if (way == LOG_OVERWRITTEN)
        overwrite(log, 20000);
    if (way == LOG_LENGTHENED)
        assert_int_equal(truncate(log, OTHER_BYTES), 0);
    if (way == LOG_DELETED)
        assert_int_equal(unlink(log), 0);
    free(moved);
    free(log);
}

/* An index, with a log that was put aside, has an article. */
static void assert_holds(const char *path, const char *aside, const char *id)
{
    char *log = joined(path, "-wal");
    tt_index *index = NULL;
    tt_index_article found;
    assert_int_equal(rename(aside, log), 0);
    assert_int_equal(tt_index_open(&index, path, TT_INDEX_READ, NULL, NULL), TT_OK);
    assert_int_equal(tt_index_get(index, &(tt_id){id, strlen(id), 0, 0}, &found, NULL), TT_OK);
    assert_non_null(found.id.bytes);
    tt_index_close(index);
    free(log);
}

static void a_log_without_its_index_is_kept(void **state)
{
    const char *path = fresh_path();
    char *log = joined(path, "-wal"), *aside = joined(path, "-wal.replaced");
    FILE *file = fopen(log, "w");
    struct stat s;
    (void)state;
    assert_non_null(file);
    (void)fputs("batches", file);
    (void)fclose(file);
    assert_int_equal(tt_index_create(path, NULL, NULL), TT_OK);
    assert_int_equal(stat(aside, &s), 0);
    assert_int_equal(s.st_size, 7);
    (void)unlink(aside);
    free(log);
    free(aside);
    (void)fresh_path();
}

static void no_verdict_is_given_once_the_file_is_gone(void **state)
{
    const tt_article a = article_of("a", texts[3]), b = article_of("b", texts[4]);
    (void)state;
    for (int way = 0; way < WAYS; way++) {
        const char *path = make_index();
        char *moved = joined(path, "-moved"), *aside = joined(path, "-wal.replaced");
        tt_index *index = NULL;
        tt_error error = {0};
        size_t verdicts = 0;
        assert_int_equal(tt_index_open(&index, path, 0, NULL, NULL), TT_OK);
        assert_int_equal(tt_index_add(index, &a, 1, NULL, count_verdicts, &verdicts, NULL), TT_OK);
        take_away(path, way);
        for (int k = 0; k < 2; k++) { /* and none later */
            assert_int_equal(tt_index_add(index, &b, 1, NULL, count_verdicts, &verdicts, &error),
                             TT_EIO);
            assert_non_null(strstr(error.message, "while it was open"));
        }
        assert_int_equal(verdicts, 1);
        tt_index_close(index);
        if (way == REPLACED) /* the log of the old file does not affect it */
            run_sql(path, "INSERT INTO other SELECT count(*) FROM sqlite_schema");
        if (way == OVERWRITTEN)
            assert_overwritten(path, OTHER_BYTES);
        if (way == RENAMED || way == LINKED) /* nothing with a verdict is lost */
            assert_holds(moved, aside, "a");
        (void)unlink(moved);
        (void)unlink(aside);
        free(moved);
        free(aside);
        (void)fresh_path();
    }
}

/* ---- Names and interrupted creation ------------------------------------------------------------
 */

/* ---- The log ----------------------------------------------------------------------------------
 */

static void copy_bytes_of(const char *from, const char *to)
{
    char bytes[65536];
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    assert_non_null(in);
    assert_non_null(out);
    for (size_t got; (got = fread(bytes, 1, sizeof bytes, in)) > 0;)
        assert_int_equal(fwrite(bytes, 1, got, out), got);
    (void)fclose(in);
    assert_int_equal(fclose(out), 0);
}

/* Leaves an index and its log, with four commits, as a writer that is killed leaves them. */
static void make_killed(const char *path, const char *prefix)
{
    char *log = joined(path, "-wal"), *kept = joined(path, "-kept"),
         *kept_log = joined(path, "-kept-log");
    tt_index *index = NULL;
    assert_int_equal(tt_index_open(&index, path, 0, NULL, NULL), TT_OK);
    for (int k = 0; k < 4; k++) {
        char id[16];
        tt_article a;
        (void)snprintf(id, sizeof id, "%s%d", prefix, k);
        a = article_of(id, texts[k + 3]);
        assert_int_equal(tt_index_add(index, &a, 1, NULL, NULL, NULL, NULL), TT_OK);
    }
    copy_bytes_of(path, kept);
    copy_bytes_of(log, kept_log);
    tt_index_close(index);
    assert_int_equal(rename(kept, path), 0);
    assert_int_equal(rename(kept_log, log), 0);
    free(log);
    free(kept);
    free(kept_log);
}

static int has_article(const char *path, const char *id)
{
    tt_index *index = NULL;
    tt_index_article found;
    assert_int_equal(tt_index_open(&index, path, TT_INDEX_READ, NULL, NULL), TT_OK);
    assert_int_equal(tt_index_get(index, &(tt_id){id, strlen(id), 0, 0}, &found, NULL), TT_OK);
    tt_index_close(index);
    return found.id.bytes != NULL;
}

static void assert_opens_for_no_one(const char *path, const char *why)
{
    char *to = joined(path, "-new");
    const uint32_t modes[] = {TT_INDEX_READ, 0, TT_INDEX_CREATE};
    tt_error error = {0};
    for (size_t k = 0; k < sizeof modes / sizeof *modes; k++) {
        tt_index *index = NULL;
        assert_int_equal(tt_index_open(&index, path, modes[k], NULL, &error), TT_EFORMAT);
        assert_non_null(strstr(error.message, why));
    }
    assert_int_equal(tt_index_backup(path, to, &error), TT_EFORMAT);
    free(to);
    assert_int_equal(tt_index_check(path, NULL, NULL, NULL, NULL, &error), TT_EFORMAT);
}

static void a_damaged_log_is_found_and_repaired(void **state)
{
    (void)state;
    for (int way = 0; way < 4; way++) {
        const char *path = make_index();
        char *log = joined(path, "-wal"), *to = joined(path, "-new");
        tt_index_repaired repaired = {0};
        FILE *file;
        make_killed(path, "a");
        assert_true(has_article(path, "a3"));
        make_killed(path, "b");
        file = fopen(log, "r+b");
        assert_non_null(file);
        if (way == 1) /* in the first frame */
            assert_int_equal(fseek(file, 32 + 24 + 8000, SEEK_SET), 0);
        for (int k = 0; k < (way == 0 ? 32 : way == 1 ? 1 : 20000); k++)
            (void)fputc(way == 3 ? 0 : other_byte((size_t)k) ^ 0x5A, file);
        (void)fclose(file);
        assert_opens_for_no_one(path, "-wal is damaged");
        assert_int_equal(tt_index_repair(path, to, NULL, NULL, NULL, &repaired, NULL), TT_OK);
        if (!has_article(to, "b3") || !has_article(to, "a3"))
            fail_msg("damage %d", way);
        (void)unlink(to);
        (void)unlink(log); /* to go on without it */
        assert_true(has_article(path, "a3"));
        free(log);
        free(to);
        (void)fresh_path();
    }
}

static void a_log_of_another_file_is_refused(void **state)
{
    const char *path = make_index();
    char *log = joined(path, "-wal"), *older = joined(path, "-older"),
         *other_log = joined(path, "-other"), *to = joined(path, "-new");
    tt_index_repaired repaired = {0};
    (void)state;
    copy_bytes_of(path, older);
    make_killed(path, "a");
    copy_bytes_of(log, other_log);
    assert_true(has_article(path, "a3")); /* the log goes into the file */
    assert_true(has_article(path, "a3"));
    make_killed(path, "b");
    assert_true(has_article(path, "b3"));
    for (int way = 0; way < 3; way++) { /* a newer file, one that is as old as the log, a copy */
        if (way == 2) {
            (void)unlink(to);
            assert_int_equal(tt_index_backup(path, to, NULL), TT_OK);
            assert_int_equal(rename(to, path), 0);
        }
        copy_bytes_of(other_log, log);
        if (way == 1) {
            copy_bytes_of(older, path);
            assert_true(has_article(path, "a3"));
            assert_false(has_article(path, "b3"));
            continue;
        }
        assert_opens_for_no_one(path, "-wal is the log of another file");
        assert_int_equal(tt_index_repair(path, to, NULL, NULL, NULL, &repaired, NULL), TT_OK);
        assert_int_equal(repaired.lost, 0);
        assert_true(has_article(to, way == 0 ? "b3" : "a3"));
        (void)unlink(to);
        (void)unlink(log);
        assert_true(has_article(path, way == 0 ? "b3" : "a3"));
    }
    make_killed(path, "c"); /* an older copy beside the log of a newer one */
    copy_bytes_of(older, path);
    assert_opens_for_no_one(path, "-wal is the log of another file");
    (void)unlink(older);
    (void)unlink(other_log);
    free(log);
    free(older);
    free(other_log);
    free(to);
    (void)fresh_path();
}

static void a_name_is_the_name_of_a_file(void **state)
{
    static const char *const names[] = {":memory:", "file:new.db", "file:x.db?mode=memory", "a?b",
                                        "file::memory:"};
    char *folder = joined(fresh_path(), "-names"), *here = realpath(".", NULL);
    (void)state;
    assert_int_equal(mkdir(folder, 0700), 0);
    assert_int_equal(chdir(folder), 0);
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        const tt_article a = article_of("a", texts[0]);
        tt_index *index = NULL;
        tt_index_stat stat;
        assert_int_equal(tt_index_open(&index, names[k], TT_INDEX_CREATE, NULL, NULL), TT_OK);
        assert_int_equal(tt_index_add(index, &a, 1, NULL, NULL, NULL, NULL), TT_OK);
        tt_index_close(index);
        assert_int_equal(access(names[k], F_OK), 0);
        assert_int_equal(tt_index_open(&index, names[k], TT_INDEX_READ, NULL, NULL), TT_OK);
        assert_int_equal(tt_index_stat_get(index, &stat, NULL), TT_OK);
        assert_int_equal(stat.articles, 1);
        tt_index_close(index);
        remove_index(names[k]);
    }
    assert_int_equal(chdir(here), 0);
    assert_int_equal(rmdir(folder), 0);
    free(folder);
    free(here);
}

/* The file is created where symbolic links lead. */
static void a_link_to_no_file_yet_leads_to_the_new_one(void **state)
{
    const char *path = fresh_path();
    char *alias = joined(path, "-alias"), *second = joined(path, "-second");
    tt_index *index = NULL;
    (void)state;
    assert_int_equal(symlink(path, alias), 0);
    assert_int_equal(symlink(strrchr(alias, '/') + 1, second), 0);
    assert_int_equal(tt_index_open(&index, second, TT_INDEX_CREATE, NULL, NULL), TT_OK);
    assert_open_fails(path, TT_ELOCKED, NULL);
    tt_index_close(index);
    (void)unlink(alias);
    (void)unlink(second);
    free(alias);
    free(second);
    (void)fresh_path();
}

static void interrupted_creation_is_completed(void **state)
{
    static const char *const leftovers[] = {
        NULL, "PRAGMA journal_mode=WAL", "PRAGMA page_size=16384; CREATE TABLE t(x); DROP TABLE t"};
    (void)state;
    for (size_t k = 0; k < sizeof leftovers / sizeof *leftovers; k++) {
        const char *path = fresh_path();
        tt_index *index = NULL;
        tt_error error = {0};
        if (leftovers[k] == NULL)
            (void)close(open(path, O_CREAT | O_WRONLY, 0600));
        else
            run_sql(path, leftovers[k]);
        assert_int_equal(tt_index_open(&index, path, TT_INDEX_READ, NULL, &error), TT_EFORMAT);
        assert_non_null(strstr(error.message, "interrupted"));
        assert_int_equal(tt_index_create(path, NULL, NULL), TT_OK);
        assert_int_equal(tt_index_create(path, NULL, NULL), TT_EINVAL);
        assert_int_equal(tt_index_open(&index, path, TT_INDEX_READ, NULL, NULL), TT_OK);
        tt_index_close(index);
    }
    (void)fresh_path();
}

/* ---- Files made by somebody else, whose checksums are right ------------------------------------
 */

static int64_t sum_of(const uint64_t *numbers, size_t count, const char *bytes)
{
    XXH3_state_t state;
    (void)XXH3_64bits_reset(&state);
    for (size_t k = 0; k < count; k++) {
        uint8_t le[8];
        for (int i = 0; i < 8; i++)
            le[i] = (uint8_t)(numbers[k] >> 8 * i);
        (void)XXH3_64bits_update(&state, le, 8);
    }
    (void)XXH3_64bits_update(&state, bytes, strlen(bytes));
    return (int64_t)XXH3_64bits_digest(&state);
}

static uint64_t one_number(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *s = NULL;
    uint64_t value;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    value = (uint64_t)sqlite3_column_int64(s, 0);
    (void)sqlite3_finalize(s);
    (void)sqlite3_close(db);
    return value;
}

static uint64_t state_number(const char *path, const char *column)
{
    char sql[60];
    (void)snprintf(sql, sizeof sql, "SELECT %s FROM state", column);
    return one_number(path, sql);
}

static void set_removals(const char *path, uint64_t count, uint64_t digest, uint64_t last,
                         uint64_t removals)
{
    const uint64_t state[4] = {count, digest, removals, last};
    char sql[300];
    (void)snprintf(sql, sizeof sql,
                   "UPDATE state SET count=%lld,digest=%lld,last=%lld,removals=%lld,sum=%lld",
                   (long long)count, (long long)digest, (long long)last, (long long)removals,
                   (long long)sum_of(state, 4, ""));
    run_sql(path, sql);
}

static void set_state(const char *path, uint64_t count, uint64_t digest, uint64_t last)
{
    set_removals(path, count, digest, last, state_number(path, "removals"));
}

/* Adds an article without tokens, whose id is given twice, the second time as SQL has it. */
static void add_crafted(const char *path, uint64_t number, const char *id, const char *id_sql,
                        uint64_t flags)
{
    const uint64_t head[10] = {number, 0, 0, 10, strlen(id), 0, flags, 0, 0, 0};
    const int64_t sum = sum_of(head, 10, id);
    char sql[300];
    (void)snprintf(sql, sizeof sql,
                   "INSERT INTO article VALUES(%llu,%s,%llu,x'',x'',0,0,10,0,x'',%lld)",
                   (unsigned long long)number, id_sql, (unsigned long long)flags, (long long)sum);
    run_sql(path, sql);
    set_state(path, state_number(path, "count") + 1, state_number(path, "digest") + (uint64_t)sum,
              number);
}

static void great_numbers_take_no_time_or_are_refused(void **state)
{
    const char *path = make_index();
    tt_index *index = NULL;
    (void)state;
    set_state(path, ARTICLES, state_number(path, "digest"), UINT64_C(1) << 61);
    assert_false(is_refused(path));
    set_state(path, ARTICLES, state_number(path, "digest"), (UINT64_C(1) << 62) + 1);
    assert_true(is_refused(path));
    set_state(path, ARTICLES, state_number(path, "digest"), UINT64_C(1) << 63);
    assert_true(is_refused(path));
    path = make_index(); /* more removals than numbers were given */
    set_removals(path, ARTICLES, state_number(path, "digest"), ARTICLES + 5, 6);
    assert_true(is_refused(path));
    set_removals(path, ARTICLES, state_number(path, "digest"), ARTICLES + 5, UINT64_C(1) << 61);
    assert_true(is_refused(path));
    set_removals(path, ARTICLES, state_number(path, "digest"), ARTICLES + 5, 5);
    assert_false(is_refused(path));
    path = make_index();
    add_crafted(path, UINT64_C(1) << 61, "far", "CAST('far' AS BLOB)", 0);
    assert_int_equal(tt_index_open(&index, path, 0, NULL, NULL), TT_OK);
    tt_index_close(index);
    (void)fresh_path();
}

static void ids_that_no_article_can_have_are_refused(void **state)
{
    static const struct {
        const char *bytes, *sql;
        uint64_t flags;
    } ids[] = {{"\x1b]0;x", "x'1b5d303b78'", 1},
               {"007", "x'303037'", 1},
               {"-", "x'2d'", 1},
               {"\xff", "x'ff'", 0},
               {"ok", "x'6f6b'", 8}};
    const char *path = make_index();
    (void)state;
    add_crafted(path, ARTICLES + 1, "-70", "x'2d3730'", 1);
    lines_free(&wanted);
    assert_int_equal(tt_index_check(path, NULL, NULL, NULL, NULL, NULL), TT_OK);
    for (size_t k = 0; k < sizeof ids / sizeof *ids; k++) {
        path = make_index();
        add_crafted(path, ARTICLES + 1, ids[k].bytes, ids[k].sql, ids[k].flags);
        assert_true(is_refused(path));
    }
    (void)fresh_path();
}

static void triggers_views_and_other_tables_are_refused(void **state)
{
    static const char *const changes[] = {
        "CREATE TRIGGER t AFTER INSERT ON article BEGIN DELETE FROM article; END",
        "CREATE VIEW v AS SELECT 1",
        "CREATE TABLE more(x)",
        "CREATE INDEX i ON article(id)",
        "ALTER TABLE article RENAME TO kept; CREATE VIEW article AS SELECT * FROM kept",
        "ALTER TABLE article ADD COLUMN more",
    };
    (void)state;
    for (size_t k = 0; k < sizeof changes / sizeof *changes; k++) {
        const char *path = make_index();
        tt_error error = {0};
        run_sql(path, changes[k]);
        assert_true(is_refused(path));
        assert_int_equal(tt_index_check(path, NULL, NULL, NULL, NULL, &error), TT_EFORMAT);
        assert_non_null(strstr(error.message, "schema"));
    }
    (void)fresh_path();
}

/* The answers of a reader after articles were removed and `damage` was done to the journal. */
static void a_journal_tells_no_lies(const char *damage)
{
    const char *path = make_index();
    const tt_id gone[3] = {{"7", 1, 0, 0}, {"3", 1, 0, 0}, {"30", 2, 0, 0}};
    tt_index *writer = NULL, *reader = NULL;
    lines out = {0};
    assert_int_equal(tt_index_open(&reader, path, TT_INDEX_READ, NULL, NULL), TT_OK);
    assert_int_equal(tt_index_open(&writer, path, 0, NULL, NULL), TT_OK);
    assert_int_equal(tt_index_remove(writer, gone, 3, NULL, NULL), TT_OK);
    lines_free(&wanted);
    ask(writer, &wanted);
    tt_index_close(writer);
    run_sql(path, damage);
    ask(reader, &out);
    assert_same_lines(&wanted, &out);
    tt_index_close(reader);
    assert_false(is_refused(path));
    lines_free(&out);
    (void)fresh_path();
}

static void a_journal_that_is_wrong_or_cut_or_not_there_changes_no_answer(void **state)
{
    static const char *const damages[] = {
        "SELECT 1",
        "UPDATE removed SET number=number+1",
        "UPDATE removed SET number=-number",
        "UPDATE removed SET number=number+0.5",
        "UPDATE removed SET nth=nth+1000",
        "UPDATE removed SET number=5",
        "DELETE FROM removed",
        "DELETE FROM removed WHERE nth=2",
        "DROP TABLE removed",
        "DROP TABLE removed; CREATE TABLE removed(other)",
    };
    (void)state;
    for (size_t k = 0; k < sizeof damages / sizeof *damages; k++)
        a_journal_tells_no_lies(damages[k]);
}

/* In a file from before there was a journal, a writer begins one. */
static void a_file_without_a_journal_gets_one(void **state)
{
    const char *path = make_index();
    tt_index *writer = NULL;
    (void)state;
    run_sql(path, "DROP TABLE removed");
    assert_false(is_refused(path));
    assert_int_equal(tt_index_open(&writer, path, 0, NULL, NULL), TT_OK);
    assert_int_equal(tt_index_remove(writer, &(tt_id){"7", 1, 0, 0}, 1, NULL, NULL), TT_OK);
    tt_index_close(writer);
    run_sql(path, "UPDATE removed SET number=number WHERE nth=1");
    assert_int_equal(tt_index_check(path, NULL, NULL, NULL, NULL, NULL), TT_OK);
    (void)fresh_path();
}

/* The root of a table, six pages deep, leads 200 times to the same rows. */
static void repeat_rows(const char *path, const char *table)
{
    enum { DEPTH = 6, CHILDREN = 200 };
    static unsigned char page[PAGE];
    const int file = open(path, O_RDWR);
    struct stat s;
    uint32_t root, count;
    char sql[80];
    (void)snprintf(sql, sizeof sql, "SELECT rootpage FROM sqlite_schema WHERE name='%s'", table);
    root = (uint32_t)one_number(path, sql);
    assert_true(file >= 0 && root > 1 && fstat(file, &s) == 0);
    count = (uint32_t)(s.st_size / PAGE);
    assert_int_equal(pread(file, page, PAGE, (off_t)(root - 1) * PAGE), PAGE);
    assert_int_equal(pwrite(file, page, PAGE, (off_t)count * PAGE), PAGE);
    for (uint32_t level = 1, to = count + 1; level <= DEPTH; level++) {
        const uint32_t at = level == DEPTH ? root : count + 1 + level, cells = PAGE - CHILDREN * 5;
        memset(page, 0, sizeof page);
        page[0] = 5; /* an inner page of a table */
        page[4] = CHILDREN;
        page[5] = (unsigned char)(cells >> 8);
        page[6] = (unsigned char)cells;
        put_number(page + 8, to);
        for (uint32_t k = 0; k < CHILDREN; k++) {
            const uint32_t cell = cells + 5 * k;
            page[12 + 2 * k] = (unsigned char)(cell >> 8);
            page[13 + 2 * k] = (unsigned char)cell;
            put_number(page + cell, to);
            page[cell + 4] = 0x7f;
        }
        assert_int_equal(pwrite(file, page, PAGE, (off_t)(at - 1) * PAGE), PAGE);
        to = at;
    }
    put_number(page, count + DEPTH);
    assert_int_equal(pwrite(file, page, 4, 28), 4); /* pages of the file */
    (void)close(file);
}

static void rows_that_repeat_without_end_are_refused(void **state)
{
    static const char *const names[] = {"article", "decision", "verdict", "text",
                                        "story",   "removed",  "state"};
    const tt_article added = article_of("added", texts[3]);
    char to[240];
    (void)state;
    (void)snprintf(to, sizeof to, "%s-copy", fresh_path());
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        const char *path = make_index();
        tt_index *index = NULL;
        const tt_index_decision decision = {
            .id = {"1", 1, 0, 0}, .time = TT_NO_TIME, .kind = TT_DECISION_KILL};
        uint64_t findings = 0;
        tt_status status;
        assert_int_equal(tt_index_open(&index, path, 0, NULL, NULL), TT_OK);
        assert_int_equal(tt_index_decide(index, &decision, 1, NULL, NULL), TT_OK);
        tt_index_close(index);
        repeat_rows(path, names[k]);
        if (k < 2)
            assert_int_equal(tt_index_open(&index, path, TT_INDEX_READ, NULL, NULL), TT_EFORMAT);
        status = tt_index_open(&index, path, 0, NULL, NULL);
        if (status == TT_OK)
            status = tt_index_add(index, &added, 1, NULL, NULL, NULL, NULL);
        assert_true(status == TT_OK || status == TT_EFORMAT);
        tt_index_close(index);
        assert_int_equal(tt_index_check(path, NULL, NULL, NULL, &findings, NULL), TT_OK);
        assert_true(findings > 0);
        assert_int_equal(tt_index_backup(path, to, NULL), TT_EFORMAT);
        assert_int_not_equal(access(to, F_OK), 0);
        assert_int_equal(tt_index_repair(path, to, NULL, NULL, NULL, NULL, NULL), TT_OK);
        remove_index(to);
    }
    (void)fresh_path();
}

static int set_up(void **state)
{
    (void)state;
    texts = make_texts(21, ARTICLES);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    free_texts(texts, ARTICLES);
    lines_free(&wanted);
    return 0;
}

/* ---- Repair ------------------------------------------------------------------------------------
 */

/* Repairs a damaged index: what comes out is whole. @return records kept, or -1 if nothing can be
 * read of it */
static const char *repaired_path(void)
{
    static char path[240];
    (void)snprintf(path, sizeof path, "%s-repaired", fresh_path());
    return path;
}

static int64_t repair_and_check(const char *path, const char *to, tt_index_repaired *out)
{
    uint64_t findings = 0;
    tt_index *index = NULL;
    tt_index_stat stat;
    remove_index(to);
    if (tt_index_repair(path, to, NULL, NULL, NULL, out, NULL) != TT_OK) {
        assert_int_not_equal(access(to, F_OK), 0);
        return -1;
    }
    assert_int_equal(tt_index_check(to, NULL, NULL, NULL, &findings, NULL), TT_OK);
    assert_int_equal(findings, 0);
    assert_int_equal(tt_index_open(&index, to, TT_INDEX_READ, NULL, NULL), TT_OK);
    assert_int_equal(tt_index_stat_get(index, &stat, NULL), TT_OK);
    assert_int_equal(stat.articles, out->kept);
    tt_index_close(index);
    return (int64_t)out->kept;
}

static void whole_records_are_saved_past_any_damaged_page(void **state)
{
    char to[240];
    const char *path;
    static int kinds[PAGES_MOST];
    static unsigned char was[PAGE], now[PAGE];
    static const unsigned char zeros[PAGE];
    int file, pages[KINDS] = {0};
    (void)state;
    (void)snprintf(to, sizeof to, "%s", repaired_path());
    path = make_index_of_all_kinds();
    file = open(path, O_RDWR);
    assert_true(file >= 0);
    for (size_t k = 0, count = classify(file, kinds); k < count; k++) {
        tt_index_repaired r = {0, 0, 0, 0};
        int64_t kept;
        if (pages[kinds[k]]++ >= 8)
            continue;
        assert_int_equal(pread(file, was, PAGE, (off_t)k * PAGE), PAGE);
        assert_int_equal(pwrite(file, zeros, PAGE, (off_t)k * PAGE), PAGE);
        kept = repair_and_check(path, to, &r);
        assert_int_equal(pread(file, now, PAGE, (off_t)k * PAGE), PAGE);
        assert_memory_equal(now, zeros, PAGE);
        assert_int_equal(pwrite(file, was, PAGE, (off_t)k * PAGE), PAGE);
        if (kinds[k] == FIRST)
            assert_true(kept >= ARTICLES && r.options_lost);
        else if (kinds[k] == OVERFLOW || kinds[k] == MAP || kinds[k] == FREE)
            assert_true(kept >= ARTICLES);
        else if (kinds[k] == INDEX)
            assert_true(kept == ARTICLES + 1 && r.options_lost);
        else if (kinds[k] == LEAF)
            assert_true(kept >= ARTICLES / 4 && (uint64_t)kept + r.lost == ARTICLES + 1);
    }
    (void)close(file);
    remove_index(to);
    (void)fresh_path();
}

static void run_sql_on(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static int collect_finding(void *ctx, const char *finding)
{
    return add_bytes(ctx, finding, strlen(finding)) + add_bytes(ctx, "\n", 1);
}

static int stop_at_once(void *ctx, const char *finding)
{
    (void)ctx;
    (void)finding;
    return 1;
}

static void a_repair_says_what_it_lost(void **state)
{
    char to[240];
    const char *path;
    lines found = {0};
    tt_index *index = NULL;
    tt_options options = TT_OPTIONS_INIT;
    tt_index_repaired r = {0, 0, 0, 0};
    (void)state;
    (void)snprintf(to, sizeof to, "%s", repaired_path());
    remove_index(to);
    path = make_index();
    assert_int_equal(repair_and_check(path, to, &r), ARTICLES);
    assert_int_equal(r.lost, 0);
    assert_int_equal(tt_index_open(&index, to, TT_INDEX_READ, NULL, NULL), TT_OK);
    ask(index, &found);
    assert_same_lines(&wanted, &found); /* and the times, versions and ids are in the checksums */
    lines_free(&found);
    tt_index_close(index);
    assert_int_equal(tt_index_repair(path, to, NULL, NULL, NULL, &r, NULL), TT_EINVAL);
    remove_index(to);
    run_sql_on(path, "DELETE FROM state; DELETE FROM shape;"
                     "UPDATE article SET published=77 WHERE number=8");
    options.drop = 0.9;
    assert_int_equal(tt_index_repair(path, to, &options, stop_at_once, NULL, &r, NULL),
                     TT_ESTOPPED);
    assert_int_not_equal(access(to, F_OK), 0);
    assert_int_equal(tt_index_repair(path, to, &options, collect_finding, &found, &r, NULL), TT_OK);
    assert_int_equal(r.kept, ARTICLES - 1);
    assert_int_equal(r.lost, 1);
    assert_true(r.options_lost);
    (void)add_bytes(&found, "", 1);
    assert_non_null(strstr(found.bytes, "record 8, id 7: its checksum does not match\n"));
    assert_non_null(strstr(found.bytes, "its state: "));
    assert_non_null(strstr(found.bytes, "its options are lost: "));
    lines_free(&found);
    assert_int_equal(tt_index_open(&index, to, TT_INDEX_READ, NULL, NULL), TT_OK);
    assert_true(tt_index_options(index)->drop == 0.9);
    tt_index_close(index);
    remove_index(to);
    (void)fresh_path();
}

static void of_two_records_with_an_id_the_later_one_is_saved(void **state)
{
    const tt_id twin = {"twin", 4, 0, 0};
    tt_index_repaired r = {0, 0, 0, 0};
    lines found = {0};
    tt_index *index = NULL;
    tt_index_article article;
    char to[240], expected[60];
    const char *path;
    (void)state;
    (void)snprintf(to, sizeof to, "%s", repaired_path());
    remove_index(to);
    path = make_index();
    add_crafted(path, ARTICLES + 1, "twin", "x'7477696e'", 0);
    add_crafted(path, ARTICLES + 2, "twin", "x'7477696e'", 0);
    assert_int_equal(tt_index_repair(path, to, NULL, collect_finding, &found, &r, NULL), TT_OK);
    assert_int_equal(r.kept, ARTICLES + 1);
    assert_int_equal(r.lost, 1);
    (void)add_bytes(&found, "", 1);
    (void)snprintf(expected, sizeof expected, "record %d, id twin: a later one has its id\n",
                   ARTICLES + 1);
    if (strstr(found.bytes, expected) == NULL)
        fail_msg("%s: not %s", found.bytes, expected);
    lines_free(&found);
    assert_int_equal(tt_index_open(&index, to, TT_INDEX_READ, NULL, NULL), TT_OK);
    assert_int_equal(tt_index_get(index, &twin, &article, NULL), TT_OK);
    assert_int_equal(article.number, ARTICLES + 2);
    tt_index_close(index);
    remove_index(to);
    (void)fresh_path();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bit_that_flips_is_found),
        cmocka_unit_test(a_bit_that_flips_in_any_kind_of_page_is_no_wrong_answer),
        cmocka_unit_test(a_file_cut_short_is_found),
        cmocka_unit_test(other_files_versions_and_options_are_refused),
        cmocka_unit_test(a_second_writer_is_refused),
        cmocka_unit_test(a_second_writer_by_a_symbolic_link_is_refused),
        cmocka_unit_test(a_file_with_two_names_is_not_written),
        cmocka_unit_test(removing_the_files_beside_it_lets_no_second_writer_in),
        cmocka_unit_test(what_another_wrote_is_never_overwritten),
        cmocka_unit_test(no_verdict_is_given_once_the_file_is_gone),
        cmocka_unit_test(a_log_without_its_index_is_kept),
        cmocka_unit_test(a_damaged_log_is_found_and_repaired),
        cmocka_unit_test(a_log_of_another_file_is_refused),
        cmocka_unit_test(a_name_is_the_name_of_a_file),
        cmocka_unit_test(a_link_to_no_file_yet_leads_to_the_new_one),
        cmocka_unit_test(interrupted_creation_is_completed),
        cmocka_unit_test(great_numbers_take_no_time_or_are_refused),
        cmocka_unit_test(ids_that_no_article_can_have_are_refused),
        cmocka_unit_test(rows_that_repeat_without_end_are_refused),
        cmocka_unit_test(triggers_views_and_other_tables_are_refused),
        cmocka_unit_test(a_journal_that_is_wrong_or_cut_or_not_there_changes_no_answer),
        cmocka_unit_test(a_file_without_a_journal_gets_one),
        cmocka_unit_test(whole_records_are_saved_past_any_damaged_page),
        cmocka_unit_test(a_repair_says_what_it_lost),
        cmocka_unit_test(of_two_records_with_an_id_the_later_one_is_saved),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
