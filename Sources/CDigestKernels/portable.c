// One message at a time on any processor: the lanes' rounds with one lane, which a compiler makes plain words of.
#define LANES 1
#define KERNEL
#include "lanes.h"

#include <string.h>

PART void transposed(vec words[16], const uint8_t *const data[1], size_t offset) {
    for (int i = 0; i < 16; i++) {
        const uint8_t *four = data[0] + offset + 4 * i;
        words[i] = everywhere((uint32_t)four[0] | (uint32_t)four[1] << 8 | (uint32_t)four[2] << 16 |
                              (uint32_t)four[3] << 24);
    }
}

PART vec reversed(vec words) { return everywhere(__builtin_bswap32(words[0])); }

void bw_portable_blocks(bw_digest_state *state, unsigned algorithms, const uint8_t *data, size_t blocks, int last) {
    bw_lanes lane;
    bw_lanes_set_state(&lane, 0, state);
    advance(&lane, algorithms, &data, blocks, last ? 1 : 0);
    bw_lanes_state(&lane, 0, state);
}
