using Reacher.Fast.Core.Vectors;
using Reacher.Fast.Environments.Arm;

namespace Reacher.Fast.Environments.Tests.Arm;

/// <summary>
/// The vector step works on pointers. Here its block ends, and in a second run begins, at a page that must not be touched:
/// an access beyond it ends the process.
/// </summary>
[Platform("Linux")]
public sealed unsafe class GuardPageTests
{
    [Test]
    public void A_step_stays_within_its_block([Values] bool atEnd, [Values] bool kick)
    {
        Run<Simd128>(atEnd, kick);
        Run<Simd256>(atEnd, kick);
        Run<Simd512>(atEnd, kick);
    }

    private static void Run<T>(bool atEnd, bool kick)
        where T : unmanaged, ISimd<T>
    {
        nuint size = (nuint)(Rows.Count * T.Count * sizeof(float));
        nuint work = (nuint)sizeof(WideJoints<T>);
        using GuardedMemory block = new(size, atEnd);
        using GuardedMemory joints = new(work, atEnd);
        float* b = (float*)block.Address;
        WideJoints<T>* j = (WideJoints<T>*)joints.Address;
        for (int lane = 0; lane < T.Count; lane++)
        {
            b[(1 * T.Count) + lane] = -4;
            b[(14 * T.Count) + lane] = -11.4545455f;
            b[(3 * T.Count) + lane] = b[(16 * T.Count) + lane] = 1;
            b[((Rows.Goal + 1) * T.Count) + lane] = b[((Rows.GoalStep + 1) * T.Count) + lane] = 1;
            b[((Rows.TorqueAxes + 1) * T.Count) + lane] = b[((Rows.TorqueAxes + 4) * T.Count) + lane] = -1;
        }

        for (int i = 0; i < 100; i++)
        {
            WideStep<T>.Step(b, j, -1, 3.5f, kick);
        }

        Assert.That(b[T.Count], Is.EqualTo(-4).Within(1e-4), "an arm without torque hangs where it hung");
    }
}
