namespace Reacher.Fast.Training.Profiling;

/// <summary>A real run as it was measured, in processes of its own.</summary>
/// <param name="Seconds">How long it was measured, after it had settled.</param>
/// <param name="TransitionsPerSecond">The transitions of all environments together, a second.</param>
/// <param name="UpdatesPerSecond">The learner's updates a second.</param>
/// <param name="Processes">Name and processor time of each, in per cent of one processor.</param>
internal sealed record RunMeasurement(
    double Seconds, double TransitionsPerSecond, double UpdatesPerSecond, IReadOnlyDictionary<string, double> Processes);

/// <summary>A real run beside what its stages would allow.</summary>
internal sealed record WholeRun
{
    /// <summary>A run that makes this part of what its stages allow, in per cent, is bound by them alone.</summary>
    private const double Full = 90;

    public required RunMeasurement Measured { get; init; }

    /// <summary>Updates a second that the learner's stages alone would allow.</summary>
    public required double LearnerAlone { get; init; }

    /// <summary>Updates a second that the environments' transitions would allow, at the run's updates per transition.</summary>
    public required double EnvironmentsAlone { get; init; }

    /// <summary>Measured updates of the lower of the two, in per cent.</summary>
    public required double Percent { get; init; }

    /// <summary>The side that allows less.</summary>
    public required StageRole Slower { get; init; }

    /// <summary>Whether the machine's processors were all in use.</summary>
    public required bool ProcessorsFull { get; init; }

    /// <summary>What bounds the run, as a sentence.</summary>
    public required string Bound { get; init; }

    /// <summary>Holds a run against its stages.</summary>
    /// <param name="run">The run as it was measured.</param>
    /// <param name="stages">Its stages, of both roles.</param>
    /// <param name="environments">The number of environment processes.</param>
    /// <param name="updatesPerTransition">The ratio that the rate limiter holds.</param>
    /// <param name="processors">The number of the machine's processors.</param>
    public static WholeRun Of(RunMeasurement run, IReadOnlyList<StageFigures> stages, int environments, double updatesPerTransition, int processors)
    {
        double learner = 1 / StageFigures.SecondsPerTurnOf(stages, StageRole.Learner);
        double environment = environments * updatesPerTransition / StageFigures.SecondsPerTurnOf(stages, StageRole.Environment);
        StageRole slower = environment < learner ? StageRole.Environment : StageRole.Learner;
        double percent = 100 * run.UpdatesPerSecond / Math.Min(learner, environment);
        bool full = run.Processes.Values.Sum() >= Full * processors;
        return new WholeRun
        {
            Measured = run,
            LearnerAlone = learner,
            EnvironmentsAlone = environment,
            Percent = percent,
            Slower = slower,
            ProcessorsFull = full,
            Bound = Describe(stages, slower, percent, full, learner, environment),
        };
    }

    private static string Describe(
        IReadOnlyList<StageFigures> stages, StageRole slower, double percent, bool full, double learner, double environment)
    {
        StageFigures largest = stages.Where(stage => stage.Role == slower).MaxBy(stage => stage.Share)!;
        string resource = largest.BoundBy is null ? "" : $", which is bound by {largest.BoundBy}";
        string side = slower == StageRole.Learner
            ? $"the learner: '{largest.Name}' takes {largest.Share:F0} % of an update{resource}; " +
                $"the environments would allow {Times(environment / learner)} as many updates"
            : $"the environments: '{largest.Name}' takes {largest.Share:F0} % of a transition{resource}; " +
                $"the learner would allow {Times(learner / environment)} as many updates";
        string reached = percent >= Full ? $"It reaches {percent:F0} % of what the stages allow one by one."
            : full ? $"It reaches {percent:F0} % of what the stages allow one by one, because its processes, or others, had all processors in use."
            : $"It reaches {percent:F0} % of what the stages allow one by one; the rest is waiting for each other, or for memory that they share.";
        return $"The run is bound by {side}. {reached}";
    }

    private static string Times(double ratio) => ratio < 10 ? $"{ratio:F1} times" : $"{ratio:F0} times";
}
