// MD5 or SHA-256 of thirty-two messages at once, with AVX-512. SHA-1 gains nothing.
#include "CDigestKernels.h"

#if defined(__x86_64__)
#include "cpu.h"
#include "lanes16.h"

/// One block of sixteen messages.
typedef struct {
    variables v;
    message m;
} group;

/// One step of each group: neither waits for the other.
PART void both_step(unsigned algorithm, group g[2], int quarter, int half, int i) {
    step(algorithm, &g[0].v, &g[0].m, quarter, half, i);
    step(algorithm, &g[1].v, &g[1].m, quarter, half, i);
}

PART void quarter_of_both(unsigned algorithm, group g[2], int quarter) {
    for (int half = 0; half < 2; half++) {
        both_step(algorithm, g, quarter, half, 0);
        both_step(algorithm, g, quarter, half, 1);
        both_step(algorithm, g, quarter, half, 2);
        both_step(algorithm, g, quarter, half, 3);
        both_step(algorithm, g, quarter, half, 4);
        both_step(algorithm, g, quarter, half, 5);
        both_step(algorithm, g, quarter, half, 6);
        both_step(algorithm, g, quarter, half, 7);
    }
}

/// So many streams are more than the processor follows by itself; four blocks ahead. What lies behind the end is not
/// touched by that.
PART void fetch_ahead(const uint8_t *const data[16], size_t offset) {
    for (int i = 0; i < 16; i++) _mm_prefetch((const char *)data[i] + offset + 256, _MM_HINT_T0);
}

PART void blocks_of_both(bw_lanes *const groups[2], unsigned algorithm, const uint8_t *const data[32], size_t blocks,
                         unsigned last) {
    for (size_t i = 0; i < blocks; i++) {
        group g[2];
        const unsigned ends = i + 1 == blocks ? last : 0;
        fetch_ahead(data, 64 * i);
        begin_block(&g[0].v, &g[0].m, groups[0], algorithm, data, 64 * i, ends);
        fetch_ahead(data + 16, 64 * i);
        begin_block(&g[1].v, &g[1].m, groups[1], algorithm, data + 16, 64 * i, ends >> 16);
        quarter_of_both(algorithm, g, 0);
        quarter_of_both(algorithm, g, 1);
        quarter_of_both(algorithm, g, 2);
        quarter_of_both(algorithm, g, 3);
        end_block(groups[0], algorithm, &g[0].v);
        end_block(groups[1], algorithm, &g[1].v);
    }
}

KERNEL static void advance_both(bw_lanes *const groups[2], unsigned algorithm, const uint8_t *const data[32],
                                size_t blocks, unsigned last) {
    switch (algorithm) {
    case BW_MD5: blocks_of_both(groups, BW_MD5, data, blocks, last); break;
    case BW_SHA256: blocks_of_both(groups, BW_SHA256, data, blocks, last); break;
    }
}

void bw_lanes32_blocks(bw_lanes *const groups[2], unsigned algorithm, const uint8_t *const data[32], size_t blocks,
                       unsigned last) {
    if (bw_cpu_extensions() & CPU_AVX512) advance_both(groups, algorithm, data, blocks, last);
}
#else
void bw_lanes32_blocks(bw_lanes *const groups[2], unsigned algorithm, const uint8_t *const data[32], size_t blocks,
                       unsigned last) {
    (void)groups, (void)algorithm, (void)data, (void)blocks, (void)last;
}
#endif
