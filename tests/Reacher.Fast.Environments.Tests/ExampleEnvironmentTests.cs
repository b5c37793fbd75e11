using Reacher.Fast.Core.Environments;

namespace Reacher.Fast.Environments.Tests;

public sealed class ExampleEnvironmentTests
{
    [Test]
    public void The_example_in_the_docs_is_the_one_that_compiles()
    {
        string root = TestContext.CurrentContext.TestDirectory;
        while (!File.Exists(Path.Combine(root, "Reacher.Fast.sln")))
        {
            root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("The solution's folder is not above the tests.");
        }

        string example = File.ReadAllText(Path.Combine(root, "tests/Reacher.Fast.Environments.Tests/ExampleEnvironment.cs")).TrimEnd();
        string docs = File.ReadAllText(Path.Combine(root, "docs/environments.md"));
        Assert.That(docs.ReplaceLineEndings("\n"), Does.Contain($"```csharp\n{example.ReplaceLineEndings("\n")}\n```"));
    }

    [Test]
    public void The_example_keeps_the_contract()
    {
        using CartEnvironment carts = new(3);
        StepBuffer buffer = new(carts);
        VectorStep step = buffer.View;
        carts.Reset(4, step.Observations);
        for (int i = 1; i <= 250; i++)
        {
            carts.Step([1, 0, -1], step);
            Assert.That(step.Truncated.ToArray(), Is.All.EqualTo(i % 100 == 0));
            if (i % 100 == 0)
            {
                Assert.That(step.FinalObservations[1], Is.EqualTo(10).Within(1e-4));
                Assert.That(step.Observations[1], Is.Zero);
            }
        }
    }
}
