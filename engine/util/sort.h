/*
 * Sorting and searching.
 *
 * Numbers, and records with a 64-bit key, are sorted by radix; anything else by TTI_SORT_DEFINE(),
 * in place and by a comparison that the compiler inlines. Arrays in order are searched by
 * TTI_LOWER_BOUND().
 */
#ifndef TTI_UTIL_SORT_H
#define TTI_UTIL_SORT_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* ---- Radix sorts ----------------------------------------------------------------------------- */

/** A hash, and the document and position that it is of: 16 bytes. */
typedef struct tti_sort_entry {
    uint64_t key;
    uint32_t doc;
    uint32_t pos;
} tti_sort_entry;

/** Sorts by key; equal keys keep their order. `spare` has room for `count`. One thread. */
void tti_radix_sort_entries(tti_sort_entry *entries, tti_sort_entry *spare, size_t count);

/** Sorts numbers ascending. `spare` has room for `count`. One thread. */
void tti_radix_sort_u64(uint64_t *values, uint64_t *spare, size_t count);

/* What radix_sort.inc.h, the template of both, needs. */
enum {
    TTI_RADIX_BITS = 11,          /* the most in a digit */
    TTI_RADIX_INSERTION_MAX = 48, /* items that go to insertion sort */
    TTI_RADIX_SPARE_BITS = 3 /* more than tell as many keys apart: most runs are of one item then,
                                and the branches of insertion sort, which no processor predicts,
                                are few */
};

/** Digits of `bits` bits, from bit `low` up. */
typedef struct tti_radix_plan {
    int low, bits, passes;
} tti_radix_plan;

/** The digits to sort `count` keys by, which differ in the bits that are set in `differing`. */
static inline tti_radix_plan tti_radix_plan_make(uint64_t differing, size_t count)
{
    const int top = 64 - __builtin_clzll(differing);
    int bits = 64 - __builtin_clzll(count) + TTI_RADIX_SPARE_BITS;
    tti_radix_plan p;
    if (bits > top)
        bits = top;
    p.passes = (bits + TTI_RADIX_BITS - 1) / TTI_RADIX_BITS;
    p.bits = (bits + p.passes - 1) / p.passes;
    p.low = top > p.bits * p.passes ? top - p.bits * p.passes : 0;
    return p;
}

/* ---- Sorting by comparison ------------------------------------------------------------------- */

/**
 * Defines `static void NAME(type *items, size_t count)`. `is_less` is an expression in the pointers
 * x and y: whether *x comes before *y.
 *
 *     TTI_SORT_DEFINE(sort_pairs, tt_pair, x->a != y->a ? x->a < y->a : x->b < y->b)
 *
 * The order must be total, since items that are equal in it end up in any order. The sort is
 * quicksort with the median of three, heapsort where that goes too deep, and insertion sort for
 * short ranges: it needs no memory but the stack's, and n log n comparisons in the worst case.
 */
#define TTI_SORT_DEFINE(name, type, is_less)                                                       \
  static inline int name##_less(const type *x, const type *y)                                      \
  {                                                                                                \
    return is_less;                                                                                \
  }                                                                                                \
  static inline void name##_swap(type *x, type *y)                                                 \
  {                                                                                                \
    const type was = *x;                                                                           \
    *x = *y;                                                                                       \
    *y = was;                                                                                      \
  }                                                                                                \
  static inline void name##_insertion(type *items, size_t count)                                   \
  {                                                                                                \
    for (size_t i = 1; i < count; i++) {                                                           \
      const type item = items[i];                                                                  \
      size_t k = i;                                                                                \
      for (; k > 0 && name##_less(&item, &items[k - 1]); k--)                                      \
        items[k] = items[k - 1];                                                                   \
      items[k] = item;                                                                             \
    }                                                                                              \
  }                                                                                                \
  static void name##_sift(type *items, size_t at, size_t count)                                    \
  {                                                                                                \
    for (size_t child; (child = 2 * at + 1) < count; at = child) {                                 \
      child += child + 1 < count && name##_less(&items[child], &items[child + 1]);                 \
      if (!name##_less(&items[at], &items[child]))                                                 \
        return;                                                                                    \
      name##_swap(&items[at], &items[child]);                                                      \
    }                                                                                              \
  }                                                                                                \
  static void name##_heap(type *items, size_t count)                                               \
  {                                                                                                \
    for (size_t k = count / 2; k-- > 0;)                                                           \
      name##_sift(items, k, count);                                                                \
    for (size_t k = count; k-- > 1;) {                                                             \
      name##_swap(&items[0], &items[k]);                                                           \
      name##_sift(items, 0, k);                                                                    \
    }                                                                                              \
  }                                                                                                \
  static void name##_quick(type *items, size_t count, unsigned depth)                              \
  {                                                                                                \
    while (count > TTI_SORT_INSERTION_MAX) {                                                       \
      type *middle = &items[count / 2], *last = &items[count - 1];                                 \
      size_t i = 0, k = count - 1;                                                                 \
      if (depth-- == 0) {                                                                          \
        name##_heap(items, count);                                                                 \
        return;                                                                                    \
      }                                                                                            \
      if (name##_less(last, items))                                                                \
        name##_swap(last, items);                                                                  \
      if (name##_less(middle, items))                                                              \
        name##_swap(middle, items);                                                                \
      else if (name##_less(last, middle))                                                          \
        name##_swap(last, middle);                                                                 \
      name##_swap(middle, &items[1]); /* the pivot; its ends bound both searches */                \
      for (i = 1;;) {                                                                              \
        do                                                                                         \
          i++;                                                                                     \
        while (name##_less(&items[i], &items[1]));                                                 \
        do                                                                                         \
          k--;                                                                                     \
        while (name##_less(&items[1], &items[k]));                                                 \
        if (i >= k)                                                                                \
          break;                                                                                   \
        name##_swap(&items[i], &items[k]);                                                         \
      }                                                                                            \
      name##_swap(&items[1], &items[k]);                                                           \
      if (k < count - k - 1) { /* the shorter part by recursion */                                 \
        name##_quick(items, k, depth);                                                             \
        items += k + 1, count -= k + 1;                                                            \
      } else {                                                                                     \
        name##_quick(items + k + 1, count - k - 1, depth);                                         \
        count = k;                                                                                 \
      }                                                                                            \
    }                                                                                              \
    name##_insertion(items, count);                                                                \
  }                                                                                                \
  static inline void name(type *items, size_t count)                                               \
  {                                                                                                \
    name##_quick(items, count, tti_sort_depth(count));                                             \
  }

enum { TTI_SORT_INSERTION_MAX = 16 };

/** How deep quicksort recurses before heapsort takes over. */
static inline unsigned tti_sort_depth(size_t count)
{
    unsigned depth = 0;
    for (; count > 1; count /= 2)
        depth += 2;
    return depth;
}

/** qsort(), for an array that may be empty and at NULL. Its order must be total, too. */
static inline void tti_qsort(void *base, size_t count, size_t size,
                             int (*compare)(const void *, const void *))
{
    if (count > 1)
        qsort(base, count, size, compare);
}

/* ---- Searching ------------------------------------------------------------------------------- */

/**
 * Sets the size_t `i` to the first index in [begin, end) that is not before what is looked for, or
 * to `end`. `is_before` is an expression in `i`, true up to some index and false from there on:
 *
 *     TTI_LOWER_BOUND(i, 0, count, numbers[i] < wanted);      the first number that is not less
 *     TTI_LOWER_BOUND(i, 0, count, numbers[i] <= wanted);     the first that is greater
 */
#define TTI_LOWER_BOUND(i, begin, end, is_before)                                                  \
  do {                                                                                             \
    size_t tti_low_ = (begin), tti_high_ = (end);                                                  \
    while (tti_low_ < tti_high_) {                                                                 \
      (i) = tti_low_ + (tti_high_ - tti_low_) / 2;                                                 \
      if (is_before)                                                                               \
        tti_low_ = (i) + 1;                                                                        \
      else                                                                                         \
        tti_high_ = (i);                                                                           \
    }                                                                                              \
    (i) = tti_low_;                                                                                \
  } while (0)

#endif
