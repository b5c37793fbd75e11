using System.Globalization;
using Reacher.Fast.Training.Evaluate;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Runner.Tests.Training;

/// <summary>The rounds of evaluation episodes that make a curve, in whole runs.</summary>
[NonParallelizable]
public sealed class EvaluationRoundsTests
{
    private const long Warmup = 200;
    private const long Interval = 400;
    private const int Episodes = 3;
    private const int Rounds = 4;
    private string results = "";

    [SetUp]
    public void MakeFolder() => results = Directory.CreateTempSubdirectory("reacher-fast-test-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(results, recursive: true);

    // The last round is due with the run's last transition. Its episodes are long beside the time in which processes see that a run has ended.
    [Test]
    public void EveryRoundIsPlayedWholeAndByOnePolicyToTheRunsLast([Values] bool inProcess)
    {
        string[] run =
        [
            "--num-agents", "1", "--steps-per-update", "1", "--publish-interval", "1", "--max-step", "5000",
            "--max-steps", Text(Warmup + ((Rounds - 1) * Interval)),
            "--evaluation-interval", Text(Interval), "--evaluation-episodes", Text(Episodes), "--evaluation-agents", "200", "--no-final-evaluation",
            .. inProcess ? ["--in-process"] : Array.Empty<string>(),
        ];
        using (RunnerProcess process = RunnerProcess.Train(results, "a", run))
        {
            Assert.That(process.WaitForExit(), Is.Zero, process.Errors);
        }

        var files = new RunFolder(Path.Combine(results, "a"), "Reacher");
        EvaluationRecord[][] rounds = [.. EvaluationLog.Read(files.Evaluations).Chunk(Episodes)];
        Assert.That(rounds.Select(round => round.Length), Is.EqualTo(Enumerable.Repeat(Episodes, Rounds)));
        for (int i = 0; i < rounds.Length; i++)
        {
            long due = Warmup + (i * Interval);
            Assert.That(rounds[i].Select(record => record.WeightVersion).Distinct().Count(), Is.EqualTo(1), $"round {i}");
            // Processes do not wait for one another: theirs is played with the newest policy there is when they see that it is due.
            Assert.That(rounds[i].Select(record => record.Transitions), Is.All.InRange(due, inProcess ? due : long.MaxValue), $"round {i}");
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
