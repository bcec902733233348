// Chaining values: their beginning, their end, and their way into and out of the lanes.
#include "CDigestKernels.h"
#include "lanes_state.h"

#include <string.h>

void bw_digest_init(bw_digest_state *state) {
    // RFC 1321, section 3.3; FIPS 180-4, sections 5.3.1 and 5.3.3.
    static const bw_digest_state beginning = {
        .md5 = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476},
        .sha1 = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0},
        .sha256 = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19},
    };
    *state = beginning;
}

static void store_little_endian(uint8_t *out, const uint32_t *words, size_t count) {
    for (size_t i = 0; i < 4 * count; i++) out[i] = (uint8_t)(words[i / 4] >> (8 * (i % 4)));
}

static void store_big_endian(uint8_t *out, const uint32_t *words, size_t count) {
    for (size_t i = 0; i < 4 * count; i++) out[i] = (uint8_t)(words[i / 4] >> (24 - 8 * (i % 4)));
}

void bw_digest_bytes(const bw_digest_state *state, uint8_t md5[16], uint8_t sha1[20], uint8_t sha256[32]) {
    store_little_endian(md5, state->md5, 4);
    store_big_endian(sha1, state->sha1, 5);
    store_big_endian(sha256, state->sha256, 8);
}

size_t bw_digest_pad(uint8_t tail[128], const uint8_t *rest, size_t rest_size, uint64_t total) {
    // The mark and the length take nine bytes.
    const size_t blocks = rest_size + 9 <= 64 ? 1 : 2;
    const uint64_t bits = total * 8;
    if (rest_size != 0) memmove(tail, rest, rest_size);
    tail[rest_size] = 0x80;
    memset(tail + rest_size + 1, 0, 64 * blocks - rest_size - 1);
    store_little_endian(tail + 64 * blocks - 8, (const uint32_t[]){(uint32_t)bits, (uint32_t)(bits >> 32)}, 2);
    return blocks;
}

void bw_lanes_reset(bw_lanes *lanes, unsigned lane) {
    bw_digest_state beginning;
    bw_digest_init(&beginning);
    bw_lanes_set_state(lanes, lane, &beginning);
}

void bw_lanes_state(const bw_lanes *lanes, unsigned lane, bw_digest_state *state) {
    for (int i = 0; i < 4; i++) state->md5[i] = lanes->md5[i][lane];
    for (int i = 0; i < 5; i++) state->sha1[i] = lanes->sha1[i][lane];
    for (int i = 0; i < 8; i++) state->sha256[i] = lanes->sha256[i][lane];
}

void bw_lanes_set_state(bw_lanes *lanes, unsigned lane, const bw_digest_state *state) {
    for (int i = 0; i < 4; i++) lanes->md5[i][lane] = state->md5[i];
    for (int i = 0; i < 5; i++) lanes->sha1[i][lane] = state->sha1[i];
    for (int i = 0; i < 8; i++) lanes->sha256[i][lane] = state->sha256[i];
}
