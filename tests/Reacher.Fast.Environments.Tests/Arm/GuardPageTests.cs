using System.Runtime.InteropServices;
using Reacher.Fast.Core.Vectors;
using Reacher.Fast.Environments.Arm;

namespace Reacher.Fast.Environments.Tests.Arm;

/// <summary>
/// The vector step works on pointers. Here its block ends, and in a second run begins, at a page that must not be touched:
/// an access beyond it ends the process.
/// </summary>
[Platform("Linux")]
public sealed unsafe partial class GuardPageTests
{
    private const int PageSize = 4096;

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
        using Guarded block = new(size);
        using Guarded joints = new(work);
        float* b = (float*)(atEnd ? block.End - size : block.Start);
        WideJoints<T>* j = (WideJoints<T>*)(atEnd ? joints.End - work : joints.Start);
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

    private sealed partial class Guarded : IDisposable
    {
        private const int ReadWrite = 3;
        private const int PrivateAnonymous = 0x22;
        private readonly byte* memory;
        private readonly nuint bytes;

        public Guarded(nuint size)
        {
            nuint inner = (size + PageSize - 1) / PageSize * PageSize;
            bytes = inner + (2 * PageSize);
            memory = (byte*)Map(0, bytes, ReadWrite, PrivateAnonymous, -1, 0);
            Start = memory + PageSize;
            End = Start + inner;
            Assert.That((nint)memory, Is.Not.EqualTo((nint)(-1)));
            Assert.That(Protect((nint)memory, PageSize, 0) + Protect((nint)End, PageSize, 0), Is.Zero);
        }

        public byte* Start { get; }

        public byte* End { get; }

        public void Dispose() => _ = Unmap((nint)memory, bytes);

        [LibraryImport("libc", EntryPoint = "mmap")]
        private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

        [LibraryImport("libc", EntryPoint = "mprotect")]
        private static partial int Protect(nint address, nuint length, int protection);

        [LibraryImport("libc", EntryPoint = "munmap")]
        private static partial int Unmap(nint address, nuint length);
    }
}
