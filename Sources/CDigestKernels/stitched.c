// One message, three algorithms, one stream of instructions.
//
// Each MD5 step waits for the one before it, four or five cycles for six instructions, so MD5 leaves most of the
// processor idle. SHA-1 and SHA-256 run in that idle part on the SHA extensions. That works only while both lie inside
// the processor's reordering window, hence the fine mixture in `sixteenth`.
//
// Sources: RFC 1321; FIPS 180-4; Gulley, Gopal and others, Intel SHA Extensions (2013), for the instructions' use.
#include "CDigestKernels.h"

#if defined(__x86_64__)
#include "constants.h"
#include "cpu.h"
#include "part.h"

#include <immintrin.h>
#include <string.h>

#define KERNEL __attribute__((target("sha,sse4.1,ssse3")))
#define PART PART_OF_A_BLOCK KERNEL

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

/// Step `i` of 64. The standard moves a, b, c and d on by one place a step; here the values stay and the places move.
PART void md5_step(uint32_t s[4], const uint8_t *data, int i) {
    const uint32_t a = s[(0 - i) & 3], b = s[(1 - i) & 3], c = s[(2 - i) & 3], d = s[(3 - i) & 3];
    uint32_t word;
    memcpy(&word, data + 4 * md5_word(i), 4);
    uint32_t sum = a + md5_sines[i] + word;
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
    s[(0 - i) & 3] = turned(sum + late, md5_turns[i / 16][i % 4]) + b;
}

PART void md5_four_steps(uint32_t s[4], const uint8_t *data, int four) {
    md5_step(s, data, 4 * four);
    md5_step(s, data, 4 * four + 1);
    md5_step(s, data, 4 * four + 2);
    md5_step(s, data, 4 * four + 3);
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

typedef struct {
    uint32_t md5[4];
    sha1_lane sha1;
    sha256_lane sha256;
} work;

/// Keeps the compiler from moving any of the three algorithms past this point on its own. Left free, it sorts the
/// mixture out again, one algorithm after the other.
PART void abreast(work *w) {
    uint32_t b = w->md5[1];
    __m128i abcd = w->sha1.abcd, abef = w->sha256.abef;
    __asm__ volatile("" : "+r"(b), "+x"(abcd), "+x"(abef));
    w->md5[1] = b;
    w->sha1.abcd = abcd;
    w->sha256.abef = abef;
}

/// A sixteenth of MD5 and SHA-256, and a twentieth of SHA-1.
PART void sixteenth(unsigned algorithms, work *w, const uint8_t *data, const uint8_t *sha_data, int part) {
    if (algorithms & BW_MD5) md5_four_steps(w->md5, data, part);
    if (algorithms & BW_SHA256) sha256_four_rounds(&w->sha256, sha_data, part);
    if (algorithms & BW_SHA1) sha1_four_rounds(&w->sha1, sha_data, part + part / 4);
    abreast(w);
}

/// Four sixteenths, and the twentieth by which SHA-1 is longer.
PART void quarter(unsigned algorithms, work *w, const uint8_t *data, const uint8_t *sha_data, int q) {
    sixteenth(algorithms, w, data, sha_data, 4 * q);
    sixteenth(algorithms, w, data, sha_data, 4 * q + 1);
    sixteenth(algorithms, w, data, sha_data, 4 * q + 2);
    sixteenth(algorithms, w, data, sha_data, 4 * q + 3);
    if (algorithms & BW_SHA1) sha1_four_rounds(&w->sha1, sha_data, 5 * q + 4);
}

PART void block(unsigned algorithms, work *w, const uint8_t *data, const uint8_t *sha_data) {
    const work was = *w;
    quarter(algorithms, w, data, sha_data, 0);
    quarter(algorithms, w, data, sha_data, 1);
    quarter(algorithms, w, data, sha_data, 2);
    quarter(algorithms, w, data, sha_data, 3);
    if (algorithms & BW_MD5) {
        for (int i = 0; i < 4; i++) w->md5[i] += was.md5[i];
    }
    if (algorithms & BW_SHA1) {
        w->sha1.e = _mm_sha1nexte_epu32(w->sha1.before, was.sha1.e);
        w->sha1.abcd = _mm_add_epi32(w->sha1.abcd, was.sha1.abcd);
    }
    if (algorithms & BW_SHA256) {
        w->sha256.abef = _mm_add_epi32(w->sha256.abef, was.sha256.abef);
        w->sha256.cdgh = _mm_add_epi32(w->sha256.cdgh, was.sha256.cdgh);
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

PART void sha1_load(sha1_lane *lane, const uint32_t words[5]) {
    lane->abcd = _mm_shuffle_epi32(load(words), 0x1b);
    lane->e = _mm_set_epi32((int)words[4], 0, 0, 0);
}

PART void sha1_store(uint32_t words[5], const sha1_lane *lane) {
    _mm_storeu_si128((__m128i *)words, _mm_shuffle_epi32(lane->abcd, 0x1b));
    words[4] = (uint32_t)_mm_extract_epi32(lane->e, 3);
}

PART void blocks_of(bw_digest_state *state, unsigned algorithms, const uint8_t *data, const uint8_t *sha_data,
                    size_t blocks) {
    work w = {0};
    memcpy(w.md5, state->md5, sizeof w.md5);
    sha1_load(&w.sha1, state->sha1);
    sha256_load(&w.sha256, state->sha256);
    for (; blocks != 0; blocks--, data += 64, sha_data += 64) block(algorithms, &w, data, sha_data);
    memcpy(state->md5, w.md5, sizeof w.md5);
    sha1_store(state->sha1, &w.sha1);
    sha256_store(state->sha256, &w.sha256);
}

/// One copy of the loop for each set of algorithms, with nothing in it of the others.
KERNEL static void advance(bw_digest_state *state, unsigned algorithms, const uint8_t *data, const uint8_t *sha_data,
                           size_t blocks) {
    switch (algorithms) {
    case BW_MD5: blocks_of(state, BW_MD5, data, sha_data, blocks); break;
    case BW_SHA1: blocks_of(state, BW_SHA1, data, sha_data, blocks); break;
    case BW_SHA256: blocks_of(state, BW_SHA256, data, sha_data, blocks); break;
    case BW_MD5 | BW_SHA1: blocks_of(state, BW_MD5 | BW_SHA1, data, sha_data, blocks); break;
    case BW_MD5 | BW_SHA256: blocks_of(state, BW_MD5 | BW_SHA256, data, sha_data, blocks); break;
    case BW_SHA1 | BW_SHA256: blocks_of(state, BW_SHA1 | BW_SHA256, data, sha_data, blocks); break;
    case BW_ALL: blocks_of(state, BW_ALL, data, sha_data, blocks); break;
    }
}

void bw_stitched_blocks(bw_digest_state *state, unsigned algorithms, const uint8_t *data, size_t blocks, int last) {
    if (!(bw_cpu_extensions() & CPU_SHA) || blocks == 0) return;
    if (!last) {
        advance(state, algorithms, data, data, blocks);
        return;
    }
    // The last block once more, with its length as SHA wants it.
    const uint8_t *end = data + 64 * (blocks - 1);
    uint8_t sha_end[64];
    memcpy(sha_end, end, 56);
    for (int i = 0; i < 8; i++) sha_end[56 + i] = end[63 - i];
    advance(state, algorithms, data, data, blocks - 1);
    advance(state, algorithms, end, sha_end, 1);
}
#else
void bw_stitched_blocks(bw_digest_state *state, unsigned algorithms, const uint8_t *data, size_t blocks, int last) {
    (void)state, (void)algorithms, (void)data, (void)blocks, (void)last;
}
#endif
