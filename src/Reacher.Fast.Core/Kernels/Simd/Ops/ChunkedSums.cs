namespace Reacher.Fast.Core.Kernels.Simd.Ops;

/// <summary>Sums of a few hundred numbers in double precision, in order: losses and means, too short to be worth lanes or threads.</summary>
internal static unsafe class ChunkedSums
{
    public static double Sum(float* values, int count)
    {
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += values[i];
        }

        return sum;
    }
}
