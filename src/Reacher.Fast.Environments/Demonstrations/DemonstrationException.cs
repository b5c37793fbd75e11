using Reacher.Fast.Core;

namespace Reacher.Fast.Environments.Demonstrations;

/// <summary>A file is not the ML-Agents recording it should be; the message says where and why.</summary>
public sealed class DemonstrationException : InputException
{
    /// <summary>An error without a message; use another constructor.</summary>
    public DemonstrationException()
    {
    }

    /// <summary>An error whose message is one sentence for the user.</summary>
    public DemonstrationException(string message)
        : base(message)
    {
    }

    /// <summary>An error whose message is one sentence for the user, and what caused it.</summary>
    public DemonstrationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
