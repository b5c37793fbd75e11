namespace Reacher.Fast.Environments.MlAgents.Player;

/// <summary>What a trainer's message asks of a player.</summary>
internal enum TrainerCommandKind
{
    /// <summary>Nothing yet: the reply to the player's introduction, with the seed.</summary>
    Welcome,

    /// <summary>One decision with the actions given.</summary>
    Step,

    /// <summary>All agents start new episodes.</summary>
    Reset,

    /// <summary>The conversation ends here.</summary>
    Close,
}

/// <summary>
/// What the trainer's last message asks of this player, free of its generation's format. The player has one, which every
/// message fills anew.
/// </summary>
internal sealed class TrainerCommand
{
    public TrainerCommandKind Kind { get; set; }

    /// <summary>The seed, once welcomed.</summary>
    public int Seed { get; set; }

    /// <summary>Simulated seconds per second.</summary>
    public float TimeScale { get; set; } = 1;

    /// <summary>Parameters that came with this message or an earlier one.</summary>
    public Dictionary<string, float> Parameters { get; } = [];

    /// <summary>Actions of the agents, row after row, as many as came.</summary>
    public List<float> Actions { get; } = [];

    /// <summary>Rows in <see cref="Actions"/>.</summary>
    public int ActionRows { get; set; }

    public void Clear()
    {
        Kind = TrainerCommandKind.Step;
        Actions.Clear();
        ActionRows = 0;
    }
}
