/*
 * What a file holds. Its first bytes decide where they leave no doubt, as those of JSON, XML, HTML
 * and of tables do; else its name.
 */
#ifndef TTI_INPUT_FORMAT_H
#define TTI_INPUT_FORMAT_H

#include <stddef.h>

typedef enum tti_format {
    TTI_FORMAT_JSONL,       /**< JSON Lines */
    TTI_FORMAT_JSON_VALUES, /**< objects over several lines, one after another or in an array */
    TTI_FORMAT_TEXT,        /**< the file is one article */
    TTI_FORMAT_XML,         /**< a news format in XML */
    TTI_FORMAT_TABLE,       /**< CSV and the like */
    TTI_FORMAT_HTML,        /**< the file is a page, one article */
    TTI_FORMAT_WARC,        /**< a web archive */
    TTI_FORMAT_DOCUMENTS,   /**< many elements <doc> */
    /* These become one of the formats above when the first bytes are seen. */
    TTI_FORMAT_JSON,     /**< JSON or a stream: JSON Lines, if its bytes show nothing else */
    TTI_FORMAT_MARKDOWN, /**< text that may have tags */
    TTI_FORMAT_UNKNOWN   /**< text, if its bytes show nothing else */
} tti_format;

/** The format that a path's name stands for; "-" is standard input. */
tti_format tti_format_of_path(const char *path);

/** Whether a file of this name is read when it is found in a directory. */
int tti_format_is_news_file(const char *name);

/** Whether this is the name of a file of columns, Parquet or Arrow. */
int tti_format_is_columns_file(const char *name);

/** Whether these are the first bytes of one. */
int tti_format_is_columns(const char *bytes, size_t size);

/** The size of a name without the ending of a compressed file. */
size_t tti_format_size_without_compression(const char *name);

/** The first bytes of a file, where blanks (and a byte order mark) have been skipped. */
typedef struct tti_first_bytes {
    const char *bytes;
    size_t size;
    int at_end;             /**< there are no more bytes than these */
    int text_format;        /**< TT_TEXT_*: with PLAIN, files named as texts are texts */
    const char *text_field; /**< the caller's, or NULL */
} tti_first_bytes;

/**
 * Decides the format of a file, which is that of its name before. @return 1, or 0: more bytes are
 * needed
 */
int tti_format_decide(tti_format *format, const tti_first_bytes *first);

/** Whether HTML is a page, with its doctype or html element, and not a part of one. */
int tti_format_is_page(const char *bytes, size_t size);

/** Whether these are the first bytes of a document that tti_xml_feed() reads.
 * @return 1, 0, or -1 if more bytes are needed */
int tti_format_sniff_xml(const char *bytes, size_t size);

/** The bytes of a file after which a format is decided with what there is. */
enum { TTI_FORMAT_SNIFF_BYTES = 64 << 10, TTI_FORMAT_LINE_BYTES = 4 << 20 };

#endif
