using System.Net;
using Reacher.Fast.Core;
using Reacher.Fast.Environments.MlAgents.Messages;

namespace Reacher.Fast.Environments.MlAgents.Trainer;

/// <summary>How to start, reach and configure one player; the defaults are <c>mlagents-learn</c>'s.</summary>
public sealed record MlAgentsOptions
{
    /// <summary>What <see cref="Player"/> is when a Play press in the Unity editor is to be waited for.</summary>
    public const string Editor = "editor";

    /// <summary>The path of the player's executable (with or without its platform's suffix), or <see cref="Editor"/>, or null
    /// to start nothing and wait for any player that connects.</summary>
    public string? Player { get; init; }

    /// <summary>A sentence for the user where there is no such player, such as what else may have been meant; null for none.</summary>
    public string? Otherwise { get; init; }

    /// <summary>Passed to the player after the engine's own arguments (the option <c>env_args</c>).</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The generation to start the player for; null passes the port arguments of both, which ignore each other's.</summary>
    public ProtocolGeneration? Generation { get; init; }

    /// <summary>Worker w listens on this plus w; null: 5005, or 5004 for the editor. 0: any free port.</summary>
    public int? BasePort { get; init; }

    /// <summary>This worker's number, from 0.</summary>
    public int WorkerId { get; init; }

    /// <summary>Workers in the run: a taken port is skipped in steps of this many, so that workers never compete for one.</summary>
    public int WorkerCount { get; init; } = 1;

    /// <summary>The address to listen on; null: both loopbacks. Any other exposes an unauthenticated port to the network.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>Added to <see cref="WorkerId"/> and told to the player once, at the handshake.</summary>
    public int Seed { get; init; }

    /// <summary>Starts the player with <c>-nographics -batchmode</c>.</summary>
    public bool NoGraphics { get; init; }

    /// <summary>How long to wait for any one message of the player.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The Unity log file to ask for (<c>-logFile</c>); its tail is quoted when the player is lost. Null: none.</summary>
    public string? LogFile { get; init; }

    /// <summary>Training areas the scene is to replicate (1.5.0).</summary>
    public int AreaCount { get; init; } = 1;

    /// <summary>What the engine is asked for (1.5.0).</summary>
    public EngineSettings Engine { get; init; } = new();

    /// <summary>Parameters sent with every reset; an API-4 player takes constants only.</summary>
    public IReadOnlyDictionary<string, EnvironmentParameter> EnvironmentParameters { get; init; } =
        new Dictionary<string, EnvironmentParameter>();

    /// <summary>Takes lines for the log: the port, the player's name.</summary>
    public Action<string>? Log { get; init; }

    /// <summary>Takes a sentence, once each, about agents of which nothing is learned.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>Told the port once it is listened on, before a player is started or awaited.</summary>
    public Action<int>? Listening { get; init; }

    /// <summary>Whether a Play press in the editor is waited for.</summary>
    internal bool IsEditor => Player == Editor;

    /// <summary>The first port to try.</summary>
    internal int FirstPort => BasePort == 0 ? 0 : (BasePort ?? (IsEditor ? 5004 : 5005)) + WorkerId;

    /// <summary>Stops on values that cannot work.</summary>
    internal void Validate()
    {
        if (WorkerId < 0 || WorkerCount < 1 || AreaCount < 1)
        {
            throw new InputException("A worker's number must not be negative, and the counts of workers and areas must be at least 1.");
        }

        if (FirstPort is < 0 or > 65535)
        {
            throw new InputException(
                $"Port {FirstPort} (base port plus worker) does not exist; choose a base port below {65536 - WorkerId}.");
        }

        if (IsEditor && WorkerId != 0)
        {
            throw new InputException("The editor is one player: train with it as the only worker (the option 'num_envs' is 1).");
        }

        if (Timeout <= TimeSpan.Zero)
        {
            throw new InputException("The timeout for the player must be positive.");
        }

        foreach ((string key, EnvironmentParameter value) in EnvironmentParameters)
        {
            if (value is EnvironmentParameter.MultiRange ranges && (ranges.Bounds.Count == 0 || ranges.Bounds.Count % 2 != 0))
            {
                throw new InputException($"Environment parameter '{key}' needs a minimum and a maximum for each of its intervals.");
            }
        }
    }
}
