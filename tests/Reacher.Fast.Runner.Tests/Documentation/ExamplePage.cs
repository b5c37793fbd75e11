using System.Text.RegularExpressions;

namespace Reacher.Fast.Runner.Tests.Documentation;

/// <summary>A page of the documentation, by what a test can hold it to: commands, blocks of code, tables.</summary>
internal sealed partial class ExamplePage
{
    private readonly string[] lines;

    public ExamplePage(string path)
    {
        Text = File.ReadAllText(Path.Combine(Repository.Root, path)).ReplaceLineEndings("\n");
        lines = Text.Split('\n');
    }

    public string Text { get; }

    /// <summary>The program's arguments in each indented line that starts it.</summary>
    public IEnumerable<string[]> Commands() => lines
        .Where(line => line.StartsWith("    reacher-fast ", StringComparison.Ordinal))
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..]);

    /// <summary>The blocks in a language.</summary>
    public string[] Blocks(string language) => [.. Fence().Matches(Text)
        .Where(block => block.Groups[1].Value == language).Select(block => block.Groups[2].Value)];

    /// <summary>The rows, without its head, of the table whose head is this.</summary>
    public string[][] Table(params string[] head)
    {
        int at = Array.FindIndex(lines, line => IsRow(line) && Cells(line).SequenceEqual(head));
        Assert.That(at, Is.Not.Negative, $"there is no table of {string.Join(", ", head)}");
        return [.. lines.Skip(at + 2).TakeWhile(IsRow).Select(Cells)];
    }

    /// <summary>The items of the list below a heading, which are names.</summary>
    public string[] List(string heading) => [.. lines
        .SkipWhile(line => line != "## " + heading).Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
        .Where(line => line.StartsWith("- `", StringComparison.Ordinal)).Select(line => line[3..^1])];

    /// <summary>What stands in a cell as code.</summary>
    public static string[] Code(string cell) => [.. Span().Matches(cell).Select(span => span.Groups[1].Value)];

    private static bool IsRow(string line) => line.StartsWith("| ", StringComparison.Ordinal);

    private static string[] Cells(string line) => [.. line[2..].TrimEnd('|', ' ').Split(" | ").Select(cell => cell.Trim())];

    [GeneratedRegex(@"```(\w+)\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Span();
}
