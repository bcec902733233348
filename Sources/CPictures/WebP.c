// libwebp: the whole picture in memory, since the library has no rows to give.

#include "Source.h"

#include <stdlib.h>
#include <string.h>

#include <webp/decode.h>
#include <webp/demux.h>

struct job {
    const struct bw_limits *limits;
    uint8_t *bytes, *pixels;
    size_t length, room;
    /// What is decoded: the file, or one frame in it.
    WebPData data;
    WebPBitstreamFeatures features;
};

/// Whether there is room for another byte, made where there was none.
static bool has_room(struct job *job, size_t first) {
    if (job->length < job->room) return true;
    if (job->room >= job->limits->memory / 2) return false;
    job->room = job->room ? job->room * 2 : first;
    uint8_t *grown = realloc(job->bytes, job->room);
    if (grown) job->bytes = grown;
    return grown != NULL;
}

/// Reads the whole file; half of the memory at most, since the pixels take the other.
static enum bw_outcome read_all(struct job *job, struct bw_source *source) {
    while (has_room(job, sizeof source->buffer)) {
        size_t got = bw_take(source, job->bytes + job->length, job->room - job->length);
        if (got == 0) return BW_WHOLE;
        job->length += got;
    }
    return BW_TOO_MUCH_MEMORY;
}

static enum bw_outcome read_features(struct job *job) {
    if (WebPGetFeatures(job->data.bytes, job->data.size, &job->features) != VP8_STATUS_OK) return BW_UNDECODABLE;
    uint64_t width = (uint64_t)job->features.width, height = (uint64_t)job->features.height;
    return bw_too_many(job->limits, width, height) ? BW_TOO_MANY_PIXELS : BW_WHOLE;
}

static uint64_t area(const struct job *job) {
    return (uint64_t)job->features.width * (uint64_t)job->features.height;
}

static bool fits(const struct job *job, uint64_t bytes_a_pixel) {
    return bw_fits(job->limits, (uint64_t)job->features.width, job->length + area(job) * bytes_a_pixel);
}

static void give_frame(const struct job *job, const uint8_t *pixels, const struct bw_sink *sink) {
    uint32_t width = (uint32_t)job->features.width, height = (uint32_t)job->features.height;
    sink->begin(sink->context, width, height);
    for (size_t y = 0; y < height; y++) bw_give(sink, pixels + y * width * 3, width, 3);
    sink->end(sink->context);
}

// MARK: - One picture

/// The incremental decoder, because it says how far it came when the bytes end.
static enum bw_outcome decode_rows(struct job *job, WebPDecoderConfig *config) {
    WebPIDecoder *decoder = WebPIDecode(NULL, 0, config);
    if (!decoder) return BW_TOO_MUCH_MEMORY;
    VP8StatusCode status = WebPIUpdate(decoder, job->data.bytes, job->data.size);
    int rows = 0;
    WebPIDecGetRGB(decoder, &rows, NULL, NULL, NULL);
    WebPIDelete(decoder);
    if (status == VP8_STATUS_OK) return BW_WHOLE;
    if (status == VP8_STATUS_OUT_OF_MEMORY) return BW_TOO_MUCH_MEMORY;
    return rows > 0 ? BW_TRUNCATED : BW_UNDECODABLE;
}

static enum bw_outcome decode_still(struct job *job, const struct bw_sink *sink) {
    // Lossless pictures and alpha planes are kept beside the output while they are made.
    bool is_lossless = job->features.format != 1;
    if (!fits(job, 3 + (is_lossless ? 4 : 0) + (job->features.has_alpha ? 1 : 0))) return BW_TOO_MUCH_MEMORY;
    job->pixels = calloc(area(job), 3);
    WebPDecoderConfig config;
    if (!job->pixels || !WebPInitDecoderConfig(&config)) return BW_TOO_MUCH_MEMORY;
    config.output.colorspace = MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = job->pixels;
    config.output.u.RGBA.stride = job->features.width * 3;
    config.output.u.RGBA.size = area(job) * 3;
    enum bw_outcome outcome = decode_rows(job, &config);
    if (outcome <= BW_TRUNCATED) give_frame(job, job->pixels, sink);
    return outcome;
}

// MARK: - An animation

/// In place: the next frame is drawn from the decoder's other canvas.
static void drop_alpha(uint8_t *pixels, uint64_t count) {
    for (uint64_t i = 0; i < count; i++) memmove(pixels + i * 3, pixels + i * 4, 3);
}

static enum bw_outcome give_frames(struct job *job, WebPAnimDecoder *decoder, const struct bw_sink *sink) {
    WebPAnimInfo info;
    WebPAnimDecoderGetInfo(decoder, &info);
    uint64_t most = job->limits->pixels / area(job), sample = 0;
    uint64_t count = info.frame_count < most ? info.frame_count : most;
    for (uint64_t frame = 0; frame < count; frame++) {
        uint8_t *canvas;
        int time;
        if (!WebPAnimDecoderGetNext(decoder, &canvas, &time)) break;
        if (frame != bw_sampled(sample, count)) continue;
        memcpy(job->pixels, canvas, area(job) * 4);
        drop_alpha(job->pixels, area(job));
        give_frame(job, job->pixels, sink);
        sample++;
    }
    if (sample == 0) return BW_UNDECODABLE;
    return sample < count && sample < BW_MOST_FRAMES ? BW_TRUNCATED : BW_WHOLE;
}

/// Of an animation that is cut short, which the animation decoder does not take.
static enum bw_outcome decode_first_frame(struct job *job, const struct bw_sink *sink) {
    WebPDemuxState state;
    WebPIterator frame = {0};
    WebPDemuxer *demuxer = WebPDemuxPartial(&job->data, &state);
    enum bw_outcome outcome = BW_UNDECODABLE;
    if (demuxer && WebPDemuxGetFrame(demuxer, 1, &frame)) {
        job->data = frame.fragment;
        outcome = read_features(job);
        free(job->pixels);
        job->pixels = NULL;
        if (outcome == BW_WHOLE) outcome = decode_still(job, sink);
    }
    WebPDemuxReleaseIterator(&frame);
    WebPDemuxDelete(demuxer);
    return outcome == BW_WHOLE ? BW_TRUNCATED : outcome;
}

static enum bw_outcome decode_animation(struct job *job, const struct bw_sink *sink) {
    // Two canvases of the decoder's, our copy, and a lossless frame on its way.
    if (!fits(job, 16)) return BW_TOO_MUCH_MEMORY;
    job->pixels = malloc(area(job) * 4);
    WebPAnimDecoderOptions options;
    if (!job->pixels || !WebPAnimDecoderOptionsInit(&options)) return BW_TOO_MUCH_MEMORY;
    options.color_mode = MODE_RGBA;
    WebPAnimDecoder *decoder = WebPAnimDecoderNew(&job->data, &options);
    if (!decoder) return decode_first_frame(job, sink);
    enum bw_outcome outcome = give_frames(job, decoder, sink);
    WebPAnimDecoderDelete(decoder);
    return outcome;
}

static enum bw_outcome decode(struct job *job, struct bw_source *source, const struct bw_sink *sink) {
    enum bw_outcome read = read_all(job, source);
    if (read != BW_WHOLE) return read;
    job->data = (WebPData){job->bytes, job->length};
    enum bw_outcome outcome = read_features(job);
    if (outcome != BW_WHOLE) return outcome;
    return job->features.has_animation ? decode_animation(job, sink) : decode_still(job, sink);
}

enum bw_outcome bw_decode_webp(struct bw_source *source, const struct bw_limits *limits, const struct bw_sink *sink) {
    struct job job = {.limits = limits};
    enum bw_outcome outcome = decode(&job, source, sink);
    free(job.pixels);
    free(job.bytes);
    return outcome;
}
