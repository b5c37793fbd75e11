namespace Reacher.Fast.Environments.MlAgents.Trainer;

/// <summary>
/// The player crashed, hung, left or never came: nothing the user's input can cure by itself, so a supervisor may start the
/// worker again. The message is one sentence; <see cref="LogTail"/> holds the player's last words.
/// </summary>
public sealed class PlayerLostException : Exception
{
    /// <summary>An error without a message; use another constructor.</summary>
    public PlayerLostException()
    {
    }

    /// <summary>An error whose message is one sentence for the user.</summary>
    public PlayerLostException(string message)
        : base(message)
    {
    }

    /// <summary>An error whose message is one sentence for the user, and what caused it.</summary>
    public PlayerLostException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The last lines of the player's log and output; empty where there are none.</summary>
    public string LogTail { get; init; } = "";

    /// <summary>The same under a heading, to be shown; null where there are none.</summary>
    public string? LastWords => LogTail.Length == 0 ? null : $"The player's last words:{Environment.NewLine}{LogTail}";
}
