using System.Reflection;
using Reacher.Fast.Commands;
using Reacher.Fast.Core;
using Reacher.Fast.Environments.Arm;
using Reacher.Fast.Replay;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Runner.Tests.Architecture;

/// <summary>
/// Runs, models and the handshake print the three numbers of AssemblyVersion, which MinVer leaves at 0.0.0 unless the build completes them.
/// </summary>
public sealed class VersionTests
{
    [TestCase(typeof(InputException))]
    [TestCase(typeof(ReplayFile))]
    [TestCase(typeof(ArmEnvironment))]
    [TestCase(typeof(RunPlan))]
    [TestCase(typeof(CommandLine))]
    public void The_numbers_of_an_assembly_are_those_of_its_package(Type type)
    {
        string package = type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        Assert.That(type.Assembly.GetName().Version!.ToString(3), Is.EqualTo(package.Split('-', '+')[0]).And.Not.EqualTo("0.0.0"));
    }
}
