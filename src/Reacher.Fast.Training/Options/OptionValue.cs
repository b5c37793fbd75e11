using System.Globalization;
using Reacher.Fast.Core.Options;

namespace Reacher.Fast.Training.Options;

/// <summary>Values of options as text, by the type of their property: how they are read, written, and what they may be.</summary>
internal static class OptionValue
{
    /// <summary>What a value must be: <c>a whole number from 1 to 64</c>, <c>true or false</c>, the names of an enumeration.</summary>
    public static string DescribeAllowed(OptionAttribute option, Type type)
    {
        Type? optional = Nullable.GetUnderlyingType(type);
        Type plain = optional ?? type;
        return plain == typeof(bool) ? "true or false"
            : plain == typeof(string) ? option.Allowed!
            : plain == typeof(IReadOnlyList<string>) ? "a sequence of texts"
            : plain.IsEnum ? Listed(Names(plain))
            : (optional is null ? "" : "null or ") + option.DescribeRange(IsWhole(plain));
    }

    /// <summary>The value of <paramref name="type"/> that <paramref name="text"/> means; null text is YAML's null.</summary>
    /// <exception cref="FormatException">It is none, or out of range; the message follows the option's name.</exception>
    public static object? Parse(OptionAttribute option, Type type, string? text)
    {
        Type? optional = Nullable.GetUnderlyingType(type);
        Type plain = optional ?? type;
        if (plain == typeof(string))
        {
            return option.Problem(text!) is { } wrong ? throw new FormatException(wrong) : text;
        }

        if (plain == typeof(IReadOnlyList<string>))
        {
            return text is null ? [] : PlayerArguments.Unpack(text);
        }

        if (optional is not null && text is null or "null")
        {
            return null;
        }

        return (plain == typeof(bool) ? Switch(text) : plain.IsEnum ? Choice(plain, text) : Number(option, plain, text))
            // For a number that must not be null, the message says what the number must be.
            ?? throw new FormatException($"is {text ?? "null"}, and must be {DescribeAllowed(option, plain)}");
    }

    /// <summary>The value as YAML; <see cref="Parse"/> of it gives it back.</summary>
    public static string Format(object? value) => value switch
    {
        null => "null",
        bool isOn => isOn ? "true" : "false",
        string text => YamlText.Scalar(text),
        IReadOnlyList<string> list => "[" + string.Join(", ", list.Select(YamlText.Quoted)) + "]",
        Enum choice => SnakeCase(choice.ToString()),
        // The fewest digits that give the number back, written as a double, whose powers of ten begin later.
        float number => Format(double.Parse(number.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!.Replace("E", "e", StringComparison.Ordinal),
    };

    // Users may write a boolean in any of YAML 1.1's spellings.
    private static object? Switch(string? text) => text?.ToUpperInvariant() switch
    {
        "TRUE" or "YES" or "ON" => true,
        "FALSE" or "NO" or "OFF" => false,
        _ => null,
    };

    private static object? Choice(Type type, string? text)
    {
        int choice = Array.FindIndex(Names(type), name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
        return choice < 0 ? null : Enum.GetValues(type).GetValue(choice);
    }

    private static object? Number(OptionAttribute option, Type type, string? text)
    {
        string digits = text?.Replace("_", string.Empty, StringComparison.Ordinal) ?? string.Empty;
        if (!IsWhole(type))
        {
            bool isNumber = double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double number);
            return isNumber && option.Allows(number) ? Convert.ChangeType(number, type, CultureInfo.InvariantCulture) : null;
        }

        bool isWhole = TryParseWhole(digits, out long whole) && (type == typeof(long) || whole is >= int.MinValue and <= int.MaxValue);
        return isWhole && option.Allows(whole) ? Convert.ChangeType(whole, type, CultureInfo.InvariantCulture) : null;
    }

    // 5e5 and 500000.0 are whole numbers too, as ML-Agents' users write them.
    private static bool TryParseWhole(string digits, out long whole)
    {
        const double LargestWholeDouble = 1L << 53;
        if (long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out whole))
        {
            return true;
        }

        bool isWhole = double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) &&
            Math.Abs(number) <= LargestWholeDouble && Math.Floor(number) == number;
        whole = isWhole ? (long)number : 0;
        return isWhole;
    }

    private static bool IsWhole(Type type) => type == typeof(int) || type == typeof(long);

    private static string Listed(string[] names) => names.Length == 1 ? names[0] : string.Join(", ", names[..^1]) + " or " + names[^1];

    private static string[] Names(Type type) => [.. Enum.GetNames(type).Select(SnakeCase)];

    private static string SnakeCase(string name) =>
        string.Concat(name.Select((letter, i) => (i > 0 && char.IsUpper(letter) ? "_" : "") + char.ToLowerInvariant(letter)));
}
