// A JPEG's luma and chroma as they are stored, so that colours are made only of the rows that somebody reads.
#ifndef BW_PLANES_H
#define BW_PLANES_H

#include "CPictures.h"

#include <stdbool.h>
#include <stdio.h>

#include <jpeglib.h>

struct bw_planes {
    struct jpeg_decompress_struct *decoder;
    /// What the pointers below point into; the owner frees it.
    uint8_t *memory;
    /// Rows of two rounds of the decoder, one behind the other; luma, blue, red.
    uint8_t *planes[3];
    size_t strides[3];
    /// Rows that one round gives: of luma, of chroma.
    uint32_t lumaRows, chromaRows;
    uint8_t *wide[2];
    bool isHalvedAcross, isHalvedDown;
    /// Rows that the sink got.
    uint32_t given;
};

/// Whether a picture's planes can be had: luma with chroma as fine, or halved across, or halved both ways. Others are
/// left to libjpeg.
bool bw_has_planes(const struct jpeg_decompress_struct *decoder);

/// Makes room and asks for planes, before the decoder is started; false without memory.
bool bw_open_planes(struct bw_planes *planes, struct jpeg_decompress_struct *decoder);

/// Decodes all rows. May be left by the decoder's longjmp.
void bw_give_planes(struct bw_planes *planes, const struct bw_sink *sink);

#endif
