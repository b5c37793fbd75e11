using System.CommandLine;
using Reacher.Fast.Commands;
using Reacher.Fast.Core;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Runner.Tests.Commands;

/// <summary>Every flag of <c>mlagents-learn</c> (<c>mlagents/trainers/cli_utils.py</c>) is taken by <c>train</c>.</summary>
public sealed class MlAgentsFlagsTests
{
    private static readonly (string Flag, string? Value)[] Used =
    [
        ("--env", "arm"), ("--resume", null), ("--force", null), ("--run-id", "a"), ("--initialize-from", "b"), ("--seed", "1"),
        ("--base-port", "5005"), ("--num-envs", "2"), ("--debug", null), ("--max-lifetime-restarts", "10"), ("--results-dir", "results"),
        ("--width", "84"), ("--height", "84"), ("--quality-level", "5"), ("--time-scale", "20"), ("--target-frame-rate", "-1"),
        ("--capture-frame-rate", "60"), ("--no-graphics", null), ("--timeout-wait", "60"), ("--torch-device", "cpu"),
    ];

    private static readonly (string Flag, string? Value, string Key)[] Unused =
    [
        ("--load", null, "checkpoint_settings: {load_model: true}"),
        ("--deterministic", null, "behaviors: {Reacher: {network_settings: {deterministic: true}}}"),
        ("--num-areas", "3", "env_settings: {num_areas: 3}"),
        ("--restarts-rate-limit-n", "2", "env_settings: {restarts_rate_limit_n: 2}"),
        ("--restarts-rate-limit-period-s", "30", "env_settings: {restarts_rate_limit_period_s: 30}"),
        ("--no-graphics-monitor", null, "engine_settings: {no_graphics_monitor: true}"),
        ("--cpu", null, "cpu: true"),
        ("--torch", null, "torch: true"),
        ("--tensorflow", null, "tensorflow: true"),
    ];

    [Test]
    public void A_flag_that_works_there_works_here()
    {
        Command train = TrainCommand.Create();
        foreach ((string flag, string? value) in Used)
        {
            Assert.That(train.Parse(value is null ? [flag] : [flag, value]).Errors, Is.Empty, flag);
            Assert.That(OptionKeys.All.Any(key => key.Flag == flag || key.FlagAlias == flag), flag);
        }

        Assert.That(train.Parse(PlayerArguments.Pack(["--env-args", "--level", "3"])).Errors, Is.Empty);
    }

    [Test]
    public void A_flag_that_is_not_used_gets_the_sentence_of_its_key()
    {
        foreach ((string flag, string? value, string yaml) in Unused)
        {
            string ofKey = ConfigurationLoader.Parse(yaml, "x", []).Warnings.Single();
            string said = Warnings(value is null ? [flag] : [flag, value]).Single();
            Assert.That(said, Does.StartWith(flag + " is not used here: "));
            Assert.That(said.Split(": ", 2)[1], Is.EqualTo(ofKey.Split(" is not used here: ")[1]), flag);
        }

        Assert.That(
            MlAgentsKeys.Flags.Select(flag => flag.Name), Is.EquivalentTo(Unused.Select(unused => unused.Flag).Concat(["--train", "--inference"])));
    }

    /// <summary>ML-Agents plays a run's policy with it. A run that trained instead would write over what was to be played.</summary>
    [Test]
    public void To_play_without_training_is_refused_as_a_flag_and_in_a_file()
    {
        const string Sentence = "cannot be used here: it plays without training, and train trains; use the verb eval";
        Assert.That(() => Warnings(["--inference"]), Throws.TypeOf<InputException>().With.Message.StartsWith("--inference " + Sentence));
        Assert.That(
            () => ConfigurationLoader.Parse("checkpoint_settings: {inference: true}", "x", []),
            Throws.TypeOf<InputException>().With.Message.StartsWith("x:1: checkpoint_settings.inference " + Sentence));
        Assert.That(ConfigurationLoader.Parse("checkpoint_settings: {inference: false}", "x", []).Warnings, Is.Empty);
    }

    [Test]
    public void Defaults_of_ML_Agents_given_as_flags_need_no_sentence() => Assert.That(
        Warnings(["--train", "--num-areas", "1", "--restarts-rate-limit-n", "1", "--restarts-rate-limit-period-s", "60"]), Is.Empty);

    [Test]
    public void Force_is_never_suggested()
    {
        ParseResult slip = TrainCommand.Create().Parse(["--forc"]);
        Assert.That(UsageError.Describe(slip), Does.StartWith("There is no flag '--forc'").And.Not.Contain("--force"));
        Assert.That(KeySuggestion.Describe("forc", "checkpoint_settings", "checkpoint_settings"), Does.Not.Contain("'force'"));
    }

    private static string[] Warnings(string[] arguments)
    {
        var flags = new MlAgentsFlags();
        var command = new RootCommand();
        flags.AddTo(command);
        ParseResult result = command.Parse(arguments);
        Assert.That(result.Errors, Is.Empty);
        return [.. flags.Warnings(result)];
    }
}
