// Sixteen messages at once, with AVX-512.
#include "CDigestKernels.h"

#if defined(__x86_64__)
#include "cpu.h"

#include "lanes16.h"

void bw_lanes16_blocks(bw_lanes *lanes, unsigned algorithms, const uint8_t *const data[16], size_t blocks,
                       unsigned last) {
    if (bw_cpu_extensions() & CPU_AVX512) advance(lanes, algorithms, data, blocks, last);
}
#else
void bw_lanes16_blocks(bw_lanes *lanes, unsigned algorithms, const uint8_t *const data[16], size_t blocks,
                       unsigned last) {
    (void)lanes, (void)algorithms, (void)data, (void)blocks, (void)last;
}
#endif
