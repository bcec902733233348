// The rounds of the three algorithms, on as many messages at once as a vector has lanes. Each lane holds its own
// message's word, so nothing here crosses lanes.
//
// Included once by each file that has defined LANES, KERNEL (the attribute that names its instructions) and, where the
// lanes lie in registers, VECTOR_REGISTER (the letter by which inline assembly knows them).
// Sources: RFC 1321; FIPS 180-4.
#include "CDigestKernels.h"
#include "constants.h"
#include "lanes_state.h"

#define PART static inline __attribute__((always_inline)) KERNEL

typedef uint32_t vec __attribute__((vector_size(4 * LANES)));

/// Keeps the compiler from regrouping a sum across this point: what is added after it comes after it. The late addend
/// of a step must be the last; regrouped, the others would wait for it too.
PART vec settled(vec x) {
#ifdef VECTOR_REGISTER
    __asm__("" : "+" VECTOR_REGISTER(x));
#endif
    return x;
}

PART vec turned(vec x, int by) { return x << by | x >> (32 - by); }

PART vec everywhere(uint32_t x) { return x - (vec){0}; }

PART vec either(vec mask, vec yes, vec no) { return ((yes ^ no) & mask) ^ no; }

PART vec majority(vec x, vec y, vec z) { return (x & y) | ((x | y) & z); }

PART vec load(const uint32_t from[LANES]) { return *(const vec *)from; }

PART void store(uint32_t to[LANES], vec x) { *(vec *)to = x; }

// MARK: MD5

/// Step `i` of 64: `a` becomes b + ((a + f(b, c, d) + word + sine) turned).
PART void md5_step(vec *a, vec b, vec c, vec d, const vec words[16], int i) {
    vec mixed;
    switch (i / 16) {
    case 0: mixed = either(b, c, d); break;
    case 1: mixed = either(d, b, c); break;
    case 2: mixed = b ^ c ^ d; break;
    default: mixed = c ^ (b | ~d);
    }
    const vec sum = settled(*a + words[md5_word(i)] + everywhere(md5_sines[i]));
    *a = turned(sum + mixed, md5_turns[i / 16][i % 4]) + b;
}

PART void md5_four_steps(vec s[4], const vec words[16], int four) {
    md5_step(&s[0], s[1], s[2], s[3], words, 4 * four);
    md5_step(&s[3], s[0], s[1], s[2], words, 4 * four + 1);
    md5_step(&s[2], s[3], s[0], s[1], words, 4 * four + 2);
    md5_step(&s[1], s[2], s[3], s[0], words, 4 * four + 3);
}

PART void md5_round(vec s[4], const vec words[16], int round) {
    md5_four_steps(s, words, 4 * round);
    md5_four_steps(s, words, 4 * round + 1);
    md5_four_steps(s, words, 4 * round + 2);
    md5_four_steps(s, words, 4 * round + 3);
}

KERNEL static void md5_block(uint32_t state[4][16], const vec words[16]) {
    vec s[4];
    for (int i = 0; i < 4; i++) s[i] = load(state[i]);
    md5_round(s, words, 0);
    md5_round(s, words, 1);
    md5_round(s, words, 2);
    md5_round(s, words, 3);
    for (int i = 0; i < 4; i++) store(state[i], s[i] + load(state[i]));
}

// MARK: SHA-1

/// Step `i` of 80. The caller renames the variables instead of moving their values; `words` is a ring of the last
/// sixteen words.
PART void sha1_step(vec a, vec *b, vec c, vec d, vec *e, vec words[16], int i) {
    vec *now = &words[i % 16];
    if (i >= 16) *now = turned(*now ^ words[(i + 2) % 16] ^ words[(i + 8) % 16] ^ words[(i + 13) % 16], 1);
    vec mixed;
    switch (i / 20) {
    case 0: mixed = either(*b, c, d); break;
    case 2: mixed = majority(*b, c, d); break;
    default: mixed = *b ^ c ^ d;
    }
    *e = settled(*e + *now + everywhere(sha1_constants[i / 20]));
    *e = settled(*e + mixed);
    *e += turned(a, 5);
    *b = turned(*b, 30);
}

PART void sha1_five_steps(vec s[5], vec words[16], int five) {
    sha1_step(s[0], &s[1], s[2], s[3], &s[4], words, 5 * five);
    sha1_step(s[4], &s[0], s[1], s[2], &s[3], words, 5 * five + 1);
    sha1_step(s[3], &s[4], s[0], s[1], &s[2], words, 5 * five + 2);
    sha1_step(s[2], &s[3], s[4], s[0], &s[1], words, 5 * five + 3);
    sha1_step(s[1], &s[2], s[3], s[4], &s[0], words, 5 * five + 4);
}

PART void sha1_quarter(vec s[5], vec words[16], int quarter) {
    sha1_five_steps(s, words, 4 * quarter);
    sha1_five_steps(s, words, 4 * quarter + 1);
    sha1_five_steps(s, words, 4 * quarter + 2);
    sha1_five_steps(s, words, 4 * quarter + 3);
}

KERNEL static void sha1_block(uint32_t state[5][16], const vec block[16]) {
    vec s[5], words[16];
    for (int i = 0; i < 16; i++) words[i] = block[i];
    for (int i = 0; i < 5; i++) s[i] = load(state[i]);
    sha1_quarter(s, words, 0);
    sha1_quarter(s, words, 1);
    sha1_quarter(s, words, 2);
    sha1_quarter(s, words, 3);
    for (int i = 0; i < 5; i++) store(state[i], s[i] + load(state[i]));
}

// MARK: SHA-256

PART void sha256_step(vec a, vec b, vec c, vec *d, vec e, vec f, vec g, vec *h, vec words[16], int i) {
    vec *now = &words[i % 16];
    if (i >= 16) {
        const vec old = words[(i + 1) % 16], new = words[(i + 14) % 16];
        *now += (turned(old, 25) ^ turned(old, 14) ^ old >> 3) + words[(i + 9) % 16];
        *now += turned(new, 15) ^ turned(new, 13) ^ new >> 10;
    }
    *h = settled(*h + *now + everywhere(sha256_constants[i]));
    *h += (turned(e, 26) ^ turned(e, 21) ^ turned(e, 7)) + either(e, f, g);
    *d += *h;
    *h += (turned(a, 30) ^ turned(a, 19) ^ turned(a, 10)) + majority(a, b, c);
}

PART void sha256_eight_steps(vec s[8], vec words[16], int eight) {
    sha256_step(s[0], s[1], s[2], &s[3], s[4], s[5], s[6], &s[7], words, 8 * eight);
    sha256_step(s[7], s[0], s[1], &s[2], s[3], s[4], s[5], &s[6], words, 8 * eight + 1);
    sha256_step(s[6], s[7], s[0], &s[1], s[2], s[3], s[4], &s[5], words, 8 * eight + 2);
    sha256_step(s[5], s[6], s[7], &s[0], s[1], s[2], s[3], &s[4], words, 8 * eight + 3);
    sha256_step(s[4], s[5], s[6], &s[7], s[0], s[1], s[2], &s[3], words, 8 * eight + 4);
    sha256_step(s[3], s[4], s[5], &s[6], s[7], s[0], s[1], &s[2], words, 8 * eight + 5);
    sha256_step(s[2], s[3], s[4], &s[5], s[6], s[7], s[0], &s[1], words, 8 * eight + 6);
    sha256_step(s[1], s[2], s[3], &s[4], s[5], s[6], s[7], &s[0], words, 8 * eight + 7);
}

KERNEL static void sha256_block(uint32_t state[8][16], const vec block[16]) {
    vec s[8], words[16];
    for (int i = 0; i < 16; i++) words[i] = block[i];
    for (int i = 0; i < 8; i++) s[i] = load(state[i]);
    sha256_eight_steps(s, words, 0);
    sha256_eight_steps(s, words, 1);
    sha256_eight_steps(s, words, 2);
    sha256_eight_steps(s, words, 3);
    sha256_eight_steps(s, words, 4);
    sha256_eight_steps(s, words, 5);
    sha256_eight_steps(s, words, 6);
    sha256_eight_steps(s, words, 7);
    for (int i = 0; i < 8; i++) store(state[i], s[i] + load(state[i]));
}

// MARK: The three together

/// The words of one block of every lane, as MD5 reads them: `words[w]` holds word w of each lane.
PART void transposed(vec words[16], const uint8_t *const data[LANES], size_t offset);

/// Each word's bytes in reverse.
PART vec reversed(vec words);

/// All ones in each lane whose bit is set.
PART vec lane_mask(unsigned bits) {
    vec mask;
    for (int i = 0; i < LANES; i++) mask[i] = -(bits >> i & 1);
    return mask;
}

/// The same words as SHA reads them. Where `ends` is set, the last two are a length that bw_digest_pad wrote for MD5;
/// for SHA its halves change places, and its bytes are right as they were.
PART void turn_for_sha(vec words[16], vec ends) {
    const vec low = words[14], high = words[15];
    for (int i = 0; i < 16; i++) words[i] = reversed(words[i]);
    words[14] = either(ends, high, words[14]);
    words[15] = either(ends, low, words[15]);
}

PART void advance(bw_lanes *lanes, unsigned algorithms, const uint8_t *const data[LANES], size_t blocks,
                  unsigned last) {
    for (size_t block = 0; block < blocks; block++) {
        vec words[16];
        transposed(words, data, 64 * block);
        if (algorithms & BW_MD5) md5_block(lanes->md5, words);
        if (!(algorithms & (BW_SHA1 | BW_SHA256))) continue;
        turn_for_sha(words, lane_mask(block + 1 == blocks ? last : 0));
        if (algorithms & BW_SHA1) sha1_block(lanes->sha1, words);
        if (algorithms & BW_SHA256) sha256_block(lanes->sha256, words);
    }
}
