using System.Diagnostics;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Sampling;
using Reacher.Fast.Replay.Writing;

namespace Reacher.Fast.Benchmarks.Quick;

/// <summary>
/// Two writer processes and a reader at once (<c>--quick replay-together</c>), beside three C processes that do the same
/// without a protocol: whether the sum of rows moved collapses when lines are shared.
/// </summary>
internal static class ReplayTogether
{
    private const int Agents = 20;
    private const int BatchSize = 256;
    private const long Rows = 1_000_000;
    // Many short turns: three processes on two processors are never in step, and a neighbour's minute must not fall on one side.
    private const double Seconds = 2;
    private const int Repeats = 9;

    private static readonly TransitionSpec Spec = new(33, 4);

    public static int Run()
    {
        double[] ours = new double[Repeats];
        double[] limit = new double[Repeats];
        string binary = NativeLimits.Build("replay_limits");
        try
        {
            for (int i = 0; i < Repeats; i++)
            {
                limit[i] = Together(
                    Native(binary, "write"), Native(binary, "write"), Native(binary, "gather"));
                ours[i] = TogetherOnOneReplay();
            }
        }
        finally
        {
            File.Delete(binary);
        }

        double[] ratios = [.. ours.Zip(limit, (a, b) => a / b).Order()];
        Console.WriteLine($"2 writers and 1 reader, C     {ReplayQuick.Median(limit),8:F2} M rows/s together");
        Console.WriteLine(
            $"2 writers and 1 reader        {ReplayQuick.Median(ours),8:F2} M rows/s together  {ReplayQuick.Median(ratios),6:P0} of C " +
            $"({ratios[0]:P0} to {ratios[^1]:P0} in {Repeats} turns)");
        return 0;
    }

    /// <summary>One of the processes; prints rows a second in millions.</summary>
    public static int RunChild(string role, string path, string controlPath, string slot)
    {
        using ControlBlock control = ControlBlock.Open(controlPath);
        using ReplayFile replay = ReplayFile.Open(path, Spec);
        ProcessSlot self = control.Slot(ProcessRole.Environment, int.Parse(slot));
        using BatchBuffer batch = new(Spec, BatchSize);
        using ReplaySampler sampler = new(replay, 1);
        using RowWriter? writer = role == "write" ? new RowWriter(replay, Agents, 0) : null;
        long Work() => writer is null ? (sampler.Sample(batch) ? BatchSize : 0) : writer.Publish(Agents);
        for (int i = 0; i < 20_000; i++)
        {
            Work();
        }

        // The start: all three are warm.
        self.Take();
        self.Phase = ProcessPhase.Running;
        while (control.Supervisor.Phase != ProcessPhase.Running)
        {
            Thread.Yield();
        }

        long rows = 0;
        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began).TotalSeconds < Seconds)
        {
            for (int i = 0; i < 100; i++)
            {
                rows += Work();
            }
        }

        Console.WriteLine($"{role} {rows / Stopwatch.GetElapsedTime(began).TotalSeconds * 1e-6:F3} Mrows/s");
        return 0;
    }

    private static double TogetherOnOneReplay()
    {
        string path = $"/dev/shm/replay-together-{Environment.ProcessId}";
        try
        {
            using ReplayFile replay = ReplayFile.Create(path, Spec, Rows, new ReplayOptions { Populate = true, Overwrite = true });
            using ControlBlock control = ControlBlock.Create(path + ".control", overwrite: true);
            Process[] children = [.. new[] { "write", "write", "read" }.Select((role, i) =>
                Start(Environment.ProcessPath!, [.. Self(), "--quick-child", role, path, control.Path, i.ToString()]))];
            while (!Enumerable.Range(0, 3).All(i => control.Slot(ProcessRole.Environment, i).Phase == ProcessPhase.Running))
            {
                if (children.Any(child => child.HasExited))
                {
                    throw new InvalidOperationException("One of the processes ended before it began.");
                }

                Thread.Sleep(1);
            }

            control.Supervisor.Take();
            ProcessSlot supervisor = control.Supervisor;
            supervisor.Phase = ProcessPhase.Running;
            return children.Sum(Finish);
        }
        finally
        {
            File.Delete(path);
            File.Delete(path + ".control");
        }
    }

    /// <summary>What the runtime's host, if that is what runs this, must be told first.</summary>
    private static string[] Self() => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
        ? [typeof(ReplayTogether).Assembly.Location]
        : [];

    private static double Together(params Process[] processes) => processes.Sum(Finish);

    private static Process Native(string binary, string what) => Start(binary, Rows.ToString(), "1", what, Seconds.ToString("F0"));

    private static Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;

    private static double Finish(Process process)
    {
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.Dispose();
        return double.Parse(output.Split(' ')[1]);
    }
}
