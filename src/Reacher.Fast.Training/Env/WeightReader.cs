using Reacher.Fast.Replay.Weights;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Env;

/// <summary>The newest whole block of the weight channel. Reading never waits; a read that came to nothing leaves the last block as it was.</summary>
internal sealed class WeightReader(WeightChannel channel)
{
    private float[] block = new float[channel.FloatCount];
    private float[] incoming = new float[channel.FloatCount];
    private long lastSeen;

    /// <summary>The policy to act with while training, as last read.</summary>
    public ReadOnlySpan<float> Acting => PublishedPolicies.Acting(block);

    /// <summary>The policy to evaluate, as last read; of the same update.</summary>
    public ReadOnlySpan<float> Evaluated => PublishedPolicies.Evaluated(block);

    /// <summary>Updates behind it; -1 before the first.</summary>
    public long Version { get; private set; } = -1;

    /// <summary>Takes a newer block if there is one.</summary>
    /// <returns>Whether there was.</returns>
    public bool Refresh()
    {
        if (!channel.TryRead(incoming, ref lastSeen, out long version))
        {
            return false;
        }

        (block, incoming) = (incoming, block);
        Version = version;
        return true;
    }
}
