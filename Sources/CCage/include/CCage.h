// The cage of a process that reads hostile bytes: what it gives up, layer by layer, and never gets back.
#ifndef CCAGE_H
#define CCAGE_H

#include <stdint.h>

/// Layers as bits, in the order in which they are built.
enum bw_cage_layer {
    /// Nothing that is executed later can have more rights.
    BW_CAGE_NO_NEW_PRIVILEGES = 1,
    /// Neither a core file nor ptrace(2) by processes of the same user.
    BW_CAGE_NOT_DUMPABLE = 2,
    /// Memory, CPU, descriptors, file size, processes, core.
    BW_CAGE_LIMITS = 4,
    /// No path can be opened; from ABI 4 on no TCP port, from 6 on no abstract socket and no signal to others.
    BW_CAGE_LANDLOCK = 8,
    /// A list of system calls; any other kills the process.
    BW_CAGE_SYSTEM_CALLS = 16,
};
#define BW_CAGE_WHOLE 31

struct bw_cage_limits {
    /// Bytes of address space beyond what the process has now.
    uint64_t memory;
    /// Of the whole process, above which the kernel ends it.
    uint64_t cpu_seconds;
    uint64_t descriptors;
};

/// Builds every layer that the kernel has. Call it before any thread starts.
///
/// Returns the layers that stand; `landlock_abi` is 0 where the kernel has none.
uint32_t bw_cage_enter(const struct bw_cage_limits *limits, int *landlock_abi);

/// The same with some layers left out, for tests of each layer.
uint32_t bw_cage_enter_layers(const struct bw_cage_limits *limits, uint32_t wanted, int *landlock_abi);

/// Closes every descriptor from `first` on.
int bw_close_from(int first);

/// Gives what exceeds 32 MB back to the system as soon as it is freed, so that a large picture leaves nothing behind.
void bw_steady_heap(void);

/// Ends this process by SIGPROF when it has used so much CPU time from now on; 0 takes the limit back.
int bw_limit_cpu_from_now(uint32_t milliseconds);

/// Names the process for ps(1), at most 15 bytes.
void bw_name_process(const char *name);

#endif
