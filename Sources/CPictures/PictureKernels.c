#include "PictureKernels.h"

#include <string.h>

// A product and a sum are two roundings, also where the processor could make one of them.
#pragma STDC FP_CONTRACT OFF

typedef float lanes __attribute__((vector_size(64)));
typedef uint8_t bytes __attribute__((vector_size(16)));
typedef uint8_t halves __attribute__((vector_size(32)));
typedef uint16_t shorts __attribute__((vector_size(64)));
typedef int32_t ints __attribute__((vector_size(64)));

enum { LANES = 16 };

/// Largest divisor for which the quotient by reciprocal was compared with the true one, for every float.
#define LARGEST_TRIED 600

#define KERNEL(name) name##_portable
#include "PictureKernelsBody.h"
#undef KERNEL

#if defined(__x86_64__)

#define HAS_FUSED 1
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define KERNEL(name) name##_avx2
#include "PictureKernelsBody.h"
#undef KERNEL
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#define KERNEL(name) name##_avx512
#include "PictureKernelsBody.h"
#undef KERNEL
#pragma clang attribute pop

static bool has(int rank) {
    if (rank == 1) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vl") && has(1);
}

#endif

#define KERNELS(name) {#name, luma_##name, average_rows_##name, average_columns_##name}

static const struct bw_kernels kernels[] = {
    KERNELS(portable),
#if defined(__x86_64__)
    KERNELS(avx2),
    KERNELS(avx512),
#endif
};

const struct bw_kernels *bw_kernels_of_rank(int rank) {
    if (rank < 0 || rank >= (int)(sizeof kernels / sizeof kernels[0])) return NULL;
#if defined(__x86_64__)
    if (rank > 0 && !has(rank)) return NULL;
#endif
    return &kernels[rank];
}

const struct bw_kernels *bw_best_kernels(void) {
    const struct bw_kernels *best = &kernels[0];
    for (int rank = 1; bw_kernels_of_rank(rank); rank++) best = bw_kernels_of_rank(rank);
    return best;
}
