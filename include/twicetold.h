/*
 * twicetold.h - finds near-duplicate articles and the passages that articles repeat
 *
 * Contents
 *   1  Version and errors                          stable
 *   2  Options               tt_options            stable
 *   3  Scanning              tt_scan               stable
 *   4  Results               tt_result             stable
 *   5  Alignment             tt_align              experimental
 *   6  Signatures            tt_signatures         experimental
 *   7  Reading               tt_reader             stable
 *   8  Writing               tt_result_write       stable
 *   9  Evaluation            tt_eval               experimental
 *  10  The living index      tt_index              stable
 *
 * Until version 1.0, stable declarations change only by additions; experimental ones may change in
 * any minor version.
 *
 * Example: the pairs among three articles.
 *
 *     #include <stdio.h>
 *     #include <twicetold.h>
 *
 *     #define ARTICLE(i, t) {.id = i, .id_size = 1, .text = t, .text_size = sizeof t - 1}
 *
 *     int main(void)
 *     {
 *         const tt_article articles[] = {ARTICLE("a", "The ferry ran aground in fog on Tuesday."),
 *                                        ARTICLE("b", "Rain is expected in the north."),
 *                                        ARTICLE("c", "The ferry ran aground in fog on Tuesday.")};
 *         tt_scan *scan = NULL;
 *         tt_result *result = NULL;
 *         tt_error error = {0};
 *         size_t count;
 *         if (tt_scan_open(&scan, NULL, &error) != TT_OK ||
 *             tt_scan_add(scan, articles, 3, NULL, &error) != TT_OK ||
 *             tt_scan_finish(scan, &result, &error) != TT_OK)
 *             fprintf(stderr, "%s\n", error.message);
 *         const tt_pair *pairs = tt_result_pairs(result, &count);
 *         for (size_t k = 0; k < count; k++)
 *             printf("%s, %s: %s\n", articles[pairs[k].a].id, articles[pairs[k].b].id,
 *                    tt_relation_name(pairs[k].relation));
 *         tt_result_close(result);
 *         tt_scan_close(scan);
 *         return error.status == TT_OK ? 0 : 1;
 *     }
 *
 * Text. Text is UTF-8 with an explicit size in bytes. It is never modified and need not end with a
 * NUL. Extents are half-open ranges of bytes, [begin, end), of the text as it was given.
 *
 * NULL. An argument may be NULL where its description says so. So may every tt_error, where the
 * caller does not want details, and the handle given to a function that closes it. Anywhere else
 * NULL makes a function that returns a tt_status return TT_EINVAL; a function that returns a
 * pointer or a count returns NULL or 0 for a NULL handle; a function that returns nothing does
 * nothing.
 *
 * Versions of structs. A struct with a `struct_size` is set up with its ..._INIT macro, and zero is
 * the default of every field. Fields are only ever appended. A shorter struct, of an older caller,
 * leaves the fields it lacks at their defaults; a longer one, of a newer caller, is accepted if
 * everything beyond the fields this library knows is zero, and is TT_EINVAL otherwise. `reserved`
 * fields are zero.
 *
 * Threads. A scan, a reader or an index belongs to one thread at a time. A result never
 * changes and may be read by any number of threads. The library starts no thread that outlives a
 * call, prints nothing, and never ends the process. Callbacks run on the calling thread. One that
 * is called by a scan or an index may not use that scan or index: its calls are TT_EINVAL, and
 * closing does nothing.
 *
 * Results do not depend on the number of threads, on the processor, or on OpenMP.
 */
#ifndef TT_H
#define TT_H

#include <stddef.h>
#include <stdint.h>

#define TT_VERSION_MAJOR 0
#define TT_VERSION_MINOR 2
#define TT_VERSION_PATCH 0
#define TT_VERSION_NUMBER (TT_VERSION_MAJOR * 10000 + TT_VERSION_MINOR * 100 + TT_VERSION_PATCH)

#if defined(_WIN32) && defined(TT_SHARED)
#  ifdef TT_BUILDING
#    define TT_API __declspec(dllexport)
#  else
#    define TT_API __declspec(dllimport)
#  endif
#elif defined(__GNUC__)
#  define TT_API __attribute__((visibility("default")))
#else
#  define TT_API
#endif

#if defined(__GNUC__)
#  define TT_NODISCARD __attribute__((warn_unused_result))
#else
#  define TT_NODISCARD
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ==== Version and errors ====================================================================== */

/** The version of the linked library, as TT_VERSION_NUMBER. Threads: any. */
TT_API uint32_t tt_version(void);

/** The same as text, "0.2.0"; never NULL. Threads: any. */
TT_API const char *tt_version_string(void);

/** The outcome of a call. The values never change; treat an unknown one as a failure. */
typedef enum tt_status {
    TT_OK = 0,
    TT_EINVAL = -1,     /**< an argument or option is not allowed */
    TT_ENOMEM = -2,     /**< the allocator returned NULL */
    TT_EIO = -3,        /**< the operating system refused; the message says why */
    TT_EFORMAT = -4,    /**< the input is malformed; `where` is the byte offset or line */
    TT_EVERSION = -5,   /**< the file has a format that this library does not read */
    TT_ELIMIT = -6,     /**< a documented limit would be exceeded */
    TT_ESTOPPED = -7,   /**< a callback asked to stop */
    TT_EDUPLICATE = -8, /**< an article with this id was added before */
    TT_ELOCKED = -9,    /**< another process is writing to the index */
    TT_EINTERNAL = -99  /**< there is a bug in this library; please report it */
} tt_status;

/** A constant English name for a status, never NULL. Threads: any. */
TT_API const char *tt_status_name(tt_status status);

/** Details of a failure, usually on the caller's stack. A function that returns TT_OK leaves it as
 * it was. */
typedef struct tt_error {
    tt_status status;
    uint64_t where;    /**< the byte offset, line or article that failed, or UINT64_MAX */
    char message[240]; /**< UTF-8, ends with a NUL */
} tt_error;

/** A source of memory; a NULL pointer to one stands for malloc() and free(). All three functions
 * must be set, and may be called from any thread. `resize` must accept an `old` of NULL, with an
 * old_size of 0; no other size is ever 0. */
typedef struct tt_allocator {
    void *(*alloc)(void *ctx, size_t size);
    void *(*resize)(void *ctx, void *old, size_t old_size, size_t new_size);
    void (*release)(void *ctx, void *old, size_t size);
    void *ctx;
} tt_allocator;

/* ==== Options ================================================================================= */

/** Turns a rule off. */
#define TT_OFF (-1.0)

/** How the text of an article is cut into paragraphs. */
typedef enum tt_paragraphs {
    TT_PARAGRAPHS_AUTO = 0,  /**< at blank lines if there are any, and at line ends otherwise, but
                                  not where a line was only wrapped */
    TT_PARAGRAPHS_LINE = 1,  /**< at line ends */
    TT_PARAGRAPHS_BLANK = 2, /**< at blank lines */
    TT_PARAGRAPHS_NONE = 3   /**< nowhere: an article is one paragraph */
} tt_paragraphs;

/** Which article of a cluster is kept. Ties go to the first in the input. */
typedef enum tt_keep {
    TT_KEEP_LONGEST = 0, /**< the one with most tokens */
    TT_KEEP_FIRST = 1,   /**< the first in the input */
    TT_KEEP_NEWEST = 2,  /**< the last that was published; articles without a time come last */
    TT_KEEP_SOURCE = 3   /**< the one whose source is named first in keep_sources; articles of other
                              sources come last, the longest first */
} tt_keep;

/** What to look for. 0 stands for pairs, clusters and sections. */
enum {
    TT_FIND_PAIRS = 1u << 0,
    TT_FIND_CLUSTERS = 1u << 1,
    TT_FIND_SECTIONS = 1u << 2,
    TT_FIND_SERIES = 1u << 3,  /**< also list series pairs that only the rule for overlap admits */
    TT_FIND_OVERLAPS = 1u << 4 /**< compute overlaps even if no rule needs them */
};

/**
 * Receives the progress of a long call: `done` of `total` units of a stage ("read", "text",
 * "sketch", "seed", "verify" or "section"); `total` is 0 if it is not known. @return 0 to go on,
 * anything else to stop the call, which then returns TT_ESTOPPED
 */
typedef int (*tt_progress_fn)(void *ctx, const char *stage, uint64_t done, uint64_t total);

/** Options of a scan or an index. Start from TT_OPTIONS_INIT; zero stands for the default of every
 * field. Strings are copied. */
typedef struct tt_options {
    size_t struct_size;      /**< sizeof(tt_options) */
    uint32_t find;           /**< TT_FIND_* */
    uint32_t shingle_tokens; /**< tokens of a shingle, 1 to 64, default 5. Below 4, pairs that only
                                  their containment admits are found if they have a run of four
                                  tokens in common */
    uint32_t num_hashes;     /**< MinHash values of a signature, 16 to 1024, default 128 */
    uint32_t bands;          /**< LSH bands, a divisor of num_hashes; 0: chosen for the rule for
                                  resemblance */
    uint32_t min_section;    /**< tokens of the shortest section, 6 or more, default 32. Below 9
                                  every run of four tokens is looked up, which takes longer but
                                  always finds what two articles share word for word, even a whole
                                  short text, unless a run of four in it is in more than 48 places,
                                  or in 16 of one article */
    uint32_t max_matches;    /**< earlier articles that an article is paired with, at most: 1 to
                                  1048576, default 64 */
    double resemblance;      /**< rule: the least resemblance of a pair, up to 1, default 0.7;
                                  TT_OFF */
    double containment;      /**< rule: the least containment of either article in the other,
                                  default 0.8; TT_OFF. It and overlap admit no article of fewer
                                  than 25 tokens with one of half as many again */
    double overlap;          /**< rule: the least overlap of the shorter article, default 0.5;
                                  TT_OFF */
    double facts;            /**< the agreement in facts below which a pair is a series; default:
                                  decided by which facts differ, and how many (docs/quality.md);
                                  TT_OFF: no pair is a series */
    double drop;             /**< the share of an article's tokens that the kept article must have
                                  for it to be dropped, default 0.8 */
    uint64_t seed;           /**< the seed of every hash, default 0 */
    uint64_t max_article_bytes; /**< the longest text accepted, up to 1 GiB, default 16 MiB. One
                                     article takes up to 140 times its size of memory */
    int32_t paragraphs;         /**< tt_paragraphs */
    int32_t keep;               /**< tt_keep */
    const char *keep_sources; /**< for TT_KEEP_SOURCE: names separated by commas, the best first */
    int32_t threads;          /**< threads that a call may use, up to 256; 0: one for each core; 1
                                   starts none */
    uint32_t reserved;
    const tt_allocator *allocator; /**< may be NULL; borrowed as long as the handle is open */
    tt_progress_fn progress;       /**< may be NULL */
    void *progress_ctx;
    uint64_t memory_limit; /**< about how many bytes the process may hold in memory, 32 MiB or more:
                                what is beyond them is in a temporary file. 0: no limit and no file.
                                The result is the same for every limit */
    const char *temp_dir;  /**< the directory of that file; NULL: $TMPDIR, or /tmp */
    int32_t keep_text;     /**< 1: an index keeps the texts and titles of its articles, compressed,
                                and not their words alone; default 0 */
    uint32_t reserved_2;
} tt_options;

#ifdef __cplusplus
#  define TT_OPTIONS_INIT                                                                          \
    {                                                                                              \
      sizeof(tt_options)                                                                           \
    }
#else
#  define TT_OPTIONS_INIT                                                                          \
    {                                                                                              \
      .struct_size = sizeof(tt_options)                                                            \
    }
#endif

/** Checks `options`, which may be NULL, and writes them with the defaults filled in.
 * @return TT_OK; TT_EINVAL, and the message names the field */
TT_API TT_NODISCARD tt_status tt_options_resolve(const tt_options *options, tt_options *out,
                                                 tt_error *error);

/** What an option takes, and the type of its field. */
typedef enum tt_option_type {
    TT_OPTION_FLAGS = 0,   /**< uint32_t: a sum of TT_FIND_* */
    TT_OPTION_COUNT = 1,   /**< uint32_t: a whole number */
    TT_OPTION_SIZE = 2,    /**< uint64_t: a number of bytes */
    TT_OPTION_SEED = 3,    /**< uint64_t: any number */
    TT_OPTION_RULE = 4,    /**< double: a number above 0 and up to 1, or TT_OFF */
    TT_OPTION_SHARE = 5,   /**< double: a number above 0 and up to 1 */
    TT_OPTION_CHOICE = 6,  /**< int32_t: one of an enumeration */
    TT_OPTION_THREADS = 7, /**< int32_t: a number of threads */
    TT_OPTION_PATH = 8,    /**< const char *: the path of a folder */
    TT_OPTION_SWITCH = 9   /**< int32_t: 0 or 1 */
} tt_option_type;

/** An option of tt_options, for programs that take options by name. */
typedef struct tt_option {
    const char *field; /**< its field in tt_options */
    const char *name;  /**< its name in results and in the command, which writes '-' for '_' */
    const char *python_name;
    size_t offset; /**< of the field, in bytes */
    tt_option_type type;
    double default_value;     /**< what 0 stands for; 0: none, or chosen from the other options */
    uint64_t min, max;        /**< the range of whole numbers, both included */
    const char *const *words; /**< names of choices or flags, by number or bit, and NULL; or NULL */
    int32_t in_results;       /**< 1: it can change what is found, and a summary names it */
    int32_t index_order;      /**< its place among the options that an index keeps, or -1 */
} tt_option;

/** All options that have a name, in the order in which a summary lists them. Threads: any. */
TT_API const tt_option *tt_option_list(size_t *count);

/* ==== Scanning ================================================================================ */

/** A scan in progress. */
typedef struct tt_scan tt_scan;

enum {
    TT_ARTICLE_INTEGER_ID = 1u << 0, /**< the id is an integer of JSON, and is written as one */
    TT_ARTICLE_WITHDRAWN = 1u << 1,  /**< says that the item is withdrawn: an index keeps the text
                                          that it had as a tombstone; a scan ignores it */
    TT_ARTICLE_CORRECTION = 1u << 3  /**< says that it is a correction: to an index it is no
                                          duplicate or update, but a correction */
};

/** The time of an article that has none. */
#define TT_NO_TIME INT64_MIN

/**
 * The time that RFC 3339 text gives, in microseconds since 1970-01-01 UTC:
 * "2026-03-12T09:15:00.5Z", with another offset such as +01:00, without one, which means UTC, or as
 * a date alone, which means its midnight. Fractions of a microsecond are cut off. @return
 * TT_NO_TIME if the text is not a time, or not one of the calendar, such as 2025-02-31. Threads:
 * any.
 */
TT_API int64_t tt_time_parse(const char *text, size_t size);

/** The id of an article, as in tt_article. */
typedef struct tt_id {
    const char *bytes; /**< NULL: none */
    size_t size;
    uint32_t flags; /**< TT_ARTICLE_INTEGER_ID */
    uint32_t reserved;
} tt_id;

/** An article. What it points to need only last for the call; a pointer may be NULL if its size is
 * 0. */
typedef struct tt_article {
    const char *id; /**< unique; with TT_ARTICLE_INTEGER_ID its digits */
    size_t id_size;
    const char *text;
    size_t text_size;
    const char *source; /**< for TT_KEEP_SOURCE */
    size_t source_size;
    int64_t published; /**< microseconds since 1970-01-01 UTC, or TT_NO_TIME */
    uint32_t flags;    /**< TT_ARTICLE_* */
    uint32_t reserved;
    const char *version; /**< of the item; only an index keeps it */
    size_t version_size;
    const char *title; /**< only an index that keeps texts keeps it */
    size_t title_size;
    int64_t arrival; /**< when another index got it, microseconds since 1970-01-01 UTC; 0: it comes
                          now. No reader sets it */
    /* What follows is for an index alone. No number depends on it. */
    const char *language; /**< a tag, as "en-GB" */
    size_t language_size;
    const char *pubstatus; /**< its status of publication, as "usable" or "withheld" */
    size_t pubstatus_size;
    int64_t embargoed; /**< it may not be published before; microseconds since 1970-01-01 UTC, or
                            0 */
    int64_t expires;   /**< it is of no use after; likewise */
    tt_id replacing;   /**< the item whose place it takes in an index, as a version of it would */
    tt_id replaced_by; /**< the item that has taken its place: where the index has that one, this
                            is late, and not added */
} tt_article;

/** Starts a scan. `options`, which may be NULL, are copied.
 * @return TT_OK, TT_EINVAL, TT_ENOMEM, TT_EIO. Owner: the caller, tt_scan_close(). */
TT_API TT_NODISCARD tt_status tt_scan_open(tt_scan **out, const tt_options *options,
                                           tt_error *error);

/**
 * Adds articles in order. One that cannot be accepted is skipped: statuses[i] is TT_OK, TT_EFORMAT
 * (the text or the id is not UTF-8), TT_ELIMIT (the text is longer than max_article_bytes),
 * TT_EDUPLICATE or TT_EINVAL (there is no id). Accepted articles get the next numbers. `statuses`
 * may be NULL; then an article that cannot be accepted fails the call.
 *
 * @return TT_OK; TT_EINVAL, TT_ENOMEM, TT_ELIMIT (over 2^31 - 2 articles), TT_ESTOPPED, TT_EIO (the
 * temporary file of a memory_limit), and then nothing was added.
 *
 * Cost: linear in the bytes added. Memory: about 6 bytes for each token, which in English is 6
 * bytes of text; 4 if only resemblance is asked for.
 */
TT_API TT_NODISCARD tt_status tt_scan_add(tt_scan *scan, const tt_article *articles, size_t count,
                                          tt_status *statuses, tt_error *error);

/** Writes why tt_scan_add(), tt_index_add() or tt_index_query() gave an article this status, in
 * English without a full stop: "no id", "id \"a-1\" was seen before". `out` has room for `size`
 * bytes, of which 200 are enough, and ends with a NUL. Threads: any. */
TT_API void tt_article_refusal(const tt_article *article, tt_status status, char *out, size_t size);

/** Frees a scan. */
TT_API void tt_scan_close(tt_scan *scan);

/* ==== Results ================================================================================= */

/**
 * What a scan found, or what a result file says. Articles have numbers from 0: those of a scan in
 * the order in which it accepted them, those of a file in the order in which the file names them.
 * Everything that these functions return belongs to the result, which never changes.
 */
typedef struct tt_result tt_result;

/** No article: the number of an id that a result does not name. */
#define TT_NO_ARTICLE UINT64_MAX

/** Gives a scan the notices of a result, such as yesterday's, in place of those that it would
 * learn, so that its relations are those of any other scan or index with the same list. They are
 * copied. @return TT_OK; TT_EINVAL (the result has another seed); TT_ENOMEM */
TT_API TT_NODISCARD tt_status tt_scan_notices(tt_scan *scan, const tt_result *result,
                                              tt_error *error);

/** Finds what the options ask for among the articles added, and leaves the scan empty.
 * @return TT_OK, TT_ENOMEM, TT_ESTOPPED, TT_ELIMIT, TT_EIO. Owner: the caller, tt_result_close().
 */
TT_API TT_NODISCARD tt_status tt_scan_finish(tt_scan *scan, tt_result **out, tt_error *error);

/**
 * Reads a whole result file: JSON Lines, plain or compressed with gzip or zstd. Lines of unknown
 * types are skipped. `allocator` may be NULL.
 * @return TT_OK; TT_EIO; TT_EFORMAT (`where` is the line, and the message is "FILE:LINE: reason");
 * TT_ELIMIT; TT_ENOMEM. Owner: the caller, tt_result_close().
 * Memory: about 80 bytes for each pair, 50 for each occurrence and 90 for each article.
 */
TT_API TT_NODISCARD tt_status tt_result_read(tt_result **out, const char *path,
                                             const tt_allocator *allocator, tt_error *error);

/** Frees a result, which no thread may be using. */
TT_API void tt_result_close(tt_result *result);

/** How the two articles of a pair relate. */
typedef enum tt_relation {
    TT_IDENTICAL = 0,  /**< They have the same tokens. */
    TT_NEAR = 1,       /**< They share most of their text, and neither is much longer. */
    TT_CONTAINS = 2,   /**< a contains b and has at least half as many tokens again. */
    TT_CONTAINED = 3,  /**< b contains a and has at least half as many tokens again. */
    TT_SERIES = 4,     /**< They have the same form but different facts: they are not copies. */
    TT_RELATED = 5,    /**< They share text, but each has much of its own, or some and was published
                            more than two weeks before or after the other: two stages of a story,
                            reports that quote the same statement. */
    TT_BOILERPLATE = 6 /**< What they share is a notice, such as a paywall or a letterhead: apart
                            from it they tell different things (docs/quality.md). They are not
                            copies. */
} tt_relation;

/** True of the relations between copies, of which clusters are made. */
#define TT_IS_COPY(relation) ((relation) < TT_SERIES)

/** "identical", "near", "contains", "contained", "series", "related" or "boilerplate"; never NULL.
 * Threads: any. */
TT_API const char *tt_relation_name(tt_relation relation);

/**
 * Two similar articles, a < b. The numbers are counted, never estimated: those of A and B over the
 * sets of shingles of the two articles, whose tokens are compared by 32 bits of their hashes
 * (docs/quality.md says what that means), and the overlaps over their alignment. A number is NAN
 * where the options made it unnecessary and it was not computed. The layout never changes.
 */
typedef struct tt_pair {
    uint64_t a, b;
    double resemblance;   /**< |A n B| / |A u B| */
    double containment_a; /**< |A n B| / |A| */
    double containment_b; /**< |A n B| / |B| */
    double overlap_a;     /**< share of a's tokens that align with b */
    double overlap_b;
    double facts;     /**< share of the facts in the aligned text that agree; 1 if there are none */
    int32_t relation; /**< tt_relation */
    uint32_t conflicts; /**< slots of the aligned text, beside four or more equal tokens, where a
                             numeral, date or name of a that is nowhere in b faces another one of b
                             that is nowhere in a; 0 where `facts` is NAN */
} tt_pair;

/** What a difference is about. */
typedef enum tt_difference_kind {
    TT_DIFFERS_NUMERAL = 0, /**< a number in digits, or a number word */
    TT_DIFFERS_DATE = 1,    /**< a month or a day of the week */
    TT_DIFFERS_NAME = 2     /**< a word with a capital that does not begin a sentence */
} tt_difference_kind;

/** "numeral", "date" or "name"; never NULL. Threads: any. */
TT_API const char *tt_difference_kind_name(tt_difference_kind kind);

enum { TT_MOST_DIFFERENCES = 8 /**< that are listed of a pair: its first conflicts */ };

/** A conflict of a pair: what a says, and what b says in its place. */
typedef struct tt_difference {
    uint64_t begin_a, end_a; /**< bytes of a's text */
    uint64_t begin_b, end_b; /**< bytes of b's text */
    int32_t kind;            /**< tt_difference_kind */
    uint32_t reserved;
} tt_difference;

/** Every pair: of a scan sorted by (a, b), of a file in the file's order. */
TT_API const tt_pair *tt_result_pairs(const tt_result *result, size_t *count);

/**
 * The first conflicts of the pair of articles a and b, in either order; also of a pair that only
 * tt_result_dropped() lists. What article `a` says is on side a. `out` has room for
 * TT_MOST_DIFFERENCES. @return how many there are, in order of a; 0 also where there is no such
 * pair, and of a result that was read from a file
 */
TT_API size_t tt_result_differences(const tt_result *result, uint64_t a, uint64_t b,
                                    tt_difference *out);

/**
 * The pairs of one article: *out has *count positions in the array of tt_result_pairs(), ascending.
 * The first call makes an index of all pairs, 16 bytes for each pair and 8 for each article.
 * @return TT_OK, TT_EINVAL (no such article), TT_ENOMEM
 */
TT_API TT_NODISCARD tt_status tt_result_pairs_of(const tt_result *result, uint64_t article,
                                                 const uint64_t **out, size_t *count,
                                                 tt_error *error);

/** An article that is kept and those that tell the same story: each is a copy of the one that is
 * kept and has most of itself in it, and no other one that is kept has clearly more of it. */
typedef struct tt_cluster {
    uint64_t number;         /**< from 1; a file's own */
    uint64_t keep;           /**< the article that is kept */
    const uint64_t *members; /**< `keep` among them; of a scan ascending */
    size_t count;            /**< of a scan 2 or more */
} tt_cluster;

/** Every cluster, no article in two of them: of a scan sorted by first member. */
TT_API const tt_cluster *tt_result_clusters(const tt_result *result, size_t *count);

/** One of the places where the text of a section occurs. */
typedef struct tt_occurrence {
    uint64_t article;
    uint64_t begin, end;       /**< bytes of the article's text */
    uint64_t of_begin, of_end; /**< the bytes of the reference's article that this place repeats; in
                                    the reference itself begin and end */
    double similarity; /**< share of the longer side's tokens that align; 1 in the reference */
} tt_occurrence;

/** What a section is. */
typedef enum tt_section_kind {
    TT_SECTION_STORY = 0,
    TT_SECTION_NOTICE = 1 /**< most of it is in tt_result_notices(), or it has at most 250 tokens
                               and three stories (articles that are not linked by copies) have most
                               of it. Stories are not known where neither pairs nor clusters were
                               looked for */
} tt_section_kind;

/** A passage that occurs at least twice. occurrences[0] is the reference, the earliest article that
 * has the passage; the others follow in the order of their articles. They all have a part of it in
 * common, half of the shortest or more. A run of text that two articles share is one section; where
 * an older article has a part of the run, that is another section, with all that have it. So places
 * and references of different sections may overlap; those of one section do not. */
typedef struct tt_section {
    uint64_t number; /**< from 1; a file's own */
    uint64_t tokens; /**< of the reference */
    const tt_occurrence *occurrences;
    size_t count; /**< of its places; of a scan 2 or more */
    int32_t kind; /**< tt_section_kind */
    int32_t reserved;
    uint64_t sources; /**< different ones of the articles that have it; those without any are not
                           counted */
} tt_section;

/** Every section: of a scan sorted by reference. */
TT_API const tt_section *tt_result_sections(const tt_result *result, size_t *count);

/** A notice: a text that articles with different news share, such as a paywall. */
typedef struct tt_notice {
    uint64_t number; /**< from 1 */
    uint64_t tokens;
    uint64_t articles;     /**< that were seen to share it with others; 0: not known */
    uint64_t article;      /**< the first of them, or TT_NO_ARTICLE */
    uint64_t begin, end;   /**< its bytes there */
    const uint32_t *words; /**< what its tokens are compared by */
} tt_notice;

/** The notices that a scan has learned or was given. They mark pairs as TT_BOILERPLATE that cannot
 * be recognised from the two articles alone. There are at most 10,000, of 2^20 tokens in all, in
 * order of their first articles. Results keep them, so that other scans and indexes can be given
 * the same. */
TT_API const tt_notice *tt_result_notices(const tt_result *result, size_t *count);

/**
 * The articles that dedup drops because one that is kept makes them unnecessary: the kept one of
 * their cluster, which has tt_options.drop of their tokens and fewer than two conflicts with them,
 * and none in a number or date where they are newer, by the times of publication, or by their order
 * where one has none; or else another article of the cluster that it does not make unnecessary,
 * with the same conditions and no conflict, so that one copy of each stage of a story is kept. They
 * ascend.
 * In *out, a is the article that is dropped and b the one that is kept, whichever came first, and
 * the numbers and the relation are of a and b in that order.
 * @return TT_OK; TT_EINVAL where it is not known: the scan's options left out clusters or overlaps,
 * or the result was read from a file; TT_ENOMEM
 */
TT_API TT_NODISCARD tt_status tt_result_dropped(const tt_result *result, const tt_pair **out,
                                                size_t *count, tt_error *error);

/** The number of articles: those that the scan accepted, or those that the file names. */
TT_API uint64_t tt_result_article_count(const tt_result *result);

/** What a result keeps of an article: id, flags and, of a scan, source, published and text_size.
 * `text` is NULL. @return TT_OK, TT_EINVAL (no such article) */
TT_API TT_NODISCARD tt_status tt_result_article(const tt_result *result, uint64_t article,
                                                tt_article *out, tt_error *error);

/** The id of an article; all zero if there is no such article. */
TT_API tt_id tt_result_id(const tt_result *result, uint64_t article);

/** The number of the article with an id, or TT_NO_ARTICLE. The string "1" and the integer 1 are two
 * ids. The first call on the result of a scan makes an index, 16 to 32 bytes for each article. */
TT_API uint64_t tt_result_find(const tt_result *result, const tt_id *id);

/** Seconds of wall time that the stages of a scan took. */
typedef struct tt_seconds {
    double text, sketch, lsh, seed, verify, section, cluster;
} tt_seconds;

/** The numbers of a result. One that was read from a file has `articles`, `rejected` and `bytes` of
 * the file's summary line, if there is one, and the counts of its pairs, clusters and sections. */
typedef struct tt_summary {
    uint64_t articles, bytes, tokens, paragraphs, distinct_paragraphs;
    uint64_t pairs;
    uint64_t pairs_omitted; /**< pairs beyond max_matches, and candidates of the same articles that
                                 were not compared; also those of articles that have the same words
                                 all over, which are compared with a few others only */
    uint64_t clusters, sections;
    uint64_t candidates; /**< pairs of articles that were compared */
    tt_seconds seconds;
    uint64_t rejected; /**< records that were rejected, as a file says; a scan does not know */
    uint64_t digest;   /**< the sum, modulo 2^64, of tt_article_digest() of every article that was
                            accepted, or refused for its id alone; 0 where a file has none */
    uint64_t copies;   /**< articles of clusters that are not the one to keep; dedup drops those of
                            them that tt_result_dropped() lists */
} tt_summary;

/** A hash of an article's id and text, which differs for another text with the same id. 0 for NULL.
 * The cost is a small part of reading the text. */
TT_API uint64_t tt_article_digest(const tt_article *article);

TT_API const tt_summary *tt_result_summary(const tt_result *result);

/** The summary line of a result that was read from a file, as it is in the file, without the end of
 * the line. NULL where there is none, and for the result of a scan. */
TT_API const char *tt_result_summary_line(const tt_result *result, size_t *size);

/** The options of the scan with the defaults filled in; NULL for a result read from a file. */
TT_API const tt_options *tt_result_options(const tt_result *result);

/* ==== Alignment of two texts (experimental) =================================================== */

/** An alignment, which never changes and may be read by any number of threads. */
typedef struct tt_alignment tt_alignment;

/** tt_segment.passage of a segment outside all passages. */
#define TT_NO_PASSAGE UINT32_MAX

/** How the two sides of a segment compare. */
typedef enum tt_segment_kind {
    TT_SEGMENT_EQUAL = 0,   /**< both sides have the same tokens */
    TT_SEGMENT_CHANGED = 1, /**< both sides have tokens, and they differ */
    TT_SEGMENT_ONLY_A = 2,  /**< only a has tokens; the extent in b is empty */
    TT_SEGMENT_ONLY_B = 3   /**< only b has tokens; the extent in a is empty */
} tt_segment_kind;

/** An extent of a and one of b that belong together. Extents begin and end with a token, so that
 * blanks and punctuation between two segments belong to neither. An empty extent lies at the end of
 * the token before it. */
typedef struct tt_segment {
    int32_t kind;            /**< tt_segment_kind */
    uint32_t passage;        /**< index of its passage, or TT_NO_PASSAGE */
    uint64_t begin_a, end_a; /**< bytes of a's text */
    uint64_t begin_b, end_b; /**< bytes of b's text */
    uint32_t tokens_a, tokens_b;
} tt_segment;

/** A passage that both texts have. Passages do not overlap in b; in a they may, where b repeats a
 * passage of a. */
typedef struct tt_passage {
    uint64_t begin_a, end_a;    /**< bytes of a's text */
    uint64_t begin_b, end_b;    /**< bytes of b's text */
    uint64_t tokens;            /**< aligned tokens: those of its equal segments */
    double similarity;          /**< as in tt_occurrence */
    const tt_segment *segments; /**< its own, in order; the first and the last are equal */
    size_t segment_count;
    int32_t moved; /**< 0: one of the passages that come in the same order in both texts; 1: not */
    uint32_t reserved;
} tt_passage;

/**
 * Aligns two texts, or one with itself (b NULL: each later passage with the earlier one that it
 * repeats), without a scan. The passages are those that a scan of the two reports as sections, and
 * the numbers those of its pair, whatever else the scan holds; the scan also traces a passage that
 * a repeats of itself to where it comes first in a, which an alignment does not.
 *
 * Of the articles only the text is read. Of `options` (NULL: the defaults) the rules,
 * shingle_tokens, min_section, seed, paragraphs, facts, drop, max_article_bytes and allocator are
 * used. `min_tokens`: tokens of the shortest passage; 0 takes min_section. Passages of fewer than 8
 * tokens are found only where the shorter text has fewer than 16 tokens or min_section is less.
 *
 * @return TT_OK; TT_EINVAL (out or a is NULL, a text is NULL but its size is not 0, an option is
 * out of range), TT_EFORMAT (a text is not UTF-8; `where`: byte offset), TT_ELIMIT (over
 * max_article_bytes), TT_ENOMEM. Owner: the caller, tt_alignment_close(). Threads: any; the call
 * starts none. Cost: about linear in the two texts.
 */
TT_API TT_NODISCARD tt_status tt_align(tt_alignment **out, const tt_article *a, const tt_article *b,
                                       const tt_options *options, uint32_t min_tokens,
                                       tt_error *error);

/** The passages in order of b: *count of them. Borrowed from the alignment. */
TT_API const tt_passage *tt_alignment_passages(const tt_alignment *alignment, size_t *count);

/**
 * Both texts from beginning to end: *count segments that ascend on both sides and together hold
 * every token of either text once. Passages that have moved are among what only one text has, or
 * what differs; short runs of equal tokens between passages are equal segments outside passages.
 * None where a text is aligned with itself. Borrowed from the alignment.
 */
TT_API const tt_segment *tt_alignment_segments(const tt_alignment *alignment, size_t *count);

/** The numbers of the pair of articles 0 and 1. *admitted is 1 if a rule of the options admits the
 * pair, and only then does its relation mean anything; `admitted` may be NULL. All numbers are 0 if
 * a text has no tokens or is aligned with itself. */
TT_API const tt_pair *tt_alignment_pair(const tt_alignment *alignment, int *admitted);

/** The first conflicts of the pair, at most TT_MOST_DIFFERENCES, in order of a: *count of them.
 * None where no rule admits the pair. Borrowed from the alignment. */
TT_API const tt_difference *tt_alignment_differences(const tt_alignment *alignment, size_t *count);

/** Frees an alignment. */
TT_API void tt_alignment_close(tt_alignment *alignment);

/* ==== Signatures (experimental) =============================================================== */

/**
 * Computes the MinHash signatures of texts as a scan does, for an index, a store or a model of the
 * caller. `out` has room for count rows of num_hashes values, one row after another; the i-th is
 * that of articles[i], and all its values are UINT32_MAX if the text has no tokens or was not
 * accepted.
 *
 * The share of columns in which two rows are equal estimates the Jaccard resemblance J of the
 * articles' sets of shingles, without bias, with a standard error of sqrt(J (1 - J) / num_hashes):
 * 0.04 at most for 128. Rows are comparable if num_hashes, shingle_tokens, seed and paragraphs are
 * the same and both are of this minor version of the library. By one permutation (Li, Owen, Zhang:
 * One Permutation Hashing, 2012): a shingle's 32-bit hash falls into one of num_hashes bins by its
 * upper bits, the least hash of a bin is its value, and an empty bin has the least under a separate
 * permutation (Broder: On the resemblance and containment of documents, 1997).
 *
 * Of `options` (NULL: the defaults) shingle_tokens, num_hashes, seed, paragraphs, threads,
 * max_article_bytes and allocator are used. statuses[i] (NULL: not wanted) is TT_OK, TT_EFORMAT (no
 * UTF-8), TT_ELIMIT (over max_article_bytes) or TT_EINVAL (text is NULL, text_size is not 0);
 * without statuses the first such article, `where`, fails the call.
 *
 * @return TT_OK, TT_EINVAL, TT_ENOMEM. Threads: any. Cost: linear in the bytes.
 */
TT_API TT_NODISCARD tt_status tt_signatures(uint32_t *out, const tt_article *articles, size_t count,
                                            const tt_options *options, tt_status *statuses,
                                            tt_error *error);

/* ==== Reading ================================================================================= */

/** Reads files, directories or a stream in batches of records. */
typedef struct tt_reader tt_reader;

enum {
    TT_READER_WHOLE = 1u << 0,  /**< in wire formats headline, byline and dateline are part of the
                                     text */
    TT_READER_PROMPT = 1u << 1, /**< waits for more of a stream for 1 ms, not 50, before a batch is
                                     returned: batches are smaller and come sooner */
    TT_READER_LASTING_IDS = 1u << 2 /**< for an index: a record without an id, or a text file, has
                                         the id "FILE#DIGEST", of its text, title, source, version
                                         and time, and not "FILE:LINE" or "FILE", which the next
                                         feed has too. Sent again it is the same article, and no
                                         other one takes its place */
};

/** What the texts of records are. */
enum {
    TT_TEXT_AUTO = 0, /**< HTML if it begins with a tag or has many, else plain; see TT_NOTE_HTML */
    TT_TEXT_PLAIN = 1, /**< plain: tags are text */
    TT_TEXT_HTML = 2   /**< HTML, of which the tags are removed; extents are those of the rest */
};

/** Reads files of columns, Parquet and Arrow, as JSON Lines: the library itself does not. */
typedef struct tt_converter {
    /** Opens the file; `kind` is as "a Parquet file". @return what read() and close() get, or NULL,
     * with the reason for it, which names the kind, in `reason` */
    void *(*open)(void *ctx, const char *path, const char *kind, char *reason, size_t room);
    /** Gives up to `size` bytes. @return how many; 0 at the end; -1, with the reason */
    int64_t (*read)(void *stream, void *bytes, size_t size, char *reason, size_t room);
    void (*close)(void *stream);
    void *ctx;
} tt_converter;

/**
 * A field is a key of the record, or several with dots between them, which lead from object to
 * object ("body.text", or "/body/text" if there are dots in them); "content|body" is the first that
 * is there, and "title,body", of the text, both, with a blank line between them. A key that has
 * these characters itself is found too. A list of strings is a text of as many paragraphs.
 */
typedef struct tt_reader_options {
    size_t struct_size;
    const char *id_field;       /**< NULL: "id" */
    const char *text_field;     /**< NULL: "text" */
    uint64_t max_article_bytes; /**< longest text accepted; 0: 16 MiB */
    int32_t threads;            /**< as in tt_options */
    uint32_t reserved;
    const tt_allocator *allocator;
    uint32_t flags;           /**< TT_READER_* */
    int32_t text_format;      /**< TT_TEXT_* */
    const char *title_field;  /**< NULL: "title" */
    const char *date_field;   /**< NULL: "published" */
    const char *source_field; /**< NULL: "source" */
    int32_t zstd_window_log;  /**< zstd windows of up to 2 to this power of bytes are allowed, 10 to
                                 31; 0: 27, which is 128 MiB */
    int32_t reserved2;
    const char
        *include;        /**< of directories and archives, only files whose names match one of these
                            patterns (fnmatch(3)), separated by commas; NULL: names that are known */
    const char *exclude; /**< and none whose name matches one of these; NULL: none */
    const char *encoding; /**< of text, as iconv(3) has it: "latin1", "windows-1252", "UTF-16"; all
                               is converted to UTF-8, but XML, which says its own. NULL: UTF-8 */
    const tt_converter *converter; /**< of Parquet and Arrow; valid as long as the reader. NULL:
                                      such files are refused, and passed over in directories */
    const char *replacing_field;   /**< NULL: "replacing" */
} tt_reader_options;

#ifdef __cplusplus
#  define TT_READER_OPTIONS_INIT                                                                   \
    {                                                                                              \
      sizeof(tt_reader_options)                                                                    \
    }
#else
#  define TT_READER_OPTIONS_INIT                                                                   \
    {                                                                                              \
      .struct_size = sizeof(tt_reader_options)                                                     \
    }
#endif

/** What was assumed of a record. */
enum {
    TT_NOTE_NO_ID = 1u << 0,       /**< it has no id; "FILE:LINE" is its id, of the
                                        second record on a line "FILE:LINE.2", or as
                                        TT_READER_LASTING_IDS says */
    TT_NOTE_HTML = 1u << 1,        /**< its text was HTML, of which the tags were removed */
    TT_NOTE_NO_ZONE = 1u << 2,     /**< its time has no zone and was taken for UTC */
    TT_NOTE_EPOCH = 1u << 3,       /**< its time is a number: seconds since 1970, or, by the number
                                        of digits, milliseconds or microseconds */
    TT_NOTE_NO_TIME = 1u << 4,     /**< its time is in no known form, and was left out */
    TT_NOTE_IS_JSON = 1u << 5,     /**< its file was read as JSON, whatever its name says */
    TT_NOTE_IS_TABLE = 1u << 6,    /**< its file was read as a table, likewise */
    TT_NOTE_IS_HTML = 1u << 7,     /**< its file was read as an HTML page, likewise */
    TT_NOTE_IS_XML = 1u << 8,      /**< its file was read as a wire format in XML, likewise */
    TT_NOTE_IS_ARCHIVE = 1u << 9,  /**< its file was read as a web archive, likewise */
    TT_NOTE_KEY_TWICE = 1u << 10,  /**< a field of it comes twice, and the last one counts */
    TT_NOTE_MAIL = 1u << 11,       /**< its text begins with the headers of a mail */
    TT_NOTE_IN_CONTENT = 1u << 12, /**< the column "content" of its table was taken for the text */
    TT_NOTE_IN_ARTICLE = 1u << 13, /**< the column "article" of its table was taken for the text */
    TT_NOTE_NO_WORD = 1u << 14     /**< its text has no words, so that it is a copy of nothing */
};

/** What one TT_NOTE_* says, in English, as "the text is HTML; its tags are removed"; NULL if there
 * is no such note. Threads: any. */
TT_API const char *tt_note_text(uint32_t note);

/** One record, accepted or rejected. It is valid until the next call with the reader. */
typedef struct tt_record {
    tt_article article; /**< of a rejected record only the id is set, if it could be read */
    const char *raw; /**< the bytes of the record without the end of the line; an object that takes
                          several lines is joined to one; an item of XML is a JSON object */
    size_t raw_size;
    const char *file;  /**< its path; "-" for standard input */
    uint64_t line;     /**< the line on which it begins, from 1; 0 if the file is the record: plain
                            text, or a file that cannot be read */
    tt_status status;  /**< TT_OK, or why it was rejected: TT_EFORMAT, TT_EVERSION,
                            TT_ELIMIT or TT_EIO */
    char reason[116];  /**< the same in English; empty if it was not rejected */
    const char *title; /**< the field "title" or the headline of a wire format; may be NULL */
    size_t title_size;
    uint32_t notes; /**< TT_NOTE_* */
    uint32_t nth;   /**< of the records that begin on this line, which one, from 1 */
} tt_record;

/**
 * Opens a reader of `paths`, in their order; "-" is standard input. docs/wire.md lists the kinds of
 * files that are read, recognized by their names or first bytes: JSON, tables, HTML, text and wire
 * formats, also compressed. Directories are read recursively, and archives, by the names of the
 * files in them. `options` may be NULL.
 * @return TT_OK; TT_EINVAL (there is no path, a field name is empty or has too many parts); TT_EIO
 * (a path does not exist); TT_ENOMEM. Owner: the caller, tt_reader_close().
 */
TT_API TT_NODISCARD tt_status tt_reader_open(tt_reader **out, const char *const *paths,
                                             size_t count, const tt_reader_options *options,
                                             tt_error *error);

/**
 * Opens a reader of bytes in memory, which must last until the reader is closed. `name` is the file
 * of its records, and says what the bytes are where they do not show it themselves: a text if it
 * ends in .txt, say, and JSON Lines if it is "-". @return as tt_reader_open()
 */
TT_API TT_NODISCARD tt_status tt_reader_open_bytes(tt_reader **out, const char *name,
                                                   const void *bytes, size_t size,
                                                   const tt_reader_options *options,
                                                   tt_error *error);

/** Returns the next batch, in input order; *count is 0 at the end of the input. A record that is
 * rejected is in the batch, and does not fail the call. @return TT_OK, TT_EIO, TT_ENOMEM */
TT_API TT_NODISCARD tt_status tt_reader_next(tt_reader *reader, const tt_record **records,
                                             size_t *count, tt_error *error);

/** The same, but waits for a stream no longer than `microseconds`, even if a part of a record has
 * arrived by then. *is_late is 1 if that time ran out: there are no records yet, but this is not
 * the end of the input. */
TT_API TT_NODISCARD tt_status tt_reader_next_within(tt_reader *reader, int64_t microseconds,
                                                    const tt_record **records, size_t *count,
                                                    int *is_late, tt_error *error);

/** Tells how many bytes of input were read, and how many there are; *total is 0 if a stream is
 * among the inputs. */
TT_API void tt_reader_progress(const tt_reader *reader, uint64_t *done, uint64_t *total);

/** Lists the files in directories and archives that are not read, by the endings of their names, as
 * "60 *.docx, 1 hidden and 2 others"; "" if there is none. `text` may be NULL. @return how many
 * there are */
TT_API uint64_t tt_reader_passed_over(const tt_reader *reader, char *text, size_t size);

/** Lists the files read to their end that have no record, as "a.csv has no row, b.xml has no item
 * and 2 more"; "" if there is none. `text` may be NULL. @return how many there are */
TT_API uint64_t tt_reader_empty(const tt_reader *reader, char *text, size_t size);

/** Frees a reader. */
TT_API void tt_reader_close(tt_reader *reader);

/* ==== Writing ================================================================================= */

/** Receives bytes. @return 0 to go on, anything else to stop (TT_ESTOPPED). */
typedef int (*tt_write_fn)(void *ctx, const char *bytes, size_t size);

/** What a program adds to the summary line. */
typedef struct tt_write_options {
    size_t struct_size;
    uint64_t rejected;   /**< records that were rejected */
    double read_seconds; /**< wall time of reading */
    double total_seconds;
} tt_write_options;

#ifdef __cplusplus
#  define TT_WRITE_OPTIONS_INIT                                                                    \
    {                                                                                              \
      sizeof(tt_write_options)                                                                     \
    }
#else
#  define TT_WRITE_OPTIONS_INIT                                                                    \
    {                                                                                              \
      .struct_size = sizeof(tt_write_options)                                                      \
    }
#endif

/**
 * Writes a result as JSON Lines: its pairs, clusters, sections and notices and the summary. Of a
 * result that was read from a file the summary is the line in the file, and `options`, which may be
 * NULL, are not used. @return TT_OK, TT_EINVAL, TT_ENOMEM, TT_ESTOPPED
 */
TT_API TT_NODISCARD tt_status tt_result_write(const tt_result *result, tt_write_fn write, void *ctx,
                                              const tt_write_options *options, tt_error *error);

/** Writes `text` as a JSON string, with its quotes. Threads: any. @return TT_OK, TT_ESTOPPED */
TT_API TT_NODISCARD tt_status tt_write_json_string(tt_write_fn write, void *ctx, const char *text,
                                                   size_t size);

/** Writes the words of `text` as they are compared, with one space between them: without capitals,
 * and with composed and decomposed, wide and narrow letters made equal, so that a search in it
 * finds a word in whatever form it was written. Threads: any. @return TT_OK; TT_EFORMAT (it is not
 * UTF-8); TT_EINVAL; TT_ESTOPPED */
TT_API TT_NODISCARD tt_status tt_write_words(tt_write_fn write, void *ctx, const char *text,
                                             size_t size);

/* ==== Evaluation (experimental) =============================================================== */

/** Scores of a result against a gold standard. NAN where the gold says nothing of the kind. Counts
 * are of pairs, and of bytes of text. */
typedef struct tt_scores {
    uint64_t gold_pairs, found_pairs, right_pairs;
    double pair_precision, pair_recall, pair_f1;
    double cluster_ari; /**< adjusted Rand index over the articles that either side names */
    uint64_t gold_section_bytes, found_section_bytes, right_section_bytes;
    double section_precision, section_recall;
    double section_granularity; /**< found occurrences that overlap a gold one, for each gold one
                                     that is found: more than 1 where found ones overlap, too */
} tt_scores;

/**
 * Scores a result against the gold, which is a result too, usually one that was read from a file:
 * its pairs, and all pairs within one of its clusters, are the true ones. Articles are the same if
 * their ids are. @return TT_OK, TT_EINVAL, TT_ENOMEM, TT_ELIMIT
 */
TT_API TT_NODISCARD tt_status tt_eval(const tt_result *result, const tt_result *gold,
                                      tt_scores *out, tt_error *error);

/** A pair of the gold that a result lacks, a < b: articles of the gold. */
typedef struct tt_missed_pair {
    uint64_t a, b;
} tt_missed_pair;

/** One occurrence: that of tt_result_sections(result)[section].occurrences[occurrence]. */
typedef struct tt_section_place {
    uint64_t section, occurrence;
} tt_section_place;

/** The errors of a result. The library makes it; fields are only ever appended. */
typedef struct tt_eval_errors {
    const tt_missed_pair *missed_pairs; /**< false negatives */
    uint64_t missed_pair_count;
    uint64_t clustered_pairs;    /**< pairs of the gold that the result does not list, but whose
                                      articles share one of its clusters: they are not missed */
    const uint64_t *wrong_pairs; /**< false positives: positions in tt_result_pairs(result), by
                                      overlap, the greatest first */
    uint64_t wrong_pair_count;
    const tt_section_place *missed_places; /**< of the gold's sections; the longest first */
    uint64_t missed_place_count;
    const tt_section_place *wrong_places; /**< of the result's sections; the longest first */
    uint64_t wrong_place_count;
} tt_eval_errors;

/**
 * Lists the errors of a result. Of a gold cluster of more than 2,000 articles only the pairs with
 * its first article are looked for. An occurrence in the gold is found if a section of the result
 * overlaps it and another occurrence of the same section; one in the result is wrong if it overlaps
 * no occurrence in the gold.
 * @return TT_OK, TT_EINVAL, TT_ENOMEM, TT_ELIMIT. Owner: the caller, tt_eval_errors_close().
 */
TT_API TT_NODISCARD tt_status tt_eval_errors_list(const tt_result *result, const tt_result *gold,
                                                  tt_eval_errors **out, tt_error *error);

/** Frees a list of errors. */
TT_API void tt_eval_errors_close(tt_eval_errors *errors);

/* ==== The living index ======================================================================== */

/*
 * An index that lasts and grows: one file, to which articles are added in batches and from which
 * they are removed. Of each new article it says whether it came before, as a scan of all of them
 * would. What must last is in the file (docs/format.md); it is read into memory when the file is
 * opened, and what finds shared text is made when the first verdict is asked for, since a program
 * that only adds or removes articles does without it. tt_index_query() of no articles makes it
 * beforehand.
 *
 * One handle writes at a time: it holds a lock on a byte of the file, whatever the name it was
 * opened by, so the file must be on a local file system. Any number of handles read, in other
 * processes too, and see whole batches only. A handle belongs to one thread at a time and must not
 * be carried across fork(): SQLite would take the parent's locks for the child's. A child that was
 * forked while an index was open may do no more with the handle than close it, which leaves the
 * file alone, and cannot open that index (TT_EINVAL). It may open others, and a program that it
 * executes may open any.
 *
 * Each batch is checked against the file before and after it is written. Where another process has
 * written to it nevertheless, the call fails with TT_ELOCKED; where the file was deleted, renamed,
 * replaced or truncated, with TT_EIO. Then no verdict is given.
 *
 * Without a path the index is in memory: the same in every other respect, but gone when it is
 * closed. It answers what new text shares with a set of articles that need not be kept.
 */
typedef struct tt_index tt_index;

enum {
    TT_INDEX_READ = 1u << 0,    /**< queries only; does not keep others from writing */
    TT_INDEX_CREATE = 1u << 1,  /**< makes the file if it does not exist */
    TT_INDEX_MATCHES = 1u << 2, /**< verdicts list every match, which costs more where articles are
                                     exact copies */
    TT_INDEX_LOG_ELSEWHERE = 1u << 3 /**< writes, and keeps SQLite's log in `temp_dir` of the
                                          options until the handle is closed, so that articles can
                                          be removed where the disk of the file is full. It must be
                                          on another disk, and not in memory unless the file is
                                          (TT_EIO), and nobody else may have the index open
                                          (TT_ELOCKED) */
};

/**
 * Makes an empty index with the options that shape it: shingle_tokens, min_section, max_matches,
 * seed, paragraphs, resemblance, containment, overlap, facts, drop and keep_text. NULL takes the
 * defaults. A file that an interrupted call has left behind is completed.
 * @return TT_OK; TT_EINVAL (the file exists, an option is out of range); TT_EIO; TT_ENOMEM.
 */
TT_API TT_NODISCARD tt_status tt_index_create(const char *path, const tt_options *options,
                                              tt_error *error);

/**
 * Opens an index. `path` is the name of a file, never interpreted otherwise; NULL makes an index in
 * memory, with the options that tt_index_create() takes. For a file, of `options` (NULL: none)
 * those fields that are not 0 must be what the index was made with; threads, allocator and
 * max_article_bytes are taken as given.
 * @return TT_OK; TT_EIO (it does not exist, or has a second name by a hard link); TT_EFORMAT
 * (another kind of file, or damaged: the message says what); TT_EVERSION; TT_EINVAL (options do not
 * fit; it was open when this process was forked); TT_ELOCKED; TT_ENOMEM. Owner: the caller,
 * tt_index_close(). Cost: linear in the articles. Memory beyond the allocator's: SQLite's cache,
 * and for an index in memory what a file would hold.
 */
TT_API TT_NODISCARD tt_status tt_index_open(tt_index **out, const char *path, uint32_t flags,
                                            const tt_options *options, tt_error *error);

/** Closes an index. */
TT_API void tt_index_close(tt_index *index);

/** What an article is to those before it. */
typedef enum tt_verdict_kind {
    TT_VERDICT_NEW = 0,       /**< no earlier article matches it */
    TT_VERDICT_DUPLICATE = 1, /**< `of` has at least `drop` of its tokens, no fact differs, and it
                                 is no update */
    TT_VERDICT_UPDATE = 2,    /**< it has at least `drop` of the tokens of `of` and adds text: more
                                   than 1 - `drop` of its tokens, or 16 tokens in a row that are no
                                   notice; or it is a changed or newer version of the article with
                                   its id, which is `of` */
    TT_VERDICT_OVERLAPS = 3,  /**< it shares a section with `of` */
    TT_VERDICT_WITHDRAWN = 4, /**< the article withdraws the item `of`, which is no article where
                                 the index does not have it; `matches` are others with its text. Or
                                   it is a duplicate or update of `of`, which is withdrawn, or of
                                   a reprint of it that no editor decided to keep */
    TT_VERDICT_CORRECTION = 5 /**< `of` has at least `drop` of its tokens, but says other facts:
                                   there are conflicts */
} tt_verdict_kind;

/** "new", "duplicate", "update", "overlaps", "withdrawn", "correction"; never NULL. Threads: any.
 */
TT_API const char *tt_verdict_kind_name(tt_verdict_kind kind);

/** A passage that an article shares with another one of the index. */
typedef struct tt_repeat {
    uint64_t begin, end; /**< bytes of its text */
    tt_id article;       /**< the other one */
    uint64_t of_begin, of_end;
    double similarity; /**< share of the longer side's tokens that align */
} tt_repeat;

/** An earlier article that a rule for pairs admits, or that shares a section. Of articles with the
 * same tokens the earliest one stands for all. Numbers are those of a pair in a scan, named as in
 * tt_verdict. */
typedef struct tt_match {
    tt_id of;
    double resemblance, containment, containment_of, overlap, overlap_of;
    double facts;
    const tt_repeat *passages; /**< sections that the two share, in order of place */
    size_t passage_count;
    int32_t relation; /**< tt_relation of `of` to the article: TT_CONTAINS if `of` holds it */
    int32_t admitted; /**< 1 if a rule admits the pair; 0 if it only shares passages */
    const tt_difference *differences; /**< as in tt_verdict */
    size_t difference_count;
    uint32_t conflicts;
    uint32_t reserved;
} tt_match;

/** What the index says of one article. Numbers without _of are about it, those with _of about `of`;
 * NAN where there is no `of`, or the options made them unneeded. Fields are only ever appended. */
typedef struct tt_verdict {
    uint64_t article; /**< its place in the batch */
    tt_id id;
    tt_id of;
    double resemblance, containment, containment_of, overlap, overlap_of;
    double facts;
    uint64_t new_tokens; /**< its tokens that `of` does not have; all, where there is no `of` */
    const tt_repeat *sections; /**< passages that an earlier article has, in order of place;
                                    `article` is the earliest that has them. An older part of one
                                    may be listed beside it */
    size_t section_count;
    int32_t kind;            /**< tt_verdict_kind */
    uint32_t conflicts;      /**< as in tt_pair */
    const tt_match *matches; /**< with TT_INDEX_MATCHES: at most max_matches, those that share most
                                  of the article's tokens first; else NULL */
    size_t match_count;
    const tt_difference *differences; /**< the first conflicts; a is the article, b `of` */
    size_t difference_count;
    int32_t relation; /**< tt_relation of `of` to the article; -1 where no rule admits the two */
    uint32_t reserved;
    int64_t embargoed, expires; /**< as the article says; 0: it does not */
    int64_t of_embargoed; /**< as `of` says; likewise. It is not stored: tt_index_get() has 0 */
} tt_verdict;

/** Receives verdicts, in the order of the batch. @return 0 to go on, anything else to stop. */
typedef int (*tt_verdict_fn)(void *ctx, const tt_verdict *verdicts, size_t count);

/**
 * Adds a batch, all of it or nothing; when it returns, and before `emit` (NULL: no verdicts, which
 * costs less) is called, the batch is on the disk. Each article is compared with those before it,
 * in this batch too. One whose id is there already replaces that article and is an update of it, or
 * a duplicate if its words are the same. One that is there unchanged changes nothing and is a
 * duplicate of itself, and so is one whose `version` is a lower number than the one that is there.
 * What was withdrawn stays withdrawn until it is released: by a greater version or, where versions
 * do not tell, by an article that is not dated before the withdrawal (by one dated after it, if the
 * notice came before the article and had no text). `statuses` as in tt_scan_add().
 * @return TT_OK; TT_EIO (disk full), TT_ENOMEM, TT_ELIMIT: nothing was added, and the handle goes
 * on; TT_ESTOPPED: `emit` asked to stop, all is added.
 */
TT_API TT_NODISCARD tt_status tt_index_add(tt_index *index, const tt_article *articles,
                                           size_t count, tt_status *statuses, tt_verdict_fn emit,
                                           void *ctx, tt_error *error);

/** Gives verdicts on articles, each against what is in the index, and changes nothing. */
TT_API TT_NODISCARD tt_status tt_index_query(tt_index *index, const tt_article *articles,
                                             size_t count, tt_status *statuses, tt_verdict_fn emit,
                                             void *ctx, tt_error *error);

/* What is in an index. An article has a number, which is its place in the order in which articles
 * came: it only grows, is the same in every process and after a restart, and is never given twice.
 * A new version of an article has a new number, and so has one that was withdrawn or killed. */

/** What an editor decided about an article. */
typedef enum tt_decision_kind {
    TT_DECISION_NONE = 0, /**< nothing, or what was decided is taken back: about the article, or,
                               with `of`, that it is not a copy of that one */
    TT_DECISION_KEEP = 1, /**< the article is to be used; a kill is taken back */
    TT_DECISION_KILL = 2, /**< the article is not to be used: it counts as withdrawn, and so do its
                               copies and its later versions, the last of which is there if the kill
                               is taken back */
    TT_DECISION_NOT_A_COPY = 3 /**< the article is not a copy of `of`: no verdict on it names that
                                  one as what it is a duplicate, update or correction of */
} tt_decision_kind;

/** "none", "keep", "kill", "not-a-copy"; never NULL. Threads: any. */
TT_API const char *tt_decision_kind_name(tt_decision_kind kind);

/** A decision. Fields are only ever appended. */
typedef struct tt_index_decision {
    uint64_t number; /**< its place in the order of decisions, from 1: it only grows, is the same
                          after a restart, and is never given twice. tt_index_decide() sets none */
    tt_id id;        /**< of the article */
    tt_id of;        /**< of the other one, or none */
    const char *who; /**< UTF-8; may be empty */
    size_t who_size;
    int64_t time; /**< microseconds since 1970-01-01 UTC; tt_index_decide() takes TT_NO_TIME for
                       now */
    int32_t kind; /**< tt_decision_kind */
    uint32_t reserved;
} tt_index_decision;

/** An article of an index. What it points to is borrowed until the next call with the index, and no
 * longer than a callback that it is given to. Fields are only ever appended. */
typedef struct tt_index_article {
    uint64_t number;
    tt_id id;
    const char *source;
    size_t source_size;
    const char *version;
    size_t version_size;
    const char *title; /**< NULL: the index keeps no texts */
    size_t title_size;
    const char *text;           /**< NULL: not kept, or not asked for */
    size_t text_size;           /**< of the text as it was given, kept or not */
    int64_t published, arrival; /**< microseconds since 1970-01-01 UTC; published: or TT_NO_TIME */
    uint64_t token_count;
    uint64_t story;            /**< of its story: the number of the article that began it */
    const tt_verdict *verdict; /**< that it got when it came: without sections, matches and
                                    differences. NULL: no verdict was asked for */
    int32_t withdrawn; /**< 1: it was withdrawn or killed, and what is kept is a tombstone */
    int32_t decision;  /**< tt_decision_kind: what was decided about it last; TT_DECISION_KEEP, KILL
                            or NONE */
    const char *language; /**< these as in tt_article; "" or 0: none */
    size_t language_size;
    const char *pubstatus;
    size_t pubstatus_size;
    int64_t embargoed, expires;
    tt_id replacing, replaced_by;
} tt_index_article;

/** Reads the article with an id; out->number is 0 where there is none. Cost: its own.
 * @return TT_OK; TT_EFORMAT (damage); else as tt_index_open() */
TT_API TT_NODISCARD tt_status tt_index_get(tt_index *index, const tt_id *id, tt_index_article *out,
                                           tt_error *error);

enum {
    TT_LIST_NEWEST_FIRST = 1u << 0, /**< in descending order of their numbers */
    TT_LIST_TEXTS = 1u << 1         /**< with their texts */
};

/** Receives an article, borrowed for the call. @return 0 to go on, anything else to stop. */
typedef int (*tt_index_article_fn)(void *ctx, const tt_index_article *article);

/** Lists the articles that have a number greater than `after`, ascending, `most` at most (0: all):
 * with the number of the last one as the next `after`, nothing is listed twice or left out,
 * whatever happens in between. With TT_LIST_NEWEST_FIRST those below `after` (0: all), descending.
 * Cost: that of what is listed. @return TT_OK; TT_ESTOPPED; else as tt_index_get() */
TT_API TT_NODISCARD tt_status tt_index_list(tt_index *index, uint32_t flags, uint64_t after,
                                            uint64_t most, tt_index_article_fn emit, void *ctx,
                                            tt_error *error);

/** Compares an article that is in the index with all others, from what is kept of it, whether or
 * not that is its text. `emit` gets one verdict: the one that it would get if it came now, among
 * those that came before it, with `matches` whatever the flags of the index: earlier and later
 * ones, and each of those with the same tokens as the article. It gets none if there is no such
 * article. @return as tt_index_query() */
TT_API TT_NODISCARD tt_status tt_index_matches(tt_index *index, const tt_id *id, tt_verdict_fn emit,
                                               void *ctx, tt_error *error);

/** A story: an article that was none of the others, and what later verdicts said is a duplicate,
 * update or correction of one of its articles. Fields are only ever appended. */
typedef struct tt_index_story {
    uint64_t number;    /**< of the article that began it, whether or not that is still there */
    tt_id first;        /**< the id of that article */
    const char *source; /**< its source */
    size_t source_size;
    uint64_t source_count;  /**< different sources that have had it; counted up to 1,024 */
    uint64_t article_count; /**< articles of it that are there */
} tt_index_story;

/** Reads a story by its number; out->number is 0 where there is none. Stories are made by verdicts:
 * an article that was added without one has none until another is a copy of it. */
TT_API TT_NODISCARD tt_status tt_index_story_get(tt_index *index, uint64_t number,
                                                 tt_index_story *out, tt_error *error);

/** Stores decisions, all or none, and does what they say. Of several about one article the last one
 * holds. *last (NULL: not wanted): the number of the last one.
 * @return TT_OK; TT_EINVAL (an article is not there, unless all that was decided about it is taken
 * back; an id is missing, a kind is unknown, TT_DECISION_NOT_A_COPY has no `of`); else as
 * tt_index_remove() */
TT_API TT_NODISCARD tt_status tt_index_decide(tt_index *index, const tt_index_decision *decisions,
                                              size_t count, uint64_t *last, tt_error *error);

/** Receives a decision, borrowed for the call. @return 0 to go on, anything else to stop. */
typedef int (*tt_index_decision_fn)(void *ctx, const tt_index_decision *decision);

/** Lists the decisions with a number greater than `after`, ascending. @return TT_OK, TT_ESTOPPED;
 * else as tt_index_get() */
TT_API TT_NODISCARD tt_status tt_index_decisions(tt_index *index, uint64_t after,
                                                 tt_index_decision_fn emit, void *ctx,
                                                 tt_error *error);

/** How far the changes of an index have come: what has greater numbers is new. */
typedef struct tt_index_progress {
    uint64_t article;  /**< the greatest number that an article had, whether or not it is there */
    uint64_t decision; /**< that of a decision */
    uint64_t removal;  /**< how many articles were removed since the index was made */
} tt_index_progress;

/** @return TT_OK; else as tt_index_get() */
TT_API TT_NODISCARD tt_status tt_index_progress_get(tt_index *index, tt_index_progress *out,
                                                    tt_error *error);

/** Receives the number of an article that was removed, as the `removal`th since the index was made.
 * @return 0 to go on, anything else to stop. */
typedef int (*tt_index_removal_fn)(void *ctx, uint64_t removal, uint64_t article);

/** Lists the removals after the first `after` ones, in order: articles that were deleted or
 * expired, or gave way to a later version or to a tombstone, which has another number. The index
 * forgets old ones, at the latest when there are more than articles: where the first that is listed
 * is not after + 1, some are missing, and it is less work to read the articles again.
 * @return TT_OK, TT_ESTOPPED; else as tt_index_get() */
TT_API TT_NODISCARD tt_status tt_index_removals(tt_index *index, uint64_t after,
                                                tt_index_removal_fn emit, void *ctx,
                                                tt_error *error);

/** How many articles it has, as far as the handle has read the file. Cost: none. */
TT_API uint64_t tt_index_count(const tt_index *index);

/** Gives the handle the notices of a result, by which its verdicts go until it is closed, in the
 * place of those that the index has learned: what shares hardly anything else is no duplicate,
 * update or overlap. They are copied, and added to those that it was given before. @return TT_OK;
 * TT_EINVAL (the result has another seed); TT_ENOMEM */
TT_API TT_NODISCARD tt_status tt_index_notices(tt_index *index, const tt_result *result,
                                               tt_error *error);

/** A result with the notices of the index alone, which it has learned from articles that were added
 * with verdicts, or of the handle, if it was given some: for tt_scan_notices(), tt_index_notices()
 * and tt_result_write(). *out is to be closed. @return TT_OK; else as tt_index_open() */
TT_API TT_NODISCARD tt_status tt_index_notices_get(tt_index *index, tt_result **out,
                                                   tt_error *error);

/** Which earlier articles a verdict may name as `of`, by their sources. Sources are the same only
 * if both are given. */
typedef enum tt_sources {
    TT_SOURCES_ANY = 0,
    TT_SOURCES_ACROSS = 1, /**< those of another source than the article */
    TT_SOURCES_WITHIN = 2  /**< those of its own source */
} tt_sources;

/** Gives the handle rules for sources, which last until it is closed and are not stored.
 * `preferred` (NULL: none) are names of sources, the best first, with commas between them: of
 * articles that have most of a new one, that of the best source is named, and an article of a
 * better source than that is its `update` and no `duplicate`. Versions of an item, notices, what is
 * withdrawn, and the lists of tt_index_matches() do not depend on sources. @return TT_OK,
 * TT_EINVAL, TT_ENOMEM */
TT_API TT_NODISCARD tt_status tt_index_sources(tt_index *index, int32_t which,
                                               const char *preferred, tt_error *error);

/** Removes articles by their ids; those that are not there are passed over. *removed (NULL: not
 * wanted): how many were there. @return TT_OK, TT_EIO, TT_ENOMEM */
TT_API TT_NODISCARD tt_status tt_index_remove(tt_index *index, const tt_id *ids, size_t count,
                                              uint64_t *removed, tt_error *error);

/** Removes the articles published before a time, in microseconds since 1970-01-01 UTC, or added
 * before it where they have no time of publication or one later than that. */
TT_API TT_NODISCARD tt_status tt_index_expire(tt_index *index, int64_t before, uint64_t *removed,
                                              tt_error *error);

typedef struct tt_index_stat {
    uint64_t articles;
    uint64_t distinct;      /**< with tokens that no earlier one has */
    uint64_t tokens, bytes; /**< of all articles; of their texts */
    uint64_t file_bytes, memory_bytes;
    int64_t oldest, newest; /**< times as in tt_index_expire(); TT_NO_TIME where it is empty. No
                               time counts as later than now */
    uint64_t withdrawn;     /**< of the articles, those that are tombstones */
} tt_index_stat;

/** Numbers of an index, as it is now. Cost: linear in the articles. @return TT_OK; else as
 * tt_index_open() */
TT_API TT_NODISCARD tt_status tt_index_stat_get(tt_index *index, tt_index_stat *out,
                                                tt_error *error);

/** The time that counts as the present of the articles, for a window: where half of them or more
 * have a time of publication, the latest one but for one article in a hundred, for one at least and
 * 15 at most, so that a time that was wrongly read moves no window; else the latest time of adding;
 * never later than now. TT_NO_TIME: there were none. */
TT_API int64_t tt_index_newest(const tt_index *index);

/** The options that shape it. Borrowed from the handle. */
TT_API const tt_options *tt_index_options(const tt_index *index);

/** Receives what a check found, a sentence each. @return 0 to go on, anything else to stop. */
typedef int (*tt_finding_fn)(void *ctx, const char *finding);

/**
 * Looks at every page, every stored record with its checksum, and what is derived from it.
 * `findings` (NULL: not wanted) counts what is wrong. A file that cannot be read at all is an error
 * and not a finding. @return TT_OK, also where something was found; else as tt_index_open()
 */
TT_API TT_NODISCARD tt_status tt_index_check(const char *path, const tt_options *options,
                                             tt_finding_fn emit, void *ctx, uint64_t *findings,
                                             tt_error *error);

/** What a repair has done. */
typedef struct tt_index_repaired {
    uint64_t kept; /**< records in the new file */
    uint64_t lost; /**< records that were not whole; where the file's own count is lost too, those
                      that were seen to be damaged, a run that cannot be read counted once */
    int32_t options_lost; /**< the new file has `options` */
    int32_t details_lost; /**< 1: a text, verdict, story or decision was not whole */
} tt_index_repaired;

/**
 * Makes a new index of every record of a damaged one whose checksum holds, with its options. The
 * damaged file is not changed, and nothing is overwritten. `options` (NULL: defaults) shape the new
 * index where those of the file are lost. `emit` (NULL: not wanted) is given what was lost, with
 * ids as far as they can be read; `out` may be NULL. Of two records with the same id the later one
 * is kept. @return TT_OK, also where something was lost; TT_EINVAL: `new_path` exists;
 * TT_EFORMAT: no record is on any page; else as tt_index_open(), and no
 * new file is left
 */
TT_API TT_NODISCARD tt_status tt_index_repair(const char *path, const char *new_path,
                                              const tt_options *options, tt_finding_fn emit,
                                              void *ctx, tt_index_repaired *out, tt_error *error);

/** Writes the whole index, as of one batch, into a new file, whether or not another process writes
 * to it meanwhile. @return TT_OK; TT_EINVAL: `new_path` exists; TT_EFORMAT: the index is damaged;
 * else as tt_index_open() */
TT_API TT_NODISCARD tt_status tt_index_backup(const char *path, const char *new_path,
                                              tt_error *error);

/** What a merge has done. */
typedef struct tt_index_merged {
    uint64_t added;
    uint64_t replaced;    /**< articles that were there in an older version */
    uint64_t passed_over; /**< that are there, as new or newer */
} tt_index_merged;

/** Adds the articles of another index, all or none, from what is kept of them: tokens, times,
 * tombstones, texts, verdicts and stories, but not decisions; and the notices that it has learned,
 * unless this handle was given some. Of two with the same id the one with
 * the greater `version` stays, or the one that came later; articles that were one story there are
 * one here, that of the first of them. `out` may be NULL.
 * @return TT_OK; TT_EINVAL: the other was made with another seed or paragraphs, or keeps no texts
 * where this one does; else as tt_index_add() */
TT_API TT_NODISCARD tt_status tt_index_merge(tt_index *index, const char *path,
                                             tt_index_merged *out, tt_error *error);

/** Writes an article of an index as a line of JSON. Where it has its text, and is not withdrawn,
 * the line is a record that a tt_reader reads. @return TT_OK, TT_ESTOPPED */
TT_API TT_NODISCARD tt_status tt_index_article_write(const tt_index_article *article,
                                                     tt_write_fn write, void *ctx);

/** Writes a verdict as a line of JSON. @return TT_OK, TT_ESTOPPED
 */
TT_API TT_NODISCARD tt_status tt_verdict_write(const tt_verdict *verdict, tt_write_fn write,
                                               void *ctx);

/** Writes the matches of a verdict, a line of JSON each. @return TT_OK, TT_ESTOPPED */
TT_API TT_NODISCARD tt_status tt_verdict_write_matches(const tt_verdict *verdict, tt_write_fn write,
                                                       void *ctx);

#ifdef __cplusplus
}
#endif

#endif /* TT_H */
