#include "CReferenceJPEG.h"

#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

uint8_t *reference_encode(const struct reference_form *form, const uint8_t *rgb, size_t *length) {
    struct jpeg_compress_struct encoder;
    struct jpeg_error_mgr errors;
    unsigned char *out = NULL;
    unsigned long size = 0;
    encoder.err = jpeg_std_error(&errors);
    jpeg_create_compress(&encoder);
    jpeg_mem_dest(&encoder, &out, &size);
    encoder.image_width = form->width;
    encoder.image_height = form->height;
    encoder.input_components = 3;
    encoder.in_color_space = JCS_RGB;
    jpeg_set_defaults(&encoder);
    jpeg_set_quality(&encoder, form->quality, TRUE);
    if (form->across == 0) {
        jpeg_set_colorspace(&encoder, JCS_GRAYSCALE);
    } else {
        encoder.comp_info[0].h_samp_factor = form->across;
        encoder.comp_info[0].v_samp_factor = form->down;
    }
    encoder.restart_interval = form->restart;
    if (form->isProgressive) jpeg_simple_progression(&encoder);
    jpeg_start_compress(&encoder, TRUE);
    while (encoder.next_scanline < form->height) {
        JSAMPROW row = (JSAMPROW)rgb + (size_t)encoder.next_scanline * form->width * 3;
        jpeg_write_scanlines(&encoder, &row, 1);
    }
    jpeg_finish_compress(&encoder);
    jpeg_destroy_compress(&encoder);
    *length = size;
    return out;
}

void reference_decode(const uint8_t *jpeg, size_t length, uint8_t *rgb) {
    struct jpeg_decompress_struct decoder;
    struct jpeg_error_mgr errors;
    decoder.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&decoder);
    jpeg_mem_src(&decoder, jpeg, length);
    jpeg_read_header(&decoder, TRUE);
    decoder.out_color_space = JCS_RGB;
    jpeg_start_decompress(&decoder);
    while (decoder.output_scanline < decoder.output_height) {
        JSAMPROW row = rgb + (size_t)decoder.output_scanline * decoder.output_width * 3;
        jpeg_read_scanlines(&decoder, &row, 1);
    }
    jpeg_finish_decompress(&decoder);
    jpeg_destroy_decompress(&decoder);
}
