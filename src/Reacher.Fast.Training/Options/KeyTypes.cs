using System.Globalization;
using System.Numerics;

namespace Reacher.Fast.Training.Options;

/// <summary>A number within a range. Whole ones may be written as 5e5 or 500_000, as ML-Agents' users do.</summary>
internal sealed class NumberKey<T> : ConfigurationKey<T>
    where T : struct, INumber<T>, IMinMaxValue<T>
{
    /// <summary>Smallest value.</summary>
    public required T Minimum { get; init; }

    /// <summary>Largest value.</summary>
    public T Maximum { get; init; } = T.MaxValue;

    /// <summary>Whether the value must be above the minimum, not at it.</summary>
    public bool AboveMinimum { get; init; }

    /// <inheritdoc/>
    public override string Allowed
    {
        get
        {
            string kind = IsWhole ? "a whole number" : "a number";
            string from = (AboveMinimum ? "above " : "from ") + Format(Minimum);
            return Maximum == T.MaxValue
                ? $"{kind} {from}{(AboveMinimum ? "" : " up")}"
                : $"{kind} {from} {(AboveMinimum ? "up to" : "to")} {Format(Maximum)}";
        }
    }

    private static bool IsWhole => typeof(T) == typeof(int) || typeof(T) == typeof(long);

    /// <inheritdoc/>
    public override object? Parse(string? text)
    {
        if (!TryParse(text, out T value) || value > Maximum || value < Minimum || (AboveMinimum && value == Minimum))
        {
            throw new FormatException($"is {text ?? "null"}, and must be {Allowed}");
        }

        return value;
    }

    /// <inheritdoc/>
    public override string Format(object? value) => Format((T)value!);

    private static string Format(T value) => value.ToString(null, CultureInfo.InvariantCulture).Replace("E", "e", StringComparison.Ordinal);

    private static bool TryParse(string? text, out T value)
    {
        const double LargestWholeDouble = 1L << 53;
        string digits = text?.Replace("_", string.Empty, StringComparison.Ordinal) ?? string.Empty;
        if (!IsWhole)
        {
            return T.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && T.IsFinite(value);
        }

        if (T.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
        {
            return true;
        }

        // 5e5 and 500000.0 are whole numbers too.
        if (double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) &&
            Math.Abs(number) <= LargestWholeDouble && Math.Floor(number) == number)
        {
            value = T.CreateSaturating(number);
            return double.CreateSaturating(value) == number;
        }

        return false;
    }
}

/// <summary>A number within a range, or null where another key's value is to be taken.</summary>
internal sealed class OptionalNumberKey : ConfigurationKey<double?>
{
    /// <summary>Smallest value.</summary>
    public required double Minimum { get; init; }

    /// <summary>Largest value.</summary>
    public required double Maximum { get; init; }

    /// <inheritdoc/>
    public override string Allowed => $"null or {Inner.Allowed}";

    private NumberKey<double> Inner => new()
    {
        Section = Section, Name = Name, Comment = Comment, Default = 0, Minimum = Minimum, Maximum = Maximum,
    };

    /// <inheritdoc/>
    public override object? Parse(string? text) => text is null or "null" ? null : Inner.Parse(text);

    /// <inheritdoc/>
    public override string Format(object? value) => value is null ? "null" : Inner.Format(value);
}

/// <summary>true or false, in any of YAML 1.1's spellings.</summary>
internal sealed class SwitchKey : ConfigurationKey<bool>
{
    /// <inheritdoc/>
    public override bool IsSwitch => true;

    /// <inheritdoc/>
    public override string Allowed => "true or false";

    /// <inheritdoc/>
    public override object? Parse(string? text) => text?.ToUpperInvariant() switch
    {
        "TRUE" or "YES" or "ON" => true,
        "FALSE" or "NO" or "OFF" => false,
        _ => throw new FormatException($"is {text ?? "null"}, and must be {Allowed}"),
    };

    /// <inheritdoc/>
    public override string Format(object? value) => (bool)value! ? "true" : "false";
}

/// <summary>One of an enumeration's names, in snake case.</summary>
internal sealed class ChoiceKey<T> : ConfigurationKey<T>
    where T : struct, Enum
{
    private static readonly string[] Choices = [.. Enum.GetNames<T>().Select(SnakeCase)];

    /// <inheritdoc/>
    public override string Allowed => Choices.Length == 1 ? Choices[0] : string.Join(", ", Choices[..^1]) + " or " + Choices[^1];

    /// <inheritdoc/>
    public override object? Parse(string? text)
    {
        int choice = Array.FindIndex(Choices, name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
        return choice >= 0 ? Enum.GetValues<T>()[choice] : throw new FormatException($"is {text ?? "null"}, and must be {Allowed}");
    }

    /// <inheritdoc/>
    public override string Format(object? value) => SnakeCase(((T)value!).ToString());

    private static string SnakeCase(string name) =>
        string.Concat(name.Select((letter, i) => i > 0 && char.IsUpper(letter) ? "_" + char.ToLowerInvariant(letter) : char.ToLowerInvariant(letter).ToString()));
}

/// <summary>Text; null where <see cref="IsOptional"/>.</summary>
internal sealed class TextKey : ConfigurationKey<string?>
{
    /// <summary>Whether there may be none.</summary>
    public bool IsOptional { get; init; }

    /// <summary>What is wrong with a value, or null; checked after null has been dealt with.</summary>
    public Func<string, string?>? Check { get; init; }

    /// <summary>What a value must be.</summary>
    public required string Meaning { get; init; }

    /// <inheritdoc/>
    public override string Allowed => Meaning;

    /// <inheritdoc/>
    public override object? Parse(string? text)
    {
        if (text is null)
        {
            return IsOptional ? null : Default;
        }

        return Check?.Invoke(text) is { } wrong ? throw new FormatException(wrong) : text;
    }

    /// <inheritdoc/>
    public override string Format(object? value) => YamlText.Scalar((string?)value);
}

/// <summary>A sequence of texts.</summary>
internal sealed class ListKey : ConfigurationKey<IReadOnlyList<string>>
{
    /// <inheritdoc/>
    public override string Allowed => "a sequence of texts";

    /// <inheritdoc/>
    public override object? Parse(string? text) => text is null ? Array.Empty<string>() : PlayerArguments.Unpack(text);

    /// <inheritdoc/>
    public override string Format(object? value) => "[" + string.Join(", ", ((IReadOnlyList<string>)value!).Select(YamlText.Quoted)) + "]";
}
