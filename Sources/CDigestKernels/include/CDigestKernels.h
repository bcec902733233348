// MD5, SHA-1 and SHA-256 of the same bytes in one pass: RFC 1321 and FIPS 180-4, over whole 64-byte blocks.
//
// The caller owns all state and does the cutting into blocks. Every function that hashes needs a processor that has
// the extensions named beside it, and does nothing on any other: ask bw_cpu_has first.
#ifndef CDIGESTKERNELS_H
#define CDIGESTKERNELS_H

#include <stddef.h>
#include <stdint.h>

/// Whether processor and operating system both allow the named kernel: "sha" (stitched), "avx2" (eight lanes) or
/// "avx512" (sixteen lanes). 0 or 1; 0 for names that are not known.
///
/// The environment variable BREAKWATER_CPU, read at the first question, names those that may be used, with commas
/// between them ("sha,avx2"; "none" names none of them). It only takes away: for tests, and to find out whether an
/// extension is at fault.
int bw_cpu_has(const char *extension);

/// Which algorithms a call is to advance, as a bit mask.
enum { BW_MD5 = 1, BW_SHA1 = 2, BW_SHA256 = 4, BW_ALL = 7 };

/// The chaining values of one message.
typedef struct {
    uint32_t md5[4];
    uint32_t sha1[5];
    uint32_t sha256[8];
} bw_digest_state;

/// Begins a message.
void bw_digest_init(bw_digest_state *state);

/// Writes the digests of a message whose last block has been hashed.
void bw_digest_bytes(const bw_digest_state *state, uint8_t md5[16], uint8_t sha1[20], uint8_t sha256[32]);

/// Writes the end of a message: its last `rest_size` bytes (0 to 63, those after the last whole block), the padding,
/// and the length of the whole message, `total` bytes. Returns how many blocks that is, 1 or 2. `rest` may be `tail`.
///
/// The length is written as MD5 wants it, least significant byte first. SHA wants it the other way round; the kernels
/// turn it where their `last` argument says that a message's last block is its last.
size_t bw_digest_pad(uint8_t tail[128], const uint8_t *rest, size_t rest_size, uint64_t total);

/// Advances one message by `blocks` blocks, the algorithms in one instruction stream. Needs "sha".
///
/// - algorithms: BW_MD5, BW_SHA1 and BW_SHA256, or some of them; the others' chaining values stay as they are.
/// - last: 1 when the last of these blocks was made by bw_digest_pad and ends the message, otherwise 0.
void bw_stitched_blocks(bw_digest_state *state, unsigned algorithms, const uint8_t *data, size_t blocks, int last);

/// One message whose bytes come in pieces of any size. Needs "sha".
typedef struct {
    bw_digest_state state;
    uint64_t total;
    uint8_t tail[128];
} bw_stream;

/// Begins a message.
void bw_stream_init(bw_stream *stream);

/// Takes in `size` bytes; `data` may be null when there are none.
void bw_stream_update(bw_stream *stream, unsigned algorithms, const uint8_t *data, size_t size);

/// Ends the message and leaves its digests in `stream->state`.
void bw_stream_finish(bw_stream *stream, unsigned algorithms);

/// The chaining values of sixteen messages side by side. The caller gives it its memory: BW_LANES_SIZE bytes, aligned to
/// BW_LANES_ALIGNMENT. Eight lanes use lanes 0 to 7.
typedef struct bw_lanes bw_lanes;
enum { BW_LANES_SIZE = 17 * 64, BW_LANES_ALIGNMENT = 64 };

/// Begins a message in one lane.
void bw_lanes_reset(bw_lanes *lanes, unsigned lane);

/// Reads the chaining values of one lane, to finish it or to carry on with bw_stitched_blocks.
void bw_lanes_state(const bw_lanes *lanes, unsigned lane, bw_digest_state *state);

/// Puts a message that has begun elsewhere into one lane.
void bw_lanes_set_state(bw_lanes *lanes, unsigned lane, const bw_digest_state *state);

/// Advances sixteen messages by `blocks` blocks each. Needs "avx512".
///
/// - algorithms: BW_MD5, BW_SHA1 and BW_SHA256, or some of them; the others' chaining values stay as they are.
/// - data: Where each lane's blocks begin; any alignment. An idle lane points to `blocks` blocks of anything readable,
///   several lanes to the same if they like.
/// - last: Bit n is 1 when lane n's last block in this call was made by bw_digest_pad and ends the message.
void bw_lanes16_blocks(bw_lanes *lanes, unsigned algorithms, const uint8_t *const data[16], size_t blocks,
                       unsigned last);

/// BW_MD5 or BW_SHA256 alone, of thirty-two messages: two groups of sixteen, whose steps take turns, since each step waits
/// longer for the one before it than it takes. `groups` are two lanes' states, `data` and the bits of `last` those of the first
/// and then of the second. Needs "avx512".
void bw_lanes32_blocks(bw_lanes *const groups[2], unsigned algorithm, const uint8_t *const data[32], size_t blocks,
                       unsigned last);

/// The same as bw_lanes16_blocks for lanes 0 to 7. Needs "avx2".
void bw_lanes8_blocks(bw_lanes *lanes, unsigned algorithms, const uint8_t *const data[8], size_t blocks, unsigned last);

#endif
