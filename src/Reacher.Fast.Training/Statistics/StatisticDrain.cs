using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Environments.MlAgents.Messages;
using Reacher.Fast.Environments.MlAgents.Trainer;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Statistics;

/// <summary>Takes what a player's scene reports (1.5.0's stats side channel) and passes it on to the run's recorder every few seconds.</summary>
/// <param name="player">The player; null where the environment is built in, which reports nothing.</param>
/// <param name="folder">The run's spool.</param>
/// <param name="worker">The player's number.</param>
/// <param name="clock">Tells when to pass on; the system's where null.</param>
internal sealed class StatisticDrain(MlAgentsEnvironment? player, string folder, int worker, TimeProvider? clock = null) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly TimeProvider clock = clock ?? TimeProvider.System;
    private readonly StatisticTotals totals = new();
    private long passedOn = (clock ?? TimeProvider.System).GetTimestamp();

    /// <summary>A drain for <paramref name="environment"/>, if that is a player.</summary>
    public static StatisticDrain Of(IVectorEnvironment? environment, string logs, int worker) =>
        new(environment as MlAgentsEnvironment, RunFolder.StatisticsIn(logs), worker);

    /// <summary>Whether something was taken that is to be passed on now.</summary>
    public bool IsDue => totals.Count > 0 && clock.GetElapsedTime(passedOn) >= Interval;

    /// <summary>Takes what was reported in a step; does nothing while nothing was.</summary>
    public void Take()
    {
        if (player is null || player.Statistics.Count == 0)
        {
            return;
        }

        bool refused = totals.Refusal is not null;
        foreach (PlayerStatistic statistic in player.Statistics)
        {
            totals.Add(statistic);
        }

        if (!refused && totals.Refusal is string refusal)
        {
            OutputLine.WriteWarning(refusal);
        }

        player.Statistics.Clear();
    }

    /// <summary>Passes on what was taken, if <see cref="IsDue"/>: to be called after every step. It writes to the disk.</summary>
    public void PassOnWhenDue()
    {
        if (IsDue)
        {
            PassOn();
        }
    }

    /// <summary>Forgets what was reported since the last <see cref="Take"/>: an evaluation's are no part of the training's curves.</summary>
    public void Discard() => player?.Statistics.Clear();

    /// <summary>Passes on what there is.</summary>
    public void PassOn()
    {
        passedOn = clock.GetTimestamp();
        if (totals.Count == 0)
        {
            return;
        }

        try
        {
            StatisticSpool.Write(folder, worker, totals.All);
        }
        catch (Exception exception) when (IoFailure.Is(exception))
        {
            // On a full disk the run goes on without these points of a curve.
        }

        totals.Clear();
    }

    public void Dispose() => PassOn();
}
