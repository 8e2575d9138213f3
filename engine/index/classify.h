/*
 * What one article is to those before it. Candidates, numbers and repeats come from the code of a
 * scan, asked for one document at a time, so a verdict agrees with a scan of the articles so far.
 *
 * It takes two steps. A comparison finds an article's candidates and compares it with them: any
 * thread can do that, since it reads the table alone. The decision follows from it, article by
 * article in order, since the repeats of one depend on those of the others.
 */
#ifndef TTI_INDEX_CLASSIFY_H
#define TTI_INDEX_CLASSIFY_H

#include "index/decisions.h"
#include "index/repeats_cache.h"

/** A passage that an article shares with an earlier one. Token extents. */
typedef struct tti_match_passage {
    uint32_t begin, end;
    uint32_t of_begin, of_end;
    double similarity;
} tti_match_passage;

/** An earlier document that a rule admits or that shares passages. */
typedef struct tti_doc_match {
    uint32_t of;
    int admitted;
    tt_pair pair; /**< side a: `of` */
    tti_facts facts;
    size_t passage_begin, passage_count;
} tti_doc_match;

/** The best pair so far: by the rules, and by passages alone. */
typedef struct tti_best_pair {
    uint32_t of; /**< TTI_NONE: none yet */
    tt_pair pair;
    tti_facts facts;
    uint64_t new_tokens;
    int has_section, admitted;
    int has_new_paragraph; /**< set of the best by the rules alone */
} tti_best_pair;

/** Which articles a verdict may name, by their sources. */
typedef struct tti_source_rules {
    int32_t which;   /**< tt_sources */
    char *preferred; /**< names, the best first, with commas between them; NULL: none */
    size_t size;     /**< of them, with a NUL */
} tti_source_rules;

/** An article compared with those before it. Zeroed, it is empty. */
typedef struct tti_comparison {
    tt_id id; /**< of the article, for what was decided about it; this and the source
                   are set by tti_comparison_begin() */
    const char *source;
    size_t source_size;
    const tti_source_rules *sources; /**< NULL: there are none */
    uint32_t number;                 /**< in the table, or what it would be */
    uint32_t same;                   /**< the document with the same tokens, or TTI_NONE */
    size_t notice_count;             /**< of the list that it was compared by */
    uint32_t copies;                 /**< of it, among the earlier documents */
    TTI_ARRAY(tti_notice_place) notice_places; /**< what it may share with them as a notice */
    tti_verified passages; /**< shared with earlier documents, where they are sections */
    tti_best_pair admitted, with_section;
    TTI_ARRAY(tti_doc_match) matches; /**< if they are wanted: best first */
    TTI_ARRAY(tti_match_passage) match_passages;
} tti_comparison;

void tti_comparison_free(tti_comparison *c);

/** A verdict in the table's numbers. Arrays are borrowed until the next decision. */
typedef struct tti_decision {
    tt_verdict_kind kind;
    uint32_t of;     /**< article, or TTI_NONE */
    tt_pair pair;    /**< side a: `of`; side b: the article */
    tti_facts facts; /**< what differs in it */
    int admitted;    /**< some rule admits the pair */
    uint64_t new_tokens;
    uint32_t number;                 /**< the article's own, or what it would be */
    const tti_token_repeat *repeats; /**< of_doc: an article, or its own number */
    size_t repeat_count;
    const tti_comparison *comparison; /**< that it follows from; NULL: it has no matches */
} tti_decision;

/** The numbers of two articles with the same tokens. */
extern const tt_pair tti_identical_pair;

typedef struct tti_classifier {
    tti_article_table *table;
    const tt_options *options;
    const tti_decisions *decisions;
    int with_matches; /**< comparisons list every match */
    tti_seed_rules rules;
    TTI_ARRAY(tti_comparer) comparers; /**< one a thread; the first serves all that goes in order */
    tti_repeats_cache cache;
    tti_notices notices;       /**< that the index was given, or has learned */
    int keeps_notices;         /**< what a decision learns stays; else it goes with the next one */
    size_t kept_notices;       /**< those that stay */
    tti_source_rules sources;  /**< likewise */
    tti_comparison comparison; /**< of tti_classify() */
} tti_classifier;

tt_status tti_classifier_init(tti_classifier *c, tti_article_table *table,
                              const tti_decisions *decisions, const tt_options *options,
                              tt_error *error);
void tti_classifier_free(tti_classifier *c);

/** Makes comparers for so many threads. @return TT_OK, TT_ENOMEM */
tt_status tti_classifier_reserve(tti_classifier *c, int threads, tt_error *error);
/** Says which article is to be compared, and whether the rules for sources hold. */
void tti_comparison_begin(tti_comparison *x, const tti_classifier *c, const tti_db_row *row,
                          int by_sources);
/** The first step, with the comparer of a thread: the table does not change meanwhile. `number`:
 * the article's in the table, whose seeds are in the postings, or the table's count for one that is
 * not in it. */
tt_status tti_compare_with_earlier(const tti_classifier *c, int thread, const tti_doc *doc,
                                   uint32_t number, tti_comparison *out, tt_error *error);
/** The second, in the order of the articles. */
tt_status tti_decide(tti_classifier *c, const tti_doc *doc, tti_comparison *comparison,
                     tti_decision *out, tt_error *error);
/** Keeps the repeats of the last decision, which was about document `doc` of the table. */
void tti_classifier_keep_repeats(tti_classifier *c, uint32_t doc);

/** Both steps for tokens that are not in the table, of the article c->comparison.id. */
tt_status tti_classify(tti_classifier *c, const tti_doc *doc, tti_decision *out, tt_error *error);
/** The verdict on a new version of `article`. */
tt_status tti_classify_version(tti_classifier *c, const tti_doc *doc, uint32_t article,
                               tti_decision *out, tt_error *error);

#endif
