namespace Reacher.Fast.Core.Tests;

public sealed class SmokeTests
{
    [Test]
    public void The_project_builds_and_its_tests_run() => Assert.Pass();
}
