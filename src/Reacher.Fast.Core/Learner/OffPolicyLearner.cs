using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Networks;

namespace Reacher.Fast.Core.Learner;

/// <summary>
/// What SAC and TD3 share: the batch's way to the device, both networks and their optimisers, normalisation, the guards
/// against numbers that are none. A learner adds the two halves of its update, which read like its paper.
/// </summary>
public abstract partial class OffPolicyLearner : ILearner
{
    private readonly LearnerOptions options;
    private readonly TransitionSpec spec;
    private readonly DeviceBatch[] batches = new DeviceBatch[2];
    private readonly DeviceProgram criticUpdate;
    private readonly DeviceProgram fullUpdate;
    private readonly ObservationNormalizer normalizer;
    private readonly RewardScaling rewardScaling;
    private readonly float[] rewards;
    private readonly Tensor schedule;
    private readonly float[] figures = new float[ReportSlot.Count];

    private protected OffPolicyLearner(
        string algorithm, LearnerOptions options, PolicyKind kind, TransitionSpec spec, IKernelDevice device, bool policyTarget)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(device);
        options.Validate();
        int[] hidden = [.. options.HiddenSizes];
        (Algorithm, this.options, this.spec, Device) = (algorithm, options, spec, device);
        Policy = new PolicySpec(kind, spec.ObservationSize, spec.ActionSize, hidden, options.NormalizeObservations);
        bool apart = device.RunsSideBySide;
        TwinCritic NewCritic() =>
            new(device, spec.ObservationSize, spec.ActionSize, hidden, options.LayerNormCritics, options.BatchSize);
        batches[0] = new DeviceBatch(device, spec, options.BatchSize);
        batches[1] = apart ? new DeviceBatch(device, spec, options.BatchSize) : batches[0];
        Batch = batches[0];
        ActorNetwork = new PolicyNetwork(device, Policy, options.BatchSize, trained: true);
        NextActorNetwork = apart ? new PolicyNetwork(device, Policy, options.BatchSize, trained: false) : ActorNetwork;
        CriticNetwork = NewCritic();
        TargetCriticNetwork = apart ? NewCritic() : CriticNetwork;
        PolicyCriticNetwork = apart ? NewCritic() : CriticNetwork;
        schedule = device.Allocate("schedule", new TensorShape("learning_rate_scale", 1, 1, 1))[0];
        LearningRateScale = 1;
        Actor = new TrainedNetwork(device, ActorNetwork.Parameters, ["actor"], options.PolicyLearningRate, policyTarget, schedule);
        Critic = new TrainedNetwork(device, CriticNetwork.Parameters, ["critic1", "critic2"], options.LearningRate, target: true, schedule);
        Actor.Initialize(options.Initialization, options.Seed, network: 0);
        Critic.Initialize(options.Initialization, options.Seed, network: 1);
        TensorBlock perSample = device.Allocate(
            "update",
            new("y", 1, 1, options.BatchSize),
            new("action", 1, options.BatchSize, spec.ActionSize),
            new("action_gradient", 1, options.BatchSize, spec.ActionSize),
            new("report", 1, 1, ReportSlot.Count),
            new("next_action", 1, options.BatchSize, spec.ActionSize));
        (Y, Action, ActionGradient, Report) = (perSample[0], perSample[1], perSample[2], perSample[3]);
        NextAction = apart ? perSample[4] : Action;
        normalizer = new ObservationNormalizer(device, spec.ObservationSize, options.NormalizeObservations);
        rewardScaling = new RewardScaling(options.RewardScale, options.NormalizeRewards);
        rewards = new float[options.BatchSize];
        criticUpdate = new DeviceProgram($"{algorithm}-critic-update", () => RunUpdate(withPolicy: false));
        fullUpdate = new DeviceProgram($"{algorithm}-update", () => RunUpdate(withPolicy: true));
        device.NoiseSeed = options.Seed;
        device.UpdateCounter = 0;
    }

    /// <inheritdoc/>
    public PolicySpec Policy { get; }

    /// <inheritdoc/>
    public long Updates { get; private set; }

    /// <inheritdoc/>
    public float LearningRateScale
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfEqual(float.IsFinite(value), false, nameof(value));
            if (field != value)
            {
                field = value;
                Device.Upload([value], schedule);
            }
        }
    }

    /// <summary>Whether the policy that is published is the average of the one that is trained.</summary>
    private bool PublishesAverage => options.PolicyAveraging > 0;

    /// <summary>The policy's parameters on the device, for tests.</summary>
    internal TensorBlock ActorParameters => Actor.Parameters;

    /// <summary>The learner's own normaliser, for tests.</summary>
    internal ObservationNormalizer Normalizer => normalizer;

    /// <summary>Where it all lies, for tests.</summary>
    internal IKernelDevice KernelDevice => Device;

    /// <summary>sac or td3, as in a checkpoint's metadata.</summary>
    private protected string Algorithm { get; }

    private protected IKernelDevice Device { get; }

    /// <summary>The batch of the update that is being issued. Where ops run side by side there are two, taken in turns.</summary>
    private protected DeviceBatch Batch { get; private set; }

    private protected PolicyNetwork ActorNetwork { get; }

    /// <summary>What the target's next action is computed with; has activations of its own where ops run side by side.</summary>
    private protected PolicyNetwork NextActorNetwork { get; }

    private protected TwinCritic CriticNetwork { get; }

    /// <summary>What the target critics' values are computed with; likewise.</summary>
    private protected TwinCritic TargetCriticNetwork { get; }

    /// <summary>What the values of the policy's own actions are computed with; likewise.</summary>
    private protected TwinCritic PolicyCriticNetwork { get; }

    /// <summary>The policy network, whose parameters the papers call phi.</summary>
    private protected TrainedNetwork Actor { get; }

    /// <summary>theta_1 and theta_2, with targets.</summary>
    private protected TrainedNetwork Critic { get; }

    /// <summary>The target y [1, 1, B].</summary>
    private protected Tensor Y { get; }

    /// <summary>[1, B, A]: the policy's own action.</summary>
    private protected Tensor Action { get; }

    /// <summary>[1, B, A]: a' of the target; the same tensor as <see cref="Action"/> where ops do not run side by side.</summary>
    private protected Tensor NextAction { get; }

    /// <summary>[1, B, A]: the gradient that the critics pass back to the actions.</summary>
    private protected Tensor ActionGradient { get; }

    /// <summary>[1, 1, <see cref="ReportSlot.Count"/>].</summary>
    private protected Tensor Report { get; }

    /// <inheritdoc/>
    public LearnerReport Update(in TransitionBatch batch)
    {
        Observe(batch, rewards);
        Batch = batches[0];
        Batch.Upload(batch, rewards);
        Device.Run((Updates + 1) % options.PolicyDelay == 0 ? fullUpdate : criticUpdate);
        Device.Download(Report, figures);
        Divergence.RequireFiniteReport(figures, Updates + 1);
        Updates++;
        return new LearnerReport(figures);
    }

    /// <inheritdoc/>
    /// <exception cref="LearnerDivergedException">A weight is NaN or infinite.</exception>
    public void CopyPolicy(Span<float> destination) => CopyPolicy(PublishedParameters, destination);

    /// <inheritdoc/>
    /// <exception cref="LearnerDivergedException">A weight is NaN or infinite.</exception>
    public void CopyActingPolicy(Span<float> destination) => CopyPolicy(Actor.Parameters, destination);

    private void CopyPolicy(TensorBlock published, Span<float> destination)
    {
        if (destination.Length != Policy.BlockLength)
        {
            throw new ArgumentException($"The policy's block has {Policy.BlockLength} floats, not {destination.Length}.", nameof(destination));
        }

        int at = normalizer.CopyTo(destination);
        for (int i = 0; i < published.Tensors.Count; i++)
        {
            Tensor tensor = published[i];
            Span<float> values = destination.Slice(at, (int)tensor.Shape.Elements);
            Device.Download(tensor, values);
            Divergence.RequireFinite(values, "actor", tensor.Name, Updates);
            at += values.Length;
        }
    }

    /// <summary>Frees what the device recorded; tensors stay until the device, which the caller owns, is disposed.</summary>
    public void Dispose()
    {
        criticUpdate.Recording?.Dispose();
        fullUpdate.Recording?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Target, critic loss and its gradient, a step of both critics.</summary>
    private protected abstract void UpdateCritics(bool withPolicy);

    /// <summary>Policy loss and its gradient, a step of the policy and whatever else goes with it.</summary>
    private protected abstract void UpdatePolicy();

    private void RunUpdate(bool withPolicy)
    {
        Device.AdvanceNoise();
        normalizer.Normalize(Batch.Observations);
        normalizer.Normalize(Batch.NextObservations);
        UpdateCritics(withPolicy);
        if (withPolicy)
        {
            UpdatePolicy();
        }
    }
}
