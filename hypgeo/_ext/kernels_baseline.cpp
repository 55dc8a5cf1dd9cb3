// The portable build of the kernels, for every CPU.
#define HYPGEO_ISA_NS baseline
#include "hypgeo/csrc/kernels.h"
