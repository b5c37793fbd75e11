using Reacher.Fast.Replay.Tests.Processes;

namespace Reacher.Fast.Replay.Tests.Forwarding;

/// <summary>SIGKILL to the process that carries the rows, at random moments; each row arrives once and in order.</summary>
public sealed class ForwarderKillTests
{
    [Test]
    public void Twelve_kills_lose_no_row_and_repeat_none() => Run(kills: 12);

    [Test]
    [Category("Stress")]
    [Explicit("dotnet test -c Release tests/Reacher.Fast.Replay.Tests --filter FullyQualifiedName~Three_hundred_kills; minutes on two cores")]
    public void Three_hundred_kills_lose_no_row_and_repeat_none() => Run(kills: 300);

    private static void Run(int kills)
    {
        const int RowsPerLife = 20_000;
        Random random = new(2024);
        using ForwardedRing rows = new(ringCapacity: 2_000, capacity: (long)RowsPerLife * (kills + 2));
        using CancellationTokenSource ended = new();
        string log = rows.LogPath;
        Task writing = Task.Run(() =>
        {
            while (!ended.IsCancellationRequested)
            {
                rows.Step();
            }
        });
        for (int kill = 0; kill < kills; kill++)
        {
            using ChildProcess child = new("forward", rows.Ring.Path, rows.Replay.Path, log);
            long target = rows.Replay.WrittenRows + random.Next(1, RowsPerLife / 2);
            Wait.Until(
                () => rows.Replay.WrittenRows >= target,
                () => $"rows after {kill} kills: {rows.Replay.WrittenRows} of {target}; {child.Errors}");
            child.Kill();
            if (kill == kills - 1)
            {
                ended.Cancel();
            }
        }

        using ChildProcess last = new("forward", rows.Ring.Path, rows.Replay.Path, log);
        Assert.That(writing.Wait(Wait.LongestPatience), Is.True);
        Wait.Until(
            () => rows.Entry.Mark.ReadAcquire() >= rows.Ring.Tail,
            () => $"the last rows: {rows.Entry.Mark.ReadAcquire()} of {rows.Ring.Tail}");
        TestContext.Out.WriteLine($"{kills} kills, {rows.Written} rows, {rows.Replay.WrittenRows - rows.Written} positions given up");
        rows.AssertExactlyOnce();
    }
}
