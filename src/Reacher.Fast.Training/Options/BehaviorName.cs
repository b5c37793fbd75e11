using System.Text;

namespace Reacher.Fast.Training.Options;

/// <summary>A behaviour's name: any that Unity allows, and what its files are called.</summary>
internal static class BehaviorName
{
    private const int Longest = 200;
    // File names may have 255 bytes, of which a step and an ending take their share.
    private const int LongestInFile = 100;

    private static readonly HashSet<string> OtherFiles = new(StringComparer.OrdinalIgnoreCase)
    {
        "run_logs", "run.lock", "replay.map", "control.map", "weights.map", "evaluations.jsonl", "metrics.jsonl", "configuration.yaml",
        "summary.json", "report.html",
    };

    /// <summary>What is wrong with <paramref name="name"/>, to follow its mention; null if it is a good name.</summary>
    public static string? Problem(string name) =>
        name.Length is 0 or > Longest ? $"has {name.Length} characters, and must have 1 to {Longest}"
        : name.Any(char.IsControl) ? "holds a control character; rename the behaviour"
        : null;

    /// <summary>The name as <c>mlagents-learn</c> has it: that of the scene without its team, <c>Reacher?team=0</c> being <c>Reacher</c>.</summary>
    public static string OfScene(string name)
    {
        int question = name.IndexOf('?', StringComparison.Ordinal);
        return question > 0 ? name[..question] : name;
    }

    /// <summary>
    /// What the behaviour's folder is called and its files' names begin with: the name itself where every character is a letter, a digit, a
    /// space, '-', '_' or '.'. Others become '_', so that no name leads out of the run's folder, and none meets another file of the run.
    /// </summary>
    public static string InFiles(string name)
    {
        var safe = new StringBuilder();
        int bytes = 0;
        foreach (char letter in name)
        {
            char kept = char.IsLetterOrDigit(letter) || letter is ' ' or '-' or '_' or '.' ? letter : '_';
            bytes += Encoding.UTF8.GetByteCount([kept]);
            if (bytes > LongestInFile)
            {
                break;
            }

            safe.Append(kept);
        }

        string file = safe.ToString().TrimEnd(' ');
        bool isGood = file.Length > 0 && file[0] is not ('.' or '-' or ' ') && !OtherFiles.Contains(file);
        return isGood ? file : "_" + file;
    }
}
