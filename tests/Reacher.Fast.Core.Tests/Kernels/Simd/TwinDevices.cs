using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Kernels.Scalar;
using Reacher.Fast.Core.Memory;
using Reacher.Fast.Core.Vectors;

namespace Reacher.Fast.Core.Tests.Kernels.Simd;

/// <summary>One way the SIMD device can be run; every test of an op runs over all of them.</summary>
internal sealed record SimdPath(InstructionSet Set, int Threads, bool GuardAtEnd)
{
    public static IEnumerable<SimdPath> All =>
    [
        new(InstructionSet.Vector128, 1, true), new(InstructionSet.Vector128, 3, false),
        new(InstructionSet.Vector256, 1, true), new(InstructionSet.Vector256, 2, true), new(InstructionSet.Vector256, 3, false),
        new(InstructionSet.Vector512, 1, true), new(InstructionSet.Vector512, 3, false),
    ];

    public override string ToString() => $"{Set} x{Threads}, guard {(GuardAtEnd ? "after" : "before")}";
}

/// <summary>
/// The scalar device and a SIMD one side by side: the same values go into both, the same op runs on both, and the outputs
/// must agree. Each tensor is a block of its own, so that a guard page touches it; padding must be zero after every op.
/// </summary>
internal sealed unsafe class TwinDevices : IDisposable
{
    private readonly Random random = new(20240607);
    private readonly List<Twin> twins = [];
    private readonly SimdPath path;

    public TwinDevices(SimdPath path)
    {
        this.path = path;
        Fast = CpuDevices.Create(path.Set, path.Threads, pin: false, Allocate);
        Reference = new ScalarKernelDevice();
        Fast.NoiseSeed = Reference.NoiseSeed = 0x1234_5678_9ABC_DEF0;
        Fast.UpdateCounter = Reference.UpdateCounter = 41;
    }

    public IKernelDevice Fast { get; }

    public IKernelDevice Reference { get; }

    /// <summary>A tensor on both devices, with normal values times <paramref name="scale"/>.</summary>
    public Twin Normal(string name, int heads, int rows, int columns, float scale = 1f) =>
        With(name, heads, rows, columns, _ =>
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            return (float)(scale * radius * Math.Cos(2 * Math.PI * random.NextDouble()));
        });

    /// <summary>A tensor on both devices, with the values of a function of the flat index.</summary>
    public Twin With(string name, int heads, int rows, int columns, Func<int, float> value)
    {
        TensorShape shape = new(name, heads, rows, columns);
        Twin twin = new(Fast.Allocate(name, shape), Reference.Allocate(name, shape));
        float[] values = [.. Enumerable.Range(0, (int)shape.Elements).Select(value)];
        Fast.Upload(values, twin.Fast[0]);
        Reference.Upload(values, twin.Reference[0]);
        twins.Add(twin);
        return twin;
    }

    /// <summary>Runs an op on both devices: the second argument picks the device's tensor of a twin.</summary>
    public void Run(Action<IKernelDevice, Func<Twin, Tensor>> op)
    {
        op(Reference, twin => twin.Reference[0]);
        op(Fast, twin => twin.Fast[0]);
        foreach (Twin twin in twins)
        {
            AssertPaddingIsZero(twin.Fast[0]);
        }
    }

    /// <summary>Both devices hold the same, to <paramref name="tolerance"/> of the larger of 1 and the tensor's largest magnitude.</summary>
    public void AssertEqual(Twin twin, double tolerance)
    {
        float[] expected = Read(Reference, twin.Reference[0]), actual = Read(Fast, twin.Fast[0]);
        double bound = tolerance * Math.Max(1, expected.Max(Math.Abs));
        for (int i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(expected[i] - actual[i]) <= bound))
            {
                Assert.Fail($"{twin.Fast[0]} on {path}: element {i} is {actual[i]:r}, the reference has {expected[i]:r} (bound {bound:g3}).");
            }
        }
    }

    public static float[] Read(IKernelDevice device, Tensor tensor)
    {
        float[] values = new float[tensor.Shape.Elements];
        device.Download(tensor, values);
        return values;
    }

    public void Dispose()
    {
        Fast.Dispose();
        Reference.Dispose();
    }

    /// <summary>Memory for a tensor, behind a guard page where the system has such; plain memory elsewhere.</summary>
    private (nint Address, IDisposable Owner) Allocate(int floats)
    {
        if (!OperatingSystem.IsLinux())
        {
            AlignedMemory<float> plain = new(floats);
            return (plain.Address, plain);
        }

        GuardedMemory memory = new((nuint)floats * sizeof(float), path.GuardAtEnd);
        return (memory.Address, memory);
    }

    private void AssertPaddingIsZero(Tensor tensor)
    {
        int width = (int)path.Set / 32 * 2;
        for (int head = 0; head < tensor.Heads; head++)
        {
            PackedMatrix matrix = new((float*)tensor.Address + head * tensor.HeadStride, tensor.Rows, tensor.Columns, width);
            for (int row = 0; row < matrix.Rows; row++)
            {
                for (int column = matrix.Columns; column < matrix.Panels * width; column++)
                {
                    if (*matrix.At(row, column) != 0)
                    {
                        Assert.Fail($"{tensor} on {path}: padding [{head}, {row}, {column}] is {*matrix.At(row, column):r}.");
                    }
                }
            }
        }
    }

    /// <summary>The same tensor on both devices.</summary>
    internal sealed record Twin(TensorBlock Fast, TensorBlock Reference);
}
