using System.Runtime.InteropServices;
using Reacher.Fast.Core.Numerics;
using Reacher.Fast.Environments.Mujoco;
using Reacher.Fast.Environments.Mujoco.Native;
using Reacher.Fast.Environments.Mujoco.Tasks;

namespace Reacher.Fast.Environments.Tests.Mujoco;

public sealed class MujocoDynamicsTests
{
    private const int Decisions = 1000;

    private static IEnumerable<string> Tasks => MujocoTasks.All.Select(task => task.Name);

    [TestCaseSource(nameof(Tasks))]
    public void AThousandRandomStepsAreThoseOfAProgramInCToTheBit(string name)
    {
        MujocoPeer.RequireLibrary();
        MujocoTask task = MujocoTasks.Find(name)!;
        using var folder = new TemporaryFolder();
        using var model = MujocoModel.LoadEmbedded(task.ModelName);
        using var agent = new MujocoAgent(task, model);
        float[] observation = new float[task.ObservationSizeOf(model)];
        float[] action = new float[model.ControlCount];
        agent.Begin(7, observation);
        List<double> input = Beginning(task, model, 7);
        List<double> ours = [];
        for (int k = 0; k < Decisions; k++)
        {
            for (int i = 0; i < action.Length; i++)
            {
                action[i] = (float)((2 * SplitMix64.Uniform(3, (k * action.Length) + i)) - 1);
            }

            agent.Step(action, observation);
            MujocoData data = agent.Data;
            input.AddRange(data.Controls);
            ours.AddRange(data.Positions);
            ours.AddRange(data.Velocities);
            ours.AddRange(data.Inertias);
            ours.AddRange(data.BodyVelocities);
            ours.AddRange(data.ActuatorForces);
            ours.AddRange(data.ConstraintForces);
            ours.AddRange(data.ExternalForces);
            for (int body = 0; body < model.BodyCount; body++)
            {
                ours.AddRange(data.BodyPosition(body));
            }

            ours.AddRange(data.BodyCentres);
        }

        byte[] theirs = MujocoPeer.Run(
            folder,
            "steps",
            [MujocoPeer.WriteModel(folder, task.ModelName), $"{task.FrameSkip}"],
            MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(input)).ToArray());
        ReadOnlySpan<long> expected = MemoryMarshal.Cast<byte, long>(theirs);
        ReadOnlySpan<long> actual = MemoryMarshal.Cast<double, long>(CollectionsMarshal.AsSpan(ours));
        int equal = expected.CommonPrefixLength(actual);
        int row = ours.Count / Decisions;
        Assert.That(
            (expected.Length, equal),
            Is.EqualTo((actual.Length, actual.Length)),
            $"{name}: the first difference is in decision {equal / row}, number {equal % row} of {row}");
    }

    // The state as the task sets it: MuJoCo then brings quaternions to length 1, and must do so once in the program as well.
    private static List<double> Beginning(MujocoTask task, MujocoModel model, ulong key)
    {
        using var data = new MujocoData(model);
        data.Reset();
        var noise = new ResetNoise(key);
        task.Begin(data, ref noise);
        return [.. data.Positions, .. data.Velocities];
    }
}
