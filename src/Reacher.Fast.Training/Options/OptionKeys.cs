using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Options;
using Reacher.Fast.Environments.MlAgents.Messages;

namespace Reacher.Fast.Training.Options;

/// <summary>Every key there is: the options of the records that make up a run's.</summary>
internal static class OptionKeys
{
    /// <summary>The section of environment parameters, the one mapping whose keys are the environment's own.</summary>
    public const string EnvironmentParameters = "environment_parameters";

    private static readonly OptionHolder[] Holders =
    [
        Learner<LearnerOptions>(),
        Learner<SacOptions>(),
        Learner<Td3Options>(),
        new(typeof(RunOptions), options => options, options => options with { }, (_, changed) => (RunOptions)changed),
        new(
            typeof(EngineSettings),
            options => options.Environment.Engine,
            options => options.Environment.Engine with { },
            (options, changed) => options with { Environment = options.Environment with { Engine = (EngineSettings)changed } }),
        new(
            typeof(EnvironmentOptions),
            options => options.Environment,
            options => options.Environment with { },
            (options, changed) => options with { Environment = (EnvironmentOptions)changed }),
    ];

    /// <summary>All keys in the order they are printed; those of one section stand together.</summary>
    public static readonly IReadOnlyList<OptionKey> All =
    [
        .. Holders.SelectMany(holder => holder.Keys()).OrderBy(key => PlaceOf(key.Section)).ThenBy(key => key.Order),
    ];

    private static readonly Dictionary<string, OptionKey> ByPath = All.ToDictionary(key => key.Path, StringComparer.Ordinal);

    private static readonly HashSet<string> Sections = FindSections();

    /// <summary>The key of the algorithm, which decides the defaults of others.</summary>
    public static readonly OptionKey Trainer = ByPath["behaviors.*.trainer_type"];

    /// <summary>The key of the environment, which does so too.</summary>
    public static readonly OptionKey EnvironmentName = ByPath["env_settings.env_path"];

    /// <summary>The key of the number of agents, which does so for the arm.</summary>
    public static readonly OptionKey Agents = ByPath["env_settings.num_agents"];

    /// <summary>The key at <paramref name="path"/>; null if there is none.</summary>
    public static OptionKey? Find(string path) => ByPath.GetValueOrDefault(path);

    /// <summary>Whether keys of this program lie at or below <paramref name="path"/>.</summary>
    public static bool IsSection(string path) => Sections.Contains(path);

    /// <summary>What may stand in <paramref name="section"/>: names of keys and of sections.</summary>
    public static IEnumerable<string> NamesIn(string section) => ByPath.Keys.Concat(Sections)
        .Where(path => ParentOf(path) == section && path.Length > 0)
        .Select(path => path[(path.LastIndexOf('.') + 1)..]);

    private static OptionHolder Learner<T>()
        where T : LearnerOptions => new(
            typeof(T),
            options => options.Learner as T,
            options => options.Learner is T ? options.Learner with { } : null,
            (options, changed) => options with { Learner = (T)changed });

    private static int PlaceOf(string section) => OptionSection.InOrder.ToList().IndexOf(section) is >= 0 and int place
        ? place
        : throw new InvalidOperationException($"The section '{section}' is missing from {nameof(OptionSection)}.{nameof(OptionSection.InOrder)}.");

    private static string ParentOf(string path) =>
        path.Contains('.', StringComparison.Ordinal) ? path[..path.LastIndexOf('.')] : string.Empty;

    private static HashSet<string> FindSections()
    {
        var sections = new HashSet<string>(StringComparer.Ordinal) { EnvironmentParameters };
        foreach (OptionKey key in All)
        {
            for (string section = key.Section; section.Length > 0; section = ParentOf(section))
            {
                sections.Add(section);
            }
        }

        return sections;
    }
}
