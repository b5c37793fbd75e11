using Reacher.Fast.Replay.Weights;

namespace Reacher.Fast.Training.Env;

/// <summary>
/// What a <see cref="WeightChannel"/> is between processes, within one: lock-step training publishes here, and each
/// <see cref="WeightReader"/> takes the newest weights once. For one thread.
/// </summary>
/// <param name="floats">Floats of one publication.</param>
internal sealed class LocalWeights(int floats)
{
    private readonly float[] newest = new float[floats];
    private long publications;
    private long newestVersion;

    /// <summary>Floats of one publication.</summary>
    public int FloatCount => newest.Length;

    /// <summary>Replaces the newest weights.</summary>
    /// <param name="weights">As many floats as <see cref="FloatCount"/> says.</param>
    /// <param name="version">The updates that the weights are the result of.</param>
    public void Publish(ReadOnlySpan<float> weights, long version)
    {
        weights.CopyTo(newest);
        newestVersion = version;
        publications++;
    }

    /// <summary>Copies the newest weights unless the reader has seen them.</summary>
    /// <param name="destination">Takes them; as many floats as <see cref="FloatCount"/> says.</param>
    /// <param name="lastSeen">The reader's own; 0 at first.</param>
    /// <param name="version">The updates that the weights are the result of.</param>
    /// <returns>Whether there were newer ones.</returns>
    public bool TryRead(Span<float> destination, ref long lastSeen, out long version)
    {
        version = newestVersion;
        if (lastSeen == publications)
        {
            return false;
        }

        newest.CopyTo(destination);
        lastSeen = publications;
        return true;
    }
}
