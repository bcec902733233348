// What the decoders share: reading forward, and rows that are not there.
#ifndef BW_SOURCE_H
#define BW_SOURCE_H

#include "CPictures.h"

#include <stdbool.h>

/// Puts the next bytes into the buffer; false at the end. A read that fails is an end to the decoders, and is noted.
bool bw_refill(struct bw_source *source);

/// Copies up to `count` bytes; fewer at the end only.
size_t bw_take(struct bw_source *source, void *into, size_t count);

void bw_skip(struct bw_source *source, uint64_t count);

void bw_rewind(struct bw_source *source);

/// Bytes taken so far; going back to them.
uint64_t bw_tell(const struct bw_source *source);
void bw_seek(struct bw_source *source, uint64_t position);

/// Gives the sink a row of samples, one (grey) or three (red, green, blue) channels a pixel.
static inline void bw_give(const struct bw_sink *sink, const uint8_t *samples, uint32_t width, uint32_t channels) {
    struct bw_row row = {.colours = channels == 1 ? BW_GREY : BW_RGB, .width = width, .samples = samples};
    sink->row(sink->context, &row);
}

static inline bool bw_too_many(const struct bw_limits *limits, uint64_t width, uint64_t height) {
    return width == 0 || height == 0 || width > limits->pixels / height;
}

/// Whether `bytes` may be allocated for a picture of that width.
static inline bool bw_fits(const struct bw_limits *limits, uint64_t width, uint64_t bytes) {
    uint64_t rows = width * limits->column;
    return rows <= limits->memory && bytes <= limits->memory - rows;
}

/// Which of `count` frames is the `sample`th that is hashed, from 0.
static inline uint64_t bw_sampled(uint64_t sample, uint64_t count) {
    return count <= BW_MOST_FRAMES ? sample : sample * count / BW_MOST_FRAMES;
}

#endif
