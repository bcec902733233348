// What Swift cannot call, for a decoder that was taken over. Each returns 1 where it succeeded.
#ifndef CDEEDS_H
#define CDEEDS_H

int deed_fork(void);
int deed_ptrace(void);
int deed_is_dumpable(void);
/// Allocates and touches so many bytes, and keeps them. In C, since an optimiser leaves out what nobody uses.
int deed_allocate(unsigned long bytes);

#endif
