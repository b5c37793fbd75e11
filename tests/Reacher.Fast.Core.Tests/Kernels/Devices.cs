using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Kernels.Scalar;

namespace Reacher.Fast.Core.Tests.Kernels;

/// <summary>The devices every op's and every learner's test runs on. One line each.</summary>
public static class Devices
{
    public static IEnumerable<TestCaseData<DeviceUnderTest>> All =>
    [
        Case(new("scalar", () => new ScalarKernelDevice(), Tolerance: 1e-6)),
    ];

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
