namespace Reacher.Fast.Training.Options;

/// <summary>The command line's flag for an option: two dashes and the option's name, with a few exceptions that are all here.</summary>
/// <param name="Name">The flag itself, such as <c>--learning-rate</c>.</param>
/// <param name="Alias">Another name of it; null for none.</param>
/// <param name="Negates">Whether giving it means false.</param>
internal sealed record OptionFlag(string Name, string? Alias = null, bool Negates = false)
{
    private static readonly Dictionary<string, OptionFlag> Exceptions = new(StringComparer.Ordinal)
    {
        ["behaviors.*.trainer_type"] = new("--algorithm"),
        ["behaviors.*.reward_signals.extrinsic.strength"] = new("--reward-scale"),
        ["behaviors.*.reward_signals.extrinsic.normalize"] = new("--normalize-rewards"),
        ["env_settings.env_path"] = new("--env"),
        ["torch_settings.device"] = new("--device", Alias: "--torch-device"),
        ["evaluation_settings.stop_when_solved"] = new("--no-stop", Negates: true),
        ["evaluation_settings.final_evaluation"] = new("--no-final-evaluation", Negates: true),
        ["process_settings.learner_threads"] = new("--threads"),
    };

    /// <summary>The flag of the option at <paramref name="path"/>, whose last part is <paramref name="name"/>.</summary>
    public static OptionFlag Of(string path, string name) =>
        Exceptions.GetValueOrDefault(path) ?? new OptionFlag("--" + name.Replace('_', '-'));
}
