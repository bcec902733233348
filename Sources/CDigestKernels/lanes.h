// The steps of the three algorithms, on as many messages at once as a vector has lanes. Each lane holds its own
// message's words, so nothing here crosses lanes.
//
// Each step of one algorithm waits for the step before it, and that, not the number of instructions, is what limits a
// processor that starts four vector instructions a cycle. So the three algorithms run step beside step: together they
// take hardly longer than SHA-256 alone.
//
// Included by each file that has defined LANES, KERNEL (the attribute that names its instructions) and
// VECTOR_REGISTER (the letter by which inline assembly knows its registers), and which then defines `transposed` and
// `reversed`.
//
// Sources: RFC 1321; FIPS 180-4.
#include "CDigestKernels.h"
#include "constants.h"
#include "lanes_state.h"
#include "part.h"

#define PART PART_OF_A_BLOCK KERNEL

typedef uint32_t vec __attribute__((vector_size(4 * LANES)));

/// Keeps the compiler from regrouping a sum across this point: what is added after it comes after it. The late addend
/// of a step must be the last; regrouped, the others would wait for it too. Volatile, so that such points also stay in
/// the order they are written in: left free, the compiler sorts the mixture out again, one algorithm after the other.
PART vec settled(vec x) {
    __asm__ volatile("" : "+" VECTOR_REGISTER(x));
    return x;
}

PART vec turned(vec x, int by) { return x << by | x >> (32 - by); }

PART vec everywhere(uint32_t x) { return x - (vec){0}; }

PART vec either(vec mask, vec yes, vec no) { return ((yes ^ no) & mask) ^ no; }

PART vec majority(vec x, vec y, vec z) { return (x & y) | ((x | y) & z); }

PART vec load(const uint32_t from[LANES]) { return *(const vec *)from; }

PART void store(uint32_t to[LANES], vec x) { *(vec *)to = x; }

// MARK: Steps
//
// The standards move every variable on by one place a step. Here the values stay and the places move: before step `i`,
// the standard's variable v, counted from 0 for a, is at s[(v - i) mod the number of variables].
//
// `quarter` is a constant wherever these are used, and so is `i`, which counts from the last eighth.

/// `words` and `sines` begin at the eighth's first; see `message`.
PART void md5_step(vec s[4], const vec *words, const uint32_t *sines, int quarter, int i) {
    vec *a = &s[(0 - i) & 3];
    const vec b = s[(1 - i) & 3], c = s[(2 - i) & 3], d = s[(3 - i) & 3];
    vec late;
    switch (quarter) {
    case 0: late = either(b, c, d); break;
    case 1: late = either(d, b, c); break;
    case 2: late = b ^ c ^ d; break;
    default: late = c ^ (b | ~d);
    }
    const vec sum = settled(*a + words[md5_word(16 * quarter + i)] + everywhere(sines[i]));
    *a = turned(sum + late, md5_turns[quarter][i % 4]) + b;
}

/// Takes `words[i]` and makes `words[i + 16]`, needed or not.
PART void sha1_step(vec s[5], vec *words, int quarter, int i) {
    const vec a = s[(80 - i) % 5], c = s[(82 - i) % 5], d = s[(83 - i) % 5];
    vec *b = &s[(81 - i) % 5], *e = &s[(84 - i) % 5];
    vec mixed;
    switch (quarter) {
    case 0: mixed = either(*b, c, d); break;
    case 2: mixed = majority(*b, c, d); break;
    default: mixed = *b ^ c ^ d;
    }
    *e = settled(*e + words[i] + everywhere(sha1_constants[quarter]));
    *e = settled(*e + mixed) + turned(a, 5);
    *b = turned(*b, 30);
    words[i + 16] = turned(words[i] ^ words[i + 2] ^ words[i + 8] ^ words[i + 13], 1);
}

/// Takes `words[i]` and makes `words[i + 16]` if it will be needed.
PART void sha256_step(vec s[8], vec *words, const uint32_t *constants, int quarter, int i) {
    const vec a = s[(0 - i) & 7], b = s[(1 - i) & 7], c = s[(2 - i) & 7];
    const vec e = s[(4 - i) & 7], f = s[(5 - i) & 7], g = s[(6 - i) & 7];
    vec *d = &s[(3 - i) & 7], *h = &s[(7 - i) & 7];
    *h = settled(*h + words[i] + everywhere(constants[i]));
    *h += (turned(e, 26) ^ turned(e, 21) ^ turned(e, 7)) + either(e, f, g);
    *d += *h;
    *h += (turned(a, 30) ^ turned(a, 19) ^ turned(a, 10)) + majority(a, b, c);
    if (quarter == 3) return;
    const vec old = words[i + 1], new = words[i + 14];
    words[i + 16] = (turned(old, 25) ^ turned(old, 14) ^ old >> 3) + words[i] + words[i + 9]
                    + (turned(new, 15) ^ turned(new, 13) ^ new >> 10);
}

/// The variables of one block of every lane.
typedef struct {
    vec md5[4], sha1[5], sha256[8];
} variables;

/// The words of one block of every lane. `md5` has the first eight twice: the word that MD5 takes eight steps later is
/// always the one eight places on.
typedef struct {
    vec md5[24], sha1[96], sha256[64];
} message;

PART void step(unsigned algorithm, variables *v, message *m, int quarter, int half, int i) {
    const int eighth = 8 * (2 * quarter + half);
    switch (algorithm) {
    case BW_MD5: md5_step(v->md5, m->md5 + 8 * half, md5_sines + eighth, quarter, i); break;
    case BW_SHA1: sha1_step(v->sha1, m->sha1 + 20 * quarter + 10 * half, quarter, i); break;
    case BW_SHA256: sha256_step(v->sha256, m->sha256 + eighth, sha256_constants + eighth, quarter, i); break;
    }
}

PART void two_steps(unsigned algorithms, variables *v, message *m, int quarter, int half, int i) {
    step(algorithms & BW_MD5, v, m, quarter, half, i);
    step(algorithms & BW_MD5, v, m, quarter, half, i + 1);
    step(algorithms & BW_SHA256, v, m, quarter, half, i);
    step(algorithms & BW_SHA256, v, m, quarter, half, i + 1);
    step(algorithms & BW_SHA1, v, m, quarter, half, i);
    step(algorithms & BW_SHA1, v, m, quarter, half, i + 1);
}

/// A quarter of each algorithm: sixteen steps of MD5 and SHA-256, twenty of SHA-1. As a loop over its halves, since
/// all the steps one after the other hardly fit the processor's instruction cache.
PART void quarter_of(unsigned algorithms, variables *v, message *m, int quarter) {
    for (int half = 0; half < 2; half++) {
        two_steps(algorithms, v, m, quarter, half, 0);
        two_steps(algorithms, v, m, quarter, half, 2);
        two_steps(algorithms, v, m, quarter, half, 4);
        two_steps(algorithms, v, m, quarter, half, 6);
        two_steps(algorithms & BW_SHA1, v, m, quarter, half, 8);
    }
}

// MARK: Blocks

/// The words of one block of every lane, as MD5 reads them: `words[w]` holds word w of each lane.
PART void transposed(vec words[16], const uint8_t *const data[LANES], size_t offset);

/// Each word's bytes in reverse.
PART vec reversed(vec words);

/// All ones in each lane whose bit is set.
PART vec lane_mask(unsigned bits) {
    static const uint32_t numbers[16] __attribute__((aligned(64))) = {0, 1, 2,  3,  4,  5,  6,  7,
                                                                      8, 9, 10, 11, 12, 13, 14, 15};
    return -(everywhere(bits) >> load(numbers) & 1);
}

/// Four at a time: over sixteen, the compiler keeps the loop, and with it the words in memory.
PART void reverse_four(vec words[4]) {
    for (int i = 0; i < 4; i++) words[i] = reversed(words[i]);
}

/// The same words as SHA reads them. Where `ends` is set, the last two are a length that bw_digest_pad wrote for MD5;
/// for SHA its halves change places, and its bytes are right as they were.
PART void turn_for_sha(vec words[16], vec ends) {
    const vec low = words[14], high = words[15];
    reverse_four(words);
    reverse_four(words + 4);
    reverse_four(words + 8);
    reverse_four(words + 12);
    words[14] = either(ends, high, words[14]);
    words[15] = either(ends, low, words[15]);
}

PART void copy(vec *to, const vec *from, int count) {
    for (int i = 0; i < count; i++) to[i] = from[i];
}

PART void load_state(vec *s, const uint32_t state[][16], int count) {
    for (int i = 0; i < count; i++) s[i] = load(state[i]);
}

PART void add_to_state(uint32_t state[][16], const vec *s, int count) {
    for (int i = 0; i < count; i++) store(state[i], s[i] + load(state[i]));
}

PART void begin_block(variables *v, message *m, const bw_lanes *lanes, unsigned algorithms,
                      const uint8_t *const data[LANES], size_t offset, unsigned last) {
    vec *sha = algorithms & BW_SHA1 ? m->sha1 : m->sha256;
    if (algorithms & BW_MD5) {
        transposed(m->md5, data, offset);
        copy(m->md5 + 16, m->md5, 8);
        if (algorithms != BW_MD5) copy(sha, m->md5, 16);
    } else {
        transposed(sha, data, offset);
    }
    if (algorithms != BW_MD5) turn_for_sha(sha, lane_mask(last));
    if (algorithms & BW_SHA1 && algorithms & BW_SHA256) copy(m->sha256, sha, 16);
    load_state(v->md5, lanes->md5, 4);
    load_state(v->sha1, lanes->sha1, 5);
    load_state(v->sha256, lanes->sha256, 8);
}

PART void end_block(bw_lanes *lanes, unsigned algorithms, const variables *v) {
    if (algorithms & BW_MD5) add_to_state(lanes->md5, v->md5, 4);
    if (algorithms & BW_SHA1) add_to_state(lanes->sha1, v->sha1, 5);
    if (algorithms & BW_SHA256) add_to_state(lanes->sha256, v->sha256, 8);
}

PART void block(bw_lanes *lanes, unsigned algorithms, const uint8_t *const data[LANES], size_t offset, unsigned last) {
    variables v;
    message m;
    begin_block(&v, &m, lanes, algorithms, data, offset, last);
    quarter_of(algorithms, &v, &m, 0);
    quarter_of(algorithms, &v, &m, 1);
    quarter_of(algorithms, &v, &m, 2);
    quarter_of(algorithms, &v, &m, 3);
    end_block(lanes, algorithms, &v);
}

PART void blocks_of(bw_lanes *lanes, unsigned algorithms, const uint8_t *const data[LANES], size_t blocks,
                    unsigned last) {
    for (size_t i = 0; i < blocks; i++) block(lanes, algorithms, data, 64 * i, i + 1 == blocks ? last : 0);
}

/// One copy of the loop for each set of algorithms, with nothing in it of the others.
KERNEL static inline void advance(bw_lanes *lanes, unsigned algorithms, const uint8_t *const data[LANES], size_t blocks,
                           unsigned last) {
    switch (algorithms) {
    case BW_MD5: blocks_of(lanes, BW_MD5, data, blocks, last); break;
    case BW_SHA1: blocks_of(lanes, BW_SHA1, data, blocks, last); break;
    case BW_SHA256: blocks_of(lanes, BW_SHA256, data, blocks, last); break;
    case BW_MD5 | BW_SHA1: blocks_of(lanes, BW_MD5 | BW_SHA1, data, blocks, last); break;
    case BW_MD5 | BW_SHA256: blocks_of(lanes, BW_MD5 | BW_SHA256, data, blocks, last); break;
    case BW_SHA1 | BW_SHA256: blocks_of(lanes, BW_SHA1 | BW_SHA256, data, blocks, last); break;
    case BW_ALL: blocks_of(lanes, BW_ALL, data, blocks, last); break;
    }
}
