/* Ids of articles: 7 is not "7". Inline, since the command uses it too. */
#ifndef TTI_UTIL_ID_H
#define TTI_UTIL_ID_H

#include "twicetold.h"

#include <string.h>

/** `flags` may be those of an article, of which only TT_ARTICLE_INTEGER_ID counts. */
static inline tt_id tti_id(const char *bytes, size_t size, uint32_t flags)
{
    return (tt_id){bytes, size, flags & TT_ARTICLE_INTEGER_ID, 0};
}

static inline tt_id tti_id_of(const tt_article *article)
{
    return tti_id(article->id, article->id_size, article->flags);
}

/** Whether two ids are the same, or there are none: none is of size 0. */
static inline int tti_id_equal(tt_id x, tt_id y)
{
    return x.size == y.size && x.flags == y.flags &&
           (x.size == 0 || memcmp(x.bytes, y.bytes, x.size) == 0);
}

/** Whether the digits of an integer id are the one way to write a number of 64 bits, signed or not.
 */
static inline int tti_id_is_in_range(tt_id x)
{
    const size_t sign = x.size > 0 && x.bytes[0] == '-', count = x.size - sign;
    const char *const greatest = sign ? "9223372036854775808" : "18446744073709551615";
    const size_t most = strlen(greatest);
    if (sign && count == 1 && x.bytes[1] == '0')
        return 0;
    return count < most || (count == most && memcmp(x.bytes + sign, greatest, most) <= 0);
}

#endif
