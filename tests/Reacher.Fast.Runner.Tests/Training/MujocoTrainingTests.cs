using Reacher.Fast.Environments.Mujoco;
using Reacher.Fast.Training.Evaluate;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Runner.Tests.Training;

/// <summary>Runs by the files of <c>configs/mujoco</c>, as the published curves are made.</summary>
[NonParallelizable]
public sealed class MujocoTrainingTests
{
    private string results = "";

    [SetUp]
    public void MakeFolder() => results = Directory.CreateTempSubdirectory("reacher-fast-test-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(results, recursive: true);

    [Explicit]
    [Category("Stress")]
    [TestCase(1, Reason = "Minutes: --filter TestCategory=Stress")]
    public void SacHoldsThePendulumForAllOfItsTimeAfterTwentyThousandSteps(int seed)
    {
        if (!MujocoEnvironment.IsAvailable(out string reason))
        {
            Assert.Ignore(reason);
        }

        string file = Path.Combine(Repository.Root, "configs/mujoco/inverted-pendulum-sac.yaml");
        using RunnerProcess run = RunnerProcess.Start(
            "train", file, "--results-dir", results, "--run-id", "a", "--seed", $"{seed}", "--in-process", "--device", "cpu", "--threads", "1",
            "--max-steps", "30000");
        Assert.That(run.WaitForExit(TimeSpan.FromHours(1)), Is.Zero, run.Errors);
        EvaluationRecord[] records = [.. EvaluationLog.Read(new RunFolder(Path.Combine(results, "a"), "InvertedPendulum-v4").Evaluations)];
        Assert.That(records.Select(record => record.Transitions).Distinct(), Is.EqualTo(new[] { 10_000, 30_000 }));
        Assert.That(records[10..].Select(record => record.Score), Is.EqualTo(Enumerable.Repeat(1000.0, 10)));
    }
}
