// What lies behind bw_lanes.
#ifndef BW_LANES_STATE_H
#define BW_LANES_STATE_H

#include "CDigestKernels.h"

/// Word by word: `md5[w][lane]`.
struct bw_lanes {
    uint32_t md5[4][16] __attribute__((aligned(BW_LANES_ALIGNMENT)));
    uint32_t sha1[5][16];
    uint32_t sha256[8][16];
};

_Static_assert(sizeof(struct bw_lanes) == BW_LANES_SIZE, "callers give this much memory");

#endif
