using System.IO.MemoryMappedFiles;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Interop;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Kernels.Cuda;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Sampling;
using Reacher.Fast.Replay.Writing;

namespace Reacher.Fast.Gpu;

/// <summary>
/// How fast rows come into the GPU: the mirror, beside bare copies from page-locked memory and from a mapped file registered with the
/// driver.
/// </summary>
internal static class TransferSpeeds
{
    private const int Agents = 20;
    private const int Chunk = 1 << 20; // as the mirror sends them

    private static readonly TransitionSpec Spec = new(33, 4);

    public static void Run(Effort effort)
    {
        long bytes = effort switch { Effort.Dry => 4L << 20, Effort.Quick => 64L << 20, _ => 1L << 30 };
        using var device = new CudaKernelDevice();
        using var there = new DeviceMemory(device.Context, bytes);
        double locked = PageLocked(device, there, bytes);
        Report("page-locked copy to the device, one MiB at a time", "page_locked_gbs", locked);
        // The mirror first: what a driver or a file system makes of registering a mapping must not cost its figure.
        Report("mirror of a replay file, rows checked and copied on one core", "mirror_gbs", Mirror(device, bytes));
        Report("from a mapped file registered with the driver, one MiB at a time", "registered_gbs", Registered(device, there, bytes));
    }

    private static void Report(string what, string name, double rate)
    {
        Console.WriteLine(double.IsNaN(rate)
            ? $"{what}: not measured: no room for the file in /dev/shm or among the temporary files, or refused by the driver"
            : $"{what}: {rate:f2} GB/s, {rate * 1e3 / Spec.StrideBytes:f2} M rows/s of {Spec.StrideBytes} bytes");
        if (!double.IsNaN(rate))
        {
            Figure.Write(name, rate);
        }
    }

    private static unsafe double PageLocked(CudaKernelDevice device, DeviceMemory there, long bytes)
    {
        using var here = new PinnedMemory(device.Context, 4 * Chunk);
        here.Span.Clear();
        return bytes / 1e9 / DeviceTimer.Seconds(
            device, () => CopyAll(device, there, bytes, offset => (void*)(here.Value + (nint)(offset % (4 * Chunk)))), 1);
    }

    private static unsafe double Registered(CudaKernelDevice device, DeviceMemory there, long bytes)
    {
        if (FileFor(bytes) is not string path)
        {
            return double.NaN;
        }

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
        long count = bytes / Spec.StrideBytes, capacity = count + Agents; // the last step may go beyond
        if (FileFor(ReplayFile.RequiredBytes(Spec, capacity)) is not string path)
        {
            return double.NaN;
        }

        try
        {
            using ReplayFile replay = ReplayFile.Create(path, Spec, capacity, new ReplayOptions { Populate = true });
            Fill(replay, count);
            using var source = new ReplayRows(replay);
            var rows = new RepeatedRows(source, count);
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
            return rows.Broken == 0
                ? count * Spec.StrideBytes / 1e9 / seconds
                : throw new InputException(
                    $"{rows.Broken} copies from {path} met a row that was not whole, though nobody writes to it; its rate means nothing.");
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void Fill(ReplayFile replay, long count)
    {
        using var writer = new TransitionWriter(replay, Agents, 0, nStep: 1, gamma: 0.99f);
        float[] observations = new float[Agents * Spec.ObservationSize], actions = new float[Agents * Spec.ActionSize], rewards = new float[Agents];
        bool[] no = new bool[Agents];
        while (replay.WrittenRows < count)
        {
            writer.Write(observations, actions, rewards, no, no, no, observations, observations);
        }
    }

    /// <summary>
    /// A path in memory, or else among the temporary files, where so much fits; null if nowhere. A mapping with no room behind it is a
    /// dead process.
    /// </summary>
    private static string? FileFor(long bytes) =>
        ((string[])["/dev/shm", Path.GetTempPath()]).FirstOrDefault(
            folder => Directory.Exists(folder) && new DriveInfo(folder).AvailableFreeSpace > bytes) is string found
            ? Path.Combine(found, $"reacher-fast-gpu-{Environment.ProcessId}")
            : null;

    private unsafe delegate void* Source(long offset);

    private static unsafe void CopyAll(CudaKernelDevice device, DeviceMemory there, long bytes, Source from)
    {
        for (long offset = 0; offset < bytes; offset += Chunk)
        {
            CudaCheck.Succeeded(CudaDriver.cuMemcpyHtoDAsync_v2(
                there.Value + (nint)offset, from(offset), (nuint)Math.Min(Chunk, bytes - offset), device.Stream));
        }
    }

    /// <summary>
    /// A replay's first rows over and over, each time read and checked again as the learner reads them; the stamps that arrive are the
    /// first round's.
    /// </summary>
    private sealed class RepeatedRows(ReplayRows rows, long count) : IReplayRows
    {
        public TransitionSpec Spec => rows.Spec;

        public long Capacity => count;

        public long First => 0;

        public long End { get; set; }

        /// <summary>Copies that met a row which was not whole.</summary>
        public int Broken { get; private set; }

        public int Copy(long position, int count, Span<byte> destination)
        {
            long at = position % Capacity;
            int asked = (int)Math.Min(count, Capacity - at), whole = rows.Copy(at, asked, destination);
            Broken += whole < asked ? 1 : 0;
            return whole;
        }
    }
}
