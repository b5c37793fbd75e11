namespace Reacher.Fast.Core;

/// <summary>
/// Something the user gave (a flag, a file, a folder, a message from a player) cannot be used. The message is one sentence
/// that says what is wrong, where, and what to do; the runner prints it alone and exits with 2.
/// </summary>
public class InputException : Exception
{
    /// <summary>An error without a message; use another constructor.</summary>
    public InputException()
    {
    }

    /// <summary>An error whose message is one sentence for the user.</summary>
    public InputException(string message)
        : base(message)
    {
    }

    /// <summary>An error whose message is one sentence for the user, and what caused it.</summary>
    public InputException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
