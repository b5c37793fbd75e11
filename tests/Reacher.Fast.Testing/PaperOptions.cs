using Reacher.Fast.Core.Learner;

namespace Reacher.Fast.Testing;

/// <summary>
/// Learners' options with the values of the SAC paper (Haarnoja et al. 2018b, table 1), for tests and measurements that are to stay the
/// same whatever the defaults become.
/// </summary>
public static class PaperOptions
{
    public static readonly SacOptions Sac = new()
    {
        BatchSize = 256,
        HiddenSizes = [256, 256],
        LearningRate = 3e-4,
        LayerNormCritics = false,
        PolicyAveraging = 0,
        InitialAlpha = 1,
        AlphaLearningRate = 3e-4,
    };

    public static readonly Td3Options Td3 = new()
    {
        BatchSize = 256,
        HiddenSizes = [256, 256],
        LearningRate = 3e-4,
        ActorLearningRate = 3e-4,
        LayerNormCritics = false,
        PolicyAveraging = 0,
    };
}
