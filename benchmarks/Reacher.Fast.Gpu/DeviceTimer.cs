using System.Diagnostics;
using Reacher.Fast.Core.Kernels.Cuda;

namespace Reacher.Fast.Gpu;

/// <summary>Wall-clock time of work that is queued.</summary>
internal static class DeviceTimer
{
    /// <summary>Seconds of one call, the median of five rounds of <paramref name="count"/>, after one to warm up.</summary>
    public static double Seconds(CudaKernelDevice device, Action call, int count)
    {
        double[] seconds = new double[5];
        Round(device, call, count);
        for (int round = 0; round < seconds.Length; round++)
        {
            seconds[round] = Round(device, call, count);
        }

        Array.Sort(seconds);
        return seconds[2];
    }

    private static double Round(CudaKernelDevice device, Action call, int count)
    {
        device.Synchronize();
        var watch = Stopwatch.StartNew();
        for (int i = 0; i < count; i++)
        {
            call();
        }

        device.Synchronize();
        return watch.Elapsed.TotalSeconds / count;
    }
}
