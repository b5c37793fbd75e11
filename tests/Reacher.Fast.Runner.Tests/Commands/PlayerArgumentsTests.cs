using System.CommandLine;
using Reacher.Fast.Commands;
using Reacher.Fast.Core;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Runner.Tests.Commands;

public sealed class PlayerArgumentsTests
{
    [Test]
    public void What_follows_env_args_is_the_players_whatever_it_looks_like()
    {
        string[] players = ["--seed", "3", "-logFile", "a b", "", "--env-args", "@response", "--", "\"quoted\""];
        RunOptions options = Load(["--seed", "7", "--env", "scene", "--env-args", .. players]);

        Assert.That(options.Environment.PlayerArguments, Is.EqualTo(players));
        Assert.That(options.Seed, Is.EqualTo(7));
        Assert.That(RunPlanner.PlanEnvironment(options).PlayerArguments, Is.EqualTo(players));
    }

    [Test]
    public void Env_args_may_be_none_and_override_the_files() =>
        Assert.That(Load(["--env-args"], "env_settings: {env_args: [--level, \"2\"]}").Environment.PlayerArguments, Is.Empty);

    [Test]
    public void The_editor_trains_in_lock_step_and_is_one_player()
    {
        RunOptions settled = RunPlanner.Settle(Load(["--env", "editor"]), TimeProvider.System);
        Assert.That(settled.InProcess, Is.True);
        Assert.That(() => Load(["--env", "editor", "--num-envs", "2"]), Throws.TypeOf<InputException>().With.Message.Contains("one player"));
    }

    private static RunOptions Load(string[] arguments, string yaml = "")
    {
        var command = new Command("train");
        var flags = new ConfigurationFlags();
        flags.AddTo(command);
        ParseResult result = command.Parse(PlayerArguments.Pack(arguments));
        Assert.That(result.Errors, Is.Empty);
        return ConfigurationLoader.Parse(yaml, "a.yaml", flags.Read(result)).Options;
    }
}
