#include "CDigestKernels.h"

#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>

static int has_sha(void) {
    unsigned eax, ebx, ecx, edx;
    return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) && (ebx >> 29 & 1);
}

int bw_cpu_has(const char *extension) {
    if (!strcmp(extension, "sha")) return has_sha();
    if (!strcmp(extension, "avx2")) return __builtin_cpu_supports("avx2") != 0;
    if (!strcmp(extension, "avx512")) return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
    return 0;
}
#else
int bw_cpu_has(const char *extension) {
    (void)extension;
    return 0;
}
#endif
