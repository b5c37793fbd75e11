using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Kernels.Scalar;
using Reacher.Fast.Core.Vectors;

namespace Reacher.Fast.Core.Tests.Kernels;

/// <summary>
/// The devices every op's and every learner's test runs on. One line each. Vectors wider than the processor's are emulated by
/// the runtime: slow, but the arithmetic and the packing are those of the wider processor.
/// </summary>
public static class TestDevices
{
    public static IEnumerable<TestCaseData<DeviceUnderTest>> All =>
    [
        Case(new("scalar", () => new ScalarKernelDevice(), Tolerance: 1e-6)),
        Case(Simd(InstructionSet.Vector128, threads: 1)),
        Case(Simd(InstructionSet.Vector256, threads: 2)),
        Case(Simd(InstructionSet.Vector512, threads: 1)),
    ];

    /// <summary>Sums and functions in float32, as a processor's vectors have them.</summary>
    private static DeviceUnderTest Simd(InstructionSet set, int threads) =>
        new($"{set}, {threads} threads", () => CpuDevices.Create(set, threads, pin: false, allocator: null), Tolerance: 3e-6);

    private static TestCaseData<DeviceUnderTest> Case(DeviceUnderTest device) => new(device) { TestName = "{m}(" + device.Name + ")" };
}

/// <summary>How to make a device, and how exact it promises to be.</summary>
/// <param name="Name">Shown in the test's name.</param>
/// <param name="Create">A fresh one.</param>
/// <param name="Tolerance">Largest error of one op, relative to the largest magnitude in its result.</param>
public sealed record DeviceUnderTest(string Name, Func<IKernelDevice> Create, double Tolerance)
{
    public override string ToString() => Name;
}
