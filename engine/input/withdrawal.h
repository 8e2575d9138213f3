/* How an item is withdrawn or corrected, in every format. */
#ifndef TTI_INPUT_WITHDRAWAL_H
#define TTI_INPUT_WITHDRAWAL_H

#include <stddef.h>

/** Whether a status of publication withdraws the item, as IPTC's "canceled" does: the word, the
 * term of a scheme ("stat:canceled") or its address, in small letters or capitals and with blanks
 * around it. */
int tti_is_withdrawn(const char *status, size_t size);

/**
 * Whether a headline is one of those by which agencies kill a story: "KILL: ...", "Mandatory Kill
 * -- ...", "ADVISORY: STORY WITHDRAWN". A word follows in none, as it does in "KILL BILL", and in
 * small letters only what says "mandatory", "advisory" or "story" is one.
 */
int tti_is_kill_headline(const char *headline, size_t size);

/** Whether a headline begins as that of a correction does: "CORRECTION: ...", "CORRECTED-UPDATE 1-
 * ...", "(Korrektur) ...", in small letters or capitals. A colon, dash, slash or bracket
 * follows. */
int tti_is_correction_headline(const char *headline, size_t size);

#endif
