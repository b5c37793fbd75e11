using System.Runtime.InteropServices;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Numerics;
using Reacher.Fast.Environments.Mujoco;
using Reacher.Fast.Environments.Mujoco.Native;
using Reacher.Fast.Environments.Mujoco.Tasks;

namespace Reacher.Fast.Benchmarks.Quick;

/// <summary>
/// Random decisions of a task that can be made again: by an environment, and by a loop in C from the states that episodes began in.
/// </summary>
internal sealed class RecordedDecisions : IDisposable
{
    /// <summary>What the environments begin with.</summary>
    public const ulong Seed = 1;

    private readonly MujocoTask task;
    private readonly int agents;
    private readonly float[] actions;
    private readonly int width;
    private readonly string modelFile = Path.GetTempFileName();
    private readonly string decisionsFile = Path.GetTempFileName();
    private readonly string program;

    /// <param name="name">The task.</param>
    /// <param name="steps">Decisions of each agent.</param>
    /// <param name="agents">Agents; a loop in C makes those of one alone.</param>
    public RecordedDecisions(string name, int steps, int agents = 1)
    {
        task = MujocoTasks.Find(name) ?? throw new ArgumentException($"There is no task '{name}'.", nameof(name));
        (this.agents, Steps) = (agents, steps);
        using MujocoEnvironment environment = Create(threads: 1);
        width = agents * environment.ActionSize;
        actions = [.. Enumerable.Range(0, steps * width).Select(i => (float)((2 * SplitMix64.Uniform(3, i)) - 1))];
        program = NativeLimits.Build("mujoco_steps", libraries: ["-lmujoco"]);
        using (Stream source = MujocoModel.OpenEmbedded(task.ModelName))
        using (FileStream copy = File.Create(modelFile))
        {
            source.CopyTo(copy);
        }

        File.WriteAllBytes(decisionsFile, MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(Record(environment))).ToArray());
    }

    /// <summary>Decisions of each agent.</summary>
    public int Steps { get; }

    /// <summary>The actions of all agents in one step.</summary>
    public ReadOnlySpan<float> Actions(int step) => actions.AsSpan(step * width, width);

    /// <summary>An environment to make them in.</summary>
    public MujocoEnvironment Create(int threads) => new(task.Name, agents, threadCount: threads);

    /// <summary>Makes those of the first agent in C.</summary>
    public MujocoQuick.Timing PlayInC()
    {
        // Only a Humanoid sees the forces that are computed after a decision.
        string forces = task is Humanoid ? "1" : "0";
        Dictionary<string, double> said = NativeLimits.Start(program, modelFile, $"{task.FrameSkip}", forces, decisionsFile);
        return new MujocoQuick.Timing(said["seconds"], said["processor"]);
    }

    public void Dispose()
    {
        File.Delete(modelFile);
        File.Delete(decisionsFile);
        File.Delete(program);
    }

    private List<double> Record(MujocoEnvironment environment)
    {
        var buffer = new StepBuffer(environment);
        VectorStep step = buffer.View;
        environment.Reset(Seed, step.Observations);
        using var model = MujocoModel.LoadEmbedded(task.ModelName);
        using var data = new MujocoData(model);
        List<double> record = [];
        bool begins = true;
        for (int k = 0, episode = 0; k < Steps; k++)
        {
            record.Add(begins ? 1 : 0);
            if (begins)
            {
                data.Reset();
                var noise = new ResetNoise(SplitMix64.Key(Seed, agent: 0, episode++));
                task.Begin(data, ref noise);
                record.AddRange(data.Positions);
                record.AddRange(data.Velocities);
            }

            for (int i = 0; i < environment.ActionSize; i++)
            {
                double low = model.ControlRange[2 * i], high = model.ControlRange[(2 * i) + 1];
                record.Add((0.5 * (low + high)) + (0.5 * (high - low) * Actions(k)[i]));
            }

            environment.Step(Actions(k), step);
            begins = step.Terminated[0] || step.Truncated[0];
        }

        return record;
    }
}
