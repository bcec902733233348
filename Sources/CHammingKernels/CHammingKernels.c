#include "CHammingKernels.h"

#define DISTANCE(one, other) \
    (__builtin_popcountll((one)[0] ^ (other)[0]) + __builtin_popcountll((one)[1] ^ (other)[1]) \
        + __builtin_popcountll((one)[2] ^ (other)[2]) + __builtin_popcountll((one)[3] ^ (other)[3]))

#if defined(__x86_64__)
// x86-64's baseline has no POPCNT. Asked for at each call and not by a resolver of the loader's: that one would run
// before a sanitizer is ready.
__attribute__((target("popcnt"))) static int with_popcnt(const uint64_t *one, const uint64_t *other) {
    return DISTANCE(one, other);
}

int bw_hamming256(const uint64_t *one, const uint64_t *other) {
    return __builtin_cpu_supports("popcnt") ? with_popcnt(one, other) : DISTANCE(one, other);
}
#else
int bw_hamming256(const uint64_t *one, const uint64_t *other) { return DISTANCE(one, other); }
#endif
