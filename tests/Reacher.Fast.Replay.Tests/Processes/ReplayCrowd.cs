using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Format;
using Reacher.Fast.Replay.Writing;
using Reacher.Fast.TestChild;

namespace Reacher.Fast.Replay.Tests.Processes;

/// <summary>Writer and reader processes on one replay, and the control block through which they report.</summary>
internal sealed class ReplayCrowd : IDisposable
{
    private readonly TemporaryFolder folder = TemporaryFolder.InMemory();
    private readonly ChildProcess[] writers;
    private readonly ChildProcess[] readers;
    private readonly int[] incarnations;
    private readonly int nStep;
    private readonly string variant;

    public ReplayCrowd(int writerCount, int readerCount, long capacity, int nStep, string variant = PlantedBugs.None, long firstPosition = 0)
    {
        this.nStep = nStep;
        this.variant = variant;
        Replay = ReplayFile.Create(folder["replay"], Provenance.Spec, capacity, new ReplayOptions { FirstPosition = firstPosition });
        Control = ControlBlock.Create(folder["control"]);
        writers = new ChildProcess[writerCount];
        readers = new ChildProcess[readerCount];
        incarnations = new int[writerCount + readerCount];
        for (int i = 0; i < Count; i++)
        {
            Start(i);
        }

        for (int i = 0; i < Count; i++)
        {
            AwaitRunning(i);
        }
    }

    public ReplayFile Replay { get; }

    public ControlBlock Control { get; }

    public int Count => writers.Length + readers.Length;

    public long CheckedRows => Sum(static slot => slot.Transitions);

    public long Violations => Sum(static slot => slot.Updates);

    /// <summary>Longest that any writer has waited for another, in milliseconds; the dead ones included.</summary>
    public double LongestWait => Enumerable.Range(0, ReplayLayout.LeaseCount)
        .Max(i => new WriterLease(Replay.File, i).LongestWait.ReadAcquire()) / 1e3;

    /// <summary>Rows given up by all writers because another was stopped in their way.</summary>
    public long DroppedRows => Enumerable.Range(0, ReplayLayout.LeaseCount)
        .Sum(i => (long)new WriterLease(Replay.File, i).DroppedRows.ReadAcquire());

    /// <summary>Waits until <paramref name="condition"/> holds; fails the test with the counters where it never does.</summary>
    public void Await(string what, Func<bool> condition, TimeSpan? patience = null) => Wait.Until(
        condition, () => $"{what}: {Replay.WrittenRows} rows written, {CheckedRows} checked, {Violations} wrong", patience);

    /// <summary>SIGKILL to child <paramref name="index"/> (writers first), and a new one in its place, running when this returns.</summary>
    public void KillAndReplace(int index)
    {
        Child(index).Kill();
        Child(index).Dispose();
        incarnations[index]++;
        Start(index);
        AwaitRunning(index);
    }

    /// <summary>SIGKILL to all of them.</summary>
    public void KillAll()
    {
        for (int i = 0; i < Count; i++)
        {
            Child(i).Kill();
        }
    }

    /// <summary>Asks all to end and returns what the readers said, empty if all is well.</summary>
    public string Stop()
    {
        Control.RequestStop(StopReason.MaximumSteps);
        string errors = string.Empty;
        for (int i = 0; i < Count; i++)
        {
            int code = Child(i).Wait();
            errors += Child(i).Errors + (code == ExitCodes.Pass ? string.Empty : $"child {i} ended with {code}\n");
        }

        return errors;
    }

    /// <summary>The slot of child <paramref name="index"/>.</summary>
    public ProcessSlot Slot(int index) => index < writers.Length
        ? Control.Slot(ProcessRole.Environment, index)
        : Control.Slot(ProcessRole.Evaluation, index - writers.Length);

    public void Dispose()
    {
        for (int i = 0; i < Count; i++)
        {
            Child(i)?.Dispose();
        }

        Replay.Dispose();
        Control.Dispose();
        folder.Dispose();
    }

    private ChildProcess Child(int index) => index < writers.Length ? writers[index] : readers[index - writers.Length];

    private void Start(int index)
    {
        bool writes = index < writers.Length;
        ChildArguments arguments = new(
            Replay.Path, Control.Path, writes ? index : index - writers.Length, nStep, incarnations[index], variant);
        ChildProcess child = new([writes ? "write" : "read", .. arguments.ToWords()]);
        if (writes)
        {
            writers[index] = child;
        }
        else
        {
            readers[index - writers.Length] = child;
        }
    }

    private void AwaitRunning(int index) => Await(
        $"child {index} to run",
        () => Slot(index).Pid == Child(index).Id && Slot(index).Phase is ProcessPhase.Running or ProcessPhase.Stopped);

    private long Sum(Func<ProcessSlot, long> count)
    {
        long sum = 0;
        for (int i = 0; i < readers.Length; i++)
        {
            sum += count(Control.Slot(ProcessRole.Evaluation, i));
        }

        return sum;
    }
}
