// Batches of messages of any length through every digest kernel that this processor has, beside OpenSSL.
//
// The input says which algorithms, how many bytes each lane's message has, how the messages are cut into steps, and what
// their bytes are.
#include "CDigestKernels.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 32, LONGEST = 4096 };

typedef struct {
    size_t size, blocks;
    uint8_t *bytes;  // of its own, so that the address sanitizer sees its end
} message;

typedef struct {
    const uint8_t *next;
    size_t left;
} source;

static unsigned take(source *from) { return from->left == 0 ? 0 : (from->left--, *from->next++); }

static void must(int holds, const char *what) {
    if (holds) return;
    fprintf(stderr, "fuzz: %s\n", what);
    abort();
}

static void compare(const bw_digest_state *found, unsigned algorithms, const message *m, const char *kernel) {
    uint8_t ours[3][32], theirs[EVP_MAX_MD_SIZE];
    bw_digest_bytes(found, ours[0], ours[1], ours[2]);
    const EVP_MD *methods[] = {EVP_md5(), EVP_sha1(), EVP_sha256()};
    for (int i = 0; i < 3; i++) {
        unsigned size;
        if (!(algorithms >> i & 1)) continue;
        must(EVP_Digest(m->bytes, m->size, theirs, &size, methods[i], NULL) == 1, "OpenSSL");
        must(!memcmp(ours[i], theirs, size), kernel);
    }
}

static void compare_streams(const message *m, unsigned algorithms, source *from) {
    bw_stream stream;
    bw_stream_init(&stream);
    for (size_t at = 0; at < m->size;) {
        size_t count = 1 + take(from);
        if (count > m->size - at) count = m->size - at;
        bw_stream_update(&stream, algorithms, m->bytes + at, count);
        at += count;
    }
    bw_stream_finish(&stream, algorithms);
    compare(&stream.state, algorithms, m, "stream");
}

typedef void loop(bw_digest_state *, unsigned, const uint8_t *, size_t, int);

static void compare_blocks(loop *advance, const message *m, unsigned algorithms, const char *name) {
    bw_digest_state state;
    bw_digest_init(&state);
    advance(&state, algorithms, m->bytes, m->blocks, 1);
    compare(&state, algorithms, m, name);
}

/// Advances all lanes of a kernel; `states` has one for each sixteen.
typedef void kernel(bw_lanes *const states[2], unsigned, const uint8_t *const *, size_t, unsigned);

static void eight(bw_lanes *const states[2], unsigned algorithms, const uint8_t *const *data, size_t blocks,
                  unsigned last) {
    bw_lanes8_blocks(states[0], algorithms, data, blocks, last);
}

static void sixteen(bw_lanes *const states[2], unsigned algorithms, const uint8_t *const *data, size_t blocks,
                    unsigned last) {
    bw_lanes16_blocks(states[0], algorithms, data, blocks, last);
}

static void thirty_two(bw_lanes *const states[2], unsigned algorithms, const uint8_t *const *data, size_t blocks,
                       unsigned last) {
    bw_lanes32_blocks(states, algorithms, data, blocks, last);
}

static bw_lanes *new_lanes(void) {
    bw_lanes *lanes = aligned_alloc(BW_LANES_ALIGNMENT, BW_LANES_SIZE);
    for (unsigned lane = 0; lane < 16; lane++) bw_lanes_reset(lanes, lane);
    return lanes;
}

static void compare_lanes(kernel *advance, unsigned width, message *messages, unsigned algorithms, source *from) {
    bw_lanes *states[2] = {new_lanes(), new_lanes()};
    size_t at[MOST] = {0};
    for (unsigned busy = UINT32_MAX >> (32 - width); busy != 0;) {
        size_t step = 1 + take(from);
        for (unsigned lane = 0; lane < width; lane++) {
            const size_t left = messages[lane].blocks - at[lane];
            if (busy >> lane & 1 && left < step) step = left;
        }
        const uint8_t *data[MOST], *any = messages[__builtin_ctz(busy)].bytes + 64 * at[__builtin_ctz(busy)];
        unsigned last = 0;
        for (unsigned lane = 0; lane < width; lane++) {
            const int is_busy = busy >> lane & 1;
            data[lane] = is_busy ? messages[lane].bytes + 64 * at[lane] : any;
            if (is_busy && at[lane] + step == messages[lane].blocks) last |= 1u << lane;
        }
        advance(states, algorithms, data, step, last);
        for (unsigned lane = 0; lane < width; lane++) {
            if (busy >> lane & 1) at[lane] += step;
            if (!(last >> lane & 1)) continue;
            bw_digest_state state;
            bw_lanes_state(states[lane / 16], lane % 16, &state);
            compare(&state, algorithms, &messages[lane], "lanes side by side");
        }
        busy &= ~last;
    }
    free(states[0]);
    free(states[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    message messages[MOST];
    source from = {data, size};
    const unsigned algorithms = take(&from) & 7;
    for (unsigned lane = 0; lane < MOST; lane++) {
        message *m = &messages[lane];
        m->size = take(&from) << 8;
        m->size = (m->size | take(&from)) % (LONGEST + 1);
        const unsigned first = take(&from);
        m->blocks = m->size / 64 + (m->size % 64 + 9 <= 64 ? 1 : 2);
        m->bytes = malloc(64 * m->blocks);
        for (size_t i = 0; i < m->size; i++) m->bytes[i] = (uint8_t)(first + i * (1 + lane) + i / 251);
        const size_t whole = m->size / 64;
        uint8_t *rest = m->bytes + 64 * whole;
        must(whole + bw_digest_pad(rest, rest, m->size % 64, m->size) == m->blocks, "blocks of padding");
    }
    if (bw_cpu_has("sha")) {
        compare_streams(&messages[0], algorithms, &from);
        compare_blocks(bw_stitched_blocks, &messages[0], algorithms, "stitched");
    }
    if (bw_cpu_has("avx2")) compare_lanes(eight, 8, messages, algorithms, &from);
    if (bw_cpu_has("avx512")) {
        compare_lanes(sixteen, 16, messages, algorithms, &from);
        compare_lanes(thirty_two, 32, messages, BW_MD5, &from);
        compare_lanes(thirty_two, 32, messages, BW_SHA256, &from);
    }
    for (unsigned lane = 0; lane < MOST; lane++) free(messages[lane].bytes);
    return 0;
}
