using System.Globalization;
using System.Text.RegularExpressions;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Files;

namespace Reacher.Fast.Training.Reporting.References;

/// <summary>
/// Published learning curves: a CSV file with the columns <c>env</c>, <c>algo</c>, <c>env_step</c>, <c>mean_of_N_seeds</c> and
/// <c>sd_over_seeds</c> in any order, after comments that begin with #.
/// </summary>
internal static partial class ReferenceFile
{
    private const string Columns = "env, algo, env_step, mean_of_N_seeds and sd_over_seeds";

    private static readonly string[] ColumnNames = ["^env$", "^algo$", "^env_step$", "^mean_of_[0-9]+_seeds$", "^sd_over_seeds$"];

    /// <summary>The curve of a task and an algorithm. The task's version does not count: HalfCheetah-v3 is HalfCheetah-v4's.</summary>
    /// <exception cref="InputException">The file cannot be read, or has no such curve.</exception>
    public static (string Task, IReadOnlyList<ReferencePoint> Points) Read(string path, string environment, string algorithm)
    {
        string[] lines = Lines(path);
        string[] header = lines is [string first, ..] ? first.Split(',') : [];
        int[] columns = [.. ColumnNames.Select(name => Array.FindIndex(header, cell => Regex.IsMatch(cell, name)))];
        if (columns.Contains(-1))
        {
            throw new InputException($"'{path}' is no file of reference curves: its first line must name the columns {Columns}.");
        }

        int seeds = int.Parse(Digits().Match(header[columns[3]]).Value, CultureInfo.InvariantCulture);
        string name = NameOf(environment);
        string? task = null;
        var points = new List<ReferencePoint>();
        for (int i = 1; i < lines.Length; i++)
        {
            string[] cells = lines[i].Split(',');
            if (cells.Length != header.Length)
            {
                throw new InputException($"'{path}' has a line with {cells.Length} cells instead of {header.Length}: '{lines[i]}'.");
            }

            if (NameOf(cells[columns[0]]) == name && cells[columns[1]].Equals(algorithm, StringComparison.OrdinalIgnoreCase))
            {
                task = cells[columns[0]];
                points.Add(new ReferencePoint(
                    (long)Number(cells[columns[2]]), Number(cells[columns[3]]), Number(cells[columns[4]]), seeds));
            }
        }

        return task is null
            ? throw new InputException($"'{path}' has no curve of {name} by {algorithm}; give a file that has one.")
            : (task, [.. points.OrderBy(point => point.Step)]);

        double Number(string cell) => double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? number
            : throw new InputException($"'{path}' has '{cell}' where a number belongs; write one.");
    }

    private static string[] Lines(string path)
    {
        try
        {
            return [.. File.ReadLines(path).Where(line => line.Length > 0 && line[0] != '#')];
        }
        catch (Exception error) when (IoFailure.Is(error))
        {
            throw new InputException($"The reference '{path}' cannot be read: {AtomicFile.Reason(error)}; name another file.", error);
        }
    }

    // mujoco:HalfCheetah-v4 and HalfCheetah-v3 are both HalfCheetah.
    private static string NameOf(string environment)
    {
        string name = environment[(environment.LastIndexOf(':') + 1)..];
        int version = name.LastIndexOf("-v", StringComparison.Ordinal);
        return version < 0 ? name : name[..version];
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();
}
