// One message, three algorithms, one stream of instructions.
//
// Each MD5 step waits for the one before it, four or five cycles for six instructions, so MD5 leaves most of the
// processor idle. SHA-1 and SHA-256 run in that idle part on the SHA extensions. That works only while both lie inside
// the processor's reordering window, hence the fine mixture in `block`: four MD5 steps, four SHA-256 rounds, five
// SHA-1 rounds.
//
// Sources: RFC 1321; FIPS 180-4; Gulley, Gopal and others, Intel SHA Extensions (2013), for the instructions' use.
#include "CDigestKernels.h"

#if defined(__x86_64__)
#include "constants.h"
#include "cpu.h"

#include <immintrin.h>
#include <string.h>

#define KERNEL __attribute__((target("sha,sse4.1,ssse3")))
#define PART static inline __attribute__((always_inline)) KERNEL

/// Keeps the compiler from regrouping a sum across this point: what is added after it comes after it. The last
/// addend of an MD5 step is the late one; regrouped, the others would wait for it too.
#define SETTLED(x) __asm__("" : "+r"(x))

/// SHA-1 as the instructions want it: word A in the highest place.
typedef struct {
    __m128i abcd, e, before;
    __m128i words[4];
} sha1_lane;

typedef struct {
    __m128i abef, cdgh;
    __m128i words[4];
} sha256_lane;

PART uint32_t turned(uint32_t x, int by) { return x << by | x >> (32 - by); }

/// Step `i` of 64: `a` becomes b + ((a + f(b, c, d) + word + sine) turned).
PART void md5_step(uint32_t *a, uint32_t b, uint32_t c, uint32_t d, const uint8_t *data, int i) {
    uint32_t word;
    memcpy(&word, data + 4 * md5_word(i), 4);
    uint32_t sum = *a + md5_sines[i] + word;
    uint32_t late;
    switch (i / 16) {
    case 0:
        late = ((c ^ d) & b) ^ d;
        break;
    case 1:
        // (b & d) | (c & ~d): no bit is in both halves, so they may be added, and only one of them waits for b.
        sum += c & ~d;
        late = b & d;
        break;
    case 2:
        late = (c ^ d) ^ b;
        break;
    default:
        late = (b | ~d) ^ c;
    }
    SETTLED(sum);
    SETTLED(late);
    *a = turned(sum + late, md5_turns[i / 16][i % 4]) + b;
}

PART void md5_four_steps(uint32_t s[4], const uint8_t *data, int four) {
    md5_step(&s[0], s[1], s[2], s[3], data, 4 * four);
    md5_step(&s[3], s[0], s[1], s[2], data, 4 * four + 1);
    md5_step(&s[2], s[3], s[0], s[1], data, 4 * four + 2);
    md5_step(&s[1], s[2], s[3], s[0], data, 4 * four + 3);
}

PART __m128i load(const void *from) { return _mm_loadu_si128((const __m128i *)from); }

/// Rounds 4 * four to 4 * four + 3 of 80. `words` is a ring of the last sixteen words.
PART void sha1_four_rounds(sha1_lane *s, const uint8_t *data, int four) {
    const __m128i reversal = _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f);
    __m128i *words = s->words;
    __m128i *now = &words[four % 4];
    if (four < 4) {
        *now = _mm_shuffle_epi8(load(data + 16 * four), reversal);
    } else {
        const __m128i mixed = _mm_xor_si128(_mm_sha1msg1_epu32(*now, words[(four + 1) % 4]), words[(four + 2) % 4]);
        *now = _mm_sha1msg2_epu32(mixed, words[(four + 3) % 4]);
    }

    // E is A of four rounds ago, turned; the instruction does that, except before the first round.
    const __m128i e = four == 0 ? _mm_add_epi32(s->e, *now) : _mm_sha1nexte_epu32(s->before, *now);
    s->before = s->abcd;
    switch (four / 5) {  // the last argument must be a literal
    case 0: s->abcd = _mm_sha1rnds4_epu32(s->abcd, e, 0); break;
    case 1: s->abcd = _mm_sha1rnds4_epu32(s->abcd, e, 1); break;
    case 2: s->abcd = _mm_sha1rnds4_epu32(s->abcd, e, 2); break;
    default: s->abcd = _mm_sha1rnds4_epu32(s->abcd, e, 3);
    }
}

/// Rounds 4 * four to 4 * four + 3 of 64.
PART void sha256_four_rounds(sha256_lane *s, const uint8_t *data, int four) {
    const __m128i reversal = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    __m128i *words = s->words;
    __m128i *now = &words[four % 4];
    if (four < 4) {
        *now = _mm_shuffle_epi8(load(data + 16 * four), reversal);
    } else {
        const __m128i seven_ago = _mm_alignr_epi8(words[(four + 3) % 4], words[(four + 2) % 4], 4);
        const __m128i mixed = _mm_add_epi32(_mm_sha256msg1_epu32(*now, words[(four + 1) % 4]), seven_ago);
        *now = _mm_sha256msg2_epu32(mixed, words[(four + 3) % 4]);
    }

    const __m128i sum = _mm_add_epi32(*now, load(&sha256_constants[4 * four]));
    s->cdgh = _mm_sha256rnds2_epu32(s->cdgh, s->abef, sum);
    s->abef = _mm_sha256rnds2_epu32(s->abef, s->cdgh, _mm_shuffle_epi32(sum, 0x0e));
}

/// Keeps the compiler from moving any of the three algorithms past this point on its own. Left free, it sorts the
/// mixture out again, one algorithm after the other.
PART void abreast(uint32_t md5[4], sha1_lane *sha1, sha256_lane *sha256) {
    uint32_t b = md5[1];
    __m128i abcd = sha1->abcd, abef = sha256->abef;
    __asm__ volatile("" : "+r"(b), "+x"(abcd), "+x"(abef));
    md5[1] = b;
    sha1->abcd = abcd;
    sha256->abef = abef;
}

/// A sixteenth of MD5 and SHA-256, and a twentieth of SHA-1.
PART void sixteenth(unsigned algorithms, uint32_t md5[4], sha1_lane *sha1, sha256_lane *sha256, const uint8_t *data,
                    const uint8_t *sha_data, int part) {
    if (algorithms & BW_MD5) md5_four_steps(md5, data, part);
    if (algorithms & BW_SHA256) sha256_four_rounds(sha256, sha_data, part);
    if (algorithms & BW_SHA1) sha1_four_rounds(sha1, sha_data, part + part / 4);
    abreast(md5, sha1, sha256);
}

/// Four sixteenths, and the one part of SHA-1 in which it is longer.
PART void quarter(unsigned algorithms, uint32_t md5[4], sha1_lane *sha1, sha256_lane *sha256, const uint8_t *data,
                  const uint8_t *sha_data, int q) {
    sixteenth(algorithms, md5, sha1, sha256, data, sha_data, 4 * q);
    sixteenth(algorithms, md5, sha1, sha256, data, sha_data, 4 * q + 1);
    sixteenth(algorithms, md5, sha1, sha256, data, sha_data, 4 * q + 2);
    sixteenth(algorithms, md5, sha1, sha256, data, sha_data, 4 * q + 3);
    if (algorithms & BW_SHA1) sha1_four_rounds(sha1, sha_data, 5 * q + 4);
}

PART void block(unsigned algorithms, uint32_t md5[4], sha1_lane *sha1, sha256_lane *sha256, const uint8_t *data,
                const uint8_t *sha_data) {
    const uint32_t md5_was[4] = {md5[0], md5[1], md5[2], md5[3]};
    const __m128i abcd = sha1->abcd, e = sha1->e, abef = sha256->abef, cdgh = sha256->cdgh;

    quarter(algorithms, md5, sha1, sha256, data, sha_data, 0);
    quarter(algorithms, md5, sha1, sha256, data, sha_data, 1);
    quarter(algorithms, md5, sha1, sha256, data, sha_data, 2);
    quarter(algorithms, md5, sha1, sha256, data, sha_data, 3);

    if (algorithms & BW_MD5) for (int i = 0; i < 4; i++) md5[i] += md5_was[i];
    if (algorithms & BW_SHA1) {
        sha1->e = _mm_sha1nexte_epu32(sha1->before, e);
        sha1->abcd = _mm_add_epi32(sha1->abcd, abcd);
    }
    if (algorithms & BW_SHA256) {
        sha256->abef = _mm_add_epi32(sha256->abef, abef);
        sha256->cdgh = _mm_add_epi32(sha256->cdgh, cdgh);
    }
}

PART void sha256_load(sha256_lane *lane, const uint32_t words[8]) {
    const __m128i badc = _mm_shuffle_epi32(load(words), 0xb1);
    const __m128i hgfe = _mm_shuffle_epi32(load(words + 4), 0x1b);
    lane->abef = _mm_alignr_epi8(badc, hgfe, 8);
    lane->cdgh = _mm_blend_epi16(hgfe, badc, 0xf0);
}

PART void sha256_store(uint32_t words[8], const sha256_lane *lane) {
    const __m128i feba = _mm_shuffle_epi32(lane->abef, 0x1b);
    const __m128i dchg = _mm_shuffle_epi32(lane->cdgh, 0xb1);
    _mm_storeu_si128((__m128i *)words, _mm_blend_epi16(feba, dchg, 0xf0));
    _mm_storeu_si128((__m128i *)(words + 4), _mm_alignr_epi8(dchg, feba, 8));
}

/// `algorithms` is a literal wherever this is called, so that each set gets a loop of its own.
PART void advance_set(unsigned algorithms, bw_digest_state *state, const uint8_t *data, const uint8_t *sha_data,
                      size_t blocks) {
    uint32_t md5[4] = {state->md5[0], state->md5[1], state->md5[2], state->md5[3]};
    sha1_lane sha1 = {
        .abcd = _mm_shuffle_epi32(load(state->sha1), 0x1b),
        .e = _mm_set_epi32((int)state->sha1[4], 0, 0, 0),
    };
    sha256_lane sha256;
    sha256_load(&sha256, state->sha256);

    for (; blocks != 0; blocks--, data += 64, sha_data += 64) block(algorithms, md5, &sha1, &sha256, data, sha_data);

    memcpy(state->md5, md5, sizeof md5);
    _mm_storeu_si128((__m128i *)state->sha1, _mm_shuffle_epi32(sha1.abcd, 0x1b));
    state->sha1[4] = (uint32_t)_mm_extract_epi32(sha1.e, 3);
    sha256_store(state->sha256, &sha256);
}

KERNEL static void advance(unsigned algorithms, bw_digest_state *state, const uint8_t *data, const uint8_t *sha_data,
                           size_t blocks) {
    switch (algorithms & BW_ALL) {
    case 1: advance_set(1, state, data, sha_data, blocks); break;
    case 2: advance_set(2, state, data, sha_data, blocks); break;
    case 3: advance_set(3, state, data, sha_data, blocks); break;
    case 4: advance_set(4, state, data, sha_data, blocks); break;
    case 5: advance_set(5, state, data, sha_data, blocks); break;
    case 6: advance_set(6, state, data, sha_data, blocks); break;
    case 7: advance_set(7, state, data, sha_data, blocks); break;
    }
}

void bw_stitched_blocks(bw_digest_state *state, unsigned algorithms, const uint8_t *data, size_t blocks, int last) {
    if (!(bw_cpu_extensions() & CPU_SHA) || blocks == 0) return;
    if (!last) {
        advance(algorithms, state, data, data, blocks);
        return;
    }
    // The last block once more, with its length as SHA wants it.
    const uint8_t *end = data + 64 * (blocks - 1);
    uint8_t sha_end[64];
    for (int i = 0; i < 56; i++) sha_end[i] = end[i];
    for (int i = 56; i < 64; i++) sha_end[i] = end[63 - (i - 56)];
    advance(algorithms, state, data, data, blocks - 1);
    advance(algorithms, state, end, sha_end, 1);
}
#else
void bw_stitched_blocks(bw_digest_state *state, unsigned algorithms, const uint8_t *data, size_t blocks, int last) {
    (void)state, (void)algorithms, (void)data, (void)blocks, (void)last;
}
#endif
