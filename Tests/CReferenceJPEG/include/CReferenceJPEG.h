// libjpeg as everybody uses it, to compare with: pictures written in any form, and read to red, green and blue.
#ifndef CREFERENCEJPEG_H
#define CREFERENCEJPEG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reference_form {
    uint32_t width, height;
    /// Samples of luma for one of chroma; 0 across for grey.
    int across, down;
    int quality;
    /// Units between restart markers; 0 for none.
    unsigned restart;
    bool isProgressive;
};

/// Writes `width * height` pixels of three bytes; the caller frees what is returned.
uint8_t *reference_encode(const struct reference_form *form, const uint8_t *rgb, size_t *length);

/// Reads to three bytes a pixel, for which there has to be room.
void reference_decode(const uint8_t *jpeg, size_t length, uint8_t *rgb);

#endif
