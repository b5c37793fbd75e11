using System.Text.Json;
using System.Text.Json.Serialization;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Core.Kernels.Cuda;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Networks;

namespace Reacher.Fast.Training.Options;

/// <summary>
/// A run with nothing left open: its options, and what only its environment and its machine could say, settled by the supervisor. It lies
/// in the run's folder as <c>run_logs/plan.json</c>, which is all a child process needs to be told.
/// </summary>
internal sealed record RunPlan : RunOptions
{
    private const int LargestFile = 1 << 24;

    /// <summary>Most updates in one launch on a GPU: enough that the launch's own cost is lost among them.</summary>
    public const int MostUpdatesPerLaunch = 16;

    /// <summary>A plan with the default options.</summary>
    public RunPlan()
    {
    }

    /// <summary>A plan with <paramref name="options"/>.</summary>
    public RunPlan(RunOptions options)
        : base(options)
    {
    }

    /// <summary>The run's id, which is known by now.</summary>
    public new required string RunId
    {
        get => base.RunId!;
        init => base.RunId = value;
    }

    /// <summary>The run's seed, which is drawn by now.</summary>
    public new required ulong Seed
    {
        get => unchecked((ulong)base.Seed);
        init => base.Seed = unchecked((long)value);
    }

    /// <summary>The version of the program that made the plan; null in one of an earlier version.</summary>
    public string? Version { get; init; }

    /// <summary>Agents of one env process, as measured.</summary>
    public required int AgentCount { get; init; }

    public required int ObservationSize { get; init; }

    /// <summary>The sensors of the observation, as the environment told of them; null in a plan that was saved before they were kept.</summary>
    public ObservationLayout? ObservationLayout { get; init; }

    public required int ActionSize { get; init; }

    /// <summary>The name of the policy's network where it is the program's own; null for this project's layers.</summary>
    public string? Network { get; init; }

    [JsonIgnore]
    public double UpdatesPerTransition => 1 / TransitionsPerUpdate;

    /// <summary>Transitions after which the run ends, solved or not.</summary>
    [JsonIgnore]
    public long MaxTransitions => TransitionLimit == 0 ? long.MaxValue : TransitionLimit;

    /// <summary>TD3's standard deviation of exploration; SAC samples its policy instead.</summary>
    [JsonIgnore]
    public float ExplorationNoise => Learner is Td3Options td3 ? td3.ExplorationNoise : 0;

    [JsonIgnore]
    public TransitionSpec TransitionSpec => new(ObservationSize, ActionSize);

    [JsonIgnore]
    public PolicySpec PolicySpec => new(
        Trainer == TrainerType.Td3 ? PolicyKind.Deterministic : PolicyKind.SquashedGaussian,
        ObservationSize,
        ActionSize,
        Learner.HiddenSizes.ToArray(),
        Learner.NormalizeObservations)
    {
        Observations = ObservationLayout ?? ObservationLayout.OfVector(ObservationSize),
        Architecture = Network is null ? null : PolicyArchitectures.Require(Network, $"The policy of the run '{RunId}'"),
    };

    /// <summary>Floats the learner publishes at once: the policy to act with, then the policy to evaluate.</summary>
    [JsonIgnore]
    public int PublishedLength => 2 * PolicySpec.BlockLength;

    /// <summary>Whether the learner computes on a GPU.</summary>
    [JsonIgnore]
    public bool IsCuda => CudaDevices.IsCuda(Device);

    /// <summary>Updates owed by one step of all environments.</summary>
    [JsonIgnore]
    public double UpdatesPerStep => AgentCount * EnvironmentCount * UpdatesPerTransition;

    /// <summary>
    /// K: updates that the learner process makes at a turn. On a GPU, those owed by one step of all environments, up to
    /// <see cref="MostUpdatesPerLaunch"/>, as a multiple of the policy's delay: one launch costs the host the same for any number.
    /// </summary>
    [JsonIgnore]
    public int UpdatesPerTurn
    {
        get
        {
            int delay = Learner.PolicyDelay;
            return IsCuda ? Math.Max(1, (int)Math.Min(UpdatesPerStep, MostUpdatesPerLaunch) / delay) * delay : 1;
        }
    }

    /// <summary>Whether two plans of one program ask the same of every process; how a run was begun or gone on with makes no difference.</summary>
    public bool IsAs(RunPlan other)
    {
        return Asked(this) == Asked(other);

        static string Asked(RunPlan plan) => (plan with { Resume = false, Force = false, InitializeFrom = null }).ToJson();
    }

    /// <summary>Writes the file, all of it or nothing.</summary>
    /// <exception cref="InputException">It cannot be written, and a run cannot do without.</exception>
    public void Save(string path)
    {
        try
        {
            AtomicFile.WriteText(path, JsonSerializer.Serialize(this, JsonStyle.Indented));
        }
        catch (Exception error) when (IoFailure.Is(error))
        {
            throw new InputException(
                $"The plan of the run cannot be written to '{path}': {AtomicFile.Reason(error)}; make that possible and start the run again.", error);
        }
    }

    /// <summary>All of it on one line, to be kept with what came of it.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, JsonStyle.Line);

    /// <summary>Reads the file; null where it is missing, or cannot be read.</summary>
    public static RunPlan? TryLoad(string path)
    {
        try
        {
            return Load(path);
        }
        catch (InputException)
        {
            return null;
        }
    }

    public static RunPlan Load(string path)
    {
        try
        {
            RunPlan? read = JsonSerializer.Deserialize<RunPlan>(BoundedFile.ReadText(path, LargestFile), JsonStyle.Indented);
            return read is { Learner: not null, Environment: not null }
                ? read
                : throw new InputException($"'{path}' holds no plan of a run; start the run again with --resume.");
        }
        catch (Exception exception) when (IoFailure.Is(exception) || exception is JsonException)
        {
            throw new InputException(
                $"The plan of the run, '{path}', cannot be read ({exception.Message}); start the run again with --resume.",
                exception);
        }
    }
}
