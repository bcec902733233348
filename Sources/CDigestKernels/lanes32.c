// MD5 of thirty-two messages at once, with AVX-512.
#include "CDigestKernels.h"

#if defined(__x86_64__)
#include "cpu.h"
#include "lanes16.h"

/// Sixteen messages: their variables, and the words of one block of each with the first eight twice, as in `message`.
typedef struct {
    vec s[4], words[24];
} group;

/// One step of each group: neither waits for the other.
PART void both_step(group g[2], int quarter, int half, int i) {
    const uint32_t *sines = md5_sines + 8 * (2 * quarter + half);
    md5_step(g[0].s, g[0].words + 8 * half, sines, quarter, i);
    md5_step(g[1].s, g[1].words + 8 * half, sines, quarter, i);
}

PART void quarter_of_both(group g[2], int quarter) {
    for (int half = 0; half < 2; half++) {
        both_step(g, quarter, half, 0);
        both_step(g, quarter, half, 1);
        both_step(g, quarter, half, 2);
        both_step(g, quarter, half, 3);
        both_step(g, quarter, half, 4);
        both_step(g, quarter, half, 5);
        both_step(g, quarter, half, 6);
        both_step(g, quarter, half, 7);
    }
}

/// So many streams are more than the processor follows by itself; four blocks ahead. What lies behind the end is not
/// touched by that.
PART void fetch_ahead(const uint8_t *const data[16], size_t offset) {
    for (int i = 0; i < 16; i++) _mm_prefetch((const char *)data[i] + offset + 256, _MM_HINT_T0);
}

PART void begin_block(group *g, bw_lanes *lanes, const uint8_t *const data[16], size_t offset) {
    fetch_ahead(data, offset);
    transposed(g->words, data, offset);
    copy(g->words + 16, g->words, 8);
    load_state(g->s, lanes->md5, 4);
}

KERNEL static void advance_both(bw_lanes *const groups[2], const uint8_t *const data[32], size_t blocks) {
    for (size_t i = 0; i < blocks; i++) {
        group g[2];
        begin_block(&g[0], groups[0], data, 64 * i);
        begin_block(&g[1], groups[1], data + 16, 64 * i);
        quarter_of_both(g, 0);
        quarter_of_both(g, 1);
        quarter_of_both(g, 2);
        quarter_of_both(g, 3);
        add_to_state(groups[0]->md5, g[0].s, 4);
        add_to_state(groups[1]->md5, g[1].s, 4);
    }
}

void bw_lanes32_md5_blocks(bw_lanes *const groups[2], const uint8_t *const data[32], size_t blocks) {
    if (bw_cpu_extensions() & CPU_AVX512) advance_both(groups, data, blocks);
}
#else
void bw_lanes32_md5_blocks(bw_lanes *const groups[2], const uint8_t *const data[32], size_t blocks) {
    (void)groups, (void)data, (void)blocks;
}
#endif
