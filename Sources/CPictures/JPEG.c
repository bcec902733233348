// libjpeg: baseline row by row, anything in several scans through libjpeg's own coefficient arrays.

#include "Planes.h"
#include "Source.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <jerror.h>

/// Encoders write about ten scans; each costs a pass over the whole picture.
/// Source: the limit that libjpeg-turbo gives to programs that read foreign files.
#define MOST_SCANS 500

struct job {
    struct jpeg_decompress_struct decoder;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    struct jpeg_source_mgr input;
    struct bw_source *source;
    /// What most pictures have; the others' rows come from libjpeg as colours.
    struct bw_planes planes;
    uint8_t *row, *converted;
    bool hasBegun, isTruncated, isTooComplex;
    jmp_buf escape;
};

static void give_up(j_common_ptr decoder) { longjmp(((struct job *)decoder->client_data)->escape, 1); }

/// Warnings are how libjpeg says that it makes up what is missing.
static void hear(j_common_ptr decoder, int level) {
    struct job *job = decoder->client_data;
    if (level < 0 && job->errors.msg_code == JWRN_HIT_MARKER) job->isTruncated = true;
}

static void watch(j_common_ptr decoder) {
    struct job *job = decoder->client_data;
    if (job->decoder.input_scan_number <= MOST_SCANS) return;
    job->isTooComplex = true;
    give_up(decoder);
}

static void begin_input(j_decompress_ptr decoder) { (void)decoder; }

static boolean fill_input(j_decompress_ptr decoder) {
    static const JOCTET end[] = {0xFF, JPEG_EOI};
    struct job *job = decoder->client_data;
    if (bw_refill(job->source)) {
        job->input.next_input_byte = job->source->buffer;
        job->input.bytes_in_buffer = job->source->filled;
    } else {
        job->isTruncated = true;
        job->input.next_input_byte = end;
        job->input.bytes_in_buffer = sizeof end;
    }
    return TRUE;
}

static void skip_input(j_decompress_ptr decoder, long count) {
    struct job *job = decoder->client_data;
    if (count <= 0) return;
    size_t ready = job->input.bytes_in_buffer;
    if ((size_t)count > ready) {
        job->source->position = job->source->filled;
        bw_skip(job->source, (size_t)count - ready);
        job->input.bytes_in_buffer = 0;
    } else {
        job->input.next_input_byte += count;
        job->input.bytes_in_buffer -= (size_t)count;
    }
}

static void end_input(j_decompress_ptr decoder) { (void)decoder; }

static void prepare(struct job *job) {
    struct jpeg_decompress_struct *decoder = &job->decoder;
    decoder->err = jpeg_std_error(&job->errors);
    job->errors.error_exit = give_up;
    job->errors.emit_message = hear;
    decoder->client_data = job;
    jpeg_create_decompress(decoder);
    job->progress.progress_monitor = watch;
    decoder->progress = &job->progress;
    job->input = (struct jpeg_source_mgr){
        .init_source = begin_input, .fill_input_buffer = fill_input, .skip_input_data = skip_input,
        .resync_to_restart = jpeg_resync_to_restart, .term_source = end_input,
    };
    decoder->src = &job->input;
}

/// What libjpeg is asked for; CMYK and YCCK come out as CMYK and are converted here. False: a colour space unknown.
static bool choose_colours(struct jpeg_decompress_struct *decoder) {
    switch (decoder->jpeg_color_space) {
    case JCS_GRAYSCALE: decoder->out_color_space = JCS_GRAYSCALE; return true;
    case JCS_YCbCr:
    case JCS_RGB: decoder->out_color_space = JCS_RGB; return true;
    case JCS_CMYK:
    case JCS_YCCK: decoder->out_color_space = JCS_CMYK; return true;
    default: return false;
    }
}

static uint8_t product(unsigned a, unsigned b) {
    unsigned rounded = a * b + 128;
    return (uint8_t)((rounded + (rounded >> 8)) >> 8);
}

/// Ink is stored inverted, 255 for none, as Photoshop does it. Browsers take it so without Adobe's marker too.
static void convert_inks(struct job *job) {
    const uint8_t *inks = job->row;
    uint8_t *colours = job->converted;
    for (JDIMENSION x = 0; x < job->decoder.output_width; x++, inks += 4, colours += 3) {
        for (int i = 0; i < 3; i++) colours[i] = product(inks[i], inks[3]);
    }
}

static void give_rows(struct job *job, const struct bw_sink *sink) {
    struct jpeg_decompress_struct *decoder = &job->decoder;
    bool isCMYK = decoder->out_color_space == JCS_CMYK;
    uint32_t channels = decoder->out_color_space == JCS_GRAYSCALE ? 1 : 3;
    while (decoder->output_scanline < decoder->output_height) {
        jpeg_read_scanlines(decoder, &job->row, 1);
        if (isCMYK) convert_inks(job);
        bw_give(sink, isCMYK ? job->converted : job->row, decoder->output_width, channels);
        job->planes.given++;
    }
}

/// The part that may be left by longjmp; what it allocates hangs on the job.
static enum bw_outcome decode(struct job *job, const struct bw_limits *limits, const struct bw_sink *sink) {
    struct jpeg_decompress_struct *decoder = &job->decoder;
    prepare(job);
    jpeg_read_header(decoder, TRUE);
    if (bw_too_many(limits, decoder->image_width, decoder->image_height)) return BW_TOO_MANY_PIXELS;
    if (!choose_colours(decoder)) return BW_UNDECODABLE;
    if (!bw_fits(limits, decoder->image_width, 1)) return BW_TOO_MUCH_MEMORY;
    decoder->mem->max_memory_to_use = (long)(limits->memory - decoder->image_width * limits->column);
    bool has_planes = bw_has_planes(decoder);
    if (has_planes && !bw_open_planes(&job->planes, decoder)) return BW_TOO_MUCH_MEMORY;
    jpeg_start_decompress(decoder);
    job->row = calloc(decoder->output_width, 4);
    job->converted = calloc(decoder->output_width, 4);
    if (!job->row || !job->converted) return BW_TOO_MUCH_MEMORY;
    sink->begin(sink->context, decoder->output_width, decoder->output_height);
    job->hasBegun = true;
    has_planes ? bw_give_planes(&job->planes, sink) : give_rows(job, sink);
    sink->end(sink->context);
    return job->isTruncated ? BW_TRUNCATED : BW_WHOLE;
}

/// After an error: why there is no picture, or the rest of one in the grey that libjpeg gives to missing blocks.
static enum bw_outcome explain(struct job *job, const struct bw_sink *sink) {
    if (job->isTooComplex) return BW_TOO_COMPLEX;
    int code = job->errors.msg_code;
    if (code == JERR_NO_BACKING_STORE || code == JERR_OUT_OF_MEMORY) return BW_TOO_MUCH_MEMORY;
    uint32_t *given = &job->planes.given;
    if (!job->hasBegun || *given == 0) return BW_UNDECODABLE;
    uint32_t width = job->decoder.output_width, channels = job->decoder.out_color_space == JCS_GRAYSCALE ? 1 : 3;
    memset(job->row, 128, (size_t)width * channels);
    for (; *given < job->decoder.output_height; ++*given) bw_give(sink, job->row, width, channels);
    sink->end(sink->context);
    return BW_TRUNCATED;
}

static enum bw_outcome decode_or_explain(struct job *job, const struct bw_limits *limits, const struct bw_sink *sink) {
    return setjmp(job->escape) == 0 ? decode(job, limits, sink) : explain(job, sink);
}

enum bw_outcome bw_decode_jpeg(struct bw_source *source, const struct bw_limits *limits, const struct bw_sink *sink) {
    struct job job = {.source = source};
    enum bw_outcome outcome = decode_or_explain(&job, limits, sink);
    jpeg_destroy_decompress(&job.decoder);
    free(job.planes.memory);
    free(job.row);
    free(job.converted);
    return outcome;
}
