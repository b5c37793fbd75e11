using System.Diagnostics;
using System.Globalization;
using Reacher.Fast.Replay.Control;

namespace Reacher.Fast.Runner.Tests.Faults;

/// <summary>
/// Every fault, to every role, at every moment of its life. Whatever happens, the run goes on or ends with the exit code that is
/// documented; it goes on with <c>--resume</c> afterwards; no row is torn, no successor wrong, no checkpoint and no score lost. The test
/// prints what each fault costs as a table, from which that of docs/operating.md is taken.
/// </summary>
[NonParallelizable]
[Category("Stress")]
[Explicit("Half an hour: dotnet test -c Release tests/Reacher.Fast.Runner.Tests --filter FaultMatrixTests")]
public sealed class FaultMatrixTests
{
    // Longer than --hung-seconds, and than the learner's pause from one save to the next.
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(6);

    // Transitions that a resumed run makes.
    private const long More = 1000;

    private static readonly string[] Small =
    [
        "--hidden-units", "16", "--batch-size", "16", "--buffer-size", "20000", "--buffer-init-steps", "200", "--steps-per-update", "4",
        "--checkpoint-interval", "4000", "--window", "3", "--threshold", "-1e9", "--seed", "3", "--hung-seconds", "3",
        "--save-replay-buffer",
    ];

    // The pendulum's own end would come within seconds on a quick machine.
    private static readonly string[] Endless = ["--no-stop", "--max-steps", "1000000000"];

    private readonly List<FaultCost> costs = [];
    private TemporaryFolder results = null!;
    private FaultyDisk disk = null!;

    private static IEnumerable<TestCaseData> Cells =>
        from role in Enum.GetValues<ProcessRole>()
        from moment in Enum.GetValues<Moment>()
        from fault in Enum.GetValues<Fault>()
        where FaultCost.WhyNot(role, fault, moment) is null
        select new TestCaseData(role, moment, fault);

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

    [OneTimeTearDown]
    public void PrintTable()
    {
        string table = FaultCost.Table(costs);
        TestContext.Progress.WriteLine(table);
        File.WriteAllText(Path.Combine(TestContext.CurrentContext.WorkDirectory, "fault-matrix.md"), table);
    }

    [TestCaseSource(nameof(Cells))]
    public void A_fault_costs_what_is_documented_and_the_run_can_go_on(ProcessRole role, Moment moment, Fault fault)
    {
        using var run = new FaultyRun(results.Path, disk, Small);
        var injector = new Injector(run, role, fault);
        run.Start([.. Endless]);
        run.WaitUntilUnderWay();
        (long Updates, long Step) saved = run.Checkpoint();
        long scores = run.Evaluation.Episodes;
        var clock = Stopwatch.StartNew();
        bool goesOn = Happen(run, injector, role, moment, fault);
        double seconds = clock.Elapsed.TotalSeconds;
        string restarts = Restarts(run);
        if (goesOn)
        {
            run.Runner.Signal("TERM");
        }

        int code = run.Runner.WaitForExit();
        string said = run.Said();
        disk.Heal();
        long until = Math.Max(run.Control?.TotalTransitions ?? 0, run.Checkpoint().Step) + More;
        run.Start("--resume", "--max-steps", until.ToString(CultureInfo.InvariantCulture));
        int resumed = run.Runner.WaitForExit();
        string saidThen = run.Said();
        if (run.Control is not null)
        {
            run.Count();
        }

        PendulumAudit audit = PendulumAudit.Of(run.Files.Replay);
        costs.Add(new FaultCost(
            role, moment, fault, goesOn, code, seconds, restarts, run.LostUpdates, audit.Missing,
            FaultCost.FirstSentence(said), FaultCost.FirstSentence(saidThen)));
        TestContext.Progress.WriteLine(
            $"{costs[^1].Row}\n    {said.Replace("\n", "\n    ")}\n  resumed {resumed}: {saidThen.Replace("\n", "\n    ")}");
        Assert.That(resumed, Is.Zero, saidThen);
        run.Audit(saved, role == ProcessRole.Evaluation && fault == Fault.TornPages ? 0 : scores);
        Assert.That(said, FaultCost.IsRuntimes(code) ? Is.Not.Empty : Does.Not.Contain("   at "), "no stack trace");
        Assert.That(FaultCost.Expected(role, moment, fault), Has.Member((goesOn, code)), said);
    }

    // Whether the run goes on afterwards.
    private bool Happen(FaultyRun run, Injector injector, ProcessRole role, Moment moment, Fault fault)
    {
        switch (moment)
        {
            case Moment.Starting:
                StrikeStart(run, injector, role, fault);
                break;
            case Moment.Running:
                run.Until(() => Strikes(run, injector, role, fault), "the process is not in a write");
                AskMoreOf(run, role, fault);
                break;
            case Moment.Saving:
                string verb = FaultyRun.VerbOf(role);
                disk.Hold(verb);
                run.Until(() => disk.IsHeld(verb), $"{verb} writes");
                StrikeOrLosePower(run, injector, fault);
                disk.Hold(verb, false);
                disk.Forget(verb);
                break;
            default:
                StrikeEnd(run, injector, role, fault);
                break;
        }

        if (run.HasExited)
        {
            return false;
        }

        if (fault == Fault.Stopped && role != ProcessRole.Supervisor && moment != Moment.Saving)
        {
            run.Until(() => run.HasExited || run.PidOf(role) != injector.Victim, "the process that is stopped is replaced");
        }
        else
        {
            run.Pass(fault == Fault.Killed ? TimeSpan.Zero : Long);
        }

        injector.Heal();
        bool isStart = role == ProcessRole.Supervisor && moment == Moment.Starting;
        if (isStart)
        {
            return run.IsUnderWay();
        }

        if (moment == Moment.Ending || run.Control is null)
        {
            run.Until(() => run.HasExited, "the run ends");
            return false;
        }

        return run.GoesOn();
    }

    private static bool Strikes(FaultyRun run, Injector injector, ProcessRole role, Fault fault)
    {
        injector.Strike();
        // One that writes to the disk is given minutes before it counts as hung.
        if (role == ProcessRole.Supervisor || fault != Fault.Stopped || run.Control!.Slot(role, 0).Phase != ProcessPhase.Saving)
        {
            return true;
        }

        injector.Heal();
        return false;
    }

    private static void StrikeStart(FaultyRun run, Injector injector, ProcessRole role, Fault fault)
    {
        bool isSignal = fault is Fault.Killed or Fault.Stopped;
        if (role == ProcessRole.Supervisor)
        {
            run.Runner.Signal("TERM");
            Assert.That(run.Runner.WaitForExit(), Is.EqualTo(130), run.Runner.Errors);
            run.Count();
            if (isSignal)
            {
                run.Disk.Hold("train");
            }
            else
            {
                injector.Prepare();
            }

            run.Start(["--resume", .. Endless]);
            if (isSignal)
            {
                run.Until(() => run.Disk.IsHeld("train"), "the supervisor writes its first file");
                injector.Strike();
                run.Disk.Hold("train", false);
                run.Disk.Forget("train");
            }

            return;
        }

        ProcessSlot slot = run.Control!.Slot(role, 0);
        int before = slot.Pid;
        long restarts = slot.Restarts;
        if (!isSignal)
        {
            injector.Prepare();
        }

        RunnerProcess.Kill("KILL", before);
        // One that cannot open its files never comes to take its slot.
        run.Until(() => run.HasExited || (isSignal ? slot.Pid != before : slot.Restarts > restarts), "the role is filled again");
        if (isSignal)
        {
            injector.Strike();
        }
    }

    // The supervisor has the most to do when a process has died.
    private static void AskMoreOf(FaultyRun run, ProcessRole role, Fault fault)
    {
        if (role == ProcessRole.Supervisor && fault is not (Fault.Killed or Fault.Stopped or Fault.TornPages))
        {
            RunnerProcess.Kill("KILL", run.PidOf(ProcessRole.Environment));
        }
    }

    private static void StrikeOrLosePower(FaultyRun run, Injector injector, Fault fault)
    {
        if (fault == Fault.TornPages)
        {
            run.LosePower();
            injector.Tear();
        }
        else
        {
            injector.Strike();
        }
    }

    private static void StrikeEnd(FaultyRun run, Injector injector, ProcessRole role, Fault fault)
    {
        // The last save is where an end takes its time.
        string waits = FaultyRun.VerbOf(role == ProcessRole.Supervisor ? ProcessRole.Learner : role);
        int pid = run.PidOf(role);
        if (role == ProcessRole.Supervisor)
        {
            run.Disk.Hold(waits);
        }
        else
        {
            RunnerProcess.Kill("STOP", pid);
        }

        run.Runner.Signal("TERM");
        run.Until(() => run.Control!.ShouldStop, "the run is asked to end");
        StrikeOrLosePower(run, injector, fault);
        run.Disk.Hold(waits, false);
        if (role != ProcessRole.Supervisor && fault is not (Fault.Stopped or Fault.Killed))
        {
            RunnerProcess.Kill("CONT", pid);
        }
    }

    private static string Restarts(FaultyRun run) => run.Control is null ? "" : string.Create(
        CultureInfo.InvariantCulture,
        $"{run.Learner.Restarts}/{run.Control.Slot(ProcessRole.Environment, 0).Restarts}/{run.Evaluation.Restarts}");
}
