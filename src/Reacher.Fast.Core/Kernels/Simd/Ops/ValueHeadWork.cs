using System.Runtime.CompilerServices;
using Reacher.Fast.Core.Kernels.Simd.Threads;
using Reacher.Fast.Core.Vectors;

namespace Reacher.Fast.Core.Kernels.Simd.Ops;

/// <summary>
/// q[b] = x[b] . w + c, for one or two heads. One output would fill one lane of a panel; as dot products along the rows, four
/// rows at a time, the op reads x once and nothing else.
/// </summary>
internal unsafe struct ValueHeadWork<TSimd, TVector> : ITeamWork
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
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
            TVector a = TSimd.Zero, b = TSimd.Zero, c = TSimd.Zero, d = TSimd.Zero;
            TVector a1 = TSimd.Zero, b1 = TSimd.Zero, c1 = TSimd.Zero, d1 = TSimd.Zero;
            float* element = x.At(row, 0);
            float* weight = w;
            for (int panel = 0; panel < x.Panels; panel++)
            {
                TVector w0 = TSimd.Load(weight), w1 = TSimd.Load(weight + TSimd.Count);
                a = TSimd.MultiplyAdd(TSimd.Load(element), w0, a);
                a1 = TSimd.MultiplyAdd(TSimd.Load(element + TSimd.Count), w1, a1);
                b = TSimd.MultiplyAdd(TSimd.Load(element + width), w0, b);
                b1 = TSimd.MultiplyAdd(TSimd.Load(element + width + TSimd.Count), w1, b1);
                c = TSimd.MultiplyAdd(TSimd.Load(element + 2 * width), w0, c);
                c1 = TSimd.MultiplyAdd(TSimd.Load(element + 2 * width + TSimd.Count), w1, c1);
                d = TSimd.MultiplyAdd(TSimd.Load(element + 3 * width), w0, d);
                d1 = TSimd.MultiplyAdd(TSimd.Load(element + 3 * width + TSimd.Count), w1, d1);
                element += x.PanelStep;
                weight += width;
            }

            q[row] = TSimd.Sum(TSimd.Add(a, a1)) + bias;
            q[row + 1] = TSimd.Sum(TSimd.Add(b, b1)) + bias;
            q[row + 2] = TSimd.Sum(TSimd.Add(c, c1)) + bias;
            q[row + 3] = TSimd.Sum(TSimd.Add(d, d1)) + bias;
        }

        for (; row < rows.End; row++)
        {
            TVector a = TSimd.Zero, a1 = TSimd.Zero;
            float* element = x.At(row, 0);
            float* weight = w;
            for (int panel = 0; panel < x.Panels; panel++)
            {
                a = TSimd.MultiplyAdd(TSimd.Load(element), TSimd.Load(weight), a);
                a1 = TSimd.MultiplyAdd(TSimd.Load(element + TSimd.Count), TSimd.Load(weight + TSimd.Count), a1);
                element += x.PanelStep;
                weight += width;
            }

            q[row] = TSimd.Sum(TSimd.Add(a, a1)) + bias;
        }
    }
}

/// <summary>
/// dx[b] = dq[b] w * 1[gate > 0] and dw = sum_b dq[b] x[b], in one pass, divided by panels: every column of dw is summed over
/// the batch by one member.
/// </summary>
internal unsafe struct ValueHeadBackwardWork<TSimd, TVector> : ITeamWork
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
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
            TVector w0 = TSimd.Load(W + (nint)panel * width), w1 = TSimd.Load(W + (nint)panel * width + TSimd.Count);
            TVector dw0 = TSimd.Zero, dw1 = TSimd.Zero;
            for (int row = 0; row < rows; row++)
            {
                TVector dq = TSimd.Create(Dq[row]);
                TVector dx0 = TSimd.Multiply(dq, w0), dx1 = TSimd.Multiply(dq, w1);
                if (gate != null)
                {
                    dx0 = TSimd.And(dx0, TSimd.GreaterThan(TSimd.Load(gate), TSimd.Zero));
                    dx1 = TSimd.And(dx1, TSimd.GreaterThan(TSimd.Load(gate + TSimd.Count), TSimd.Zero));
                    gate += width;
                }

                if (Dw != null)
                {
                    dw0 = TSimd.MultiplyAdd(dq, TSimd.Load(x), dw0);
                    dw1 = TSimd.MultiplyAdd(dq, TSimd.Load(x + TSimd.Count), dw1);
                    x += width;
                }

                TSimd.Store(dx0, dx);
                TSimd.Store(dx1, dx + TSimd.Count);
                dx += width;
            }

            if (Dw != null)
            {
                TSimd.Store(dw0, Dw + (nint)panel * width);
                TSimd.Store(dw1, Dw + (nint)panel * width + TSimd.Count);
            }
        }
    }
}
