using System.Net;
using System.Net.Sockets;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Environments.MlAgents.Messages;
using Reacher.Fast.Environments.MlAgents.Trainer;

namespace Reacher.Fast.Environments.Tests.MlAgents;

/// <summary>Players that are processes.</summary>
public sealed class LaunchTests
{
    private static readonly MlAgentsOptions Options = new()
    {
        Player = Path.Combine(TestContext.CurrentContext.TestDirectory, "Reacher.Fast.TestChild"),
        Arguments = ["--arms", "2", "--max-steps", "40"],
        BasePort = 0,
        NoGraphics = true,
        Timeout = TimeSpan.FromSeconds(60),
    };

    [TestCase(null)]
    [TestCase(ProtocolGeneration.Api4)]
    [TestCase(ProtocolGeneration.V150)]
    public void A_player_is_started_stepped_and_closed(ProtocolGeneration? generation)
    {
        List<string> log = [];
        using MlAgentsEnvironment trainer = MlAgentsEnvironment.Launch(Options with { Generation = generation, Log = log.Add });
        var step = new StepBuffer(trainer);
        trainer.Reset(0, step.View.Observations);
        for (int i = 0; i < 25; i++)
        {
            trainer.Step(new float[8], step.View);
        }

        Assert.That(log, Has.Some.Contains("2 agents, 33 observations, 4 actions"));
        Assert.That(trainer.BehaviorName, Is.EqualTo(generation == ProtocolGeneration.Api4 ? "ReacherBrain" : "Reacher?team=0"));
    }

    [Test]
    public void A_crash_is_told_with_the_exit_code_and_the_last_lines()
    {
        using MlAgentsEnvironment trainer = MlAgentsEnvironment.Launch(Options with { Arguments = [.. Options.Arguments, "--exit-at", "3"] });
        var step = new StepBuffer(trainer);
        PlayerLostException? lost = null;
        for (int i = 1; i <= 3 && lost is null; i++)
        {
            try
            {
                trainer.Step(new float[8], step.View);
            }
            catch (PlayerLostException e)
            {
                lost = e;
                Assert.That(i, Is.EqualTo(3));
            }
        }

        Assert.That(lost, Is.Not.Null);
        Assert.That(lost!.Message, Does.Contain("exited with code 7"));
        Assert.That(lost.LogTail, Does.Contain("the scene burst"));
        Assert.That(lost.LogTail, Does.Contain("player: -nographics -batchmode --mlagents-port"));
    }

    [Test]
    public void A_hang_is_told_within_the_timeout_and_the_player_is_ended()
    {
        MlAgentsEnvironment trainer = MlAgentsEnvironment.Launch(Options with
        {
            Arguments = [.. Options.Arguments, "--hang-at", "2"],
            Timeout = TimeSpan.FromSeconds(20),
        });
        var step = new StepBuffer(trainer);
        trainer.Step(new float[8], step.View);
        trainer.Patience = TimeSpan.FromMilliseconds(300);
        Assert.That(() => trainer.Step(new float[8], step.View), Throws.TypeOf<PlayerLostException>().With.Message.Contains("said nothing"));
        trainer.Dispose();
    }

    [Test]
    public void A_player_that_dies_at_once_is_told_with_its_last_words()
    {
        PlayerLostException lost = Assert.Throws<PlayerLostException>(
            () => MlAgentsEnvironment.Launch(Options with { Arguments = ["--arms", "many"] }).Dispose())!;
        Assert.That(lost.Message, Does.Contain("exited with code"));
        Assert.That(lost.LogTail, Does.Contain("player:"));
    }

    [Test]
    public void A_taken_port_is_skipped_for_a_player_and_reported_for_the_editor()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        List<string> log = [];
        using (MlAgentsEnvironment trainer = MlAgentsEnvironment.Launch(Options with { BasePort = port, WorkerCount = 3, Log = log.Add }))
        {
            Assert.That((trainer.Port - port) % 3, Is.Zero);
            Assert.That(trainer.Port, Is.Not.EqualTo(port));
        }

        Assert.That(log[0], Does.Contain($"Port {port} is taken"));
        Assert.That(
            () => MlAgentsEnvironment.Launch(Options with { BasePort = port, Player = "editor" }),
            Throws.TypeOf<InputException>().With.Message.Contains($"Port {port} is taken"));
    }

    [Test]
    public void A_missing_player_is_an_input_error_before_anything_is_said_of_a_port() => Assert.That(
        () => MlAgentsEnvironment.Launch(Options with { Player = "nowhere/at-all", Otherwise = "Or is it here?", Log = Assert.Fail }),
        Throws.TypeOf<InputException>().With.Message.EqualTo(
            "There is no player at 'nowhere/at-all'; give the path of a built scene, or 'editor'. Or is it here?"));

    [Test]
    [Platform(Exclude = "Win")]
    public void A_player_that_nobody_may_execute_is_an_input_error_before_anything_is_said_of_a_port()
    {
        string file = Path.GetTempFileName();
        try
        {
            Assert.That(
                () => MlAgentsEnvironment.Launch(Options with { Player = file, Log = Assert.Fail }),
                Throws.TypeOf<InputException>().With.Message.Contains($"chmod +x {file}"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Test]
    public void The_command_line_is_Unitys()
    {
        MlAgentsOptions options = Options with { Generation = ProtocolGeneration.V150, LogFile = "logs/Player-0.log", Arguments = ["-x", "y"] };
        Assert.That(
            string.Join(' ', PlayerProcess.Arguments(options, 5006)),
            Is.EqualTo("-nographics -batchmode --mlagents-port 5006 -logFile logs/Player-0.log -x y"));
        Assert.That(
            string.Join(' ',
            PlayerProcess.Arguments(options with { Generation = ProtocolGeneration.Api4, LogFile = null, NoGraphics = false }, 5006)),
            Is.EqualTo("--port 5006 -x y"));
    }
}
