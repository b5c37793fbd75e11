// Linear layers in bf16; the arithmetic and the launch shapes are told in dense.cuh and product.cuh.
#include "dense.cuh"

RF_DENSE_KERNELS(bf16, small, Small)
RF_DENSE_KERNELS(bf16, medium, Medium)
RF_DENSE_KERNELS(bf16, large, Large)
