using System.CommandLine;
using System.Text.Json;
using Reacher.Fast.Core.Vectors;
using Reacher.Fast.Environments.Demonstrations;
using Reacher.Fast.Training;

namespace Reacher.Fast.Commands;

/// <summary><c>verify-env</c>: holds the built-in arm against a recording by the real environment.</summary>
internal static class VerifyEnvCommand
{
    public static Command Create()
    {
        var demo = new Option<string>("--demo")
        {
            Description = "A recording of Reacher by ML-Agents, a .demo file of the 2018-2020 generation.",
            Required = true,
        };
        var instructions = new Option<string>("--instruction-set")
        {
            Description = "What steps the arm: scalar, vector128, vector256, vector512, or auto, which takes what training would.",
            HelpName = "set",
            DefaultValueFactory = _ => "auto",
        };
        instructions.Validators.Add(result =>
        {
            string word = result.GetValue(instructions)!;
            if (!TryParse(word, out InstructionSet? _))
            {
                result.AddError($"There is no instruction set '{word}'; use auto, scalar, vector128, vector256 or vector512.");
            }
        });
        var json = CommonOptions.Json();
        var command = new Command("verify-env", "Predict every transition of a Unity recording with the built-in arm and print the errors.")
        {
            demo, instructions, json,
        };
        command.SetAction(result =>
        {
            _ = TryParse(result.GetValue(instructions)!, out InstructionSet? set);
            if (set is not null)
            {
                InstructionSets.Require(set.Value, instructions.Name);
            }

            DemonstrationReport report = DemonstrationVerifier.Verify(result.GetValue(demo)!, set);
            if (result.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize(report, JsonStyle.PrintedIndented));
            }
            else
            {
                report.WriteTo(Console.Out);
            }
        });
        return command;
    }

    private static bool TryParse(string word, out InstructionSet? set)
    {
        set = null;
        foreach (InstructionSet known in Enum.GetValues<InstructionSet>())
        {
            if (known.ToString().Equals(word, StringComparison.OrdinalIgnoreCase))
            {
                set = known;
            }
        }

        return set is not null || word.Equals("auto", StringComparison.OrdinalIgnoreCase);
    }
}
