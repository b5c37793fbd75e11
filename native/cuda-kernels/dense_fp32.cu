// Linear layers in fp32; the arithmetic and the launch shapes are told in dense.cuh and product.cuh.
#include "dense.cuh"

RF_DENSE_KERNELS(fp32, small, Small)
RF_DENSE_KERNELS(fp32, medium, Medium)
RF_DENSE_KERNELS(fp32, large, Large)
