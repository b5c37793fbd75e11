using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Core.Options;

namespace Reacher.Fast.Core.Learner;

/// <summary>
/// What SAC and TD3 have in common. These records are what a learner is made with, and where the options of learning are declared with
/// their defaults: those were found on the 20-arm Reacher, and docs/algorithms.md says where they leave the papers'.
/// </summary>
[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)]
// What a derived record brings besides is code, which no file can hold.
[JsonPolymorphic(UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FallBackToNearestAncestor)]
[JsonDerivedType(typeof(SacOptions), "sac")]
[JsonDerivedType(typeof(Td3Options), "td3")]
public abstract record LearnerOptions
{
    /// <summary>Adam's step size for both critics, and for whatever has no step size of its own.</summary>
    [Option(OptionSection.Hyperparameters, "learning_rate", "Adam's step size for policy, critics and entropy coefficient",
        Minimum = 0, AboveMinimum = true, Maximum = 1, Order = 1)]
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Adam's step size for the policy; null for <see cref="LearningRate"/>.</summary>
    [Option(OptionSection.Hyperparameters, "actor_learning_rate", "The policy's own step size; null for learning_rate",
        Minimum = 0, Maximum = 1, Order = 2)]
    public double? ActorLearningRate { get; init; }

    /// <summary>B: transitions of an update.</summary>
    [Option(OptionSection.Hyperparameters, "batch_size", "Transitions in one update", Minimum = 1, Maximum = 65536, Order = 4)]
    public int BatchSize { get; init; } = 128;

    /// <summary>tau: how far targets move towards their networks.</summary>
    [Option(OptionSection.Hyperparameters, "tau", "How far the target networks move towards the critics in one update",
        Minimum = 0, AboveMinimum = true, Maximum = 1, Order = 8)]
    public float Tau { get; init; } = 0.005f;

    /// <summary>d: critic updates for one of the policy (Fujimoto et al. 2018, section 5.2).</summary>
    [Option(OptionSection.Hyperparameters, "policy_delay", "Critic updates for one update of the policy and, with TD3, of the targets",
        Minimum = 1, Maximum = 1000, Order = 12)]
    public int PolicyDelay { get; init; } = 1;

    /// <summary>
    /// 0: the policy that is evaluated and exported is the one that is trained. Above: it is an exponential average of that one's weights
    /// (Polyak and Juditsky 1992; Izmailov et al. 2018), which moves by this share of the distance at every policy update; TD3 has such an
    /// average already, its target policy, which moves by <see cref="Tau"/>. What is learned is the same either way.
    /// </summary>
    [Option(OptionSection.Hyperparameters, "policy_averaging",
        "How far the policy that is evaluated and exported moves towards the trained one at an update; 0 for the trained one itself",
        Minimum = 0, Maximum = 1, Order = 13)]
    public float PolicyAveraging { get; init; } = 0.0005f;

    /// <summary>Each network's gradient is scaled down to this L2 norm (Pascanu et al. 2013); 0: never.</summary>
    [Option(OptionSection.Hyperparameters, "max_grad_norm", "Gradients are scaled down to this L2 norm; 0 leaves them as they are",
        Minimum = 0, Order = 19)]
    public float MaximumGradientNorm { get; init; }

    /// <summary>Whether observations are brought to mean 0 and variance 1 by running statistics (as ML-Agents' <c>normalize</c>).</summary>
    [Option(OptionSection.Network, "normalize", "Normalise observations by their running mean and deviation")]
    public bool NormalizeObservations { get; init; }

    /// <summary>The width of each hidden layer of the policy and of each critic.</summary>
    [Option(OptionSection.Network, "hidden_units", "Width of the hidden layers of policy and critics", Minimum = 1, Maximum = 8192)]
    public int HiddenUnits { get; init; } = 128;

    /// <summary>The number of those layers.</summary>
    [Option(OptionSection.Network, "num_layers", "Hidden layers of policy and critics", Minimum = 1, Maximum = 8)]
    public int NumLayers { get; init; } = 2;

    /// <summary>The hidden layers' widths, where they differ; otherwise <see cref="NumLayers"/> times <see cref="HiddenUnits"/>.</summary>
    public IReadOnlyList<int> HiddenSizes
    {
        get => field ?? [.. Enumerable.Repeat(HiddenUnits, NumLayers)];
        init;
    }

    /// <summary>Layer normalisation before every ReLU of the critics (Ball et al. 2023, section 4.2).</summary>
    [Option(OptionSection.Network, "layer_norm", "Layer normalisation in the critics")]
    public bool LayerNormCritics { get; init; } = true;

    /// <summary>How the weights are initialised.</summary>
    [Option(OptionSection.Network, "initialization", "How weights begin")]
    public WeightInitialization Initialization { get; init; }

    /// <summary>Rewards are multiplied by this (Haarnoja et al. 2018a, section 5.2).</summary>
    [Option(OptionSection.ExtrinsicReward, "strength",
        "The learner multiplies the rewards of its batches by this; stored rewards and scores stay as they are",
        Minimum = 0, AboveMinimum = true, Order = 2)]
    public double RewardScale { get; init; } = 1;

    /// <summary>
    /// Whether rewards are divided by their running root mean square. No mean is subtracted: that would pay for, or punish,
    /// staying alive (Engstrom et al. 2020, section 3, scale by a running deviation; here the rows' n-step rewards are what is known).
    /// </summary>
    [Option(OptionSection.ExtrinsicReward, "normalize", "Divide rewards by their running root mean square; no mean is subtracted", Order = 3)]
    public bool NormalizeRewards { get; init; }

    /// <summary>Seeds weights and noise.</summary>
    public ulong Seed { get; init; }

    /// <summary>The policy's step size.</summary>
    internal double PolicyLearningRate => ActorLearningRate ?? LearningRate;

    /// <summary>The norm that gradients are scaled down to, where infinite means never.</summary>
    internal float GradientLimit => MaximumGradientNorm == 0 ? float.PositiveInfinity : MaximumGradientNorm;

    /// <summary>Checks every value.</summary>
    /// <exception cref="InputException">One is out of range; the sentence names it.</exception>
    public void Validate()
    {
        OptionAttribute.Require(this, GetType(), "The learner's");
        if (HiddenSizes.Count == 0 || HiddenSizes.Any(size => size < 1))
        {
            throw new InputException(
                $"The learner's hidden sizes are [{string.Join(", ", HiddenSizes)}], and must be one width or more, each of at least 1.");
        }
    }
}

/// <summary>Soft actor-critic (Haarnoja et al. 2018b, "Soft actor-critic algorithms and applications").</summary>
public record SacOptions : LearnerOptions
{
    /// <summary>
    /// Adam's step size for the entropy coefficient; 0 keeps the coefficient. Null means <see cref="LearnerOptions.LearningRate"/>.
    /// </summary>
    [Option(OptionSection.Hyperparameters, "entcoef_learning_rate",
        "The entropy coefficient's own step size; 0 keeps it as it is; null for learning_rate",
        Minimum = 0, Maximum = 1, Order = 3)]
    public double? AlphaLearningRate { get; init; }

    /// <summary>The entropy coefficient alpha at the start.</summary>
    [Option(OptionSection.Hyperparameters, "init_entcoef",
        "Entropy coefficient at the start; it is tuned from there by entcoef_learning_rate",
        Minimum = 0, AboveMinimum = true, Order = 10)]
    public double InitialAlpha { get; init; } = 0.1;

    /// <summary>The entropy that alpha is tuned for; null: -|A| (section 5 there).</summary>
    [Option(OptionSection.Hyperparameters, "target_entropy", "Entropy that the coefficient is tuned for; null for minus the action's size",
        Minimum = -1e6, Maximum = 1e6, Order = 11)]
    public float? TargetEntropy { get; init; }

    /// <summary>The entropy coefficient's step size.</summary>
    internal double EntropyLearningRate => AlphaLearningRate ?? LearningRate;
}

/// <summary>Twin delayed deep deterministic policy gradient (Fujimoto et al. 2018).</summary>
public record Td3Options : LearnerOptions
{
    /// <summary>The defaults, of which the policy's step size and its delay are TD3's own.</summary>
    public Td3Options()
    {
        ActorLearningRate = 5e-4;
        PolicyDelay = 2;
    }

    /// <summary>sigma: deviation of the noise on actions while training (section 6.1 there).</summary>
    [Option(OptionSection.Hyperparameters, "exploration_noise", "Standard deviation of the noise added to actions while training",
        Minimum = 0, Maximum = 10, Order = 14)]
    public float ExplorationNoise { get; init; } = 0.3f;

    /// <summary>sigma~: deviation of the noise on the target policy's actions (section 6.1 there).</summary>
    [Option(OptionSection.Hyperparameters, "target_noise", "Standard deviation of the noise that smooths the target's action",
        Minimum = 0, Maximum = 10, Order = 17)]
    public float SmoothingSigma { get; init; } = 0.2f;

    /// <summary>c: bound of that noise.</summary>
    [Option(OptionSection.Hyperparameters, "target_noise_clip", "Largest size of that noise",
        Minimum = 0, Maximum = 10, Order = 18)]
    public float SmoothingClip { get; init; } = 0.5f;
}
