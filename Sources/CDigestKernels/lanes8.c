// Eight messages at once, with AVX2.
#include "CDigestKernels.h"

#if defined(__x86_64__)
#include "cpu.h"

#include <immintrin.h>

#define LANES 8
#define KERNEL __attribute__((target("avx2")))
#define VECTOR_REGISTER "x"
#include "lanes.h"

PART vec reversed(vec words) {
    const __m256i order = _mm256_broadcastsi128_si256(_mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203));
    return (vec)_mm256_shuffle_epi8((__m256i)words, order);
}

/// An 8 by 8 transposition in three stages.
PART void transposed_half(vec words[8], const uint8_t *const data[8], size_t offset) {
    __m256i rows[8], pairs[8];
    for (int i = 0; i < 8; i++) rows[i] = _mm256_loadu_si256((const __m256i *)(data[i] + offset));

    for (int i = 0; i < 8; i += 2) {
        pairs[i] = _mm256_unpacklo_epi32(rows[i], rows[i + 1]);
        pairs[i + 1] = _mm256_unpackhi_epi32(rows[i], rows[i + 1]);
    }
    for (int i = 0; i < 8; i += 4) {
        rows[i] = _mm256_unpacklo_epi64(pairs[i], pairs[i + 2]);
        rows[i + 1] = _mm256_unpackhi_epi64(pairs[i], pairs[i + 2]);
        rows[i + 2] = _mm256_unpacklo_epi64(pairs[i + 1], pairs[i + 3]);
        rows[i + 3] = _mm256_unpackhi_epi64(pairs[i + 1], pairs[i + 3]);
    }
    for (int w = 0; w < 4; w++) {
        words[w] = (vec)_mm256_permute2x128_si256(rows[w], rows[w + 4], 0x20);
        words[w + 4] = (vec)_mm256_permute2x128_si256(rows[w], rows[w + 4], 0x31);
    }
}

PART void transposed(vec words[16], const uint8_t *const data[8], size_t offset) {
    transposed_half(words, data, offset);
    transposed_half(words + 8, data, offset + 32);
}

void bw_lanes8_blocks(bw_lanes *lanes, unsigned algorithms, const uint8_t *const data[8], size_t blocks,
                      unsigned last) {
    if (bw_cpu_extensions() & CPU_AVX2) advance(lanes, algorithms, data, blocks, last);
}
#else
void bw_lanes8_blocks(bw_lanes *lanes, unsigned algorithms, const uint8_t *const data[8], size_t blocks,
                      unsigned last) {
    (void)lanes, (void)algorithms, (void)data, (void)blocks, (void)last;
}
#endif
