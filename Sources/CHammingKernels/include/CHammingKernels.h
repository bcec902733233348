#ifndef CHAMMINGKERNELS_H
#define CHAMMINGKERNELS_H

#include <stdint.h>

/// Bits that differ between two 256-bit values of four words each, both in the same byte order, whichever it is.
int bw_hamming256(const uint64_t *one, const uint64_t *other);

#endif
