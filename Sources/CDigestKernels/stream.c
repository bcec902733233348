// One message in pieces of any size: cut into whole blocks, and padded at its end.
#include "CDigestKernels.h"

#include <string.h>

void bw_stream_init(bw_stream *stream) {
    bw_digest_init(&stream->state);
    stream->total = 0;
}

/// Fills the block that was begun; returns how many bytes that took.
static size_t complete(bw_stream *stream, unsigned algorithms, const uint8_t *data, size_t size) {
    const size_t begun = stream->total % 64;
    if (begun == 0) return 0;
    const size_t taken = size < 64 - begun ? size : 64 - begun;
    memcpy(stream->tail + begun, data, taken);
    stream->total += taken;
    if (stream->total % 64 == 0) bw_stitched_blocks(&stream->state, algorithms, stream->tail, 1, 0);
    return taken;
}

void bw_stream_update(bw_stream *stream, unsigned algorithms, const uint8_t *data, size_t size) {
    if (size == 0) return;
    const size_t taken = complete(stream, algorithms, data, size);
    data += taken;
    size -= taken;
    if (size == 0) return;
    if (size >= 64) bw_stitched_blocks(&stream->state, algorithms, data, size / 64, 0);
    memcpy(stream->tail, data + size - size % 64, size % 64);
    stream->total += size;
}

void bw_stream_finish(bw_stream *stream, unsigned algorithms) {
    const size_t blocks = bw_digest_pad(stream->tail, stream->tail, stream->total % 64, stream->total);
    bw_stitched_blocks(&stream->state, algorithms, stream->tail, blocks, 1);
}
