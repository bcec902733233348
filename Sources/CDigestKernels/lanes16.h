// Sixteen messages in AVX-512's registers: what lanes16.c and lanes32.c share.
#include <immintrin.h>

#define LANES 16
#define KERNEL __attribute__((target("avx512f,avx512bw,avx512vl")))
#define VECTOR_REGISTER "v"
#include "lanes.h"

PART vec reversed(vec words) {
    const __m512i order = _mm512_broadcast_i32x4(_mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203));
    return (vec)_mm512_shuffle_epi8((__m512i)words, order);
}

/// A 16 by 16 transposition in four stages, each of which moves pairs twice as far apart as the one before.
PART void transposed(vec words[16], const uint8_t *const data[16], size_t offset) {
    __m512i rows[16], pairs[16];
    for (int i = 0; i < 16; i++) rows[i] = _mm512_loadu_si512(data[i] + offset);

    // Within each quarter of a vector: four rows' words become four words of four lanes.
    for (int i = 0; i < 16; i += 2) {
        pairs[i] = _mm512_unpacklo_epi32(rows[i], rows[i + 1]);
        pairs[i + 1] = _mm512_unpackhi_epi32(rows[i], rows[i + 1]);
    }
    for (int i = 0; i < 16; i += 4) {
        rows[i] = _mm512_unpacklo_epi64(pairs[i], pairs[i + 2]);
        rows[i + 1] = _mm512_unpackhi_epi64(pairs[i], pairs[i + 2]);
        rows[i + 2] = _mm512_unpacklo_epi64(pairs[i + 1], pairs[i + 3]);
        rows[i + 3] = _mm512_unpackhi_epi64(pairs[i + 1], pairs[i + 3]);
    }
    // Between quarters: quarter q of rows[4 * g + w] holds word 4 * q + w of lanes 4 * g to 4 * g + 3.
    for (int w = 0; w < 4; w++) {
        const __m512i first_even = _mm512_shuffle_i32x4(rows[w], rows[w + 4], 0x88);
        const __m512i first_odd = _mm512_shuffle_i32x4(rows[w], rows[w + 4], 0xdd);
        const __m512i second_even = _mm512_shuffle_i32x4(rows[w + 8], rows[w + 12], 0x88);
        const __m512i second_odd = _mm512_shuffle_i32x4(rows[w + 8], rows[w + 12], 0xdd);
        words[w] = (vec)_mm512_shuffle_i32x4(first_even, second_even, 0x88);
        words[w + 4] = (vec)_mm512_shuffle_i32x4(first_odd, second_odd, 0x88);
        words[w + 8] = (vec)_mm512_shuffle_i32x4(first_even, second_even, 0xdd);
        words[w + 12] = (vec)_mm512_shuffle_i32x4(first_odd, second_odd, 0xdd);
    }
}
