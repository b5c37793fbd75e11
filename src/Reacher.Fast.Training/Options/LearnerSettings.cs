using Reacher.Fast.Core.Learner;

namespace Reacher.Fast.Training.Options;

/// <summary>The learner's options as the configuration has them.</summary>
internal static class LearnerSettings
{
    /// <summary>The options of the configured algorithm.</summary>
    /// <param name="configuration">The run's.</param>
    /// <param name="seed">Seeds weights and noise; the run's, once it has been drawn.</param>
    public static LearnerOptions From(RunConfiguration configuration, ulong seed)
    {
        double learningRate = configuration.Get(TrainerKeys.LearningRate);
        LearnerOptions options = configuration.Trainer == TrainerType.Sac
            ? new SacOptions
            {
                AlphaLearningRate = configuration.Get(TrainerKeys.EntCoefLearningRate) ?? DefaultAlphaRate(configuration, learningRate),
                InitialAlpha = configuration.Get(TrainerKeys.InitEntCoef),
                TargetEntropy = (float?)configuration.Get(TrainerKeys.TargetEntropy),
            }
            : new Td3Options
            {
                SmoothingSigma = (float)configuration.Get(TrainerKeys.TargetNoise),
                SmoothingClip = (float)configuration.Get(TrainerKeys.TargetNoiseClip),
            };
        double maxGradNorm = configuration.Get(TrainerKeys.MaxGradNorm);
        return options with
        {
            BatchSize = configuration.Get(TrainerKeys.BatchSize),
            HiddenSizes = [.. Enumerable.Repeat(configuration.Get(TrainerKeys.HiddenUnits), configuration.Get(TrainerKeys.NumLayers))],
            ActorLearningRate = configuration.Get(TrainerKeys.ActorLearningRate) ?? learningRate,
            CriticLearningRate = learningRate,
            Tau = (float)configuration.Get(TrainerKeys.Tau),
            PolicyAveraging = (float)configuration.Get(TrainerKeys.PolicyAveraging),
            PolicyDelay = configuration.Get(TrainerKeys.PolicyDelay),
            LayerNormCritics = configuration.Get(TrainerKeys.LayerNorm),
            MaximumGradientNorm = maxGradNorm == 0 ? float.PositiveInfinity : (float)maxGradNorm,
            NormalizeObservations = configuration.Get(TrainerKeys.Normalize),
            RewardScale = configuration.Get(TrainerKeys.Strength),
            NormalizeRewards = configuration.Get(TrainerKeys.NormalizeRewards),
            Initialization = configuration.Get(TrainerKeys.Initialization),
            Seed = seed,
        };
    }

    // The default coefficient was found for staying as it is (docs/algorithms.md); who brings one of ML-Agents' size means it to be tuned, as there.
    private static double DefaultAlphaRate(RunConfiguration configuration, double learningRate) =>
        configuration.Get(TrainerKeys.InitEntCoef) == TrainerKeys.InitEntCoef.Default ? 0 : learningRate;
}
