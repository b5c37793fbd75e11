using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Kernels;

namespace Reacher.Fast.Core.Tests.Learner;

/// <summary>Batches for tests: noise, with a reward that depends on the action so that there is something to learn.</summary>
internal static class Batches
{
    public static BatchBuffer Random(TransitionSpec spec, int count, ulong number)
    {
        var batch = new BatchBuffer(spec, count);
        float[] normals = new float[count * spec.PayloadFloats];
        Philox.Normals(seed: 77, NoiseStream.Exploration, number, normals);
        Span<float> rest = normals;
        Take(batch.Observations, ref rest);
        Take(batch.NextObservations, ref rest);
        Take(batch.Actions, ref rest);
        for (int i = 0; i < batch.Actions.Length; i++)
        {
            batch.Actions[i] = MathF.Tanh(batch.Actions[i]);
        }

        for (int b = 0; b < count; b++)
        {
            batch.Rewards[b] = batch.Actions[b * spec.ActionSize] - (0.5f * batch.Observations[b * spec.ObservationSize]);
            batch.Discounts[b] = b % 5 == 4 ? 0 : 0.99f;
        }

        return batch;
    }

    private static void Take(Span<float> destination, ref Span<float> source)
    {
        source[..destination.Length].CopyTo(destination);
        source = source[destination.Length..];
    }
}
