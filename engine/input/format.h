/* What a file holds: told by its name, else by its first bytes. */
#ifndef TTI_INPUT_FORMAT_H
#define TTI_INPUT_FORMAT_H

#include <stddef.h>

typedef enum tti_format {
    TTI_FORMAT_JSONL,       /**< JSON Lines */
    TTI_FORMAT_TEXT,        /**< the file is one article */
    TTI_FORMAT_XML,         /**< a news format in XML */
    TTI_FORMAT_JSON_OBJECT, /**< the file is one JSON object over several lines */
    /* These become one of the formats above when the first bytes are seen. */
    TTI_FORMAT_JSONL_OR_XML,    /**< a stream: XML if its first byte that is not blank is '<' */
    TTI_FORMAT_JSONL_OR_OBJECT, /**< the first line shows whether the object ends on it */
    TTI_FORMAT_UNKNOWN
} tti_format;

/** The format that a path's name stands for; "-" is standard input. */
tti_format tti_format_of_path(const char *path);

/** Whether a file of this name is read when it is found in a directory. */
int tti_format_is_news_file(const char *name);

/**
 * Decides the format of a file from its first bytes, where blanks (and a byte order mark) have been
 * skipped. `at_end`: there are no more bytes than these.
 * @return the format, or the one given if more bytes are needed
 */
tti_format tti_format_decide(tti_format format, const char *bytes, size_t size, int at_end);

/**
 * What a file is that would be read as one article but is no text, by its name or its first bytes.
 * @return as "a CSV table", or NULL: it may be text
 */
const char *tti_format_not_text(const char *path, const char *bytes, size_t size);

/** Whether these are the first bytes of a document that tti_xml_feed() reads.
 * @return 1, 0, or -1 if more bytes are needed */
int tti_format_sniff_xml(const char *bytes, size_t size);

/** The bytes of a file after which a format is decided with what there is. */
enum { TTI_FORMAT_SNIFF_BYTES = 64 << 10, TTI_FORMAT_LINE_BYTES = 4 << 20 };

/** The bytes, blanks left out, that tti_format_not_text() looks at. */
enum { TTI_FORMAT_KIND_BYTES = 16 };

#endif
