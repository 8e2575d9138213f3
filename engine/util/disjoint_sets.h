/* Disjoint sets of numbers, each a tree: a number has a parent, and a root is its own. */
#ifndef TTI_UTIL_DISJOINT_SETS_H
#define TTI_UTIL_DISJOINT_SETS_H

#include <stdint.h>

/** The root of the set that x is in. It makes the path there shorter (path halving). */
static inline uint32_t tti_find_root(uint32_t *parents, uint32_t x)
{
    while (parents[x] != x)
        x = parents[x] = parents[parents[x]];
    return x;
}

/** Joins the sets of x and y; the root is that of x. */
static inline void tti_join_sets(uint32_t *parents, uint32_t x, uint32_t y)
{
    parents[tti_find_root(parents, y)] = tti_find_root(parents, x);
}

#endif
