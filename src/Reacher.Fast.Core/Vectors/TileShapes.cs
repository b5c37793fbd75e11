namespace Reacher.Fast.Core.Vectors;

internal readonly struct Rows1 : IRows { public static int Count => 1; }

internal readonly struct Rows2 : IRows { public static int Count => 2; }

internal readonly struct Rows3 : IRows { public static int Count => 3; }

internal readonly struct Rows4 : IRows { public static int Count => 4; }

internal readonly struct Rows5 : IRows { public static int Count => 5; }

internal readonly struct Rows6 : IRows { public static int Count => 6; }

internal readonly struct Rows7 : IRows { public static int Count => 7; }

internal readonly struct Rows8 : IRows { public static int Count => 8; }

/// <summary>How many rows of the tile are real.</summary>
internal interface IRows
{
    static abstract int Count { get; }
}

/// <summary>X itself on the left, two registers wide: the forward pass and the input's gradient.</summary>
internal readonly struct Straight<TRows> : ITileShape
    where TRows : struct, IRows
{
    public static int Rows => TRows.Count;

    public static bool Wide => true;

    public static bool Transposed => false;
}

/// <summary>X itself on the left, one register wide: heads of a few columns.</summary>
internal readonly struct StraightNarrow<TRows> : ITileShape
    where TRows : struct, IRows
{
    public static int Rows => TRows.Count;

    public static bool Wide => false;

    public static bool Transposed => false;
}

/// <summary>X transposed on the left, two registers wide: the weights' gradient.</summary>
internal readonly struct Crossed<TRows> : ITileShape
    where TRows : struct, IRows
{
    public static int Rows => TRows.Count;

    public static bool Wide => true;

    public static bool Transposed => true;
}

/// <summary>X transposed on the left, one register wide: the weights' gradient of such heads.</summary>
internal readonly struct CrossedNarrow<TRows> : ITileShape
    where TRows : struct, IRows
{
    public static int Rows => TRows.Count;

    public static bool Wide => false;

    public static bool Transposed => true;
}
