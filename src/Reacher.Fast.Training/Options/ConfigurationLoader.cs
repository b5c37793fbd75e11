using Reacher.Fast.Core;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Core.Options;
using Reacher.Fast.Environments.MlAgents.Messages;

namespace Reacher.Fast.Training.Options;

/// <summary>A configuration that was loaded, and what the user is to be told about it.</summary>
/// <param name="Options">The options, which have been checked.</param>
/// <param name="Warnings">What the user is to be told, one sentence each.</param>
internal sealed record LoadedConfiguration(RunOptions Options, IReadOnlyList<string> Warnings)
{
    /// <summary>
    /// The same configuration for the behaviour of a player's scene, whose name is only known when the player has come. As
    /// <c>mlagents-learn</c> has it: the behaviour of that name in the file; or <c>default_settings</c>; or, where the file has no
    /// behaviours, the scene's name alone.
    /// </summary>
    /// <exception cref="InputException">The file has behaviours, none of that name and no <c>default_settings</c>.</exception>
    public required Func<string, LoadedConfiguration> OfScene { get; init; }
}

/// <summary>
/// Reads a file in ML-Agents' layout and lays the command line's flags over it. Algorithm and environment are found first, since they
/// decide the defaults; then <c>default_settings</c>, the behaviour and the rest are applied in that order.
/// </summary>
internal sealed class ConfigurationLoader
{
    private readonly string file;
    private readonly string? scene;
    private readonly List<string> warnings = [];
    private RunOptions options = new();

    private ConfigurationLoader(string file, string? scene) => (this.file, this.scene) = (file, scene);

    /// <summary>Loads the file <paramref name="path"/>, or the defaults where it is null.</summary>
    /// <param name="path">A YAML file.</param>
    /// <param name="flags">Values given on the command line, which win.</param>
    /// <exception cref="InputException">The file cannot be read, is not YAML, or holds a key or value that is wrong; or a flag does.</exception>
    public static LoadedConfiguration Load(string? path, IReadOnlyList<FlagValue> flags) =>
        path is null ? Parse(string.Empty, "defaults", flags) : Parse(ConfigurationFile.Read(path), path, flags);

    /// <summary>Loads the configuration that a run was saved with, in which something always stands.</summary>
    /// <param name="path">The file in the run's folder.</param>
    /// <param name="flags">Values given on the command line, which win.</param>
    /// <exception cref="InputException">As for <see cref="Load"/>; or the file is empty, as a power failure can leave it.</exception>
    public static LoadedConfiguration LoadSaved(string path, IReadOnlyList<FlagValue> flags)
    {
        string text = ConfigurationFile.Read(path);
        return text.All(letter => letter == '\0' || char.IsWhiteSpace(letter))
            ? throw new InputException(
                $"The run's configuration '{path}' is empty, so how it was trained is not known; restore the file, or take its text from the " +
                "configuration that the run was started with.")
            : Parse(text, path, flags);
    }

    /// <summary>Loads the text of a file.</summary>
    /// <param name="text">A YAML document.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <param name="flags">Values given on the command line, which win.</param>
    /// <exception cref="InputException">As for <see cref="Load"/>.</exception>
    public static LoadedConfiguration Parse(string text, string name, IReadOnlyList<FlagValue> flags) => Parse(text, name, flags, scene: null);

    private static LoadedConfiguration Parse(string text, string name, IReadOnlyList<FlagValue> flags, string? scene)
    {
        var loader = new ConfigurationLoader(name, scene);
        loader.Apply(YamlTree.Parse(text, name), flags);
        loader.options.Validate();
        return new LoadedConfiguration(loader.options, loader.warnings) { OfScene = other => Parse(text, name, flags, other) };
    }

    private void Apply(YamlMapping root, IReadOnlyList<FlagValue> flags)
    {
        string environment = DecisiveValues.Environment(root, flags);
        (string behavior, YamlMapping? body) = FindBehavior(root, environment);
        // mlagents-learn waits for the editor then; that a file for a scene trains the arm under the scene's name must not pass unseen.
        bool isAnotherScenes = body is not null && behavior != EnvironmentOptions.BehaviorOf(environment);
        if (environment == EnvironmentOptions.Arm && isAnotherScenes && !DecisiveValues.HasEnvironment(root, flags))
        {
            warnings.Add(
                $"{file} names no environment for '{behavior}', so the built-in arm is trained; give --env or env_path, which is editor for Play " +
                "in the Unity editor.");
        }

        YamlMapping? shared = AsMapping(root.Find("default_settings"), "default_settings");
        options = BuiltInTask.Of(environment, DecisiveValues.Agents(root, flags)).Begin(FindTrainer(shared, body, flags));
        options = options with { Behavior = behavior, Environment = options.Environment with { Name = environment } };
        ApplySection(shared, OptionSection.Behavior, "default_settings");
        ApplySection(body, OptionSection.Behavior, "behaviors." + behavior);
        foreach (YamlEntry entry in root.Entries)
        {
            if (entry.Key == OptionKeys.EnvironmentParameters)
            {
                ApplyEnvironmentParameters(entry.Value);
            }
            else if (entry.Key is not ("behaviors" or "default_settings"))
            {
                ApplyEntry(entry, string.Empty, string.Empty);
            }
        }

        foreach (FlagValue flag in flags)
        {
            if (flag.Key != OptionKeys.Trainer)
            {
                options = flag.ApplyTo(options);
            }

            WarnIfUnused(flag.Key, flag.Key.Flag);
        }

        if (options.Environment.IsPlayer && DecisiveValues.Flag(flags, OptionKeys.Agents) is int agents)
        {
            throw new InputException(
                $"{OptionKeys.Agents.Flag} is {agents}, and {QuotedName.Of(environment)} is none of the environments that are made here; " +
                "a Unity scene brings its own agents, so leave the flag out.");
        }
    }

    private (string Name, YamlMapping? Body) FindBehavior(YamlMapping root, string environment)
    {
        IReadOnlyList<YamlEntry> behaviors = AsMapping(root.Find("behaviors"), "behaviors")?.Entries ?? [];
        foreach (YamlEntry behavior in behaviors)
        {
            if (BehaviorName.Problem(behavior.Key) is { } problem)
            {
                throw At(behavior.Line, $"the behaviour's name {problem}.");
            }
        }

        YamlEntry? entry = behaviors.FirstOrDefault(behavior => scene is null || behavior.Key == scene);
        if (entry is not null)
        {
            // Which of several it is only a player can say.
            return scene is not null || behaviors.Count == 1 || EnvironmentOptions.IsPlayerName(environment)
                ? (entry.Key, AsMapping(entry.Value, entry.Key))
                : throw At(behaviors[1].Line, $"'{behaviors[1].Key}' is a second behaviour; a run trains one, so keep one.");
        }

        if (behaviors.Count > 0 && root.Find("default_settings") is null)
        {
            string named = string.Join(", ", behaviors.Select(behavior => $"'{behavior.Key}'"));
            throw At(
                behaviors[0].Line,
                $"the scene's behaviour is {QuotedName.Of(scene!)}, and the file has {named}; give it the scene's name, or write " +
                "default_settings, which hold for any behaviour.");
        }

        return (scene ?? EnvironmentOptions.BehaviorOf(environment), null);
    }

    private TrainerType FindTrainer(YamlMapping? shared, YamlMapping? body, IReadOnlyList<FlagValue> flags)
    {
        if (DecisiveValues.Flag(flags, OptionKeys.Trainer) is TrainerType given)
        {
            return given;
        }

        YamlTree? named = body?.Find(OptionKeys.Trainer.Name) ?? shared?.Find(OptionKeys.Trainer.Name);
        if (named is YamlScalar { Text: "ppo" or "poca" } other)
        {
            throw At(other.Line, $"trainer_type is {other.Text}, which is on-policy; this program has sac and td3, so name one of them and " +
                "leave out the hyperparameters that are of the other alone.");
        }

        return named is null ? TrainerType.Sac : (TrainerType)ParseValue(OptionKeys.Trainer, named)!;
    }

    private void ApplySection(YamlMapping? mapping, string section, string shown)
    {
        foreach (YamlEntry entry in mapping?.Entries ?? [])
        {
            ApplyEntry(entry, section, shown);
        }
    }

    private void ApplyEntry(YamlEntry entry, string section, string shown)
    {
        string path = section.Length == 0 ? entry.Key : section + "." + entry.Key;
        string shownPath = shown.Length == 0 ? entry.Key : shown + "." + entry.Key;
        if (entry.Key.Contains('.', StringComparison.Ordinal))
        {
            throw At(entry.Line, $"there is no key '{entry.Key}'; write nested keys on lines of their own.");
        }

        if (OptionKeys.Find(path) is { } key)
        {
            if (key != OptionKeys.Trainer)
            {
                SetValue(key, entry.Value);
                WarnIfUnused(key, $"{file}:{entry.Line}: {key.Name}");
            }
        }
        else if (OptionKeys.IsSection(path))
        {
            ApplySection(AsMapping(entry.Value, entry.Key), path, shownPath);
        }
        else if (MlAgentsKeys.TryFind(path, entry.Value, out string? instead))
        {
            if (instead is not null)
            {
                if (MlAgentsKeys.IsRefused(path))
                {
                    throw At(entry.Line, $"{shownPath} cannot be used here: {instead}.");
                }

                warnings.Add($"{file}:{entry.Line}: {shownPath} is not used here: {instead}.");
            }
        }
        else
        {
            throw At(entry.Line, KeySuggestion.Describe(entry.Key, section, shown));
        }
    }

    private void ApplyEnvironmentParameters(YamlTree value)
    {
        var parameters = new SortedDictionary<string, EnvironmentParameter>(StringComparer.Ordinal);
        foreach (YamlEntry entry in AsMapping(value, OptionKeys.EnvironmentParameters)?.Entries ?? [])
        {
            try
            {
                if (EnvironmentParameterYaml.Read(entry.Value) is { } parameter)
                {
                    parameters.Add(entry.Key, parameter);
                }
                else
                {
                    warnings.Add($"{file}:{entry.Line}: the curriculum of '{entry.Key}' is not used here: it keeps the environment's value.");
                }
            }
            catch (FormatException error)
            {
                throw At(entry.Line, $"the environment parameter '{entry.Key}' {error.Message}.");
            }
        }

        options = options with { Environment = options.Environment with { Parameters = parameters } };
    }

    private void SetValue(OptionKey key, YamlTree value)
    {
        if (key == OptionKeys.EnvironmentName && value is YamlScalar { Text: null })
        {
            warnings.Add(
                $"{file}:{value.Line}: env_path is null, which means {key.DefaultFor(options.Trainer)} here; " +
                "write editor to train in the Unity editor.");
        }

        options = key.Set(options, key.IsList ? ParseList(key, value) : ParseValue(key, value));
    }

    private IReadOnlyList<string> ParseList(OptionKey key, YamlTree value) => value switch
    {
        YamlSequence sequence => [.. sequence.Items.Select(item =>
            item is YamlScalar { Text: { } text } ? text : throw At(item.Line, $"{key.Name} must be {key.Allowed}."))],
        YamlScalar scalar => (IReadOnlyList<string>)key.Parse(scalar.Text)!,
        _ => throw At(value.Line, $"{key.Name} must be {key.Allowed}."),
    };

    private object? ParseValue(OptionKey key, YamlTree value)
    {
        if (value is not YamlScalar scalar)
        {
            throw At(value.Line, $"{key.Name} is a mapping or a list, and must be {key.Allowed}.");
        }

        try
        {
            return key.Parse(scalar.Text);
        }
        catch (FormatException error)
        {
            throw At(scalar.Line, $"{key.Name} {error.Message}.");
        }
    }

    private YamlMapping? AsMapping(YamlTree? value, string name) => value switch
    {
        null or YamlScalar { Text: null } => null,
        YamlMapping mapping => mapping,
        _ => throw At(value.Line, $"'{name}' must be a mapping with keys of its own."),
    };

    private void WarnIfUnused(OptionKey key, string shown)
    {
        if (key.Only is { } only && only != options.Trainer)
        {
            warnings.Add($"{shown} means nothing to {OptionKeys.Trainer.Format(options)} and is not used.");
        }
    }

    private InputException At(int line, string sentence) => new($"{file}:{line}: {sentence}");
}
