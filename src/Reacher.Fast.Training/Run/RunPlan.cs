using System.Text.Json;
using System.Text.Json.Serialization;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Kernels.Cuda;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Environments.MlAgents.Messages;

namespace Reacher.Fast.Training.Run;

/// <summary>
/// A run with nothing left open: the configuration after every default, flag and measurement of the environment has been settled by the
/// supervisor. It lies in the run's folder as <c>run_logs/plan.json</c>, which is all a child process needs to be told.
/// </summary>
internal sealed record RunPlan
{
    /// <summary>Most updates in one launch on a GPU: enough that the launch's own cost is lost among them.</summary>
    public const int MostUpdatesPerLaunch = 16;

    public required string RunId { get; init; }

    public required string Behavior { get; init; }

    public required ulong Seed { get; init; }

    public required EnvironmentPlan Environment { get; init; }

    /// <summary>Env processes.</summary>
    public int EnvironmentCount { get; init; } = 1;

    /// <summary>Agents of one env process, as measured.</summary>
    public required int AgentCount { get; init; }

    public required int ObservationSize { get; init; }

    public required int ActionSize { get; init; }

    /// <summary>The learner's options when the algorithm is SAC; exactly one of these two is set.</summary>
    public SacOptions? Sac { get; init; }

    /// <summary>The learner's options when the algorithm is TD3.</summary>
    public Td3Options? Td3 { get; init; }

    public required int NStep { get; init; }

    public required float Gamma { get; init; }

    /// <summary>TD3's standard deviation of exploration.</summary>
    public float ExplorationNoise { get; init; }

    /// <summary>Decisions for which an agent keeps its exploration noise.</summary>
    public int NoiseHold { get; init; } = 1;

    /// <summary>Decisions for which an agent keeps a uniform warm-up action.</summary>
    public int WarmupHold { get; init; } = 1;

    public required long BufferSize { get; init; }

    /// <summary>Transitions by uniform random actions before the first update.</summary>
    public required long WarmupTransitions { get; init; }

    public required double UpdatesPerTransition { get; init; }

    /// <summary>Transitions after which the run ends, solved or not.</summary>
    public long MaxTransitions { get; init; } = long.MaxValue;

    /// <summary>Transitions of the last phase, once the run is solved, in which learning rates fall to zero; 0: it ends at once.</summary>
    public long CooldownTransitions { get; init; }

    /// <summary>Updates between two publications of the weights.</summary>
    public int PublishInterval { get; init; } = 20;

    /// <summary>Transitions between two checkpoints.</summary>
    public long CheckpointInterval { get; init; } = 100_000;

    public int KeepCheckpoints { get; init; } = 5;

    /// <summary>auto, cpu, cuda or cuda:N.</summary>
    public required string Device { get; init; }

    /// <summary>fp32, tf32 or bf16: operands of matrix products on a GPU.</summary>
    public string Precision { get; init; } = "fp32";

    /// <summary>auto, mirror or host: where a GPU's batches come from.</summary>
    public string Batches { get; init; } = "auto";

    /// <summary>Threads of the learner; env and eval have one each.</summary>
    public required int LearnerThreads { get; init; }

    public double Threshold { get; init; } = 30;

    public int EvaluationWindow { get; init; } = 100;

    /// <summary>Whether the run ends when it is solved.</summary>
    public bool StopWhenSolved { get; init; } = true;

    /// <summary>How long a child may give no sign of life, in seconds, before it is taken for hung.</summary>
    public double HungSeconds { get; init; } = 1.5;

    public int MaxLifetimeRestarts { get; init; } = 10;

    [JsonIgnore]
    public LearnerOptions Learner => (LearnerOptions?)Sac ?? Td3 ?? throw new InputException("The plan of the run names no algorithm; start the run again with --force.");

    [JsonIgnore]
    public string Algorithm => Sac is null ? "td3" : "sac";

    [JsonIgnore]
    public TransitionSpec TransitionSpec => new(ObservationSize, ActionSize);

    [JsonIgnore]
    public PolicySpec PolicySpec => new(
        Sac is null ? PolicyKind.Deterministic : PolicyKind.SquashedGaussian, ObservationSize, ActionSize, Learner.HiddenSizes.ToArray(), Learner.NormalizeObservations);

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

    public void Save(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, JsonStyle.Indented));

    /// <summary>All of it on one line, to be kept with what came of it.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, JsonStyle.Line);

    public static RunPlan Load(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<RunPlan>(File.ReadAllText(path), JsonStyle.Indented)
                ?? throw new InputException($"'{path}' holds no plan of a run; start the run again with --resume or --force.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or NotSupportedException)
        {
            throw new InputException($"The plan of the run, '{path}', cannot be read ({exception.Message}); start the run again with --resume or --force.", exception);
        }
    }
}

/// <summary>Which environment, and how it is set up.</summary>
internal sealed record EnvironmentPlan
{
    /// <summary>The built-in arm.</summary>
    public const string Arm = "arm";

    /// <summary>The built-in pendulum.</summary>
    public const string Pendulum = "pendulum";

    /// <summary>A Unity editor in which Play is pressed.</summary>
    public const string Editor = "editor";

    /// <summary><see cref="Arm"/>, <see cref="Pendulum"/>, <see cref="Editor"/>, or the path of a Unity player.</summary>
    public required string Name { get; init; }

    /// <summary>Whether a step may take as long as a Unity player likes.</summary>
    [JsonIgnore]
    public bool IsPlayer => Name is not (Arm or Pendulum);

    /// <summary>Whether the player is the Unity editor, of which there is one, and which only its user can start.</summary>
    [JsonIgnore]
    public bool IsEditor => Name == Editor;

    /// <summary>Agents of a built-in environment.</summary>
    public int Agents { get; init; } = 20;

    /// <summary>Unity's environment parameters, such as <c>goal_speed</c>.</summary>
    public IReadOnlyDictionary<string, EnvironmentParameter> Parameters { get; init; } = new Dictionary<string, EnvironmentParameter>();

    /// <summary>Physics steps of an arm's episode.</summary>
    public int MaxSteps { get; init; } = 4000;

    public IReadOnlyList<string> PlayerArguments { get; init; } = [];

    /// <summary>What Unity's engine is asked for.</summary>
    public EngineSettings Engine { get; init; } = new();

    public bool NoGraphics { get; init; }

    public int BasePort { get; init; } = 5005;

    public int TimeoutSeconds { get; init; } = 60;

    /// <summary>Workers with a player: the env processes and the evaluation. A taken port is skipped in steps of so many.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>A player's seed is this plus its worker's number, as with <c>mlagents-learn</c>; built-in environments take theirs with each reset.</summary>
    public int PlayerSeed { get; init; }
}
