namespace Reacher.Fast.Core.Vectors;

/// <summary>
/// Where a matrix [R, C] lies: in panels of P columns, each panel row after row, [ceil(C / P)][R][P], one panel
/// <see cref="PanelStep"/> floats from the next. P is the micro-kernel's width, two registers. As the right operand a panel is
/// read from end to end; as the left operand, straight or transposed, P neighbours lie side by side: every walk is along
/// memory. Columns beyond C are zero and stay zero.
/// </summary>
internal readonly unsafe struct PackedMatrix
{
    public PackedMatrix(float* data, int rows, int columns, int width)
    {
        Data = data;
        Rows = rows;
        Columns = columns;
        Width = width;
        PanelStep = StepOf(rows, width);
    }

    /// <summary>Element [0, 0].</summary>
    public float* Data { get; }

    /// <summary>R, the rows of the matrix.</summary>
    public int Rows { get; }

    /// <summary>C, its real columns, without the padding of the last panel.</summary>
    public int Columns { get; }

    /// <summary>P, the columns of a panel.</summary>
    public int Width { get; }

    /// <summary>Floats from one panel to the next.</summary>
    public nint PanelStep { get; }

    /// <summary>ceil(C / P).</summary>
    public int Panels => (Columns + Width - 1) / Width;

    /// <summary>Floats that a matrix takes.</summary>
    public static nint FloatsOf(int rows, int columns, int width) => (columns + width - 1) / width * StepOf(rows, width);

    /// <summary>Address of [row, column].</summary>
    public float* At(int row, int column) => Panel(column / Width) + (nint)row * Width + column % Width;

    /// <summary>Address of a panel's first row.</summary>
    public float* Panel(int panel) => Data + panel * PanelStep;

    /// <summary>
    /// A tile touches the same rows of every panel. Panels a multiple of 4096 bytes apart would put them all into one set of
    /// an 8-way first-level cache; two lines more and they spread.
    /// </summary>
    private static nint StepOf(int rows, int width)
    {
        nint floats = (nint)rows * width;
        return floats % 1024 == 0 ? floats + 32 : floats;
    }
}
