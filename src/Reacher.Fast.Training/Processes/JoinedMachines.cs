using Reacher.Fast.Core.Files;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Forwarding;
using Reacher.Fast.Training.Reporting;

namespace Reacher.Fast.Training.Processes;

/// <summary>The machines that have joined a run, as its supervisor sees them in the log that the process <c>cluster</c> keeps.</summary>
/// <param name="log">The run's log; disposed here.</param>
/// <param name="control">The run's counters.</param>
internal sealed class JoinedMachines(AcknowledgementLog log, ControlBlock control) : IDisposable
{
    private const int LongestName = 64;

    private Dictionary<ulong, (long Rows, double Rate)> sampled = [];

    /// <summary>Takes their rates over the time since the last call. The first of a machine's life is 0.</summary>
    /// <param name="seconds">That time.</param>
    public void Sample(double seconds) => sampled = log.Streams().Select(entry => (entry, Life: entry.Incarnation.ReadAcquire()))
        .DistinctBy(machine => machine.Life)
        .ToDictionary(machine => machine.Life, machine =>
        {
            long rows = (long)machine.entry.Rows.ReadAcquire();
            return (rows, sampled.TryGetValue(machine.Life, out (long Rows, double) before) ? Math.Max(0, rows - before.Rows) / seconds : 0);
        });

    /// <summary>How they stand, by their places.</summary>
    public IReadOnlyList<JoinedStatus> Read()
    {
        long newest = control.Learner.WeightVersion;
        return [.. log.Streams().Select(entry => new JoinedStatus
        {
            Name = PrintableText.Of(entry.Name, LongestName, oneLine: true),
            Place = entry.Index,
            Environments = entry.EnvironmentCount,
            Rows = (long)entry.Rows.ReadAcquire(),
            RowsPerSecond = sampled.TryGetValue(entry.Incarnation.ReadAcquire(), out (long, double Rate) last) ? last.Rate : 0,
            Waiting = (long)entry.Waiting.ReadAcquire(),
            WeightsBehind = Math.Max(0, newest - (long)entry.WeightVersion.ReadAcquire()),
            SilentSeconds = entry.SilentMilliseconds / 1e3,
        })];
    }

    /// <summary>
    /// Ends every machine's place: the run goes on with another plan, or as another version of the program, and a machine asks for the plan when
    /// it joins alone.
    /// </summary>
    public void JoinAnew()
    {
        foreach (StreamEntry entry in log.Streams().ToArray())
        {
            entry.End();
        }
    }

    /// <summary>Closes the log.</summary>
    public void Dispose() => log.Dispose();
}
