using System.Runtime.InteropServices;
using Reacher.Fast.Core.Memory;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Format;

namespace Reacher.Fast.Benchmarks.Quick;

/// <summary>The functions of benchmarks/limits/replay_limits.c, on a replay's own mapped rows.</summary>
internal sealed unsafe class NativeReplayLimits : IDisposable
{
    private readonly nint library;
    private readonly delegate* unmanaged<byte*, byte*, nuint, double> copy;
    private readonly delegate* unmanaged<byte*, nuint, byte*, double> write;
    private readonly delegate* unmanaged<byte*, nuint, nuint, float*, ulong*, double> gather;
    private readonly byte* rows;
    private readonly long capacity;
    private readonly int stride;
    private readonly AlignedMemory<byte> source;
    private readonly AlignedMemory<byte> staged;
    private readonly AlignedMemory<float> batch;
    private readonly ulong[] seed = [88172645463325252];

    public NativeReplayLimits(string path, ReplayFile replay)
    {
        library = NativeLibrary.Load(path);
        copy = (delegate* unmanaged<byte*, byte*, nuint, double>)NativeLibrary.GetExport(library, "copy");
        write = (delegate* unmanaged<byte*, nuint, byte*, double>)NativeLibrary.GetExport(library, "write_rows");
        gather = (delegate* unmanaged<byte*, nuint, nuint, float*, ulong*, double>)NativeLibrary.GetExport(library, "gather_rows");
        rows = replay.File.Start + ReplayLayout.RowsOffset;
        capacity = replay.Capacity;
        stride = replay.Spec.StrideBytes;
        source = new AlignedMemory<byte>((int)capacity * stride);
        staged = new AlignedMemory<byte>(20 * stride);
        batch = new AlignedMemory<float>(256 * stride);
        source.Span.Fill(1);
    }

    /// <summary>Rows copied, in millions a second.</summary>
    public double Copy() => copy(rows, (byte*)source.Address, (nuint)(capacity * stride)) * 1e3 / stride;

    /// <summary>Rows written in order, in millions a second. Leaves rows without stamps.</summary>
    public double Write() => write(rows, (nuint)capacity, (byte*)staged.Address) * 1e-6;

    /// <summary>Rows gathered, in millions a second.</summary>
    public double Gather()
    {
        fixed (ulong* state = seed)
        {
            return gather(rows, (nuint)capacity, 1500, (float*)batch.Address, state) * 1e-6;
        }
    }

    public void Dispose()
    {
        NativeLibrary.Free(library);
        source.Dispose();
        staged.Dispose();
        batch.Dispose();
    }
}
