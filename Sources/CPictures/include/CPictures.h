// Pictures of four formats as rows of samples, top to bottom, from bytes that nobody vouches for.
//
// Each decoder is one C function that calls the sink for every row: a longjmp of libjpeg or libpng begins and ends in
// that function and never crosses the sink's frames. Samples are 8 bits; alpha is dropped, not blended; ICC profiles,
// gamma and EXIF orientation are left alone, as every maker of perceptual hash lists does.
#ifndef CPICTURES_H
#define CPICTURES_H

#include "PictureKernels.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Where bytes come from: a descriptor that is read at offsets of our own, or memory when it is -1.
struct bw_source {
    int descriptor;
    const uint8_t *memory;
    /// Bytes at `memory`, or in the file that the descriptor is open for.
    uint64_t length;
    /// Where the next refill begins.
    uint64_t offset;
    size_t position, filled;
    /// Whether bytes within `length` could not be had, so that what was decoded is no answer; stays until it is opened again.
    bool hasFailed;
    uint8_t buffer[64 * 1024];
};

void bw_open_descriptor(struct bw_source *source, int descriptor, uint64_t length);
void bw_open_memory(struct bw_source *source, const void *memory, size_t length);

/// Copies the first bytes without taking them; fewer than `count` only where there are no more.
size_t bw_peek(struct bw_source *source, void *into, size_t count);

enum bw_outcome {
    BW_WHOLE = 0,
    /// The bytes ended, or made no sense any more, after the first row; what is missing has one plain colour.
    BW_TRUNCATED = 1,
    BW_UNDECODABLE = 2,
    BW_TOO_MANY_PIXELS = 3,
    BW_TOO_MUCH_MEMORY = 4,
    /// More scans than any encoder writes.
    BW_TOO_COMPLEX = 5,
};

struct bw_limits {
    uint64_t pixels;
    /// Bytes for what a decoder holds of a picture that cannot be had row by row, and for what the sink holds.
    uint64_t memory;
    /// Bytes that the sink holds for each pixel of a row.
    uint64_t column;
};

/// Who takes the rows; `begin`, `height` times `row` and `end` come once for each frame. What came counts only where the
/// outcome is whole or truncated; else a frame may lack its end.
struct bw_sink {
    void *context;
    void (*begin)(void *context, uint32_t width, uint32_t height);
    void (*row)(void *context, const struct bw_row *row);
    void (*end)(void *context);
};

/// Frames that are taken from an animation: the first, and up to eight evenly spread over the rest.
#define BW_MOST_FRAMES 9

enum bw_outcome bw_decode_jpeg(struct bw_source *source, const struct bw_limits *limits, const struct bw_sink *sink);
enum bw_outcome bw_decode_png(struct bw_source *source, const struct bw_limits *limits, const struct bw_sink *sink);
enum bw_outcome bw_decode_gif(struct bw_source *source, const struct bw_limits *limits, const struct bw_sink *sink);
enum bw_outcome bw_decode_webp(struct bw_source *source, const struct bw_limits *limits, const struct bw_sink *sink);

#endif
