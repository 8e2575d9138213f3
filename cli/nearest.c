#include "nearest.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

/* The Levenshtein distance of two words. */
static size_t edit_distance(const char *x, const char *y)
{
    size_t line[33];
    const size_t y_size = strlen(y);
    if (y_size > 32)
        return SIZE_MAX;
    for (size_t j = 0; j <= y_size; j++)
        line[j] = j;
    for (size_t i = 0; x[i] != '\0'; i++) {
        size_t corner = line[0];
        line[0] = i + 1;
        for (size_t j = 0; j < y_size; j++) {
            const size_t replaced =
                corner + (tolower((unsigned char)x[i]) != tolower((unsigned char)y[j]));
            const size_t shorter = (line[j] < line[j + 1] ? line[j] : line[j + 1]) + 1;
            corner = line[j + 1];
            line[j + 1] = replaced < shorter ? replaced : shorter;
        }
    }
    return line[y_size];
}

void nearest_try(nearest *best, const char *given, const char *candidate)
{
    const size_t distance = edit_distance(given, candidate);
    if (distance > 2 || distance * 3 > strlen(candidate) + 2 ||
        (best->word != NULL && distance >= best->distance))
        return;
    *best = (nearest){candidate, distance};
}

const char *nearest_synonym(const char *name)
{
    static const char *const pairs[][2] = {
        {"threshold", "resemblance"},
        {"similarity", "resemblance"},
        {"jaccard", "resemblance"},
        {"jobs", "threads"},
        {"workers", "threads"},
        {"cores", "threads"},
        {"out", "output"},
        {"silent", "quiet"},
        {"since", "before"},
        {"field", "text-field"},
        {"mem", "memory"},
        {"num-hashes", "hashes"},
        {"num-perm", "hashes"},
        {"rows", "bands"},
        {"latest", "newest"},
        {"last", "newest"},
        {"recent", "newest"},
        {"oldest", "first"},
        {"earliest", "first"},
        {"biggest", "longest"},
        {"dedupe", "dedup"},
        {"deduplicate", "dedup"},
        {"compare", "show"},
        {"diff", "show"},
        {"html", "report"},
        {"find", "scan"},
        {"stats", "stat"},
        {"delete", "remove"},
        {"search", "query"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        nearest best = {0};
        nearest_try(&best, name, pairs[i][0]);
        if (best.word != NULL && best.distance <= 1)
            return pairs[i][1];
    }
    return NULL;
}
