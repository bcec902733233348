// What this processor has that digest kernels can use.
#ifndef CDIGESTKERNELS_H
#define CDIGESTKERNELS_H

/// Whether the processor has the named extension: "sha", "avx2" or "avx512". 0 or 1; 0 for names that are not known.
int bw_cpu_has(const char *extension);

#endif
