using System.Diagnostics;
using System.Globalization;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Testing;
using Reacher.Fast.Torch;
using Reacher.Fast.Torch.Loading;
using TorchSharp;

namespace Reacher.Fast.TorchSpeed;

/// <summary>
/// An update of SAC (batch 256, 2 x 256, 33 observations, 4 actions) three ways, in turns, because a shared machine's speed drifts; medians over the
/// turns, and what each way allocates.
/// </summary>
internal static class UpdateSpeeds
{
    private static readonly TransitionSpec Spec = new(33, 4);

    public static void Run(string device, int threads, int turns, bool dry)
    {
        TorchLibrary library = TorchLibrary.Require(cuda: TorchDevices.IsCuda(device));
        int? gpu = TorchDevices.Parse(device);
        Console.WriteLine($"libtorch {library.Version} in {library.Folder}, {threads} threads");
        SacOptions options = dry ? PaperOptions.Sac with { BatchSize = 8, HiddenSizes = [8, 8] } : PaperOptions.Sac;
        (int warm, int counted) = dry ? (2, 2) : (30, 100);
        string ownName = gpu is int number ? $"cuda:{number}" : "cpu";
        using IKernelDevice ownDevice = KernelDevices.Create(ownName, threads);
        using ILearner own = LearnerFactory.Create(options, Spec, ownDevice), ours = new TorchBackend().Create(options, Spec, device, threads);
        using var plain = new PlainSac(options, Spec, gpu is int index ? torch.device(DeviceType.CUDA, index) : torch.CPU);
        using var batch = new BatchBuffer(Spec, options.BatchSize);
        Philox.Normals(1, NoiseStream.Exploration, 1, batch.Observations);
        Philox.Normals(2, NoiseStream.Exploration, 1, batch.NextObservations);
        Philox.Uniforms(3, NoiseStream.Exploration, 1, batch.Actions);
        Philox.Normals(4, NoiseStream.Exploration, 1, batch.Rewards);
        batch.Discounts.Fill(0.99f);
        (string Name, Action Update)[] ways =
        [
            ($"own_{ownName.Split(':')[0]}", () => own.Update(batch.View)),
            ("reacher_fast_torch", () => UpdateInPage(ours, batch)),
            ("plain_torchsharp", () => plain.Update(batch.View)),
        ];
        var milliseconds = ways.ToDictionary(way => way.Name, _ => new List<double>());
        var bytes = new Dictionary<string, long>();
        for (int turn = 0; turn < turns; turn++)
        {
            foreach ((string name, Action update) in ways)
            {
                (double took, long allocated) = Measure(update, warm, counted);
                milliseconds[name].Add(took);
                bytes[name] = allocated;
            }
        }

        double first = Median(milliseconds[ways[0].Name]);
        foreach ((string name, _) in ways)
        {
            double median = Median(milliseconds[name]);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-20} {median,8:F2} ms (best {milliseconds[name].Min():F2}), {1000 / median,6:F0} updates/s, {median / first:F2} times " +
                $"{ways[0].Name}, {bytes[name]} bytes managed"));
            Measured.Write($"torch_{name}_ms", median);
        }
    }

    private static void UpdateInPage(ILearner learner, BatchBuffer batch)
    {
        BatchBuffer page = ((IBatchPages)learner).TakePage();
        batch.Observations.CopyTo(page.Observations);
        batch.Actions.CopyTo(page.Actions);
        batch.Rewards.CopyTo(page.Rewards);
        batch.Discounts.CopyTo(page.Discounts);
        batch.NextObservations.CopyTo(page.NextObservations);
        learner.Update(page.View);
    }

    private static (double Milliseconds, long Bytes) Measure(Action update, int warm, int counted)
    {
        for (int i = 0; i < warm; i++)
        {
            update();
        }

        var times = new List<double>(counted);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < counted; i++)
        {
            long start = Stopwatch.GetTimestamp();
            update();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return (Median(times), (GC.GetAllocatedBytesForCurrentThread() - before) / counted);
    }

    private static double Median(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
