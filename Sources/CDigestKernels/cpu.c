// Which kernels may run here.
#include "CDigestKernels.h"
#include "cpu.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>

/// Whether the operating system saves these register states on a task switch (XCR0; Intel SDM volume 1, section
/// 13.3). A processor may have instructions whose registers the system does not save.
static int saves(unsigned states) {
    unsigned eax, ebx, ecx, edx;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx & bit_OSXSAVE)) return 0;
    __asm__ volatile("xgetbv" : "=a"(eax), "=d"(edx) : "c"(0));
    return (eax & states) == states;
}

static unsigned ask(void) {
    const unsigned sse = bit_SSSE3 | bit_SSE4_1, avx512 = bit_AVX512F | bit_AVX512BW | bit_AVX512VL;
    const unsigned xmm_ymm = 0x06, xmm_ymm_zmm_masks = 0xe6;
    unsigned eax, ebx, basic, extended, ecx, edx;
    unsigned found = CPU_ASKED;
    if (!__get_cpuid(1, &eax, &ebx, &basic, &edx)) return found;
    if (!__get_cpuid_count(7, 0, &eax, &extended, &ecx, &edx)) return found;
    if ((extended & bit_SHA) && (basic & sse) == sse) found |= CPU_SHA;
    if ((extended & bit_AVX2) && saves(xmm_ymm)) found |= CPU_AVX2;
    if ((extended & avx512) == avx512 && saves(xmm_ymm_zmm_masks)) found |= CPU_AVX512;
    return found;
}
#else
static unsigned ask(void) { return CPU_ASKED; }
#endif

static const struct {
    const char *name;
    unsigned bit;
} extensions[] = {{"sha", CPU_SHA}, {"avx2", CPU_AVX2}, {"avx512", CPU_AVX512}};

/// The bit of the extension whose name is the first `length` characters; 0 for names that are not known.
static unsigned bit_named(const char *name, size_t length) {
    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++) {
        if (strlen(extensions[i].name) == length && !memcmp(extensions[i].name, name, length)) return extensions[i].bit;
    }
    return 0;
}

/// What BREAKWATER_CPU leaves: those that it names. It can take away and not give.
static unsigned left_by_environment(unsigned found) {
    const char *names = getenv("BREAKWATER_CPU");
    if (names == NULL) return found;
    unsigned left = CPU_ASKED;
    for (;;) {
        const size_t length = strcspn(names, ",");
        left |= bit_named(names, length);
        if (names[length] == 0) return found & left;
        names += length + 1;
    }
}

unsigned bw_cpu_extensions(void) {
    // Kept, since cpuid leaves a virtual machine and takes longer there than hashing a kilobyte. Threads that ask at
    // the same time find the same answer.
    static _Atomic unsigned known;
    unsigned found = atomic_load_explicit(&known, memory_order_relaxed);
    if (found == 0) {
        found = left_by_environment(ask());
        atomic_store_explicit(&known, found, memory_order_relaxed);
    }
    return found;
}

int bw_cpu_has(const char *extension) {
    return (bw_cpu_extensions() & bit_named(extension, strlen(extension))) != 0;
}
