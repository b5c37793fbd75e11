using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Options;

/// <summary>Every key there is, in the order they are printed.</summary>
internal static class ConfigurationTable
{
    /// <summary>All keys; those of one section stand together.</summary>
    public static readonly IReadOnlyList<ConfigurationKey> All =
    [
        TrainerKeys.Type,
        TrainerKeys.MaxSteps,
        TrainerKeys.SummaryFreq,
        TrainerKeys.CooldownSteps,
        TrainerKeys.CheckpointInterval,
        TrainerKeys.KeepCheckpoints,
        TrainerKeys.LearningRate,
        TrainerKeys.ActorLearningRate,
        TrainerKeys.EntCoefLearningRate,
        TrainerKeys.BatchSize,
        TrainerKeys.BufferSize,
        TrainerKeys.BufferInitSteps,
        TrainerKeys.StepsPerUpdate,
        TrainerKeys.Tau,
        TrainerKeys.NStep,
        TrainerKeys.InitEntCoef,
        TrainerKeys.TargetEntropy,
        TrainerKeys.PolicyDelay,
        TrainerKeys.PolicyAveraging,
        TrainerKeys.ExplorationNoise,
        TrainerKeys.NoiseHold,
        TrainerKeys.WarmupHold,
        TrainerKeys.TargetNoise,
        TrainerKeys.TargetNoiseClip,
        TrainerKeys.MaxGradNorm,
        TrainerKeys.Normalize,
        TrainerKeys.HiddenUnits,
        TrainerKeys.NumLayers,
        TrainerKeys.LayerNorm,
        TrainerKeys.Initialization,
        TrainerKeys.Gamma,
        TrainerKeys.Strength,
        TrainerKeys.NormalizeRewards,
        RunKeys.EnvPath,
        RunKeys.EnvArgs,
        RunKeys.BasePort,
        RunKeys.NumEnvs,
        RunKeys.NumAgents,
        RunKeys.MaxStep,
        RunKeys.TimeoutWait,
        RunKeys.Seed,
        RunKeys.MaxLifetimeRestarts,
        RunKeys.Width,
        RunKeys.Height,
        RunKeys.QualityLevel,
        RunKeys.TimeScale,
        RunKeys.TargetFrameRate,
        RunKeys.CaptureFrameRate,
        RunKeys.NoGraphics,
        RunKeys.RunId,
        RunKeys.InitializeFrom,
        RunKeys.ResultsDir,
        RunKeys.Resume,
        RunKeys.Force,
        RunKeys.Device,
        RunKeys.Precision,
        RunKeys.Batches,
        RunKeys.Threshold,
        RunKeys.Window,
        RunKeys.StopWhenSolved,
        RunKeys.InProcess,
        RunKeys.LearnerThreads,
        RunKeys.PublishInterval,
        RunKeys.HungSeconds,
        RunKeys.Debug,
    ];

    /// <summary>The section of environment parameters, the one mapping whose keys are the environment's own.</summary>
    public const string EnvironmentParameters = "environment_parameters";

    private static readonly Dictionary<string, ConfigurationKey> ByPath = All.ToDictionary(key => key.Path, StringComparer.Ordinal);

    private static readonly HashSet<string> Sections = FindSections();

    /// <summary>The key at <paramref name="path"/>; null if there is none.</summary>
    public static ConfigurationKey? Find(string path) => ByPath.GetValueOrDefault(path);

    /// <summary>Whether keys of this program lie at or below <paramref name="path"/>.</summary>
    public static bool IsSection(string path) => Sections.Contains(path);

    /// <summary>What may stand in <paramref name="section"/>: names of keys and of sections.</summary>
    public static IEnumerable<string> NamesIn(string section) => ByPath.Keys.Concat(Sections)
        .Where(path => ParentOf(path) == section && path.Length > 0)
        .Select(path => path[(path.LastIndexOf('.') + 1)..]);

    private static string ParentOf(string path) => path.Contains('.', StringComparison.Ordinal) ? path[..path.LastIndexOf('.')] : string.Empty;

    private static HashSet<string> FindSections()
    {
        var sections = new HashSet<string>(StringComparer.Ordinal) { EnvironmentParameters };
        foreach (ConfigurationKey key in All)
        {
            for (string section = key.Section; section.Length > 0; section = ParentOf(section))
            {
                sections.Add(section);
            }
        }

        return sections;
    }
}
