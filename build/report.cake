/// <summary>What the build did, what it left out and why: printed at its end, however it ends.</summary>
public sealed class BuildReport
{
    // The lines of a target, in the order in which the targets ended.
    private readonly Dictionary<string, List<string>> details = new();
    private readonly List<string> lines = new();
    private readonly List<(string What, string Why)> skipped = new();

    /// <summary>A result of <paramref name="target"/>, in a few words.</summary>
    public void Did(string target, string what)
    {
        if (!details.TryGetValue(target, out List<string> found))
        {
            details[target] = found = new List<string>();
        }

        found.Add(what);
    }

    /// <summary>Something that was left out, and why; the build goes on.</summary>
    public void Skipped(string what, string why) => skipped.Add((what, why));

    /// <summary>A target came to its end.</summary>
    public void Ended(string target, bool successful, TimeSpan duration)
    {
        string what = details.TryGetValue(target, out List<string> found) ? string.Join("; ", found) : "";
        string state = !successful ? "FAILED" : what.Length == 0 && skipped.Any(line => line.What == target) ? "skipped" : "done";
        lines.Add($"  {state,-8}{target,-12}{duration:h\\:mm\\:ss}  {what}".TrimEnd());
    }

    /// <summary>The whole of it.</summary>
    /// <param name="failure">What ended the build; null if nothing did.</param>
    public string ToText(Exception failure)
    {
        var text = new StringBuilder().AppendLine().AppendLine("What was done");
        lines.ForEach(line => text.AppendLine(line));
        if (skipped.Count > 0)
        {
            text.AppendLine("What was skipped, and why");
            skipped.ForEach(line => text.AppendLine($"  {line.What}: {line.Why}"));
        }

        if (failure is not null)
        {
            text.Append("Failed: ").AppendLine((failure is AggregateException many ? many.GetBaseException() : failure).Message);
        }

        return text.ToString();
    }
}
