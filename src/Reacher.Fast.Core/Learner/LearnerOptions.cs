using Reacher.Fast.Core.Networks;

namespace Reacher.Fast.Core.Learner;

/// <summary>What SAC and TD3 have in common. Defaults are the SAC paper's (Haarnoja et al. 2018b, table 1) unless a source is named.</summary>
public abstract record LearnerOptions
{
    /// <summary>B: transitions of an update.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>Widths of the hidden layers of the policy and of each critic; their number is the depth. At least one.</summary>
    public IReadOnlyList<int> HiddenSizes { get; init; } = [256, 256];

    /// <summary>Adam's step size for the policy.</summary>
    public double ActorLearningRate { get; init; } = 3e-4;

    /// <summary>Adam's step size for both critics.</summary>
    public double CriticLearningRate { get; init; } = 3e-4;

    /// <summary>tau: how far targets move towards their networks, in (0, 1].</summary>
    public float Tau { get; init; } = 0.005f;

    /// <summary>d: critic updates for one of the policy (Fujimoto et al. 2018, section 5.2).</summary>
    public abstract int PolicyDelay { get; init; }

    /// <summary>Layer normalisation before every ReLU of the critics (Ball et al. 2023, section 4.2).</summary>
    public bool LayerNormCritics { get; init; }

    /// <summary>Each network's gradient is scaled down to this L2 norm (Pascanu et al. 2013); infinite: never.</summary>
    public float MaximumGradientNorm { get; init; } = float.PositiveInfinity;

    /// <summary>Whether observations are brought to mean 0 and variance 1 by running statistics (as ML-Agents' <c>normalize</c>).</summary>
    public bool NormalizeObservations { get; init; }

    /// <summary>Rewards are multiplied by this (Haarnoja et al. 2018a, section 5.2).</summary>
    public double RewardScale { get; init; } = 1;

    /// <summary>
    /// Whether rewards are divided by their running root mean square. No mean is subtracted: that would pay for, or punish,
    /// staying alive (Engstrom et al. 2020, section 3, scale by a running deviation; here the rows' n-step rewards are what is known).
    /// </summary>
    public bool NormalizeRewards { get; init; }

    /// <summary>
    /// 0: the policy that is evaluated and exported is the one that is trained. Above: it is an exponential average of that one's weights
    /// (Polyak and Juditsky 1992; Izmailov et al. 2018), which moves by this share of the distance at every policy update; TD3 has such an
    /// average already, its target policy, which moves by <see cref="Tau"/>. What is learned is the same either way.
    /// </summary>
    public float PolicyAveraging { get; init; }

    /// <summary>How weights begin.</summary>
    public WeightInitialization Initialization { get; init; }

    /// <summary>Seeds weights and noise.</summary>
    public ulong Seed { get; init; }

    /// <summary>Checks every value.</summary>
    /// <exception cref="InputException">One is out of range; the sentence names it.</exception>
    public virtual void Validate()
    {
        Require(BatchSize >= 1, nameof(BatchSize), BatchSize, "at least 1");
        Require(HiddenSizes is { Count: > 0 }, nameof(HiddenSizes), "empty", "at least one width");
        foreach (int size in HiddenSizes!)
        {
            Require(size >= 1, nameof(HiddenSizes), size, "at least 1 each");
        }

        RequireRate(ActorLearningRate, nameof(ActorLearningRate));
        RequireRate(CriticLearningRate, nameof(CriticLearningRate));
        Require(Tau is > 0 and <= 1, nameof(Tau), Tau, "in (0, 1]");
        Require(PolicyDelay >= 1, nameof(PolicyDelay), PolicyDelay, "at least 1");
        Require(PolicyAveraging is >= 0 and <= 1, nameof(PolicyAveraging), PolicyAveraging, "from 0 to 1");
        Require(MaximumGradientNorm > 0, nameof(MaximumGradientNorm), MaximumGradientNorm, "above 0, or infinite");
        Require(RewardScale > 0 && double.IsFinite(RewardScale), nameof(RewardScale), RewardScale, "finite and above 0");
    }

    private protected static void RequireRate(double rate, string name) =>
        Require(rate >= 0 && double.IsFinite(rate), name, rate, "finite and not negative");

    private protected static void Require<T>(bool condition, string name, T value, string range)
    {
        if (!condition)
        {
            throw new InputException(FormattableString.Invariant($"The learner's {name} is {value} but must be {range}; change it in the configuration."));
        }
    }
}

/// <summary>Soft actor-critic (Haarnoja et al. 2018b, "Soft actor-critic algorithms and applications").</summary>
public sealed record SacOptions : LearnerOptions
{
    /// <inheritdoc/>
    public override int PolicyDelay { get; init; } = 1;

    /// <summary>Adam's step size for the entropy coefficient; 0 keeps it.</summary>
    public double AlphaLearningRate { get; init; } = 3e-4;

    /// <summary>alpha at first.</summary>
    public double InitialAlpha { get; init; } = 1;

    /// <summary>The entropy that alpha is tuned for; null: -|A| (section 5 there).</summary>
    public float? TargetEntropy { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        RequireRate(AlphaLearningRate, nameof(AlphaLearningRate));
        Require(InitialAlpha > 0 && double.IsFinite(InitialAlpha), nameof(InitialAlpha), InitialAlpha, "finite and above 0");
        Require(TargetEntropy is null || float.IsFinite(TargetEntropy.Value), nameof(TargetEntropy), TargetEntropy, "finite");
    }
}

/// <summary>Twin delayed deep deterministic policy gradient (Fujimoto et al. 2018), with that paper's defaults.</summary>
public sealed record Td3Options : LearnerOptions
{
    /// <inheritdoc/>
    public override int PolicyDelay { get; init; } = 2;

    /// <summary>sigma~: deviation of the noise on the target policy's actions (section 6.1 there).</summary>
    public float SmoothingSigma { get; init; } = 0.2f;

    /// <summary>c: bound of that noise.</summary>
    public float SmoothingClip { get; init; } = 0.5f;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Require(SmoothingSigma >= 0 && float.IsFinite(SmoothingSigma), nameof(SmoothingSigma), SmoothingSigma, "finite and not negative");
        Require(SmoothingClip >= 0, nameof(SmoothingClip), SmoothingClip, "not negative");
    }
}
