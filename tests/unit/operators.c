/* The operators, chained by hand as Spark chains them, find in a small corpus what tt_scan finds.
 */
#include "operators/operators.h"

#include "../texts.h"
#include "corpus/candidate_pairs.h"

#include <math.h>

/* ==== Tables: rows between operators ========================================================== */

typedef struct cell {
    int64_t number;
    double real;
    char *bytes; /* NULL: null, or a number */
    size_t size;
} cell;

typedef struct table {
    const char *columns; /* as operators declare them */
    cell (*rows)[TTI_MAX_COLUMNS];
    size_t count, capacity;
} table;

static int column_of(const table *t, const char *name, size_t size)
{
    const char *declared = t->columns;
    tti_column_spec column;
    for (int c = 0; tti_next_column(&declared, &column); c++)
        if (column.name_size == size && memcmp(column.name, name, size) == 0)
            return c;
    fail_msg("there is no column %.*s", (int)size, name);
    return -1;
}

static const cell *get(const table *t, size_t row, const char *name)
{
    return &t->rows[row][column_of(t, name, strlen(name))];
}

static int64_t number(const table *t, size_t row, const char *name)
{
    return get(t, row, name)->number;
}

static cell *add_row(table *t)
{
    if (t->count == t->capacity) { /* doubled: a sanitizer's realloc always copies */
        t->capacity = 2 * t->capacity + 16;
        t->rows = realloc(t->rows, t->capacity * sizeof *t->rows);
        assert_non_null(t->rows);
    }
    memset(&t->rows[t->count], 0, sizeof *t->rows);
    return t->rows[t->count++];
}

static cell number_cell(int64_t value)
{
    return (cell){.number = value};
}

static cell bytes_cell(const void *bytes, size_t size)
{
    return (cell){.bytes = copy_more(NULL, 0, bytes, size, 1), .size = size};
}

/* A cell with bytes of its own. */
static cell copy_cell(const cell *c)
{
    cell copy = *c;
    if (c->bytes != NULL)
        copy.bytes = copy_more(NULL, 0, c->bytes, c->size, 1);
    return copy;
}

static void free_table(table *t)
{
    for (size_t i = 0; i < t->count; i++)
        for (int c = 0; c < TTI_MAX_COLUMNS; c++)
            free(t->rows[i][c].bytes);
    free(t->rows);
    memset(t, 0, sizeof *t);
}

static int sort_columns[3], sort_column_count;

static int compare_rows(const void *x, const void *y)
{
    const cell *p = x, *q = y;
    for (int k = 0; k < sort_column_count; k++) {
        const int64_t a = p[sort_columns[k]].number, b = q[sort_columns[k]].number;
        if (a != b)
            return a < b ? -1 : 1;
    }
    return 0;
}

/* Sorts by up to three columns of numbers; NULL: no more. */
static void sort_table(table *t, const char *first, const char *second, const char *third)
{
    const char *names[] = {first, second, third};
    sort_column_count = 0;
    for (int k = 0; k < 3 && names[k] != NULL; k++)
        sort_columns[sort_column_count++] = column_of(t, names[k], strlen(names[k]));
    if (t->count > 1)
        qsort(t->rows, t->count, sizeof *t->rows, compare_rows);
}

/* ==== Running ================================================================================= */

/* A batch of rows [begin, end) as plain arrays, with one element before row 0 and a null bit map.
 */
typedef struct batch {
    tti_rows rows;
    void *arrays[3 * TTI_MAX_COLUMNS];
    size_t array_count;
} batch;

static void *batch_array(batch *b, size_t size)
{
    return b->arrays[b->array_count++] = calloc(1, size + 1);
}

static void make_batch(batch *b, const char *takes, const table *t, size_t begin, size_t end)
{
    const size_t n = end - begin;
    tti_column_spec column;
    memset(b, 0, sizeof *b);
    b->rows.count = n;
    for (int c = 0; tti_next_column(&takes, &column); c++) {
        const int from = column_of(t, column.name, column.name_size);
        tti_column *to = &b->rows.columns[c];
        to->first = 1;
        if (column.type == TTI_COLUMN_BYTES) {
            size_t size = 0;
            int32_t *offsets = batch_array(b, (n + 2) * sizeof *offsets);
            uint8_t *validity = batch_array(b, n / 8 + 1);
            char *values;
            for (size_t i = begin; i < end; i++)
                size += t->rows[i][from].size;
            values = batch_array(b, size);
            for (size_t i = 0; i < n; i++) {
                const cell *x = &t->rows[begin + i][from];
                if (x->bytes != NULL) {
                    memcpy(values + offsets[i + 1], x->bytes, x->size);
                    validity[(i + 1) >> 3] |= (uint8_t)(1 << ((i + 1) & 7));
                }
                offsets[i + 2] = offsets[i + 1] + (int32_t)x->size;
            }
            to->values = values;
            to->offsets = offsets;
            to->validity = validity;
        } else {
            int64_t *wide = batch_array(b, (n + 1) * sizeof *wide);
            for (size_t i = 0; i < n; i++)
                if (column.type == TTI_COLUMN_DOUBLE)
                    memcpy(&wide[i + 1], &t->rows[begin + i][from].real, sizeof *wide);
                else if (column.type == TTI_COLUMN_INT64)
                    wide[i + 1] = t->rows[begin + i][from].number;
                else
                    ((int32_t *)wide)[i + 1] = (int32_t)t->rows[begin + i][from].number;
            to->values = wide;
        }
    }
}

static void free_batch(batch *b)
{
    for (size_t k = 0; k < b->array_count; k++)
        free(b->arrays[k]);
}

static void collect_rows(table *out, tti_operator *op)
{
    tti_given_rows given;
    const tti_rows *rows = &given.rows;
    tti_operator_move_rows(op, &given);
    for (size_t i = 0; i < rows->count; i++) {
        const char *gives = out->columns;
        tti_column_spec column;
        cell *row = add_row(out);
        for (int c = 0; tti_next_column(&gives, &column); c++) {
            const tti_column *x = &rows->columns[c];
            assert_true(x->first == 0 && x->validity == NULL);
            switch (column.type) {
            case TTI_COLUMN_INT64: row[c].number = ((const int64_t *)x->values)[i]; break;
            case TTI_COLUMN_INT32: row[c].number = ((const int32_t *)x->values)[i]; break;
            case TTI_COLUMN_DOUBLE: row[c].real = ((const double *)x->values)[i]; break;
            case TTI_COLUMN_BYTES:
                row[c] = bytes_cell((const char *)x->values + x->offsets[i],
                                    (size_t)(x->offsets[i + 1] - x->offsets[i]));
                break;
            }
        }
    }
    tti_given_rows_free(&given);
}

static tt_status try_run(const char *name, const tt_options *options,
                         const tti_operator_settings *settings, const table *in, size_t batch_rows,
                         table *out, tt_error *error)
{
    const tti_operator_spec *spec = tti_operator_find(name);
    tti_operator *op = NULL;
    tt_status status;
    assert_non_null(spec);
    *out = (table){.columns = spec->gives};
    status = tti_operator_open(&op, spec, options, settings, error);
    for (size_t i = 0; i < in->count && status == TT_OK; i += batch_rows) {
        batch b;
        make_batch(&b, spec->takes, in, i, i + batch_rows < in->count ? i + batch_rows : in->count);
        status = tti_operator_push(op, &b.rows, error);
        if (status == TT_OK)
            collect_rows(out, op);
        free_batch(&b);
    }
    if (status == TT_OK)
        status = tti_operator_finish(op, error);
    if (status == TT_OK)
        collect_rows(out, op);
    tti_operator_close(op);
    return status;
}

/* Whatever the sizes of batches, the rows are the same; and where memory runs out at any
 * allocation, the operator says so and gives all of it back. */
static table run(const char *name, const tt_options *options, const tti_operator_settings *settings,
                 const table *in)
{
    table out, again;
    tt_error error = {0};
    assert_int_equal(try_run(name, options, settings, in, 1000, &out, &error), TT_OK);
    assert_int_equal(try_run(name, options, settings, in, 7, &again, &error), TT_OK);
    assert_int_equal(out.count, again.count);
    free_table(&again);
    for (size_t fail_at = 1, step = 1;; fail_at += step, step += step / 2) {
        counting c;
        tt_options failing = *options;
        tt_status status;
        counting_start(&c, fail_at);
        failing.allocator = &c.allocator;
        status = try_run(name, &failing, settings, in, 1000, &again, &error);
        free_table(&again);
        assert_true(counting_is_clean(&c));
        if (status == TT_OK)
            break;
        assert_int_equal(status, TT_ENOMEM);
        assert_true(error.message[0] != '\0');
    }
    return out;
}

/* ==== Candidates ============================================================================== */

enum { MAX_ARTICLES = 64 };

typedef struct corpus {
    char *texts[MAX_ARTICLES];
    size_t count;
    tt_options options;
    table sketches; /* of documents */
    int64_t doc[MAX_ARTICLES];
    unsigned want[MAX_ARTICLES][MAX_ARTICLES]; /* of candidates a, b */
} corpus;

static void sketch_corpus(corpus *c)
{
    table articles = {.columns = "n long, text string, published string"}, all;
    for (size_t n = 0; n < c->count; n++) {
        cell *row = add_row(&articles);
        row[0] = number_cell((int64_t)n);
        row[1] = bytes_cell(c->texts[n], strlen(c->texts[n]));
    }
    all = run("sketch", &c->options, NULL, &articles);
    c->sketches.columns = all.columns;
    for (size_t n = 0; n < all.count; n++) {
        assert_int_equal(number(&all, n, "status"), TT_OK);
        assert_int_equal(number(&all, n, "published"), TT_NO_TIME);
        c->doc[n] = (int64_t)n;
        for (size_t d = 0; d < n && c->doc[n] == (int64_t)n; d++)
            if (number(&all, d, "low") == number(&all, n, "low") &&
                number(&all, d, "high") == number(&all, n, "high"))
                c->doc[n] = c->doc[d];
        if (c->doc[n] == (int64_t)n) {
            cell *row = add_row(&c->sketches);
            for (int k = 0; k < TTI_MAX_COLUMNS; k++)
                row[k] = copy_cell(&all.rows[n][k]);
        }
    }
    free_table(&articles);
    free_table(&all);
}

static void add_wants(corpus *c, const table *candidates)
{
    for (size_t i = 0; i < candidates->count; i++) {
        const int64_t a = number(candidates, i, "a"), b = number(candidates, i, "b");
        assert_int_equal(number(candidates, i, "skipped"), 0); /* the corpus is small */
        c->want[a][b] |= (unsigned)number(candidates, i, "want");
    }
}

static const cell *signature_of(const corpus *c, int64_t doc)
{
    size_t i = 0;
    while (number(&c->sketches, i, "n") != doc)
        i++;
    return get(&c->sketches, i, "signature");
}

static void find_by_bands(corpus *c)
{
    table bands = run("bands", &c->options, NULL, &c->sketches), compared, close, found;
    table pairs = {.columns = "a long, b long, signature_a binary, signature_b binary"};
    char seen[MAX_ARTICLES][MAX_ARTICLES] = {{0}};
    sort_table(&bands, "bucket", "n", NULL);
    compared = run("buckets", &c->options, NULL, &bands);
    for (size_t i = 0; i < compared.count; i++) {
        const int64_t a = number(&compared, i, "a"), b = number(&compared, i, "b");
        cell *row;
        assert_true(a < b);
        if (seen[a][b]++ > 0)
            continue;
        row = add_row(&pairs);
        row[0] = number_cell(a);
        row[1] = number_cell(b);
        row[2] = copy_cell(signature_of(c, a));
        row[3] = copy_cell(signature_of(c, b));
    }
    close = run("distances", &c->options, NULL, &pairs);
    sort_table(&close, "b", "distance", "a");
    found = run("top_k", &c->options, NULL, &close);
    assert_true(found.count > 0);
    add_wants(c, &found);
    free_table(&bands);
    free_table(&compared);
    free_table(&pairs);
    free_table(&close);
    free_table(&found);
}

static void find_by_seeds(corpus *c)
{
    tti_operator_settings settings = {.bits = 2};
    table firsts, linked, frequent = {.columns = "seed long"}, filter, everywhere, found;
    table postings = {.columns = "n long, position int, seed_count int, earlier binary"};
    uint64_t tokens = 0;
    for (size_t i = 0; i < c->sketches.count; i++)
        tokens += (uint64_t)number(&c->sketches, i, "tokens");
    settings.partitions = tti_operator_partitions(tokens);
    firsts = run("first_postings", &c->options, &settings, &c->sketches);
    sort_table(&firsts, "bucket", NULL, NULL);
    linked = run("earlier_postings", &c->options, NULL, &firsts);
    for (size_t i = 0; i < linked.count; i++) {
        const int is_frequent = number(&linked, i, "frequent") != 0;
        cell *row = add_row(is_frequent ? &frequent : &postings);
        row[0] = *get(&linked, i, is_frequent ? "seed" : "n");
        if (is_frequent)
            continue;
        row[1] = *get(&linked, i, "position");
        row[2] = *get(&linked, i, "seed_count");
        row[3] = copy_cell(get(&linked, i, "earlier"));
    }
    assert_true(frequent.count > 0);
    settings.bits = 10;
    filter = run("seed_filter", &c->options, &settings, &frequent);
    assert_int_equal(filter.count, 1);
    assert_int_equal(filter.rows[0][0].size, 128);
    settings.filter = filter.rows[0][0].bytes;
    settings.filter_size = filter.rows[0][0].size;
    everywhere = run("postings", &c->options, &settings, &c->sketches);
    for (size_t i = 0; i < everywhere.count; i++)
        for (size_t k = 0; k < linked.count; k++)
            if (number(&linked, k, "frequent") &&
                number(&linked, k, "seed") == number(&everywhere, i, "seed")) {
                cell *row = add_row(&postings);
                row[0] = *get(&everywhere, i, "n");
                row[1] = *get(&everywhere, i, "position");
                row[2] = *get(&everywhere, i, "seed_count");
                row[3] = copy_cell(get(&linked, k, "earlier"));
            }
    sort_table(&postings, "n", "position", NULL);
    found = run("seed_counts", &c->options, NULL, &postings);
    assert_true(found.count > 0);
    add_wants(c, &found);
    free_table(&firsts);
    free_table(&linked);
    free_table(&frequent);
    free_table(&filter);
    free_table(&everywhere);
    free_table(&postings);
    free_table(&found);
}

/* Links each row whose key an earlier one has to the first such row's document. */
static void find_by_paragraphs(corpus *c)
{
    static const char *const keys[] = {"key0", "key1", "key2", "key3"};
    table rows = run("paragraphs", &c->options, NULL, &c->sketches);
    char *repeats = calloc(rows.count + 1, 1);
    sort_table(&rows, "n", NULL, NULL);
    for (size_t i = 0; i < rows.count; i++)
        for (size_t k = 0; k < i && !repeats[i]; k++)
            if (number(&rows, k, "low") == number(&rows, i, "low")) {
                c->want[number(&rows, k, "n")][number(&rows, i, "n")] |= TTI_WANT_SECTIONS;
                repeats[i] = 1;
            }
    for (size_t i = 0; i < rows.count; i++)
        for (int band = 0; band < 4 && !repeats[i]; band++)
            for (size_t k = 0; k < i; k++)
                if (!repeats[k] && number(&rows, i, keys[band]) != 0 &&
                    number(&rows, k, keys[band]) == number(&rows, i, keys[band])) {
                    c->want[number(&rows, k, "n")][number(&rows, i, "n")] |= TTI_WANT_SECTIONS;
                    break;
                }
    free(repeats);
    free_table(&rows);
}

/* ==== From candidates to results ============================================================== */

static table tokens_of(const corpus *c)
{
    table texts = {.columns = "n long, text string"}, tokens;
    for (size_t n = 0; n < c->count; n++) {
        cell *row = add_row(&texts);
        row[0] = number_cell((int64_t)n);
        row[1] = bytes_cell(c->texts[n], strlen(c->texts[n]));
    }
    tokens = run("tokens", &c->options, NULL, &texts);
    free_table(&texts);
    return tokens;
}

static void set_tokens(cell *row, const table *tokens, size_t n)
{
    row[0] = copy_cell(get(tokens, n, "hashes"));
    row[1] = copy_cell(get(tokens, n, "flags"));
}

static table verify(const corpus *c, unsigned (*want)[MAX_ARTICLES])
{
    table tokens = tokens_of(c), verified;
    table candidates = {.columns = "a long, b long, want int, hashes_a binary, flags_a binary, "
                                   "published_a long, hashes_b binary, flags_b binary, "
                                   "published_b long"};
    for (size_t a = 0; a < c->count; a++)
        for (size_t b = a; b < c->count; b++) {
            cell *row;
            if (want[a][b] == 0)
                continue;
            row = add_row(&candidates);
            row[0] = number_cell((int64_t)a);
            row[1] = number_cell((int64_t)b);
            row[2] = number_cell(want[a][b]);
            set_tokens(row + 3, &tokens, a);
            row[5] = number_cell(TT_NO_TIME);
            set_tokens(row + 6, &tokens, b);
            row[8] = number_cell(TT_NO_TIME);
        }
    verified = run("verify", &c->options, NULL, &candidates);
    free_table(&tokens);
    free_table(&candidates);
    return verified;
}

/* The verified pairs, by a and b; `relation` of those that are none is -1. */
typedef struct pair_matrix {
    tt_pair pairs[MAX_ARTICLES][MAX_ARTICLES];
} pair_matrix;

static void add_pairs(pair_matrix *m, const table *verified)
{
    for (size_t i = 0; i < verified->count; i++) {
        tt_pair *p;
        if (number(verified, i, "relation") < 0)
            continue;
        p = &m->pairs[number(verified, i, "a")][number(verified, i, "b")];
        p->relation = (int32_t)number(verified, i, "relation");
        p->resemblance = get(verified, i, "resemblance")->real;
        p->containment_a = get(verified, i, "containment_a")->real;
        p->containment_b = get(verified, i, "containment_b")->real;
        p->overlap_a = get(verified, i, "overlap_a")->real;
        p->overlap_b = get(verified, i, "overlap_b")->real;
        p->facts = get(verified, i, "facts")->real;
    }
}

/* The notices of the corpus, as the settings of the operators that apply them take them. */
static tti_operator_settings learn_notices(const corpus *c, const table *verified)
{
    table tokens = tokens_of(c), learned;
    table rows = {.columns = "n long, other long, copies int, hashes binary, places binary"};
    tti_operator_settings settings = {0};
    char *list = malloc(1 << 16);
    for (size_t n = 0; n < c->count; n++) {
        cell *row = add_row(&rows);
        int32_t copies = 0;
        for (size_t i = 0; i < verified->count; i++) {
            const int64_t relation = number(verified, i, "relation");
            copies +=
                number(verified, i, "b") == (int64_t)n && relation >= 0 && TT_IS_COPY(relation);
        }
        row[0] = number_cell((int64_t)n);
        row[1] = number_cell(-1);
        row[2] = number_cell(copies);
        row[3] = copy_cell(get(&tokens, n, "hashes"));
        for (size_t i = 0; i < verified->count; i++)
            if (number(verified, i, "relation") == -2 && number(verified, i, "b") == (int64_t)n) {
                row = add_row(&rows);
                row[0] = number_cell((int64_t)n);
                row[1] = *get(verified, i, "a");
                row[4] = copy_cell(get(verified, i, "passages"));
            }
    }
    sort_table(&rows, "n", "other", NULL);
    learned = run("notices", &c->options, NULL, &rows);
    for (size_t i = 0; i < learned.count; i++) {
        const cell *words = get(&learned, i, "words");
        const uint32_t head[2] = {(uint32_t)(words->size / sizeof(uint32_t)),
                                  (uint32_t)number(&learned, i, "articles")};
        assert_true(settings.filter_size + sizeof head + words->size <= 1 << 16);
        memcpy(list + settings.filter_size, head, sizeof head);
        memcpy(list + settings.filter_size + sizeof head, words->bytes, words->size);
        settings.filter_size += sizeof head + words->size;
    }
    settings.filter = list;
    free_table(&tokens);
    free_table(&rows);
    free_table(&learned);
    return settings;
}

/* @return how many pairs are boilerplate by them */
static size_t apply_notices(const corpus *c, const tti_operator_settings *notices, pair_matrix *m)
{
    table tokens = tokens_of(c), changed;
    table rows = {.columns = "a long, b long, relation int, overlap_a double, overlap_b double, "
                             "hashes_a binary, flags_a binary, hashes_b binary, flags_b binary"};
    const size_t count = c->count;
    size_t n;
    for (size_t a = 0; a < count; a++)
        for (size_t b = 0; b < count; b++)
            if (m->pairs[a][b].relation >= 0) {
                cell *row = add_row(&rows);
                row[0] = number_cell((int64_t)a);
                row[1] = number_cell((int64_t)b);
                row[2] = number_cell(m->pairs[a][b].relation);
                row[3].real = m->pairs[a][b].overlap_a;
                row[4].real = m->pairs[a][b].overlap_b;
                set_tokens(row + 5, &tokens, a);
                set_tokens(row + 7, &tokens, b);
            }
    changed = run("notice_pairs", &c->options, notices, &rows);
    for (size_t i = 0; i < changed.count; i++)
        m->pairs[number(&changed, i, "a")][number(&changed, i, "b")].relation =
            (int32_t)number(&changed, i, "relation");
    n = changed.count;
    free_table(&tokens);
    free_table(&rows);
    free_table(&changed);
    return n;
}

/* Proposes the first document of each group with all others, verifies what is new, and gives the
 * document kept for each. Of a group the first documents are preferred. */
static void cluster(const corpus *c, const tti_operator_settings *notices, pair_matrix *m,
                    int64_t *kept)
{
    static unsigned proposed[MAX_ARTICLES][MAX_ARTICLES];
    static int64_t root_of[MAX_ARTICLES];
    table edges = {.columns = "a long, b long"}, roots, verified, clusters;
    table groups = {.columns = "group long, a long, b long, share_a double, share_b double"};
    memset(proposed, 0, sizeof proposed);
    for (size_t a = 0; a < c->count; a++)
        for (size_t b = 0; b < c->count; b++)
            if (m->pairs[a][b].relation >= 0 && TT_IS_COPY(m->pairs[a][b].relation)) {
                cell *row = add_row(&edges);
                row[0] = number_cell((int64_t)a);
                row[1] = number_cell((int64_t)b);
            }
    roots = run("components", &c->options, NULL, &edges);
    for (size_t i = 0; i < roots.count; i++) {
        const int64_t n = number(&roots, i, "n"), root = number(&roots, i, "root");
        if (n != root && m->pairs[root][n].relation < 0)
            proposed[root][n] = TTI_WANT_PAIR;
    }
    verified = verify(c, proposed);
    add_pairs(m, &verified);
    (void)apply_notices(c, notices, m);
    for (size_t n = 0; n < c->count; n++)
        kept[n] = (int64_t)n, root_of[n] = -1;
    for (size_t i = 0; i < roots.count; i++)
        root_of[number(&roots, i, "n")] = number(&roots, i, "root");
    for (size_t i = 0; i < roots.count; i++) {
        const int64_t n = number(&roots, i, "n"), root = number(&roots, i, "root");
        for (int64_t b = n; b < (int64_t)c->count; b++) {
            const int32_t relation = m->pairs[n][b].relation;
            cell *row;
            if (b != n && (relation < 0 || root_of[b] != root))
                continue;
            row = add_row(&groups);
            row[0] = number_cell(root);
            row[1] = number_cell(n);
            row[2] = number_cell(b);
            row[3].real = TT_IS_COPY(relation) ? m->pairs[n][b].overlap_a : -1;
            row[4].real = TT_IS_COPY(relation) ? m->pairs[n][b].overlap_b : -1;
        }
    }
    sort_table(&groups, "group", "a", "b");
    clusters = run("clusters", &c->options, NULL, &groups);
    for (size_t i = 0; i < clusters.count; i++)
        kept[number(&clusters, i, "n")] = number(&clusters, i, "kept");
    free_table(&edges);
    free_table(&roots);
    free_table(&verified);
    free_table(&groups);
    free_table(&clusters);
}

/* Bytes [*begin, *end) of tokens [*begin, *end) of an article. */
static void to_bytes(const corpus *c, int64_t article, int64_t *begin, int64_t *end)
{
    table in = {.columns = "n long, text string, begin int, end int"}, out;
    cell *row = add_row(&in);
    row[0] = number_cell(article);
    row[1] = bytes_cell(c->texts[article], strlen(c->texts[article]));
    row[2] = number_cell(*begin);
    row[3] = number_cell(*end);
    assert_int_equal(try_run("extents", &c->options, NULL, &in, 10, &out, NULL), TT_OK);
    *begin = number(&out, 0, "begin_byte");
    *end = number(&out, 0, "end_byte");
    free_table(&in);
    free_table(&out);
}

/* The repeats of all documents, made in one go or document after document. */
static table find_repeats(const corpus *c, const table *verified, int is_whole)
{
    const tti_operator_settings settings = {.is_whole = is_whole};
    table all = {.columns = tti_operator_find("repeats")->gives};
    table rows = {.columns = "b long, a long, is_repeats int, data binary"};
    for (int64_t b = 0; b < (int64_t)c->count; b++) {
        table found;
        for (size_t i = 0; i < verified->count; i++) {
            const int64_t a = number(verified, i, "a");
            cell *row;
            if (number(verified, i, "relation") != -1 || number(verified, i, "b") != b)
                continue;
            row = add_row(&rows);
            row[0] = number_cell(b);
            row[1] = number_cell(a);
            row[3] = copy_cell(get(verified, i, "passages"));
            for (size_t k = 0; k < all.count && !is_whole; k++)
                if (number(&all, k, "n") == a) {
                    row = add_row(&rows);
                    row[0] = number_cell(b);
                    row[1] = number_cell(a);
                    row[2] = number_cell(1);
                    row[3] = copy_cell(get(&all, k, "data"));
                }
        }
        if (is_whole)
            continue;
        found = run("repeats", &c->options, &settings, &rows);
        for (size_t k = 0; k < found.count; k++) {
            cell *row = add_row(&all);
            row[0] = found.rows[k][0];
            row[1] = copy_cell(&found.rows[k][1]);
        }
        free_table(&found);
        free_table(&rows);
        rows.columns = "b long, a long, is_repeats int, data binary";
    }
    if (is_whole)
        all = run("repeats", &c->options, &settings, &rows);
    free_table(&rows);
    return all;
}

/* ==== Tests =================================================================================== */

static const tt_options options = {.struct_size = sizeof options,
                                   .find = TT_FIND_PAIRS | TT_FIND_CLUSTERS | TT_FIND_SECTIONS |
                                           TT_FIND_SERIES,
                                   .keep = TT_KEEP_FIRST};

/* Articles of a few families: near copies, longer versions, shared passages, one in every article,
 * one that repeats itself, and a copy whose capitals and blanks differ. */
static void make_corpus(corpus *c)
{
    rng r = {11};
    wordlist everywhere = {0}, families[6] = {{0}};
    memset(c, 0, sizeof *c);
    c->options = options;
    words_random(&everywhere, &r, 40, 9000);
    for (int f = 0; f < 6; f++)
        words_random(&families[f], &r, 240, 9000);
    for (int n = 0; n < 56; n++) {
        const wordlist *family = &families[n % 6];
        wordlist w = {0};
        if (n % 4 == 0)
            words_copy(&w, &everywhere, 0, 40);
        words_copy(&w, family, (size_t)(n % 3) * 20, 80 + (size_t)rng_below(&r, 160));
        words_replace(&w, &r, 20, 9000);
        words_copy(&w, &everywhere, 0, 40);
        words_random(&w, &r, rng_below(&r, 120), 9000);
        if (n % 7 == 0)
            words_copy(&w, &families[(n + 1) % 6], 100, 160);
        c->texts[c->count++] = text_of(&w, 40);
        words_free(&w);
    }
    for (int n = 0; n < 3; n++) { /* copies */
        char *text = joined(" ", c->texts[5 * n + 1]);
        for (char *p = text; *p != '\0'; p += 3 < strlen(p) ? 3 : strlen(p))
            *p = (char)(*p >= 'a' && *p <= 'z' ? *p - 'a' + 'A' : *p);
        c->texts[c->count++] = text;
    }
    words_free(&everywhere);
    for (int f = 0; f < 6; f++)
        words_free(&families[f]);
}

static void free_corpus(corpus *c)
{
    for (size_t n = 0; n < c->count; n++)
        free(c->texts[n]);
    free_table(&c->sketches);
}

static int same_number(double x, double y)
{
    return x == y || (isnan(x) && isnan(y));
}

static void compare_pairs(const corpus *c, const tt_result *scan, const pair_matrix *m)
{
    size_t count, expected = 0, found = 0;
    const tt_pair *pairs = tt_result_pairs(scan, &count);
    for (size_t k = 0; k < count; k++) {
        const tt_pair *p = &pairs[k], *q = &m->pairs[p->a][p->b];
        if (c->doc[p->a] != (int64_t)p->a || c->doc[p->b] != (int64_t)p->b)
            continue;
        expected++;
        assert_int_equal(p->relation, q->relation);
        assert_true(same_number(p->resemblance, q->resemblance));
        assert_true(same_number(p->containment_a, q->containment_a));
        assert_true(same_number(p->containment_b, q->containment_b));
        assert_true(same_number(p->overlap_a, q->overlap_a));
        assert_true(same_number(p->overlap_b, q->overlap_b));
        assert_true(same_number(p->facts, q->facts));
    }
    for (size_t a = 0; a < c->count; a++)
        for (size_t b = 0; b < c->count; b++)
            found += m->pairs[a][b].relation >= 0;
    assert_int_equal(found, expected);
    assert_true(found > 100);
}

static void compare_clusters(const corpus *c, const tt_result *scan, const int64_t *kept)
{
    size_t count;
    const tt_cluster *clusters = tt_result_clusters(scan, &count);
    int64_t expected[MAX_ARTICLES];
    for (size_t n = 0; n < c->count; n++)
        expected[n] = (int64_t)n;
    for (size_t k = 0; k < count; k++)
        for (size_t i = 0; i < clusters[k].count; i++)
            expected[clusters[k].members[i]] = (int64_t)clusters[k].keep;
    for (size_t n = 0; n < c->count; n++)
        assert_int_equal(kept[c->doc[n]], expected[n]);
    assert_true(count > 4);
}

/* The references of occurrences are joined to the sections of the scan, in their order. */
static void compare_references(const corpus *c, const tt_section *sections, size_t count,
                               table *references)
{
    table joined;
    size_t k = 0;
    sort_table(references, "of_n", NULL, NULL);
    joined = run("references", &c->options, NULL, references);
    sort_table(&joined, "of_n", "place", "of_begin");
    for (size_t i = 0, end; i < joined.count; i = end, k++) {
        const int64_t of = number(&joined, i, "of_n");
        int64_t from = number(&joined, i, "of_begin"), to = from;
        for (end = i; end < joined.count && number(&joined, end, "of_n") == of &&
                      number(&joined, end, "place") == number(&joined, i, "place");
             end++)
            to = number(&joined, end, "of_end") > to ? number(&joined, end, "of_end") : to;
        assert_true(k < count);
        assert_int_equal(sections[k].tokens, to - from);
        assert_int_equal(sections[k].count, end - i + 1);
        to_bytes(c, of, &from, &to);
        assert_int_equal(sections[k].occurrences->article, of);
        assert_int_equal(sections[k].occurrences->begin, from);
        assert_int_equal(sections[k].occurrences->end, to);
    }
    assert_int_equal(k, count);
    free_table(&joined);
}

/* Every occurrence but the references is one that the operators give, and they give no more. */
static void compare_occurrences(const corpus *c, const tt_result *scan, const table *repeats)
{
    table docs = {.columns = "n long, tokens int, data binary"};
    table references = {.columns = "of_n long, of_begin int, of_end int, matched int, before int, "
                                   "run_begin int, run_end int"};
    table firsts = run("occurrences", &c->options, NULL, repeats), copies;
    cell *row;
    size_t count, expected = 0, found = 0;
    const tt_section *sections = tt_result_sections(scan, &count);
    for (size_t i = 0; i < c->sketches.count; i++) {
        row = add_row(&docs);
        row[0] = *get(&c->sketches, i, "n");
        row[1] = *get(&c->sketches, i, "tokens");
        for (size_t k = 0; k < repeats->count; k++)
            if (number(repeats, k, "n") == row[0].number)
                row[2] = copy_cell(get(repeats, k, "data"));
    }
    copies = run("copies", &c->options, NULL, &docs);
    for (size_t k = 0; k < count; k++)
        expected += sections[k].count - 1;
    for (size_t n = 0; n < c->count; n++) {
        const table *t = c->doc[n] == (int64_t)n ? &firsts : &copies;
        for (size_t i = 0; i < t->count; i++) {
            tt_occurrence o = {.article = n, .similarity = get(t, i, "similarity")->real};
            const int64_t of = number(t, i, "of_n");
            int64_t begin = number(t, i, "begin"), end = number(t, i, "end");
            int64_t of_begin = number(t, i, "of_begin"), of_end = number(t, i, "of_end");
            size_t same = 0;
            if (number(t, i, "n") != c->doc[n])
                continue;
            to_bytes(c, (int64_t)n, &begin, &end);
            to_bytes(c, of, &of_begin, &of_end);
            o.begin = (uint64_t)begin, o.end = (uint64_t)end;
            o.of_begin = (uint64_t)of_begin, o.of_end = (uint64_t)of_end;
            for (size_t k = 0; k < count; k++)
                for (size_t j = 1; j < sections[k].count; j++)
                    same += sections[k].occurrences->article == (uint64_t)of &&
                            memcmp(&sections[k].occurrences[j], &o, sizeof o) == 0;
            /* A part of a run that no other place shares is in no section. */
            assert_true(same == 1 || (same == 0 && number(t, i, "run_end") > 0));
            found += same;
            row = add_row(&references);
            row[0].number = of, row[1].number = number(t, i, "of_begin");
            row[2].number = number(t, i, "of_end"), row[3].number = number(t, i, "matched");
            row[4].number = number(t, i, "before");
            row[5].number = number(t, i, "run_begin"), row[6].number = number(t, i, "run_end");
        }
    }
    assert_int_equal(found, expected);
    assert_true(found > 50);
    compare_references(c, sections, count, &references);
    free_table(&references);
    free_table(&docs);
    free_table(&firsts);
    free_table(&copies);
}

static void the_operators_find_what_a_scan_finds(void **state)
{
    static corpus c;
    static pair_matrix m;
    table verified, repeats, again;
    int64_t kept[MAX_ARTICLES];
    tti_operator_settings notices;
    tt_result *scan;
    size_t count;
    (void)state;
    make_corpus(&c);
    scan = index_of(&c.options, (const char *const *)c.texts, c.count);
    assert_non_null(scan);
    sketch_corpus(&c);
    find_by_bands(&c);
    find_by_seeds(&c);
    find_by_paragraphs(&c);
    for (size_t a = 0; a < MAX_ARTICLES; a++)
        for (size_t b = 0; b < MAX_ARTICLES; b++)
            m.pairs[a][b].relation = -1;
    verified = verify(&c, c.want);
    add_pairs(&m, &verified);
    notices = learn_notices(&c, &verified);
    (void)tt_result_notices(scan, &count);
    assert_true(count > 0 && notices.filter_size > 0);
    assert_true(apply_notices(&c, &notices, &m) > 0);
    cluster(&c, &notices, &m, kept);
    compare_pairs(&c, scan, &m);
    compare_clusters(&c, scan, kept);
    repeats = find_repeats(&c, &verified, 1);
    again = find_repeats(&c, &verified, 0);
    assert_int_equal(repeats.count, again.count);
    for (size_t i = 0; i < repeats.count; i++) {
        assert_int_equal(repeats.rows[i][0].number, again.rows[i][0].number);
        assert_int_equal(repeats.rows[i][1].size, again.rows[i][1].size);
        assert_memory_equal(repeats.rows[i][1].bytes, again.rows[i][1].bytes,
                            again.rows[i][1].size);
    }
    compare_occurrences(&c, scan, &repeats);
    free_table(&verified);
    free_table(&repeats);
    free_table(&again);
    free((void *)notices.filter);
    free_corpus(&c);
    tt_result_close(scan);
}

static void an_article_that_cannot_be_taken_has_a_status(void **state)
{
    table in = {.columns = "n long, text string, published string"}, out;
    tt_options short_articles = options;
    (void)state;
    short_articles.max_article_bytes = 10;
    for (int n = 0; n < 5; n++)
        add_row(&in)[0] = number_cell(n);
    in.rows[1][1] = bytes_cell("\xff", 1);
    in.rows[2][1] = bytes_cell("one two three", 13);
    in.rows[3][1] = bytes_cell("", 0);
    in.rows[4][1] = bytes_cell("one", 3);
    in.rows[3][2] = bytes_cell("1970-01-01T00:00:01Z", 20);
    in.rows[4][2] = bytes_cell("-5", 2);
    out = run("sketch", &short_articles, NULL, &in);
    assert_int_equal(out.count, 5);
    assert_int_equal(number(&out, 0, "status"), TT_EINVAL);
    assert_int_equal(number(&out, 1, "status"), TT_EFORMAT);
    assert_int_equal(number(&out, 2, "status"), TT_ELIMIT);
    assert_int_equal(number(&out, 3, "status"), TT_OK);
    assert_int_equal(number(&out, 4, "status"), TT_OK);
    assert_int_equal(number(&out, 2, "published"), TT_NO_TIME);
    assert_int_equal(number(&out, 3, "published"), 1000000);
    assert_int_equal(number(&out, 4, "published"), -5);
    assert_int_equal(number(&out, 4, "tokens"), 1);
    for (size_t n = 0; n < 4; n++) {
        assert_int_equal(number(&out, n, "tokens"), 0);
        assert_int_equal(get(&out, n, "signature")->size, 0);
    }
    free_table(&in);
    free_table(&out);
}

static void refuse(const char *name, const tti_operator_settings *settings, const table *in,
                   tt_status status, const char *message)
{
    table out;
    tt_error error = {0};
    assert_int_equal(try_run(name, &options, settings, in, 10, &out, &error), status);
    assert_non_null(strstr(error.message, message));
    free_table(&out);
}

static void what_is_wrong_is_an_error(void **state)
{
    const table none = {0};
    table extents = {.columns = "n long, text string, begin int, end int"};
    table pair = {.columns = "a long, b long, signature_a binary, signature_b binary"};
    (void)state;
    assert_null(tti_operator_find("sketches"));
    refuse("notice_share", &(tti_operator_settings){.filter = "\1\0\0\0\3\0\0\0", .filter_size = 8},
           &none, TT_EINVAL, "cut off");
    refuse("postings", &(tti_operator_settings){.partitions = 3}, &none, TT_EINVAL,
           "3 partitions of seeds");
    refuse("postings", &(tti_operator_settings){.partitions = 1, .filter = "abc", .filter_size = 3},
           &none, TT_EINVAL, "a filter of 3 bytes");
    refuse("seed_filter", &(tti_operator_settings){.bits = 33}, &none, TT_EINVAL, "2^33 bits");
    refuse("first_postings", &(tti_operator_settings){.partitions = 1, .bits = 25}, &none,
           TT_EINVAL, "25 bits of buckets");
    add_row(&extents)[1] = bytes_cell("one two", 7);
    extents.rows[0][2] = number_cell(1);
    extents.rows[0][3] = number_cell(3);
    refuse("extents", NULL, &extents, TT_EINTERNAL, "tokens [1, 3) of an article of 2");
    add_row(&pair)[2] = bytes_cell("abc", 3);
    pair.rows[0][3] = bytes_cell("abc", 3);
    refuse("distances", NULL, &pair, TT_EINTERNAL, "a signature is cut off");
    free_table(&extents);
    free_table(&pair);
}

static void columns_are_split_off_a_declaration(void **state)
{
    const char *declared = "n long, by_overlap int, facts double, text string, data binary";
    const tti_column_type types[] = {TTI_COLUMN_INT64, TTI_COLUMN_INT32, TTI_COLUMN_DOUBLE,
                                     TTI_COLUMN_BYTES, TTI_COLUMN_BYTES};
    const char *names[] = {"n", "by_overlap", "facts", "text", "data"};
    tti_column_spec column;
    (void)state;
    for (int c = 0; c < 5; c++) {
        assert_true(tti_next_column(&declared, &column));
        assert_int_equal(column.type, types[c]);
        assert_int_equal(column.name_size, strlen(names[c]));
        assert_memory_equal(column.name, names[c], column.name_size);
    }
    assert_false(tti_next_column(&declared, &column));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_operators_find_what_a_scan_finds),
        cmocka_unit_test(an_article_that_cannot_be_taken_has_a_status),
        cmocka_unit_test(what_is_wrong_is_an_error),
        cmocka_unit_test(columns_are_split_off_a_declaration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
