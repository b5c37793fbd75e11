using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Mapping;
using Reacher.Fast.Training.Evaluate;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Runner.Tests.Faults;

/// <summary>A small run on the pendulum that faults happen to: its processes, what it has reached, and what a fault costs it.</summary>
internal sealed class FaultyRun : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly string[] arguments;
    private long newestUpdates;

    /// <param name="results">The folder of its results.</param>
    /// <param name="disk">The disk of its processes.</param>
    /// <param name="more">Arguments beyond those of every such run.</param>
    public FaultyRun(string results, FaultyDisk disk, params IEnumerable<string> more)
    {
        Disk = disk;
        Files = new RunFolder(Path.Combine(results, "a"), "Pendulum");
        arguments =
        [
            "train", "--json", "--results-dir", results, "--run-id", "a", "--env", "pendulum", "--num-agents", "4", "--n-step", "1", "--threads", "1",
            .. more,
        ];
    }

    public FaultyDisk Disk { get; }

    public RunFolder Files { get; }

    /// <summary>The supervisor; the last of several where the run was resumed.</summary>
    public RunnerProcess Runner { get; private set; } = null!;

    /// <summary>The run's counters; null while nobody may look at them.</summary>
    public ControlBlock? Control { get; private set; }

    /// <summary>Updates that were made and had to be made again.</summary>
    public long LostUpdates { get; private set; }

    public ProcessSlot Learner => Control!.Learner;

    public ProcessSlot Evaluation => Control!.Slot(ProcessRole.Evaluation, 0);

    public bool HasExited => Runner.Process.HasExited;

    /// <summary>
    /// The newest checkpoint's updates, transitions and save's number; all numbered ones are read as well, and none may be damaged.
    /// </summary>
    public (long Updates, long Step) Checkpoint()
    {
        var store = new CheckpointStore(Files.BehaviorFolder, Files.BehaviorInFiles, 5);
        foreach ((_, string path) in store.List())
        {
            CheckpointStore.Load(path, out _);
        }

        LoadedCheckpoint latest = store.LoadLatest() ?? throw new AssertionException("There is no checkpoint.");
        Assert.That(latest.Skipped, Is.Empty, "no checkpoint is damaged");
        return (latest.State.GetInt64("learner.updates"), latest.Step);
    }

    /// <summary>How a role is called on the command line.</summary>
    public static string VerbOf(ProcessRole role) => role switch
    {
        ProcessRole.Supervisor => "train",
        ProcessRole.Learner => "role-learner",
        ProcessRole.Environment => "role-env",
        _ => "role-eval",
    };

    /// <summary>The process that has the role now.</summary>
    public int PidOf(ProcessRole role) => role == ProcessRole.Supervisor ? Runner.Process.Id : Control!.Slot(role, 0).Pid;

    /// <summary>Starts the run, or goes on with it.</summary>
    public void Start(params string[] more)
    {
        Runner?.Dispose();
        Forget();
        Runner = RunnerProcess.StartWith(Disk.Environment, [.. arguments, .. more]);
    }

    /// <summary>Nobody may look at the counters any more, because their file is about to go.</summary>
    public void Forget()
    {
        Control?.Dispose();
        Control = null;
    }

    /// <summary>Waits until all processes are in their loops, there are scores, and a checkpoint is on the disk.</summary>
    public void WaitUntilUnderWay() => Assert.That(IsUnderWay(), Is.True, () => $"The run ended before it was under way: {Said()}");

    /// <summary>Waits for the same.</summary>
    /// <returns>False if the run ends instead.</returns>
    public bool IsUnderWay()
    {
        ProcessRole[] children = [ProcessRole.Learner, ProcessRole.Environment, ProcessRole.Evaluation];
        Until(() => HasExited || HasControl(), "the supervisor has its control block");
        Until(
            () => HasExited || (
                children.All(role => Control!.Slot(role, 0) is { Phase: >= ProcessPhase.Running and < ProcessPhase.Stopped } slot &&
                    slot.IsHolderAlive) &&
                Learner.Updates > Control!.Limiter.BaseUpdates + 50 && Evaluation.Episodes > 1 &&
                File.Exists(Path.Combine(Files.BehaviorFolder, CheckpointStore.LatestName))),
            "the run is under way");
        return !HasExited;
    }

    /// <summary>Waits until every role has got on from here, or the run has ended.</summary>
    /// <returns>Whether it goes on.</returns>
    public bool GoesOn()
    {
        long transitions = Control!.TotalTransitions, episodes = Evaluation.Episodes, first = long.MaxValue;
        Until(
            () =>
            {
                // A learner that was started again counts from its checkpoint.
                first = Math.Min(first, Learner.Updates);
                return HasExited ||
                    (Control.TotalTransitions > transitions + 400 && Learner.Updates > first + 20 && Evaluation.Episodes > episodes + 1);
            },
            "every role gets on");
        return !HasExited;
    }

    /// <summary>Waits for what another process does; looks at the learner's counter meanwhile, which goes back where updates are lost.</summary>
    public void Until(Func<bool> condition, string what, TimeSpan? patience = null)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            if (clock.Elapsed > (patience ?? Patience))
            {
                throw new AssertionException($"This never came about: {what}. The run said: {Said()}");
            }

            Count();
            Thread.Sleep(2);
        }
    }

    /// <summary>Lets time pass, or less of it where the run ends.</summary>
    public void Pass(TimeSpan time)
    {
        var clock = Stopwatch.StartNew();
        Until(() => clock.Elapsed > time || HasExited, "the time passes");
    }

    /// <summary>Takes account of the updates that were lost.</summary>
    public void Count()
    {
        if (Control is not null)
        {
            long updates = Learner.Updates;
            LostUpdates += Math.Max(0, newestUpdates - updates);
            newestUpdates = updates;
        }
    }

    /// <summary>Kills every process of the run, as a loss of power does.</summary>
    public void LosePower()
    {
        Count();
        int[] all = [.. new[] { ProcessRole.Learner, ProcessRole.Environment, ProcessRole.Evaluation, ProcessRole.Supervisor }.Select(PidOf)];
        Array.ForEach(all, pid => RunnerProcess.Kill("STOP", pid));
        Array.ForEach(all, pid => RunnerProcess.Kill("KILL", pid));
        Runner.WaitForExit();
        Until(
            () => !Learner.IsHolderAlive && !Evaluation.IsHolderAlive && !Control!.Slot(ProcessRole.Environment, 0).IsHolderAlive, "all are gone");
    }

    /// <summary>What the program said on standard error, and the sentences among its output if it has ended.</summary>
    public string Said() => Runner.Errors.Trim() + (HasExited ? "\n" + string.Join('\n', Events()) : "");

    /// <summary>The sentences that it showed its user.</summary>
    public IEnumerable<string> Events() =>
        from line in Runner.RemainingOutput().Split('\n')
        where line.Contains("\"event\"", StringComparison.Ordinal)
        select JsonDocument.Parse(line).RootElement.GetProperty("message").GetString();

    /// <summary>Judges what an ended run has left on the disk.</summary>
    /// <returns>The rows as they are.</returns>
    public PendulumAudit Audit((long Updates, long Step) atLeast, long scores)
    {
        (long updates, long step) = Checkpoint();
        Assert.That(updates, Is.GreaterThanOrEqualTo(atLeast.Updates), "no checkpoint is lost");
        Assert.That(step, Is.GreaterThanOrEqualTo(atLeast.Step), "no checkpoint is lost");
        PendulumAudit audit = PendulumAudit.Of(Files.Replay);
        Assert.That((audit.Torn, audit.WrongSuccessors), Is.EqualTo((0L, 0L)), "torn rows, wrong successors");
        Assert.That(EvaluationLog.Read(Files.Evaluations), Has.Count.GreaterThanOrEqualTo(scores), "no score is lost");
        return audit;
    }

    // A run that goes on may have renamed a damaged one and made another.
    private bool HasControl()
    {
        Forget();
        try
        {
            Control = ControlBlock.Open(Files.Control, TimeSpan.Zero);
        }
        catch (MappedFileException)
        {
            return false;
        }

        return Control.Supervisor.Pid == Runner.Process.Id && !Control.ShouldStop;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Control?.TotalTransitions} transitions, {Control?.Learner.Updates} updates");

    public void Dispose()
    {
        Forget();
        // Those that are stopped cannot end with their supervisor.
        Runner?.Dispose();
    }
}
