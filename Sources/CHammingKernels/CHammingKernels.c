#include "CHammingKernels.h"

// x86-64's baseline has no POPCNT, so the loader chooses between two copies of this function.
#if defined(__x86_64__)
__attribute__((target_clones("popcnt", "default")))
#endif
int bw_hamming256(const uint64_t *one, const uint64_t *other) {
    int distance = 0;
    for (int word = 0; word < 4; word++) distance += __builtin_popcountll(one[word] ^ other[word]);
    return distance;
}
