using Reacher.Fast.Core;
using Reacher.Fast.Environments.MlAgents.Messages;

namespace Reacher.Fast.Environments.MlAgents.Player;

/// <summary>How an environment is served as a Unity player.</summary>
public sealed record PlayerOptions
{
    /// <summary>The trainer's host.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>
    /// The trainer's port: what it passes as <c>--mlagents-port</c> or <c>--port</c>; 5004 is where trainers await the editor.
    /// </summary>
    public int Port { get; init; } = 5004;

    /// <summary>The generation to speak.</summary>
    public ProtocolGeneration Generation { get; init; } = ProtocolGeneration.V150;

    /// <summary>The behaviour's name; API-4 trainers see it followed by "Brain", later ones followed by "?team=0".</summary>
    public string BehaviorName { get; init; } = "Reacher";

    /// <summary>How long to wait for the trainer to listen. It may then think about a reply as long as it likes.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Simulated time of one decision (the arm's is 0.08 s). Where set, a decision takes at least this over the trainer's time
    /// scale, as in a player on a screen; null: as fast as the trainer, as in a player with a fixed capture frame rate.
    /// </summary>
    public TimeSpan? DecisionTime { get; init; }

    /// <summary>The parameters that may be changed by the trainer, with their defaults (announced by API-4).</summary>
    public IReadOnlyDictionary<string, float> EnvironmentParameters { get; init; } = new Dictionary<string, float>();

    /// <summary>Takes lines for the log.</summary>
    public Action<string>? Log { get; init; }

    /// <summary>Stops on values that cannot work.</summary>
    internal void Validate()
    {
        if (Port is < 1 or > 65535)
        {
            throw new InputException($"Port {Port} does not exist; give the port on which the trainer listens (1 to 65535).");
        }
    }
}

/// <summary>What a player did until its end.</summary>
/// <param name="Decisions">Decisions of all agents together, in steps of the environment.</param>
/// <param name="Resets">Resets asked for by the trainer.</param>
/// <param name="EndedBy">Why it ended, in words.</param>
public sealed record PlayerSummary(long Decisions, long Resets, string EndedBy);
