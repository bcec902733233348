#include "CHammingKernels.h"

#include <stdatomic.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#define TARGET(features) __attribute__((target(features)))
#else
#define TARGET(features)
#endif

// An entry of a chunk: the upper half of its second word is its place.
#define NEXT_MASK 0xFFFFFFFFull
#define PLACE(word) ((uint32_t)((word) >> 32))

typedef size_t near128(const uint64_t *, const uint64_t *, size_t, uint64_t, uint64_t, int, uint16_t *);

/// Entries `start` up to `end`; `found` hits are there already. Returns how many there are then.
typedef size_t bucket96(const uint64_t *, size_t start, size_t end, uint64_t, uint64_t, int, uint32_t *hits,
                        size_t found, size_t capacity);

// MARK: One word at a time

#define NEAR128_BODY                                                                                          \
    size_t found = 0;                                                                                         \
    for (size_t i = 0; i < count; i++) {                                                                      \
        int distance = __builtin_popcountll(first[i] ^ wanted_first) +                                        \
                       __builtin_popcountll(second[i] ^ wanted_second);                                       \
        hits[found] = (uint16_t)i;                                                                            \
        found += distance <= limit;                                                                           \
    }                                                                                                         \
    return found;

#define BUCKET96_BODY                                                                                         \
    for (size_t i = start; i < end; i++) {                                                                    \
        uint64_t next = (entries[2 * i + 1] ^ wanted_next) & NEXT_MASK;                                       \
        int distance = __builtin_popcountll(entries[2 * i] ^ wanted_first) + __builtin_popcountll(next);      \
        if (distance > limit) continue;                                                                       \
        if (found < capacity) hits[found] = PLACE(entries[2 * i + 1]);                                        \
        found++;                                                                                              \
    }                                                                                                         \
    return found;

static size_t near128_portable(const uint64_t *first, const uint64_t *second, size_t count, uint64_t wanted_first,
                               uint64_t wanted_second, int limit, uint16_t *hits) {
    NEAR128_BODY
}

static size_t bucket96_portable(const uint64_t *entries, size_t start, size_t end, uint64_t wanted_first,
                                uint64_t wanted_next, int limit, uint32_t *hits, size_t found, size_t capacity) {
    BUCKET96_BODY
}

#if defined(__x86_64__)

TARGET("popcnt")
static size_t near128_popcnt(const uint64_t *first, const uint64_t *second, size_t count, uint64_t wanted_first,
                             uint64_t wanted_second, int limit, uint16_t *hits) {
    NEAR128_BODY
}

TARGET("popcnt")
static size_t bucket96_popcnt(const uint64_t *entries, size_t start, size_t end, uint64_t wanted_first,
                              uint64_t wanted_next, int limit, uint32_t *hits, size_t found, size_t capacity) {
    BUCKET96_BODY
}

// MARK: AVX2: bits counted by a table of sixteen, Mula's way

TARGET("avx2")
static inline __m256i counted_bytes(__m256i words) {
    const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2,
                                           2, 3, 2, 3, 3, 4);
    const __m256i low = _mm256_set1_epi8(15);
    __m256i lower = _mm256_shuffle_epi8(table, _mm256_and_si256(words, low));
    __m256i upper = _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(words, 4), low));
    return _mm256_add_epi8(lower, upper);
}

TARGET("avx2,popcnt")
static size_t near128_avx2(const uint64_t *first, const uint64_t *second, size_t count, uint64_t wanted_first,
                           uint64_t wanted_second, int limit, uint16_t *hits) {
    const __m256i one = _mm256_set1_epi64x((long long)wanted_first);
    const __m256i two = _mm256_set1_epi64x((long long)wanted_second);
    const __m256i above = _mm256_set1_epi64x(limit);
    size_t found = 0, i = 0;
    for (; i + 4 <= count; i += 4) {
        __m256i a = _mm256_xor_si256(_mm256_loadu_si256((const __m256i *)(first + i)), one);
        __m256i b = _mm256_xor_si256(_mm256_loadu_si256((const __m256i *)(second + i)), two);
        __m256i bits = _mm256_sad_epu8(_mm256_add_epi8(counted_bytes(a), counted_bytes(b)), _mm256_setzero_si256());
        int far = _mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpgt_epi64(bits, above)));
        for (int near = ~far & 15; near; near &= near - 1) hits[found++] = (uint16_t)(i + (size_t)__builtin_ctz(near));
    }
    size_t rest = near128_popcnt(first + i, second + i, count - i, wanted_first, wanted_second, limit, hits + found);
    for (size_t k = 0; k < rest; k++) hits[found + k] = (uint16_t)(hits[found + k] + i);
    return found + rest;
}

// MARK: AVX-512: bits counted by an instruction

TARGET("avx512f,avx512vpopcntdq,popcnt")
static size_t near128_avx512(const uint64_t *first, const uint64_t *second, size_t count, uint64_t wanted_first,
                             uint64_t wanted_second, int limit, uint16_t *hits) {
    const __m512i one = _mm512_set1_epi64((long long)wanted_first);
    const __m512i two = _mm512_set1_epi64((long long)wanted_second);
    const __m512i most = _mm512_set1_epi64(limit);
    size_t found = 0;
    for (size_t i = 0; i < count; i += 8) {
        __mmask8 there = count - i >= 8 ? 0xFF : (__mmask8)((1u << (count - i)) - 1);
        __m512i a = _mm512_xor_si512(_mm512_maskz_loadu_epi64(there, first + i), one);
        __m512i b = _mm512_xor_si512(_mm512_maskz_loadu_epi64(there, second + i), two);
        __m512i bits = _mm512_add_epi64(_mm512_popcnt_epi64(a), _mm512_popcnt_epi64(b));
        unsigned near = _mm512_mask_cmple_epi64_mask(there, bits, most);
        for (; near; near &= near - 1) hits[found++] = (uint16_t)(i + (size_t)__builtin_ctz(near));
    }
    return found;
}

TARGET("avx512f,avx512vpopcntdq,popcnt")
static size_t bucket96_avx512(const uint64_t *entries, size_t start, size_t end, uint64_t wanted_first,
                              uint64_t wanted_next, int limit, uint32_t *hits, size_t found, size_t capacity) {
    const long long one = (long long)wanted_first, two = (long long)(wanted_next & NEXT_MASK);
    const __m512i wanted = _mm512_set_epi64(two, one, two, one, two, one, two, one);
    const long long all = -1, next = (long long)NEXT_MASK;
    const __m512i kept = _mm512_set_epi64(next, all, next, all, next, all, next, all);
    const __m512i most = _mm512_set1_epi64(limit);
    for (size_t i = start; i < end; i += 4) {
        size_t left = end - i;
        __mmask8 there = left >= 4 ? 0xFF : (__mmask8)((1u << (2 * left)) - 1);
        __m512i four = _mm512_maskz_loadu_epi64(there, entries + 2 * i);
        __m512i bits = _mm512_popcnt_epi64(_mm512_and_si512(_mm512_xor_si512(four, wanted), kept));
        bits = _mm512_add_epi64(bits, _mm512_shuffle_epi32(bits, _MM_PERM_BADC));
        unsigned near = _mm512_mask_cmple_epi64_mask(there & 0x55, bits, most);
        for (; near; near &= near - 1) {
            size_t entry = i + (size_t)__builtin_ctz(near) / 2;
            if (found < capacity) hits[found] = PLACE(entries[2 * entry + 1]);
            found++;
        }
    }
    return found;
}

#endif

// MARK: Which of them runs

struct kernel {
    const char *name;
    near128 *near128;
    bucket96 *bucket96;
};

static const struct kernel kernels[] = {
#if defined(__x86_64__)
    {"avx512", near128_avx512, bucket96_avx512},
    {"avx2", near128_avx2, bucket96_popcnt},
    {"popcnt", near128_popcnt, bucket96_popcnt},
#endif
    {"portable", near128_portable, bucket96_portable},
};

static int runs_here(const char *name) {
#if defined(__x86_64__)
    if (strcmp(name, "avx512") == 0)
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vpopcntdq") &&
               __builtin_cpu_supports("popcnt");
    if (strcmp(name, "avx2") == 0) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt");
    if (strcmp(name, "popcnt") == 0) return __builtin_cpu_supports("popcnt");
#endif
    return strcmp(name, "portable") == 0;
}

// Chosen at the first call and not by a resolver of the loader's: that one would run before a sanitizer is ready.
static _Atomic(const struct kernel *) chosen;

static const struct kernel *kernel(void) {
    const struct kernel *found = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (found) return found;
    for (found = kernels; !runs_here(found->name); found++) {}
    atomic_store_explicit(&chosen, found, memory_order_relaxed);
    return found;
}

const char *bw_hamming_kernel(void) { return kernel()->name; }

int bw_hamming_force(const char *name) {
    const struct kernel *found = NULL;
    for (size_t i = 0; name && i < sizeof kernels / sizeof *kernels; i++) {
        if (strcmp(kernels[i].name, name) == 0 && runs_here(name)) found = &kernels[i];
    }
    if (name && !found) return -1;
    atomic_store_explicit(&chosen, found, memory_order_relaxed);
    return 0;
}

size_t bw_near128(const uint64_t *first, const uint64_t *second, size_t count, uint64_t wanted_first,
                  uint64_t wanted_second, int limit, uint16_t *hits) {
    return kernel()->near128(first, second, count, wanted_first, wanted_second, limit, hits);
}

size_t bw_probe(const uint32_t *starts, const uint64_t *entries, size_t entry_count, uint32_t value,
                const uint32_t *masks, size_t mask_count, uint64_t wanted_first, uint32_t wanted_next, int limit,
                uint32_t *hits, size_t capacity) {
    bucket96 *const bucket = kernel()->bucket96;
    size_t start[BW_MOST_MASKS], end[BW_MOST_MASKS];
    if (mask_count > BW_MOST_MASKS) __builtin_trap();
    // Three passes, so that the buckets wait for memory together and not one after the other.
    for (size_t i = 0; i < mask_count; i++) __builtin_prefetch(starts + (value ^ masks[i]));
    for (size_t i = 0; i < mask_count; i++) {
        start[i] = starts[value ^ masks[i]];
        end[i] = starts[(value ^ masks[i]) + 1];
        if (end[i] > entry_count) end[i] = entry_count;
        for (size_t k = start[i]; k < end[i] && k < start[i] + 16; k += 4) __builtin_prefetch(entries + 2 * k);
        if (start[i] < end[i]) __builtin_prefetch(entries + 2 * end[i] - 1);
    }
    size_t found = 0;
    for (size_t i = 0; i < mask_count; i++) {
        if (start[i] < end[i])
            found = bucket(entries, start[i], end[i], wanted_first, wanted_next, limit, hits, found, capacity);
    }
    return found;
}
