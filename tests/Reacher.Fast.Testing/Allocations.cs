namespace Reacher.Fast.Testing;

/// <summary>What code allocates.</summary>
public static class Allocations
{
    /// <summary>
    /// A turn that allocates does so in every try. What the runtime adds once, when it compiles a method anew, is in one of
    /// them, so the least of a few tries is what the code itself takes.
    /// </summary>
    private const int Tries = 3;

    /// <summary>The bytes that one run of <paramref name="body"/> allocates on this thread.</summary>
    public static long Of(Action body)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        body();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>
    /// The bytes that <paramref name="turns"/> turns allocate on this thread: as many go before, which fill what is filled
    /// once, and of a few tries the least counts.
    /// </summary>
    public static long Least(int turns, Action turn) => Least(turns, turn, GC.GetAllocatedBytesForCurrentThread);

    /// <summary>As <see cref="Least(int, Action)"/>, on all threads: for code whose workers' share matters as much.</summary>
    public static long LeastOnAllThreads(int turns, Action turn) => Least(turns, turn, static () => GC.GetTotalAllocatedBytes(precise: true));

    /// <summary>Fails the test where <paramref name="turns"/> turns allocate anything on this thread once they are warm.</summary>
    public static void AssertNone(int turns, Action turn, string? what = null) => Assert.That(Least(turns, turn), Is.Zero, what);

    private static long Least(int turns, Action turn, Func<long> allocated)
    {
        Run(turns, turn);
        long least = long.MaxValue;
        for (int attempt = 0; attempt < Tries; attempt++)
        {
            long before = allocated();
            Run(turns, turn);
            least = Math.Min(least, allocated() - before);
        }

        return least;
    }

    private static void Run(int turns, Action turn)
    {
        for (int i = 0; i < turns; i++)
        {
            turn();
        }
    }
}
