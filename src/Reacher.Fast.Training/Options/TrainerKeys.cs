using Reacher.Fast.Core.Networks;

namespace Reacher.Fast.Training.Options;

/// <summary>
/// The keys under <c>behaviors.NAME</c>: how to train. Names and meanings are ML-Agents' where it has them. The defaults of SAC
/// and TD3 are here and nowhere else.
/// </summary>
internal static class TrainerKeys
{
    private const string Trainer = "behaviors.*";
    private const string Hyper = "behaviors.*.hyperparameters";
    private const string Network = "behaviors.*.network_settings";
    private const string Extrinsic = "behaviors.*.reward_signals.extrinsic";

    public static readonly ChoiceKey<TrainerType> Type = new()
    {
        Section = Trainer, Name = "trainer_type", Default = TrainerType.Sac, Flag = "--algorithm",
        Comment = "The algorithm; each has defaults of its own",
    };

    public static readonly NumberKey<double> LearningRate = new()
    {
        Section = Hyper, Name = "learning_rate", Default = 1e-3, Td3Default = 1e-3, Minimum = 0, Maximum = 1, AboveMinimum = true,
        Flag = "--learning-rate", Comment = "Adam's step size for policy, critics and entropy coefficient",
    };

    public static readonly OptionalNumberKey ActorLearningRate = new()
    {
        Section = Hyper, Name = "actor_learning_rate", Default = null, Td3Default = 5e-4, Minimum = 0, Maximum = 1, IsAdvanced = true,
        Flag = "--actor-learning-rate", Comment = "The policy's own step size; null for learning_rate",
    };

    public static readonly OptionalNumberKey EntCoefLearningRate = new()
    {
        Section = Hyper, Name = "entcoef_learning_rate", Default = null, Minimum = 0, Maximum = 1, Only = TrainerType.Sac, IsAdvanced = true,
        Flag = "--entcoef-learning-rate", Comment = "The entropy coefficient's own step size; 0 keeps it as it is; null for learning_rate, but 0 where init_entcoef is left at its default",
    };

    public static readonly NumberKey<int> BatchSize = new()
    {
        Section = Hyper, Name = "batch_size", Default = 128, Minimum = 1, Maximum = 65536, Flag = "--batch-size",
        Comment = "Transitions in one update",
    };

    public static readonly NumberKey<long> BufferSize = new()
    {
        Section = Hyper, Name = "buffer_size", Default = 1_000_000, Minimum = 1, Maximum = 1L << 36, Flag = "--buffer-size",
        Comment = "Transitions the replay holds; the space is reserved at the start",
    };

    public static readonly NumberKey<long> BufferInitSteps = new()
    {
        Section = Hyper, Name = "buffer_init_steps", Default = 5000, Minimum = 0, Flag = "--buffer-init-steps",
        Comment = "Transitions by uniform random actions before the first update",
    };

    public static readonly NumberKey<double> Tau = new()
    {
        Section = Hyper, Name = "tau", Default = 0.005, Minimum = 0, Maximum = 1, AboveMinimum = true, Flag = "--tau", IsAdvanced = true,
        Comment = "How far the target networks move towards the critics in one update",
    };

    public static readonly NumberKey<double> StepsPerUpdate = new()
    {
        Section = Hyper, Name = "steps_per_update", Default = 3, Minimum = 0, AboveMinimum = true, Flag = "--steps-per-update",
        Comment = "Transitions per update; 20 arms and 10 would make 2 updates for each step of all arms",
    };

    public static readonly NumberKey<int> NStep = new()
    {
        Section = Hyper, Name = "n_step", Default = 3, Minimum = 1, Maximum = 64, Flag = "--n-step",
        Comment = "Rewards summed into one transition before bootstrapping",
    };

    public static readonly NumberKey<double> MaxGradNorm = new()
    {
        Section = Hyper, Name = "max_grad_norm", Default = 0, Minimum = 0, Flag = "--max-grad-norm", IsAdvanced = true,
        Comment = "Gradients are scaled down to this L2 norm; 0 leaves them as they are",
    };

    public static readonly NumberKey<double> InitEntCoef = new()
    {
        Section = Hyper, Name = "init_entcoef", Default = 0.002, Minimum = 0, AboveMinimum = true, Only = TrainerType.Sac,
        Flag = "--init-entcoef", Comment = "Entropy coefficient at the start; it is tuned from there by entcoef_learning_rate",
    };

    public static readonly OptionalNumberKey TargetEntropy = new()
    {
        Section = Hyper, Name = "target_entropy", Default = null, Minimum = -1e6, Maximum = 1e6, Only = TrainerType.Sac, IsAdvanced = true,
        Flag = "--target-entropy", Comment = "Entropy that the coefficient is tuned for; null for minus the action's size",
    };

    public static readonly NumberKey<int> PolicyDelay = new()
    {
        Section = Hyper, Name = "policy_delay", Default = 1, Td3Default = 2, Minimum = 1, Maximum = 1000,
        Flag = "--policy-delay", IsAdvanced = true, Comment = "Critic updates for one update of the policy and, with TD3, of the targets",
    };

    public static readonly NumberKey<double> PolicyAveraging = new()
    {
        Section = Hyper, Name = "policy_averaging", Default = 0.0005, Minimum = 0, Maximum = 1, Flag = "--policy-averaging", IsAdvanced = true,
        Comment = "How far the policy that is evaluated and exported moves towards the trained one at an update; 0 for the trained one itself",
    };

    public static readonly NumberKey<double> ExplorationNoise = new()
    {
        Section = Hyper, Name = "exploration_noise", Default = 0.3, Minimum = 0, Maximum = 10, Only = TrainerType.Td3,
        Flag = "--exploration-noise", Comment = "Standard deviation of the noise added to actions while training",
    };

    public static readonly NumberKey<int> NoiseHold = new()
    {
        Section = Hyper, Name = "noise_hold", Default = 1, Minimum = 1, Maximum = 10_000, Flag = "--noise-hold", IsAdvanced = true,
        Comment = "Decisions that one draw of exploration noise lasts",
    };

    public static readonly NumberKey<int> WarmupHold = new()
    {
        Section = Hyper, Name = "warmup_hold", Default = 10, Minimum = 1, Maximum = 10_000, Flag = "--warmup-hold", IsAdvanced = true,
        Comment = "Decisions that one random action lasts during the first steps",
    };

    public static readonly NumberKey<double> TargetNoise = new()
    {
        Section = Hyper, Name = "target_noise", Default = 0.2, Minimum = 0, Maximum = 10, Only = TrainerType.Td3,
        Flag = "--target-noise", IsAdvanced = true, Comment = "Standard deviation of the noise that smooths the target's action",
    };

    public static readonly NumberKey<double> TargetNoiseClip = new()
    {
        Section = Hyper, Name = "target_noise_clip", Default = 0.5, Minimum = 0, Maximum = 10, Only = TrainerType.Td3,
        Flag = "--target-noise-clip", IsAdvanced = true, Comment = "Largest size of that noise",
    };

    public static readonly SwitchKey Normalize = new()
    {
        Section = Network, Name = "normalize", Default = false, Flag = "--normalize",
        Comment = "Normalise observations by their running mean and deviation",
    };

    public static readonly NumberKey<int> HiddenUnits = new()
    {
        Section = Network, Name = "hidden_units", Default = 128, Minimum = 1, Maximum = 8192, Flag = "--hidden-units",
        Comment = "Width of the hidden layers of policy and critics",
    };

    public static readonly NumberKey<int> NumLayers = new()
    {
        Section = Network, Name = "num_layers", Default = 2, Minimum = 1, Maximum = 8, Flag = "--num-layers",
        Comment = "Hidden layers of policy and critics",
    };

    public static readonly SwitchKey LayerNorm = new()
    {
        Section = Network, Name = "layer_norm", Default = true, Flag = "--layer-norm",
        Comment = "Layer normalisation in the critics",
    };

    public static readonly ChoiceKey<WeightInitialization> Initialization = new()
    {
        Section = Network, Name = "initialization", Default = WeightInitialization.UniformFanIn, Flag = "--initialization", IsAdvanced = true,
        Comment = "How weights begin",
    };

    public static readonly NumberKey<double> Gamma = new()
    {
        Section = Extrinsic, Name = "gamma", Default = 0.99, Minimum = 0, Maximum = 1, Flag = "--gamma",
        Comment = "Discount of the next reward",
    };

    public static readonly NumberKey<double> Strength = new()
    {
        Section = Extrinsic, Name = "strength", Default = 1, Minimum = 0, AboveMinimum = true, Flag = "--reward-scale",
        Comment = "Rewards are multiplied by this before they are stored; scores are not",
    };

    public static readonly SwitchKey NormalizeRewards = new()
    {
        Section = Extrinsic, Name = "normalize", Default = false, Flag = "--normalize-rewards", IsAdvanced = true,
        Comment = "Divide rewards by their running root mean square; no mean is subtracted",
    };

    public static readonly NumberKey<long> MaxSteps = new()
    {
        Section = Trainer, Name = "max_steps", Default = 0, Minimum = 0, Flag = "--max-steps",
        Comment = "Transitions after which the run ends, solved or not; 0 for no limit",
    };

    public static readonly NumberKey<long> CooldownSteps = new()
    {
        Section = Trainer, Name = "cooldown_steps", Default = 320_000, Minimum = 0, Flag = "--cooldown-steps",
        Comment = "Transitions, once solved, before the run ends; learning rates stay for a third of them and then fall to zero; 0 to end at once",
    };

    public static readonly NumberKey<long> CheckpointInterval = new()
    {
        Section = Trainer, Name = "checkpoint_interval", Default = 100_000, Minimum = 1, Flag = "--checkpoint-interval",
        Comment = "Transitions from one checkpoint that is kept to the next; the newest state is saved every few seconds besides",
    };

    public static readonly NumberKey<int> KeepCheckpoints = new()
    {
        Section = Trainer, Name = "keep_checkpoints", Default = 5, Minimum = 1, Maximum = 10_000, Flag = "--keep-checkpoints",
        IsAdvanced = true, Comment = "Checkpoints that are kept; older ones are deleted",
    };

    public static readonly NumberKey<long> SummaryFreq = new()
    {
        Section = Trainer, Name = "summary_freq", Default = 5000, Minimum = 1, Flag = "--summary-freq", IsAdvanced = true,
        Comment = "Transitions from one line of metrics and TensorBoard points to the next",
    };
}
