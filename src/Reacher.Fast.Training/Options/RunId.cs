using System.Globalization;

namespace Reacher.Fast.Training.Options;

/// <summary>The names of runs, which become folders.</summary>
internal static class RunId
{
    private const int Longest = 100;

    /// <summary>What is wrong with <paramref name="name"/>, to follow its mention; null if it is a good name.</summary>
    public static string? Problem(string name)
    {
        if (name.Length is 0 or > Longest)
        {
            return $"has {name.Length} characters, and must have 1 to {Longest}";
        }

        foreach (char letter in name)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_' or '.'))
            {
                string shown = char.IsControl(letter) ? $"\\u{(int)letter:x4}" : letter.ToString();
                return $"holds '{shown}', and must be made of letters, digits, '-', '_' and '.'";
            }
        }

        return name[0] is '.' or '-' ? $"begins with '{name[0]}', and must begin with a letter, a digit or '_'" : null;
    }

    /// <summary>
    /// A run id for a run that was given none: <c>sac-20260131-235959</c>, and <c>sac-20260131-235959-2</c> where a run of that name was begun
    /// within the same second.
    /// </summary>
    /// <param name="trainer">The algorithm.</param>
    /// <param name="now">The time.</param>
    /// <param name="results">The folder of all runs.</param>
    public static string Create(TrainerType trainer, DateTimeOffset now, string results)
    {
        string first = string.Create(CultureInfo.InvariantCulture, $"{(trainer == TrainerType.Sac ? "sac" : "td3")}-{now:yyyyMMdd-HHmmss}");
        string id = first;
        for (int number = 2; Directory.Exists(Path.Combine(results, id)); number++)
        {
            id = string.Create(CultureInfo.InvariantCulture, $"{first}-{number}");
        }

        return id;
    }
}
