#include "index/latest_dates.h"

#include <assert.h>
#include <string.h>

enum { ODD_SHARE = 100 };

void tti_latest_dates_add(tti_latest_dates *x, tti_article_date date, size_t before)
{
    size_t k = x->count;
    if (x->count < before && (x->count == 0 || date.time < x->dates[x->count - 1].time))
        return; /* others that are not here may be later */
    while (k > 0 && x->dates[k - 1].time < date.time)
        k--;
    if (k == TTI_LATEST_DATES)
        return;
    x->count -= x->count == TTI_LATEST_DATES;
    memmove(x->dates + k + 1, x->dates + k, (x->count - k) * sizeof *x->dates);
    x->dates[k] = date;
    x->count++;
}

void tti_latest_dates_remove(tti_latest_dates *x, tti_article_date date)
{
    for (size_t k = x->count; k-- > 0 && x->dates[k].time <= date.time;)
        if (x->dates[k].article == date.article) {
            x->count--;
            memmove(x->dates + k, x->dates + k + 1, (x->count - k) * sizeof *x->dates);
            return;
        }
}

int64_t tti_latest_dates_present(const tti_latest_dates *x, size_t count)
{
    size_t odd = count / ODD_SHARE;
    odd = odd < 1 ? count > 1 : odd < TTI_LATEST_NEEDED - 1 ? odd : TTI_LATEST_NEEDED - 1;
    assert(x->count > odd);
    return x->dates[odd].time;
}
