using Reacher.Fast.Environments.Mujoco.Native;
using Reacher.Fast.Environments.Mujoco.Tasks;

namespace Reacher.Fast.Environments.Mujoco;

/// <summary>One agent: a world, its episode, and room for what a decision gives, so that any thread can step it.</summary>
internal sealed class MujocoAgent : IDisposable
{
    private readonly MujocoTask task;
    private readonly MujocoData data;
    private int decisions;

    public MujocoAgent(MujocoTask task, MujocoModel model)
    {
        this.task = task;
        data = new MujocoData(model);
    }

    /// <summary>The world.</summary>
    public MujocoData Data => data;

    /// <summary>The reward of the last decision.</summary>
    public float Reward { get; private set; }

    /// <summary>Whether the last decision came to the task's own end.</summary>
    public bool Terminated { get; private set; }

    /// <summary>Whether it was the last of the episode's time.</summary>
    public bool Truncated { get; private set; }

    /// <summary>Begins an episode.</summary>
    public void Begin(ulong key, Span<float> observation)
    {
        decisions = 0;
        data.Reset();
        var noise = new ResetNoise(key);
        task.Begin(data, ref noise);
        data.Forward();
        task.Observe(data, observation);
    }

    /// <summary>Makes a decision: an action in [-1, 1] is spread over the range of its control.</summary>
    public void Step(ReadOnlySpan<float> action, Span<float> observation)
    {
        ReadOnlySpan<double> range = data.Model.ControlRange;
        Span<double> controls = data.Controls;
        for (int i = 0; i < controls.Length; i++)
        {
            double low = range[2 * i], high = range[(2 * i) + 1];
            controls[i] = (0.5 * (low + high)) + (0.5 * (high - low) * Math.Clamp(action[i], -1f, 1f));
        }

        Reward = (float)task.Step(data, out bool terminated);
        decisions++;
        // The task's own end counts where both come at once: nothing lies beyond it.
        Terminated = terminated;
        Truncated = decisions >= task.DecisionsPerEpisode && !terminated;
        task.Observe(data, observation);
    }

    public void Dispose() => data.Dispose();
}
