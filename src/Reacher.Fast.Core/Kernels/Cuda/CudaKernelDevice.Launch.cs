using Reacher.Fast.Core.Interop;

namespace Reacher.Fast.Core.Kernels.Cuda;

/// <summary>Queueing one op, and recording programs.</summary>
public sealed partial class CudaKernelDevice
{
    /// <summary>Results of up to so many columns are no matter for tiles; see native/cuda-kernels/narrow.cu.</summary>
    private const int NarrowColumns = 16;

    private CudaRecording? recorder;

    /// <inheritdoc/>
    public void Run(DeviceProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        Enter();
        RequireNotRecording();
        if (program.Recording is not CudaRecording recording)
        {
            recording = Record(program);
        }

        recording.Launch(stream);
        updateCounter += (ulong)recording.NoiseAdvances;
    }

    /// <summary>Records a program without running it: its kernels are compiled, which takes the driver seconds the first time.</summary>
    internal void Prepare(DeviceProgram program)
    {
        Enter();
        RequireNotRecording();
        if (program.Recording is null)
        {
            Record(program);
        }
    }

    /// <summary>Ops and dependencies of a program that has been run here.</summary>
    internal static (int Ops, int Dependencies) SizeOf(DeviceProgram program) =>
        program.Recording is CudaRecording recording ? (recording.Count, recording.Dependencies) : (0, 0);

    private CudaRecording Record(DeviceProgram program)
    {
        var recording = new CudaRecording(context, options.Parallel);
        recordings.Add(recording);
        recorder = recording;
        try
        {
            program.Body();
            recording.Finish();
        }
        finally
        {
            recorder = null;
        }

        program.Recording = recording;
        return recording;
    }

    private void RequireNotRecording()
    {
        if (recorder is not null)
        {
            throw new InvalidOperationException("Memory is allocated and copied outside of a program's body; inside, only ops are recorded.");
        }
    }

    /// <summary>One op: a node of the program being recorded, or queued on the stream at once.</summary>
    private unsafe void Launch(
        CudaKernel kernel, int gridX, int gridY, int gridZ, scoped ReadOnlySpan<KernelArgument> arguments, int sharedBytes = 0)
    {
        Enter();
        ulong* values = stackalloc ulong[arguments.Length];
        void** pointers = stackalloc void*[arguments.Length + 1];
        for (int i = 0; i < arguments.Length; i++)
        {
            values[i] = arguments[i].Value;
            pointers[i] = values + i;
        }

        pointers[arguments.Length] = null; // the driver never looks there; tests see lists of the wrong length by it
        nint function = modules.Function(kernel, sharedBytes);
        if (recorder is null)
        {
            CudaCheck.Succeeded(CudaDriver.cuLaunchKernel(
                function, (uint)gridX, (uint)gridY, (uint)gridZ, (uint)kernel.Threads, 1, 1, (uint)sharedBytes, stream, pointers, null));
            return;
        }

        var node = new KernelNodeParameters
        {
            Function = function,
            GridX = (uint)gridX,
            GridY = (uint)gridY,
            GridZ = (uint)gridZ,
            BlockX = (uint)kernel.Threads,
            BlockY = 1,
            BlockZ = 1,
            SharedBytes = (uint)sharedBytes,
            Parameters = pointers,
        };
        recorder.Add(ref node, arguments);
    }

    /// <summary>A kernel with one thread an element.</summary>
    private void LaunchOver(CudaKernel kernel, long elements, scoped ReadOnlySpan<KernelArgument> arguments) =>
        Launch(kernel, checked((int)((elements + kernel.Threads - 1) / kernel.Threads)), 1, 1, arguments);

    /// <param name="form">Which product.</param>
    /// <param name="narrow">The kernel for few columns, with the same arguments; null if the form has none.</param>
    /// <param name="rows">Rows of the result.</param>
    /// <param name="columns">Columns of the result.</param>
    /// <param name="heads">Layers of the grid.</param>
    /// <param name="arguments">What the kernel takes.</param>
    private void LaunchProduct(
        ProductForm form, CudaKernel? narrow, int rows, int columns, int heads, scoped ReadOnlySpan<KernelArgument> arguments)
    {
        if (narrow is not null && columns <= NarrowColumns && ForcedTile == 0)
        {
            Launch(narrow, (rows + 3) / 4, heads, 1, arguments);
            return;
        }

        ProductKernel product = ForcedTile == 0
            ? products.Choose(form, rows, columns, heads, Info)
            : products.WithTile(form, ForcedTile);
        Launch(product.Kernel, product.Tiles(columns), product.Tiles(rows), heads, arguments, product.SharedBytes);
    }

    /// <summary>Uses one tile for every product, for tests; 0 chooses by size.</summary>
    internal int ForcedTile { get; set; }
}
