using Reacher.Fast.Runner.Tests.Faults;
using static Reacher.Fast.Runner.Tests.RunnerProcess;

namespace Reacher.Fast.Runner.Tests.Processes;

/// <summary>A run on an environment out of an assembly, by processes that find it and what it refers to.</summary>
[NonParallelizable]
public sealed class AssemblyEnvironmentTests
{
    [Test]
    public void An_assembly_called_like_this_projects_brings_what_the_program_has_not()
    {
        // This assembly refers to Reacher.Fast.Testing, which is called like a library of the program's and is none.
        using var results = new TemporaryFolder();
        using RunnerProcess run = Train(
            results.Path, "a", "--env", $"{typeof(QuickTask).Assembly.Location}#{nameof(QuickTask)}", "--num-agents", "4", "--max-steps", "1000",
            "--no-final-evaluation");
        Assert.That(run.WaitForExit(), Is.Zero, run.Errors);
        Assert.That(File.Exists(results["a/QuickTask.onnx"]), Is.True);
    }
}
