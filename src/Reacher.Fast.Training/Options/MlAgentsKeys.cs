namespace Reacher.Fast.Training.Options;

/// <summary>
/// Keys that ML-Agents' trainers know and this program does not, so that a familiar file is taken as it is: each says what
/// happens instead. The list is that of ML-Agents release 21, <c>mlagents/trainers/settings.py</c>.
/// </summary>
internal static class MlAgentsKeys
{
    private static readonly Dictionary<string, Foreign> Keys = new(StringComparer.Ordinal)
    {
        ["behaviors.*.hyperparameters.reward_signal_steps_per_update"] = new("there is no reward signal that is trained", Foreign.Any),
        ["behaviors.*.network_settings.vis_encode_type"] = new("there are no visual observations", "simple"),
        ["behaviors.*.network_settings.memory"] = new("policies have no memory"),
        ["behaviors.*.network_settings.goal_conditioning_type"] = new("there are no goal signals", "hyper", "none"),
        ["behaviors.*.network_settings.deterministic"] = new("training explores and evaluation does not", "false") { Flag = "--deterministic" },
        ["behaviors.*.reward_signals.extrinsic.network_settings"] = new("the extrinsic reward needs no network"),
        ["behaviors.*.reward_signals.gail"] = new("only the extrinsic reward is used"),
        ["behaviors.*.reward_signals.curiosity"] = new("only the extrinsic reward is used"),
        ["behaviors.*.reward_signals.rnd"] = new("only the extrinsic reward is used"),
        ["behaviors.*.init_path"] = new("nothing is loaded from it; use checkpoint_settings.initialize_from"),
        ["behaviors.*.even_checkpoints"] = new("checkpoints are checkpoint_interval apart", "false"),
        ["behaviors.*.time_horizon"] = new("transitions are stored as soon as their n steps are complete", "64", "1000"),
        ["behaviors.*.threaded"] = new("the learner is always a process of its own, except with --in-process", "true", "false"),
        ["behaviors.*.self_play"] = new("agents learn from their own reward only"),
        ["behaviors.*.behavioral_cloning"] = new("nothing is learned from demonstrations"),
        ["env_settings.num_areas"] = new("one area is used", "1") { Flag = "--num-areas" },
        ["env_settings.restarts_rate_limit_n"] =
            new("deaths in a row are limited by max_lifetime_restarts alone", "1") { Flag = "--restarts-rate-limit-n" },
        ["env_settings.restarts_rate_limit_period_s"] =
            new("deaths in a row are limited by max_lifetime_restarts alone", "60") { Flag = "--restarts-rate-limit-period-s" },
        ["engine_settings.no_graphics_monitor"] = new("every player is started as no_graphics says", "false") { Flag = "--no-graphics-monitor" },
        ["checkpoint_settings.load_model"] = new("use resume", "false") { Flag = "--load" },
        ["checkpoint_settings.train_model"] = new("train always trains", "false", "true") { Flag = "--train" },
        ["checkpoint_settings.inference"] =
            new("it plays without training, and train trains; use the verb eval, with the run's id and the same --env", "false")
            {
                Flag = "--inference", IsRefused = true,
            },
        // Flags of earlier releases, which mlagents-learn still takes or took.
        ["cpu"] = new("use torch_settings.device", "false") { Flag = "--cpu" },
        ["torch"] = new("this program has networks of its own", "false") { Flag = "--torch" },
        ["tensorflow"] = new("this program has networks of its own", "false") { Flag = "--tensorflow" },
    };

    /// <summary>The flags of <c>mlagents-learn</c> that stand for one of these keys.</summary>
    public static IEnumerable<MlAgentsFlag> Flags =>
        from key in Keys
        where key.Value.Flag is not null
        select new MlAgentsFlag(key.Value.Flag!, key.Key, key.Value.Instead, IsSwitch: key.Value.Harmless.Contains("false"));

    /// <summary>
    /// Whether the key at <paramref name="path"/> is refused rather than passed over, since who gives it asks for something else than a run that
    /// trains.
    /// </summary>
    public static bool IsRefused(string path) => Keys.TryGetValue(path, out Foreign? foreign) && foreign.IsRefused;

    /// <summary>What happens instead of the key at <paramref name="path"/>; null if ML-Agents has none there either.</summary>
    /// <param name="path">The section and the name, joined by a dot.</param>
    /// <param name="value">Its value; null for none, which needs no warning.</param>
    /// <param name="instead">One clause, or null where the value changes nothing.</param>
    public static bool TryFind(string path, YamlTree value, out string? instead)
    {
        bool found = Keys.TryGetValue(path, out Foreign? foreign);
        bool harmless = value is YamlScalar { Text: var text } &&
            (text is null || (foreign is not null && foreign.IsHarmless(text)));
        instead = found && !harmless ? foreign!.Instead : null;
        return found;
    }

    /// <summary>Names that ML-Agents has in <paramref name="section"/>.</summary>
    public static IEnumerable<string> NamesIn(string section) => Keys.Keys
        .Where(path => path[..Math.Max(0, path.LastIndexOf('.'))] == section)
        .Select(path => path[(path.LastIndexOf('.') + 1)..]);

    private sealed record Foreign(string Instead, params string[] Harmless)
    {
        /// <summary>In place of a harmless value: every value is, as what the key is about has a warning of its own.</summary>
        public const string Any = "*";

        /// <summary>The flag that stands for the key; null for none.</summary>
        public string? Flag { get; init; }

        public bool IsRefused { get; init; }

        public bool IsHarmless(string text) => Harmless is [Any] || Harmless.Contains(text, StringComparer.OrdinalIgnoreCase);
    }
}
