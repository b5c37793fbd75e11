using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Kernels.Simd;
using Reacher.Fast.Core.Kernels.Simd.Threads;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Memory;
using Reacher.Fast.Core.Vectors;
using Reacher.Fast.Environments.Arm;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Training.Profiling;

/// <summary>
/// What the machine gives for each stage, by small loops of our own: multiply-adds with nothing to load, memcpy, rows stored in order, rows read at
/// random places with prefetch. On a GPU, one large product of its own kernels.
/// </summary>
internal sealed class StageLimits : IDisposable
{
    private const int RowsPerTrial = 20_480;
    private const int BlocksPerTrial = 32;
    private const string Arithmetic = "multiply-adds of the processor";
    private const string Memory = "writing memory";

    private readonly RunPlan plan;
    private readonly MemoryLimits rows;
    private readonly int rowsPerTrial;
    private readonly ThreadTeam one = new(1);
    private readonly ThreadTeam? learners;
    private readonly ThreadTeam? owned;
    private readonly DeviceProduct? product;
    private readonly AlignedMemory<float> from;
    private readonly AlignedMemory<float> to;

    /// <param name="plan">The plan of the run whose stages are measured.</param>
    /// <param name="device">The device of the learner.</param>
    /// <param name="path">A scratch file of <paramref name="rowCount"/> rows, deleted with this.</param>
    /// <param name="rowCount">As many as the replay that is measured.</param>
    public StageLimits(RunPlan plan, IKernelDevice device, string path, int rowCount)
    {
        this.plan = plan;
        rows = new MemoryLimits(path, plan.TransitionSpec, rowCount);
        rowsPerTrial = Math.Min(rowCount, RowsPerTrial);
        from = new AlignedMemory<float>(plan.PublishedLength);
        to = new AlignedMemory<float>(plan.PublishedLength);
        if (device.Name.StartsWith("cuda", StringComparison.OrdinalIgnoreCase))
        {
            product = new DeviceProduct(device);
        }
        else
        {
            learners = (device as ITeamDevice)?.Team ?? (owned = new ThreadTeam(plan.LearnerThreads));
        }
    }

    public IReadOnlyList<StageLimit> Policy() => [Peak(one, LearnerArithmetic.PolicyOperations(plan.PolicySpec, 1))];

    /// <summary>The arm's operations as if each were a multiply-add, all lanes full; other environments have no limit here.</summary>
    public IReadOnlyList<StageLimit> Step(IVectorEnvironment environment) =>
        environment is ArmEnvironment ? [Peak(one, 2.0 * ArmEnvironment.OperationsPerDecision)] : [];

    public IReadOnlyList<StageLimit> Write() =>
    [
        new("memcpy", Memory, () => rows.Copy(rowsPerTrial)),
        new("sequential write", Memory, () => rows.Write(rowsPerTrial)),
    ];

    public IReadOnlyList<StageLimit> Sample() => [new("prefetched random gather", "random reads of memory", () => rows.Gather(rowsPerTrial))];

    public IReadOnlyList<StageLimit> Block() =>
    [
        new("memcpy of a block", "copying within the caches",
            () => MemoryLimits.CopyBlock(from, to, BlocksPerTrial) / (sizeof(float) * from.Length)),
    ];

    public IReadOnlyList<StageLimit> Update()
    {
        double operations = LearnerArithmetic.UpdateOperations(plan.Learner, plan.TransitionSpec);
        if (product is not null)
        {
            return [new("its own large product", "arithmetic of the GPU", () => product.OperationsPerSecond() / operations)];
        }

        // Each byte that is copied is read and written, so copying half of the bytes makes the same traffic.
        double bytes = LearnerArithmetic.UpdateBytes(plan.Learner, plan.TransitionSpec) / 2;
        return
        [
            Peak(learners!, operations),
            new("memcpy", "memory bandwidth", () => rows.Copy(rowsPerTrial) * plan.TransitionSpec.StrideBytes / bytes),
        ];
    }

    public void Dispose()
    {
        rows.Dispose();
        one.Dispose();
        owned?.Dispose();
        from.Dispose();
        to.Dispose();
    }

    private static StageLimit Peak(ThreadTeam team, double operations) =>
        new("multiply-add peak", Arithmetic, () => FmaPeak.Once(team, InstructionSets.Selected) / operations);

    /// <summary>
    /// The largest product of its own kernels that takes some milliseconds, up to a size that fills any GPU; its memory is the device's.
    /// </summary>
    private sealed class DeviceProduct
    {
        private const int Smallest = 128;
        private const int Largest = 4096;
        private const double Enough = 500; // a second

        private readonly IKernelDevice device;
        private readonly int size;
        private readonly TensorBlock tensors;

        public DeviceProduct(IKernelDevice device)
        {
            this.device = device;
            for (size = Smallest; ; size *= 2)
            {
                tensors = device.Allocate("product", new("x", 1, size, size), new("w", 1, size, size), new("b", 1, 1, size), new("y", 1, size, size));
                // The first call compiles and loads the kernel, so it is not timed.
                Products();
                if (size == Largest || Products() < Enough)
                {
                    break;
                }
            }
        }

        public double OperationsPerSecond() => Products() * 2 * size * size * size;

        private double Products() => Stage.Rate(() =>
        {
            device.Linear(tensors[0], tensors[1], tensors[2], tensors[3], Activation.None);
            device.Synchronize();
            return 1;
        });
    }
}
