// What the kernels ask at the head of each call.
#ifndef BW_CPU_H
#define BW_CPU_H

enum { CPU_ASKED = 1, CPU_SHA = 2, CPU_AVX2 = 4, CPU_AVX512 = 8 };

/// CPU_ASKED and what of the rest is there. Cheap after the first call.
__attribute__((visibility("hidden"))) unsigned bw_cpu_extensions(void);

#endif
