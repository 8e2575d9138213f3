/* index add, index import and index query: articles of files to an index. */
#define _POSIX_C_SOURCE 200809L
#include <unistd.h>

#include "cmd_index_articles.h"
#include "feeding.h"
#include "message.h"

static int run_add(const settings *s)
{
    feeding f = {.adds = 1};
    if (s->input_count < 2)
        return message_usage(s->command, "give an INDEX and INPUT");
    return feeding_run(&f, s, 0, s->inputs + 1, s->input_count - 1);
}

/* Decisions follow the articles that they are about. What was exported has texts, and so has an
 * index that is made for it. */
static int run_import(const settings *s)
{
    feeding f = {.adds = 1, .imports = 1};
    settings made = *s;
    int rc = 0;
    if (s->input_count < 1 || (s->input_count < 2 && s->decisions == NULL))
        return message_usage(s->command, "give an INDEX, and INPUT or --decisions FILE");
    if (access(s->inputs[0], F_OK) != 0)
        made.engine.keep_text = 1;
    if (s->input_count > 1)
        rc = feeding_run(&f, &made, TT_INDEX_CREATE, s->inputs + 1, s->input_count - 1);
    if (s->decisions != NULL && (rc == EXIT_DONE || rc == EXIT_REJECTED)) {
        const int stored = decisions_store(s->inputs[0], s);
        rc = stored != 0 ? stored : rc;
    }
    return rc;
}

static int run_query(const settings *s)
{
    feeding f = {.verdicts = 1, .lists_matches = s->all};
    if (s->input_count < 2)
        return message_usage(s->command, "give an INDEX and INPUT");
    return feeding_run(&f, s, TT_INDEX_READ | (s->all ? TT_INDEX_MATCHES : 0), s->inputs + 1,
                       s->input_count - 1);
}

const subcommand add_command = {
    .name = "index add",
    .bit = FOR_ADD,
    .operands = "INDEX INPUT...",
    .about = "add articles; one whose id is there replaces the other",
    .text = "Adds articles to an index. INPUT as for scan. One whose id is there replaces the\n"
            "article with it, unless its version is a lower number. One without an id is\n"
            "named FILE#DIGEST, by its content. There are no verdicts: 'twicetold watch'\n"
            "gives them.",
    .example = "twicetold index add feed.db archive/",
    .run = run_add,
};

const subcommand import_command = {
    .name = "index import",
    .bit = FOR_IMPORT,
    .operands = "INDEX [INPUT...]",
    .about = "add what index export wrote, and decisions",
    .text = "Adds articles, as index add, but with the times at which they came to the index\n"
            "that they were exported from, and then stores the decisions of --decisions. A\n"
            "missing INDEX is created, with texts. What was exported has no verdicts\n"
            "and no stories; 'twicetold index merge' adds them too.",
    .example = "twicetold index import feed.db all.jsonl --decisions decided.jsonl",
    .run = run_import,
};

const subcommand query_command = {
    .name = "index query",
    .bit = FOR_QUERY,
    .operands = "INDEX INPUT...",
    .about = "say whether articles have been seen before; store nothing",
    .text = "Writes a verdict on each article, a JSON line, to standard output, against what\n"
            "is in the index. INPUT as for scan. Nothing is stored.",
    .example = "twicetold index query feed.db new.jsonl",
    .run = run_query,
};
