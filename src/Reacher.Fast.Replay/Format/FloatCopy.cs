using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reacher.Fast.Replay.Format;

/// <summary>
/// Copies the parts of a row, a few to a few hundred floats. A call of the runtime's copy for each, or a loop that takes
/// eight at a time, costs a third of a whole gather.
/// </summary>
internal static unsafe class FloatCopy
{
    /// <summary>
    /// 32 floats at a time, then 8; the last 8 (or 4) overlap those before instead of a scalar tail. The two may not overlap.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(float* to, float* from, nint count)
    {
        if (count >= Vector256<float>.Count)
        {
            float* lastFrom = from + count - Vector256<float>.Count;
            float* lastTo = to + count - Vector256<float>.Count;
            for (; count > 4 * Vector256<float>.Count; count -= 4 * Vector256<float>.Count)
            {
                Vector256<float> a = Vector256.Load(from), b = Vector256.Load(from + 8);
                Vector256<float> c = Vector256.Load(from + 16), d = Vector256.Load(from + 24);
                a.Store(to);
                b.Store(to + 8);
                c.Store(to + 16);
                d.Store(to + 24);
                from += 4 * Vector256<float>.Count;
                to += 4 * Vector256<float>.Count;
            }

            for (; count > Vector256<float>.Count; count -= Vector256<float>.Count)
            {
                Vector256.Load(from).Store(to);
                from += Vector256<float>.Count;
                to += Vector256<float>.Count;
            }

            Vector256.Load(lastFrom).Store(lastTo);
        }
        else if (count >= Vector128<float>.Count)
        {
            Vector128<float> first = Vector128.Load(from), last = Vector128.Load(from + count - Vector128<float>.Count);
            first.Store(to);
            last.Store(to + count - Vector128<float>.Count);
        }
        else
        {
            for (nint i = 0; i < count; i++)
            {
                to[i] = from[i];
            }
        }
    }
}
