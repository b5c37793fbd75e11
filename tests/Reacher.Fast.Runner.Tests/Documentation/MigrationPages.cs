using System.CommandLine;
using Reacher.Fast.Commands;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Runner.Tests.Documentation;

/// <summary>What the tests of the pages for those who come from elsewhere have in common.</summary>
internal static class MigrationPages
{
    /// <summary>The key that a page means by its last words.</summary>
    public static OptionKey Key(string words)
    {
        OptionKey[] found = [.. OptionKeys.All.Where(key => key.Path == words || key.Path.EndsWith("." + words, StringComparison.Ordinal))];
        Assert.That(found, Has.Length.EqualTo(1), words);
        return found[0];
    }

    /// <summary>All keys with values of a file, by their paths; <c>default_settings</c> are those of any behaviour.</summary>
    public static string[] Leaves(string file)
    {
        var paths = new List<string>();
        foreach (YamlEntry entry in ((YamlMapping)YamlTree.Parse(File.ReadAllText(file), file)).Entries)
        {
            switch (entry)
            {
                case { Key: "behaviors", Value: YamlMapping behaviors }:
                    behaviors.Entries.ToList().ForEach(behavior => Walk(behavior.Value, "behaviors.*"));
                    break;
                case { Key: "default_settings" }:
                    Walk(entry.Value, "behaviors.*");
                    break;
                default:
                    Walk(entry.Value, entry.Key);
                    break;
            }
        }

        return [.. paths];

        void Walk(YamlTree tree, string path)
        {
            if (tree is YamlMapping mapping)
            {
                mapping.Entries.ToList().ForEach(entry => Walk(entry.Value, $"{path}.{entry.Key}"));
            }
            else
            {
                paths.Add(path);
            }
        }
    }

    /// <summary>Every flag that a cell shows as code is one of the verbs'.</summary>
    public static void AssertFlags(IEnumerable<string> cells)
    {
        HashSet<string> known = [.. new[] { TrainCommand.Create(), EvalCommand.Create(), ExportCommand.Create() }.SelectMany(Names)];
        string[] shown =
        [
            .. cells.SelectMany(ExamplePage.Code).SelectMany(code => code.Split(' '))
                .Where(word => word.StartsWith("--", StringComparison.Ordinal)).Distinct(),
        ];
        Assert.That(shown, Is.Not.Empty.And.SubsetOf(known.Append("--env-args")));

        static IEnumerable<string> Names(Command command) => command.Options.SelectMany(option => option.Aliases.Append(option.Name));
    }
}
