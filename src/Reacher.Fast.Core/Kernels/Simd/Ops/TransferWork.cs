using Reacher.Fast.Core.Kernels.Simd.Threads;
using Reacher.Fast.Core.Vectors;

namespace Reacher.Fast.Core.Kernels.Simd.Ops;

/// <summary>Row-major to packed or back, rows divided among the team. Padding is not touched.</summary>
internal unsafe struct TransferWork : ITeamWork
{
    public PackedMatrix Packed;
    public float* RowMajor;
    public bool Upload;

    public readonly void Execute(int member, int members)
    {
        WorkRange rows = new(Packed.Rows, member, members);
        for (int panel = 0; panel < Packed.Panels; panel++)
        {
            int first = panel * Packed.Width;
            int count = Math.Min(Packed.Width, Packed.Columns - first);
            for (int row = rows.Begin; row < rows.End; row++)
            {
                Span<float> packed = new(Packed.Panel(panel) + (nint)row * Packed.Width, count);
                Span<float> plain = new(RowMajor + (nint)row * Packed.Columns + first, count);
                if (Upload)
                {
                    plain.CopyTo(packed);
                }
                else
                {
                    packed.CopyTo(plain);
                }
            }
        }
    }
}

/// <summary>[left | right]: left's panels as they are, then right's elements beside them.</summary>
internal unsafe struct ConcatenateWork : ITeamWork
{
    public PackedMatrix Left;
    public PackedMatrix Right;
    public PackedMatrix Y;

    public readonly void Execute(int member, int members)
    {
        WorkRange rows = new(Y.Rows, member, members);
        int width = Y.Width;
        for (int panel = 0; panel < Left.Panels; panel++)
        {
            nint offset = (nint)rows.Begin * width;
            nint floats = (nint)(rows.End - rows.Begin) * width;
            new ReadOnlySpan<float>(Left.Panel(panel) + offset, (int)floats).CopyTo(new Span<float>(Y.Panel(panel) + offset, (int)floats));
        }

        for (int column = 0; column < Right.Columns; column++)
        {
            float* from = Right.At(0, column);
            float* to = Y.At(0, Left.Columns + column);
            for (int row = rows.Begin; row < rows.End; row++)
            {
                to[(nint)row * width] = from[(nint)row * width];
            }
        }
    }
}

/// <summary>Transposes rows of both heads' weights; see <see cref="Transpose"/>.</summary>
internal struct TransposeWork : ITeamWork
{
    public PackedMatrix From0;
    public PackedMatrix From1;
    public PackedMatrix To0;
    public PackedMatrix To1;
    public int FirstRow;
    public int Heads;

    public readonly void Execute(int member, int members)
    {
        WorkRange panels = new((long)Heads * To0.Panels, member, members);
        for (int unit = panels.Begin; unit < panels.End; unit++)
        {
            int panel = unit % To0.Panels;
            int begin = panel * To0.Width;
            int end = Math.Min(To0.Columns, begin + To0.Width);
            if (unit < To0.Panels)
            {
                Transpose.Columns(From0, FirstRow, To0, begin, end);
            }
            else
            {
                Transpose.Columns(From1, FirstRow, To1, begin, end);
            }
        }
    }
}
