using Reacher.Fast.Core.Kernels;

namespace Reacher.Fast.Core.Networks;

/// <summary>
/// A policy that acts: the weights of one flat block and a device to run them on. Any number of observations, in pieces of a
/// fixed size. Acting advances the device's noise counter, so the device must not be a learner's. One thread at a time. A policy that is
/// trained already is opened with <c>PolicyFile.Open</c>.
/// </summary>
public sealed class Policy : IPolicy
{
    /// <summary>Observations of a piece if nothing else is asked for: the twenty arms in one.</summary>
    public const int DefaultBatchSize = 20;

    private readonly IKernelDevice device;
    private readonly PolicyNetwork network;
    private readonly TensorBlock parameters;
    private readonly Tensor observations;
    private readonly Tensor mean;
    private readonly Tensor scale;
    private readonly Tensor action;
    private readonly Tensor noise;
    private readonly Tensor logProbability;
    private readonly DeviceProgram mode;
    private readonly DeviceProgram sample;
    private readonly float[] observationStaging;
    private readonly float[] actionStaging;
    private readonly int batch;
    private readonly IPolicyModule? module;
    private readonly float[] moduleInputs;
    private readonly float[] moduleOutputs;
    private IDisposable? owned;
    private int untilNewNoise;

    /// <summary>
    /// A policy with all weights 0 until <see cref="Load"/>, that runs <paramref name="batchSize"/> observations at once.
    /// Its memory is the device's and goes with it.
    /// </summary>
    public Policy(PolicySpec spec, IKernelDevice device, int batchSize = DefaultBatchSize)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(device);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        Spec = spec;
        this.device = device;
        batch = batchSize;
        module = spec.Architecture?.Create(spec);
        moduleInputs = new float[module is null ? 0 : batch * spec.ObservationSize];
        moduleOutputs = new float[module is null ? 0 : batch * spec.OutputSize];
        network = new PolicyNetwork(device, spec, batch, trained: false);
        parameters = NetworkParameters.Allocate(device, "actor", network.Parameters);
        TensorBlock block = device.Allocate(
            "policy",
            new("observations", 1, batch, spec.ObservationSize),
            new("mean", 1, 1, spec.ObservationSize),
            new("scale", 1, 1, spec.ObservationSize),
            new("action", 1, batch, spec.ActionSize),
            new("noise", 1, batch, spec.ActionSize),
            new("log_probability", 1, 1, batch));
        (observations, mean, scale, action, noise, logProbability) = (block[0], block[1], block[2], block[3], block[4], block[5]);
        observationStaging = new float[batch * spec.ObservationSize];
        actionStaging = new float[batch * spec.ActionSize];
        mode = new DeviceProgram("policy-mode", RunMode);
        sample = new DeviceProgram("policy-sample", RunSample);
    }

    /// <summary>The shape of the policy, and of the block that <see cref="Load"/> takes.</summary>
    public PolicySpec Spec { get; }

    /// <inheritdoc/>
    public int ObservationSize => Spec.ObservationSize;

    /// <inheritdoc/>
    public int ActionSize => Spec.ActionSize;

    /// <summary>
    /// For how many calls of <see cref="ActExploring"/> an agent keeps its noise. Noise that lasts moves a body where noise drawn anew
    /// each time only shakes it (Raffin et al. 2022, "Smooth exploration for robotic reinforcement learning", section 3: sampled every n
    /// steps); the distribution of each single action is the policy's all the same.
    /// </summary>
    public int NoiseHold { get; init; } = 1;

    /// <summary>As the constructor, with a device that the policy owns from here on and disposes.</summary>
    public static Policy Create(PolicySpec spec, IKernelDevice device, int batchSize = DefaultBatchSize)
    {
        try
        {
            return new Policy(spec, device, batchSize) { owned = device };
        }
        catch
        {
            device?.Dispose();
            throw;
        }
    }

    /// <summary>Begins a new sequence of noise from the device's seed and counter.</summary>
    public void ResetNoise() => untilNewNoise = 0;

    /// <summary>Takes the weights (and the normaliser, if there is one) of a flat block as <see cref="PolicySpec"/> lays it out.</summary>
    /// <exception cref="ArgumentException">The block's length is not <see cref="PolicySpec.BlockLength"/>.</exception>
    public void Load(ReadOnlySpan<float> block)
    {
        if (block.Length != Spec.BlockLength)
        {
            throw new ArgumentException($"The policy's block has {block.Length} floats where {Spec.BlockLength} are needed.", nameof(block));
        }

        int at = 0;
        if (Spec.NormalizeObservations)
        {
            device.Upload(block[..Spec.ObservationSize], mean);
            device.Upload(block.Slice(Spec.ObservationSize, Spec.ObservationSize), scale);
            at = 2 * Spec.ObservationSize;
        }

        module?.Load(block[at..]);
        for (int i = 0; module is null && i < parameters.Tensors.Count; i++)
        {
            int length = (int)parameters[i].Shape.Elements;
            device.Upload(block.Slice(at, length), parameters[i]);
            at += length;
        }
    }

    /// <inheritdoc/>
    public void Act(ReadOnlySpan<float> observations, Span<float> actions) =>
        ActDeterministic(observations, observations.Length / Spec.ObservationSize, actions);

    /// <summary>The most likely actions: what evaluation and the exported model do. Writes [count, A].</summary>
    public void ActDeterministic(ReadOnlySpan<float> observations, int count, Span<float> actions) =>
        Act(observations, count, actions, deterministic: true, sigma: 0);

    /// <summary>
    /// Actions to learn from: sampled from SAC's Gaussian, or TD3's plus Gaussian noise of deviation
    /// <paramref name="explorationSigma"/>, clamped to [-1, 1] (Fujimoto et al. 2018, algorithm 1). Writes [count, A].
    /// </summary>
    public void ActExploring(ReadOnlySpan<float> observations, int count, Span<float> actions, float explorationSigma) =>
        Act(observations, count, actions, deterministic: false, explorationSigma);

    /// <summary>Disposes the device, where it is the policy's own; otherwise the policy's memory is the device's and goes with it.</summary>
    public void Dispose()
    {
        module?.Dispose();
        owned?.Dispose();
        owned = null;
    }

    /// <exception cref="ArgumentException">A span's length does not follow from <paramref name="count"/>.</exception>
    private void Act(ReadOnlySpan<float> from, int count, Span<float> actions, bool deterministic, float sigma)
    {
        (int o, int a) = (Spec.ObservationSize, Spec.ActionSize);
        if (from.Length != count * o || actions.Length != count * a)
        {
            throw new ArgumentException(
                $"{count} observations of {o} and actions of {a} floats do not have {from.Length} and {actions.Length} floats.");
        }

        for (int done = 0; done < count; done += batch)
        {
            int piece = Math.Min(batch, count - done);
            from.Slice(done * o, piece * o).CopyTo(observationStaging);
            observationStaging.AsSpan(piece * o).Clear();
            device.Upload(observationStaging, observations);
            device.Download(Run(deterministic, sigma), actionStaging);
            actionStaging.AsSpan(0, piece * a).CopyTo(actions[(done * a)..]);
        }
    }

    private Tensor Run(bool deterministic, float sigma)
    {
        if (!deterministic && untilNewNoise-- == 0)
        {
            device.AdvanceNoise();
            untilNewNoise = NoiseHold - 1;
        }

        DeviceProgram program = deterministic ? mode : sample;
        if (module is null)
        {
            device.Run(program);
        }
        else
        {
            program.Body(); // the module computes outside of the device, so nothing of it can be recorded
        }

        if (Spec.Kind == PolicyKind.SquashedGaussian)
        {
            return action;
        }

        if (deterministic)
        {
            return network.Output;
        }

        device.AddClippedNoise(network.Output, NoiseStream.Exploration, sigma, clip: float.PositiveInfinity, action);
        return action;
    }

    private void RunMode()
    {
        Tensor output = RunNetwork();
        if (Spec.Kind == PolicyKind.SquashedGaussian)
        {
            device.SquashedGaussianMode(output, action);
        }
    }

    private void RunSample()
    {
        Tensor output = RunNetwork();
        if (Spec.Kind == PolicyKind.SquashedGaussian)
        {
            device.SquashedGaussian(output, NoiseStream.Exploration, noise, action, logProbability);
        }
    }

    private Tensor RunNetwork()
    {
        if (Spec.NormalizeObservations)
        {
            device.Normalize(observations, mean, scale, PolicySpec.NormalizationLimit, observations);
        }

        if (module is null)
        {
            return network.Forward(parameters, observations);
        }

        device.Download(observations, moduleInputs);
        module.Forward(moduleInputs, batch, moduleOutputs);
        device.Upload(moduleOutputs, network.Output);
        return network.Output;
    }
}
