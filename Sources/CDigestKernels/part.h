// How the small functions that make up a block are put together.
#ifndef BW_PART_H
#define BW_PART_H

/// Inlined without fail, since which step it is must be a constant in each. Not in builds for debugging: without
/// optimization every inlined call keeps variables of its own, megabytes of stack in all.
#if defined(__OPTIMIZE__)
#define PART_OF_A_BLOCK static inline __attribute__((always_inline))
#else
#define PART_OF_A_BLOCK static
#endif

#endif
