using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Reacher.Fast.Core.Options;
using Reacher.Fast.Training.Options;
using Reacher.Fast.View;

namespace Reacher.Fast.Commands;

/// <summary>
/// What <c>--help</c> prints of a verb: every flag, those that are keys of the configuration file under the mapping in which the file has
/// them, on lines of at most 80 columns.
/// </summary>
/// <param name="plain">Prints the help of a verb that takes no configuration.</param>
internal sealed class HelpText(HelpAction plain) : SynchronousCommandLineAction
{
    private const int Width = 80;
    private const int TextColumn = 32;

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <summary>Gives a program's verbs this help.</summary>
    public static void Use(RootCommand root)
    {
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        var plain = (HelpAction)help.Action!;
        plain.MaxWidth = Width;
        help.Action = new HelpText(plain);
    }

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        Command command = parseResult.CommandResult.Command;
        if (!command.Options.OfType<ConfigurationOption>().Any())
        {
            return plain.Invoke(parseResult);
        }

        Write(command, parseResult.InvocationConfiguration.Output);
        return 0;
    }

    /// <summary>Writes the help of a verb with flags for the configuration.</summary>
    public static void Write(Command command, TextWriter output)
    {
        output.Write(WrappedText.Of(command.Description ?? "", Width));
        string arguments = string.Concat(command.Arguments.Select(argument => $"{NameOf(argument)} "));
        output.Write($"\nUsage:\n  {CommandLine.ProgramName} {command.Name} {arguments}[options]\n");
        if (command.Arguments.Count > 0)
        {
            output.Write("\nArguments:\n");
        }

        foreach (Argument argument in command.Arguments)
        {
            WriteRow(output, NameOf(argument), argument.Description);
        }

        output.Write("\nOptions:\n");
        Option[] shown = [.. command.Options.Where(option => !option.Hidden)];
        foreach (Option option in shown.Where(option => option is not ConfigurationOption))
        {
            bool isSwitch = option.ValueType == typeof(bool) || option.Arity.MaximumNumberOfValues == 0;
            string? value = option.HelpName ?? (isSwitch ? null : option.Name.TrimStart('-'));
            string preset = isSwitch || !option.HasDefaultValue ? "" : $" [{option.GetDefaultValue()}]";
            WriteRow(output, FlagOf(option, value), option.Description + preset);
        }

        WriteRow(output, "-h, --help", "Print this.");
        if (shown.OfType<ConfigurationOption>().FirstOrDefault(IsOnByDefault) is ConfigurationOption on)
        {
            output.Write("\n" + WrappedText.Of($"A switch is turned off by the word false after it, as in {on.Name} false.", Width));
        }

        foreach (IGrouping<string, ConfigurationOption> section in shown.OfType<ConfigurationOption>().GroupBy(option => option.Key.Section))
        {
            output.Write($"\n{TitleOf(section.Key)}\n");
            foreach (ConfigurationOption option in section)
            {
                WriteRow(output, FlagOf(option, option.HelpName), option.Description);
            }
        }
    }

    private static bool IsOnByDefault(ConfigurationOption option) => option.Key.IsSwitch && (bool)option.Key.DefaultFor(TrainerType.Sac)!;

    private static string NameOf(Argument argument) =>
        argument.Arity.MinimumNumberOfValues == 0 ? $"[<{argument.Name}>]" : $"<{argument.Name}>";

    private static string FlagOf(Option option, string? value) =>
        string.Join(", ", option.Aliases.Prepend(option.Name)) + (value is null ? "" : $" <{value}>");

    private static string TitleOf(string section) => section.Length == 0
        ? "In the file outside any mapping:"
        : $"In the file under {section.Replace(OptionSection.AnyBehavior, "<name>", StringComparison.Ordinal)}:";

    private static void WriteRow(TextWriter output, string name, string? text)
    {
        string head = $"  {name}";
        if (head.Length > TextColumn - 2)
        {
            output.Write(head + "\n");
            head = "";
        }

        output.Write(WrappedText.Of(head.PadRight(TextColumn) + text, Width, TextColumn));
    }
}
