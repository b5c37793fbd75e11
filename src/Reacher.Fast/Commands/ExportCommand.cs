using System.CommandLine;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Training.Export;
using Reacher.Fast.Training.Policies;
using Reacher.Fast.Training.Processes;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Commands;

/// <summary><c>export RUN</c>: a run's policy as an ONNX model for Unity, or alone as a safetensors file.</summary>
internal static class ExportCommand
{
    private const string Onnx = "onnx";
    private const string Safetensors = "safetensors";

    public static Command Create()
    {
        var run = new Argument<string>("run") { Description = "A run id, a run's folder, or a checkpoint." };
        var output = new Option<string?>("--output", "-o") { Description = "The file to write; without it, <behaviour>.onnx in the run's folder." };
        var format = new Option<string?>("--format")
        {
            Description = "onnx (for Unity ML-Agents) or safetensors (for PyTorch); without it, by the output's name.",
        };
        Option<string> results = CommonOptions.ResultsFolder();
        var command = new Command("export", "Write a run's policy as an ONNX model that Unity ML-Agents loads, or as safetensors.")
        {
            run, output, format, results,
        };
        command.SetAction(result => Run(result.GetValue(run)!, result.GetValue(output), result.GetValue(format), result.GetValue(results)!));
        return command;
    }

    private static int Run(string run, string? output, string? format, string results)
    {
        if (Directory.Exists(output))
        {
            throw new InputException($"'{output}' is a folder; name the file to write, such as '{Path.Combine(output, "policy.onnx")}'.");
        }

        string extension = format ?? (output is null ? Onnx : Path.GetExtension(output).TrimStart('.'));
        if (extension is not (Onnx or Safetensors))
        {
            throw new InputException(format is null
                ? $"The name '{output}' does not say what to write: end it in .onnx or .safetensors, or give --format."
                : $"There is no format '{format}' to export to; give --format onnx or --format safetensors.");
        }

        string source = RunSource.Find(run, results).CheckpointFile;
        output ??= DefaultOutput(run, results, source, extension);
        PolicySpec spec = PolicyFile.Read(source, out float[] weights);
        if (extension == Onnx)
        {
            OnnxExport.Write(spec, weights, output);
        }
        else
        {
            PolicyFile.Write(spec, weights, output);
        }

        Console.WriteLine($"{output}: the policy of {source}, {spec.ObservationSize} observations to {spec.ActionSize} actions.");
        return ExitCodes.Done;
    }

    // A run's model goes beside its configuration, where ML-Agents puts the final model; that of a file named by the user goes beside
    // that file.
    private static string DefaultOutput(string run, string results, string source, string extension)
    {
        if (File.Exists(run))
        {
            return Path.ChangeExtension(source, extension == Safetensors ? "actor.safetensors" : extension);
        }

        return SavedRun.Find(run, results).Folder.Exported(extension);
    }
}
