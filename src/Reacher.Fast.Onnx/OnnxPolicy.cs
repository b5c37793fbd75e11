using CommunityToolkit.HighPerformance;
using Microsoft.ML.OnnxRuntime;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Core.Numerics;

namespace Reacher.Fast.Onnx;

/// <summary>
/// A policy in an ONNX model as ML-Agents exports them (<c>model_serialization.py</c>), run by Microsoft's ONNX Runtime on one thread: inputs
/// <c>obs_0</c>, <c>obs_1</c>, ..., one for each sensor, and the output <c>deterministic_continuous_actions</c>, or <c>continuous_actions</c>, which
/// the model samples, where it is alone. An observation is the sensors' numbers one after another, as an environment gives it. Models that are
/// discrete, recurrent or see pictures are refused.
/// </summary>
public sealed class OnnxPolicy : IPolicy
{
    private const long LargestFile = 256 << 20;

    private static readonly RunOptions NoOptions = new();

    private readonly string path;
    private readonly SessionOptions options;
    private readonly InferenceSession session;
    private readonly string[] inputNames;
    private readonly string[] outputNames;

    // What a run reads and writes, for the number of agents of the last one.
    private OnnxBatch? batch;

    private OnnxPolicy(string path, PolicyGraph graph)
    {
        this.path = path;
        (inputNames, outputNames) = ([.. graph.Inputs], [graph.Output]);
        // A model that declares [1, A] and computes [N, A], as ML-Agents' do, is no reason for a warning on standard error.
        options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        try
        {
            session = new InferenceSession(graph.Bytes, options);
            Sensors = [.. graph.Inputs.Select(name => OnnxSensor.Of(name, session.InputMetadata[name]))];
            ObservationSize = Sensors.Sum(sensor => sensor.Size);
            (ActionSize, LargestBatch) = Try();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public int ObservationSize { get; }

    /// <inheritdoc/>
    public int ActionSize { get; }

    /// <summary>The sensors whose numbers, one after another, are the observation.</summary>
    public IReadOnlyList<OnnxSensor> Sensors { get; }

    /// <summary>The output that gives the actions.</summary>
    public string OutputName => outputNames[0];

    // A model that was exported for one agent runs for one at a time.
    private int LargestBatch { get; }

    /// <summary>Opens a model, and runs it once with zeros.</summary>
    /// <exception cref="InputException">It cannot be read, or is no policy that can be played; the sentence says why.</exception>
    public static OnnxPolicy Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return new OnnxPolicy(path, PolicyGraph.Find(Read(path)));
        }
        catch (FormatException error)
        {
            throw new InputException($"'{path}' cannot be played: {error.Message}.", error);
        }
        catch (OnnxRuntimeException error)
        {
            throw new InputException($"'{path}' cannot be played: ONNX Runtime refuses it ({QuotedName.Reason(error)}).", error);
        }
        catch (Exception error) when (error is TypeInitializationException or DllNotFoundException)
        {
            string reason = QuotedName.Reason(error.InnerException ?? error);
            throw new InputException($"'{path}' cannot be played: ONNX Runtime's native library cannot be loaded ({reason}).", error);
        }
    }

    /// <summary>Chooses an action for each observation.</summary>
    /// <param name="observations">[N, O], raw; the rows may lie apart.</param>
    /// <param name="actions">[N, A], written; the rows may lie apart.</param>
    /// <exception cref="ArgumentException">The matrices are not of the policy's sizes, or of different numbers of agents.</exception>
    /// <exception cref="InputException">The model fails, or gives an action that is no finite number.</exception>
    public void Act(ReadOnlySpan2D<float> observations, Span2D<float> actions)
    {
        if (observations.Width != ObservationSize || actions.Width != ActionSize || observations.Height != actions.Height)
        {
            throw new ArgumentException(
                $"Observations of {observations.Height} by {observations.Width} and actions of {actions.Height} by {actions.Width} are not those " +
                $"of one number of agents with {ObservationSize} observations and {ActionSize} actions.");
        }

        int count = observations.Height;
        for (int done = 0; done < count; done += LargestBatch)
        {
            int piece = Math.Min(LargestBatch, count - done);
            OnnxBatch run = BatchOf(piece);
            run.SetObservations(observations.Slice(done, 0, piece, ObservationSize));
            Run(run);
            run.Actions.CopyTo(actions.Slice(done, 0, piece, ActionSize));
        }
    }

    /// <inheritdoc/>
    public void Act(ReadOnlySpan<float> observations, Span<float> actions)
    {
        int count = actions.Length / ActionSize;
        if (observations.Length != count * ObservationSize || actions.Length != count * ActionSize)
        {
            throw new ArgumentException(
                $"{observations.Length} numbers of observations and {actions.Length} of actions are not those of one number of agents with " +
                $"{ObservationSize} observations and {ActionSize} actions.");
        }

        Act(observations.AsSpan2D(count, ObservationSize), actions.AsSpan2D(count, ActionSize));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        batch?.Dispose();
        session?.Dispose();
        options.Dispose();
    }

    private static byte[] Read(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            if (file.Length > LargestFile)
            {
                throw new InputException($"'{path}' is larger than {LargestFile >> 20} MiB, so it is not taken for a policy.");
            }

            byte[] bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception error) when (IoFailure.IsMissing(error))
        {
            throw new InputException($"There is no file '{path}'.", error);
        }
        catch (Exception error) when (IoFailure.Is(error))
        {
            throw new InputException($"'{path}' cannot be read: {error.Message.TrimEnd('.')}.", error);
        }
    }

    // What a model declares of its output's sizes is often wrong, so the sizes are those of an output that it has computed.
    private (int ActionSize, int LargestBatch) Try()
    {
        if (ShapeFor(count: 1) is not [1, > 0 and long actions])
        {
            throw new FormatException($"its output '{OutputName}' is not a row of actions for each agent");
        }

        try
        {
            return ((int)actions, ShapeFor(count: 2) is [2, long again] && again == actions ? int.MaxValue : 1);
        }
        catch (OnnxRuntimeException)
        {
            return ((int)actions, 1);
        }
    }

    private long[] ShapeFor(int count)
    {
        using var zeros = new OnnxBatch(Sensors, count, actionSize: 0);
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(NoOptions, inputNames, zeros.Inputs, outputNames);
        OrtTensorTypeAndShapeInfo found = outputs[0].GetTensorTypeAndShape();
        return found.ElementDataType == Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float
            ? found.Shape
            : throw new FormatException($"its output '{OutputName}' does not hold numbers of type float32");
    }

    private OnnxBatch BatchOf(int count)
    {
        if (batch?.Count != count)
        {
            batch?.Dispose();
            batch = new OnnxBatch(Sensors, count, ActionSize);
        }

        return batch;
    }

    private void Run(OnnxBatch run)
    {
        try
        {
            session.Run(NoOptions, inputNames, run.Inputs, outputNames, run.Outputs);
        }
        catch (OnnxRuntimeException error)
        {
            throw new InputException($"'{path}' cannot be played on: ONNX Runtime fails ({QuotedName.Reason(error)}).", error);
        }

        if (FiniteCheck.IndexOfNonFinite(run.FlatActions) is >= 0 and int at)
        {
            throw new InputException(
                $"'{path}' cannot be played on: action {at % ActionSize} of agent {at / ActionSize} is {run.FlatActions[at]}; its training has " +
                "diverged.");
        }
    }
}
