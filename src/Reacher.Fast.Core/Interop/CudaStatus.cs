namespace Reacher.Fast.Core.Interop;

/// <summary>
/// CUresult: what a driver call answers (CUDA Driver API reference, "Data types used by CUDA
/// driver"). Only those that are told apart here have a name.
/// </summary>
public enum CudaStatus
{
    /// <summary>CUDA_SUCCESS: the call did what it should.</summary>
    Success = 0,

    /// <summary>CUDA_ERROR_INVALID_VALUE: an argument is out of range.</summary>
    InvalidValue = 1,

    /// <summary>CUDA_ERROR_OUT_OF_MEMORY: the GPU, or the lockable host memory, is full.</summary>
    OutOfMemory = 2,

    /// <summary>CUDA_ERROR_NOT_INITIALIZED: cuInit was not called, or failed.</summary>
    NotInitialized = 3,

    /// <summary>CUDA_ERROR_STUB_LIBRARY: the toolkit's stub was found instead of the driver.</summary>
    StubLibrary = 34,

    /// <summary>CUDA_ERROR_NO_DEVICE: the driver sees no GPU.</summary>
    NoDevice = 100,

    /// <summary>CUDA_ERROR_INVALID_DEVICE: there is no GPU of that number.</summary>
    InvalidDevice = 101,

    /// <summary>CUDA_ERROR_INVALID_IMAGE: what was loaded is no device code.</summary>
    InvalidImage = 200,

    /// <summary>CUDA_ERROR_INVALID_PTX: the PTX does not compile.</summary>
    InvalidPtx = 218,

    /// <summary>CUDA_ERROR_UNSUPPORTED_PTX_VERSION: the driver is older than the PTX.</summary>
    UnsupportedPtxVersion = 222,

    /// <summary>CUDA_ERROR_NOT_FOUND: a module has no function of that name.</summary>
    NotFound = 500,

    /// <summary>CUDA_ERROR_NOT_READY: not an error, the work is still under way.</summary>
    NotReady = 600,

    /// <summary>CUDA_ERROR_ILLEGAL_ADDRESS: a kernel touched memory that is not its own.</summary>
    IllegalAddress = 700,

    /// <summary>CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES: a block asks for more registers or shared memory than there are.</summary>
    LaunchOutOfResources = 701,

    /// <summary>CUDA_ERROR_LAUNCH_FAILED: a kernel ended in an error of another kind.</summary>
    LaunchFailed = 719,

    /// <summary>CUDA_ERROR_SYSTEM_DRIVER_MISMATCH: kernel driver and user-space library are of different versions.</summary>
    SystemDriverMismatch = 803,

    /// <summary>CUDA_ERROR_UNKNOWN: among others, a GPU that no longer answers on the bus.</summary>
    Unknown = 999,
}
