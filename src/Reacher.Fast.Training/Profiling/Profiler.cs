using System.Globalization;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Core.Vectors;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Reporting;

namespace Reacher.Fast.Training.Profiling;

/// <summary>The whole measurement: for each device, every stage alone, then a real run; all in a scratch folder that is gone afterwards.</summary>
internal sealed class Profiler(RunPlan plan, TimeSpan time, CancellationToken cancelled)
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1.5);

    private readonly List<DeviceProfile> devices = [];
    private readonly List<string> notes = [];
    private IReadOnlyList<InstructionSetFigures> instructionSets = [];

    /// <summary>Called as figures come in; the string says what is being done.</summary>
    public Action<ProfileReport, string> Progress { get; init; } = (_, _) => { };

    /// <summary>What there is so far.</summary>
    public ProfileReport Report => new()
    {
        Machine = MachineDescription.Here(),
        Complete = !cancelled.IsCancellationRequested,
        InstructionSets = instructionSets,
        Devices = [.. devices],
        Notes = [.. notes],
    };

    /// <summary>Something for the report's end: what was left out, and why.</summary>
    public void Note(string sentence) => notes.Add(sentence);

    /// <summary>Half of the time goes to the stages, half to the run.</summary>
    /// <param name="device">The learner's, as <c>--device</c> names it.</param>
    /// <exception cref="Core.InputException">The device, the environment or the room for the replay is not there.</exception>
    public void Measure(string device)
    {
        RunPlan here = plan with { Device = device };
        if (instructionSets.Count == 0)
        {
            instructionSets = InstructionSetComparison.Measure();
            if (InstructionSetComparison.Advise(instructionSets, InstructionSets.NameOf(InstructionSets.Selected)) is { } advice)
            {
                notes.Add(advice);
            }
        }

        string folder = Directory.CreateTempSubdirectory("reacher-fast-profile-").FullName;
        // When the user presses Ctrl-C a second time the process leaves by Environment.Exit.
        EventHandler delete = (_, _) => Delete(folder);
        AppDomain.CurrentDomain.ProcessExit += delete;
        int index = devices.Count;
        try
        {
            MeasureStages(here, folder, index);
            if (!cancelled.IsCancellationRequested)
            {
                MeasureRun(here, Path.Combine(folder, "run"), index);
            }
        }
        finally
        {
            AppDomain.CurrentDomain.ProcessExit -= delete;
            Delete(folder);
        }
    }

    private void MeasureStages(RunPlan here, string folder, int index)
    {
        using var set = new StageSet(here, folder);
        var clock = new StageClock(set.Stages, WarmUp);
        devices.Add(Describe(here, set.DeviceName, []));
        clock.Run(
            time / 2,
            part =>
            {
                devices[index] = devices[index] with { Stages = clock.Figures() };
                Progress(Report, string.Create(CultureInfo.InvariantCulture, $"each stage alone, {100 * part:F0} % done"));
            },
            cancelled);
        devices[index] = devices[index] with { Stages = clock.Figures() };
    }

    private void MeasureRun(RunPlan here, string folder, int index)
    {
        Directory.CreateDirectory(folder);
        var run = new ProfiledRun(here, folder);
        RunMeasurement? measured = run.Measure(
            time / 2,
            status => Progress(Report, string.Create(
                CultureInfo.InvariantCulture,
                $"a real run, {RunPhaseWords.Of(status.Phase)}: {status.TransitionsPerSecond:N0} transitions/s, " +
                $"{status.UpdatesPerSecond:N0} updates/s")));
        notes.AddRange(run.Events);
        if (measured is not null && devices[index].Stages.Count > 0)
        {
            devices[index] = devices[index] with
            {
                Run = WholeRun.Of(measured, devices[index].Stages, here.EnvironmentCount, here.UpdatesPerTransition, Environment.ProcessorCount),
            };
        }
    }

    private static DeviceProfile Describe(RunPlan plan, string device, IReadOnlyList<StageFigures> stages) => new()
    {
        Device = device,
        Setup = string.Create(
            CultureInfo.InvariantCulture,
            $"{plan.Algorithm}, batch {plan.Learner.BatchSize}, hidden {string.Join(" x ", plan.Learner.HiddenSizes)}, " +
            $"{plan.EnvironmentCount} x {plan.AgentCount} agents of '{plan.Environment.Name}', {plan.UpdatesPerTransition:G3} updates " +
            $"per transition"),
        Stages = stages,
    };

    private static void Delete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception exception) when (IoFailure.Is(exception))
        {
            // The folder is already gone, or the system deletes it when it cleans its temporary folder.
        }
    }
}
