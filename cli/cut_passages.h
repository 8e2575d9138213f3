/*
 * Texts without the passages that others have too, for dedup --sections: of each repeated section
 * the first place stays, and every later one is cut out of its text.
 */
#ifndef CLI_CUT_PASSAGES_H
#define CLI_CUT_PASSAGES_H

#include "twicetold.h"

/** Which sections are cut: the values of --sections. */
typedef enum cut_choice {
    CUT_OFF,
    CUT_ALL,     /**< those of two articles or more */
    CUT_NOTICES, /**< of these the notices */
    CUT_WITHIN   /**< also what one article repeats within itself */
} cut_choice;

/** A passage to cut. */
typedef struct cut {
    uint64_t article, begin, end; /**< bytes of its text */
    uint64_t section;             /**< the first of those that it is a place of */
} cut;

/** The passages to cut, by article and place, none of which overlap. Owner: the caller, free().
 * @return 0, or an exit code */
int cuts_find(const tt_result *result, cut_choice choice, cut **cuts, size_t *count);

/** Widens the cuts of one text by the marks that open and close them, which are no words: a quote
 * before a passage, the full stop behind it. */
void cuts_take_marks(const char *text, size_t size, cut *cuts, size_t count);

/** Leaves the passages out of a text, with the blanks that follow each. @return its size then */
size_t cuts_apply(char *text, size_t size, const cut *cuts, size_t count);

/** Finds the string that is the text of a record: the field of that name or, since it may be within
 * another or have another name, the first with this text. [*begin, *end) has the quotes too.
 * @return 1; 0: no string is; -1: out of memory */
int cuts_find_text(const char *record, size_t record_size, const char *field, const char *text,
                   size_t text_size, size_t *begin, size_t *end);

#endif
