#ifndef CHAMMINGKERNELS_H
#define CHAMMINGKERNELS_H

#include <stddef.h>
#include <stdint.h>

// What depends on the processor in comparing perceptual hashes. A hash is four words of 64 bits, most significant first.

/// Which kernel runs: "avx512", "avx2", "popcnt" or "portable".
const char *bw_hamming_kernel(void);

/// Forces a kernel that this processor has, by its name; NULL takes the best again. Returns 0, or -1 where it has not.
/// For tests and benchmarks.
int bw_hamming_force(const char *name);

/// Among `count` pairs of words, those that differ from the wanted pair in at most `limit` bits: their places, in order,
/// into `hits`, which has room for `count`. Returns how many.
size_t bw_near128(const uint64_t *first, const uint64_t *second, size_t count, uint64_t wanted_first,
                  uint64_t wanted_second, int limit, uint16_t *hits);

/// The most masks of one chunk.
enum { BW_MOST_MASKS = 512 };

/// Looks into the buckets `value ^ masks[i]`. Bucket b holds entries `starts[b]` up to `starts[b + 1]`, held within
/// `entry_count`. An entry is two words: the first 64 bits of a hash; its next 32, then its place in the upper half.
/// Entries whose 96 bits differ from the wanted in at most `limit` give their places to `hits`.
/// Returns how many there are, which may be more than `capacity`: ask again with more room then.
size_t bw_probe(const uint32_t *starts, const uint64_t *entries, size_t entry_count, uint32_t value,
                const uint32_t *masks, size_t mask_count, uint64_t wanted_first, uint32_t wanted_next, int limit,
                uint32_t *hits, size_t capacity);

/// Asks for a cache line beforehand.
static inline void bw_will_read(const void *place) { __builtin_prefetch(place); }

#endif
