using System.Runtime.CompilerServices;
using Reacher.Fast.Core.Kernels.Simd.Threads;
using Reacher.Fast.Core.Vectors;

namespace Reacher.Fast.Core.Kernels.Simd.Ops;

/// <summary>
/// q[b] = x[b] . w + c, for one or two heads. One output would fill one lane of a panel; as dot products along the rows, four
/// rows at a time, the op reads x once and nothing else.
/// </summary>
internal unsafe struct ValueHeadWork<T> : ITeamWork
    where T : unmanaged, ISimd<T>
{
    public PackedMatrix X0;
    public PackedMatrix X1;
    public float* W0;
    public float* W1;
    public float* Bias0;
    public float* Bias1;
    public float* Q0;
    public float* Q1;
    public int Heads;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int member, int members)
    {
        WorkRange rows = new(X0.Rows, member, members, grain: 4);
        Head(X0, W0, *Bias0, Q0, rows);
        if (Heads == 2)
        {
            Head(X1, W1, *Bias1, Q1, rows);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Head(in PackedMatrix x, float* w, float bias, float* q, WorkRange rows)
    {
        int width = x.Width;
        int row = rows.Begin;
        for (; row + 4 <= rows.End; row += 4)
        {
            T a = T.Zero, b = T.Zero, c = T.Zero, d = T.Zero;
            T a1 = T.Zero, b1 = T.Zero, c1 = T.Zero, d1 = T.Zero;
            float* element = x.At(row, 0);
            float* weight = w;
            for (int panel = 0; panel < x.Panels; panel++)
            {
                T w0 = T.Load(weight), w1 = T.Load(weight + T.Count);
                T.Accumulate(ref a, element, w0);
                T.Accumulate(ref a1, element + T.Count, w1);
                T.Accumulate(ref b, element + width, w0);
                T.Accumulate(ref b1, element + width + T.Count, w1);
                T.Accumulate(ref c, element + 2 * width, w0);
                T.Accumulate(ref c1, element + 2 * width + T.Count, w1);
                T.Accumulate(ref d, element + 3 * width, w0);
                T.Accumulate(ref d1, element + 3 * width + T.Count, w1);
                element += x.PanelStep;
                weight += width;
            }

            q[row] = T.Sum(a + a1) + bias;
            q[row + 1] = T.Sum(b + b1) + bias;
            q[row + 2] = T.Sum(c + c1) + bias;
            q[row + 3] = T.Sum(d + d1) + bias;
        }

        for (; row < rows.End; row++)
        {
            T a = T.Zero, a1 = T.Zero;
            float* element = x.At(row, 0);
            float* weight = w;
            for (int panel = 0; panel < x.Panels; panel++)
            {
                T.Accumulate(ref a, element, T.Load(weight));
                T.Accumulate(ref a1, element + T.Count, T.Load(weight + T.Count));
                element += x.PanelStep;
                weight += width;
            }

            q[row] = T.Sum(a + a1) + bias;
        }
    }
}

/// <summary>
/// dx[b] = dq[b] w * 1[gate > 0] and dw = sum_b dq[b] x[b], in one pass, divided by panels: every column of dw is summed over
/// the batch by one member.
/// </summary>
internal unsafe struct ValueHeadBackwardWork<T> : ITeamWork
    where T : unmanaged, ISimd<T>
{
    public float* Dq;
    public PackedMatrix X;
    public float* W;
    public PackedMatrix Dx;
    public float* Gate;
    public float* Dw;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int member, int members)
    {
        WorkRange panels = new(X.Panels, member, members);
        int width = X.Width;
        int rows = X.Rows;
        for (int panel = panels.Begin; panel < panels.End; panel++)
        {
            nint offset = panel * X.PanelStep;
            float* x = X.Data + offset;
            float* dx = Dx.Data + offset;
            float* gate = Gate == null ? null : Gate + offset;
            T w0 = T.Load(W + (nint)panel * width), w1 = T.Load(W + (nint)panel * width + T.Count);
            T dw0 = T.Zero, dw1 = T.Zero;
            for (int row = 0; row < rows; row++)
            {
                T dq = T.Create(Dq[row]);
                T dx0 = dq * w0, dx1 = dq * w1;
                if (gate != null)
                {
                    dx0 &= T.GreaterThan(T.Load(gate), T.Zero);
                    dx1 &= T.GreaterThan(T.Load(gate + T.Count), T.Zero);
                    gate += width;
                }

                if (Dw != null)
                {
                    T.Accumulate(ref dw0, x, dq);
                    T.Accumulate(ref dw1, x + T.Count, dq);
                    x += width;
                }

                T.Store(dx0, dx);
                T.Store(dx1, dx + T.Count);
                dx += width;
            }

            if (Dw != null)
            {
                T.Store(dw0, Dw + (nint)panel * width);
                T.Store(dw1, Dw + (nint)panel * width + T.Count);
            }
        }
    }
}
