using Reacher.Fast.Core.Options;

namespace Reacher.Fast.Training.Options;

/// <summary>What to say of a key that nobody knows: the nearest one in its place, or the place where one of that name is known.</summary>
internal static class KeySuggestion
{
    /// <summary>One sentence about <paramref name="name"/> in <paramref name="section"/>, shown to the user as <paramref name="shown"/>.</summary>
    public static string Describe(string name, string section, string shown)
    {
        string place = shown.Length == 0 ? "at the top level" : $"in {shown}";
        OptionKey? elsewhere = OptionKeys.All.FirstOrDefault(key => key.Name == name);
        if (elsewhere is not null)
        {
            return $"there is no key '{name}' {place}; it belongs in {Shown(elsewhere.Section)}.";
        }

        string? nearest = Nearest(name, OptionKeys.NamesIn(section).Concat(MlAgentsKeys.NamesIn(section)).Append("default_settings"));
        string? nearestElsewhere = Nearest(name, OptionKeys.All.Select(key => key.Name));
        return (nearest, nearestElsewhere) switch
        {
            ({ } near, _) => $"there is no key '{name}' {place}; did you mean '{near}'?",
            (null, { } far) => $"there is no key '{name}' {place}; did you mean '{far}' in {Shown(SectionOf(far))}?",
            _ => $"there is no key '{name}' {place}; see --print-config for those there are.",
        };
    }

    /// <summary>
    /// The candidate with the fewest edits, if those are few enough to be a slip; else null. <c>force</c> is never one: it deletes a run, which
    /// nobody is to be talked into.
    /// </summary>
    public static string? Nearest(string name, IEnumerable<string> candidates)
    {
        string? nearest = null;
        int fewest = Math.Max(2, name.Length / 3) + 1;
        foreach (string candidate in candidates)
        {
            int edits = Edits(name, candidate);
            if (edits < fewest && candidate.TrimStart('-') != "force")
            {
                (nearest, fewest) = (candidate, edits);
            }
        }

        return nearest;
    }

    private static string SectionOf(string name) => OptionKeys.All.First(key => key.Name == name).Section;

    private static string Shown(string section) => section.Length == 0
        ? "the top level"
        : section.Replace("." + OptionSection.AnyBehavior, ".<name>", StringComparison.Ordinal);

    // Levenshtein distance, one row at a time.
    private static int Edits(string left, string right)
    {
        const int Longest = 100;
        if (left.Length > Longest)
        {
            return int.MaxValue;
        }

        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int substituted = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[right.Length];
    }
}
