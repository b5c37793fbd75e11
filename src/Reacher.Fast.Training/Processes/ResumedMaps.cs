using System.Globalization;
using Reacher.Fast.Core;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Mapping;
using Reacher.Fast.Replay.Weights;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Processes;

/// <summary>
/// The mapped files of a run that goes on. One that is sound but of other sizes refuses the run; one that is missing or damaged, as a power
/// loss can leave it, is renamed and made anew, since the checkpoint holds whatever cannot be gathered again. The user is told of each.
/// </summary>
internal static class ResumedMaps
{
    // A file that is not finished stays so: whoever began it is gone, since this process has the run's folder to itself.
    private static readonly ReplayOptions AtOnce = new() { OpenPatience = TimeSpan.Zero };

    /// <summary>Makes sure, before anything is changed, that each file that is sound fits the run.</summary>
    /// <exception cref="InputException">One does not, or cannot be looked into.</exception>
    public static void RequireFit(RunFolder files, RunPlan plan)
    {
        Try(() => ControlBlock.Open(files.Control, TimeSpan.Zero))?.Dispose();
        if (!plan.InProcess)
        {
            Try(() => WeightChannel.Open(files.Weights, plan.PublishedLength, TimeSpan.Zero))?.Dispose();
        }

        // By its header alone: a row counter that was damaged is repaired later, and the ring's size stays.
        if (Try(() => (object)ReplayFile.ReadCapacity(files.Replay, plan.TransitionSpec, TimeSpan.Zero)) is long capacity)
        {
            RequireRoom(capacity, plan);
        }
    }

    /// <summary>Opens the replay, verifies its rows, and says what was lost.</summary>
    /// <exception cref="InputException">It cannot be opened or made anew.</exception>
    public static ReplayFile OpenReplay(RunFolder files, RunPlan plan)
    {
        ReplayFile replay = OpenOrRemake(
            files.Replay,
            "replay",
            File.Exists(files.Replay)
                ? "the run goes on with a new, empty one"
                : "the run goes on with a new, empty one (one that has ended by itself keeps its replay where save_replay_buffer is true)",
            () => ReplayFile.Open(files.Replay, plan.TransitionSpec, AtOnce),
            () => ReplayFile.Create(files.Replay, plan.TransitionSpec, LockstepParts.ReplayRows(plan, plan.Environment.IsPlayer)));
        if (replay.Repair is { } repair)
        {
            OutputLine.WriteWarning(string.Create(
                CultureInfo.InvariantCulture,
                $"The replay was damaged, as happens when the power fails: {repair.LostRows} of its rows were not whole and were taken out, " +
                $"and its counter went from {repair.WrittenRowsBefore} to {repair.WrittenRows}; {repair.WholeRows} rows are left."));
        }

        return replay;
    }

    /// <summary>Opens the control block.</summary>
    /// <exception cref="InputException">It cannot be opened or made anew.</exception>
    public static ControlBlock OpenControl(RunFolder files) => OpenOrRemake(
        files.Control,
        "control block",
        "the run counts on from its checkpoint",
        () => ControlBlock.Open(files.Control, TimeSpan.Zero),
        () => ControlBlock.Create(files.Control));

    /// <summary>Opens the weight channel.</summary>
    /// <exception cref="InputException">It does not fit the run, or cannot be made anew.</exception>
    public static WeightChannel OpenWeights(RunFolder files, RunPlan plan) => OpenOrRemake(
        files.Weights,
        "weight channel",
        "the learner publishes its checkpoint's weights in a new one",
        () => WeightChannel.Open(files.Weights, plan.PublishedLength, TimeSpan.Zero),
        () => WeightChannel.Create(files.Weights, plan.PublishedLength));

    private static T OpenOrRemake<T>(string path, string kind, string then, Func<T> open, Func<T> create)
        where T : class
    {
        if (Try(open) is { } sound)
        {
            return sound;
        }

        if (!File.Exists(path))
        {
            T made = create();
            OutputLine.WriteWarning($"The run's {kind} '{path}' was missing; {then}.");
            return made;
        }

        string aside = RunFolder.AsideOf(path);
        File.Move(path, aside);
        try
        {
            T made = create();
            OutputLine.WriteWarning($"The run's {kind} '{path}' is damaged and was renamed to '{Path.GetFileName(aside)}'; {then}.");
            return made;
        }
        catch
        {
            File.Move(aside, path);
            throw;
        }
    }

    // Null where the file is missing or damaged.
    private static T? Try<T>(Func<T> open)
        where T : class
    {
        try
        {
            return open();
        }
        catch (MappedFileException error) when (error.IsLost)
        {
            return null;
        }
    }

    // The ring's size is that of its file. A smaller buffer_size is a shorter window of the rows that are drawn from; a GPU's mirror has none.
    private static void RequireRoom(long capacity, RunPlan plan)
    {
        long room = plan.InProcess ? LockstepParts.LeastReplayCapacity(plan) : plan.BufferSize;
        bool drawsFromAll = plan.IsCuda && !plan.InProcess;
        if (capacity < room || (drawsFromAll && capacity > room))
        {
            throw new InputException(string.Create(
                CultureInfo.InvariantCulture,
                $"The replay of run '{plan.RunId}' has room for {capacity} rows, and the configuration asks for {room}: a run keeps " +
                $"the size it began with. Leave 'buffer_size' as it was, or begin a new run with the option 'initialize_from'."));
        }
    }
}
