namespace Reacher.Fast.Environments.Mujoco.Tasks;

/// <summary>The tasks there are.</summary>
internal static class MujocoTasks
{
    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<MujocoTask> All =
    [
        new HalfCheetah(), new Hopper(), new Walker2d(), new Ant(), new Humanoid(), new Swimmer(),
        new InvertedPendulum(), new InvertedDoublePendulum(), new PlanarReacher(), new Pusher(),
    ];

    /// <summary>The task of this name; null for none.</summary>
    public static MujocoTask? Find(string name) => All.FirstOrDefault(task => task.Name == name);
}
