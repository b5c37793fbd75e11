using Reacher.Fast.Benchmarks.Allocations;

namespace Reacher.Fast.Benchmarks.Tests;

/// <summary>
/// Bytes per operation of everything that is benchmarked, as benchmarks/allocations.json lists them. In a process of its own,
/// where nobody else allocates.
/// </summary>
public sealed class AllocationGateTests
{
    [Test]
    public void Every_benchmark_allocates_what_is_listed_and_no_more()
    {
        Command gate = Command.Benchmarks("--quick", "allocations");
        TestContext.Out.WriteLine(gate.Output);
        Assert.That(gate.ExitCode, Is.Zero, gate.Output);
    }

    [Test]
    public void A_planted_allocation_fails_even_on_another_thread()
    {
        Command gate = Command.Benchmarks("--quick", "allocations", "planted");
        Assert.That(gate.ExitCode, Is.EqualTo(1), gate.Output);
        Assert.That(gate.Output, Does.Contain("PlantedBenchmarks.Allocating allocates").And.Not.Contain("PlantedBenchmarks.Quiet allocates"));
    }

    [Test]
    public void What_is_not_listed_or_listed_and_gone_fails_as_well()
    {
        string[] problems = [.. AllocationGate.Judge(
            new Dictionary<string, long> { ["A.New"] = 0, ["A.Less"] = 5 }, new Dictionary<string, long> { ["A.Gone"] = 0, ["A.Less"] = 6 })];
        Assert.That(problems, Has.Length.EqualTo(2));
        Assert.That(problems[0], Does.Contain("A.New is not in allocations.json"));
        Assert.That(problems[1], Does.Contain("there is no such benchmark").And.Contain("A.Gone"));
    }
}
