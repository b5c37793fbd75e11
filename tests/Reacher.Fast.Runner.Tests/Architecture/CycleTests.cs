using ArchUnitNET.Fluent.Slices;
using ArchUnitNET.Loader;
using ArchUnitNET.NUnit;
using NUnit.Framework.Constraints;
using Reacher.Fast.Core;
using Reacher.Fast.Environments.Arm;
using Reacher.Fast.Replay;
using Reacher.Fast.Runner.Tests.Architecture.Planted.First;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Runner.Tests.Architecture;

/// <summary>
/// A folder is a namespace, and no folder uses one that uses it, directly or by way of others: whoever reads one need not read what lies above it.
/// What counts is what the compiled code refers to.
/// </summary>
public sealed class CycleTests
{
    private static readonly ArchUnitNET.Domain.Architecture Product = Load(
        typeof(InputException).Assembly,
        typeof(ReplayFile).Assembly,
        typeof(ArmEnvironment).Assembly,
        typeof(RunPlan).Assembly,
        typeof(Reacher.Fast.Commands.CommandLine).Assembly);

    [Test]
    public void No_folder_uses_one_that_uses_it() => FolderRule("Reacher.Fast").Check(Product);

    [Test]
    public void The_rule_looks_at_every_project() => Assert.That(
        Product.Types.Select(type => type.Namespace.FullName),
        Is.SupersetOf(["Reacher.Fast.Core.Kernels.Cuda", "Reacher.Fast.Replay.Writing", "Reacher.Fast.Environments.Arm",
            "Reacher.Fast.Training.Reporting.Html", "Reacher.Fast.View"]));

    [Test]
    public void A_planted_circle_is_seen()
    {
        ArchUnitNET.Domain.Architecture planted = Load(typeof(PlantedFirst).Assembly);
        Assert.That(
            () => FolderRule("Reacher.Fast.Runner.Tests.Architecture.Planted").Check(planted),
            new ThrowsConstraint(new InstanceOfTypeConstraint(typeof(AssertionException))));
    }

    private static SliceRule FolderRule(string root) => SliceRuleDefinition.Slices().Matching($"{root}.(**)").Should().BeFreeOfCycles();

    private static ArchUnitNET.Domain.Architecture Load(params System.Reflection.Assembly[] assemblies) =>
        new ArchLoader().LoadAssemblies(assemblies).Build();
}
