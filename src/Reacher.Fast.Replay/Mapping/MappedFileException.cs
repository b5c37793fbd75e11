using Reacher.Fast.Core;

namespace Reacher.Fast.Replay.Mapping;

/// <summary>
/// A mapped file (replay, weight channel or control block) cannot be created, opened or used. The message is one sentence:
/// what is wrong, which file, what to do.
/// </summary>
public sealed class MappedFileException : InputException
{
    /// <summary>An error without a message; use another constructor.</summary>
    public MappedFileException()
    {
    }

    /// <summary>An error whose message is one sentence for the user.</summary>
    public MappedFileException(string message)
        : base(message)
    {
    }

    /// <summary>An error whose message is one sentence for the user, and what caused it.</summary>
    public MappedFileException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>
    /// The file is missing or damaged, so that a new one may take its place. False where it is sound but unfit, such as one of other
    /// sizes, or where it cannot be looked into.
    /// </summary>
    public bool IsLost { get; init; }
}
