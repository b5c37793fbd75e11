using Reacher.Fast.Core;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Training.Policies;

namespace Reacher.Fast;

/// <summary>What a run came to. All that it leaves behind lies in its folder, as docs/artefacts.md lists it.</summary>
public sealed record TrainingResult
{
    /// <summary>Why it ended.</summary>
    public required TrainingOutcome Outcome { get; init; }

    /// <summary>Seconds that it trained, interruptions left out.</summary>
    public required double Seconds { get; init; }

    /// <summary>Decisions of all agents together.</summary>
    public required long Transitions { get; init; }

    /// <summary>Updates of the networks.</summary>
    public required long Updates { get; init; }

    /// <summary>Mean score of the policy that it leaves, over a window of evaluation episodes; null where it was cancelled.</summary>
    public double? FinalScore { get; init; }

    /// <summary>The run's id, which <see cref="TrainingOptions.Resume"/> needs.</summary>
    public required string RunId { get; init; }

    /// <summary>The run's folder.</summary>
    public required string Folder { get; init; }

    /// <summary>The policy as Unity loads it, which is there unless the run was cancelled before its first checkpoint.</summary>
    public required string OnnxFile { get; init; }

    /// <summary>Opens the best policy of the run, to act in this program. The caller disposes it.</summary>
    /// <param name="agents">The number of agents that will act together.</param>
    /// <exception cref="InputException">The run was cancelled before its first checkpoint, or its files are gone.</exception>
    public Policy LoadPolicy(int agents = 1) => PolicyFile.Open(RunSource.Find(Folder, "").PolicyFile, agents);
}
