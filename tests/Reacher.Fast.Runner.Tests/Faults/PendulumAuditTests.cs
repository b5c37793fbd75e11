using Reacher.Fast.Core.Batch;
using static Reacher.Fast.Runner.Tests.RunnerProcess;

namespace Reacher.Fast.Runner.Tests.Faults;

/// <summary>The auditor of the fault tests finds nothing in a sound replay, and finds what was planted.</summary>
[NonParallelizable]
public sealed class PendulumAuditTests
{
    [Test]
    public void A_sound_run_has_no_wrong_row_and_planted_ones_are_found()
    {
        using TemporaryFolder results = new();
        string[] pendulum =
        [
            "--env", "pendulum", "--num-agents", "4", "--n-step", "1", "--window", "1", "--max-steps", "3000", "--buffer-size", "2000",
            "--save-replay-buffer",
        ];
        using (RunnerProcess run = Train(results.Path, "a", pendulum))
        {
            Assert.That(run.WaitForExit(), Is.Zero, run.Errors);
        }

        string path = Path.Combine(results.Path, "a", "replay.map");
        Assert.That(PendulumAudit.Of(path), Is.EqualTo(new PendulumAudit(Rows: 2000, Torn: 0, WrongSuccessors: 0, Missing: 0)));
        int stride = new TransitionSpec(3, 1).StrideBytes;
        byte[] content = File.ReadAllBytes(path);
        int rows = content.Length - (2000 * stride);
        // One row is another's front, and one has lost its stamp.
        content.AsSpan(rows + (10 * stride) + 16, 16).CopyTo(content.AsSpan(rows + (200 * stride) + 16));
        content.AsSpan(rows + (300 * stride), 8).Clear();
        File.WriteAllBytes(path, content);
        Assert.That(PendulumAudit.Of(path), Is.EqualTo(new PendulumAudit(Rows: 1998, Torn: 1, WrongSuccessors: 1, Missing: 2)));
    }
}
