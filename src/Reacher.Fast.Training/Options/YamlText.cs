using System.Globalization;
using System.Text;

namespace Reacher.Fast.Training.Options;

/// <summary>Scalars as YAML text that reads back as what it was.</summary>
internal static class YamlText
{
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "null", "true", "false", "yes", "no", "on", "off",
    };

    /// <summary>Plain where that cannot be taken for anything else, otherwise quoted; <c>null</c> for null.</summary>
    public static string Scalar(string? text) => text is null ? "null" : IsPlain(text) ? text : Quoted(text);

    /// <summary>Double-quoted, with YAML's escapes.</summary>
    public static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (char letter in text)
        {
            _ = letter switch
            {
                '"' or '\\' => quoted.Append('\\').Append(letter),
                < ' ' or (>= '\x7f' and <= '\xa0') or '\u2028' or '\u2029' or '\ufeff' =>
                    quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}"),
                _ => quoted.Append(letter),
            };
        }

        return quoted.Append('"').ToString();
    }

    private static bool IsPlain(string text) =>
        text.Length > 0 && char.IsAsciiLetter(text[0]) && !Reserved.Contains(text) &&
        text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.' or '/');
}
