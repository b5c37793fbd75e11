using System.Globalization;
using System.Runtime.InteropServices;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Core.Interop;
using Reacher.Fast.Core.Vectors;
using Reacher.Fast.Environments.Mujoco;
using Reacher.Fast.Training.Extensions;
using Reacher.Fast.Training.Profiling;
using Reacher.Fast.Training.Reporting;

namespace Reacher.Fast.Commands;

/// <summary>How a finding of <see cref="Doctor"/> bears on a run.</summary>
internal enum FindingLevel
{
    /// <summary>As good as it gets.</summary>
    Good,

    /// <summary>Works; the advice says how to get more.</summary>
    Note,

    /// <summary>Keeps runs from working.</summary>
    Bad,
}

/// <summary>One line of <c>doctor</c>.</summary>
/// <param name="Subject">What was looked at.</param>
/// <param name="Level">How it bears on a run.</param>
/// <param name="Found">What is there, and what will be used.</param>
/// <param name="Advice">What to do to get more; null when there is nothing to do.</param>
internal sealed record Finding(string Subject, FindingLevel Level, string Found, string? Advice = null);

/// <summary>Looks at the machine the way the engine will use it.</summary>
internal static class Doctor
{
    private const long Gibibyte = 1L << 30;

    public static IReadOnlyList<Finding> Examine() =>
        [
            Runtime(), Processor(), Vectors(), Memory(),
            Folder(Directory.GetCurrentDirectory(), "results folder and the replay in it"),
            Folder("/dev/shm", "same in memory, with --results-dir"),
            Cuda(), Torch(), Mujoco(),
        ];

    private static Finding Runtime() => new(
        "runtime", FindingLevel.Good,
        $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription}, {RuntimeInformation.RuntimeIdentifier}");

    private static Finding Processor()
    {
        int cores = Environment.ProcessorCount;
        string model = MachineDescription.ProcessorName();
        return cores >= 2
            ? new Finding("processor", FindingLevel.Good, $"{model}, {cores} cores for this process")
            : new Finding("processor", FindingLevel.Note, $"{model}, 1 core",
                "env, learner and eval will share one core; two or more let them run side by side.");
    }

    private static Finding Vectors()
    {
        InstructionSet best = InstructionSets.Best, selected = InstructionSets.Selected;
        IReadOnlyList<InstructionSetFigures> figures = InstructionSetComparison.Measure();
        string measured = InstructionSetComparison.Describe(figures);
        if (selected != best)
        {
            return new Finding(
                "instruction set", FindingLevel.Note,
                $"{InstructionSets.NameOf(selected)} will be used, as {InstructionSets.EnvironmentVariable} says; {measured}",
                $"unset {InstructionSets.EnvironmentVariable} for {InstructionSets.NameOf(best)}.");
        }

        string found = $"{InstructionSets.NameOf(best)} is the widest there is and will be used; {measured}";
        string? advice = best == InstructionSet.Vector128
            ? "a processor with AVX2 or AVX-512 learns several times faster."
            : InstructionSetComparison.Advise(figures, InstructionSets.NameOf(best));
        return new Finding("instruction set", advice is null ? FindingLevel.Good : FindingLevel.Note, found, advice);
    }

    private static Finding Memory()
    {
        GCMemoryInfo memory = GC.GetGCMemoryInfo();
        double total = memory.TotalAvailableMemoryBytes / (double)Gibibyte;
        return total >= 2
            ? new Finding("memory", FindingLevel.Good, Invariant($"{total:F1} GiB for this process; a million Reacher transitions take 0.3 GiB"))
            : new Finding("memory", FindingLevel.Note, Invariant($"{total:F1} GiB"),
                "lower buffer_size in the configuration if the replay does not fit.");
    }

    private static Finding Cuda()
    {
        CudaReport report = CudaProbe.Describe();
        return report.IsAvailable
            ? new Finding("cuda", FindingLevel.Good,
                $"driver for CUDA {report.DriverVersion}; {string.Join("; ", report.Devices)}; the learner uses it unless --device cpu")
            : new Finding("cuda", FindingLevel.Note, "not used; the learner runs on the processor", report.Reason);
    }

    private static Finding Mujoco() => MujocoEnvironment.IsAvailable(out string found)
        ? new Finding("mujoco", FindingLevel.Good, $"{found}; --env mujoco:HalfCheetah-v4 and nine others train in it")
        : new Finding("mujoco", FindingLevel.Note, "not used; only --env mujoco:TASK needs it", found);

    // Who does not use it is told in a word how to get it, and nothing of it is loaded.
    private static Finding Torch()
    {
        if (!TorchAssembly.IsThere)
        {
            return new Finding(
                "torch", FindingLevel.Note, "not used; the learner has kernels of its own",
                "for networks of your own with --device torch, put the folder Reacher.Fast.Torch beside this program; docs/torchsharp.md says how.");
        }

        try
        {
            (string found, string? advice) = TorchAssembly.Load("torch").Describe();
            return new Finding("torch", advice is null ? FindingLevel.Good : FindingLevel.Note, found, advice);
        }
        catch (InputException missing)
        {
            return new Finding("torch", FindingLevel.Note, "not used; what is here cannot be", missing.Message);
        }
    }

    private static Finding Folder(string path, string use)
    {
        try
        {
            long free = new DriveInfo(path).AvailableFreeSpace;
            string probe = Path.Combine(path, $".reacher-fast-{Environment.ProcessId}");
            File.WriteAllText(probe, "");
            File.Delete(probe);
            string found = Invariant($"{path} for the {use}: {free / (double)Gibibyte:F1} GiB free");
            return free >= Gibibyte
                ? new Finding("disk", FindingLevel.Good, found)
                : new Finding("disk", FindingLevel.Note, found, "choose another with --results-dir, or lower buffer_size.");
        }
        catch (Exception exception) when (IoFailure.Is(exception) || exception is ArgumentException)
        {
            return new Finding("disk", FindingLevel.Bad, $"{path} cannot be written: {exception.Message}",
                "make it writable, or choose another with --results-dir.");
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
