using Reacher.Fast.Core;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Training.Evaluate;
using Reacher.Fast.Training.Export;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Reporting;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Processes;

/// <summary>
/// What every run ends with, however it ends: the model that Unity loads, and the list of its checkpoints. Where the disk is full these are
/// missing, and the run still counts as ended well.
/// </summary>
internal static class FinalModel
{
    /// <summary>Writes both.</summary>
    /// <param name="files">The run's folder.</param>
    /// <param name="plan">The plan of the run.</param>
    /// <param name="warn">Takes a sentence for the user.</param>
    /// <returns>The model's file; null where the run has no policy yet, or it could not be written.</returns>
    public static string? Export(RunFolder files, RunPlan plan, Action<string> warn)
    {
        try
        {
            CheckpointStore store = files.Checkpoints(plan.KeepCheckpoints);
            if (store.LoadLatest() is not { } last)
            {
                return null;
            }

            PolicySpec spec = PolicyFile.Read(BestPolicy.Find(files, warn) ?? last.Path, out float[] weights);
            if (spec.Architecture is not null)
            {
                warn(
                    $"The run leaves no ONNX model, which covers no network of the program's own ({spec.Architecture.Name}); its checkpoints " +
                    "hold it.");
                return null;
            }

            OnnxExport.Write(spec, weights, files.Onnx);
            IReadOnlyList<EvaluationRecord> evaluations = EvaluationLog.Read(files.Evaluations);
            TrainingStatus.Save(files, store.List().Reverse().Select(Entry), Entry((last.Step, last.Path)));
            return files.Onnx;

            CheckpointEntry Entry((long Step, string Path) checkpoint) => new(
                checkpoint.Step,
                checkpoint.Path,
                evaluations.LastOrDefault(record => record.Transitions <= checkpoint.Step)?.Score,
                new DateTimeOffset(File.GetLastWriteTimeUtc(checkpoint.Path)).ToUnixTimeSeconds());
        }
        catch (Exception exception) when (IoFailure.Is(exception) || exception is InputException)
        {
            warn($"The run's model was not exported ({exception.Message.TrimEnd('.')}); try 'export {files.Id}'.");
            return null;
        }
    }
}
