/*
 * The latest dates of the articles of an index: the present of a feed, which one date that was
 * wrongly read must not move.
 */
#ifndef TTI_INDEX_LATEST_DATES_H
#define TTI_INDEX_LATEST_DATES_H

#include <stddef.h>
#include <stdint.h>

typedef struct tti_article_date {
    int64_t time;
    uint32_t article;
} tti_article_date;

enum {
    TTI_LATEST_DATES = 64,
    TTI_LATEST_NEEDED =
        16 /**< with fewer, though more articles have a date, it must be made again */
};

/** The latest first. There is no other date later than the last of them. */
typedef struct tti_latest_dates {
    tti_article_date dates[TTI_LATEST_DATES];
    size_t count;
} tti_latest_dates;

/** Adds a date. `before`: how many articles had one. */
void tti_latest_dates_add(tti_latest_dates *x, tti_article_date date, size_t before);
/** Removes the date of an article, if it is one of these. */
void tti_latest_dates_remove(tti_latest_dates *x, tti_article_date date);
/** The latest but for one date in a hundred of `count`, and for one at least if there are two. They
 * are not zero. */
int64_t tti_latest_dates_present(const tti_latest_dates *x, size_t count);

#endif
