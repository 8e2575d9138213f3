/* The fields that a text has in front, as Jekyll, Hugo and Pandoc read them: YAML between two lines
 * of "---", or TOML between two of "+++". */
#ifndef TTI_INPUT_FRONT_MATTER_H
#define TTI_INPUT_FRONT_MATTER_H

#include <stddef.h>

typedef struct tti_front_matter {
    size_t size;       /**< bytes of it, with the line that ends it */
    const char *title; /**< without quotes; its size is 0: it has none */
    size_t title_size;
    const char *date;
    size_t date_size;
} tti_front_matter;

/** Finds it at the beginning of a text. It has a title or a date, and no text.
 * @return 0: there is none */
int tti_front_matter_read(const char *text, size_t size, tti_front_matter *front);

#endif
