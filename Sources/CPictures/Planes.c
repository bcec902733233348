#include "Planes.h"

#include <stdlib.h>

/// libjpeg widens chroma of fewer columns in another way.
#define LEAST_CHROMA_COLUMNS 3

static bool is_half(const struct jpeg_decompress_struct *decoder, int across, int down) {
    const jpeg_component_info *luma = &decoder->comp_info[0];
    for (int i = 1; i < 3; i++) {
        const jpeg_component_info *chroma = &decoder->comp_info[i];
        if (chroma->h_samp_factor * across != luma->h_samp_factor) return false;
        if (chroma->v_samp_factor * down != luma->v_samp_factor) return false;
    }
    return true;
}

static uint32_t chroma_columns(const struct jpeg_decompress_struct *decoder, bool is_halved) {
    return is_halved ? (decoder->image_width + 1) / 2 : decoder->image_width;
}

bool bw_has_planes(const struct jpeg_decompress_struct *decoder) {
    if (decoder->jpeg_color_space != JCS_YCbCr || decoder->num_components != 3) return false;
    // In larger units, which nobody writes, a round gives more rows than there is room for.
    const jpeg_component_info *chroma = &decoder->comp_info[1];
    if (chroma->h_samp_factor != 1 || chroma->v_samp_factor != 1) return false;
    if (is_half(decoder, 1, 1)) return true;
    bool has_columns = chroma_columns(decoder, true) >= LEAST_CHROMA_COLUMNS;
    return has_columns && (is_half(decoder, 2, 1) || is_half(decoder, 2, 2));
}

/// For whole vectors and whole blocks.
static size_t padded(size_t width) { return (width + 127) / 64 * 64; }

bool bw_open_planes(struct bw_planes *planes, struct jpeg_decompress_struct *decoder) {
    planes->decoder = decoder;
    planes->isHalvedAcross = decoder->comp_info[0].h_samp_factor == 2;
    planes->isHalvedDown = decoder->comp_info[0].v_samp_factor == 2;
    planes->lumaRows = planes->isHalvedDown ? 2 * DCTSIZE : DCTSIZE;
    planes->chromaRows = DCTSIZE;
    size_t wide = padded(decoder->image_width);
    size_t narrow = padded(chroma_columns(decoder, planes->isHalvedAcross));
    size_t luma = 2 * planes->lumaRows * wide, chroma = 2 * planes->chromaRows * narrow;
    planes->memory = calloc(luma + 2 * chroma + 2 * wide, 1);
    if (!planes->memory) return false;
    for (int i = 0; i < 3; i++) planes->strides[i] = i == 0 ? wide : narrow;
    planes->planes[0] = planes->memory;
    planes->planes[1] = planes->memory + luma;
    planes->planes[2] = planes->planes[1] + chroma;
    planes->wide[0] = planes->planes[2] + chroma;
    planes->wide[1] = planes->wide[0] + wide;
    decoder->raw_data_out = TRUE;
    decoder->out_color_space = JCS_YCbCr;
    return true;
}

static uint8_t *plane_row(const struct bw_planes *planes, int which, uint32_t row) {
    uint32_t kept = 2 * (which == 0 ? planes->lumaRows : planes->chromaRows);
    return planes->planes[which] + row % kept * planes->strides[which];
}

/// The next nearest row of chroma; at the edges there is none, and the nearest counts for both.
static uint32_t far_row(const struct bw_planes *planes, uint32_t row) {
    uint32_t near = row / 2, last = (planes->decoder->image_height - 1) / 2;
    if (row % 2 == 0) return near > 0 ? near - 1 : near;
    return near < last ? near + 1 : near;
}

static void give_row(struct bw_planes *planes, const struct bw_sink *sink) {
    uint32_t y = planes->given, near = planes->isHalvedDown ? y / 2 : y;
    struct bw_row row = {
        .colours = BW_YCC, .width = planes->decoder->image_width, .samples = plane_row(planes, 0, y),
        .isHalved = planes->isHalvedAcross,
        .chromaWidth = chroma_columns(planes->decoder, planes->isHalvedAcross),
        .wide = {planes->wide[0], planes->wide[1]},
    };
    for (int i = 0; i < 2; i++) {
        row.near[i] = plane_row(planes, 1 + i, near);
        if (planes->isHalvedDown) row.far[i] = plane_row(planes, 1 + i, far_row(planes, y));
    }
    sink->row(sink->context, &row);
    planes->given++;
}

/// Has the decoder write its next round.
static void read_round(struct bw_planes *planes) {
    JSAMPROW rows[3][2 * DCTSIZE];
    uint32_t y = planes->decoder->output_scanline;
    for (uint32_t i = 0; i < planes->lumaRows; i++) rows[0][i] = plane_row(planes, 0, y + i);
    for (uint32_t i = 0; i < planes->chromaRows; i++) {
        uint32_t chroma = y / planes->lumaRows * planes->chromaRows + i;
        rows[1][i] = plane_row(planes, 1, chroma);
        rows[2][i] = plane_row(planes, 2, chroma);
    }
    JSAMPARRAY all[3] = {rows[0], rows[1], rows[2]};
    jpeg_read_raw_data(planes->decoder, all, planes->lumaRows);
}

void bw_give_planes(struct bw_planes *planes, const struct bw_sink *sink) {
    uint32_t height = planes->decoder->output_height;
    while (planes->decoder->output_scanline < height) {
        read_round(planes);
        // The last row of a round is blended with the chroma of the next.
        uint32_t ready = planes->decoder->output_scanline;
        if (ready < height && planes->isHalvedDown) ready--;
        while (planes->given < ready && planes->given < height) give_row(planes, sink);
    }
}
