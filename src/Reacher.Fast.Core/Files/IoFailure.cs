namespace Reacher.Fast.Core.Files;

/// <summary>
/// What .NET throws when the system refuses to read or write a file, in one list. Where a run is to go on without a file, or to explain
/// that it cannot, it catches <c>Exception e when (IoFailure.Is(e))</c>, so that no kind of failure is forgotten in one of the places.
/// </summary>
public static class IoFailure
{
    /// <summary>Whether <paramref name="error"/> says that a file or folder cannot be read, written, made or removed.</summary>
    /// <remarks>
    /// EACCES, EPERM and EBADF arrive as <see cref="UnauthorizedAccessException"/>. EFBIG, with which the system refuses a file longer than
    /// RLIMIT_FSIZE or than the file system takes, arrives as an <see cref="ArgumentOutOfRangeException"/> for a parameter "value" that no
    /// caller passed. A pipe or device where a file should be is a <see cref="NotSupportedException"/>. Everything else is an
    /// <see cref="IOException"/>.
    /// </remarks>
    public static bool Is(Exception error) =>
        error is IOException or UnauthorizedAccessException or NotSupportedException
            or ArgumentOutOfRangeException { ParamName: "value", ActualValue: null };

    /// <summary>Whether <paramref name="error"/> says that there is no such file, or no folder that it could be in.</summary>
    public static bool IsMissing(Exception? error) => error is FileNotFoundException or DirectoryNotFoundException;

    /// <summary>
    /// Whether a file could not be looked into, which may pass and says nothing about what is in it. One that is missing, ends too early or
    /// is too long has been looked into.
    /// </summary>
    /// <param name="error">An error whose cause, if it has one, is its inner exception.</param>
    internal static bool IsBehind(InputException error) =>
        error.InnerException is { } cause && Is(cause) && !IsMissing(cause) && cause is not (EndOfStreamException or FileTooLongException);
}
