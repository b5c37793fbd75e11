namespace Reacher.Fast.Environments.Tests;

public sealed class SmokeTests
{
    [Test]
    public void The_project_builds_and_its_tests_run() => Assert.Pass();
}
