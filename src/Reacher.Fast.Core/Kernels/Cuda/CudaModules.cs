using System.Reflection;
using Reacher.Fast.Core.Interop;

namespace Reacher.Fast.Core.Kernels.Cuda;

/// <summary>
/// The kernels of one device: PTX embedded in this assembly, compiled by the driver the first time a family is used (and
/// cached by it on disk), functions looked up once.
/// </summary>
internal sealed class CudaModules(CudaContext context) : IDisposable
{
    /// <summary>Environment variable: a folder of PTX files to load instead of the embedded ones, such as nvcc's for one GPU.</summary>
    public const string FolderVariable = "REACHER_FAST_PTX";

    private const int MaximumDynamicSharedBytes = 8; // CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES
    private const int SharedBytesWithoutAsking = 48 * 1024;

    private readonly Dictionary<string, CudaModule> modules = [];
    private readonly nint[] functions = new nint[256];

    /// <summary>The function of <paramref name="kernel"/>, allowed <paramref name="sharedBytes"/> of dynamic shared memory.</summary>
    /// <exception cref="CudaException">The driver refused the module.</exception>
    public nint Function(CudaKernel kernel, int sharedBytes)
    {
        nint function = functions[kernel.Index];
        return function != 0 ? function : Load(kernel, sharedBytes);
    }

    /// <summary>The PTX of a family.</summary>
    /// <exception cref="CudaUnavailableException">The folder named has no such file.</exception>
    public static byte[] Ptx(string family)
    {
        string? folder = Environment.GetEnvironmentVariable(FolderVariable);
        if (!string.IsNullOrEmpty(folder))
        {
            string path = Path.Combine(folder, family + ".ptx");
            return File.Exists(path) ? [.. File.ReadAllBytes(path), 0]
                : throw new CudaUnavailableException(
                    $"{FolderVariable} names {folder}, which has no {family}.ptx; build it with build-ptx.sh --nvcc or unset the " +
                    "variable.");
        }

        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(family + ".ptx")
            ?? throw new InvalidOperationException($"This build lacks the kernels of '{family}'.");
        byte[] text = new byte[stream.Length + 1];
        stream.ReadExactly(text, 0, (int)stream.Length);
        return text;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (CudaModule module in modules.Values)
        {
            module.Dispose();
        }

        modules.Clear();
        Array.Clear(functions);
    }

    private nint Load(CudaKernel kernel, int sharedBytes)
    {
        if (!modules.TryGetValue(kernel.Module, out CudaModule? module))
        {
            module = new CudaModule(context, Ptx(kernel.Module));
            modules.Add(kernel.Module, module);
        }

        CudaCheck.Succeeded(CudaDriver.cuModuleGetFunction(out nint function, module, kernel.Name));
        if (sharedBytes > SharedBytesWithoutAsking)
        {
            CudaCheck.Succeeded(CudaDriver.cuFuncSetAttribute(function, MaximumDynamicSharedBytes, sharedBytes));
        }

        return functions[kernel.Index] = function;
    }
}
