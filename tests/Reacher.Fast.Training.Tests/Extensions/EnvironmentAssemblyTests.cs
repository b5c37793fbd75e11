using Reacher.Fast.Core;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Numerics;
using Reacher.Fast.Environments.MlAgents.Messages;
using Reacher.Fast.Environments.Pendulum;
using Reacher.Fast.Training.Env;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Training.Tests.Extensions;

/// <summary>An environment out of an assembly that the program does not refer to: this project's own environments stand in for a user's.</summary>
public sealed class EnvironmentAssemblyTests
{
    private static readonly string Mine = typeof(PendulumEnvironment).Assembly.Location;

    [TestCase("PendulumEnvironment")]
    [TestCase("Reacher.Fast.Environments.Pendulum.PendulumEnvironment")]
    public void A_class_is_found_by_its_name_and_made_for_so_many_agents(string type)
    {
        var plan = new EnvironmentOptions { Name = $"{Mine}#{type}", Agents = 3 };
        Assert.That((plan.IsPlayer, plan.IsEditor), Is.EqualTo((false, false)));
        using IVectorEnvironment environment = EnvironmentFactory.Create(plan, worker: 0);
        Assert.That((environment.AgentCount, environment.ObservationSize, environment.ActionSize), Is.EqualTo((3, 3, 1)));
        Assert.That(ProgramEnvironments.BehaviorOf(plan.Name), Is.EqualTo("PendulumEnvironment"));
        using var shared = new PendulumEnvironment(3);
        float[] observations = new float[9], expected = new float[9];
        environment.Reset(5, observations);
        shared.Reset(SplitMix64.Mix(5), expected);
        Assert.That(observations, Is.EqualTo(expected));
    }

    [TestCase("", "has 4 environments; write one of them after a '#': ArmEnvironment, MlAgentsEnvironment, MujocoEnvironment, PendulumEnvironment.")]
    [TestCase("#Cart", "has no environment 'Cart'; write one of them after a '#'")]
    [TestCase("#ArmEnvironment", "has no public constructor that takes the number of agents; add one.")]
    public void A_class_that_cannot_be_taken_is_named_in_a_sentence(string suffix, string sentence) => AssertRefused(Mine + suffix, sentence);

    [Test]
    public void A_file_that_is_missing_or_is_no_assembly_is_refused()
    {
        using var folder = new TemporaryFolder();
        AssertRefused(folder["Missing.dll"], "There is no assembly");
        File.WriteAllText(folder["Text.dll"], "This is no assembly.");
        AssertRefused(folder["Text.dll"], "cannot be made");
        AssertRefused(typeof(EnvironmentAssemblyTests).Assembly.Location, "has no environment: no public class in it");
    }

    [TestCase("/a/C#/b/Mine.dll", "/a/C#/b/Mine.dll", null)]
    [TestCase("/a/C#/b/Mine.DLL#Swing", "/a/C#/b/Mine.DLL", "Swing")]
    [TestCase("Mine.dll#", "Mine.dll", "")]
    public void The_path_of_an_assembly_may_have_the_sign_that_a_class_follows(string name, string file, string? type)
    {
        Assert.That(ProgramEnvironments.IsAssembly(name));
        Assert.That(ProgramEnvironments.SplitAssembly(name), Is.EqualTo((file, type)));
        Assert.That(new EnvironmentOptions { Name = name }.IsPlayer, Is.False);
    }

    [Test]
    public void An_environment_that_refuses_its_agents_is_quoted() =>
        AssertRefused($"{Mine}#PendulumEnvironment", "The pendulum environment steps 1 to 65536 agents, not 65537", agents: 65_537);

    [TestCase("#PendulumEnvironment")]
    [TestCase(EnvironmentOptions.Pendulum)]
    public void Parameters_that_nobody_would_read_are_refused(string name)
    {
        var plan = new EnvironmentOptions
        {
            Name = name.StartsWith('#') ? Mine + name : name,
            Parameters = new Dictionary<string, EnvironmentParameter> { ["mass"] = new EnvironmentParameter.Constant(1) },
        };
        Assert.That(() => EnvironmentFactory.Create(plan, worker: 0), Throws.InstanceOf<InputException>().With.Message.Contains("'mass'"));
    }

    [Test]
    public void A_programs_catalog_comes_before_a_player_and_may_not_take_a_built_in_name()
    {
        try
        {
            ProgramEnvironments.Use(new EnvironmentCatalog { ["swing"] = agents => new PendulumEnvironment(agents) });
            var plan = new EnvironmentOptions { Name = "swing", Agents = 2 };
            using IVectorEnvironment environment = EnvironmentFactory.Create(plan, worker: 0);
            Assert.That((environment.AgentCount, plan.IsPlayer), Is.EqualTo((2, false)));
            Assert.That(environment, Is.TypeOf<SeedMixingEnvironment>());
            Assert.That(OptionKeys.EnvironmentName.Parse(null), Is.EqualTo("swing"));
            Assert.That((ProgramEnvironments.DefaultName, ProgramEnvironments.BehaviorOf("swing")), Is.EqualTo(("swing", "swing")));
            AssertRefused("sving", "give the path of a built scene, or 'editor'. This program's own environments are swing.");
            Assert.That(
                () => ProgramEnvironments.Use(new EnvironmentCatalog { ["arm"] = agents => new PendulumEnvironment(agents) }),
                Throws.ArgumentException.With.Message.Contains("built in"));
        }
        finally
        {
            ProgramEnvironments.Use(null);
        }

        Assert.That(ProgramEnvironments.DefaultName, Is.EqualTo(EnvironmentOptions.Arm));
    }

    private static void AssertRefused(string name, string sentence, int agents = 1) => Assert.That(
        () => EnvironmentFactory.Create(new EnvironmentOptions { Name = name, Agents = agents }, worker: 0),
        Throws.InstanceOf<InputException>().With.Message.Contains(sentence));
}
