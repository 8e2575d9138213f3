#include "scan_overview.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "article_copy.h"
#include "failure.h"
#include "format.h"
#include "memory.h"
#include "terminal/terminal.h"

enum {
    SHOWN = 5,
    SNIPPET_BYTES = 700,
    SHOWN_HEADLINE = 200,
    BAR_COLUMNS = 12,
    FEW_COLUMNS = 60, /* there are no bars, and ids have a line */
    INDENT = 9
};

/* ==== Texts =================================================================================== */

/* An accept_fn. */
static int keep_text(void *ctx, const tt_record *record, uint64_t article)
{
    overview_texts *kept = ctx;
    char **headline;
    (void)article;
    if (memory_grow(&kept->headlines, kept->texts.count, &kept->capacity,
                    sizeof *kept->headlines) != 0)
        return EXIT_FAILED;
    headline = &kept->headlines[kept->texts.count];
    *headline = record->title_size > 0 ? article_headline(record, SHOWN_HEADLINE) : NULL;
    if (record->title_size > 0 && *headline == NULL)
        return failure_memory();
    (void)output_write(&kept->texts.file, record->article.text, record->article.text_size);
    return spool_end_item(&kept->texts);
}

int scan_overview_open(overview_texts *kept, session *r)
{
    r->accept = keep_text;
    r->accept_ctx = kept;
    return spool_open(&kept->texts, &r->result);
}

void scan_overview_close(overview_texts *kept)
{
    for (size_t i = 0; i < kept->texts.count; i++)
        free(kept->headlines[i]);
    free(kept->headlines);
    spool_close(&kept->texts);
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
    char *const *headlines;
    uint32_t *cluster_of; /* for each article the number of its cluster, or 0 */
    uint64_t relations[TT_BOILERPLATE + 1];
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

static int by_count(const void *x, const void *y)
{
    const tt_section *p = *(const tt_section *const *)x, *q = *(const tt_section *const *)y;
    return p->count != q->count ? (p->count < q->count ? 1 : -1)
                                : (p->number > q->number) - (p->number < q->number);
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
    find_sections(h); /* the heaviest, which are shown by what the reader sees of them */
    qsort(h->sections, h->section_count, sizeof *h->sections, by_count);
    return 0;
}

/* ==== Printing ============================================================================ */

static void print_count(const terminal *s, uint64_t count, const char *one, const char *many)
{
    char number[FORMAT_NUMBER_SIZE];
    (void)printf("%s%9s%s  %s", terminal_style(s, STYLE_NUMBER), format_count(number, count),
                 terminal_style(s, STYLE_PLAIN), count == 1 ? one : many);
}

/* A count within a line. */
static void print_inner(const char *before, uint64_t count, const char *one, const char *many)
{
    char number[FORMAT_NUMBER_SIZE];
    (void)printf("%s%s %s", before, format_count(number, count), count == 1 ? one : many);
}

/* A copy is an article of a cluster that is not the one to keep. dedup keeps those of which too
 * much is in no kept article. */
static void print_stories(const terminal *s, const highlights *h, const tt_summary *summary)
{
    const tt_pair *dropped;
    size_t count;
    const char *line = "\n           ";
    char number[FORMAT_NUMBER_SIZE];
    print_count(s, summary->articles - summary->copies, "distinct story", "distinct stories");
    print_inner(", ", summary->copies, "copy", "copies");
    print_inner(s->columns < FEW_COLUMNS ? "\n           in " : " in ", summary->clusters,
                "cluster", "clusters");
    if (summary->copies > 0 && tt_result_dropped(h->result, &dropped, &count, NULL) == TT_OK)
        (void)printf("%sdedup drops %s of them", s->columns < FEW_COLUMNS ? line : "; ",
                     format_count(number, count));
    (void)putchar('\n');
}

static void print_pairs(const terminal *s, const highlights *h, const tt_summary *summary)
{
    const char *before = ": ";
    char number[FORMAT_NUMBER_SIZE];
    int column = 16;
    print_count(s, summary->pairs, "pair", "pairs");
    for (int k = TT_IDENTICAL; k <= TT_BOILERPLATE; k++) {
        const char *name = tt_relation_name((tt_relation)k);
        const int size = (int)(strlen(name) + strlen(format_count(number, h->relations[k]))) + 3;
        if (h->relations[k] == 0)
            continue;
        if (column + size >= s->columns)
            (void)printf("%s\n           ", before[0] == ',' ? "," : ":");
        (void)printf("%s%s %s", column + size >= s->columns ? "" : before,
                     format_count(number, h->relations[k]), name);
        column = column + size >= s->columns ? 11 + size : column + size;
        before = ", ";
    }
    (void)putchar('\n');
    if (summary->pairs_omitted > 0)
        print_count(s, summary->pairs_omitted, "more pair left out (--max-matches)\n",
                    "more pairs left out (--max-matches)\n");
}

static void print_counts(const terminal *s, const highlights *h, const session *r)
{
    const uint32_t wanted = tt_result_options(h->result)->find;
    char speed[60];
    const tt_summary *summary = tt_result_summary(h->result);
    session_describe_speed(r, speed, sizeof speed);
    if (s->columns < FEW_COLUMNS)
        speed[strcspn(speed, "(")] = '\0'; /* the time alone */
    print_count(s, summary->articles, "article ", "articles ");
    (void)printf("%s%s%s\n", terminal_style(s, STYLE_FAINT), speed, terminal_style(s, STYLE_PLAIN));
    if (r->rejected > 0)
        print_count(s, r->rejected, "record rejected (listed above)\n",
                    "records rejected (listed above)\n");
    if (wanted & TT_FIND_CLUSTERS)
        print_stories(s, h, summary);
    if (wanted & TT_FIND_PAIRS)
        print_pairs(s, h, summary);
    if (wanted & TT_FIND_SECTIONS)
        print_count(s, summary->sections, "passage found more than once\n",
                    "passages found more than once\n");
}

static void print_heading(const terminal *s, const char *words)
{
    (void)printf("\n%s%s%s\n", terminal_style(s, STYLE_STRONG), words,
                 terminal_style(s, STYLE_PLAIN));
}

/* Prints the first line of an entry, with a bar for the count, and the id of an article at its end
 * or, where there are few columns, on the next line. */
static void print_entry(const terminal *s, const highlights *h, uint64_t count, uint64_t most,
                        const char *words, uint64_t article)
{
    const tt_id id = tt_result_id(h->result, article);
    const int bar = most == 0 ? 0 : (int)((count * BAR_COLUMNS + most - 1) / most);
    const int narrow = s->columns < FEW_COLUMNS;
    char number[FORMAT_NUMBER_SIZE];
    int used = narrow ? INDENT : 8 + BAR_COLUMNS;
    (void)printf("%s%7s%s ", terminal_style(s, STYLE_NUMBER), format_count(number, count),
                 terminal_style(s, STYLE_PLAIN));
    if (!narrow) {
        terminal_repeat(s, "\xe2\x96\x88", "#", bar);
        (void)printf("%*s ", BAR_COLUMNS - bar, "");
    }
    used += printf("%s", words);
    if (narrow) {
        (void)printf("\n%*s", INDENT, "");
        used = INDENT;
    }
    (void)putchar(' ');
    (void)terminal_print_text(STYLE_STRONG, s, id.bytes, id.size, s->columns - used - 2);
    (void)putchar('\n');
}

static void print_text_line(const terminal *s, const char *text, size_t size)
{
    const int indent = s->columns < FEW_COLUMNS ? INDENT + 1 : 8 + BAR_COLUMNS + 1;
    (void)printf("%*s", indent, "");
    (void)terminal_print_text(STYLE_FAINT, s, text, size, s->columns - indent);
    (void)putchar('\n');
}

static void print_snippet(const terminal *s, const spool *texts, uint64_t article, uint64_t begin,
                          uint64_t end)
{
    char text[SNIPPET_BYTES];
    const size_t size = read_text(texts, article, begin, end, text);
    print_text_line(s, text, size);
}

static void print_clusters(const terminal *s, const spool *texts, const highlights *h)
{
    if (h->cluster_count > 0)
        print_heading(s, "Largest clusters");
    for (size_t i = 0; i < h->cluster_count; i++) {
        const tt_cluster *c = h->clusters[i];
        const char *headline = h->headlines[c->keep];
        char words[80];
        (void)snprintf(words, sizeof words, "articles, cluster %" PRIu64 ": keep", c->number);
        print_entry(s, h, c->count, h->clusters[0]->count, words, c->keep);
        if (headline != NULL)
            print_text_line(s, headline, strlen(headline));
        else
            print_snippet(s, texts, c->keep, 0, UINT64_MAX);
    }
}

static void print_sections(const terminal *s, const spool *texts, const highlights *h)
{
    if (h->section_count > 0)
        print_heading(s, s->columns < FEW_COLUMNS
                             ? "Passages repeated most"
                             : "Passages repeated most, beyond copies of one story");
    for (size_t i = 0; i < h->section_count; i++) {
        const tt_section *x = h->sections[i];
        const tt_occurrence *first = &x->occurrences[0];
        char words[80];
        (void)snprintf(words, sizeof words, "places, section %" PRIu64 ": %" PRIu64 " words,%s",
                       x->number, x->tokens, s->columns < FEW_COLUMNS ? "" : " first in");
        print_entry(s, h, x->count, h->sections[0]->count, words, first->article);
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
    (void)printf("  list all of them:     twicetold list result.jsonl%s",
                 h->cluster_count > 0 ? "" : " --sections");
    print_inputs(s, given);
    (void)putchar('\n');
    if (h->cluster_count > 0)
        (void)printf("  side by side:         twicetold show result.jsonl --cluster %" PRIu64,
                     h->clusters[0]->number);
    else
        (void)printf("  side by side:         twicetold show result.jsonl --section %" PRIu64,
                     h->sections[0]->number);
    print_inputs(s, given);
    (void)putchar('\n');
}

int scan_overview_print(overview_texts *kept, const session *r)
{
    spool *texts = &kept->texts;
    terminal s;
    highlights h;
    int rc = find_highlights(&h, r->found);
    h.headlines = kept->headlines;
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
