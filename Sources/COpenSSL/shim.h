#ifndef BW_COPENSSL_H
#define BW_COPENSSL_H

// The functions below EVP are deprecated, and the only ones that go on from chaining values which others computed.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/md5.h>
#include <openssl/sha.h>

#include <stdint.h>
#include <string.h>

/// Advances chaining values, in the standards' order, by whole blocks of 64 bytes; MD5, SHA-1 and SHA-256 in turn.
///
/// A context that holds no part of a block hands whole blocks straight to OpenSSL's fastest code for the processor.
static inline void bw_openssl_md5_blocks(uint32_t values[4], const uint8_t *data, size_t blocks) {
    MD5_CTX context = {.A = values[0], .B = values[1], .C = values[2], .D = values[3]};
    MD5_Update(&context, data, 64 * blocks);
    values[0] = context.A, values[1] = context.B, values[2] = context.C, values[3] = context.D;
}

static inline void bw_openssl_sha1_blocks(uint32_t values[5], const uint8_t *data, size_t blocks) {
    SHA_CTX context = {.h0 = values[0], .h1 = values[1], .h2 = values[2], .h3 = values[3], .h4 = values[4]};
    SHA1_Update(&context, data, 64 * blocks);
    values[0] = context.h0, values[1] = context.h1, values[2] = context.h2, values[3] = context.h3;
    values[4] = context.h4;
}

static inline void bw_openssl_sha256_blocks(uint32_t values[8], const uint8_t *data, size_t blocks) {
    SHA256_CTX context = {.md_len = SHA256_DIGEST_LENGTH};
    memcpy(context.h, values, sizeof context.h);
    SHA256_Update(&context, data, 64 * blocks);
    memcpy(values, context.h, sizeof context.h);
}

#endif
