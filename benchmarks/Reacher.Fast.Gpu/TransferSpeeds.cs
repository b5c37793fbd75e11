using System.IO.MemoryMappedFiles;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Interop;
using Reacher.Fast.Core.Kernels.Cuda;

namespace Reacher.Fast.Gpu;

/// <summary>How fast rows come into the GPU: the mirror, beside bare copies from page-locked memory and from a mapped file registered with the driver.</summary>
internal static class TransferSpeeds
{
    private const int Chunk = 1 << 20; // as the mirror sends them

    private static readonly TransitionSpec Spec = new(33, 4);

    public static void Run(Effort effort)
    {
        long bytes = effort switch { Effort.Dry => 4L << 20, Effort.Quick => 64L << 20, _ => 1L << 30 };
        using var device = new CudaKernelDevice();
        using var there = new DeviceMemory(device.Context, bytes);
        double locked = PageLocked(device, there, bytes);
        Report("page-locked copy to the device, one MiB at a time", "page_locked_gbs", locked);
        Report("from a mapped file registered with the driver, one MiB at a time", "registered_gbs", Registered(device, there, bytes));
        Report("mirror of the replay, rows checked and copied on one core", "mirror_gbs", Mirror(device, bytes));
    }

    private static void Report(string what, string name, double rate)
    {
        Console.WriteLine(double.IsNaN(rate) ? $"{what}: refused by the driver" : $"{what}: {rate:f2} GB/s, {rate * 1e3 / Spec.StrideBytes:f2} M rows/s of {Spec.StrideBytes} bytes");
        if (!double.IsNaN(rate))
        {
            Figure.Write(name, rate);
        }
    }

    private static unsafe double PageLocked(CudaKernelDevice device, DeviceMemory there, long bytes)
    {
        using var here = new PinnedMemory(device.Context, 4 * Chunk);
        here.Span.Clear();
        return bytes / 1e9 / DeviceTimer.Seconds(device, () => CopyAll(device, there, bytes, offset => (void*)(here.Value + (nint)(offset % (4 * Chunk)))), 1);
    }

    private static unsafe double Registered(CudaKernelDevice device, DeviceMemory there, long bytes)
    {
        string path = Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"reacher-fast-gpu-{Environment.ProcessId}");
        try
        {
            using var file = MemoryMappedFile.CreateFromFile(path, FileMode.CreateNew, null, bytes);
            using MemoryMappedViewAccessor view = file.CreateViewAccessor();
            byte* mapped = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref mapped);
            try
            {
                for (long page = 0; page < bytes; page += 4096)
                {
                    mapped[page] = 1; // there, before it is locked
                }

                using var registered = new RegisteredMemory(device.Context, (nint)mapped, bytes, readOnly: false);
                nint start = (nint)mapped;
                return bytes / 1e9 / DeviceTimer.Seconds(device, () => CopyAll(device, there, bytes, offset => (void*)(start + (nint)offset)), 1);
            }
            catch (CudaException)
            {
                return double.NaN;
            }
            finally
            {
                view.SafeMemoryMappedViewHandle.ReleasePointer();
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static double Mirror(CudaKernelDevice device, long bytes)
    {
        long count = bytes / Spec.StrideBytes;
        var rows = new SyntheticRows(Spec, count);
        using var mirror = new CudaReplayMirror(device, rows);
        double seconds = DeviceTimer.Seconds(
            device,
            () =>
            {
                rows.End += count;
                while (mirror.Advance() > 0)
                {
                }
            },
            1);
        mirror.ThrowIfExhausted();
        return count * Spec.StrideBytes / 1e9 / seconds;
    }

    private unsafe delegate void* Source(long offset);

    private static unsafe void CopyAll(CudaKernelDevice device, DeviceMemory there, long bytes, Source from)
    {
        for (long offset = 0; offset < bytes; offset += Chunk)
        {
            CudaCheck.Succeeded(CudaDriver.cuMemcpyHtoDAsync_v2(there.Value + (nint)offset, from(offset), (nuint)Math.Min(Chunk, bytes - offset), device.Stream));
        }
    }
}
