using System.Diagnostics;
using System.Globalization;
using System.Text;
using Reacher.Fast.Replay.Control;

namespace Reacher.Fast.Runner.Tests.Faults;

/// <summary>
/// Days in an hour: a run on the quickest task with the smallest networks goes on until it has made a million evaluations, a thousand million
/// rows and a million updates. Meanwhile the memory, open files, threads and processor time of every process and the length of every
/// file are looked at; what grows must be a log, and grow by what is logged. The test prints them as a table.
/// </summary>
[NonParallelizable]
[Category("Stress")]
[Explicit("About an hour: dotnet test -c Release tests/Reacher.Fast.Runner.Tests --filter SoakTests")]
public sealed class SoakTests
{
    private const int Looks = 20;
    // The processes are in their stride once a fifth is done: code is compiled, buffers have their size, the ring is full.
    private const int FirstLook = 4;
    private const long MostGrowth = 24_000;

    private static readonly TimeSpan Patience = TimeSpan.FromHours(3);

    private static readonly (string Name, ProcessRole Role)[] Roles =
    [
        ("main", ProcessRole.Supervisor), ("learner", ProcessRole.Learner), ("env", ProcessRole.Environment), ("eval", ProcessRole.Evaluation),
    ];

    [TestCase(1_000_000, 1_000_000_000, 1_000_000)]
    public void A_run_of_days_takes_no_more_in_the_end_than_in_the_beginning(long evaluations, long rows, long updates)
    {
        using var results = new TemporaryFolder();
        using RunnerProcess run = RunnerProcess.Start(
            "train", "--json", "--results-dir", results.Path, "--run-id", "a", "--env",
            $"{typeof(QuickTask).Assembly.Location}#{nameof(QuickTask)}", "--num-agents", "50", "--evaluation-episodes", "1", "--n-step", "1",
            "--threads", "1", "--hidden-units", "8", "--batch-size", "8", "--buffer-size", "1000000", "--buffer-init-steps", "1000",
            "--steps-per-update", Number(rows / updates), "--summary-freq", Number(rows / 10_000), "--max-steps", Number(100 * rows),
            "--checkpoint-interval", Number(rows / 100), "--threshold", "1", "--seed", "5", "--no-stop");
        using ControlBlock control = RunnerProcess.Control(results.Path, "a");
        var clock = Stopwatch.StartNew();
        var table = new StringBuilder();
        ProcessUse[]? first = null;
        ProcessUse[] uses = [];
        for (int look = 1; look <= Looks; look++)
        {
            WaitFor(run, clock, () => Progress(control, evaluations, rows, updates) >= (double)look / Looks);
            uses = [.. Roles.Select(role => ProcessUse.Of(role.Role == ProcessRole.Supervisor ? run.Process.Id : control.Slot(role.Role, 0).Pid))];
            first = look == FirstLook ? uses : first;
            string line = Line(control, clock, uses);
            TestContext.Progress.WriteLine(line);
            table.AppendLine(line);
        }

        string files = Files(results.Path);
        TestContext.Progress.WriteLine(files);
        File.WriteAllText(Path.Combine(TestContext.CurrentContext.WorkDirectory, "soak.md"), table.Append(files).ToString());
        run.Signal("TERM");
        Assert.That(run.WaitForExit(), Is.EqualTo(130), run.Errors);
        for (int i = 0; i < Roles.Length; i++)
        {
            // The supervisor keeps the score of every evaluation, a float64 in a list that doubles its length, for the live view's curve.
            long kept = Roles[i].Role == ProcessRole.Supervisor ? evaluations * 3 * sizeof(double) / 1000 : 0;
            Assert.That(uses[i].Resident - first![i].Resident, Is.LessThan(MostGrowth + kept), $"memory of {Roles[i].Name}, kB");
            Assert.That(uses[i].Descriptors, Is.LessThanOrEqualTo(first[i].Descriptors + 2), $"open files of {Roles[i].Name}");
            // The runtime's pool of threads shrinks and grows by a few.
            Assert.That(uses[i].Threads, Is.LessThanOrEqualTo(first[i].Threads + 4), $"threads of {Roles[i].Name}");
        }

        Assert.That(Roles.Skip(1).Sum(role => control.Slot(role.Role, 0).Restarts), Is.Zero, "no process died");
    }

    private static double Progress(ControlBlock control, long evaluations, long rows, long updates) => Math.Min(
        (double)control.Slot(ProcessRole.Evaluation, 0).Episodes / evaluations,
        Math.Min((double)control.TotalTransitions / rows, (double)control.Learner.Updates / updates));

    private static void WaitFor(RunnerProcess run, Stopwatch clock, Func<bool> condition)
    {
        while (!condition())
        {
            Assert.That(run.Process.HasExited, Is.False, run.Errors);
            Assert.That(clock.Elapsed, Is.LessThan(Patience), "the run has not come so far");
            Thread.Sleep(100);
        }
    }

    private static string Line(ControlBlock control, Stopwatch clock, ProcessUse[] uses) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {clock.Elapsed.TotalSeconds:F0} | {control.Slot(ProcessRole.Evaluation, 0).Episodes} | {control.TotalTransitions} " +
        $"| {control.Learner.Updates} | {string.Join(" | ", uses.Select(Cell))} |");

    private static string Cell(ProcessUse use) => string.Create(
        CultureInfo.InvariantCulture, $"{use.Resident / 1000} MB / {use.Descriptors} / {use.Threads} / {use.Seconds:F0} s");

    private static string Files(string folder) => string.Join(
        '\n',
        from path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        orderby path
        select string.Create(CultureInfo.InvariantCulture, $"{Path.GetRelativePath(folder, path)}: {new FileInfo(path).Length} bytes"));

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
