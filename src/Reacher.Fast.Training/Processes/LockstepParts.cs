using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Sampling;
using Reacher.Fast.Training.Env;
using Reacher.Fast.Training.Evaluate;
using Reacher.Fast.Training.Learn;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Run;
using Reacher.Fast.Training.Statistics;

namespace Reacher.Fast.Training.Processes;

/// <summary>
/// What a run in lock-step is made of: the loops that the processes of a run have too, over the same mapped files, joined within one
/// process.
/// </summary>
internal sealed class LockstepParts : IDisposable
{
    // The ring has room for the rows of an interval, so that a longer one than this, or than the buffer, is not waited for.
    private const long LongestInterval = 100_000;

    private readonly List<IDisposable> owned = [];

    /// <param name="files">The run's folder, which exists.</param>
    /// <param name="plan">The plan of the run.</param>
    /// <param name="say">Takes a sentence for the user.</param>
    /// <param name="resume">Open the files of a run that goes on, instead of making new ones.</param>
    /// <param name="player">The one environment to train and evaluate in; not disposed. Null for two of the plan's own.</param>
    /// <param name="begun">When the command began, from which the run's seconds count; null for now.</param>
    public LockstepParts(RunFolder files, RunPlan plan, Action<string> say, bool resume, IVectorEnvironment? player, long? begun)
    {
        Files = files;
        Directory.CreateDirectory(files.Logs);
        ReplayFile replay = Own(resume
            ? ReplayFile.Open(files.Replay, plan.TransitionSpec)
            : ReplayFile.Create(files.Replay, plan.TransitionSpec, ReplayCapacity(plan, player is not null), new ReplayOptions { Overwrite = true }));
        // A resumed run keeps the ring it began with, whatever its checkpoint_interval is now.
        long room = replay.Capacity - plan.BufferSize;
        RowsPerCheckpoint = Math.Min(RowsBetweenCheckpoints(plan, player is not null), room);
        LongestSegment = (int)Math.Min(LockstepTraining.LongestSegment, room / plan.AgentCount);
        Control = Own(resume ? ControlBlock.Open(files.Control) : ControlBlock.Create(files.Control, overwrite: true));
        plan.Save(files.Plan);
        TakeSlots();

        Learner = Own(new PlannedLearner(plan)).Learner;
        var sampler = Own(new ReplaySampler(replay, plan.Seed)
        {
            Window = plan.BufferSize,
        });
        var batch = Own(new BatchBuffer(plan.TransitionSpec, plan.Learner.BatchSize));
        Checkpoints = new LockstepCheckpoints(files, plan, new TrainingState(Learner, sampler, Control, replay));
        SegmentsBefore = Checkpoints.Restore(say);

        var weights = new LocalWeights(plan.PublishedLength);
        Learning = new LearnerLoop(plan, Control, Learner, Own(new HostUpdates(Learner, sampler, batch)), weights.Publish);

        Statistics = Own(StatisticDrain.Of(player, files.Logs, worker: 0));
        var returns = Own(new ReturnLog(files.Logs, worker: 0));
        IVectorEnvironment stepped = player ?? Own(EnvironmentFactory.Create(plan.Environment, worker: 0));
        Environment = Own(new EnvironmentLoop(plan, Control, 0, stepped, replay, new WeightReader(weights), Statistics, returns));

        Evaluations = Own(new EvaluationLog(files.Evaluations, plan.EvaluationWindow));
        EvaluationEnvironments evaluated = Own(EvaluationEnvironments.Create(plan, worker: 1, borrowed: player));
        Evaluation = Own(new EvaluationLoop(
            plan, Control, 0, evaluated.All, new WeightReader(weights), Evaluations, new BestPolicy(files, plan, Evaluations.Recent), say));
        Progress = new RunProgress(files, plan, Control, replay, begun);
        Cooldown.Keep(plan, Control, Progress.WasSolved);
    }

    /// <summary>The run's folder.</summary>
    public RunFolder Files { get; }

    /// <summary>The counters, in which every role has its slot, as in a run of several processes.</summary>
    public ControlBlock Control { get; }

    /// <summary>The learner that is trained.</summary>
    public ILearner Learner { get; }

    /// <summary>Steps the environment.</summary>
    public EnvironmentLoop Environment { get; }

    /// <summary>Makes and publishes the learner's updates.</summary>
    public LearnerLoop Learning { get; }

    /// <summary>Plays evaluation episodes.</summary>
    public EvaluationLoop Evaluation { get; }

    /// <summary>The scores of those episodes.</summary>
    public EvaluationLog Evaluations { get; }

    /// <summary>What a player's scene reports.</summary>
    public StatisticDrain Statistics { get; }

    /// <summary>Saves and restores the run between two segments.</summary>
    public LockstepCheckpoints Checkpoints { get; }

    /// <summary>The most rows that are written from one checkpoint to the next.</summary>
    public long RowsPerCheckpoint { get; }

    /// <summary>The most vector steps of a segment; fewer than elsewhere in a ring whose maker, an earlier version, had shorter ones.</summary>
    public int LongestSegment { get; }

    /// <summary>Segments that the run had trained when it was resumed; 0 at its beginning.</summary>
    public long SegmentsBefore { get; }

    /// <summary>What the run shows of itself.</summary>
    public RunProgress Progress { get; }

    /// <summary>Rows for which the replay has room: those between two checkpoints besides those drawn from (ReplaySampler.Window).</summary>
    public static long ReplayCapacity(RunPlan plan, bool hasPlayer) => plan.BufferSize + RowsBetweenCheckpoints(plan, hasPlayer);

    /// <summary>Rows for which a run's replay has room, whether it has processes or not.</summary>
    public static long ReplayRows(RunPlan plan, bool hasPlayer) => plan.InProcess ? ReplayCapacity(plan, hasPlayer) : plan.BufferSize;

    /// <summary>
    /// The least of those in lock-step with which a resumed run goes on: one segment of the version whose segments all had the same length,
    /// besides the rows drawn from. Checkpoints are then saved as often as the ring asks for.
    /// </summary>
    public static long LeastReplayCapacity(RunPlan plan) => plan.BufferSize + EvenSegmentRows(plan);

    public void Dispose()
    {
        // Each part is disposed before the parts it uses.
        owned.Reverse();
        owned.ForEach(user => user.Dispose());
        owned.Clear();
    }

    private static long RowsBetweenCheckpoints(RunPlan plan, bool hasPlayer)
    {
        // Pressing Stop in the editor is how its users end a run, and must lose no more than the segment under way.
        long interval = hasPlayer ? 0 : Math.Min(plan.CheckpointInterval, Math.Max(plan.BufferSize, LongestInterval));
        return Math.Max((long)LockstepTraining.LongestSegment * plan.AgentCount, interval / EvenSegmentRows(plan) * EvenSegmentRows(plan));
    }

    private static long EvenSegmentRows(RunPlan plan) => (long)LockstepTraining.SegmentSteps * plan.AgentCount;

    private void TakeSlots()
    {
        Control.Supervisor.Take();
        Control.Learner.Take();
        Control.Slot(ProcessRole.Environment, 0).Take();
        Control.Slot(ProcessRole.Evaluation, 0).Take();
    }

    private T Own<T>(T resource)
        where T : IDisposable
    {
        owned.Add(resource);
        return resource;
    }
}
