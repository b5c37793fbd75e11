namespace Reacher.Fast.Replay.Writing;

/// <summary>Learns which positions a writer has claimed while none of them is written yet.</summary>
internal interface IClaimWitness
{
    /// <summary>The writer has claimed <paramref name="count"/> positions from <paramref name="start"/> on.</summary>
    void Claimed(ulong start, int count);
}
