using System.Runtime.InteropServices;

namespace Reacher.Fast.Core.Kernels.Simd.Threads;

/// <summary>
/// A number that one thread raises and another waits for: spinning at first, because the next op follows within microseconds,
/// then yielding, then parked, so that a learner waiting for data burns nothing. One publisher, one waiter.
/// </summary>
/// <remarks>
/// No wake-up is lost. The publisher: (1) value, (2) full fence, (3) read parked. The waiter: (a) parked, (b) full fence,
/// (c) read value. Of (3) and (c) at least one sees the other side's write. Where (3) sees parked, the pulse needs the gate
/// that the waiter holds from before (a) until it waits.
/// </remarks>
internal sealed class ThreadSignal
{
    /// <summary>About 40 microseconds: the longest gap between two ops of an update.</summary>
    private const int Spins = 1000;

    /// <summary>Turns given away before parking: on a machine with fewer cores than busy threads they do the work waited for.</summary>
    private const int Yields = 100;

    private readonly object gate = new();
    private Padded state;

    /// <summary>Makes <paramref name="value"/>, higher than any before, and all writes before it visible to the waiter.</summary>
    public void Publish(long value)
    {
        // Release: pairs with the Volatile.Read of value in Reached.
        Volatile.Write(ref state.Value, value);
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref state.Parked) != 0)
        {
            lock (gate)
            {
                Monitor.Pulse(gate);
            }
        }
    }

    /// <summary>Returns once <paramref name="value"/> has been published.</summary>
    public void WaitFor(long value)
    {
        for (int spin = 0; spin < Spins; spin++)
        {
            if (Reached(value))
            {
                return;
            }

            Thread.SpinWait(1);
        }

        for (int turn = 0; turn < Yields; turn++)
        {
            if (Reached(value))
            {
                return;
            }

            Thread.Yield();
        }

        lock (gate)
        {
            Volatile.Write(ref state.Parked, 1);
            Interlocked.MemoryBarrier();
            while (!Reached(value))
            {
                Monitor.Wait(gate);
            }

            Volatile.Write(ref state.Parked, 0);
        }
    }

    private bool Reached(long value) => Volatile.Read(ref state.Value) >= value;

    /// <summary>The spun-on word alone on its two lines: neighbours in the heap would be torn from their owners at every look.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 384)]
    private struct Padded
    {
        [FieldOffset(128)]
        public long Value;

        [FieldOffset(136)]
        public int Parked;
    }
}
