using Reacher.Fast.Replay.Weights;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Env;

/// <summary>
/// The newest policies that the learner has published. Reading never waits; a read that came to nothing leaves the last ones as they
/// were.
/// </summary>
internal sealed class WeightReader
{
    private readonly TryReadWeights read;
    private float[] weights;
    private float[] incoming;
    private long lastSeen;

    /// <summary>Reads what another process publishes.</summary>
    public WeightReader(WeightChannel channel)
        : this(channel.TryRead, channel.FloatCount)
    {
    }

    /// <summary>Reads what this process publishes.</summary>
    public WeightReader(LocalWeights local)
        : this(local.TryRead, local.FloatCount)
    {
    }

    private WeightReader(TryReadWeights read, int floats)
    {
        this.read = read;
        weights = new float[floats];
        incoming = new float[floats];
    }

    /// <summary>How weights are taken; see <see cref="WeightChannel.TryRead"/>.</summary>
    private delegate bool TryReadWeights(Span<float> destination, ref long lastSeen, out long version);

    /// <summary>The policy to act with while training, as last read.</summary>
    public ReadOnlySpan<float> Acting => PolicyPair.Acting(weights);

    /// <summary>The policy to evaluate, as last read; of the same update.</summary>
    public ReadOnlySpan<float> Evaluated => PolicyPair.Evaluated(weights);

    /// <summary>The updates that the weights are the result of; -1 before the first.</summary>
    public long Version { get; private set; } = -1;

    /// <summary>Takes newer weights if there are any.</summary>
    /// <returns>Whether there were newer weights.</returns>
    public bool Refresh()
    {
        if (!read(incoming, ref lastSeen, out long version))
        {
            return false;
        }

        (weights, incoming) = (incoming, weights);
        Version = version;
        return true;
    }
}
