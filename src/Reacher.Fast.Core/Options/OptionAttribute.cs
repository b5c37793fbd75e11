using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Reacher.Fast.Core.Options;

/// <summary>
/// Makes a property an option: where it stands in a configuration file, what it means and which values it takes. Its default is what the
/// property is initialised with, unless the built-in task that a run begins with has one of its own. Reading, checking, explaining and saving
/// it all come from here, so that a new option is this one property
/// and the line that uses it.
/// </summary>
/// <param name="section">The mapping it lies in, one of <see cref="OptionSection"/>.</param>
/// <param name="name">Its key in the file: <c>learning_rate</c>.</param>
/// <param name="meaning">What it does, as one sentence without its full stop.</param>
[AttributeUsage(AttributeTargets.Property, Inherited = false)]
public class OptionAttribute(string section, string name, string meaning) : Attribute
{
    /// <summary>The mapping it lies in, one of <see cref="OptionSection"/>.</summary>
    public string Section { get; } = section;

    /// <summary>Its key in the file: <c>learning_rate</c>.</summary>
    public string Name { get; } = name;

    /// <summary>What it does, as one sentence without its full stop.</summary>
    public string Meaning { get; } = meaning;

    /// <summary>The smallest number it takes.</summary>
    public double Minimum { get; set; } = double.MinValue;

    /// <summary>The largest number it takes.</summary>
    public double Maximum { get; set; } = double.MaxValue;

    /// <summary>Whether a number must be above <see cref="Minimum"/> and not at it.</summary>
    public bool AboveMinimum { get; set; }

    /// <summary>What a text must be, in words; needed for texts only.</summary>
    public string? Allowed { get; set; }

    /// <summary>The regular expression that a text matches as a whole; null for any text.</summary>
    [StringSyntax(StringSyntaxAttribute.Regex)]
    public string? Pattern { get; set; }

    /// <summary>
    /// Its place among the options of its section, lowest first; those without one follow in the order in which they are declared. It is
    /// needed only where the options of a section are declared in more than one record.
    /// </summary>
    public int Order { get; set; } = int.MaxValue;

    /// <summary>Whether it concerns one start only, as <c>resume</c> does, and is never saved.</summary>
    public bool IsTransient { get; set; }

    /// <summary>Whether <paramref name="number"/> is finite and within the range.</summary>
    public bool Allows(double number) =>
        double.IsFinite(number) && number >= Minimum && number <= Maximum && !(AboveMinimum && number == Minimum);

    /// <summary>The range in words: <c>a whole number from 1 to 64</c>.</summary>
    /// <param name="whole">Whether only whole numbers count.</param>
    public string DescribeRange(bool whole)
    {
        string from = (whole ? "a whole number " : "a number ") + (AboveMinimum ? "above " : "from ") + Text(Minimum);
        return Maximum == double.MaxValue
            ? from + (AboveMinimum ? "" : " up")
            : $"{from} {(AboveMinimum ? "up to" : "to")} {Text(Maximum)}";
    }

    /// <summary>What is wrong with <paramref name="text"/>, to follow the option's name; null if nothing is.</summary>
    public virtual string? Problem(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length == 0)
        {
            return $"is empty, and must be {Allowed}";
        }

        bool matches = Pattern is null || Regex.IsMatch(text, $"^(?:{Pattern})\\z", RegexOptions.CultureInvariant);
        return matches ? null : $"is '{text}', and must be {Allowed}";
    }

    /// <summary>Checks the numbers and texts of all options that <paramref name="record"/> has.</summary>
    /// <param name="record">The record whose options they are.</param>
    /// <param name="type">The type of <paramref name="record"/>, whose properties are read.</param>
    /// <param name="owner">Whose options they are, for the message: <c>The learner's</c>.</param>
    /// <exception cref="InputException">One is out of range; the sentence says which, what it is and what it must be.</exception>
    public static void Require(
        object record, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] Type type, string owner)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(type);
        foreach (PropertyInfo property in type.GetProperties())
        {
            if (property.GetCustomAttribute<OptionAttribute>() is { } option && option.Wrong(property.GetValue(record)) is { } wrong)
            {
                throw new InputException($"{owner} {option.Name} {wrong}.");
            }
        }
    }

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture).Replace("E", "e", StringComparison.Ordinal);

    private string? Wrong(object? value) => value switch
    {
        string { Length: > 0 } text => Problem(text),
        int or long or float or double when !Allows(Convert.ToDouble(value, CultureInfo.InvariantCulture)) =>
            string.Create(CultureInfo.InvariantCulture, $"is {value}, and must be {DescribeRange(value is int or long)}"),
        _ => null,
    };
}
