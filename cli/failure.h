/* Why a run failed, and what to do about it: each advice of the command stands in failure.c. */
#ifndef CLI_FAILURE_H
#define CLI_FAILURE_H

#include "twicetold.h"

/** What a call of the library was about; it decides what there is to do. */
typedef enum failure_about {
    ABOUT_WORK,    /**< the articles in memory and what is made of them */
    ABOUT_INPUT,   /**< files that articles are read from */
    ABOUT_RESULT,  /**< a file that scan wrote, or a gold */
    ABOUT_INDEX,   /**< a living index */
    ABOUT_CREATION /**< a living index that is to be made */
} failure_about;

/** A call of the library failed. @return EXIT_FAILED */
int failure_library(const tt_error *error, failure_about about);

/** There was no memory for something of the command's own. @return EXIT_FAILED */
int failure_memory(void);

/** `name` could not be written, with an errno. @return EXIT_FAILED */
int failure_write(const char *name, int number);

/** A temporary file in `folder`, or NULL, could not be used: `doing` is "write" or "read"; number
 * 0: it is too short. @return EXIT_FAILED */
int failure_temporary(const char *doing, const char *folder, int number);

/** A check has found damage in the index `path`; each finding was named. @return EXIT_FAILED */
int failure_damage(const char *path);

/** What to do about a record that is left out for the reason `status`. */
const char *failure_record_advice(tt_status status);

#endif
