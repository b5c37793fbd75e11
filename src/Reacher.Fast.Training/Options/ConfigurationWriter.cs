using System.Globalization;
using System.Text;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Core.Options;
using Reacher.Fast.Environments.MlAgents.Messages;

namespace Reacher.Fast.Training.Options;

/// <summary>A configuration as YAML that loads back to the same configuration.</summary>
internal static class ConfigurationWriter
{
    private const int CommentColumn = 48;

    /// <summary>Every key with its value; with a comment each if <paramref name="withComments"/>. Keys of the other algorithm are left out.</summary>
    public static string ToYaml(RunOptions options, bool withComments)
    {
        var yaml = new StringBuilder();
        string[] open = [];
        foreach (OptionKey key in OptionKeys.All)
        {
            if (key.IsTransient || (key.Only is { } only && only != options.Trainer))
            {
                continue;
            }

            string[] section = key.Section.Length == 0 ? [] : key.Section.Split('.');
            if (!section.AsSpan().SequenceEqual(open))
            {
                OpenSections(yaml, open, section, options.Behavior);
                open = section;
            }

            string line = $"{Indent(section.Length)}{key.Name}: {key.Format(options)}";
            yaml.Append(withComments ? $"{line.PadRight(CommentColumn)} # {key.Meaning} ({key.Allowed})" : line).Append('\n');
        }

        AppendEnvironmentParameters(yaml, options, withComments);
        return yaml.ToString();
    }

    /// <summary>Writes the file, all of it or nothing.</summary>
    /// <exception cref="InputException">It cannot be written.</exception>
    public static void Save(RunOptions options, string path)
    {
        try
        {
            AtomicFile.WriteText(path, ToYaml(options, withComments: false));
        }
        catch (Exception error) when (IoFailure.Is(error))
        {
            throw new InputException(
                $"The configuration cannot be written to '{path}': {AtomicFile.Reason(error)}; make that possible and start the run again.", error);
        }
    }

    private static void OpenSections(StringBuilder yaml, string[] open, string[] section, string behavior)
    {
        int common = 0;
        while (common < open.Length && common < section.Length && open[common] == section[common])
        {
            common++;
        }

        for (int depth = common; depth < section.Length; depth++)
        {
            string name = section[depth] == OptionSection.AnyBehavior ? YamlText.Scalar(behavior) : section[depth];
            yaml.Append(CultureInfo.InvariantCulture, $"{Indent(depth)}{name}:\n");
        }
    }

    private static void AppendEnvironmentParameters(StringBuilder yaml, RunOptions options, bool withComments)
    {
        if (options.Environment.Parameters.Count > 0)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"{OptionKeys.EnvironmentParameters}:\n");
            foreach ((string name, EnvironmentParameter value) in options.Environment.Parameters)
            {
                yaml.Append(CultureInfo.InvariantCulture, $"  {YamlText.Scalar(name)}: {EnvironmentParameterYaml.Format(value)}\n");
            }
        }
        else if (withComments)
        {
            yaml.Append($"{OptionKeys.EnvironmentParameters}: {{}}".PadRight(CommentColumn))
                .Append(" # The environment's own, such as goal_speed: 1\n");
        }
    }

    private static string Indent(int depth) => new(' ', 2 * depth);
}
