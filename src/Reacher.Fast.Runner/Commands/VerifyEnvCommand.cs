using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using Reacher.Fast.Core.Vectors;
using Reacher.Fast.Environments.Demonstrations;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Runner.Commands;

/// <summary><c>verify-env</c>: holds the built-in arm against a recording by the real environment.</summary>
internal static class VerifyEnvCommand
{
    public static Command Create()
    {
        var demo = new Option<string>("--demo") { Description = "A recording of Reacher by ML-Agents, a .demo file of the 2018-2020 generation.", Required = true };
        var instructions = new Option<InstructionSet?>("--instruction-set")
        {
            Description = "What steps the arm; auto takes what training would.",
            HelpName = "auto|scalar|vector128|vector256|vector512",
            CustomParser = ParseInstructionSet,
        };
        var json = CommonOptions.Json();
        var command = new Command("verify-env", "Predict every transition of a Unity recording with the built-in arm and print the errors.") { demo, instructions, json };
        command.SetAction(result =>
        {
            DemonstrationReport report = DemonstrationVerifier.Verify(result.GetValue(demo)!, result.GetValue(instructions));
            if (result.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize(report, JsonStyle.Indented));
            }
            else
            {
                report.WriteTo(Console.Out);
            }
        });
        return command;
    }

    private static InstructionSet? ParseInstructionSet(ArgumentResult argument)
    {
        string value = argument.Tokens[^1].Value;
        if (value.Equals("auto", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        InstructionSet[] matches = Enum.GetValues<InstructionSet>()
            .Where(set => set.ToString().Equals(value, StringComparison.OrdinalIgnoreCase)).ToArray();
        if (matches is [InstructionSet match])
        {
            return match;
        }

        argument.AddError($"There is no instruction set '{value}'; use auto, scalar, vector128, vector256 or vector512.");
        return null;
    }
}
