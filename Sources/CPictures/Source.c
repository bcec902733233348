#include "Source.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void bw_open_descriptor(struct bw_source *source, int descriptor, uint64_t length) {
    source->descriptor = descriptor;
    source->memory = NULL;
    source->length = length;
    source->hasFailed = false;
    bw_rewind(source);
}

void bw_open_memory(struct bw_source *source, const void *memory, size_t length) {
    source->descriptor = -1;
    source->memory = memory;
    source->length = length;
    source->hasFailed = false;
    bw_rewind(source);
}

void bw_rewind(struct bw_source *source) {
    source->offset = 0;
    source->position = source->filled = 0;
}

static ssize_t read_some(struct bw_source *source, size_t count) {
    if (source->descriptor < 0) {
        memcpy(source->buffer, source->memory + source->offset, count);
        return (ssize_t)count;
    }
    ssize_t got;
    do got = pread(source->descriptor, source->buffer, count, (off_t)source->offset);
    while (got < 0 && errno == EINTR);
    return got;
}

bool bw_refill(struct bw_source *source) {
    source->position = source->filled = 0;
    if (source->hasFailed || source->offset >= source->length) return false;
    uint64_t left = source->length - source->offset;
    ssize_t got = read_some(source, left < sizeof source->buffer ? left : sizeof source->buffer);
    // None where there should be some is no end of file: its bytes went away, or the file system lost them.
    source->hasFailed = got <= 0;
    if (source->hasFailed) return false;
    source->filled = (size_t)got;
    source->offset += (uint64_t)got;
    return true;
}

size_t bw_take(struct bw_source *source, void *into, size_t count) {
    size_t taken = 0;
    while (taken < count) {
        if (source->position == source->filled && !bw_refill(source)) break;
        size_t ready = source->filled - source->position;
        size_t step = count - taken < ready ? count - taken : ready;
        memcpy((uint8_t *)into + taken, source->buffer + source->position, step);
        source->position += step;
        taken += step;
    }
    return taken;
}

size_t bw_peek(struct bw_source *source, void *into, size_t count) {
    size_t taken = bw_take(source, into, count);
    bw_rewind(source);
    return taken;
}

void bw_skip(struct bw_source *source, uint64_t count) {
    size_t ready = source->filled - source->position;
    if (count <= ready) {
        source->position += count;
        return;
    }
    source->position = source->filled = 0;
    count -= ready;
    // Past the end is the end, whatever a chunk's length says.
    uint64_t left = source->length > source->offset ? source->length - source->offset : 0;
    source->offset += count < left ? count : left;
}

uint64_t bw_tell(const struct bw_source *source) { return source->offset - (source->filled - source->position); }

void bw_seek(struct bw_source *source, uint64_t position) {
    bw_rewind(source);
    bw_skip(source, position);
}
