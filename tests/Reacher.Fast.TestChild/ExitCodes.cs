namespace Reacher.Fast.TestChild;

/// <summary>How a child says what it found.</summary>
public static class ExitCodes
{
    /// <summary>All was as it must be.</summary>
    public const int Pass = 0;

    /// <summary>The command or its arguments are unknown.</summary>
    public const int Unsupported = 2;

    /// <summary>A row or block that must not exist was seen.</summary>
    public const int Violation = 3;
}
