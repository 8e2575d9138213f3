/* Finds pairs, clusters and sections among articles in memory, then queries with one more. */
#include <twicetold.h>

#include <stdio.h>
#include <string.h>

#define STORY                                                                                      \
  "A coastal ferry carrying 214 passengers ran aground in thick fog off Port Aldery early on "     \
  "Tuesday and was held fast on a sandbank for nine hours. Nobody was hurt, the harbour "          \
  "master said, and the school choir on board sang for most of the morning."
#define UPDATE " The shipping inspectorate has opened an inquiry into a marker buoy that drifted."
#define PRICES "Wheat opened two cents higher on the Sarn exchange; barley and oats did not move."

static tt_article article(const char *id, const char *text)
{
    tt_article a = {0};
    a.id = id, a.id_size = strlen(id);
    a.text = text, a.text_size = strlen(text);
    a.published = TT_NO_TIME;
    return a;
}

static void print_result(const tt_result *result)
{
    size_t pair_count, cluster_count, section_count;
    const tt_pair *pairs = tt_result_pairs(result, &pair_count);
    const tt_cluster *clusters = tt_result_clusters(result, &cluster_count);
    const tt_section *sections = tt_result_sections(result, &section_count);
    for (size_t i = 0; i < pair_count; i++)
        printf("pair %d %d: %s, resemblance %.2f, overlap %.2f and %.2f\n", (int)pairs[i].a,
               (int)pairs[i].b, tt_relation_name((tt_relation)pairs[i].relation),
               pairs[i].resemblance, pairs[i].overlap_a, pairs[i].overlap_b);
    for (size_t i = 0; i < cluster_count; i++)
        printf("cluster of %zu: keep %d\n", clusters[i].count, (int)clusters[i].keep);
    for (size_t i = 0; i < section_count; i++)
        for (size_t k = 0; k < sections[i].count; k++)
            printf("section %d: article %d, bytes %d to %d\n", (int)sections[i].number,
                   (int)sections[i].occurrences[k].article, (int)sections[i].occurrences[k].begin,
                   (int)sections[i].occurrences[k].end);
}

static int print_matches(void *ctx, const tt_verdict *verdicts, size_t count)
{
    (void)ctx;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < verdicts[i].match_count; k++)
            printf("the new text shares %.0f %% of its words with %.*s\n",
                   100 * verdicts[i].matches[k].overlap, (int)verdicts[i].matches[k].of.size,
                   verdicts[i].matches[k].of.bytes);
    return 0;
}

static tt_status run(tt_scan *scan, tt_result **result, tt_index *index, tt_error *error)
{
    const tt_article articles[] = {article("wire", STORY), article("prices", PRICES),
                                   article("courier", "PORT ALDERY, May 8. " STORY UPDATE),
                                   article("again", STORY)};
    const tt_article fresh = article("fresh", "Evening edition. " STORY);
    tt_status status = tt_scan_add(scan, articles, 4, NULL, error);
    if (status == TT_OK)
        status = tt_scan_finish(scan, result, error);
    if (status == TT_OK)
        print_result(*result);
    if (status == TT_OK)
        status = tt_index_add(index, articles, 4, NULL, NULL, NULL, error);
    if (status == TT_OK)
        status = tt_index_query(index, &fresh, 1, NULL, print_matches, NULL, error);
    return status;
}

int main(void)
{
    tt_scan *scan = NULL;
    tt_result *result = NULL;
    tt_index *index = NULL;
    tt_error error;
    tt_status status = tt_scan_open(&scan, NULL, &error);
    if (status == TT_OK) /* in memory */
        status = tt_index_open(&index, NULL, TT_INDEX_MATCHES, NULL, &error);
    if (status == TT_OK)
        status = run(scan, &result, index, &error);
    if (status != TT_OK)
        fprintf(stderr, "%s: %s\n", tt_status_name(status), error.message);
    tt_index_close(index);
    tt_result_close(result);
    tt_scan_close(scan);
    return status == TT_OK ? 0 : 1;
}
