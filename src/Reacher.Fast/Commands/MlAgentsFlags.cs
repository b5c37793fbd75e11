using System.CommandLine;
using System.CommandLine.Parsing;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Commands;

/// <summary>
/// The flags of <c>mlagents-learn</c> that mean nothing here: taken, so that a familiar command line is, and answered with the sentence that the
/// same key gets in a file.
/// </summary>
internal sealed class MlAgentsFlags
{
    private readonly List<(MlAgentsFlag Flag, Option<string?> Option)> options = [];

    /// <summary>Makes an option for each.</summary>
    public MlAgentsFlags()
    {
        foreach (MlAgentsFlag flag in MlAgentsKeys.Flags)
        {
            options.Add((flag, new Option<string?>(flag.Name)
            {
                Description = $"Of mlagents-learn; not used here: {flag.Instead}",
                HelpName = flag.IsSwitch ? null : "value",
                Arity = flag.IsSwitch ? ArgumentArity.Zero : ArgumentArity.OneOrMore,
                CustomParser = argument => argument.Tokens.Count > 0 ? argument.Tokens[^1].Value : null,
            }));
        }
    }

    /// <summary>Adds the options to <paramref name="command"/>.</summary>
    public void AddTo(Command command)
    {
        foreach ((_, Option<string?> option) in options)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>One sentence for each flag that was given and would have changed something in ML-Agents.</summary>
    public IEnumerable<string> Warnings(ParseResult result)
    {
        foreach ((MlAgentsFlag flag, Option<string?> option) in options)
        {
            if (result.GetResult(option) is OptionResult { Implicit: false } found &&
                flag.Warning(found.Tokens.Count > 0 ? found.Tokens[^1].Value : "true") is string warning)
            {
                yield return warning;
            }
        }
    }
}
