#include "versions.h"

#include <stdlib.h>

static int by_time(const void *x, const void *y)
{
    const version *p = x, *q = y;
    if (p->published != q->published)
        return p->published < q->published ? -1 : 1;
    return (p->place > q->place) - (p->place < q->place);
}

void versions_sort(version *versions, size_t count)
{
    qsort(versions, count, sizeof *versions, by_time);
}
