using System.Globalization;

namespace Reacher.Fast.Runner.Tests.Documentation;

/// <summary>docs/your-own-task.md says how many lines the samples have.</summary>
public sealed class YourOwnTaskTests
{
    private static readonly ExamplePage Page = new("docs/your-own-task.md");

    [Test]
    public void Its_lines_are_those_of_the_samples()
    {
        string[][] rows = Page.Table("way", "program", "lines", "project file", "build", "run");
        Assert.That(rows, Has.Length.EqualTo(3));
        foreach (string[] row in rows)
        {
            string folder = ExamplePage.Code(row[1]).Single(), name = Path.GetFileName(folder);
            Assert.That((Lines($"{folder}/Program.cs"), Lines($"{folder}/{name}.csproj")), Is.EqualTo((row[2], row[3])), folder);
        }

        Assert.That(Page.Text, Does.Contain($"beside the {Lines("samples/SwingUp/SwingUp.cs")} of the task itself"));
    }

    private static string Lines(string file) => File.ReadLines(Path.Combine(Repository.Root, file))
        .Select(line => line.Trim())
        .Count(line => line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal)).ToString(CultureInfo.InvariantCulture);
}
