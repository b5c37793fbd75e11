using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Kernels.Scalar;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Torch.Batch;
using Reacher.Fast.Torch.Kernels;
using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace Reacher.Fast.Torch.Learner;

/// <summary>
/// SAC and TD3 on TorchSharp, with the checkpoints of this project's own learners, so that a run goes from one to the other and back. Noise comes
/// from the same generator on the host, so that runs repeat and resume. Unlike theirs its updates make garbage: TorchSharp's tensors are objects.
/// </summary>
internal sealed partial class TorchLearner : ILearner, IBatchPages
{
    private readonly LearnerOptions options;
    private readonly TransitionSpec spec;
    private readonly TorchDevice device;
    private readonly torch.ScalarType type;
    private readonly ScalarKernelDevice host = new();
    private readonly LearnerModules networks;
    private readonly TorchReport report;
    private readonly TorchTargets targets;
    private readonly ITorchUpdate update;
    private readonly TorchBatchRing ring;
    private readonly ObservationNormalizer normalizer;
    private readonly RewardScaling rewardScaling;
    private readonly float[] figures = new float[ReportSlot.Count];
    private ulong seed;
    private ulong updateCounter;

    /// <summary>A learner that owns its device from here on.</summary>
    /// <param name="options">The algorithm and how it learns.</param>
    /// <param name="spec">The sizes of one transition.</param>
    /// <param name="device">Where it learns.</param>
    /// <param name="type">Float32, or Float64 to be held against a reference; that on the processor only.</param>
    /// <exception cref="InputException">An option is out of range, or a network of one's own does not fit.</exception>
    public TorchLearner(LearnerOptions options, TransitionSpec spec, TorchDevice device, torch.ScalarType type = torch.ScalarType.Float32)
    {
        options.Validate();
        (this.options, this.spec, this.device, this.type, seed) = (options, spec, device, type, options.Seed);
        bool isSac = options is SacOptions;
        Policy = new PolicySpec(
            isSac ? PolicyKind.SquashedGaussian : PolicyKind.Deterministic, spec.ObservationSize, spec.ActionSize, [.. options.HiddenSizes],
            options.NormalizeObservations)
        {
            Architecture = NetworkFactory.Own(options)?.Architecture,
        };
        using TorchDevice.StreamScope stream = device.Enter();
        networks = NetworkFactory.Create(options, spec, Policy, device, type);
        report = new TorchReport(device, type);
        targets = device.Context is null ? new TorchTargets() : new TorchTargets(options.BatchSize, device.Context, device.Stream!, device.Device);
        ring = device.Context is null
            ? new TorchBatchRing(spec, options.BatchSize)
            : new TorchBatchRing(spec, options.BatchSize, device.Context, device.Stream!, device.Device);
        update = options switch
        {
            SacOptions sac => new SacUpdate(
                sac, spec.ActionSize, networks,
                new EntropyCoefficient(sac.InitialAlpha, sac.EntropyLearningRate, type, device.Device), targets, report),
            Td3Options td3 => new Td3Update(td3, networks, torch.full(1, td3.Tau, type, device.Device), targets, report),
            _ => throw new ArgumentException($"There is no learner for {options.GetType().Name}.", nameof(options)),
        };
        normalizer = new ObservationNormalizer(host, spec.ObservationSize, options.NormalizeObservations);
        rewardScaling = new RewardScaling(options.RewardScale, options.NormalizeRewards);
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
            field = value;
        }
    } = 1;

    private string Algorithm => options is SacOptions ? "sac" : "td3";

    private bool PublishesAverage => options.PolicyAveraging > 0;

    /// <inheritdoc/>
    public BatchBuffer TakePage() => ring.Take().Batch;

    /// <inheritdoc/>
    public LearnerReport Update(in TransitionBatch batch)
    {
        Observe(batch);
        using TorchDevice.StreamScope stream = device.Enter();
        using (torch.NewDisposeScope())
        {
            TorchBatch sent = Prepare(ring.Send());
            bool withPolicy = (Updates + 1) % options.PolicyDelay == 0;
            update.UpdateCritics(sent, withPolicy, LearningRateScale);
            if (withPolicy)
            {
                update.UpdatePolicy(sent, LearningRateScale);
            }

            ring.Release();
            report.Read(figures);
        }

        Divergence.RequireFiniteReport(figures, Updates + 1);
        Updates++;
        return new LearnerReport(figures);
    }

    /// <inheritdoc/>
    public void CopyPolicy(Span<float> destination) => CopyPolicy(PublishesAverage ? networks.TargetPolicy! : networks.Policy, destination);

    /// <inheritdoc/>
    public void CopyActingPolicy(Span<float> destination) => CopyPolicy(networks.Policy, destination);

    /// <inheritdoc/>
    public void Dispose()
    {
        ring.Dispose();
        update.Dispose();
        targets.Dispose();
        report.Dispose();
        networks.Dispose();
        host.Dispose();
        device.Dispose();
    }

    private void CopyPolicy(torch.nn.Module policy, Span<float> destination)
    {
        if (destination.Length != Policy.BlockLength)
        {
            throw new ArgumentException($"The policy's block has {Policy.BlockLength} floats, not {destination.Length}.", nameof(destination));
        }

        using TorchDevice.StreamScope stream = device.Enter();
        using IDisposable scope = torch.NewDisposeScope();
        int at = normalizer.CopyTo(destination);
        foreach ((string key, Tensor tensor) in policy.state_dict())
        {
            // A block has the default networks' matrices as [in, out], and all of a network of one's own as it is.
            float[] values = TensorCodec.Read(Policy.Architecture is null && tensor.dim() == 2 ? tensor.t() : tensor);
            Divergence.RequireFinite(values, "actor", key, Updates);
            values.CopyTo(destination[at..]);
            at += values.Length;
        }
    }

    // What the host does before a batch crosses: checks it, takes it into the running statistics, scales its rewards, draws its noise.
    private void Observe(in TransitionBatch batch)
    {
        Divergence.RequireFinite(batch, spec, options.BatchSize, Updates + 1);
        TorchPage page = ring.Take();
        if (!Unsafe.AreSame(ref MemoryMarshal.GetReference(batch.Observations), ref MemoryMarshal.GetReference(page.Batch.Observations)))
        {
            batch.Observations.CopyTo(page.Batch.Observations);
            batch.Actions.CopyTo(page.Batch.Actions);
            batch.Discounts.CopyTo(page.Batch.Discounts);
            batch.NextObservations.CopyTo(page.Batch.NextObservations);
        }

        normalizer.Merge(batch.Observations);
        normalizer.CopyTo(page.Normalization);
        rewardScaling.Apply(batch.Rewards, page.Batch.Rewards);
        updateCounter++;
        bool isSac = options is SacOptions;
        Philox.Normals(seed, isSac ? NoiseStream.TargetAction : NoiseStream.TargetSmoothing, updateCounter, page.TargetNoise);
        if (isSac && (Updates + 1) % options.PolicyDelay == 0)
        {
            Philox.Normals(seed, NoiseStream.PolicyAction, updateCounter, page.PolicyNoise);
        }
    }

    private TorchBatch Prepare(TorchBatch batch)
    {
        if (type != torch.ScalarType.Float32)
        {
            batch = new TorchBatch(
                As(batch.Observations), As(batch.Actions), As(batch.Rewards), As(batch.Discounts), As(batch.NextObservations),
                As(batch.TargetNoise), As(batch.PolicyNoise), As(batch.Mean), As(batch.Scale));
        }

        return options.NormalizeObservations
            ? batch with { Observations = Normalized(batch.Observations), NextObservations = Normalized(batch.NextObservations) }
            : batch;

        Tensor As(Tensor tensor) => tensor.to_type(type);

        Tensor Normalized(Tensor observations) =>
            ((observations - batch.Mean) * batch.Scale).clamp(-PolicySpec.NormalizationLimit, PolicySpec.NormalizationLimit);
    }
}
