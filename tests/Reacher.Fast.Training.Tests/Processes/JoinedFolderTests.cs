using Reacher.Fast.Core;
using Reacher.Fast.Training.Cluster;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Processes;

namespace Reacher.Fast.Training.Tests.Processes;

/// <summary>What a machine makes of a plan that has come from another, and what it refuses.</summary>
public sealed class JoinedFolderTests
{
    // More than the run's own environment has.
    private const int Agents = 300;

    private static readonly ClusterEndpoint Endpoint = new("127.0.0.1", 1, null);

    [Test]
    public void The_plan_is_the_run_s_with_this_machine_s_environment()
    {
        using JoinedFolder folder = JoinedFolder.Create(Plan("arm"), new JoinOptions { Endpoint = Endpoint, Environment = "pendulum" });
        Assert.That((folder.Plan.RunId, folder.Plan.Environment.Name), Is.EqualTo(("elsewhere", "pendulum")));
        Assert.That(folder.Plan.AgentCount, Is.EqualTo(Agents), "as many as there are here, by which the rows under way are limited");
        folder.Take(new JoinedPlace(3, 77, [new JoinedEnvironment(5, 100, 2)]), Endpoint);
        Membership read = Membership.Load(folder.Files.Membership);
        Assert.That((read.Stream, read.Incarnation, read.Endpoint), Is.EqualTo((3, 77UL, Endpoint)));
        Assert.That(read.Environments, Is.EqualTo(new[] { 5 }));
        Assert.That(folder.Control.Slot(Replay.Control.ProcessRole.Environment, 5).VectorSteps, Is.EqualTo(100));
        Assert.That(folder.Control.Limiter.MayStep(), Is.True);
    }

    [TestCase("/nowhere/Scene.x86_64")]
    [TestCase("/nowhere/tasks.dll#Swing")]
    public void A_player_that_is_not_here_is_a_sentence(string name) => Assert.That(
        () => JoinedFolder.Create(Plan(name), new JoinOptions { Endpoint = Endpoint }),
        Throws.InstanceOf<InputException>().With.Message.EqualTo(
            $"The run's environment '{name}' is not on this machine; copy it here, and where its path is another, name it with --env FILE."));

    [Test]
    public void The_folder_is_gone_with_the_machine_s_part()
    {
        JoinedFolder folder = JoinedFolder.Create(Plan("pendulum"), new JoinOptions { Endpoint = Endpoint });
        Assert.That(File.Exists(folder.Files.Plan), Is.True);
        folder.Dispose();
        Assert.That(Directory.Exists(folder.Files.Folder), Is.False);
    }

    [Test]
    public void An_environment_of_other_sizes_is_refused_before_a_place_is_asked_for() => Assert.That(
        () => JoinedFolder.Create(Plan("arm"), new JoinOptions { Endpoint = Endpoint }),
        Throws.InstanceOf<InputException>().With.Message.Contains("33 observations and 4 actions on this machine"));

    private static string Plan(string environment) => new RunPlan(
        new RunOptions { Environment = new EnvironmentOptions { Name = environment, Agents = Agents } })
    {
        RunId = "elsewhere",
        Seed = 1,
        AgentCount = 4,
        ObservationSize = 3,
        ActionSize = 1,
    }.ToJson();
}
