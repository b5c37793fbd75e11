using Reacher.Fast.Core;
using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Interop;
using Reacher.Fast.Core.Kernels.Cuda;
using Reacher.Fast.Environments.MlAgents.Trainer;
using Reacher.Fast.Training.Extensions;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Training.Env;

/// <summary>Turns settled options into a plan: looks for the GPU they ask for, and makes the environment once to learn its sizes.</summary>
internal static class RunPreparation
{
    /// <summary>The plan of settled options.</summary>
    /// <exception cref="InputException">The environment cannot be made, or the GPU asked for cannot be had.</exception>
    /// <exception cref="PlayerLostException">Its player did not come.</exception>
    public static RunPlan Plan(RunOptions options)
    {
        (RunPlan plan, PlanningEnvironment probe) = Open(options);
        probe.Dispose();
        return plan;
    }

    /// <summary>The plan of settled options, and the environment whose sizes are in it, for whoever goes on with it.</summary>
    /// <param name="options">The run's options, with run id and seed settled.</param>
    /// <param name="evaluates">Whether it is to be evaluated, with a seed of which training sees nothing.</param>
    /// <exception cref="InputException">The environment cannot be made, or the GPU asked for cannot be had.</exception>
    /// <exception cref="PlayerLostException">Its player did not come.</exception>
    public static (RunPlan Plan, PlanningEnvironment Probe) Open(RunOptions options, bool evaluates = false)
    {
        PlanningEnvironment probe = OpenEnvironment(options, evaluates);
        try
        {
            return (PlanFor(options, probe.Environment), probe);
        }
        catch
        {
            probe.Dispose();
            throw;
        }
    }

    /// <summary>The environment of settled options, whose sizes and whose behaviour's name a plan needs.</summary>
    /// <param name="options">The run's options, with run id and seed settled.</param>
    /// <param name="evaluates">Whether it is to be evaluated, with a seed of which training sees nothing.</param>
    /// <exception cref="InputException">The environment cannot be made, or the GPU asked for cannot be had.</exception>
    /// <exception cref="PlayerLostException">Its player did not come.</exception>
    public static PlanningEnvironment OpenEnvironment(RunOptions options, bool evaluates = false)
    {
        if (CudaDevices.IsCuda(options.Device))
        {
            CudaProbe.Require(CudaDevices.Parse(options.Device).Ordinal);
        }

        string device = RunPlanner.DeviceOf(options);
        if (TorchDevices.IsTorch(device))
        {
            TorchAssembly.Load(device).Require(device);
        }

        EnvironmentOptions environment = RunPlanner.PlanEnvironment(options);
        return PlanningEnvironment.Open(environment, evaluates ? environment.Workers - 1 : 0);
    }

    /// <summary>The plan of settled options for an environment that they describe.</summary>
    public static RunPlan PlanFor(RunOptions options, IVectorEnvironment made) =>
        RunPlanner.Plan(options, made.AgentCount, made.ObservationSize, made.ActionSize) with { ObservationLayout = made.ObservationLayout };
}
