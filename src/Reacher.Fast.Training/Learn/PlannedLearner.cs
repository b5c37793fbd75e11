using Reacher.Fast.Core;
using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Training.Extensions;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Training.Learn;

/// <summary>A run's learner on the device of its plan: one of this project's, or of an optional assembly.</summary>
internal sealed class PlannedLearner : IDisposable
{
    /// <exception cref="InputException">The device cannot be had, or an option is out of range.</exception>
    public PlannedLearner(RunPlan plan)
    {
        if (TorchDevices.IsTorch(plan.Device))
        {
            Learner = TorchAssembly.Load(plan.Device).Create(plan.Learner, plan.TransitionSpec, plan.Device, plan.LearnerThreads);
            return;
        }

        Device = KernelDevices.Create(plan.Device, plan.LearnerThreads, plan.Precision);
        try
        {
            Learner = OffPolicy = LearnerFactory.CreateOffPolicy(plan.Learner, plan.TransitionSpec, Device);
        }
        catch
        {
            Device.Dispose();
            throw;
        }
    }

    public ILearner Learner { get; }

    /// <summary>The learner where it is one of this project's, which a GPU may record.</summary>
    public OffPolicyLearner? OffPolicy { get; }

    /// <summary>The device of that one.</summary>
    public IKernelDevice? Device { get; }

    public void Dispose()
    {
        Learner.Dispose();
        Device?.Dispose();
    }
}
