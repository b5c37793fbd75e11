using System.Diagnostics;
using System.Globalization;
using Reacher.Fast.Replay.Control;

namespace Reacher.Fast.Runner.Tests.Faults;

/// <summary>
/// An hour in which one run meets fault after fault, drawn from a seed: each role, each fault, at any time or within a write, alone or with
/// a death beside it, and losses of power in between. After each the rows are judged by physics and every checkpoint is read. In the end
/// the run has solved its task.
/// </summary>
/// <remarks>REACHER_FAST_FAULT_SEED and REACHER_FAST_FAULT_MINUTES say which hour, and how long it is.</remarks>
[NonParallelizable]
[Category("Stress")]
[Explicit("An hour: dotnet test -c Release tests/Reacher.Fast.Runner.Tests --filter RandomFaultTests")]
public sealed class RandomFaultTests
{
    private const double LongestCalm = 4;
    private const double LongestFault = 7;

    // The solution takes two seconds where nothing happens.
    private static readonly string[] Solvable =
    [
        "--hidden-units", "32", "--batch-size", "64", "--buffer-size", "50000", "--buffer-init-steps", "1000", "--steps-per-update", "2",
        "--learning-rate", "0.001", "--gamma", "0.98", "--checkpoint-interval", "20000", "--window", "20", "--threshold", "-250",
        "--cooldown-steps", "0", "--seed", "1", "--hung-seconds", "3", "--max-lifetime-restarts", "-1",
        "--save-replay-buffer",
    ];

    private readonly Dictionary<string, int> counts = [];
    private readonly Stopwatch clock = new();
    private TemporaryFolder results = null!;
    private FaultyDisk disk = null!;
    private Random random = new(0);
    // Without a descriptor the .NET runtime can make no thread, which may end it within its own code.
    private bool mayBreakRuntime;

    [SetUp]
    public void MakeDisk()
    {
        results = new TemporaryFolder();
        disk = new FaultyDisk(results.Path);
    }

    [TearDown]
    public void DeleteDisk()
    {
        disk.Dispose();
        results.Dispose();
    }

    [Test]
    public void A_run_that_meets_every_fault_at_random_loses_no_row_and_no_checkpoint_and_solves_its_task()
    {
        int seed = Setting("REACHER_FAST_FAULT_SEED", Environment.TickCount & 0xFFFF);
        var length = TimeSpan.FromMinutes(Setting("REACHER_FAST_FAULT_MINUTES", 60));
        TestContext.Progress.WriteLine($"REACHER_FAST_FAULT_SEED={seed}, {length.TotalMinutes} minutes");
        random = new Random(seed);
        using var run = new FaultyRun(results.Path, disk, Solvable);
        clock.Start();
        run.Start("--no-stop");
        run.WaitUntilUnderWay();
        (long Updates, long Step) newest = run.Checkpoint();
        long rowsLost = 0, most = 0;
        for (int number = 1; clock.Elapsed < length; number++)
        {
            run.Pass(Until(LongestCalm));
            string what = Strike(run);
            Recover(run);
            newest = Judge(run, newest, out PendulumAudit audit);
            (rowsLost, most) = (rowsLost + audit.Missing, Math.Max(most, audit.Missing));
            TestContext.Progress.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{clock.Elapsed.TotalSeconds,6:F1} s  {number,4} {what}: {run}, {run.LostUpdates} updates lost so far, {audit}"));
        }

        run.Runner.Signal("TERM");
        Assert.That(run.Runner.WaitForExit(), Is.EqualTo(130), run.Said());
        run.Start("--resume", "--no-stop", "false");
        Assert.That(run.Runner.WaitForExit(), Is.Zero, run.Said());
        Assert.That(File.ReadAllText(run.Files.Summary), Does.Contain("\"solved\""));
        Judge(run, newest, out _);
        string table = string.Join('\n', counts.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Value,5} {pair.Key}"));
        TestContext.Progress.WriteLine($"{table}\nseed {seed}: {run}, {run.LostUpdates} updates lost, at most {most} rows missing at once");
        TestContext.Progress.WriteLine(File.ReadAllText(run.Files.Summary));
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : otherwise;

    private TimeSpan Until(double seconds) => TimeSpan.FromSeconds(random.NextDouble() * seconds);

    // One fault, from its beginning to its end.
    private string Strike(FaultyRun run)
    {
        ProcessRole role = Draw<ProcessRole>();
        Fault fault = Draw<Fault>();
        TestContext.Progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed.TotalSeconds,6:F1} s       {role} {fault}"));
        mayBreakRuntime = role == ProcessRole.Supervisor && fault == Fault.FewDescriptors;
        string what = $"{role} {fault}";
        if (fault == Fault.TornPages)
        {
            LosePower(run);
            return Note("loss of power");
        }

        var injector = new Injector(run, role, fault);
        string verb = FaultyRun.VerbOf(role);
        if (random.Next(3) == 0)
        {
            // Within a write, where there is one before long.
            what += " in a write";
            disk.Hold(verb);
            TimeSpan patience = clock.Elapsed + TimeSpan.FromSeconds(6);
            run.Until(() => run.HasExited || disk.IsHeld(verb) || clock.Elapsed > patience, "a write");
        }

        injector.Strike();
        disk.Hold(verb, false);
        disk.Forget(verb);
        if (random.Next(3) == 0)
        {
            ProcessRole other = Draw<ProcessRole>();
            what += $", {other} killed";
            run.Pass(Until(1));
            RunnerProcess.Kill("KILL", run.PidOf(other));
        }

        if (fault != Fault.Killed)
        {
            run.Pass(Until(LongestFault));
            injector.Heal();
        }

        return Note(what);
    }

    private void LosePower(FaultyRun run)
    {
        string[] torn = [run.Files.Replay, run.Files.Control, run.Files.Weights];
        byte[][] before = [.. torn.Select(File.ReadAllBytes)];
        run.Pass(Until(LongestCalm));
        if (!run.HasExited)
        {
            run.LosePower();
        }

        run.Forget();
        double oldShare = random.NextDouble() * random.NextDouble();
        for (int i = 0; i < torn.Length; i++)
        {
            File.WriteAllBytes(torn[i], TornPages.Mix([before[i], File.ReadAllBytes(torn[i])], oldShare, random));
        }
    }

    // Whoever operates a run starts it again where it has ended.
    private void Recover(FaultyRun run)
    {
        for (int tries = 0; run.Control is null || run.HasExited || !run.GoesOn(); tries++)
        {
            Assert.That(tries, Is.LessThan(3), run.Said());
            int code = run.Runner.WaitForExit();
            if (!mayBreakRuntime)
            {
                Assert.That(code, Is.AnyOf(1, 2, 137), run.Said());
                Assert.That(run.Runner.Errors, Does.Not.Contain("   at "));
            }

            Note($"  ends with {code}");
            TestContext.Progress.WriteLine($"  ends with {code}: {run.Runner.Errors.Trim()}");
            disk.Heal();
            run.Start("--resume", "--no-stop");
            run.WaitUntilUnderWay();
        }
    }

    private static (long Updates, long Step) Judge(FaultyRun run, (long Updates, long Step) newest, out PendulumAudit audit)
    {
        (long updates, long step) = run.Checkpoint();
        Assert.That(updates, Is.GreaterThanOrEqualTo(newest.Updates), "no checkpoint is lost");
        Assert.That(step, Is.GreaterThanOrEqualTo(newest.Step), "no checkpoint is lost");
        audit = PendulumAudit.Of(run.Files.Replay);
        Assert.That((audit.Torn, audit.WrongSuccessors), Is.EqualTo((0L, 0L)), "torn rows, wrong successors");
        return (updates, step);
    }

    private T Draw<T>()
        where T : struct, Enum
    {
        T[] all = Enum.GetValues<T>();
        return all[random.Next(all.Length)];
    }

    private string Note(string what)
    {
        counts[what] = counts.GetValueOrDefault(what) + 1;
        return what;
    }
}
