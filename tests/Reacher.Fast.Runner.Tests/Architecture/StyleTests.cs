using System.Globalization;

namespace Reacher.Fast.Runner.Tests.Architecture;

/// <summary>What .editorconfig declares and no compiler checks.</summary>
public sealed class StyleTests
{
    private static readonly string[] Folders = ["benchmarks", "build", "native", "src", "tests"];
    private static readonly string[] Patterns = ["*.cs", "*.cake", "*.cu", "*.cuh"];

    private static int Limit { get; } = File.ReadLines(Path.Combine(Repository.Root, ".editorconfig"))
        .Select(line => line.Split('=', StringSplitOptions.TrimEntries))
        .Where(pair => pair[0] == "max_line_length")
        .Select(pair => int.Parse(pair[1], CultureInfo.InvariantCulture))
        .Single();

    private static IEnumerable<string> Sources =>
        Folders.SelectMany(folder => Patterns.SelectMany(pattern => Repository.Files(folder, pattern))).Append("build.cake");

    [Test]
    public void No_line_is_longer_than_declared()
    {
        string[] found = Sources.SelectMany(TooLong).ToArray();
        Assert.That(found, Is.Empty, $"longer than {Limit} columns");
    }

    [Test]
    public void The_search_reads_every_kind_of_source()
    {
        foreach (string pattern in Patterns)
        {
            Assert.That(Sources.Count(path => path.EndsWith(pattern[1..], StringComparison.Ordinal)), Is.Positive, pattern);
        }
    }

    private static IEnumerable<string> TooLong(string path) => File.ReadLines(Path.Combine(Repository.Root, path))
        .Select((line, i) => (line.Length, Place: $"{path}:{i + 1}"))
        .Where(line => line.Length > Limit)
        .Select(line => line.Place);
}
