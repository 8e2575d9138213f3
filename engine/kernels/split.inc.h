/*
 * Template: included once per instruction set by kernels.c. Needs TTI_NAME(x), TTI_TARGET and
 * TTI_WIDE: 0 for plain C, 2 for AVX2 and BMI2, 5 for AVX-512 with VBMI2.
 *
 * A piece of text is classified 64 bytes at a time into bit masks; runs fall out of the masks, and
 * facts about whole runs come from additions: in `runs + marks` every mark carries to the first bit
 * after its run, as simdjson does for backslashes.
 */

/* Classes of 64 bytes, first byte lowest. */
typedef struct TTI_NAME(masks) {
    uint64_t run;    /* letters, digits, bytes above 0x7F */
    uint64_t letter; /* A-Z a-z */
    uint64_t upper;  /* A-Z */
    uint64_t digit;
    uint64_t high; /* above 0x7F */
    uint64_t line; /* CR, LF */
    uint64_t mild; /* space , - */
} TTI_NAME(masks);

/* What one block passes on to the next: bits that were shifted or carried out. */
typedef struct TTI_NAME(carry) {
    unsigned open;  /* a run reaches the block's end */
    unsigned ask;   /* so does a gap with TTI_RUN_MAYBE_SENTENCE */
    unsigned lower; /* the open run has a small letter */
    unsigned upper; /* ... a capital */
    unsigned more;  /* ... two */
    unsigned dirty; /* ... a byte above 0x7F */
} TTI_NAME(carry);

#if TTI_WIDE == 5

TTI_TARGET static inline TTI_NAME(masks) TTI_NAME(classify)(const uint8_t *text, uint8_t *folded)
{
    const __m512i x = _mm512_loadu_si512(text);
    const __m512i low = _mm512_or_si512(x, _mm512_set1_epi8(0x20));
    TTI_NAME(masks) m;
    m.letter =
        _mm512_cmplt_epu8_mask(_mm512_sub_epi8(low, _mm512_set1_epi8('a')), _mm512_set1_epi8(26));
    m.upper =
        _mm512_cmplt_epu8_mask(_mm512_sub_epi8(x, _mm512_set1_epi8('A')), _mm512_set1_epi8(26));
    m.digit =
        _mm512_cmplt_epu8_mask(_mm512_sub_epi8(x, _mm512_set1_epi8('0')), _mm512_set1_epi8(10));
    m.high = _mm512_movepi8_mask(x);
    m.line = _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('\n')) |
             _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('\r'));
    m.mild = _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8(' ')) |
             _mm512_cmplt_epu8_mask(_mm512_sub_epi8(x, _mm512_set1_epi8(',')), _mm512_set1_epi8(2));
    m.run = m.letter | m.digit | m.high;
    _mm512_storeu_si512(folded, _mm512_mask_blend_epi8(m.upper, x, low));
    return m;
}

/* Stores base + the position of every bit. */
TTI_TARGET static inline void TTI_NAME(append_positions)(uint16_t *out, uint64_t bits,
                                                         unsigned base)
{
    const __m512i places = _mm512_set_epi8(
        63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42, 41,
        40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18,
        17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    const __m512i packed = _mm512_maskz_compress_epi8(bits, places);
    _mm512_storeu_si512(out, _mm512_add_epi16(_mm512_cvtepu8_epi16(_mm512_castsi512_si256(packed)),
                                              _mm512_set1_epi16((short)base)));
}

/* Stores the bytes at the positions of the bits. */
TTI_TARGET static inline void TTI_NAME(append_flags)(uint8_t *out, uint64_t places, __m512i flags)
{
    _mm256_storeu_si256((__m256i *)(void *)out,
                        _mm512_castsi512_si256(_mm512_maskz_compress_epi8(places, flags)));
}

TTI_TARGET static inline __m512i TTI_NAME(letter_classes)(__m512i low, __mmask64 letters)
{
    const __m128i *table = (const __m128i *)(const void *)tti_letter_classes;
    const __m512i first = _mm512_broadcast_i32x4(_mm_loadu_si128(table));
    const __m512i second = _mm512_broadcast_i32x4(_mm_loadu_si128(table + 1));
    const __mmask64 late = _mm512_test_epi8_mask(low, _mm512_set1_epi8(0x10));
    return _mm512_mask_shuffle_epi8(_mm512_maskz_shuffle_epi8(letters, first, low), letters & late,
                                    second, low);
}

TTI_TARGET static inline void TTI_NAME(append_starts)(tti_split *out, uint64_t starts,
                                                      unsigned base, const TTI_NAME(masks) * m,
                                                      uint64_t ask, const uint8_t *folded)
{
    const __m512i digit = _mm512_maskz_set1_epi8(m->digit, (char)TTI_RUN_NUMERAL);
    const __m512i upper = _mm512_maskz_set1_epi8(m->upper, (char)TTI_RUN_CAPITAL);
    const __m512i asked = _mm512_maskz_set1_epi8(ask, (char)TTI_RUN_MAYBE_SENTENCE);
    const __m512i class = TTI_NAME(letter_classes)(_mm512_loadu_si512(folded), m->letter);
    const __m512i flags =
        _mm512_or_si512(_mm512_or_si512(digit, upper), _mm512_or_si512(asked, class));
    TTI_NAME(append_positions)(out->begin + out->count, starts, base);
    TTI_NAME(append_flags)(out->first + out->count, starts, flags);
}

TTI_TARGET static inline void TTI_NAME(append_ends)(tti_split *out, uint32_t ended, uint64_t ends,
                                                    unsigned base, uint64_t upper)
{
    const __m512i flags = _mm512_maskz_set1_epi8(upper, (char)TTI_RUN_UPPER);
    TTI_NAME(append_positions)(out->end + ended, ends, base);
    TTI_NAME(append_flags)(out->whole + ended, ends, flags);
}

#else

#  if TTI_WIDE == 2

TTI_TARGET static inline __m256i TTI_NAME(in_range)(__m256i x, char first, char count)
{
    const __m256i y = _mm256_sub_epi8(x, _mm256_set1_epi8(first));
    return _mm256_cmpeq_epi8(_mm256_min_epu8(y, _mm256_set1_epi8((char)(count - 1))), y);
}

TTI_TARGET static inline uint64_t TTI_NAME(bits)(__m256i a, __m256i b)
{
    return (uint32_t)_mm256_movemask_epi8(a) | (uint64_t)(uint32_t)_mm256_movemask_epi8(b) << 32;
}

TTI_TARGET static inline TTI_NAME(masks) TTI_NAME(classify)(const uint8_t *text, uint8_t *folded)
{
    const __m256i small = _mm256_set1_epi8(0x20);
    const __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)text);
    const __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(text + 32));
    const __m256i upper_a = TTI_NAME(in_range)(a, 'A', 26);
    const __m256i upper_b = TTI_NAME(in_range)(b, 'A', 26);
    const __m256i low_a = _mm256_or_si256(a, _mm256_and_si256(upper_a, small));
    const __m256i low_b = _mm256_or_si256(b, _mm256_and_si256(upper_b, small));
    const __m256i lf = _mm256_set1_epi8('\n'), cr = _mm256_set1_epi8('\r');
    TTI_NAME(masks) m;
    m.letter =
        TTI_NAME(bits)(TTI_NAME(in_range)(low_a, 'a', 26), TTI_NAME(in_range)(low_b, 'a', 26));
    m.upper = TTI_NAME(bits)(upper_a, upper_b);
    m.digit = TTI_NAME(bits)(TTI_NAME(in_range)(a, '0', 10), TTI_NAME(in_range)(b, '0', 10));
    m.high = TTI_NAME(bits)(a, b);
    m.line = TTI_NAME(bits)(_mm256_or_si256(_mm256_cmpeq_epi8(a, lf), _mm256_cmpeq_epi8(a, cr)),
                            _mm256_or_si256(_mm256_cmpeq_epi8(b, lf), _mm256_cmpeq_epi8(b, cr)));
    m.mild =
        TTI_NAME(bits)(_mm256_or_si256(_mm256_cmpeq_epi8(a, small), TTI_NAME(in_range)(a, ',', 2)),
                       _mm256_or_si256(_mm256_cmpeq_epi8(b, small), TTI_NAME(in_range)(b, ',', 2)));
    m.run = m.letter | m.digit | m.high;
    _mm256_storeu_si256((__m256i *)(void *)folded, low_a);
    _mm256_storeu_si256((__m256i *)(void *)(folded + 32), low_b);
    return m;
}

#  else

/* Eight bytes at a time; a byte's answer is its top bit. Bytes above 0x7F are in no range. */
static inline uint64_t TTI_NAME(in_range)(uint64_t x, unsigned first, unsigned count)
{
    const uint64_t each = UINT64_C(0x0101010101010101), top = each << 7, low = x & ~top;
    return (low + each * (0x80 - first)) & ~(low + each * (0x80 - first - count)) & top & ~x;
}

static inline uint64_t TTI_NAME(bits)(uint64_t tops)
{
    return tops * UINT64_C(0x0002040810204081) >> 56;
}

static inline TTI_NAME(masks) TTI_NAME(classify)(const uint8_t *text, uint8_t *folded)
{
    TTI_NAME(masks) m = {0, 0, 0, 0, 0, 0, 0};
    for (unsigned i = 0; i < 64; i += 8) {
        const uint64_t x = XXH_readLE64(text + i);
        const uint64_t upper = TTI_NAME(in_range)(x, 'A', 26);
        const uint64_t low = x | upper >> 2;
        const uint64_t line = TTI_NAME(in_range)(x, '\n', 1) | TTI_NAME(in_range)(x, '\r', 1);
        const uint64_t mild = TTI_NAME(in_range)(x, ' ', 1) | TTI_NAME(in_range)(x, ',', 2);
        m.letter |= TTI_NAME(bits)(TTI_NAME(in_range)(low, 'a', 26)) << i;
        m.upper |= TTI_NAME(bits)(upper) << i;
        m.digit |= TTI_NAME(bits)(TTI_NAME(in_range)(x, '0', 10)) << i;
        m.high |= TTI_NAME(bits)(x & UINT64_C(0x8080808080808080)) << i;
        m.line |= TTI_NAME(bits)(line) << i;
        m.mild |= TTI_NAME(bits)(mild) << i;
        XXH_writeLE64(folded + i, low);
    }
    m.run = m.letter | m.digit | m.high;
    return m;
}

#  endif

#  if TTI_WIDE == 2

/* Bytes of `flag` at the bits of a mask. */
TTI_TARGET static inline __m256i TTI_NAME(spread)(uint32_t bits, char flag)
{
    const __m256i pick = _mm256_set_epi64x(0x0303030303030303, 0x0202020202020202,
                                           0x0101010101010101, 0x0000000000000000);
    const __m256i one = _mm256_set1_epi64x((long long)UINT64_C(0x8040201008040201));
    const __m256i each = _mm256_shuffle_epi8(_mm256_set1_epi32((int)bits), pick);
    return _mm256_and_si256(_mm256_cmpeq_epi8(_mm256_and_si256(each, one), one),
                            _mm256_set1_epi8(flag));
}

TTI_TARGET static inline __m256i TTI_NAME(letter_classes)(__m256i low, __m256i letters)
{
    const __m128i *table = (const __m128i *)(const void *)tti_letter_classes;
    const __m256i first = _mm256_broadcastsi128_si256(_mm_loadu_si128(table));
    const __m256i second = _mm256_broadcastsi128_si256(_mm_loadu_si128(table + 1));
    const __m256i late = _mm256_slli_epi16(low, 3); /* the bit of 0x10 becomes the top one */
    return _mm256_and_si256(letters, _mm256_blendv_epi8(_mm256_shuffle_epi8(first, low),
                                                        _mm256_shuffle_epi8(second, low), late));
}

/* Stores the positions of the bits, eight bits a step, and for each its byte of `flags`. Up to
 * eight are stored past the last. */
TTI_TARGET static inline void TTI_NAME(append_positions)(uint16_t *places, uint8_t *found,
                                                         uint64_t bits, unsigned base,
                                                         const uint8_t *flags)
{
    for (unsigned k = 0; k < 64; k += 8, bits >>= 8) {
        const __m128i at = _mm_cvtsi64_si128((long long)tti_bit_positions[bits & 0xFF]);
        const __m128i of = _mm_loadl_epi64((const __m128i *)(const void *)(flags + k));
        const unsigned count = (unsigned)__builtin_popcount((unsigned)(bits & 0xFF));
        _mm_storeu_si128((__m128i *)(void *)places,
                         _mm_add_epi16(_mm_cvtepu8_epi16(at), _mm_set1_epi16((short)(base + k))));
        _mm_storel_epi64((__m128i *)(void *)found, _mm_shuffle_epi8(of, at));
        places += count;
        found += count;
    }
}

TTI_TARGET static inline void TTI_NAME(append_starts)(tti_split *out, uint64_t starts,
                                                      unsigned base, const TTI_NAME(masks) * m,
                                                      uint64_t ask, const uint8_t *folded)
{
    uint8_t flags[64];
    for (unsigned k = 0; k < 64; k += 32) {
        const __m256i digit = TTI_NAME(spread)((uint32_t)(m->digit >> k), TTI_RUN_NUMERAL);
        const __m256i upper = TTI_NAME(spread)((uint32_t)(m->upper >> k), TTI_RUN_CAPITAL);
        const __m256i asked = TTI_NAME(spread)((uint32_t)(ask >> k), (char)TTI_RUN_MAYBE_SENTENCE);
        const __m256i class = TTI_NAME(letter_classes)(
            _mm256_loadu_si256((const __m256i *)(const void *)(folded + k)),
            TTI_NAME(spread)((uint32_t)(m->letter >> k), (char)0xFF));
        _mm256_storeu_si256(
            (__m256i *)(void *)(flags + k),
            _mm256_or_si256(_mm256_or_si256(digit, upper), _mm256_or_si256(asked, class)));
    }
    TTI_NAME(append_positions)
    (out->begin + out->count, out->first + out->count, starts, base, flags);
}

TTI_TARGET static inline void TTI_NAME(append_ends)(tti_split *out, uint32_t ended, uint64_t ends,
                                                    unsigned base, uint64_t upper)
{
    uint8_t flags[64];
    for (unsigned k = 0; k < 64; k += 32)
        _mm256_storeu_si256((__m256i *)(void *)(flags + k),
                            TTI_NAME(spread)((uint32_t)(upper >> k), TTI_RUN_UPPER));
    TTI_NAME(append_positions)(out->end + ended, out->whole + ended, ends, base, flags);
}

#  else

/* The position of the lowest bit; any position where there is none. */
TTI_TARGET static inline unsigned TTI_NAME(lowest_bit)(uint64_t bits)
{
    return (unsigned)__builtin_ctzll(bits | UINT64_C(1) << 63);
}

/*
 * Both of these work in steps of eight and may store as many past the last bit: a block of English
 * has eleven words, so the number of steps is predicted more often than the number of bits.
 */
TTI_TARGET static inline void TTI_NAME(append_starts)(tti_split *out, uint64_t starts,
                                                      unsigned base, const TTI_NAME(masks) * m,
                                                      uint64_t ask, const uint8_t *folded)
{
    uint16_t *begin = out->begin + out->count;
    uint8_t *first = out->first + out->count;
    for (; starts != 0; begin += 8, first += 8)
        for (unsigned k = 0; k < 8; k++, starts &= starts - 1) {
            const unsigned i = TTI_NAME(lowest_bit)(starts);
            begin[k] = (uint16_t)(base + i);
            first[k] = (uint8_t)((m->digit >> i & 1) * TTI_RUN_NUMERAL |
                                 (m->upper >> i & 1) * TTI_RUN_CAPITAL |
                                 (ask >> i & 1) * TTI_RUN_MAYBE_SENTENCE |
                                 (m->letter >> i & 1) * tti_letter_classes[folded[i] % 32]);
        }
}

TTI_TARGET static inline void TTI_NAME(append_ends)(tti_split *out, uint32_t ended, uint64_t ends,
                                                    unsigned base, uint64_t upper)
{
    uint16_t *end = out->end + ended;
    uint8_t *whole = out->whole + ended;
    for (; ends != 0; end += 8, whole += 8)
        for (unsigned k = 0; k < 8; k++, ends &= ends - 1) {
            const unsigned i = TTI_NAME(lowest_bit)(ends);
            end[k] = (uint16_t)(base + i);
            whole[k] = (uint8_t)((upper >> i & 1) * TTI_RUN_UPPER);
        }
}

#  endif

#endif

/* a + b + *carry, which is left as the carry out. */
TTI_TARGET static inline uint64_t TTI_NAME(add_with_carry)(uint64_t a, uint64_t b, unsigned *carry)
{
    const uint64_t sum = a + b, all = sum + *carry;
    *carry = (unsigned)(sum < a) | (unsigned)(all < sum);
    return all;
}

/* Lists the line ends of a block, and how many runs begin before each. */
TTI_TARGET static inline void TTI_NAME(append_lines)(tti_split *out, uint64_t line, uint64_t starts,
                                                     uint32_t count, unsigned base)
{
    for (; line != 0; line &= line - 1) {
        const unsigned i = (unsigned)__builtin_ctzll(line);
        const uint64_t before = starts & ((line & -line) - 1);
        out->line_at[out->line_count] = (uint16_t)(base + i);
        out->line_runs[out->line_count++] =
            (uint16_t)(count + (unsigned)__builtin_popcountll(before));
    }
}

/* Adds the runs that begin or end in one block. `ended` runs have ended before it. */
TTI_TARGET static inline uint32_t TTI_NAME(append_block)(tti_split *out, const TTI_NAME(masks) * m,
                                                         TTI_NAME(carry) * c, uint32_t ended,
                                                         unsigned base, const uint8_t *folded)
{
    const uint64_t run = m->run, before = run << 1 | c->open;
    const uint64_t starts = run & ~before, ends = ~run & before;
    const uint64_t ask = TTI_NAME(add_with_carry)(~run, ~run & ~m->mild, &c->ask);
    const uint64_t lower = TTI_NAME(add_with_carry)(run, m->letter & ~m->upper, &c->lower);
    const uint64_t more = m->upper & TTI_NAME(add_with_carry)(run, m->upper, &c->upper);
    const uint64_t upper = TTI_NAME(add_with_carry)(run, more, &c->more) & ~lower;
    uint64_t dirty = TTI_NAME(add_with_carry)(run, m->high, &c->dirty) & ends;
    TTI_NAME(append_starts)(out, starts, base, m, ask, folded);
    TTI_NAME(append_ends)(out, ended, ends, base, upper);
    TTI_NAME(append_lines)(out, m->line, starts, out->count, base);
    for (; dirty != 0; dirty &= dirty - 1)
        out->dirty[out->dirty_count++] =
            (uint16_t)(ended + (unsigned)__builtin_popcountll(ends & ((dirty & -dirty) - 1)));
    c->open = (unsigned)(run >> 63);
    out->count += (uint32_t)__builtin_popcountll(starts);
    return ended + (uint32_t)__builtin_popcountll(ends);
}

TTI_TARGET static void TTI_NAME(split)(const uint8_t *text, size_t size, uint8_t *folded,
                                       tti_split *out)
{
    TTI_NAME(carry) c = {0, 1, 0, 0, 0, 0};
    uint32_t ended = 0;
    size_t i = 0;
    out->count = out->dirty_count = out->line_count = 0;
    for (; i + 64 <= size; i += 64) {
        const TTI_NAME(masks) m = TTI_NAME(classify)(text + i, folded + i);
        ended = TTI_NAME(append_block)(out, &m, &c, ended, (unsigned)i, folded + i);
    }
    if (i < size) {
        uint8_t tail[64] = {0};
        memcpy(tail, text + i, size - i);
        const TTI_NAME(masks) m = TTI_NAME(classify)(tail, folded + i);
        ended = TTI_NAME(append_block)(out, &m, &c, ended, (unsigned)i, folded + i);
    }
    if (c.open) {
        out->end[ended] = (uint16_t)size;
        out->whole[ended] = c.more && !c.lower ? TTI_RUN_UPPER : 0;
        if (c.dirty)
            out->dirty[out->dirty_count++] = (uint16_t)ended;
    }
}

#if TTI_WIDE == 5

TTI_TARGET static inline void TTI_NAME(hash_eight)(const tti_token_batch *b, const uint8_t *bytes,
                                                   size_t i, __mmask8 all,
                                                   const tti_xxh_flips *flips, uint64_t *wide,
                                                   uint32_t *low)
{
    const __m512i at = _mm512_maskz_cvtepu32_epi64(all, _mm256_maskz_loadu_epi32(all, b->at + i));
    const __m512i length =
        _mm512_maskz_cvtepu32_epi64(all, _mm256_maskz_loadu_epi32(all, b->length + i));
    const __m512i x = _mm512_mask_i64gather_epi64(_mm512_setzero_si512(), all, at, bytes, 1);
    const __mmask8 four = _mm512_cmpge_epu64_mask(length, _mm512_set1_epi64(4));
    const __m512i width = _mm512_slli_epi64(length, 3), byte = _mm512_set1_epi64(0xFF);
    /* 4 .. 8 bytes: last four below the first four */
    const __m512i tail = _mm512_srlv_epi64(x, _mm512_sub_epi64(width, _mm512_set1_epi64(32)));
    const __m512i long_key =
        _mm512_xor_si512(_mm512_mask_blend_epi32(0xAAAA, tail, _mm512_slli_epi64(x, 32)),
                         _mm512_set1_epi64((long long)flips->four));
    /* 1 .. 3 bytes: last, length, first, middle */
    const __m512i middle = _mm512_and_si512(
        _mm512_srlv_epi64(x, _mm512_slli_epi64(_mm512_srli_epi64(length, 1), 3)), byte);
    const __m512i last =
        _mm512_and_si512(_mm512_srlv_epi64(x, _mm512_sub_epi64(width, _mm512_set1_epi64(8))), byte);
    const __m512i outer = _mm512_or_si512(
        _mm512_or_si512(_mm512_slli_epi64(_mm512_and_si512(x, byte), 16), last),
        _mm512_or_si512(_mm512_slli_epi64(middle, 24), _mm512_slli_epi64(length, 8)));
    const __m512i short_key = _mm512_xor_si512(outer, _mm512_set1_epi64((long long)flips->one));
    /* both: the same steps with other numbers */
    const __m512i turned =
        _mm512_xor_si512(_mm512_rol_epi64(long_key, 49), _mm512_rol_epi64(long_key, 24));
    __m512i h = _mm512_mask_xor_epi64(_mm512_xor_si512(short_key, _mm512_srli_epi64(short_key, 33)),
                                      four, long_key, turned);
    h = _mm512_mullo_epi64(h, _mm512_mask_blend_epi64(four,
                                                      _mm512_set1_epi64((long long)TTI_XXH_PRIME_2),
                                                      _mm512_set1_epi64((long long)TTI_XXH_MIX)));
    h = _mm512_xor_si512(
        h, _mm512_mask_add_epi64(_mm512_srli_epi64(h, 29), four, _mm512_srli_epi64(h, 35), length));
    h = _mm512_mullo_epi64(h, _mm512_mask_blend_epi64(four,
                                                      _mm512_set1_epi64((long long)TTI_XXH_PRIME_3),
                                                      _mm512_set1_epi64((long long)TTI_XXH_MIX)));
    h = _mm512_xor_si512(h, _mm512_mask_srli_epi64(_mm512_srli_epi64(h, 32), four, h, 28));
    _mm512_mask_storeu_epi64(wide + i, all, h);
    _mm512_mask_cvtepi64_storeu_epi32(low + i, all, h);
}

/* Hashes eight strings at a time as if they were short, and lists those that are not. */
TTI_TARGET static size_t TTI_NAME(hash_most)(const tti_token_batch *b, const uint8_t *bytes,
                                             uint64_t seed, uint64_t *wide, uint32_t *low,
                                             uint32_t *rest)
{
    const tti_xxh_flips flips = tti_xxh_flips_of(seed);
    size_t rest_count = 0;
    __m256i places = _mm256_set_epi32(7, 6, 5, 4, 3, 2, 1, 0);
    for (size_t i = 0; i < b->count; i += 8) {
        const size_t left = b->count - i;
        const __mmask8 all = (__mmask8)(left >= 8 ? 0xFF : (1u << left) - 1);
        const __m256i length = _mm256_maskz_loadu_epi32(all, b->length + i);
        const __mmask8 longer = _mm256_cmpgt_epu32_mask(length, _mm256_set1_epi32(8));
        TTI_NAME(hash_eight)(b, bytes, i, all, &flips, wide, low);
        _mm256_storeu_si256((__m256i *)(void *)(rest + rest_count),
                            _mm256_maskz_compress_epi32(longer, places));
        rest_count += (size_t)__builtin_popcount(longer);
        places = _mm256_add_epi32(places, _mm256_set1_epi32(8));
    }
    return rest_count;
}

#else

/* x where the mask is all ones, y where it is 0: no compiler makes a branch of it. */
TTI_TARGET static inline uint64_t TTI_NAME(select)(uint64_t mask, uint64_t x, uint64_t y)
{
    return y ^ (mask & (x ^ y));
}

/* XXH3 of 1 .. 8 bytes; eight may be read. The lengths of words are too irregular to predict:
 * both formulas are made of the same steps with other numbers, and the numbers are selected instead
 * of branching.
 */
TTI_TARGET static inline uint64_t TTI_NAME(hash_eight)(const uint8_t *bytes, uint32_t length,
                                                       const tti_xxh_flips *flips)
{
    const uint64_t x = XXH_readLE64(bytes), four = 0 - (uint64_t)(length >= 4);
    const unsigned width = length * 8;
    /* 1 .. 3 bytes: last, length, first, middle */
    const uint64_t middle = x >> (width / 2 & 56) & 0xFF, last = x >> ((width - 8) & 63) & 0xFF;
    const uint64_t outer = last | length << 8 | (x & 0xFF) << 16 | middle << 24;
    const uint64_t short_key = outer ^ flips->one;
    /* 4 .. 8 bytes: last four below the first four */
    const uint64_t tail = x >> ((width - 32) & 63) & 0xFFFFFFFF;
    const uint64_t long_key = (tail | x << 32) ^ flips->four;
    const uint64_t turned = (long_key << 49 | long_key >> 15) ^ (long_key << 24 | long_key >> 40);
    uint64_t h = TTI_NAME(select)(four, long_key ^ turned, short_key ^ short_key >> 33);
    h *= TTI_NAME(select)(four, TTI_XXH_MIX, TTI_XXH_PRIME_2);
    h ^= (h >> TTI_NAME(select)(four, 35, 29)) + (four & length);
    h *= TTI_NAME(select)(four, TTI_XXH_MIX, TTI_XXH_PRIME_3);
    return h ^ h >> TTI_NAME(select)(four, 28, 32);
}

#  if TTI_WIDE == 2

/* x * (low + high * 2^32) mod 2^64 */
TTI_TARGET static inline __m256i TTI_NAME(multiply)(__m256i x, __m256i low, __m256i high)
{
    const __m256i cross = _mm256_add_epi64(_mm256_mul_epu32(_mm256_srli_epi64(x, 32), low),
                                           _mm256_mul_epu32(x, high));
    return _mm256_add_epi64(_mm256_mul_epu32(x, low), _mm256_slli_epi64(cross, 32));
}

/* One of two numbers in each lane: the first where the mask is all ones. */
TTI_TARGET static inline __m256i TTI_NAME(choose)(__m256i mask, uint64_t x, uint64_t y)
{
    return _mm256_blendv_epi8(_mm256_set1_epi64x((long long)y), _mm256_set1_epi64x((long long)x),
                              mask);
}

TTI_TARGET static inline __m256i TTI_NAME(rotate)(__m256i x, int left)
{
    return _mm256_or_si256(_mm256_slli_epi64(x, left), _mm256_srli_epi64(x, 64 - left));
}

/* hash_eight() of four strings: their first eight bytes, their lengths. */
TTI_TARGET static inline __m256i TTI_NAME(hash_four)(__m256i x, __m256i length,
                                                     const tti_xxh_flips *flips)
{
    const __m256i four = _mm256_cmpgt_epi64(length, _mm256_set1_epi64x(3));
    const __m256i width = _mm256_slli_epi64(length, 3), byte = _mm256_set1_epi64x(0xFF);
    const __m256i tail = _mm256_srlv_epi64(x, _mm256_sub_epi64(width, _mm256_set1_epi64x(32)));
    const __m256i long_key =
        _mm256_xor_si256(_mm256_blend_epi32(tail, _mm256_slli_epi64(x, 32), 0xAA),
                         _mm256_set1_epi64x((long long)flips->four));
    const __m256i half = _mm256_slli_epi64(_mm256_srli_epi64(length, 1), 3);
    const __m256i middle = _mm256_and_si256(_mm256_srlv_epi64(x, half), byte);
    const __m256i last = _mm256_and_si256(
        _mm256_srlv_epi64(x, _mm256_sub_epi64(width, _mm256_set1_epi64x(8))), byte);
    const __m256i outer = _mm256_or_si256(
        _mm256_or_si256(_mm256_slli_epi64(_mm256_and_si256(x, byte), 16), last),
        _mm256_or_si256(_mm256_slli_epi64(middle, 24), _mm256_slli_epi64(length, 8)));
    const __m256i short_key = _mm256_xor_si256(outer, _mm256_set1_epi64x((long long)flips->one));
    const __m256i turned =
        _mm256_xor_si256(TTI_NAME(rotate)(long_key, 49), TTI_NAME(rotate)(long_key, 24));
    __m256i h = _mm256_blendv_epi8(_mm256_xor_si256(short_key, _mm256_srli_epi64(short_key, 33)),
                                   _mm256_xor_si256(long_key, turned), four);
    h = TTI_NAME(multiply)(h, TTI_NAME(choose)(four, TTI_XXH_MIX, TTI_XXH_PRIME_2),
                           TTI_NAME(choose)(four, TTI_XXH_MIX >> 32, TTI_XXH_PRIME_2 >> 32));
    h = _mm256_xor_si256(h, _mm256_blendv_epi8(_mm256_srli_epi64(h, 29),
                                               _mm256_add_epi64(_mm256_srli_epi64(h, 35), length),
                                               four));
    h = TTI_NAME(multiply)(h, TTI_NAME(choose)(four, TTI_XXH_MIX, TTI_XXH_PRIME_3),
                           TTI_NAME(choose)(four, TTI_XXH_MIX >> 32, TTI_XXH_PRIME_3 >> 32));
    return _mm256_xor_si256(
        h, _mm256_blendv_epi8(_mm256_srli_epi64(h, 32), _mm256_srli_epi64(h, 28), four));
}

TTI_TARGET static inline __m256i TTI_NAME(gather)(const uint8_t *bytes, const uint32_t *at)
{
    return _mm256_set_epi64x(
        (long long)XXH_readLE64(bytes + at[3]), (long long)XXH_readLE64(bytes + at[2]),
        (long long)XXH_readLE64(bytes + at[1]), (long long)XXH_readLE64(bytes + at[0]));
}

/* Hashes strings four at a time as if they were short, and lists those that are not. The last few
 * are left: returns how many are done. */
TTI_TARGET static uint32_t TTI_NAME(hash_fours)(const tti_token_batch *b, const uint8_t *bytes,
                                                const tti_xxh_flips *flips, uint64_t *wide,
                                                uint32_t *low, uint32_t *rest, size_t *rest_count)
{
    const __m256i halves = _mm256_set_epi32(7, 5, 3, 1, 6, 4, 2, 0);
    uint32_t i = 0;
    for (; i + 4 <= b->count; i += 4) {
        const __m128i length = _mm_loadu_si128((const __m128i *)(const void *)(b->length + i));
        const __m256i h = TTI_NAME(hash_four)(TTI_NAME(gather)(bytes, b->at + i),
                                              _mm256_cvtepu32_epi64(length), flips);
        const unsigned longer =
            (unsigned)_mm_movemask_ps(_mm_castsi128_ps(_mm_cmpgt_epi32(length, _mm_set1_epi32(8))));
        const __m128i places =
            _mm_cvtepu8_epi32(_mm_cvtsi64_si128((long long)tti_bit_positions[longer]));
        _mm256_storeu_si256((__m256i *)(void *)(wide + i), h);
        _mm_storeu_si128((__m128i *)(void *)(low + i),
                         _mm256_castsi256_si128(_mm256_permutevar8x32_epi32(h, halves)));
        _mm_storeu_si128((__m128i *)(void *)(rest + *rest_count),
                         _mm_add_epi32(places, _mm_set1_epi32((int)i)));
        *rest_count += (size_t)__builtin_popcount(longer);
    }
    return i;
}

#  endif

/* Hashes all strings as if they were short, and lists those that are not. */
TTI_TARGET static size_t TTI_NAME(hash_most)(const tti_token_batch *b, const uint8_t *bytes,
                                             uint64_t seed, uint64_t *wide, uint32_t *low,
                                             uint32_t *rest)
{
    const tti_xxh_flips flips = tti_xxh_flips_of(seed);
    size_t rest_count = 0;
    uint32_t i = 0;
#  if TTI_WIDE == 2
    i = TTI_NAME(hash_fours)(b, bytes, &flips, wide, low, rest, &rest_count);
#  endif
    for (; i < b->count; i++) {
        const uint32_t length = b->length[i];
        wide[i] = TTI_NAME(hash_eight)(bytes + b->at[i], length, &flips);
        low[i] = (uint32_t)wide[i];
        rest[rest_count] = i;
        rest_count += length > 8;
    }
    return rest_count;
}

#endif

TTI_TARGET static void TTI_NAME(hash_tokens)(const tti_token_batch *b, const uint8_t *bytes,
                                             uint64_t seed, uint64_t *wide, uint32_t *low)
{
    uint32_t rest[TTI_SPLIT_RUNS + 8];
    const size_t count = TTI_NAME(hash_most)(b, bytes, seed, wide, low, rest);
    for (size_t i = 0; i < count; i++) {
        const size_t k = rest[i];
        wide[k] = XXH3_64bits_withSeed(bytes + b->at[k], b->length[k], seed);
        low[k] = (uint32_t)wide[k];
    }
}

TTI_TARGET static inline void TTI_NAME(take_begins)(const uint16_t *restrict begin, uint32_t count,
                                                    uint32_t base, uint32_t *restrict at,
                                                    uint32_t *restrict place)
{
    for (uint32_t i = 0; i < count; i++) {
        at[i] = begin[i];
        place[i] = base + begin[i];
    }
}

TTI_TARGET static inline void TTI_NAME(take_sizes)(const uint16_t *restrict begin,
                                                   const uint16_t *restrict end, uint32_t count,
                                                   uint32_t *restrict size,
                                                   uint32_t *restrict length)
{
    for (uint32_t i = 0; i < count; i++)
        size[i] = length[i] = (uint32_t)end[i] - begin[i];
}

/* A short run that begins with a small letter is a short word. */
TTI_TARGET static inline void TTI_NAME(take_flags)(const uint8_t *restrict first,
                                                   const uint8_t *restrict whole,
                                                   const uint32_t *restrict length, uint32_t count,
                                                   uint8_t *restrict flags)
{
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t f = first[i] | whole[i];
        const int is_short = (length[i] < TTI_SHORT_WORD_BYTES) & ((f & TTI_RUN_CAPITAL) == 0) &
                             ((f & TTI_RUN_KIND) != TTI_RUN_NUMERAL);
        flags[i] = (uint8_t)(f | is_short * TTI_RUN_UPPER);
    }
}

/* An array at a time, so that compilers see what is wide in it. */
TTI_TARGET static void TTI_NAME(append_runs)(const tti_split *split, uint32_t begin, uint32_t end,
                                             uint32_t base, int with_flags, tti_token_batch *batch)
{
    const uint32_t count = end - begin, k = batch->count;
    TTI_NAME(take_begins)(split->begin + begin, count, base, batch->at + k, batch->begin + k);
    TTI_NAME(take_sizes)
    (split->begin + begin, split->end + begin, count, batch->size + k, batch->length + k);
    if (with_flags) {
        TTI_NAME(take_flags)
        (split->first + begin, split->whole + begin, batch->length + k, count, batch->flags + k);
    }
    batch->count = k + count;
}

/* The spans as if all were short, and which of them are not: a loop that compilers see is wide. */
TTI_TARGET static inline void TTI_NAME(short_spans)(const uint32_t *restrict begin,
                                                    const uint32_t *restrict size, uint32_t end,
                                                    uint32_t count, uint8_t *restrict extents,
                                                    uint8_t *restrict longer)
{
    extents[0] = (uint8_t)((begin[0] - end) << TTI_EXTENT_SIZE_BITS | size[0]);
    longer[0] = tti_token_extent_long_bits(begin[0] - end, size[0]) != 0;
    for (uint32_t i = 1; i < count; i++) {
        const uint32_t gap = begin[i] - begin[i - 1] - size[i - 1];
        extents[i] = (uint8_t)(gap << TTI_EXTENT_SIZE_BITS | size[i]);
        longer[i] = tti_token_extent_long_bits(gap, size[i]) != 0;
    }
}

/* Eight tokens at a time, for nearly all have short spans. */
TTI_TARGET static size_t TTI_NAME(extents)(const tti_token_batch *b, uint32_t end, uint8_t *extents)
{
    uint8_t shorts[TTI_SPLIT_RUNS], longer[TTI_SPLIT_RUNS];
    uint8_t *out = extents;
    TTI_NAME(short_spans)(b->begin, b->size, end, b->count, shorts, longer);
    for (uint32_t i = 0; i < b->count;) {
        uint64_t eight = 1;
        if (i + 8 <= b->count)
            memcpy(&eight, longer + i, sizeof eight);
        if (eight == 0) {
            memcpy(out, shorts + i, sizeof eight);
            out += sizeof eight;
            i += sizeof eight;
            continue;
        }
        if (longer[i]) {
            const uint32_t before = i > 0 ? b->begin[i - 1] + b->size[i - 1] : end;
            out = tti_token_extent_encode(out, b->begin[i] - before, b->size[i]);
        } else {
            *out++ = shorts[i];
        }
        i++;
    }
    return (size_t)(out - extents);
}
