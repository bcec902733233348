// What depends on the processor in hashing a picture: a row's luma, and the two passes of PDQ's box filter.
//
// Whatever the processor, every float has the same bits: sums run in the order of the paper's reference, no product is
// fused with a sum, and a quotient is the nearest float to the true one.
#ifndef PICTURE_KERNELS_H
#define PICTURE_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

enum bw_colours { BW_GREY, BW_RGB, BW_YCC };

/// A row as its decoder has it, so that nobody converts what nobody reads.
struct bw_row {
    enum bw_colours colours;
    uint32_t width;
    /// One byte a pixel of grey or of JPEG's luma; three of red, green and blue.
    const uint8_t *samples;
    /// JPEG's chroma, blue and red: the row of samples that covers this one; and, where it covers two, the next nearest one,
    /// of which a quarter is mixed in.
    const uint8_t *_Nullable near[2], *_Nullable far[2];
    /// Whether there is one chroma sample for two pixels, and how many there are.
    bool isHalved;
    uint32_t chromaWidth;
    /// Two rows for widened chroma, of `width` and 64 bytes more each; rows of JPEG have as much room, too.
    uint8_t *_Nullable wide[2];
};

typedef void bw_luma_kernel(const struct bw_row *row, float *luma);

/// Averages along the rows of a band of sixteen, in place.
///
/// `ring` has `ring_rows` (a power of two, at least window + 32) times sixteen floats, `out` at least 64 times sixteen. With
/// `kept`, only those columns, ascending, at most 64 of them, are written, side by side.
typedef void bw_rows_kernel(float *band, size_t stride, size_t width, size_t window, float *ring, size_t ring_rows,
                            float *out, const uint32_t *_Nullable kept, size_t kept_count);

/// One step of the average along columns: adds `row` to the sums where it is given, takes away the one that `slot` holds and
/// puts it there; writes the sums divided by `count` to `averages` where they are given.
typedef void bw_columns_kernel(float *sums, float *slot, const float *_Nullable row, bool subtracts,
                               float *_Nullable averages, float count, size_t width);

struct bw_kernels {
    const char *name;
    bw_luma_kernel *luma;
    bw_rows_kernel *rows;
    bw_columns_kernel *columns;
};

/// The kernels by rank, from the one for any processor; NULL where this processor has not that many.
const struct bw_kernels *_Nullable bw_kernels_of_rank(int rank);

/// The best that this processor has.
const struct bw_kernels *bw_best_kernels(void);

#pragma clang assume_nonnull end

#endif
