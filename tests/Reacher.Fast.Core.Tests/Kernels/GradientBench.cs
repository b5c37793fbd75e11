using Reacher.Fast.Core.Kernels;

namespace Reacher.Fast.Core.Tests.Kernels;

/// <summary>
/// Tensors with known values on a device, and central differences. An op is tested against its formula written again in
/// double: its result against the formula's, its gradient against differences of the formula, of which float32 knows nothing.
/// </summary>
internal sealed class GradientBench(DeviceUnderTest kind) : IDisposable
{
    private ulong drawn;

    public IKernelDevice Device { get; } = kind.Create();

    public double Tolerance => kind.Tolerance;

    /// <summary>Normal numbers, other ones each time.</summary>
    public float[] Normals(int count, double scale = 1)
    {
        float[] values = new float[count];
        Philox.Normals(5, NoiseStream.Exploration, ++drawn, values);
        return Array.ConvertAll(values, value => (float)(scale * value));
    }

    /// <summary>A tensor with these values, or NaN everywhere: an op must write every element of its result.</summary>
    public Tensor Tensor(int heads, int rows, int columns, float[]? values = null)
    {
        Tensor tensor = Device.Allocate("test", new TensorShape("tensor", heads, rows, columns))[0];
        float[] all = values ?? new float[heads * rows * columns];
        if (values is null)
        {
            Array.Fill(all, float.NaN);
        }

        Device.Upload(all, tensor);
        return tensor;
    }

    public float[] Values(Tensor tensor)
    {
        float[] values = new float[tensor.Shape.Elements];
        Device.Download(tensor, values);
        return values;
    }

    /// <summary>Fails unless all differences are within the device's tolerance of the largest expected magnitude.</summary>
    public void AssertClose(Tensor actual, IReadOnlyList<double> expected, string what) => AssertClose(Values(actual), expected, what);

    public void AssertClose(float[] actual, IReadOnlyList<double> expected, string what, double factor = 1)
    {
        double largest = Math.Max(1e-3, expected.Max(Math.Abs));
        Assert.That(actual, Has.Length.EqualTo(expected.Count), what);
        for (int i = 0; i < actual.Length; i++)
        {
            Assert.That((double)actual[i], Is.EqualTo(expected[i]).Within(factor * Tolerance * largest), $"{what}, element {i}");
        }
    }

    /// <summary>
    /// Fails unless <paramref name="gradient"/> is that of <paramref name="loss"/> at <paramref name="at"/>, by central
    /// differences at up to 48 places spread over the whole.
    /// </summary>
    public void AssertGradient(Tensor gradient, Func<double[], double> loss, float[] at, string what, double step = 1e-4)
    {
        float[] actual = Values(gradient);
        Assert.That(actual, Has.Length.EqualTo(at.Length), what);
        Assert.That(actual, Has.None.NaN, what);
        double largest = Math.Max(1e-3, actual.Max(value => Math.Abs((double)value)));
        int stride = Math.Max(1, at.Length / 48);
        double[] x = Array.ConvertAll(at, value => (double)value);
        for (int i = 0; i < at.Length; i += stride)
        {
            double middle = x[i];
            x[i] = middle + step;
            double above = loss(x);
            x[i] = middle - step;
            double below = loss(x);
            x[i] = middle;
            double expected = (above - below) / (2 * step);

            // 1e-7: the differences' own error, a third derivative of order 10 times step^2.
            Assert.That((double)actual[i], Is.EqualTo(expected).Within((Tolerance * largest) + 1e-7), $"{what}, element {i}");
        }
    }

    public void Dispose() => Device.Dispose();
}
