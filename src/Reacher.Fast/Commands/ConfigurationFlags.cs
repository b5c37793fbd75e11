using System.CommandLine;
using System.CommandLine.Parsing;
using Reacher.Fast.Core;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Commands;

/// <summary>The command line's flags, one for each option that a verb takes, and what was given for them.</summary>
internal sealed class ConfigurationFlags
{
    private readonly List<ConfigurationOption> options = [];

    /// <summary>The options of all keys.</summary>
    public ConfigurationFlags()
        : this(OptionKeys.All)
    {
    }

    /// <summary>Makes the options of <paramref name="keys"/>.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="otherwise">What holds for each of them where it is not given; null for the default of a run that begins.</param>
    public ConfigurationFlags(IEnumerable<OptionKey> keys, string? otherwise = null)
    {
        foreach (OptionKey key in keys)
        {
            options.Add(new ConfigurationOption(key)
            {
                Description = $"{key.Meaning} [{otherwise ?? Default(key)}]",
                HelpName = key.IsSwitch ? null : key.Name,
                // Where the user gives a flag twice the last value counts, as with mlagents-learn.
                Arity = key.IsSwitch ? ArgumentArity.ZeroOrOne : ArgumentArity.OneOrMore,
                CustomParser = argument => argument.Tokens.Count > 0 ? argument.Tokens[^1].Value : null,
            });
        }
    }

    /// <summary>
    /// The command line with a switch before a configuration file as mlagents-learn takes it: the file is not the switch's value, which may
    /// be given (<c>--layer-norm false</c>) and need not.
    /// </summary>
    public static string[] SeparateFiles(string[] arguments)
    {
        string[] switches = [.. OptionKeys.All.Where(key => key.IsSwitch).Select(key => key.Flag)];
        string[] separate = [.. arguments];
        for (int i = 0; i + 1 < separate.Length; i++)
        {
            if (switches.Contains(separate[i]) && Path.GetExtension(separate[i + 1]) is ".yaml" or ".yml")
            {
                separate[i] += "=true";
            }

            if (separate[i] == TrainCommand.ClusterFlag && Path.GetExtension(separate[i + 1]) is ".yaml" or ".yml")
            {
                separate[i] += "=";
            }
        }

        return separate;
    }

    /// <summary>Adds the options to <paramref name="command"/>.</summary>
    public void AddTo(Command command)
    {
        foreach (ConfigurationOption option in options)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>What was given, checked.</summary>
    /// <exception cref="InputException">A value is none, or out of range.</exception>
    public IReadOnlyList<FlagValue> Read(ParseResult result)
    {
        var given = new List<FlagValue>();
        foreach (ConfigurationOption option in options)
        {
            OptionKey key = option.Key;
            if (result.GetResult(option) is OptionResult { Implicit: false } found)
            {
                string? text = found.Tokens.Count > 0 ? found.Tokens[^1].Value : "true";
                given.Add(FlagValue.Parse(key, key.FlagNegates ? Negate(key, text) : text));
            }
        }

        return given;
    }

    private static string Negate(OptionKey key, string text) => (bool)FlagValue.Parse(key, text).Value! ? "false" : "true";

    private static string Default(OptionKey key)
    {
        string common = Default(key, BuiltInTask.Default), arm = Default(key, BuiltInTask.Arm);
        return arm == common || key == OptionKeys.EnvironmentName ? common : $"{common}; the arm {arm}";
    }

    private static string Default(OptionKey key, BuiltInTask task)
    {
        string sac = key.Format(task.Sac), td3 = key.Format(task.Td3);
        return sac == td3 || key == OptionKeys.Trainer ? sac : $"sac {sac}, td3 {td3}";
    }
}
