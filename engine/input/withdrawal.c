#define _POSIX_C_SOURCE 200809L
#include "input/withdrawal.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

int tti_is_withdrawn(const char *status, size_t size)
{
    static const char *const words[] = {"canceled", "cancelled", "withheld", "withdrawn", "killed"};
    size_t begin;
    while (size > 0 && isspace((unsigned char)status[size - 1]))
        size--;
    begin = size;
    while (begin > 0 && strchr(":/#", status[begin - 1]) == NULL)
        begin--; /* of "stat:canceled" and of the address of the same term */
    while (begin < size && isspace((unsigned char)status[begin]))
        begin++;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (size - begin == strlen(words[i]) &&
            strncasecmp(status + begin, words[i], size - begin) == 0)
            return 1;
    return 0;
}

/* The offset after a word of the headline at `at`; 0: another word is there. */
static size_t pass_word(const char *headline, size_t size, size_t at, const char *word)
{
    size_t end;
    if (at == size || ((headline[at] ^ *word) & 0xDF) != 0)
        return 0; /* as most are: it does not begin with the same letter */
    end = at + strlen(word);
    return end <= size && strncasecmp(headline + at, word, end - at) == 0 &&
                   (end == size || !(isalnum((unsigned char)headline[end])))
               ? end
               : 0;
}

/* Passes blanks, and the marks that separate the parts of a headline. *is_mark: there was one */
static size_t pass_marks(const char *headline, size_t size, size_t at, int *is_mark)
{
    *is_mark = 0;
    while (at < size) {
        const int is_dash = size - at >= 3 && memcmp(headline + at, "\xe2\x80", 2) == 0 &&
                            (unsigned char)headline[at + 2] >= 0x90 &&
                            (unsigned char)headline[at + 2] <= 0x95;
        if (!is_dash && headline[at] != ' ' && strchr(":-/,.*", headline[at]) == NULL)
            break;
        *is_mark |= headline[at] != ' ';
        at += is_dash ? 3 : 1;
    }
    return at;
}

int tti_is_kill_headline(const char *headline, size_t size)
{
    static const struct {
        const char *word;
        int is_sure;    /* what follows may be in small letters */
        int needs_mark; /* between it and what follows */
    } openings[] = {{"MANDATORY", 1, 0},
                    {"ADVISORY", 1, 0},
                    {"STORY", 1, 0},
                    {"BULLETIN", 0, 0},
                    {"URGENT", 0, 0},
                    {"ATTN EDITORS", 0, 1},
                    {"ATTENTION EDITORS", 0, 1},
                    {"EDITORS", 0, 1},
                    {"EDS", 0, 1},
                    {"BC", 0, 1}};
    static const char *const kills[] = {"KILL STORY", "KILL", "WITHDRAWN"};
    size_t at, end = 0;
    int is_sure = 0, is_mark, is_opened = 1;
    at = pass_marks(headline, size, 0, &is_mark);
    while (is_opened) {
        is_opened = 0;
        for (size_t i = 0; i < sizeof openings / sizeof *openings && !is_opened; i++) {
            end = pass_word(headline, size, at, openings[i].word);
            if (end == 0)
                continue;
            end = pass_marks(headline, size, end, &is_mark);
            if (openings[i].needs_mark && !is_mark)
                return 0;
            at = end;
            is_sure |= openings[i].is_sure;
            is_opened = 1;
        }
    }
    for (size_t i = 0; i < sizeof kills / sizeof *kills; i++) {
        end = pass_word(headline, size, at, kills[i]);
        if (end == 0 || (!is_sure && memcmp(headline + at, kills[i], end - at) != 0))
            continue;
        at = pass_marks(headline, size, end, &is_mark);
        return is_mark || at == size;
    }
    return 0;
}

int tti_is_correction_headline(const char *headline, size_t size)
{
    static const char *const words[] = {"CORRECTION",      "CORRECTED",      "CORRECTIVE",
                                        "KORREKTUR",       "BERICHTIGUNG",   "RECTIFICATIF",
                                        "R\xc3\x84TTELSE", "R\xc3\xa4ttelse"};
    int is_mark;
    size_t at = pass_marks(headline, size, 0, &is_mark), end = pass_word(headline, size, at, "BC");
    if (end > 0)
        at = pass_marks(headline, size, end, &is_mark);
    at += at < size && headline[at] == '(';
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        end = pass_word(headline, size, at, words[i]);
        while (end > 0 && end < size && headline[end] == ' ')
            end++;
        if (end > 0 && end < size &&
            (strchr(":-/)", headline[end]) != NULL ||
             (size - end > 2 && memcmp(headline + end, "\xe2\x80", 2) == 0)))
            return 1;
    }
    return 0;
}
