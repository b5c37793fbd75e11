namespace Reacher.Fast.Training.Options;

/// <summary>Which algorithm trains; each has defaults of its own.</summary>
internal enum TrainerType
{
    /// <summary>Soft actor-critic (Haarnoja et al. 2018).</summary>
    Sac = 0,

    /// <summary>Twin delayed deep deterministic policy gradient (Fujimoto et al. 2018).</summary>
    Td3 = 1,
}
