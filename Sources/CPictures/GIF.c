// giflib: frames are laid over one canvas, as viewers do, and the canvas is hashed.
//
// Two passes: one that only steps over the frames and counts them, one that draws.

#include "Source.h"

#include <stdlib.h>
#include <string.h>

#include <gif_lib.h>

struct job {
    struct bw_source *source;
    GifFileType *decoder;
    uint32_t width, height;
    /// Red, green, blue; `before` is the canvas as a frame found it, where that frame asks for it to be put back.
    uint8_t *canvas, *before, *line;
    uint8_t empty[3];
    GraphicsControlBlock control;
    /// Whether every frame that is wanted was there: the end was seen, or the limit was reached before it.
    bool isWhole;
};

static int read_input(GifFileType *decoder, GifByteType *into, int count) {
    struct job *job = decoder->UserData;
    return (int)bw_take(job->source, into, (size_t)count);
}

static bool open_input(struct job *job) {
    bw_rewind(job->source);
    job->decoder = DGifOpen(job, read_input, NULL);
    return job->decoder != NULL;
}

static void close_input(struct job *job) {
    if (job->decoder) DGifCloseFile(job->decoder, NULL);
    job->decoder = NULL;
}

static const GraphicsControlBlock plain = {.DisposalMode = DISPOSAL_UNSPECIFIED, .TransparentColor = NO_TRANSPARENT_COLOR};

static bool read_extension(struct job *job) {
    int code;
    GifByteType *block;
    if (DGifGetExtension(job->decoder, &code, &block) == GIF_ERROR) return false;
    while (block) {
        if (code == GRAPHICS_EXT_FUNC_CODE) DGifExtensionToGCB(block[0], block + 1, &job->control);
        if (DGifGetExtensionNext(job->decoder, &block) == GIF_ERROR) return false;
    }
    return true;
}

/// What lies before the next frame's data; false at the end.
static bool read_records(struct job *job) {
    GifRecordType record;
    while (DGifGetRecordType(job->decoder, &record) != GIF_ERROR) {
        if (record == IMAGE_DESC_RECORD_TYPE) return DGifGetImageDesc(job->decoder) != GIF_ERROR;
        if (record == TERMINATE_RECORD_TYPE) job->isWhole = true;
        if (record == TERMINATE_RECORD_TYPE || !read_extension(job)) return false;
    }
    return false;
}

/// Goes on to the next frame's description; false at the end, or where the file makes no sense.
static bool next_frame(struct job *job) {
    job->control = plain;
    return read_records(job);
}

/// Over blocks of data until the empty one that ends them.
static bool step_over_blocks(struct job *job) {
    GifByteType *block;
    do {
        if (DGifGetCodeNext(job->decoder, &block) == GIF_ERROR) return false;
    } while (block);
    return true;
}

static bool step_over_frame(struct job *job) {
    int size;
    GifByteType *block;
    if (DGifGetCode(job->decoder, &size, &block) == GIF_ERROR) return false;
    return !block || step_over_blocks(job);
}

/// The frames that may be drawn before `limits->pixels` are used up; at least 1 where there is one.
static uint64_t count_frames(struct job *job, const struct bw_limits *limits) {
    uint64_t count = 0, pixels = 0;
    while (next_frame(job)) {
        const GifImageDesc *frame = &job->decoder->Image;
        if (count == 0) {
            // Some encoders leave the screen smaller than the picture.
            job->width = (uint32_t)(frame->Left + frame->Width);
            job->height = (uint32_t)(frame->Top + frame->Height);
        }
        pixels += (uint64_t)frame->Width * (uint64_t)frame->Height;
        job->isWhole = count > 0 && pixels > limits->pixels;
        if (job->isWhole) break;
        count++;
        if (!step_over_frame(job)) break;
    }
    return count;
}

static void choose_screen(struct job *job) {
    if (job->decoder->SWidth > (int)job->width) job->width = (uint32_t)job->decoder->SWidth;
    if (job->decoder->SHeight > (int)job->height) job->height = (uint32_t)job->decoder->SHeight;
}

static GifColorType colour(const struct job *job, int index) {
    const ColorMapObject *map = job->decoder->Image.ColorMap ? job->decoder->Image.ColorMap : job->decoder->SColorMap;
    return map && index >= 0 && index < map->ColorCount ? map->Colors[index] : (GifColorType){0, 0, 0};
}

static void put(uint8_t *pixel, GifColorType colour) {
    pixel[0] = colour.Red;
    pixel[1] = colour.Green;
    pixel[2] = colour.Blue;
}

static uint8_t *pixel(struct job *job, uint32_t x, uint32_t y) { return job->canvas + ((size_t)y * job->width + x) * 3; }

/// The frame's rectangle, as far as it lies on the canvas.
struct area { uint32_t left, top, right, bottom; };

static uint32_t least(uint32_t a, uint32_t b) { return a < b ? a : b; }

static struct area area(const struct job *job) {
    const GifImageDesc *frame = &job->decoder->Image;
    return (struct area){
        least((uint32_t)frame->Left, job->width), least((uint32_t)frame->Top, job->height),
        least((uint32_t)(frame->Left + frame->Width), job->width),
        least((uint32_t)(frame->Top + frame->Height), job->height),
    };
}

static void clear(struct job *job, struct area area) {
    for (uint32_t y = area.top; y < area.bottom; y++) {
        for (uint32_t x = area.left; x < area.right; x++) memcpy(pixel(job, x, y), job->empty, 3);
    }
}

/// Transparency is dropped like any alpha, so a first frame shows what lies under it; a later one shows the canvas.
static void draw_line(struct job *job, uint32_t y, bool is_first) {
    struct area frame = area(job);
    if (y >= frame.bottom) return;
    int transparent = is_first ? NO_TRANSPARENT_COLOR : job->control.TransparentColor;
    for (uint32_t x = frame.left; x < frame.right; x++) {
        int index = job->line[x - frame.left];
        if (index != transparent) put(pixel(job, x, y), colour(job, index));
    }
}

static bool draw_pass(struct job *job, int first, int step, bool is_first) {
    const GifImageDesc *frame = &job->decoder->Image;
    for (int y = first; y < frame->Height; y += step) {
        if (DGifGetLine(job->decoder, job->line, frame->Width) == GIF_ERROR) return false;
        draw_line(job, (uint32_t)(frame->Top + y), is_first);
    }
    return true;
}

/// False where the frame's data ended early or made no sense; what came before is on the canvas.
static bool draw_lines(struct job *job, bool is_first) {
    const GifImageDesc *frame = &job->decoder->Image;
    // Without a line to read the data would be taken for the next frame, and what that one shows would stay unseen.
    if (frame->Width == 0 || frame->Height == 0) return step_over_frame(job);
    if (!frame->Interlace) return draw_pass(job, 0, 1, is_first);
    return draw_pass(job, 0, 8, is_first) && draw_pass(job, 4, 8, is_first) && draw_pass(job, 2, 4, is_first)
        && draw_pass(job, 1, 2, is_first);
}

enum drawn { DRAWN, DAMAGED, ENDED };

/// The next frame begins behind this one's blocks, whatever is in them.
static enum drawn draw_frame(struct job *job, bool is_first) {
    uint64_t start = bw_tell(job->source);
    if (draw_lines(job, is_first)) return DRAWN;
    bw_seek(job->source, start);
    return step_over_blocks(job) ? DAMAGED : ENDED;
}

static size_t canvas_bytes(const struct job *job) { return (size_t)job->width * job->height * 3; }

/// Only the frame's rectangle: a hundred thousand frames of one pixel shall not cost as many canvases.
static void copy_area(const struct job *job, uint8_t *to, const uint8_t *from) {
    struct area frame = area(job);
    size_t count = frame.left < frame.right ? (size_t)(frame.right - frame.left) * 3 : 0;
    for (uint32_t y = frame.top; y < frame.bottom; y++) {
        size_t start = ((size_t)y * job->width + frame.left) * 3;
        memcpy(to + start, from + start, count);
    }
}

static bool keep_area(struct job *job) {
    if (job->control.DisposalMode != DISPOSE_PREVIOUS) return true;
    if (!job->before) job->before = malloc(canvas_bytes(job));
    if (job->before) copy_area(job, job->before, job->canvas);
    return job->before != NULL;
}

static void dispose(struct job *job) {
    if (job->control.DisposalMode == DISPOSE_BACKGROUND) clear(job, area(job));
    if (job->control.DisposalMode == DISPOSE_PREVIOUS) copy_area(job, job->canvas, job->before);
}

static void give_canvas(struct job *job, const struct bw_sink *sink) {
    sink->begin(sink->context, job->width, job->height);
    for (uint32_t y = 0; y < job->height; y++) bw_give(sink, pixel(job, 0, y), job->width, 3);
    sink->end(sink->context);
}

static bool make_canvas(struct job *job, const struct bw_limits *limits) {
    // Twice: a frame may ask that what lay under it be kept.
    if (!bw_fits(limits, job->width, canvas_bytes(job) * 2)) return false;
    job->canvas = malloc(canvas_bytes(job));
    job->line = malloc(UINT16_MAX + 1);
    return job->canvas && job->line;
}

/// What no frame covers has the colour of the transparent index, or of the first, hidden as it may be.
static void begin_canvas(struct job *job) {
    int index = job->control.TransparentColor;
    put(job->empty, colour(job, index == NO_TRANSPARENT_COLOR ? 0 : index));
    clear(job, (struct area){0, 0, job->width, job->height});
}

static enum bw_outcome draw(struct job *job, uint64_t count, const struct bw_sink *sink) {
    uint64_t sample = 0;
    for (uint64_t frame = 0; frame < count && next_frame(job); frame++) {
        if (frame == 0) begin_canvas(job);
        if (!keep_area(job)) return BW_TOO_MUCH_MEMORY;
        enum drawn drawn = draw_frame(job, frame == 0);
        if (drawn != DRAWN) job->isWhole = false;
        // The part of a later frame is no picture that anybody published; the next whole one is taken instead.
        if (frame == 0 || (drawn == DRAWN && frame >= bw_sampled(sample, count))) {
            give_canvas(job, sink);
            sample++;
        }
        if (drawn == ENDED) break;
        dispose(job);
    }
    if (sample == 0) return BW_UNDECODABLE;
    return job->isWhole ? BW_WHOLE : BW_TRUNCATED;
}

static enum bw_outcome decode(struct job *job, const struct bw_limits *limits, const struct bw_sink *sink) {
    if (!open_input(job)) return BW_UNDECODABLE;
    uint64_t count = count_frames(job, limits);
    if (count == 0) return BW_UNDECODABLE;
    choose_screen(job);
    close_input(job);
    if (bw_too_many(limits, job->width, job->height)) return BW_TOO_MANY_PIXELS;
    if (!make_canvas(job, limits)) return BW_TOO_MUCH_MEMORY;
    return open_input(job) ? draw(job, count, sink) : BW_UNDECODABLE;
}

enum bw_outcome bw_decode_gif(struct bw_source *source, const struct bw_limits *limits, const struct bw_sink *sink) {
    struct job job = {.source = source};
    enum bw_outcome outcome = decode(&job, limits, sink);
    close_input(&job);
    free(job.canvas);
    free(job.before);
    free(job.line);
    return outcome;
}
