/* Messages about failures, with advice on what to do. All the advice is in failure.c. */
#ifndef CLI_FAILURE_H
#define CLI_FAILURE_H

#include "twicetold.h"

/** What a failed call of the library worked on, which decides the advice. */
typedef enum failure_about {
    ABOUT_WORK,    /**< articles in memory and what is found among them */
    ABOUT_INPUT,   /**< the files that articles are read from */
    ABOUT_RESULT,  /**< a result file or a gold file */
    ABOUT_INDEX,   /**< an index */
    ABOUT_CREATION /**< an index that is being created */
} failure_about;

/** Reports that a call of the library failed. @return EXIT_FAILED */
int failure_library(const tt_error *error, failure_about about);

/** Reports that the command ran out of memory. @return EXIT_FAILED */
int failure_memory(void);

/** Reports that `name` could not be written; `number` is an errno. @return EXIT_FAILED */
int failure_write(const char *name, int number);

/** Reports that a temporary file could not be used. `doing` is "write" or "read", `folder` is where
 * the file is or NULL, `number` is an errno, or 0 if the file is too short. @return EXIT_FAILED */
int failure_temporary(const char *doing, const char *folder, int number);

/** Reports that the index `path` is damaged, after each finding was reported. @return EXIT_FAILED
 */
int failure_damage(const char *path);

/** Whether what is wrong with a record is likely to be wrong with all of them: a field is missing,
 * or is another one than was meant. */
int failure_is_of_all_records(const char *reason);

/** Advice to who sent a record to a service, which left it out; NULL: none. */
const char *failure_sent_advice(tt_status status, const char *reason);

enum { FAILURE_RULES = 32 };

/** Counts a record that is left out for a reason, in words too. *advice: what to do about it; NULL
 * if it was said of an earlier one. @return how many there were for the same kind of reason */
uint32_t failure_count_record(tt_status status, const char *reason, uint32_t counts[FAILURE_RULES],
                              const char **advice);

#endif
