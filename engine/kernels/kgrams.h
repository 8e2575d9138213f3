/* Grams of four tokens: their hashes, and which of them are minimizers. */
#ifndef TTI_KERNELS_KGRAMS_H
#define TTI_KERNELS_KGRAMS_H

enum {
    TTI_MINIMIZER_TOKENS = 4, /**< of a gram */
    TTI_MINIMIZER_WINDOW = 6  /**< grams in a row of which the least is taken */
};

#endif
