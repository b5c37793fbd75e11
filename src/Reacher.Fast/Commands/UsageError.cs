using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Commands;

/// <summary>What to say of a command line that cannot be parsed. The parser's own words are for whoever wrote the program.</summary>
internal static class UsageError
{
    /// <summary>
    /// Whether a flag that does not exist was taken for a word that may stand there, such as a file's name or the value of the flag before it.
    /// </summary>
    public static bool HasFlagForWord(ParseResult result) => result.CommandResult.Children
        .Where(child => child is not OptionResult { Option.Name: PlayerArguments.Flag })
        .SelectMany(child => child.Tokens).Any(token => token.Value.StartsWith("--", StringComparison.Ordinal));

    /// <summary>One sentence that says what is wrong, or the parser's, and where to read on.</summary>
    public static string Describe(ParseResult result)
    {
        string sentence = UnknownFlag(result) ?? WrongVerb(result) ?? MissingValue(result) ?? MissingWord(result) ?? WrongNumber(result)
            ?? UnknownWord(result) ?? result.Errors[0].Message;
        return $"{sentence} See '{CommandLine.ProgramName} {VerbOf(result)}--help'.";
    }

    // The parser returns an unknown flag as an unknown word, or as the name of a file where one may stand; the message names it as a
    // flag.
    private static string? UnknownFlag(ParseResult result)
    {
        string? flag = result.Tokens.FirstOrDefault(
            token => token.Type == TokenType.Argument && token.Value.StartsWith("--", StringComparison.Ordinal))?.Value
            ?? result.UnmatchedTokens.FirstOrDefault(token => token.StartsWith('-'));
        IEnumerable<string> known = result.CommandResult.Command.Options.SelectMany(option => option.Aliases.Append(option.Name));
        return flag is null ? null : $"There is no flag '{flag}'{Off(flag, result) ?? Instead(flag, known)}";
    }

    // A switch that is on by default is what --no-... would turn off elsewhere.
    private static string? Off(string flag, ParseResult result)
    {
        const string Negation = "--no-";
        ConfigurationOption? meant = flag.StartsWith(Negation, StringComparison.Ordinal)
            ? result.CommandResult.Command.Options.OfType<ConfigurationOption>().FirstOrDefault(
                option => option.Key.IsSwitch && option.Name == "--" + flag[Negation.Length..])
            : null;
        return meant is null ? null : $"; write '{meant.Name} false'.";
    }

    private static string? WrongVerb(ParseResult result)
    {
        Command command = result.CommandResult.Command;
        string[] verbs = [.. command.Subcommands.Where(verb => !verb.Hidden).Select(verb => verb.Name)];
        if (verbs.Length == 0)
        {
            return null;
        }

        string known = $"{string.Join(", ", verbs[..^1])} and {verbs[^1]}";
        string of = command is RootCommand ? "" : $" of '{command.Name}'";
        return result.UnmatchedTokens is [var word, ..]
            ? $"There is no verb '{word}'{of}{Instead(word, verbs)} The verbs are {known}."
            : $"A verb{of} is missing: {known}.";
    }

    private static string? MissingValue(ParseResult result) =>
        result.CommandResult.Children.OfType<OptionResult>().FirstOrDefault(
            option => !option.Implicit && option.Tokens.Count < option.Option.Arity.MinimumNumberOfValues) is OptionResult found
            ? $"{found.Option.Name} needs a value."
            : null;

    private static string? MissingWord(ParseResult result) =>
        result.CommandResult.Children.OfType<ArgumentResult>().FirstOrDefault(
            word => word.Tokens.Count < word.Argument.Arity.MinimumNumberOfValues) is ArgumentResult found
            ? $"The <{found.Argument.Name}> of '{result.CommandResult.Command.Name}' is missing."
            : null;

    private static string? WrongNumber(ParseResult result)
    {
        foreach (OptionResult option in result.CommandResult.Children.OfType<OptionResult>())
        {
            Type type = Nullable.GetUnderlyingType(option.Option.ValueType) ?? option.Option.ValueType;
            foreach (Token token in option.Tokens)
            {
                if (DescribeNumber(type, token.Value) is string allowed)
                {
                    return $"{option.Option.Name} is '{token.Value}', and must be {(option.Option as INumberOption)?.Allowed ?? allowed}.";
                }
            }
        }

        return null;
    }

    private static string? UnknownWord(ParseResult result) =>
        result.UnmatchedTokens is [var word, ..] ? $"'{word}' is one word too many." : null;

    // Null where the text is such a number, or no number is asked for.
    private static string? DescribeNumber(Type type, string text) =>
        type == typeof(int) && !Parses<int>(text) ? $"a whole number from {int.MinValue} to {int.MaxValue}"
        : type == typeof(long) && !Parses<long>(text) ? "a whole number"
        : type == typeof(ulong) && !Parses<ulong>(text) ? "a whole number from 0 up"
        : type == typeof(double) && !Parses<double>(text) ? "a number"
        : null;

    private static bool Parses<T>(string text)
        where T : INumber<T> => T.TryParse(text, CultureInfo.InvariantCulture, out _);

    private static string Instead(string given, IEnumerable<string> known) =>
        KeySuggestion.Nearest(given, known) is string nearest ? $"; did you mean '{nearest}'?" : ".";

    private static string VerbOf(ParseResult result) => result.CommandResult.Command is RootCommand ? "" : result.CommandResult.Command.Name + " ";
}
