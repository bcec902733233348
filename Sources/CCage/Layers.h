#ifndef BW_LAYERS_H
#define BW_LAYERS_H

#include "CCage.h"

// Each returns 0, or -1 where the layer could not be built.
int bw_cage_limit(const struct bw_cage_limits *limits);
int bw_cage_landlock(int *abi);
int bw_cage_system_calls(void);

#endif
