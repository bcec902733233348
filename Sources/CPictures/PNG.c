// libpng: row by row, an interlaced picture through one buffer of its own size.

#include "Source.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

/// Samples in a row, and rows: libpng's own default.
#define LONGEST_SIDE 1000000
/// Bytes that one chunk may make libpng allocate.
#define LARGEST_CHUNK (8u << 20)
/// Compressed bytes.
#define SHORTEST_READ 512

struct job {
    struct bw_source *source;
    png_structp decoder;
    png_infop info;
    uint8_t *pixels;
    uint32_t width, height, channels, done;
    bool isInterlaced, hasRow;
    jmp_buf escape;
};

static void give_up(png_structp decoder, png_const_charp text) {
    (void)text;
    struct job *job = png_get_error_ptr(decoder);
    longjmp(job->escape, 1);
}

static void stay_silent(png_structp decoder, png_const_charp text) { (void)decoder, (void)text; }

static void read_input(png_structp decoder, png_bytep into, size_t count) {
    struct job *job = png_get_io_ptr(decoder);
    if (bw_take(job->source, into, count) != count) png_error(decoder, "end of input");
}

static void prepare(struct job *job) {
    png_structp decoder = job->decoder;
    png_set_read_fn(decoder, job, read_input);
    png_set_user_limits(decoder, LONGEST_SIDE, LONGEST_SIDE);
    png_set_chunk_malloc_max(decoder, LARGEST_CHUNK);
    // Only the pixels count: text, profiles and what is unknown are stepped over unread.
    png_set_keep_unknown_chunks(decoder, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    // A wrong checksum is no reason to look away from a picture that viewers may show.
    png_set_crc_action(decoder, PNG_CRC_QUIET_USE, PNG_CRC_QUIET_USE);
    png_set_option(decoder, PNG_IGNORE_ADLER32, PNG_OPTION_ON);
    png_set_benign_errors(decoder, 1);
    // A read that comes short loses all that was asked for: ask for little, and keep more of what is truncated.
    png_set_compression_buffer_size(decoder, SHORTEST_READ);
}

static void choose_samples(struct job *job) {
    png_set_strip_16(job->decoder);
    png_set_expand(job->decoder);
    png_set_strip_alpha(job->decoder);
    png_set_interlace_handling(job->decoder);
    png_read_update_info(job->decoder, job->info);
    job->channels = png_get_channels(job->decoder, job->info);
}

static void give_rows(struct job *job, const struct bw_sink *sink) {
    while (job->done < job->height) {
        png_read_row(job->decoder, job->pixels, NULL);
        job->hasRow = true;
        job->done++;
        bw_give(sink, job->pixels, job->width, job->channels);
    }
}

/// Seven passes; the display row fills the gaps with what is known so far, which is what a truncated one keeps.
static void read_interlaced(struct job *job, size_t row_bytes) {
    for (int pass = 0; pass < PNG_INTERLACE_ADAM7_PASSES; pass++) {
        for (uint32_t y = 0; y < job->height; y++) {
            png_read_row(job->decoder, NULL, job->pixels + y * row_bytes);
            job->hasRow = true;
        }
    }
}

static void give_buffer(struct job *job, const struct bw_sink *sink) {
    size_t row_bytes = (size_t)job->width * job->channels;
    for (; job->done < job->height; job->done++) {
        bw_give(sink, job->pixels + job->done * row_bytes, job->width, job->channels);
    }
}

/// The part that may be left by longjmp; what it allocates hangs on the job.
static enum bw_outcome decode(struct job *job, const struct bw_limits *limits, const struct bw_sink *sink) {
    prepare(job);
    png_read_info(job->decoder, job->info);
    job->width = png_get_image_width(job->decoder, job->info);
    job->height = png_get_image_height(job->decoder, job->info);
    if (bw_too_many(limits, job->width, job->height)) return BW_TOO_MANY_PIXELS;
    job->isInterlaced = png_get_interlace_type(job->decoder, job->info) != PNG_INTERLACE_NONE;
    choose_samples(job);
    size_t row_bytes = png_get_rowbytes(job->decoder, job->info);
    if (row_bytes != (size_t)job->width * job->channels || job->channels % 2 == 0) return BW_UNDECODABLE;
    uint32_t rows = job->isInterlaced ? job->height : 1;
    if (!bw_fits(limits, job->width, row_bytes * rows)) return BW_TOO_MUCH_MEMORY;
    job->pixels = calloc(rows, row_bytes);
    if (!job->pixels) return BW_TOO_MUCH_MEMORY;
    sink->begin(sink->context, job->width, job->height);
    if (job->isInterlaced) read_interlaced(job, row_bytes);
    job->isInterlaced ? give_buffer(job, sink) : give_rows(job, sink);
    sink->end(sink->context);
    return BW_WHOLE;
}

/// After an error: no picture, or the rest of one in black.
static enum bw_outcome explain(struct job *job, const struct bw_sink *sink) {
    if (!job->hasRow) return BW_UNDECODABLE;
    if (job->isInterlaced) {
        give_buffer(job, sink);
    } else {
        memset(job->pixels, 0, (size_t)job->width * job->channels);
        for (; job->done < job->height; job->done++) bw_give(sink, job->pixels, job->width, job->channels);
    }
    sink->end(sink->context);
    return BW_TRUNCATED;
}

static enum bw_outcome decode_or_explain(struct job *job, const struct bw_limits *limits, const struct bw_sink *sink) {
    return setjmp(job->escape) == 0 ? decode(job, limits, sink) : explain(job, sink);
}

enum bw_outcome bw_decode_png(struct bw_source *source, const struct bw_limits *limits, const struct bw_sink *sink) {
    struct job job = {.source = source};
    job.decoder = png_create_read_struct(PNG_LIBPNG_VER_STRING, &job, give_up, stay_silent);
    job.info = job.decoder ? png_create_info_struct(job.decoder) : NULL;
    enum bw_outcome outcome = job.info ? decode_or_explain(&job, limits, sink) : BW_TOO_MUCH_MEMORY;
    png_destroy_read_struct(&job.decoder, &job.info, NULL);
    free(job.pixels);
    return outcome;
}
