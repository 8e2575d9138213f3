/* Grams of four tokens: their hashes, and which of them are minimizers. */
#ifndef TTI_SAMPLE_H
#define TTI_SAMPLE_H

enum {
    TTI_SAMPLE_TOKENS = 4, /**< of a gram */
    TTI_SAMPLE_WINDOW = 6  /**< grams in a row of which the least is taken */
};

#endif
