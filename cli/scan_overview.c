#include "scan_overview.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "failure.h"
#include "terminal/terminal.h"

enum { SHOWN = 5, SNIPPET_BYTES = 700, BAR_COLUMNS = 12 };

/* ==== Texts =================================================================================== */

/* An accept_fn. */
static int spool_text(void *ctx, const tt_record *record)
{
    spool *texts = ctx;
    (void)output_write(&texts->file, record->article.text, record->article.text_size);
    return spool_end_item(texts);
}

int scan_overview_open(spool *texts, session *r)
{
    r->accept = spool_text;
    r->accept_ctx = texts;
    return spool_open(texts, &r->result);
}

/* Reads up to SNIPPET_BYTES of an article's text from `begin` on. @return how many */
static size_t read_text(const spool *texts, uint64_t article, uint64_t begin, uint64_t end,
                        char *to)
{
    const uint64_t first = spool_begin_of(texts, article), all = texts->ends[article] - first;
    const uint64_t size = (end < all ? end : all) - begin;
    const int64_t got =
        spool_read(texts, first + begin, to, size < SNIPPET_BYTES ? (size_t)size : SNIPPET_BYTES);
    return got > 0 ? (size_t)got : 0;
}

/* ==== What is worth showing =============================================================== */

/* What the overview shows of a result. */
typedef struct highlights {
    const tt_result *result;
    uint32_t *cluster_of; /* for each article the number of its cluster, or 0 */
    uint64_t relations[TT_BOILERPLATE + 1];
    uint64_t copies;
    const tt_cluster *clusters[SHOWN]; /* the largest first */
    size_t cluster_count;
    const tt_section *sections[SHOWN]; /* the largest weight first */
    uint64_t weights[SHOWN];
    size_t section_count;
} highlights;

static void find_clusters(highlights *h)
{
    size_t count;
    const tt_cluster *clusters = tt_result_clusters(h->result, &count);
    for (size_t i = 0; i < count; i++) {
        const tt_cluster *c = &clusters[i];
        size_t place = h->cluster_count;
        h->copies += c->count - 1;
        for (size_t k = 0; k < c->count; k++)
            h->cluster_of[c->members[k]] = (uint32_t)c->number;
        while (place > 0 && h->clusters[place - 1]->count < c->count)
            place--;
        if (place == SHOWN)
            continue;
        h->cluster_count += h->cluster_count < SHOWN;
        for (size_t k = h->cluster_count - 1; k > place; k--)
            h->clusters[k] = h->clusters[k - 1];
        h->clusters[place] = c;
    }
}

/* The occurrences of a section that are not explained by copies of the article with the first. */
static uint64_t count_elsewhere(const highlights *h, const tt_section *x)
{
    const uint64_t first = x->occurrences[0].article;
    uint64_t count = 0;
    for (size_t i = 1; i < x->count; i++) {
        const uint64_t article = x->occurrences[i].article;
        count += article == first || h->cluster_of[article] == 0 ||
                 h->cluster_of[article] != h->cluster_of[first];
    }
    return count;
}

static void find_sections(highlights *h)
{
    size_t count;
    const tt_section *sections = tt_result_sections(h->result, &count);
    for (size_t i = 0; i < count; i++) {
        const uint64_t weight = count_elsewhere(h, &sections[i]) * sections[i].tokens;
        size_t place = h->section_count;
        while (place > 0 && h->weights[place - 1] < weight)
            place--;
        if (place == SHOWN || weight == 0)
            continue;
        h->section_count += h->section_count < SHOWN;
        for (size_t k = h->section_count - 1; k > place; k--) {
            h->sections[k] = h->sections[k - 1];
            h->weights[k] = h->weights[k - 1];
        }
        h->sections[place] = &sections[i];
        h->weights[place] = weight;
    }
}

static int find_highlights(highlights *h, const tt_result *result)
{
    size_t count;
    const tt_pair *pairs = tt_result_pairs(result, &count);
    memset(h, 0, sizeof *h);
    h->result = result;
    h->cluster_of = calloc((size_t)tt_result_article_count(result) + 1, sizeof *h->cluster_of);
    if (h->cluster_of == NULL)
        return failure_memory();
    for (size_t i = 0; i < count; i++)
        h->relations[pairs[i].relation]++;
    find_clusters(h);
    find_sections(h);
    return 0;
}

/* ==== Printing ============================================================================ */

static void print_count(const terminal *s, uint64_t count, const char *words)
{
    (void)printf("%s%9" PRIu64 "%s  %s", terminal_style(s, STYLE_NUMBER), count,
                 terminal_style(s, STYLE_PLAIN), words);
}

static void print_counts(const terminal *s, const highlights *h, const session *r)
{
    const uint32_t wanted = tt_result_options(h->result)->find;
    char speed[60];
    const tt_summary *summary = tt_result_summary(h->result);
    session_describe_speed(r, speed, sizeof speed);
    print_count(s, summary->articles, "articles ");
    (void)printf("%s%s%s\n", terminal_style(s, STYLE_FAINT), speed, terminal_style(s, STYLE_PLAIN));
    if (r->rejected > 0) {
        print_count(s, r->rejected, "records rejected (listed above)\n");
    }
    if (wanted & TT_FIND_CLUSTERS) {
        print_count(s, summary->articles - h->copies, "distinct stories, ");
        (void)printf("%" PRIu64 " copies in %" PRIu64 " clusters\n", h->copies, summary->clusters);
    }
    if (wanted & TT_FIND_PAIRS) {
        const char *before = ": ";
        print_count(s, summary->pairs, "pairs");
        for (int k = TT_IDENTICAL; k <= TT_BOILERPLATE; k++)
            if (h->relations[k] > 0) {
                (void)printf("%s%" PRIu64 " %s", before, h->relations[k],
                             tt_relation_name((tt_relation)k));
                before = ", ";
            }
        (void)putchar('\n');
    }
    if (wanted & TT_FIND_SECTIONS) {
        print_count(s, summary->sections, "passages found in two or more places\n");
    }
}

static void print_heading(const terminal *s, const char *words)
{
    (void)printf("\n%s%s%s\n", terminal_style(s, STYLE_STRONG), words,
                 terminal_style(s, STYLE_PLAIN));
}

/* Prints the first line of an entry, with a bar for the count. @return its columns */
static int print_entry(const terminal *s, uint64_t count, uint64_t most, const char *words)
{
    const int bar = most == 0 ? 0 : (int)((count * BAR_COLUMNS + most - 1) / most);
    (void)printf("%s%6" PRIu64 "%s ", terminal_style(s, STYLE_NUMBER), count,
                 terminal_style(s, STYLE_PLAIN));
    terminal_repeat(s, "\xe2\x96\x88", "#", bar);
    return 7 + bar + printf("%*s  %s", BAR_COLUMNS - bar, "", words);
}

static void print_id(const terminal *s, const highlights *h, uint64_t article, int columns)
{
    const tt_id id = tt_result_id(h->result, article);
    (void)terminal_print_text(STYLE_STRONG, s, id.bytes, id.size, columns);
}

static void print_snippet(const terminal *s, const spool *texts, uint64_t article, uint64_t begin,
                          uint64_t end)
{
    char text[SNIPPET_BYTES];
    const size_t size = read_text(texts, article, begin, end, text);
    (void)printf("%*s", 7 + BAR_COLUMNS + 2, "");
    (void)terminal_print_text(STYLE_FAINT, s, text, size, s->columns - 7 - BAR_COLUMNS - 2);
    (void)putchar('\n');
}

static void print_clusters(const terminal *s, const spool *texts, const highlights *h)
{
    if (h->cluster_count > 0)
        print_heading(s, "Largest clusters");
    for (size_t i = 0; i < h->cluster_count; i++) {
        const tt_cluster *c = h->clusters[i];
        char words[80];
        int used;
        (void)snprintf(words, sizeof words, "articles, cluster %" PRIu64 ": keep ", c->number);
        used = print_entry(s, c->count, h->clusters[0]->count, words);
        print_id(s, h, c->keep, s->columns - used);
        (void)putchar('\n');
        print_snippet(s, texts, c->keep, 0, UINT64_MAX);
    }
}

static void print_sections(const terminal *s, const spool *texts, const highlights *h)
{
    uint64_t most = 0;
    if (h->section_count > 0)
        print_heading(s, "Passages repeated most, beyond copies of one story");
    for (size_t i = 0; i < h->section_count; i++)
        most = h->sections[i]->count > most ? h->sections[i]->count : most;
    for (size_t i = 0; i < h->section_count; i++) {
        const tt_section *x = h->sections[i];
        const tt_occurrence *first = &x->occurrences[0];
        char words[80];
        int used;
        (void)snprintf(words, sizeof words,
                       "places, section %" PRIu64 ": %" PRIu64 " words, first in ", x->number,
                       x->tokens);
        used = print_entry(s, x->count, most, words);
        print_id(s, h, first->article, s->columns - used);
        (void)putchar('\n');
        print_snippet(s, texts, first->article, first->begin, first->end);
    }
}

/* ==== What to do next ===================================================================== */

static void print_word(const terminal *s, const char *word)
{
    const size_t plain = strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      "0123456789._/-+:=@%,");
    const char *quote = word[plain] == '\0' ? "" : "'";
    (void)printf(" %s", quote);
    (void)terminal_print_text(STYLE_PLAIN, s, word, strlen(word), s->columns);
    (void)fputs(quote, stdout);
}

static void print_inputs(const terminal *s, const settings *given)
{
    for (size_t i = 0; i < given->input_count && given->input_count <= 3; i++)
        print_word(s, given->inputs[i]);
    if (given->input_count > 3)
        (void)fputs(" INPUT...", stdout);
}

static void print_next(const terminal *s, const highlights *h, const settings *given)
{
    int streamed = 0;
    for (size_t i = 0; i < given->input_count; i++)
        streamed = streamed || strcmp(given->inputs[i], "-") == 0;
    print_heading(s, "Next");
    (void)fputs("  save the full result: twicetold scan", stdout);
    print_inputs(s, given);
    (void)fputs(" -o result.jsonl\n", stdout);
    if (streamed || h->cluster_count + h->section_count == 0)
        return;
    if (h->cluster_count > 0)
        (void)printf("  side by side:         twicetold show result.jsonl --cluster %" PRIu64,
                     h->clusters[0]->number);
    else
        (void)printf("  side by side:         twicetold show result.jsonl --section %" PRIu64,
                     h->sections[0]->number);
    print_inputs(s, given);
    (void)putchar('\n');
}

int scan_overview_print(spool *texts, const session *r)
{
    terminal s;
    highlights h;
    int rc = find_highlights(&h, r->found);
    terminal_init(&s, r->settings->color);
    if (rc == 0 && output_flush(&texts->file) != 0)
        rc = output_failure(&texts->file);
    if (rc == 0) {
        print_counts(&s, &h, r);
        print_clusters(&s, texts, &h);
        print_sections(&s, texts, &h);
        print_next(&s, &h, r->settings);
        rc = output_flush_standard();
    }
    free(h.cluster_of);
    return rc;
}
